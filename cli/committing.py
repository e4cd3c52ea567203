"""``commit`` and its words; a confirmed commit, and what ends it (RFC 6241 section 8.4)."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from pyconfhoard.schema.types.base import Json

from .client import Client, RemoteError, Unreachable
from .commands import COMMIT_WORDS, CommandError, in_full
from .editing import Editing
from .output import Output

__all__ = ["Committing", "Words", "minutes", "read_words"]

_T = TypeVar("_T")

_MINUTES: Final = 10
"""For a confirmed commit that does not say, as RFC 6241 has it."""
_UNITS: Final = {"": 60, "s": 1, "m": 60, "h": 3600}
_GONE: Final = 404
_GRACE: Final = 0.5
"""Seconds that the hoard has to take a commit back."""
_LOOKED_AT: Final = 20
_MEANWHILE: Final = "changed meanwhile"
"""In the hoard's words on a conflict."""
_WAY: Final = "Nothing was committed. What you entered is put on what runs now by: update. Look at it, then commit again."
_ENDED: Final = "Nothing was committed: look at what is pending with compare, and commit again."
_TAKEN_BACK: Final = "confirmed-commit"
"""The source of the commit that takes one back."""
_MOST: Final = 7 * 24 * 3600
_TAKES_VALUE: Final = frozenset({"comment", "label"})


@dataclass(frozen=True, slots=True)
class Words:
    """What was said behind ``commit``; ``seconds`` None: it stays."""

    comment: str = ""
    label: str = ""
    seconds: int | None = None
    check: bool = False
    leave: bool = False


def read_words(words: Sequence[str]) -> Words:
    """Raises :class:`CommandError` for words that mean nothing, or do not go together."""
    found: dict[str, Json] = {}
    left = list(words)
    while left:
        word = in_full(left.pop(0), COMMIT_WORDS)
        name = {"confirmed": "seconds", "and-quit": "leave"}.get(word, word)
        if name in found:
            raise CommandError(f"{word} is said twice")
        if word in _TAKES_VALUE:
            if not left:
                raise CommandError(f"{word} wants a text; put it between quotes")
            found[name] = left.pop(0)
        elif word == "confirmed":
            found[name] = _seconds(left.pop(0)) if left and left[0][:1].isdigit() else _MINUTES * 60
        elif word in {"check", "and-quit"}:
            found[name] = True
        else:
            raise CommandError(
                f"{word!r} means nothing to commit; possible: check, comment <text>, label <name>, confirmed [<time>], and-quit"
            )
    if "check" in found and len(found) > 1:
        raise CommandError("commit check commits nothing: it goes alone")
    return Words(**found)


def _seconds(text: str) -> int:
    match = re.fullmatch(r"([0-9]{1,6})([smh]?)", text)
    seconds = int(match[1]) * _UNITS[match[2]] if match else 0
    if not 1 <= seconds <= _MOST:
        raise CommandError(f"{text!r} is no time: 10 is minutes, or 30s, 10m, 1h; at most a week")
    return seconds


def minutes(seconds: int) -> str:
    """A time for a person."""
    for size, name in ((3600, "hour"), (60, "minute"), (1, "second")):
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {name}" + ("" if count == 1 else "s")
    raise ValueError(seconds)


