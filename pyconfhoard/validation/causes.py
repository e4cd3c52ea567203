"""Which edit of a transaction broke a rule: it is named in the fault, beside the place and the rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from pyconfhoard.tree import Edit, Path, Step

__all__ = ["Causes"]

_MANY = 1000
"""With more edits than that, a fault of which only its place is known is not traced to one of them."""


class Causes:
    """``removed``: nodes that went because a ``when`` turned false, each with the change that made it so."""

    def __init__(self, edits: Iterable[Edit], removed: Mapping[Path, Path]) -> None:
        self._edits = tuple(edit.path for edit in edits)
        self._removed = removed

    @cached_property
    def _paths(self) -> frozenset[Path]:
        return frozenset(self._edits)

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        return tuple(map(str, self._edits))

    def of_change(self, path: Path) -> str:
        """The path of the edit that made the change at ``path``; empty if there is none."""
        for _ in range(len(self._removed)):
            if path not in self._removed:
                break
            path = self._removed[path]
        for size in range(len(path), -1, -1):
            above = Path(path.steps[:size])
            if above in self._paths:
                return str(above)
            if size and above.last.key is not None:
                whole = Path((*above.steps[:-1], Step(above.last.name, None, above.last.names)))
                if whole in self._paths:
                    return str(whole)
        inside = (str(edit) for edit in self._edits if edit.within(path))
        beside = (
            str(edit) for edit in self._edits if edit.within(path.parent)
        )  # in another case of a choice
        return next(inside, None) or next(beside, "")

    def of_place(self, text: str) -> str:
        """The path of the edit at, above or below the node that a fault is about; empty if there is none."""
        if len(self._edits) > _MANY:
            return ""
        return next((edit for edit in self._texts if _within(text, edit) or _within(edit, text)), "")


def _within(path: str, above: str) -> bool:
    return above in {path, "/"} or (path.startswith(above) and path[len(above)] in "/[")
