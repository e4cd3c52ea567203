"""The ``fields`` parameter (RFC 8040 section 4.8.3): its grammar, what it takes of a tree, and over HTTP."""

import pytest
from serving import Server
from workshop_paths import DATA, SHOP

from pyconfhoard.errors import BadInput
from rest.fields import parse_fields

TOOLS = [
    {"name": "axe", "weight": "2.0"},
    {"name": "saw", "weight": "1.25", "part": [{"row": 1, "column": 2, "label": "blade"}]},
]
BROKEN = [
    "",
    ";",
    "a;",
    "a//b",
    "/a",
    "a/",
    "a(",
    "a()",
    "a(b",
    "a)b",
    "a(b)c",
    "a b",
    "a=b",
    "a*",
    "1a",
    "a:",
    ":a",
    "a:b:c",
]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", {"a": None}),
        ("m:a/b", {"m:a": {"b": None}}),
        ("a;b", {"a": None, "b": None}),
        ("a(b;c/d);e", {"a": {"b": None, "c": {"d": None}}, "e": None}),
        ("a/b(c)", {"a": {"b": {"c": None}}}),
        ("a/b;a/c", {"a": {"b": None, "c": None}}),
        ("a/b;a", {"a": None}),
        ("a;a/b", {"a": None}),
    ],
)
def test_expressions_become_trees_of_names(text: str, tree: object) -> None:
    assert parse_fields(text) == tree


@pytest.mark.parametrize(
    "text", [*BROKEN, "(" * 5000, "a(" * 5000, "a/" * 5000 + "a"], ids=lambda text: text[:10]
)
def test_what_is_no_expression_is_an_invalid_value(text: str) -> None:
    with pytest.raises(BadInput, match="at character") as raised:
        parse_fields(text)
    assert raised.value.faults[0].tag == "invalid-value"


def test_selected_nodes_are_told_with_the_keys_of_their_entries(workshop: Server) -> None:
    shop = {"title": "Ours", "load": 3, "tool": TOOLS}
    assert workshop.request("PUT", SHOP, {"workshop:shop": shop}).status in {201, 204}
    for fields, told in {
        "title": {"title": "Ours"},
        "workshop:title;load": {"title": "Ours", "load": 3},
        "tool/weight": {"tool": [{"name": "axe", "weight": "2.0"}, {"name": "saw", "weight": "1.25"}]},
        "tool(part/label)": {
            "tool": [{"name": "axe"}, {"name": "saw", "part": [{"row": 1, "column": 2, "label": "blade"}]}]
        },
        "tool": {"tool": TOOLS},
        "mode": {},
    }.items():
        assert workshop.get(f"{SHOP}?fields={fields}").json == {"workshop:shop": told}, fields


def test_fields_of_the_datastore_of_lists_and_of_entries(workshop: Server) -> None:
    assert workshop.request("PUT", SHOP, {"workshop:shop": {"load": 3, "tool": TOOLS}}).status in {201, 204}
    whole = workshop.get(f"{DATA}?fields=workshop:shop/load").json
    assert whole == {"ietf-restconf:data": {"workshop:shop": {"load": 3}}}
    axe = {"name": "axe", "weight": "2.0"}
    assert workshop.get(f"{SHOP}/tool=axe?fields=weight").json == {"workshop:tool": [axe]}
    assert workshop.get(f"{SHOP}/tool?fields=name").json == {
        "workshop:tool": [{"name": "axe"}, {"name": "saw"}]
    }


def test_depth_counts_from_the_selected_nodes(workshop: Server) -> None:
    assert workshop.request("PUT", SHOP, {"workshop:shop": {"load": 3, "tool": TOOLS}}).status in {201, 204}
    one = workshop.get(f"{SHOP}?fields=load;tool&depth=1").json["workshop:shop"]
    assert one == {"load": 3, "tool": [{"name": "axe"}, {"name": "saw"}]}
    two = workshop.get(f"{SHOP}?fields=tool&depth=2").json["workshop:shop"]["tool"]
    assert two[1] == {"name": "saw", "weight": "1.25", "part": [{"row": 1, "column": 2}]}


def test_fields_go_with_defaults(workshop: Server) -> None:
    told = workshop.get(f"{SHOP}?fields=title&with-defaults=report-all").json
    assert told == {"workshop:shop": {"title": "untitled"}}


@pytest.mark.parametrize("path", [f"{SHOP}?fields=titel", f"{SHOP}?fields=title/x", f"{DATA}?fields=shop"])
def test_fields_that_the_model_does_not_have_are_400(workshop: Server, path: str) -> None:
    answer = workshop.get(path)
    assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")


def test_fields_of_a_leaf_are_400(workshop: Server) -> None:
    assert workshop.request("PUT", f"{SHOP}/load", {"workshop:load": 3}).status == 201
    assert workshop.get(f"{SHOP}/load?fields=x").status == 400
