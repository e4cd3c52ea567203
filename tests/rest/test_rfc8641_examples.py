"""RFC 8641: the examples of its sections 3.7 and 4.4, in XML as there, over RESTCONF.

Lines that the RFC breaks within a value are one. In place of interfaces and of the module of "ex", the interfaces of acme-itf
are pushed. Everything else of YANG-Push is in test_rest_subscriptions.py, in JSON.
"""

import re
from collections.abc import Iterator

import pytest
from event_client import Event, listening
from serving import Answer, Server
from workshop_paths import DATA

SN = "urn:ietf:params:xml:ns:yang:ietf-subscribed-notifications"
YP = "urn:ietf:params:xml:ns:yang:ietf-yang-push"
ITF = "http://example.com/ns/itf"
XML = {"Content-Type": "application/yang-data+xml", "Accept": "application/yang-data+xml"}
MTU = f"{DATA}/acme-itf:interfaces/interface=eth0/mtu"

WHAT = """
     <yp:datastore
          xmlns:ds="urn:ietf:params:xml:ns:yang:ietf-datastores">ds:operational</yp:datastore>
     <yp:datastore-xpath-filter
         xmlns:ex="http://example.com/ns/itf">
       /ex:interfaces/ex:interface[ex:name='eth0']
     </yp:datastore-xpath-filter>
"""


def rpc(server: Server, name: str, content: str, module: str = "ietf-subscribed-notifications") -> Answer:
    space = YP if module == "ietf-yang-push" else SN
    body = f'<input xmlns="{space}" xmlns:yp="{YP}">{content}</input>'
    return server.request("POST", f"/restconf/operations/{module}:{name}", body.encode(), headers=XML)


def establish(server: Server, when: str) -> tuple[str, str]:
    """The id, and where to listen."""
    answer = rpc(server, "establish-subscription", WHAT + when)
    assert answer.status == 200, answer.body
    found = re.fullmatch(
        rf'<output xmlns="{SN}"><id>(\d+)</id><uri xmlns="[^"]+">([^<]+)</uri></output>', answer.body.decode()
    )
    assert found is not None, answer.body
    return found[1], found[2].removeprefix(server.url)


def update(event: Event, id: str, mtu: int) -> None:
    """Figure 1."""
    assert re.search(r"<eventTime>\d{4}-\d\d-\d\dT[\d:.]+Z</eventTime>", event.data)
    assert (
        f'<push-update xmlns="{YP}"><id>{id}</id><datastore-contents>'
        f'<interfaces xmlns="{ITF}"><interface><name>eth0</name><mtu>{mtu}</mtu></interface></interfaces>'
        "</datastore-contents></push-update>"
    ) in event.data


def patches(event: Event) -> str:
    found = re.search(r"<patch-id>(\d+)</patch-id>", event.data)
    assert found is not None, event.data
    return found[1]


def put(server: Server, mtu: int) -> None:
    assert server.request("PUT", MTU, {"acme-itf:mtu": mtu}).status == 204


@pytest.fixture
def server(examples: Server) -> Iterator[Server]:
    interfaces = [{"name": "dummy", "mtu": 1500}, {"name": "eth0", "mtu": 9000}]
    body = {"acme-itf:interfaces": {"interface": interfaces}}
    assert examples.request("PUT", f"{DATA}/acme-itf:interfaces", body).status == 201
    return examples


def test_4_4_1_and_4_4_2_a_periodic_subscription_is_established_and_modified(server: Server) -> None:
    """Figures 10, 11, 1 and 14."""
    id, place = establish(server, "<yp:periodic><yp:period>500</yp:period></yp:periodic>")
    with listening(server, place) as stream:
        update(stream.take(1)[0], id, 9000)
        other = WHAT.replace("'eth0'", "'dummy'")
        faster = "<yp:periodic><yp:period>250</yp:period></yp:periodic>"
        answer = rpc(server, "modify-subscription", f"<id>{id}</id>{other}{faster}")
        assert (answer.status, answer.body) == (204, b"")
        mark, told = stream.take(2)
        assert f'<subscription-modified xmlns="{SN}"><id>{id}</id>' in mark.data
        assert "<name>dummy</name>" in told.data
        assert "<name>eth0</name>" not in told.data
    assert rpc(server, "delete-subscription", f"<id>{id}</id>").status == 204


def test_4_4_1_and_4_4_4_changes_are_pushed_and_all_is_again_when_asked(server: Server) -> None:
    """Figures 12, 2 and 15: changes can be had here, so that there is no error of figure 13. A patch names what changed."""
    id, place = establish(server, "<yp:on-change><yp:dampening-period>1</yp:dampening-period></yp:on-change>")
    with listening(server, place) as stream:
        update(stream.take(1)[0], id, 9000)
        put(server, 1400)
        first = stream.take(1)[0]
        assert f'<push-change-update xmlns="{YP}"><id>{id}</id><datastore-changes>' in first.data
        assert "<operation>replace</operation>" in first.data
        assert "<target>/acme-itf:interfaces/interface=eth0/mtu</target>" in first.data
        assert f'<value><mtu xmlns="{ITF}">1400</mtu></value>' in first.data
        put(server, 1300)
        assert (patches(first), patches(stream.take(1)[0])) == ("0", "1")
        assert rpc(server, "resync-subscription", f"<id>{id}</id>", "ietf-yang-push").status == 204
        update(stream.take(1)[0], id, 1300)
        put(server, 1200)
        assert patches(stream.take(1)[0]) == "0"
