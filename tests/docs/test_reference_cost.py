"""The page on what rules cost says what the validator says of each of its examples."""

import re
import tempfile
from functools import cache
from pathlib import Path

import pytest

from pyconfhoard.schema import load
from pyconfhoard.validation import Validator

PAGE = Path(__file__).resolve().parents[2] / "Documentation" / "reference" / "cost.md"
ROWS = re.findall(r"^\| (entry|container) \| `([^`]+)` \| (yes|no) \|", PAGE.read_text(), re.MULTILINE)
MODEL = re.search(r"```yang\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]


@cache
def warnings(where: str, expression: str) -> tuple[str, ...]:
    rule = f'leaf rule {{ type string; must "{expression}"; }}'
    mark = {
        "entry": "// a rule stands here, in a leaf: the examples of the table",
        "container": "// or here, in a leaf of the container",
    }[where]
    assert mark in MODEL
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "m.yang").write_text(MODEL.replace(mark, rule))
        return Validator(load(["m"], folders=[Path(folder)])).warnings


def test_the_page_has_examples_of_both_kinds() -> None:
    assert {flat for _, _, flat in ROWS} == {"yes", "no"}
    assert len(ROWS) > 12


@pytest.mark.parametrize(("where", "expression", "flat"), ROWS)
def test_an_example_is_flat_or_warned_of(where: str, expression: str, flat: str) -> None:
    assert bool(warnings(where, expression)) is (flat == "no"), warnings(where, expression)
