"""diff and as_edits: the changes between two trees, and that applying them makes the one of the other."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tree_models import branches, zoo
from tree_schemas import leaf, list_, schema_of

from pyconfhoard.schema.types import Integer, String
from pyconfhoard.tree import (
    Branch,
    Change,
    Edit,
    Entries,
    Path,
    apply,
    as_edits,
    decode,
    diff,
    edits_from_json,
    edits_to_json,
    parse_path,
    undoing,
)

SCHEMA = zoo()
TREES = branches(SCHEMA.root)
RULES = schema_of(
    list_("rule", "n", leaf("n", Integer("int32")), leaf("text", String()), ordered_by_user=True)
)
RULE = RULES.root.children["m:rule"]


@settings(max_examples=150, deadline=None)
@given(TREES, TREES)
def test_applying_the_difference_gives_the_other_tree(old: Branch, new: Branch) -> None:
    edits = as_edits(diff(old, new))
    made = apply(old, edits, 7)
    assert made == new
    assert not list(diff(made, new))
    if old == new:
        assert made is old


@settings(max_examples=75, deadline=None)
@given(TREES, TREES)
def test_edits_survive_their_json_form(old: Branch, new: Branch) -> None:
    edits = as_edits(diff(old, new))
    listed = edits_to_json(SCHEMA, edits)
    assert apply(old, edits_from_json(SCHEMA, listed), 7) == new


def rules(numbers: list[int]) -> Branch:
    entries = Entries.build(RULE, [Branch(RULE, {"n": n}, 1) for n in numbers], 1)  # type: ignore[arg-type]
    return Branch(RULES.root, {"m:rule": entries}, 1)


@st.composite
def shuffles(draw: st.DrawFn) -> tuple[Branch, list[Edit], int]:
    """A long user-ordered list, edits of it, and how many of them move something."""
    size = draw(st.sampled_from([2, 5, 40, 900]))
    edits: list[Edit] = []
    moves = 0
    removed: set[int] = set()
    for _ in range(draw(st.integers(0, 8))):
        number = draw(st.integers(0, size - 1))
        path = Path() / parse_path(RULES, f"/m:rule[n='{number}']").last
        match draw(st.sampled_from(["move", "text", "remove", "new"])):
            case "move":
                point = draw(st.integers(0, size - 1))
                if point == number:
                    continue
                where: Any = draw(st.sampled_from(["before", "after", "first", "last"]))
                edits.append(
                    Edit(
                        "merge",
                        path,
                        Branch(RULE, {"n": number}),
                        where,
                        (point,) if where[-1] != "t" else None,
                    )  # type: ignore[arg-type]
                )
                moves += 1
            case "text":
                moves += number in removed  # it comes back at the end
                edits.append(
                    Edit("merge", path, Branch(RULE, {"n": number, "text": draw(st.sampled_from("ab"))}))
                )  # type: ignore[arg-type]
            case "remove":
                removed.add(number)
                edits.append(Edit("remove", path))
            case "new":
                fresh = size + len(edits)
                path = Path() / parse_path(RULES, f"/m:rule[n='{fresh}']").last
                edits.append(Edit("insert", path, Branch(RULE, {"n": fresh}), "first"))  # type: ignore[arg-type]
    return rules(list(range(size))), edits, moves


@settings(max_examples=100, deadline=None)
@given(shuffles())
def test_order_is_part_of_the_difference(case: tuple[Branch, list[Edit], int]) -> None:
    old, edits, moves = case
    new = old
    for edit in edits:
        try:
            new = apply(new, [edit], 2)
        except ValueError:  # the neighbour was removed
            continue
    changes = list(diff(old, new))
    made = apply(old, as_edits(changes), 3)
    assert made == new
    assert sum(change.kind == "moved" for change in changes) <= moves
    back = apply(new, as_edits(diff(new, old)), 4)
    assert back == old
    assert apply(new, undoing(old, new, changes), 5) == old


def test_a_move_across_a_page_that_did_not_change_is_seen() -> None:
    old = rules(list(range(600)))
    path = parse_path(RULES, "/m:rule[n='3']")
    new = apply(old, [Edit("move", path, None, "after", (590,))], 2)
    assert list(diff(old, new)) == [
        Change(path, "moved", old["m:rule"].get((3,)), new["m:rule"].get((3,)), True, (590,))
    ]


def test_what_is_shared_is_not_looked_at() -> None:
    old = rules(list(range(5000)))
    new = apply(old, [Edit("replace", parse_path(RULES, "/m:rule[n='2500']/text"), "x")], 2)
    (change,) = diff(old, new)
    assert str(change.path) == "/m:rule[n='2500']/text"
    assert (change.kind, change.old, change.new) == ("created", None, "x")


def tree(**settings_: Any) -> Branch:
    made: Branch = decode(SCHEMA.root, {"m:settings": settings_}, Path())
    return made


def kinds(old: Branch, new: Branch) -> list[tuple[str, str]]:
    return [(change.kind, str(change.path)) for change in diff(old, new)]


def test_values_of_a_leaf_list_come_and_go_one_by_one() -> None:
    old, new = tree(tags=["a", "b"], order=[1, 2, 3]), tree(tags=["b", "c"], order=[3, 1, 2])
    assert kinds(old, new) == [
        ("deleted", "/m:settings/tags[.='a']"),
        ("created", "/m:settings/tags[.='c']"),
        ("moved", "/m:settings/order[.='3']"),
    ]


def test_a_value_of_another_type_is_a_change_though_equal_in_python() -> None:
    assert kinds(tree(mixed=1), tree(mixed=True)) == [("modified", "/m:settings/mixed")]
    assert kinds(tree(unions=[1]), tree(unions=[True])) == [
        ("deleted", "/m:settings/unions[.='1']"),
        ("created", "/m:settings/unions[.='true']"),
    ]


def test_a_created_container_is_one_change() -> None:
    assert kinds(tree(name="n"), tree(name="n", plain={"y": "1", "deeper": {"z": "2"}})) == [
        ("created", "/m:settings/plain")
    ]


def test_annotations_are_part_of_the_difference() -> None:
    note = {"m:quality": "good"}
    old = tree(name="n", tags=["a", "b"], plain={"y": "1"})
    new = tree(
        name="n",
        **{"@name": note, "@": note},
        tags=["b", "a"],
        **{"@tags": [None, note]},
        plain={"y": "1", "@": note},
    )
    changes = list(diff(old, new))
    assert {str(change.path): change.notes for change in changes} == {
        "/m:settings": note,
        "/m:settings/name": note,
        "/m:settings/tags": [note],
        "/m:settings/plain": note,
    }
    for one, other in ((old, new), (new, old)):
        edits = edits_from_json(SCHEMA, edits_to_json(SCHEMA, as_edits(diff(one, other))))
        assert apply(one, edits, 2) == other
        assert apply(other, undoing(one, other, list(diff(one, other))), 3) == one
