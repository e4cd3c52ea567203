"""The table of RFC 7950: nothing of the RFC is left out of it, and every test that it names exists.

The lists here are the RFC's own: its sections from 3 to 15 but those titled "Usage Example" and "Examples",
and the statements of its grammar. Test files are read, not imported.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "Documentation" / "reference" / "yang.md"
TEXT = PAGE.read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    for line in TEXT.splitlines()
    if re.match(r"\| [0-9`]", line)
]
NAMED = re.findall(r"\[([^\]]+)\]\(\.\./\.\./(tests/[^)]+\.py)\)", TEXT)

SECTIONS = """
3 4.1 4.2 4.2.2 4.2.3
5.1 5.1.1 5.1.2 5.2 5.3 5.3.1 5.4 5.5 5.6.1 5.6.2 5.6.3 5.6.4 5.6.5 5.7
6.1 6.1.1 6.1.2 6.1.3 6.2 6.2.1 6.3 6.3.1 6.4 6.4.1 6.5
7.1 7.1.1 7.1.2 7.1.3 7.1.4 7.1.5 7.1.5.1 7.1.6 7.1.7 7.1.8 7.1.9 7.2 7.2.1 7.2.2
7.3 7.3.1 7.3.2 7.3.3 7.3.4 7.4 7.4.1
7.5 7.5.1 7.5.2 7.5.3 7.5.4 7.5.4.1 7.5.4.2 7.5.5 7.5.6 7.5.7 7.5.8
7.6 7.6.1 7.6.2 7.6.3 7.6.4 7.6.5 7.6.6 7.6.7
7.7 7.7.1 7.7.2 7.7.3 7.7.4 7.7.5 7.7.6 7.7.7 7.7.8 7.7.9
7.8 7.8.1 7.8.2 7.8.3 7.8.4 7.8.5 7.8.6
7.9 7.9.1 7.9.2 7.9.2.1 7.9.3 7.9.4 7.9.5
7.10 7.10.1 7.10.2 7.10.3 7.11 7.11.1 7.11.2 7.11.3
7.12 7.12.1 7.13 7.13.1 7.13.2 7.13.3
7.14 7.14.1 7.14.2 7.14.3 7.14.4 7.15 7.15.1 7.15.2 7.16 7.16.1 7.16.2 7.17 7.17.1 7.17.2
7.18 7.18.1 7.18.2 7.19 7.19.1 7.19.2 7.19.2.2 7.20.1 7.20.2 7.20.3 7.20.3.2
7.21.1 7.21.2 7.21.3 7.21.4 7.21.5
8.1 8.2 8.3 8.3.1 8.3.2 8.3.3
9.1 9.2 9.2.1 9.2.2 9.2.3 9.2.4 9.2.4.1 9.3 9.3.1 9.3.2 9.3.3 9.3.4
9.4 9.4.1 9.4.2 9.4.3 9.4.4 9.4.5 9.4.6 9.5 9.5.1 9.5.2 9.5.3
9.6 9.6.1 9.6.2 9.6.3 9.6.4 9.6.4.1 9.6.4.2 9.7 9.7.1 9.7.2 9.7.3 9.7.4 9.7.4.1 9.7.4.2
9.8 9.8.1 9.8.2 9.8.3 9.9 9.9.1 9.9.2 9.9.3 9.9.4 9.9.5 9.10 9.10.1 9.10.2 9.10.3 9.10.4
9.11 9.11.1 9.11.2 9.11.3 9.12 9.12.1 9.12.2 9.12.3 9.13 9.13.1 9.13.2 9.13.3
10.1.1 10.2.1 10.3.1 10.4.1 10.4.2 10.5.1 10.6.1
11 12 13 14 15.1 15.2 15.3 15.4 15.5 15.6 15.7
""".split()  # fmt: skip  # noqa: SIM905 - a list of this length is read in rows

STATEMENTS = """
action anydata anyxml argument augment base belongs-to bit case choice config contact container default
description deviate deviation enum error-app-tag error-message extension feature fraction-digits grouping
identity if-feature import include input key leaf leaf-list length list mandatory max-elements min-elements
modifier module must namespace notification ordered-by organization output path pattern position prefix presence
range reference refine require-instance revision revision-date rpc status submodule type typedef unique units
uses value when yang-version yin-element
""".split()  # fmt: skip  # noqa: SIM905 - as above

OTHER_RFCS = ("RFC 6020", "RFC 7951", "RFC 7952", "RFC 8791", "RFC 8525")


def test_every_section_has_a_row() -> None:
    told = {row[0] for row in ROWS}
    assert [section for section in SECTIONS if section not in told] == []


def test_every_statement_has_its_substatements() -> None:
    told = {word for row in ROWS if len(row) == 2 for word in re.findall(r"`([a-z-]+)`", row[0])}
    assert told == set(STATEMENTS)


def test_substatements_are_statements() -> None:
    told = {word for row in ROWS if len(row) == 2 for word in re.findall(r"`([a-z-]+)[1?+*]`", row[1])}
    assert told < set(STATEMENTS)
    assert len(told) > 60


@pytest.mark.parametrize("rfc", OTHER_RFCS)
def test_what_belongs_to_yang_beside_rfc_7950_has_its_part(rfc: str) -> None:
    (heading,) = re.findall(rf"^## {rfc}:.*$", TEXT, re.MULTILINE)
    assert TEXT.partition(heading)[2].count("](../../tests/") > 0


def test_every_rule_has_a_test_or_says_why_it_has_none() -> None:
    rules = [row for row in ROWS if len(row) == 4]
    assert [row[:2] for row in rules if not row[2] and not row[3]] == []
    assert len(NAMED) > 600


@cache
def names_and_words(file: str) -> tuple[frozenset[str], frozenset[str]]:
    """``test_x`` and ``TestX::test_x`` of a file, and the lines of all its strings."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    names = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}::{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
    strings = (each.value for each in ast.walk(tree) if isinstance(each, ast.Constant))
    return frozenset(names), frozenset(
        line for text in strings if isinstance(text, str) for line in text.split("\n")
    )


