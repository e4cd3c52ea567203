"""rest/query.py: query parameters."""

import pytest

from pyconfhoard.errors import BadInput
from rest.query import PARAMETERS, Query, only, query_of


def test_nothing_asked_is_everything_as_stored() -> None:
    assert query_of("GET", "") == Query()
    assert query_of("GET", "").plain


def test_parameters_are_read() -> None:
    query = query_of("GET", "content=config&depth=3&with-defaults=report-all")
    assert query == Query("config", 3, "report-all", mode_given=True)
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
        "depth=000001" + "9" * 5000,
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


@pytest.mark.parametrize("name", [name for name, methods in PARAMETERS.items() if not methods])
def test_parameters_of_event_streams_do_not_go_with_data(name: str) -> None:
    with pytest.raises(BadInput, match="event streams"):
        query_of("GET", f"{name}=x")


def test_origin_is_known_of_the_operational_datastore_only() -> None:
    assert query_of("GET", "with-origin", origin=True).with_origin
    for text, origin in (("with-origin", False), ("with-origin=yes", True)):
        with pytest.raises(BadInput):
            query_of("GET", text, origin=origin)


@pytest.mark.parametrize(
    ("text", "where", "point"),
    [
        ("insert=first", "first", ""),
        ("insert=before&point=/m:l=a%2Fb", "before", "/m:l=a%2Fb"),
        ("insert=after&point=%2Fm%3Al%3Da%252Fb", "after", "/m:l=a%2Fb"),
    ],
)
def test_a_point_is_a_path_encoded_once_or_once_more(text: str, where: str, point: str) -> None:
    query = query_of("POST", text)
    assert (query.insert, query.point) == (where, point)


@pytest.mark.parametrize(
    "text",
    [
        "point=/m:l=a",
        "insert=before",
        "insert=first&point=/m:l=a",
        "insert=middle",
        "insert=after&point=m:l=a",
        "insert=after&point=",
        "insert=%ff",
    ],
)
def test_wrong_places_are_invalid_values(text: str) -> None:
    with pytest.raises(BadInput) as raised:
        query_of("PUT", text)
    assert raised.value.faults[0].tag == "invalid-value"


def test_resources_without_parameters_take_none() -> None:
    only("")
    with pytest.raises(BadInput, match="no meaning"):
        only("depth=1")
