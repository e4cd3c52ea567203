"""Opening a hoard says what in its models may cost more in a larger datastore."""

import logging
from pathlib import Path

import pytest

from pyconfhoard.hoard import Hoard

MODEL = """
module w { yang-version 1.1; namespace "urn:w"; prefix w;
  container c { list l { key k; leaf k { type string; } leaf n { type int8; } }
    must "sum(l/n) < 9"; } }
"""


def test_a_rule_that_looks_at_every_entry_is_logged_with_its_place(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "w.yang").write_text(MODEL)
    with (
        caplog.at_level(logging.WARNING),
        Hoard.open(tmp_path / "data", yang=[tmp_path], modules=["w"]) as hoard,
    ):
        assert hoard.warnings
    told = [record.getMessage() for record in caplog.records]
    assert told == list(hoard.warnings)
    assert told == [
        "w.yang:4: must at /w:c costs more in a larger datastore: it may have to look at every entry of /w:c/l"
    ]
