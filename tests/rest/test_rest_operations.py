"""Rpcs and actions over HTTP (RFC 8040 sections 3.3.2, 3.6 and 4.4.2), answered by a real Thing, and by nobody."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from serving import Server, wait_for
from workshop_paths import DATA

from pyconfhoard import Refuse, Thing, action, rpc
from pyconfhoard.settings import Settings
from pyconfhoard.thing.calls import Call
from pyconfhoard.thing.context import Context

OPERATIONS = "/restconf/operations"
OPS = "https://example.com/ns/example-ops"
ACTIONS = "https://example.com/ns/example-actions"
XML = {"Content-Type": "application/yang-data+xml", "Accept": "application/yang-data+xml"}
ETH0 = f"{DATA}/example-actions:interfaces/interface=eth0"


class Interfaces(Thing):
    """Answers the RFC's examples."""

    name = "Interfaces"
    module = "example-actions"
    path = "/interfaces"
    done: list[tuple[Any, ...]]

    def setup(self) -> None:
        self.done = []

    @rpc("example-ops:reboot")
    def reboot(self, call: Call) -> None:
        if call.input["message"] == "crash":
            raise ValueError("the power supply is hot")
        if call.input["message"] == "no":
            raise Refuse("not while it brews")
        self.done.append(("reboot", call.input["delay"], call.input["message"]))

    @rpc("example-ops:get-reboot-info")
    def info(self, call: Call) -> dict[str, Any]:
        return {"reboot-time": 30, "message": 'Going down & "up"'}

    @action("interface/reset")
    def reset(self, call: Call) -> None:
        self.done.append(("reset", call.target["name"], call.input["delay"]))

    @action("interface/get-last-reset-time")
    def last(self, call: Call) -> dict[str, Any]:
        return {} if call.target["name"] == "broken" else {"last-reset": "2015-10-10T02:14:11Z"}


@pytest.fixture(scope="module")
def thing(examples_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interfaces]:
    body = {"module": "example-actions", "path": "/interfaces"}
    registered = examples_server.request("POST", "/v1/thing/Interfaces", body)
    assert registered.status == 201, registered.body
    folder: Path = tmp_path_factory.mktemp("interfaces")
    settings = Settings(datastore=folder, hoard=examples_server.url, token=registered.json["token"])
    made = Interfaces(context=Context(settings=settings))
    running = threading.Thread(target=made.start)
    running.start()
    wait_for(lambda: made.linked, "the Thing links")
    yield made
    made.runner.quit()
    running.join()


@pytest.fixture
def server(examples: Server, thing: Interfaces) -> Server:
    """The examples, with two interfaces."""
    thing.done.clear()
    body = {"example-actions:interfaces": {"interface": [{"name": "eth0"}, {"name": "broken"}]}}
    assert examples.request("PUT", f"{DATA}/example-actions:interfaces", body).status == 201
    return examples


# -- the operations resource ---------------------------------------------------------------------


def test_the_operations_resource_lists_rpcs_as_empty_leafs(server: Server) -> None:
    (listed,) = server.get(OPERATIONS).json.items()
    assert listed[0] == "ietf-restconf:operations"
    assert listed[1]["example-jukebox:play"] == [None]
    assert {"example-ops:reboot", "pyconfhoard-history:rollback"} <= listed[1].keys()


def test_the_operations_resource_in_xml(server: Server) -> None:
    answer = server.get(OPERATIONS, headers={"Accept": "application/yang-data+xml"})
    text = answer.body.decode()
    assert text.startswith('<operations xmlns="urn:ietf:params:xml:ns:yang:ietf-restconf">')
    assert f'<reboot xmlns="{OPS}"/>' in text


def test_an_operation_resource_takes_post_only(server: Server) -> None:
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE"):
        for path in (f"{OPERATIONS}/example-ops:reboot", f"{ETH0}/reset"):
            answer = server.request(method, path)
            assert (answer.status, answer.headers["allow"]) == (405, "POST, OPTIONS"), (method, path)
    for path in (f"{OPERATIONS}/example-ops:reboot", f"{ETH0}/reset"):
        assert server.request("OPTIONS", path).headers["allow"] == "POST, OPTIONS"
    assert server.request("POST", OPERATIONS).status == 405


