"""Selections: paths and subtree filters take of a tree what XPath would, with what it stands in."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard import schema as schemas
from pyconfhoard.errors import BadInput
from pyconfhoard.tree import Branch, decode, diff, parse_path, to_json
from pyconfhoard.tree import Path as Place
from rest.filters.query import query
from rest.filters.select import WHOLE, Evaluated, pick, selection_of, trimmed
from rest.filters.subtree import subtree_of

SCHEMA = schemas.load(("belfry",), folders=[Path(__file__).parent / "models"])


def tree(data: Any) -> Branch:
    found: Branch = decode(SCHEMA.root, data, Place.ROOT, content="all")
    return found


TREE = tree(
    {
        "belfry:counter": 5,
        "belfry:tower": {
            "height": "60.5",
            "bell": [
                {
                    "name": "anna",
                    "weight": 300,
                    "note": "g",
                    "clapper": {"length": 9},
                    "inscription": ["vivos voco", "mortuos plango"],
                    "mark": [{"place": "lip", "text": "1611"}],
                },
                {"name": "maria", "weight": 900, "note": "c"},
                {"name": "peter", "note": "c", "mark": [{"place": "lip"}, {"place": "waist", "text": "x"}]},
            ],
            "ringer": [{"name": "z", "age": 20}, {"name": "a"}],
            "tune": ["grandsire", "plain bob"],
        },
    }
)


def names(found: Branch) -> Any:
    return to_json(SCHEMA.root, found)


def bells(*entries: Any) -> Any:
    return {"belfry:tower": {"bell": list(entries)}}


PATHS = {
    "/belfry:counter": {"belfry:counter": 5},
    "/belfry:tower/height": {"belfry:tower": {"height": "60.5"}},
    "/belfry:tower/belfry:bell/belfry:weight": bells(
        {"name": "anna", "weight": 300}, {"name": "maria", "weight": 900}
    ),
    "/belfry:tower/bell[name='maria']": bells({"name": "maria", "weight": 900, "note": "c"}),
    "/belfry:tower/bell[note='c']/weight": bells({"name": "maria", "weight": 900}),
    "/belfry:tower/bell[name='anna']/clapper/length": bells({"name": "anna", "clapper": {"length": 9}}),
    "/belfry:tower/bell/mark[place='waist']/text": bells(
        {"name": "peter", "mark": [{"place": "waist", "text": "x"}]}
    ),
    "/belfry:tower/ringer/age": {"belfry:tower": {"ringer": [{"name": "z", "age": 20}]}},
    "/belfry:tower/tune": {"belfry:tower": {"tune": ["grandsire", "plain bob"]}},
    "/belfry:counter | /belfry:tower/bell[name='maria']/note": {
        "belfry:counter": 5,
        "belfry:tower": {"bell": [{"name": "maria", "note": "c"}]},
    },
    "/belfry:tower/bell[name='nobody']": {},
    "/belfry:tower/song": {},
}

OTHERS = {
    "/": names(TREE),
    "//weight": bells({"name": "anna", "weight": 300}, {"name": "maria", "weight": 900}),
    "/belfry:tower/bell[weight > 500]/note": bells({"name": "maria", "note": "c"}),
    "/belfry:tower/bell[2]": bells({"name": "maria", "weight": 900, "note": "c"}),
    "/belfry:tower/tune[.='plain bob']": {"belfry:tower": {"tune": ["plain bob"]}},
    "/belfry:tower/bell[mark/place='waist']/note": bells({"name": "peter", "note": "c"}),
    "/counter": {"belfry:counter": 5},
    "/belfry:tower/bell/name[.='anna']": bells({"name": "anna"}),
    "/belfry:motto": {},
    "count(//bell)": {},
    "'text'": {},
    "/belfry:tower/bell[weight='0300']": {},
}


@pytest.mark.parametrize("path", PATHS)
def test_a_path_takes_what_stands_there(path: str) -> None:
    selection = selection_of(path, SCHEMA)
    assert not isinstance(selection, Evaluated)
    assert names(pick(selection, TREE)) == PATHS[path]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_takes_what_xpath_does(path: str) -> None:
    evaluated = Evaluated(query(path, SCHEMA, SCHEMA.root))
    assert evaluated.pick(TREE) == pick(selection_of(path, SCHEMA), TREE)


@pytest.mark.parametrize("text", OTHERS)
def test_any_other_expression_is_evaluated(text: str) -> None:
    assert names(pick(selection_of(text, SCHEMA), TREE)) == OTHERS[text]


def test_what_is_taken_whole_is_the_same_object() -> None:
    found = pick(selection_of("/belfry:tower", SCHEMA), TREE)
    assert found.members["belfry:tower"] is TREE.members["belfry:tower"]
    found = pick(selection_of("/belfry:tower/bell", SCHEMA), TREE)
    assert found.members["belfry:tower"].members["bell"] is TREE.members["belfry:tower"].members["bell"]
    assert pick((WHOLE,), TREE) is TREE


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ({"belfry:counter": None}, {"belfry:counter": 5}),
        ({"belfry:counter": [None]}, {"belfry:counter": 5}),
        ({"belfry:counter": 5}, None),
        ({"belfry:counter": 6}, {}),
        ({"belfry:tower": {"height": {}}}, {"belfry:tower": {"height": "60.5"}}),
        (
            {"belfry:tower": {"bell": {"weight": ""}}},
            bells({"name": "anna", "weight": 300}, {"name": "maria", "weight": 900}),
        ),
        ({"belfry:tower": {"bell": {"name": "maria"}}}, PATHS["/belfry:tower/bell[name='maria']"]),
        (
            {"belfry:tower": {"bell": {"name": "maria", "note": None}}},
            bells({"name": "maria", "note": "c"}),
        ),
        (
            {"belfry:tower": {"bell": [{"name": "maria", "note": None}, {"name": "anna", "weight": None}]}},
            bells({"name": "anna", "weight": 300}, {"name": "maria", "note": "c"}),
        ),
        (
            {"belfry:tower": {"bell": {"note": "c", "weight": None}}},
            bells({"name": "maria", "weight": 900, "note": "c"}, {"name": "peter", "note": "c"}),
        ),
        ({"belfry:tower": {"bell": {"name": "maria", "note": "g"}}}, {}),
        ({"belfry:tower": {"tune": ["plain bob"]}, "belfry:counter": None}, None),
        ({}, {}),
        ([None], {}),
    ],
)
def test_a_subtree_filter_takes_what_it_says(content: Any, wanted: Any) -> None:
    found = names(pick(subtree_of(SCHEMA.root, content), TREE))
    if wanted is None:
        assert found["belfry:counter"] == 5
        assert found["belfry:tower"]["tune"] == ["grandsire", "plain bob"]
    else:
        assert found == wanted


@pytest.mark.parametrize(
    "content",
    [
        {"belfry:towr": {}},
        {"tower": {}},
        {"belfry:counter": {"x": 1}},
        {"belfry:counter": "many"},
        {"belfry:tower": 5},
        "text",
        5,
    ],
)
def test_what_is_no_filter_is_refused(content: Any) -> None:
    with pytest.raises(BadInput):
        subtree_of(SCHEMA.root, content)


@pytest.mark.parametrize("text", ["/a[", "nowhere:x", "foo()", "/belfry:tower/", "$v"])
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        selection_of(text, SCHEMA)


BELL = st.fixed_dictionaries(
    {"name": st.sampled_from("abcde")},
    optional={
        "weight": st.integers(1, 3),
        "note": st.sampled_from("cg"),
        "clapper": st.fixed_dictionaries({"length": st.integers(1, 2)}),
        "mark": st.lists(
            st.fixed_dictionaries({"place": st.sampled_from("xy")}, optional={"text": st.sampled_from("pq")}),
            min_size=1,
            max_size=2,
            unique_by=lambda mark: mark["place"],
        ),
    },
)
TOWER = st.fixed_dictionaries(
    {"belfry:counter": st.integers(0, 2)},
    optional={
        "belfry:tower": st.fixed_dictionaries(
            {},
            optional={
                "height": st.sampled_from(["1.0", "2.0"]),
                "bell": st.lists(BELL, min_size=1, max_size=4, unique_by=lambda bell: bell["name"]),
                "ringer": st.lists(
                    st.sampled_from("abc").map(lambda name: {"name": name}),
                    min_size=1,
                    max_size=3,
                    unique_by=lambda ringer: ringer["name"],
                ),
                "tune": st.lists(st.sampled_from("xyz"), min_size=1, max_size=3, unique=True),
            },
        )
    },
)
SELECTIONS = [
    selection_of(path, SCHEMA)
    for path in (
        "/",
        "/belfry:counter",
        "/belfry:tower/bell/weight",
        "/belfry:tower/bell[note='c']/clapper",
        "/belfry:tower/bell[name='a']",
        "/belfry:tower/bell/mark[text='p']",
        "/belfry:tower/ringer",
        "/belfry:tower/tune | /belfry:tower/height",
    )
] + [
    subtree_of(SCHEMA.root, {"belfry:tower": {"height": "1.0", "bell": {"weight": None}}}),
    subtree_of(SCHEMA.root, {"belfry:tower": {"bell": {"clapper": {"length": 1}}}}),
]


@given(TOWER, TOWER, st.sampled_from(SELECTIONS))
def test_changes_are_found_in_what_was_touched(old: Any, new: Any, selection: Any) -> None:
    before, after = tree(old), tree(new)
    touched = [change.path for change in diff(before, after)]
    small = diff(pick(selection, trimmed(before, touched)), pick(selection, trimmed(after, touched)))
    whole = diff(pick(selection, before), pick(selection, after))
    assert sorted(map(str, small)) == sorted(map(str, whole))


def test_trimming_looks_at_nothing_else() -> None:
    place = parse_path(SCHEMA, "/belfry:tower/bell[name='maria']/weight")
    assert names(trimmed(TREE, [place])) == {
        "belfry:counter": 5,
        "belfry:tower": {
            "height": "60.5",
            "bell": [{"name": "maria", "weight": 900, "note": "c"}],
            "tune": ["grandsire", "plain bob"],
        },
    }
