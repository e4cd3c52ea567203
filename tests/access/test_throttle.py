"""Failed logins make the next one wait, and are forgotten."""

from pyconfhoard.access.throttle import FORGET, FREE, KNOWN, MOST, Throttle


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_mistyping_costs_nothing_and_going_on_costs_more_each_time():
    throttle = Throttle(Clock())
    delays = []
    for _ in range(12):
        delays.append(throttle.delay("a"))
        throttle.failed("a")
    assert delays[: FREE + 1] == [0.0, 0.0, 0.0, 0.5]
    assert delays[4:] == [1.0, 2.0, 4.0, *[MOST] * 5]


def test_only_who_fails_waits():
    throttle = Throttle(Clock())
    for _ in range(9):
        throttle.failed("mallory", ("mallory", "ann"))
    assert throttle.delay("mallory") == MOST
    assert throttle.delay("home", ("home", "ann")) == 0.0


def test_success_clears_and_time_forgets():
    clock = Clock()
    throttle = Throttle(clock)
    for _ in range(6):
        throttle.failed("a", "b")
    throttle.passed("b")
    assert throttle.delay("b") == 0.0
    clock.now = 4 * FORGET
    assert throttle.delay("a") == 0.0


def test_what_was_counted_too_early_is_taken_back():
    throttle = Throttle(Clock())
    for _ in range(FREE + 1):
        throttle.failed("a")
    throttle.forgiven("a")
    assert throttle.delay("a") == 0.5
    for _ in range(9):
        throttle.forgiven("a")
    assert throttle.delay("a") == 0.0


def test_number_of_those_remembered_is_bounded():
    throttle = Throttle(Clock())
    for number in range(KNOWN + 10):
        for _ in range(FREE):
            throttle.failed(number)
    assert throttle.delay(0) == 0.0
    assert throttle.delay(KNOWN) > 0.0
