"""``identityref`` (RFC 7950 section 9.10): an identity derived from all of the bases."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from pyconfhoard.schema.types.base import Json, Value
from pyconfhoard.schema.types.messages import not_one_of, wrong_kind

__all__ = ["Identityref"]


@dataclass(frozen=True, slots=True)
class Identityref:
    """``bases`` and ``allowed`` hold ``module:identity``.

    ``allowed`` is every identity derived from each one of ``bases``, the bases themselves not
    included (RFC 7950 section 9.10.2). A value is always ``module:identity``; in text and JSON
    the module may be left out if it is the leaf's own (RFC 7951 section 6.8).
    """

    bases: tuple[str, ...]
    allowed: AbstractSet[str]

    @property
    def name(self) -> str:
        return "identityref"

    def parse(self, text: str, module: str) -> str:
        value = text if ":" in text else f"{module}:{text}"
        if value in self.allowed:
            return value
        raise not_one_of(f"no identity derived from {' and '.join(self.bases)}", self.legal())

    def from_json(self, raw: Json, module: str) -> str:
        if type(raw) is not str:
            raise wrong_kind("identityref", "a JSON string", raw)
        return raw if raw in self.allowed else self.parse(raw, module)

    def to_json(self, value: Value) -> Json:
        return value

    def text(self, value: Value) -> str:
        return str(value)

    def legal(self) -> tuple[str, ...]:
        return tuple(sorted(self.allowed))

    def holds(self, value: object) -> bool:
        return type(value) is str and value in self.allowed

    def record(self) -> Json:
        return ["identityref", list(self.bases), sorted(self.allowed)]
