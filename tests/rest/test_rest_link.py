"""``/v1/link``: Things played over real WebSockets."""

import itertools
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import websocket
from serving import BREWERY, Server, serving, wait_for

PROVIDER = "TemperatureProvider"
CONTROLLER = "FermentationController"
OWNED = {PROVIDER: "/brewerslab:brewhouse/temperature", CONTROLLER: "/brewerslab:brewhouse/power"}
LATEST = "/brewerslab:brewhouse/temperature/fermentation/results/latest"
SETPOINT = "/brewerslab:brewhouse/temperature/fermentation/setpoint"
RUNNING = f"/v1/datastore/running/{PROVIDER}"
RESULTS = f"/v1/datastore/operational/{PROVIDER}/fermentation/results"

pids = itertools.count(1000)


class Thing:
    """A Thing's side of a link, a message at a time."""

    def __init__(
        self, server: Server, name: str = PROVIDER, *, token: str | None = None, **hello: Any
    ) -> None:
        secret = token if token is not None else (server.folder / "run" / f"{name}.token").read_text().strip()
        make: Any = websocket.WebSocket
        self.wire = make()
        self.wire.connect(
            f"ws://127.0.0.1:{server.port}/v1/link",
            header=[f"Authorization: Bearer {secret}"],
            timeout=10,
            suppress_origin=True,
        )
        self.hello = {
            "type": "hello",
            "version": 1,
            "thing": name,
            "module": "brewerslab",
            "path": OWNED.get(name, "/brewerslab:brewhouse"),
            "host": "kettle",
            "machine": "m1",
            "pid": next(pids),
            "follow": [],
            "revision": 0,
            **hello,
        }
        self.send(self.hello)

    def send(self, message: Any) -> None:
        self.wire.send(message if isinstance(message, str) else json.dumps(message))

    def next(self, kind: str) -> dict[str, Any]:
        """The next message, which is one of that type; pings are answered on the way."""
        while True:
            opcode, data = self.wire.recv_data()
            assert opcode == websocket.ABNF.OPCODE_TEXT, (kind, opcode, data)
            message: dict[str, Any] = json.loads(data)
            if message["type"] == "ping" and kind != "ping":
                self.send({"type": "pong"})
                continue
            assert message["type"] == kind, message
            return message

    def end(self) -> tuple[int, str]:
        """Close code and reason, once what was sent before is read."""
        while True:
            opcode, data = self.wire.recv_data(control_frame=True)
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return int.from_bytes(data[:2], "big"), data[2:].decode()

    def publish(self, seq: int, value: str, **more: Any) -> None:
        data = {"brewerslab:fermentation": {"results": {"latest": value, **more}}}
        self.send({"type": "operational", "seq": seq, "time": "2026-11-21T00:00:00Z", "data": data})

    def cut(self) -> None:
        """As when the process is killed."""
        self.wire.shutdown()


@pytest.fixture(scope="module")
def hoard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("links") / "datastore"
    with serving(
        folder,
        yang=[Path(__file__).parent / "yang"],
        modules=["brewerslab", "example-ops"],
        PYCONF_VOTE_TIMEOUT="0.5",
        PYCONF_HEARTBEAT="0.5",
    ) as running:
        for name, path in BREWERY:
            assert (
                running.request("POST", f"/v1/thing/{name}", {"module": "brewerslab", "path": path}).status
                == 201
            )
        yield running


@pytest.fixture
def link(hoard: Server) -> Iterator[Callable[..., Thing]]:
    """Makes Things, and cuts them all in the end."""
    made: list[Thing] = []

    def make(name: str = PROVIDER, **more: Any) -> Thing:
        made.append(Thing(hoard, name, **more))
        return made[-1]

    yield make
    for thing in made:
        thing.cut()
    names = [name for name, _ in BREWERY]
    wait_for(
        lambda: not any(hoard.get("/v1/discover").json["datastores"][name]["linked"] for name in names),
        "links are gone",
    )
    assert hoard.request("PUT", "/restconf/data", {"ietf-restconf:data": {}}).status == 204


def later(call: Callable[[], Any]) -> Any:
    """A call that waits for something that the test does next."""
    pool = ThreadPoolExecutor(1)
    future = pool.submit(call)
    pool.shutdown(wait=False)
    return future


