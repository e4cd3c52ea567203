"""Times of the hoard on a clock of this machine."""

import time
from collections.abc import Iterator

import pytest

from cli.times import local_time, local_times


@pytest.fixture(autouse=True)
def in_india(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "IST-5:30")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_time_is_told_as_the_clock_here_shows_it() -> None:
    assert local_time("2026-11-21T20:04:05.123456Z") == "2026-11-22 01:34:05"


def test_the_time_of_a_conflict_is_local_and_a_value_stays_as_it_is() -> None:
    message = "/a: changed meanwhile by ann at 2026-11-21T20:04:05.123456Z (revision 7)"
    assert local_times(message) == "/a: changed meanwhile by ann at 2026-11-22 01:34:05 (revision 7)"
    value = "'2026-11-21T20:04:05Z' is not at 2026-11-21T20:04:05Z"
    assert local_times(value) == value
