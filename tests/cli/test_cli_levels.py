"""``edit``, ``up`` and ``top``: paths begin where one is."""

from collections.abc import Iterator

import pytest
from command_line import Said
from serving import Server

from cli.client import Client
from cli.interpreter import Interpreter

FERMENTATION = "brewhouse temperature fermentation"
PROBE = "brewhouse temperature hardware probe 28-0000000000ab"


class Session:
    def __init__(self, server: Server) -> None:
        self.said = Said()
        self.interpreter = Interpreter(Client(server.url, server.token), self.said, "ann")
        self("conf")

    def __call__(self, line: str) -> str:
        self.said.text = ""
        self.interpreter.run(line)
        return self.said.text

    def words(self, line: str) -> list[str]:
        return [one.word for one in self.interpreter.complete(line)[1]]


@pytest.fixture
def run(server: Server) -> Iterator[Session]:
    session = Session(server)
    yield session
    session.interpreter.end()
    session.interpreter.client.close()


def test_paths_begin_where_one_is(run: Session) -> None:
    assert run(f"edit {FERMENTATION}").endswith(f"[edit {FERMENTATION}]\n")
    assert "Error" not in run("set setpoint 14")
    assert '"setpoint": "14.0"' in run("show")
    assert run("show setpoint | display set").startswith(f"set {FERMENTATION} setpoint 14.0\n")
    assert "+       setpoint 14.0" in run("compare")
    assert "Error" not in run("delete setpoint")
    assert "there is no 'brewhouse' below fermentation" in run("set brewhouse power mode off")
    assert run("set setpoint warm").endswith(f"[edit {FERMENTATION}]\n")
    assert "revision  when" in run("show history 1")


def test_what_completes_is_what_stands_there(run: Session) -> None:
    run("edit brewhouse")
    assert run.words("set ") == ["temperature", "power"]
    assert run.words("set power mode m") == ["mash"]
    assert "brewhouse" in run.words("run show brewh")
    assert "  power " in run.interpreter.possible("edit ")


def test_a_command_behind_top_completes_as_it_does_there(run: Session) -> None:
    run(f"edit {FERMENTATION}")
    assert "set" in run.words("top ")
    assert "edit" not in run.words("top ")
    assert "  edit " not in run.interpreter.possible("top ")
    assert run.words("top se") == ["set"]
    assert run.words("top set brewhouse ") == ["temperature", "power"]
    assert run.words("top show brewhouse | displ") == ["display"]
    assert "  power " in run.interpreter.possible("top show brewhouse ")
    assert "setpoint" in run.words("set "), "and one is where one was"
    assert run("show setpoint").startswith("{")


def test_up_top_and_exit_go_back(run: Session) -> None:
    run(f"edit {PROBE}")
    run("edit offsets 0 10")
    assert run("up").endswith(f"[edit {PROBE}]\n"), "a list with its keys is one level"
    assert run("up 2").endswith("[edit brewhouse temperature]\n")
    assert run("top set brewhouse power changeover 33") == ""
    assert '"changeover": 33' in run("top show brewhouse power")
    assert run("exit").endswith("[edit]\n")
    run(f"edit {FERMENTATION}")
    assert run("top").endswith("[edit]\n")
    run("exit")
    assert run.interpreter.prompt.endswith("> ")
    assert run("conf").endswith("[edit]\n")


@pytest.mark.parametrize(
    "line",
    [
        "edit",
        f"edit {FERMENTATION} setpoint",
        "edit recipes recipe",
        "up x",
        "up 1 2",
        f"up {'9' * 5000}",
        "top exit",
    ],
)
def test_what_cannot_be_is_told_the_way(run: Session, line: str) -> None:
    assert "Error: usage: " in run(line)
    assert run("up 99").endswith("[edit]\n")
