"""Stored values that are paths of nodes: where a rule moves a node, they go along.

They are those of type instance-identifier, and the paths of access rules (RFC 8341), which would otherwise no longer protect
what they were written for. What else refers to data (leafrefs) holds the other's value, not its name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pyconfhoard.migration.change import moved_names
from pyconfhoard.migration.loose import Item, Loose, LooseLeaf, LooseValues
from pyconfhoard.migration.paths import Keys, Step, qualified
from pyconfhoard.migration.rules import Stage
from pyconfhoard.schema.types.instance_identifier import quoted

__all__ = ["carried_reference", "carry_references"]

_STEP: Final = re.compile(r"/([^/\[\]'\"]+)((?:\[(?:[^\]'\"]|'[^']*'|\"[^\"]*\")*\])*)")
_KEY: Final = re.compile(r"\[\s*([^=\[\]\s'\"]+)\s*=\s*('[^']*'|\"[^\"]*\"|\$[^\]\s]+)\s*\]")


def carry_references(loose: Loose, stages: Sequence[Stage]) -> None:
    """Change the paths among the values of ``loose``, in place, by the rules of all stages."""
    for name, item in loose.members.items():
        if isinstance(item, list):
            for entry in item:
                carry_references(entry, stages)
        elif isinstance(item, Loose):
            carry_references(item, stages)
        else:
            loose.members[name] = _carried(item, stages)


def _carried(item: Item, stages: Sequence[Stage]) -> Item:
    if isinstance(item, LooseLeaf) and item.refers:
        text = carried_reference(item.text, stages)
        return replace(item, json=text, text=text)
    if isinstance(item, LooseValues) and any(value.refers for value in item.values):
        values = [_carried(value, stages) for value in item.values]
        return replace(item, values=tuple(value for value in values if isinstance(value, LooseLeaf)))
    return item


def carried_reference(text: str, stages: Sequence[Stage]) -> str:
    """The path after all stages; ``text`` itself where nothing on it moved, where it goes away, or where it is no path."""
    steps = _parsed(text)
    before = steps
    for stage in stages:
        steps = None if steps is None else _moved(steps, stage)
    return text if steps is None or steps == before else _text(steps)


def _moved(steps: tuple[Step, ...], stage: Stage) -> tuple[Step, ...] | None:
    moved = moved_names(steps, stage)
    if moved is None:
        return None
    keys = {
        step.keys: tuple([(_key(steps[:size], name, stage), value) for name, value in step.keys])
        for size, step in enumerate(steps, 1)
    }
    return tuple([replace(step, keys=keys.get(step.keys, step.keys)) for step in moved])


def _key(steps: tuple[Step, ...], name: str, stage: Stage) -> str:
    """What a key leaf is called then."""
    moved = moved_names((*steps, Step(name)), stage)
    return name if moved is None else moved[-1].name


def _parsed(text: str) -> tuple[Step, ...] | None:
    """Steps whose keys have their values as they are written but for quotes; a variable keeps its ``$``, and a text that
    begins with one its quotes. None for what is no path, or has predicates other than keys."""
    steps: list[Step] = []
    at, module = 0, ""
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None or (":" not in found[1] and not module):
            return None
        name = qualified(found[1].strip(), module)
        module = name.partition(":")[0]
        keys: Keys = tuple((qualified(key[1], module), _value(key[2])) for key in _KEY.finditer(found[2]))
        if _KEY.sub("", found[2]):
            return None
        steps.append(Step(name, keys))
        at = found.end()
    return tuple(steps) or None


def _value(word: str) -> str:
    return word[1:-1] if word[0] in "'\"" and not word[1:].startswith("$") else word


def _text(steps: Sequence[Step]) -> str:
    text, module = "", ""
    for step in steps:
        own = step.name.partition(":")[0]
        text += "/" + _short(step.name, module)
        for name, value in step.keys:
            word = value if value.startswith(("$", "'$", '"$')) else quoted(value)
            text += f"[{_short(name, own)}={word}]"
        module = own
    return text


def _short(name: str, module: str) -> str:
    own, _, bare = name.partition(":")
    return bare if own == module else name
