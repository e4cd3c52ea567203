"""A Thing, with a played hoard: what runs when, and what the hoard is told."""

import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest

from pyconfhoard import Refuse, Thing, every
from pyconfhoard.errors import BadInput, LinkError, Refused
from pyconfhoard.schema import dump
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.settings import Settings
from pyconfhoard.testing.thing import Played, play
from pyconfhoard.thing.config_view import Changes
from pyconfhoard.thing.context import Context
from pyconfhoard.thing.link import Change, Prepare, RefusedLink, Welcome
from pyconfhoard.thing.link_client import Held, Linked
from pyconfhoard.thing.local import LocalCopy
from pyconfhoard.tree import Edit, parse_path

LATEST = {
    "lab:latest": "18.5",
    "@lab:latest": {"pyconfhoard:quality": "good", "pyconfhoard:time": "2026-01-01T00:00:00+00:00"},
}


class Tank(Thing):
    name = "Tank"
    module = "lab"
    path = "/room/tank"

    def setup(self) -> None:
        self.calls: list[Any] = [("setup", self.config["setpoint"])]

    @every(seconds=5)
    def read(self) -> None:
        self.calls.append("read")
        self.operational["results/latest"] = self.config["setpoint"] + 1

    def prepare(self, changes: Changes) -> None:
        if changes.config["setpoint"] > 30:
            raise Refuse("the yeast would die", "setpoint")
        if changes.config["mode"] == "heat":
            raise ValueError("no heater")

    def on_change(self, changes: Changes) -> None:
        self.calls.append(("changed", changes.revision, self.config["setpoint"]))
        if "tag" in changes:
            raise OSError("the label printer is off")

    def stop(self) -> None:
        self.calls.append("stop")


class Power(Thing):
    name = "Power"
    module = "lab"
    path = "/room/power"
    follows: ClassVar[tuple[str, ...]] = ("/lab:room/tank/results", "/room/tank/setpoint")

    def setup(self) -> None:
        self.news: list[str] = []

    def on_followed(self, path: str) -> None:
        self.news.append(path)


@pytest.fixture
def edit(schema: Schema) -> Callable[[str, Any], Edit]:
    return lambda path, value: Edit("merge", parse_path(schema, f"/lab:room/tank/{path}"), value)


@pytest.fixture
def tank(schema: Schema, tmp_path: Path) -> Played[Tank]:
    return play(Tank, schema, {"lab:setpoint": "18.0"}, folder=tmp_path)


class TestLife:
    def test_setup_has_the_configuration(self, tank: Played[Tank]) -> None:
        assert tank.thing.calls == [("setup", Decimal(18))]

    def test_timed_methods_run_on_their_grid(self, tank: Played[Tank]) -> None:
        tank.advance(12)
        assert tank.thing.calls[1:] == ["read", "read", "read"]
        assert tank.published == {"results/latest": Decimal(19)}
        assert [reading.quality for reading in tank.readings] == ["good"] * 3

    def test_stop_runs_once_at_the_end(self, tank: Played[Tank]) -> None:
        tank.end()
        tank.end()
        assert tank.thing.calls[-1] == "stop"
        assert tank.thing.calls.count("stop") == 1
        assert tank.link.closed

    def test_an_error_in_a_timed_method_ends_the_thing(self, schema: Schema, tmp_path: Path) -> None:
        class Broken(Tank):
            @every(seconds=1)
            def read(self) -> None:
                raise ZeroDivisionError

        broken = play(Broken, schema, folder=tmp_path)
        with pytest.raises(ZeroDivisionError):
            broken.thing.runner.run()
        assert broken.thing.calls[-1] == "stop"

    def test_a_start_of_its_own_has_callbacks_beside_it(self, schema: Schema, tmp_path: Path) -> None:
        seen = threading.Event()

        class Loop(Tank):
            def on_change(self, changes: Changes) -> None:
                self.calls.append(threading.current_thread())
                seen.set()

            def start(self) -> None:
                while self.wait(0.01):
                    if seen.is_set():
                        return

        loop = play(Loop, schema, folder=tmp_path)
        edits = [{"op": "merge", "path": "/lab:room/tank/setpoint", "value": "20.0"}]
        loop.link.deliver(Change(2, tuple(edits)))
        loop.thing.runner.run()
        callers = [call for call in loop.thing.calls if isinstance(call, threading.Thread)]
        assert len(callers) == 1
        assert callers[0] is not threading.main_thread()

    @pytest.mark.parametrize("name", ["a/b", "", "1a", "x" * 65])
    def test_a_name_is_fit_for_files(self, name: str) -> None:
        with pytest.raises(BadInput):
            type("T", (Tank,), {"name": name, "__name__": name})(name or "..")

    def test_a_thing_says_what_it_owns(self) -> None:
        with pytest.raises(TypeError, match="path = "):
            Thing("T", "lab")


