"""One case before all judges."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any, Final, Protocol

import pytest
from differential_judges import YANGLINT, Ours, Refused, Yanglint, Yangson
from differential_known import excused
from differential_shrink import shrink
from hypothesis import HealthCheck, Phase, settings

__all__ = ["NIGHTLY", "Court", "budget", "needs_yanglint"]

NIGHTLY: Final = settings.get_current_profile_name() == "nightly"

needs_yanglint: Final = pytest.mark.skipif(
    YANGLINT is None, reason="yanglint is not installed: sudo apt install libyang2-tools"
)


def budget(usual: int, nightly: int) -> settings:
    """Settings for so many examples; the usual ones are always the same."""
    return settings(
        max_examples=nightly if NIGHTLY else usual,
        derandomize=not NIGHTLY,
        database=None,
        deadline=None,
        phases=[Phase.generate],  # a case that fails is made small by differential_shrink
        suppress_health_check=list(HealthCheck),
    )


class _Judge(Protocol):
    def judge(self, document: Any) -> str | None: ...


_OTHERS: Final[dict[str, Callable[[File, list[str]], _Judge]]] = {"yanglint": Yanglint, "yangson": Yangson}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What two judges say of the modules, or, if it is not None, of the document. Empty: it is valid."""

    texts: dict[str, str]
    document: Any
    judge: str
    mine: str
    theirs: str

    def is_known(self) -> bool:
        models, data = "".join(self.texts.values()), json.dumps(self.document)
        return excused(self.judge, models, self.mine, self.theirs, data)

    def __str__(self) -> str:
        data = json.dumps(self.document, ensure_ascii=False) if self.document is not None else ""
        return (
            f"{''.join(self.texts.values())}{data}\n"
            f"--- ours: {self.mine or 'valid'}\n--- {self.judge}: {self.theirs or 'valid'}"
        )

    def like(self, other: Disagreement) -> bool:
        """Whether it is of the same kind: the same judge says the same about the same stage."""
        return (
            self.judge == other.judge
            and (self.document is None) == (other.document is None)
            and bool(self.mine) == bool(other.mine)
        )


class Court:
    """Compares the verdicts, and counts them in :attr:`tally`."""

    def __init__(self) -> None:
        self.tally: Counter[str] = Counter()

    def hear(self, texts: dict[str, str], documents: list[Any]) -> None:
        """Judge the modules, then the documents and what is left of each without its faults.

        Raises ``AssertionError`` for a disagreement that is not known, made small.
        """
        for found in self._disagreements(texts, documents):
            if found.is_known():
                self.tally["known disagreements"] += 1
            else:
                raise AssertionError(f"a disagreement that known.md does not settle\n{_reduced(found)}")

    def _disagreements(self, texts: dict[str, str], documents: list[Any]) -> Iterator[Disagreement]:
        with tempfile.TemporaryDirectory() as name:
            folder = File(name)
            for module, text in texts.items():
                (folder / f"{module}.yang").write_text(text)
            yield from self._compare(folder, texts, documents)

    def _compare(self, folder: File, texts: dict[str, str], documents: list[Any]) -> Iterator[Disagreement]:
        names = list(texts)
        self.tally["modules"] += len(texts)
        try:
            ours, refusal = Ours(folder, names), ""
        except Refused as error:
            ours, refusal = None, str(error)
        others: dict[str, _Judge] = {}
        for judge, begin in _OTHERS.items():
            if judge == "yangson" and any("deviation " in text for text in texts.values()):
                continue  # it knows none
            try:
                others[judge], objection = begin(folder, names), ""
            except Refused as error:
                objection = str(error)
                if not objection:
                    continue
            # yangson compiles a good deal that is wrong (known.md, "Modules that yangson takes")
            if bool(refusal) != bool(objection) and not (refusal and judge == "yangson"):
                yield Disagreement(texts, None, judge, refusal, objection)
        if ours is None:
            return
        for document in documents:
            mended = ours.repaired(document)
            for one in (document,) if mended is None else (document, mended):
                mine = ours.judge(one)
                self.tally["documents"] += 1
                self.tally["valid"] += not mine
                for judge, other in others.items():
                    theirs = other.judge(one)
                    if theirs is None:
                        continue
                    self.tally[f"by {judge}"] += 1
                    if bool(mine) == bool(theirs):
                        continue
                    written = ours.written(one)
                    if (
                        written != one
                        and _sorted_text(written) == _sorted_text(one)
                        and bool(other.judge(written)) == bool(mine)
                    ):
                        self.tally["known disagreements"] += 1  # known.md, "Order of entries"
                        continue
                    yield Disagreement(texts, one, judge, mine, theirs)


def _sorted_text(value: Any) -> str:
    """A text that is the same for values that differ in the order of arrays, and in what is empty, only."""
    if isinstance(value, dict):
        return repr(
            sorted((name, _sorted_text(below)) for name, below in value.items() if below not in ([], {}))
        )
    if isinstance(value, list):
        return repr(sorted(map(_sorted_text, value)))
    return repr(value)


def _reduced(found: Disagreement) -> Disagreement:
    latest = found

    def differs(texts: dict[str, str], document: Any) -> bool:
        nonlocal latest
        again = Court()._disagreements(texts, [] if document is None else [document])
        for one in again:
            if one.like(found) and not one.is_known() and (document is None or one.document == document):
                latest = one
                return True
        return False

    if differs(found.texts, found.document):
        shrink(found.texts, found.document, differs)
    return latest
