"""Submodules of YANG 1.1, put together with their module before anything is resolved.

In YANG 1.1 a module and its submodules see all of each other's definitions (RFC 7950 section 5.1),
so they are one text in several files. pyang resolves each submodule by itself, before the module
that includes it: there an augment, leafref or ``must`` never finds the module's own nodes. So the
body of each submodule is moved into its module as soon as both are parsed. Statements keep file and
line. What a prefix means is per file: a submodule's prefixes are added to the module's, and where one
means something else there, the names that have it get another. Its prefix for the module itself becomes
an alias; in ``type`` and ``uses``, where pyang takes a name with another prefix as one of a module that
is resolved already, the module's own is put in its place. Where an include is wrong nothing is moved,
and pyang reports what it is. YANG 1 has no such sight, and is left to pyang.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from pyang.util import get_latest_revision

from pyconfhoard.schema.stmt import Statement, text_of, tree

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


_NAMING: Final = frozenset(
    {
        "augment",
        "base",
        "deviation",
        "if-feature",
        "key",
        "must",
        "path",
        "refine",
        "type",
        "unique",
        "uses",
        "when",
    }
)
"""Statements whose argument has names with prefixes. So may ``default``, but it may be any text too."""

_BEFORE_NAME: Final = re.compile(r"(?<![\w.-])[A-Za-z_][\w.-]*(?=\s*:\s*[A-Za-z_*])", re.ASCII)

_ITSELF: Final = ("", "")
"""What the module's own prefix means; another's meaning is the module and revision that is imported."""

_Meanings: TypeAlias = dict[str, tuple[str, str]]

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
    there = {part.arg: get_latest_revision(part) for part in parts}
    if not all(_is_there(include, there) for part in parts for include in part.search("include")):
        return nothing
    own = text_of(module, "prefix")
    meanings: _Meanings = {own: _ITSELF}
    meanings |= {text_of(each, "prefix"): _imported(each) for each in module.search("import")}
    fresh: list[Statement] = []
    renamings: list[dict[str, str]] = []
    for part in parts:
        renamed = {}
        prefix = _prefix(part)
        if meanings.setdefault(prefix, _ITSELF) != _ITSELF:
            renamed[prefix] = own
        for each in part.search("import"):
            prefix = text_of(each, "prefix")
            if prefix not in meanings:
                fresh.append(each)
            elif meanings[prefix] != _imported(each):
                renamed[prefix] = _another(prefix, part, each, meanings)
                if renamed[prefix] not in meanings:
                    each.search_one("prefix").arg = renamed[prefix]
                    fresh.append(each)
            meanings.setdefault(renamed.get(prefix, prefix), _imported(each))
        renamings.append(renamed)
    aliases = {prefix for prefix, meaning in meanings.items() if meaning == _ITSELF}

    # Imports stand before definitions (RFC 7950 section 14): the new ones go where the includes were.
    at = module.substmts.index(includes[0])
    bodies = [
        _own_named(_renamed(stmt, renamed), _prefix(part), own)
        for part, renamed in zip(parts, renamings, strict=True)
        for stmt in part.substmts
        if stmt.keyword not in _HEAD
    ]
    for stmt in (*fresh, *bodies):
        stmt.parent = stmt.stmt_parent = module
        for each in tree(stmt):
            each.top = module
    kept = [stmt for stmt in module.substmts if stmt.keyword != "include"]
    module.substmts = [*kept[:at], *fresh, *kept[at:], *bodies]
    return frozenset(aliases - {own}), tuple(parts)


def _prefix(part: Statement) -> str:
    return text_of(part.search_one("belongs-to"), "prefix")


def _imported(stmt: Statement) -> tuple[str, str]:
    return stmt.arg, text_of(stmt, "revision-date")


def _another(prefix: str, part: Statement, stmt: Statement, meanings: _Meanings) -> str:
    """A prefix for an import whose own means something else in the module: one that has its meaning, or
    a new one."""
    same = (known for known, meaning in meanings.items() if meaning == _imported(stmt))
    return next(same, f"{prefix}-{part.arg}")


def _renamed(stmt: Statement, prefixes: Mapping[str, str]) -> Statement:
    """Change prefixes in whatever names something."""
    if prefixes:
        for each in tree(stmt):
            if isinstance(each.keyword, tuple):
                prefix, name = each.keyword
                each.keyword = each.raw_keyword = (prefixes.get(prefix, prefix), name)
            elif each.keyword in _NAMING and each.arg is not None:
                each.arg = _BEFORE_NAME.sub(lambda found: prefixes.get(found[0], found[0]), each.arg)
    return stmt


def _own_named(stmt: Statement, prefix: str, own: str) -> Statement:
    if prefix != own:
        for each in tree(stmt):
            if each.keyword in _NAMES_OF_OURS and each.arg is not None and each.arg.startswith(f"{prefix}:"):
                each.arg = f"{own}:{each.arg.removeprefix(f'{prefix}:')}"
    return stmt


def _is_there(include: Statement, parts: Mapping[str, str]) -> bool:
    """A submodule includes what its module does, in that revision (RFC 7950 section 5.1)."""
    return include.arg in parts and text_of(include, "revision-date") in {"", parts[include.arg]}


def _belongs(part: Statement, module: Statement) -> bool:
    return (
        part.keyword == "submodule"
        and text_of(part, "belongs-to") == module.arg
        and text_of(part, "yang-version") == "1.1"
        and _prefix(part) != ""
    )