class TestCommit:
    def test_a_change_is_asked_told_and_acknowledged(
        self, tank: Played[Tank], edit: Callable[[str, Any], Edit]
    ) -> None:
        tank.change(edit("setpoint", Decimal(20)))
        assert tank.thing.calls[-1] != "stop"
        assert ("changed", 2, Decimal(20)) in tank.thing.calls
        assert tank.link.results == [(1, ""), (2, "")]

    def test_a_refusal_has_its_reason_and_changes_nothing(
        self, tank: Played[Tank], edit: Callable[[str, Any], Edit]
    ) -> None:
        with pytest.raises(Refused, match="the yeast would die") as caught:
            tank.change(edit("setpoint", Decimal(31)))
        assert caught.value.faults[0].path == "setpoint"
        assert tank.thing.config["setpoint"] == Decimal(18)

    def test_an_expected_error_in_prepare_is_a_no(
        self, tank: Played[Tank], edit: Callable[[str, Any], Edit]
    ) -> None:
        with pytest.raises(Refused, match="ValueError: no heater"):
            tank.change(edit("mode", "heat"))

    def test_an_unexpected_one_is_a_no_and_the_end(self, schema: Schema, tmp_path: Path) -> None:
        class Broken(Tank):
            def prepare(self, changes: Changes) -> None:
                raise AttributeError("oops")

        broken = play(Broken, schema, folder=tmp_path)
        raw = {"op": "merge", "path": "/lab:room/tank/setpoint", "value": "20.0"}
        broken.link.deliver(Prepare(1, 2, (raw,)))
        with pytest.raises(AttributeError):
            broken.step()
        assert broken.link.votes == {1: ("AttributeError: oops", "")}

    def test_what_cannot_be_applied_is_told(
        self, tank: Played[Tank], edit: Callable[[str, Any], Edit]
    ) -> None:
        tank.change(edit("tag", ("a",)))
        assert tank.link.results[-1] == (2, "OSError: the label printer is off")
        assert tank.thing.config["tag"] == ("a",)

    def test_what_does_not_fit_makes_a_new_link(self, tank: Played[Tank]) -> None:
        known = list(tank.thing.calls)
        tank.link.deliver(Change(2, ({"op": "delete", "path": "/lab:room/tank/highpoint"},)))
        tank.link.deliver(Change(2, ({"op": "merge", "path": "/lab:room/nowhere", "value": 1},)))
        tank.step()
        assert tank.link.renewed == 2
        assert [call for call in tank.thing.calls if call != "read"] == known

    def test_writes_from_inside_prepare_are_refused(self, schema: Schema, tmp_path: Path) -> None:
        class Writer(Tank):
            def prepare(self, changes: Changes) -> None:
                self.runner.meanwhile(lambda: None)

        writer = play(Writer, schema, folder=tmp_path)
        with pytest.raises(Refused, match="inside prepare"):
            writer.change(Edit("merge", parse_path(schema, "/lab:room/tank/setpoint"), Decimal(20)))

    def test_prepares_are_answered_while_a_request_runs(self, tank: Played[Tank]) -> None:
        runner = tank.thing.runner
        raw = {"op": "merge", "path": "/lab:room/tank/setpoint", "value": "20.0"}
        asked, voted = Prepare(9, 2, (raw,)), threading.Event()
        vote = tank.link.vote

        def note(id: int, **words: str) -> None:
            vote(id, **words)
            voted.set()

        tank.link.vote = note  # type: ignore[method-assign]  # to know when

        def request() -> str:
            tank.link.deliver(asked)
            assert voted.wait(5)
            return "done"

        assert runner.meanwhile(request) == "done"
        assert tank.link.votes == {9: ("", "")}


