"""pyang's errors as ours: which of them stand, which are warnings, and their words.

Some of pyang's errors are its own; there our own compiler or parser decides. A path in a ``must`` or
``when`` that leads nowhere is no error (RFC 7950 section 6.4 leaves it an empty node-set), and stays
among the warnings, with the nearest name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from pyang import error

from pyconfhoard.errors import Fault, ModelError, Place
from pyconfhoard.schema.node_names import NodeNames
from pyconfhoard.schema.stmt import Statement, tree
from pyconfhoard.schema.types import Pattern
from pyconfhoard.xpath import parse

__all__ = ["judge"]

_PASSED: Final = frozenset(
    {"AUGMENT_MANDATORY", "LEAFREF_IDENTIFIER_NOT_FOUND", "LEAFREF_TO_NOT_IMPLEMENTED"}
)
"""Errors that :mod:`rules` and :mod:`leafrefs` look for in the compiled schema: pyang does not see what
another module's augment adds to a choice, nor that an ancestor's feature is off."""

_WARNINGS: Final = frozenset({"XPATH_PATH_TOO_MANY_UP"})
"""Above the root there is nothing, which is no error in XPath 1.0 (section 2.2)."""

_NOWHERE: Final = frozenset({"XPATH_NODE_NOT_FOUND1", "XPATH_NODE_NOT_FOUND2"})


def judge(
    errors: Collection[tuple[Any, str, Any]],
    modules: Collection[Statement],
    advice: Callable[[str], str],
) -> tuple[str, ...]:
    """The warnings among pyang's ``errors``. Raises :class:`ModelError` with every fault.

    ``modules`` are all that were read; ``advice`` has a word on a module that is not found.
    """
    faults: dict[tuple[Place | None, str], Fault] = {}
    warnings: dict[str, None] = {}
    names = NodeNames(modules)
    for pos, tag, arguments in errors:
        place = Place(pos.ref, pos.line) if pos.line else None
        if _is_nowhere(tag, arguments, place, modules, names):
            pass
        elif tag in _PASSED or _is_pyangs_own(tag, place, modules):
            continue
        message = error.err_to_str(tag, arguments)
        if pos.uses_pos is not None:
            message += f" (used at {pos.uses_pos.ref}:{pos.uses_pos.line})"
        if tag in {"MODULE_NOT_FOUND", "MODULE_NOT_FOUND_REV"}:
            message += advice(arguments if tag == "MODULE_NOT_FOUND" else arguments[0])
        if tag in _NOWHERE:
            if _is_there(tag, arguments, names):
                continue
            message += names.near(*arguments[:2])
        if tag in _WARNINGS or error.is_warning(error.err_level(tag)):
            warnings[f"{place or pos.ref}: {message}"] = None
        else:
            faults[place, message] = Fault("invalid-value", message, place=place)
    if faults:
        raise ModelError(sorted(faults.values(), key=_position), total=len(faults))
    return tuple(warnings)


def _position(fault: Fault) -> tuple[str, int]:
    return (fault.place.file, fault.place.line) if fault.place else ("", 0)


def _is_there(tag: str, arguments: Any, names: NodeNames) -> bool:
    """pyang looks for a node of another module's augment not in choices at the top, and knows no anydata."""
    if tag == "XPATH_NODE_NOT_FOUND2":
        return names.at_top(*arguments[:2])
    return names.holds_anything(*arguments[2:])


def _is_nowhere(
    tag: str, arguments: Any, place: Place | None, modules: Collection[Statement], names: NodeNames
) -> bool:
    """Whether the leafref is of a typedef, which maybe no leaf has, and its path names what no module has."""
    return (
        tag == "LEAFREF_IDENTIFIER_NOT_FOUND"
        and place is not None
        and not names.has(*arguments[:2])
        and any(stmt.keyword == "path" and _is_of_typedef(stmt) for stmt in _statements_at(place, modules))
    )


def _is_of_typedef(stmt: Statement) -> bool:
    while stmt.keyword in {"path", "type"}:
        stmt = stmt.parent
    return bool(stmt.keyword == "typedef")


def _is_pyangs_own(tag: str, place: Place | None, modules: Collection[Statement]) -> bool:
    """Whether the model is right where pyang finds this error, or our compiler asks the same."""
    judged = _OUR_JUDGEMENT.get(tag)
    if judged is None or place is None:
        return False
    keywords, check = judged
    for stmt in _statements_at(place, modules):
        if stmt.keyword in keywords:
            try:
                check(stmt.arg)
            except ValueError:
                return False
    return True


def _in_order(text: str) -> None:
    """The bounds of a range or length: one interval may have equal ends (sections 9.2.4 and 9.4.4), and
    intervals lie apart. Raises ValueError."""
    last = None
    for part in text.split("|"):
        ends = [_bound(end) for end in part.split("..")]
        if ends[0] > ends[-1] or (last is not None and ends[0] <= last):
            raise ValueError(f"{part.strip()} is out of order")
        last = ends[-1]


def _bound(text: str) -> Decimal:
    try:
        return {"min": Decimal("-Infinity"), "max": Decimal("Infinity")}.get(text.strip()) or Decimal(
            text.strip()
        )
    except InvalidOperation as reason:
        raise ValueError(f"{text.strip()!r} is no bound") from reason


def _parse_pattern(text: str) -> None:
    Pattern(text).check()


_OUR_JUDGEMENT: Final[dict[str, tuple[frozenset[str], Callable[[str], object]]]] = {
    "LENGTH_BOUNDS": (frozenset({"length"}), _in_order),
    "PATTERN_ERROR": (frozenset({"pattern"}), _parse_pattern),
    "RANGE_BOUNDS": (frozenset({"range"}), _in_order),
    "XPATH_SYNTAX_ERROR": (frozenset({"must", "when"}), parse),
}
"""Errors of pyang's that stand only if the argument of a statement there is refused by us as well."""


def _statements_at(place: Place, modules: Collection[Statement]) -> Iterator[Statement]:
    for module in modules:
        if module.pos.ref == place.file:
            yield from (stmt for stmt in tree(module) if stmt.pos.line == place.line)
