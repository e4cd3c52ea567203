"""Random XPath expressions that mean something in a generated module."""

from __future__ import annotations

from typing import Final

from differential_nodes import MAIN, PREFIXES, Node
from differential_types import IDENTITIES
from hypothesis import strategies as st

__all__ = ["Context", "condition", "path_to"]


class Context:
    """Where an expression stands: its context node, and the nodes that it may lead to."""

    def __init__(
        self,
        node: Node,
        targets: list[Node],
        *,
        module: str,
        prefixed: bool,
    ) -> None:
        self.node = node
        self.whole = True
        """Whether predicates may read any leaf; else keys only."""
        self.path = node.data_path()
        self.module = module
        self.prefixed = prefixed
        self.targets = [
            target
            for target in targets
            if module != MAIN or all(one.module == MAIN for one in target.data_path())
        ]
        """Of those given, those whose names can be written here."""

    def name(self, draw: st.DrawFn, node: Node) -> str:
        """The name of a node, with the prefix that it needs or may have."""
        if not self.prefixed and node.module == self.module and draw(st.integers(0, 3)):
            return node.name
        return f"{PREFIXES[node.module]}:{node.name}"


def path_to(
    draw: st.DrawFn, at: Context, target: Node, *, predicates: bool = True, absolute: bool | None = None
) -> str:
    """A location path to instances of ``target``."""
    goal = target.data_path()
    shared = 0
    while shared < min(len(goal), len(at.path)) and goal[shared] is at.path[shared]:
        shared += 1
    ups = len(at.path) - shared
    if absolute is None:
        absolute = draw(st.integers(0, 3)) == 0
    if absolute:
        down, start = goal, "/"
    elif ups == 0 and shared == len(goal):
        return "."
    else:
        down = goal[shared:]
        start = "../" * ups
        if predicates and draw(st.integers(0, 7)) == 0:
            start = "current()/" + start
    steps = [at.name(draw, node) + (_predicate(draw, at, node) if predicates else "") for node in down]
    return start + "/".join(steps) if steps else start.rstrip("/")


def _predicate(draw: st.DrawFn, at: Context, node: Node) -> str:
    if node.word not in {"list", "leaf-list"} or draw(st.integers(0, 2)):
        return ""
    way = draw(st.integers(0, 5))
    if way == 0:
        return draw(st.sampled_from(["[1]", "[last()]", "[position() < 3]", "[2]"]))
    if node.word == "leaf-list":
        assert node.kind
        return f"[. = {literal(draw(st.sampled_from(node.kind.words)))}]" if _comparable(node) else ""
    leaves = [
        child for child in node.data_children if child.active and child.word == "leaf" and _comparable(child)
    ]
    keys = [leaf for leaf in leaves if leaf.is_key]
    leaves = [leaf for leaf in leaves if not leaf.is_key] or keys if way == 1 and at.whole else keys
    leaves = [leaf for leaf in leaves if at.module != MAIN or leaf.module == MAIN]
    if not leaves:
        return ""
    leaf = draw(st.sampled_from(leaves))
    assert leaf.kind
    others = [
        one
        for one in at.targets
        if one.word == "leaf" and one.kind and one.kind.family == leaf.kind.family and _comparable(one)
    ]
    if others and way > 3:
        right = "current()/" + path_to(
            draw, at, draw(st.sampled_from(others)), predicates=False, absolute=False
        )
    else:
        right = literal(draw(st.sampled_from(leaf.kind.words)))
    return f"[{at.name(draw, leaf)} = {right}]"


def literal(word: str) -> str:
    """A string in XPath."""
    return f"'{word}'"


def _comparable(node: Node) -> bool:
    """Whether its string value is beyond doubt: that of an identity has a prefix, or a module's name."""
    kind = node.kind
    return kind is not None and bool(kind.words) and kind.family not in {"identity", "mixed"}


def _alike(one: Node, other: Node) -> bool:
    """Whether it makes sense to compare their values."""
    same = one.kind is not None and other.kind is not None and one.kind.family == other.kind.family
    return same and _comparable(one) and _comparable(other)


_SIGNS: Final = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
_EQUAL: Final = st.sampled_from(["=", "=", "!="])


def condition(draw: st.DrawFn, at: Context, depth: int = 2) -> str:
    """A boolean expression, or one that counts as one."""
    way = draw(st.integers(0, 9)) if depth else 9
    if way == 0:
        return f"not({condition(draw, at, depth - 1)})"
    if way in {1, 2}:
        word = draw(st.sampled_from(["and", "or"]))
        return f"({condition(draw, at, depth - 1)}) {word} ({condition(draw, at, depth - 1)})"
    if way == 3:
        return _about_context(draw, at)
    target = draw(st.sampled_from(at.targets)) if at.targets else None
    if target is None:
        return draw(st.sampled_from(["true()", "false()", "1", "''"]))
    return _about(draw, at, target)


