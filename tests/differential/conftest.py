"""``make nightly`` takes the profile of that name: many more cases, and others each time."""

from collections import Counter

import pytest
from hypothesis import settings

settings.register_profile("nightly", derandomize=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many cases were judged."""
    tally: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        tally.update({name: count for name, count in report.user_properties if isinstance(count, int)})
    if tally:
        words = ", ".join(f"{count} {name}" for name, count in sorted(tally.items()))
        terminalreporter.write_line(f"differential: {words}")
