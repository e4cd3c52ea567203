"""Paths of rules: with and without keys, with the user's name, with a module's name or its prefix."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacm_lab import model, path

from pyconfhoard.access.nacm.places import Condition, Unplaced, place_at, place_of
from pyconfhoard.schema.nodes import Notification, Operation


@pytest.mark.parametrize(
    ("text", "name", "depth", "conditions"),
    [
        ("/", "", 0, ()),
        ("/acme:interfaces", "interfaces", 1, ()),
        ("/interfaces", "interfaces", 1, ()),
        ("/more:extra/more:one", "one", 2, ()),
        ("/acme:interfaces/acme:interface", "interface", 2, ()),
        (" /acme:interfaces / interface [ name = 'x' ] ", "interface", 2, (Condition(1, 0, "x"),)),
        ('/acme:interfaces/interface[acme:name="x"]/mtu', "mtu", 3, (Condition(1, 0, "x"),)),
        ("/acme:interfaces/interface[name=$USER]", "interface", 2, (Condition(1, 0, "ann"),)),
        ("/acme:interfaces/interface/address[port='7']", "address", 3, (Condition(2, 1, 7),)),
        ("/acme:interfaces/interface/acme-more:colour", "colour", 3, ()),
        ("/acme:door/visitor[.='bob']", "visitor", 2, (Condition(1, 0, "bob"),)),
    ],
)
def test_path_names_a_node(text, name, depth, conditions):
    place = place_of(model(), text, "ann")
    assert (place.node.name, place.depth, place.conditions) == (name, depth, conditions)


def test_path_names_an_action_or_a_notification_of_a_node():
    assert isinstance(place_of(model(), "/acme:interfaces/interface/reset", "ann").node, Operation)
    assert isinstance(place_of(model(), "/acme:interfaces/interface/link-down", "ann").node, Notification)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("acme:interfaces", "it breaks at column 1"),
        ("/acme:interfaces/", "it breaks at column 17"),
        ("/acme:interfaces/interface[name='x'", "it breaks at column 27"),
        ("/nobody:interfaces", "there is no module 'nobody'"),
        ("/acme:interfaces/wrong", "there is no 'wrong' of acme below interfaces"),
        ("/acme:interfaces/interface/mtu/x", "nothing stands below mtu"),
        ("/acme:interfaces/interface[mtu='9']", "mtu is no key of interface"),
        ("/acme:interfaces/interface/address[port='many']", "port of address"),
        ("//mtu", "it breaks at column 1"),
    ],
)
def test_path_that_names_nothing_says_why(text, why):
    with pytest.raises(Unplaced) as error:
        place_of(model(), text, "ann")
    assert why in str(error.value)


pieces = st.sampled_from(
    [
        "/",
        "acme:interfaces",
        "interface",
        "[",
        "]",
        "name",
        "=",
        "'x'",
        '"y"',
        "$USER",
        ".",
        ":",
        "*",
        " ",
        "é",
        "reset",
        "link-down",
    ]
)


@given(st.one_of(st.lists(pieces, max_size=12).map("".join), st.text(max_size=30)))
def test_any_text_is_a_place_or_none(text):
    with contextlib.suppress(Unplaced):
        assert place_of(model(), text, "ann").depth <= text.count("/")


def test_place_of_an_instance_has_its_keys_as_conditions():
    place = place_at(model(), path("/acme:interfaces/interface[name='x']/address[ip='a'][port='7']"))
    assert place.conditions == (Condition(1, 0, "x"), Condition(2, 0, "a"), Condition(2, 1, 7))
