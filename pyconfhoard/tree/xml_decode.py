"""XML to instance data (RFC 7950, "XML Encoding Rules" in sections 7 and 9), with every fault of the document in one pass.

It gives what RFC 7951 JSON of the same data gives (``tree.json_decode``): the same canonical values, Python types
and order. Two things differ by their nature: a union takes the first member that fits the text (section 9.12), since
XML has no kinds of scalars; and what stands in an anydata is told without them too (``tree.xml_any``).

* Entries of lists and leaf-lists may stand in any order among other elements (sections 7.7.8 and 7.8.5); their own order
  is kept where the user orders them. Keys may stand anywhere in their entry.
* Text is a value as it stands, blanks included. Beside elements, there may be blanks only.
* Attributes are annotations of RFC 7952, typed as their module says, and ``default`` of RFC 6243. All others are refused,
  unless the caller knows them: NETCONF's ``operation``, ``insert``, ``key``, ``value``.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

from pyconfhoard.errors import MAX_FAULTS, BadInput, ErrorTag
from pyconfhoard.schema.nodes import AnyData, DataNode, Inner, Leaf, LeafList, List, Parameters, Root, Schema
from pyconfhoard.schema.types.base import InvalidValue, Json, Value
from pyconfhoard.tree.branch import AnyValue, Branch
from pyconfhoard.tree.entries import Entries, slots_of
from pyconfhoard.tree.leaf_lists import arrange, first_twice
from pyconfhoard.tree.pages import Key, Slot
from pyconfhoard.tree.path import Path
from pyconfhoard.tree.reading import Reading, is_nothing, nearest, shown
from pyconfhoard.tree.view import Content
from pyconfhoard.tree.xml_any import any_from_xml
from pyconfhoard.tree.xml_names import Names, Read, names_of, reader
from pyconfhoard.tree.xml_notes import annotation
from pyconfhoard.tree.xml_text import BLANKS, Element

__all__ = ["Claim", "decode_xml"]

Claim: TypeAlias = Callable[[Path, DataNode, Element], bool]
"""Whether the caller takes an element for itself: see :func:`decode_xml`."""

_SHARED: Final = 1024
"""Values of one leaf that are remembered while a document is read."""
_ADMITTED: Final = {"all": (True, False), "config": (True,), "nonconfig": (False,)}
"""By content: ``config`` of nodes that may surely appear."""
_NO_NOTES: Final[Mapping[str, Json]] = {}


def decode_xml(
    schema: Schema,
    node: DataNode,
    elements: Element | Sequence[Element],
    path: Path,
    *,
    content: Content = "config",
    revision: int = 0,
    attributes: Collection[str] = (),
    claim: Claim | None = None,
    annotations: Container[str] | None = None,
    consume: bool = False,
) -> Any:
    """``elements``, as ``tree.parse_xml`` gives them, as the value of ``node`` of ``schema``, which stands at ``path``.

    Of a list or leaf-list they are all its entries, or, where ``path`` has a list entry's key, the one element of
    that entry. Of the root and of an operation's parameters it is the element that holds all, whatever it is called:
    ``config``, ``data``, ``input``. Of anything else it is its element. ``content`` says which nodes may appear:
    configuration only, state only (with the keys and containers on the way), or both. Annotations of a leaf or
    leaf-list that is itself ``node`` have no branch to stand in and are dropped.

    ``attributes`` are names (``"namespace local"``) of attributes that are let pass wherever they stand. ``claim`` is
    asked about each element below that has attributes, with its path (a list entry's keys, a leaf-list entry's value
    included) and schema node, keys of list entries excepted; those for which it says True are left out of the value and
    not read further. So an edit in which elements have operations is taken apart: each claimed element is a task of its
    own, the rest a merge. A leaf or container that is claimed once and stands there once more is the caller's to notice.

    With ``annotations`` all others are refused. With ``consume`` list entries are emptied as they are read, so that a large
    document is not held twice.

    Raises :class:`BadInput` with all faults.
    """
    given = (elements,) if isinstance(elements, Element) else tuple(elements)
    decoder = _Decoder(
        names_of(schema), content, revision, path.parent, frozenset(attributes), claim, annotations, consume
    )
    entry = path.last.key if path.steps else None
    if path.steps or isinstance(node, List):
        decoder.stack.append((node, entry))
    value = decoder.top(node, given, one=entry is not None)
    if decoder.faults:
        raise BadInput(decoder.faults, total=decoder.total)
    return value


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """A child, as the loop over an element's children needs it."""

    member: str
    child: DataNode
    leaf: Leaf | None
    """The child, if it is a leaf."""
    read: Read | None
    """How a leaf's value is read where that depends on prefixes."""
    many: List | LeafList | None
    """The child, if several elements are its value."""
    is_key: bool


