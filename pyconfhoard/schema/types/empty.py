"""``empty`` (RFC 7950 section 9.11): it is there or not. Text ``""``, JSON ``[null]``."""

from __future__ import annotations

from dataclasses import dataclass

from pyconfhoard.schema.types.base import EMPTY, Empty, InvalidValue, Json, Value
from pyconfhoard.schema.types.messages import wrong_kind

__all__ = ["EmptyType"]


@dataclass(frozen=True, slots=True)
class EmptyType:
    """Takes no restrictions; all instances are equal."""

    @property
    def name(self) -> str:
        return "empty"

    def parse(self, text: str, module: str) -> Empty:
        if text:
            raise InvalidValue("empty takes no value")
        return EMPTY

    def from_json(self, raw: Json, module: str) -> Empty:
        if raw == [None]:
            return EMPTY
        raise wrong_kind("empty", "[null] (RFC 7951 section 6.9)", raw)

    def to_json(self, value: Value) -> Json:
        return [None]

    def text(self, value: Value) -> str:
        return ""

    def legal(self) -> tuple[str, ...]:
        return ()

    def holds(self, value: object) -> bool:
        return value is EMPTY

    def record(self) -> Json:
        return ["empty"]
