"""RFC 8341 appendix A over HTTP: its rules, put in as the XML that stands there, and what each of its users may then do.

The same on the library, without HTTP, is in tests/access/test_nacm_rfc8341.py. Where the examples speak of what NETCONF has and
RESTCONF has not, this server's like stands: ietf-restconf-monitoring for ietf-netconf-monitoring, operations of acme-system for
those of ietf-netconf. Comments of rules are left out.
"""

import secrets
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from event_client import listening
from serving import Answer, Server
from workshop_paths import DATA

from pyconfhoard.access.tokens import token_digest

NACM = f"{DATA}/ietf-netconf-acm:nacm"
USERS = f"{DATA}/ietf-system:system/authentication"
MONITORING = f"{DATA}/ietf-restconf-monitoring:restconf-state"
INTERFACES = f"{DATA}/acme-itf:interfaces"
PARAMETERS = f"{DATA}/acme-netconf:acme-netconf/config-parameters"
OPERATIONS = "/restconf/operations/acme-system"
XML = {"Content-Type": "application/yang-data+xml"}
TOKENS = {name: secrets.token_urlsafe(32) for name in ("andy", "wilma", "bam-bam", "guest", "nobody")}

GROUPS = """
     <groups>
       <group>
         <name>admin</name>
         <user-name>admin</user-name>
         <user-name>andy</user-name>
       </group>
       <group>
         <name>limited</name>
         <user-name>wilma</user-name>
         <user-name>bam-bam</user-name>
       </group>
       <group>
         <name>guest</name>
         <user-name>guest</user-name>
         <user-name>guest@example.com</user-name>
       </group>
     </groups>
"""

PERMIT_ALL = """
     <rule-list>
       <name>admin-acl</name>
       <group>admin</group>
       <rule>
         <name>permit-all</name>
         <module-name>*</module-name>
         <access-operations>*</access-operations>
         <action>permit</action>
       </rule>
     </rule-list>
"""

MODULE_RULES = f"""
     <rule-list>
       <name>guest-acl</name>
       <group>guest</group>
       <rule>
         <name>deny-ncm</name>
         <module-name>ietf-restconf-monitoring</module-name>
         <access-operations>*</access-operations>
         <action>deny</action>
       </rule>
     </rule-list>
     <rule-list>
       <name>limited-acl</name>
       <group>limited</group>
       <rule>
         <name>permit-ncm</name>
         <module-name>ietf-restconf-monitoring</module-name>
         <access-operations>read</access-operations>
         <action>permit</action>
       </rule>
       <rule>
         <name>permit-exec</name>
         <module-name>*</module-name>
         <access-operations>exec</access-operations>
         <action>permit</action>
       </rule>
     </rule-list>
     {PERMIT_ALL}
"""

OPERATION_RULES = """
     <rule-list>
       <name>guest-limited-acl</name>
       <group>limited</group>
       <group>guest</group>
       <rule>
         <name>deny-kill-session</name>
         <module-name>acme-system</module-name>
         <rpc-name>kill-session</rpc-name>
         <access-operations>exec</access-operations>
         <action>deny</action>
       </rule>
       <rule>
         <name>deny-delete-config</name>
         <module-name>acme-system</module-name>
         <rpc-name>delete-config</rpc-name>
         <access-operations>exec</access-operations>
         <action>deny</action>
       </rule>
     </rule-list>
     <rule-list>
       <name>limited-acl</name>
       <group>limited</group>
       <rule>
         <name>permit-edit-config</name>
         <module-name>acme-system</module-name>
         <rpc-name>edit-config</rpc-name>
         <access-operations>exec</access-operations>
         <action>permit</action>
       </rule>
     </rule-list>
"""

