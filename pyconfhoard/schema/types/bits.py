"""``bits`` (RFC 7950 section 9.7): a set of named flags, kept in the order of their positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyconfhoard.schema.types.base import InvalidValue, Json, Value
from pyconfhoard.schema.types.messages import not_one_of, wrong_kind

__all__ = ["Bits"]


@dataclass(frozen=True, slots=True)
class Bits:
    """``bits`` maps each name to its position."""

    bits: Mapping[str, int] = field(hash=False)
    _ordered: tuple[str, ...] = field(init=False, repr=False, compare=False, hash=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ordered", tuple(sorted(self.bits, key=self.bits.__getitem__)))

    @property
    def name(self) -> str:
        return "bits"

    def parse(self, text: str, module: str) -> tuple[str, ...]:
        """Names in any order, separated by white space, each at most once."""
        names = text.replace("\t", " ").replace("\n", " ").replace("\r", " ").split(" ")
        chosen: set[str] = set()
        for name in filter(None, names):
            if name not in self.bits:
                raise not_one_of(f"no such bit {name[:80]!r}", self._ordered)
            if name in chosen:
                raise InvalidValue(f"the bit {name!r} is given twice", legal=self._ordered)
            chosen.add(name)
        return tuple(sorted(chosen, key=self.bits.__getitem__))

    def from_json(self, raw: Json, module: str) -> tuple[str, ...]:
        if type(raw) is str:
            return self.parse(raw, module)
        raise wrong_kind("bits", "a JSON string of names separated by blanks", raw)

    def to_json(self, value: Value) -> Json:
        return self.text(value)

    def text(self, value: Value) -> str:
        assert isinstance(value, tuple)  # noqa: S101 - narrows the union for the type checker
        return " ".join(value)

    def legal(self) -> tuple[str, ...]:
        return self._ordered

    def holds(self, value: object) -> bool:
        if not isinstance(value, tuple) or not all(name in self.bits for name in value):
            return False
        return value == tuple(sorted(set(value), key=self.bits.__getitem__))

    def record(self) -> Json:
        return ["bits", dict(self.bits)]
