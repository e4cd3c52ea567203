"""nearest: what a wrong name may have meant."""

from __future__ import annotations

import pytest

from pyconfhoard.tree import nearest


@pytest.mark.parametrize(
    ("name", "names", "near"),
    [
        ("nmae", ["name", "level"], ("name",)),
        ("annex:nmae", ["name", "level"], ("name",)),
        ("nmae", ["annex:name"], ("annex:name",)),
        ("nothing-like-it", ["name", "level"], ()),
        ("", ["name"], ()),
    ],
)
def test_a_name_is_found_with_or_without_its_module(
    name: str, names: list[str], near: tuple[str, ...]
) -> None:
    assert nearest(name, names) == near


@pytest.mark.parametrize("names", [["name", "annex:name"], ["annex:name", "name"]])
def test_names_of_two_modules_are_both_found_the_one_of_the_same_module_first(names: list[str]) -> None:
    assert nearest("nmae", names) == ("name", "annex:name")
    assert nearest("annex:nmae", names) == ("annex:name", "name")


def test_at_most_three_are_told() -> None:
    assert len(nearest("name", [f"{module}:name" for module in "abcde"])) == 3