def patch_setpoint(hoard: Server, value: str) -> Any:
    return hoard.patch(RUNNING, {"brewerslab:fermentation": {"setpoint": value}})


# -- being taken on ------------------------------------------------------------------------------


def test_welcome_brings_configuration_and_what_is_followed(hoard: Server, link: Callable[..., Thing]) -> None:
    patch_setpoint(hoard, "17.5")
    provider = link()
    welcome = provider.next("welcome")
    assert welcome["config"] == {"brewerslab:fermentation": {"setpoint": "17.5"}}
    assert welcome["revision"] == hoard.revision()
    assert welcome["heartbeat"] == 0.5
    provider.publish(1, "18.25")
    provider.next("seen")
    controller = link(CONTROLLER, follow=[SETPOINT, LATEST])
    followed = controller.next("welcome")["followed"]
    assert followed[0] == {"path": SETPOINT, "config": {"brewerslab:setpoint": "17.5"}, "operational": {}}
    assert followed[1]["operational"]["brewerslab:latest"] == "18.25"
    assert followed[1]["operational"]["@brewerslab:latest"]["pyconfhoard:quality"] == "good"


def test_linked_things_show_in_discover(hoard: Server, link: Callable[..., Thing]) -> None:
    link().next("welcome")
    assert hoard.get("/v1/discover").json["datastores"][PROVIDER]["linked"] is True


@pytest.mark.parametrize(
    ("hello", "reason"),
    [
        ({"thing": "Nobody"}, "TemperatureProvider, not of Nobody"),
        ({"path": "/brewerslab:brewhouse"}, "registered for /brewerslab:brewhouse/temperature"),
        ({"version": 99}, "version 1"),
        ({"follow": ["/brewerslab:nowhere"]}, "cannot follow"),
        ({"follow": ["nonsense"]}, "cannot follow"),
    ],
)
def test_thing_that_cannot_be_taken_on_is_told_why(
    link: Callable[..., Thing], hello: dict[str, Any], reason: str
) -> None:
    thing = link(**hello)
    assert reason in thing.next("refused")["reason"]
    code, words = thing.end()
    assert code == 4403
    assert reason in words


def test_unregistered_thing_is_told_how_to_register(hoard: Server, link: Callable[..., Thing]) -> None:
    thing = link("Stranger", token=hoard.token)
    assert "--register" in thing.next("refused")["reason"]


def deny_things(hoard: Server, path: str) -> None:
    """Let Things not read what stands at ``path``."""
    rule = {"name": "no", "path": path, "access-operations": "read", "action": "deny"}
    rules = {"rule-list": [{"name": "no", "group": ["things"], "rule": [rule]}]}
    assert hoard.patch("/restconf/data/ietf-netconf-acm:nacm", {"ietf-netconf-acm:nacm": rules}).status == 204


def test_thing_follows_what_the_access_rules_let_it_read(hoard: Server, link: Callable[..., Thing]) -> None:
    deny_things(hoard, LATEST)
    thing = link(CONTROLLER, follow=[LATEST])
    assert "may not follow what is here" in thing.next("refused")["reason"]
    assert link(CONTROLLER, follow=[SETPOINT]).next("welcome")


def test_new_rules_end_links_that_follow_too_much(hoard: Server, link: Callable[..., Thing]) -> None:
    controller, provider = link(CONTROLLER, follow=[LATEST]), link(PROVIDER)
    controller.next("welcome")
    provider.next("welcome")
    deny_things(hoard, LATEST)
    assert controller.end() == (1012, "the access rules have changed: come again")
    assert link(CONTROLLER, follow=[SETPOINT]).next("welcome")


@pytest.mark.parametrize("token", ["", "wrong"])
def test_link_without_a_good_token_is_no_link(hoard: Server, token: str) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as raised:
        Thing(hoard, token=token)
    assert raised.value.status_code in {401, 403}


def test_plain_get_of_the_link_says_what_is_wanted(hoard: Server) -> None:
    answer = hoard.get("/v1/link")
    assert (answer.status, answer.headers["upgrade"]) == (426, "websocket")