@lru_cache(maxsize=16384)
def _fields(names: Names, schema: Inner) -> dict[str, _Field]:
    """By the name of the element."""
    keys = schema.keys if isinstance(schema, List) else ()
    result: dict[str, _Field] = {}
    for name, child in schema.children.items():
        leaf = child if isinstance(child, Leaf) else None
        read = reader(names, leaf) if leaf else None
        many = child if isinstance(child, List | LeafList) else None
        result[names.expanded(child)] = _Field(name, child, leaf, read, many, name in keys)
    return result


@lru_cache(maxsize=16384)
def _key_names(names: Names, schema: List) -> tuple[str, ...]:
    return tuple(names.expanded(schema.children[key]) for key in schema.keys)


class _Decoder(Reading):
    """One document."""

    def __init__(
        self,
        names: Names,
        content: Content,
        revision: int,
        above: Path,
        attributes: frozenset[str],
        claim: Claim | None,
        annotations: Container[str] | None,
        consume: bool,
    ) -> None:
        super().__init__(content, revision, above)
        self._consume = consume
        self._names = names
        self._attributes = attributes
        self._claim = claim
        self._annotations = annotations
        self._admitted = _ADMITTED[content]
        self._shared: dict[_Field, dict[Any, Value]] = {}
        """Values of a leaf by their text, and by the prefixes in scope where these matter."""

    # -- where the reading begins

    def top(self, node: DataNode, elements: tuple[Element, ...], *, one: bool) -> Any:
        """The value of ``node``; ``one`` entry of it, where it is a list."""
        expected = None if isinstance(node, Root | Parameters) else self._names.expanded(node)
        if expected is not None and (stray := [found for found in elements if found.name != expected]):
            namespace, _, local = expected.rpartition(" ")
            message = f"{local} of the namespace {namespace} is expected, not {shown(stray[0].local)!r}"
            known = stray[0].namespace in self._names.modules
            tag: ErrorTag = "unknown-element" if known or stray[0].local != local else "unknown-namespace"
            self.fault(tag, message, node, value=shown(stray[0].local), legal=(node.name,))
            return None
        if isinstance(node, LeafList):
            values, _ = self._leaf_list(node, elements)
            return values
        if isinstance(node, List) and not one:
            return self._list(node, elements)
        if len(elements) != 1:
            self.fault("bad-element", f"one element {node.name} is expected, not {len(elements)}", node)
            return None
        (element,) = elements
        notes = _NO_NOTES
        if element.attributes and expected is not None:
            notes = self._notes(node, element)
        if isinstance(node, List):
            return self._entry(node, element, set(), notes)
        return self._one(node, element, notes)

    def _one(self, node: DataNode, element: Element, notes: Mapping[str, Json]) -> Any:
        """What is not a list; the reading stands there."""
        if isinstance(node, Leaf):
            return self._convert(node, reader(self._names, node), element)
        if isinstance(node, AnyData):
            return self._any(node, element, notes)
        if isinstance(node, Inner):
            return self._branch(node, element, {}, notes)
        raise TypeError(f"{node.name} has no instance data")

    # -- values

    def _convert(self, node: Leaf | LeafList, read: Read | None, element: Element) -> Value | None:
        """A value, at whose place the reading stands."""
        if element.children:
            message = f"{node.name} has a value; no elements such as {shown(element.children[0].local)!r} stand in it"
            self.fault("invalid-value", message, node)
            return None
        try:
            if read is None:
                return node.type.parse(element.text, node.module)
            return read(element.text, node.module, element.scope)
        except InvalidValue as error:
            message, value = error.message, shown(element.text)
            self.fault("invalid-value", message, node, app_tag=error.app_tag, value=value, legal=error.legal)
            return None

    def _leaf(self, field: _Field, leaf: Leaf, element: Element) -> Value | None:
        """The common case: no step of its own unless it is wrong, and no conversion if it was met before."""
        text: Any = element.text if field.read is None else (element.text, id(element.scope))
        shared = self._shared.get(field)
        if shared is None:
            shared = self._shared[field] = {}
        value = shared.get(text)
        if value is None or element.children:
            self.stack.append((leaf, None))
            value = self._convert(leaf, field.read, element)
            self.stack.pop()
            if value is not None and len(shared) < _SHARED:
                shared[text] = value
        return value

    def _any(self, node: AnyData, element: Element, notes: Mapping[str, Json]) -> AnyValue | None:
        try:
            json = any_from_xml(self._names, node, element)
        except InvalidValue as error:
            self.fault("invalid-value", error.message, node)
            return None
        return AnyValue({"@": dict(notes), **json} if notes and not node.xml else json)

    def _leaf_list(
        self, node: LeafList, elements: Sequence[Element]
    ) -> tuple[tuple[Value, ...] | None, list[Json] | None]:
        """The values in the order in which they are kept, and their annotations beside them."""
        read = reader(self._names, node)
        values: list[Value] = []
        beside: list[Json] = []
        for element in elements:
            value = self._convert(node, read, element)
            if value is None:
                continue
            notes: Mapping[str, Json] = _NO_NOTES
            if element.attributes:
                here = self.stack[-1]
                self.stack[-1] = (node, (value,))
                claimed = self._claimed(node, element)
                notes = _NO_NOTES if claimed else self._notes(node, element)
                self.stack[-1] = here
                if claimed:
                    continue
            values.append(value)
            beside.append(dict(notes) or None)
        if node.config and (twice := first_twice(values)) is not None:
            self.twice(node, twice)
            return None, None
        return arrange(node, values, beside)

    # -- lists

    def _list(self, node: List, elements: Sequence[Element]) -> Entries:
        """All entries; the reading stands at the list."""
        whole = self.stack.pop()
        seen: set[Slot] = set()
        branches: list[Branch] = []
        for index, element in enumerate(elements):
            self.stack.append((node, index))
            branch = self._entry(node, element, seen, None)
            if branch is not None:
                branches.append(branch)
            self.stack.pop()
            if self._consume:
                element.children = ()
        self.stack.append(whole)
        return Entries.build(node, branches, self.revision)

    def _entry(
        self, node: List, element: Element, seen: set[Slot], notes: Mapping[str, Json] | None
    ) -> Branch | None:
        """One entry, at whose position the reading stands; ``seen`` are the keys of those before it.

        None where it cannot be read, or is claimed: which is not asked where its attributes were looked at already.
        """
        key: Key = ()
        if node.keys:
            found = self._key(node, element)
            if found is None:
                return None
            key = found
            self.stack[-1] = (node, key)
            slots = slots_of(node)
            slot = key if slots is None else slots(key)
            if slot in seen:
                self.fault("bad-element", f"{node.name} has two entries with this key", node)
                return None
            seen.add(slot)
        if notes is None:
            notes = _NO_NOTES
            if element.attributes:
                if self._claimed(node, element):
                    return None
                notes = self._notes(node, element)
        return self._branch(node, element, dict(zip(node.keys, key, strict=True)), notes)

    def _key(self, node: List, element: Element) -> Key | None:
        fields = _fields(self._names, node)
        children = element.children
        values: list[Value] = []
        for index, name in enumerate(_key_names(self._names, node)):
            field = fields[name]
            found = children[index] if index < len(children) and children[index].name == name else None
            if found is None:
                found = next((child for child in children if child.name == name), None)
            if found is None:
                message = f"an entry of {node.name} needs its key {field.child.name}"
                self.fault("missing-element", message, field.child)
            elif field.leaf is not None and (value := self._leaf(field, field.leaf, found)) is not None:
                values.append(value)
        return tuple(values) if len(values) == len(node.keys) else None

    # -- branches

    def _branch(
        self, node: Inner, element: Element, known: dict[str, Value], notes: Mapping[str, Json]
    ) -> Branch:
        """``known`` are members that were read already, the keys; ``notes`` the annotations of the element."""
        fields = _fields(self._names, node)
        members: dict[str, Any] = {}
        meta: dict[str, Json] = {"": dict(notes)} if notes else {}
        several: dict[str, tuple[List | LeafList, list[Element]]] = {}
        if element.mixed or (element.text and not element.children and element.text.strip(BLANKS)):
            self._stray_text(node, element)
        for found in element.children:
            field = fields.get(found.name)
            if field is None:
                self._unknown(node, found)
                continue
            member = field.member
            if field.many is not None:
                several.setdefault(member, (field.many, []))[1].append(found)
                continue
            if member in members:
                self.fault("bad-element", f"{field.child.name} stands twice: it is no list", field.child)
                continue
            if field.child.config not in self._admitted and not self.admits(field.child, is_key=field.is_key):
                continue
            if field.leaf is None or found.attributes:
                value = self._below(field, found, known, meta)
            else:
                value = known[member] if member in known else self._leaf(field, field.leaf, found)
            if value is not None:
                members[member] = value
        for child, group in several.values():
            self._several(child, group, members, meta)
        if node.choices:
            self.one_case(node, members)
        return Branch(node, members, self.revision, meta or None)

    def _below(self, field: _Field, element: Element, known: dict[str, Value], meta: dict[str, Json]) -> Any:
        """The value of a child of which there is one, or None where there is nothing to keep."""
        child = field.child
        is_key = field.member in known  # which cannot be left out of its entry
        self.stack.append((child, None))
        value, notes = None, _NO_NOTES
        if is_key or not element.attributes or not self._claimed(child, element):
            notes = self._notes(child, element) if element.attributes else _NO_NOTES
            value = known[field.member] if is_key else self._one(child, element, notes)
        self.stack.pop()
        if value is None or is_nothing(child, value):
            return None
        if notes and (field.leaf is not None or (isinstance(child, AnyData) and child.xml)):
            meta[field.member] = dict(notes)
        return value

    def _several(
        self, child: List | LeafList, elements: list[Element], members: dict[str, Any], meta: dict[str, Json]
    ) -> None:
        """A list or leaf-list, whose elements were collected."""
        if child.config not in self._admitted and not self.admits(child, is_key=False):
            return
        self.stack.append((child, None))
        if isinstance(child, List):
            value: Any = self._list(child, elements)
        else:
            value, beside = self._leaf_list(child, elements)
            if value and beside:
                meta[child.member] = beside
        self.stack.pop()
        if value:
            members[child.member] = value

    def _stray_text(self, node: Inner, element: Element) -> None:
        pieces = [element.text, *[child.tail for child in element.children]]
        text = next((piece for piece in pieces if piece.strip(BLANKS)), "").strip(BLANKS)
        message = f"{node.name or 'the datastore'} holds elements; there is text between them"
        self.fault("invalid-value", message, node, value=shown(text))

    def _unknown(self, node: Inner, element: Element) -> None:
        if len(self.faults) >= MAX_FAULTS:  # nobody will read it: do not look for what it may have meant
            self.total += 1
            return
        namespace, local = element.namespace, element.local
        module = self._names.modules.get(namespace)
        others = [child for child in node.children.values() if child.name == local]
        if module is not None and not others:
            self.unknown(node, local if module == node.module else f"{module}:{local}")
            return
        legal = tuple([self._names.namespaces[child.module] for child in others])
        way = f"; {local} is of {' or of '.join(legal)}" if legal else ""
        legal = legal or tuple(difflib.get_close_matches(namespace[:200], self._names.modules))
        if module is not None:
            message = f"there is no {local!r} of the namespace {namespace!r} here{way}"
        elif namespace:
            message = f"no module has the namespace {shown(namespace)!r} of the element {shown(local)!r}{way}"
        else:
            message = f"the element {shown(local)!r} has no namespace{way}"
        self.fault("unknown-namespace", message, value=shown(namespace), legal=legal)

    # -- attributes

    def _claimed(self, node: DataNode, element: Element) -> bool:
        """Whether the caller takes the element, at which the reading stands."""
        return self._claim is not None and self._claim(self.path(), node, element)

    def _notes(self, node: DataNode, element: Element) -> Mapping[str, Json]:
        """The annotations of the element, at which the reading stands."""
        notes: dict[str, Json] = {}
        for name, text in element.attributes.items():
            if name in self._attributes:
                continue
            try:
                found = annotation(self._names, name, text, element.scope)
            except InvalidValue as error:
                message = f"{shown(name.rpartition(' ')[2])}: {error.message}"
                self.fault("bad-attribute", message, node, value=shown(text), legal=error.legal)
                continue
            if found is None or (self._annotations is not None and found[0] not in self._annotations):
                self._unknown_attribute(node, name)
            else:
                notes[found[0]] = found[1]
        return notes

    def _unknown_attribute(self, node: DataNode, name: str) -> None:
        if len(self.faults) >= MAX_FAULTS:
            self.total += 1
            return
        namespace, _, local = name.rpartition(" ")
        known = self._names.schema.annotations
        legal = nearest(local, known)
        whose = f" of the namespace {shown(namespace)!r}" if namespace else ""
        message = f"{node.name} has no attribute {shown(local)!r}{whose}"
        self.fault("unknown-attribute", message, node, value=shown(local), legal=legal)
