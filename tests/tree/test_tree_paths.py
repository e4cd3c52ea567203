"""Paths and their two textual forms: exact both ways, and helpful when they are wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_models import zoo
from tree_schemas import awkward, texts

from pyconfhoard.errors import BadInput, Fault, NotFound
from pyconfhoard.schema.types import EMPTY
from pyconfhoard.tree import Path, Step, api_path, node_at, parse_api_path, parse_path

SCHEMA = zoo()
LISTS = SCHEMA.root.children["m:lists"]
SYSTEM = LISTS.children["system"]  # type: ignore[attr-defined]
PAIR = LISTS.children["pair"]  # type: ignore[attr-defined]
TAGS = SCHEMA.root.children["m:settings"].children["tags"]  # type: ignore[attr-defined]
TOP = Path().child(LISTS)

yang_strings = st.one_of(
    texts,
    awkward,
    st.text(
        st.one_of(st.sampled_from("\t\n\r"), st.characters(exclude_categories=["Cs", "Cc", "Cn"])),
        max_size=12,
    ),
)


def both_ways(path: Path) -> None:
    assert parse_path(SCHEMA, str(path)) == path
    assert parse_api_path(SCHEMA, api_path(SCHEMA, path)) == path
    assert parse_api_path(SCHEMA, "/" + api_path(SCHEMA, path)) == path


@settings(max_examples=300)
@given(yang_strings)
def test_any_key_comes_back_from_its_text(key: str) -> None:
    both_ways(TOP.child(SYSTEM, (key,)).child(SYSTEM.children["in"]))
    both_ways(Path().child(SCHEMA.root.children["m:settings"]).child(TAGS, (key,)))


@settings(max_examples=200)
@given(yang_strings, st.one_of(st.integers(-128, 127), st.booleans(), st.just(EMPTY), st.sampled_from("xyz")))
def test_composite_keys_come_back_from_their_text(text: str, mixed: Any) -> None:
    both_ways(TOP.child(PAIR, (text, mixed)).child(PAIR.children["v"]))


@pytest.mark.parametrize(
    ("key", "literal", "encoded"),
    [
        ("28-000005e2fdc3", "'28-000005e2fdc3'", "28-000005e2fdc3"),
        ("", "''", ""),
        ("a b", "'a b'", "a%20b"),
        ("it's", '"it\'s"', "it%27s"),
        ('12" pipe', "'12\" pipe'", "12%22%20pipe"),
        ("it's 12\"", '"it\'s 12"""', "it%27s%2012%22"),
        ("a/b,c=[d]{e}%", "'a/b,c=[d]{e}%'", "a%2Fb%2Cc%3D%5Bd%5D%7Be%7D%25"),
        ("\U0001f37a", "'\U0001f37a'", "%F0%9F%8D%BA"),
    ],
)
def test_the_texts_are_these(key: str, literal: str, encoded: str) -> None:
    path = TOP.child(SYSTEM, (key,))
    assert str(path) == f"/m:lists/system[k={literal}]"
    assert api_path(SCHEMA, path) == f"m:lists/system={encoded}"
    both_ways(path)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/", Path()),
        ("/m:lists/m:system[m:k='x']", TOP.child(SYSTEM, ("x",))),
        ("/m:lists/pair[b='5'][a='x']", TOP.child(PAIR, ("x", 5))),
        ("/m:lists/system[ k = 'x' ]", TOP.child(SYSTEM, ("x",))),
        ("/m:lists/system", TOP.child(SYSTEM)),
        ("/m:state/log[3]/msg", None),
    ],
)
def test_names_may_carry_their_module_and_keys_any_order(text: str, path: Path | None) -> None:
    found = parse_path(SCHEMA, text)
    assert parse_path(SCHEMA, str(found)) == found
    if path is None:
        assert found.steps[1].key == (2,)  # positions count from 1 in text, from 0 in keys
    else:
        assert found == path


