"""Submodules of YANG 1.1, put together with their module before anything is resolved.

In YANG 1.1 a module and its submodules see all of each other's definitions (RFC 7950 section 5.1),
so they are one text in several files. pyang resolves each submodule by itself, before the module
that includes it: there an augment, leafref or ``must`` never finds the module's own nodes. So the
body of each submodule is moved into its module as soon as both are parsed. Statements keep file and
line. What a prefix means is per file: a submodule's prefixes are added to the module's. Its prefix
for the module itself becomes an alias; in ``type`` and ``uses``, where pyang takes a name with
another prefix as one of a module that is resolved already, the module's own is put in its place.
Where prefixes clash, or where an include is wrong, nothing is moved: pyang then reports what is
wrong, or resolves what it can. YANG 1 has no such sight, and is left to pyang.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from pyconfhoard.schema.stmt import Statement, text_of

__all__ = ["merge_submodules"]

_HEAD: Final = frozenset(
    {
        "belongs-to",
        "contact",
        "description",
        "import",
        "include",
        "organization",
        "reference",
        "revision",
        "yang-version",
    }
)
"""What a submodule says of itself."""


_NAMES_OF_OURS: Final = frozenset({"type", "uses"})


def merge_submodules(
    module: Statement, parse: Callable[[Statement], Statement]
) -> tuple[frozenset[str], tuple[Statement, ...]]:
    """Move what the submodules of a module define into it.

    ``parse`` gives the submodule of an include statement, unresolved, or None. Returns the prefixes
    that mean the module itself in its submodules, and the submodules; or nothing of both, with the
    module as it was.
    """
    nothing: tuple[frozenset[str], tuple[Statement, ...]] = (frozenset(), ())
    includes = module.search("include")
    if not includes or text_of(module, "yang-version") != "1.1":
        return nothing
    parts = [parse(include) for include in includes]
    if not all(part is not None and _belongs(part, module) for part in parts):
        return nothing
    names = {include.arg for include in includes}
    imports = {text_of(each, "prefix"): each for each in module.search("import")}
    own = text_of(module, "prefix")
    aliases = {own}
    for part in parts:
        aliases.add(_prefix(part))
        if not {include.arg for include in part.search("include")} <= names:
            return nothing
        for each in part.search("import"):
            known = imports.setdefault(text_of(each, "prefix"), each)
            if (known.arg, text_of(known, "revision-date")) != (each.arg, text_of(each, "revision-date")):
                return nothing
    if aliases & imports.keys():
        return nothing

    # Imports stand before definitions (RFC 7950 section 14): the new ones go where the includes were.
    at = module.substmts.index(includes[0])
    known_imports = set(map(id, module.search("import")))
    fresh = [stmt for stmt in imports.values() if id(stmt) not in known_imports]
    bodies = [
        _renamed(stmt, _prefix(part), own)
        for part in parts
        for stmt in part.substmts
        if stmt.keyword not in _HEAD
    ]
    for stmt in (*fresh, *bodies):
        stmt.parent = stmt.stmt_parent = module
        for each in _tree(stmt):
            each.top = module
    kept = [stmt for stmt in module.substmts if stmt.keyword != "include"]
    module.substmts = [*kept[:at], *fresh, *kept[at:], *bodies]
    return frozenset(aliases - {own}), tuple(parts)


def _prefix(part: Statement) -> str:
    return text_of(part.search_one("belongs-to"), "prefix")


def _renamed(stmt: Statement, prefix: str, own: str) -> Statement:
    if prefix != own:
        for each in _tree(stmt):
            if each.keyword in _NAMES_OF_OURS and each.arg is not None and each.arg.startswith(f"{prefix}:"):
                each.arg = f"{own}:{each.arg.removeprefix(f'{prefix}:')}"
    return stmt


def _tree(stmt: Statement) -> Iterator[Statement]:
    waiting = [stmt]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(here.substmts)


def _belongs(part: Statement, module: Statement) -> bool:
    return (
        part.keyword == "submodule"
        and text_of(part, "belongs-to") == module.arg
        and text_of(part, "yang-version") == "1.1"
        and _prefix(part) != ""
    )
