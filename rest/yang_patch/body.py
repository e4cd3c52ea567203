"""The body of a YANG Patch (RFC 8072 section 2.2), in JSON or XML, as a list of what it asks for. No model yet.

What is wrong with the message (a member that there is not, an edit without its id) is wrong with the whole request. What is wrong
with an edit that has its id is told of that edit: see :mod:`rest.yang_patch.resource`. Edits may share an id, as the clients
of other servers have it: their errors are told one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, cast, get_args

from pyconfhoard.errors import BadInput, ErrorTag, Fault
from pyconfhoard.schema.types.base import Json
from pyconfhoard.schema.types.string import illegal_character
from pyconfhoard.tree import Element, nearest
from pyconfhoard.tree.entries import Where

from ..body import Body

__all__ = ["PATCH_MODULE", "PATCH_SPACE", "PatchOperation", "RawEdit", "RawPatch", "WrongEdit", "read_patch"]

PATCH_MODULE: Final = "ietf-yang-patch"
PATCH_SPACE: Final = "urn:ietf:params:xml:ns:yang:ietf-yang-patch"

PatchOperation: TypeAlias = Literal["create", "delete", "insert", "merge", "move", "replace", "remove"]

_VALUED: Final = frozenset({"create", "insert", "merge", "replace"})
_PLACED: Final = frozenset({"insert", "move"})
_PATCH: Final = ("patch-id", "comment", "edit")
_EDIT: Final = ("edit-id", "operation", "target", "point", "where", "value")
_REQUIRED: Final = ("edit-id", "operation", "target")


@dataclass(frozen=True, slots=True)
class RawEdit:
    """``target`` and ``point`` as they came, beginning with a slash; ``value`` is JSON, or the element ``value``, or
    None for an operation that takes none."""

    id: str
    operation: PatchOperation
    target: str
    where: Where | None
    point: str
    value: Json | Element


@dataclass(frozen=True, slots=True)
class WrongEdit:
    """An edit that is none."""

    id: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class RawPatch:
    id: str
    comment: str
    edits: tuple[RawEdit | WrongEdit, ...]


_Members: TypeAlias = Mapping[str, object]


def read_patch(body: Body) -> RawPatch:
    """The patch. Raises :class:`BadInput` with all that is wrong with the message."""
    content = body.content
    faults: list[Fault] = []
    read = _top_of_xml if isinstance(content, Element) else _top_of_json
    members = read(content, faults)
    id = _text(members, "patch-id", "the patch", faults)
    comment = _text(members, "comment", "the patch", faults) if "comment" in members else ""
    listed = [_edit(raw, number, faults) for number, raw in enumerate(_listed(members, faults), 1)]
    if faults:
        raise BadInput(faults)
    return RawPatch(id, comment, tuple(edit for edit in listed if edit is not None))


def _top_of_json(content: Any, faults: list[Fault]) -> _Members:
    name = f"{PATCH_MODULE}:yang-patch"
    if not isinstance(content, dict) or list(content) != [name]:
        raise BadInput(_fault("malformed-message", f"the body is one object with the member {name}"))
    return _of_json(content[name], _PATCH, "the patch", faults)


def _of_json(raw: Any, names: tuple[str, ...], what: str, faults: list[Fault]) -> _Members:
    if not isinstance(raw, dict):
        raise BadInput(_fault("malformed-message", f"{what} is an object"))
    members = {name.removeprefix(f"{PATCH_MODULE}:"): value for name, value in raw.items()}
    _check_names(members, names, what, faults)
    return members


def _top_of_xml(element: Any, faults: list[Fault]) -> _Members:
    if element.name != f"{PATCH_SPACE} yang-patch":
        message = f"the document element is yang-patch in the namespace {PATCH_SPACE}"
        raise BadInput(_fault("unknown-element", message, element.local))
    return _of_xml(element, _PATCH, "the patch", faults)


def _of_xml(element: Any, names: tuple[str, ...], what: str, faults: list[Fault]) -> _Members:
    """Texts by name; ``edit`` a list of elements, ``value`` an element."""
    members: dict[str, object] = {}
    for child in element.children:
        name = child.local if child.namespace == PATCH_SPACE else child.name
        if name == "edit":
            members.setdefault("edit", [])
            cast("list[Element]", members["edit"]).append(child)
        elif name in members:
            faults.append(_fault("bad-element", f"{name} stands twice in {what}", name))
        else:
            members[name] = child if name == "value" else child.text.strip()
    _check_names(members, names, what, faults)
    return members


def _check_names(members: Iterable[str], names: tuple[str, ...], what: str, faults: list[Fault]) -> None:
    for name in members:
        if name not in names:
            message = f"{what} has no {name!r}; it has: {', '.join(names)}"
            faults.append(_fault("unknown-element", message, name, nearest(name, names)))


def _listed(members: _Members, faults: list[Fault]) -> list[Any]:
    raw = members.get("edit", [])
    if isinstance(raw, list):
        return raw
    faults.append(_fault("invalid-value", "edit is an array of objects"))
    return []


def _edit(raw: Any, number: int, faults: list[Fault]) -> RawEdit | WrongEdit | None:
    """None for one without an id, whose faults are the message's."""
    what = f"edit {number}"
    own: list[Fault] = []
    read = _of_xml if isinstance(raw, Element) else _of_json
    members = read(raw, _EDIT, what, own)
    texts = {name: _text(members, name, what, own) for name in _REQUIRED}
    id, operation, target = texts["edit-id"], texts["operation"], texts["target"]
    where, point = _read_operation(members, operation, what, own)
    if target and not target.startswith("/"):
        message = f"the target of {what} is a path below that of the request, and begins with a slash"
        own.append(_fault("invalid-value", message, target))
    if not id:
        faults += own
        return None
    if own:
        return WrongEdit(id, tuple(own))
    value = cast("Json | Element", members.get("value"))
    return RawEdit(id, cast("PatchOperation", operation), target, where, point, value)


