"""Text to paths: instance-identifiers (RFC 7951 section 6.11) and api-paths (RFC 8040 section 3.5.3).

Both take names with their module or, where RFC 7951 lets it out, without, and give canonical member names and typed
keys. Both raise :class:`BadInput` for text that is not a path, and :class:`NotFound` for a node that the model does not have,
with the nearest names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeAlias
from urllib.parse import quote, unquote_to_bytes

from pyconfhoard.errors import BadInput, Fault, NotFound
from pyconfhoard.schema.nodes import DataNode, Inner, Leaf, LeafList, List, Root, Schema
from pyconfhoard.schema.types.base import InvalidValue, Type, Value
from pyconfhoard.tree.path import Path, value_text
from pyconfhoard.tree.reading import nearest

__all__ = ["api_path", "node_at", "parse_api_path", "parse_path"]

Predicate: TypeAlias = tuple[str, str]
"""A key leaf's name (``.`` for a leaf-list, "" for a position) and the value's text."""


_BAD_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})").search
_POSITION: Final = re.compile(r"[1-9][0-9]{0,9}").fullmatch


def node_at(schema: Schema, path: Path) -> DataNode | Root:
    """The schema node of a path. Raises ``KeyError`` for one that the model does not have."""
    node: DataNode = schema.root
    for step in path.steps:
        if not isinstance(node, Inner):
            raise KeyError(str(path))
        node = node.children[step.name]
    return node


def api_path(schema: Schema, path: Path) -> str:
    """The api-path, percent-encoded, without a slash at the start; the root is "".

    Raises ``KeyError`` for a path that the model does not have.
    """
    parts = []
    for index, step in enumerate(path.steps):
        name = quote(step.name, safe=":")
        if step.key is None:
            parts.append(name)
            continue
        node = node_at(schema, Path(path.steps[: index + 1]))
        positional = isinstance(node, List) and not node.keys
        texts = [
            str(value + 1) if positional and isinstance(value, int) else value_text(value)
            for value in step.key
        ]
        parts.append(f"{name}={','.join([quote(text, safe='') for text in texts])}")
    node_at(schema, path)
    return "/".join(parts)


def parse_api_path(schema: Schema, raw: str) -> Path:
    """``raw`` is what stands in the URL, still percent-encoded, with or without a slash at the start."""
    path, node = Path(), _inner(schema)
    raw = raw.removeprefix("/")
    if not raw:
        return path
    segments = raw.split("/")
    for index, segment in enumerate(segments):
        name, equals, keys = segment.partition("=")
        child = _child(node, _decoded(name, raw), path)
        values = [_decoded(key, raw) for key in keys.split(",")] if equals else None
        path = path.child(child, _typed(child, values, path))
        if index < len(segments) - 1:
            if not isinstance(child, Inner):
                raise _unknown(child, _decoded(segments[index + 1], raw), path)
            if isinstance(child, List) and values is None:
                raise _keyless_step(child, "=" + ",".join(f"<{key}>" for key in child.keys), path)
            node = child
    return path


def parse_path(schema: Schema, text: str) -> Path:
    """``text`` begins with a slash; ``/`` is the root."""
    if not text.startswith("/"):
        raise BadInput(Fault("invalid-value", f"an instance path begins with a slash: {text!r}", value=text))
    path, node = Path(), _inner(schema)
    if text == "/":
        return path
    for name, predicates in _segments(text):
        if not isinstance(node, Inner):
            raise _unknown(node, name, path)
        if isinstance(node, List) and path.last.key is None:
            raise _keyless_step(node, "".join(f"[{key}='...']" for key in node.keys) or "[1]", path)
        child = _child(node, name, path)
        path = path.child(child, _typed(child, _ordered(child, predicates, text, node), path))
        node = child  # type: ignore[assignment]  # a leaf ends the walk: the check stands at the loop's start
    return path


def _inner(schema: Schema) -> Inner:
    return schema.root


def _decoded(text: str, raw: str) -> str:
    if "%" in text and (bad := _BAD_PERCENT(text)):
        message = f"a percent sign stands alone in {text!r}, at character {bad.start() + 1}: write it as %25"
        raise BadInput(Fault("invalid-value", message, type="protocol", value=raw))
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput(
            Fault("invalid-value", "the percent-encoded path is not UTF-8", type="protocol", value=raw)
        ) from None


def _child(node: Inner, name: str, path: Path) -> DataNode:
    found = node.children.get(name)
    if found is None and node.name:
        module, colon, bare = name.partition(":")
        found = node.children.get(bare) if colon and module == node.module else None
    if found is None and not node.name and ":" not in name:
        named = [child for child in node.children.values() if child.name == name]
        found = named[0] if len(named) == 1 else None
    if found is None:
        raise _unknown(node, name, path)
    return found


def _unknown(node: DataNode, name: str, path: Path) -> NotFound:
    names = node.children if isinstance(node, Inner) else {}
    near = nearest(name, names)
    where = f"below {node.name}" if node.name else "at the top"
    if near:
        way = f"did you mean {' or '.join(near)}?"
    else:
        way = f"it has: {', '.join(list(names)[:8])}" if names else "nothing stands there"
    return NotFound(
        Fault("invalid-value", f"there is no {name!r} {where}; {way}", str(path), value=name, legal=near)
    )


def _keyless_step(node: List, keys: str, path: Path) -> BadInput:
    message = f"{node.name} is a list: name its entry, {node.name}{keys}"
    return BadInput(Fault("missing-attribute", message, str(path)))


def _typed(child: DataNode, texts: Sequence[str] | None, path: Path) -> tuple[Value, ...] | None:
    """The key values of a step, or None where it names the whole node."""
    if texts is None:
        return None
    here = str(path.child(child))
    if isinstance(child, LeafList) and len(texts) == 1:
        return (_value(child.type, child, texts[0], here),)
    if not isinstance(child, List):
        raise BadInput(Fault("invalid-value", f"{child.name} takes no key: it is not a list", here))
    if not child.keys:
        if len(texts) == 1 and _POSITION(texts[0]):
            return (int(texts[0]) - 1,)
        raise BadInput(
            Fault("invalid-value", f"{child.name} has no keys: name an entry by its position, from 1", here)
        )
    if len(texts) != len(child.keys):
        wanted = ",".join(child.keys)
        message = f"{child.name} has {len(child.keys)} key{'s' * (len(child.keys) > 1)} ({wanted}), not {len(texts)}"
        raise BadInput(
            Fault("missing-attribute" if len(texts) < len(child.keys) else "unknown-attribute", message, here)
        )
    values = []
    for name, text in zip(child.keys, texts, strict=True):
        leaf = child.children[name]
        if isinstance(leaf, Leaf):
            values.append(_value(leaf.type, leaf, text, here))
    return tuple(values)


def _value(kind: Type, node: DataNode, text: str, path: str) -> Value:
    try:
        return kind.parse(text, node.module)
    except InvalidValue as error:
        raise BadInput(
            Fault(
                "invalid-value",
                f"{node.name}: {error.message}",
                path,
                place=node.place,
                value=text,
                legal=error.legal,
            )
        ) from None


def _ordered(child: DataNode, predicates: list[Predicate], text: str, parent: Inner) -> list[str] | None:
    """The predicates' values in the order of the keys."""
    if not predicates:
        return None
    given = {name.removeprefix(f"{child.module}:"): value for name, value in predicates}
    if len(given) != len(predicates):
        raise BadInput(Fault("invalid-value", f"a key stands twice in {text!r}", value=text))
    names = (
        child.keys
        if isinstance(child, List) and child.keys
        else (".",)
        if isinstance(child, LeafList)
        else ("",)
    )
    if set(given) != set(names):
        wanted = "".join(f"[{name}=...]" for name in names)
        raise BadInput(
            Fault("invalid-value", f"{child.name} is named by {wanted or 'its position'}", value=text)
        )
    return [given[name] for name in names]


