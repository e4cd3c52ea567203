"""What ``show`` makes of annotations."""

from cli.showing import plain_notes
from cli.times import local_time

READ = "2026-11-21T13:05:08.852Z"


def test_what_is_good_needs_no_word() -> None:
    reading = {"latest": "17.9", "@latest": {"pyconfhoard:quality": "good", "pyconfhoard:time": READ}}
    assert plain_notes(reading) == {"latest": "17.9"}


def test_what_is_not_good_says_so() -> None:
    reading = {"latest": "17.9", "@latest": {"pyconfhoard:quality": "simulated", "pyconfhoard:time": READ}}
    assert plain_notes([reading]) == [{"latest": "17.9", "@latest": "simulated"}]


def test_what_is_stale_says_from_when_it_is() -> None:
    reading = {"latest": "17.9", "@latest": {"pyconfhoard:quality": "stale", "pyconfhoard:time": READ}}
    assert plain_notes({"results": reading}) == {
        "results": {"latest": "17.9", "@latest": f"stale, of {local_time(READ)}"}
    }
