"""Instance data to XML (RFC 7950, "XML Encoding Rules" in sections 7 and 9).

A writer is compiled for each schema node, as for JSON. Elements carry no prefixes: a default namespace is declared where it
changes, at the top and where a node of another module begins. So what an element looks like depends on its parent in
the model only, and pieces of a document can be written apart and joined. Prefixes are declared where they are
used, on the element whose value or annotation has a name in it.

Members stand in the order of the model, keys first (section 7.8.5); entries in the order of their list.

Two things that JSON tells apart, XML does not: values of a union with the same text (the number 5, the string ``5``),
and what ``tree.xml_any`` tells of anydata.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import zip_longest
from typing import Any, Final, TypeAlias

from pyconfhoard.schema.nodes import AnyData, DataNode, Inner, Leaf, LeafList, List, Parameters, Root, Schema
from pyconfhoard.schema.types.base import Json, Type, Value
from pyconfhoard.schema.types.leafref import Leafref
from pyconfhoard.tree.branch import AnyValue, Branch
from pyconfhoard.tree.entries import Entries
from pyconfhoard.tree.view import Content, WithDefaults, view
from pyconfhoard.tree.xml_any import any_content
from pyconfhoard.tree.xml_names import Names, names_of, writer
from pyconfhoard.tree.xml_notes import attributes_of
from pyconfhoard.tree.xml_text import attribute_text, element_text

__all__ = ["encode_xml", "xml_chunks"]

Writer: TypeAlias = Callable[[Any], str]

_REMEMBERED: Final = 1024
"""Values of one leaf whose elements are remembered, where writing them takes more than a moment."""


def encode_xml(
    schema: Schema,
    node: DataNode,
    value: Any,
    *,
    within: tuple[str, str] | None = None,
    content: Content = "all",
    depth: int | None = None,
    with_defaults: WithDefaults = "explicit",
) -> bytes:
    """The XML of the value of ``node`` of ``schema`` in UTF-8, without a declaration: see :func:`xml_chunks`."""
    more = {"within": within, "content": content, "depth": depth, "with_defaults": with_defaults}
    return b"".join(xml_chunks(schema, node, value, **more))  # type: ignore[arg-type]  # as they came


def xml_chunks(
    schema: Schema,
    node: DataNode,
    value: Any,
    *,
    within: tuple[str, str] | None = None,
    notes: Json = None,
    content: Content = "all",
    depth: int | None = None,
    with_defaults: WithDefaults = "explicit",
) -> Iterator[bytes]:
    """The XML of one value in pieces: for large answers, a page of a list at a time.

    It is one element of ``node``; of a list or leaf-list one for each entry (of a list's entry, itself a branch,
    one); of the root or an operation's parameters one for each of its nodes. ``within`` is namespace and name of
    an element to be put around, ``(urn:ietf:params:xml:ns:yang:ietf-restconf, data)``: without, what is not one
    element is no document. ``notes`` are the annotations of a leaf or leaf-list itself, which stand in the branch
    above it. ``content``, ``depth`` and ``with_defaults`` are those of RFC 8040 section 4.8, as ``tree.to_json``
    has them.

    Raises :class:`NotSupported` for anydata, anyxml or annotations that have no form in XML.
    """
    names = names_of(schema)
    value = view(value, content=content, depth=depth, with_defaults=with_defaults)
    if within is None:
        if notes and isinstance(node, Leaf | LeafList):
            yield _noted(names, node, value, notes, True).encode()
        else:
            yield from _pieces(names, node, value, top=True)
        return
    namespace, name = within
    yield f'<{name} xmlns="{attribute_text(namespace)}">'.encode()
    told = isinstance(node, Parameters) and names.namespaces[node.module] == namespace
    yield from _pieces(names, node, value, top=not told)
    yield f"</{name}>".encode()


def _pieces(names: Names, node: DataNode, value: Any, *, top: bool) -> Iterator[bytes]:
    if isinstance(value, Entries):
        write = _writer(names, value.schema, top)
        for page in value.pages:
            yield "".join(map(write, page.load().values())).encode()
    elif isinstance(value, Branch) and any(
        isinstance(child, Branch | Entries) for child in value.members.values()
    ):
        schema = value.schema
        bare = isinstance(schema, Root | Parameters)
        if not bare:
            yield f"{_opened(names, schema, top, value.meta.get(''))}>".encode()
        for name, child in _children(schema):
            if name in value.meta and name in value.members:
                yield _noted(names, child, value.members[name], value.meta[name], bare and top).encode()
            elif name in value.members:
                yield from _pieces(names, child, value.members[name], top=bare and top)
        if not bare:
            yield f"</{schema.name}>".encode()
    else:
        yield _writer(names, node, top)(value).encode()


def _children(schema: Inner) -> list[tuple[str, DataNode]]:
    """In the order in which they are written."""
    keys = schema.keys if isinstance(schema, List) else ()
    others = [item for item in schema.children.items() if item[0] not in keys]
    return [*[(key, schema.children[key]) for key in keys], *others]


def _start(names: Names, node: DataNode, top: bool) -> str:
    """The beginning of its start tag."""
    parent = node.parent
    if not top and parent is not None and parent.module == node.module:
        return f"<{node.name}"
    return f'<{node.name} xmlns="{attribute_text(names.namespaces[node.module])}"'


def _opened(names: Names, node: DataNode, top: bool, notes: Json, used: tuple[str, ...] = ()) -> str:
    """Its start tag with annotations and the prefixes ``used`` in its value, all but the end of it."""
    start = _start(names, node, top)
    if not notes:
        return f"{start}{names.declared(used)}"
    attributes, more = attributes_of(names, node, notes)
    return f"{start}{names.declared(tuple(dict.fromkeys((*used, *more))))}{attributes}"


def _noted(names: Names, node: DataNode, value: Any, notes: Json, top: bool) -> str:
    """The element of a leaf, leaf-list or anyxml with annotations."""
    if isinstance(node, LeafList):
        pairs = zip_longest(value, notes[: len(value)])
        return "".join([_noted_value(names, node, item, note, top) for item, note in pairs])
    if isinstance(node, Leaf):
        return _noted_value(names, node, value, notes, top)
    inner = any_content(names, node, value.json) if isinstance(node, AnyData) else ""
    return _closed(_opened(names, node, top, notes), node.name, inner)


def _noted_value(names: Names, node: Leaf | LeafList, value: Value, notes: Json, top: bool) -> str:
    write = writer(names, node)
    text, used = write(value) if write else (node.type.text(value), ())
    return _closed(_opened(names, node, top, notes, used), node.name, element_text(text))


def _closed(start: str, name: str, inner: str) -> str:
    return f"{start}>{inner}</{name}>" if inner else f"{start}/>"


@lru_cache(maxsize=65536)
def _writer(names: Names, node: DataNode, top: bool = False) -> Writer:
    """A function that writes the value of ``node`` as XML; ``top``: with its namespace, whatever stands around."""
    if isinstance(node, Leaf):
        return _leaf_writer(names, node, top)
    if isinstance(node, LeafList):
        item = _leaf_writer(names, node, top)
        return lambda values: "".join([item(value) for value in values])
    if isinstance(node, AnyData):
        return _any_writer(names, node, top)
    if isinstance(node, Inner):
        branch = _branch_writer(names, node, top)
        if not isinstance(node, List):
            return branch
        return lambda value: (
            branch(value) if isinstance(value, Branch) else "".join(map(branch, value.values()))
        )
    raise TypeError(f"{node.name} has no instance data")


def _leaf_writer(names: Names, node: Leaf | LeafList, top: bool) -> Writer:
    name, start = node.name, _start(names, node, top)
    opened, end, alone = f"{start}>", f"</{name}>", f"{start}/>"
    if writer(names, node) is not None:
        return _remembering(lambda value: _noted_value(names, node, value, None, top))
    kind: Type = node.type.final if isinstance(node.type, Leafref) else node.type
    text = kind.text
    if kind.name == "boolean":
        true, false = f"{opened}true{end}", f"{opened}false{end}"
        return lambda value: true if value else false
    if kind.name == "decimal64":
        return _remembering(lambda value: f"{opened}{text(value)}{end}")
    if kind.name in {"string", "enumeration"}:
        return lambda value: f"{opened}{element_text(value)}{end}" if value else alone
    if kind.name in {"binary", "bits", "empty", "union"}:
        return lambda value: _closed(start, name, element_text(text(value)))
    return lambda value: f"{opened}{value}{end}"


def _remembering(write: Writer) -> Writer:
    known: dict[tuple[type, Any], str] = {}

    def remembering(value: Any) -> str:
        key = (type(value), value)
        written = known.get(key)
        if written is None:
            written = write(value)
            if len(known) < _REMEMBERED:
                known[key] = written
        return written

    return remembering


def _any_writer(names: Names, node: AnyData, top: bool) -> Writer:
    def write(value: AnyValue) -> str:
        notes = value.json.get("@") if not node.xml and isinstance(value.json, dict) else None
        return _closed(_opened(names, node, top, notes), node.name, any_content(names, node, value.json))

    return write


def _branch_writer(names: Names, schema: Inner, top: bool) -> Writer:
    name = schema.name
    bare = isinstance(schema, Root | Parameters)
    start = "" if bare else _start(names, schema, top)
    opened, end, alone = f"{start}>", f"</{name}>", f"{start}/>"
    plan: list[tuple[str, DataNode, Writer]] = []

    def write(branch: Branch) -> str:
        if not plan:  # filled at the first use: models may be deep, and most of them is never written
            children = _children(schema)
            plan.extend((member, child, _writer(names, child, bare and top)) for member, child in children)
        members = branch.members
        if branch.meta:
            return noted(branch)
        inner = "".join([writes(members[member]) for member, _, writes in plan if member in members])
        if bare:
            return inner
        return f"{opened}{inner}{end}" if inner else alone

    def noted(branch: Branch) -> str:
        members, meta = branch.members, branch.meta
        inner = "".join(
            [
                _noted(names, child, members[member], meta[member], bare and top)
                if member in meta
                else writes(members[member])
                for member, child, writes in plan
                if member in members
            ]
        )
        return inner if bare else _closed(_opened(names, schema, top, meta.get("")), name, inner)

    return write
