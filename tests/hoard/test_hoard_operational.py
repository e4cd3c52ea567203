"""Operational data: state with quality and time, merged from the Things."""

import json
import os
from datetime import UTC, datetime

import pytest
from cellar import PUMP, ROOM, commit, value

from pyconfhoard.errors import BadInput, NotFound
from pyconfhoard.hoard.operational import QUALITY, TIME

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
STAMP = "2026-11-21T12:00:00.000000Z"


@pytest.fixture
def served(start):
    hoard = start(now=lambda: NOON)
    hoard.register_now("Room", "cellar", "/house/room")
    hoard.register_now("Pump", "cellar", "/house/pump")
    return hoard


def results(hoard):
    return value(hoard, f"{ROOM}/results", hoard.operational)


class TestPublish:
    def test_shows_in_operational_with_quality_and_time(self, served):
        served.publish("Room", {"results": {"latest": "18.5"}})
        assert results(served) == {"latest": "18.5", "@latest": {QUALITY: "good", TIME: STAMP}}
        assert served.running.members == {}
        assert served.revision == 0

    def test_takes_annotations_that_come_along(self, served):
        own = {QUALITY: "simulated", TIME: "2020-01-01T00:00:00.000000Z"}
        served.publish("Room", {"results": {"latest": "18.5", "@latest": own}})
        assert results(served)["@latest"] == own

    def test_stamps_with_the_quality_and_time_given(self, served):
        served.publish("Room", {"results": {"latest": "1.0"}}, quality="simulated", time=NOON.replace(hour=1))
        assert results(served)["@latest"] == {QUALITY: "simulated", TIME: "2026-11-21T01:00:00.000000Z"}

    def test_annotates_each_value_of_a_leaf_list(self, served):
        """RFC 7952 section 5.2.3: an array, one object a value."""
        served.publish("Room", {"results": {"faults": ["x", "y"], "@faults": [None, {QUALITY: "simulated"}]}})
        assert results(served)["@faults"] == [
            {QUALITY: "good", TIME: STAMP},
            {QUALITY: "simulated", TIME: STAMP},
        ]
        served.stale("Room")
        assert [one[QUALITY] for one in results(served)["@faults"]] == ["stale", "stale"]
        with pytest.raises(BadInput, match="a quality is one of"):
            served.publish("Room", {"results": {"faults": ["x"], "@faults": [{QUALITY: "so-so"}]}})

    def test_merges_containers_and_replaces_values(self, served):
        served.publish(
            "Room", {"results": {"latest": "18.5", "faults": ["a", "b"], "sample": [{"at": "1"}, {}]}}
        )
        served.publish("Room", {"results": {"faults": ["c"], "sample": [{"at": "2"}]}})
        shown = results(served)
        assert (shown["latest"], shown["faults"]) == ("18.5", ["c"])
        assert [one["at"] for one in shown["sample"]] == ["2"]

    def test_of_two_things_stands_side_by_side(self, served):
        served.publish("Room", {"results": {"latest": "18.5"}})
        served.publish("Pump", {"running": True})
        assert value(served, f"{PUMP}/running", served.operational) is True
        assert results(served)["latest"] == "18.5"
        assert list(served.view("operational", "Pump").branch.members) == ["running"]

    def test_below_a_list_entry_brings_its_key(self, served):
        commit(served, "/cellar:bottle[name='a']", {"name": "a"})
        served.register_now("Best", "cellar", "/bottle[name='a']")
        served.publish("Best", {"state": {"level": 7}})
        assert value(served, "/cellar:bottle[name='a']/state/level", served.operational) == 7
        served.publish("Best", {"state": {"level": 8}})
        assert value(served, "/cellar:bottle", served.operational)[0]["name"] == "a"

    def test_removes_what_it_is_told(self, served):
        served.publish("Room", {"results": {"latest": "18.5", "faults": ["x"]}})
        news = served.publish("Room", {}, [f"{ROOM}/results/latest"])
        assert "latest" not in results(served)
        assert [str(path) for path in news.removed] == [f"{ROOM}/results/latest"]

    @pytest.mark.parametrize(
        ("data", "remove", "words"),
        [
            ({"setpoint": "1.0"}, (), "configuration"),
            ({"results": {"latest": "warm"}}, (), "latest"),
            ({"results": {"latset": "1.0"}}, (), "did you mean latest"),
            ([], (), "an object"),
            ({"results": {"latest": "1.0", "@latest": {QUALITY: "so-so"}}}, (), "good, stale"),
            ({}, (f"{PUMP}/running",), "no state of Room"),
            ({}, (f"{ROOM}/setpoint",), "no state of Room"),
        ],
    )
    def test_of_what_is_not_the_owners_state_is_refused_whole(self, served, data, remove, words):
        before = served.operational
        with pytest.raises(BadInput, match=words):
            served.publish("Room", data, remove)
        assert served.operational is before

    def test_by_an_unknown_owner_is_not_found(self, served):
        with pytest.raises(NotFound):
            served.publish("Nobody", {})

    def test_is_told_to_subscribers(self, served):
        news = []
        end = served.subscribe_operational(news.append)
        served.publish("Room", {"results": {"latest": "18.5"}})
        end()
        served.publish("Room", {"results": {"latest": "19.5"}})
        assert [(one.owner, str(one.path), one.branch["results"]["latest"]) for one in news] == [
            ("Room", ROOM, pytest.approx(18.5))
        ]
        assert news[0].old.members == {}


