"""Bad input over HTTP: every row is refused with its status, tag and reason, and nothing has changed."""

import gzip
import json
import os
import resource
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from serving import BREWERY, ROOT, Server, serving, wait_for

RUNNING = "/v1/datastore/running"
PROVIDER = f"{RUNNING}/TemperatureProvider"
CONTROLLER = f"{RUNNING}/FermentationController"
SHOP = "/restconf/data/workshop:shop"
DATA = "/restconf/data"

BEFORE = {
    "brewerslab:brewhouse": {
        "temperature": {
            "fermentation": {"setpoint": "17.0", "highpoint": "18.0", "lowpoint": "16.0"},
            "hardware": {"probe": [{"id": "28-000005e2fdc3"}]},
        }
    },
    "workshop:shop": {"title": "Ours", "tool": [{"name": "saw"}]},
}


@dataclass(frozen=True)
class Row:
    """A request and what it must be answered; ``says`` are parts of the first error's message."""

    name: str
    method: str
    path: str
    body: Any
    status: int
    tag: str
    says: tuple[str, ...] = ()
    legal: tuple[str, ...] = ()
    path_in_error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None


def fermentation(**leaves: Any) -> dict[str, Any]:
    return {"brewerslab:fermentation": leaves}


def probes(*probes: Any) -> dict[str, Any]:
    return {"brewerslab:hardware": {"probe": list(probes)}}


FERMENTATION = "/brewerslab:brewhouse/temperature/fermentation"
PROBE = "/brewerslab:brewhouse/temperature/hardware/probe"

