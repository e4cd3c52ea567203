"""The commands about what was: history, differences, blame, which give a text; and the ways back. Each may raise.

A *revision* is its number or a label; ``compare`` takes ``running``, ``startup`` and ``persist``, too. Going back loads into what
is pending in configuration mode; in operational mode it is a commit of its own, made at once: a person is shown first what it
would change, and asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pyconfhoard.schema.types.base import Json

from .client import Client, RemoteError
from .commands import CommandError
from .editing import Editing
from .grammar import Candidate
from .output import Output
from .times import local_time

__all__ = ["Past"]

_PAGE: Final = 20
"""Revisions that are listed, and offered for completion, unless more are asked for."""
_MOST: Final = 1000
_PATIENT_WIDTH: Final = 60
"""Characters of a comment in a list."""


class Past:
    """``client`` is asked, ``output`` told; a way back goes into what is being edited."""

    def __init__(self, client: Client, editing: Editing, output: Output) -> None:
        self._client = client
        self._editing = editing
        self._output = output

    def history(self, words: Sequence[str]) -> str:
        """``show history [limit]``."""
        if len(words) > 1 or (words and not (words[0].isascii() and words[0].isdigit())):
            raise CommandError("usage: show history [<limit>]")
        limit = int(words[0]) if words else _PAGE
        if not 1 <= limit <= _MOST:
            raise CommandError(f"a limit is 1 to {_MOST}")
        found = self._revisions(limit)
        rows = [("revision", "when", "who", "label", "why")]
        for one in found:
            labels = " ".join(one.get("label", ()))
            rows.append((one["revision"], local_time(one["time"]), one.get("author", ""), labels, _why(one)))
        text = _table(rows)
        if len(found) == limit and found[-1]["revision"] != "1":
            text += f"\n\nOlder ones: show history {min(_MOST, limit * 5)}"
        return text

    def revision(self, words: Sequence[str]) -> str:
        """``show revision N``."""
        if len(words) != 1:
            raise CommandError("usage: show revision <revision>: a number, or a label")
        one = self._client.history("show-revision", revision=words[0])
        lines = [f"revision {one['revision']}, {local_time(one['time'])}, by {_who(one)}"]
        for title, text in (("comment", one.get("comment")), ("label", ", ".join(one.get("label", ())))):
            if text:
                lines.append(f"{title}: {text}")
        lines.append(_text(one) or "It changed nothing, or what it changed is not kept any more.")
        return "\n".join(lines)

    def compare(self, words: Sequence[str]) -> str:
        """``compare N [M]``; without words what is pending."""
        if not words:
            return self._editing.text() or "nothing is pending"
        if len(words) > 2:
            raise CommandError("usage: compare [<revision> [<revision>]]")
        later = {"to": words[1]} if len(words) == 2 else {}
        return _text(self._client.history("compare", **{"from": words[0]}, **later)) or "no difference"

    def blame(self, path: str) -> str:
        """``blame [path]``; ``path`` is the instance path."""
        found = self._client.history("blame", path=path).get("value", [])
        rows = [("revision", "when", "who", "what")]
        for one in found:
            when = local_time(one["time"]) if "time" in one else "not known any more"
            rows.append(
                (one.get("revision", "-"), when, one.get("author", ""), f"{one['path']} {one['value']}")
            )
        if len(rows) == 1:
            raise CommandError(f"nothing is set at {path}")
        return _table(rows)

    def label(self, words: Sequence[str]) -> None:
        """``label N NAME``."""
        if len(words) != 2:
            raise CommandError("usage: label <revision> <name>")
        self._client.history("set-label", revision=words[0], label=words[1])

    def rollback(self, words: Sequence[str]) -> None:
        """``rollback N [comment X]``."""
        revision, comment = _back(words, "rollback")
        if self._editing.active:
            if self._output.asks and self._editing.changes():
                self._asked("What is pending gives way to it. Go on?")
            self._load("rollback", revision, comment)
            return
        told = self._client.history("compare", **{"from": "running", "to": revision})
        self._go_back("rollback", revision, comment, _text(told), f"Go back to {revision}?")

    def undo(self, words: Sequence[str]) -> None:
        """``undo N [comment X]``."""
        revision, comment = _back(words, "undo")
        if self._editing.active:
            self._load("undo", revision, comment)
            return
        told = self._client.history("show-revision", revision=revision)
        self._go_back("undo", revision, comment, _text(told), "Take this back?")

    def _go_back(self, name: str, revision: str, comment: str, text: str, question: str) -> None:
        if text and self._output.asks:
            self._output.page(text)
            self._asked(question)
        done = self._client.history(name, revision=revision, **({"comment": comment} if comment else {}))
        changed = len(done.get("changed", ()))
        self._output.write(
            f"Commit complete: revision {done['revision']}." if changed else "No modifications to commit."
        )

    def _load(self, name: str, revision: str, comment: str) -> None:
        self._editing.take_back(name, revision, comment)
        self._output.page(self._editing.text() or "nothing is different")

    def _asked(self, question: str) -> None:
        if not self._output.confirm(question):
            raise CommandError("nothing was changed")

    def known(self) -> Iterator[Candidate]:
        """Revisions that a person may mean, newest first, then labels."""
        try:
            found = self._revisions(_PAGE)
        except RemoteError:
            return
        for one in found:
            yield Candidate(one["revision"], f"{_who(one)}: {_why(one)}".rstrip(": "))
        for one in found:
            for label in one.get("label", ()):
                yield Candidate(label, f"revision {one['revision']}")

    def _revisions(self, limit: int) -> list[Json]:
        listed: list[Json] = self._client.history("list-revisions", limit=limit).get("revision", [])
        return listed


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    """Columns as wide as what is in them, numbers first; a column that has nothing is left out."""
    used = [at for at in range(len(rows[0])) if at == 0 or any(row[at] for row in rows[1:])]
    widths = {at: max(len(row[at]) for row in rows) for at in used}
    lines = []
    for row in rows:
        cells = [row[at].ljust(widths[at]) if at else row[at].rjust(widths[at]) for at in used]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _who(one: Json) -> str:
    author = one.get("author") or "nobody"
    source = one.get("source")
    return f"{author} ({source})" if source else str(author)


def _why(one: Json) -> str:
    text = " ".join(str(one.get("comment", "")).split())
    return text if len(text) <= _PATIENT_WIDTH else text[: _PATIENT_WIDTH - 3] + "..."


def _text(told: Json) -> str:
    return str(told.get("text", "")).rstrip("\n")


def _back(words: Sequence[str], name: str) -> tuple[str, str]:
    """The revision and the comment."""
    if len(words) == 1:
        return words[0], ""
    if len(words) == 3 and words[1] == "comment":
        return words[0], words[2]
    raise CommandError(f"usage: {name} <revision> [comment <text>]; put the text between quotes")
