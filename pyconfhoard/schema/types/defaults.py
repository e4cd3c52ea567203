"""The argument of a ``default`` statement, which is not quite the lexical form of data.

Integers may be hexadecimal or octal (RFC 7950 section 9.2.1), and the prefixes of identities and
instance-identifiers are those of the module that wrote the statement (sections 9.10.3, 9.13.2).
"""

from __future__ import annotations

from collections.abc import Mapping

from pyconfhoard.schema.types.base import InvalidValue, Type, Value
from pyconfhoard.schema.types.identityref import Identityref
from pyconfhoard.schema.types.instance_identifier import InstanceIdentifier
from pyconfhoard.schema.types.integer import Integer, default_integer
from pyconfhoard.schema.types.leafref import Leafref
from pyconfhoard.schema.types.union import Union

__all__ = ["parse_default"]


def parse_default(type_: Type, text: str, module: str, prefixes: Mapping[str, str]) -> Value:
    """The value of ``default text`` written in ``module``, where ``prefixes`` mean modules.

    Raises :class:`InvalidValue`.
    """
    match type_:
        case Integer():
            return default_integer(type_, text)
        case Identityref():
            prefix, colon, name = text.rpartition(":")
            return type_.parse(f"{_module(prefix, prefixes)}:{name}" if colon else text, module)
        case InstanceIdentifier():
            return type_.parse_qualified(text, lambda prefix: _module(prefix, prefixes))
        case Leafref():
            return parse_default(type_.target, text, module, prefixes)
        case Union():
            return type_.first(lambda member: parse_default(member, text, module, prefixes))
    return type_.parse(text, module)


def _module(prefix: str, prefixes: Mapping[str, str]) -> str:
    if prefix not in prefixes:
        raise InvalidValue(f"the prefix {prefix!r} is not declared in this module")
    return prefixes[prefix]
