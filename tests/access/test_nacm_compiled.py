"""Compiled rules decide as RFC 8341 section 3.4.5 does when it is read aloud, rule by rule."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nacm_lab import access_of, model, nacm, path, root_of, rule, rule_list

from pyconfhoard.access import Principal
from pyconfhoard.access.nacm.compiled import Compiled
from pyconfhoard.access.nacm.reading import readable
from pyconfhoard.access.nacm.rules import RuleSet, read_rules
from pyconfhoard.access.rights import RIGHTS
from pyconfhoard.schema.nodes import Container, List, Node
from pyconfhoard.schema.secrets import is_secret
from pyconfhoard.tree import Branch, Entries, Path, encode, freeze, thaw

STAFF = frozenset({"staff"})

DATA = {
    "acme:interfaces": {
        "interface": [
            {
                "name": name,
                "mtu": 1500,
                "acme-more:colour": "red",
                "address": [{"ip": "a", "port": 1, "label": "x"}, {"ip": "b", "port": 1}],
            }
            for name in ("eth0", "eth1")
        ]
    },
    "acme:acme-netconf": {"note": "n", "config-parameters": {"timeout": 1}},
    "acme:safe": {"combination": "1-2-3"},
    "acme:seal": {"colour": "red", "hash": "$0$open"},
    "acme:door": {"visitor": ["ann", "bob"], "key": "k"},
    "acme-more:extra": {"one": "1"},
}
ROOT = root_of(DATA)

PATHS = (
    "/",
    "/acme:interfaces",
    "/acme:interfaces/interface",
    "/acme:interfaces/interface[name='eth0']",
    "/acme:interfaces/interface[name='eth1']/mtu",
    "/acme:interfaces/interface/name",
    "/acme:interfaces/interface/address[ip='a'][port='1']",
    "/acme:interfaces/interface[name='eth0']/address[port='1']/label",
    "/acme:interfaces/interface/more:colour",
    "/acme:acme-netconf/config-parameters",
    "/acme:safe/combination",
    "/acme:seal/hash",
    "/acme:door/visitor[.='ann']",
    "/acme:door/visitor[.=$USER]",
    "/acme-more:extra",
    "/acme:nowhere",
)
"""A rule's path; the steps that it takes and the keys it wants are read by :func:`_wants` in another way."""

rules_drawn = st.lists(
    st.fixed_dictionaries(
        {"action": st.sampled_from(["permit", "deny"])},
        optional={
            "module-name": st.sampled_from(["*", "acme", "acme-more"]),
            "access-operations": st.sampled_from(
                ["*", "read", "update", "create delete", "create read update", "exec"]
            ),
            "path": st.sampled_from(PATHS),
        },
    ),
    max_size=6,
)
verdicts = st.sampled_from(["permit", "deny"])


def instances(branch: Branch, above: Path = Path.ROOT) -> Any:
    """Every node with its path and whether it stands in a list entry as its key."""
    for name, value in branch.members.items():
        child = branch.schema.children[name]
        here = above.child(child)
        if isinstance(value, Entries):
            for key, entry in value.items():
                yield child, here.entry(key)
                yield from instances(entry, here.entry(key))
        elif isinstance(value, Branch):
            yield child, here
            yield from instances(value, here)
        elif isinstance(value, tuple):
            yield from ((child, here.entry((one,))) for one in value)
        else:
            yield child, here


def _wants(text: str) -> list[tuple[str, dict[str, str]]]:
    steps = []
    for part in text.strip("/").split("/") if text != "/" else []:
        name, *predicates = part.replace("]", "").split("[")
        wanted = dict(predicate.split("=") for predicate in predicates)
        values = {key: value.strip("'").replace("$USER", "ann") for key, value in wanted.items()}
        steps.append((name.split(":")[-1], values))
    return steps


def _within(place: Path, text: str) -> bool:
    wanted = _wants(text)
    if len(wanted) > len(place.steps):
        return False
    for step, (name, keys) in zip(place.steps, wanted, strict=False):
        if step.name.split(":")[-1] != name:
            return False
        have = {key: str(value) for key, value in zip(step.names, step.key or (), strict=False)}
        if any(have.get(key) != value for key, value in keys.items()):
            return False
    return True


def read_aloud(rules: RuleSet, node: Node, place: Path, right: str) -> tuple[bool, int]:
    """Section 3.4.5, steps 6 to 12; and how deep the path of the rule goes."""
    for one in rules.of(STAFF):
        if one.module not in {"*", node.module} or right not in one.rights:
            continue
        if one.kind == "any":
            return one.permit, 0
        if _within(place, one.argument):
            return one.permit, len(_wants(one.argument))
    here: Node | None = node
    while here is not None:
        for mark, _ in here.extensions:
            if mark.endswith("deny-all") or (mark.endswith("deny-write") and right not in {"read", "exec"}):
                return False, 0
        here = here.parent
    defaults = {"read": rules.read_default, "exec": rules.exec_default}
    return defaults.get(right, rules.write_default), 0


