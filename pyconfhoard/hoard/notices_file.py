"""Notifications kept over a restart: the last ones, a line of JSON each, in ``run/notices.jsonl``.

They are no truth that has to be synced, as changes of the configuration are: a power cut loses those of the last seconds, and
what cannot be written is lost with a line in the log. Writing happens in a thread of its own, in order. The file grows to
twice what is kept, and is then rewritten with its second half.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path as File
from typing import Any, Final

__all__ = ["NoticeFile"]

_LOG: Final = logging.getLogger("pyconfhoard.hoard")


class NoticeFile:
    """``kept``: so many lines at least are read again; ``file`` need not be there."""

    def __init__(self, file: File, kept: int) -> None:
        self._file = file
        self._kept = kept
        self._lines = -1
        self._failing = False
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="notices")

    def append(self, line: dict[str, Any]) -> None:
        """Write a line soon."""
        self._writer.submit(self._append, json.dumps(line, ensure_ascii=False, separators=(",", ":")))

    def lines(self) -> Iterator[dict[str, Any]]:
        """Those that are there, the oldest first; one that a power cut left unfinished is passed over. Blocks for the disk."""
        try:
            texts = self._file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return
        for text in texts:
            try:
                line = json.loads(text)
            except ValueError:
                continue
            if isinstance(line, dict):
                yield line

    def stamp(self) -> tuple[int, ...]:
        """Other than before when there are other lines."""
        try:
            found = self._file.stat()
        except OSError:
            return ()
        return found.st_ino, found.st_size, found.st_mtime_ns

    def close(self) -> None:
        """Write what waits, and end."""
        self._writer.shutdown()

    def _append(self, text: str) -> None:
        try:
            if self._lines < 0:
                self._lines = sum(1 for _ in self.lines())
                self._rewrite([])  # what is unfinished at its end would spoil the next line
            if self._lines >= 2 * self._kept:
                self._rewrite([text])
                return
            with self._file.open("a", encoding="utf-8") as file:
                file.write(text + "\n")
            self._lines += 1
            self._failing = False
        except OSError as error:
            if not self._failing:
                _LOG.warning("notifications cannot be kept for the next start: %s", error.strerror)
            self._failing = True

    def _rewrite(self, more: list[str]) -> None:
        dumped = (json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in self.lines())
        texts = [*list(dumped)[-self._kept :], *more]
        temporary = self._file.with_suffix(".new")
        temporary.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        os.chmod(temporary, 0o600)  # what rules hide from users is in it, too
        os.replace(temporary, self._file)
        self._lines = len(texts)
