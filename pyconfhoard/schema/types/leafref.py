"""``leafref`` (RFC 7950 section 9.9): has the type of the leaf that its path leads to.

Whether a leaf with that value exists is a matter of instance data (section 9.9.3) and checked by
the validation, from :attr:`Leafref.path`.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyconfhoard.schema.expression import XPath
from pyconfhoard.schema.types.base import Json, Type, Value

__all__ = ["Leafref"]


@dataclass(frozen=True, slots=True)
class Leafref:
    """``target``: the type of the referred leaf, itself a leafref in a chain of them."""

    path: XPath
    target: Type
    require_instance: bool = True

    @property
    def name(self) -> str:
        return "leafref"

    @property
    def final(self) -> Type:
        """The type at the end of the chain; never a leafref."""
        target = self.target
        while isinstance(target, Leafref):
            target = target.target
        return target

    def parse(self, text: str, module: str) -> Value:
        return self.target.parse(text, module)

    def from_json(self, raw: Json, module: str) -> Value:
        return self.target.from_json(raw, module)

    def to_json(self, value: Value) -> Json:
        return self.target.to_json(value)

    def text(self, value: Value) -> str:
        return self.target.text(value)

    def legal(self) -> tuple[str, ...]:
        return self.target.legal()

    def holds(self, value: object) -> bool:
        return self.target.holds(value)

    def record(self) -> Json:
        path = [self.path.text, self.path.module, dict(self.path.prefixes)]
        return ["leafref", path, self.target.record(), self.require_instance]
