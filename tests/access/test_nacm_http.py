"""RFC 8341 over HTTP, section by section: what a user is answered under the rules of each test."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from nacm_lab import nacm, rule, rule_list
from serving import Answer, Server, serving

from pyconfhoard.access.sha_crypt import Setting, hashed

DATA = "/restconf/data"
RPCS = "/restconf/operations"
INTERFACES = f"{DATA}/acme:interfaces"
ALL = rule("all")
MTU = {"acme:interfaces": {"interface": [{"name": "a", "mtu": 2}]}}


class Lab:
    """A server of the models ``acme`` and ``acme-more``. ann is in the group ``staff``, bob in it and in ``night``, cyd in
    none."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def rules(self, *lists: dict[str, Any], **leaves: Any) -> None:
        groups = {"staff": ["ann", "bob"], "night": ["bob"]}
        self.put("ietf-netconf-acm:nacm", nacm(*lists, groups=groups, **leaves))

    def staff(self, *rules: dict[str, Any], **leaves: Any) -> None:
        self.rules(rule_list("l", ["staff"], *rules), **leaves)

    def put(self, path: str, body: Any) -> None:
        answer = self.server.request("PUT", f"{DATA}/{path}", body)
        assert answer.status in {201, 204}, answer.body

    def data(self, **members: Any) -> None:
        """Make this, and nothing else, of the model ``acme``."""
        kept = self.server.get(f"{DATA}?content=config").json["ietf-restconf:data"]
        kept = {name: value for name, value in kept.items() if not name.startswith("acme")}
        self.put(
            "", {"ietf-restconf:data": kept | {f"acme:{name}": value for name, value in members.items()}}
        )

    def ask(self, user: str, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        given = b64encode(f"{user}:{user}".encode()).decode()
        sent = {"Authorization": f"Basic {given}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        return self.server.request(method, path, body, token="", headers=sent)

    def counted(self) -> dict[str, int]:
        return {
            name: self.server.get(f"{DATA}/ietf-netconf-acm:nacm/{name}").json[f"ietf-netconf-acm:{name}"]
            for name in ("denied-operations", "denied-data-writes", "denied-notifications")
        }


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("nacm") / "datastore"
    with serving(folder, yang=[Path(__file__).parent / "yang"], modules=["acme", "acme-more"]) as server:
        users = [
            {"name": name, "password": hashed(name, Setting("5", "salt", 1000))}
            for name in ("ann", "bob", "cyd")
        ]
        body = {"ietf-system:authentication": {"user": users}}
        assert server.patch(f"{DATA}/ietf-system:system/authentication", body).status == 204
        yield Lab(server)


@pytest.fixture
def lab(served: Lab) -> Lab:
    served.data()
    return served


class TestMethods:
    """Section 3.2.3."""

    @pytest.mark.parametrize(
        ("right", "method", "path", "body"),
        [
            ("read", "GET", "/interface=a", None),
            ("read", "HEAD", "/interface=a", None),
            ("create", "POST", "", {"acme:interface": [{"name": "b"}]}),
            ("create", "PUT", "/interface=b", {"acme:interface": [{"name": "b"}]}),
            ("update", "PUT", "/interface=a/mtu", {"acme:mtu": 2}),
            ("update", "PATCH", "/interface=a", {"acme:interface": [{"name": "a", "mtu": 2}]}),
            ("create", "PATCH", "", {"acme:interfaces": {"interface": [{"name": "b"}]}}),
            ("delete", "DELETE", "/interface=a/mtu", None),
            ("delete", "DELETE", "", None),
        ],
    )
    def test_want_their_right(self, lab, right, method, path, body):
        lab.data(interfaces={"interface": [{"name": "a", "mtu": 1}]})
        others = " ".join(sorted({"create", "read", "update", "delete"} - {right}))
        lab.staff(rule("others", access_operations=others), read_default="deny")
        refused = 404 if right == "read" else 403  # what may not be read is not there
        assert lab.ask("ann", method, f"{INTERFACES}{path}", body).status == refused
        lab.staff(rule("one", access_operations=right), read_default="deny")
        assert lab.ask("ann", method, f"{INTERFACES}{path}", body).status in {200, 201, 204}

    def test_options_want_none(self, lab):
        lab.staff(read_default="deny")
        assert lab.ask("cyd", "OPTIONS", INTERFACES).status == 200

    def test_each_edit_of_a_yang_patch_wants_its_own(self, lab):
        lab.data(interfaces={"interface": [{"name": "a", "mtu": 1}]})
        lab.staff(rule("some", access_operations="read update"))

        def patch(*edits: dict[str, Any]) -> int:
            listed = [{"edit-id": str(number), **one} for number, one in enumerate(edits)]
            body = {"ietf-yang-patch:yang-patch": {"patch-id": "p", "edit": listed}}
            return lab.ask(
                "ann", "PATCH", INTERFACES, body, Content_Type="application/yang-patch+json"
            ).status

        change = {"operation": "merge", "target": "/interface=a/mtu", "value": {"acme:mtu": 2}}
        make = {"operation": "create", "target": "/interface=b", "value": {"acme:interface": [{"name": "b"}]}}
        assert patch(change, make) == 403
        assert lab.server.get(f"{INTERFACES}/interface=a/mtu").json == {"acme:mtu": 1}
        assert patch({"operation": "remove", "target": "/interface=a"}) == 403
        assert patch(change) == 200


class TestWrites:
    """Section 3.2.5."""

    HIDDEN = rule("hidden", "deny", path="/acme:interfaces/interface[name='secret']")

    @pytest.fixture
    def lab(self, lab):
        lab.data(interfaces={"interface": [{"name": "a"}, {"name": "secret"}]})
        lab.staff(self.HIDDEN, ALL)
        return lab

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("PUT", "acme:interfaces", {"acme:interfaces": {"interface": [{"name": "a"}]}}),
            ("PUT", "acme:interfaces?dry-run", {"acme:interfaces": {}}),
            ("DELETE", "acme:interfaces", None),
        ],
    )
    def test_that_would_take_away_what_is_hidden_are_denied_without_naming_it(self, lab, method, path, body):
        lab.staff(rule("rules", "deny", module_name="ietf-netconf-acm"), self.HIDDEN, ALL)
        answer = lab.ask("ann", method, f"{DATA}/{path}", body)
        assert answer.status == 403
        assert answer.errors == [
            {
                "error-type": "application",
                "error-tag": "access-denied",
                "error-path": "/acme:interfaces",
                "error-message": "ann may not delete something in this",
            }
        ]

    @pytest.mark.parametrize("name", ["secret", "nothing"])
    @pytest.mark.parametrize(
        ("method", "path", "body", "status"),
        [
            ("GET", "/interface={}", None, 404),
            ("DELETE", "/interface={}", None, 403),
            ("PATCH", "/interface={}", {"acme:interface": [{"name": "{}", "mtu": 3}]}, 403),
            ("POST", "", {"acme:interface": [{"name": "{}"}]}, 403),
            ("POST", "/interface={}/reset", None, 403),
        ],
    )
    def test_do_not_tell_whether_what_is_hidden_is_there(self, lab, name, method, path, body, status):
        lab.staff(
            rule("none", "deny", path="/acme:interfaces/interface", access_operations="read create delete"),
            ALL,
        )
        filled = None if body is None else {"acme:interface": [{**body["acme:interface"][0], "name": name}]}
        assert lab.ask("ann", method, f"{INTERFACES}{path.format(name)}", filled).status == status

    @pytest.mark.parametrize("name", ["secret", "nothing"])
    @pytest.mark.parametrize("condition", ["If_Match", "If_None_Match"])
    def test_with_conditions_do_not_tell_it_either(self, lab, name, condition):
        lab.staff(
            rule("mtu", path="/acme:interfaces/interface/mtu", access_operations="update"),
            rule("none", "deny", path="/acme:interfaces/interface"),
            ALL,
        )
        body = {"acme:interface": [{"name": name, "description": "x"}]}
        answer = lab.ask("ann", "PUT", f"{INTERFACES}/interface={name}", body, **{condition: "*"})
        assert answer.status == 403
        assert "etag" not in answer.headers

    def test_of_what_stays_take_no_right(self, lab):
        lab.staff(rule("mtu", path="/acme:interfaces/interface/mtu"), rule("look", access_operations="read"))
        body = {"ietf-restconf:data": {"acme:interfaces": {"interface": [{"name": "secret"}]}}}
        assert lab.ask("ann", "PATCH", DATA, body).status == 204

    @pytest.mark.parametrize("guess", ["1234", "4321"])
    def test_do_not_tell_whether_a_guess_is_right(self, lab, guess):
        lab.data(safe={"combination": "1234"})
        lab.staff(rule("safe", "deny", path="/acme:safe"), ALL)
        body = {"acme:safe": {"combination": guess}}
        assert lab.ask("ann", "PATCH", DATA, {"ietf-restconf:data": body}).status == 403
        made = lab.ask("ann", "POST", "/v1/candidate").json["id"]
        tried = lab.ask("ann", "PATCH", f"/v1/candidate/{made}/data", body)
        assert tried.status == 403

    def test_may_push_out_another_case_but_not_replace_it_on_purpose(self, lab):
        lab.staff(rule("key", "deny", path="/acme:door/key"), ALL)
        lab.data(door={"key": "k"})
        assert lab.ask("ann", "PUT", f"{DATA}/acme:door", {"acme:door": {"code": "1"}}).status == 403
        assert lab.ask("ann", "PATCH", f"{DATA}/acme:door", {"acme:door": {"code": "1"}}).status == 204
        assert lab.server.get(f"{DATA}/acme:door").json == {"acme:door": {"code": "1"}}

    def test_may_take_along_what_its_condition_removes(self, lab):
        lab.data(door={"code": "1", "bolt": "b"})
        lab.staff(rule("bolt", "deny", path="/acme:door/bolt"), ALL)
        assert lab.ask("ann", "DELETE", f"{DATA}/acme:door").status == 403
        assert lab.ask("ann", "DELETE", f"{DATA}/acme:door/code").status == 204
        assert lab.server.get(f"{DATA}/acme:door/bolt").status == 404

    def test_that_move_an_entry_want_update(self, lab):
        lab.data(step=[{"id": 1}, {"id": 2}])
        lab.staff(rule("r", path="/acme:step", access_operations="read create"))
        two = {"acme:step": [{"id": 2}]}
        assert lab.ask("ann", "PUT", f"{DATA}/acme:step=2?insert=first", two).status == 403
        assert lab.ask("ann", "POST", f"{DATA}?insert=first", {"acme:step": [{"id": 3}]}).status == 201
        lab.staff(rule("r", path="/acme:step", access_operations="read update"))
        assert lab.ask("ann", "PUT", f"{DATA}/acme:step=2?insert=first", two).status == 204

    def test_of_what_the_model_denies_want_a_rule(self, lab):
        lab.staff(rule("read", access_operations="read"), write_default="permit")
        colour = {"acme:colour": "red"}
        assert lab.ask("ann", "PUT", f"{DATA}/acme:seal/colour", colour).status == 403
        assert lab.ask("ann", "PUT", f"{DATA}/acme:door/code", {"acme:code": "1"}).status == 201
        lab.staff(rule("seal", path="/acme:seal"))
        assert lab.ask("ann", "PUT", f"{DATA}/acme:seal/colour", colour).status == 201
        assert lab.ask("ann", "PUT", f"{DATA}/acme:safe/combination", {"acme:combination": "1"}).status == 403