def spoken(rules: RuleSet, node: Node, place: Path, right: str) -> tuple[bool, int]:
    permit, depth = read_aloud(rules, node, place, right)
    if permit and right == "read" and is_secret(node):
        permit = read_aloud(rules, node, place, "update")[0]
    return permit, depth


def visible(rules: RuleSet, branch: Branch, above: Path, floor: int) -> dict[str, Any] | None:
    """What reading.py is to show, decided at every single node; None: an entry that cannot show its keys."""
    shown: dict[str, Any] = {}
    keys = getattr(branch.schema, "keys", ())
    for name, value in branch.members.items():
        child = branch.schema.children[name]
        here = above.child(child)
        if isinstance(value, Entries):
            listed = [_one(rules, child, entry, here.entry(key), floor) for key, entry in value.items()]
            left: Any = [one for one in listed if one is not None] or None
        elif isinstance(value, tuple):
            kept = [one for one in value if _seen(rules, child, here.entry((one,)), floor)]
            left = kept or None
        elif isinstance(value, Branch):
            left = _one(rules, child, value, here, floor) or None
        elif name in keys and floor >= len(above):
            left = value
        else:
            left = value if _seen(rules, child, here, floor) else None
        if left is None and name in keys:
            return None
        if left is not None:
            shown[name] = left
    return shown


def _seen(rules: RuleSet, node: Node, place: Path, floor: int) -> bool:
    permit, depth = spoken(rules, node, place, "read")
    return permit and (not floor or depth > floor)


def _one(rules: RuleSet, node: Node, branch: Branch, place: Path, floor: int) -> Any:
    if _seen(rules, node, place, floor):
        return visible(rules, branch, place, 0)
    left = visible(rules, branch, place, max(len(place), spoken(rules, node, place, "read")[1]))
    keys = getattr(branch.schema, "keys", ())
    return left if left is not None and left.keys() - set(keys) else None


def plain(value: Any) -> Any:
    if isinstance(value, Branch):
        return {
            name: plain(member)
            for name, member in value.members.items()
            if not (_is_np(member) and not plain(member))
        }
    if isinstance(value, Entries):
        return [plain(one) for one in value.values()]
    return list(value) if isinstance(value, tuple) else value


def _is_np(value: Any) -> bool:
    return isinstance(value, Branch) and isinstance(value.schema, Container)


class TestCompiledRules:
    @given(rules_drawn, verdicts, verdicts, verdicts)
    def test_decide_as_the_rfc_read_aloud(self, drawn, read, write, execute):
        listed = [one | {"name": str(number)} for number, one in enumerate(drawn)]
        config = nacm(
            rule_list("all", ["staff"], *listed),
            read_default=read,
            write_default=write,
            exec_default=execute,
        )
        rules = read_rules(root_of(config))
        compiled = Compiled(model(), rules, "ann", STAFF)
        for node, place in instances(ROOT):
            for right in RIGHTS:
                expected = spoken(rules, node, place, right)[0]
                assert compiled.verdict(node, place.steps, right).permit is expected, (str(place), right)

    @given(rules_drawn, verdicts)
    def test_show_of_a_tree_what_they_show_node_by_node(self, drawn, read):
        listed = [one | {"name": str(number)} for number, one in enumerate(drawn)]
        rules = read_rules(root_of(nacm(rule_list("all", ["staff"], *listed), read_default=read)))
        compiled = Compiled(model(), rules, "ann", STAFF)
        seen = readable(compiled, model().root, ROOT, Path.ROOT)
        assert plain(seen) == (visible(rules, ROOT, Path.ROOT, 0) or {})

    def test_share_one_decision_where_no_rule_differs(self):
        access = access_of(nacm(rule_list("a", ["staff"], rule("r", path="/acme:interfaces"))))
        compiled = access._rules
        interfaces = model().find("/acme:interfaces")
        assert compiled.alike(interfaces, "update")
        assert compiled.decision(interfaces, "update") is compiled.decision(
            model().find("/acme:interfaces/interface/address/label"), "update"
        )
        assert not compiled.alike(model().root, "update")

    def test_take_a_thousand_rules_for_the_entries_of_one_list_as_one_look_up(self):
        rules = [rule(f"r{n}", path=f"/acme:interfaces/interface[name='eth{n}']") for n in range(1000)]
        access = access_of(nacm(rule_list("a", ["staff"], *rules), read_default="deny"))
        decision = access._rules.decision(model().find("/acme:interfaces/interface/mtu"), "read")
        assert len(decision.shapes) == 1
        assert access.may_read(path("/acme:interfaces/interface[name='eth999']/mtu"))
        assert not access.may_read(path("/acme:interfaces/interface[name='other']/mtu"))

    def test_name_rules_that_the_model_has_nothing_for(self, caplog):
        access_of(nacm(rule_list("a", ["staff"], rule("typo", "deny", path="/acme:interfases"))))
        assert "rule 'typo' of rule-list 'a' matches nothing" in caplog.text
        assert "there is no 'interfases' of acme" in caplog.text

    def test_tell_keys_of_a_union_by_their_types(self):
        thing = Principal("Probe", "thing", path("/acme:interfaces/interface[name='eth0']"))
        access = access_of(nacm(read_default="deny"), principal=thing)
        assert access.may_read(path("/acme:interfaces/interface[name='eth0']/mtu"))
        assert not access.may_read(path("/acme:interfaces/interface[name='eth1']/mtu"))