def test_second_copy_is_refused_with_the_holders_name_pid_and_host(link: Callable[..., Thing]) -> None:
    holder = link(pid=4711, host="kettle")
    holder.next("welcome")
    copy = link(pid=4712)
    holder.next("ping")
    holder.send({"type": "pong"})
    assert copy.next("refused")["reason"] == f"{PROVIDER} runs already: pid 4711 on host kettle"
    assert copy.end()[0] == 4409
    holder.publish(1, "18.0")
    holder.next("seen")


def test_second_copy_on_another_machine_is_refused_without_asking(link: Callable[..., Thing]) -> None:
    link(machine="m1").next("welcome")
    assert "runs already" in link(machine="m2").next("refused")["reason"]


def test_same_process_takes_its_place_again_at_once(link: Callable[..., Thing]) -> None:
    first = link(pid=4711)
    first.next("welcome")
    second = link(pid=4711)
    second.next("welcome")
    assert first.end()[0] == 4409
    second.publish(1, "18.0")
    second.next("seen")


def test_thing_that_hangs_loses_its_place_to_a_new_process(link: Callable[..., Thing]) -> None:
    first = link()
    first.next("welcome")
    second = link()
    second.next("welcome")  # the first never answered the ping
    first.next("ping")
    assert first.end()[0] == 4409


def test_thing_takes_its_place_when_the_holder_was_killed(link: Callable[..., Thing]) -> None:
    first = link()
    first.next("welcome")
    first.cut()
    link().next("welcome")


def test_silent_link_is_dropped(hoard: Server, link: Callable[..., Thing]) -> None:
    thing = link()
    thing.next("welcome")
    code, words = thing.end()
    assert (code, "silent" in words) == (4408, True)


def test_pings_keep_a_link_alive(hoard: Server, link: Callable[..., Thing]) -> None:
    thing = link()
    thing.next("welcome")
    for _ in range(5):
        thing.send({"type": "ping"})
        thing.next("pong")


@pytest.mark.parametrize("nonsense", ["not json", "[]", '{"type":"vote"}', '{"type":"hello"}'])
def test_nonsense_ends_the_link_and_nothing_else(
    hoard: Server, link: Callable[..., Thing], nonsense: str
) -> None:
    thing = link()
    thing.next("welcome")
    thing.send(nonsense)
    assert thing.end()[0] == 1002
    assert hoard.healthy()


def test_binary_frames_end_the_link(hoard: Server, link: Callable[..., Thing]) -> None:
    thing = link()
    thing.next("welcome")
    thing.wire.send_binary(b"\x00\xff")
    assert thing.end()[0] == 1002


# -- changes and votes ---------------------------------------------------------------------------


def test_change_is_voted_on_then_told(hoard: Server, link: Callable[..., Thing]) -> None:
    thing = link()
    thing.next("welcome")
    answer = later(lambda: patch_setpoint(hoard, "16.0"))
    prepare = thing.next("prepare")
    assert [(edit["op"], edit["path"], edit["value"]) for edit in prepare["edits"]] == [
        ("replace", "/brewerslab:brewhouse/temperature", {"fermentation": {"setpoint": "16.0"}})
    ]
    assert hoard.get(f"{RUNNING}/fermentation/setpoint").json == {"brewerslab:setpoint": "18.0"}
    thing.send({"type": "vote", "id": prepare["id"], "ok": True})
    assert answer.result(10).status == 204
    change = thing.next("change")
    assert (change["revision"], change["edits"]) == (hoard.revision(), prepare["edits"])


def test_refusal_aborts_with_the_things_reason(hoard: Server, link: Callable[..., Thing]) -> None:
    thing = link()
    thing.next("welcome")
    before = hoard.config()
    answer = later(lambda: patch_setpoint(hoard, "16.0"))
    prepare = thing.next("prepare")
    thing.send({"type": "vote", "id": prepare["id"], "ok": False, "reason": "the probe is out of the beer"})
    refused = answer.result(10)
    assert (refused.status, refused.error["error-tag"]) == (412, "operation-failed")
    assert f"{PROVIDER} refuses: the probe is out of the beer" in refused.error["error-message"]
    assert thing.next("abort")["id"] == prepare["id"]
    assert hoard.config() == before


