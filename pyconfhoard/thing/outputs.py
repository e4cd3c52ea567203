"""Declared outputs, and putting them into their safe state from outside the Thing.

A pin stays driven after the process that drove it has died: a heater that was on stays on. So a
Thing *declares* its outputs, and whoever supervises it makes them safe whenever it ends, in a
process of their own (``python -m pyconfhoard.thing.outputs 17=0 27=0``): a hanging driver then
hangs nobody, and the pin is free again when the Thing comes back.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyconfhoard.errors import HoardError

__all__ = ["PATIENCE", "Output", "make_safe", "safe_command"]

PATIENCE: Final = 5.0
"""Seconds that the pins' driver gets."""


@dataclass(frozen=True, slots=True)
class Output:
    """``pin``: BCM number; ``safe``: the level, 0 or 1, at which nothing can burn, freeze or flood."""

    pin: int
    safe: int = 0

    def __post_init__(self) -> None:
        if isinstance(self.pin, bool) or not isinstance(self.pin, int) or self.pin < 0:
            raise ValueError(f"Output(pin={self.pin!r}): a pin is its BCM number, such as 17")
        if self.safe not in {0, 1}:
            raise ValueError(f"Output(pin={self.pin}, safe={self.safe!r}): safe is a level, 0 or 1")

    def __str__(self) -> str:
        return f"{self.pin}={self.safe}"

    @classmethod
    def parse(cls, text: str) -> Output:
        """``17=0`` -> ``Output(17, 0)``. Raises ``ValueError``."""
        pin, _, safe = text.partition("=")
        return cls(int(pin), int(safe))


def safe_command(outputs: Iterable[Output]) -> tuple[str, ...]:
    """The command that makes ``outputs`` safe."""
    return (sys.executable, "-m", "pyconfhoard.thing.outputs", *(str(output) for output in outputs))


def make_safe(outputs: Iterable[Output], environment: Mapping[str, str]) -> str:
    """Put outputs into their safe state; gives what went wrong, empty when nothing did."""
    wanted = tuple(outputs)
    if not wanted:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - our own module and integers
            safe_command(wanted),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"the driver of pins {', '.join(str(o.pin) for o in wanted)} does not answer"
    except OSError as error:
        return f"cannot start the driver: {error}"
    return "" if done.returncode == 0 else done.stderr.strip() or f"exit code {done.returncode}"


def main(arguments: Sequence[str]) -> int:
    """The process that does it: ``17=0 27=0``; what went wrong on standard error."""
    from pyconfhoard.drivers import gpio  # noqa: PLC0415 - only this process needs the driver

    try:
        gpio.make_safe([Output.parse(text) for text in arguments])
    except (HoardError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
