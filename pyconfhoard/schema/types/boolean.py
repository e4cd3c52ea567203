"""``boolean`` (RFC 7950 section 9.5): the words ``true`` and ``false``, the JSON literals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyconfhoard.schema.types.base import Json, Value
from pyconfhoard.schema.types.messages import not_one_of, wrong_kind

__all__ = ["Boolean"]

_WORDS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Boolean:
    """Takes no restrictions; all instances are equal."""

    @property
    def name(self) -> str:
        return "boolean"

    def parse(self, text: str, module: str) -> bool:
        value = _WORDS.get(text)
        if value is None:
            raise not_one_of("not a boolean", self.legal())
        return value

    def from_json(self, raw: Json, module: str) -> bool:
        if raw is True or raw is False:
            return raw
        raise wrong_kind("boolean", "true or false, without quotes", raw)

    def to_json(self, value: Value) -> Json:
        return value

    def text(self, value: Value) -> str:
        return "true" if value else "false"

    def legal(self) -> tuple[str, ...]:
        return ("true", "false")

    def holds(self, value: object) -> bool:
        return type(value) is bool

    def record(self) -> Json:
        return ["boolean"]
