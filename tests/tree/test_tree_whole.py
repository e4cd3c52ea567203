"""Whole trees, with all kinds of nodes at once: the laws that hold for any two of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tree_schemas import ROOT, SCHEMA, trees

from pyconfhoard.errors import HoardError
from pyconfhoard.schema.nodes import Choice, Container, LeafList
from pyconfhoard.tree import (
    Branch,
    Edit,
    Entries,
    Path,
    Row,
    api_path,
    apply,
    as_edits,
    chunks,
    decode,
    diff,
    dumps,
    edits_from_text,
    edits_to_json,
    edits_to_text,
    encode,
    entries,
    freeze,
    get,
    node_at,
    parse,
    parse_api_path,
    parse_path,
    snapshot,
    thaw,
    to_json,
    undoing,
)

some = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(autouse=True, scope="module")
def small_pages() -> Any:
    """Pages so small that a few entries fill several, and lists that leave their parent's row early."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entries, "PAGE_MAX", 4)
        patch.setattr(entries, "PAGE_FILL", 3)
        patch.setattr(entries, "PAGE_MIN", 2)
        patch.setattr(snapshot, "INLINE_MAX", 2)
        yield


class Shelf:
    """A store of rows, that counts and can be read back."""

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}

    def write(self, row: Row) -> int:
        self.rows[len(self.rows) + 1] = row
        return len(self.rows)

    def read(self, id: int) -> Row:
        return self.rows[id]


def paths_of(branch: Branch, above: Path = Path.ROOT) -> list[Path]:
    """Every node that stands in a tree."""
    found: list[Path] = []
    for name, value in branch.members.items():
        child = branch.schema.children[name]
        here = above.child(child)
        found.append(here)
        if isinstance(value, Entries):
            for key, entry in value.items():
                found.append(here.entry(key))
                found += paths_of(entry, here.entry(key))
        elif isinstance(value, Branch):
            found += paths_of(value, here)
        elif isinstance(child, LeafList):
            found += [here.entry((one,)) for one in value]
    return found


def revisions(branch: Branch) -> dict[Path, int]:
    """The revision of every branch and list."""
    found = {Path(): branch.revision}
    for path in paths_of(branch):
        value = get(branch, path)
        if isinstance(value, Branch | Entries):
            found[path] = value.revision
    return found


def stored(branch: Branch) -> bool:
    """Nothing is kept that says nothing: empty containers without presence, lists without entries."""
    for name, value in branch.members.items():
        child = branch.schema.children[name]
        if isinstance(value, Entries):
            if not len(value) or not all(map(stored, value.values())):
                return False
        elif isinstance(value, Branch):
            bare = isinstance(child, Container) and not child.presence
            if (bare and not value.members and not value.meta) or not stored(value):
                return False
        elif isinstance(child, LeafList) and not value:
            return False
    return one_case_each(branch)


def one_case_each(branch: Branch) -> bool:
    """Of each choice there is data of one case only."""

    def fits(choice: Choice) -> bool:
        there = [
            case
            for case in choice.cases.values()
            if any(child.member in branch.members for child in case.children)
        ]
        return len(there) <= 1 and all(fits(nested) for case in there for nested in case.choices)

    return all(map(fits, branch.schema.choices))


@given(trees(state=True))
@some
def test_what_is_encoded_decodes_to_the_same_tree(root: Branch) -> None:
    body = encode(ROOT, root)
    assert b"".join(chunks(ROOT, root)) == body
    assert decode(ROOT, parse(body), Path(), content="all") == root
    assert json.loads(body) == to_json(ROOT, root)


@given(trees(), trees())
@some
def test_the_edits_of_a_difference_make_one_tree_of_the_other(one: Branch, other: Branch) -> None:
    made = apply(one, as_edits(diff(one, other)), 1)
    assert made == other
    assert stored(made)
    assert list(diff(made, other)) == []
    assert encode(ROOT, made) == encode(ROOT, other)


@given(trees(state=True), trees(state=True))
@some
def test_state_too_is_told_by_differences(one: Branch, other: Branch) -> None:
    assert apply(one, as_edits(diff(one, other)), 1) == other


@given(trees(), trees(), trees())
@some
def test_what_undoes_changes_gives_the_tree_before(one: Branch, other: Branch, third: Branch) -> None:
    for new in (other, apply(one, [Edit("merge", Path.ROOT, third)], 1)):
        undo = undoing(one, new, list(diff(one, new)))
        back = apply(new, undo, 2)
        assert back == one
        assert encode(ROOT, back) == encode(ROOT, one)
        assert apply(new, edits_from_text(SCHEMA, edits_to_text(SCHEMA, undo)), 2) == one


