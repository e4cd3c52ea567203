"""What pyang must be told before it reads: extensions that we understand, and where its tables
fall short of the RFCs.

pyang's grammar is module-level data with an interface for plugins. This uses that interface, once
in a process, for

* ``annotation`` (RFC 7952), whose shipped plugin misspells the sub-statement ``units``;
* ``structure`` and ``augment-structure`` (RFC 8791);
* deviations of anydata and anyxml, which RFC 7950 section 7.20.3.2 allows and pyang's table omits;
* what stands in extensions that we do not know, which is ignored (RFC 7950 section 6.3.1);
* the further prefixes of a module that its submodules were merged into (:mod:`submodules`);
* prefixes in ``key`` and ``unique``, where pyang knows only that of the module which uses a grouping;
* schema nodes of a module that is imported by revision: definitions are taken from that revision,
  nodes are those of the implemented one (section 5.6.5);
* the status of the types that typedefs and unions name, where pyang asks for those of leaves;
* several ``default`` statements in one refine or deviate (sections 7.13.2 and 7.20.3.2), which
  leaf-lists have since YANG 1.1.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from pyang import grammar, statements
from pyang.context import Context
from pyang.error import err_add
from pyang.util import get_latest_revision

from pyconfhoard.schema.stmt import Statement

__all__ = ["ANNOTATION", "AUGMENT_STRUCTURE", "STRUCTURE", "prepare"]

ANNOTATION: Final = ("ietf-yang-metadata", "annotation")
STRUCTURE: Final = ("ietf-yang-structure-ext", "structure")
AUGMENT_STRUCTURE: Final = ("ietf-yang-structure-ext", "augment-structure")

_COMMON: Final = [("status", "?"), ("description", "?"), ("reference", "?")]
_PREFIX: Final = re.compile(r"([\w.-]+):", re.ASCII)
_TOP: Final = ["module", "submodule"]


@cache
def prepare() -> None:
    """Tell pyang; the second call does nothing."""
    for module in (ANNOTATION[0], STRUCTURE[0]):
        grammar.register_extension_module(module)

    annotation = [("if-feature", "*"), ("type", "1"), ("units", "?"), *_COMMON]
    structure = [
        ("must", "*"),
        *_COMMON,
        ("$interleave", [("typedef", "*"), ("grouping", "*"), *grammar.data_def_stmts]),
    ]
    augment = [*_COMMON, ("$interleave", [("case", "*"), *grammar.data_def_stmts])]
    for keyword, argument, body in (
        (ANNOTATION, "identifier", annotation),
        (STRUCTURE, "identifier", structure),
        (AUGMENT_STRUCTURE, "absolute-schema-nodeid", augment),
    ):
        grammar.add_stmt(keyword, (argument, body))
        grammar.add_to_stmts_rules(_TOP, [(keyword, "*")])

    for keyword in (STRUCTURE, AUGMENT_STRUCTURE):
        statements.add_data_keyword(keyword)
        statements.add_keyword_with_children(keyword)
        statements.add_keywords_with_no_explicit_config(keyword)
    statements.add_validation_fun("expand_2", [AUGMENT_STRUCTURE], statements.v_expand_2_augment)
    statements.add_validation_fun("expand_3", [AUGMENT_STRUCTURE], statements.v_expand_3_augment)

    statements.add_validation_fun("init", ["module"], _add_aliases)
    statements.add_validation_fun("import", ["$extension"], _ignore_unknown)
    statements.add_validation_fun("import", ["key", "unique"], _drop_prefixes)
    statements.add_validation_fun("type_2", ["type"], _check_status)
    statements.add_validation_fun("inherit_properties", _TOP, _look_at_implemented)
    statements.add_validation_fun("reference_3", ["deviation"], _deviate_defaults)

    for changed in ("config", "mandatory", "must"):
        for element in ("anydata", "anyxml"):
            statements.add_deviation_element(changed, element)

    for changed in ("refine", "deviate"):
        argument, rules = grammar.stmt_map[changed]
        many = [("default", "*") if rule == ("default", "?") else rule for rule in rules]
        grammar.stmt_map[changed] = (argument, many)


def _add_aliases(ctx: Context, module: Statement) -> None:
    for prefix in getattr(module, "i_aliases", ()):
        module.i_prefixes[prefix] = (module.arg, get_latest_revision(module))


def _ignore_unknown(ctx: Context, extension: Statement) -> None:
    """Its name and argument are kept; what its sub-statements mean is its own affair."""
    if extension.keyword[0] not in {ANNOTATION[0], STRUCTURE[0]}:
        extension.substmts = []


def _drop_prefixes(ctx: Context, stmt: Statement) -> None:
    """pyang finds what ``key`` and ``unique`` name by local names; all that matters of a prefix is
    that it is declared, and for a key that it is the module's own."""
    text = stmt.i_module
    known = {text.i_prefix, *getattr(text, "i_aliases", ())}
    if stmt.keyword == "unique":
        known |= set(text.i_prefixes)
    if ":" in stmt.arg:
        stmt.arg = _PREFIX.sub(lambda found: "" if found[1] in known else found[0], stmt.arg)


def _check_status(ctx: Context, stmt: Statement) -> None:
    user = stmt.parent
    while user.keyword == "type":
        user = user.parent
    if stmt.i_typedef is not None and user.keyword in {"leaf", "leaf-list", "typedef"}:
        statements.chk_status(ctx, user, stmt.i_typedef)


def _look_at_implemented(ctx: Context, module: Statement) -> None:
    """From here on pyang resolves schema nodes only; what else a prefix leads to is resolved."""
    for prefix, (name, revision) in module.i_prefixes.items():
        if revision is not None:
            served = ctx.get_module(name)
            if served is not None and not served.i_is_validated:
                statements.validate_module(ctx, served)
            module.i_prefixes[prefix] = (name, None)


def _deviate_defaults(ctx: Context, deviation: Statement) -> None:
    """What pyang gets wrong about defaults and units when it deviates.

    It would add and delete one default only of a leaf-list, and delete whichever value a leaf has.
    Runs when the target of the deviation is known, just before pyang applies the rest.
    """
    target = getattr(deviation, "i_target_node", None)
    if target is None:
        return
    for deviate in deviation.search("deviate"):
        if deviate.arg == "delete":
            _delete_exactly(ctx, target, deviate)
        elif deviate.arg == "add" and target.keyword == "leaf-list":
            for default in deviate.search("default"):
                target.substmts.append(default)
                deviate.substmts.remove(default)


def _delete_exactly(ctx: Context, target: Statement, deviate: Statement) -> None:
    """Delete the properties whose argument is the same too (RFC 7950 section 7.20.3.2)."""
    for keyword in ("default", "units"):
        for told in deviate.search(keyword):
            held = target.search_one(keyword, told.arg)
            if held is None:
                err_add(ctx.errors, told.pos, "BAD_DEVIATE_DEL", (keyword, target.i_module.arg, target.arg))
            else:
                target.substmts.remove(held)
            deviate.substmts.remove(told)