@pytest.mark.parametrize("file", sorted({file for _, file in NAMED}))
def test_every_test_that_is_named_exists(file: str) -> None:
    names, words = names_and_words(file)
    for label in {label for label, where in NAMED if where == file}:
        test, _, row = label.partition(": ")
        assert test in names, label
        assert not row or row in words or any(line.startswith(f"{row}: ") for line in words), label


def test_every_test_of_the_rfcs_tables_is_named() -> None:
    named = {(file, label.partition(": ")[0].partition("::")[0]) for label, file in NAMED}
    tables = [*ROOT.glob("tests/*/test_rfc7950_*.py"), *ROOT.glob("tests/*/test_x*_examples.py")]
    assert len(tables) >= 9
    for table in tables:
        file = str(table.relative_to(ROOT))
        tests = {name for name in names_and_words(file)[0] if "::" not in name}
        assert {
            name for name in tests if name.lower().startswith("test") and (file, name) not in named
        } == set()


TABLES = {"NEW_WORDS", "QUOTED", "RIGHT", "RULES", "WRONG"}
"""What the tables in the tests are called; each is a dict by facts."""


def test_every_row_of_the_rfcs_tables_is_named() -> None:
    named = {(file, label.partition(": ")[2]) for label, file in NAMED}
    missing = []
    for path in ROOT.glob("tests/*/test_rfc7950_*.py"):
        file = str(path.relative_to(ROOT))
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.AnnAssign | ast.Assign) and isinstance(node.value, ast.Dict):
                target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
                if isinstance(target, ast.Name) and target.id in TABLES:
                    facts = [key.value for key in node.value.keys if isinstance(key, ast.Constant)]
                    assert len(facts) == len(set(facts)), file
                    missing += [fact for fact in facts if (file, fact) not in named]
    assert missing == []
