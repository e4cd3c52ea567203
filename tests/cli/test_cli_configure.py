"""Ways to configure: private, shared and exclusive; and what a session does when the hoard was started anew."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from command_line import Said
from serving import Server, serving, wait_for

from cli import hold
from cli.client import Client, Unreachable
from cli.interpreter import Interpreter
from pyconfhoard.schema.types.base import Json

Session = Callable[[str], str]
"""Runs a line; what it says."""

BREWERSLAB = ["brewerslab"]
SETPOINT = "brewhouse temperature fermentation setpoint"
CHANGEOVER = "brewhouse power changeover"


def session_of(client: Client) -> tuple[Interpreter, Session]:
    output = Said()
    interpreter = Interpreter(client, output, "ann")

    def run(line: str) -> str:
        output.text = ""
        interpreter.run(line)
        return output.text

    return interpreter, run


@pytest.fixture
def sessions(server: Server) -> Iterator[Callable[[], Session]]:
    """Makes sessions of the one user that there is."""
    made = []

    def make() -> Session:
        interpreter, run = session_of(Client(server.url, server.token))
        made.append(interpreter)
        return run

    yield make
    for interpreter in made:
        interpreter.end()
        interpreter.client.close()


@pytest.fixture
def one(sessions: Callable[[], Session]) -> Session:
    return sessions()


@pytest.fixture
def other(sessions: Callable[[], Session]) -> Session:
    return sessions()


class TestShared:
    def test_is_seen_changed_and_committed_by_others(self, one: Session, other: Session) -> None:
        assert "Entering configuration mode shared\n\n" in one("configure shared")
        one(f"set {CHANGEOVER} 31")
        assert "What is pending stays in the shared candidate." in one("exit")
        assert "changes are pending in it already" in other("conf sh")
        assert "+     changeover 31" in other("compare")
        other(f"set {SETPOINT} 17")
        assert "Commit complete" in other("commit")
        one("conf shared")
        assert "nothing is pending" in one("compare")
        one(f"delete {CHANGEOVER}")
        assert "-     changeover 31" in other("compare")
        one("discard")
        assert "nothing is pending" in other("compare")

    def test_that_was_lost_with_the_hoard_is_told_and_a_commit_is_refused_once(self, tmp_path: Path) -> None:
        gone = "Note: the hoard was started anew, and with it the shared candidate: what was pending there is gone."
        with serving(tmp_path, modules=BREWERSLAB) as server:
            interpreter, run = session_of(Client(server.url, server.token))
            run("configure shared")
            run(f"set {CHANGEOVER} 41")
        with serving(tmp_path, modules=BREWERSLAB, port=server.port) as server:
            assert interpreter.complete(f"set {SETPOINT} ")[1] == []
            said = run(f"set {SETPOINT} 19")
            assert gone in said
            assert "changeover" not in run("compare")
        with serving(tmp_path, modules=BREWERSLAB, port=server.port):
            said = run("commit comment 'as entered'")
            assert gone in said
            assert "Error: nothing was committed" in said
            assert "No modifications to commit" in run("commit")
            interpreter.end()

    def test_is_not_seen_from_a_private_one(self, one: Session, other: Session) -> None:
        one("conf shared")
        one(f"set {CHANGEOVER} 32")
        other("conf")
        assert "nothing is pending" in other("compare")
        one("discard")


class TestExclusive:
    def test_keeps_others_out_until_its_exit_and_they_are_told_who(
        self, one: Session, other: Session
    ) -> None:
        assert "Entering configuration mode exclusive\n\n" in one("configure exclusive")
        for kind in ("private", "shared"):
            assert "Note: admin has locked candidate and running: until" in other(f"configure {kind}")
            refused = other(f"set {CHANGEOVER} 33") + other("commit")
            assert re.search(r"Error: admin has locked (candidate|running) for another \d+ s", refused)
            other("discard")
            other("exit")
        assert "Error: admin has locked candidate" in other("configure exclusive")
        one(f"set {CHANGEOVER} 34")
        assert "Commit complete" in one("commit")
        one(f"set {CHANGEOVER} 35")
        assert "Pending changes discarded." in one("exit")
        assert "locked" not in other("configure exclusive")
        assert '"changeover": 34' in other(f"show {CHANGEOVER}")

    def test_is_not_to_be_had_while_something_is_pending(self, one: Session, other: Session) -> None:
        one("conf shared")
        one(f"set {CHANGEOVER} 36")
        assert "Error: " in other("configure exclusive")
        assert "configure" in other("help"), "it is in operational mode"
        one("discard")
        assert "Error" not in other("configure exclusive")

    def test_keeps_nothing_where_the_hoard_does_not_answer_between_its_two_locks(
        self, server: Server, other: Session
    ) -> None:
        class Faltering(Client):
            def call(self, module: str, name: str, **given: Json) -> Json:
                if given.get("target") == "running":
                    raise Unreachable("the hoard took too long to answer")
                return super().call(module, name, **given)

        client = Faltering(server.url, server.token)
        with closing(client), pytest.raises(Unreachable, match="took too long"):
            hold.Hold(client)
        assert "Error" not in other("configure exclusive")

    def test_lock_is_renewed_while_the_session_waits(
        self, server: Server, one: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hold, "LEASE", 2)
        one("configure exclusive")
        client = Client(server.url, server.token)

        def ends() -> list[str]:
            return [
                lock["expires"] for lock in client.call("pyconfhoard-locks", "list-locks").get("lock", [])
            ]

        first = ends()
        assert len(first) == 2
        wait_for(lambda: all(now > before for now, before in zip(ends(), first, strict=True)), "renewal")
        client.close()

    def test_lock_that_was_broken_is_told_and_what_was_pending_is_gone(
        self, server: Server, one: Session
    ) -> None:
        one("configure exclusive")
        one(f"set {CHANGEOVER} 37")
        client = Client(server.url, server.token)
        for lock in client.call("pyconfhoard-locks", "list-locks")["lock"]:
            client.call("pyconfhoard-locks", "break-lock", lock=lock["id"])
        client.close()
        assert "the lock of this session has ended" in one("commit")
        assert "configure" in one("help"), "it is in operational mode"


class TestPrivate:
    def test_commit_and_quit_leaves_when_it_worked(self, one: Session) -> None:
        one("conf")
        one(f"set {CHANGEOVER} forty")
        one("set brewhouse temperature fermentation lowpoint 39")
        assert one("commit and-quit").endswith("[edit]\n")
        one("discard")
        one(f"set {CHANGEOVER} 53")
        assert re.search(r"Commit complete: revision \d+\.\n\n\[ok\]\[[^\n]*\n$", one("commit and-quit"))
        assert "configure" in one("help"), "it is in operational mode"

    @pytest.mark.parametrize("words", ["nonsense", "private shared"])
    def test_other_words_are_told_the_way(self, one: Session, words: str) -> None:
        assert "usage: configure [private|shared|exclusive]" in one(f"configure {words}")

    def test_what_was_pending_is_entered_again_when_the_hoard_was_started_anew(self, tmp_path: Path) -> None:
        with serving(tmp_path, modules=BREWERSLAB) as server:
            _, run = session_of(Client(server.url, server.token))
            run("configure")
            run(f"set {CHANGEOVER} 41")
            run(f"set {SETPOINT} 19")
            assert "Error: no hoard answers" not in run("commit label before")
            run(f"set {CHANGEOVER} 42")
            run("rollback before")
            run(f"set {SETPOINT} 20")
        assert "Error: no hoard answers" in run(f"set {CHANGEOVER} 43")
        with serving(tmp_path, modules=BREWERSLAB, port=server.port) as server:
            said = run(f"set {CHANGEOVER} 44")
            assert "Note: the hoard had lost what was pending" in said
            assert "Error" not in said
            compared = run("compare")
            assert "+     changeover 44" in compared
            assert "+       setpoint 20.0" in compared
        with serving(tmp_path, modules=BREWERSLAB, port=server.port):
            said = run("commit")
            assert "it is entered again" in said
            assert "Error: nothing was committed" in said
            assert "Commit complete" in run("commit")
            run("discard")

    def test_can_be_left_without_a_hoard(self, tmp_path: Path) -> None:
        with serving(tmp_path, modules=BREWERSLAB) as server:
            interpreter, run = session_of(Client(server.url, server.token))
            run("configure")
            run(f"set {CHANGEOVER} 41")
        assert "Error: no hoard answers" in run("compare")
        run("exit")
        assert interpreter.prompt.endswith("> ")
        assert interpreter.run("exit") is None

    def test_update_puts_what_was_entered_on_what_runs_now(self, one: Session, other: Session) -> None:
        for run, number in ((one, 51), (other, 52)):
            run("conf")
            run(f"set {CHANGEOVER} {number}")
        one(f"set {SETPOINT} 15")
        assert "Commit complete" in other("commit")
        refused = one("commit")
        time = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
        assert re.search(rf"changeover: changed meanwhile by admin at {time} \(revision \d+\)", refused)
        assert "by: update." in refused
        updated = one("update")
        assert "-     changeover 52\n+     changeover 51" in updated
        assert "+       setpoint 15.0" in updated
        assert "Commit complete" in one("commit")
        assert "nothing is pending" in one("update")

    def test_update_that_cannot_be_leaves_all_as_it_was(self, one: Session, other: Session) -> None:
        for run in (one, other):
            run("conf")
            run("create recipes recipe stout")
        other("commit")
        one("discard")
        one("delete recipes recipe stout")
        other("delete recipes recipe stout")
        other("commit")
        assert "Error: " in one("update")
        assert "-   recipe[recipename='stout']" in one("compare")
        one("discard")
        other("exit")
        other("conf shared")
        assert "Error: update is for a private candidate" in other("update")

    def test_what_cannot_be_entered_again_is_told(self, tmp_path: Path) -> None:
        recipe = "recipes recipe porter"
        with serving(tmp_path, modules=BREWERSLAB) as server:
            client = Client(server.url, server.token)
            _, run = session_of(client)
            run("configure")
            run(f"create {recipe}")
            run("commit")
            run(f"delete {recipe}")
        with serving(tmp_path, modules=BREWERSLAB, port=server.port):
            client.request("DELETE", "/restconf/data/brewerslab:recipes/recipe=porter")
            said = run("compare")
            assert "what was pending is gone, and cannot be entered again" in said
            assert "configure" in run("help"), "it is in operational mode"
