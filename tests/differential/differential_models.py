"""Random modules: first the nodes, then what restricts them, then how they are written."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from differential_nodes import MAIN, OTHER, PREFIXES, Module, Node
from differential_types import EMPTY, Kind, plain_kinds
from differential_xpath import Context, condition, path_to
from hypothesis import strategies as st

__all__ = ["modules"]

_LEAVES: Final = st.one_of(*[plain_kinds] * 7, st.just(EMPTY))
_NAMES: Final = "abcdefghij"
_FEATURES: Final = (
    ("on", True),
    ("off", False),
    ("not off", True),
    ("on or off", True),
    ("not (on or off)", False),
    ("on and not off", True),
)


@st.composite
def modules(draw: st.DrawFn) -> Module:
    """A module, and sometimes another that augments and deviates it."""
    made = Module()
    made.orderly = draw(st.booleans())
    _children(draw, made.root, set(), depth=0, most=2)
    if draw(st.integers(0, 2)) == 0:
        _augment(draw, made)
    _write(draw, made)
    for _ in range(draw(st.integers(0, 7))):
        _restrict(draw, made)
    return made


# Nodes ---------------------------------------------------------------------------------------------


def _children(draw: st.DrawFn, parent: Node, used: set[str], *, depth: int, most: int) -> None:
    for _ in range(draw(st.integers(1, most))):
        _child(draw, parent, used, depth=depth)


def _child(draw: st.DrawFn, parent: Node, used: set[str], *, depth: int) -> None:
    free = [name for name in _NAMES if name not in used]
    if not free:
        return
    words = ["leaf"] * (2 if depth else 1) + ["leaf-list"]
    if depth < 3:
        words += ["container", "list"] * (3 if depth == 0 else 1)
    if depth < 4 and parent.word != "choice":
        words += ["choice"]
    word = draw(st.sampled_from(words))
    name = draw(st.sampled_from(free))
    used.add(name)
    node = Node(word, name, parent, module=parent.module)
    parent.children.append(node)
    match word:
        case "leaf":
            node.kind = _kind(draw, node.module, _LEAVES)
        case "leaf-list":
            node.kind = _kind(draw, node.module, plain_kinds)
            if draw(st.booleans()):
                node.statements.append(("ordered-by", "user"))
        case "container":
            if draw(st.integers(0, 2)) == 0:
                node.statements.append(("presence", "it is there"))
            _children(draw, node, set(), depth=depth + 1, most=4)
        case "list":
            names = draw(st.lists(st.sampled_from(_NAMES), min_size=1, max_size=2, unique=True))
            node.keys = tuple(names)
            for key in names:
                node.children.append(
                    Node("leaf", key, node, module=node.module, kind=_kind(draw, node.module, plain_kinds))
                )
            if draw(st.booleans()):
                node.statements.append(("ordered-by", "user"))
            _children(draw, node, set(names), depth=depth + 1, most=3)
        case _:
            _cases(draw, node, used, depth)


def _cases(draw: st.DrawFn, choice: Node, used: set[str], depth: int) -> None:
    for at in range(draw(st.integers(1, 3))):
        if draw(st.integers(0, 2)) == 0:
            _child(draw, choice, used, depth=depth)
        else:
            case = Node("case", f"k{at}", choice, module=choice.module)
            choice.children.append(case)
            _children(draw, case, used, depth=depth + 1, most=2)


def _kind(draw: st.DrawFn, module: str, strategy: st.SearchStrategy[Kind]) -> Kind:
    kind = draw(strategy)
    if module == MAIN:
        return kind
    if "if-feature" in "".join((kind.text, *kind.typedefs)):
        return Kind("type string;", "string", ("a", "b"), (1,), ("a", "b"))
    text = re.sub(r"\btype (t\d)", rf"type {PREFIXES[MAIN]}:\1", kind.text)
    text = re.sub(r"\bbase (\w+;)", rf"base {PREFIXES[MAIN]}:\1", text)
    good = tuple(value for value in kind.good if kind.family != "identity" or ":" in value)
    return replace(kind, text=text, good=good or kind.good)


def _augment(draw: st.DrawFn, made: Module) -> None:
    """Nodes of the other module in one of the first's."""
    places = [node for node in made.nodes() if node.word in {"container", "list", "case", "choice"}]
    if not places:
        return
    place = draw(st.sampled_from(places))
    grown = Node(place.word, place.name, None, module=OTHER)
    if place.word == "choice":
        case = Node("case", "kx", grown, module=OTHER)
        grown.children.append(case)
        _children(draw, case, set(), depth=3, most=2)
    else:
        _children(draw, grown, set(), depth=2, most=2)
    for child in grown.children:
        child.parent = place
        child.written = "augment"
        place.children.append(child)


# How it is written ---------------------------------------------------------------------------------


