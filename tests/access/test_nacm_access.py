"""One principal's access: who is bound by what, what a denial tells, and what is counted."""

import logging

import pytest
from nacm_lab import YANG, access_of, edit, model, nacm, path, root_of, rule, rule_list, shown, write

from pyconfhoard import schema as schemas
from pyconfhoard.access import ADMIN, Principal
from pyconfhoard.access.nacm import Nacm
from pyconfhoard.access.rights import READ_ONLY
from pyconfhoard.errors import AccessDenied
from pyconfhoard.tree import Branch, Path

INTERFACE = "/acme:interfaces/interface[name='eth0']"
DATA = {"acme:interfaces": {"interface": [{"name": "eth0", "mtu": 1500}]}, "acme:seal": {"hash": "$0$open"}}
CHANGE = edit("merge", f"{INTERFACE}/mtu", 1)
EVERYTHING = rule_list("staff", ["staff"], rule("all"))
RESET = model().find("/acme:interfaces/interface").actions["reset"]


class TestPrincipals:
    def test_administrator_is_the_recovery_session(self):
        access = access_of(nacm(read_default="deny"), principal=ADMIN)
        assert access.unrestricted
        assert access.may_exec(model().rpcs["acme:self-destruct"])
        write(access, DATA, CHANGE)

    def test_user_without_rules_has_the_defaults(self):
        access = access_of(nacm(), "stranger")
        assert access.may_read(path(INTERFACE))
        assert access.may_exec(model().rpcs["acme:edit-config"])
        assert not access.may_exec(model().rpcs["acme:self-destruct"])
        assert not access.may_read(path("/acme:safe"))
        with pytest.raises(AccessDenied):
            write(access, DATA, CHANGE)

    def test_user_of_no_group_is_not_meant_by_the_asterisk(self):
        rules = nacm(rule_list("all", ["*"], rule("r")))
        with pytest.raises(AccessDenied):
            write(access_of(rules, "stranger"), DATA, CHANGE)
        write(access_of(rules, "ann"), DATA, CHANGE)

    def test_thing_has_its_subtree_whatever_the_rules_say(self):
        thing = Principal("Eth", "thing", path(INTERFACE), frozenset({"things"}))
        rules = nacm(rule_list("t", ["things"], rule("no", "deny")), read_default="deny")
        access = access_of(rules, principal=thing)
        write(access, DATA, CHANGE)
        assert access.may_read(path(f"{INTERFACE}/mtu"))
        with pytest.raises(AccessDenied):
            write(access, DATA, edit("merge", "/acme:acme-netconf/note", "x"))

    def test_thing_is_in_the_group_things_unless_groups_from_outside_are_off(self):
        thing = Principal("Eth", "thing", path(INTERFACE), frozenset({"things"}))
        lists = rule_list("t", ["things"], rule("see", access_operations="read"))
        door = path("/acme:door")
        assert access_of(nacm(lists, read_default="deny"), principal=thing).may_read(door)
        off = nacm(lists, read_default="deny", enable_external_groups=False)
        assert not access_of(off, principal=thing).may_read(door)

    def test_thing_whose_path_the_model_lost_has_no_subtree(self):
        thing = Principal("Old", "thing", Path((*path("/acme:door").steps, *path("/acme:step").steps)))
        assert not access_of(nacm(read_default="deny"), principal=thing).may_read(path("/acme:door"))

    @pytest.mark.parametrize("who", [Principal("ann", "user", rights=READ_ONLY), None])
    def test_scope_of_a_token_takes_rights_away_from_anybody(self, who):
        who = who or Principal("admin", "admin", rights=READ_ONLY)
        access = access_of(nacm(EVERYTHING), principal=who)
        assert access.may_read(path(INTERFACE))
        with pytest.raises(AccessDenied, match="may not update this: the scope of the token"):
            write(access, DATA, CHANGE)
        assert not access.may_exec(model().rpcs["acme:edit-config"])

    def test_without_the_model_of_rules_only_what_is_built_in_is_permitted(self):
        schema = schemas.load(["acme"], folders=[YANG])
        thing = Principal("Door", "thing", path("/acme:door"))
        access = Nacm().access(thing, schema, Branch(schema.root, {}))
        assert access.may_read(path("/acme:door/key"))
        assert not access.may_read(path("/acme:seal"))
        assert Nacm().access(ADMIN, schema, Branch(schema.root, {})).unrestricted


class TestAncestors:
    """What may not be read hides what stands below it, also from one who asks for that by its path."""

    def test_that_may_not_be_read_hide_what_other_modules_have_below(self):
        rules = nacm(rule_list("l", ["staff"], rule("no", "deny", module_name="acme")))
        access = access_of(rules)
        colour = path(f"{INTERFACE}/acme-more:colour")
        data = {"acme:interfaces": {"interface": [{"name": "eth0", "acme-more:colour": "red"}]}}
        assert not access.may_read(colour)
        assert not access.reads_all(colour)
        assert shown(access, str(colour), data) is None
        assert shown(access, "/", data) == {}
        assert access.may_read(path("/acme-more:extra"))

    def test_do_not_hide_what_a_deeper_path_permits(self):
        see = rule("see", path="/acme:interfaces/interface/acme-more:colour")
        access = access_of(nacm(rule_list("l", ["staff"], see, rule("no", "deny", module_name="acme"))))
        assert access.may_read(path(f"{INTERFACE}/acme-more:colour"))


