"""The command line against a real server: in a real terminal, through a pipe, and line by line."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from command_line import environment
from serving import ROOT, Server
from serving import environment as bare_environment
from terminal import Terminal

from cli.words import quote

OPERATIONAL = r"\S+@localhost>"
CONFIGURATION = r"\S+@localhost%"
TIME = r"\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\]"
OK = r"\[ok\]" + TIME
ERROR = r"\[error\]" + TIME


@pytest.fixture
def shell(server: Server) -> Iterator[Terminal]:
    """``python cli/cli.py`` in a terminal, at its first prompt."""
    terminal = Terminal([sys.executable, "cli/cli.py"], ROOT, environment(server))
    terminal.wait_for(OPERATIONAL)
    yield terminal
    terminal.close()


def lines(server: Server, *commands: str) -> tuple[int, str]:
    """Exit code and output of ``cli -c ...``."""
    arguments = [word for command in commands for word in ("-c", command)]
    done = subprocess.run(
        [sys.executable, "cli/cli.py", *arguments],
        cwd=ROOT,
        env=environment(server),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout + done.stderr


def told(**settings: str) -> str:
    """What the command line says of settings with which it finds no hoard."""
    done = subprocess.run(
        [sys.executable, "cli/cli.py", "-c", "show"],
        cwd=ROOT,
        env=bare_environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def edit(server: Server, *commands: str) -> tuple[int, str]:
    return lines(server, "conf", *commands)


def test_the_seeds_session_runs_in_a_terminal(server: Server, shell: Terminal) -> None:
    revision = server.revision()
    assert re.search(OK, shell.line("show", OPERATIONAL))
    entered = shell.line("conf", CONFIGURATION)
    assert re.fullmatch(rf"Entering configuration mode private\n\n{OK}\n\[edit\]", entered)
    assert shell.line("set brewhouse power mode mash", CONFIGURATION) == ""
    shown = shell.line("show brewhouse power", CONFIGURATION)
    assert '"mode": "mash"' in shown
    assert re.search(rf"\}}\n\n{OK}$", shown)
    assert server.revision() == revision, "nothing changes before commit"
    assert f"Commit complete: revision {revision + 1}" in shell.line("commit", CONFIGURATION)
    assert shell.line("exit", OPERATIONAL) == ""
    assert shell.end("exit") == 0
    assert server.config()["brewerslab:brewhouse"]["power"]["mode"] == "mash"


def test_an_illegal_value_lists_the_legal_ones_and_the_session_goes_on(shell: Terminal) -> None:
    shell.line("conf", CONFIGURATION)
    said = shell.line("set brewhouse power mode ABC", CONFIGURATION)
    assert "ferment" in said
    assert re.search(rf"\n\n{ERROR}\n\[edit\]$", said)
    assert "Error" not in shell.line("set brewhouse power mode off", CONFIGURATION)


def test_tab_completes_words_and_values_of_the_model(shell: Terminal) -> None:
    shell.line("conf", CONFIGURATION)
    shell.keys("set brewh\t")
    shell.shows("% set brewhouse")
    shell.keys("pow\t")
    shell.shows("set brewhouse power")
    shell.keys("mode cra\t")
    shell.shows("set brewhouse power mode crash")
    shell.line("", CONFIGURATION)
    assert '"mode": "crash"' in shell.line("show brewhouse power", CONFIGURATION)


def test_leaving_with_pending_changes_asks(server: Server, shell: Terminal) -> None:
    revision = server.revision()
    shell.line("conf", CONFIGURATION)
    shell.line("set brewhouse temperature fermentation setpoint 21", CONFIGURATION)
    asked = r".*\[yes,no\]"
    shell.line("exit", asked)
    shell.line("no", CONFIGURATION)
    shell.line("exit", asked)
    assert "discarded" in shell.line("yes", OPERATIONAL)
    assert server.revision() == revision


def test_a_line_cannot_start_a_program_or_write_a_file(shell: Terminal, tmp_path: Path) -> None:
    for line in (
        f"show > {tmp_path}/x",
        f"!touch {tmp_path}/x",
        f"shell touch {tmp_path}/x",
        f"show | tee {tmp_path}/x",
    ):
        assert re.search(ERROR, shell.line(line, OPERATIONAL))
    assert not (tmp_path / "x").exists()


def test_show_leaves_out_what_the_hoard_tells_of_itself_unless_asked_for(server: Server) -> None:
    assert "yang-library" not in lines(server, "show")[1]
    assert '"content-id"' in lines(server, "show yang-library")[1]


def test_set_show_delete_of_an_entry_with_a_probes_name(server: Server) -> None:
    where = "brewhouse temperature hardware probe 28-000005e2fdc3"
    code, said = edit(
        server,
        f"create {where}",
        f"set {where} offsets 0 10 offset 0.5",
        "commit comment 'new probe'",
        f"show {where}",
    )
    assert code == 0, said
    assert '"offset": "0.5"' in said
    code, said = edit(server, f"delete {where}", "changes", "commit")
    assert code == 0, said
    assert "28-000005e2fdc3" not in str(server.config())


@pytest.mark.parametrize("key", ["two words", "a.b/c", "it's", 'say "x"', "{b}[1]", "100%", "ä,ö"])
def test_a_key_with_anything_in_it_survives(server: Server, key: str) -> None:

    where = f"recipes recipe {quote(key)}"
    code, said = edit(server, f"create {where}", "commit", f"delete {where}", "commit")
    assert code == 0, said


def test_discard_forgets_what_is_pending(server: Server) -> None:
    code, said = edit(server, "set brewhouse power changeover 17", "discard", "changes")
    assert (code, "nothing is pending" in said) == (0, True)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("set brewhouse temperature fermentation setpoint 200", "between -2 and 40"),
        ("set brewhouse temperature fermentation setpoint warm", "setpoint"),
        ("set brewhouse power mode ABC", "ferment"),
        ("set brewhouse powr mode off", "did you mean power"),
        ("set brewhouse temperature hardware probe x id y", "key"),
        ("create recipes recipe", "recipename"),
        ("set brewhouse temperature fermentation monitor true", "state"),
        ("set brewhouse power mode 'off", "never closed"),
        ("frobnicate", "unknown command"),
        ("show brewhouse", ""),
    ],
)
def test_bad_input_is_told_and_changes_nothing(server: Server, line: str, reason: str) -> None:
    before = server.config()
    code, said = edit(server, line)
    assert reason in said
    assert code == (1 if reason else 0)
    assert server.config() == before


def test_a_violated_must_is_told_at_commit_in_the_models_words(server: Server) -> None:
    before = server.config()
    code, said = edit(server, "set brewhouse temperature fermentation lowpoint 39", "commit")
    assert code == 1
    assert "the setpoint must be above the lowpoint" in said
    assert "brewerslab.yang:" in said
    assert server.config() == before


def test_a_pipe_ends_at_the_first_line_that_fails(server: Server) -> None:
    done = subprocess.run(
        [sys.executable, "cli/cli.py"],
        input="conf\nset brewhouse power mode ABC\nset brewhouse power mode off\ncommit\n",
        cwd=ROOT,
        env=environment(server),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Commit" not in done.stdout


def test_no_hoard_and_a_wrong_token_say_what_to_do(server: Server) -> None:
    for change, words in (({"PYCONF_PORT": "9"}, "make run"), ({"PYCONF_TOKEN": "wrong"}, "token")):
        done = subprocess.run(
            [sys.executable, "cli/cli.py", "-c", "show"],
            cwd=ROOT,
            env=environment(server) | change,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        assert words in done.stderr
        assert "Traceback" not in done.stderr


def test_a_reader_that_has_seen_enough_ends_it_without_a_word(server: Server) -> None:
    with subprocess.Popen(
        [sys.executable, "cli/cli.py", *["-c", "show yang-library"] * 3],
        cwd=ROOT,
        env=environment(server),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.wait(60) == 128 + signal.SIGPIPE
        assert running.stderr.read() == b""


def test_a_terminal_without_a_letter_gets_its_number(server: Server) -> None:
    done = subprocess.run(
        [sys.executable, "cli/cli.py", "-c", "conf", "-c", "set recipes recipe Böhmisch", "-c", "changes"],
        cwd=ROOT,
        env=environment(server) | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "B\\xf6hmisch" in done.stdout


def test_tls_that_is_not_to_be_had_is_told_as_that(server: Server) -> None:
    said = told(PYCONF_HOARD=f"https://127.0.0.1:{server.port}")
    assert f"Error: https://127.0.0.1:{server.port} is not spoken to: " in said
    assert "PYCONF_TRUST=FILE" in said


@pytest.mark.parametrize("through", ["-c", "pipe"])
def test_what_was_not_committed_at_the_end_of_the_input_is_said_to_be_gone(
    server: Server, through: str
) -> None:
    before = server.config()
    commands = ("conf", "set brewhouse power stale-after 77")
    if through == "-c":
        _, said = lines(server, *commands)
    else:
        done = subprocess.run(
            [sys.executable, "cli/cli.py"],
            cwd=ROOT,
            env=environment(server),
            input="\n".join(commands) + "\n",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        said = done.stdout
    assert said.rstrip().endswith("Pending changes discarded.")
    assert server.config() == before


def test_a_path_is_told_once(server: Server) -> None:
    _, said = edit(server, "delete brewhouse temperature hardware probe nope")
    assert said.count("probe[id='nope']") == 1


class _Stranger(BaseHTTPRequestHandler):
    """A web server that is no hoard: it has a page for everything."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>It works!</html>")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def test_a_web_server_that_is_no_hoard_is_told_as_that() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Stranger) as stranger:
        thread = Thread(target=stranger.serve_forever)
        thread.start()
        try:
            said = told(PYCONF_PORT=str(stranger.server_port))
        finally:
            stranger.shutdown()
            thread.join()
    assert "is no hoard" in said
    assert "--hoard URL" in said


@pytest.mark.parametrize("url", ["brewery", "ftp://brewery", "http://brewery:99999"])
def test_a_hoard_that_is_no_url_is_told_with_the_form_of_one(url: str) -> None:
    said = told(PYCONF_HOARD=url)
    assert "PYCONF_HOARD" in said
    assert url in said
