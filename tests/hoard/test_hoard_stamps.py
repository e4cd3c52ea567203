from datetime import UTC, datetime

from pyconfhoard.hoard.stamps import Stamps, moment_of

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_none_comes_twice_whatever_the_clock_says() -> None:
    second = 1_000_000_000
    noon = int(NOON.timestamp()) * second
    clock = iter([noon, noon, noon - second, 0, noon + second])
    stamps = Stamps(lambda: next(clock))
    given = [stamps() for _ in range(5)]
    assert given == sorted(set(given))
    assert [moment_of(stamp) for stamp in (given[0], given[-1])] == [NOON, NOON.replace(second=1)]


def test_are_no_revisions() -> None:
    assert moment_of(0) is moment_of(123_456_789) is None
    assert moment_of(Stamps(lambda: 0)()) is not None
