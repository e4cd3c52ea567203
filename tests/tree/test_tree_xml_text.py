"""parse_xml: any bytes become a tree of elements or one BadInput, and nothing grows or is fetched on the way."""

from __future__ import annotations

import gc
import time
import weakref
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.errors import BadInput
from pyconfhoard.tree.xml_text import (
    XML_NAMESPACE,
    Element,
    attribute_text,
    element_text,
    is_name,
    parse_xml,
    unwritable,
)


def refused(body: bytes) -> str:
    with pytest.raises(BadInput) as caught:
        parse_xml(body)
    (fault,) = caught.value.faults
    assert fault.type == "protocol"
    return f"{fault.tag}: {fault.message}"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "malformed-message: the body is empty; XML is expected"),
        (b" \n", "malformed-message: the body is empty; XML is expected"),
        (b"<a>\n  <b>\n</a>", "malformed-message: not XML at line 3, column 3: mismatched tag"),
        (b"<a/><b/>", "malformed-message: not XML at line 1, column 5: junk after document element"),
        (b"<a>&lt</a>", "malformed-message: not XML at line 1, column 7: not well-formed (invalid token)"),
        (b"<a>&nbsp;</a>", "malformed-message: not XML at line 1, column 4: undefined entity"),
        (
            b"<a>&#0;</a>",
            "malformed-message: not XML at line 1, column 4: reference to invalid character number",
        ),
        (b"<a>\xff</a>", "malformed-message: not XML at line 1, column 4: not well-formed (invalid token)"),
        (b"<a>\x01</a>", "malformed-message: not XML at line 1, column 4: not well-formed (invalid token)"),
        (b"<p:a/>", "malformed-message: not XML at line 1, column 1: unbound prefix"),
        (b"<a x='1' x='2'/>", "malformed-message: not XML at line 1, column 10: duplicate attribute"),
        (b'{"a": 1}', "malformed-message: not XML at line 1, column 1: not well-formed (invalid token)"),
    ],
)
def test_what_is_not_xml_is_told_with_its_place(body: bytes, message: str) -> None:
    assert refused(body) == message


class TestADocumentType:
    @pytest.mark.parametrize(
        "doctype",
        [
            b"<!DOCTYPE a>",
            b'<!DOCTYPE a SYSTEM "file:///etc/passwd">',
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
            b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
        ],
    )
    @pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
    def test_is_refused(self, doctype: bytes, codec: str) -> None:
        body = (doctype + b"<a>&x;</a>").decode().encode(codec)
        assert refused(body).startswith(
            "malformed-message: a document type (<!DOCTYPE) is not accepted, at line 1"
        )

    def test_full_of_laughs_is_refused_at_once(self) -> None:
        laughs = "".join(f'<!ENTITY l{i + 1} "' + f"&l{i};" * 10 + '">' for i in range(20))
        body = f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]><a>&l20;</a>'.encode()
        began = time.perf_counter()
        assert "document type" in refused(body)
        assert time.perf_counter() - began < 1

    def test_in_a_comment_or_cdata_is_text(self) -> None:
        assert parse_xml(b"<a><!-- <!DOCTYPE a> --><![CDATA[<!DOCTYPE a>]]></a>").text == "<!DOCTYPE a>"


def test_elements_nested_too_deep_are_refused_where_they_are() -> None:
    assert parse_xml(b"<a>" * 128 + b"</a>" * 128).local == "a"
    assert (
        refused(b"<a>" * 129 + b"</a>" * 129) == "too-big: XML deeper than 128 levels, at line 1, column 385"
    )
    assert refused(b"<a>" * 1_000_000).startswith("too-big")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf_8_and_utf_16_are_read_with_and_without_a_declaration(codec: str) -> None:
    assert parse_xml("<a>käse 💧</a>".encode(codec)).text == "käse 💧"
    name = codec.removesuffix("-sig")
    assert parse_xml(f'<?xml version="1.0" encoding="{name}"?><a>käse 💧</a>'.encode(codec)).text == "käse 💧"


@pytest.mark.parametrize(
    "encoding", ["rot13", "idna", "unicode_escape", "base64", "utf-7", "cp1252", "no-such", "x" * 999]
)
def test_other_encodings_are_refused_by_name(encoding: str) -> None:
    message = refused(f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode())
    assert message.startswith(f"malformed-message: the encoding {encoding[:40]!r}")


