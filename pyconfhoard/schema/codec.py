"""A compiled schema as bytes and back: for the cache, and for whoever is on another machine.

The form is one JSON object. What repeats stands in tables (texts, places, prefix maps, expressions,
conditions, types) and is referred to by index. Nodes are kept by class, and in each class by *column*: all
names, then all parents, and so on for every field of the class. A node is referred to by its number,
counted through all classes in the order of :data:`_KINDS`; -1 is None.

Reading is what a warm start waits for, and columns are what Python reads fast: empty nodes are made first,
then each field is filled in for all nodes of a class by one call, with no loop of ours in between. References
may go anywhere, as every node is there already. The garbage collector pauses meanwhile.

The form belongs to the program's version that wrote it: :data:`FORMAT` rises with every change.
Nothing in it can run: no pickle, no names of classes to import.
"""

from __future__ import annotations

import base64
import json
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import fields
from decimal import Decimal
from itertools import repeat
from typing import Any, Final, cast

from pyconfhoard.errors import Place
from pyconfhoard.schema.collection import no_collection
from pyconfhoard.schema.expression import XPath
from pyconfhoard.schema.nodes import (
    AnyData,
    Case,
    Choice,
    Container,
    Identity,
    Inner,
    Leaf,
    LeafList,
    List,
    Module,
    Must,
    Node,
    Notification,
    Operation,
    Parameters,
    Root,
    Schema,
    Structure,
    Submodule,
    When,
    case_key,
)
from pyconfhoard.schema.types import EMPTY, Type, Value, from_record
from pyconfhoard.schema.types.base import Json

__all__ = ["FORMAT", "dump", "restore"]

FORMAT: Final = 3

_KINDS: Final[tuple[type[Node], ...]] = (
    Root,
    AnyData,
    Container,
    Leaf,
    LeafList,
    List,
    Notification,
    Parameters,
    Structure,
    Choice,
    Case,
    Operation,
)
_STATUS: Final = ("current", "deprecated", "obsolete")


def dump(schema: Schema) -> bytes:
    """The schema as UTF-8 JSON. The same schema always gives the same bytes."""
    return _Writer(schema).dump()


def restore(data: bytes) -> Schema:
    """:func:`dump` undone. Raises ``ValueError`` for anything that this version did not write."""
    try:
        with no_collection():
            told = json.loads(data)
        form = told["format"]
        if form == FORMAT:
            with no_collection():
                return _Reader(told).schema()
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as reason:
        raise ValueError(f"not a compiled schema: {type(reason).__name__}: {reason}") from reason
    raise ValueError(f"a compiled schema of form {form}, and this version reads form {FORMAT}")


class _Table:
    """Things by the order in which they were first seen."""

    def __init__(self) -> None:
        self.rows: list[Json] = []
        self._index: dict[Hashable, int] = {}

    def index(self, row: Json, key: Hashable) -> int:
        if key not in self._index:
            self._index[key] = len(self.rows)
            self.rows.append(row)
        return self._index[key]


