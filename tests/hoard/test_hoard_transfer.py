"""Configuration saved as a file is loaded by any hoard that has the modules: in each form, whole or in part."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cellar import YANG, commit, value

from pyconfhoard.errors import BadInput, NotFound
from pyconfhoard.hoard import Hoard
from pyconfhoard.hoard.bridge import run_sync
from pyconfhoard.hoard.first_boot import write_first_boot
from pyconfhoard.hoard.transfer import loading, saved
from pyconfhoard.tree import Branch, apply, parse_path, to_json

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FORMS = ("json", "xml", "instance-data")
CELLAR: dict[str, Any] = {
    "cellar:house": {
        "room": {"setpoint": "11.5", "probe": [{"id": "a", "offset": "0.5"}, {"id": "b"}]},
        "pump": {"mode": "auto", "sensor": "a"},
        "lamp": {},
    },
    "cellar:bottle": [{"name": "x", "year": 2019, "cork": "long"}, {"name": "y's", "cap": "red"}],
    "cellar:menu": ["soup", "fish"],
}


@pytest.fixture
def full(hoard: Hoard) -> Hoard:
    commit(hoard, "/", CELLAR)
    return hoard


def text(hoard: Hoard, path: str = "/", **more: Any) -> bytes:
    return b"".join(saved(hoard.schema, hoard.running, parse_path(hoard.schema, path), **more))


def loaded(hoard: Hoard, body: bytes, mode: Any = "merge", base: Branch | None = None, at: str = "/") -> Any:
    empty = Branch(hoard.schema.root, {})
    edits = loading(hoard.schema, body, mode, parse_path(hoard.schema, at))
    return to_json(hoard.schema.root, apply(empty if base is None else base, edits, 9))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mode", ["merge", "replace", "override"])
def test_all_of_it_comes_back(full: Hoard, form: Any, mode: Any) -> None:
    assert loaded(full, text(full, form=form, now=NOW), mode) == CELLAR


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/cellar:house/pump", {"cellar:house": {"pump": CELLAR["cellar:house"]["pump"]}}),
        ("/cellar:house/pump/mode", {"cellar:house": {"pump": {"mode": "auto"}}}),
        ("/cellar:house/lamp", {"cellar:house": {"lamp": {}}}),
        ('/cellar:bottle[name="y\'s"]', {"cellar:bottle": [{"name": "y's", "cap": "red"}]}),
        ("/cellar:bottle[name='x']/year", {"cellar:bottle": [{"name": "x", "year": 2019}]}),
        (
            "/cellar:house/room/probe",
            {"cellar:house": {"room": {"probe": [{"id": "a", "offset": "0.5"}, {"id": "b"}]}}},
        ),
        ("/cellar:house/room/probe[id='b']", {"cellar:house": {"room": {"probe": [{"id": "b"}]}}}),
        ("/cellar:menu", {"cellar:menu": ["soup", "fish"]}),
        ("/cellar:menu[.='fish']", {"cellar:menu": ["fish"]}),
    ],
)
def test_a_part_stands_in_what_it_stands_in(full: Hoard, form: Any, path: str, part: Any) -> None:
    assert loaded(full, text(full, path, form=form)) == part


def test_merge_keeps_the_rest(full: Hoard) -> None:
    body = json.dumps({"cellar:house": {"room": {"low": "9.0"}}}).encode()
    merged = loaded(full, body, "merge", full.running)
    assert merged["cellar:house"]["room"] == {**CELLAR["cellar:house"]["room"], "low": "9.0"}
    assert merged["cellar:bottle"] == CELLAR["cellar:bottle"]


def test_replace_takes_the_place_of_what_it_names(full: Hoard) -> None:
    body = json.dumps({"cellar:house": {"room": {"low": "9.0"}}}).encode()
    replaced = loaded(full, body, "replace", full.running)
    assert replaced["cellar:house"] == {"room": {"low": "9.0"}}
    assert replaced["cellar:bottle"] == CELLAR["cellar:bottle"]


def test_replace_at_a_place_leaves_the_rest(full: Hoard) -> None:
    body = json.dumps({"cellar:house": {"room": {"low": "9.0"}, "pump": {"mode": "on"}}}).encode()
    replaced = loaded(full, body, "replace", full.running, at="/cellar:house/room")
    assert replaced["cellar:house"]["room"] == {"low": "9.0"}
    assert replaced["cellar:house"]["pump"] == CELLAR["cellar:house"]["pump"]


def test_override_leaves_nothing(full: Hoard) -> None:
    body = json.dumps({"cellar:menu": ["tea"]}).encode()
    assert loaded(full, body, "override", full.running) == {"cellar:menu": ["tea"]}


def test_the_envelope_names_modules_and_time(full: Hoard) -> None:
    envelope = json.loads(text(full, form="instance-data", now=NOW))[
        "ietf-yang-instance-data:instance-data-set"
    ]
    assert "cellar" in envelope["content-schema"]["module"]
    assert envelope["timestamp"].startswith("2026-01-02T03:04:05")


def test_the_json_form_is_for_people(full: Hoard) -> None:
    assert text(full, "/cellar:house/pump").decode() == (
        '{\n  "cellar:house": {\n    "pump": {\n      "mode": "auto",\n      "sensor": "a"\n    }\n  }\n}\n'
    )


def test_a_hoard_saves_and_loads_as_one_transaction(full: Hoard) -> None:
    body = full.save("/cellar:house/room", form="xml")
    commit(full, "/cellar:house/room/setpoint", "13.0")
    commit(full, "/cellar:house/room/low", "9.5")
    done = full.load_now(body, "replace", at="/cellar:house/room", author="me", comment="as it was")
    assert value(full, "/cellar:house/room") == CELLAR["cellar:house"]["room"]
    assert (done.author, done.comment, len(done.changes)) == ("me", "as it was", 2)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "line 1"),
        (b"<config", "line 1"),
        (b'{"cellar:hause": {}}', "cellar:house"),
        (b'{"cellar:house": {"room": {"low": "warm"}, "pump": {"mode": "slow"}}}', "2 faults"),
        (b'{"ietf-yang-instance-data:instance-data-set": {"name": "x"}}', "content-data"),
    ],
)
def test_a_bad_document_changes_nothing(full: Hoard, body: bytes, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        full.load_now(body, "override", author="me")
    assert (
        said in f"{caught.value} {[fault.legal for fault in caught.value.faults]} {caught.value.total} faults"
    )
    assert full.revision == 1


def test_what_is_not_there_is_neither_saved_nor_loaded(full: Hoard) -> None:
    with pytest.raises(NotFound):
        full.save("/cellar:bottle[name='z']")
    with pytest.raises(NotFound):
        full.load_now(b'{"cellar:menu": ["tea"]}', "replace", at="/cellar:house", author="me")


def test_running_becomes_the_first_data_of_another_hoard(full: Hoard, tmp_path: Path) -> None:
    run_sync(write_first_boot(full))
    other = tmp_path / "other"
    (other / "startup").mkdir(parents=True)
    shutil.copy(full.folder / "startup" / "cellar.json", other / "startup")
    with Hoard.open(other, yang=[YANG], modules=["cellar"]) as fresh:
        assert to_json(fresh.schema.root, fresh.running) == CELLAR
