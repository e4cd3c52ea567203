"""YANG's types, one small module each. What they have in common is :class:`base.Type`."""

from pyconfhoard.schema.types.base import EMPTY, Empty, InvalidValue, Type, Value
from pyconfhoard.schema.types.binary import Binary
from pyconfhoard.schema.types.bits import Bits
from pyconfhoard.schema.types.boolean import Boolean
from pyconfhoard.schema.types.decimal64 import Decimal64
from pyconfhoard.schema.types.defaults import parse_default
from pyconfhoard.schema.types.empty import EmptyType
from pyconfhoard.schema.types.enumeration import Enumeration
from pyconfhoard.schema.types.identityref import Identityref
from pyconfhoard.schema.types.instance_identifier import InstanceIdentifier
from pyconfhoard.schema.types.integer import Integer
from pyconfhoard.schema.types.leafref import Leafref
from pyconfhoard.schema.types.records import from_record, record
from pyconfhoard.schema.types.restrictions import Lengths, Pattern, Ranges
from pyconfhoard.schema.types.string import String
from pyconfhoard.schema.types.union import Union

__all__ = [
    "EMPTY",
    "Binary",
    "Bits",
    "Boolean",
    "Decimal64",
    "Empty",
    "EmptyType",
    "Enumeration",
    "Identityref",
    "InstanceIdentifier",
    "Integer",
    "InvalidValue",
    "Leafref",
    "Lengths",
    "Pattern",
    "Ranges",
    "String",
    "Type",
    "Union",
    "Value",
    "from_record",
    "parse_default",
    "record",
]
