"""A Thing's notifications are of its model, and go until the hoard has them."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pyconfhoard import Thing, every
from pyconfhoard import schema as schemas
from pyconfhoard.errors import BadInput, NotFound
from pyconfhoard.testing.clock import VirtualClock
from pyconfhoard.testing.thing import play
from pyconfhoard.thing.notices import HELD, Notifier
from pyconfhoard.tree import parse_path

MODULE = """
module kiln {
  yang-version 1.1; namespace "urn:test:kiln"; prefix k;
  container kiln {
    list shelf {
      key name; leaf name { type string; }
      notification cracked { leaf depth { type uint8; } }
    }
    notification opened { leaf by { type string; } }
  }
  notification too-hot {
    leaf celsius { type decimal64 { fraction-digits 1; } }
    leaf-list zone { type uint8; }
    list probe { key id; leaf id { type string; } leaf value { type int64; } }
  }
}
"""


@pytest.fixture
def notifier(tmp_path: Path) -> Notifier:
    (tmp_path / "kiln.yang").write_text(MODULE)
    schema = schemas.load(("kiln",), folders=[tmp_path])
    base = parse_path(schema, "/kiln:kiln")
    return Notifier(lambda: (schema, base), "kiln", VirtualClock())


def test_plain_python_becomes_what_the_model_says(notifier: Notifier) -> None:
    notifier.send("too-hot", {"celsius": 31.04, "zone": [1, 2], "probe": [{"id": "a", "value": 7}]})
    (message,) = notifier.take()
    assert message["name"] == "kiln:too-hot"
    assert message["data"] == {"celsius": "31.0", "zone": [1, 2], "probe": [{"id": "a", "value": "7"}]}
    assert "at" not in message
    assert message["time"].endswith("+00:00")


def test_those_of_a_data_node_say_which(notifier: Notifier) -> None:
    notifier.send("cracked", {"depth": 3}, at="shelf[name='top']")
    notifier.send("opened")
    first, second = notifier.take()
    assert (first["name"], first["at"]) == ("cracked", "/kiln:kiln/shelf[name='top']")
    assert (second["name"], second["at"]) == ("opened", "/kiln:kiln")


@pytest.mark.parametrize(
    ("name", "data", "at", "error"),
    [
        ("cold", {}, "", NotFound),
        ("cracked", {}, "", NotFound),
        ("too-hot", {}, "shelf[name='top']", NotFound),
        ("too-hot", {"celsius": "warm"}, "", BadInput),
        ("too-hot", {"fahrenheit": 3}, "", BadInput),
        ("too-hot", {"celsius": Decimal("1e30")}, "", BadInput),
        ("cracked", {}, "shelf", BadInput),
    ],
)
def test_what_the_model_does_not_have_is_refused(
    notifier: Notifier, name: str, data: Any, at: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        notifier.send(name, data, at)
    assert notifier.take() == []


def test_each_is_sent_once_and_again_on_a_new_link_until_it_has_arrived(notifier: Notifier) -> None:
    for depth in (1, 2, 3):
        notifier.send("too-hot", {"zone": [depth]})
    first, second, third = notifier.take()
    assert notifier.take() == []
    notifier.seen(first["seq"])
    notifier.linked()
    assert notifier.take() == [second, third]
    notifier.seen(third["seq"])
    notifier.linked()
    assert notifier.take() == []


def test_so_many_are_held_and_no_more(notifier: Notifier) -> None:
    woken: list[int] = []
    notifier.wake = lambda: woken.append(1)
    for zone in range(HELD + 10):
        notifier.send("too-hot", {"zone": [zone % 200]})
    assert len(woken) == HELD + 10
    assert notifier.dropped == 10
    messages = notifier.take()
    assert [message["seq"] for message in messages] == list(range(11, HELD + 11))


class Kiln(Thing):
    module = "kiln"
    path = "/kiln"

    @every(seconds=5)
    def look(self) -> None:
        self.notify("too-hot", {"celsius": 31.5})
        self.notify("cracked", {"depth": 1}, at="shelf[name='top']")


def test_a_played_thing_shows_what_it_tells(tmp_path: Path) -> None:
    (tmp_path / "kiln.yang").write_text(MODULE)
    schema = schemas.load(("kiln",), folders=[tmp_path])
    played = play(Kiln, schema, folder=tmp_path)
    played.advance(5)
    assert played.notified[:2] == [
        ("kiln:too-hot", {"celsius": "31.5"}, ""),
        ("cracked", {"depth": 1}, "/kiln:kiln/shelf[name='top']"),
    ]
    played.end()
