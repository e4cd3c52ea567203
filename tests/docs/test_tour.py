"""The tour does what it says: what is typed in it is typed into the brewery of ``./launch --demo``, and answered as it stands
there, but for times and random ids."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import ROOT, environment, free_port, wait_for

from cli.client import Client, find_token
from cli.interpreter import Interpreter

TOUR = ROOT / "Documentation" / "tour.md"
BLOCK = re.compile(r"^```console\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
TYPED = re.compile(r"^you@localhost[>%] (.*)$", re.MULTILINE)
ANSWER = re.compile(r"\? \[yes,no\] (.*)$", re.MULTILINE)
WAITS = "30s"
"""How long the tour's confirmed commit waits; in the test it is a second."""


@pytest.fixture
def brewery(tmp_path: Path) -> Iterator[Client]:
    """A client of the demo, which runs as ``make run`` has it."""
    port, folder = free_port(), tmp_path / "datastore"
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "pyconfhoard.thing.launcher", "--demo", "--port", str(port)],
            cwd=ROOT,
            env=environment(PYCONF_DATASTORE=str(folder)),
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(lambda: "Ctrl-C" in (tmp_path / "log").read_text(), "the demo runs")
        client = Client(f"http://127.0.0.1:{port}", find_token(folder))
        yield client
        client.close()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


class Screen:
    """What is said, and a person who answers as the tour does."""

    asks = True

    def __init__(self) -> None:
        self.text = ""
        self.answers: list[str] = []

    def write(self, text: str) -> None:
        self.text += f"{text}\n"

    page = write

    def confirm(self, question: str) -> bool:
        answer = self.answers.pop(0)
        self.write(f"{question} [yes,no] {answer}")
        return answer == "yes"


def essence(text: str) -> list[str]:
    """Its lines without what differs from one run to the next, and what the tour leaves out."""
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME", text)
    text = re.sub(r"\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\]", "[TIME]", text)
    text = re.sub(r"confirm \S+\)", "confirm ID)", text)
    text = text.replace("for 1 second.", "for 30 seconds.").replace("within 1 s:", "within 30 s:")
    return [line for line in text.splitlines() if line and line not in {"[ok][TIME]", "[edit]"}]


def test_what_is_typed_is_answered_as_the_tour_says(
    brewery: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    screen = Screen()
    interpreter = Interpreter(brewery, screen, "you")
    blocks = BLOCK.findall(TOUR.read_text(encoding="utf-8"))
    assert len(blocks) > 6
    for block in blocks:
        screen.text = ""
        screen.answers = ANSWER.findall(block)
        for line in TYPED.findall(block):
            screen.write(f"{interpreter.prompt}{line}")
            interpreter.run(line.replace(WAITS, "1s"))
        assert essence(screen.text) == essence(block)
        if WAITS in block:
            wait_for(lambda: newest(brewery) == "hoard", "the confirmed commit is taken back")
            note = wait_for(interpreter.over, "who sits at the prompt is told")
            assert essence(note)[0] in TOUR.read_text(encoding="utf-8")


def newest(client: Client) -> str:
    """The author of the last revision."""
    (line,) = client.history("list-revisions", limit=1)["revision"]
    author: str = line["author"]
    return author