def _about_context(draw: st.DrawFn, at: Context) -> str:
    """Expressions on axes that need no target."""
    name = at.name(draw, at.path[-1]) if at.path else "*"
    number = draw(st.integers(0, 4))
    return draw(
        st.sampled_from(
            [
                f"count(../*) {draw(_SIGNS)} {number}",
                f"count(*) {draw(_SIGNS)} {number}",
                f"count(preceding-sibling::{name}) {draw(_SIGNS)} {number}",
                f"count(following-sibling::*) {draw(_SIGNS)} {number}",
                f"count(ancestor::*) {draw(_SIGNS)} {number}",
                f"count(ancestor-or-self::node()) {draw(_SIGNS)} {number}",
                f"count(descendant::*) {draw(_SIGNS)} {number}",
                f"count(//{name}) {draw(_SIGNS)} {number}",
                f"count(..//{name}) {draw(_SIGNS)} {number}",
                f"count(following::{name}) {draw(_SIGNS)} {number}",
                f"count(preceding::{name}) {draw(_SIGNS)} {number}",
                f"local-name(..) {draw(_EQUAL)} {literal(at.path[-2].name if len(at.path) > 1 else '')}",
                f"../*[{number}]",
                f"count(../node()) = count(../*) + {number}",
                f"count(. | ..) {draw(_SIGNS)} {number}",
                f"current()/../self::node()[{number} = count(*)]",
            ]
        )
    )


def _about(draw: st.DrawFn, at: Context, target: Node) -> str:
    path = path_to(draw, at, target)
    number = draw(st.integers(0, 4))
    general = [
        path,
        f"not({path})",
        f"boolean({path})",
        f"count({path}) {draw(_SIGNS)} {number}",
        f"{path} = true()",
    ]
    others = [one for one in at.targets if one is not target and _alike(one, target)]
    if others:
        other = path_to(draw, at, draw(st.sampled_from(others)))
        general += [f"{path} {draw(_EQUAL)} {other}", f"count({path} | {other}) {draw(_SIGNS)} {number}"]
    if target.kind is None or not target.kind.words:
        return draw(st.sampled_from(general))
    special = _by_family(draw, target, path, number)
    if target.kind.text.startswith("type leafref") and target.word == "leaf":
        special += [f"deref({path})", f"count(deref({path})/..) = {number}", f"deref({path}) = {path}"]
    return draw(st.sampled_from(special if special and draw(st.integers(0, 3)) else general))


def _by_family(draw: st.DrawFn, target: Node, path: str, number: int) -> list[str]:
    kind = target.kind
    assert kind
    word = draw(st.sampled_from(kind.words))
    if kind.family == "identity":
        name = f"{PREFIXES[MAIN]}:{draw(st.sampled_from(sorted(IDENTITIES)))}"
        return [f"derived-from({path}, '{name}')", f"derived-from-or-self({path}, '{name}')"]
    if not _comparable(target):
        return []
    found = [f"{path} {draw(_EQUAL)} {literal(word)}"] * 2
    match kind.family:
        case "number" | "decimal":
            found += [
                f"{path} {draw(_SIGNS)} {word}",
                f"{path} + 1 {draw(_SIGNS)} {number}",
                f"sum({path}) {draw(_SIGNS)} {number}",
                f"number({path}) * 2 {draw(_SIGNS)} {number}",
                f"{path} mod 2 = 0",
                f"{path} div 2 {draw(_SIGNS)} {number}",
                f"floor({path}) = ceiling({path})",
                f"round({path} div 2) {draw(_SIGNS)} {number}",
                f"-{path} {draw(_SIGNS)} -{number}",
            ]
        case "string":
            part = word[:1]
            found += [
                f"contains({path}, {literal(part)})",
                f"starts-with({path}, {literal(part)})",
                f"string-length({path}) {draw(_SIGNS)} {number}",
                f"substring({path}, 1, 1) = {literal(part)}",
                f"substring({path}, 2) = {literal(word[1:])}",
                f"substring-before({path}, {literal(part)}) = ''",
                f"substring-after({path}, {literal(part)}) = {literal(word[1:])}",
                f"translate({path}, {literal(part)}, '') != {path}",
                f"normalize-space({path}) = {path}",
                f"concat({path}, 'x') = {literal(word + 'x')}",
                f"re-match({path}, '[a-c]+')",
                f"re-match({path}, '.{{1,2}}')",
            ]
        case "boolean":
            found += [f"{path} = 'true'", f"not({path} = 'false')"]
        case "enum" if kind.text.startswith("type enumeration"):
            found += [f"enum-value({path}) {draw(_SIGNS)} {number}"]
        case "bits" if kind.text.startswith("type bits"):
            found += [f"bit-is-set({path}, 'a')", f"not(bit-is-set({path}, 'b'))"]
        case _:
            pass
    return found
