"""What follows ``|``."""

import pytest

from cli.commands import CommandError
from cli.pipes import Pipes, read_pipes

TEXT = "heater on\ncooler off\nHeater 2 on\nprobe[1] 18.0"


def pipes(line: str) -> Pipes:
    words = line.split()
    return read_pipes(words, [word == "|" for word in words])[1]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("| match heater", "heater on\nHeater 2 on"),
        ("| mat off|probe", "cooler off\nprobe[1] 18.0"),
        ("| match probe[1]", "probe[1] 18.0"),
        ("| match [", "probe[1] 18.0"),
        ("| except on$ | except probe", "cooler off"),
        ("| begin HEATER.2", "Heater 2 on\nprobe[1] 18.0"),
        ("| begin nothing", ""),
        ("| last 1", "probe[1] 18.0"),
        ("| last", TEXT),
        ("| last 0", ""),
        ("| match on$ | count", "2 lines"),
        ("| last 1 | count", "1 line"),
        ("| no-more", TEXT),
    ],
)
def test_filters_leave_lines(line: str, left: str) -> None:
    assert pipes(line).of(TEXT) == left


def test_a_bar_between_quotes_is_a_letter() -> None:
    assert read_pipes(["a", "|"], [False, False])[0] == ["a", "|"]


def test_a_form_has_a_name_by_itself_and_behind_display() -> None:
    assert [pipes(line).form for line in ("| json", "| disp x", "| display set", "")] == [
        "json",
        "xml",
        "set",
        "",
    ]
    assert (pipes("| no-m").paged, pipes("| json | count").paged) == (False, True)


@pytest.mark.parametrize(
    "line",
    [
        "|",
        "| |",
        "| frob",
        "| match",
        "| match a b",
        "| last x",
        "| display",
        "| display yaml",
        "| count 3",
        "| no-more x",
    ],
)
def test_what_is_no_pipe_is_told_with_those_that_are(line: str) -> None:
    with pytest.raises(
        CommandError, match=r"is no pipe; possible: \| display json\|xml\|set, \| match <text>"
    ):
        pipes(line)


def test_a_form_comes_first_and_once() -> None:
    for line in ("| count | json", "| json | xml"):
        with pytest.raises(CommandError, match="comes first, and once"):
            pipes(line)
