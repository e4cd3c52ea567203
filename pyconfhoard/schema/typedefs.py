"""The defaults of typedefs, whether a leaf takes them or not (RFC 7950 section 7.3.4).

pyang looks at them too, but not with every type: where it has lost a restriction that it thinks wrong, it lets
any value pass. A typedef of a leafref waits for a leaf, which alone says where its path leads.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from pyconfhoard.schema.compile_types import TypeCompiler
from pyconfhoard.schema.expression import XPath
from pyconfhoard.schema.faults import Faults
from pyconfhoard.schema.stmt import Statement, origin_of, prefixes_of, tree
from pyconfhoard.schema.types import InvalidValue, parse_default

__all__ = ["check_typedefs"]


class _NeedsLeafError(Exception):
    """The type has a leafref in it."""


def check_typedefs(parts: Iterable[Statement], types: TypeCompiler, faults: Faults) -> None:
    """Look at all typedefs of some modules and submodules."""
    for part in parts:
        for stmt in tree(part):
            default = stmt.search_one("default") if stmt.keyword == "typedef" else None
            if default is not None:
                _check(stmt, default, types, faults)


def _check(typedef: Statement, default: Statement, types: TypeCompiler, faults: Faults) -> None:
    try:
        kind = types.compile(typedef.search_one("type"), origin_of(typedef), _no_leaf)
        parse_default(kind, default.arg, origin_of(default), prefixes_of(default))
    except _NeedsLeafError:
        return
    except InvalidValue as reason:
        message = f"the default of the typedef {typedef.arg} does not match its type: {reason.message}"
        faults.add(default, message, value=default.arg, legal=reason.legal)


def _no_leaf(path: XPath, at: Statement) -> NoReturn:
    raise _NeedsLeafError
