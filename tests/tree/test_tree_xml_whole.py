"""XML of whole trees: what holds for any of them, beside JSON; and any document is read or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tree_schemas import ROOT, SCHEMA, trees
from xml_zoo import read, zoo_schema

from pyconfhoard.errors import BadInput
from pyconfhoard.schema.nodes import Inner, Leaf, LeafList, List
from pyconfhoard.schema.types import Union
from pyconfhoard.tree import (
    AnyValue,
    Branch,
    Entries,
    Path,
    decode,
    decode_xml,
    encode,
    encode_xml,
    entries,
    parse_xml,
    to_json,
    view,
    xml_chunks,
)
from pyconfhoard.tree.leaf_lists import arranged, exact

some = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WITHIN = ("urn:w", "data")
CONTENTS = ["all", "config", "nonconfig"]
DEFAULTS = ["explicit", "report-all", "report-all-tagged", "trim"]


@pytest.fixture(autouse=True, scope="module")
def small_pages() -> Any:
    """Pages so small that a few entries fill several."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entries, "PAGE_MAX", 4)
        patch.setattr(entries, "PAGE_FILL", 3)
        patch.setattr(entries, "PAGE_MIN", 2)
        yield


def retold(node: Leaf | LeafList, value: Any) -> Any:
    """A value as its text tells it: of a union, that of the first member that fits."""
    return node.type.parse(node.type.text(value), node.module) if isinstance(node.type, Union) else value


def as_text_tells(branch: Branch) -> Branch:
    """A tree of which XML has the whole: no two values of a union with one text, no numbers in anydata."""
    members: dict[str, Any] = {}
    for name, value in branch.members.items():
        child = branch.schema.children[name]
        if isinstance(value, AnyValue):
            members[name] = AnyValue({"x": ["a", "b"]} if value.json else {})
        elif isinstance(child, Leaf):
            members[name] = retold(child, value)
        elif isinstance(child, LeafList):
            values = [retold(child, one) for one in value]
            if child.config:
                values = list({exact(one): one for one in values}.values())
            members[name] = arranged(child, values)
        elif isinstance(value, Branch):
            members[name] = as_text_tells(value)
        elif isinstance(child, List):
            members[name] = Entries.build(child, [as_text_tells(entry) for entry in value.values()])
    return Branch(branch.schema, members, branch.revision, branch.meta)


def read_back(body: bytes, content: Any = "all") -> Branch:
    tree = decode_xml(SCHEMA, ROOT, parse_xml(body), Path(), content=content)
    assert isinstance(tree, Branch)
    return tree


@given(trees(state=True).map(as_text_tells))
@some
def test_what_is_written_is_read_as_the_same_tree(root: Branch) -> None:
    body = encode_xml(SCHEMA, ROOT, root, within=WITHIN)
    assert b"".join(xml_chunks(SCHEMA, ROOT, root, within=WITHIN)) == body
    assert read_back(body) == root
    assert read_back(body) == decode(ROOT, to_json(ROOT, root), Path(), content="all")


@given(trees(state=True).map(as_text_tells))
@some
def test_every_node_can_stand_alone(root: Branch) -> None:
    for name, value in root.members.items():
        node = ROOT.children[name]
        wrapper = parse_xml(b"<w>" + encode_xml(SCHEMA, node, value) + b"</w>")
        assert decode_xml(SCHEMA, node, wrapper.children, Path.ROOT.child(node), content="all") == value
        if isinstance(value, Entries):
            for key, entry in value.items():
                element = parse_xml(encode_xml(SCHEMA, node, entry))
                path = Path.ROOT.child(node, key)
                assert decode_xml(SCHEMA, node, element, path, content="all") == entry
        elif isinstance(node, Inner):
            for inner, one in value.members.items():
                child = node.children[inner]
                elements = parse_xml(b"<w>" + encode_xml(SCHEMA, child, one) + b"</w>").children
                path = Path.ROOT.child(node).child(child)
                assert decode_xml(SCHEMA, child, elements, path, content="all") == one


