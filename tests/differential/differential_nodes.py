"""Generated schema nodes, and how they are written in YANG.

What a node means and how it is written are apart: a node may be written where it stands, in a grouping, in
an augment of this or another module, with some of its statements in a ``refine`` or a ``deviation``. The
meaning is the same, so the documents for it are, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from differential_types import IDENTITIES, Kind, quoted

__all__ = ["MAIN", "OTHER", "Module", "Node"]

MAIN: Final = "gen"
OTHER: Final = "more"
PREFIXES: Final = {MAIN: "g", OTHER: "m"}

_REFINABLE: Final = {
    "leaf": ("must", "default", "mandatory", "if-feature", "description"),
    "leaf-list": ("must", "default", "min-elements", "max-elements", "if-feature"),
    "list": ("must", "min-elements", "max-elements", "if-feature"),
    "container": ("must", "presence", "if-feature"),
    "choice": ("default", "mandatory", "if-feature"),
    "case": ("if-feature",),
}
_DEVIABLE: Final = ("must", "default", "mandatory", "min-elements", "max-elements", "unique")


@dataclass(eq=False)
class Node:
    """A schema node. ``statements`` are its sub-statements but for type, key and children, in pairs of
    keyword and argument; ``whens`` those conditions that are written on it."""

    word: str
    name: str
    parent: Node | None
    module: str = MAIN
    kind: Kind | None = None
    keys: tuple[str, ...] = ()
    children: list[Node] = field(default_factory=list)
    statements: list[tuple[str, str]] = field(default_factory=list)
    active: bool = True
    """No ``if-feature`` takes it away."""
    written: str = "here"
    """Where it is written: ``here``, ``grouping``, ``augment``."""
    uses_when: str = ""
    """A ``when`` on the uses or augment that brings it."""
    moved: tuple[str, ...] = ()
    """Keywords that are written in a ``refine``, or else a ``deviation``."""
    deviated: bool = False

    def has(self, *keywords: str) -> bool:
        return any(keyword in keywords for keyword, _ in self.statements)

    def all(self) -> Iterator[Node]:
        """This node and all below."""
        yield self
        for child in self.children:
            yield from child.all()

    @property
    def is_data(self) -> bool:
        return self.word not in {"choice", "case"}

    @property
    def is_key(self) -> bool:
        return self.parent is not None and self.word == "leaf" and self.name in self.parent.keys

    @property
    def data_parent(self) -> Node | None:
        """The closest data node above."""
        above = self.parent
        while above is not None and not above.is_data:
            above = above.parent
        return above

    @property
    def data_children(self) -> list[Node]:
        """The data nodes right below, through choices and cases."""
        found: list[Node] = []
        for child in self.children:
            found += [child] if child.is_data else child.data_children
        return found

    def data_path(self) -> list[Node]:
        """The data nodes from the top to this one, which is the last (of a choice or case: its parent)."""
        at: Node | None = self if self.is_data else self.data_parent
        path: list[Node] = []
        while at is not None and at.word != "module":
            path.insert(0, at)
            at = at.data_parent
        return path

    def schema_path(self, base: Node | None = None) -> str:
        """As a schema node identifier with prefixes: absolute, or below ``base``."""
        steps: list[str] = []
        at: Node | None = self
        while at is not None and at is not base and at.word != "module":
            steps.insert(0, f"{PREFIXES[at.module]}:{at.name}")
            if at.word != "case" and at.parent is not None and at.parent.word == "choice":
                steps.insert(0, steps[0])  # the case that is not written (section 7.9.2)
            at = at.parent
        return "/".join(steps) if base else "/" + "/".join(steps)

    def member(self) -> str:
        """The name in JSON (RFC 7951 section 4)."""
        above = self.data_parent
        qualified = above is None or above.word == "module" or above.module != self.module
        return f"{self.module}:{self.name}" if qualified else self.name


class Module:
    """Everything under one root; :meth:`texts` are the modules, by name."""

    def __init__(self) -> None:
        self.root = Node("module", MAIN, None)
        self._groupings: list[str] = []
        self._augments: dict[str, list[list[str]]] = {MAIN: [], OTHER: []}
        self._deviations: list[str] = []
        self.orderly = True
        """Augments stand after those that bring their targets; else in the opposite order."""

    def nodes(self) -> list[Node]:
        """All but the root, in the order of the model; those that a feature takes away not."""
        found: list[Node] = []

        def walk(node: Node) -> None:
            for child in node.children:
                if child.active:
                    found.append(child)
                    walk(child)

        walk(self.root)
        return found

    def texts(self) -> dict[str, str]:
        """The text of each module, by name."""
        self._groupings.clear()
        self._augments = {MAIN: [], OTHER: []}
        self._deviations.clear()
        body = self._body(self.root)
        kinds = [node.kind for node in self.root.all() if node.kind]
        typedefs = dict.fromkeys(text for kind in kinds for text in kind.typedefs)
        identities = [
            f"identity {name} {{ {' '.join(f'base {base};' for base in bases)} }}"
            for name, bases in IDENTITIES.items()
        ]
        main = [
            *identities,
            "feature on;",
            "feature off;",
            *typedefs,
            *self._groupings,
            *body,
            *self._ordered(MAIN),
        ]
        texts = {MAIN: _module(MAIN, main)}
        other = self._ordered(OTHER) + self._deviations
        if other:
            texts[OTHER] = _module(OTHER, [f"import {MAIN} {{ prefix {PREFIXES[MAIN]}; }}", *other])
        return texts

    def _ordered(self, module: str) -> list[str]:
        augments = self._augments[module]
        if self.orderly:
            augments = augments[::-1]  # a node's own comes after those of the nodes in it
        elif len(augments) > 1:
            augments = [["// augments in any order"], *augments]
        return [line for augment in augments for line in augment]

    def _body(self, node: Node) -> list[str]:
        """The children, with what of them is written elsewhere put there."""
        lines: list[str] = []
        brought: dict[tuple[str, str, str], list[Node]] = {}
        for child in node.children:
            if child.written == "here":
                lines += self._node(child)
            else:
                brought.setdefault((child.written, child.module, child.uses_when), []).append(child)
        for (written, module, condition), children in brought.items():
            when = [f"when {quoted(condition)};"] if condition else []
            if written == "grouping":
                lines += self._uses(children, when)
            else:
                inner = [line for child in children for line in self._node(child)]
                self._augments[module].append(_block(f'augment "{node.schema_path()}"', [*when, *inner]))
        return lines

    def _uses(self, children: list[Node], when: list[str]) -> list[str]:
        name = f"group{len(self._groupings)}"
        self._groupings.append("")
        at = len(self._groupings) - 1
        inner = [line for child in children for line in self._node(child, refinable=True)]
        self._groupings[at] = "\n".join(_block(f"grouping {name}", inner))
        refines: list[str] = []
        for child in children:
            moved = [_statement(*one) for one in child.statements if _is_moved(child, one[0], _REFINABLE)]
            if moved:
                refines += _block(f'refine "{child.name}"', moved)
        return _block(f"uses {name}", [*when, *refines])

    def _node(self, node: Node, *, refinable: bool = False) -> list[str]:
        lines = [node.kind.text] if node.kind else []
        if node.keys:
            lines.append(f'key "{" ".join(node.keys)}";')
        for statement in node.statements:
            if refinable and _is_moved(node, statement[0], _REFINABLE):
                continue
            if not refinable and node.deviated and statement[0] in node.moved and statement[0] in _DEVIABLE:
                self._deviations += _block(
                    f'deviation "{node.schema_path()}"', _block("deviate add", [_statement(*statement)])
                )
                continue
            lines.append(_statement(*statement))
        return _block(f"{node.word} {node.name}", [*lines, *self._body(node)])


def _is_moved(node: Node, keyword: str, table: dict[str, tuple[str, ...]]) -> bool:
    return keyword in node.moved and keyword in table.get(node.word, ())


def _statement(keyword: str, argument: str) -> str:
    return f"{keyword} {quoted(argument)};"


def _block(head: str, lines: list[str]) -> list[str]:
    return [f"{head} {{", *("  " + line for line in lines), "}"]


def _module(name: str, lines: list[str]) -> str:
    head = ["yang-version 1.1;", f'namespace "urn:{name}";', f"prefix {PREFIXES[name]};"]
    return "\n".join(_block(f"module {name}", head + lines)) + "\n"
