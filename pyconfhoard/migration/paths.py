"""Paths in rules: ``/brewery:kettle[name='mash']/setpoint``.

As an instance-identifier, but a list without keys stands for all of its entries, and a name without a module is of
the one before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.migration.loose import Loose, LooseLeaf, Names

__all__ = ["Keys", "RulePath", "Step", "holds", "parse_rule_path", "qualified"]

Keys: TypeAlias = tuple[tuple[str, str], ...]
"""Name (``module:name``) and text of key leaves."""

_STEP: Final = re.compile(r"/([^/\[\]'\"]+)((?:\[[^=\[\]]+=(?:'[^']*'|\"[^\"]*\")\])*)")
_KEY: Final = re.compile(r"\[\s*([^=\[\]\s]+)\s*=(?:'([^']*)'|\"([^\"]*)\")\]")


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    """``module:name``."""
    keys: Keys = ()


@dataclass(frozen=True, slots=True)
class RulePath:
    """``text`` is as it was written."""

    text: str
    steps: tuple[Step, ...]

    @property
    def names(self) -> Names:
        return tuple(step.name for step in self.steps)

    def __str__(self) -> str:
        return self.text


def qualified(name: str, module: str) -> str:
    """``name`` with its module, which is ``module`` unless it says another."""
    return name if ":" in name else f"{module}:{name}"


def parse_rule_path(text: str) -> RulePath:
    """Raises :class:`BadInput` for a text that is no such path."""
    steps: list[Step] = []
    at, module = 0, ""
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None:
            raise _bad(text, "it does not go on with a name after a slash")
        name = found[1].strip()
        if ":" not in name and not module:
            raise _bad(text, "its first name has no module")
        name = qualified(name, module)
        module = name.partition(":")[0]
        keys = tuple((qualified(key[1], module), key[2] or key[3] or "") for key in _KEY.finditer(found[2]))
        steps.append(Step(name, keys))
        at = found.end()
    if not steps:
        raise _bad(text, "it is empty")
    return RulePath(text, tuple(steps))


def _bad(text: str, why: str) -> BadInput:
    message = f"this is no path of a rule: {why}; it should be like /brewery:kettle/setpoint"
    return BadInput(Fault("invalid-value", message, value=text))


def holds(keys: Keys, entry: Loose) -> bool:
    """Whether an entry has these keys."""
    return all(
        isinstance(leaf := entry.members.get(name), LooseLeaf) and leaf.text == text for name, text in keys
    )
