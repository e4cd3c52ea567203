"""encode_xml: what the document looks like; that it says all is shown with whole trees."""

from __future__ import annotations

from typing import Any

import pytest
from xml_zoo import read_json, zoo_schema

from pyconfhoard.errors import NotSupported
from pyconfhoard.schema import load
from pyconfhoard.tree import Path, decode, encode_xml, get, node_at, parse_path, xml_chunks

SCHEMA = zoo_schema()


def written(raw: Any, path: str = "/zoo:all", **options: Any) -> str:
    """The XML of what stands at ``path`` in the container ``all`` with the members ``raw``."""
    where = parse_path(SCHEMA, path)
    value = get(read_json({"zoo:all": raw}), where)
    return encode_xml(SCHEMA, node_at(SCHEMA, where), value, **options).decode()


def inside(raw: Any, **options: Any) -> str:
    """What stands in the container ``all``."""
    text = written(raw, **options)
    return text.removeprefix('<all xmlns="urn:zoo">').removesuffix("</all>")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ({"name": "a<b>&\"'\t\n\r"}, "<name>a&lt;b&gt;&amp;\"'\t\n&#13;</name>"),
        ({"name": ""}, "<name/>"),
        (
            {"int8": -5, "int64": "12", "decimal": "1.50"},
            "<int8>-5</int8><int64>12</int64><decimal>1.5</decimal>",
        ),
        ({"boolean": False}, "<boolean>false</boolean>"),
        ({"mode": "a<b"}, "<mode>a&lt;b</mode>"),
        ({"flags": "two one", "octets": "AA=="}, "<flags>one two</flags><octets>AA==</octets>"),
        ({"flags": "", "octets": "", "empty": [None]}, "<flags/><octets/><empty/>"),
        ({"kind": "zoo:cat"}, '<kind xmlns:z2="urn:zoo">z2:cat</kind>'),
        ({"kind": "annex:cat"}, '<kind xmlns:z="urn:annex&amp;co">z:cat</kind>'),
        ({"like": "annex:cat"}, '<like xmlns:z="urn:annex&amp;co">z:cat</like>'),
        ({"mixed": "annex:cat"}, '<mixed xmlns:z="urn:annex&amp;co">z:cat</mixed>'),
        ({"mixed": "<"}, "<mixed>&lt;</mixed>"),
        ({"mixed": 5}, "<mixed>5</mixed>"),
        (
            {"where": "/zoo:all/row[b='1'][a='x']/annex:extra"},
            "<where xmlns:z2=\"urn:zoo\" xmlns:z=\"urn:annex&amp;co\">/z2:all/z2:row[z2:b='1'][z2:a='x']/z:extra</where>",
        ),
        (
            {
                "places": [
                    "/zoo:all/ill[kind='annex:cat']",
                    "/zoo:all/kinds[.='zoo:cat']",
                    "/zoo:all/state/log[1]",
                ]
            },
            '<places xmlns:z="urn:annex&amp;co" xmlns:z2="urn:zoo">/z2:all/z2:ill[z2:kind=\'z:cat\']</places>'
            "<places xmlns:z2=\"urn:zoo\">/z2:all/z2:kinds[.='z2:cat']</places>"
            '<places xmlns:z2="urn:zoo">/z2:all/z2:state/z2:log[1]</places>',
        ),
        (
            {"test": "zoo:a = 'annex:cat' or no:b"},
            '<test xmlns:z2="urn:zoo" xmlns:z="urn:annex&amp;co">z2:a = \'z:cat\' or no:b</test>',
        ),
        ({"annex:name": "x", "name": "y"}, '<name>y</name><name xmlns="urn:annex&amp;co">x</name>'),
        (
            {"annex:annex": {"kind": "annex:cat"}},
            '<annex xmlns="urn:annex&amp;co"><kind xmlns:z="urn:annex&amp;co">z:cat</kind></annex>',
        ),
        (
            {"order": [2, 1], "tags": ["b", "a"]},
            "<tags>a</tags><tags>b</tags><order>2</order><order>1</order>",
        ),
        (
            {"row": [{"v": "v", "a": "x", "b": 1, "annex:extra": "e"}]},
            '<row><b>1</b><a>x</a><v>v</v><extra xmlns="urn:annex&amp;co">e</extra></row>',
        ),
        ({"here": {}}, "<here/>"),
        (
            {"name": "x", "@name": {"zoo:trust": 3}, "tags": ["a", "b"], "@tags": [None, {"zoo:trust": 4}]},
            '<name xmlns:z2="urn:zoo" z2:trust="3">x</name><tags>a</tags><tags xmlns:z2="urn:zoo" z2:trust="4">b</tags>',
        ),
        (
            {"kind": "annex:cat", "@kind": {"zoo:seal": "annex:lynx"}},
            '<kind xmlns:z="urn:annex&amp;co" xmlns:z2="urn:zoo" z2:seal="z:lynx">z:cat</kind>',
        ),
        ({"name": "", "@name": {"who:ever": 'a"b'}}, '<name xmlns:_0="who" _0:ever="a&quot;b"/>'),
        ({"plain": {"@": {"zoo:trust": 3}}}, '<plain xmlns:z2="urn:zoo" z2:trust="3"/>'),
        ({"any": {"@": {"zoo:trust": 3}}}, '<any xmlns:z2="urn:zoo" z2:trust="3"/>'),
        ({"xml": "t", "@xml": {"zoo:trust": 3}}, '<xml xmlns:z2="urn:zoo" z2:trust="3">t</xml>'),
        (
            {"row": [{"@": {"zoo:trust": 3}, "a": "x", "b": 1}]},
            '<row xmlns:z2="urn:zoo" z2:trust="3"><b>1</b><a>x</a></row>',
        ),
    ],
)
def test_a_member_is_an_element_of_its_module(raw: Any, text: str) -> None:
    assert inside(raw) == text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/zoo:all/int8", '<int8 xmlns="urn:zoo">1</int8>'),
        ("/zoo:all/kind", '<kind xmlns="urn:zoo" xmlns:z="urn:annex&amp;co">z:cat</kind>'),
        ("/zoo:all/order", '<order xmlns="urn:zoo">2</order><order xmlns="urn:zoo">1</order>'),
        ("/zoo:all/plain", '<plain xmlns="urn:zoo"><a>x</a></plain>'),
        ("/zoo:all/any", '<any xmlns="urn:zoo"><x/></any>'),
        (
            "/zoo:all/row",
            '<row xmlns="urn:zoo"><b>1</b><a>x</a></row><row xmlns="urn:zoo"><b>2</b><a>x</a></row>',
        ),
        ("/zoo:all/row[b='2'][a='x']", '<row xmlns="urn:zoo"><b>2</b><a>x</a></row>'),
        ("/zoo:all/row[b='2'][a='x']/a", '<a xmlns="urn:zoo">x</a>'),
    ],
)
def test_a_node_alone_has_its_namespace(path: str, text: str) -> None:
    raw = {
        "int8": 1,
        "kind": "annex:cat",
        "order": [2, 1],
        "plain": {"a": "x"},
        "any": {"x": [None]},
        "row": [{"b": 2, "a": "x"}, {"b": 1, "a": "x"}],
    }
    assert written(raw, path) == text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "/ietf-netconf-acm:nacm/groups/group[name=$USER]/user-name",
            "/nacm:nacm/nacm:groups/nacm:group[nacm:name=$USER]/nacm:user-name",
        ),
        (
            "/ietf-netconf-acm:nacm/ietf-netconf-acm:rule-list[name='/a:b/c[d]']",
            "/nacm:nacm/nacm:rule-list[nacm:name='/a:b/c[d]']",
        ),
        ("/unknown:system/user[ name = 'x' ]", "/unknown:system/unknown:user[ unknown:name = 'x' ]"),
        ("/", "/"),
    ],
)
def test_every_name_of_the_path_of_an_access_rule_has_its_prefix(path: str, text: str) -> None:
    """RFC 8341: the path is XPath, where a name without a prefix is in no namespace."""
    schema = load(["ietf-netconf-acm"])
    where = parse_path(schema, "/ietf-netconf-acm:nacm/rule-list[name='l']/rule[name='r']/path")
    told = encode_xml(schema, node_at(schema, where), path).decode()
    assert told.partition(">")[2].removesuffix("</path>") == text


