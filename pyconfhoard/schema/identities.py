"""Identities and what derives from them (RFC 7950 sections 7.18 and 9.10).

The issue of which derived identities count on a server, those of all modules read or of the
implemented ones only, is settled as: of all modules read. A module that imports ``iana-if-type``
to name its identities in a ``when`` is of no use otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pyconfhoard.schema.faults import Faults
from pyconfhoard.schema.nodes import Identity
from pyconfhoard.schema.rules import check_bases
from pyconfhoard.schema.stmt import Statement, module_of, text_of

__all__ = ["compile_identities"]


def compile_identities(modules: Mapping[str, Statement], faults: Faults) -> dict[str, Identity]:
    """All identities that features leave in, by ``module:name``, with everything derived from each."""
    found: dict[str, Identity] = {}
    for module in modules.values():
        for stmt in module.i_identities.values():
            if hasattr(stmt, "i_not_implemented"):
                continue
            check_bases(stmt, faults)
            name = f"{module_of(stmt)}:{stmt.arg}"
            bases = frozenset(
                f"{module_of(base.i_identity)}:{base.i_identity.arg}" for base in stmt.search("base")
            )
            known = found.get(name)  # two revisions of one module may be read
            found[name] = Identity(
                name=stmt.arg,
                module=module_of(stmt),
                bases=bases | known.bases if known else bases,
                description=text_of(stmt, "description"),
            )
    derived = _derived({name: identity.bases for name, identity in found.items()})
    return {name: replace(identity, derived=derived[name]) for name, identity in sorted(found.items())}


def _derived(bases: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """The transitive closure turned round: for each name, all that lead to it."""
    below: dict[str, set[str]] = {name: set() for name in bases}
    for name in bases:
        waiting = list(bases[name])
        seen: set[str] = set()
        while waiting:
            base = waiting.pop()
            if base not in seen:
                seen.add(base)
                waiting.extend(bases.get(base, ()))
                if base in below:
                    below[base].add(name)
    return {name: frozenset(names) for name, names in below.items()}
