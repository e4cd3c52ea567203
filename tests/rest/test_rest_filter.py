"""XPath expressions of clients: what their names mean, and that none of them is a fault of the server's."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard import schema as schemas
from pyconfhoard.errors import BadInput
from pyconfhoard.tree import Path as Place
from pyconfhoard.tree import decode
from rest.filters.query import LONGEST, compiled, query
from rest.filters.select import pick, selection_of

SCHEMA = schemas.load(("belfry",), folders=[Path(__file__).parent / "models"])
TREE = decode(
    SCHEMA.root,
    {
        "belfry:counter": 5,
        "belfry:tower": {"height": "60.5", "bell": [{"name": "anna", "weight": 300}, {"name": "maria"}]},
    },
    Place.ROOT,
)


def holds(text: str, **prefixes: str) -> bool:
    return query(text, SCHEMA, SCHEMA.root, prefixes).holds(TREE)


@pytest.mark.parametrize(
    "text",
    [
        "/belfry:counter = 5",
        "/counter = 5",
        "/belfry:tower/bell/weight",
        "/belfry:tower/belfry:bell/weight > 200",
        "/tower/bell[name='maria']",
        "count(/belfry:tower/bell) = 2",
        "/belfry:tower/bell[name='anna'][weight]",
        "//bell[weight > 200]/name = 'anna'",
        "/belfry:tower/bell[not(weight)]/name = 'maria'",
        "/belfry:tower/bell[../height > 60]",
        "/belfry:tower/bell[/belfry:counter = 5]",
        "true()",
        "starts-with(/belfry:tower/bell/name, 'an')",
    ],
)
def test_names_are_found_with_their_module_or_without(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text", ["/belfry:tower/counter", "/bell", "/belfry:counter > 5", "false()", "''", "0"]
)
def test_what_is_not_there_is_not_true(text: str) -> None:
    assert not holds(text)


def test_declared_prefixes_win() -> None:
    assert holds("/b:counter", b="belfry")
    with pytest.raises(BadInput, match="'b'"):
        holds("/b:counter")


@pytest.mark.parametrize(
    "text", ["//*[//*[//*]]", "/a:x[/a:y[/a:z]]".replace("a:", "belfry:"), "count(//*[count(//*[//*]) > 1])"]
)
def test_what_would_take_for_ever_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="in one another"):
        compiled(text, SCHEMA)
    with pytest.raises(BadInput):
        selection_of(text, SCHEMA)


def test_too_many_paths_are_refused() -> None:
    with pytest.raises(BadInput, match="whole tree"):
        compiled("|".join(["//*"] * 20), SCHEMA)


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(BadInput, match="characters"):
        compiled("1+" * LONGEST + "1", SCHEMA)


VOCABULARY = (
    "/ // . .. * @ [ ] ( ) , | + - = != < > <= >= and or div mod 1 0.5 'x' \"y\" $v :: : child ancestor self"
    " belfry:tower bell name weight counter count() last() position() string() not() text() node() current()"
    " deref() re-match() enum-value() bit-is-set() derived-from() concat() sum() id() lang()"
)
WORDS = st.sampled_from(VOCABULARY.split())


@given(
    st.one_of(
        st.text(max_size=40),
        st.lists(WORDS, max_size=12).map(" ".join),
        st.lists(WORDS, max_size=12).map("".join),
    )
)
def test_any_text_is_an_expression_or_is_refused(text: str) -> None:
    with contextlib.suppress(BadInput):
        query(text, SCHEMA, SCHEMA.root).holds(TREE)
    with contextlib.suppress(BadInput):
        pick(selection_of(text, SCHEMA), TREE)