def refused(parse: Any, text: str) -> Fault:
    with pytest.raises((BadInput, NotFound)) as caught:
        parse(SCHEMA, text)
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize(
    ("text", "error", "says", "legal"),
    [
        ("/m:list", NotFound, "did you mean m:lists", ("m:lists",)),
        ("/m:lists/systems", NotFound, "did you mean system", ("system",)),
        ("/m:settings/name/x", NotFound, "below name", ()),
        ("/m:lists/user[k='five']", BadInput, "whole decimal number", ()),
        ("/m:settings/mode[.='x']", BadInput, "", ()),
        ("/m:lists/system/v", BadInput, "system[k='...']", ()),
        ("/m:lists/pair[a='x']", BadInput, "[a=...][b=...]", ()),
        ("/m:lists/pair[a='x'][a='y']", BadInput, "twice", ()),
        ("/m:lists/system[3]", BadInput, "[k=...]", ()),
        ("/m:state/log[0]", BadInput, "from 1", ()),
        ("/m:state/log[99999999999999999999]", BadInput, "from 1", ()),
        ("m:lists", BadInput, "begins with a slash", ()),
        ("/m:lists//system", BadInput, "column", ()),
        ("/m:lists/system[k='x'", BadInput, "column", ()),
        ("/m:lists/system[k='a''b']", BadInput, "column", ()),
        ("/m:lists/system[k=x]", BadInput, "column", ()),
        ("/m:lists/system[k", BadInput, "column", ()),
    ],
)
def test_a_wrong_instance_path_says_what_would_be_right(
    text: str, error: type[Exception], says: str, legal: tuple[str, ...]
) -> None:
    with pytest.raises(error):
        parse_path(SCHEMA, text)
    fault = refused(parse_path, text)
    assert says in fault.message
    assert fault.legal == legal


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("m:lists/system=a,b", "1 key (k), not 2"),
        ("m:lists/pair=a", "2 keys (a,b), not 1"),
        ("m:lists/system/v", "system=<k>"),
        ("m:lists/system=%zz", "%25"),
        ("m:lists/system=%", "%25"),
        ("m:lists/system=%ff", "UTF-8"),
        ("m:lists=x", "takes no key"),
        ("m:lists/user=five", "whole decimal number"),
        ("m:lists/..%2f..%2fetc", "there is no '../../etc'"),
        ("m:lists/../m:state", "there is no '..'"),
        ("m:lists//system", "there is no ''"),
        ("n:lists", "there is no 'n:lists'"),
    ],
)
def test_a_wrong_api_path_says_what_would_be_right(raw: str, says: str) -> None:
    assert says in refused(parse_api_path, raw).message


@pytest.mark.parametrize(
    ("raw", "key"),
    [("a,5", ("a", 5)), (",", ("", EMPTY)), ("%2C,true", (",", True)), ("a%3Db,x", ("a=b", "x"))],
)
def test_keys_of_an_api_path_are_typed(raw: str, key: tuple[Any, ...]) -> None:
    assert parse_api_path(SCHEMA, f"m:lists/pair={raw}").last.key == key


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from([*"/m:lists[]=.'\"%, {}3", "system", "pair", "state", "log"]) | awkward, max_size=12
    ).map("".join)
)
def test_no_text_gets_past_the_two_errors(text: str) -> None:
    for parse in (parse_path, parse_api_path):
        for one in (text, f"/m:lists/{text}", f"m:lists/system{text}", f"/m:lists/system{text}"):
            try:
                path = parse(SCHEMA, one)
            except (BadInput, NotFound):
                continue
            assert parse_path(SCHEMA, str(path)) == path


def test_a_path_knows_its_place() -> None:
    path = TOP.child(SYSTEM, ("x",)).child(SYSTEM.children["in"])
    assert path.parent == TOP.child(SYSTEM, ("x",))
    assert path.within(TOP.child(SYSTEM))
    assert path.within(TOP)
    assert not path.within(TOP.child(SYSTEM, ("y",)))
    assert not TOP.within(path)
    assert path.last == Step("in")
    assert node_at(SCHEMA, path) is SYSTEM.children["in"]
    assert Path().parent == Path()
    assert TOP.child(SYSTEM).entry(("x",)) == TOP.child(SYSTEM, ("x",))
    assert len({path, TOP.child(SYSTEM, ("x",)).child(SYSTEM.children["in"])}) == 1


def test_a_path_that_the_model_does_not_have_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        node_at(SCHEMA, Path((Step("m:lists"), Step("nothing"))))
    with pytest.raises(KeyError):
        node_at(SCHEMA, TOP.child(SYSTEM, ("x",)).child(SYSTEM.children["v"]) / Step("deeper"))
