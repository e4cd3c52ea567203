"""The link's protocol without a socket: messages in, events out."""

import json
from typing import Any

import pytest

from pyconfhoard.errors import Fault, LinkError
from pyconfhoard.thing.link import (
    EXPECTED,
    FIELDS,
    MAX_FRAME,
    Abort,
    Called,
    Change,
    Followed,
    Identity,
    Link,
    Prepare,
    RefusedLink,
    Seen,
    Welcome,
)

IDENTITY = Identity("T", "brewerslab", "/brewerslab:brewhouse", "host", "machine", 7, ("/brewerslab:a",))
WELCOME = {"type": "welcome", "revision": 3, "config": {"a": 1}, "followed": [], "heartbeat": 5}


def sent(link: Link) -> list[dict[str, Any]]:
    return [json.loads(frame) for frame in link.take()]


def linked() -> Link:
    link = Link(IDENTITY, 0.0)
    link.receive(json.dumps(WELCOME), 0.0)
    return link


class TestGreeting:
    def test_hello_tells_who_the_thing_is(self) -> None:
        link = Link(IDENTITY, 0.0)
        link.hello(12)
        assert sent(link) == [
            {
                "type": "hello",
                "version": 1,
                "thing": "T",
                "module": "brewerslab",
                "path": "/brewerslab:brewhouse",
                "host": "host",
                "machine": "machine",
                "pid": 7,
                "follow": ["/brewerslab:a"],
                "answers": [],
                "revision": 12,
            }
        ]

    def test_welcome_links(self) -> None:
        link = Link(IDENTITY, 0.0)
        event = link.receive(json.dumps(WELCOME | {"heartbeat": 2}), 0.0)
        assert event == Welcome(3, {"a": 1}, ())
        assert (link.state, link.heartbeat) == ("linked", 2.0)

    def test_refused_names_the_holder(self) -> None:
        link = Link(IDENTITY, 0.0)
        reason = "T runs already: pid 9 on host x"
        assert link.receive(json.dumps({"type": "refused", "reason": reason}), 0.0) == RefusedLink(reason)
        assert link.state == "closed"


class TestLinked:
    @pytest.mark.parametrize(
        ("message", "event"),
        [
            ({"type": "prepare", "id": 4, "revision": 9, "edits": [{}]}, Prepare(4, 9, ({},))),
            ({"type": "abort", "id": 4}, Abort(4)),
            ({"type": "change", "revision": 9, "edits": []}, Change(9, ())),
            ({"type": "seen", "seq": 8}, Seen(8)),
            (
                {"type": "call", "id": 4, "operation": "m:ring", "path": "", "input": {"times": 2}},
                Called(4, "m:ring", "", {"times": 2}),
            ),
            ({"type": "followed", "path": "/x:y"}, Followed("/x:y", None, None, None)),
            (
                {"type": "followed", "path": "/x:y", "config": {"b": 1}, "operational": {}, "edits": [1]},
                Followed("/x:y", {"b": 1}, {}, (1,)),
            ),
        ],
    )
    def test_messages_become_events(self, message: dict[str, Any], event: object) -> None:
        assert linked().receive(json.dumps(message), 0.0) == event

    def test_an_unknown_message_is_ignored(self) -> None:
        assert linked().receive('{"type":"of-tomorrow"}', 0.0) is None

    def test_a_ping_is_answered(self) -> None:
        link = linked()
        assert link.receive('{"type":"ping"}', 0.0) is None
        assert sent(link) == [{"type": "pong"}]

    def test_votes_and_results(self) -> None:
        link = linked()
        link.vote(1)
        link.vote(2, reason="too hot", path="/x:y")
        link.applied(5)
        link.applied(6, reason="no power")
        assert sent(link) == [
            {"type": "vote", "id": 1, "ok": True},
            {"type": "vote", "id": 2, "ok": False, "reason": "too hot", "path": "/x:y"},
            {"type": "applied", "revision": 5, "ok": True},
            {"type": "applied", "revision": 6, "ok": False, "reason": "no power"},
        ]

    def test_answers_of_calls(self) -> None:
        link = linked()
        link.answer(1, {"rung": 2})
        link.answer(2, {}, (Fault("invalid-value", "too often", "times"),))
        fault = {"tag": "invalid-value", "message": "too often", "path": "times", "app_tag": ""}
        assert sent(link) == [
            {"type": "answer", "id": 1, "ok": True, "output": {"rung": 2}},
            {"type": "answer", "id": 2, "ok": False, "faults": [fault]},
        ]


class TestNonsense:
    @pytest.mark.parametrize(
        "frame",
        ["", "{", "[]", "1", '{"type":1}', '{"id":1}', "[" * 100_000, "\xff"],
        ids=["empty", "torn", "array", "number", "type", "no type", "deep", "text"],
    )
    def test_what_is_no_message_ends_the_link(self, frame: str) -> None:
        with pytest.raises(LinkError):
            linked().receive(frame, 0.0)

    def test_a_frame_has_a_limit(self) -> None:
        with pytest.raises(LinkError, match="limit"):
            linked().receive(" " * (MAX_FRAME + 1), 0.0)

    @pytest.mark.parametrize("kind", sorted(kind for kind, fields in FIELDS.items() if fields))
    def test_a_member_that_is_missing_ends_the_link(self, kind: str) -> None:
        link = linked() if kind in EXPECTED["linked"] else Link(IDENTITY, 0.0)
        with pytest.raises(LinkError, match=kind):
            link.receive(json.dumps({"type": kind}), 0.0)
        assert link.state == "closed"

    def test_a_boolean_is_no_number(self) -> None:
        with pytest.raises(LinkError, match="seq"):
            linked().receive('{"type":"seen","seq":true}', 0.0)

    def test_nothing_but_a_greeting_comes_before_the_welcome(self) -> None:
        with pytest.raises(LinkError, match="greeting"):
            Link(IDENTITY, 0.0).receive('{"type":"change","revision":1,"edits":[]}', 0.0)

    def test_a_second_welcome_is_out_of_place(self) -> None:
        with pytest.raises(LinkError, match="linked"):
            linked().receive(json.dumps(WELCOME), 0.0)


class TestHeartbeat:
    def test_pings_each_heartbeat(self) -> None:
        link = linked()
        link.tick(4.9)
        assert sent(link) == []
        link.tick(5.0)
        assert sent(link) == [{"type": "ping"}]
        link.tick(5.1)
        assert sent(link) == []

    def test_three_missed_drop_the_link(self) -> None:
        link = linked()
        link.tick(15.0)
        with pytest.raises(LinkError, match="silent"):
            link.tick(15.1)
        assert link.state == "closed"

    def test_anything_heard_is_a_sign_of_life(self) -> None:
        link = linked()
        link.receive('{"type":"of-tomorrow"}', 14.0)
        link.tick(28.0)

    def test_wait_is_until_the_next_ping_or_the_end(self) -> None:
        link = linked()
        assert link.wait(1.0) == pytest.approx(4.0)
        link.tick(14.0)
        assert 1.0 < link.wait(14.0) < 1.1
