"""Outputs on a board's pins.

Rules.

* A pin is named by its BCM number. A :class:`Switch` is off when it is made, and off when it is closed.
* An empty setting means this machine's own pins, through whichever library it has. When that is
  missing, it is an error that says what to do. Pins are played when, and only when, the setting says
  ``played:FOLDER``: a heater that never switches must not look like one that does.
* A pin stays driven after the process that drove it has died. :func:`make_safe` is for whoever
  supervises that process, to be called when it *has* ended: while it lives, the kernel does not give
  its pins to anyone else.

``gpiozero`` and the board's library are imported when a board is opened, not before.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol

from pyconfhoard.errors import BadInput, Fault, HardwareError

__all__ = ["Board", "SafeOutput", "Switch", "make_safe", "open_board"]

_LIBRARIES: Final = (
    ("lgpio", "gpiozero.pins.lgpio", "LGPIOFactory"),
    ("RPi.GPIO", "gpiozero.pins.rpigpio", "RPiGPIOFactory"),
)
"""What can drive a board's pins, best first: name, gpiozero's module, its factory."""

_WAY_OUT: Final = "On a Raspberry Pi: pip install 'pyconfhoard[pi]'. Without a board, play its pins: PYCONF_GPIO=played:FOLDER"


class SafeOutput(Protocol):
    """A declared output: its pin, and the level (0 or 1) that is safe."""

    @property
    def pin(self) -> int: ...
    @property
    def safe(self) -> int: ...


class Switch:
    """One output that is on or off. ``active_high``: whether a high level means on.

    Every method raises :class:`HardwareError` when the board refuses.
    """

    def __init__(self, board: Board, pin: int, *, active_high: bool = True) -> None:
        self.pin = pin
        self._board = board
        with board.guard(pin):
            self._device: Any = board.output_device(
                pin, active_high=active_high, initial_value=False, pin_factory=board.factory
            )

    def on(self) -> None:
        self.set(True)

    def off(self) -> None:
        self.set(False)

    def set(self, on: bool) -> None:
        """On or off."""
        with self._board.guard(self.pin):
            self._device.value = on

    @property
    def state(self) -> bool:
        """Whether it is on, as the board says."""
        with self._board.guard(self.pin):
            return bool(self._device.value)

    def close(self) -> None:
        """Off, then the pin is an input again. Closing twice does nothing."""
        with self._board.guard(self.pin):
            if not self._device.closed:
                self._device.off()
                self._device.close()

    def __repr__(self) -> str:
        return f"<Switch on pin {self.pin} of {self._board.title}>"


class _Guard:
    """Translates what a board's library raises: one error, with the pin in it."""

    __slots__ = ("_errors", "_what")

    def __init__(self, what: str, errors: tuple[type[Exception], ...]) -> None:
        self._what = what
        self._errors = errors

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, self._errors) and not isinstance(error, HardwareError):
            raise HardwareError(f"{self._what}: {error}") from error


class Board:
    """The pins of one board. :func:`open_board` makes it, once for each setting and process."""

    def __init__(
        self, factory: Any, title: str, *, played: bool, errors: tuple[type[Exception], ...]
    ) -> None:
        gpiozero: Any = import_module("gpiozero")
        self.factory = factory
        self.title = title
        self.played = played
        """Whether these pins drive nothing."""
        self.output_device = gpiozero.OutputDevice
        self._errors = (gpiozero.GPIOZeroError, OSError, RuntimeError, ValueError, *errors)

    def switch(self, pin: int, *, active_high: bool = True) -> Switch:
        """An output, off. Raises :class:`HardwareError` when there is no such pin or it is in use."""
        return Switch(self, pin, active_high=active_high)

    def drive(self, pin: int, level: int) -> None:
        """Make ``pin`` an output at ``level``, and leave it so when this process ends."""
        with self.guard(pin):
            self.factory.pin(pin).output_with_state(bool(level))

    def guard(self, pin: int) -> _Guard:
        return _Guard(f"pin {pin} of {self.title}", self._errors)

    def __repr__(self) -> str:
        return f"<Board {self.title}>"


_opened: Final[dict[str, Board]] = {}
_opening: Final = threading.Lock()


def open_board(spec: str = "") -> Board:
    """The board that ``spec`` names, as the setting ``PYCONF_GPIO`` does: empty for this machine's own
    pins, ``played:FOLDER`` for pins whose levels are files ``FOLDER/gpio<pin>``.

    The same board comes back for the same ``spec``: a machine has each pin once. Raises
    :class:`HardwareError` when there is no board or no library, :class:`BadInput` for another ``spec``.
    """
    with _opening:
        if spec not in _opened:
            _opened[spec] = _open(spec)
        return _opened[spec]


def make_safe(outputs: Iterable[SafeOutput], spec: str | None = None) -> None:
    """Drive each output to its safe level; for another process than the one that drove it before.

    ``spec`` as for :func:`open_board`; None: what ``PYCONF_GPIO`` says. All outputs are tried, then
    :class:`HardwareError` lists those that refused.
    """
    wanted = tuple(outputs)
    if not wanted:
        return
    board = open_board(os.environ.get("PYCONF_GPIO", "") if spec is None else spec)
    faults: list[Fault] = []
    for output in wanted:
        try:
            board.drive(output.pin, output.safe)
        except HardwareError as error:
            faults.extend(error.faults)
    if faults:
        raise HardwareError(faults)


def _open(spec: str) -> Board:
    try:
        import_module("gpiozero")
    except ImportError as error:
        raise HardwareError("gpiozero is not installed: pip install 'pyconfhoard[gpio]'") from error
    kind, _, place = spec.partition(":")
    if kind == "played" and place:
        return _open_played(Path(place).expanduser())
    if spec:
        raise BadInput(Fault("invalid-value", "no such board", value=spec, legal=("", "played:FOLDER")))
    # lgpio leaves a pipe in the working directory, and does not start where it cannot.
    os.environ.setdefault("LG_WD", tempfile.gettempdir())
    reasons: list[str] = []
    for name, module, factory in _LIBRARIES:
        try:
            return _open_library(name, module, factory)
        except ImportError:
            reasons.append(f"{name} is not installed")
        except HardwareError as error:
            reasons.append(str(error))
    raise HardwareError(f"this machine has no pins that can be switched ({'; '.join(reasons)}). {_WAY_OUT}")


def _open_library(name: str, module: str, factory: str) -> Board:
    gpiozero: Any = import_module("gpiozero")
    try:
        pins = import_module(module)  # RPi.GPIO refuses here where it finds no board
        library = import_module(name)
        own = getattr(library, "error", OSError)  # lgpio has an error class of its own
        with _Guard(name, (gpiozero.GPIOZeroError, OSError, own)):
            return Board(getattr(pins, factory)(), f"this board, through {name}", played=False, errors=(own,))
    except RuntimeError as error:
        raise HardwareError(f"{name}: {error}") from error


def _open_played(folder: Path) -> Board:
    from pyconfhoard.drivers.played.pins import PlayedFactory  # noqa: PLC0415 - needs gpiozero

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HardwareError(f"cannot play pins in {folder}: {error.strerror}") from error
    return Board(PlayedFactory(folder), f"a PLAYED board in {folder}", played=True, errors=())