class Committing:
    """``waiting``: the id of this session's confirmed commit, while it may still be confirmed."""

    def __init__(self, client: Client, editing: Editing, output: Output) -> None:
        self._client = client
        self._editing = editing
        self._output = output
        self.waiting = ""
        self.until = 0.0
        """When its time is over, on the monotonic clock."""
        self._revision = 0

    def over(self) -> str:
        """What to tell once the time of this session's confirmed commit is over; empty before, and where somebody else
        confirmed it."""
        if not self.waiting or time.monotonic() < self.until:
            return ""
        with contextlib.suppress(RemoteError, Unreachable):
            found = self._client.history("list-revisions", limit=_LOOKED_AT).get("revision", ())
            self.waiting = ""
            for one in found:
                if one.get("source") == _TAKEN_BACK and int(one["revision"]) > self._revision:
                    return f"Note: {one['comment']} (revision {one['revision']})."
        return ""

    def commit(self, words: Sequence[str]) -> bool:
        """``commit ...``; whether to leave configuration mode now."""
        asked = read_words(words)
        if asked.check:
            self._check()
        else:
            self._commit(asked)
        return asked.leave

    def _commit(self, asked: Words) -> None:
        pending = self._editing.changes()
        if self.waiting and asked.seconds is None and not pending:
            self.confirm(())
            return
        confirms = self.waiting
        try:
            done = self._while_it_waits(
                lambda: self._editing.commit(asked.comment, asked.label, asked.seconds, confirms)
            )
        except RemoteError as error:
            if confirms and not self.waiting:
                raise CommandError(f"{error}\n{_ENDED}") from None
            if any(_MEANWHILE in fault.message for fault in error.faults) and not self._editing.common:
                raise CommandError(f"{error}\n{_WAY}") from None
            raise
        if asked.seconds is None and confirms:
            self.waiting = ""
            self._output.write("Commit confirmed.")
        if asked.seconds is not None and done.get("persist-id"):
            self.waiting = str(done["persist-id"])
            self.until = time.monotonic() + asked.seconds + _GRACE
            self._revision = int(done["revision"])
            self._output.write(f"Commit complete: revision {done['revision']}, for {minutes(asked.seconds)}.")
            self._output.write(
                f"It is taken back then, unless you say: confirm\n(from another session: confirm {self.waiting})"
            )
        elif pending or done.get("changed"):
            self._output.write(f"Commit complete: revision {done['revision']}.")
        else:
            self._output.write("No modifications to commit.")

    def validate(self) -> None:
        """Check what is pending: its commit would confirm or extend the confirmed one of this session."""
        confirms = self.waiting
        self._while_it_waits(lambda: self._editing.validate(confirms))

    def _check(self) -> None:
        text = self._editing.text()
        if not text:
            self._output.write("No modifications to commit.")
            return
        self.validate()
        self._output.write(text)
        things = sorted(
            _affected(self._client.owners(), [str(one["path"]) for one in self._editing.changes()])
        )
        for name, linked in things:
            self._output.write(f"{name} has no objection" if linked else f"{name} is not linked: not asked")
        self._output.write("Configuration check succeeds.")

    def confirm(self, words: Sequence[str]) -> None:
        """``confirm [ID]``."""
        self._end("confirm", words)
        self._output.write("Commit confirmed.")

    def cancel(self, words: Sequence[str]) -> None:
        """``cancel [ID]``."""
        done = self._end("cancel", words)
        self._output.write(f"Commit taken back: revision {done['revision']}.")

    def _while_it_waits(self, work: Callable[[], _T]) -> _T:
        """What concerns the confirmed commit of this session, which may be over by now."""
        try:
            return work()
        except RemoteError as error:
            if error.status == _GONE:
                self.waiting = ""
            raise

    def _id(self, words: Sequence[str], name: str) -> str:
        if len(words) > 1:
            raise CommandError(f"usage: {name} [<id>]")
        if words:
            return words[0]
        if not self.waiting:
            raise CommandError(f"no confirmed commit of this session waits; another's is named: {name} <id>")
        return self.waiting

    def _end(self, name: str, words: Sequence[str]) -> Json:
        """Confirm or cancel. One that is over is not waited for any more, whatever ended it."""
        id = self._id(words, name)

        def end() -> Json:
            return self._client.history(f"{name}-commit", **{"persist-id": id})

        done = self._while_it_waits(end) if id == self.waiting else end()
        if id == self.waiting:
            self.waiting = ""
        return done


def _affected(owners: Mapping[str, Mapping[str, Json]], paths: Sequence[str]) -> set[tuple[str, bool]]:
    """The Things that own something of ``paths``, each with whether it is linked."""
    found = set()
    for name, owner in owners.items():
        if "linked" not in owner:
            continue
        top = str(owner["yangpath"]).rstrip("/")
        if any(f"{path}/".startswith(f"{top}/") or f"{top}/".startswith(f"{path}/") for path in paths):
            found.add((name, bool(owner["linked"])))
    return found