@given(
    trees(state=True),
    st.sampled_from(CONTENTS),
    st.none() | st.integers(1, 5),
    st.sampled_from(DEFAULTS),
)
@some
def test_a_view_is_what_json_shows(root: Branch, content: Any, depth: int | None, with_defaults: Any) -> None:
    options = {"content": content, "depth": depth, "with_defaults": with_defaults}
    seen = view(root, **options)
    assert json.loads(encode(ROOT, seen)) == json.loads(
        json.dumps(to_json(ROOT, root, **options), default=str)
    )


@given(
    trees(state=True).map(as_text_tells),
    st.sampled_from(CONTENTS),
    st.none() | st.integers(1, 5),
    st.sampled_from(["explicit", "report-all", "trim"]),
)
@some
def test_xml_shows_what_json_shows(root: Branch, content: Any, depth: int | None, with_defaults: Any) -> None:
    options = {"content": content, "depth": depth, "with_defaults": with_defaults}
    shown = decode(ROOT, to_json(ROOT, root, **options), Path(), content="all")
    assert read_back(encode_xml(SCHEMA, ROOT, root, within=WITHIN, **options)) == shown


@given(trees().map(as_text_tells))
@some
def test_configuration_is_read_as_configuration(root: Branch) -> None:
    assert read_back(encode_xml(SCHEMA, ROOT, root, within=WITHIN), "config") == root


MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(["cut", "copy", "swap", "put"]),
        st.floats(0, 1, exclude_max=True),
        st.floats(0, 1, exclude_max=True),
        st.sampled_from(
            [b"", b"<", b">", b"/>", b" x='1'", b"xmlns=''", b"&#9;", b"text", b"<a/>", b"\xff", b"-9"]
        ),
    ),
    min_size=1,
    max_size=4,
)


def mutated(body: bytes, mutations: list[tuple[str, float, float, bytes]]) -> bytes:
    """``body`` with tags and texts taken out, doubled, exchanged or replaced."""
    pieces = [b"<" + piece for piece in body.split(b"<")[1:]]
    for what, first, second, text in mutations:
        if not pieces:
            break
        one, other = int(first * len(pieces)), int(second * len(pieces))
        if what == "cut":
            del pieces[min(one, other) : max(one, other)]
        elif what == "copy":
            pieces[one:one] = pieces[min(one, other) : max(one, other) + 1]
        elif what == "swap":
            pieces[one], pieces[other] = pieces[other], pieces[one]
        else:
            piece = pieces[one]
            at = int(second * (len(piece) + 1))
            pieces[one] = piece[:at] + text + piece[at:]
    return b"".join(pieces)


@given(trees(state=True), MUTATIONS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_document_is_read_or_refused(root: Branch, mutations: Any) -> None:
    body = mutated(encode_xml(SCHEMA, ROOT, as_text_tells(root), within=WITHIN), mutations)
    try:
        tree = read_back(body)
    except BadInput:
        return
    again = read_back(encode_xml(SCHEMA, ROOT, tree, within=WITHIN))
    assert again == tree


ZOO = [node.name for node in zoo_schema().walk() if node.module in {"zoo", "annex"}]
TEXTS = st.sampled_from(
    [
        "",
        "1",
        "x",
        "z:cat",
        "p:cat",
        "cat",
        "/p:all/p:name",
        "/all",
        "true",
        "one two",
        "AA==",
        "\n",
        "[",
        "'",
        "1.5",
    ]
)


def elements(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    attributes = st.sampled_from(
        [
            "",
            "",
            "",
            ' xmlns="urn:zoo"',
            ' xmlns:p="urn:zoo"',
            ' xmlns=""',
            ' p:trust="3" xmlns:p="urn:zoo"',
            ' a="b"',
        ]
    )
    return st.tuples(st.sampled_from(ZOO), attributes, st.lists(inside, max_size=3)).map(
        lambda made: f"<{made[0]}{made[1]}>{''.join(made[2])}</{made[0]}>"
    )


@given(elements(st.recursive(TEXTS, elements, max_leaves=12)))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_document_of_known_names_is_read_or_refused(inside: str) -> None:
    try:
        tree = read(f'<all xmlns="urn:zoo">{inside}</all>')
    except BadInput:
        return
    schema = zoo_schema()
    again = parse_xml(encode_xml(schema, schema.root, tree, within=WITHIN))
    assert decode_xml(schema, schema.root, again, Path(), content="all") == tree