def _write(draw: st.DrawFn, made: Module) -> None:
    for node in made.nodes():
        if node.parent is None or node.module != MAIN:
            continue
        way = draw(st.integers(0, 9))
        can_move = node.parent.word in {"container", "list", "module", "case"} and node.word != "case"
        if way == 0 and can_move:
            node.written = "grouping"
        elif way == 1 and not node.is_key and node.parent.word != "module":
            node.written = "augment"
        if draw(st.integers(0, 3)) == 0:
            node.moved = (
                "must",
                "default",
                "mandatory",
                "min-elements",
                "max-elements",
                "presence",
                "if-feature",
                "unique",
            )
            inside = any(above.written == "grouping" for above in _upwards(node))
            node.deviated = not inside and draw(st.booleans())
        if draw(st.integers(0, 11)) == 0 and not node.is_key and node.parent.word != "choice":
            text, on = draw(st.sampled_from(_FEATURES))
            node.statements.append(("if-feature", text))
            node.active = on


def _upwards(node: Node | None) -> list[Node]:
    return [] if node is None else [node, *_upwards(node.parent)]


# What restricts ------------------------------------------------------------------------------------


def _restrict(draw: st.DrawFn, made: Module) -> None:
    nodes = made.nodes()
    ways = {
        "must": [node for node in nodes if node.is_data],
        "when": [node for node in nodes if not node.is_key and not node.has("when", "mandatory")],
        "default": [node for node in nodes if _may_default(node)],
        "mandatory": [node for node in nodes if _may_be_mandatory(node)],
        "leafref": [node for node in nodes if node.word in {"leaf", "leaf-list"} and not node.has("default")],
        "unique": [node for node in nodes if node.word == "list"],
        "elements": [
            node
            for node in nodes
            if node.word in {"list", "leaf-list"} and not node.has("min-elements", "max-elements", "default")
        ],
        "instance": [
            node for node in nodes if node.word == "leaf" and not node.is_key and not node.has("default")
        ],
    }
    weights = (
        ["must"] * 4
        + ["when"] * 3
        + ["leafref"] * 3
        + ["default"] * 3
        + ["mandatory"] * 2
        + ["unique"] * 2
        + ["elements", "instance"]
    )
    way = draw(st.sampled_from(weights))
    if ways[way]:
        _RESTRICT[way](draw, draw(st.sampled_from(ways[way])), nodes)


def _context(node: Node, at: Node, targets: list[Node]) -> Context:
    return Context(at, targets, module=node.module, prefixed=node.deviated)


def _must(draw: st.DrawFn, node: Node, nodes: list[Node]) -> None:
    targets = [one for one in nodes if one.is_data]
    node.statements.append(("must", condition(draw, _context(node, node, targets))))


def _when(draw: st.DrawFn, node: Node, nodes: list[Node]) -> None:
    """Conditions read nodes that stand before: none depends on itself (section 7.21.5)."""
    top = node
    while top.parent is not None and top.parent.word in {"choice", "case"}:
        top = top.parent
    before = [one for one in nodes[: nodes.index(top)] if one.is_data and top not in list(one.all())]
    before = [one for one in before if one not in _upwards(node)]
    if not before:
        return
    on_parent = node.written != "here" and draw(st.booleans())
    at = node if node.is_data and not on_parent else node.data_parent
    if at is None or (at.word == "module" and on_parent):
        return
    # Of an augment's condition the context node is the target, to whose module names without a prefix belong (section 6.4.1).
    made = Context(at, before, module=node.module, prefixed=on_parent and node.module == OTHER)
    made.whole = False
    target = draw(st.sampled_from(made.targets)) if made.targets else None
    if target is None:
        return
    made.targets = [target]
    text = condition(draw, made, depth=1)
    if "*" in text or "node()" in text or "::" in text or "//" in text:
        return  # may read the node itself
    if on_parent:
        node.uses_when = text
    else:
        node.statements.append(("when", text))


def _may_default(node: Node) -> bool:
    if node.is_key or node.has("default", "mandatory", "min-elements"):
        return False
    if node.word == "choice":
        return any(_may_be_default_case(case) and case.module == node.module for case in node.children)
    if node.kind is None or not node.kind.words:
        return False
    return "if-feature" not in "".join((node.kind.text, *node.kind.typedefs))


def _may_be_default_case(case: Node) -> bool:
    """Section 7.9.3: no mandatory node right in it."""
    return case.active and not case.uses_when and not _needs(case)


def _needs(node: Node) -> bool:
    """Whether it is, or non-presence containers of it hold, a mandatory node (section 3)."""
    if node.has("mandatory", "min-elements"):
        return True
    if node.word in {"case"} or (node.word == "container" and not node.has("presence")):
        return any(_needs(child) for child in node.children)
    return False


def _may_be_mandatory(node: Node) -> bool:
    if node.word not in {"leaf", "choice"} or node.is_key or node.has("default", "mandatory"):
        return False
    if node.kind is not None and node.kind.default is not None:
        return False
    return _may_need(node)


def _may_need(node: Node) -> bool:
    """Not in a default case (section 7.9.3), nor where another module may not need it (section 7.17)."""
    at: Node | None = node
    while at is not None and at.word in {"leaf", "leaf-list", "list", "choice", "case", "container"}:
        if at is not node and (at.word == "list" or at.has("presence")):
            break
        if at.module == OTHER and at.written == "augment":
            return False
        if at.parent is not None and at.parent.word == "choice" and at.parent.has("default"):
            return False
        at = at.parent
    return True


