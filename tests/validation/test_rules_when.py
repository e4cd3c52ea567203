"""``when`` (RFC 7950 section 7.21.5): what it sees, what it deletes, and what it refuses."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from validation_lab import faults, model, module, tree, validator, words

from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import Edit, apply, parse_path, to_json


def settled(schema: Schema, data: dict[str, Any]) -> Any:
    """The data without what may not exist."""
    result = validator(schema).settle(tree(schema, data), 7)
    assert result.faults == ()
    return to_json(schema.root, result.root)


SCHEMA = model(
    module(
        "w",
        """
  grouping g { leaf used { type string; } container box { leaf in { type string; } } }
  container c {
    leaf mode { type string; default off; }
    leaf plain { when "../mode = 'on'"; type string; }
    leaf-list several { when "../mode = 'on'"; type string; }
    container group { when "../mode = 'on'"; leaf x { type string; } container deeper { leaf y { type string; } } }
    list l { when "../mode = 'on'"; key k; leaf k { type string; } leaf v { when "../k != 'no'"; type string; } }
    list m { key k; leaf k { type string; } leaf v { when "../k != 'no'"; type string; } }
    uses g { when "mode = 'on'"; }
    choice ch { when "mode != 'nochoice'"; case a { when "mode = 'on'"; leaf a { type string; } } leaf b { type string; } }
  }
  augment "/c/m" { when "k = 'yes'"; leaf added { type string; } }
  leaf top { when "/c/mode = 'on'"; type string; }""",
    )
)


def test_what_may_not_exist_goes_and_empty_containers_with_it() -> None:
    data = {
        "w:c": {
            "plain": "1", "several": ["1"], "group": {"x": "1", "deeper": {"y": "1"}}, "l": [{"k": "1"}],
            "m": [{"k": "no", "v": "1"}, {"k": "yes", "v": "1", "added": "1"}, {"k": "z", "added": "1"}],
            "used": "1", "box": {"in": "1"}, "a": "1",
        },
        "w:top": "1",
    }  # fmt: skip
    assert settled(SCHEMA, data) == {
        "w:c": {"m": [{"k": "no"}, {"k": "yes", "v": "1", "added": "1"}, {"k": "z"}]}
    }


def test_what_may_exist_stays_the_same_object() -> None:
    data = {
        "w:c": {"mode": "on", "plain": "1", "group": {"x": "1"}, "l": [{"k": "1"}], "used": "1", "a": "1"}
    }
    root = tree(SCHEMA, data)
    result = validator(SCHEMA).settle(root, 7)
    assert result.root is root
    assert not result.removed


def test_a_choice_and_its_case_each_have_a_say() -> None:
    assert settled(SCHEMA, {"w:c": {"b": "1"}}) == {"w:c": {"b": "1"}}
    assert settled(SCHEMA, {"w:c": {"mode": "nochoice", "b": "1"}}) == {"w:c": {"mode": "nochoice"}}
    assert settled(SCHEMA, {"w:c": {"mode": "on", "a": "1"}}) == {"w:c": {"mode": "on", "a": "1"}}


def test_what_goes_is_named_and_carries_the_revision() -> None:
    root = tree(SCHEMA, {"w:c": {"plain": "1", "m": [{"k": "no", "v": "1"}]}})
    result = validator(SCHEMA).settle(root, 7)
    assert [str(path) for path in result.removed] == ["/w:c/plain", "/w:c/m[k='no']/v"]
    assert result.root.revision == 7
    assert result.root["w:c"]["m"].get(("no",)).revision == 7


# -- what the expression sees ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "data", "stays"),
    [
        # the context node is a dummy without value; all instances are replaced by one
        ('leaf a { when ". = 1"; type int8; }', {"a": 1}, False),
        ('leaf a { when ". = \'\'"; type int8; }', {"a": 1}, True),
        ('leaf-list a { when "count(../a) = 1"; type int8; }', {"a": [1, 2]}, True),
        ('container a { presence x; when "not(b)"; leaf b { type int8; } }', {"a": {"b": 1}}, True),
        ('container a { when "not(*)"; leaf b { type int8; default 1; } leaf c { type int8; } }', {"a": {"c": 1}}, True),
        ('list a { when "../a/k"; key k; leaf k { type int8; } }', {"a": [{"k": 1}]}, False),
        ('leaf a { when "../*[local-name() = \'a\'] = \'\'"; type int8; }', {"a": 1}, True),
        ('leaf a { when "not(../preceding::x) and not(following-sibling::a)"; type int8; }', {"a": 1}, True),
        # nodes that a choice, case, uses or augment adds are taken away
        ('choice ch { when "not(a)"; leaf a { type int8; } leaf b { type int8; } }', {"a": 1}, True),
        ('choice ch { when "not(a)"; leaf a { type int8; default 1; } }', {"a": 1}, True),
        ('choice ch { case x { when "not(*)"; leaf a { type int8; } leaf b { type int8; } } }', {"a": 1, "b": 1}, True),
        ('choice ch { when "count(.//*) = 0"; leaf a { type int8; } }', {"a": 1}, True),
        ('choice ch { case x { when "a or b"; leaf a { type int8; } leaf b { type int8; } } }', {"a": 1, "b": 1}, False),
    ],
)  # fmt: skip
def test_the_tree_is_altered_while_it_is_evaluated(body: str, data: dict[str, Any], stays: bool) -> None:
    schema = model(module("t", f"container c {{ presence yes; {body} }}"))
    assert settled(schema, {"t:c": data}) == {"t:c": data if stays else {}}


def test_the_nodes_of_a_uses_are_taken_away_together() -> None:
    schema = model(
        module(
            "t",
            """grouping g { leaf a { type int8; } leaf b { type int8; } }
            container c { presence yes; leaf z { type int8; } uses g { when "count(*) = count(z)"; } }
            augment /c { when "not(d) and b"; leaf d { type int8; } leaf e { type int8; } }""",
        )
    )
    data = {"t:c": {"z": 1, "a": 1, "b": 1, "d": 1, "e": 1}}
    # the augment's nodes are not the uses' own: they are seen, and make its condition false
    assert settled(schema, data) == {"t:c": {"z": 1}}
    without = {"t:c": {"z": 1, "a": 1, "b": 1}}
    assert settled(schema, without) == without


# -- conditions that depend on one another -----------------------------------------------------------

CHAIN = model(
    module(
        "t",
        """
  leaf b { when "not(../a)"; type int8; }
  leaf a { when "../on"; type int8; }
  leaf on { type empty; }
  leaf d1 { when "../a"; type int8; default 1; }
  leaf d2 { when "../d1"; type int8; default 2; }
  leaf d3 { when "../d2 = 2"; type int8; }""",
    )
)


def test_conditions_are_evaluated_in_the_order_of_their_dependencies() -> None:
    """``a`` goes; ``b``, whose condition was false only because of ``a``, does not."""
    assert settled(CHAIN, {"t:a": 1, "t:b": 1}) == {"t:b": 1}
    assert settled(CHAIN, {"t:a": 1, "t:b": 1, "t:on": [None]}) == {"t:a": 1, "t:on": [None]}


def test_conditions_see_defaults_come_and_go() -> None:
    assert settled(CHAIN, {"t:d3": 1}) == {}
    assert settled(CHAIN, {"t:a": 1, "t:on": [None], "t:d3": 1}) == {"t:a": 1, "t:on": [None], "t:d3": 1}


def test_a_condition_that_depends_on_itself_does_no_harm() -> None:
    schema = model(
        module(
            "t",
            """leaf a { when "not(../b)"; type int8; } leaf b { when "not(../a)"; type int8; }
            leaf c { when "../d"; type int8; default 1; } leaf d { when "../c"; type int8; default 1; }
            leaf e { when "../f"; type int8; } leaf f { when "../e"; type int8; } leaf g { when "../c"; type int8; }""",
        )
    )
    validator(schema).settle(tree(schema, {"t:a": 1, "t:b": 1, "t:g": 1}), 1)
    assert settled(schema, {"t:e": 1, "t:f": 1}) == {"t:e": 1, "t:f": 1}


@pytest.mark.parametrize("step", ["-", "+"])
def test_a_chain_of_conditions_may_be_longer_than_the_stack(step: str) -> None:
    schema = model(
        module(
            "t",
            f"""container c {{ list l {{ key k; leaf k {{ type int32; }} leaf on {{ type empty; }}
              leaf v {{ when "../on or ../../l[k = current()/../k {step} 1]/v"; type int8; default 1; }}
              leaf w {{ when "../v"; type int8; }} }} }}""",
        )
    )
    entries = [{"k": at, "w": 1} | ({"on": [None]} if at == 1500 else {}) for at in range(3000)]
    result = settled(schema, {"t:c": {"l": entries}})
    kept = [entry["k"] for entry in result["t:c"]["l"] if "w" in entry]
    assert kept == (list(range(1500, 3000)) if step == "-" else list(range(1501)))


@given(st.dictionaries(st.sampled_from(["on", "a", "b", "d1", "d2", "d3"]), st.just(1)))
def test_a_settled_tree_is_settled_and_has_only_true_conditions(data: dict[str, int]) -> None:
    whole = {f"t:{name}": [None] if name == "on" else value for name, value in data.items()}
    once = settled(CHAIN, whole)
    assert settled(CHAIN, once) == once
    assert words(faults(CHAIN, once)) == []


# -- what a request supplies -------------------------------------------------------------------------


def check(data: dict[str, Any], *edits: tuple[str, str, Any]) -> Any:
    base = tree(SCHEMA, data)
    listed = []
    for operation, path, value in edits:
        where = parse_path(SCHEMA, path)
        listed.append(Edit(operation, where, tree_value(path, value)))  # type: ignore[arg-type]
    root = apply(base, listed, 7)
    checked = validator(SCHEMA).check(base, listed, root, 7)
    return words(checked.faults), to_json(SCHEMA.root, checked.root)


def tree_value(path: str, value: Any) -> Any:
    """A branch for an object, by way of the whole tree."""
    if not isinstance(value, dict):
        return value
    whole = tree(SCHEMA, {"w:c": value})
    return whole["w:c"] if path == "/w:c" else whole["w:c"][path.rpartition("/")[2]]


REFUSED = [("unknown-element", "", "/w:c/plain")]


def test_what_the_request_supplies_is_refused() -> None:
    found, root = check({}, ("merge", "/w:c/plain", "1"))
    assert found == REFUSED
    assert root == {}
    assert check({}, ("merge", "/w:c", {"plain": "1"}))[0] == REFUSED
    assert check({}, ("replace", "/w:c", {"plain": "1", "mode": "x"}))[0] == REFUSED


def test_what_existed_is_deleted() -> None:
    on = {"w:c": {"mode": "on", "plain": "1", "group": {"x": "1"}}}
    assert check(on, ("replace", "/w:c/mode", "off")) == ([], {"w:c": {"mode": "off"}})
    assert check(on, ("remove", "/w:c/mode", None)) == ([], {})


def test_what_existed_and_is_supplied_again_is_refused() -> None:
    on = {"w:c": {"mode": "on", "plain": "1"}}
    assert check(on, ("replace", "/w:c/mode", "off"), ("replace", "/w:c/plain", "2"))[0] == REFUSED


def test_something_below_that_is_supplied_counts() -> None:
    found, _ = check({}, ("merge", "/w:c/group/deeper/y", "1"))
    assert found == [("unknown-element", "", "/w:c/group")]


def test_something_beside_that_is_supplied_does_not_count() -> None:
    on = {"w:c": {"mode": "on", "plain": "1"}}
    assert check(on, ("merge", "/w:c", {"mode": "off"})) == ([], {"w:c": {"mode": "off"}})


def test_entries_of_a_list_that_may_not_exist_are_refused() -> None:
    whole = tree(SCHEMA, {"w:c": {"l": [{"k": "1"}]}})
    for path, value in (("/w:c/l", whole["w:c"]["l"]), ("/w:c/l[k='1']", whole["w:c"]["l"].get(("1",)))):
        edit = Edit("merge", parse_path(SCHEMA, path), value)
        root = apply(tree(SCHEMA, {}), [edit], 1)
        checked = validator(SCHEMA).check(tree(SCHEMA, {}), [edit], root, 1)
        assert words(checked.faults) == [("unknown-element", "", "/w:c/l")]


def test_a_leaf_in_a_supplied_list_is_refused_where_it_is() -> None:
    whole = tree(SCHEMA, {"w:c": {"m": [{"k": "no", "v": "1"}, {"k": "z"}]}})
    edit = Edit("replace", parse_path(SCHEMA, "/w:c/m"), whole["w:c"]["m"])
    checked = validator(SCHEMA).check(tree(SCHEMA, {}), [edit], apply(tree(SCHEMA, {}), [edit], 1), 1)
    assert words(checked.faults) == [("unknown-element", "", "/w:c/m[k='no']/v")]


def test_in_a_whole_tree_all_is_supplied() -> None:
    (fault,) = faults(SCHEMA, {"w:c": {"plain": "1"}})
    assert (fault.tag, fault.path, fault.place.line) == ("unknown-element", "/w:c/plain", 7)
    assert "../mode = 'on'" in fault.message


def test_the_false_one_of_several_conditions_is_named() -> None:
    (fault,) = faults(SCHEMA, {"w:c": {"mode": "x", "a": "1"}})
    assert "mode = 'on'" in fault.message
    assert fault.place.line == 13


def test_what_the_deletion_breaks_is_found() -> None:
    schema = model(
        module(
            "t",
            """leaf mode { type string; } leaf a { when "../mode = 'on'"; type string; }
            leaf b { type string; must "../a"; }""",
        )
    )
    base = tree(schema, {"t:mode": "on", "t:a": "1", "t:b": "1"})
    edit = Edit("replace", parse_path(schema, "/t:mode"), "off")
    checked = validator(schema).check(base, [edit], apply(base, [edit], 2), 2)
    assert words(checked.faults) == [("operation-failed", "must-violation", "/t:b")]