def test_the_root_stands_in_an_element_where_one_is_asked_for() -> None:
    root = read_json({"zoo:top": ["x"], "zoo:line": [{"k": "1"}]})
    text = '<top xmlns="urn:zoo">x</top><line xmlns="urn:zoo"><k>1</k></line>'
    assert encode_xml(SCHEMA, SCHEMA.root, root).decode() == text
    assert (
        encode_xml(SCHEMA, SCHEMA.root, root, within=("u&v", "data")).decode()
        == f'<data xmlns="u&amp;v">{text}</data>'
    )


def test_parameters_have_their_namespace_each() -> None:
    node = SCHEMA.rpcs["zoo:feed"].input
    value = decode(node, {"food": "hay", "bowl": {"size": 3}}, Path(), content="all")
    text = '<food xmlns="urn:zoo">hay</food><bowl xmlns="urn:zoo"><size>3</size></bowl>'
    assert encode_xml(SCHEMA, node, value).decode() == text


def test_large_lists_come_in_pieces() -> None:
    raw = {
        "zoo:all": {"name": "x", "row": [{"a": str(i), "b": 1} for i in range(1000)], "state": {"seen": [1]}}
    }
    root = read_json(raw)
    pieces = list(xml_chunks(SCHEMA, SCHEMA.root, root))
    assert len(pieces) > 5
    assert b"".join(pieces) == encode_xml(SCHEMA, SCHEMA.root, root)


