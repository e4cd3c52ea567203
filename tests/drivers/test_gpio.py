"""Switches on played pins, safe states from outside, and no silent play."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from gpiozero.pins.local import LocalPiFactory

from pyconfhoard.drivers import gpio
from pyconfhoard.drivers.gpio import Board, make_safe, open_board
from pyconfhoard.drivers.played.files import read_level
from pyconfhoard.errors import BadInput, HardwareError


@dataclass(frozen=True)
class Output:
    pin: int
    safe: int = 0


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return open_board(f"played:{tmp_path}")


def test_a_switch_starts_off_and_switches(board: Board, tmp_path: Path) -> None:
    switch = board.switch(17)
    assert (switch.state, read_level(tmp_path, 17)) == (False, 0)
    switch.on()
    assert (switch.state, read_level(tmp_path, 17)) == (True, 1)
    switch.off()
    assert (switch.state, read_level(tmp_path, 17)) == (False, 0)
    switch.set(True)
    assert switch.state


def test_a_switch_that_is_active_low_is_off_at_a_high_level(board: Board, tmp_path: Path) -> None:
    switch = board.switch(17, active_high=False)
    assert (switch.state, read_level(tmp_path, 17)) == (False, 1)
    switch.on()
    assert (switch.state, read_level(tmp_path, 17)) == (True, 0)


def test_a_closed_switch_drives_nothing_and_frees_its_pin(board: Board, tmp_path: Path) -> None:
    switch = board.switch(17)
    switch.on()
    switch.close()
    switch.close()
    assert read_level(tmp_path, 17) is None
    with pytest.raises(HardwareError, match="pin 17"):
        switch.on()
    assert board.switch(17).state is False


def test_a_pin_that_is_in_use_is_refused(board: Board) -> None:
    first = board.switch(17)
    with pytest.raises(HardwareError, match=r"pin 17.*in use"):
        board.switch(17)
    first.close()


def test_a_pin_that_the_board_does_not_have_is_refused(board: Board) -> None:
    with pytest.raises(HardwareError, match="pin 99"):
        board.switch(99)


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HardwareError, match="cannot play pins"):
        open_board(f"played:{tmp_path / 'file' / 'below'}")


def test_a_disk_that_fails_shows_with_the_pin(board: Board, tmp_path: Path) -> None:
    switch = board.switch(17)
    (tmp_path / "gpio17").unlink()
    (tmp_path / "gpio17").mkdir()
    with pytest.raises(HardwareError, match="pin 17"):
        switch.on()
    (tmp_path / "gpio17").rmdir()
    switch.close()


def test_a_board_says_that_it_is_played_and_there_is_one_for_each_setting(
    board: Board, tmp_path: Path
) -> None:
    assert board.played
    assert "PLAYED" in board.title
    assert open_board(f"played:{tmp_path}") is board
    assert open_board(f"played:{tmp_path / 'other'}") is not board


def test_a_board_that_is_missing_is_never_played_instead() -> None:
    with pytest.raises(HardwareError, match=r"no pins.*PYCONF_GPIO=played:FOLDER"):
        open_board("")


@pytest.mark.parametrize("spec", ["played", "played:", "mock", "simulated:/tmp"])
def test_an_unknown_board_is_refused_with_the_legal_ones(spec: str) -> None:
    with pytest.raises(BadInput) as caught:
        open_board(spec)
    assert caught.value.faults[0].legal == ("", "played:FOLDER")


def test_gpiozero_that_is_not_installed_is_an_error_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gpiozero", None)
    with pytest.raises(HardwareError, match=r"pip install 'pyconfhoard\[gpio\]'"):
        open_board("")


def test_importing_the_driver_imports_no_library() -> None:
    code = (
        "import sys, pyconfhoard.drivers.gpio, pyconfhoard.drivers.onewire as _; print(sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "gpiozero" not in done.stdout
    assert "w1thermsensor" not in done.stdout


class TestMakeSafe:
    def test_drives_every_output_to_its_safe_level(self, tmp_path: Path) -> None:
        (tmp_path / "gpio17").write_text("1\n")
        make_safe([Output(17), Output(27, safe=1)], f"played:{tmp_path}")
        assert (read_level(tmp_path, 17), read_level(tmp_path, 27)) == (0, 1)

    def test_reaches_outputs_of_a_process_that_died_and_outlasts_its_own(self, tmp_path: Path) -> None:
        environment = os.environ | {"PYCONF_GPIO": f"played:{tmp_path}"}
        dies = (
            "import os; from pyconfhoard.drivers.gpio import open_board; "
            "switch = open_board(os.environ['PYCONF_GPIO']).switch(17); switch.on(); os.kill(os.getpid(), 9)"
        )
        subprocess.run([sys.executable, "-c", dies], env=environment, check=False)
        assert read_level(tmp_path, 17) == 1
        safe = [sys.executable, "-m", "pyconfhoard.thing.outputs", "17=0"]
        subprocess.run(safe, env=environment, check=True)
        assert read_level(tmp_path, 17) == 0

    def test_tries_the_others_when_one_refuses(self, tmp_path: Path) -> None:
        with pytest.raises(HardwareError, match="pin 99") as caught:
            make_safe([Output(99), Output(98), Output(17)], f"played:{tmp_path}")
        assert len(caught.value.faults) == 2
        assert read_level(tmp_path, 17) == 0

    def test_without_outputs_needs_no_board(self) -> None:
        make_safe([], "")


class Lines:
    """A ``lgpio`` module: the calls that gpiozero's own factory makes, and what they leave behind."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.levels: dict[int, int] = {}
        self.busy: set[int] = set()
        self.error = type("error", (Exception,), {})

    def module(self) -> ModuleType:
        module = ModuleType("lgpio")
        module.error = self.error  # type: ignore[attr-defined]
        for number, name in enumerate(
            ("SET_PULL_NONE", "SET_PULL_UP", "SET_PULL_DOWN", "BOTH_EDGES", "RISING_EDGE", "FALLING_EDGE")
        ):
            setattr(module, name, number)
        for name in (
            "gpiochip_open",
            "gpiochip_close",
            "gpio_claim_input",
            "gpio_claim_output",
            "gpio_write",
        ):
            setattr(module, name, self._call(name))
        module.gpio_get_mode = lambda handle, pin: 2 if pin in self.levels else 0  # type: ignore[attr-defined]
        module.gpio_read = lambda handle, pin: self.levels.get(pin, 0)  # type: ignore[attr-defined]
        return module

    def _call(self, name: str) -> object:
        def call(*arguments: int) -> int:
            self.calls.append((name, *arguments))
            if len(arguments) > 1 and arguments[1] in self.busy:
                raise self.error("GPIO busy")
            if name == "gpio_claim_output":
                self.levels[arguments[1]] = 0
            if name == "gpio_write":
                self.levels[arguments[1]] = int(arguments[2])
            if name == "gpio_claim_input":
                self.levels.pop(arguments[1], None)
            return 7

        return call


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    """A board with lgpio, as far as gpiozero can see."""
    lines = Lines()
    monkeypatch.setitem(sys.modules, "lgpio", lines.module())
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", lambda: 0xC03112)
    monkeypatch.setattr(gpio, "_opened", {})
    monkeypatch.setattr(LocalPiFactory, "pins", {})
    monkeypatch.delenv("LG_WD", raising=False)
    return lines