class TestCommits:
    """Section 3.2.8: what comes to running is judged for who commits, whichever way it comes."""

    @pytest.fixture
    def lab(self, lab):
        lab.data(interfaces={"interface": [{"name": "a", "mtu": 1}]})
        lab.staff(rule("no", "deny", path="/acme:interfaces/interface/mtu", access_operations="update"), ALL)
        return lab

    def test_of_a_candidate(self, lab):
        made = lab.ask("ann", "POST", "/v1/candidate").json["id"]
        below = f"/v1/candidate/{made}"
        assert lab.ask("ann", "PATCH", f"{below}/data/acme:interfaces", MTU).status == 204
        assert lab.ask("bob", "POST", f"{below}/commit").status == 404
        assert lab.ask("ann", "POST", f"{below}/commit").status == 403
        lab.staff(ALL)
        assert lab.ask("ann", "POST", f"{below}/commit").status == 200

    @pytest.mark.parametrize("rpc", ["undo", "rollback"])
    def test_of_what_was_before(self, lab, rpc):
        last = lab.server.revision()
        assert lab.server.patch(INTERFACES, MTU).status == 204
        which = {"undo": last + 1, "rollback": last}[rpc]
        body = {"pyconfhoard-history:input": {"revision": str(which)}}
        assert lab.ask("ann", "POST", f"{RPCS}/pyconfhoard-history:{rpc}", body).status == 403
        lab.staff(ALL)
        assert lab.ask("ann", "POST", f"{RPCS}/pyconfhoard-history:{rpc}", body).status == 200


