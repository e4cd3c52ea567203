"""rest/errors.py: the one table from errors to HTTP."""

import http.client
import json
from typing import get_args

import pytest
from serving import Server
from workshop_paths import SHOP

from pyconfhoard.errors import (
    AccessDenied,
    BadInput,
    Conflict,
    DatastoreInUse,
    ErrorTag,
    Fault,
    HoardError,
    Invalid,
    NotFound,
    NotSupported,
    Place,
    Refused,
    StoreError,
    Unauthorized,
)
from pyconfhoard.store.journal import SyncFailed
from rest.errors import TAGS, HttpError, body_of, method_not_allowed, status_of


def entries(error: HoardError) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = json.loads(body_of(error))["ietf-restconf:errors"]["error"]
    return listed


def test_table_has_every_tag() -> None:
    assert set(TAGS) == set(get_args(ErrorTag))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadInput("x"), 400),
        (BadInput(Fault("too-big", "x")), 413),
        (BadInput(Fault("unknown-element", "x")), 400),
        (NotFound("x"), 404),
        (Unauthorized("x"), 401),
        (AccessDenied("x"), 403),
        (NotSupported("x"), 501),
        (Conflict("x"), 409),
        (Conflict(Fault("data-exists", "x")), 409),
        (Invalid(Fault("operation-failed", "x")), 412),
        (Invalid(Fault("data-missing", "x")), 409),
        (Refused("a Thing objects"), 412),
        (StoreError("the disk is full"), 409),
        (SyncFailed("the sync failed"), 500),
        (DatastoreInUse("x"), 409),
        (HttpError(406, "invalid-value", "x"), 406),
        (method_not_allowed("PUT", "GET"), 405),
    ],
)
def test_status_is_rfc_8040s(error: HoardError, status: int) -> None:
    assert status_of(error) == status


def test_status_is_that_of_the_first_fault() -> None:
    assert status_of(Invalid([Fault("data-missing", "x"), Fault("operation-failed", "y")])) == 409


def test_body_lists_every_fault_with_what_is_known_of_it() -> None:
    first = Fault(
        "invalid-value",
        "not one of these",
        "/m:a/b",
        app_tag="own",
        place=Place("m.yang", 7),
        value="x",
        edit="/m:a",
        legal=("y", "z"),
    )
    one, two = entries(BadInput([first, Fault("missing-element", "and this")]))
    assert one == {
        "error-type": "application",
        "error-tag": "invalid-value",
        "error-app-tag": "own",
        "error-path": "/m:a/b",
        "error-message": "not one of these",
        "error-info": {
            "pyconfhoard:fault": {
                "file": "m.yang",
                "line": 7,
                "value": "x",
                "edit": "/m:a",
                "legal": ["y", "z"],
            }
        },
    }
    assert two == {
        "error-type": "application",
        "error-tag": "missing-element",
        "error-message": "and this",
    }


def test_body_tells_how_many_faults_there_were_beyond_those_listed() -> None:
    listed = entries(BadInput((Fault("invalid-value", str(n)) for n in range(1200)), total=1200))
    assert len(listed) == 1000
    assert listed[0]["error-info"] == {"pyconfhoard:fault": {"total": 1200}}


def test_body_takes_text_that_is_no_unicode() -> None:
    assert b"\\udcff" in body_of(BadInput(Fault("invalid-value", "a \udcff")))


def test_every_status_has_its_own_words_in_the_status_line(workshop: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", workshop.port, timeout=60)
    headers = {"Authorization": f"Bearer {workshop.token}"}
    connection.request("GET", SHOP, headers=headers | {"Accept": "image/png"})
    assert connection.getresponse().reason == "Not Acceptable"
    connection.close()
