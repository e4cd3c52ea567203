"""Types to JSON-able records and back, for the schema cache.

``type.record()`` is a list whose first element is the built-in type's name;
:func:`from_record` undoes it, so that ``from_record(type.record()) == type``.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from pyconfhoard.schema.expression import XPath
from pyconfhoard.schema.types.base import Json, Type
from pyconfhoard.schema.types.binary import Binary
from pyconfhoard.schema.types.bits import Bits
from pyconfhoard.schema.types.boolean import Boolean
from pyconfhoard.schema.types.decimal64 import Decimal64
from pyconfhoard.schema.types.empty import EmptyType
from pyconfhoard.schema.types.enumeration import Enumeration
from pyconfhoard.schema.types.identityref import Identityref
from pyconfhoard.schema.types.instance_identifier import InstanceIdentifier
from pyconfhoard.schema.types.integer import BOUNDS, Integer
from pyconfhoard.schema.types.leafref import Leafref
from pyconfhoard.schema.types.restrictions import Lengths, Pattern, Ranges
from pyconfhoard.schema.types.string import String
from pyconfhoard.schema.types.union import Union

__all__ = ["from_record", "record"]


def record(type_: Type) -> Json:
    """``type_`` as lists, dicts, strings, numbers and booleans."""
    return type_.record()


def from_record(record: Json) -> Type:
    """The type that :func:`record` was given.

    Raises ``ValueError`` for a record of an unknown type. Records come from our own cache, whose
    integrity is the reader's to check: what else may be wrong with them is not looked for.
    """
    build = _BUILDERS.get(record[0])
    if build is None:
        raise ValueError(f"no type is recorded as {record[0]!r}")
    return build(record)


def _lengths(records: Json) -> tuple[Lengths, ...]:
    return tuple(Ranges.from_record(link, int) for link in records)


def _leafref(record: Json) -> Leafref:
    text, module, prefixes = record[1]
    return Leafref(XPath(text, module, prefixes), from_record(record[2]), record[3])


_BUILDERS: Final[dict[str, Callable[[Json], Type]]] = {
    **dict.fromkeys(BOUNDS, lambda record: Integer(record[0], _lengths(record[1]))),
    "decimal64": lambda record: Decimal64(
        record[1], tuple(Ranges.from_record(link, Decimal) for link in record[2])
    ),
    "boolean": lambda record: Boolean(),
    "string": lambda record: String(_lengths(record[1]), tuple(map(Pattern.from_record, record[2]))),
    "binary": lambda record: Binary(_lengths(record[1])),
    "enumeration": lambda record: Enumeration(record[1]),
    "bits": lambda record: Bits(record[1]),
    "identityref": lambda record: Identityref(tuple(record[1]), frozenset(record[2])),
    "instance-identifier": lambda record: InstanceIdentifier(record[1]),
    "leafref": _leafref,
    "union": lambda record: Union(tuple(map(from_record, record[1]))),
    "empty": lambda record: EmptyType(),
}
