"""A process that commits until it is killed, and tells each revision that was answered.

Arguments: folder of the datastore, folder of YANG, ``loop`` or ``plain``. Every commit sets ``first`` and
``second`` to its number and adds (or takes away) an entry, so that half a commit would show. In a loop there are
several at once, so that some are on their way to the disk while others are judged. Files and snapshots are written
all the time, so that a kill meets them, too.
"""

import asyncio
import sys

from pyconfhoard.hoard import Hoard, upkeep
from pyconfhoard.tree import Branch, Edit, Path, parse_path

upkeep.FILES_DELAY = 0.0
upkeep.SNAPSHOT_BYTES = 3000


def edits(hoard: Hoard, number: int) -> list[Edit]:
    log = Path.ROOT.child(hoard.schema.root.children["twin:log"])
    entry = Branch(hoard.schema.root.children["twin:log"], {"n": number, "text": "x" * 200})
    change = (
        Edit("merge", log.entry((number,)), entry) if number % 3 else Edit("remove", log.entry((number - 1,)))
    )
    return [
        Edit("merge", parse_path(hoard.schema, "/twin:pair/first"), number),
        change,
        Edit("merge", parse_path(hoard.schema, "/twin:pair/second"), number),
    ]


def tell(word: object) -> None:
    print(word, flush=True)


async def in_a_loop(hoard: Hoard) -> None:
    def next_one(running: Branch) -> list[Edit]:
        pair = running.get("twin:pair")
        return edits(hoard, (pair["first"] if pair else 0) + 1)

    async def commits() -> None:
        while True:
            tell((await hoard.commit(next_one, author="committer")).revision)

    await asyncio.gather(*(commits() for _ in range(5)))


def main() -> None:
    folder, yang, way = sys.argv[1:]
    tell("starting")
    hoard = Hoard.open(folder, yang=[yang], modules=["twin"], lock_timeout=10)
    tell("open")
    if way == "loop":
        asyncio.run(in_a_loop(hoard))
    while True:
        number = hoard.revision + 1
        tell(hoard.commit_now(edits(hoard, number), author="committer").revision)


main()
