"""RFC 6243 appendix A: one table of interfaces in each of the retrieval modes, as the query parameter of RFC 8040
section 4.8.9 asks for them; and the rules of its sections on the same table.

The module's ``status`` is state, which a Thing reports for the examples of the appendix. Where the RFC has "up", which is none
of the type's values, it is "ok", the type's default. Elsewhere nobody reports any: it has its default wherever defaults show.
"""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from serving import Server, wait_for
from workshop_paths import DATA

from pyconfhoard import Thing
from pyconfhoard.settings import Settings
from pyconfhoard.thing.context import Context

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


class Status(Thing):
    """Reports the status of each interface."""

    name = "Status"
    module = "example"
    path = "/interfaces"


STATUS = {"eth0": "ok", "eth1": "ok", "eth2": "not feeling so good", "eth3": "waking up"}


@pytest.fixture(scope="module")
def reporter(examples_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Status]:
    registered = examples_server.request(
        "POST", "/v1/thing/Status", {"module": "example", "path": "/interfaces"}
    )
    assert registered.status == 201, registered.body
    folder = tmp_path_factory.mktemp("status")
    settings = Settings(datastore=folder, hoard=examples_server.url, token=registered.json["token"])
    thing = Status(context=Context(settings=settings))
    running = threading.Thread(target=thing.start)
    running.start()
    wait_for(lambda: thing.linked, "the Thing links")
    yield thing
    thing.runner.quit()
    running.join()


@pytest.fixture
def reported(server: Server, reporter: Status) -> Iterator[Server]:
    """Appendix A.2 whole."""
    for name, status in STATUS.items():
        reporter.operational[f"interface[name='{name}']/status"] = status
    path = f"{INTERFACES}/interface=eth3/status"
    wait_for(lambda: server.get(path).json.get("example:status") == "waking up", "the status arrives")
    yield server
    for name in STATUS:
        reporter.operational[f"interface[name='{name}']/status"] = None
    wait_for(lambda: server.get(path).json.get("example:status") != "waking up", "no status is left")


def appendix(server: Server, mode: str) -> dict[str, dict[str, Any]]:
    """Without the annotations of readings."""
    entries = told(server, mode)
    for entry in entries.values():
        for name in [name for name in entry if name.startswith("@")]:
            entry[name] = {key: value for key, value in entry[name].items() if key in TAG}
            if not entry[name]:
                del entry[name]
    return entries


def test_a_3_1_report_all(reported: Server) -> None:
    assert appendix(reported, "report-all") == {
        "eth0": {"mtu": 8192, "status": "ok"},
        "eth1": {"mtu": 1500, "status": "ok"},
        "eth2": {"mtu": 9000, "status": "not feeling so good"},
        "eth3": {"mtu": 1500, "status": "waking up"},
    }


def test_a_3_2_report_all_tagged_tags_what_nobody_set(reported: Server) -> None:
    """The example's server has the basic mode trim, where whatever equals its default is one. In the mode explicit nothing is
    that was set: eth3's mtu by the client, a status by who reports it."""
    assert appendix(reported, "report-all-tagged") == {
        "eth0": {"mtu": 8192, "status": "ok"},
        "eth1": {"mtu": 1500, "@mtu": TAG, "status": "ok"},
        "eth2": {"mtu": 9000, "status": "not feeling so good"},
        "eth3": {"mtu": 1500, "status": "waking up"},
    }


def test_a_3_3_trim_leaves_out_what_is_equal_to_the_default(reported: Server) -> None:
    assert appendix(reported, "trim") == {
        "eth0": {"mtu": 8192},
        "eth1": {},
        "eth2": {"mtu": 9000, "status": "not feeling so good"},
        "eth3": {"status": "waking up"},
    }


@pytest.mark.parametrize("mode", ["explicit", ""])
def test_a_3_4_explicit_tells_what_was_set(reported: Server, mode: str) -> None:
    assert appendix(reported, mode) == {
        "eth0": {"mtu": 8192, "status": "ok"},
        "eth1": {"status": "ok"},
        "eth2": {"mtu": 9000, "status": "not feeling so good"},
        "eth3": {"mtu": 1500, "status": "waking up"},
    }


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