def test_only_the_things_concerned_are_asked(hoard: Server, link: Callable[..., Thing]) -> None:
    controller = link(CONTROLLER)
    controller.next("welcome")
    assert patch_setpoint(hoard, "16.0").status == 204
    answer = later(lambda: hoard.patch(f"/v1/datastore/running/{CONTROLLER}", {"brewerslab:mode": "off"}))
    prepare = controller.next("prepare")
    controller.send({"type": "vote", "id": prepare["id"], "ok": True})
    assert answer.result(10).status == 204
    controller.next("change")


def test_thing_that_does_not_vote_stops_one_commit_not_all(hoard: Server, link: Callable[..., Thing]) -> None:
    thing = link()
    thing.next("welcome")
    answer = later(lambda: patch_setpoint(hoard, "16.0"))
    prepare = thing.next("prepare")
    late = answer.result(10)
    assert late.status == 412
    assert "did not say within 0.5 s" in late.error["error-message"]
    thing.next("abort")
    assert patch_setpoint(hoard, "16.5").status == 204
    thing.next("change")
    thing.send({"type": "vote", "id": prepare["id"], "ok": True})  # it answers again, so it votes again
    thing.send({"type": "ping"})
    thing.next("pong")
    answer = later(lambda: patch_setpoint(hoard, "17.0"))
    thing.send({"type": "vote", "id": thing.next("prepare")["id"], "ok": True})
    assert answer.result(10).status == 204


def test_thing_cannot_write_from_inside_prepare(hoard: Server, link: Callable[..., Thing]) -> None:
    thing = link()
    thing.next("welcome")
    token = (hoard.folder / "run" / f"{PROVIDER}.token").read_text().strip()
    answer = later(lambda: patch_setpoint(hoard, "16.0"))
    prepare = thing.next("prepare")
    body = {"brewerslab:fermentation": {"highpoint": "20.0"}}
    inside = hoard.patch(RUNNING, body, token=token)
    assert (inside.status, inside.error["error-tag"]) == (409, "in-use")
    # Nor try a change: that would wait for its turn, and so for this vote.
    edit = {"edit-id": "1", "operation": "merge", "target": "/fermentation", "value": body}
    patch = {"ietf-yang-patch:yang-patch": {"patch-id": "p", "edit": [edit]}}
    kind = {"Content-Type": "application/yang-patch+json"}
    place = "/restconf/data/brewerslab:brewhouse/temperature"
    candidate = hoard.request("POST", "/v1/candidate", token=token).json["id"]
    named = {"pyconfhoard-candidates:input": {"candidate": candidate}}
    operation = "/restconf/operations/pyconfhoard-candidates:validate-candidate"
    for tried in (
        hoard.patch(f"{RUNNING}?dry-run", body, token=token),
        hoard.patch(f"{place}?dry-run", patch, token=token, headers=kind),
        hoard.request("POST", f"/v1/candidate/{candidate}/validate", token=token),
        hoard.request("POST", f"/v1/candidate/{candidate}/commit", token=token),
        hoard.request("POST", operation, named, token=token),
    ):
        assert tried.status == 409
        assert b"is asked for its vote" in tried.body
    thing.send({"type": "vote", "id": prepare["id"], "ok": True})
    assert answer.result(10).status == 204


def test_thing_that_dies_while_asked_does_not_vote(hoard: Server, link: Callable[..., Thing]) -> None:
    thing = link()
    thing.next("welcome")
    answer = later(lambda: patch_setpoint(hoard, "16.0"))
    thing.next("prepare")
    thing.cut()
    assert answer.result(10).status == 204


def test_follower_is_told_of_configuration_and_does_not_vote(
    hoard: Server, link: Callable[..., Thing]
) -> None:
    controller = link(CONTROLLER, follow=[SETPOINT])
    controller.next("welcome")
    assert patch_setpoint(hoard, "16.0").status == 204
    news = controller.next("followed")
    assert news["path"] == SETPOINT
    assert news["edits"] == [{"op": "replace", "path": SETPOINT, "value": "16.0"}]