@pytest.mark.parametrize("name", ["example-ops:rebot", "reboot", "nothing:reboot"])
def test_an_rpc_that_the_model_does_not_have_is_not_found(server: Server, name: str) -> None:
    for method in ("POST", "GET", "OPTIONS"):
        answer = server.request(method, f"{OPERATIONS}/{name}")
        assert (answer.status, answer.error["error-tag"]) == (404, "invalid-value")


# -- rpcs ----------------------------------------------------------------------------------------


def test_an_rpc_without_output_is_answered_by_no_content(server: Server, thing: Interfaces) -> None:
    given = {"example-ops:input": {"delay": 600, "message": "Going down for system maintenance"}}
    answer = server.request("POST", f"{OPERATIONS}/example-ops:reboot", given)
    assert (answer.status, answer.body) == (204, b"")
    assert thing.done == [("reboot", 600, "Going down for system maintenance")]


def test_an_rpc_without_a_body_has_its_defaults(server: Server, thing: Interfaces) -> None:
    assert server.request("POST", f"{OPERATIONS}/example-ops:reboot").status == 204
    assert server.request("POST", f"{OPERATIONS}/example-ops:reboot", {"example-ops:input": {}}).status == 204
    assert thing.done == [("reboot", 0, None)] * 2


def test_an_rpc_with_output_is_answered_by_it(server: Server) -> None:
    answer = server.request("POST", f"{OPERATIONS}/example-ops:get-reboot-info")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/yang-data+json")
    assert answer.json == {"example-ops:output": {"reboot-time": 30, "message": 'Going down & "up"'}}


def test_an_rpc_in_xml(server: Server, thing: Interfaces) -> None:
    body = f'<input xmlns="{OPS}"><delay>600</delay><language>en-US</language></input>'
    answer = server.request("POST", f"{OPERATIONS}/example-ops:reboot", body.encode(), headers=XML)
    assert answer.status == 204
    assert thing.done == [("reboot", 600, None)]
    answer = server.request("POST", f"{OPERATIONS}/example-ops:get-reboot-info", headers=XML)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/yang-data+xml")
    assert answer.body.startswith(f'<output xmlns="{OPS}"><reboot-time>30</reboot-time><message>'.encode())
    assert b"Going down &amp; " in answer.body


def test_the_path_of_a_wrong_input_begins_at_the_message(server: Server) -> None:
    """The example of RFC 8040 section 3.6.3."""
    given = {"example-ops:input": {"delay": -33}}
    answer = server.request("POST", f"{OPERATIONS}/example-ops:reboot", given)
    assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")
    assert answer.error["error-path"] == "/example-ops:input/delay"


def test_the_path_of_a_wrong_input_in_xml(server: Server) -> None:
    body = f'<input xmlns="{OPS}"><delay>-33</delay></input>'
    answer = server.request("POST", f"{OPERATIONS}/example-ops:reboot", body.encode(), headers=XML)
    assert answer.status == 400
    assert (
        f'<error-path xmlns:example-ops="{OPS}">/example-ops:input/example-ops:delay<'.encode() in answer.body
    )


@pytest.mark.parametrize(
    ("body", "tag"),
    [
        ({}, "malformed-message"),
        ({"input": {}}, "malformed-message"),
        ({"example-ops:output": {}}, "malformed-message"),
        ({"example-ops:input": []}, "malformed-message"),
        ({"example-ops:input": {"nothing": 1}}, "unknown-element"),
    ],
)
def test_a_body_that_is_no_input_is_refused(server: Server, thing: Interfaces, body: Any, tag: str) -> None:
    answer = server.request("POST", f"{OPERATIONS}/example-ops:reboot", body)
    assert answer.status == 400
    assert answer.error["error-tag"] in {tag, "invalid-value"}
    assert thing.done == []


def test_an_input_of_another_namespace_is_refused(server: Server) -> None:
    answer = server.request(
        "POST", f"{OPERATIONS}/example-ops:reboot", f'<input xmlns="{ACTIONS}"/>'.encode(), headers=XML
    )
    assert answer.status == 400
    assert b"<error-tag>unknown-element</error-tag>" in answer.body


