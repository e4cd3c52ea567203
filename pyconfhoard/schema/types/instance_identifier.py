"""``instance-identifier`` (RFC 7950 section 9.13, RFC 7951 section 6.11), as far as syntax goes.

Names carry module names. The first name must have one; another keeps its own only if it differs
from that of the node above, and a name in a predicate if it differs from its list's. Given
redundantly they are dropped, so that the text is canonical but for what only a schema knows: the
order of keys and the canonical form of their values.

Quotes are single; double if the value holds a single quote; and if it holds both, double ones
with each ``"`` inside doubled, a form that XPath lacks and that means nothing else in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from pyconfhoard.schema.types.base import InvalidValue, Json, Value
from pyconfhoard.schema.types.messages import wrong_kind
from pyconfhoard.schema.types.string import illegal_character

__all__ = ["InstanceIdentifier", "InstanceStep", "format_instance", "parse_instance", "quoted"]

_NAME = r"[A-Za-z_][A-Za-z0-9_.-]*"
_STEP = re.compile(rf"/(?:({_NAME}):)?({_NAME})").match
_PREDICATE = re.compile(
    rf"""\[[ \t]*(?:
        (?:(?:({_NAME}):)?({_NAME})|\.) [ \t]*=[ \t]* (?:'([^']*)'|"((?:[^"]|"")*)")
        | ([1-9][0-9]*)
    )[ \t]*\]""",
    re.VERBOSE,
).match


@dataclass(frozen=True, slots=True)
class InstanceStep:
    """One step. At most one of ``keys``, ``value`` (a leaf-list entry) and ``position`` is given.

    ``module`` is always filled in. ``keys`` pairs each key's member name (with a module only where
    it differs from the list's) with its value's text; ``position`` counts from 1.
    """

    module: str
    name: str
    keys: tuple[tuple[str, str], ...] = ()
    value: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class InstanceIdentifier:
    """A value is its canonical text. Whether the instance exists (``require_instance``) and what
    its keys' types are is checked by the validation."""

    require_instance: bool = True

    @property
    def name(self) -> str:
        return "instance-identifier"

    def parse(self, text: str, module: str) -> str:
        return format_instance(parse_instance(text))

    def parse_qualified(self, text: str, resolve: Callable[[str], str]) -> str:
        """As :meth:`parse`, each prefix turned into a module name by ``resolve``."""
        return format_instance(parse_instance(text, resolve))

    def from_json(self, raw: Json, module: str) -> str:
        if type(raw) is not str:
            raise wrong_kind("instance-identifier", "a JSON string", raw)
        return self.parse(raw, module)

    def to_json(self, value: Value) -> Json:
        return value

    def text(self, value: Value) -> str:
        return str(value)

    def legal(self) -> tuple[str, ...]:
        return ()

    def holds(self, value: object) -> bool:
        if type(value) is not str:
            return False
        try:
            return self.parse(value, "") == value
        except InvalidValue:
            return False

    def record(self) -> Json:
        return ["instance-identifier", self.require_instance]


def quoted(text: str) -> str:
    """A predicate's value in quotes, by the rule at the head of this module."""
    if "'" not in text:
        return f"'{text}'"
    return '"' + text.replace('"', '""') + '"'


def parse_instance(text: str, resolve: Callable[[str], str] = str) -> tuple[InstanceStep, ...]:
    """The steps of an instance-identifier. Raises :class:`InvalidValue` with the column."""
    if illegal := illegal_character(text):
        raise InvalidValue(f"an instance-identifier cannot hold the character {illegal}")
    steps: list[InstanceStep] = []
    module = ""
    at = 0
    while at < len(text) or not steps:
        found = _STEP(text, at)
        if not found:
            raise _malformed("a step such as /module:name", at)
        prefix, name = found.groups()
        module = resolve(prefix) if prefix else module
        if not module:
            raise InvalidValue("the first name of an instance-identifier needs its module: /module:name")
        at = found.end()
        step = InstanceStep(module, name)
        while text.startswith("[", at):
            step, at = _predicate(text, at, step, resolve)
        steps.append(step)
    return tuple(steps)


def format_instance(steps: tuple[InstanceStep, ...]) -> str:
    """The canonical text; :func:`parse_instance` undone."""
    words: list[str] = []
    module = ""
    for step in steps:
        words.append(f"/{step.name}" if step.module == module else f"/{step.module}:{step.name}")
        words.extend(f"[{name}={quoted(value)}]" for name, value in step.keys)
        if step.value is not None:
            words.append(f"[.={quoted(step.value)}]")
        if step.position is not None:
            words.append(f"[{step.position}]")
        module = step.module
    return "".join(words)


def _predicate(
    text: str, at: int, step: InstanceStep, resolve: Callable[[str], str]
) -> tuple[InstanceStep, int]:
    found = _PREDICATE(text, at)
    if not found:
        raise _malformed("a predicate such as [name='value'], [.='value'] or [1]", at)
    prefix, name, single, double, position = found.groups()
    value = single if single is not None else (double or "").replace('""', '"')
    if step.value is not None or step.position is not None or (name is None and step.keys):
        raise _malformed("no other predicate beside [.='value'] or [position]", at)
    if position:
        return replace(step, position=int(position)), found.end()
    if name is None:
        return replace(step, value=value), found.end()
    module = resolve(prefix) if prefix else step.module
    member = name if module == step.module else f"{module}:{name}"
    if any(member == key for key, _ in step.keys):
        raise _malformed(f"the key {member!r} once only", at)
    return replace(step, keys=(*step.keys, (member, value))), found.end()


def _malformed(expected: str, at: int) -> InvalidValue:
    return InvalidValue(f"malformed instance-identifier: expected {expected} at column {at + 1}")