class _Writer:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._texts = _Table()
        self._places = _Table()
        self._prefixes = _Table()
        self._xpaths = _Table()
        self._whens = _Table()
        self._musts = _Table()
        self._types = _Table()
        self._type_index: dict[int, int] = {}
        self._nodes: dict[type[Node], dict[Node, None]] = {kind: {} for kind in _KINDS}
        for node in (schema.root, *_tops(schema)):
            self._gather(node)
        numbered = (node for nodes in self._nodes.values() for node in nodes)
        self._number: dict[Node | None, int] = {node: number for number, node in enumerate(numbered)}
        self._number[None] = -1

    def _gather(self, node: Node) -> None:
        """Number a node and what hangs on it."""
        self._nodes[type(node)][node] = None
        below: Iterable[Node] = ()
        match node:
            case Inner():
                groups = (node.children, node.actions, node.notifications)
                below = [*node.choices, *(each for group in groups for each in group.values())]
            case Operation():
                below = (node.input, node.output)
            case Choice():
                below = node.cases.values()
            case Case():
                below = node.choices
        for each in below:
            self._gather(each)

    def dump(self) -> bytes:
        schema = self._schema
        told = {
            "format": FORMAT,
            "fingerprint": schema.fingerprint,
            "warnings": list(schema.warnings),
            "modules": {name: self._module(module) for name, module in schema.modules.items()},
            "identities": [self._identity(identity) for identity in schema.identities.values()],
            "nodes": [self._columns(kind, list(nodes)) for kind, nodes in self._nodes.items()],
            "rpcs": self._refs(schema.rpcs.values()),
            "notifications": self._refs(schema.notifications.values()),
            "structures": self._refs(schema.structures.values()),
            "annotations": {name: self._type(type_) for name, type_ in schema.annotations.items()},
            "texts": self._texts.rows,
            "places": self._places.rows,
            "prefixes": self._prefixes.rows,
            "xpaths": self._xpaths.rows,
            "whens": self._whens.rows,
            "musts": self._musts.rows,
            "types": self._types.rows,
        }
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()

    def _module(self, module: Module) -> Json:
        return [
            module.name,
            module.revision,
            module.namespace,
            module.prefix,
            module.yang_version,
            self._place(module.place),
            module.implemented,
            list(module.features),
            [[part.name, part.revision] for part in module.submodules],
            list(module.deviations),
            module.organization,
            module.contact,
            module.description,
        ]

    def _identity(self, identity: Identity) -> Json:
        bases, derived = (list(map(self._text, sorted(each))) for each in (identity.bases, identity.derived))
        return [identity.name, identity.module, bases, derived, identity.description]

    def _columns(self, kind: type[Node], nodes: list[Node]) -> Json:
        """The number of nodes of a class and its columns; one whose values are all the same is told as
        ``{"all": value}``."""
        columns: dict[str, Json] = {}
        for name in _names(kind):
            write = _WRITERS.get(name)
            values = [getattr(node, name) for node in nodes]
            if name == "member":
                values = [
                    "" if node.name == value else value for node, value in zip(nodes, values, strict=True)
                ]
            column = values if write is None else [write(self, value) for value in values]
            same = nodes and all(value == column[0] for value in column)
            columns[name] = {"all": column[0]} if same else column
        return [len(nodes), columns]

    def _text(self, text: str) -> int:
        return self._texts.index(text, text)

    def _place(self, place: Place) -> int:
        return self._places.index([self._text(place.file), place.line], place)

    def _xpath(self, xpath: XPath) -> int:
        prefixes = dict(xpath.prefixes)
        row = [xpath.text, xpath.module, self._prefixes.index(prefixes, json.dumps(prefixes))]
        return self._xpaths.index(row, tuple(row))

    def _when_chain(self, whens: Iterable[When]) -> int:
        row = [(self._xpath(when.xpath), self._place(when.place), when.on_parent) for when in whens]
        return self._whens.index(row, tuple(row))

    def _must_list(self, musts: Iterable[Must]) -> int:
        row = [
            (self._xpath(must.xpath), self._place(must.place), must.message, must.app_tag) for must in musts
        ]
        return self._musts.index(row, tuple(row))

    def _type(self, type_: Type) -> int:
        known = self._type_index.get(id(type_))
        if known is None:
            row = type_.record()
            known = self._type_index[id(type_)] = self._types.index(row, json.dumps(row))
        return known

    def _ref(self, node: Node | None) -> int:
        return self._number[node]

    def _refs(self, nodes: Iterable[Node]) -> list[int]:
        return [self._number[node] for node in nodes]

    def _held(self, nodes: Mapping[str, Node] | Iterable[Node]) -> list[int]:
        return self._refs(nodes.values() if isinstance(nodes, Mapping) else nodes)


