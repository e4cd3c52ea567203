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
* augments in any order (section 7.17): pyang loses track where one has its target from a later one;
* several refines of one node (section 7.13.2);
* several ``default`` statements in one refine or deviate (sections 7.13.2 and 7.20.3.2), which
  leaf-lists have since YANG 1.1, and what a deviation may not say;
* ``config`` that a deviation adds where none is written, which other tools take;
* decimals that are not in canonical form (section 9.3.1);
* strings (:mod:`tokens`).
"""

from __future__ import annotations

import copy
import re
from functools import cache
from typing import Any, Final

from pyang import error, grammar, statements, types, yang_parser
from pyang.context import Context
from pyang.error import err_add
from pyang.util import get_latest_revision

from pyconfhoard.schema.stmt import Statement
from pyconfhoard.schema.tokens import Tokenizer

__all__ = ["ANNOTATION", "AUGMENT_STRUCTURE", "STRUCTURE", "prepare"]

ANNOTATION: Final = ("ietf-yang-metadata", "annotation")
STRUCTURE: Final = ("ietf-yang-structure-ext", "structure")
AUGMENT_STRUCTURE: Final = ("ietf-yang-structure-ext", "augment-structure")

_COMMON: Final = [("status", "?"), ("description", "?"), ("reference", "?")]
_PREFIX: Final = re.compile(r"([\w.-]+):", re.ASCII)
_STEP: Final = re.compile(r"(?:([\w.-]+):)?([\w.-]+)", re.ASCII)
_TOP: Final = ["module", "submodule"]

_DECIMAL: Final = re.compile(r"([+-]?)(\d+)(?:\.(\d+))?", re.ASCII)
_PYANGS_DECIMAL: Final = types.Decimal64TypeSpec.str_to_val

_ERRORS: Final = {
    "DUPLICATE_BIT_NAME": 'there is a bit "%s" already, at %s',
    "DEVIATE_NOTHING_ELSE": '"not-supported" takes the whole node away: it can have no "%s" beside it',
    "SECOND_DEFAULT": 'a second default for "%s", which is a %s',
    "USES_IN_CHOICE": 'the choice "%s" takes cases and their shorthand, and no uses',
}
"""Errors of our own, and one that pyang has no words for: tag and words."""


@cache
def prepare() -> None:
    """Tell pyang; the second call does nothing."""
    for module in (ANNOTATION[0], STRUCTURE[0]):
        grammar.register_extension_module(module)

    for tag, words in _ERRORS.items():
        error.add_error_code(tag, 1, words)
    yang_parser.YangTokenizer = Tokenizer
    types.Decimal64TypeSpec.str_to_val = _decimal

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
    statements.add_validation_fun("expand_2", [AUGMENT_STRUCTURE], _expand_structure)
    statements.add_validation_fun("expand_3", [AUGMENT_STRUCTURE], statements.v_expand_3_augment)

    statements.add_validation_fun("init", ["module"], _add_aliases)
    statements.add_validation_fun("import", [*_TOP, "uses"], _order_augments)
    statements.add_validation_fun("init", ["uses"], _join_refines)
    statements.add_validation_fun("import", ["$extension"], _ignore_unknown)
    statements.add_validation_fun("import", ["key", "unique"], _drop_prefixes)
    statements.add_validation_fun("type_2", ["type"], _check_status)
    statements.add_validation_fun("inherit_properties", _TOP, _look_at_implemented)
    statements.add_validation_fun("reference_3", ["augment"], _check_uses_in_choice)
    statements.add_validation_fun("reference_3", ["refine"], _check_refined_choice)
    statements.add_validation_fun("reference_3", ["refine"], _check_refined_node)
    statements.add_validation_fun("reference_3", ["deviation"], _deviate_defaults)

    statements._valid_deviations["must"].remove("choice")
    for changed in ("config", "mandatory", "must"):
        for element in ("anydata", "anyxml"):
            statements.add_deviation_element(changed, element)

    for changed in ("refine", "deviate"):
        argument, rules = grammar.stmt_map[changed]
        many = [("default", "*") if rule == ("default", "?") else rule for rule in rules]
        grammar.stmt_map[changed] = (argument, many)


def _decimal(spec: Any, errors: list[Any], pos: Any, text: str, module: Statement) -> Any:
    """pyang's value of a decimal64 text, which it knows in canonical form only (section 9.3.1)."""
    parts = _DECIMAL.fullmatch(text)
    if parts:
        sign, whole, fraction = parts.groups(default="")
        text = f"{sign.strip('+')}{whole.lstrip('0') or '0'}.{fraction.rstrip('0') or '0'}"
    return _PYANGS_DECIMAL(spec, errors, pos, text, module)


def _add_aliases(ctx: Context, module: Statement) -> None:
    for prefix in getattr(module, "i_aliases", ()):
        module.i_prefixes[prefix] = (module.arg, get_latest_revision(module))


