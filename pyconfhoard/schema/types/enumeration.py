"""``enumeration`` (RFC 7950 section 9.6): one of a list of names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyconfhoard.schema.types.base import Json, Value
from pyconfhoard.schema.types.messages import not_one_of, wrong_kind

__all__ = ["Enumeration"]


@dataclass(frozen=True, slots=True)
class Enumeration:
    """``enums`` maps each name to its integer value, in the order of the model."""

    enums: Mapping[str, int] = field(hash=False)
    _names: tuple[str, ...] = field(init=False, repr=False, compare=False, hash=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_names", tuple(self.enums))

    @property
    def name(self) -> str:
        return "enumeration"

    def parse(self, text: str, module: str) -> str:
        if text in self.enums:
            return text
        raise not_one_of("not a value of the enumeration", self._names)

    def from_json(self, raw: Json, module: str) -> str:
        if type(raw) is not str:
            raise wrong_kind("enumeration", "a JSON string", raw)
        return self.parse(raw, module)

    def to_json(self, value: Value) -> Json:
        return value

    def text(self, value: Value) -> str:
        return str(value)

    def legal(self) -> tuple[str, ...]:
        return self._names

    def holds(self, value: object) -> bool:
        return type(value) is str and value in self.enums

    def record(self) -> Json:
        return ["enumeration", dict(self.enums)]
