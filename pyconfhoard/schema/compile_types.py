"""``type`` statements to :mod:`types <pyconfhoard.schema.types>`.

A type statement names a built-in type or a typedef, whose own type statement names another, and so
on: a *chain*. It is compiled from its end: the built-in type first, then the restrictions of each
link, the outermost base first. A chain without a leafref gives the same type wherever it is used,
and is compiled once. The type of a leafref is that of the leaf where its path leads from *this*
leaf, which is the business of :mod:`pyconfhoard.schema.leafrefs`; so it comes in as a function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias, TypeVar

from pyconfhoard.schema.expression import XPath
from pyconfhoard.schema.faults import Faults
from pyconfhoard.schema.rules import check_bases
from pyconfhoard.schema.stmt import (
    Statement,
    module_of,
    origin_of,
    prefixes_of,
    text_of,
    type_chain,
)
from pyconfhoard.schema.types import (
    Binary,
    Bits,
    Boolean,
    Decimal64,
    EmptyType,
    Enumeration,
    Identityref,
    InstanceIdentifier,
    Integer,
    Leafref,
    Pattern,
    Ranges,
    String,
    Type,
    Union,
)
from pyconfhoard.schema.types.integer import BOUNDS
from pyconfhoard.schema.types.restrictions import parse_parts
from pyconfhoard.schema.types.string import LONGEST

_Bound = TypeVar("_Bound", int, Decimal)

__all__ = ["Target", "TypeCompiler", "default_of", "typedef_of", "units_of"]

Target: TypeAlias = Callable[[XPath, Statement], Type]
"""Gives the type of the leaf that a path leads to; the statement is its ``path``."""

Words: TypeAlias = dict[str, int]


class TypeCompiler:
    """Compiles type statements; ``derived`` maps an identity to those derived from it."""

    def __init__(self, derived: Mapping[str, frozenset[str]], faults: Faults) -> None:
        self._derived = derived
        self._faults = faults
        self._done: dict[int, Type] = {}
        """Context-free types by the identity of their statement, which outlives this object."""

    def compile(self, type_stmt: Statement, module: str, target: Target) -> Type:
        """The type of a leaf of ``module``. What is wrong is noted in the faults."""
        known = self._done.get(id(type_stmt))
        if known is not None:
            return known
        chain = list(type_chain(type_stmt))[::-1]
        compiled = _COMPILERS[chain[0].arg](self, chain, module, target)
        if not _has_leafref(compiled):
            self._done[id(type_stmt)] = compiled
        return compiled

    def _integer(self, chain: list[Statement], module: str, target: Target) -> Type:
        name = chain[0].arg
        ranges: list[Ranges[int]] = []
        parts: tuple[tuple[int, int], ...] = (BOUNDS[name],)
        for stmt in _each(chain, "range"):
            parts = self._parts(stmt, parts, _whole)
            ranges.append(Ranges(parts, text_of(stmt, "error-message"), text_of(stmt, "error-app-tag")))
        return Integer(name, tuple(ranges))

    def _decimal64(self, chain: list[Statement], module: str, target: Target) -> Type:
        digits = int(text_of(chain[0], "fraction-digits", "1"))
        plain = Decimal64(digits)
        ranges: list[Ranges[Decimal]] = []
        parts = plain.parts
        for stmt in _each(chain, "range"):
            parts = self._parts(stmt, parts, _decimal)
            ranges.append(Ranges(parts, text_of(stmt, "error-message"), text_of(stmt, "error-app-tag")))
        return Decimal64(digits, tuple(ranges))

    def _string(self, chain: list[Statement], module: str, target: Target) -> Type:
        patterns = [
            Pattern(
                stmt.arg,
                text_of(stmt, "modifier") == "invert-match",
                text_of(stmt, "error-message"),
                text_of(stmt, "error-app-tag"),
            )
            for stmt in _each(chain, "pattern")
        ]
        for pattern, stmt in zip(patterns, _each(chain, "pattern"), strict=True):
            try:
                pattern.check()
            except ValueError as reason:
                self._faults.add(stmt, f"the pattern {stmt.arg!r} cannot be used: {reason}")
        return String(self._lengths(chain), tuple(patterns))

    def _binary(self, chain: list[Statement], module: str, target: Target) -> Type:
        return Binary(self._lengths(chain))

    def _lengths(self, chain: list[Statement]) -> tuple[Ranges[int], ...]:
        lengths: list[Ranges[int]] = []
        parts: tuple[tuple[int, int], ...] = ((0, LONGEST),)
        for stmt in _each(chain, "length"):
            parts = self._parts(stmt, parts, int)
            lengths.append(Ranges(parts, text_of(stmt, "error-message"), text_of(stmt, "error-app-tag")))
        return tuple(lengths)

    def _parts(
        self, stmt: Statement, base: tuple[tuple[_Bound, _Bound], ...], convert: Callable[[str], _Bound]
    ) -> tuple[tuple[_Bound, _Bound], ...]:
        try:
            return parse_parts(stmt.arg, base, convert)
        except (ValueError, InvalidOperation) as reason:
            self._faults.add(stmt, f"{stmt.keyword} {stmt.arg!r}: {reason}")
            return base

    def _enumeration(self, chain: list[Statement], module: str, target: Target) -> Type:
        words, kept = _words(chain, "enum", "value")
        return Enumeration({word: words[word] for word in kept})

    def _bits(self, chain: list[Statement], module: str, target: Target) -> Type:
        words, kept = _words(chain, "bit", "position")
        return Bits({word: words[word] for word in kept})

    def _identityref(self, chain: list[Statement], module: str, target: Target) -> Type:
        check_bases(chain[0], self._faults)
        bases = tuple(
            f"{module_of(base.i_identity)}:{base.i_identity.arg}" for base in chain[0].search("base")
        )
        allowed = frozenset.intersection(*(self._derived.get(base, frozenset()) for base in bases))
        return Identityref(bases, allowed)

    def _instance_identifier(self, chain: list[Statement], module: str, target: Target) -> Type:
        return InstanceIdentifier(_requires_instance(chain))

    def _leafref(self, chain: list[Statement], module: str, target: Target) -> Type:
        path = chain[0].search_one("path")
        in_typedef = len(chain) > 1
        # RFC 6020 left open what a name without a prefix means in a typedef; YANG 1.1 (RFC 7950
        # section 9.9.2) takes the leaf's module, and modules of version 1 are read as pyang does.
        old = in_typedef and path.i_orig_module.i_version == "1"
        xpath = XPath(path.arg, origin_of(path) if old else module, prefixes_of(path))
        return Leafref(xpath, target(xpath, path), _requires_instance(chain))

    def _union(self, chain: list[Statement], module: str, target: Target) -> Type:
        return Union(tuple(self.compile(member, module, target) for member in chain[0].search("type")))

    def _boolean(self, chain: list[Statement], module: str, target: Target) -> Type:
        return Boolean()

    def _empty(self, chain: list[Statement], module: str, target: Target) -> Type:
        return EmptyType()


_Compiler: TypeAlias = Callable[[TypeCompiler, list[Statement], str, Target], Type]

_COMPILERS: Final[dict[str, _Compiler]] = {
    **dict.fromkeys(BOUNDS, TypeCompiler._integer),
    "binary": TypeCompiler._binary,
    "bits": TypeCompiler._bits,
    "boolean": TypeCompiler._boolean,
    "decimal64": TypeCompiler._decimal64,
    "empty": TypeCompiler._empty,
    "enumeration": TypeCompiler._enumeration,
    "identityref": TypeCompiler._identityref,
    "instance-identifier": TypeCompiler._instance_identifier,
    "leafref": TypeCompiler._leafref,
    "string": TypeCompiler._string,
    "union": TypeCompiler._union,
}
"""By built-in type."""


def typedef_of(type_stmt: Statement) -> str:
    """The typedef that a type statement names, as ``module:name``; empty for a built-in type."""
    typedef = type_stmt.i_typedef
    return "" if typedef is None else f"{origin_of(typedef)}:{typedef.arg}"


def default_of(type_stmt: Statement) -> Statement | None:
    """The ``default`` statement that a type inherits from its typedefs: the nearest one."""
    for link in type_chain(type_stmt):
        if link.i_typedef is not None:
            found = link.i_typedef.search_one("default")
            if found is not None:
                return found
    return None


def units_of(leaf: Statement) -> str:
    """The ``units`` of a leaf or leaf-list, else those of the nearest typedef."""
    if leaf.search_one("units") is not None:
        return text_of(leaf, "units")
    for link in type_chain(leaf.search_one("type")):
        if link.i_typedef is not None and link.i_typedef.search_one("units") is not None:
            return text_of(link.i_typedef, "units")
    return ""


def _each(chain: list[Statement], keyword: str) -> list[Statement]:
    return [stmt for link in chain for stmt in link.search(keyword)]


def _requires_instance(chain: list[Statement]) -> bool:
    return all(stmt.arg == "true" for stmt in _each(chain, "require-instance")[-1:])


def _words(chain: list[Statement], keyword: str, number: str) -> tuple[Words, list[str]]:
    """The numbers of all words ever defined in a chain, and the words that are left at its end.

    A word without a number takes the next one above the highest before it, whether or not features
    leave that one in (RFC 7950 sections 9.6.4.2 and 9.7.4.2); a word that a derived type repeats
    keeps its number.
    """
    numbers: Words = {}
    kept: list[str] = []
    for link in chain:
        defined = link.search(keyword)
        if not defined:
            continue
        highest: int | None = None
        for stmt in defined:
            given = stmt.search_one(number)
            if given is not None:
                value = int(given.arg)
            elif stmt.arg in numbers:
                value = numbers[stmt.arg]
            else:
                value = 0 if highest is None else highest + 1
            numbers[stmt.arg] = value
            highest = value if highest is None else max(highest, value)
        kept = [stmt.arg for stmt in defined if not hasattr(stmt, "i_not_implemented")]
    return numbers, kept


def _has_leafref(type_: Type) -> bool:
    if isinstance(type_, Union):
        return any(_has_leafref(member) for member in type_.members)
    return isinstance(type_, Leafref)


def _whole(text: str) -> int:
    return int(text, 0) if text.lstrip("+-").startswith("0x") else int(text)


def _decimal(text: str) -> Decimal:
    return Decimal(text)