def _order_augments(ctx: Context, stmt: Statement) -> None:
    """Those of outer nodes first. An augment's target can come from one only whose own target stands further
    up, so its path is shorter."""
    for keyword in ("augment", AUGMENT_STRUCTURE):
        places = [at for at, each in enumerate(stmt.substmts) if each.keyword == keyword]
        augments = sorted((stmt.substmts[at] for at in places), key=_depth)
        for at, augment in zip(places, augments, strict=True):
            stmt.substmts[at] = augment


def _depth(augment: Statement) -> int:
    return (augment.arg or "").count("/")


def _join_refines(ctx: Context, uses: Statement) -> None:
    """What further refines of a node say is said in the first one: pyang takes one for each node. They refine
    what the earlier ones made: a default of theirs is a new one, and a ``must`` comes on top."""
    first: dict[tuple[tuple[str, str], ...], Statement] = {}
    own = {"", uses.i_module.i_prefix}
    for refine in uses.search("refine"):
        steps = tuple(
            ("" if prefix in own else prefix, name) for prefix, name in _STEP.findall(refine.arg or "")
        )
        known = first.setdefault(steps, refine)
        if known is not refine:
            uses.substmts.remove(refine)
            anew = {stmt.keyword for stmt in refine.substmts} - {"must", "if-feature"}
            known.substmts = [stmt for stmt in known.substmts if stmt.keyword not in anew]
            for stmt in refine.substmts:
                stmt.parent = known
                known.substmts.append(stmt)


def _check_uses_in_choice(ctx: Context, augment: Statement) -> None:
    """Section 7.17: what augments a choice are cases and their shorthand (section 7.9.2)."""
    target = getattr(augment, "i_target_node", None)
    if target is not None and target.keyword == "choice":
        for uses in augment.search("uses"):
            err_add(ctx.errors, uses.pos, "USES_IN_CHOICE", target.arg)


def _check_refined_choice(ctx: Context, refine: Statement) -> None:
    """A choice has one default; for leafs :mod:`rules` asks."""
    first, *others = [*refine.search("default")] or [None]
    for default in others:
        if first.parent.keyword == "choice":  # there pyang has put it
            err_add(ctx.errors, default.pos, "SECOND_DEFAULT", (first.parent.arg, "choice"))


def _check_refined_node(ctx: Context, refine: Statement) -> None:
    """Section 7.13.2: the node is one of the grouping; pyang looks among its siblings, too."""
    grouping = getattr(refine.parent, "i_grouping", None)
    first = _STEP.search(refine.arg or "")
    if grouping is not None and first and first[2] not in [child.arg for child in grouping.i_children]:
        err_add(ctx.errors, refine.pos, "NODE_NOT_FOUND", (refine.i_module.i_modulename, first[2]))


def _expand_structure(ctx: Context, augment: Statement) -> None:
    """pyang knows the structure itself as no target (RFC 8791 section 4): for a moment it is a container."""
    target = statements.find_target_node(ctx, augment, is_augment=True)
    kept = getattr(target, "keyword", None)
    if kept == STRUCTURE:
        target.keyword = "container"
    try:
        statements.v_expand_2_augment(ctx, augment)
    finally:
        if target is not None:
            target.keyword = kept


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
    """What pyang gets wrong about defaults and units when it deviates, and what it lets pass.

    It would add and delete one default only of a leaf-list, and delete whichever value a leaf has.
    Runs when the target of the deviation is known, just before pyang applies the rest.
    """
    target = getattr(deviation, "i_target_node", None)
    if target is None:
        return
    for deviate in deviation.search("deviate"):
        defaults = deviate.search("default")
        if deviate.arg == "not-supported":
            for stmt in deviate.substmts:
                if isinstance(stmt.keyword, str):
                    err_add(ctx.errors, stmt.pos, "DEVIATE_NOTHING_ELSE", stmt.keyword)
        elif target.keyword != "leaf-list":
            for default in defaults[1:]:
                err_add(ctx.errors, default.pos, "SECOND_DEFAULT", (target.arg, target.keyword))
        if deviate.arg == "add":
            _add_config(deviation, target, deviate)
        if deviate.arg == "delete":
            _delete_exactly(ctx, target, deviate)
        elif deviate.arg == "add" and target.keyword == "leaf-list":
            for default in defaults:
                target.substmts.append(default)
                deviate.substmts.remove(default)


def _add_config(deviation: Statement, target: Statement, deviate: Statement) -> None:
    """Take ``config`` added where none is written as ``config`` replaced.

    Every node has the property, so section 7.20.3.2 has it replaced, as pyang does; libyang and models that were
    written with it mean the statement, which can be added only where there is none.
    """
    config = deviate.search_one("config")
    if config is None or target.search_one("config") is not None:
        return
    replacing = copy.copy(deviate)
    replacing.arg, replacing.substmts = "replace", [config]
    deviate.substmts.remove(config)
    deviation.substmts.append(replacing)


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