class TestFollow:
    @pytest.fixture
    def power(self, schema: Schema, tmp_path: Path) -> Played[Power]:
        followed: dict[str, dict[str, Any]] = {
            "/lab:room/tank/results": {"operational": LATEST},
            "/lab:room/tank/setpoint": {"config": {"lab:setpoint": "19.0"}},
        }
        return play(Power, schema, {}, folder=tmp_path, followed=followed)

    def test_values_have_quality_time_and_age(self, power: Played[Power]) -> None:
        power.clock.advance(2)
        latest = power.thing.followed("/lab:room/tank/results/latest")
        assert (latest.value, latest.quality, latest.good) == (Decimal("18.5"), "good", True)
        assert latest.age == pytest.approx(2.0)
        setpoint = power.thing.follow["/room/tank/setpoint"]
        assert (setpoint.value, setpoint.quality, setpoint.time) == (Decimal(19), "good", None)

    def test_news_come_to_on_followed(self, power: Played[Power]) -> None:
        power.follow("/lab:room/tank/setpoint", config={"lab:setpoint": "21.0"})
        assert power.thing.news == ["/lab:room/tank/setpoint"]
        assert power.thing.followed("/room/tank/setpoint").value == Decimal(21)

    def test_what_is_not_there_is_missing(self, power: Played[Power]) -> None:
        power.follow("/lab:room/tank/results", operational={})
        assert power.thing.followed("/room/tank/results/latest").quality == "missing"

    def test_readings_go_stale_when_the_hoard_is_away_but_not_at_once(self, power: Played[Power]) -> None:
        power.cut()
        power.clock.advance(14)
        assert power.thing.followed("/room/tank/results/latest").quality == "good"
        power.clock.advance(2)
        assert power.thing.followed("/room/tank/results/latest").quality == "stale"
        assert power.thing.followed("/room/tank/setpoint").quality == "good"

    def test_only_what_is_followed_can_be_read(self, power: Played[Power]) -> None:
        with pytest.raises(BadInput, match="not followed"):
            power.thing.followed("/room/tank/mode")
        assert "/room/tank/mode" not in power.thing.follow
        assert list(power.thing.follow) == ["/lab:room/tank/results", "/lab:room/tank/setpoint"]


class TestWithoutHoard:
    def test_it_runs_on_the_local_copy(self, schema: Schema, tmp_path: Path) -> None:
        play(Tank, schema, {"lab:setpoint": "18.0"}, folder=tmp_path).end()
        LocalCopy(tmp_path / "run", "Tank").keep_schema(dump(schema))
        alone = play(Tank, None, folder=tmp_path)
        assert alone.thing.config["setpoint"] == Decimal(18)
        assert not alone.thing.linked
        alone.advance(5)
        assert alone.published == {"results/latest": Decimal(19)}

    def test_followed_configuration_is_kept_too(self, schema: Schema, tmp_path: Path) -> None:
        followed = {"/lab:room/tank/setpoint": {"config": {"lab:setpoint": "19.0"}}}
        play(Power, schema, {}, folder=tmp_path, followed=followed).end()
        LocalCopy(tmp_path / "run", "Power").keep_schema(dump(schema))
        alone = play(Power, None, folder=tmp_path)
        assert alone.thing.followed("/room/tank/setpoint").value == Decimal(19)

    def test_a_damaged_copy_counts_as_none(
        self, schema: Schema, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        local = LocalCopy(tmp_path / "run", "Power")
        local.keep_schema(b"{ torn")
        powered = play(Power, None, folder=tmp_path)
        with pytest.raises(LinkError, match="no configuration yet"):
            powered.thing.config  # noqa: B018 - the access is the test
        assert "local copy cannot be used" in caplog.text

    def test_a_configuration_from_before_is_compared_on_the_next_link(
        self, schema: Schema, tmp_path: Path
    ) -> None:
        tank = play(Tank, schema, {"lab:setpoint": "18.0"}, folder=tmp_path)
        tank.cut()
        tank.link.deliver(Linked(schema, Welcome(7, {"lab:setpoint": "22.0"}, ())))
        tank.step()
        assert ("changed", 7, Decimal(22)) in tank.thing.calls
        tank.link.deliver(Linked(schema, Welcome(8, {"lab:setpoint": "22.0"}, ())))
        tank.step()
        assert tank.link.results[-1] == (8, "")
        assert [call for call in tank.thing.calls if call[0] == "changed"] == [("changed", 7, Decimal(22))]

    def test_the_copy_is_readable_by_its_owner_only(self, tank: Played[Tank], tmp_path: Path) -> None:
        file = tmp_path / "run" / "things" / "Tank.json"
        assert file.stat().st_mode & 0o777 == 0o600


class TestSecondCopy:
    def test_it_is_refused_with_the_holder(self, schema: Schema, tmp_path: Path) -> None:
        class Link:
            def __init__(self) -> None:
                self.closed = False

            def start(self, deliver: Callable[[Any], None], revision: Callable[[], int]) -> None:
                deliver(RefusedLink("Tank runs already: pid 9 on host x"))

            def close(self) -> None:
                self.closed = True

        link = Link()
        context = Context(settings=Settings(datastore=tmp_path), connect=lambda runner: link)  # type: ignore[arg-type,return-value]
        with pytest.raises(Held, match="pid 9 on host x"):
            Tank(context=context)
        assert link.closed
