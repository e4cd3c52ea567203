"""Timed methods: a grid that does not drift, and nothing run twice to catch up."""

import pytest

from pyconfhoard.testing.clock import VirtualClock
from pyconfhoard.thing.timers import Timers, every, timed_methods


def run_due(timers: Timers) -> int:
    count = 0
    while (call := timers.take()) is not None:
        call()
        count += 1
    return count


class TestTimers:
    def test_runs_at_once_then_on_its_grid(self) -> None:
        clock, seen = VirtualClock(), []
        timers = Timers(clock)
        timers.add(5.0, lambda: seen.append(clock.monotonic()))
        start = clock.monotonic()
        for _ in range(4):
            run_due(timers)
            clock.advance(timers.wait() or 0.0)
        assert [moment - start for moment in seen] == [0.0, 5.0, 10.0, 15.0]

    def test_a_slow_run_does_not_move_the_grid(self) -> None:
        clock, seen = VirtualClock(), []
        timers = Timers(clock)

        def slow() -> None:
            seen.append(clock.monotonic())
            clock.advance(0.75)

        timers.add(1.0, slow)
        start = clock.monotonic()
        for _ in range(1000):
            run_due(timers)
            clock.advance(timers.wait() or 0.0)
        assert seen[-1] - start == pytest.approx(999.0, abs=1e-6)

    def test_missed_periods_are_skipped_and_counted(self) -> None:
        clock = VirtualClock()
        timers = Timers(clock)
        timer = timers.add(5.0, lambda: None)
        run_due(timers)
        clock.advance(23.0)
        assert run_due(timers) == 1
        assert timer.skipped == 3
        assert timers.wait() == pytest.approx(2.0)

    def test_the_longest_overdue_goes_first(self) -> None:
        clock, seen = VirtualClock(), []
        timers = Timers(clock)
        timers.add(10.0, lambda: seen.append("late"))
        timers.add(11.0, lambda: seen.append("later"))
        run_due(timers)
        seen.clear()
        clock.advance(12.0)
        run_due(timers)
        assert seen == ["late", "later"]

    def test_the_wall_clock_may_jump(self) -> None:
        clock = VirtualClock()
        timers = Timers(clock)
        timers.add(5.0, lambda: None)
        run_due(timers)
        clock.jump(clock.now().replace(year=2036))
        assert timers.wait() == 5.0

    def test_nothing_to_run_is_nothing_to_wait_for(self) -> None:
        assert Timers(VirtualClock()).wait() is None


class TestEvery:
    def test_the_parts_of_the_period_add_up(self) -> None:
        class Thing:
            @every(hours=1, minutes=2, seconds=3)
            def work(self) -> None: ...

        assert [period for period, _ in timed_methods(Thing())] == [3723.0]

    @pytest.mark.parametrize("period", [{}, {"seconds": 0}, {"seconds": -1}, {"hours": float("inf")}])
    def test_a_period_is_above_zero(self, period: dict[str, float]) -> None:
        with pytest.raises(ValueError, match="more than 0 seconds"):
            every(**period)

    def test_an_undecorated_override_switches_it_off(self) -> None:
        class Thing:
            @every(seconds=1)
            def work(self) -> None: ...

        class Quiet(Thing):
            def work(self) -> None: ...

        assert list(timed_methods(Quiet())) == []
