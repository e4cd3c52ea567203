"""What access control costs, without disk or network: ``python -m bench.nacm [N ...]``.

Model and data are those of ``python -m bench``: a list of N devices. A user has 1 000 rules, in three kinds:

* *static*: each for a module or a node, none for an entry; the last permits everything;
* *hiding*: 999 devices may not be read, all else may: an answer about the list is pruned;
* *showing*: 1 000 devices may be read, and nothing else.

Times are the best of several runs. "kept" is an answer of which nothing is hidden: the list comes back as it is.
"""

from __future__ import annotations

import sys
from pathlib import Path as File
from typing import Any, Final

from bench.__main__ import devices
from bench.tree import best
from pyconfhoard.access import Principal
from pyconfhoard.access.nacm import Access, Nacm
from pyconfhoard.schema import load
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import Branch, Edit, Path, apply, decode, diff, parse, parse_path

RULES: Final = 1000
LIST: Final = "/bench:devices/device"


def rules(kind: str) -> list[dict[str, Any]]:
    """The rules of one of the three kinds, as JSON."""
    if kind == "static":
        some = [{"module-name": f"module-{number}", "action": "deny"} for number in range(RULES - 2)]
        some.append({"path": "/bench:state", "access-operations": "read", "action": "deny"})
        some.append({"action": "permit"})
    else:
        action = "deny" if kind == "hiding" else "permit"
        named = range(RULES - 1 if kind == "hiding" else RULES)
        some = [{"path": f"{LIST}[name='device-{number:06}']", "action": action} for number in named]
        if kind == "hiding":
            some.append({"action": "permit"})
    return [{"name": str(number)} | rule for number, rule in enumerate(some)]


def ruled(schema: Schema, root: Branch, kind: str) -> Branch:
    """``root`` with the rules."""
    nacm = {
        "read-default": "deny",
        "groups": {"group": [{"name": "staff", "user-name": ["ann"]}]},
        "rule-list": [{"name": "all", "group": ["staff"], "rule": rules(kind)}],
    }
    made: Branch = decode(schema.root, {"ietf-netconf-acm:nacm": nacm}, Path.ROOT)
    return root.with_member("ietf-netconf-acm:nacm", made["ietf-netconf-acm:nacm"], 1)


def measure(count: int) -> list[tuple[str, str, list[float]]]:
    """Name, unit, and the figure for each kind of rules."""
    schema = load(["bench", "ietf-netconf-acm"], folders=[File(__file__).parent])
    plain: Branch = decode(schema.root, parse(devices(count)), Path.ROOT)
    rows: list[tuple[str, str, list[float]]] = [
        ("compiled, once", "ms", []),
        ("may this leaf be read?", "us", []),
        ("may this edit be made?", "us", []),
        ("the list, pruned or kept", "ms", []),
        ("entries left", "", []),
        ("the same list, again", "us", []),
    ]
    for kind, device in (("static", 42), ("hiding", 5000), ("showing", 42)):
        root = ruled(schema, plain, kind)
        leaf = parse_path(schema, f"{LIST}[name='device-{device:06}']/description")
        edit = Edit("merge", leaf, "another one")
        figures = _figures(schema, root, leaf, edit)
        for row, figure in zip(rows, figures, strict=True):
            row[2].append(figure)
    return rows


def _figures(schema: Schema, root: Branch, leaf: Path, edit: Edit) -> list[float]:
    ann = Principal("ann", "user")
    entries = root["bench:devices"]["device"]
    changes = tuple(diff(root, apply(root, [edit], 2), edits=[edit]))
    access = Nacm().access(ann, schema, root)

    def compiled() -> Access:
        made = Nacm().access(ann, schema, root)
        made.may_read(leaf)
        made.reads_all(Path.ROOT)
        return made

    path = parse_path(schema, LIST)
    fresh = [compiled() for _ in range(3)]

    def shown() -> Any:
        return fresh.pop().readable(entries.schema, entries, path)

    def again() -> Any:
        return access.readable(entries.schema, entries, path)

    return [
        best(compiled, 5) * 1e3,
        best(lambda: [access.may_read(leaf) for _ in range(1000)], 5) * 1e3,
        best(lambda: [access.check_edits(changes, [edit]) for _ in range(1000)], 5) * 1e3,
        best(shown, 3) * 1e3,
        float(len(again())),
        best(again, 3) * 1e6,
    ]


def main() -> None:
    for size in [int(size) for size in sys.argv[1:]] or [10_000, 100_000]:
        print(f"{f'N = {size:,}, {RULES:,} rules':33}{'static':>10}{'hiding':>10}{'showing':>10}")
        for name, unit, figures in measure(size):
            print(f"{name:28}{unit:>5}" + "".join(f"{figure:10.2f}" for figure in figures))


if __name__ == "__main__":
    main()