class TestDefaults:
    @pytest.mark.parametrize(
        ("mode", "text"),
        [
            ("explicit", "<preset>7</preset><plain><a>x</a></plain>"),
            ("trim", "<plain><a>x</a></plain>"),
            ("report-all", "<preset>7</preset><plain><a>x</a><b>3</b></plain>"),
            (
                "report-all-tagged",
                '<preset>7</preset><plain><a>x</a><b xmlns:wd="urn:ietf:params:xml:ns:netconf:default:1.0"'
                ' wd:default="true">3</b></plain>',
            ),
        ],
    )
    def test_are_shown_as_asked_for(self, mode: Any, text: str) -> None:
        assert inside({"preset": 7, "plain": {"a": "x"}}, with_defaults=mode) == text


class TestDepth:
    @pytest.mark.parametrize(
        ("depth", "text"),
        [
            (1, '<all xmlns="urn:zoo"/>'),
            (2, '<all xmlns="urn:zoo"><plain/><row><b>1</b><a>x</a></row></all>'),
            (
                3,
                '<all xmlns="urn:zoo"><plain><a>x</a></plain><row><b>1</b><a>x</a><below><id>1</id></below></row></all>',
            ),
        ],
    )
    def test_ends_with_empty_containers_and_keys(self, depth: int, text: str) -> None:
        raw = {"plain": {"a": "x"}, "row": [{"a": "x", "b": 1, "below": [{"id": 1, "v": "v"}]}]}
        assert written(raw, depth=depth) == text


def test_content_leaves_out_configuration_or_state() -> None:
    raw = {"name": "x", "row": [{"a": "x", "b": 1}], "state": {"counter": "1"}}
    assert inside(raw, content="config") == "<name>x</name><row><b>1</b><a>x</a></row>"
    assert inside(raw, content="nonconfig") == "<state><counter>1</counter></state>"


@pytest.mark.parametrize(
    ("notes", "why"),
    [
        ({"who:ever": {"a": 1}}, "an array or object is no text"),
        ({"who:ever": "\x00"}, "XML has no character U\\+0000"),
        ({"who:e ver": 1}, "its name is none in XML"),
    ],
)
def test_an_annotation_that_xml_cannot_hold_is_told(notes: Any, why: str) -> None:
    with pytest.raises(NotSupported, match=why) as caught:
        written({"name": "x", "@name": notes})
    assert caught.value.faults[0].path == "/zoo:all/name"


def test_prefixes_that_xml_or_we_reserve_are_not_used(tmp_path: Any) -> None:
    for name, prefix in (("one", "xmlish"), ("two", "_0"), ("three", "wd")):
        text = f"module {name} {{ yang-version 1.1; namespace urn:{name}; prefix {prefix}; identity i; identity j {{ base i; }}"
        text += " leaf x { type identityref { base i; } } }"
        (tmp_path / f"{name}.yang").write_text(text)
    schema = load(["one", "two", "three"], folders=[tmp_path])
    root = decode(schema.root, {f"{name}:x": "j" for name in ("one", "two", "three")}, Path())
    assert encode_xml(schema, schema.root, root).decode().replace("><x", ">\n<x").splitlines() == [
        '<x xmlns="urn:one" xmlns:pxmlish="urn:one">pxmlish:j</x>',
        '<x xmlns="urn:three" xmlns:wd2="urn:three">wd2:j</x>',
        '<x xmlns="urn:two" xmlns:p_0="urn:two">p_0:j</x>',
    ]