class TestAnElement:
    def test_knows_its_names_attributes_and_text(self) -> None:
        element = parse_xml(b'<p:a xmlns:p="urn:p" p:x="1" y="2">t<b>u</b>v</p:a>')
        assert (element.name, element.namespace, element.local) == ("urn:p a", "urn:p", "a")
        assert element.attributes == {"urn:p x": "1", "y": "2"}
        (child,) = element.children
        assert (child.name, child.namespace, child.local) == ("b", "", "b")
        assert (element.text, child.text, child.tail) == ("t", "u", "v")
        assert repr(element) == "<a of 'urn:p', 1 children>"

    @pytest.mark.parametrize(
        ("text", "mixed"),
        [
            ("<b/>", False),
            ("\n  <b/>\r\n\t<b/> ", False),
            ("x<b/>", True),
            ("<b/>x", True),
            ("<b/>x<b/>", True),
            ("<b/>\u00a0<b/>", True),
            ("x", False),
        ],
    )
    def test_is_mixed_where_text_stands_beside_elements(self, text: str, mixed: bool) -> None:
        assert parse_xml(f"<a>{text}</a>".encode()).mixed is mixed

    def test_has_its_text_whole(self) -> None:
        assert parse_xml(b"<a>1<!-- -->2<![CDATA[<]]>&amp;<?p?>3</a>").text == "12<&3"
        assert parse_xml(b"<a>" + b"x" * 300_000 + b"</a>").text == "x" * 300_000
        assert parse_xml(b"<a> \n</a>").text == " \n"

    def test_knows_the_prefixes_in_its_scope(self) -> None:
        top = parse_xml(b'<a xmlns="u" xmlns:p="v"><b xmlns:p="w"><c xmlns=""/></b><d xmlns="u"/></a>')
        b, d = top.children
        (c,) = b.children
        seen = [
            [element.scope.namespace(prefix) for prefix in ("", "p", "q", "xml")]
            for element in (top, b, c, d)
        ]
        assert seen == [
            ["u", "v", None, XML_NAMESPACE],
            ["u", "w", None, XML_NAMESPACE],
            [None, "w", None, XML_NAMESPACE],
            ["u", "v", None, XML_NAMESPACE],
        ]
        assert d.scope is top.scope


def test_many_prefixes_and_many_declarations_are_not_multiplied() -> None:
    prefixes = "".join(f' xmlns:p{i}="u{i}"' for i in range(5_000))
    body = (f"<a{prefixes}>" + '<b xmlns="v"/>' * 5_000 + "</a>").encode()
    began = time.perf_counter()
    assert len(parse_xml(body).children) == 5_000
    assert time.perf_counter() - began < 2


def test_a_tree_is_freed_when_it_is_let_go() -> None:
    class Watched(Element):
        __slots__ = ("__weakref__",)

    gc.disable()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pyconfhoard.tree.xml_text.Element", Watched)
            watch = weakref.ref(parse_xml(b"<a><b/></a>"))
        assert watch() is None
    finally:
        gc.enable()


@given(st.binary(max_size=60) | st.text("<>/a:='\" &;x![]-?", max_size=30).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        element: Any = parse_xml(body)
    except BadInput:
        return
    assert isinstance(element, Element)


@given(st.text())
def test_text_that_can_be_written_is_read_back(text: str) -> None:
    body = f'<a b="{attribute_text(text)}">{element_text(text)}</a>'
    if unwritable(text):
        with pytest.raises((BadInput, UnicodeEncodeError)):
            parse_xml(body.encode())
        return
    element = parse_xml(body.encode())
    assert (element.text, element.attributes["b"]) == (text, text)


@given(
    st.text(max_size=4)
    | st.sampled_from(["a", "ä", "_x.1-2", "1a", "a b", "a/><b", "a:b", "", "💧", "a=", "\u00d7"])
)
def test_a_name_is_what_expat_takes_for_one(name: str) -> None:
    try:
        element = parse_xml(f"<x><{name}/></x>".encode())
        found = [child.name for child in element.children]
    except (BadInput, UnicodeEncodeError):
        found = []
    assert is_name(name) == (found == [name])
