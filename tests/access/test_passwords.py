"""Passwords are hashed before anything keeps them, and compared at a cost that tells nothing."""

from functools import cache

import pytest

from pyconfhoard import schema as schemas
from pyconfhoard.access.passwords import DUMMY, decoy, matches, sealed
from pyconfhoard.access.sha_crypt import Setting, hashed, parse
from pyconfhoard.errors import BadInput
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import Edit, Path, decode, edits_to_text, node_at, parse_path
from pyconfhoard.validation import Unready, quickly

USERS = "/ietf-system:system/authentication/user"
STORED = hashed("word", Setting("5", "salt", 1000))


@cache
def model() -> Schema:
    return schemas.load(["ietf-system", "pyconfhoard-access"])


def edit(path: str, raw: object) -> Edit:
    place = parse_path(model(), path)
    node = node_at(model(), place)
    if place.steps and place.last.key is not None:
        return Edit("merge", place, decode(node, [raw], place).get(place.last.key))
    return Edit("merge", place, decode(node, raw, place))


class TestSealed:
    @pytest.mark.parametrize(
        "given",
        [
            edit(f"{USERS}[name='ann']/password", "$0$word"),
            edit(f"{USERS}[name='ann']", {"name": "ann", "password": "$0$word"}),
            edit(USERS, [{"name": "ann", "password": "$0$word"}, {"name": "bob"}]),
            edit("/ietf-system:system", {"authentication": {"user": [{"name": "a", "password": "$0$word"}]}}),
        ],
    )
    def test_edits_hold_no_clear_password(self, given):
        done = edits_to_text(model(), sealed(model().root, [given]))
        assert "$0$word" in edits_to_text(model(), [given])
        assert "$0$" not in done
        assert "$6$rounds=" in done

    def test_each_has_its_own_salt_and_matches(self):
        given = edit(f"{USERS}[name='ann']/password", "$0$word")
        first, second = (sealed(model().root, [given])[0].value for _ in range(2))
        assert first != second
        assert matches("word", first)
        assert not matches("wrong", first)

    def test_are_not_hashed_where_others_wait(self):
        given = edit(f"{USERS}[name='ann']/password", "$0$word")
        with quickly(), pytest.raises(Unready):
            sealed(model().root, [given])
        with quickly():
            assert sealed(model().root, [edit(f"{USERS}[name='ann']/password", STORED)])

    def test_leaves_alone_what_holds_none(self):
        edits = (
            edit(f"{USERS}[name='ann']", {"name": "ann"}),
            edit(f"{USERS}[name='ann']/password", STORED),
            Edit("remove", parse_path(model(), f"{USERS}[name='ann']")),
            edit("/ietf-system:system/contact", "$0$me"),
        )
        assert sealed(model().root, edits) == edits
        plain = schemas.load(["ietf-netconf-acm"])
        assert sealed(plain.root, [Edit("remove", Path.ROOT)]) == (Edit("remove", Path.ROOT),)

    @pytest.mark.parametrize(
        ("stored", "why"),
        [
            ("$1$salt$0123456789012345678901", "no SHA-crypt hash"),
            (f"$6$rounds=2000000$salt${'a' * 86}", "2000000 rounds are more"),
            (f"$0${'x' * 300}", "at most 256 bytes"),
        ],
    )
    def test_refuses_other_methods_without_repeating_them(self, stored, why):
        with pytest.raises(BadInput, match=why) as error:
            sealed(model().root, [edit(f"{USERS}[name='ann']/password", stored)])
        (fault,) = error.value.faults
        assert fault.path == f"{USERS}[name='ann']/password"
        assert stored not in str(fault)


class TestMatches:
    def test_is_true_for_the_word_and_for_nothing_else(self):
        assert matches("word", STORED)
        for wrong in ("", "Word", "word ", "x" * 5000, "\udc80"):
            assert not matches(wrong, STORED)

    @pytest.mark.parametrize(
        "stored", ["", "broken", "$1$a$b", DUMMY], ids=["empty", "broken", "other", "dummy"]
    )
    def test_is_never_true_for_what_is_no_hash(self, stored):
        assert not matches("", stored)
        assert not matches(stored, stored)

    def test_a_decoy_costs_the_same_and_is_equal_to_nothing(self):
        assert parse(decoy(STORED)).rounds == 1000
        assert not matches("word", decoy(STORED))
        assert decoy("broken") == DUMMY