def _segments(text: str) -> list[tuple[str, list[Predicate]]]:
    """``/a/b[k='v']`` -> ``[("a", []), ("b", [("k", "v")])]``."""
    result: list[tuple[str, list[Predicate]]] = []
    at, size = 0, len(text)
    while at < size:
        if text[at] != "/":
            raise _broken(text, at)
        end = at + 1
        while end < size and text[end] not in "/[":
            end += 1
        name = text[at + 1 : end]
        if not name:
            raise _broken(text, at)
        predicates: list[Predicate] = []
        at = end
        while at < size and text[at] == "[":
            predicate, at = _predicate(text, at + 1)
            predicates.append(predicate)
        result.append((name, predicates))
    return result


def _predicate(text: str, at: int) -> tuple[Predicate, int]:
    end = at
    while end < len(text) and text[end] not in "=]":
        end += 1
    name = text[at:end].strip()
    if text[end : end + 1] == "]":
        return ("", name), end + 1
    at = end + 1
    while text[at : at + 1] == " ":
        at += 1
    mark = text[at : at + 1]
    if mark not in {"'", '"'}:
        raise _broken(text, at)
    letters: list[str] = []
    at += 1
    while True:
        end = text.find(mark, at)
        if end < 0:
            raise _broken(text, at)
        letters.append(text[at:end])
        if mark == "'" or text[end + 1 : end + 2] != mark:  # only double quotes are doubled
            break
        letters.append(mark)
        at = end + 2
    at = end + 1
    while text[at : at + 1] == " ":
        at += 1
    if text[at : at + 1] != "]":
        raise _broken(text, at)
    return (name, "".join(letters)), at + 1


def _broken(text: str, at: int) -> BadInput:
    return BadInput(
        Fault("invalid-value", f"not an instance path: {text!r} breaks at column {at + 1}", value=text)
    )
