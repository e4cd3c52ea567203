"""The page on the command line has every command, with the words that it takes."""

import re

import pytest
from serving import ROOT

from cli.commands import COMMANDS, PIPES, Command

PAGE = (ROOT / "Documentation" / "cli.md").read_text(encoding="utf-8").replace("\\|", "|")
SPANS = re.findall(r"`([^`\n]+)`", PAGE)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"{command.name} {command.modes[0].name}")
def test_every_command_and_keyword_is_told(command: Command) -> None:
    told = " ".join(span for span in SPANS if span.startswith(command.name))
    assert told
    for word in command.words or {}:
        assert any(re.search(rf"\b{word}\b", span) for span in SPANS), word


def test_no_other_command_is_told() -> None:
    names = {command.name.partition(" ")[0] for command in COMMANDS}
    told = re.findall(r"^\| `(\w+)", PAGE, re.MULTILINE)
    assert set(told) <= names
    assert len(told) > 20


def test_every_pipe_is_told() -> None:
    assert {span[2:].partition(" ")[0] for span in SPANS if span.startswith("| ")} == set(PIPES)