class TestStale:
    def test_marks_what_the_lost_thing_told_and_keeps_value_and_time(self, served):
        served.publish("Room", {"results": {"latest": "18.5", "faults": ["x"]}})
        served.publish("Pump", {"running": True})
        news = []
        served.subscribe_operational(news.append)
        served.stale("Room")
        assert results(served)["latest"] == "18.5"
        assert results(served)["@latest"] == {QUALITY: "stale", TIME: STAMP}
        assert value(served, PUMP, served.operational)["@running"][QUALITY] == "good"
        assert [one.owner for one in news] == ["Room"]

    def test_comes_with_the_loss_of_the_link(self, served):
        class Voter:
            pass

        voter, second = Voter(), Voter()
        served.publish("Room", {"results": {"latest": "18.5"}})
        served.link("Room", voter)
        served.link("Room", second)
        served.unlink("Room", voter)
        assert results(served)["@latest"][QUALITY] == "good"
        served.unlink("Room", second)
        assert results(served)["@latest"][QUALITY] == "stale"

    def test_of_a_thing_that_told_nothing_is_nothing(self, served):
        served.stale("Room")
        assert served.operational.members == {}

    def test_ends_with_the_next_reading(self, served):
        served.publish("Room", {"results": {"latest": "18.5"}})
        served.stale("Room")
        served.publish("Room", {"results": {"latest": "18.5"}})
        assert results(served)["@latest"][QUALITY] == "good"


class TestOperationalFile:
    def test_has_the_last_readings_after_the_end(self, served):
        served.publish("Room", {"results": {"latest": "18.5"}})
        served.close()
        held = json.loads((served.folder / "operational" / "Room.json").read_text())
        assert held["cellar:results"]["latest"] == "18.5"
        assert held["cellar:results"]["@latest"][QUALITY] == "good"

    def test_brings_the_last_values_back_stale_with_their_time(self, served, start):
        commit(served, "/cellar:bottle[name='a']", {"name": "a"})
        served.register_now("Best", "cellar", "/bottle[name='a']")
        served.publish("Room", {"results": {"latest": "18.5", "faults": ["x"]}})
        served.publish("Best", {"state": {"level": 7}})
        served.close()
        hoard = start(now=lambda: NOON.replace(hour=15))
        assert results(hoard)["latest"] == "18.5"
        assert results(hoard)["@latest"] == {QUALITY: "stale", TIME: STAMP}
        assert value(hoard, "/cellar:bottle[name='a']/state", hoard.operational)["@level"][QUALITY] == "stale"
        hoard.publish("Room", {"results": {"latest": "18.0"}})
        assert results(hoard)["@latest"][QUALITY] == "good"
        assert results(hoard)["@faults"] == [{QUALITY: "stale", TIME: STAMP}]

    @pytest.mark.parametrize("body", ["", "{", "\0" * 50, '{"cellar:results": {"latest": "warm"}}', "[]"])
    def test_that_a_power_cut_left_is_no_obstacle(self, served, start, folder, body):
        served.publish("Room", {"results": {"latest": "18.5"}})
        served.close()
        (folder / "operational" / "Room.json").write_text(body)
        hoard = start()
        assert results(hoard) is None
        hoard.publish("Room", {"results": {"latest": "18.0"}})

    def test_is_not_synced_and_does_not_touch_the_journal(self, served, monkeypatch):
        """What changes every second costs the card nothing but what the kernel writes out by itself."""
        served.upkeep.keeper.flush()
        wal = served.journal.path.with_name("journal.db-wal")
        before, synced = wal.read_bytes(), []
        sync = os.fsync
        monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(handle), sync(handle)))
        for second in range(100):
            served.publish("Room", {"results": {"latest": f"{second % 30}.5"}})
            served.upkeep._write_operational()
        held = json.loads((served.folder / "operational" / "Room.json").read_text())
        assert held["cellar:results"]["latest"] == "9.5"
        assert synced == []
        assert wal.read_bytes() == before
