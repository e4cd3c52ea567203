"""Entries: a persistent ordered map, against a plain list of pairs."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tree_schemas import leaf, list_

from pyconfhoard.schema.nodes import List
from pyconfhoard.schema.types import Boolean, Decimal64, Integer, String, Union
from pyconfhoard.tree import Branch, Entries
from pyconfhoard.tree.entries import PAGE_MAX, PAGE_MIN

SYSTEM = list_("system", "k", leaf("k", Integer("int32")), leaf("v", Integer("int32")))
USER = list_("user", "k", leaf("k", Integer("int32")), leaf("v", Integer("int32")), ordered_by_user=True)
KEYLESS = list_("log", "", leaf("v", Integer("int32")), config=False)
MIXED = list_("mixed", "k", leaf("k", Union((Integer("int8"), Boolean(), Decimal64(1), String()))))

KEYS = st.integers(0, 900)


def entry(schema: List, key: int, value: int) -> Branch:
    return Branch(schema, {"k": key, "v": value}, value)


class Ordered(RuleBasedStateMachine):
    """The model is the list of (key, value) in order; ``kept`` are versions that must never change."""

    schema: List

    @initialize(size=st.sampled_from([0, 1, 5, 300, 800]))
    def fill(self, size: int) -> None:
        self.stamp = 1
        self.model = dict.fromkeys(range(size), 0)
        self.entries = Entries.build(self.schema, [entry(self.schema, key, 0) for key in self.model], 1)
        self.kept: list[tuple[Entries, list[tuple[Any, int]]]] = []

    def _placed(self, key: int, value: int, at: int | None) -> None:
        pairs = [pair for pair in self.model.items() if pair[0] != key]
        pairs.insert(len(pairs) if at is None else at, (key, value))
        self.model = dict(pairs)

    @rule(key=KEYS)
    def set(self, key: int) -> None:
        self.stamp += 1
        self.entries = self.entries.set(entry(self.schema, key, self.stamp), self.stamp)
        if key in self.model:
            self.model[key] = self.stamp
        else:
            self._placed(key, self.stamp, None)

    @rule(key=KEYS)
    def remove(self, key: int) -> None:
        self.stamp += 1
        before = self.entries
        self.entries = before.remove((key,), self.stamp)
        assert (self.entries is before) == (key not in self.model)
        self.model.pop(key, None)

    @rule(low=KEYS, count=st.integers(100, 400))
    def remove_many(self, low: int, count: int) -> None:
        self.stamp += 1
        for key in range(low, low + count):
            self.entries = self.entries.remove((key,), self.stamp)
            self.model.pop(key, None)

    @rule(low=KEYS, count=st.integers(1, 400))
    def update(self, low: int, count: int) -> None:
        self.stamp += 1
        changed = [entry(self.schema, key, self.stamp) for key in range(low, low + count)]
        self.entries = self.entries.update(changed, self.stamp)
        self.model.update({branch["k"]: self.stamp for branch in changed})

    @rule()
    def keep(self) -> None:
        self.kept.append((self.entries, list(self.model.items())))

    def expected(self, pairs: Any) -> list[tuple[Any, int]]:
        return sorted(pairs) if self.schema is SYSTEM else list(pairs)

    @invariant()
    def same(self) -> None:
        if not hasattr(self, "model"):
            return
        assert len(self.entries) == len(self.model)
        found = [(key[0], branch["v"]) for key, branch in self.entries.items()]
        assert found == self.expected(self.model.items())
        assert list(self.entries) == [branch.key for branch in self.entries.values()]
        for key in itertools.chain(itertools.islice(self.model, 3), [901]):
            branch = self.entries.get((key,))
            assert (branch and branch["v"]) == self.model.get(key)
        sizes = [page.count for page in self.entries.pages]
        assert all(0 < size <= PAGE_MAX for size in sizes)
        assert not any(a < PAGE_MIN and b < PAGE_MIN for a, b in itertools.pairwise(sizes))

    def teardown(self) -> None:
        for entries, pairs in getattr(self, "kept", ()):
            assert [(key[0], branch["v"]) for key, branch in entries.items()] == self.expected(pairs)


class SystemOrdered(Ordered):
    schema = SYSTEM


class UserOrdered(Ordered):
    schema = USER

    @rule(key=KEYS, where=st.sampled_from(["first", "last"]))
    def at_an_end(self, key: int, where: Any) -> None:
        self.stamp += 1
        self.entries = self.entries.set(entry(self.schema, key, self.stamp), self.stamp, where)
        self._placed(key, self.stamp, 0 if where == "first" else None)

    @precondition(lambda self: len(self.model) > 1)
    @rule(key=KEYS, pick=st.integers(0, 10**6), after=st.booleans())
    def beside(self, key: int, pick: int, after: bool) -> None:
        point = list(self.model)[pick % len(self.model)]
        if point == key:
            return
        self.stamp += 1
        branch = entry(self.schema, key, self.stamp)
        self.entries = self.entries.set(branch, self.stamp, "after" if after else "before", (point,))
        rest = [one for one in self.model if one != key]
        self._placed(key, self.stamp, rest.index(point) + after)


TestSystemOrdered = SystemOrdered.TestCase
TestUserOrdered = UserOrdered.TestCase
TestSystemOrdered.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
TestUserOrdered.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)


def test_a_neighbour_that_is_not_there_is_a_key_error() -> None:
    entries = Entries.build(USER, [entry(USER, 1, 1)])
    with pytest.raises(KeyError):
        entries.set(entry(USER, 2, 2), 2, "after", (7,))
    with pytest.raises(KeyError):
        Entries(USER).set(entry(USER, 2, 2), 2, "before", (7,))


def test_a_change_copies_one_page_and_shares_the_others() -> None:
    old = Entries.build(SYSTEM, [entry(SYSTEM, key, 0) for key in range(5000)])
    new = old.set(entry(SYSTEM, 2500, 1), 1)
    apart = [one is not other for one, other in zip(old.pages, new.pages, strict=True)]
    assert sum(apart) == 1
    assert new.revision == 1
    assert old.get((2500,)) != new.get((2500,))


def test_many_entries_at_once_copy_only_the_pages_that_they_belong_to() -> None:
    old = Entries.build(SYSTEM, [entry(SYSTEM, key, 0) for key in range(0, 10_000, 2)])
    grown = old.update([entry(SYSTEM, key, 0) for key in range(10_000, 12_000)], 2)
    assert set(map(id, old.pages)) - set(map(id, grown.pages)) <= {id(old.pages[-1])}
    between = grown.update([entry(SYSTEM, key, 1) for key in range(1, 1000, 2)], 3)
    assert len(set(map(id, grown.pages)) - set(map(id, between.pages))) <= 3
    assert list(between) == [
        (key,) for key in sorted({*range(0, 10_000, 2), *range(1000), *range(10_000, 12_000)})
    ]
    assert between.update(list(between.values())[::3], 4) is between
    before = between.update([entry(SYSTEM, key, 2) for key in range(-50, 0)], 5)
    assert next(iter(before)) == (-50,)
    assert all(page.count <= PAGE_MAX for page in before.pages)


def test_filling_in_order_leaves_full_pages() -> None:
    entries = Entries(SYSTEM)
    for key in range(2000):
        entries = entries.set(entry(SYSTEM, key, 0), 1)
    assert len(entries.pages) <= 2000 // 192 + 1


def test_setting_the_same_entry_changes_nothing() -> None:
    entries = Entries.build(SYSTEM, [one := entry(SYSTEM, 1, 0)])
    assert entries.set(one, 9) is entries
    assert entries.update([one], 9) is entries
    assert entries.update([], 9) is entries


def test_keyless_entries_are_found_by_position() -> None:
    rows = [Branch(KEYLESS, {"v": n}) for n in range(500)]
    entries = Entries.build(KEYLESS, rows)
    assert entries.get((400,)) is rows[400]
    assert entries.get((500,)) is None
    assert list(entries)[:2] == [(0,), (1,)]
    more = entries.set(Branch(KEYLESS, {"v": 500}), 2)
    assert more.get((500,)) == Branch(KEYLESS, {"v": 500})
    changed = more.set(Branch(KEYLESS, {"v": -1}), 3, index=250)
    assert [b["v"] for b in changed.values()] == [*range(250), -1, *range(251, 501)]
    assert [b["v"] for b in changed.remove((0,), 4).values()][:3] == [1, 2, 3]
    assert changed.remove((501,), 4) is changed


def test_keys_that_python_holds_equal_are_apart_in_a_union() -> None:
    values = [1, True, Decimal("1.0"), "1", 0, False]
    entries = Entries.build(MIXED, [Branch(MIXED, {"k": value}) for value in values])
    assert len(entries) == len(values)
    for value in values:
        found = entries.get((value,))
        assert found is not None
        assert type(found["k"]) is type(value)
    assert len(entries.remove((True,), 1)) == len(values) - 1
    assert entries.remove((True,), 1).get((1,)) is not None


def test_a_key_of_another_type_is_not_found() -> None:
    entries = Entries.build(SYSTEM, [entry(SYSTEM, 1, 0)])
    assert entries.get(("1",)) is None
    assert ("1",) not in entries
    assert "1" not in entries


def test_equality_is_of_data_not_of_revisions() -> None:
    one = Entries.build(SYSTEM, [entry(SYSTEM, key, 0) for key in range(600)], 1)
    other = Entries(SYSTEM)
    for key in reversed(range(600)):
        other = other.set(entry(SYSTEM, key, 0), 2)
    assert one == other
    assert one != other.remove((5,), 3)
    assert one != "something else"
