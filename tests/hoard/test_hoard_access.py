"""Access rules are enforced by the commit itself, whatever way a change takes to it."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cellar import commit, edit, value

from pyconfhoard.access import ADMIN, Principal
from pyconfhoard.errors import AccessDenied, Invalid
from pyconfhoard.hoard import Hoard, Terms
from pyconfhoard.hoard.bridge import run_sync
from pyconfhoard.tree import parse_path

ANN = Principal("ann", "user")
MINE, YOURS = "/cellar:bottle[name='riesling']", "/cellar:bottle[name='merlot']"


@pytest.fixture
def hoard(start: Callable[..., Hoard]) -> Hoard:
    """Ann may change one bottle."""
    hoard = start(modules=["cellar", "ietf-netconf-acm"])
    rules: dict[str, Any] = {
        "groups": {"group": [{"name": "staff", "user-name": ["ann"]}]},
        "rule-list": [
            {"name": "l", "group": ["staff"], "rule": [{"name": "r", "path": MINE, "action": "permit"}]}
        ],
    }
    commit(hoard, "/ietf-netconf-acm:nacm", rules)
    commit(hoard, "/cellar:bottle", [{"name": "riesling", "year": 1}, {"name": "merlot", "year": 1}])
    return hoard


class TestCommit:
    def test_of_a_principal_is_bound_by_the_rules(self, hoard):
        done = hoard.commit_now([edit(hoard, "merge", f"{MINE}/year", 2)], author=ANN)
        assert (done.author, value(hoard, f"{MINE}/year")) == ("ann", 2)
        with pytest.raises(AccessDenied, match="ann may not update this") as error:
            hoard.commit_now([edit(hoard, "merge", f"{YOURS}/year", 2)], author=ANN)
        assert error.value.faults[0].path == f"{YOURS}/year"
        assert value(hoard, f"{YOURS}/year") == 1
        assert hoard.nacm.counters.denied_data_writes == 1

    def test_of_the_administrator_and_of_the_program_itself_is_not(self, hoard):
        for author in (ADMIN, "ann"):
            assert hoard.commit_now([edit(hoard, "remove", f"{YOURS}/year")], author=author)

    def test_is_denied_before_the_models_rules_tell_what_stands_there(self, hoard):
        wrong = [edit(hoard, "merge", "/cellar:house/pump/sensor", "nothing")]
        with pytest.raises(AccessDenied):
            hoard.commit_now(wrong, author=ANN)
        with pytest.raises(Invalid):
            hoard.commit_now(wrong, author=ADMIN)

    def test_that_takes_itself_back_is_bound_too(self, hoard):
        edits = [edit(hoard, "merge", f"{YOURS}/year", 2)]
        with pytest.raises(AccessDenied):
            hoard.confirmed.commit_now(edits, Terms(10), author=ANN)
        assert hoard.confirmed.pending is None

    def test_goes_by_the_rules_of_its_turn(self, hoard):
        commit(hoard, "/ietf-netconf-acm:nacm/rule-list[name='l']")
        with pytest.raises(AccessDenied):
            hoard.commit_now([edit(hoard, "merge", f"{MINE}/year", 2)], author=ANN)


class TestOrigin:
    def test_of_a_change_over_the_network_is_in_the_journal(self, hoard):
        there = replace(ANN, where="192.0.2.7")
        hoard.commit_now([edit(hoard, "merge", f"{MINE}/year", 2)], author=there, source="rest")
        assert hoard.last_record().source == "rest from 192.0.2.7"
        assert hoard.access(there) is hoard.access(ANN)


class TestOtherWays:
    def test_a_candidate_is_checked_when_it_is_committed_by_who_commits_it(self, hoard):
        candidate = hoard.candidates.create("ann")
        hoard.candidates.edit(candidate.id, [edit(hoard, "merge", f"{YOURS}/year", 2)])
        with pytest.raises(AccessDenied):
            hoard.candidates.validate(candidate.id, ANN)
        with pytest.raises(AccessDenied):
            run_sync(hoard.candidates.commit(candidate.id, author=ANN))
        run_sync(hoard.candidates.commit(candidate.id, author=ADMIN))
        assert value(hoard, f"{YOURS}/year") == 2

    def test_a_rollback_takes_rights_for_what_it_changes(self, hoard):
        before = hoard.revision
        commit(hoard, f"{YOURS}/year", 3)
        with pytest.raises(AccessDenied):
            hoard.history.rollback_now(before, author=ANN)
        commit(hoard, f"{YOURS}/year", 1)
        hoard.commit_now([edit(hoard, "merge", f"{MINE}/year", 9)], author=ADMIN)
        hoard.history.rollback_now(before, author=ANN)
        assert value(hoard, f"{MINE}/year") == 1

    def test_a_document_that_is_loaded_is_checked_whole(self, hoard):
        saved = hoard.save("/cellar:bottle")
        commit(hoard, f"{YOURS}/year", 7)
        with pytest.raises(AccessDenied):
            hoard.load_now(saved, "merge", at="/cellar:bottle", author=ANN)


class TestErrors:
    """What the author may neither read nor write is not named."""

    @pytest.fixture
    def hoard(self, hoard: Hoard) -> Hoard:
        """Ann may do all but with the pump, which is on the second probe."""
        rule = {"name": "pump", "path": "/cellar:house/pump", "action": "deny"}
        rules = {"name": "l", "group": ["staff"], "rule": [rule, {"name": "rest", "action": "permit"}]}
        commit(hoard, "/ietf-netconf-acm:nacm/rule-list[name='l']", rules)
        commit(
            hoard, "/cellar:house", {"room": {"probe": [{"id": "1"}, {"id": "2"}]}, "pump": {"sensor": "2"}}
        )
        return hoard

    def test_of_rules_that_hidden_data_breaks(self, hoard):
        gone = [edit(hoard, "delete", "/cellar:house/room/probe[id='2']")]
        with pytest.raises(Invalid) as error:
            hoard.commit_now(gone, author=ANN)
        (fault,) = error.value.faults
        assert (fault.path, fault.message, fault.value) == (
            "/cellar:house",
            "something in this does not fit",
            None,
        )
        with pytest.raises(Invalid, match="refers to '2'"):
            hoard.commit_now(gone, author=ADMIN)

    def test_of_what_is_written_are_whole(self, hoard):
        with pytest.raises(Invalid, match="high must not be below low"):
            hoard.commit_now([edit(hoard, "merge", "/cellar:house/room/high", "1.0")], author=ANN)


class TestPasswords:
    def test_are_hashed_before_anything_keeps_them(self, start, folder):
        hoard = start(modules=["ietf-system", "pyconfhoard-access"])
        path = "/ietf-system:system/authentication/user[name='ann']"
        commit(hoard, path, {"name": "ann", "password": "$0$of ann"})
        stored = value(hoard, f"{path}/password")
        assert hoard.authenticator.check("ann", "of ann") == ANN
        assert stored.startswith("$6$rounds=")
        hoard.close()
        for file in folder.rglob("*"):
            assert not file.is_file() or b"of ann" not in file.read_bytes(), file


class TestFirstRules:
    def test_are_the_first_commit_of_a_hoard_that_serves_them(self, start):
        hoard = start(modules=["cellar", "ietf-netconf-acm"])
        assert hoard.revision == 1
        assert value(hoard, "/ietf-netconf-acm:nacm/read-default") == "deny"
        assert not hoard.access(ANN).may_read(parse_path(hoard.schema, MINE))

    def test_give_way_to_those_in_a_file(self, start, folder):
        (folder / "startup").mkdir(parents=True)
        mine = {"ietf-netconf-acm:nacm": {"read-default": "permit", "exec-default": "deny"}}
        (folder / "startup" / "ietf-netconf-acm.json").write_text(json.dumps(mine))
        hoard = start(modules=["cellar", "ietf-netconf-acm"])
        assert value(hoard, "/ietf-netconf-acm:nacm") == {"exec-default": "deny"}

    def test_stay_removed_when_somebody_removed_them(self, start):
        hoard = start(modules=["cellar", "ietf-netconf-acm"])
        commit(hoard, "/ietf-netconf-acm:nacm/rule-list[name='admin']")
        hoard.close()
        again = start(modules=["cellar", "ietf-netconf-acm"])
        assert value(again, "/ietf-netconf-acm:nacm/rule-list[name='admin']") is None

    def test_come_to_a_hoard_that_had_none(self, start):
        start().close()
        assert start(modules=["cellar", "ietf-netconf-acm"]).revision == 1


class TestBeginning:
    """A hoard begins with access rules, before anybody could give what the model demands."""

    DEMANDING = (
        'module demanding { namespace "urn:demanding"; prefix d;'
        " container c { leaf x { type string; mandatory true; } }"
        ' container e { must "low"; leaf low { type int8; } } leaf other { type string; } }'
    )

    @pytest.fixture
    def begun(self, start: Callable[..., Hoard], tmp_path: Path) -> Hoard:
        folder = tmp_path / "models"
        folder.mkdir()
        (folder / "demanding.yang").write_text(self.DEMANDING)
        return start(yang=[folder], modules=["demanding", "ietf-netconf-acm", "ietf-system"])

    def test_is_possible_although_the_model_demands_nodes(self, begun):
        assert begun.revision == 1
        assert value(begun, "/ietf-netconf-acm:nacm") is not None

    def test_asks_for_them_in_the_first_change_of_anything_else(self, begun):
        with pytest.raises(Invalid) as error:
            commit(begun, "/demanding:other", "x")
        assert {fault.path for fault in error.value.faults} == {"/demanding:c/x", "/demanding:e"}
        root = {"c": {"x": "1"}, "e": {"low": 1}}
        edits = [edit(begun, "merge", f"/demanding:{name}", raw) for name, raw in root.items()]
        begun.commit_now(edits, author="me")
        assert begun.revision == 2

    def test_takes_users_and_rules_before(self, begun):
        user = [{"name": "ann", "password": "$0$bottles"}]
        commit(begun, "/ietf-system:system", {"authentication": {"user": user}})
        assert begun.revision == 2

    def test_takes_no_rules_that_are_wrong(self, begun):
        twice = {"rule-list": [{"name": "l", "rule": [{"name": "r", "module-name": "m"}]}]}
        with pytest.raises(Invalid) as error:
            commit(begun, "/ietf-netconf-acm:nacm", twice)
        assert all(fault.path.startswith("/ietf-netconf-acm:nacm") for fault in error.value.faults)