MANY = root_of(
    {
        "acme:interfaces": {
            "interface": [
                {
                    "name": "eth0",
                    "address": [{"ip": f"{n:03}", "port": n % 3, "label": "x"} for n in range(400)],
                },
                {"name": "eth1", "address": [{"ip": f"{n:03}", "port": 0} for n in range(0, 400, 4)]},
            ]
        }
    }
)

entries_named = st.builds(
    "/acme:interfaces/interface{}/address{}".format,
    st.sampled_from(["", "[name='eth0']", "[name='eth1']"]),
    st.one_of(
        st.builds("[ip='{:03}'][port='{}']".format, st.integers(0, 399), st.integers(0, 2)),
        st.sampled_from(["", "[port='1']", "[ip='300']", "/label", "[ip='300']/label"]),
    ),
)


class TestLists:
    @given(st.lists(st.tuples(entries_named, verdicts), max_size=5), verdicts)
    @example([("/acme:interfaces/interface/address[port='1']", "deny")], "permit")
    @example([("/acme:interfaces/interface/address[port='1']/label", "permit")], "deny")
    @example([("/acme:interfaces/interface/address/label", "permit")], "deny")
    @example([("/acme:interfaces/interface[name='eth1']/address[ip='300'][port='0']", "permit")], "deny")
    @settings(max_examples=30)
    def test_of_many_pages_show_entry_by_entry_what_rules_permit(self, drawn, read):
        listed = [rule(str(n), action, path=text) for n, (text, action) in enumerate(drawn)]
        rules = read_rules(root_of(nacm(rule_list("all", ["staff"], *listed), read_default=read)))
        compiled = Compiled(model(), rules, "ann", STAFF)
        seen = readable(compiled, model().root, MANY, Path.ROOT)
        assert plain(seen) == (visible(rules, MANY, Path.ROOT, 0) or {})

    @pytest.mark.parametrize(("default", "left"), [("permit", 1999), ("deny", 1)])
    def test_are_decoded_only_where_rules_name_entries(self, default, left):
        kept = {}

        def keep(row):
            kept[len(kept)] = row
            return len(kept) - 1

        many = root_of({"acme:interfaces": {"interface": [{"name": f"{n:04}"} for n in range(2000)]}})
        stored = thaw(model().root, freeze(many, keep).record, kept.__getitem__)
        entries = stored["acme:interfaces"]["interface"]
        other = "deny" if default == "permit" else "permit"
        named = rule("one", other, path="/acme:interfaces/interface[name='0700']")
        access = access_of(nacm(rule_list("l", ["staff"], named), read_default=default))
        assert len(access.readable(entries.schema, entries, path("/acme:interfaces/interface"))) == left
        assert sum(page.loaded for page in entries.pages) == 1


class TestAlike:
    def test_answers_are_the_very_object_where_nothing_is_hidden(self):
        access = access_of(nacm(rule_list("a", ["staff"], rule("r", "deny", path="/acme:seal"))))
        interfaces = ROOT["acme:interfaces"]
        assert (
            access.readable(model().find("/acme:interfaces"), interfaces, path("/acme:interfaces"))
            is interfaces
        )
        whole = access.readable(model().root, ROOT, Path.ROOT)
        assert whole["acme:interfaces"] is interfaces
        assert "acme:seal" not in whole

    def test_pages_of_a_list_stay_where_all_their_entries_do(self):
        many = root_of(
            {"acme:interfaces": {"interface": [{"name": f"{n:04}", "mtu": 68} for n in range(1000)]}}
        )
        entries = many["acme:interfaces"]["interface"]
        kept = [encode(entries.schema, Entries(entries.schema, [page])) for page in entries.pages]
        access = access_of(
            nacm(rule_list("a", ["staff"], rule("r", "deny", path="/acme:interfaces/interface[name='0000']")))
        )
        seen = access.readable(entries.schema, entries, path("/acme:interfaces/interface"))
        assert isinstance(entries.schema, List)
        assert len(seen) == 999
        assert seen.pages[1:] == entries.pages[1:]
        assert all(page.body is not None for page in seen.pages[1:])
        assert kept