ROWS = (
    Row("value out of range", "PATCH", PROVIDER, fermentation(setpoint="99.0"), 400, "invalid-value",
        ("between -2 and 40 degrees",), path_in_error=f"{FERMENTATION}/setpoint"),
    Row("value with too many digits", "PATCH", PROVIDER, fermentation(setpoint="17.123"), 400, "invalid-value",
        path_in_error=f"{FERMENTATION}/setpoint"),
    Row("wrong type", "PATCH", PROVIDER, fermentation(setpoint=True), 400, "invalid-value",
        path_in_error=f"{FERMENTATION}/setpoint"),
    Row("object for a leaf", "PATCH", PROVIDER, fermentation(setpoint={}), 400, "invalid-value"),
    Row("leaf for a container", "PATCH", PROVIDER, {"brewerslab:fermentation": 3}, 400, "invalid-value"),
    Row("null", "PATCH", PROVIDER, fermentation(setpoint=None), 400, "invalid-value"),
    Row("unknown enum", "PATCH", CONTROLLER, {"brewerslab:mode": "ABC"}, 400, "invalid-value",
        legal=("off", "mash", "boil", "chill", "ferment", "crash"),
        path_in_error="/brewerslab:brewhouse/power/mode"),
    Row("unknown node", "PATCH", PROVIDER, fermentation(setpiont="17.0"), 400, "unknown-element",
        ("setpiont", "setpoint"), legal=("setpoint",)),
    Row("unknown node in the path", "GET", f"{PROVIDER}/fermentation/setpiont", None, 404, "invalid-value",
        ("setpiont", "setpoint"), legal=("setpoint",)),
    Row("unknown module", "PATCH", DATA, {"ietf-restconf:data": {"nowhere:x": 1}}, 400, "unknown-element"),
    Row("state written", "PATCH", PROVIDER, fermentation(monitor=True), 400, "invalid-value",
        ("monitor is state",)),
    Row("state as a target", "PUT", f"{PROVIDER}/fermentation/monitor", {"brewerslab:monitor": True}, 405,
        "operation-not-supported", ("state",)),
    Row("duplicate key", "PATCH", PROVIDER, probes({"id": "a"}, {"id": "a"}), 400, "bad-element",
        ("two entries",), path_in_error=f"{PROBE}[id='a']"),
    Row("entry that exists", "POST", f"{PROVIDER}/hardware", {"brewerslab:probe": [{"id": "28-000005e2fdc3"}]}, 409,
        "data-exists", path_in_error=f"{PROBE}[id='28-000005e2fdc3']"),
    Row("changed key", "PUT", f"{PROVIDER}/hardware/probe=28-000005e2fdc3", {"brewerslab:probe": [{"id": "other"}]}, 400,
        "invalid-value", ("key",)),
    Row("changed key leaf", "PUT", f"{PROVIDER}/hardware/probe=28-000005e2fdc3/id", {"brewerslab:id": "other"}, 400,
        "invalid-value", ("key",)),
    Row("missing key", "PATCH", PROVIDER, probes({}), 400, "missing-element", ("needs its key id",)),
    Row("key missing in the path", "GET", f"{PROVIDER}/hardware/probe/id", None, 400, "missing-attribute",
        ("probe=<id>",)),
    Row("too many keys in the path", "GET", f"{PROVIDER}/hardware/probe=a,b", None, 400, "unknown-attribute"),
    Row("dangling leafref", "PATCH", SHOP, {"workshop:shop": {"favourite": "axe"}}, 409, "data-missing",
        ("axe",), path_in_error="/workshop:shop/favourite"),
    Row("target of a leafref deleted", "POST", SHOP, {"workshop:favourite": "nobody"}, 409, "data-missing"),
    Row("violated must", "PATCH", PROVIDER, fermentation(setpoint="15.0"), 412, "operation-failed",
        ("the setpoint must be above the lowpoint",), path_in_error=f"{FERMENTATION}/setpoint"),
    Row("missing mandatory leaf", "POST", f"{SHOP}/tool=saw", {"workshop:part": [{"row": 1, "column": 1}]}, 409,
         "data-missing", ("label",)),
    Row("malformed JSON", "PATCH", PROVIDER, b'{"brewerslab:fermentation":\n {"setpoint": "17.0",}}', 400,
        "malformed-message", ("line 2", "column")),
    Row("no JSON at all", "PATCH", PROVIDER, b"setpoint=17", 400, "malformed-message", ("line 1", "column 1")),
    Row("JSON cut short", "PATCH", PROVIDER, b'{"brewerslab:fermentation": {"setpoint": "1', 400, "malformed-message"),
    Row("member twice", "PATCH", PROVIDER, b'{"brewerslab:fermentation": {"setpoint": "17.0", "setpoint": "18.0"}}', 400,
        "malformed-message", ("setpoint",)),
    Row("NaN", "PATCH", CONTROLLER, b'{"brewerslab:stale-after": NaN}', 400, "malformed-message"),
    Row("bytes that are no UTF-8", "PATCH", PROVIDER, b'{"brewerslab:fermentation": "\xff\xfe"}', 400, "malformed-message"),
    Row("lone surrogate", "PATCH", DATA,
        b'{"ietf-restconf:data": {"workshop:shop": {"title": "\\ud800"}}}', 400, "malformed-message"),
    Row("no body", "PATCH", PROVIDER, b"", 400, "invalid-value", ("needs a body",)),
    Row("JSON too deep", "PATCH", PROVIDER, b"[" * 500 + b"]" * 500, 413, "too-big", ("deeper than 128 levels",)),
    Row("JSON too large", "PATCH", PROVIDER, b'{"x": "' + b"x" * 2_200_000 + b'"}', 413, "too-big", ("larger than 2 MiB",)),
    Row("wrong media type", "PATCH", PROVIDER, b"<setpoint>17</setpoint>", 415, "invalid-value",
        ("application/yang-data+json",), headers={"Content-Type": "application/xml"}),
    Row("compressed body", "PATCH", PROVIDER, gzip.compress(b"{}"), 415, "invalid-value", ("gzip",),
        headers={"Content-Encoding": "gzip"}),
    Row("media type that cannot be had", "GET", PROVIDER, None, 406, "invalid-value",
        headers={"Accept": "application/yang-data+xml"}),
    Row("path traversal", "GET", f"{RUNNING}/..%2f..%2f..%2fetc%2fpasswd", None, 404, "invalid-value"),
    Row("path traversal in lower and upper case", "GET", f"{PROVIDER}/..%2F..%2frun%2Fadmin.token", None, 404, "invalid-value"),
    Row("path traversal with plain dots", "GET", f"{PROVIDER}/../../../run/admin.token", None, 404, "invalid-value"),
    Row("path traversal by writing", "PUT", f"{RUNNING}/..%2f..%2fevil", {"x": 1}, 404, "invalid-value"),
    Row("zero byte", "GET", f"{PROVIDER}/%00", None, 404, "invalid-value"),
    Row("unknown datastore", "GET", "/v1/datastore/walking/TemperatureProvider", None, 404, "invalid-value",
        ("startup, persist, running, operational",)),
    Row("datastore that only RFC 8342 has", "GET", "/v1/datastore/intended/TemperatureProvider", None, 404,
        "invalid-value"),
    Row("unknown Thing", "GET", f"{RUNNING}/TemperatureProvidr", None, 404, "invalid-value",
        ("TemperatureProvider", "FermentationController")),
    Row("unknown Thing written", "PATCH", f"{RUNNING}/Nobody", {"x": 1}, 404, "invalid-value"),
    Row("unknown resource", "GET", "/v2/anything", None, 404, "invalid-value"),
    Row("no token", "PATCH", PROVIDER, fermentation(setpoint="17.5"), 401, "access-denied",
        ("curl -H", "run/admin.token"), token=""),
    Row("wrong token", "PATCH", PROVIDER, fermentation(setpoint="17.5"), 401, "access-denied",
        ("not known",), token="wrong"),
    Row("old tag", "PATCH", PROVIDER, fermentation(setpoint="17.5"), 412, "operation-failed",
        headers={"If-Match": '"0-json"'}),
)  # fmt: skip


