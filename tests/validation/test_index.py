"""An index names the entries that have a value, as a look at all of them would, in every version of a list."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from validation_lab import model, module, tree

from pyconfhoard.tree import Branch, Edit, Entries, apply, get, parse_path
from pyconfhoard.validation import Unready, quickly
from pyconfhoard.validation.cursor import Document
from pyconfhoard.validation.index import Index, PageIndex, entries_by, key_of
from pyconfhoard.validation.shapes import Shape
from pyconfhoard.validation.table import RuleTable

SCHEMA = model(
    module(
        "i",
        """
        container c {
          list l { key k; leaf k { type uint32; }
            leaf v { type uint8; } leaf d { type uint8; default 3; }
            leaf u { type union { type uint8; type boolean; type string; } }
            leaf-list many { type uint8; }
            container in { list m { key k; leaf k { type uint8; } leaf w { type uint8; } } } } }
        """,
    )
)
TABLE = RuleTable(SCHEMA)


def shape(*names: str) -> Shape:
    found = TABLE.shape.members["i:c"].members["l"]
    for name in names:
        found = found.members[name]
    return found


def entry(random: Random, key: int) -> dict[str, Any]:
    made: dict[str, Any] = {"k": key}
    for name in ("v", "d"):
        if random.random() < 0.7:
            made[name] = random.randrange(6)
    if random.random() < 0.5:
        made["u"] = random.choice([1, True, "1", "a"])
    if random.random() < 0.5:
        made["many"] = random.sample(range(6), 2)
    if random.random() < 0.5:
        made["in"] = {"m": [{"k": at, "w": random.randrange(6)} for at in range(random.randrange(1, 3))]}
    return made


def start(random: Random, size: int) -> Branch:
    data = {"i:c": {"l": [entry(random, key) for key in range(size)]}}
    return apply(tree(SCHEMA, {}), [Edit("merge", parse_path(SCHEMA, "/"), tree(SCHEMA, data))], 1)


def changed(random: Random, root: Branch, size: int) -> Branch:
    key = random.randrange(size + 20)
    path = parse_path(SCHEMA, f"/i:c/l[k='{key}']")
    if random.random() < 0.3:
        return apply(root, [Edit("remove", path)], 2)
    data = tree(SCHEMA, {"i:c": {"l": [entry(random, key)]}})
    return apply(root, [Edit("replace", path, get(data, path))], 2)


def entries_of(root: Branch) -> Entries:
    entries = root["i:c"]["l"]
    assert isinstance(entries, Entries)
    return entries


def by_looking(root: Branch, leaf: str, value: Any) -> list[Any]:
    found = []
    for branch in entries_of(root).values():
        has = branch.get(leaf)
        if has is None and leaf == "d":
            has = 3
        if has is not None and type(has) is type(value) and has == value:
            found.append(branch["k"])
    return found


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([5, 300, 700]))
def test_every_version_has_its_own_index(seed: int, size: int) -> None:
    random = Random(seed)
    versions = [start(random, size)]
    for _ in range(40):
        versions.append(changed(random, random.choice(versions[-3:]), size))
        root = versions[random.randrange(len(versions))]
        for leaf, value in (("v", random.randrange(6)), ("d", 3), ("u", random.choice([1, True, "1"]))):
            index = entries_by(shape(), shape(leaf))
            found = index.find(entries_of(root), key_of(shape(leaf), value))
            assert [branch["k"] for branch in found] == by_looking(root, leaf, value)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_values_in_inner_lists_and_leaf_lists_are_found(seed: int) -> None:
    random = Random(seed)
    root = start(random, 250)
    inner = Index(TABLE.shape, shape("in", "m", "w"))
    many = Index(TABLE.shape, shape("many"))
    for _ in range(10):
        root = changed(random, root, 250)
        document = Document(TABLE.shape, root)
        value = random.randrange(6)
        entries = list(entries_of(root).values())
        assert [str(one.path()) for one in many.find(document.root, value)] == [
            f"/i:c/l[k='{branch['k']}']/many[.='{value}']"
            for branch in entries
            if value in (branch.get("many") or ())
        ]
        assert [str(one.path()) for one in inner.find(document.root, value)] == [
            f"/i:c/l[k='{branch['k']}']/in/m[k='{at['k']}']/w"
            for branch in entries
            if branch.get("in")
            for at in branch["in"]["m"].values()
            if at["w"] == value
        ]


def test_many_questions_to_one_version_are_answered_by_one_table() -> None:
    root = start(Random(1), 600)
    index = entries_by(shape(), shape("v"))
    for _ in range(100):
        for value in range(6):
            assert [one["k"] for one in index.find(entries_of(root), value)] == by_looking(root, "v", value)


def test_who_is_in_a_hurry_does_not_make_an_index_of_a_long_list() -> None:
    root = start(Random(2), 6000)
    index = PageIndex(lambda branch: (branch["k"],))
    with pytest.raises(Unready), quickly():
        index.find(entries_of(root), 17)
    assert [one["k"] for one in index.find(entries_of(root), 17)] == [17]
    with quickly():
        assert [one["k"] for one in index.find(entries_of(changed(Random(3), root, 10)), 5999)] == [5999]


def test_an_index_of_a_leaf_that_is_not_below_is_refused() -> None:
    with pytest.raises(ValueError, match="is not below"):
        Index(shape("in"), shape("v"))
