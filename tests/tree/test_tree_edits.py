"""apply: what each operation means, what it refuses, and that nothing else is touched."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from tree_models import branches, zoo
from tree_schemas import container, leaf, list_, schema_of

from pyconfhoard.errors import BadInput, Conflict, Fault, HoardError
from pyconfhoard.schema.types import String
from pyconfhoard.tree import (
    Branch,
    Edit,
    Path,
    apply,
    decode,
    edits_from_json,
    edits_to_json,
    get,
    parse_path,
    revision_at,
    to_json,
)

SCHEMA = zoo()
EMPTY = Branch(SCHEMA.root, {})
TREES = branches(SCHEMA.root)


def tree(raw: Any, revision: int = 1) -> Branch:
    made: Branch = decode(SCHEMA.root, raw, Path(), content="all", revision=revision)
    return made


def edit(op: Any, path: str, value: Any = None, **more: Any) -> Edit:
    """An edit whose value is given as JSON."""
    item = {"op": op, "path": path} | ({} if value is None else {"value": value}) | more
    return edits_from_json(SCHEMA, [item])[0]


def done(raw: Any, *edits: Edit) -> Any:
    """The JSON of ``raw`` after edits."""
    return to_json(SCHEMA.root, apply(tree(raw), edits, 2))


def refused(raw: Any, *edits: Edit) -> tuple[type[HoardError], tuple[Fault, ...]]:
    before = tree(raw)
    with pytest.raises(HoardError) as caught:
        apply(before, edits, 2)
    assert before == tree(raw)
    return type(caught.value), caught.value.faults


NAMED = {"m:settings": {"name": "n"}}
BOTH = {"m:lists": {"system": [{"k": "x", "v": 1}], "user": [{"k": 1}, {"k": 2}, {"k": 3}]}}
ENTRY = {"m:lists": {"system": [{"k": "x", "v": 1}]}}
RULES = {"m:lists": {"user": [{"k": 1}, {"k": 2}, {"k": 3}]}}
ORDER = {"m:settings": {"order": [1, 2, 3]}}
X = "/m:lists/system[k='x']"
ONE = "/m:lists/user[k='1']"
ORDER_1 = "/m:settings/order[.='1']"


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ({}, ("create", "/m:settings/name", "n"), NAMED),
        ({}, ("merge", "/m:settings/name", "n"), NAMED),
        ({}, ("replace", "/m:settings/name", "n"), NAMED),
        (NAMED, ("merge", "/m:settings/name", "o"), {"m:settings": {"name": "o"}}),
        (NAMED, ("delete", "/m:settings/name"), {}),
        (NAMED, ("remove", "/m:settings/name"), {}),
        (NAMED, ("remove", "/m:settings/level"), NAMED),
        (NAMED, ("remove", "/m:lists/system[k='x']/v"), NAMED),
        (NAMED, ("delete", "/m:settings"), {}),
        (NAMED, ("merge", "/m:settings", {"level": 1}), {"m:settings": {"name": "n", "level": 1}}),
        (NAMED, ("replace", "/m:settings", {"level": 1}), {"m:settings": {"level": 1}}),
        (NAMED, ("replace", "/m:settings", {}), {}),
        (NAMED, ("replace", "/m:settings/plain", {}), NAMED),
        ({}, ("create", "/m:settings/present", {}), {"m:settings": {"present": {}}}),
        (NAMED, ("merge", "/", ENTRY), NAMED | ENTRY),
        (NAMED, ("replace", "/", ENTRY), ENTRY),
        (NAMED, ("delete", "/"), {}),
        ({}, ("create", "/m:lists/system[k='x']", {"k": "x", "v": 1}), ENTRY),
        (ENTRY, ("merge", "/m:lists/system[k='x']", {"k": "x", "in": {"y": "1"}}),
         {"m:lists": {"system": [{"k": "x", "v": 1, "in": {"y": "1"}}]}}),
        (ENTRY, ("replace", "/m:lists/system[k='x']", {"k": "x"}), {"m:lists": {"system": [{"k": "x"}]}}),
        (ENTRY, ("delete", "/m:lists/system[k='x']"), {}),
        (ENTRY, ("delete", "/m:lists/system[k='x']/v"), {"m:lists": {"system": [{"k": "x"}]}}),
        (ENTRY, ("merge", "/m:lists/system", [{"k": "a"}]), {"m:lists": {"system": [{"k": "a"}, {"k": "x", "v": 1}]}}),
        (ENTRY, ("replace", "/m:lists/system", [{"k": "a"}]), {"m:lists": {"system": [{"k": "a"}]}}),
        (ENTRY, ("delete", "/m:lists/system"), {}),
        (ENTRY, ("merge", "/m:lists/system[k='x']/k", "x"), ENTRY),
        ({}, ("merge", "/m:settings/tags[.='b']"), {"m:settings": {"tags": ["b"]}}),
        ({"m:settings": {"tags": ["c", "a"]}}, ("create", "/m:settings/tags[.='b']"), {"m:settings": {"tags": ["a", "b", "c"]}}),
        ({"m:settings": {"tags": ["c", "a"]}}, ("delete", "/m:settings/tags[.='a']"), {"m:settings": {"tags": ["c"]}}),
        ({"m:settings": {"tags": ["a"]}}, ("delete", "/m:settings/tags[.='a']"), {}),
        ({"m:settings": {"tags": ["a"]}}, ("merge", "/m:settings/tags", ["b", "a"]), {"m:settings": {"tags": ["a", "b"]}}),
        (ORDER, ("merge", "/m:settings/order", [9, 2, 0]), {"m:settings": {"order": [1, 2, 3, 9, 0]}}),
        (ORDER, ("replace", "/m:settings/order", [3, 1]), {"m:settings": {"order": [3, 1]}}),
    ],
)  # fmt: skip
def test_an_operation_means_what_the_rfc_says(before: Any, change: Any, after: Any) -> None:
    assert done(before, edit(*change)) == after


@pytest.mark.parametrize(
    ("change", "more", "keys"),
    [
        (("insert", "/m:lists/user[k='9']", {"k": 9}), {}, [1, 2, 3, 9]),
        (("insert", "/m:lists/user[k='9']", {"k": 9}), {"where": "first"}, [9, 1, 2, 3]),
        (("insert", "/m:lists/user[k='9']", {"k": 9}), {"where": "before", "point": [2]}, [1, 9, 2, 3]),
        (("create", "/m:lists/user[k='9']", {"k": 9}), {"where": "after", "point": [2]}, [1, 2, 9, 3]),
        (("merge", "/m:lists/user[k='9']", {"k": 9}), {}, [1, 2, 3, 9]),
        (("merge", "/m:lists/user[k='3']", {"k": 3}), {"where": "first"}, [3, 1, 2]),
        (("replace", "/m:lists/user[k='2']", {"k": 2}), {}, [1, 2, 3]),
        (("move", "/m:lists/user[k='1']"), {}, [2, 3, 1]),
        (("move", "/m:lists/user[k='1']"), {"where": "after", "point": [2]}, [2, 1, 3]),
        (("move", "/m:lists/user[k='3']"), {"where": "before", "point": [1]}, [3, 1, 2]),
    ],
)
def test_an_entry_takes_its_place(change: Any, more: Any, keys: list[int]) -> None:
    after = done(RULES, edit(*change, **more))
    assert [entry["k"] for entry in after["m:lists"]["user"]] == keys


@pytest.mark.parametrize(
    ("change", "more", "values"),
    [
        (("insert", "/m:settings/order[.='9']"), {"where": "first"}, [9, 1, 2, 3]),
        (("insert", "/m:settings/order[.='9']"), {"where": "after", "point": [1]}, [1, 9, 2, 3]),
        (("move", "/m:settings/order[.='1']"), {}, [2, 3, 1]),
        (("move", "/m:settings/order[.='3']"), {"where": "before", "point": [2]}, [1, 3, 2]),
        (("merge", "/m:settings/order[.='3']"), {"where": "first"}, [3, 1, 2]),
        (("merge", "/m:settings/order[.='3']"), {}, [1, 2, 3]),
    ],
)
def test_a_value_of_a_leaf_list_takes_its_place(change: Any, more: Any, values: list[int]) -> None:
    assert done(ORDER, edit(*change, **more))["m:settings"]["order"] == values


@pytest.mark.parametrize(
    ("before", "change", "more", "error", "tag", "path"),
    [
        (NAMED, ("create", "/m:settings/name", "n"), {}, Conflict, "data-exists", "/m:settings/name"),
        (NAMED, ("create", "/m:settings", {"level": 1}), {}, Conflict, "data-exists", "/m:settings"),
        (ENTRY, ("create", X, {"k": "x"}), {}, Conflict, "data-exists", X),
        (ORDER, ("create", "/m:settings/order[.='2']"), {}, Conflict, "data-exists", "/m:settings/order[.='2']"),
        (RULES, ("insert", ONE, {"k": 1}), {}, Conflict, "data-exists", ONE),
        ({}, ("delete", "/m:settings/name"), {}, Conflict, "data-missing", "/m:settings"),
        (NAMED, ("delete", "/m:settings/level"), {}, Conflict, "data-missing", "/m:settings/level"),
        (ENTRY, ("delete", "/m:lists/system[k='y']"), {}, Conflict, "data-missing", "/m:lists/system[k='y']"),
        (ORDER, ("delete", "/m:settings/order[.='7']"), {}, Conflict, "data-missing", "/m:settings/order[.='7']"),
        (RULES, ("move", "/m:lists/user[k='7']"), {}, Conflict, "data-missing", "/m:lists/user[k='7']"),
        ({}, ("merge", "/m:lists/system[k='y']/v", 1), {}, Conflict, "data-missing", "/m:lists/system[k='y']"),
        ({}, ("merge", "/m:settings/present/x", "1"), {}, Conflict, "data-missing", "/m:settings/present"),
        (ENTRY, ("merge", "/m:lists/system[k='x']/k", "y"), {}, BadInput, "invalid-value", "/m:lists/system[k='x']/k"),
        (ENTRY, ("delete", "/m:lists/system[k='x']/k"), {}, BadInput, "invalid-value", "/m:lists/system[k='x']/k"),
        (ENTRY, ("merge", X, {"k": "y"}), {}, BadInput, "invalid-value", X),
        (ENTRY, ("merge", X), {}, BadInput, "invalid-value", X),
        (ENTRY, ("merge", X, {"k": "x"}), {"where": "first"}, BadInput, "bad-attribute", X),
        (NAMED, ("move", "/m:settings/name"), {}, BadInput, "bad-attribute", "/m:settings/name"),
        (NAMED, ("merge", "/m:settings/level"), {}, BadInput, "missing-element", "/m:settings/level"),
        (NAMED, ("merge", "/m:settings/tags[.='x']"), {"where": "first"}, BadInput, "bad-attribute", "/m:settings/tags[.='x']"),
        (RULES, ("move", ONE), {"where": "after", "point": [1]}, BadInput, "bad-attribute", ONE),
        (RULES, ("move", ONE), {"where": "after", "point": [7]}, BadInput, "bad-attribute", ONE),
        (RULES, ("move", ONE), {"where": "after"}, BadInput, "missing-attribute", ONE),
        (ORDER, ("move", ORDER_1), {"where": "after", "point": [7]}, BadInput, "bad-attribute", ORDER_1),
        (NAMED, ("create", "/", {}), {}, BadInput, "operation-not-supported", "/"),
    ],
)  # fmt: skip
def test_an_operation_is_refused_with_the_rfcs_tag(
    before: Any, change: Any, more: Any, error: Any, tag: str, path: str
) -> None:
    kind, (fault,) = refused(before, edit(*change, **more))
    assert (kind, fault.tag, fault.path) == (error, tag, path)


def test_a_neighbour_that_is_not_there_has_the_models_app_tag() -> None:
    _, (fault,) = refused(RULES, edit("move", "/m:lists/user[k='1']", where="before", point=[7]))
    assert fault.app_tag == "missing-instance"


def test_the_faults_of_all_edits_are_listed() -> None:
    kind, found = refused(
        NAMED,
        edit("create", "/m:settings/name", "x"),
        edit("merge", "/m:settings/level", 4),
        edit("delete", "/m:settings/ratio"),
        edit("merge", "/m:lists/system[k='x']/k", "x"),
    )
    assert kind is Conflict
    assert [fault.tag for fault in found] == ["data-exists", "data-missing", "data-missing"]


def test_edits_apply_in_their_order() -> None:
    assert done(
        {},
        edit("create", "/m:settings/name", "a"),
        edit("delete", "/m:settings/name"),
        edit("create", "/m:settings/name", "b"),
    ) == {"m:settings": {"name": "b"}}


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ({"b1": "x", "b2": {"deep": "y"}}, "a1", "z", {"a1": "z"}),
        ({"a1": "x", "a2": "y"}, "b1", "z", {"b1": "z"}),
        ({"a1": "x", "a2": "y"}, "b2/deep", "z", {"b2": {"deep": "z"}}),
        ({"a1": "x", "a2": "y"}, "a3", "z", {"a1": "x", "a3": "z"}),
        ({"b1": "x"}, "a3", "z", {"a3": "z"}),
        ({"b1": "x"}, "b2/deep", "z", {"b1": "x", "b2": {"deep": "z"}}),
    ],
)
def test_a_case_ends_the_other_cases(before: Any, path: str, value: str, after: Any) -> None:
    raw = {"m:settings": {"name": "n"} | before}
    expected = {"m:settings": {"name": "n"} | after}
    assert done(raw, edit("merge", f"/m:settings/{path}", value)) == expected
    nested: Any = value
    for name in reversed(path.split("/")):
        nested = {name: nested}
    assert done(raw, edit("merge", "/m:settings", nested)) == expected
    assert done(raw, edit("merge", "/", {"m:settings": nested})) == expected


@settings(max_examples=100, deadline=None)
@given(TREES, TREES)
def test_merge_and_replace_of_whole_trees(one: Branch, other: Branch) -> None:
    replaced = apply(one, [Edit("replace", Path(), other)], 5)
    assert replaced == other
    assert apply(replaced, [Edit("replace", Path(), other)], 6) is replaced
    merged = apply(one, [Edit("merge", Path(), other)], 5)
    if "log" not in to_json(SCHEMA.root, other).get("m:state", {}):
        assert apply(merged, [Edit("merge", Path(), other)], 6) is merged
    assert apply(EMPTY, [Edit("merge", Path(), other)], 5) == other
    removed = apply(one, [Edit("remove", Path())], 5)
    assert removed == EMPTY
    for root in (replaced, merged, removed):
        assert not _hollow(root)


def _hollow(branch: Branch) -> bool:
    """True when something is stored that says nothing."""
    return any(
        (len(value) == 0 and name != "present") or (isinstance(value, Branch) and _hollow(value))
        for name, value in branch.members.items()
        if isinstance(value, Branch)
    )


@settings(max_examples=100, deadline=None)
@given(TREES)
def test_an_edit_that_changes_nothing_gives_the_same_object(root: Branch) -> None:
    whole = [Edit(op, Path(), root) for op in ("replace",)]
    assert apply(root, whole, 9) is root
    for name, value in root.members.items():
        child = SCHEMA.root.children[name]
        assert apply(root, [Edit("replace", Path().child(child), value)], 9) is root


def test_the_revision_is_stamped_from_the_change_up() -> None:
    before = tree({"m:settings": {"plain": {"y": "1", "deeper": {"z": "2"}}, "name": "n"}} | BOTH, 1)
    after = apply(before, [edit("merge", "/m:settings/plain/y", "2")], 5)

    def at(root: Branch, path: str) -> int:
        return revision_at(root, parse_path(SCHEMA, path))

    changed = ("/", "/m:settings", "/m:settings/plain", "/m:settings/plain/y")
    assert {at(after, path) for path in changed} == {5}
    assert at(after, "/m:settings/plain/deeper") == 1
    assert at(after, "/m:lists") == 1
    grown = apply(after, [edit("merge", "/m:lists/user[k='9']", {"k": 9})], 6)
    assert at(grown, "/m:lists/user") == 6
    assert at(grown, "/m:lists/user[k='9']") == 6
    assert at(grown, "/m:lists/user[k='1']") == 1
    assert at(grown, "/m:lists/system") == 1
    assert at(grown, "/m:lists/system[k='none']/v") == 6  # the closest one above that exists


def test_a_new_subtree_carries_the_revision_throughout() -> None:
    root = apply(EMPTY, [edit("merge", "/", {"m:settings": {"plain": {"deeper": {"z": "1"}}}} | RULES)], 4)
    for path in ("/m:settings/plain/deeper", "/m:lists/user", "/m:lists/user[k='2']"):
        assert revision_at(root, parse_path(SCHEMA, path)) == 4


def test_what_an_edit_does_not_touch_is_shared() -> None:
    before = tree(NAMED | ENTRY)
    after = apply(before, [edit("merge", "/m:settings/level", 7)], 2)
    assert after["m:lists"] is before["m:lists"]


def test_replacing_keeps_the_parts_that_are_equal() -> None:
    before = tree({"m:lists": {"system": [{"k": f"k{n}", "v": n} for n in range(1000)]}})
    raw = to_json(SCHEMA.root, before)
    raw["m:lists"]["system"][500]["v"] = -1
    raw["m:lists"]["system"].pop(700)
    after = apply(before, [Edit("replace", Path(), tree(raw, 0))], 2)
    assert after == tree(raw)
    old, new = (get(root, parse_path(SCHEMA, "/m:lists/system")) for root in (before, after))
    assert sum(new.get(key) is old.get(key) for key in new) == 998
    assert sum(a is b for a, b in zip(old.pages, new.pages, strict=False)) >= 2


def test_a_keyless_entry_is_edited_in_its_place() -> None:
    raw = {"m:state": {"log": [{"msg": "a"}, {"msg": "b"}, {"msg": "c"}]}}
    assert done(raw, edit("merge", "/m:state/log[2]/msg", "x"))["m:state"]["log"][1] == {"msg": "x"}
    assert len(done(raw, edit("remove", "/m:state/log[2]"))["m:state"]["log"]) == 2
    assert done(raw, edit("replace", "/m:state/log[3]", {}))["m:state"]["log"][2] == {}


NOTE = {"m:note": "x"}


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ({"name": "n"}, edit("replace", "/m:settings/name", "n", notes=NOTE), {"name": "n", "@name": NOTE}),
        ({"name": "n", "@name": NOTE}, edit("replace", "/m:settings/name", "n"), {"name": "n"}),
        ({"name": "n", "@name": NOTE}, edit("merge", "/m:settings/name", "o"), {"name": "o", "@name": NOTE}),
        ({"name": "n", "@name": NOTE}, edit("merge", "/m:settings/name", "n", notes={}), {"name": "n"}),
        ({"name": "n", "@name": NOTE}, edit("delete", "/m:settings/name"), {}),
        ({"name": "n"}, edit("merge", "/m:settings", notes=NOTE), {"name": "n", "@": NOTE}),
        ({"tags": ["a", "c"], "@tags": [None, NOTE]}, edit("merge", "/m:settings/tags[.='b']"),
         {"tags": ["a", "b", "c"], "@tags": [None, None, NOTE]}),
        ({"tags": ["a", "c"], "@tags": [None, NOTE]}, edit("delete", "/m:settings/tags[.='a']"),
         {"tags": ["c"], "@tags": [NOTE]}),
        ({"tags": ["a"]}, edit("merge", "/m:settings/tags[.='b']", notes=NOTE),
         {"tags": ["a", "b"], "@tags": [None, NOTE]}),
        ({"tags": ["a"], "@tags": [NOTE]}, edit("replace", "/m:settings/tags", ["a", "b"]), {"tags": ["a", "b"]}),
        ({"tags": ["b"], "@tags": [NOTE]}, edit("merge", "/m:settings", {"tags": ["a"]}),
         {"tags": ["a", "b"], "@tags": [None, NOTE]}),
        ({"tags": ["b"]}, edit("merge", "/m:settings", {"tags": ["b", "a"], "@tags": [None, NOTE]}),
         {"tags": ["a", "b"], "@tags": [NOTE]}),
        ({"order": [1, 2], "@order": [NOTE]}, edit("move", "/m:settings/order[.='1']"),
         {"order": [2, 1], "@order": [None, NOTE]}),
    ],
)  # fmt: skip
def test_annotations_follow_what_they_annotate(before: Any, change: Edit, after: Any) -> None:
    expected = {"m:settings": after} if after else {}
    assert done({"m:settings": before}, change) == expected


def test_an_edit_says_so_where_a_list_needs_its_key() -> None:
    model = schema_of(list_("l", "k", leaf("k", String()), container("c", leaf("v", String()))))
    node = model.root.children["m:l"]
    path = Path().child(node).child(node.children["c"])  # type: ignore[attr-defined]
    with pytest.raises(BadInput, match="needs the key of an entry"):
        apply(Branch(model.root, {}), [Edit("merge", path, None)], 1)


@pytest.mark.parametrize(
    "item",
    [
        5,
        {"path": "/m:settings"},
        {"op": "destroy", "path": "/m:settings"},
        {"op": "merge"},
        {"op": "merge", "path": 5},
        {"op": "merge", "path": "/m:settings", "extra": 1},
        {"op": "move", "path": "/m:lists/user[k='1']", "where": "beside"},
        {"op": "move", "path": "/m:lists/user[k='1']", "where": "after", "point": "x"},
        {"op": "move", "path": "/m:lists/user[k='1']", "where": "after", "point": ["x"]},
        {"op": "move", "path": "/m:lists/user[k='1']", "keys": 5},
        {"op": "move", "path": "/m:lists/user[k='1']", "keys": [[9, [1]]]},
        {"op": "move", "path": "/m:lists/user[k='1']", "keys": [[1, [1, 2]]]},
        {"op": "merge", "path": "/m:settings/level", "value": "x"},
    ],
)
def test_json_that_is_no_edit_is_refused(item: Any) -> None:
    with pytest.raises(BadInput):
        edits_from_json(SCHEMA, [item])


def test_the_faults_of_all_json_edits_are_listed() -> None:
    items = [
        {"op": "merge", "path": "/m:settings/level", "value": "x"},
        {"op": "merge", "path": "/m:settings/nothing", "value": "x"},
        {"op": "merge", "path": "/m:settings/name", "value": "x"},
    ]
    with pytest.raises(BadInput) as caught:
        edits_from_json(SCHEMA, items)
    assert len(caught.value.faults) == 2


def test_the_journals_form_is_this() -> None:
    edits = (
        edit("merge", "/m:lists/user[k='1']", {"k": 1, "v": "x"}, where="after", point=[2]),
        edit("replace", "/m:settings/ratio", "1.5", notes=NOTE),
        edit("remove", "/m:lists/pair[a='x'][b='true']"),
        Edit("remove", parse_path(SCHEMA, "/m:lists/pair[a='x'][b='true']").parent.child(
            SCHEMA.root.children["m:lists"].children["pair"], ("x", "true"))),  # type: ignore[attr-defined]
    )  # fmt: skip
    assert edits_to_json(SCHEMA, edits) == [
        {
            "op": "merge",
            "path": "/m:lists/user[k='1']",
            "value": {"k": 1, "v": "x"},
            "where": "after",
            "point": [2],
        },
        {"op": "replace", "path": "/m:settings/ratio", "value": "1.5", "notes": NOTE},
        {"op": "remove", "path": "/m:lists/pair[a='x'][b='true']"},
        {"op": "remove", "path": "/m:lists/pair[a='x'][b='true']", "keys": [[1, ["x", "true"]]]},
    ]
    assert edits_from_json(SCHEMA, edits_to_json(SCHEMA, edits)) == edits
