"""What a change takes: rights for what it does, and for nothing else."""

import pytest
from nacm_lab import access_of, edit, nacm, rule, rule_list, write

from pyconfhoard.errors import MAX_FAULTS, AccessDenied

ETH0 = "/acme:interfaces/interface[name='eth0']"
DATA = {
    "acme:interfaces": {"interface": [{"name": "eth0", "mtu": 1500, "description": "up"}]},
    "acme:door": {"key": "k", "visitor": ["ann"]},
    "acme:step": [{"id": 1, "text": "mash"}, {"id": 2}, {"id": 3}],
    "acme:seal": {"colour": "red"},
    "acme:acme-netconf": {"note": "n"},
}


def staff(*rules, **more):
    return access_of(nacm(rule_list("staff", ["staff"], *rules), **more))


def paths(access, *edits, before=DATA):
    """Where the edits are denied."""
    try:
        write(access, before, *edits)
    except AccessDenied as error:
        return [fault.path for fault in error.faults]
    return []


class TestRights:
    def test_to_create_an_entry_covers_what_it_brings(self):
        access = staff(rule("r", path="/acme:interfaces", access_operations="create"))
        new = {"name": "eth1", "mtu": 1, "address": [{"ip": "a", "port": 1}]}
        assert paths(access, edit("create", "/acme:interfaces/interface[name='eth1']", new)) == []

    def test_to_create_are_wanted_for_all_that_an_entry_brings(self):
        access = staff(
            rule("no-mtu", "deny", path="/acme:interfaces/interface/mtu"),
            rule("r", path="/acme:interfaces"),
        )
        path = "/acme:interfaces/interface[name='eth1']"
        assert paths(access, edit("create", path, {"name": "eth1"})) == []
        assert paths(access, edit("create", path, {"name": "eth1", "mtu": 1})) == [f"{path}/mtu"]

    def test_to_delete_are_wanted_for_all_that_goes(self):
        access = staff(
            rule("keep", "deny", path="/acme:interfaces/interface/mtu", access_operations="delete"),
            rule("r", path="/acme:interfaces"),
        )
        assert paths(access, edit("remove", ETH0)) == [f"{ETH0}/mtu"]
        assert paths(access, edit("replace", ETH0, {"name": "eth0"})) == [f"{ETH0}/mtu"]
        assert paths(access, edit("remove", f"{ETH0}/description")) == []

    def test_are_not_wanted_for_what_stays(self):
        access = staff(rule("r", path=f"{ETH0}/mtu", access_operations="update"))
        same = {"interface": [{"name": "eth0", "mtu": 9000, "description": "up"}]}
        assert paths(access, edit("merge", "/acme:interfaces", same)) == []

    def test_are_not_wanted_for_containers_that_say_nothing(self):
        access = staff(rule("r", path="/acme:acme-netconf/config-parameters/retries"))
        assert (
            paths(access, edit("merge", "/acme:acme-netconf/config-parameters/retries", 1), before={}) == []
        )

    def test_are_not_wanted_for_what_goes_as_a_side_effect(self):
        access = staff(rule("r", path="/acme:door/code"))
        assert paths(access, edit("merge", "/acme:door/code", "1")) == []
        assert paths(access, edit("replace", "/acme:door", {"code": "1", "visitor": ["ann"]})) == [
            "/acme:door/key"
        ]

    def test_to_update_move_an_entry(self):
        move = edit("move", "/acme:step[id='1']")
        move = type(move)(move.operation, move.path, where="last")
        assert paths(staff(rule("r", path="/acme:step", access_operations="update")), move) == []
        assert paths(staff(rule("r", path="/acme:step", access_operations="create")), move) == [
            "/acme:step[id='1']"
        ]

    def test_are_those_of_each_value_of_a_leaf_list(self):
        access = staff(rule("r", path="/acme:door/visitor[.='bob']", access_operations="create"))
        assert paths(access, edit("merge", "/acme:door/visitor", ["ann", "bob"])) == []
        assert paths(access, edit("merge", "/acme:door/visitor", ["cat"])) == ["/acme:door/visitor[.='cat']"]

    def test_are_denied_by_the_models_own_word_unless_a_rule_says_otherwise(self):
        change = edit("merge", "/acme:seal/colour", "blue")
        assert paths(staff(write_default="permit"), change) == ["/acme:seal/colour"]
        assert paths(staff(rule("r", path="/acme:seal"), write_default="permit"), change) == []
        assert paths(staff(enable_nacm=False), change) == []

    def test_come_from_the_first_rule_that_matches(self):
        allow, forbid = rule("a", path=ETH0), rule("b", "deny", path="/acme:interfaces")
        change = edit("merge", f"{ETH0}/mtu", 1)
        assert paths(staff(allow, forbid), change) == []
        assert paths(staff(forbid, allow), change) == [f"{ETH0}/mtu"]

    def test_that_are_missing_are_all_listed(self):
        new = [{"name": f"e{n}"} for n in range(MAX_FAULTS + 5)]
        with pytest.raises(AccessDenied) as error:
            write(staff(), DATA, edit("merge", "/acme:interfaces", {"interface": new}))
        assert len(error.value.faults) == MAX_FAULTS
        assert error.value.total == MAX_FAULTS + 5
