"""RFC 6243 appendix A: one table of interfaces in each of the retrieval modes, as the query parameter of RFC 8040
section 4.8.9 asks for them.

The module's ``status`` is state; nobody reports any here, so that it has its type's default wherever defaults show.
"""

import re
from typing import Any

import pytest
from serving import Server
from workshop_paths import DATA

INTERFACES = f"{DATA}/example:interfaces"
TAG = {"ietf-netconf-with-defaults:default": True}
EDITS = "urn:ietf:params:restconf:capability:defaults:1.0?basic-mode=explicit"

SET: dict[str, dict[str, Any]] = {
    "eth0": {"mtu": 8192},
    "eth1": {},
    "eth2": {"mtu": 9000},
    "eth3": {"mtu": 1500},
}
"""Appendix A.2: what the client has set; eth1 has the default, and eth3 was set to what the default is."""


@pytest.fixture
def server(examples: Server) -> Server:
    listed = [{"name": name, **members} for name, members in SET.items()]
    answer = examples.request("PUT", INTERFACES, {"example:interfaces": {"interface": listed}})
    assert answer.status == 201, answer.body
    return examples


def told(server: Server, mode: str) -> dict[str, dict[str, Any]]:
    query = f"?with-defaults={mode}" if mode else ""
    listed = server.get(f"{INTERFACES}{query}").json["example:interfaces"]["interface"]
    return {entry.pop("name"): entry for entry in listed}


def test_a_3_1_report_all(server: Server) -> None:
    assert told(server, "report-all") == {
        "eth0": {"mtu": 8192, "status": "ok"},
        "eth1": {"mtu": 1500, "status": "ok"},
        "eth2": {"mtu": 9000, "status": "ok"},
        "eth3": {"mtu": 1500, "status": "ok"},
    }


def test_a_3_2_report_all_tagged_tags_what_nobody_set(server: Server) -> None:
    # eth3 was set by the client, so that in a server whose basic mode is explicit it is no default
    assert told(server, "report-all-tagged") == {
        "eth0": {"mtu": 8192, "status": "ok", "@status": TAG},
        "eth1": {"mtu": 1500, "@mtu": TAG, "status": "ok", "@status": TAG},
        "eth2": {"mtu": 9000, "status": "ok", "@status": TAG},
        "eth3": {"mtu": 1500, "status": "ok", "@status": TAG},
    }


def test_a_3_3_trim_leaves_out_what_is_equal_to_the_default(server: Server) -> None:
    assert told(server, "trim") == {"eth0": {"mtu": 8192}, "eth1": {}, "eth2": {"mtu": 9000}, "eth3": {}}


@pytest.mark.parametrize("mode", ["explicit", ""])
def test_a_3_4_explicit_tells_what_was_set(server: Server, mode: str) -> None:
    assert told(server, mode) == SET


def test_the_tag_in_xml(server: Server) -> None:
    answer = server.get(
        f"{INTERFACES}?with-defaults=report-all-tagged", headers={"Accept": "application/yang-data+xml"}
    )
    text = answer.body.decode()
    assert text.count("urn:ietf:params:xml:ns:netconf:default:1.0") == text.count(':default="true"') == 5
    assert '<mtu xmlns:wd="urn:ietf:params:xml:ns:netconf:default:1.0" wd:default="true">1500</mtu>' in text


def test_the_server_tells_its_basic_mode(server: Server) -> None:
    path = f"{DATA}/ietf-restconf-monitoring:restconf-state/capabilities"
    listed = server.get(path).json["ietf-restconf-monitoring:capabilities"]["capability"]
    assert EDITS in listed
    assert "urn:ietf:params:restconf:capability:with-defaults:1.0" in listed


def test_a_default_that_was_set_stays_set_and_one_that_was_not_can_be_created(server: Server) -> None:
    """Section 2.3.3: in the basic mode explicit, creating what was set fails, creating what is a default does not."""
    for name, status in (("eth1", 201), ("eth3", 409)):
        answer = server.request("POST", f"{INTERFACES}/interface={name}", {"example:mtu": 1500})
        assert answer.status == status, answer.body


def test_a_default_that_nobody_set_cannot_be_deleted(server: Server) -> None:
    """Section 2.3.3: deleting what was set brings the default back."""
    assert server.request("DELETE", f"{INTERFACES}/interface=eth1/mtu").status == 404
    assert server.request("DELETE", f"{INTERFACES}/interface=eth0/mtu").status == 204
    assert told(server, "report-all")["eth0"]["mtu"] == 1500


def test_what_was_told_with_tags_is_sent_back_and_changes_nothing(server: Server) -> None:
    """Section 4.5.3: a node with the tag is as if it were not there."""
    body = server.get(f"{INTERFACES}?content=config&with-defaults=report-all-tagged").json
    for entry in body["example:interfaces"]["interface"]:
        entry.pop("status", None)
        entry.pop("@status", None)
    assert server.request("PUT", INTERFACES, body).status == 204
    assert told(server, "explicit") == SET


def test_what_was_told_with_tags_in_xml_is_sent_back(server: Server) -> None:
    told_xml = server.get(
        f"{INTERFACES}?with-defaults=report-all-tagged", headers={"Accept": "application/yang-data+xml"}
    )
    body = re.sub(rb"<status [^>]*>ok</status>", b"", told_xml.body)
    sent = {"Content-Type": "application/yang-data+xml", "Accept": "application/yang-data+json"}
    assert server.request("PUT", INTERFACES, body, headers=sent).status == 204
    assert told(server, "explicit") == SET
    lie = body.replace(b">1500<", b">1501<")
    answer = server.request("PUT", INTERFACES, lie, headers=sent)
    assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")
    assert answer.error["error-path"].endswith("/interface[name='eth1']/mtu")
    junk = server.request("PUT", INTERFACES, body.replace(b">1500<", b">x<"), headers=sent)
    assert junk.status == 400


def test_a_tag_that_lies_is_refused(server: Server) -> None:
    entry = {"name": "eth1", "mtu": 1501, "@mtu": TAG}
    answer = server.request("PUT", f"{INTERFACES}/interface=eth1", {"example:interface": [entry]})
    assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")
    assert answer.error["error-path"] == "/example:interfaces/interface[name='eth1']/mtu"
    edit = {
        "edit-id": "1",
        "operation": "merge",
        "target": "/interface=eth1",
        "value": {"interface": [{**entry, "mtu": 1500}]},
    }
    sent = {"Content-Type": "application/yang-patch+json"}
    patch = {"ietf-yang-patch:yang-patch": {"patch-id": "p", "edit": [edit]}}
    assert server.request("PATCH", INTERFACES, patch, headers=sent).status == 200
    assert told(server, "explicit") == SET


def test_an_unknown_mode_is_refused(server: Server) -> None:
    answer = server.get(f"{INTERFACES}?with-defaults=all")
    assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")
