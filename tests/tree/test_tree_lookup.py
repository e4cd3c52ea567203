"""get and revision_at: what stands at a path."""

from __future__ import annotations

from typing import Any

import pytest
from tree_models import zoo

from pyconfhoard.tree import Path, Step, decode, get, parse_path, revision_at

SCHEMA = zoo()
ROOT = decode(
    SCHEMA.root,
    {
        "m:settings": {"name": "n", "tags": ["a"], "unions": [1], "plain": {"y": "1"}},
        "m:lists": {"system": [{"k": "x", "in": {"y": "1"}}]},
        "m:state": {"log": [{"msg": "a"}, {"msg": "b"}]},
    },
    Path(),
    content="all",
    revision=3,
)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/m:settings/name", "n"),
        ("/m:settings/level", None),
        ("/m:settings/tags", ("a",)),
        ("/m:settings/tags[.='a']", "a"),
        ("/m:settings/tags[.='b']", None),
        ("/m:settings/unions[.='1']", 1),
        ("/m:settings/unions[.='true']", None),
        ("/m:lists/system[k='x']/in/y", "1"),
        ("/m:lists/system[k='y']/in/y", None),
        ("/m:lists/pair[a='x'][b='1']", None),
        ("/m:state/log[2]/msg", "b"),
        ("/m:state/log[3]", None),
    ],
)
def test_a_path_finds_what_stands_there(path: str, value: Any) -> None:
    assert get(ROOT, parse_path(SCHEMA, path)) == value


def test_the_root_and_whole_lists_are_found() -> None:
    assert get(ROOT, Path()) is ROOT
    assert len(get(ROOT, parse_path(SCHEMA, "/m:lists/system"))) == 1


def test_a_step_that_makes_no_sense_finds_nothing() -> None:
    assert get(ROOT, Path((Step("m:settings"), Step("name"), Step("x")))) is None
    assert get(ROOT, Path((Step("m:settings"), Step("name", ("n",))))) is None


def test_a_revision_is_that_of_the_closest_branch() -> None:
    for path in ("/", "/m:settings/name", "/m:lists/system[k='x']", "/m:lists/system"):
        assert revision_at(ROOT, parse_path(SCHEMA, path)) == 3
    assert revision_at(ROOT, parse_path(SCHEMA, "/m:lists/system[k='none']/in")) == 3
