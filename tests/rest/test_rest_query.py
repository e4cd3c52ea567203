"""rest/query.py: query parameters."""

import pytest

from pyconfhoard.errors import BadInput, NotSupported
from rest.query import PARAMETERS, Query, query_of


def test_nothing_asked_is_everything_as_stored() -> None:
    assert query_of("GET", "") == Query()
    assert query_of("GET", "").plain


def test_parameters_are_read() -> None:
    query = query_of("GET", "content=config&depth=3&with-defaults=report-all")
    assert query == Query("config", 3, "report-all")
    assert not query.plain
    assert query.adds_defaults


def test_unbounded_depth_is_no_depth() -> None:
    assert query_of("HEAD", "depth=unbounded").depth is None


@pytest.mark.parametrize(
    "text",
    [
        "depth=0",
        "depth=65536",
        "depth=-1",
        "depth=",
        "depth=x",
        "depth=" + "9" * 5000,
        "content=some",
        "with-defaults=no",
        "depth=1&depth=2",
        "unknown=1",
        "insert=first",
    ],
)
def test_wrong_parameters_are_invalid_values(text: str) -> None:
    with pytest.raises(BadInput) as raised:
        query_of("GET", text)
    assert raised.value.faults[0].tag == "invalid-value"


def test_unknown_parameter_is_told_the_nearest() -> None:
    with pytest.raises(BadInput) as raised:
        query_of("GET", "dept=1")
    assert raised.value.faults[0].legal == ("depth",)


def test_reading_parameters_do_not_go_with_writing() -> None:
    with pytest.raises(BadInput):
        query_of("PATCH", "content=config")


@pytest.mark.parametrize("name", [name for name, (_, done) in PARAMETERS.items() if not done])
def test_what_the_rfc_has_and_we_do_not_is_not_supported(name: str) -> None:
    method = "GET" if "GET" in PARAMETERS[name][0] else "POST"
    with pytest.raises(NotSupported):
        query_of(method, f"{name}=x")
