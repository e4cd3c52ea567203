"""anydata and anyxml: what XML and JSON tell of one another without a schema."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xml_zoo import read, read_json, zoo_schema

from pyconfhoard.errors import BadInput, NotSupported
from pyconfhoard.tree import encode_xml
from pyconfhoard.tree.json_text import Number

SCHEMA = zoo_schema()


def from_xml(name: str, inside: str) -> Any:
    """The JSON of ``any`` or ``xml``."""
    return read(f'<all xmlns="urn:zoo"><{name}>{inside}</{name}></all>')["zoo:all"][name].json


def to_xml(name: str, json: Any) -> str:
    """What stands in ``any`` or ``xml``."""
    root = read_json({"zoo:all": {name: json}})
    text = encode_xml(SCHEMA, SCHEMA.root, root).decode()
    text = text.removeprefix('<all xmlns="urn:zoo">').removesuffix("</all>")
    return "" if text == f"<{name}/>" else text.removeprefix(f"<{name}>").removesuffix(f"</{name}>")


BOTH_WAYS = [
    ("", {}),
    ("<x>1</x>", {"x": "1"}),
    ("<x/>", {"x": [None]}),
    ("<x>a&lt;&amp;&#13;</x>", {"x": "a<&\r"}),
    ("<x>1</x><x>2</x>", {"x": ["1", "2"]}),
    ("<x/><x/>", {"x": [[None], [None]]}),
    ("<x><y>1</y></x><x><y>2</y></x>", {"x": [{"y": "1"}, {"y": "2"}]}),
    (
        '<x xmlns="urn:annex&amp;co"><y>1</y><z xmlns="urn:zoo">2</z></x>',
        {"annex:x": {"y": "1", "zoo:z": "2"}},
    ),
    ('<x xmlns="urn:un"><y>1</y></x>', {"urn:un:x": {"y": "1"}}),
    ('<x xmlns=""><y>1</y></x>', {":x": {"y": "1"}}),
    ('<x xmlns:_0="urn:zoo" _0:trust="1">t</x>', {"x": "t", "@x": {"zoo:trust": "1"}}),
    ('<x xmlns:_0="urn:zoo" _0:trust="1"><y/></x>', {"x": {"@": {"zoo:trust": "1"}, "y": [None]}}),
    (
        '<x>1</x><x xml:lang="de">2</x>',
        {"x": ["1", "2"], "@x": [None, {"http://www.w3.org/XML/1998/namespace:lang": "de"}]},
    ),
    ("<ä>1</ä>", {"ä": "1"}),
]


@pytest.mark.parametrize(("text", "json"), BOTH_WAYS)
def test_anydata_is_told_by_xml_and_json_alike(text: str, json: Any) -> None:
    assert from_xml("any", text) == json
    assert to_xml("any", json) == text


@pytest.mark.parametrize(
    ("text", "json"), [pair for pair in BOTH_WAYS[1:] if ":_0" not in pair[0] and "xml:" not in pair[0]]
)
def test_anyxml_that_anydata_could_hold_is_the_same_json(text: str, json: Any) -> None:
    assert from_xml("xml", text) == json
    assert to_xml("xml", json) == text


@pytest.mark.parametrize(
    ("text", "json"),
    [
        ("text", "text"),
        ("", [None]),
        ("a<b/>", ["a", {"name": "zoo:b"}]),
        ("<b/> a", [{"name": "zoo:b"}, " a"]),
        (
            '<b c="1" xmlns:_1="urn:un" _1:d="2"/>',
            [{"name": "zoo:b", "attributes": {"c": "1", "urn:un:d": "2"}}],
        ),
        (
            '<p xmlns="urn:h">a <b>x</b> <i>y</i></p>',
            [
                {
                    "name": "urn:h:p",
                    "content": [
                        "a ",
                        {"name": "urn:h:b", "content": ["x"]},
                        " ",
                        {"name": "urn:h:i", "content": ["y"]},
                    ],
                }
            ],
        ),
        ('<p xmlns="" a="1"/>', [{"name": "p", "attributes": {"a": "1"}}]),
        ("<a/><b/><a/>", [{"name": "zoo:a"}, {"name": "zoo:b"}, {"name": "zoo:a"}]),
    ],
)
def test_anyxml_of_any_other_shape_is_told_element_by_element(text: str, json: Any) -> None:
    json = {"@xml": json} if isinstance(json, list) and json != [None] else json
    assert from_xml("xml", text) == json
    assert to_xml("xml", json) == text


@pytest.mark.parametrize(
    ("json", "text", "again"),
    [
        ({"x": 5}, "<x>5</x>", {"x": "5"}),
        ({"x": True}, "<x>true</x>", {"x": "true"}),
        ({"x": Number("1.50")}, "<x>1.50</x>", {"x": "1.50"}),
        ({"x": None, "y": "", "z": {}}, "<x/><y/><z/>", {"x": [None], "y": [None], "z": [None]}),
        ({"x": ["a"], "y": []}, "<x>a</x>", {"x": "a"}),
    ],
)
def test_what_xml_does_not_tell_apart_comes_back_as_text(json: Any, text: str, again: Any) -> None:
    assert to_xml("any", json) == text
    assert from_xml("any", text) == again


@pytest.mark.parametrize(
    ("json", "why"),
    [
        ({"a b": 1}, "'a b' is no name of an element"),
        ({"": 1}, "'' is no name of an element"),
        ({"x": [[1]]}, "an array or object is no text"),
        ({"x": "\x00"}, "XML has no character U\\+0000"),
        ({"x y:z": 1}, "'x y' is no namespace of an element"),
        ({"http://www.w3.org/XML/1998/namespace:z": 1}, "is no namespace of an element"),
        ({"x": 1, "@x": {"a b": 1}}, "'a b' is no name of an attribute"),
        ({"x": 1, "@x": {"zoo:a": 1, "urn:zoo:a": 1}}, "the attribute 'urn:zoo:a' stands twice"),
        ({"x": 1, "@x": {"xmlns": "u"}}, "'xmlns' is no name of an attribute"),
    ],
)
def test_json_that_no_xml_can_hold_is_told(json: Any, why: str) -> None:
    with pytest.raises(NotSupported, match=why) as caught:
        to_xml("any", json)
    (fault,) = caught.value.faults
    assert (fault.tag, fault.path) == ("operation-not-supported", "/zoo:all/any")


@pytest.mark.parametrize(
    "json", [{"@xml": 5}, {"@xml": [5]}, {"@xml": [{"name": 5}]}, {"@xml": [{"name": "x", "attributes": 5}]}]
)
def test_json_that_only_looks_like_xml_is_told(json: Any) -> None:
    with pytest.raises(NotSupported):
        to_xml("xml", json)


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ("text", "anydata holds elements, and text only in their ends: there is text in any"),
        ("<x>a<b/></x>", "anydata holds elements, and text only in their ends: there is text in x"),
        ('<x a="1"/>', "the attribute 'a' has no namespace: it is no annotation (RFC 7952)"),
        ('<x xmlns="zoo"/>', "the namespace 'zoo' is no module's, and cannot be told from one's name"),
        ('<x xmlns="@a"/>', "the namespace '@a' is no module's, and cannot be told from one's name"),
    ],
)
def test_xml_that_no_anydata_can_hold_is_refused(inside: str, message: str) -> None:
    with pytest.raises(BadInput) as caught:
        from_xml("any", inside)
    (fault,) = caught.value.faults
    assert (fault.path, fault.message) == ("/zoo:all/any", message)


@pytest.mark.parametrize("name", ["any", "xml"])
def test_what_is_as_deep_as_a_document_may_be_is_read_and_written(name: str) -> None:
    depth = 125
    for inside in ("<x>" * depth + "</x>" * depth, "<x>" * depth + "t" + "</x>" * depth):
        json = from_xml(name, inside)
        assert from_xml(name, to_xml(name, json)) == json
    mixed = "<x>" * depth + "</x>t" * depth
    assert from_xml("xml", to_xml("xml", from_xml("xml", mixed))) == from_xml("xml", mixed)


NAMES = st.sampled_from(["x", "y", "z"])
ATTRIBUTES = st.sampled_from(
    ["", "", ' a="1"', ' p:a="1"', ' xmlns="urn:un"', ' xmlns="" b="&lt;"', ' xmlns="urn:zoo"']
)
XML = st.recursive(
    st.sampled_from(["", " ", "t", "&lt;"]),
    lambda inside: (
        st.lists(st.tuples(NAMES, ATTRIBUTES, inside), max_size=4).map(
            lambda made: "".join(f"<{name}{attributes}>{text}</{name}>" for name, attributes, text in made)
        )
        | st.tuples(inside, inside).map("".join)
    ),
    max_leaves=8,
)


@given(XML)
@settings(max_examples=200, deadline=None)
def test_anyxml_is_the_same_after_a_journey_through_json(text: str) -> None:
    json = read(f'<all xmlns="urn:zoo"><xml xmlns:p="urn:p">{text}</xml></all>')["zoo:all"]["xml"].json
    assert from_xml("xml", to_xml("xml", json)) == json


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(["x", "annex:y", "@x", "@", ":z", "@xml", "urn:u:v"]) | st.text(max_size=3),
            inside,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(JSON)
@settings(max_examples=200, deadline=None)
def test_any_json_is_written_as_xml_that_can_be_read_or_told(json: Any) -> None:
    try:
        text = to_xml("xml", json)
    except NotSupported:
        return
    from_xml("xml", text)