class TestLongLists:
    def test_are_pruned_once_for_the_same_list(self):
        many = root_of({"acme:interfaces": {"interface": [{"name": f"{n:04}"} for n in range(2000)]}})
        entries = many["acme:interfaces"]["interface"]
        hide = rule("no", "deny", path="/acme:interfaces/interface[name='0007']")
        access = access_of(nacm(rule_list("l", ["staff"], hide)))
        place = path("/acme:interfaces/interface")
        first = access.readable(entries.schema, entries, place)
        assert len(first) == 1999
        assert access.readable(entries.schema, entries, place) is first
        outer = many["acme:interfaces"], path("/acme:interfaces")
        around = access.readable(outer[0].schema, *outer)
        assert access.readable(outer[0].schema, *outer) is around
        less = entries.remove(("0008",), 1)
        assert len(access.readable(less.schema, less, place)) == 1998


class TestDenial:
    def test_does_not_name_the_rule_to_those_who_cannot_read_it(self):
        access = access_of(nacm(rule_list("l", ["staff"], rule("r", "deny", path="/acme:interfaces"))))
        with pytest.raises(AccessDenied) as error:
            write(access, DATA, CHANGE)
        assert error.value.faults[0].message == "ann may not update this"
        assert error.value.faults[0].type == "application"

    def test_names_the_rule_to_those_who_can(self):
        see = rule("see", path="/ietf-netconf-acm:nacm", access_operations="read")
        access = access_of(nacm(rule_list("l", ["staff"], see, rule("r", "deny", path="/acme:interfaces"))))
        with pytest.raises(AccessDenied) as error:
            write(access, DATA, CHANGE)
        assert error.value.faults[0].message == "ann may not update this: rule 'r' of rule-list 'l' denies it"
        with pytest.raises(AccessDenied, match="ann may not create this: no rule permits it"):
            write(access, DATA, edit("merge", "/acme:acme-netconf/note", "x"))

    def test_is_counted(self):
        nacm_ = Nacm()
        access = nacm_.access(Principal("ann", "user"), model(), root_of(nacm(read_default="deny")))
        with pytest.raises(AccessDenied):
            access.demand_read(path(INTERFACE))
        with pytest.raises(AccessDenied):
            write(access, DATA, CHANGE)
        with pytest.raises(AccessDenied, match="ann may not invoke acme:self-destruct"):
            access.demand_exec(model().rpcs["acme:self-destruct"])
        access.may_notify(model().notifications["acme:sys-startup"])
        counters = nacm_.counters
        assert (counters.denied_operations, counters.denied_data_writes) == (3, 1)
        assert counters.denied_notifications == 1


class TestActions:
    def test_want_exec_on_the_action_and_read_on_where_it_stands(self):
        allow = rule("x", path="/acme:interfaces/interface/reset", access_operations="exec")
        assert access_of(nacm(rule_list("l", ["staff"], allow), exec_default="deny")).may_exec(
            RESET, path(INTERFACE)
        )
        assert not access_of(nacm(exec_default="deny")).may_exec(RESET, path(INTERFACE))
        blind = nacm(rule_list("l", ["staff"], allow), read_default="deny")
        assert not access_of(blind).may_exec(RESET, path(INTERFACE))

    def test_below_what_the_model_denies_are_denied(self):
        action = model().find("/acme:safe").actions["open"]
        assert not access_of(nacm()).may_exec(action, path("/acme:safe"))

    def test_notifications_of_a_node_go_where_it_is_read(self):
        note = model().find("/acme:interfaces/interface").notifications["link-down"]
        deny = rule("x", "deny", path="/acme:interfaces/interface[name='eth0']/link-down")
        access = access_of(nacm(rule_list("l", ["staff"], deny)))
        assert not access.may_notify(note, path(INTERFACE))
        assert access.may_notify(note, path("/acme:interfaces/interface[name='eth1']"))


class TestSecrets:
    def test_are_read_by_those_who_may_replace_them(self):
        read = rule("r", access_operations="read")
        assert shown(access_of(nacm(rule_list("l", ["staff"], read))), "/acme:seal", DATA) == {}
        assert shown(access_of(nacm(EVERYTHING)), "/acme:seal", DATA) == {"hash": "$0$open"}
        assert not access_of(nacm()).may_read(path("/acme:seal/hash"))


class TestCache:
    def test_gives_the_same_access_until_the_rules_change(self):
        front, ann = Nacm(), Principal("ann", "user")
        one = root_of(nacm(EVERYTHING))
        first = front.access(ann, model(), one)
        assert (
            front.access(ann, model(), one.with_member("acme:step", one, 2).without("acme:step", 3)) is first
        )
        assert front.access(ann, model(), root_of(nacm())) is not first

    def test_is_bounded(self):
        front, root = Nacm(), root_of(nacm())
        for number in range(600):
            front.access(Principal(f"u{number}", "user"), model(), root)
        assert len(front._last.known) <= 256

    def test_rules_that_are_compiled_while_others_are_asked_for_are_not_taken_for_those(self, caplog):
        """A commit is judged in a thread by the root that it rests on, while the loop answers by the present one."""
        front, ann = Nacm(), Principal("ann", "user")
        shut = root_of(nacm())
        wide = root_of(nacm(rule_list("l", ["staff"], rule("odd", path="/acme:nothing"), rule("all"))))

        def ask_between(record: logging.LogRecord) -> bool:  # compiling has come to the rule that is odd
            assert not front.access(ann, model(), shut).may_read(path("/acme:seal/hash"))
            return True

        with caplog.at_level("WARNING", "pyconfhoard.access"):
            caplog.handler.addFilter(ask_between)
            try:
                assert front.access(ann, model(), wide).may_read(path("/acme:seal/hash"))
            finally:
                caplog.handler.removeFilter(ask_between)
        assert "odd" in caplog.text
        assert not front.access(ann, model(), shut).may_read(path("/acme:seal/hash"))
