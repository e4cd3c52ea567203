"""Random modules: the verdict on the way from one document to another is that on the other one.

What the plain validator finds in the whole tree, the incremental one must find from the change that led to it.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path as Folder
from typing import Any

from differential_court import budget
from differential_data import documents
from differential_models import modules
from hypothesis import assume, given
from hypothesis import strategies as st

from pyconfhoard.errors import BadInput, ModelError
from pyconfhoard.schema import load
from pyconfhoard.tree import Branch, Edit, Path, apply, as_edits, decode, diff
from pyconfhoard.validation import Validator
from pyconfhoard.validation.cursor import Document
from pyconfhoard.validation.settle import settle
from pyconfhoard.validation.walk import walk


@st.composite
def _cases(draw: st.DrawFn) -> tuple[dict[str, str], list[dict[str, Any]], int]:
    made = draw(modules())
    return made.texts(), [draw(documents(made)) for _ in range(6)], draw(st.integers(0, 2**32))


def _validator(texts: dict[str, str]) -> Validator:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            (Folder(folder) / f"{name}.yang").write_text(text)
        return Validator(load(sorted(texts), folders=[Folder(folder)]))


def _trees(judge: Validator, data: list[dict[str, Any]]) -> list[Branch]:
    """Those of the documents that can be read, each without nodes whose ``when`` is false."""
    found = []
    empty = Branch(judge.schema.root, {})
    for document in data:
        try:
            tree = apply(empty, [Edit("replace", Path(), decode(judge.schema.root, document, Path()))], 1)
        except BadInput:
            continue
        found.append(tree)
    return found


def _compare(judge: Validator, base: Branch, edits: tuple[Edit, ...]) -> Branch | None:
    """The outcome of the edits, if it is valid."""
    root = apply(base, edits, 2)
    if root is base:
        return None
    settled = settle(judge.table, root, 2, edits)
    plain = [fault for _, _, fault in walk(Document(judge.table.shape, settled.root).root, judge.table.root)]
    checked = judge.check(base, edits, root, 2)
    told = [replace(fault, edit="") for fault in checked.faults]
    assert checked.root == settled.root
    assert set(told[: len(settled.faults)]) == set(settled.faults)
    assert told[len(settled.faults) :] == plain
    return None if checked.faults else checked.root


@budget(150, 2500)
@given(_cases())
def test_the_way_does_not_change_the_verdict(
    case: tuple[dict[str, str], list[dict[str, Any]], int],
) -> None:
    texts, data, seed = case
    try:
        judge = _validator(texts)
    except ModelError:
        assume(False)
        return
    trees = _trees(judge, data)
    settled = [judge.settle(tree, 1).root for tree in trees]
    bases = [tree for tree in settled if len(tree) and judge.validate(tree).total == 0]
    for base in bases:
        for tree in trees:
            steps = as_edits(diff(base, tree))
            _compare(judge, base, steps)
            here: Branch | None = base
            for at in range(len(steps)):  # one by one, from wherever the tree is valid
                step = steps[(at + seed) % len(steps)]
                if here is None or step.point is not None:  # its neighbour may not be there yet
                    break
                here = _compare(judge, here, (step,)) or here