class TestOnABoard:
    """gpiozero's real lgpio factory, above lines that are recorded."""

    def test_lgpio_comes_first_and_does_not_write_into_the_working_directory(self, lines: Lines) -> None:
        board = open_board("")
        assert not board.played
        assert "lgpio" in board.title
        assert os.environ["LG_WD"]

    def test_a_switch_drives_the_line_and_is_an_input_again_in_the_end(self, lines: Lines) -> None:
        switch = open_board("").switch(17)
        assert lines.levels == {17: 0}
        switch.on()
        assert lines.levels == {17: 1}
        assert switch.state
        switch.close()
        assert lines.levels == {}
        assert ("gpio_write", 7, 17, False) in lines.calls[-3:]

    def test_a_safe_output_is_left_driven(self, lines: Lines) -> None:
        make_safe([Output(17, safe=1), Output(27)], "")
        assert lines.levels == {17: 1, 27: 0}

    def test_a_busy_line_is_an_error_that_names_the_pin(self, lines: Lines) -> None:
        lines.busy = {17}
        with pytest.raises(HardwareError, match=r"pin 17.*GPIO busy"):
            make_safe([Output(17), Output(27)], "")
        assert lines.levels == {27: 0}

    def test_a_chip_that_does_not_open_is_named_among_the_reasons(
        self, lines: Lines, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: int) -> int:
            raise lines.error("can not open gpiochip")

        monkeypatch.setattr(sys.modules["lgpio"], "gpiochip_open", refuse)
        with pytest.raises(HardwareError, match=r"can not open gpiochip.*RPi.GPIO is not installed"):
            open_board("")