@pytest.fixture(scope="module")
def hoard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("bad-input") / "datastore"
    models = ROOT / "tests" / "rest" / "models"
    with serving(
        folder, yang=[models], modules=["brewerslab", "workshop"], PYCONF_BODY_LIMIT=str(2 * 2**20)
    ) as running:
        for name, path in BREWERY:
            assert (
                running.request("POST", f"/v1/thing/{name}", {"module": "brewerslab", "path": path}).status
                == 201
            )
        assert running.request("PUT", DATA, {"ietf-restconf:data": BEFORE}).status == 204
        yield running
        assert "Traceback" not in running.log.read_text()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name.replace(" ", "-"))
def test_bad_input_is_refused_with_its_reason_and_changes_nothing(hoard: Server, row: Row) -> None:
    revision = hoard.revision()
    answer = hoard.request(row.method, row.path, row.body, token=row.token, headers=row.headers)
    assert (answer.status, answer.error["error-tag"]) == (row.status, row.tag), answer.body
    assert answer.headers["content-type"] == "application/yang-data+json"
    for words in row.says:
        assert words in answer.error["error-message"]
    if row.legal:
        assert tuple(answer.error["error-info"]["pyconfhoard:fault"]["legal"]) == row.legal
    if row.path_in_error:
        assert answer.error["error-path"] == row.path_in_error
    assert b"Traceback" not in answer.body
    if row.status != 401:  # there the way to the token is shown
        assert str(hoard.folder) not in answer.body.decode()
    assert hoard.revision() == revision
    assert hoard.config() == BEFORE


def test_all_faults_are_listed_each_with_its_place(hoard: Server) -> None:
    body = fermentation(setpoint="99.0", highpoint="warm", lwpoint="16.0")
    listed = hoard.patch(PROVIDER, body).errors
    assert {error["error-path"].rpartition("/")[2] for error in listed} >= {"setpoint", "highpoint"}
    assert {error["error-tag"] for error in listed} == {"invalid-value", "unknown-element"}
    for error in listed:
        if error["error-tag"] == "invalid-value":
            fault = error["error-info"]["pyconfhoard:fault"]
            line = (ROOT / "yang" / fault["file"]).read_text().splitlines()[fault["line"] - 1]
            assert error["error-path"].rpartition("/")[2] in line
    assert hoard.config() == BEFORE


def test_both_broken_musts_are_told(hoard: Server) -> None:
    body = fermentation(setpoint="20.0", lowpoint="21.0")
    messages = {error["error-message"] for error in hoard.patch(PROVIDER, body).errors}
    assert messages == {"the setpoint must be above the lowpoint", "the setpoint must be below the highpoint"}


def test_a_thousand_faults_are_listed_and_the_rest_counted(hoard: Server) -> None:
    tools = [{"name": f"t{n}", "weight": "heavy"} for n in range(1500)]
    answer = hoard.patch(SHOP, {"workshop:shop": {"tool": tools}})
    assert answer.status == 400
    assert len(answer.errors) == 1000
    assert answer.error["error-info"]["pyconfhoard:fault"]["total"] == 1500
    assert hoard.config() == BEFORE


def test_full_disk_at_the_commit_is_told_and_loses_nothing(tmp_path: Path) -> None:
    with serving(tmp_path / "datastore", modules=["brewerslab"]) as server:
        path = "/restconf/data/brewerslab:recipes"
        assert (
            server.request("PUT", path, {"brewerslab:recipes": {"recipe": [{"recipename": "Kölsch"}]}}).status
            == 201
        )
        before, revision = server.config(), server.revision()
        (worker,) = server.workers()
        names = [{"recipename": f"beer {n:05} " + "x" * 100} for n in range(4000)]
        large = {"brewerslab:recipes": {"recipe": names}}
        soft, hard = resource.prlimit(worker, resource.RLIMIT_FSIZE)
        full = max(file.stat().st_size for file in server.folder.glob("journal.db*")) + 8192
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (full, hard))
        try:
            answer = server.patch(path, large)
        finally:
            resource.prlimit(worker, resource.RLIMIT_FSIZE, (soft, hard))
        assert (answer.status, answer.error["error-tag"]) in {
            (409, "resource-denied"),
            (500, "operation-failed"),
        }
        assert str(server.folder) not in json.dumps(answer.errors)
        assert (server.config(), server.revision()) == (before, revision)
        wait_for(server.healthy, "the disk is looked at again")
        assert server.patch(path, large).status == 204
        assert os.kill(worker, 0) is None  # the same worker all along
        assert "Traceback" not in server.log.read_text()
