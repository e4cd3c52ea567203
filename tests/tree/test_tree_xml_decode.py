"""decode_xml: typed values wherever prefixes come from, every fault in one pass, and elements that a caller claims."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import pytest
from xml_zoo import read, read_json, zoo_schema

from pyconfhoard.errors import BadInput
from pyconfhoard.schema import load
from pyconfhoard.schema.types.base import EMPTY
from pyconfhoard.tree import Edit, Path, apply, decode_xml, node_at, parse_path, parse_xml

SCHEMA = zoo_schema()


def everything(inside: str, more: str = "", **options: Any) -> Any:
    """The container ``all`` with ``inside``."""
    return read(f'<all xmlns="urn:zoo"{more}>{inside}</all>', **options)["zoo:all"]


def faults(inside: str, **options: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(BadInput) as caught:
        read(inside, **options)
    return [(fault.tag, fault.path, fault.message) for fault in caught.value.faults]


def fault(inside: str, **options: Any) -> tuple[str, str, str]:
    """The only one, in ``all``."""
    (one,) = faults(f'<all xmlns="urn:zoo">{inside}</all>', **options)
    return one


@pytest.mark.parametrize(
    ("text", "member", "raw"),
    [
        ("<name>a\n b </name>", "name", "a\n b "),
        ("<name/>", "name", ""),
        ("<int8>+007</int8>", "int8", 7),
        ("<int64>-9223372036854775808</int64>", "int64", "-9223372036854775808"),
        ("<decimal>1.500</decimal>", "decimal", "1.5"),
        ("<boolean>true</boolean>", "boolean", True),
        ("<mode>a&lt;b</mode>", "mode", "a<b"),
        ("<flags> three\n one </flags>", "flags", "one three"),
        ("<flags/>", "flags", ""),
        ("<octets>AA==</octets>", "octets", "AA=="),
        ("<empty/>", "empty", [None]),
        ("<empty></empty>", "empty", [None]),
        ("<preset>7</preset>", "preset", 7),
        (
            '<test xmlns:q="urn:zoo">/q:all[q:kind="q:cat"]/child::q:name</test>',
            "test",
            '/zoo:all[zoo:kind="zoo:cat"]/child::zoo:name',
        ),
        ('<test xmlns:q="urn:zoo">concat("q:a b", \'no:cat\')</test>', "test", "concat(\"q:a b\", 'no:cat')"),
    ],
)
def test_a_value_is_what_json_makes_of_it(text: str, member: str, raw: Any) -> None:
    assert everything(text) == read_json({"zoo:all": {member: raw}})["zoo:all"]


@pytest.mark.parametrize(
    "text",
    [
        "<int8> 5</int8>",
        "<int8>5\n</int8>",
        "<boolean> true</boolean>",
        "<mode>off </mode>",
        "<empty> </empty>",
        "<octets>AA==\n</octets>",
    ],
)
def test_blanks_are_part_of_a_value(text: str) -> None:
    assert fault(text)[0] == "invalid-value"


class TestAnIdentity:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("<kind>cat</kind>", "zoo:cat"),
            ('<kind xmlns:q="urn:zoo">q:cat</kind>', "zoo:cat"),
            ('<kind xmlns:q="urn:annex&amp;co">q:cat</kind>', "annex:cat"),
            ("<kind>a:lynx</kind>", "annex:lynx"),
            ('<z:kind xmlns:z="urn:zoo" xmlns="urn:annex&amp;co">cat</z:kind>', "annex:cat"),
            ('<z:kind xmlns:z="urn:zoo" xmlns="">cat</z:kind>', "zoo:cat"),
            ('<z:kind xmlns:z="urn:zoo" xmlns="urn:annex&amp;co">z:cat</z:kind>', "zoo:cat"),
        ],
    )
    def test_is_of_the_module_that_its_prefix_or_the_default_namespace_says(
        self, text: str, value: str
    ) -> None:
        assert everything(text, ' xmlns:a="urn:annex&amp;co"')["kind"] == value

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("<kind>q:cat</kind>", "the prefix 'q' is not declared here (xmlns:q=...)"),
            (
                "<kind xmlns:q='urn:q'>q:cat</kind>",
                "no module has the namespace 'urn:q', that of the prefix 'q' here",
            ),
            (
                "<z:kind xmlns:z='urn:zoo' xmlns='urn:q'>cat</z:kind>",
                "no module has the namespace 'urn:q', that of names without a prefix here",
            ),
        ],
    )
    def test_of_no_module_is_refused(self, text: str, message: str) -> None:
        assert fault(text) == ("invalid-value", "/zoo:all/kind", message)

    def test_of_another_base_is_refused_with_the_legal_ones(self) -> None:
        with pytest.raises(BadInput) as caught:
            everything("<kind>dog</kind>")
        assert caught.value.faults[0].legal == ("annex:cat", "annex:lynx", "zoo:cat")

    def test_may_have_another_prefix_in_each_entry_of_a_leaf_list(self) -> None:
        kinds = '<kinds>cat</kinds><z:kinds xmlns="urn:annex&amp;co" xmlns:z="urn:zoo">cat</z:kinds>'
        assert everything(kinds)["kinds"] == ("zoo:cat", "annex:cat")

    def test_of_one_text_and_two_scopes_is_two_values(self) -> None:
        rows = "".join(
            f'<ill><kind xmlns:q="{uri}">q:cat</kind><v>{uri[4:7]}</v></ill>'
            for uri in ("urn:zoo", "urn:annex&amp;co")
        )
        assert [entry["kind"] for entry in everything(rows)["ill"].values()] == ["annex:cat", "zoo:cat"]


class TestAnInstanceIdentifier:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("/q:all/q:name", "/zoo:all/name"),
            ("/q:all/a:name", "/zoo:all/annex:name"),
            ("/q:all/q:row[q:b='1'][q:a=\"x\"]/a:extra", "/zoo:all/row[b='1'][a='x']/annex:extra"),
            ("/q:all/q:ill[q:kind='a:cat']", "/zoo:all/ill[kind='annex:cat']"),
            ("/q:all/q:kinds[.='q:cat']", "/zoo:all/kinds[.='zoo:cat']"),
            ("/q:top[ . = 'q:x' ]", "/zoo:top[.='q:x']"),
            ("/q:all/q:state/q:log[2]/q:line", "/zoo:all/state/log[2]/line"),
            ("/q:nowhere/q:at[q:all='q:x']", "/zoo:nowhere/at[all='q:x']"),
        ],
    )
    def test_has_modules_in_place_of_prefixes(self, text: str, value: str) -> None:
        where = f"<where>{text}</where>".replace(
            "<where", '<where xmlns:q="urn:zoo" xmlns:a="urn:annex&amp;co"', 1
        )
        assert everything(where)["where"] == value

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("/all", "'all' needs a prefix: in XML every name of an instance-identifier has one"),
            ("/q:all/name", "'name' needs a prefix: in XML every name of an instance-identifier has one"),
            (
                "/q:all/q:row[b='/x']",
                "'b' needs a prefix: in XML every name of an instance-identifier has one",
            ),
            ("/x:all", "the prefix 'x' is not declared here (xmlns:x=...)"),
            ("q:all", "malformed instance-identifier: expected a step such as /module:name at column 1"),
        ],
    )
    def test_without_them_is_refused(self, text: str, message: str) -> None:
        found = fault(f'<where xmlns:q="urn:zoo">{text}</where>')
        assert found == ("invalid-value", "/zoo:all/where", message)


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "'" * 199_999, "/a:" * 60_000, "'a:" * 60_000, "a:b " * 50_000, "[" * 200_000]
)
@pytest.mark.parametrize("name", ["test", "where", "kind", "mixed"])
def test_values_with_names_in_them_are_read_in_time_that_grows_with_their_length(
    name: str, text: str
) -> None:
    began = time.perf_counter()
    with contextlib.suppress(BadInput):
        everything(f'<{name} xmlns:a="urn:zoo">{text}</{name}>')
    assert time.perf_counter() - began < 2


class TestAUnion:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("5", 5),
            ("500", "500"),
            ("true", True),
            ("cat", "zoo:cat"),
            ("a:cat", "annex:cat"),
            ("b:cat", "b:cat"),
            ("", ""),
        ],
    )
    def test_has_the_value_of_the_first_member_that_fits_the_text(self, text: str, value: Any) -> None:
        found = everything(f'<mixed xmlns:a="urn:annex&amp;co">{text}</mixed>')["mixed"]
        assert (type(found), found) == (type(value), value)


class TestListsAndLeafLists:
    def test_may_stand_among_one_another(self) -> None:
        tree = everything(
            "<tags>b</tags><row><a>1</a><b>1</b></row><order>3</order><tags>a</tags><int8>1</int8>"
            "<row><v>x</v><b>1</b><below><v>2</v><id>2</id></below><a>0</a><below><id>1</id></below></row><order>1</order>"
        )
        assert tree["tags"] == ("a", "b")
        assert tree["order"] == (3, 1)
        assert list(tree["row"]) == [(1, "0"), (1, "1")]
        assert list(tree["row"].get((1, "0"))["below"]) == [(2,), (1,)]

    def test_are_emptied_as_they_are_read_where_nobody_else_reads_them(self) -> None:
        text = '<all xmlns="urn:zoo"><row><a>1</a><b>1</b></row><row><a>2</a><b>1</b></row></all>'
        schema, path = zoo_schema(), parse_path(zoo_schema(), "/zoo:all")
        node = node_at(schema, path)
        given = parse_xml(text.encode())
        assert decode_xml(schema, node, given, path, consume=True) == decode_xml(
            schema, node, parse_xml(text.encode()), path
        )
        assert [row.children for row in given.children] == [(), ()]

    def test_without_keys_keep_what_they_are_given(self) -> None:
        log = everything("<state><log/><log><line>x</line></log><seen>1</seen><seen>1</seen></state>")[
            "state"
        ]
        assert [dict(entry.members) for entry in log["log"].values()] == [{}, {"line": "x"}]
        assert log["seen"] == (1, 1)


def test_what_says_nothing_is_not_stored() -> None:
    assert everything("<plain/><here/>").members.keys() == {"here"}
    assert read('<all xmlns="urn:zoo"><plain> \n</plain></all>').members == {}


def test_every_fault_is_told_with_its_path() -> None:
    document = """
      <all xmlns="urn:zoo">
        <int8>300</int8>
        <bolean>x</bolean>
        <row><b>1</b></row>
        <row><a>x</a><b>1</b><v/><v/></row>
        <row><a>x</a><b>1</b></row>
        <row><a>y</a><b>1</b><extra>no</extra></row>
        <tags>one</tags><tags>one</tags>
        <plain>text<a>1</a></plain>
        <name><b/></name>
        <here>text</here>
        <shoes>brown</shoes><tyres>3</tyres>
        <feed/>
      </all>
      <all xmlns="urn:no"/>
      <nothing/>
      <line xmlns="urn:zoo"><k>1</k><v>x</v></line>"""
    found = faults(document)
    assert [(tag, path) for tag, path, _ in found] == [
        ("invalid-value", "/zoo:all/int8"),
        ("unknown-element", "/zoo:all"),
        ("invalid-value", "/zoo:all/plain"),
        ("invalid-value", "/zoo:all/name"),
        ("invalid-value", "/zoo:all/here"),
        ("unknown-element", "/zoo:all"),
        ("missing-element", "/zoo:all/row[1]"),
        ("bad-element", "/zoo:all/row[b='1'][a='x']"),
        ("bad-element", "/zoo:all/row[b='1'][a='x']"),
        ("unknown-namespace", "/zoo:all/row[b='1'][a='y']"),
        ("bad-element", "/zoo:all/tags"),
        ("bad-element", "/zoo:all"),
        ("unknown-namespace", "/"),
        ("unknown-namespace", "/"),
        ("invalid-value", "/zoo:line[k='1']/v"),
    ]
    assert [message for _, _, message in found[2:5]] == [
        "plain holds elements; there is text between them",
        "name has a value; no elements such as 'b' stand in it",
        "here holds elements; there is text between them",
    ]
    assert [message for _, _, message in found[6:9]] == [
        "an entry of row needs its key a",
        "v stands twice: it is no list",
        "row has two entries with this key",
    ]


def test_faults_name_the_near_and_the_legal() -> None:
    with pytest.raises(BadInput) as caught:
        read(
            '<all xmlns="urn:zoo"><bolean/><row><b>1</b><a/><extra/></row></all>'
            '<all xmlns="urn:zo"/><all/><al xmlns="urn:zo"/>'
        )
    assert [(fault.tag, fault.message, fault.value, fault.legal) for fault in caught.value.faults] == [
        (
            "unknown-element",
            "there is no 'bolean' below all; did you mean boolean?",
            "bolean",
            ("boolean",),
        ),
        (
            "unknown-namespace",
            "there is no 'extra' of the namespace 'urn:zoo' here; extra is of urn:annex&co",
            "urn:zoo",
            ("urn:annex&co",),
        ),
        (
            "unknown-namespace",
            "no module has the namespace 'urn:zo' of the element 'all'; all is of urn:zoo",
            "urn:zo",
            ("urn:zoo",),
        ),
        ("unknown-namespace", "the element 'all' has no namespace; all is of urn:zoo", "", ("urn:zoo",)),
        (
            "unknown-namespace",
            "no module has the namespace 'urn:zo' of the element 'al'",
            "urn:zo",
            ("urn:zoo",),
        ),
    ]


@pytest.mark.parametrize(
    ("inside", "content", "message"),
    [
        ("<state><counter>1</counter></state>", "config", "state is state: it is reported, not configured"),
        ("<name>x</name>", "nonconfig", "name is configuration: it is set, not reported"),
        ("<tags>x</tags>", "nonconfig", "tags is configuration: it is set, not reported"),
    ],
)
def test_only_what_was_asked_for_may_appear(inside: str, content: str, message: str) -> None:
    assert fault(inside, content=content)[::2] == ("invalid-value", message)


class TestAnAttribute:
    def test_is_an_annotation_typed_by_its_module(self) -> None:
        tree = everything(
            '<name q:trust="3" q:seal="a:cat">x</name><kind q:seal="q:cat">cat</kind>'
            '<tags>b</tags><tags q:trust="4">a</tags><plain q:trust="5"/><any q:trust="6"><x/></any><xml q:trust="7">t</xml>'
            '<row q:trust="8"><b>1</b><a q:trust="9">x</a></row><preset wd:default="true">7</preset>',
            ' q:trust="1" xmlns:q="urn:zoo" xmlns:a="urn:annex&amp;co"'
            ' xmlns:wd="urn:ietf:params:xml:ns:netconf:default:1.0"',
        )
        raw = {
            "@": {"zoo:trust": 1},
            "name": "x",
            "@name": {"zoo:trust": 3, "zoo:seal": "annex:cat"},
            "kind": "zoo:cat",
            "@kind": {"zoo:seal": "zoo:cat"},
            "tags": ["a", "b"],
            "@tags": [{"zoo:trust": 4}],
            "plain": {"@": {"zoo:trust": 5}},
            "any": {"@": {"zoo:trust": 6}, "x": [None]},
            "xml": "t",
            "@xml": {"zoo:trust": 7},
            "row": [{"@": {"zoo:trust": 8}, "b": 1, "a": "x", "@a": {"zoo:trust": 9}}],
            "preset": 7,
            "@preset": {"ietf-netconf-with-defaults:default": True},
        }
        assert tree == read_json({"zoo:all": raw})["zoo:all"]

    @pytest.mark.parametrize(
        ("inside", "tag", "path", "message"),
        [
            ('<name x="1"/>', "unknown-attribute", "/zoo:all/name", "name has no attribute 'x'"),
            (
                '<name xmlns:q="urn:q" q:trust="1"/>',
                "unknown-attribute",
                "/zoo:all/name",
                "name has no attribute 'trust' of the namespace 'urn:q'",
            ),
            (
                '<tags xmlns:q="urn:zoo" q:trsut="1"/>',
                "unknown-attribute",
                "/zoo:all/tags[.='']",
                "tags has no attribute 'trsut' of the namespace 'urn:zoo'",
            ),
            (
                '<row xmlns:q="urn:zoo" q:trust="10"><b>1</b><a>x</a></row>',
                "bad-attribute",
                "/zoo:all/row[b='1'][a='x']",
                "trust: uint8 outside 1..9",
            ),
            (
                '<plain xmlns:q="urn:zoo" q:seal="dog"/>',
                "bad-attribute",
                "/zoo:all/plain",
                "seal: no identity derived from zoo:animal",
            ),
        ],
    )
    def test_that_no_module_defines_is_refused(self, inside: str, tag: str, path: str, message: str) -> None:
        found = fault(inside)
        assert found[:2] == (tag, path)
        assert found[2].startswith(message)

    def test_of_with_defaults_is_refused_where_that_is_not_implemented(self, tmp_path: Any) -> None:
        (tmp_path / "m.yang").write_text("module m { namespace urn:m; prefix m; leaf x { type string; } }")
        schema = load(["m"], folders=[tmp_path])
        text = (
            b'<w><x xmlns="urn:m" xmlns:d="urn:ietf:params:xml:ns:netconf:default:1.0" d:default="true"/></w>'
        )
        with pytest.raises(BadInput, match="x has no attribute 'default'"):
            decode_xml(schema, schema.root, parse_xml(text), Path())

    def test_that_the_caller_knows_is_let_pass(self) -> None:
        tree = everything(
            '<name n:operation="merge">x</name>', ' xmlns:n="urn:nc"', attributes={"urn:nc operation"}
        )
        assert (tree["name"], tree.meta) == ("x", {})


def test_elements_that_the_caller_claims_are_left_to_it() -> None:
    claimed: dict[str, str] = {}

    def claim(path: Path, node: Any, element: Any) -> bool:
        assert node is node_at(SCHEMA, path)
        operation = element.attributes.get("urn:nc operation")
        if operation:
            claimed[str(path)] = operation
        return bool(operation)

    tree = read(
        """<all xmlns="urn:zoo" xmlns:n="urn:nc" xmlns:z="urn:zoo">
          <name n:operation="delete"/><int8>1</int8><kind z:trust="2">cat</kind>
          <tags>a</tags><tags n:operation="create">b</tags>
          <plain n:operation="remove"/><any n:operation="replace"><x/></any>
          <row n:operation="delete"><a>x</a><b>1</b></row>
          <row><a>y</a><b>1</b><v n:operation="remove"/><below n:operation="replace"><id>1</id><v>w</v></below></row>
        </all>""",
        claim=claim,
    )
    assert claimed == {
        "/zoo:all/name": "delete",
        "/zoo:all/tags[.='b']": "create",
        "/zoo:all/plain": "remove",
        "/zoo:all/any": "replace",
        "/zoo:all/row[b='1'][a='x']": "delete",
        "/zoo:all/row[b='1'][a='y']/v": "remove",
        "/zoo:all/row[b='1'][a='y']/below[id='1']": "replace",
    }
    rest = {
        "int8": 1,
        "kind": "zoo:cat",
        "@kind": {"zoo:trust": 2},
        "tags": ["a"],
        "row": [{"a": "y", "b": 1}],
    }
    assert tree == read_json({"zoo:all": rest})


OPERATION = "urn:ietf:params:xml:ns:netconf:base:1.0 operation"


def edits(path: Path, node: Any, element: Any, default: Any = "merge") -> list[Edit]:
    """An RFC 6241 edit-config as edits: one for each operation that is written, and one for the rest."""
    tasks: list[tuple[Path, Any, Any]] = []

    def claim(where: Path, below: Any, found: Any) -> bool:
        if OPERATION in found.attributes:
            tasks.append((where, below, found))
        return OPERATION in found.attributes

    operation = element.attributes.get(OPERATION, default)
    if operation in {"delete", "remove"}:
        return [Edit(operation, path)]
    value = decode_xml(SCHEMA, node, element, path, attributes={OPERATION}, claim=claim)
    return [Edit(operation, path, value), *[edit for task in tasks for edit in edits(*task, operation)]]


def test_an_edit_with_operations_becomes_edits() -> None:
    config = parse_xml(
        b"""<config xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0"><all xmlns="urn:zoo">
          <int8>5</int8><name nc:operation="delete"/><plain nc:operation="replace"><a>z</a></plain>
          <row nc:operation="delete"><b>1</b><a>x</a></row>
          <row><b>2</b><a>y</a><v nc:operation="create">new</v></row>
        </all></config>"""
    )
    before = read_json(
        {
            "zoo:all": {
                "name": "n",
                "plain": {"a": "q", "b": 1},
                "row": [{"b": 1, "a": "x"}, {"b": 2, "a": "y"}],
            }
        }
    )
    after = read_json({"zoo:all": {"int8": 5, "plain": {"a": "z"}, "row": [{"b": 2, "a": "y", "v": "new"}]}})
    assert apply(before, edits(Path(), SCHEMA.root, config), 1) == after


def test_keys_cannot_be_claimed_and_entries_not_twice() -> None:
    rows = "<row n:o='1'><b>1</b><a>x</a></row><row><b>1</b><a>x</a></row><row><b n:o='1'>2</b><a>x</a></row>"
    with pytest.raises(BadInput) as caught:
        everything(rows, ' xmlns:n="urn:nc"', claim=lambda path, node, element: True)
    assert [(fault.tag, fault.path) for fault in caught.value.faults] == [
        ("bad-element", "/zoo:all/row[b='1'][a='x']"),
        ("unknown-attribute", "/zoo:all/row[b='2'][a='x']/b"),
    ]


class TestANodeOfItsOwn:
    def read(self, path: str, text: str) -> Any:
        where = parse_path(SCHEMA, path)
        wrapper = parse_xml(f'<w xmlns="urn:zoo">{text}</w>'.encode())
        return decode_xml(SCHEMA, node_at(SCHEMA, where), wrapper.children, where)

    @pytest.mark.parametrize(
        ("path", "text", "value"),
        [
            ("/zoo:all/int8", "<int8>5</int8>", 5),
            ("/zoo:all/empty", "<empty/>", EMPTY),
            ("/zoo:all/order", "<order>5</order><order>4</order>", (5, 4)),
            ("/zoo:all/order", "", ()),
        ],
    )
    def test_is_its_value(self, path: str, text: str, value: Any) -> None:
        assert self.read(path, text) == value

    def test_is_a_list_or_one_entry_of_it(self) -> None:
        assert list(self.read("/zoo:line", "<line><k>2</k></line><line><k>1</k></line>")) == [("2",), ("1",)]
        assert self.read("/zoo:line[k='2']", "<line><k>2</k></line>").key == ("2",)

    @pytest.mark.parametrize(
        ("path", "text", "tag", "message"),
        [
            (
                "/zoo:all/int8",
                "<int64>5</int64>",
                "unknown-element",
                "int8 of the namespace urn:zoo is expected, not 'int64'",
            ),
            (
                "/zoo:all/int8",
                "<int8 xmlns='u'>5</int8>",
                "unknown-namespace",
                "int8 of the namespace urn:zoo is expected, not 'int8'",
            ),
            (
                "/zoo:all/int8",
                "<int8>5</int8><int8>5</int8>",
                "bad-element",
                "one element int8 is expected, not 2",
            ),
            ("/zoo:all/plain", "", "bad-element", "one element plain is expected, not 0"),
            (
                "/zoo:line[k='2']",
                "<line><k>1</k></line><line><k>2</k></line>",
                "bad-element",
                "one element line is expected, not 2",
            ),
            ("/zoo:all/int8", "<int8 x='1'>5</int8>", "unknown-attribute", "int8 has no attribute 'x'"),
        ],
    )
    def test_that_is_another_is_refused(self, path: str, text: str, tag: str, message: str) -> None:
        with pytest.raises(BadInput) as caught:
            self.read(path, text)
        (found,) = caught.value.faults
        assert (found.tag, found.message) == (tag, message)
        assert found.path == path


def test_the_parameters_of_an_operation_stand_in_an_element_of_any_name() -> None:
    feed = SCHEMA.rpcs["zoo:feed"].input
    element = parse_xml(b'<feed xmlns="urn:zoo"><food>hay</food><bowl><size>3</size></bowl></feed>')
    tree = decode_xml(SCHEMA, feed, element, Path(), content="all")
    assert {name: tree[name] for name in tree}.keys() == {"food", "bowl"}
