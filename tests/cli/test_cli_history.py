"""History on the command line, against a real server: who did what, and the ways back."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import environment
from serving import ROOT, Server, wait_for
from terminal import Terminal

OPERATIONAL = r"\S+@localhost>"
CONFIGURATION = r"\S+@localhost%"
FERMENTATION = "brewhouse temperature fermentation"


@pytest.fixture
def shell(server: Server) -> Iterator[Terminal]:
    terminal = Terminal([sys.executable, "cli/cli.py"], ROOT, environment(server))
    terminal.wait_for(OPERATIONAL)
    yield terminal
    terminal.close()


def lines(server: Server, *commands: str) -> str:
    """What ``cli -c ...`` says; every command has to work."""
    code, said = ran(server, *commands)
    assert code == 0, said
    return said


def ran(server: Server, *commands: str) -> tuple[int, str]:
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


def setpoint(server: Server) -> str:
    found: str = server.config()["brewerslab:brewhouse"]["temperature"]["fermentation"]["setpoint"]
    return found


def put(server: Server, value: str) -> None:
    beer = {"temperature": {"fermentation": {"setpoint": value}}}
    body = {"ietf-restconf:data": {"brewerslab:brewhouse": beer}}
    assert server.patch("/restconf/data", body).status == 204


def commit(server: Server, value: str, words: str = "") -> int:
    """Set the setpoint, whatever it was, in a revision of its own; its number. With words on the command line."""
    put(server, "30")
    if not words:
        put(server, value)
        return server.revision()
    said = lines(server, "conf", f"set {FERMENTATION} setpoint {value}", f"commit {words}")
    found = re.search(r"Commit complete: revision (\d+)", said)
    assert found is not None, said
    return int(found[1])


class TestLooking:
    def test_history_tells_who_when_and_why_newest_first(self, server: Server) -> None:
        first = commit(server, "18", "comment 'pitching the ale' label pitched")
        second = commit(server, "12", "comment 'was that a lager?'")
        told = lines(server, "show history 3").splitlines()
        assert re.fullmatch(r"revision  when +who +label +why", told[0])
        time = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
        assert re.fullmatch(rf" +{second}  {time}  admin +was that a lager\?", told[1])
        assert re.fullmatch(rf" +{second - 1}  {time}  admin", told[2])
        assert re.fullmatch(rf" +{first}  {time}  admin  pitched  pitching the ale", told[3])
        assert "Older ones: show history 15" in told

    def test_keywords_may_be_shortened(self, server: Server) -> None:
        number = commit(server, "18")
        said = lines(server, f"sh rev {number}", "sh hist 1 | c", "sh brewhouse | j", "conf", "comm ch")
        assert f"revision {number}, " in said
        assert "4 lines" in said
        assert "No modifications to commit." in said

    def test_a_revision_is_shown_by_number_and_label(self, server: Server) -> None:
        number = commit(server, "16", "label shown")
        for name in (str(number), "shown"):
            told = lines(server, f"show revision {name}")
            assert f"revision {number}, " in told
            assert "label: shown" in told
            assert "-       setpoint 30.0\n+       setpoint 16.0\n" in told

    def test_states_are_compared(self, server: Server) -> None:
        old = commit(server, "15")
        new = commit(server, "14")
        assert "-       setpoint 15.0\n+       setpoint 14.0" in lines(server, f"compare {old}")
        assert "-       setpoint 14.0\n+       setpoint 15.0" in lines(server, f"compare {new} {old}")
        assert "no difference" in lines(server, f"compare {new} running")
        edited = lines(server, "conf", f"set {FERMENTATION} setpoint 13", "compare", "discard", "compare")
        assert "-       setpoint 14.0\n+       setpoint 13.0" in edited
        assert "nothing is pending" in edited

    def test_blame_names_who_set_each_value(self, server: Server) -> None:
        number = commit(server, "11.5")
        path = "/brewerslab:brewhouse/temperature/fermentation/setpoint 11.5"
        for words in ("brewhouse", f"{FERMENTATION} setpoint", f"{FERMENTATION} setpoint | match SETPOINT"):
            assert re.search(rf"{number}  \S+ \S+  admin +{path}", lines(server, f"blame {words}"))
        assert "1 line" in lines(server, f"blame {FERMENTATION} setpoint | match setpoint | count")

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("show history many", "show history [<limit>]"),
            ("show history 0", "1 to 1000"),
            ("show revision", "show revision <revision>"),
            ("show revision nonsense", "nonsense"),
            ("show history | xml", "possible here: | match"),
            ("show | frobnicate", "is no pipe"),
            ("show | match", "is no pipe"),
            ("show | count | json", "comes first"),
            ("compare", "compare <revision>"),
            ("compare 1 2 3", "compare [<revision>"),
            ("blame brewhouse power mode", "nothing"),
            ("blame brewhouse power mode mash", "not a value"),
            ("rollback", "rollback <revision>"),
            ("rollback 1 because", "comment <text>"),
            ("undo 99999", "99999"),
            ("label 1", "label <revision> <name>"),
            ("confirm", "confirm <id>"),
            ("confirm nonsense", "no confirmed commit"),
            ("cancel a b", "cancel [<id>]"),
            ("help nonsense", "unknown command"),
        ],
    )
    def test_what_cannot_be_is_told_with_the_way(self, server: Server, line: str, reason: str) -> None:
        code, said = ran(server, line)
        assert (code, "Error: " in said) == (1, True)
        assert reason in said


class TestGoingBack:
    def test_undo_takes_back_one_revision(self, server: Server) -> None:
        commit(server, "18")
        wrong = commit(server, "2")
        lines(server, "conf", "set brewhouse power changeover 17", "commit")
        said = lines(server, f"undo {wrong} comment 'not that cold'", "show history 1")
        assert re.search(r"Commit complete: revision \d+", said)
        assert "not that cold" in said
        assert setpoint(server) == "30.0"

    def test_rollback_goes_to_a_label(self, server: Server) -> None:
        good = commit(server, "18")
        lines(server, f"label {good} good")
        commit(server, "3")
        commit(server, "4")
        said = lines(server, "rollback good", "rollback good")
        assert setpoint(server) == "18.0"
        assert "No modifications to commit." in said

    def test_rollback_in_configuration_mode_is_pending_until_the_commit(self, server: Server) -> None:
        number = commit(server, "18")
        commit(server, "12")
        said = lines(server, "conf", f"rollback {number}", f"show {FERMENTATION}")
        assert "-       setpoint 12.0\n+       setpoint 18.0" in said
        assert '"setpoint": "18.0"' in said
        assert "Pending changes discarded." in said
        assert setpoint(server) == "12.0"
        lines(server, "conf", f"rollback {number}", "set brewhouse power changeover 17", "commit label back")
        assert setpoint(server) == "18.0"
        assert f"rollback to revision {number}" in lines(server, "show revision back")

    def test_discard_forgets_a_way_back(self, server: Server) -> None:
        commit(server, "18")
        last = commit(server, "12")
        said = lines(server, "conf", f"undo {last}", "discard", "compare")
        assert "-       setpoint 12.0\n+       setpoint 30.0" in said
        assert "nothing is pending" in said

    def test_undo_stands_beside_what_is_pending_and_rollback_does_not(self, server: Server) -> None:
        commit(server, "18")
        last = commit(server, "12")
        power = "set brewhouse power changeover 23"
        undone = lines(server, "conf", power, f"undo {last} comment 'too cold'")
        assert "changeover 23" in undone
        assert "+       setpoint 30.0" in undone
        assert "changeover 23" not in lines(server, "conf", power, f"rollback {last - 1}")
        code, said = ran(server, "conf", power, "rollback 999999", "compare")
        assert (code, "no revision 999999" in said) == (1, True)

    def test_a_person_is_asked_before_what_is_pending_gives_way(
        self, server: Server, shell: Terminal
    ) -> None:
        number = commit(server, "18")
        commit(server, "12")
        shell.line("conf", CONFIGURATION)
        shell.line("set brewhouse power changeover 23", CONFIGURATION)
        shell.line(f"rollback {number}", r"What is pending gives way to it\. Go on\? \[yes,no\]")
        assert "nothing was changed" in shell.line("no", CONFIGURATION)
        assert "changeover 23" in shell.line("compare", CONFIGURATION)
        shell.line(f"rollback {number}", r"What is pending gives way.*")
        assert "+       setpoint 18.0" in shell.line("yes", CONFIGURATION)
        assert ", for 1 hour." in shell.line("commit confirmed 1h comment 'warm again'", CONFIGURATION)
        assert "Commit taken back" in shell.line("cancel", CONFIGURATION)

    def test_what_is_done_here_came_through_the_command_line(self, server: Server) -> None:
        commit(server, "18", "label through-commit")
        lines(server, f"undo {server.revision()}")
        for revision in ("through-commit", server.revision()):
            assert "by admin (cli)" in lines(server, f"show revision {revision}")

    def test_a_person_sees_what_would_change_and_is_asked(self, server: Server, shell: Terminal) -> None:
        number = commit(server, "18")
        commit(server, "12")
        asked = shell.line(f"rollback {number}", r"Go back to \d+\? \[yes,no\]")
        assert "-       setpoint 12.0\n+       setpoint 18.0" in asked
        assert "nothing was changed" in shell.line("no", OPERATIONAL)
        assert setpoint(server) == "12.0"
        shell.line(f"rollback {number}", r"Go back to \d+\? \[yes,no\]")
        assert "Commit complete" in shell.line("yes", OPERATIONAL)
        assert setpoint(server) == "18.0"


class TestCommit:
    def test_check_tells_what_would_change_and_whose_it_is(self, server: Server) -> None:
        commit(server, "18")
        before = server.revision()
        said = lines(server, "conf", f"set {FERMENTATION} setpoint 19", "commit check")
        assert "-       setpoint 18.0\n+       setpoint 19.0\n" in said
        assert "TemperatureProvider is not linked: not asked\n" in said
        assert "FermentationController" not in said
        assert "Configuration check succeeds." in said
        assert server.revision() == before

    def test_check_tells_what_is_wrong(self, server: Server) -> None:
        code, said = ran(server, "conf", f"set {FERMENTATION} lowpoint 39", "commit check")
        assert (code, "the setpoint must be above the lowpoint" in said) == (1, True)

    def test_a_confirmed_commit_stays_once_it_is_confirmed(self, server: Server) -> None:
        for word in ("confirm", "commit"):
            commit(server, "18")
            said = lines(server, "conf", f"set {FERMENTATION} setpoint 10", "commit confirmed 5", word)
            assert ", for 5 minutes." in said
            assert "Commit confirmed." in said
            assert setpoint(server) == "10.0"

    def test_a_confirmed_commit_is_taken_back_when_its_time_is_over(
        self, server: Server, shell: Terminal
    ) -> None:
        commit(server, "18")
        shell.line("conf", CONFIGURATION)
        shell.line(f"set {FERMENTATION} setpoint 1", CONFIGURATION)
        assert ", for 1 second." in shell.line("commit confirmed 1s", CONFIGURATION)
        wait_for(lambda: setpoint(server) == "18.0", "the confirmed commit is taken back")
        assert "there is no confirmed commit of that id" in shell.line("confirm", CONFIGURATION)
        assert "no confirmed commit of this session waits" in shell.line("confirm", CONFIGURATION)

    def test_a_confirmed_commit_is_cancelled_from_another_session(
        self, server: Server, shell: Terminal
    ) -> None:
        commit(server, "18")
        shell.line("conf", CONFIGURATION)
        shell.line(f"set {FERMENTATION} setpoint 1", CONFIGURATION)
        said = shell.line("commit confirmed", CONFIGURATION)
        found = re.search(r"from another session: confirm (\S+)\)", said)
        assert found is not None, said
        shell.line(f"set {FERMENTATION} setpoint 3", CONFIGURATION)
        assert ", for 1 hour." in shell.line("commit confirmed 1h", CONFIGURATION)
        assert "Commit taken back: revision" in lines(server, f"cancel {found[1]}")
        assert setpoint(server) == "18.0"

    def test_a_commit_confirms_and_commits_what_was_edited_meanwhile(self, server: Server) -> None:
        for kind in ("private", "shared", "exclusive"):
            commit(server, "18")
            edits = [f"set {FERMENTATION} setpoint {value}" for value in (10, 11)]
            words = (edits[0], "commit confirmed 5", edits[1], "validate", "commit check", "commit")
            said = lines(server, f"conf {kind}", *words)
            assert "Validation complete." in said
            assert "Configuration check succeeds." in said
            assert "Commit confirmed.\nCommit complete: revision" in said
            assert "waits" not in said
            assert setpoint(server) == "11.0"

    def test_edits_on_one_that_was_cancelled_are_committed_only_when_that_is_known(
        self, server: Server, shell: Terminal
    ) -> None:
        commit(server, "18")
        shell.line("conf", CONFIGURATION)
        shell.line(f"set {FERMENTATION} setpoint 1", CONFIGURATION)
        found = re.search(
            r"from another session: confirm (\S+)\)", shell.line("commit confirmed", CONFIGURATION)
        )
        assert found is not None
        shell.line("set brewhouse power changeover 61", CONFIGURATION)
        lines(server, f"cancel {found[1]}")
        assert "Nothing was committed: look at" in shell.line("commit", CONFIGURATION)
        assert "Commit complete: revision" in shell.line("commit", CONFIGURATION)
        assert setpoint(server) == "18.0"

    def test_what_waits_is_told_at_the_end(self, server: Server) -> None:
        commit(server, "18")
        said = lines(server, "conf", f"set {FERMENTATION} setpoint 1", "commit confirmed")
        found = re.search(r"A confirmed commit waits: .* confirm (\S+)\n", said)
        assert found is not None, said
        lines(server, f"cancel {found[1]}")

    @pytest.mark.parametrize(
        ("words", "reason"),
        [
            ("comment", "wants a text"),
            ("because", "means nothing to commit"),
            ("label a label b", "said twice"),
            ("check comment x", "goes alone"),
            ("confirmed 0", "is no time"),
            ("confirmed 10d", "is no time"),
            ("confirmed 999999h", "is no time"),
        ],
    )
    def test_words_that_mean_nothing_are_told(self, server: Server, words: str, reason: str) -> None:
        before = server.revision()
        code, said = ran(server, "conf", f"set {FERMENTATION} setpoint 9", f"commit {words}")
        assert (code, reason in said) == (1, True)
        assert server.revision() == before


class TestFiles:
    @pytest.mark.parametrize("name", ["saved.json", "saved.xml"])
    @pytest.mark.parametrize("mode", ["merge", "replace", "override"])
    def test_what_was_saved_is_loaded(self, server: Server, tmp_path: Path, name: str, mode: str) -> None:
        commit(server, "18")
        wanted = server.config()
        file = tmp_path / name
        lines(server, f"save {file}")
        assert file.stat().st_mode & 0o777 == 0o600
        commit(server, "5")
        said = lines(server, "conf", f"load {mode} {file}", "commit")
        assert "-       setpoint 5.0\n+       setpoint 18.0" in said
        assert server.config() == wanted

    def test_a_part_is_saved_with_what_stands_around_it(self, server: Server, tmp_path: Path) -> None:
        probe = "brewhouse temperature hardware probe 28-0000000000aa"
        lines(server, "conf", f"create {probe}", f"set {probe} offsets 0 10 offset 0.5", "commit")
        file = tmp_path / "probe.json"
        said = lines(
            server,
            "conf",
            f"save {file} {probe} offsets 0 10",
            f"delete {probe}",
            f"load mer {file}",
            "compare",
        )
        assert "nothing is pending" in said
        lines(server, "conf", f"delete {probe}", "commit")

    def test_a_list_as_a_whole_is_saved_and_shown_as_commands(self, server: Server, tmp_path: Path) -> None:
        probes = "brewhouse temperature hardware probe"
        names = [f"28-0000000000b{digit}" for digit in "12"]
        lines(server, "conf", *(f"create {probes} {name} offsets 0 10" for name in names), "commit")
        file = tmp_path / "probes.xml"
        said = lines(server, "conf", f"show {probes} | display set", f"save {file} {probes}")
        for name in names:
            assert f"set {probes} {name} offsets 0.0 10.0\n" in said
            lines(server, "conf", f"delete {probes} {name}", "commit")
        said = lines(server, "conf", f"load merge {file}")
        assert all(name in said for name in names)

    def test_a_part_of_a_file_is_loaded(self, server: Server, tmp_path: Path) -> None:
        probe = "brewhouse temperature hardware probe 28-0000000000ac"
        commit(server, "18")
        file = tmp_path / "part.json"
        made = [f"create {probe} offsets {low} {low + 10}" for low in (0, 10)]
        lines(server, "conf", *made, f"save {file}", "discard")
        put(server, "6")
        for mode in ("merge", "replace"):
            loaded = lines(server, "conf", f"load {mode} {file} {probe} offsets 0 10", "changes")
            assert "setpoint" not in loaded
            assert "lowrange='10.0'" not in loaded
            assert "28-0000000000ac" in loaded
        extra = f"create {probe} offsets 20 30"
        for mode, stays in (("merge", True), ("replace", False)):
            loaded = lines(server, "conf", *made, extra, f"load {mode} {file} {probe}", f"show {probe} | set")
            assert (f"{probe} offsets 20.0 30.0" in loaded.rpartition("[edit]")[2]) == stays
        level = lines(
            server, "conf", f"edit {FERMENTATION}", f"load replace {file} setpoint", "top show | set"
        )
        assert f"set {FERMENTATION} setpoint 18.0" in level
        code, said = ran(server, "conf", f"load merge {file} {probe[:-1]}d")
        assert (code, "has nothing at /brewerslab:brewhouse" in said) == (1, True)

    def test_what_launch_saved_is_loaded(self, server: Server, tmp_path: Path) -> None:
        commit(server, "18")
        file = tmp_path / "launch.json"
        subprocess.run(
            [sys.executable, "-m", "pyconfhoard.thing.launcher", "--save", str(file)],
            cwd=ROOT,
            env=environment(server),
            check=True,
            capture_output=True,
        )
        assert "nothing is different" in lines(server, "conf", f"load override {file}")

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("load merge {}/none", "cannot be read"),
            ("load merge {}/odd.json", "is no configuration of this hoard"),
            ("load {}/odd.json", "load merge|replace|override <file> [path]"),
            ("load merge {}/odd.json brewhouse power mode mash", "means nothing after mode"),
            ("load merge {}/none brewhouse power", "cannot be read"),
            ("load override {}/odd.json brewhouse", "for a part it is replace"),
            ("load replace {}/odd.json recipes recipe", "name one entry"),
            ("save", "save <file> [path]"),
            ("save {}/none/x.json", "cannot be written"),
            ("save {}/x.json brewhouse power mode", "nothing to save"),
        ],
    )
    def test_what_cannot_be_is_told(self, server: Server, tmp_path: Path, line: str, reason: str) -> None:
        (tmp_path / "odd.json").write_text('{"brewerslab:brewhouse": {"powr": {}}}')
        code, said = ran(server, "conf", line.format(tmp_path))
        assert (code, reason in said) == (1, True), said
        assert [file.name for file in tmp_path.iterdir()] == ["odd.json"]

    def test_data_is_shown_as_json_and_xml_that_load_takes(self, server: Server, tmp_path: Path) -> None:
        commit(server, "18")
        for form in ("json", "xml"):
            said = lines(server, "conf", f"show {FERMENTATION} setpoint | {form}")
            text = said.partition("[edit]\n")[2].partition("\n[ok]")[0]
            assert "brewerslab" in text
            (tmp_path / "shown").write_text(text)
            assert "nothing is different" in lines(server, "conf", f"load merge {tmp_path / 'shown'}")
        assert "<setpoint>18.0</setpoint>" in text


class TestCompletion:
    def test_tab_completes_words_revisions_and_files(
        self, server: Server, shell: Terminal, tmp_path: Path
    ) -> None:
        number = commit(server, "18", "label tabbed comment tabs")
        shell.keys("show hist\t")
        shell.shows("> show history")
        shell.line("", OPERATIONAL)
        shell.keys("rollback tabb\t")
        shell.shows("> rollback tabbed")
        shell.line("", r"Go back to tabbed\? \[yes,no\]|\S+@localhost>")
        shell.keys(f"undo {str(number)[:-1]}\t\t")
        shell.shows(f" {number} ")
        shell.keys("\x03")
        shell.line("conf", CONFIGURATION)
        (tmp_path / "saved-by-me.json").write_text("{}")
        shell.keys("load mer\t")
        shell.shows("% load merge")
        shell.keys(f"{tmp_path}/saved-b\t")
        shell.shows("saved-by-me.json")
        shell.line("", CONFIGURATION)
        shell.keys("commit conf\t")
        shell.shows("% commit confirmed")
        shell.keys("5m comm\t")
        shell.shows("% commit confirmed 5m comment")
        shell.keys("\x03")
        shell.keys(f"show {FERMENTATION} | x\t")
        shell.shows(f"% show {FERMENTATION} | xml")

    def test_every_command_is_in_the_help_of_its_mode(self, server: Server) -> None:
        said = lines(server, "help", "conf", "help", "help commit")
        for word in (
            "show history",
            "compare",
            "blame",
            "rollback",
            "undo",
            "save",
            "load merge",
            "commit [check]",
        ):
            assert f"  {word}" in said
        assert "take it back after so many minutes" in said
