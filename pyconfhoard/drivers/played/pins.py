"""Played pins: gpiozero's mock factory, with every driven level in a file that others can read.

``FOLDER/gpio17`` holds ``1`` or ``0`` while pin 17 is an output, and is not there while it is an
input. As on a real board, a process that dies leaves its pins as they were: the files stay.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPin

from pyconfhoard.drivers.played.files import write_level

__all__ = ["PlayedFactory", "PlayedPin"]


class PlayedPin(MockPin):  # type: ignore[misc]  # gpiozero is not typed
    """A pin whose output level is mirrored into its factory's folder."""

    def _set_state(self, value: Any) -> None:
        super()._set_state(value)
        write_level(self.factory.folder, self._number, int(bool(value)))

    def _set_function(self, value: str) -> None:
        was = self._function
        super()._set_function(value)
        if was == "output" and value == "input":
            write_level(self.factory.folder, self._number, None)


class PlayedFactory(MockFactory):  # type: ignore[misc]  # gpiozero is not typed
    """Plays a board (a Pi 3B) in ``folder``, which must exist."""

    def __init__(self, folder: Path) -> None:
        super().__init__(revision="a02082", pin_class=PlayedPin)
        self.folder = folder