@given(trees(), trees())
@some
def test_edits_are_the_same_after_a_journey_as_text(one: Branch, other: Branch) -> None:
    edits = as_edits(diff(one, other))
    text = edits_to_text(SCHEMA, edits)
    assert text == dumps(edits_to_json(SCHEMA, edits))
    assert edits_from_text(SCHEMA, text) == edits
    assert apply(one, edits_from_text(SCHEMA, text), 1) == other


@given(trees(), trees())
@some
def test_a_replace_gives_what_it_was_given_and_keeps_what_was_equal(one: Branch, other: Branch) -> None:
    made = apply(one, [Edit("replace", Path(), other)], 1)
    assert made == other
    assert stored(made)
    again = apply(made, [Edit("replace", Path(), decode(ROOT, parse(encode(ROOT, other)), Path()))], 2)
    assert again is made
    for name, value in one.members.items():
        if made.members.get(name) == value and not isinstance(value, int | str):
            assert made.members[name] is value


@given(trees(), trees())
@some
def test_a_merge_is_idempotent_and_adds_all_that_it_holds(one: Branch, other: Branch) -> None:
    made = apply(one, [Edit("merge", Path(), other)], 1)
    assert stored(made)
    assert apply(made, [Edit("merge", Path(), other)], 2) is made
    for path in paths_of(other):
        assert get(made, path) is not None


@given(trees())
@some
def test_nothing_changes_and_nothing_is_new_where_an_edit_says_what_is_there(root: Branch) -> None:
    for path in paths_of(root):
        value = get(root, path)
        for operation in ("merge", "replace"):
            assert apply(root, [Edit(operation, path, value)], 9) is root


@given(trees(), st.data())
@some
def test_only_branches_on_the_way_to_a_change_get_its_revision(root: Branch, data: st.DataObject) -> None:
    root = apply(Branch(ROOT, {}, 1), [Edit("replace", Path(), root)], 1)
    assert set(revisions(root).values()) == {1}
    paths = [path for path in paths_of(root) if not is_key(path)]
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))
    made = apply(root, [Edit("remove", path)], 2)
    assert get(made, path) is None
    for place, revision in revisions(made).items():
        assert (revision == 2) == path.within(place), place


def is_key(path: Path) -> bool:
    return getattr(node_at(SCHEMA, path), "is_key", False)


@given(trees(state=True))
@some
def test_paths_are_exact_both_ways_in_both_forms(root: Branch) -> None:
    for path in paths_of(root):
        read = parse_path(SCHEMA, str(path))
        assert str(read) == str(path)
        assert read == parse_api_path(SCHEMA, api_path(SCHEMA, path))
        if not any(one in str(path) for one in ("mix", "line", "sorted", "ordered")):  # keys that are unions
            assert read == path


@given(trees(state=True), st.lists(trees(state=True), max_size=4), st.data())
@some
def test_a_thawed_tree_is_the_frozen_one_whatever_happened_between(
    root: Branch, others: list[Branch], data: st.DataObject
) -> None:
    """Snapshot after snapshot on one shelf, each made of the last one thawed, touched or not, and changed."""
    shelf = Shelf()
    root = apply(Branch(ROOT, {}, 1), [Edit("replace", Path(), root)], 1)
    for revision, other in enumerate(others, 2):
        frozen = freeze(root, shelf.write)
        thawed = thaw(ROOT, frozen.record, shelf.read)
        if data.draw(st.booleans()):
            assert thawed == root
            assert revisions(thawed) == revisions(root)
            assert encode(ROOT, thawed) == encode(ROOT, root)
            thawed = thaw(ROOT, frozen.record, shelf.read)
        before = len(shelf.rows)
        assert freeze(thawed, shelf.write) == frozen
        assert len(shelf.rows) == before
        edits = as_edits(diff(root, other))
        kept = data.draw(st.lists(st.sampled_from(edits), max_size=3)) if edits else []
        for edit in kept:
            root = attempt(root, edit, revision)
            thawed = attempt(thawed, edit, revision)
        assert thawed == root
        assert revisions(thawed) == revisions(root)
        root = thawed if data.draw(st.booleans()) else root
    last = freeze(root, shelf.write)
    needed = {id: shelf.rows[id] for id in last.pages}
    for id in needed:
        assert set(shelf.rows[id].holds) <= last.pages
    assert revisions(thaw(ROOT, last.record, needed.__getitem__)) == revisions(root)
    assert thaw(ROOT, last.record, needed.__getitem__) == root


def attempt(root: Branch, edit: Edit, revision: int) -> Branch:
    try:
        return apply(root, [edit], revision)
    except HoardError:
        return root
