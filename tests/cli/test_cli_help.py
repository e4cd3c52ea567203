"""What ``?`` tells, and what a person at the terminal is told without asking."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from command_line import Said, environment
from serving import ROOT, Server
from terminal import Terminal

from cli.client import Client
from cli.interpreter import Interpreter

OPERATIONAL = r"\S+@localhost>"
CONFIGURATION = r"\S+@localhost%"
SETPOINT = "brewhouse temperature fermentation setpoint"


@pytest.fixture
def shell(server: Server) -> Iterator[Terminal]:
    terminal = Terminal([sys.executable, "cli/cli.py"], ROOT, environment(server))
    terminal.wait_for(OPERATIONAL)
    yield terminal
    terminal.close()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "  configure  edit the configuration"),
        ("conf", "  configure  edit"),
        ("configure ", "  exclusive  in that one"),
        ("show brewhouse ", "  power        Heater and cooler"),
        ("show brewhouse temperature xyz", "there is no 'xyz' below temperature"),
        ("show brewhouse power status action ", "a leaf ends here: Enter"),
        ("frob ", "unknown command 'frob'"),
        ("label 1 ", "label <revision> <name>"),
        ("show history | ", "  except   lines without it"),
        ("show | display ", "  set   as the commands"),
    ],
)
def test_a_question_mark_tells_what_may_follow(server: Server, line: str, told: str) -> None:
    client = Client(server.url, server.token)
    assert told in Interpreter(client, Said(), "ann").possible(line)
    client.close()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("set brewhouse power mode ", "  mash"),
        (f"set {SETPOINT} ", "celsius, default 18.0>  What the beer is to have"),
        ("set brewhouse power mode ", "  <enumeration, default ferment>  "),
        ("create recipes recipe ", "  <string"),
        ("set brewhouse powr ", "did you mean power"),
        ("run ", "  show  "),
        ("run show brewhouse power ", "  status"),
        ("commit comment ", "commit [check]"),
    ],
)
def test_so_it_does_in_configuration_mode(server: Server, line: str, told: str) -> None:
    client = Client(server.url, server.token)
    interpreter = Interpreter(client, Said(), "ann")
    interpreter.run("conf")
    assert told in interpreter.possible(line)
    interpreter.end()
    client.close()


def test_it_leaves_the_line_as_it_was_and_is_a_letter_between_quotes(shell: Terminal) -> None:
    shell.line("conf", CONFIGURATION)
    shell.keys("commit ?")
    shell.shows("  confirmed  take it back")
    shell.keys("comment 'why?'")
    shell.shows("% commit comment 'why?'")
    assert "No modifications to commit." in shell.line("", CONFIGURATION)


def test_state_is_shown_while_configuring(server: Server) -> None:
    client, said = Client(server.url, server.token), Said()
    interpreter = Interpreter(client, said, "ann")
    for line in ("conf", "run show ietf-restconf-monitoring:restconf-state | count", "run sh hist 1"):
        assert interpreter.run(line)
    assert " lines" in said.text
    assert "revision  when" in said.text
    assert not interpreter.run("run configure")
    assert "usage: run show" in said.text
    assert interpreter.prompt.endswith("% ")
    interpreter.end()
    client.close()


def test_who_waits_at_the_prompt_is_told_that_a_confirmed_commit_is_taken_back(shell: Terminal) -> None:
    shell.line("conf", CONFIGURATION)
    shell.line(f"set {SETPOINT} 3", CONFIGURATION)
    shell.line("commit confirmed 1s", CONFIGURATION)
    shell.shows("Note: confirmed commit of admin was not confirmed within 1 s")
    assert "No modifications to commit." in shell.line("commit", CONFIGURATION)


def test_launch_runs_lines_of_it(server: Server) -> None:
    command = [sys.executable, "-m", "pyconfhoard.thing.launcher", "--cli"]
    lines = ["-c", "show history 1", "-c", "exit", "-c", "frobnicate"]
    done = subprocess.run(
        [*command, *lines],
        cwd=ROOT,
        env=environment(server),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "revision  when" in done.stdout
    assert "frobnicate" not in done.stdout
