"""A process that makes confirmed commits and confirms every third, until it is killed.

Arguments: folder of the datastore, folder of YANG. It tells ``waits N`` when the commit that sets both leaves to N was
answered, and ``stays N`` when its confirmation was.
"""

import sys

from pyconfhoard.hoard import Hoard, Terms
from pyconfhoard.tree import Edit, parse_path


def main() -> None:
    folder, yang = sys.argv[1:]
    hoard = Hoard.open(folder, yang=[yang], modules=["twin"])
    leaves = [parse_path(hoard.schema, f"/twin:pair/{name}") for name in ("first", "second")]
    print("open", flush=True)
    number = hoard.revision
    while True:
        number += 1
        edits = [Edit("merge", leaf, number) for leaf in leaves]
        hoard.confirmed.commit_now(edits, Terms(600, "secret"), author="confirmer")
        print("waits", number, flush=True)
        if number % 3:
            hoard.confirmed.cancel_now("secret", author="confirmer")
        else:
            hoard.confirmed.confirm_now("secret")
            print("stays", number, flush=True)


main()
