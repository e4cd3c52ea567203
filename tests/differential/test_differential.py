"""Random modules and documents: what we find valid, yanglint and yangson find valid, and nothing else.

Where they differ for a reason that is known, ``known.md`` says which is right; ``differential_known``
recognizes it. ``make nightly`` runs many more cases than ``make test``.
"""

from __future__ import annotations

from typing import Any

import pytest
from differential_court import NIGHTLY, Court, budget, needs_yanglint
from differential_data import documents
from differential_models import modules
from differential_mutants import mutants
from differential_types import IDENTITIES, Kind, kinds, quoted
from hypothesis import given, seed
from hypothesis import strategies as st

DOCUMENTS = 6
"""For each set of modules; about as many again are the same ones mended."""


@st.composite
def _models(draw: st.DrawFn) -> tuple[dict[str, str], list[dict[str, Any]]]:
    made = draw(modules())
    return made.texts(), [draw(documents(made)) for _ in range(DOCUMENTS)]


@st.composite
def _typed_leaves(draw: st.DrawFn) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """A module with one leaf, sometimes with a default, good or bad."""
    kind: Kind = draw(kinds)
    words = {
        0: kind.words,
        1: tuple(word for word in kind.odd if isinstance(word, str) and word.isprintable()),
    }.get(draw(st.integers(0, 3)), ())
    default = f" default {quoted(draw(st.sampled_from(words)))};" if words else ""
    identities = [
        f"identity {name} {{ {' '.join(f'base {base};' for base in bases)} }}"
        for name, bases in IDENTITIES.items()
    ]
    lines = [
        'yang-version 1.1; namespace "urn:gen"; prefix g; feature on; feature off;',
        *identities,
        *dict.fromkeys(kind.typedefs),
        f"leaf x {{ {kind.text}{default} }}",
    ]
    values = {repr(value): value for value in (*kind.good, *kind.odd)}.values()
    return {"gen": "\n  ".join(["module gen {", *lines]) + "\n}\n"}, [{"gen:x": value} for value in values]


def _try(part: int, cases: st.SearchStrategy[Any], usual: int, nightly: int, record: Any) -> int:
    """The number of documents judged."""
    court = Court()

    @budget(usual, nightly)
    @given(cases)
    def hear(case: tuple[dict[str, str], list[dict[str, Any]]]) -> None:
        court.hear(*case)

    hear() if NIGHTLY else seed(part)(hear)()
    for name, count in court.tally.items():
        record(name, count)
    return court.tally["documents"]


@needs_yanglint
@pytest.mark.parametrize("part", range(4))
def test_modules_and_documents_are_judged_alike(part: int, record_property: Any) -> None:
    assert _try(part, _models(), 25, 500, record_property) > 12


@needs_yanglint
@pytest.mark.parametrize("part", range(2))
def test_values_of_types_are_judged_alike(part: int, record_property: Any) -> None:
    assert _try(part, _typed_leaves(), 25, 500, record_property) > 15


@needs_yanglint
@pytest.mark.parametrize("part", range(2))
def test_nearly_right_modules_are_compiled_alike(part: int, record_property: Any) -> None:
    cases = mutants().map(lambda texts: (texts, []))
    assert _try(part, cases, 60, 1000, record_property) == 0