def test_what_could_not_be_applied_shows_in_discover(hoard: Server, link: Callable[..., Thing]) -> None:
    thing = link()
    thing.next("welcome")
    thing.send({"type": "applied", "revision": 3, "ok": False, "reason": "the valve is stuck"})
    thing.send({"type": "ping"})
    thing.next("pong")
    told = hoard.get("/v1/discover").json["datastores"][PROVIDER]["applied"]
    assert told == {"revision": 3, "ok": False, "reason": "the valve is stuck"}


# -- readings --------------------------------------------------------------------------------------


def test_reading_shows_with_quality_and_time(hoard: Server, link: Callable[..., Thing]) -> None:
    thing = link()
    thing.next("welcome")
    note = {"pyconfhoard:quality": "simulated", "pyconfhoard:time": "2026-11-21T12:00:00Z"}
    thing.publish(7, "18.25", **{"@latest": note})
    assert thing.next("seen")["seq"] == 7
    told = hoard.get(f"{RESULTS}/latest").json
    assert told == {"brewerslab:latest": "18.25", "@brewerslab:latest": note}
    assert "etag" not in hoard.get(f"{RESULTS}/latest").headers
    path = "/restconf/data/brewerslab:brewhouse/temperature/fermentation/results/latest"
    in_xml = hoard.get(path, headers={"Accept": "application/yang-data+xml"})
    space = "{urn:pyconfhoard:hoard}"
    assert ElementTree.fromstring(in_xml.body).attrib == {
        f"{space}quality": "simulated",
        f"{space}time": "2026-11-21T12:00:00Z",
    }
    whole = hoard.get("/restconf/data/brewerslab:brewhouse/temperature")
    assert whole.json["brewerslab:temperature"]["fermentation"]["results"]["latest"] == "18.25"
    assert "etag" not in whole.headers
    config = hoard.get("/restconf/data/brewerslab:brewhouse/temperature?content=config")
    assert "latest" not in config.body.decode()


def test_answer_that_holds_state_is_never_304(hoard: Server, link: Callable[..., Thing]) -> None:
    patch_setpoint(hoard, "16.0")
    path = "/restconf/data/brewerslab:brewhouse/temperature"
    tag = hoard.get(f"{path}?content=config").headers["etag"]
    assert hoard.get(f"{path}?content=config", headers={"If-None-Match": tag}).status == 304
    thing = link()
    thing.next("welcome")
    thing.publish(1, "18.25")
    thing.next("seen")
    assert hoard.get(path, headers={"If-None-Match": tag}).status == 200


def test_followers_get_readings_quality_included(hoard: Server, link: Callable[..., Thing]) -> None:
    controller = link(CONTROLLER, follow=[LATEST])
    controller.next("welcome")
    provider = link()
    provider.next("welcome")
    for value, quality in (("18.0", "good"), ("18.0", "faulty"), ("18.5", "good")):
        provider.publish(1, value, **{"@latest": {"pyconfhoard:quality": quality}})
        provider.next("seen")
        told = controller.next("followed")["operational"]
        assert told["brewerslab:latest"] == value
        assert told["@brewerslab:latest"]["pyconfhoard:quality"] == quality


def test_lost_link_makes_readings_stale_here_and_for_followers(
    hoard: Server, link: Callable[..., Thing]
) -> None:
    controller = link(CONTROLLER, follow=[LATEST])
    controller.next("welcome")
    provider = link()
    provider.next("welcome")
    provider.publish(1, "18.0")
    controller.next("followed")
    provider.cut()
    told = controller.next("followed")["operational"]
    assert told["@brewerslab:latest"]["pyconfhoard:quality"] == "stale"
    assert hoard.get(f"{RESULTS}/latest").json["@brewerslab:latest"]["pyconfhoard:quality"] == "stale"


def test_removed_reading_is_gone(hoard: Server, link: Callable[..., Thing]) -> None:
    thing = link()
    thing.next("welcome")
    thing.publish(1, "18.0")
    thing.next("seen")
    thing.send(
        {"type": "operational", "seq": 2, "time": "2026-11-21T00:00:00Z", "data": {}, "remove": [LATEST]}
    )
    thing.next("seen")
    assert hoard.get(f"{RESULTS}/latest").status == 404


