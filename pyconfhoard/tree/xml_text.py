"""XML text to a light tree of elements, bounded and without entities: what comes from a network is read here.

expat does the work; around it stands what a protocol leaves out or a server cannot bear:

* **No document type.** A DTD is refused where it begins, so there are no entities but XML's own five: nothing that
  grows when it is expanded, nothing that is fetched. expat reads on to the end of the piece that it was given
  (64 KiB), under its own bound on expansion.
* **Depth**, counted as elements are opened.
* **Encodings** that expat itself knows. Any other name would be looked up among Python's codecs, which are more than
  alphabets.

Namespaces are resolved here once: a name is ``"namespace local"``, or ``"local"`` in none, as expat gives it. Values
may have prefixes too (RFC 7950 sections 9.10.3 and 9.13.2), so each element knows its :class:`Scope`. Scopes are
chained, not copied: a document may declare a thousand prefixes at its top and one more in each of a thousand elements.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final
from xml.parsers import expat

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.tree.json_text import MAX_DEPTH

__all__ = [
    "BLANKS",
    "XML_NAMESPACE",
    "Element",
    "Scope",
    "attribute_text",
    "element_text",
    "is_name",
    "parse_xml",
    "unwritable",
]

BLANKS: Final = " \t\r\n"
"""XML's white space, which is less than Python's."""
XML_NAMESPACE: Final = "http://www.w3.org/XML/1998/namespace"
"""That of the prefix ``xml``, which needs no declaration and can have no other."""

_PIECE: Final = 1 << 16
_ENCODINGS: Final = {"UTF-8", "UTF-16", "UTF-16BE", "UTF-16LE", "US-ASCII", "ISO-8859-1"}
_NONE: Final[Mapping[str, str]] = {}

_IN_TEXT: Final = re.compile(r"[&<>\r]").search
_IN_ATTRIBUTE: Final = re.compile(r"[&<>\"\r\n\t]").search
_AS_TEXT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_AS_ATTRIBUTE: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
)
_UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]").search
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*").fullmatch
_POSSIBLE_NAME: Final = re.compile(r"[^\s!-,/:-@\[-^`{-\x7f]+").fullmatch


class Scope:
    """The prefixes that are declared where an element stands."""

    __slots__ = ("_above", "_declared")

    def __init__(self, declared: Mapping[str, str], above: Scope | None = None) -> None:
        self._declared = declared
        self._above = above

    def namespace(self, prefix: str) -> str | None:
        """What ``prefix`` stands for, "" being the default namespace; None where it is not declared."""
        scope: Scope | None = self
        while scope is not None:
            found = scope._declared.get(prefix)
            if found is not None:
                return found or None
            scope = scope._above
        return None


class Element:
    """An element as it was read. ``name`` and the names of ``attributes`` are ``"namespace local"``.

    ``text`` is what stands before the first child, ``tail`` what follows the element in its parent. ``mixed`` tells
    that text other than blanks stands beside children.
    """

    __slots__ = ("attributes", "children", "mixed", "name", "scope", "tail", "text")

    def __init__(self, name: str, attributes: Mapping[str, str], scope: Scope) -> None:
        self.name = name
        self.attributes = attributes
        self.scope = scope
        self.children: Sequence[Element] = ()
        self.text = ""
        self.tail = ""
        self.mixed = False

    @property
    def namespace(self) -> str:
        """The namespace of its name; "" for none."""
        return self.name.rpartition(" ")[0]

    @property
    def local(self) -> str:
        """Its name without the namespace."""
        return self.name.rpartition(" ")[2]

    def __repr__(self) -> str:
        return f"<{self.local} of {self.namespace!r}, {len(self.children)} children>"


def parse_xml(body: bytes, *, max_depth: int = MAX_DEPTH) -> Element:
    """The document element of an XML text in UTF-8 or UTF-16 (or ASCII or Latin 1, where it says so).

    Comments and processing instructions are passed over. Raises :class:`BadInput`: malformed-message, with line and
    column from 1 where there is a place, or too-big for one nested deeper than ``max_depth`` elements.
    """
    if not body.strip():
        raise _malformed("the body is empty; XML is expected")
    parser = expat.ParserCreate(namespace_separator=" ")
    builder = _Builder(parser, max_depth)
    try:
        for at in range(0, len(body), _PIECE):
            parser.Parse(body[at : at + _PIECE], False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        message = expat.ErrorString(error.code)
        raise _malformed(f"not XML at line {error.lineno}, column {error.offset + 1}: {message}") from None
    finally:
        _release(parser)
    return builder.document


def _release(parser: expat.XMLParserType) -> None:
    """Parser and handlers hold one another, and with them a tree that may be large: not until the next collection."""
    parser.XmlDeclHandler = parser.StartDoctypeDeclHandler = parser.StartNamespaceDeclHandler = None
    parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None


class _Builder:
    """expat's handlers; the document when they are done."""

    def __init__(self, parser: expat.XMLParserType, max_depth: int) -> None:
        self._parser = parser
        self._max_depth = max_depth
        self._top = Element("", _NONE, Scope({"xml": XML_NAMESPACE}))
        self._open = [self._top]
        self._pending: list[str] = []
        self._declared: dict[str, str] = {}
        self._blanks: dict[str, str] = {"": ""}
        """Blanks that were met, kept once: an indented document has one a tag."""
        parser.buffer_text = True
        parser.buffer_size = _PIECE
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartNamespaceDeclHandler = self._declare
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._pending.append

    @property
    def document(self) -> Element:
        """The document element."""
        return self._top.children[0]

    def _place(self) -> str:
        return f"line {self._parser.CurrentLineNumber}, column {self._parser.CurrentColumnNumber + 1}"

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.upper() not in _ENCODINGS:
            raise _malformed(f"the encoding {encoding[:40]!r} is not known here: write UTF-8")

    def _doctype(self, name: str, system: str | None, public: str | None, internal: int) -> None:
        raise _malformed(f"a document type (<!DOCTYPE) is not accepted, at {self._place()}")

    def _declare(self, prefix: str | None, namespace: str | None) -> None:
        self._declared[prefix or ""] = namespace or ""

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        stack = self._open
        parent = stack[-1]
        scope = parent.scope
        if self._declared:
            if any(scope.namespace(prefix) != (uri or None) for prefix, uri in self._declared.items()):
                scope = Scope(self._declared, scope)
            self._declared = {}
        element = Element(name, attributes or _NONE, scope)
        if self._pending:
            self._text(parent)
        children = parent.children
        if isinstance(children, list):
            children.append(element)
        else:
            parent.children = [element]
        stack.append(element)
        if len(stack) > self._max_depth + 1:
            message = f"XML deeper than {self._max_depth} levels, at {self._place()}"
            raise BadInput(Fault("too-big", message, type="protocol"))

    def _end(self, name: str) -> None:
        element = self._open.pop()
        if not self._pending:
            return
        if element.children:
            self._text(element)
        else:
            pending = self._pending
            element.text = pending[0] if len(pending) == 1 else "".join(pending)
            pending.clear()

    def _text(self, parent: Element) -> None:
        """The text since the last tag, beside the children of ``parent``."""
        text = "".join(self._pending)
        self._pending.clear()
        if text in self._blanks:
            text = self._blanks[text]
        elif not text.strip(BLANKS):
            if len(text) <= 80:
                self._blanks[text] = text
        else:
            parent.mixed = True
        if parent.children:
            parent.children[-1].tail = text
        else:
            parent.text = text


def _malformed(message: str) -> BadInput:
    return BadInput(Fault("malformed-message", message, type="protocol"))


def element_text(text: str) -> str:
    """``text`` as it stands between tags. A carriage return is a reference: bare, it would be read as a line feed."""
    return text.translate(_AS_TEXT) if _IN_TEXT(text) else text


def attribute_text(text: str) -> str:
    """``text`` as it stands in double quotes."""
    return text.translate(_AS_ATTRIBUTE) if _IN_ATTRIBUTE(text) else text


def unwritable(text: str) -> str:
    """The first character that XML 1.0 has no way to write, as ``U+0000``; "" where there is none."""
    found = _UNWRITABLE(text)
    return f"U+{ord(found.group()):04X}" if found else ""


def is_name(text: str) -> bool:
    """Whether an element or attribute may have this local name. What is a letter in it is expat's to say."""
    if _PLAIN_NAME(text):
        return True
    if not _POSSIBLE_NAME(text):
        return False
    try:
        expat.ParserCreate().Parse(f"<{text}/>".encode(), True)
    except (expat.ExpatError, UnicodeEncodeError):
        return False
    return True
