"""Rules of RFC 7950 that pyang leaves unchecked, or checks before augments and deviations apply.

Each function looks at one statement, expanded and in its place, and notes what is wrong with it. They
are asked while the nodes are made (:mod:`compile`), when everything that changes a node has done so:
what deviations make of a model is judged like any model (RFC 7950 section 7.20.3).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from pyconfhoard.schema.dialect import STRUCTURE
from pyconfhoard.schema.faults import Faults
from pyconfhoard.schema.nodes import Case, Choice, Container, DataNode, Inner, Leaf, LeafList, List
from pyconfhoard.schema.stmt import Statement, module_of, origin_of, text_of
from pyconfhoard.schema.types import Leafref, Value

__all__ = [
    "check_augment",
    "check_bases",
    "check_change",
    "check_choice",
    "check_condition",
    "check_default_case",
    "check_defaults",
    "check_keys",
    "check_leafref",
    "check_sibling",
    "check_structure",
    "check_unique",
    "check_unlike",
]

_NO_WHEN: Final = "and the augment of another module's configuration has no 'when'"
_STATUS: Final = {"current": 0, "deprecated": 1, "obsolete": 2}


def check_augment(augment: Statement, faults: Faults) -> None:
    """Section 7.17: no mandatory configuration in another module's, unless there is a ``when``.

    A YANG 1 module may not even with one (RFC 6020 section 7.15). pyang asks for neither choices, anydata
    nor what is state below a configuration node, so its own verdict is passed over.
    """
    target = getattr(augment, "i_target_node", None)
    if target is None or module_of(target) == module_of(augment) or not target.i_config:
        return
    if augment.i_module.i_version != "1" and augment.search_one("when") is not None:
        return
    waiting = list(augment.i_children)
    while waiting:
        stmt = waiting.pop()
        if stmt.i_config is False:
            continue
        if stmt.keyword == "container" and stmt.search_one("presence") is None:
            waiting.extend(stmt.i_children)
        elif stmt.keyword in {"list", "leaf-list"}:
            least = text_of(stmt, "min-elements", "0")
            if least != "0":
                faults.add(
                    stmt, f"the {stmt.keyword} {stmt.arg!r} is mandatory (min-elements {least}), {_NO_WHEN}"
                )
        elif text_of(stmt, "mandatory") == "true":
            faults.add(stmt, f"the {stmt.keyword} {stmt.arg!r} is mandatory, {_NO_WHEN}")


def check_structure(augment: Statement, faults: Faults) -> None:
    """RFC 8791 section 4: ``augment-structure`` is for structures."""
    node = getattr(augment, "i_target_node", None)
    while node is not None and node.keyword not in {STRUCTURE, "module", "submodule"}:
        node = node.parent
    if node is not None and node.keyword != STRUCTURE:
        faults.add(augment, f"{augment.arg} is no structure and no node of one: that is for 'augment'")


def check_change(change: Statement, modules: Mapping[str, Statement], faults: Faults) -> None:
    """Section 5.6.5: an augment or a deviation changes the implemented revision of a module."""
    target = getattr(change, "i_target_node", None)
    if target is not None and target.top.keyword == "module":
        served = modules.get(module_of(target))
        if served is not None and served.i_latest_revision != target.i_module.i_latest_revision:
            faults.add(
                change,
                f"this {change.keyword} is of {served.arg}@{target.i_module.i_latest_revision}, "
                f"and {served.i_latest_revision} is implemented",
            )


def check_leafref(path: Statement, leaf: Leaf | LeafList, target: Leaf | LeafList, faults: Faults) -> None:
    """Section 9.9.3: configuration that requires an instance refers to configuration."""
    if leaf.config and isinstance(leaf.type, Leafref) and leaf.type.require_instance and not target.config:
        faults.add(path, f"{leaf.path()} is configuration and refers to {target.path()}, which is not")


def check_sibling(stmt: Statement, known: DataNode | None, faults: Faults) -> None:
    """Sections 6.2.1 and 7.9.2: data nodes of one parent differ in name, in whichever cases they are."""
    if known is not None:
        faults.add(stmt, f"{known.path()} is there already, from {known.place}")


def check_keys(stmt: Statement, node: List, faults: Faults) -> None:
    """Section 7.8.2: keys are configuration exactly if their list is."""
    for name in node.keys:
        key = node.children.get(name)
        if key is not None and key.config is not node.config:
            change = next((each for each in stmt.i_children if each.arg == name), stmt)
            told = change.search_one("config") or change
            faults.add(told, f"the key {key.path()} must have the same 'config' as its list")


def check_unique(unique: Statement, leaves: Iterable[Statement], faults: Faults) -> None:
    """A deviation may not take away a leaf that ``unique`` names."""
    for leaf in leaves:
        if hasattr(leaf, "i_this_not_supported"):
            faults.add(unique, f"a deviation removes {leaf.arg!r}, which unique {unique.arg!r} names")


def check_choice(stmt: Statement, faults: Faults) -> None:
    """Section 7.9.3: the default is a case of the choice, and the choice is not mandatory."""
    default = stmt.search_one("default")
    if default is None:
        return
    if text_of(stmt, "mandatory") == "true":
        faults.add(default, f"the choice {stmt.arg!r} is mandatory and cannot have a default")
    names = [case.arg for case in stmt.i_children]
    if default.arg not in names:
        faults.add(
            default,
            f"the default of the choice {stmt.arg!r} is none of its cases",
            value=default.arg,
            legal=tuple(names),
        )


def check_default_case(stmt: Statement, choice: Choice, faults: Faults) -> None:
    """Section 7.9.3: nothing directly under the default case is mandatory."""
    case = choice.cases.get(choice.default)
    if case is not None:
        for name in _mandatory_in(case):
            faults.add(
                stmt.search_one("default"),
                f"{name} is mandatory, and the case {case.name!r} of choice {choice.name!r} is the default",
            )


def _mandatory_in(case: Case) -> list[str]:
    of_choices = {
        child for choice in case.choices for each in choice.cases.values() for child in each.children
    }
    nodes = [child.path() for child in case.children if child not in of_choices and _is_mandatory(child)]
    return nodes + [f"the choice {choice.name!r}" for choice in case.choices if choice.mandatory]


def _is_mandatory(node: DataNode) -> bool:
    """Section 3, "mandatory node"."""
    if isinstance(node, List | LeafList):
        return node.min_elements > 0
    if isinstance(node, Container):
        return not node.presence and _has_mandatory(node)
    return node.mandatory


def _has_mandatory(node: Inner) -> bool:
    children = (child for child in node.children.values() if child.case is None)
    return any(map(_is_mandatory, children)) or any(choice.mandatory for choice in node.choices)


def check_defaults(leaf: Leaf | LeafList, defaults: list[Statement], faults: Faults) -> None:
    """Section 7.13.2: a leaf has one default, and a refine can give it no more."""
    if isinstance(leaf, Leaf):
        for stmt in defaults[1:]:
            faults.add(stmt, f"a second default for {leaf.path()}, which is a leaf")


def check_unlike(leaf: LeafList, default: Statement, value: Value, known: set[str], faults: Faults) -> None:
    """Section 7.7: the values of a configuration leaf-list differ, those by default too; ``known`` are
    the ones before, in canonical form."""
    text = leaf.type.text(value)
    if leaf.config and text in known:
        faults.add(default, f"the default {default.arg!r} is given twice for {leaf.path()}")
    known.add(text)


def check_bases(stmt: Statement, faults: Faults) -> None:
    """Section 7.21.2: what is current names no deprecated base of the same module.

    ``stmt`` is an identity, or the type of an identityref. pyang looks at types, groupings, features
    and leafrefs.
    """
    user = stmt
    while user.keyword == "type":
        user = user.stmt_parent
    mine = _status(user)
    for base in stmt.search("base"):
        its = _status(base.i_identity)
        if origin_of(base.i_identity) == origin_of(stmt) and _STATUS[its] > _STATUS[mine]:
            faults.add(user, f"the {user.keyword} {user.arg!r} is {mine}, and its base {base.arg!r} is {its}")


def check_condition(default: Statement, value: Value, conditional: Collection[str], faults: Faults) -> None:
    """Section 7.6.4: a default identity has no ``if-feature``. pyang looks at enums and bits."""
    if value in conditional:
        faults.add(default, f"the default identity {default.arg!r} has an if-feature", value=default.arg)


def _status(stmt: Statement) -> str:
    return text_of(stmt, "status", "current")
