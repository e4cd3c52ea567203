"""XML beside JSON, without disk or network: ``python -m bench.xml [N ...]``.

Model and data are those of ``python -m bench``: a list of N devices with six leaves each. Times are the best of three
runs. JSON is encoded from pages that keep none of their bytes, as it is the first time: XML keeps none. Memory is
what Python allocated at most while the text was parsed and decoded, divided by N.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path as File
from typing import Any, TypeAlias

from bench.__main__ import devices
from bench.tree import best
from pyconfhoard.schema import load
from pyconfhoard.tree import Path, decode, decode_xml, encode, encode_xml, parse, parse_xml

Row: TypeAlias = tuple[str, str, float, float]
"""Name, unit, the figure of JSON, the figure of XML."""
WITHIN = ("urn:ietf:params:xml:ns:yang:ietf-restconf", "data")


def peak(action: Callable[[], Any]) -> int:
    """Bytes at the highest point of ``action``."""
    tracemalloc.start()
    action()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def measure(count: int) -> list[Row]:
    """Every figure for ``count`` entries."""
    schema = load(["bench"], folders=[File(__file__).parent])
    root, path = schema.root, Path()
    body = devices(count)
    value = parse(body)
    fresh = [decode(root, value, path) for _ in range(3)]
    tree = decode(root, value, path)
    written = encode_xml(schema, root, tree, within=WITHIN)
    element = parse_xml(written)

    def times(name: str, json: Callable[[], Any], xml: Callable[[], Any]) -> Row:
        return name, "ms", best(json, 3) * 1e3, best(xml, 3) * 1e3

    return [
        times("text parsed", lambda: parse(body), lambda: parse_xml(written)),
        times("decoded", lambda: decode(root, value, path), lambda: decode_xml(schema, root, element, path)),
        times("encoded", lambda: encode(root, fresh.pop()), lambda: encode_xml(schema, root, tree)),
        ("size of the text", "MB", len(body) / 2**20, len(written) / 2**20),
        (
            "memory to read an entry",
            "bytes",
            peak(lambda: decode(root, parse(body), path)) / count,
            peak(lambda: decode_xml(schema, root, parse_xml(written), path)) / count,
        ),
    ]


def main() -> None:
    for size in [int(size) for size in sys.argv[1:]] or [1_000, 100_000]:
        print(f"{f'N = {size:,}':30}{'JSON':>12}{'XML':>12}")
        for name, unit, json, xml in measure(size):
            print(f"{name:24} {unit:>5}{json:12.2f}{xml:12.2f}")


if __name__ == "__main__":
    main()