DATA_RULES = """
     <rule-list>
       <name>guest-acl</name>
       <group>guest</group>
       <rule>
         <name>deny-nacm</name>
         <path xmlns:n="urn:ietf:params:xml:ns:yang:ietf-netconf-acm">
           /n:nacm
         </path>
         <access-operations>*</access-operations>
         <action>deny</action>
       </rule>
     </rule-list>
     <rule-list>
       <name>limited-acl</name>
       <group>limited</group>
       <rule>
         <name>permit-acme-config</name>
         <path xmlns:acme="http://example.com/ns/netconf">
           /acme:acme-netconf/acme:config-parameters
         </path>
         <access-operations>
           read create update delete
         </access-operations>
         <action>permit</action>
       </rule>
     </rule-list>
     <rule-list>
       <name>guest-limited-acl</name>
       <group>guest</group>
       <group>limited</group>
       <rule>
         <name>permit-dummy-interface</name>
         <path xmlns:acme="http://example.com/ns/itf">
           /acme:interfaces/acme:interface[acme:name='dummy']
         </path>
         <access-operations>read update</access-operations>
         <action>permit</action>
       </rule>
     </rule-list>
     <rule-list>
       <name>admin-acl</name>
       <group>admin</group>
       <rule>
         <name>permit-interface</name>
         <path xmlns:acme="http://example.com/ns/itf">
           /acme:interfaces/acme:interface
         </path>
         <access-operations>*</access-operations>
         <action>permit</action>
       </rule>
     </rule-list>
"""

NOTIFICATION_RULES = """
     <rule-list>
       <name>sys-acl</name>
       <group>limited</group>
       <group>guest</group>
       <rule>
         <name>deny-config-change</name>
         <module-name>ietf-netconf-notifications</module-name>
         <notification-name>netconf-config-change</notification-name>
         <access-operations>read</access-operations>
         <action>deny</action>
       </rule>
     </rule-list>
"""


@pytest.fixture
def server(examples: Server) -> Server:
    """With users, interfaces and parameters."""
    users: list[dict[str, Any]] = [
        {
            "name": name,
            "pyconfhoard-access:token": [{"name": "test", "sha256": token_digest(token), "scope": "*"}],
        }
        for name, token in TOKENS.items()
    ]
    interfaces = [{"name": "dummy", "mtu": 1500}, {"name": "eth0", "mtu": 9000}]
    whole = {
        "ietf-system:system": {"authentication": {"user": users}},
        "acme-itf:interfaces": {"interface": interfaces},
        "acme-netconf:acme-netconf": {"note": "n", "config-parameters": {"retries": 2}},
    }
    assert examples.patch(DATA, {"ietf-restconf:data": whole}).status == 204
    return examples


def rule(server: Server, rules: str) -> None:
    """Put in the groups of A.1 and these rules, in place of all that were there."""
    body = f'<nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm">{rules}{GROUPS}</nacm>'
    answer = server.request("PUT", NACM, body.encode(), headers=XML)
    assert answer.status in {201, 204}, answer.body


def ask(server: Server, name: str, method: str, path: str, body: Any = None) -> Answer:
    return server.request(method, path, body, token=TOKENS[name])


def invoke(server: Server, name: str, operation: str) -> bool:
    """Whether he may: then it is tried, and that nobody answers is found out."""
    answer = ask(server, name, "POST", f"{OPERATIONS}:{operation}")
    assert (answer.status, answer.error["error-tag"]) in {
        (403, "access-denied"),
        (501, "operation-not-supported"),
    }
    return answer.status == 501


def is_denied(answer: Answer) -> bool:
    return (answer.status, answer.error["error-tag"]) == (403, "access-denied")


def test_a_1_groups_are_told_as_they_were_put(server: Server) -> None:
    rule(server, "")
    listed = server.get(f"{NACM}/groups").json["ietf-netconf-acm:groups"]["group"]
    assert {group["name"]: set(group["user-name"]) for group in listed} == {
        "admin": {"admin", "andy"},
        "limited": {"wilma", "bam-bam"},
        "guest": {"guest", "guest@example.com"},
    }


def test_a_2_module_rules(server: Server) -> None:
    rule(server, MODULE_RULES)
    assert ask(server, "guest", "GET", MONITORING).status == 404
    assert (
        "ietf-restconf-monitoring:restconf-state" not in ask(server, "guest", "GET", f"{DATA}?depth=2").json
    )
    assert ask(server, "wilma", "GET", f"{MONITORING}/capabilities").status == 200
    assert invoke(server, "wilma", "edit-config")
    assert is_denied(ask(server, "wilma", "PUT", f"{INTERFACES}/interface=eth0/mtu", {"acme-itf:mtu": 1400}))
    assert (
        ask(server, "andy", "PUT", f"{INTERFACES}/interface=eth0/mtu", {"acme-itf:mtu": 1400}).status == 204
    )
    assert invoke(server, "andy", "kill-session")


