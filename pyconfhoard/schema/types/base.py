"""What every YANG type is to the rest of the program: four conversions and a record.

A type turns text (XML, CLI, keys in paths, defaults) or RFC 7951 JSON into a **canonical Python
value**, and back. Canonical means: two values are the same YANG value exactly when they are
``==`` and of the same Python type.

==================== ==========================================================
YANG built-in        Python value
==================== ==========================================================
int8 .. uint64       ``int``
decimal64            ``decimal.Decimal``
boolean              ``bool``
string, enumeration  ``str``
identityref          ``str``, always ``module:identity``
instance-identifier  ``str``, canonical text (RFC 7951 section 6.11 form)
bits                 ``tuple[str, ...]`` in order of position
binary               ``bytes``
empty                :data:`EMPTY`
leafref, union       what the target or the matching member gives
==================== ==========================================================
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

__all__ = ["EMPTY", "Empty", "InvalidValue", "Json", "Type", "Value"]


class Empty(Enum):
    """The one value of the built-in type ``empty``."""

    EMPTY = "empty"

    def __repr__(self) -> str:
        return "EMPTY"


EMPTY: Final = Empty.EMPTY

Value: TypeAlias = bool | int | str | Decimal | bytes | tuple[str, ...] | Empty
Json: TypeAlias = Any
"""What ``json.loads`` gives."""


class InvalidValue(ValueError):
    """A value outside its type: ``message`` in plain words, the model's ``app_tag``, legal words."""

    def __init__(self, message: str, *, app_tag: str = "", legal: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.app_tag = app_tag
        self.legal = legal


@runtime_checkable
class Type(Protocol):
    """A resolved YANG type: frozen, shared by the leaves that use it.

    ``module`` is the name of the module of the *leaf*, for names without a prefix
    (RFC 7951 section 6.8). All four conversions raise :class:`InvalidValue` only.
    """

    @property
    def name(self) -> str:
        """The built-in type's name, e.g. ``uint8``."""

    def parse(self, text: str, module: str) -> Value:
        """Lexical form (RFC 7950 section 9) to value; identities as ``module:name`` or bare."""

    def from_json(self, raw: Json, module: str) -> Value:
        """RFC 7951 section 6 form to value."""

    def to_json(self, value: Value) -> Json:
        """Value to RFC 7951 section 6 form."""

    def text(self, value: Value) -> str:
        """The canonical lexical form (decimal64 with at least one digit after the point)."""

    def legal(self) -> tuple[str, ...]:
        """Every legal word if they can be listed (enumeration, boolean, bits, identityref), else ()."""

    def holds(self, value: object) -> bool:
        """Whether ``value`` is a canonical Python value of this type, all restrictions included."""

    def record(self) -> Json:
        """A JSON-able form for the schema cache; :func:`records.from_record` undoes it."""