@pytest.mark.parametrize(
    "data",
    [
        {"brewerslab:nowhere": 1},
        {"brewerslab:fermentation": {"setpoint": "17.0"}},
        {"brewerslab:fermentation": {"results": {"latest": "hot"}}},
    ],
)
def test_reading_that_the_model_does_not_have_is_logged_and_dropped(
    hoard: Server, link: Callable[..., Thing], data: dict[str, Any]
) -> None:
    thing = link()
    thing.next("welcome")
    thing.send({"type": "operational", "seq": 5, "time": "2026-11-21T00:00:00Z", "data": data})
    assert thing.next("seen")["seq"] == 5
    assert "publishes what its model does not have" in hoard.log.read_text()


# -- the hoard's end ---------------------------------------------------------------------------------


def test_registering_another_thing_tells_links_to_come_again(
    hoard: Server, link: Callable[..., Thing]
) -> None:
    thing = link()
    thing.next("welcome")
    body = {"module": "brewerslab", "path": "/recipes"}
    assert hoard.request("POST", "/v1/thing/Librarian", body).status == 201
    assert thing.end()[0] == 1012


def test_stopping_hoard_tells_links_to_come_again(tmp_path: Any) -> None:
    with serving(tmp_path / "datastore", modules=["brewerslab"]) as running:
        name, path = BREWERY[0]
        running.request("POST", f"/v1/thing/{name}", {"module": "brewerslab", "path": path})
        thing = Thing(running)
        thing.next("welcome")
        running.process.terminate()
        assert thing.end() == (1012, "the hoard stops")
        thing.cut()
        assert running.stop() == 0


# -- rpcs ----------------------------------------------------------------------------------------

REBOOT = "/restconf/operations/example-ops:reboot"


def test_an_rpc_is_carried_to_the_thing_that_answers_it(hoard: Server, link: Callable[..., Thing]) -> None:
    thing = link(answers=["example-ops:reboot"])
    thing.next("welcome")
    asked = later(lambda: hoard.request("POST", REBOOT))
    call = thing.next("call")
    assert (call["operation"], call["path"], call["input"]) == ("example-ops:reboot", "", {})
    thing.send({"type": "answer", "id": call["id"], "ok": True, "output": {}})
    assert asked.result().status == 204


def test_what_a_thing_objects_has_the_status_of_its_tag(hoard: Server, link: Callable[..., Thing]) -> None:
    thing = link(answers=["example-ops:reboot"])
    thing.next("welcome")
    asked = later(lambda: hoard.request("POST", REBOOT))
    call = thing.next("call")
    fault = {"tag": "in-use", "message": "it boils"}
    thing.send({"type": "answer", "id": call["id"], "ok": False, "faults": [fault]})
    assert (asked.result().status, asked.result().error["error-message"]) == (409, "it boils")


def test_a_link_that_ends_before_the_answer_is_503(hoard: Server, link: Callable[..., Thing]) -> None:
    thing = link(answers=["example-ops:reboot"])
    thing.next("welcome")
    asked = later(lambda: hoard.request("POST", REBOOT))
    thing.next("call")
    thing.cut()
    assert (asked.result().status, asked.result().error["error-tag"]) == (503, "operation-failed")
    assert hoard.request("POST", REBOOT).status == 501


def test_an_answer_that_nobody_waits_for_is_passed_over(hoard: Server, link: Callable[..., Thing]) -> None:
    thing = link()
    thing.next("welcome")
    thing.send({"type": "answer", "id": 99, "ok": True, "output": {}})
    thing.send({"type": "ping"})
    thing.next("pong")


def test_no_rpc_is_invoked_from_inside_prepare(hoard: Server, link: Callable[..., Thing]) -> None:
    thing = link()
    thing.next("welcome")
    asked = later(lambda: patch_setpoint(hoard, "18.0"))
    prepare = thing.next("prepare")
    token = (hoard.folder / "run" / f"{PROVIDER}.token").read_text().strip()
    path = "/restconf/operations/pyconfhoard-history:list-revisions"
    answer = hoard.request("POST", path, token=token)
    assert (answer.status, answer.error["error-tag"]) == (409, "in-use")
    thing.send({"type": "vote", "id": prepare["id"], "ok": True})
    assert asked.result().status == 204