class TestComponents:
    """Section 3.3."""

    def test_of_several_groups_the_first_rule_list_decides(self, lab):
        lab.data(door={"code": "1"})
        night = rule_list("night", ["night"], rule("no", "deny", path="/acme:door"))
        staff = rule_list("staff", ["staff"], rule("yes", path="/acme:door"))
        for lists, status in (((night, staff), 404), ((staff, night), 200)):
            lab.rules(*lists, read_default="deny")
            assert lab.ask("bob", "GET", f"{DATA}/acme:door").status == status
            assert lab.ask("ann", "GET", f"{DATA}/acme:door").status == 200

    def test_asterisk_is_every_group_and_no_group_is_in_none(self, lab):
        lab.data(door={"code": "1"})
        lab.rules(rule_list("all", ["*"], rule("yes", path="/acme:door")), read_default="deny")
        assert [lab.ask(who, "GET", f"{DATA}/acme:door").status for who in ("ann", "bob", "cyd")] == [
            200,
            200,
            404,
        ]

    def test_switched_off_nothing_is_denied(self, lab):
        lab.data(safe={"combination": "1"})
        lab.staff(rule("no", "deny"), enable_nacm=False, read_default="deny", exec_default="deny")
        assert lab.ask("cyd", "GET", f"{DATA}/acme:safe").status == 200
        assert lab.ask("ann", "PUT", f"{DATA}/acme:seal/colour", {"acme:colour": "red"}).status == 201
        assert lab.ask("cyd", "POST", f"{RPCS}/acme:self-destruct").status == 501

    @pytest.mark.parametrize(
        ("leaf", "method", "path", "body", "denied", "permitted"),
        [
            ("read_default", "GET", f"{DATA}/acme:door", None, 404, 200),
            ("write_default", "PUT", f"{DATA}/acme:door/code", {"acme:code": "2"}, 403, 204),
            ("exec_default", "POST", f"{RPCS}/acme:kill-session", None, 403, 501),
        ],
    )
    def test_defaults_decide_where_no_rule_does(self, lab, leaf, method, path, body, denied, permitted):
        lab.data(door={"code": "1"})
        for action, status in (("deny", denied), ("permit", permitted)):
            lab.staff(**{leaf: action})
            assert {lab.ask(who, method, path, body).status for who in ("ann", "cyd")} == {status}

    def test_the_administrators_token_is_bound_by_nothing(self, lab):
        lab.rules(rule_list("all", ["*"], rule("no", "deny")), read_default="deny")
        assert lab.server.get(f"{DATA}/ietf-netconf-acm:nacm").status == 200

    @pytest.mark.parametrize(
        ("path", "seen"),
        [
            ('/acme:interfaces/interface[name="it\'s"]', ["it's"]),
            ("/acme:interfaces/interface[name='say \"hi\"']", ['say "hi"']),
            ("/acme:interfaces/interface[name=$USER]", ["ann"]),
            ("/acme:interfaces/interface/address[ip='1'][port='2']", ["ann"]),
            ("/acme:interfaces/interface", ["ann", "it's", 'say "hi"']),
        ],
    )
    def test_paths_of_rules_name_entries(self, lab, path, seen):
        address = [{"ip": "1", "port": 2}, {"ip": "1", "port": 3}]
        listed = [{"name": "it's"}, {"name": 'say "hi"'}, {"name": "ann", "address": address}]
        lab.data(interfaces={"interface": listed})
        lab.staff(rule("one", path=path), read_default="deny")
        told = lab.ask("ann", "GET", INTERFACES).json["acme:interfaces"]["interface"]
        assert [one["name"] for one in told] == seen
        if "port" in path:
            assert told == [{"name": "ann", "address": address[:1]}]

    @pytest.mark.parametrize("key", ["coal", "acme:coal", "acme-more:wood"])
    def test_paths_of_rules_name_entries_by_identities(self, lab, key):
        lab.data(engine=[{"fuel": "acme:coal", "power": 7}, {"fuel": "acme-more:wood", "power": 3}])
        lab.staff(rule("one", path=f"/acme:engine[fuel='{key}']"), read_default="deny")
        told = lab.ask("ann", "GET", f"{DATA}/acme:engine").json["acme:engine"]
        assert [one["power"] for one in told] == [3 if key == "acme-more:wood" else 7]

    def test_paths_of_rules_in_xml_have_prefixes_that_are_declared(self, lab):
        lab.data(engine=[{"fuel": "acme:coal", "power": 7}, {"fuel": "acme-more:wood", "power": 3}])
        lab.staff(rule("none", path="/acme:door"), read_default="deny")
        body = (
            '<rule xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm"><name>none</name>'
            '<path xmlns:x="http://example.com/ns/acme" xmlns:y="http://example.com/ns/acme-more">'
            "/x:engine[x:fuel='y:wood']</path><action>permit</action></rule>"
        )
        path = f"{DATA}/ietf-netconf-acm:nacm/rule-list=l/rule=none"
        sent = {"Content-Type": "application/yang-data+xml"}
        assert lab.server.request("PUT", path, body.encode(), headers=sent).status == 204
        told = lab.ask("ann", "GET", f"{DATA}/acme:engine").json["acme:engine"]
        assert [one["power"] for one in told] == [3]