def test_what_a_thing_objects_is_the_answer(server: Server) -> None:
    for message, reason in (("no", "not while it brews"), ("crash", "ValueError: the power supply is hot")):
        given = {"example-ops:input": {"message": message}}
        answer = server.request("POST", f"{OPERATIONS}/example-ops:reboot", given)
        assert (answer.status, answer.error["error-tag"]) == (412, "operation-failed")
        assert answer.error["error-message"] == reason


def test_what_nobody_answers_is_judged_first_and_then_not_supported(server: Server) -> None:
    path = f"{OPERATIONS}/example-jukebox:play"
    missing = server.request("POST", path, {"example-jukebox:input": {"playlist": "Foo-One"}})
    assert (missing.status, missing.error["error-tag"]) == (400, "missing-element")
    assert missing.error["error-path"] == "/example-jukebox:input/song-number"
    right = {"example-jukebox:input": {"playlist": "Foo-One", "song-number": 2}}
    answer = server.request("POST", path, right)
    assert (answer.status, answer.error["error-tag"]) == (501, "operation-not-supported")
    assert "error-path" not in answer.error, "no node is meant"


def test_an_operation_takes_no_query(server: Server) -> None:
    answer = server.request("POST", f"{OPERATIONS}/example-ops:reboot?depth=1")
    assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")


# -- actions -------------------------------------------------------------------------------------


def test_an_action_is_invoked_on_its_instance(server: Server, thing: Interfaces) -> None:
    given = {"example-actions:input": {"delay": 600}}
    answer = server.request("POST", f"{ETH0}/reset", given)
    assert (answer.status, answer.body) == (204, b"")
    assert server.request("POST", f"{ETH0}/example-actions:reset").status == 204
    assert thing.done == [("reset", "eth0", 600), ("reset", "eth0", 0)]


def test_an_action_has_an_output(server: Server) -> None:
    answer = server.request("POST", f"{ETH0}/get-last-reset-time")
    assert (answer.status, answer.json) == (
        200,
        {"example-actions:output": {"last-reset": "2015-10-10T02:14:11Z"}},
    )
    told = server.request(
        "POST", f"{ETH0}/get-last-reset-time", headers={"Accept": "application/yang-data+xml"}
    )
    assert told.body.startswith(f'<output xmlns="{ACTIONS}">'.encode())


def test_an_action_is_invoked_in_operational_alone_of_the_datastores(server: Server) -> None:
    path = "example-actions:interfaces/interface=eth0/reset"
    assert server.request("POST", f"/restconf/ds/ietf-datastores:operational/{path}").status == 204
    assert server.request("POST", f"/restconf/ds/ietf-datastores:running/{path}", {}).status == 404


def test_an_action_takes_post_only(server: Server) -> None:
    for place in (DATA, "/restconf/ds/ietf-datastores:operational"):
        path = f"{place}/example-actions:interfaces/interface=eth0/reset"
        for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE"):
            answer = server.request(method, path)
            assert (answer.status, answer.headers["allow"]) == (405, "POST, OPTIONS")
        assert server.request("OPTIONS", path).headers["allow"] == "POST, OPTIONS"


def test_an_action_on_what_is_not_there_or_no_entry(server: Server, thing: Interfaces) -> None:
    interfaces = f"{DATA}/example-actions:interfaces"
    assert server.request("POST", f"{interfaces}/interface=eth9/reset").status == 404
    answer = server.request("POST", f"{interfaces}/interface/reset")
    assert (answer.status, answer.error["error-tag"]) == (400, "missing-attribute")
    assert server.request("POST", f"{interfaces}/reset").status == 404
    assert thing.done == []


def test_an_answer_that_breaks_the_model_is_not_passed_on(server: Server) -> None:
    answer = server.request("POST", f"{DATA}/example-actions:interfaces/interface=broken/get-last-reset-time")
    assert (answer.status, answer.error["error-tag"]) == (500, "operation-failed")
    assert "last-reset" in answer.error["error-message"]
