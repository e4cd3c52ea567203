"""RFC 8650: the tables of its section 3.3, and appendix A, request by request.

The RFC's modules example-module and ietf-vrrp are not here: what is subscribed to is changes of the configuration, and what is
filtered is their target. Subscriptions in general are in test_rest_subscriptions.py.
"""

from typing import Any

import pytest
from event_client import listening
from serving import Answer, Server
from workshop_paths import DATA

from rest.subscriptions.errors import IDENTITIES

SN = "ietf-subscribed-notifications"
YP = "ietf-yang-push"
URI = "ietf-restconf-subscribed-notifications:uri"
CHANGE = "ietf-netconf-notifications:netconf-config-change"

TABLES = """
encoding-unsupported         invalid-value            400
filter-unsupported           invalid-value            400
insufficient-resources       resource-denied          409
no-such-subscription         invalid-value            404
replay-unsupported           operation-not-supported  501
cant-exclude                 operation-not-supported  501
datastore-not-subscribable   invalid-value            400
no-such-subscription-resync  invalid-value            404
on-change-unsupported        operation-not-supported  501
on-change-sync-unsupported   operation-not-supported  501
period-unsupported           invalid-value            400
update-too-big               too-big                  400
sync-too-big                 too-big                  400
unchanging-selection         operation-failed         500
"""
"""Tables 1 and 2. Without dscp-unavailable: the feature "dscp" is off, so that nobody can ask for one. The RFC's
"cant-include" is "cant-exclude" in the module ietf-yang-push, which has no other."""


def rpc(server: Server, name: str, given: Any) -> Answer:
    return server.request("POST", f"/restconf/operations/{SN}:{name}", {f"{SN}:input": given})


def establish(server: Server, **given: Any) -> tuple[int, str]:
    """The id, and where to listen."""
    answer = rpc(server, "establish-subscription", given)
    assert answer.status == 200, answer.body
    told = answer.json[f"{SN}:output"]
    assert told.keys() >= {"id", URI}
    return told["id"], told[URI].removeprefix(server.url)


def change(server: Server, path: str, value: Any) -> None:
    answer = server.request("PUT", f"{DATA}/{path}", value)
    assert answer.status in {201, 204}, answer.body


def test_3_3_errors_have_the_tags_and_statuses_of_the_tables() -> None:
    wanted = {name: (tag, int(status)) for name, tag, status in map(str.split, TABLES.strip().splitlines())}
    assert {name: (tag, status) for name, (_, tag, status) in IDENTITIES.items()} == wanted


def test_a_1_1_two_subscriptions_are_established_and_listened_to(examples: Server) -> None:
    """The RFC shows the output without its wrapper, which RFC 8040 section 3.6.2 demands."""
    xpath = f"/{CHANGE}[edit/target='/foo:X']"
    first, one = establish(examples, **{"stream": "NETCONF", "stream-xpath-filter": xpath})
    with listening(examples, one) as events:
        second, two = establish(examples, stream="NETCONF")
        assert second > first
        with listening(examples, two) as others:
            change(examples, "bar:Y", {"bar:Y": {"A": "test"}})
            change(examples, "foo:X", {"foo:X": 1})
            (told,) = events.take(1)
            assert [edit["target"] for edit in told.content["edit"]] == ["/foo:X"]
            targets = [event.content["edit"][0]["target"] for event in others.take(2)]
            assert targets[1] == "/foo:X"


def test_a_1_1_an_error_names_its_identity(examples: Server) -> None:
    """Figure 6 with another reason than ``dscp``, which this server does not have; error-severity is no word of RFC 8040."""
    given = {"stream": "NETCONF", "stream-xpath-filter": "/example-module:foo["}
    answer = rpc(examples, "establish-subscription", given)
    error = answer.error
    assert (answer.status, error["error-type"], error["error-tag"]) == (400, "application", "invalid-value")
    assert error["error-app-tag"] == f"{SN}:filter-unsupported"
    assert rpc(examples, "establish-subscription", {"stream": "NETCONF", "dscp": 10}).status == 400