class TestDenials:
    """Section 3.4."""

    def test_name_the_rule_to_those_who_read_the_rules(self, lab):
        deny = rule("not-this", "deny", path="/acme:door")
        told = []
        for more in ((), (rule("hide", "deny", module_name="ietf-netconf-acm"),)):
            lab.staff(deny, *more, ALL)
            told.append(
                lab.ask("ann", "PUT", f"{DATA}/acme:door/code", {"acme:code": "1"}).error["error-message"]
            )
        assert told == [
            "ann may not update this: rule 'not-this' of rule-list 'l' denies it",
            "ann may not update this",
        ]

    @pytest.mark.parametrize(
        ("method", "right"),
        [("POST", "create"), ("PUT", "update"), ("PATCH", "update"), ("DELETE", "delete")],
    )
    def test_say_which_right_is_missing(self, lab, method, right):
        lab.data(door={"code": "1"})
        lab.staff(
            rule("no", "deny", path="/acme:door"),
            rule("nor-rules", "deny", module_name="ietf-netconf-acm"),
            ALL,
        )
        body = {"acme:door": {"code": "2"}} if method in {"PUT", "PATCH"} else {"acme:visitor": ["x"]}
        answer = lab.ask("ann", method, f"{DATA}/acme:door", None if method == "DELETE" else body)
        assert answer.error["error-message"] == f"ann may not {right} this"

    def test_of_operations(self, lab):
        lab.staff(
            rule("kill", module_name="acme", rpc_name="kill-session", access_operations="exec"),
            exec_default="deny",
        )
        asked = {
            name: lab.ask("ann", "POST", f"{RPCS}/acme:{name}").status
            for name in ("kill-session", "edit-config")
        }
        assert asked == {"kill-session": 501, "edit-config": 403}

    def test_of_what_the_model_denies_want_a_rule(self, lab):
        lab.staff()
        assert lab.ask("ann", "POST", f"{RPCS}/acme:self-destruct").status == 403
        lab.staff(rule("it", module_name="acme", rpc_name="self-destruct"))
        assert lab.ask("ann", "POST", f"{RPCS}/acme:self-destruct").status == 501

    def test_of_an_action_on_what_is_hidden(self, lab):
        lab.data(interfaces={"interface": [{"name": "a"}, {"name": "b"}]})
        lab.staff(
            rule("hide", "deny", path="/acme:interfaces/interface[name='b']", access_operations="read"),
            rule("run", path="/acme:interfaces/interface/reset", access_operations="exec"),
            exec_default="deny",
        )
        asked = [lab.ask("ann", "POST", f"{INTERFACES}/interface={name}/reset").status for name in "ab"]
        assert asked == [501, 403]

    def test_are_counted(self, lab):
        lab.staff(
            rule("no", "deny", path="/acme:door"), rule("no-rpc", "deny", module_name="acme", rpc_name="*")
        )
        before = lab.counted()
        lab.ask("ann", "PUT", f"{DATA}/acme:door/code", {"acme:code": "1"})
        lab.ask("ann", "POST", f"{RPCS}/acme:kill-session")
        after = lab.counted()
        assert {name: after[name] - before[name] for name in before} == {
            "denied-operations": 2,
            "denied-data-writes": 1,
            "denied-notifications": 0,
        }


