"""What a program puts into edits is of the model's types, or nothing is committed: the journal could not be read again."""

from decimal import Decimal

import pytest
from cellar import PUMP, ROOM, value

from pyconfhoard.errors import BadInput
from pyconfhoard.hoard import Terms
from pyconfhoard.tree import Edit, parse_path

WRONG = [
    (f"{PUMP}/mode", "manual"),
    (f"{PUMP}/mode", 7),
    (f"{ROOM}/setpoint", "18.0"),
    (f"{ROOM}/setpoint", 18),
    (f"{ROOM}/setpoint", 18.0),
    (f"{ROOM}/setpoint", Decimal("18.05")),
    (f"{ROOM}/setpoint", Decimal("1000")),
    (f"{ROOM}/setpoint", Decimal("nan")),
    ("/cellar:house/lamp/watts", 256),
    ("/cellar:house/lamp/watts", True),
    ("/cellar:menu", ("soup", 7)),
    ("/cellar:menu", ["soup"]),
    (f"{PUMP}/running", True),
]


@pytest.mark.parametrize(("path", "wrong"), WRONG)
def test_value_that_is_not_of_the_type_is_refused(hoard, path, wrong):
    edits = [Edit("merge", parse_path(hoard.schema, path), wrong)]
    candidate = hoard.candidates.create("me")
    for attempt in (
        lambda: hoard.commit_now(edits, author="me"),
        lambda: hoard.confirmed.commit_now(edits, Terms(), author="me"),
        lambda: hoard.candidates.edit(candidate.id, edits),
    ):
        with pytest.raises(BadInput) as error:
            attempt()
        assert error.value.faults[0].path == path
    assert (hoard.revision, hoard.confirmed.pending) == (0, None)


def test_all_that_are_wrong_are_listed(hoard):
    edits = [Edit("merge", parse_path(hoard.schema, path), wrong) for path, wrong in WRONG[:3]]
    with pytest.raises(BadInput) as error:
        hoard.commit_now(edits, author="me")
    assert len(error.value.faults) == 3
    assert error.value.faults[0].message.startswith("not a value of the enumeration")
    assert "a str is no value of this type in canonical form" in error.value.faults[2].message


def test_what_is_right_is_taken(start):
    hoard = start()
    for path, right in (
        (f"{PUMP}/mode", "on"),
        (f"{ROOM}/setpoint", Decimal("18.0")),
        (f"{ROOM}/low", Decimal("9")),
        ("/cellar:menu", ("soup", "bread")),
    ):
        hoard.commit_now([Edit("merge", parse_path(hoard.schema, path), right)], author="me")
    hoard.close()
    hoard = start()
    assert value(hoard, f"{ROOM}/low") == "9.0"
    assert value(hoard, "/cellar:menu") == ["soup", "bread"]
