"""Where answers go, and who is asked."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Output"]


class Output(Protocol):
    """A terminal, a pipe, or a test."""

    @property
    def asks(self) -> bool:
        """Whether there is a person to ask."""

    def write(self, text: str) -> None:
        """One piece of text, a line end added."""

    def page(self, text: str) -> None:
        """The same, a page at a time where there is a person whose terminal is too small for it."""

    def confirm(self, question: str) -> bool | None:
        """Ask; None where nobody can answer (a pipe)."""
