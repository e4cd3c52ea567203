"""Long answers, on terminals of any size."""

import os
from collections.abc import Callable

import pytest

from cli import pager

KeyOf = Callable[[], str]


class Screen:
    """Takes what is written; knows how large it is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, columns: int, rows: int) -> None:
        self.text = ""
        monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((columns, rows)))

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        """At once anyway."""

    def fileno(self) -> int:
        return 1


def shown(
    monkeypatch: pytest.MonkeyPatch, text: str, keys: str, columns: int = 20, rows: int = 4
) -> list[str]:
    """The pages, each ended by a key."""
    screen, left = Screen(monkeypatch, columns, rows), list(keys)

    def key() -> str:
        pressed = left.pop(0)
        if pressed == "^":
            raise KeyboardInterrupt
        return pressed

    pager.page(text, screen, key)  # type: ignore[arg-type]
    assert not left, "every key was asked for"
    return screen.text.replace("\r\x1b[K", "").split(pager.MORE)


NINE = "\n".join("123456789")


@pytest.mark.parametrize(
    ("keys", "pages"),
    [
        ("  ", ["1\n2\n3\n", "4\n5\n6\n", "7\n8\n9\n"]),
        ("\rq", ["1\n2\n3\n", "4\n", ""]),
        ("\n^", ["1\n2\n3\n", "4\n", ""]),
        ("G", ["1\n2\n3\n", "4\n5\n6\n7\n8\n9\n"]),
        ("q", ["1\n2\n3\n", ""]),
    ],
)
def test_keys(monkeypatch: pytest.MonkeyPatch, keys: str, pages: list[str]) -> None:
    assert shown(monkeypatch, NINE, keys) == pages


def test_what_fits_is_not_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, "1\n2\n3", "") == ["1\n2\n3\n"]


def test_long_and_wide_lines_take_their_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, "x" * 21 + "\nb\nc", " ") == ["x" * 21 + "\nb\n", "c\n"]
    assert shown(monkeypatch, "麦" * 11 + "\nb\nc", " ") == ["麦" * 11 + "\nb\n", "c\n"]
    assert shown(monkeypatch, "y" * 99, "", rows=3) == ["y" * 99 + "\n"]
