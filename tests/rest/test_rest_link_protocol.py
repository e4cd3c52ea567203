"""rest/link_protocol.py: the hoard's side of a link, without sockets."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.errors import Fault, LinkError
from pyconfhoard.thing import link as thing_side
from rest import link_protocol
from rest.link_protocol import (
    CLOSE_HELD,
    CLOSE_NONSENSE,
    CLOSE_SILENT,
    FIELDS,
    MAX_WAITING,
    Answer,
    Applied,
    Hello,
    OperationalData,
    Pong,
    Session,
    Vote,
)

IDENTITY = thing_side.Identity("T", "m", "/m:a", "host", "machine", 7, ("/m:b",))


def hello() -> str:
    link = thing_side.Link(IDENTITY, 0.0)
    link.hello(5)
    (frame,) = link.take()
    return frame


def linked() -> Session:
    session = Session(0.0)
    session.receive(hello(), 0.0)
    session.welcome(5, {}, ())
    session.take()
    return session


def sent(session: Session) -> list[dict[str, Any]]:
    return [json.loads(frame) for frame in session.take()]


def test_both_sides_agree_on_the_protocols_numbers() -> None:
    for name in ("VERSION", "MAX_FRAME", "MISSED", "CLOSE_HELD"):
        assert getattr(thing_side, name) == getattr(link_protocol, name), name


def test_hello_of_a_thing_is_understood() -> None:
    assert Session(0.0).receive(hello(), 0.0) == Hello(
        thing="T",
        module="m",
        path="/m:a",
        host="host",
        machine="machine",
        pid=7,
        follow=("/m:b",),
        revision=5,
        version=link_protocol.VERSION,
    )


def test_everything_the_hoard_says_is_understood_by_the_thing() -> None:
    session = Session(0.0)
    session.receive(hello(), 0.0)
    session.welcome(5, {"m:x": 1}, ({"path": "/m:b", "config": {}, "operational": {}},))
    session.prepare(1, 6, [{"op": "remove", "path": "/m:a/x"}])
    session.abort(1)
    session.change(6, [])
    session.followed("/m:b", edits=[])
    session.followed("/m:b", operational={"m:y": 2})
    session.seen(9)
    session.call(2, "m:ring", "/m:a", {"times": 2})
    session.ping()
    link = thing_side.Link(IDENTITY, 0.0)
    events = [link.receive(frame, 0.0) for frame in session.take()]
    kinds = [type(event).__name__ for event in events]
    assert kinds == [
        "Welcome",
        "Prepare",
        "Abort",
        "Change",
        "Followed",
        "Followed",
        "Seen",
        "Called",
        "NoneType",
    ]
    assert json.loads(link.take()[0]) == {"type": "pong"}


def test_everything_a_thing_says_is_understood_by_the_hoard() -> None:
    link = thing_side.Link(IDENTITY, 0.0)
    link.vote(1)
    link.vote(2, reason="too hot", path="/m:a/x")
    link.applied(6)
    link.applied(7, reason="the valve is stuck")
    link.answer(1, {"rung": 2})
    link.answer(2, {}, (Fault("invalid-value", "too often", "times"),))
    link.publish({"type": "operational", "seq": 3, "time": "t", "data": {"m:x": 1}, "remove": ["/m:a/y"]})
    session = linked()
    assert [session.receive(frame, 0.0) for frame in link.take()] == [
        Vote(1, "", ""),
        Vote(2, "too hot", "/m:a/x"),
        Applied(6, ""),
        Applied(7, "the valve is stuck"),
        Answer(1, {"rung": 2}, ()),
        Answer(2, {}, (Fault("invalid-value", "too often", "times"),)),
        OperationalData(3, {"m:x": 1}, ("/m:a/y",)),
    ]


def test_a_thing_says_what_it_answers_if_it_does() -> None:
    told = {**json.loads(hello()), "answers": ["m:ring"]}
    assert Session(0.0).receive(json.dumps(told), 0.0).answers == ("m:ring",)  # type: ignore[union-attr]
    del told["answers"]
    assert Session(0.0).receive(json.dumps(told), 0.0).answers == ()  # type: ignore[union-attr]


@pytest.mark.parametrize("faults", [None, [], ["x"], [{"tag": "of-tomorrow"}]])
def test_an_objection_of_a_thing_that_says_little_is_one_all_the_same(faults: Any) -> None:
    answer = linked().receive(json.dumps({"type": "answer", "id": 1, "ok": False, "faults": faults}), 0.0)
    assert isinstance(answer, Answer)
    assert [fault.tag for fault in answer.faults] == ["operation-failed"]


def test_an_output_that_is_no_object_ends_the_session() -> None:
    with pytest.raises(LinkError):
        linked().receive(json.dumps({"type": "answer", "id": 1, "ok": True, "output": 3}), 0.0)


def test_ping_is_answered_and_pong_is_a_sign_of_life() -> None:
    session = linked()
    assert session.receive('{"type":"ping"}', 1.0) is None
    assert sent(session) == [{"type": "pong"}]
    assert session.receive('{"type":"pong"}', 1.0) == Pong()


def test_refusal_says_why_and_closes() -> None:
    session = Session(0.0)
    session.refuse("T runs already", CLOSE_HELD)
    assert sent(session) == [{"type": "refused", "reason": "T runs already"}]
    assert (session.state, session.close_code) == ("closed", CLOSE_HELD)


def test_silence_ends_the_session_and_any_message_puts_that_off() -> None:
    session = Session(0.0, heartbeat=5.0)
    session.receive(hello(), 14.0)
    session.tick(29.0)
    assert session.state != "closed"
    assert session.wait(29.0) == pytest.approx(0.01)
    session.tick(29.1)
    assert (session.state, session.close_code) == ("closed", CLOSE_SILENT)


def test_message_of_an_unknown_type_is_ignored() -> None:
    assert linked().receive('{"type":"from-the-future","x":1}', 0.0) is None


@pytest.mark.parametrize(
    "frame",
    [
        "not json",
        "[]",
        "{}",
        '{"type":1}',
        '{"type":"vote"}',
        '{"type":"vote","id":true,"ok":true}',
        '{"type":"vote","id":1,"ok":"yes"}',
        '{"type":"operational","seq":1,"data":[]}',
        '{"type":"operational","seq":1,"data":{},"remove":[1]}',
        '{"type":"hello"}',
        "[" * 100_000,
    ],
)
def test_nonsense_ends_the_session(frame: str) -> None:
    session = linked()
    with pytest.raises(LinkError):
        session.receive(frame, 0.0)
    assert (session.state, session.close_code) == ("closed", CLOSE_NONSENSE)


def test_vote_before_the_welcome_ends_the_session() -> None:
    with pytest.raises(LinkError):
        Session(0.0).receive('{"type":"vote","id":1,"ok":true}', 0.0)


def test_closed_session_neither_hears_nor_speaks() -> None:
    session = linked()
    session.close(1012, "the hoard stops")
    session.seen(1)
    assert session.receive("not json", 0.0) is None
    assert session.take() == ()


def test_thing_that_does_not_read_has_to_come_again() -> None:
    session = linked()
    for seq in range(MAX_WAITING + 1):
        session.seen(seq)
    assert session.state == "closed"
    assert session.take() == ()


words = st.sampled_from(["", "a", "/m:a", "é"])
plain = st.none() | st.booleans() | st.integers() | words
json_values = plain | st.lists(plain, max_size=3) | st.dictionaries(words, plain, max_size=3)
names = sorted({name for fields in FIELDS.values() for name in fields} | {"reason", "remove", "time"})


@given(st.sampled_from(sorted(FIELDS)), st.dictionaries(st.sampled_from(names), json_values))
def test_any_message_is_an_event_or_the_end(kind: str, members: dict[str, Any]) -> None:
    session = Session(0.0)
    try:
        session.receive(json.dumps({**members, "type": kind}), 0.0)
    except LinkError:
        assert session.state == "closed"