class TestNotifications:
    """Section 3.4.6."""

    def heard(self, lab: Lab, user: str) -> str:
        """What the stream tells of the change that is made now."""
        lab.data()
        begin = datetime.now(UTC)
        lab.data(door={"code": begin.isoformat()}, step=[{"id": begin.second}])
        times = [quote(one.isoformat()) for one in (begin, datetime.now(UTC))]
        path = f"/restconf/streams/NETCONF/json?start-time={times[0]}&stop-time={times[1]}"
        answer = lab.ask(user, "GET", path, Accept="text/event-stream")
        assert answer.status == 200
        return answer.body.decode()

    def test_tell_of_what_may_be_read(self, lab):
        lab.staff(rule("no", "deny", path="/acme:door"), ALL)
        told = self.heard(lab, "ann")
        assert "/acme:step" in told
        assert "/acme:door" not in told

    def test_of_which_nothing_may_be_read_or_that_a_rule_denies_are_dropped_and_counted(self, lab):
        deny = rule("no", "deny", module_name="ietf-netconf-notifications", notification_name="*")
        for rules in ((deny, ALL), (rule("other", path="/acme:safe"),)):
            lab.staff(*rules, read_default="deny")
            before = lab.counted()["denied-notifications"]
            assert "netconf-config-change" not in self.heard(lab, "ann")
            assert lab.counted()["denied-notifications"] == before + 1
