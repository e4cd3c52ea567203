"""freeze and thaw: what a store keeps comes back the same, and only what changed is written."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_models import branches, zoo
from tree_schemas import container, leaf, leaf_list, list_, schema_of

from pyconfhoard.errors import StoreError
from pyconfhoard.schema.types import Decimal64, Integer, String
from pyconfhoard.tree import (
    Branch,
    Edit,
    Entries,
    Path,
    Row,
    apply,
    decode,
    encode,
    freeze,
    freezing,
    get,
    parse,
    parse_path,
    thaw,
    to_json,
)

ZOO = zoo()
PORTS = list_("port", "id", leaf("id", Integer("uint16")), leaf("speed", Decimal64(2)))
DEVICES = list_(
    "device",
    "name",
    leaf("name", String()),
    leaf("text", String()),
    leaf_list("tags", String()),
    container("ports", PORTS),
)
RULES = list_("rule", "n", leaf("n", Integer("int32")), leaf("text", String()), ordered_by_user=True)
LOG = list_("log", "", leaf("text", String(), config=False), config=False)
MODEL = schema_of(container("devices", DEVICES), RULES, container("state", LOG, config=False))


class Shelf:
    """A store in memory: rows by id, and how often they were read."""

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}
        self.reads: list[int] = []

    def write(self, row: Row) -> int:
        self.rows[len(self.rows) + 1] = row
        return len(self.rows)

    def read(self, id: int) -> Row:
        self.reads.append(id)
        return self.rows[id]


def devices(count: int, ports: int = 0) -> dict[str, Any]:
    listed = [{"id": port, "speed": "1.50"} for port in range(ports)]
    entries = [
        {"name": f"d{n:05}", "text": f"number {n}"}
        | ({"ports": {"port": listed}} if n == 7 and ports else {})
        for n in range(count)
    ]
    return {"m:devices": {"device": entries}}


def tree(raw: Any, revision: int = 1) -> Branch:
    made: Branch = decode(MODEL.root, raw, Path(), content="all", revision=revision)
    return made


def revisions(branch: Branch) -> list[Any]:
    """Every revision below ``branch``, in document order."""
    found: list[Any] = [branch.revision]
    for name in branch.schema.children:
        value = branch.get(name)
        if isinstance(value, Branch):
            found.append(revisions(value))
        elif isinstance(value, Entries):
            found.append([value.revision, *map(revisions, value.values())])
    return found


def set_text(root: Branch, name: str, text: str, revision: int) -> Branch:
    path = parse_path(MODEL, f"/m:devices/device[name='{name}']/text")
    return apply(root, [Edit("replace", path, text)], revision)


@settings(max_examples=100, deadline=None)
@given(branches(ZOO.root), branches(ZOO.root))
def test_a_tree_comes_back_with_its_revisions(one: Branch, other: Branch) -> None:
    root = apply(
        apply(Branch(ZOO.root, {}), [Edit("merge", Path(), one)], 3), [Edit("merge", Path(), other)], 8
    )
    shelf = Shelf()
    frozen = freeze(root, shelf.write)
    back = thaw(ZOO.root, frozen.record, shelf.read)
    assert back == root
    assert revisions(back) == revisions(root)
    assert encode(ZOO.root, back) == encode(ZOO.root, root)


@st.composite
def histories(draw: st.DrawFn) -> list[list[tuple[str, Any]]]:
    names = st.integers(0, 700).map(lambda n: f"d{n:05}")
    step = st.one_of(
        st.tuples(st.just("text"), names),
        st.tuples(st.just("delete"), names),
        st.tuples(st.just("port"), st.integers(0, 300)),
        st.tuples(st.just("move"), st.tuples(st.integers(0, 299), st.integers(0, 299))),
        st.tuples(st.just("log"), st.integers(0, 99)),
    )
    return draw(st.lists(st.lists(step, max_size=4), min_size=1, max_size=4))


@settings(max_examples=25, deadline=None)
@given(histories())
def test_snapshots_follow_random_edits(history: list[list[tuple[str, Any]]]) -> None:
    shelf = Shelf()
    raw = devices(600, ports=200)
    raw["m:rule"] = [{"n": n} for n in range(300)]
    raw["m:state"] = {"log": [{"text": str(n)} for n in range(100)]}
    root = tree(raw)
    revision = 1
    for edits in [[], *history]:
        for kind, what in edits:
            revision += 1
            root = apply(root, [_edit(root, kind, what)], revision)
        frozen = freeze(root, shelf.write)
        back = thaw(MODEL.root, frozen.record, shelf.read)
        assert frozen.pages == freeze(back, shelf.write).pages
        assert back == root
        assert revisions(back) == revisions(root)
        assert encode(MODEL.root, thaw(MODEL.root, frozen.record, shelf.read)) == encode(MODEL.root, root)
        assert frozen.pages <= shelf.rows.keys()
        # Go on from what was read back, half decoded, as a server does after a start.
        root = thaw(MODEL.root, frozen.record, shelf.read)


def _edit(root: Branch, kind: str, what: Any) -> Edit:
    match kind:
        case "text":
            path = parse_path(MODEL, f"/m:devices/device[name='{what}']")
            return Edit("merge", path, Branch(DEVICES, {"name": what, "text": "new"}))
        case "delete":
            return Edit("remove", parse_path(MODEL, f"/m:devices/device[name='{what}']"))
        case "port":
            path = parse_path(MODEL, f"/m:devices/device[name='d00007']/ports/port[id='{what}']")
            if get(root, Path(path.steps[:2])) is None:
                return Edit("remove", path)
            return Edit("replace", path, Branch(PORTS, {"id": what}))
        case "move":
            path = parse_path(MODEL, f"/m:rule[n='{what[0]}']")
            return Edit("move", path, None, *(("after", (what[1],)) if what[0] != what[1] else ("first",)))
        case _:
            return Edit("remove", parse_path(MODEL, f"/m:state/log[{what + 1}]"))


def test_a_thawed_tree_reads_only_the_page_that_is_asked_for() -> None:
    shelf = Shelf()
    frozen = freeze(tree(devices(5000)), shelf.write)
    root = thaw(MODEL.root, frozen.record, shelf.read)
    assert shelf.reads == []
    entry = get(root, parse_path(MODEL, "/m:devices/device[name='d02500']"))
    assert entry["text"] == "number 2500"
    assert len(shelf.reads) == 1


def test_bodies_are_the_json_that_is_answered() -> None:
    shelf = Shelf()
    root = tree(devices(500))
    freeze(root, shelf.write)
    bodies = b",".join(shelf.rows[id].body for id in sorted(shelf.rows))
    assert b'{"device":[' + bodies + b"]}" == encode(MODEL.root.children["m:devices"], root["m:devices"])
    assert {row.revisions for row in shelf.rows.values()} == {"1"}


def test_only_what_changed_is_written_again() -> None:
    shelf = Shelf()
    root = tree(devices(5000))
    first = freeze(root, shelf.write)
    assert freeze(root, shelf.write) == first
    written = len(shelf.rows)
    second = freeze(set_text(root, "d02500", "new", 2), shelf.write)
    assert len(shelf.rows) == written + 1
    assert len(first.pages - second.pages) == 1
    last = shelf.rows[len(shelf.rows)]
    assert sorted(set(json.loads(last.revisions))) == [1, 2]


def test_a_long_list_in_an_entry_has_pages_of_its_own() -> None:
    shelf = Shelf()
    root = tree(devices(300, ports=1000))
    first = freeze(root, shelf.write)
    holding = [row for row in shelf.rows.values() if row.holds]
    assert len(holding) == 1
    assert set(holding[0].holds) < first.pages
    written = len(shelf.rows)
    path = parse_path(MODEL, "/m:devices/device[name='d00007']/ports/port[id='500']/speed")
    changed = apply(thaw(MODEL.root, first.record, shelf.read), [Edit("remove", path)], 2)
    second = freeze(changed, shelf.write)
    assert len(shelf.rows) == written + 2  # the port's page, and the page of its device
    back = thaw(MODEL.root, second.record, shelf.read)
    assert encode(MODEL.root, back) == encode(MODEL.root, changed)
    assert second.pages == freeze(back, shelf.write).pages


def test_nothing_is_remembered_of_a_snapshot_that_failed() -> None:
    shelf = Shelf()
    root = tree(devices(2000))

    def failing(row: Row) -> int:
        if len(shelf.rows) == 5:
            raise OSError("no space left")
        return shelf.write(row)

    with pytest.raises(OSError, match="space"):
        freeze(root, failing)
    other = Shelf()
    frozen = freeze(root, other.write)
    assert frozen.pages == other.rows.keys()


def test_another_shelf_gets_all_rows() -> None:
    one, other = Shelf(), Shelf()
    root = tree(devices(2000))
    freeze(root, one.write, shelf="one")
    frozen = freeze(root, other.write, shelf="other")
    assert len(other.rows) == len(one.rows) == len(frozen.pages)


def test_a_snapshot_can_be_taken_in_slices() -> None:
    shelf = Shelf()
    steps = freezing(tree(devices(2000)), shelf.write)
    sizes = []
    while True:
        try:
            next(steps)
        except StopIteration as end:
            frozen = end.value
            break
        sizes.append(len(shelf.rows))
    assert sizes == list(range(1, len(shelf.rows) + 1))
    assert len(frozen.pages) == len(sizes)


def test_a_damaged_page_is_an_error_of_the_store_when_it_is_touched() -> None:
    shelf = Shelf()
    frozen = freeze(tree(devices(500)), shelf.write)
    row = shelf.rows[1]
    for body in (row.body[:-5], b'{"other":1}', b'{"name":"x"}', b"\xff"):
        shelf.rows[1] = Row(body, row.revisions)
        root = thaw(MODEL.root, frozen.record, shelf.read)
        with pytest.raises(StoreError, match="page 1"):
            list(root["m:devices"]["device"].values())


def test_threads_that_touch_a_page_first_see_the_same_entries() -> None:
    shelf = Shelf()
    frozen = freeze(tree(devices(3000)), shelf.write)
    root = thaw(MODEL.root, frozen.record, shelf.read)
    found: list[list[int]] = []
    start = threading.Barrier(4)

    def look() -> None:
        start.wait()
        found.append([id(branch) for branch in root["m:devices"]["device"].values()])

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(one == found[0] for one in found)


def test_annotations_and_anydata_come_back_as_they_were() -> None:
    note = {"m:note": 1.5}
    raw = parse(
        b'{"m:settings": {"@": {"m:note": 1.50}, "name": "n", "@name": {"m:note": "x"}, '
        b'"any": {"a": 1.10, "b": [null, 1e2, "\\u00e9"]}}}'
    )
    root = decode(ZOO.root, raw, Path())
    shelf = Shelf()
    back = thaw(ZOO.root, freeze(root, shelf.write).record, shelf.read)
    assert back == root
    text = encode(ZOO.root, back).decode()
    assert '"any":{"a":1.10,"b":[null,1e2,"é"]}' in text
    assert '"@":{"m:note":1.50}' in text
    assert to_json(ZOO.root, back)["m:settings"]["@"] == note
