"""The model as words: what may follow what on a command line.

One walk serves running and completing. It starts at the root of the schema and eats words: the
name of a child, then for a list one word a key, in the order of the model's ``key`` statement. What is left
over when a leaf, a leaf-list or the end is reached are the value's words.

A child is called by its name; where two modules put the same name in one place it is called
``module:name``, which is always understood. Choices and cases have no words: data walks past them.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyconfhoard.schema.nodes import AnyData, Container, DataNode, Inner, Leaf, LeafList, List, Schema
from pyconfhoard.schema.types.base import InvalidValue, Json, Type, Value
from pyconfhoard.tree import Path, Step

__all__ = [
    "Candidate",
    "GrammarError",
    "Place",
    "complete",
    "document",
    "named_children",
    "next_leaf",
    "note",
    "plain_names",
    "walk",
]

LegalKeys = Callable[[Path, List], Iterable[tuple[str, ...]]]
"""The keys, as text, of the entries that exist at the path of a list."""


class GrammarError(ValueError):
    """Words that mean nothing here; the message says what would."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk ended: ``path`` with typed keys, the ``node`` there, the words left over.

    ``keys`` holds the keys read so far of a list whose entry is not named whole yet.
    """

    path: Path
    node: Inner | DataNode
    rest: tuple[str, ...] = ()
    keys: tuple[Value, ...] = ()

    @property
    def inside_keys(self) -> bool:
        """True between the name of a list and its last key."""
        return isinstance(self.node, List) and bool(self.keys) and len(self.keys) < len(self.node.keys)

    @property
    def at_list(self) -> bool:
        """True at a list as a whole, no entry named."""
        return isinstance(self.node, List) and not (self.path.steps and self.path.steps[-1].key)


def named_children(node: Inner, *, config: bool) -> dict[str, DataNode]:
    """The children of ``node`` by the word that calls them; only configuration when ``config``."""
    children = [child for child in node.children.values() if child.config or not config]
    names = [child.name for child in children]
    return {child.name if names.count(child.name) == 1 else child.qname: child for child in children}


def _child(node: Inner, word: str, *, config: bool) -> DataNode:
    children = named_children(node, config=config)
    found = children.get(word) or next((c for c in children.values() if c.qname == word), None)
    if found is not None:
        return found
    if config and word in named_children(node, config=False):
        raise GrammarError(f"{word} is state: it can be shown, not set")
    where = f"below {node.name}" if node.name else "at the top"
    near = difflib.get_close_matches(word, children, n=3, cutoff=0.5)
    legal = f"did you mean {' or '.join(near)}?" if near else _choose(children)
    raise GrammarError(f"there is no {word!r} {where}; {legal}")


def _choose(names: Iterable[str]) -> str:
    listed = sorted(names)
    if not listed:
        return "nothing follows here"
    return f"possible here: {', '.join(listed)}"


def parse_value(kind: Type, text: str, node: DataNode) -> Value:
    """``text`` as a value of ``node``. Raises :class:`GrammarError` with the type's own reason."""
    try:
        return kind.parse(text, node.module)
    except InvalidValue as error:
        legal = (
            f"; legal are: {', '.join(error.legal)}"
            if error.legal and error.legal[0] not in error.message
            else ""
        )
        raise GrammarError(f"{node.name}: {error.message}{legal}") from None


def _key_leaf(node: List, index: int) -> Leaf:
    leaf = node.children[node.keys[index]]
    assert isinstance(leaf, Leaf)  # noqa: S101 - the schema compiler guarantees it
    return leaf


def walk(schema: Schema, words: Sequence[str], *, config: bool) -> Place:
    """Follow ``words`` from the root. Raises :class:`GrammarError` at the first that means nothing."""
    path, node, at = Path(()), schema.root, 0
    here: Inner | DataNode = node
    while at < len(words) and isinstance(here, Inner):
        child = _child(here, words[at], config=config)
        at += 1
        here = child
        if not isinstance(child, List) or not child.keys or at == len(words):
            path = path / Step.of(child)
            continue
        keys: list[Value] = []
        for index in range(len(child.keys)):
            if at == len(words):
                return Place(path / Step.of(child), child, (), tuple(keys))
            leaf = _key_leaf(child, index)
            keys.append(parse_value(leaf.type, words[at], leaf))
            at += 1
        path = path / Step.of(child, tuple(keys))
    return Place(path, here, tuple(words[at:]))