def _read_operation(
    members: _Members, operation: str, what: str, faults: list[Fault]
) -> tuple[Where | None, str]:
    """The place that it takes, and all that is wrong with what goes with it; ``operation`` "" was told already."""
    if not operation:
        return None, ""
    if operation not in get_args(PatchOperation):
        message = f"the operation of {what} is none of {', '.join(get_args(PatchOperation))}"
        faults.append(_fault("invalid-value", message, operation, get_args(PatchOperation)))
        return None, ""
    if operation in _VALUED and "value" not in members:
        faults.append(_fault("missing-element", f"{what}: {operation} needs a value", "value"))
    elif operation not in _VALUED and "value" in members:
        faults.append(_fault("unknown-element", f"{what}: {operation} has no value", "value"))
    return _place(members, operation, what, faults)


def _place(members: _Members, operation: str, what: str, faults: list[Fault]) -> tuple[Where | None, str]:
    if operation not in _PLACED:
        for name in ("where", "point"):
            if name in members:
                faults.append(_fault("unknown-element", f"{what}: {operation} has no {name}", name))
        return None, ""
    where = _text(members, "where", what, faults) if "where" in members else "last"
    if where not in get_args(Where):
        faults.append(
            _fault("invalid-value", f"where is one of {', '.join(get_args(Where))}", where, get_args(Where))
        )
    beside = where in {"before", "after"}
    if beside != ("point" in members):
        needs = "needs" if beside else "goes without"
        faults.append(_fault("invalid-value", f"{what}: {where} {needs} a point", "point"))
        return None, ""
    point = _text(members, "point", what, faults) if beside else ""
    return cast("Where", where), point


def _text(members: _Members, name: str, what: str, faults: list[Fault]) -> str:
    value = members.get(name)
    if isinstance(value, str) and (value or name == "comment"):
        if character := illegal_character(value):
            message = f"{name} of {what} holds the character {character}, which a YANG string cannot"
            faults.append(_fault("invalid-value", message))
            return ""
        return value
    if name not in members:
        faults.append(_fault("missing-element", f"{what} has no {name}", name))
    else:
        faults.append(_fault("invalid-value", f"{name} of {what} is a string and not empty"))
    return ""


def _fault(tag: ErrorTag, message: str, value: str | None = None, legal: tuple[str, ...] = ()) -> Fault:
    return Fault(tag, message, type="protocol", value=value, legal=legal)