@pytest.mark.parametrize("default", ["permit", "deny"])
def test_a_3_protocol_operation_rules(server: Server, default: str) -> None:
    """``permit-edit-config`` has no effect unless ``exec-default`` is ``deny``, as the RFC says."""
    rule(server, f"{OPERATION_RULES}<exec-default>{default}</exec-default>")
    for name in ("wilma", "guest"):
        assert not invoke(server, name, "kill-session")
        assert not invoke(server, name, "delete-config")
    assert invoke(server, "wilma", "edit-config")
    assert invoke(server, "guest", "edit-config") is (default == "permit")
    assert invoke(server, "nobody", "kill-session") is (default == "permit")


def test_a_4_guests_are_denied_the_rules(server: Server) -> None:
    """Nobody reads them unless a rule permits it (``nacm:default-deny-all``): here the last does, for all but the guests."""
    groups = "<group>guest</group><group>limited</group>"
    rule(server, DATA_RULES + PERMIT_ALL.replace("admin-acl", "all").replace("<group>admin</group>", groups))
    assert ask(server, "guest", "GET", NACM).status == 404
    assert ask(server, "wilma", "GET", NACM).status == 200
    off = {"ietf-netconf-acm:enable-nacm": False}
    assert is_denied(ask(server, "guest", "PUT", f"{NACM}/enable-nacm", off))


def test_a_4_the_limited_have_the_parameters(server: Server) -> None:
    rule(server, DATA_RULES)
    retries = f"{PARAMETERS}/retries"
    assert ask(server, "wilma", "PUT", retries, {"acme-netconf:retries": 3}).status == 204
    assert ask(server, "bam-bam", "DELETE", retries).status == 204
    assert ask(server, "bam-bam", "PUT", retries, {"acme-netconf:retries": 4}).status == 201
    assert is_denied(ask(server, "guest", "PUT", retries, {"acme-netconf:retries": 5}))
    note = f"{DATA}/acme-netconf:acme-netconf/note"
    assert is_denied(ask(server, "wilma", "PUT", note, {"acme-netconf:note": "m"}))


def test_a_4_the_dummy_is_altered_and_neither_created_nor_deleted(server: Server) -> None:
    rule(server, f"{DATA_RULES}<read-default>deny</read-default>")
    dummy = f"{INTERFACES}/interface=dummy"
    for name, mtu in (("wilma", 1400), ("guest", 1300)):
        assert ask(server, name, "PUT", f"{dummy}/mtu", {"acme-itf:mtu": mtu}).status == 204
        shown = ask(server, name, "GET", INTERFACES).json
        assert shown == {"acme-itf:interfaces": {"interface": [{"name": "dummy", "mtu": mtu}]}}
        assert is_denied(ask(server, name, "DELETE", dummy))
        assert ask(server, name, "PUT", f"{INTERFACES}/interface=eth0/mtu", {"acme-itf:mtu": 1}).status == 403
    assert server.request("DELETE", dummy).status == 204
    made = {"acme-itf:interface": [{"name": "dummy"}]}
    assert is_denied(ask(server, "guest", "PUT", dummy, made))


def test_a_4_admins_have_all_interfaces(server: Server) -> None:
    rule(server, DATA_RULES)
    made = {"acme-itf:interface": [{"name": "eth1"}]}
    assert ask(server, "andy", "POST", INTERFACES, made).status == 201
    assert ask(server, "andy", "DELETE", f"{INTERFACES}/interface=eth0").status == 204
    note = {"acme-netconf:note": "m"}
    assert is_denied(ask(server, "andy", "PUT", f"{DATA}/acme-netconf:acme-netconf/note", note))


def test_a_5_notification_rules(server: Server) -> None:
    """Of the configuration's changes, this server's like of ``sys-config-change``; told again, so that there is an end."""
    rule(server, f"{NOTIFICATION_RULES}{PERMIT_ALL}")
    start = datetime.now(UTC).isoformat()
    path = f"{INTERFACES}/interface=eth0/mtu"
    assert server.request("PUT", path, {"acme-itf:mtu": 1400}).status == 204
    query = f"start-time={quote(start)}&stop-time={quote(datetime.now(UTC).isoformat())}"
    change = "ietf-netconf-notifications:netconf-config-change"
    for name, told in (("andy", True), ("wilma", False), ("guest", False), ("nobody", True)):
        with listening(server, f"/restconf/streams/NETCONF/json?{query}", token=TOKENS[name]) as stream:
            names = [event.name for event in iter(stream.next, None)]
        assert (change in names) is told, name
        assert names[-1] == "nc-notifications:notificationComplete"
