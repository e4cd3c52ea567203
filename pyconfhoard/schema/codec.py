"""A compiled schema as bytes and back: for the cache, and for whoever is on another machine.

The form is one JSON object. What repeats stands in tables (modules, files, prefix maps,
expressions, types) and is referred to by index; a node is a list whose positions are named by the
functions here, its children nested in it, so that the text is read in one go and every list becomes
one object. A case lists its children by member name.

Reading is what a warm start waits for. The garbage collector pauses meanwhile, as it would look in
vain through everything made so far, again and again.

The form belongs to the program's version that wrote it: :data:`FORMAT` rises with every change.
Nothing in it can run: no pickle, no names of classes to import.
"""

from __future__ import annotations

import base64
import gc
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Final, cast

from pyconfhoard.errors import Place
from pyconfhoard.schema.expression import XPath
from pyconfhoard.schema.nodes import (
    AnyData,
    Case,
    Choice,
    Container,
    DataNode,
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

FORMAT: Final = 2

_KINDS: Final = (AnyData, Container, Leaf, LeafList, List, Notification, Parameters, Structure)
_ANYDATA, _CONTAINER, _LEAF, _LEAF_LIST, _LIST, _NOTIFICATION, _PARAMETERS, _STRUCTURE = range(len(_KINDS))
_STATUS: Final = ("current", "deprecated", "obsolete")


def dump(schema: Schema) -> bytes:
    """The schema as UTF-8 JSON. The same schema always gives the same bytes."""
    return _Writer().schema(schema)


def restore(data: bytes) -> Schema:
    """:func:`dump` undone. Raises ``ValueError`` for anything that this version did not write."""
    try:
        with _no_collection():
            told = json.loads(data)
        form = told["format"]
        if form == FORMAT:
            with _no_collection():
                return _Reader(told).schema()
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as reason:
        raise ValueError(f"not a compiled schema: {type(reason).__name__}: {reason}") from reason
    raise ValueError(f"a compiled schema of form {form}, and this version reads form {FORMAT}")


class _Table:
    """Things by the order in which they were first seen."""

    def __init__(self) -> None:
        self.rows: list[Json] = []
        self._index: dict[str, int] = {}

    def index(self, row: Json) -> int:
        key = json.dumps(row)
        if key not in self._index:
            self._index[key] = len(self.rows)
            self.rows.append(row)
        return self._index[key]


class _Writer:
    def __init__(self) -> None:
        self._names = _Table()
        self._files = _Table()
        self._prefixes = _Table()
        self._xpaths = _Table()
        self._types = _Table()
        self._type_index: dict[int, int] = {}

    def schema(self, schema: Schema) -> bytes:
        told = {
            "format": FORMAT,
            "fingerprint": schema.fingerprint,
            "warnings": list(schema.warnings),
            "modules": {name: self._module(module) for name, module in schema.modules.items()},
            "identities": [self._identity(identity) for identity in schema.identities.values()],
            "root": self._inner(schema.root),
            "rpcs": [self._operation(rpc) for rpc in schema.rpcs.values()],
            "notifications": [self._node(node) for node in schema.notifications.values()],
            "structures": [self._node(node) for node in schema.structures.values()],
            "annotations": {name: self._type(type_) for name, type_ in schema.annotations.items()},
            "names": self._names.rows,
            "files": self._files.rows,
            "prefixes": self._prefixes.rows,
            "xpaths": self._xpaths.rows,
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
            *self._place(module.place),
            module.implemented,
            list(module.features),
            [[part.name, part.revision] for part in module.submodules],
            list(module.deviations),
            module.organization,
            module.contact,
            module.description,
        ]

    def _identity(self, identity: Identity) -> Json:
        name, module, bases = identity.name, identity.module, sorted(identity.bases)
        return [name, module, bases, sorted(identity.derived), identity.description]

    def _place(self, place: Place) -> tuple[int, int]:
        return self._files.index(place.file), place.line

    def _type(self, type_: Type) -> int:
        known = self._type_index.get(id(type_))
        if known is None:
            known = self._type_index[id(type_)] = self._types.index(type_.record())
        return known

    def _xpath(self, xpath: XPath) -> int:
        return self._xpaths.index([xpath.text, xpath.module, self._prefixes.index(dict(xpath.prefixes))])

    def _common(self, node: Node) -> list[Json]:
        whens = [[self._xpath(when.xpath), *self._place(when.place), when.on_parent] for when in node.whens]
        return [
            node.name,
            self._names.index(node.module),
            *self._place(node.place),
            node.config,
            _STATUS.index(node.status),
            node.description,
            node.reference,
            whens,
            [list(extension) for extension in node.extensions],
        ]

    def _node(self, node: DataNode) -> list[Json]:
        musts = [
            [self._xpath(must.xpath), *self._place(must.place), must.message, must.app_tag]
            for must in node.musts
        ]
        row = [_KINDS.index(type(node)), self._common(node), node.mandatory, musts]
        match node:
            case Leaf():
                default = None if node.default is None else _write_value(node.default)
                row += [self._type(node.type), default, node.units, node.is_key, node.typedef]
            case LeafList():
                defaults = [_write_value(value) for value in node.defaults]
                row += [self._type(node.type), defaults, node.units, node.typedef, *_listed(node)]
            case AnyData():
                row += [node.xml]
            case Inner():
                row += [self._inner(node), *self._specific(node)]
        return row

    def _specific(self, node: Inner) -> list[Json]:
        match node:
            case Container():
                return [node.presence]
            case List():
                places = [list(self._place(place)) for place in node.unique_places]
                return [list(node.keys), *_listed(node), node.unique, places]
            case Parameters():
                return [node.operation]
        return []

    def _inner(self, node: Inner) -> list[Json]:
        return [
            [self._node(child) for child in node.children.values()],
            [self._choice(choice) for choice in node.choices],
            [self._operation(action) for action in node.actions.values()],
            [self._node(notification) for notification in node.notifications.values()],
        ]

    def _choice(self, choice: Choice) -> list[Json]:
        cases = [self._case(case) for case in choice.cases.values()]
        return [self._common(choice), choice.default, choice.mandatory, cases]

    def _case(self, case: Case) -> list[Json]:
        children = [child.member for child in case.children]
        return [self._common(case), children, [self._choice(choice) for choice in case.choices]]

    def _operation(self, operation: Operation) -> list[Json]:
        return [self._common(operation), self._node(operation.input), self._node(operation.output)]


@contextmanager
def _no_collection() -> Iterator[None]:
    """Pause the garbage collector, if it runs."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


class _Reader:
    def __init__(self, told: Json) -> None:
        self._told = told
        self._names: list[str] = told["names"]
        self._files: list[str] = told["files"]
        self._types = [from_record(row) for row in told["types"]]
        prefixes: list[Mapping[str, str]] = told["prefixes"]
        self._xpaths = [XPath(text, module, prefixes[index]) for text, module, index in told["xpaths"]]
        self._extensions: dict[str, str] = {}

    def schema(self) -> Schema:
        told = self._told
        root = Root(name="", module="", member="", place=Place("", 0), children={})
        self._fill(root, told["root"])
        rpcs = [self._operation(row, root) for row in told["rpcs"]]
        notifications = [self._node(row, root) for row in told["notifications"]]
        structures = [self._node(row, root) for row in told["structures"]]
        identities = [
            Identity(name, module, frozenset(bases), frozenset(derived), description)
            for name, module, bases, derived, description in told["identities"]
        ]
        return Schema(
            modules={name: self._module(row) for name, row in told["modules"].items()},
            root=root,
            rpcs={rpc.qname: rpc for rpc in rpcs},
            notifications={node.member: cast(Notification, node) for node in notifications},
            identities={f"{identity.module}:{identity.name}": identity for identity in identities},
            fingerprint=told["fingerprint"],
            warnings=tuple(told["warnings"]),
            annotations={name: self._types[index] for name, index in told["annotations"].items()},
            structures={node.member: cast(Structure, node) for node in structures},
        )

    def _module(self, row: Json) -> Module:
        name, revision, namespace, prefix, version, file, line, implemented, *lists, a, b, c = row
        features, submodules, deviations = lists
        place = Place(self._files[file], line)
        return Module(
            name,
            revision,
            namespace,
            prefix,
            version,
            place,
            implemented,
            tuple(features),
            tuple(Submodule(*part) for part in submodules),
            tuple(deviations),
            organization=a,
            contact=b,
            description=c,
        )

    def _common(self, row: Json, parent: Inner) -> dict[str, Any]:
        name, module, file, line, config, status, description, reference, whens, extensions = row
        return {
            "name": name,
            "module": self._names[module],
            "place": Place(self._files[file], line),
            "config": config,
            "status": _STATUS[status],
            "description": description,
            "reference": reference,
            "whens": tuple([self._when(when) for when in whens]) if whens else (),
            "parent": parent,
            "extensions": tuple(map(tuple, extensions)) if extensions else (),
        }

    def _when(self, row: Json) -> When:
        xpath, file, line, on_parent = row
        return When(self._xpaths[xpath], Place(self._files[file], line), on_parent)

    def _must(self, row: Json) -> Must:
        xpath, file, line, message, app_tag = row
        return Must(self._xpaths[xpath], Place(self._files[file], line), message, app_tag)

    def _node(self, row: Json, parent: Inner) -> DataNode:
        kind, common, mandatory, musts, *specific = row
        fields = self._common(common, parent)
        module = fields["module"]
        fields["member"] = fields["name"] if parent.module == module else f"{module}:{fields['name']}"
        fields["mandatory"] = mandatory
        if musts:
            fields["musts"] = tuple([self._must(must) for must in musts])
        return _READERS[kind](self, fields, specific)

    def _leaf(self, fields: dict[str, Any], row: Json) -> DataNode:
        type_, default, units, is_key, typedef = row
        value = None if default is None else _read_value(default)
        return Leaf(
            **fields,
            type=self._types[type_],
            default=value,
            units=units,
            is_key=is_key,
            typedef=typedef,
        )

    def _leaf_list(self, fields: dict[str, Any], row: Json) -> DataNode:
        type_, defaults, units, typedef, by_user, lowest, highest = row
        return LeafList(
            **fields,
            type=self._types[type_],
            defaults=tuple(map(_read_value, defaults)),
            units=units,
            typedef=typedef,
            ordered_by_user=by_user,
            min_elements=lowest,
            max_elements=highest,
        )

    def _anydata(self, fields: dict[str, Any], row: Json) -> DataNode:
        return AnyData(**fields, xml=row[0])

    def _container(self, fields: dict[str, Any], row: Json) -> DataNode:
        return self._fill(Container(**fields, presence=row[1], children={}), row[0])

    def _list(self, fields: dict[str, Any], row: Json) -> DataNode:
        inner, keys, by_user, lowest, highest, unique, places = row
        node = List(
            **fields,
            children={},
            keys=tuple(keys),
            ordered_by_user=by_user,
            min_elements=lowest,
            max_elements=highest,
            unique=tuple(tuple(tuple(path) for path in paths) for paths in unique),
            unique_places=tuple(Place(self._files[file], line) for file, line in places),
        )
        return self._fill(node, inner)

    def _notification(self, fields: dict[str, Any], row: Json) -> DataNode:
        return self._fill(Notification(**fields, children={}), row[0])

    def _parameters(self, fields: dict[str, Any], row: Json) -> DataNode:
        fields["member"] = fields["name"]
        return self._fill(Parameters(**fields, children={}, operation=row[1]), row[0])

    def _structure(self, fields: dict[str, Any], row: Json) -> DataNode:
        return self._fill(Structure(**fields, children={}), row[0])

    def _fill(self, node: Inner, row: Json) -> Inner:
        """Children and what refers to them, in a node that nobody else has seen yet."""
        children, choices, actions, notifications = row
        held = cast(dict[str, DataNode], node.children)
        for child in children:
            made = self._node(child, node)
            held[made.member] = made
        fill = object.__setattr__
        if choices:
            fill(node, "choices", tuple([self._choice(choice, node, None) for choice in choices]))
        if actions:
            made_actions = [self._operation(action, node) for action in actions]
            fill(node, "actions", {action.input.operation: action for action in made_actions})
        if notifications:
            made_notifications = [self._node(notification, node) for notification in notifications]
            fill(node, "notifications", {made.member: made for made in made_notifications})
        return node

    def _choice(self, row: Json, parent: Inner, case: Case | None) -> Choice:
        common, default, mandatory, cases = row
        branches: dict[str, Case] = {}
        choice = Choice(
            **self._common(common, parent),
            cases=branches,
            default=default,
            mandatory=mandatory,
            case=case,
        )
        for of_case, members, choices in cases:
            children = tuple([parent.children[member] for member in members])
            branch = Case(**self._common(of_case, parent), choice=choice, children=children)
            branches[case_key(branch, branches)] = branch
            for child in children:  # a nested choice puts its own case in its children next
                object.__setattr__(child, "case", branch)
            nested = tuple([self._choice(each, parent, branch) for each in choices])
            object.__setattr__(branch, "choices", nested)
        return choice

    def _operation(self, row: Json, parent: Inner) -> Operation:
        common, given, answered = row
        return Operation(
            **self._common(common, parent),
            input=cast(Parameters, self._node(given, parent)),
            output=cast(Parameters, self._node(answered, parent)),
        )


_NodeReader = Callable[[_Reader, dict[str, Any], Json], DataNode]

_READERS: Final[dict[int, _NodeReader]] = {
    _ANYDATA: _Reader._anydata,
    _CONTAINER: _Reader._container,
    _LEAF: _Reader._leaf,
    _LEAF_LIST: _Reader._leaf_list,
    _LIST: _Reader._list,
    _NOTIFICATION: _Reader._notification,
    _PARAMETERS: _Reader._parameters,
    _STRUCTURE: _Reader._structure,
}


def _listed(node: LeafList | List) -> list[Json]:
    return [node.ordered_by_user, node.min_elements, node.max_elements]


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
