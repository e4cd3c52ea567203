"""The tables of RESTCONF: no section of the RFCs is left out, every test that they name exists, and every test of the RFCs'
own examples is in them.

The lists here are the RFCs' own. Test files are read, not imported.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "Documentation" / "reference" / "restconf.md").read_text(encoding="utf-8")
NAMED = re.findall(r"\[([^\]]+)\]\(\.\./\.\./(tests/[^)]+\.py)\)", TEXT)

SECTIONS = {
    "8040": """
        3.1 3.2 3.3 3.3.1 3.3.2 3.3.3 3.4 3.4.1 3.5 3.5.1 3.5.2 3.5.3 3.5.4 3.6 3.6.1 3.6.2 3.6.3 3.7 3.8 3.9
        4.1 4.2 4.3 4.4 4.4.1 4.4.2 4.5 4.6 4.6.1 4.7
        4.8 4.8.1 4.8.2 4.8.3 4.8.4 4.8.5 4.8.6 4.8.7 4.8.8 4.8.9
        5.1 5.2 5.3 5.4 5.5 6.1 6.2 6.3 6.4 7 7.1 8 9.1 9.2 9.3 10
        """,
    "8072": "2 2.1 2.2 2.3 2.4 2.5 2.6 2.7 2.8 3 A.1.1 A.1.2 A.1.3 A.1.4 A.1.5",
    "8525": "3 4",
    "8527": "2 3.1 3.2 3.2.1 3.2.2",
    "6243": "2.1 2.2 2.3 3.4 4.3 4.5 4.5.3",
    "8341": """
        3.1.3 3.2 3.2.2 3.2.3 3.2.4 3.2.5 3.2.8 3.3.1 3.3.2 3.3.3 3.3.4.1 3.3.4.2-4 3.3.4.5 3.3.5
        3.4.1 3.4.3 3.4.4 3.4.5 3.4.6 3.5.2 A.2 A.3 A.4 A.5
        """,
}

EXAMPLES = (
    *(f"tests/rest/test_rfc{number}_examples.py" for number in (6243, 8040, 8072, 8341, 8641, 8650)),
    "tests/rest/test_rfc8040_sections.py",
)


def part(rfc: str) -> str:
    """The page's part about an RFC."""
    (text,) = re.findall(rf"^## RFC {rfc}:.*?(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    found: str = text
    return found


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| section")]
    return [[cell.strip() for cell in line.split(" | ")] for line in lines]


@pytest.mark.parametrize("rfc", SECTIONS)
def test_every_section_has_a_row(rfc: str) -> None:
    told = {row[0].removeprefix("| ") for row in rows(part(rfc))}
    assert [section for section in SECTIONS[rfc].split() if section not in told] == []


def test_every_row_has_a_test() -> None:
    assert [row[:2] for row in rows(TEXT) if len(row) == 3 and "](../../tests/" not in row[2]] == []
    assert len(NAMED) > 180


@cache
def names(file: str) -> frozenset[str]:
    """``test_x`` and ``TestX::test_x`` of a file."""
    found = set()
    for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
    return frozenset(found)


@pytest.mark.parametrize("file", sorted({file for _, file in NAMED}))
def test_every_test_that_is_named_exists(file: str) -> None:
    assert {label for label, where in NAMED if where == file} - names(file) == set()


@pytest.mark.parametrize("file", EXAMPLES)
def test_every_example_of_the_rfcs_is_named(file: str) -> None:
    named = {label for label, where in NAMED if where == file}
    assert {name for name in names(file) if name.startswith("test_")} - named == set()