def _default(draw: st.DrawFn, node: Node, nodes: list[Node]) -> None:
    if node.word == "choice":
        cases = [case for case in node.children if _may_be_default_case(case) and case.module == node.module]
        node.statements.append(("default", draw(st.sampled_from(cases)).name))
        return
    assert node.kind
    count = draw(st.integers(1, 2)) if node.word == "leaf-list" else 1
    for word in draw(st.lists(st.sampled_from(node.kind.words), min_size=1, max_size=count, unique=True)):
        node.statements.append(("default", word))


def _mandatory(draw: st.DrawFn, node: Node, nodes: list[Node]) -> None:
    node.statements.append(("mandatory", "true"))


def _elements(draw: st.DrawFn, node: Node, nodes: list[Node]) -> None:
    least = draw(st.integers(0, 2))
    if least and _may_need(node) and draw(st.booleans()):
        node.statements.append(("min-elements", str(least)))
    if draw(st.booleans()):
        node.statements.append(("max-elements", str(least + draw(st.integers(1 - bool(least), 1)) or 1)))


def _unique(draw: st.DrawFn, node: Node, nodes: list[Node]) -> None:
    leaves = [
        one
        for one in node.all()
        if one.active and one.word == "leaf" and not one.is_key and one.module == node.module
        if one.written != "augment" and _plainly_below(one, node)
    ]
    if not leaves:
        return
    chosen = draw(st.lists(st.sampled_from(leaves), min_size=1, max_size=2, unique_by=id))
    node.statements.append(("unique", " ".join(leaf.schema_path(node) for leaf in chosen)))


def _plainly_below(leaf: Node, top: Node) -> bool:
    at = leaf.parent
    while at is not None and at is not top:
        if at.word == "list" or not at.active or at.written == "augment":
            return False
        at = at.parent
    return True


def _leafref(draw: st.DrawFn, node: Node, nodes: list[Node]) -> None:
    before = [
        one
        for one in nodes[: nodes.index(node)]
        if one.kind and one.kind.text != "type empty;" and one.kind.family != "instance"
    ]
    at = Context(node, before, module=node.module, prefixed=False)
    if not at.targets:
        return
    target = draw(st.sampled_from(at.targets))
    assert target.kind
    path = path_to(draw, at, target, predicates=False)
    chained = _chained(draw, at, target, nodes)
    if chained and draw(st.booleans()):
        path = chained
    require = draw(st.sampled_from(["", "", "", " require-instance true;", " require-instance false;"]))
    text = f'type leafref {{ path "{path}";{require} }}'
    node.kind = replace(target.kind, text=text, odd=target.kind.odd[:4], default=None)


def _chained(draw: st.DrawFn, at: Context, target: Node, nodes: list[Node]) -> str:
    """``/list[key = current()/../other]/leaf``, where ``other`` refers to the key (section 9.9.6), or has its type."""
    entry = target.data_parent
    if (
        entry is None
        or entry.word != "list"
        or len(entry.keys) != 1
        or target.is_key
        or target.word != "leaf"
    ):
        return ""
    key = next(child for child in entry.children if child.name == entry.keys[0])
    assert key.kind
    beside = [
        one for one in at.targets if one.word == "leaf" and one.kind and one.kind.family == key.kind.family
    ]
    if not beside or entry.module != at.module:
        return ""
    other = draw(st.sampled_from(beside))
    way = path_to(draw, at, entry, predicates=False, absolute=True)
    right = path_to(draw, at, other, predicates=False, absolute=False)
    if not right.startswith("../"):
        return ""
    return f"{way}[{at.name(draw, key)} = current()/{right}]/{at.name(draw, target)}"


def _instance(draw: st.DrawFn, node: Node, nodes: list[Node]) -> None:
    good = []
    for target in draw(
        st.lists(st.sampled_from([one for one in nodes if one.is_data]), min_size=1, max_size=3)
    ):
        text, module = "", ""
        for one in target.data_path():
            text += f"/{one.module}:{one.name}" if one.module != module else f"/{one.name}"
            module = one.module
            keys = {child.name: child for child in one.children if child.is_key}
            for key in one.keys:
                kind = keys[key].kind
                assert kind
                text += f"[{key}='{(kind.words or ('x',))[0]}']"
        good.append(text)
    require = draw(st.sampled_from(["", " { require-instance true; }", " { require-instance false; }"]))
    odd = ("/", "", "/gen:nothing", good[0] + "/x", good[0].replace("gen:", ""), 1)
    node.kind = Kind(f"type instance-identifier{require or ';'}", "instance", tuple(good), odd, ())


_RESTRICT: Final = {
    "must": _must,
    "when": _when,
    "default": _default,
    "mandatory": _mandatory,
    "leafref": _leafref,
    "unique": _unique,
    "elements": _elements,
    "instance": _instance,
}