def test_a_1_2_a_modification_fails_with_a_hint_and_then_succeeds(examples: Server) -> None:
    """Figures 8 and 9. Without the datastore, as the RFC has the request, it is not valid: the model makes that mandatory beside
    a filter of datastores."""
    running = {f"{YP}:datastore": "ietf-datastores:running"}
    id, _ = establish(examples, **running, **{f"{YP}:periodic": {"period": 6000}})
    xpath = {f"{YP}:datastore-xpath-filter": "/foo:X"}
    period = {f"{YP}:periodic": {"period": 1}}
    assert rpc(examples, "modify-subscription", {"id": id, **xpath, **period}).status == 400
    answer = rpc(examples, "modify-subscription", {"id": id, **running, **xpath, **period})
    error = answer.error
    assert (answer.status, error["error-type"], error["error-tag"]) == (400, "application", "invalid-value")
    assert error["error-app-tag"] == f"{YP}:period-unsupported"
    hint = error["error-info"][f"{YP}:modify-subscription-datastore-error-info"]["period-hint"]
    again = {"id": id, **running, **xpath, f"{YP}:periodic": {"period": hint}}
    assert rpc(examples, "modify-subscription", again).status == 204
    assert rpc(examples, "delete-subscription", {"id": id}).status == 204


def test_a_1_3_a_subscription_is_deleted_once(examples: Server) -> None:
    """An id is a number in JSON (RFC 7951 section 6.1); the RFC shows a string."""
    id, place = establish(examples, stream="NETCONF")
    assert rpc(examples, "delete-subscription", {"id": str(id)}).status == 400
    with listening(examples, place) as stream:
        assert rpc(examples, "delete-subscription", {"id": id}).status == 204
        assert stream.next() is None
    answer = rpc(examples, "delete-subscription", {"id": id})
    error = answer.error
    assert (answer.status, error["error-type"], error["error-tag"]) == (404, "application", "invalid-value")
    assert error["error-app-tag"] == f"{SN}:no-such-subscription"


def test_a_2_1_a_modification_is_told(examples: Server) -> None:
    id, place = establish(examples, stream="NETCONF")
    with listening(examples, place) as stream:
        given = {"id": id, "stream-xpath-filter": f"/{CHANGE}"}
        assert rpc(examples, "modify-subscription", given).status == 204
        (told,) = stream.take(1)
        assert told.name == f"{SN}:subscription-modified"
        assert (told.content["id"], told.content["stream"]) == (id, "NETCONF")
        assert told.content["stream-xpath-filter"] == f"/{CHANGE}"


@pytest.mark.parametrize(
    "wider",
    [{"stream-subtree-filter": {CHANGE: {}}}, {"stream-xpath-filter": f"/{CHANGE}"}],
)
def test_a_3_a_filter_is_broadened(examples: Server, wider: dict[str, Any]) -> None:
    """In JSON a subtree filter is an object with members (RFC 7951 section 5.5), which the RFC's path is none of."""
    narrow = f"/{CHANGE}[edit/target='/foo:X']"
    id, place = establish(examples, **{"stream": "NETCONF", "stream-xpath-filter": narrow})
    with listening(examples, place) as stream:
        change(examples, "bar:Y", {"bar:Y": {"A": "narrow"}})
        change(examples, "foo:X", {"foo:X": 1})
        assert stream.take(1)[0].content["edit"][0]["target"] == "/foo:X"
        assert rpc(examples, "modify-subscription", {"id": id, **wider}).status == 204
        assert stream.take(1)[0].name == f"{SN}:subscription-modified"
        change(examples, "bar:Y", {"bar:Y": {"A": "wide"}})
        assert stream.take(1)[0].content["edit"][0]["target"].startswith("/bar:Y")
