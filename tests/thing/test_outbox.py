"""The outbox: in order, acknowledged, bounded; the latest is never lost."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.errors import BadInput, HoardError
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.testing.clock import VirtualClock
from pyconfhoard.thing.operational import Operational, Outbox, Reading, message
from pyconfhoard.tree import Path, Step, parse_path

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def reading(name: str, value: Any) -> Reading:
    return Reading(Path((Step(name),)), value, "good", NOW)


def drain(outbox: Outbox) -> list[list[tuple[str, Any]]]:
    batches = []
    while (batch := outbox.take()) is not None:
        number, readings = batch
        outbox.seen(number)
        batches.append([(str(r.path)[1:], r.value) for r in readings])
    return batches


class TestOutbox:
    def test_every_reading_is_sent_in_order(self) -> None:
        outbox = Outbox()
        for name, value in [("a", 1), ("b", 1), ("a", 2), ("a", 3)]:
            outbox.put(reading(name, value))
        assert drain(outbox) == [[("a", 1), ("b", 1)], [("a", 2)], [("a", 3)]]
        assert len(outbox) == 0

    def test_publishing_and_removing_do_not_share_a_message(self) -> None:
        outbox = Outbox()
        for name, value in [("a", 1), ("b", None), ("c", None), ("d", 1)]:
            outbox.put(reading(name, value))
        assert drain(outbox) == [[("a", 1)], [("b", None), ("c", None)], [("d", 1)]]

    def test_what_was_not_acknowledged_goes_again(self) -> None:
        outbox = Outbox()
        outbox.put(reading("a", 1))
        outbox.put(reading("a", 2))
        outbox.take()
        outbox.take()
        outbox.linked()
        assert drain(outbox) == [[("a", 1)], [("a", 2)]]

    def test_a_new_link_gets_the_latest_of_all_first(self) -> None:
        outbox = Outbox()
        outbox.put(reading("a", 1))
        outbox.put(reading("b", 1))
        drain(outbox)
        outbox.put(reading("b", 2))
        outbox.linked()
        assert drain(outbox) == [[("a", 1), ("b", 2)]]

    def test_only_so_many_messages_fly(self) -> None:
        outbox = Outbox()
        for value in range(20):
            outbox.put(reading("a", value))
        taken = []
        while (batch := outbox.take()) is not None:
            taken.append(batch[0])
        assert len(taken) == 8
        outbox.seen(taken[0])
        assert outbox.take() is not None

    def test_it_is_bounded_and_counts_what_it_dropped(self) -> None:
        outbox = Outbox(held=10)
        for value in range(100):
            outbox.put(reading("a", value))
        assert len(outbox) == 10
        assert outbox.dropped == 90
        assert drain(outbox)[0] == [("a", 90)]

    def test_the_latest_of_a_path_is_never_dropped(self) -> None:
        outbox = Outbox(held=3)
        outbox.put(reading("rare", 1))
        for value in range(50):
            outbox.put(reading("often", value))
        assert ("rare", 1) in [item for batch in drain(outbox) for item in batch]

    def test_a_removal_forgets_what_is_below(self) -> None:
        outbox = Outbox()
        below = Path((Step("a"), Step("b")))
        outbox.put(Reading(below, 1, "good", NOW))
        drain(outbox)
        outbox.put(reading("a", None))
        outbox.linked()
        assert outbox.latest(below) is None
        assert drain(outbox) == [[("a", None)]]
        outbox.linked()
        assert drain(outbox) == []

    def test_it_wakes_whoever_sends(self) -> None:
        rung: list[int] = []
        outbox = Outbox(lambda: rung.append(1))
        outbox.put(reading("a", 1))
        assert rung == [1]

    @given(st.lists(st.tuples(st.sampled_from(["put", "take", "seen", "link"]), st.sampled_from("abc"))))
    def test_the_last_of_each_path_always_arrives(self, moves: list[tuple[str, str]]) -> None:
        outbox = Outbox(held=4)
        arrived: dict[str, Any] = {}
        wanted: dict[str, Any] = {}
        flying: list[tuple[int, tuple[Reading, ...]]] = []

        def arrive() -> None:
            number, readings = flying.pop(0)
            arrived.update({str(r.path)[1:]: r.value for r in readings})
            outbox.seen(number)

        for count, (move, name) in enumerate(moves):
            if move == "put":
                wanted[name] = count
                outbox.put(reading(name, count))
            elif move == "take" and (batch := outbox.take()) is not None:
                flying.append(batch)
            elif move == "seen" and flying:
                arrive()
            elif move == "link":  # the hoard forgot, and what was on its way is lost
                arrived.clear()
                flying.clear()
                outbox.linked()
        while flying:
            arrive()
        while (batch := outbox.take()) is not None:
            flying.append(batch)
            arrive()
        assert arrived == wanted


class TestOperational:
    @pytest.fixture
    def outbox(self) -> Outbox:
        return Outbox()

    @pytest.fixture
    def operational(self, schema: Schema, outbox: Outbox) -> Operational:
        base = parse_path(schema, "/lab:room/tank")
        return Operational(lambda: (schema, base), outbox, VirtualClock())

    @pytest.mark.parametrize(
        ("path", "given", "value"),
        [
            ("results/latest", Decimal("18.256"), Decimal("18.26")),
            ("results/latest", 18.255000001, Decimal("18.26")),
            ("results/latest", "18.2", Decimal("18.2")),
            ("results/latest", 18, Decimal(18)),
            ("results/count", 2**63, 2**63),
            ("results/ok", True, True),
            ("results/mode", "heat", "heat"),
            ("results/flags", ("b", "a"), ("a", "b")),
            ("results/raw", b"\x00\xff", b"\x00\xff"),
            ("results/last", [1, 2.5], (Decimal(1), Decimal("2.5"))),
            ("probe[id='x y']/latest", 3, Decimal(3)),
        ],
    )
    def test_values_become_canonical(
        self, operational: Operational, path: str, given: Any, value: Any
    ) -> None:
        operational[path] = given
        assert operational[path] == value
        assert type(operational[path]) is type(value)

    @pytest.mark.parametrize(
        ("path", "value", "words"),
        [
            ("setpoint", 1, "configuration"),
            ("results", {}, "leaf"),
            ("results/latest", 200, "150"),
            ("results/latest", float("nan"), "decimal"),
            ("results/mode", "boil", "heat"),
            ("results/latst", 1, "latest"),
            ("/lab:room/power/load", 1, "owns"),
        ],
    )
    def test_what_the_model_refuses_is_refused_at_once(
        self, operational: Operational, outbox: Outbox, path: str, value: Any, words: str
    ) -> None:
        with pytest.raises(HoardError) as caught:
            operational[path] = value
        assert words in str(caught.value) + " ".join(caught.value.faults[0].legal)
        assert len(outbox) == 0

    def test_quality_is_one_of_five(self, operational: Operational) -> None:
        operational.set("results/latest", 1, quality="simulated")
        reading = operational.reading("results/latest")
        assert reading is not None
        assert reading.quality == "simulated"
        with pytest.raises(BadInput, match="quality"):
            operational.set("results/latest", 1, quality="fine")  # type: ignore[arg-type]  # on purpose

    def test_none_and_del_remove(self, operational: Operational) -> None:
        operational["results/latest"] = 1
        operational["results/latest"] = None
        assert operational["results/latest"] is None
        operational["results/latest"] = 1
        del operational["results"]
        assert operational["results/latest"] is None

    def test_the_message_is_rfc_7951_with_annotations(
        self, operational: Operational, outbox: Outbox, schema: Schema
    ) -> None:
        operational.set("results/latest", "18.5", time=NOW)
        operational.set("results/last", ["1", "2"], time=NOW)
        operational.set("probe[id='a']/latest", 3, quality="faulty", time=NOW)
        operational.set("probe[id='a']/reading[hour='7']/value", 4, time=NOW)
        batch = outbox.take()
        assert batch is not None
        good = {"pyconfhoard:quality": "good", "pyconfhoard:time": NOW.isoformat()}
        assert message(schema, parse_path(schema, "/lab:room/tank"), *batch, NOW) == {
            "type": "operational",
            "seq": 1,
            "time": NOW.isoformat(),
            "data": {
                "lab:results": {
                    "latest": "18.5",
                    "@latest": good,
                    "last": ["1.0", "2.0"],
                    "@last": [good, good],
                },
                "lab:probe": [
                    {
                        "id": "a",
                        "latest": "3.0",
                        "@latest": good | {"pyconfhoard:quality": "faulty"},
                        "reading": [{"hour": 7, "value": "4.0", "@value": good}],
                    }
                ],
            },
        }

    def test_the_message_of_removals_lists_paths(
        self, operational: Operational, outbox: Outbox, schema: Schema
    ) -> None:
        operational.remove("probe[id='a']/latest")
        batch = outbox.take()
        assert batch is not None
        told = message(schema, parse_path(schema, "/lab:room/tank"), *batch, NOW)
        assert (told["remove"], told["data"]) == (["/lab:room/tank/probe[id='a']/latest"], {})