_WRITERS: Final[dict[str, Callable[[_Writer, Any], Json]]] = {
    **dict.fromkeys(("name", "module", "description", "reference", "units", "typedef"), _Writer._text),
    **dict.fromkeys(("parent", "case", "choice", "input", "output"), _Writer._ref),
    **dict.fromkeys(("children", "choices", "actions", "notifications", "cases"), _Writer._held),
    "place": _Writer._place,
    "status": lambda _, status: _STATUS.index(status),
    "whens": _Writer._when_chain,
    "musts": _Writer._must_list,
    "type": _Writer._type,
    "default": lambda _, value: None if value is None else _write_value(value),
    "defaults": lambda _, values: [_write_value(value) for value in values],
    "unique_places": lambda writer, places: [writer._place(place) for place in places],
}
"""How the value of a field is told; others are told as they are."""


class _Reader:
    def __init__(self, told: Json) -> None:
        self._told = told
        texts: list[str] = told["texts"]
        self._texts = texts
        self._places = [Place(texts[file], line) for file, line in told["places"]]
        prefixes: list[Mapping[str, str]] = told["prefixes"]
        xpaths = [XPath(text, module, prefixes[index]) for text, module, index in told["xpaths"]]
        places = self._places
        self._whens = [tuple([When(xpaths[x], places[at], up) for x, at, up in row]) for row in told["whens"]]
        self._musts = [
            tuple([Must(xpaths[x], places[at], message, tag) for x, at, message, tag in row])
            for row in told["musts"]
        ]
        self._types = [from_record(row) for row in told["types"]]
        self._nodes: list[Any] = []

    def schema(self) -> Schema:
        told = self._told
        self._fill([list(map(object.__new__, repeat(kind, count))) for kind, (count, _) in self._kinds()])
        node = self._nodes.__getitem__
        rpcs, notifications, structures = (
            map(node, told[word]) for word in ("rpcs", "notifications", "structures")
        )
        identities = [
            Identity(name, module, self._set_of(bases), self._set_of(derived), description)
            for name, module, bases, derived, description in told["identities"]
        ]
        return Schema(
            modules={name: self._module(row) for name, row in told["modules"].items()},
            root=cast(Root, node(0)),
            rpcs={rpc.qname: rpc for rpc in rpcs},
            notifications={each.member: each for each in notifications},
            identities={f"{identity.module}:{identity.name}": identity for identity in identities},
            fingerprint=told["fingerprint"],
            warnings=tuple(told["warnings"]),
            annotations={name: self._types[index] for name, index in told["annotations"].items()},
            structures={each.member: each for each in structures},
        )

    def _kinds(self) -> Iterator[tuple[type[Node], Json]]:
        return zip(_KINDS, self._told["nodes"], strict=True)

    def _fill(self, made: list[list[Node]]) -> None:
        """Fill in the fields of empty nodes, maps by name last: they ask the nodes for their names."""
        self._nodes = [node for nodes in made for node in nodes]
        self._nodes.append(None)  # where -1 leads
        maps: list[tuple[type[Node], str, list[Node], list[Json]]] = []
        for (kind, (count, columns)), nodes in zip(self._kinds(), made, strict=True):
            for name in _names(kind):
                column = columns[name]
                if isinstance(column, dict):
                    column = [column["all"]] * count
                if len(column) != count:
                    raise ValueError(f"{name} of {kind.__name__} has {len(column)} values, and not {count}")
                if name in _MAPS and kind is not Case:
                    maps.append((kind, name, nodes, column))
                    continue
                read = _READERS.get(name)
                values = column if read is None else read(self, column)
                if name == "member":
                    values = [given or node.name for given, node in zip(column, nodes, strict=True)]
                _set_all(kind, name, nodes, values)
        for kind, name, nodes, column in maps:
            _set_all(kind, name, nodes, _MAPS[name](self, column))

    def _module(self, row: Json) -> Module:
        name, revision, namespace, prefix, version, place, implemented, *lists, a, b, c = row
        features, submodules, deviations = lists
        return Module(
            name,
            revision,
            namespace,
            prefix,
            version,
            self._places[place],
            implemented,
            tuple(features),
            tuple(Submodule(*part) for part in submodules),
            tuple(deviations),
            organization=a,
            contact=b,
            description=c,
        )

    def _set_of(self, indexes: list[int]) -> frozenset[str]:
        return frozenset(map(self._texts.__getitem__, indexes))

    def _tuples(self, column: list[list[int]]) -> list[tuple[Any, ...]]:
        nodes = self._nodes
        return [tuple([nodes[number] for number in row]) if row else () for row in column]

    def _members(self, column: list[list[int]]) -> list[dict[str, Any]]:
        nodes = self._nodes
        return [{nodes[number].member: nodes[number] for number in row} for row in column]

    def _actions(self, column: list[list[int]]) -> list[dict[str, Any]]:
        nodes = self._nodes
        return [{nodes[number].input.operation: nodes[number] for number in row} for row in column]

    def _cases(self, column: list[list[int]]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for row in column:
            cases: dict[str, Any] = {}
            for number in row:
                case = self._nodes[number]
                cases[case_key(case, cases)] = case
            found.append(cases)
        return found


_Column = Callable[[_Reader, list[Any]], Iterable[Any]]

_READERS: Final[dict[str, _Column]] = {
    **dict.fromkeys(
        ("name", "module", "description", "reference", "units", "typedef"),
        lambda reader, column: map(reader._texts.__getitem__, column),
    ),
    **dict.fromkeys(
        ("parent", "case", "choice", "input", "output"),
        lambda reader, column: map(reader._nodes.__getitem__, column),
    ),
    "choices": _Reader._tuples,
    "children": _Reader._tuples,  # of a case
    "extensions": lambda _, column: [tuple(map(tuple, row)) if row else () for row in column],
    "place": lambda reader, column: map(reader._places.__getitem__, column),
    "status": lambda _, column: map(_STATUS.__getitem__, column),
    "whens": lambda reader, column: map(reader._whens.__getitem__, column),
    "musts": lambda reader, column: map(reader._musts.__getitem__, column),
    "type": lambda reader, column: map(reader._types.__getitem__, column),
    "default": lambda _, column: map(_read_value, column),
    "defaults": lambda _, column: [tuple(map(_read_value, row)) for row in column],
    "keys": lambda _, column: map(tuple, column),
    "unique": lambda _, column: [tuple(tuple(map(tuple, paths)) for paths in row) for row in column],
    "unique_places": lambda reader, column: [tuple(reader._places[at] for at in row) for row in column],
}
"""A column of a field to its values; others are read as they are told."""

_MAPS: Final[dict[str, _Column]] = {
    "children": _Reader._members,
    "actions": _Reader._actions,
    "notifications": _Reader._members,
    "cases": _Reader._cases,
}


def _tops(schema: Schema) -> Iterator[Node]:
    yield from schema.rpcs.values()
    yield from schema.notifications.values()
    yield from schema.structures.values()


def _names(kind: type[Node]) -> list[str]:
    """The fields of a class, ``name`` first."""
    return [each.name for each in fields(kind)]


def _set_all(kind: type[Node], name: str, nodes: list[Node], values: Iterable[Any]) -> None:
    """Set one field of frozen nodes that nobody else has seen yet."""
    deque(map(getattr(kind, name).__set__, nodes, values), maxlen=0)


def _write_value(value: Value) -> Json:
    """A canonical value, whatever its type: plain if JSON has it, else a list led by a word."""
    match value:
        case bool() | int() | str():
            return value
        case Decimal():
            return ["decimal", str(value)]
        case bytes():
            return ["binary", base64.b64encode(value).decode()]
        case tuple():
            return ["bits", *value]
    return ["empty"]


def _read_value(told: Json) -> Value:
    if not isinstance(told, list):
        return cast(Value, told)
    word, *rest = told
    if word == "decimal":
        return Decimal(rest[0])
    if word == "binary":
        return base64.b64decode(rest[0])
    return tuple(rest) if word == "bits" else EMPTY