def document(schema: Schema, path: Path, value: Json) -> Mapping[str, Json]:
    """RFC 7951 JSON of the whole tree that holds only ``value`` at ``path`` (keys included), to be merged."""
    nodes: list[DataNode] = []
    here: Inner | DataNode = schema.root
    for step in path.steps:
        if not isinstance(here, Inner):
            raise TypeError(f"nothing below {here.name}")
        here = here.children[step.name]
        nodes.append(here)
    result = value
    for step, node in zip(reversed(path.steps), reversed(nodes), strict=True):
        if isinstance(node, List) and step.key is not None:
            keys = {
                name: _key_leaf(node, index).type.to_json(key)
                for index, (name, key) in enumerate(zip(node.keys, step.key, strict=True))
            }
            result = [keys | (result or {})]
        result = {step.name: result}
    whole: Mapping[str, Json] = result
    return whole


def leaf_json(node: Leaf | LeafList, words: Sequence[str]) -> Json:
    """The RFC 7951 form of a value's words. Raises :class:`GrammarError` on none, too many or illegal ones."""
    if isinstance(node, Leaf) and node.type.name == "empty" and not words:
        words = ("",)
    if not words:
        legal = node.type.legal()
        raise GrammarError(
            f"{node.name} wants a value"
            + (f": one of {', '.join(legal)}" if legal else f" ({node.type.name})")
        )
    if isinstance(node, Leaf) and len(words) > 1:
        raise GrammarError(f"{node.name} takes one value; put blanks between quotes: {' '.join(words)!r}")
    values = [node.type.to_json(parse_value(node.type, word, node)) for word in words]
    return values[0] if isinstance(node, Leaf) else values


def plain_names(data: Json) -> Json:
    """RFC 7951 JSON with the module left out of member names wherever the name stays unique."""
    if isinstance(data, list):
        return [plain_names(item) for item in data]
    if not isinstance(data, Mapping):
        return data
    bare = {name: _bare(name) for name in data}
    names = list(bare.values())
    return {
        (bare[name] if names.count(bare[name]) == 1 else name): plain_names(value)
        for name, value in data.items()
    }


def _bare(name: str) -> str:
    mark, name = ("@", name[1:]) if name.startswith("@") else ("", name)
    return mark + name.partition(":")[2] if ":" in name else mark + name


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to go on: the word, a note on it, and whether it ends a word (else more letters follow)."""

    word: str
    note: str = ""


def note(node: DataNode) -> str:
    """The first sentence of the description, on one line."""
    text = " ".join(node.description.split())
    first = text.partition(". ")[0].rstrip(".")
    return first if len(first) <= 60 else first[:57] + "..."


def complete(
    schema: Schema, words: Sequence[str], prefix: str, *, config: bool, values: bool, keys: LegalKeys
) -> list[Candidate]:
    """The words that may follow ``words`` and start with ``prefix``; with ``values`` also those of leaves.

    Nothing is offered after words that mean nothing: the error comes when the line is run.
    """
    try:
        place = walk(schema, words, config=config)
    except GrammarError:
        return []
    node = place.node
    found: list[Candidate] = []
    if isinstance(node, List) and node.keys and (place.inside_keys or place.at_list):
        index = len(place.keys)
        leaf = _key_leaf(node, index)
        had = tuple(_key_leaf(node, i).type.text(key) for i, key in enumerate(place.keys))
        existing = {key[index] for key in keys(place.path, node) if key[:index] == had}
        found = [Candidate(word, f"{leaf.name} of an entry") for word in sorted(existing)]
        found += [Candidate(word) for word in leaf.type.legal() if word not in existing]
    elif isinstance(node, Leaf | LeafList) and values and (isinstance(node, LeafList) or not place.rest):
        found = [Candidate(word) for word in node.type.legal()]
    elif isinstance(node, Inner) and not place.rest:
        hidden = set(node.keys) if isinstance(node, List) and config and values else set()
        found = [
            Candidate(name, note(child))
            for name, child in named_children(node, config=config).items()
            if child.member not in hidden
        ]
    return [candidate for candidate in found if candidate.word.startswith(prefix)]


def next_leaf(place: Place) -> Leaf | LeafList | None:
    """The leaf whose value comes next: a key of the list that is being named, or the leaf that the words end at."""
    node = place.node
    if isinstance(node, List) and node.keys and (place.inside_keys or place.at_list):
        return _key_leaf(node, len(place.keys))
    if isinstance(node, LeafList) or (isinstance(node, Leaf) and not place.rest):
        return node
    return None


def describe(node: Inner | DataNode) -> str:
    """What ``node`` is, in the words of YANG: for messages."""
    kinds = {
        Container: "a container",
        List: "a list",
        Leaf: "a leaf",
        LeafList: "a leaf-list",
        AnyData: "anydata",
    }
    return next((text for kind, text in kinds.items() if isinstance(node, kind)), "the root")
