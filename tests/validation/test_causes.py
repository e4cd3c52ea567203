"""Which edit is named as the one that broke a rule."""

import pytest
from validation_lab import model, module

from pyconfhoard.tree import Edit, Path, parse_path
from pyconfhoard.validation.causes import Causes

SCHEMA = model(
    module(
        "m",
        """container c { list l { key k; leaf k { type string; } leaf v { type string; } }
           choice way { leaf a { type string; } container b { leaf x { type string; } } } leaf z { type string; } }""",
    )
)


def path(text: str) -> Path:
    return parse_path(SCHEMA, text)


def causes(*edits: str, removed: dict[str, str] | None = None) -> Causes:
    gone = {path(one): path(cause) for one, cause in (removed or {}).items()}
    return Causes([Edit("merge", path(edit)) for edit in edits], gone)


@pytest.mark.parametrize(
    ("edits", "change", "named"),
    [
        (["/m:c/z", "/m:c/l[k='1']/v"], "/m:c/l[k='1']/v", "/m:c/l[k='1']/v"),
        (["/m:c/z", "/m:c"], "/m:c/l[k='1']/v", "/m:c"),
        (["/m:c/z", "/m:c/l"], "/m:c/l[k='1']", "/m:c/l"),
        (["/m:c/z", "/m:c/l[k='1']/v"], "/m:c/l[k='1']", "/m:c/l[k='1']/v"),
        (["/m:c/a"], "/m:c/b/x", ""),
        (["/m:c/a"], "/m:c/b", "/m:c/a"),
        (["/"], "/m:c/z", "/"),
    ],
)
def test_a_change_is_traced_to_its_edit(edits: list[str], change: str, named: str) -> None:
    assert causes(*edits).of_change(path(change)) == named


def test_what_a_condition_removed_is_traced_through_it() -> None:
    chain = {"/m:c/z": "/m:c/b", "/m:c/b": "/m:c/l[k='1']/v"}
    assert causes("/m:c/l[k='1']", removed=chain).of_change(path("/m:c/z")) == "/m:c/l[k='1']"


@pytest.mark.parametrize(
    ("edits", "place", "named"),
    [
        (["/m:c/z", "/m:c/l[k='1']"], "/m:c/l[k='1']/v", "/m:c/l[k='1']"),
        (["/m:c/l[k='1']/v"], "/m:c/l[k='1']", "/m:c/l[k='1']/v"),
        (["/m:c/l[k='1']"], "/m:c/l[k='11']", ""),
        (["/"], "/m:c", "/"),
    ],
)
def test_of_a_fault_only_its_place_may_be_known(edits: list[str], place: str, named: str) -> None:
    assert causes(*edits).of_place(place) == named
