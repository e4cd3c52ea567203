"""Views: typed values in use, by relative path."""

from decimal import Decimal
from typing import Any

import pytest

from pyconfhoard.errors import BadInput, HoardError, NotFound
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.thing.config_view import ConfigView, absolute
from pyconfhoard.thing.replica import Replica


def view(schema: Schema, members: dict[str, Any]) -> ConfigView:
    replica = Replica(schema, "lab", "/room/tank")
    replica.load(members, 1)
    return replica.config


class TestLeaves:
    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("setpoint", Decimal(17)),
            ("highpoint", None),
            ("mode", "idle"),
            ("tag", ()),
            ("step", (1, 2)),
            ("note", None),
            ("quiet", True),
            ("rate", None),
        ],
    )
    def test_defaults_are_in_use(self, schema: Schema, path: str, value: Any) -> None:
        assert view(schema, {})[path] == value

    @pytest.mark.parametrize(
        ("path", "raw", "value"),
        [
            ("setpoint", "18.5", Decimal("18.5")),
            ("style", "ale", "lab:ale"),
            ("tag", ["b", "a"], ("a", "b")),
            ("step", [3], (3,)),
            ("note", {"x": [1]}, {"x": [1]}),
        ],
    )
    def test_explicit_values_are_canonical(self, schema: Schema, path: str, raw: Any, value: Any) -> None:
        got = view(schema, {f"lab:{path}": raw})[path]
        assert (sorted(got) if path == "tag" else got) == (sorted(value) if path == "tag" else value)

    def test_a_default_of_another_case_is_not_in_use(self, schema: Schema) -> None:
        config = view(schema, {"lab:rate": 7})
        assert (config["rate"], config["quiet"]) == (7, None)

    def test_get_has_a_default_of_its_own(self, schema: Schema) -> None:
        assert view(schema, {}).get("highpoint", Decimal(30)) == Decimal(30)

    def test_names_may_carry_their_module(self, schema: Schema) -> None:
        assert view(schema, {})["lab:setpoint"] == Decimal(17)


class TestBranches:
    def test_a_presence_container_is_there_or_not(self, schema: Schema) -> None:
        assert view(schema, {})["lid"] is None
        assert view(schema, {})["lid/open"] is None
        there = view(schema, {"lab:lid": {}})
        assert there["lid"]["open"] is False
        assert there["lid/open"] is False

    def test_entries_know_their_key(self, schema: Schema) -> None:
        config = view(schema, {"lab:probe": [{"id": "b/'1"}, {"id": "a", "offset": "0.5"}]})
        assert [(entry.key, entry["offset"]) for entry in config.entries("probe")] == [
            (("a",), Decimal("0.5")),
            (("b/'1",), Decimal(0)),
        ]
        assert config["probe"] == config.entries("probe")
        assert config['probe[id="b/\'1"]/id'] == "b/'1"
        assert config["probe[id='a']"].path == "/lab:room/tank/probe[id='a']"

    def test_an_entry_that_is_not_there_is_none(self, schema: Schema) -> None:
        config = view(schema, {})
        assert config["probe[id='x']"] is None
        assert config["probe[id='x']/offset"] is None
        assert config.entries("probe") == ()
        assert "probe" not in config

    def test_only_a_list_has_entries(self, schema: Schema) -> None:
        with pytest.raises(TypeError, match="not a list"):
            view(schema, {}).entries("setpoint")

    def test_to_json_is_what_was_set(self, schema: Schema) -> None:
        assert view(schema, {"lab:setpoint": "17.0"}).to_json() == {"setpoint": "17.0"}


class TestPaths:
    @pytest.mark.parametrize("path", ["setpont", "probe[nam='x']", "setpoint/x", "a//b"])
    def test_what_the_model_does_not_have_is_an_error(self, schema: Schema, path: str) -> None:
        with pytest.raises(HoardError):
            view(schema, {})[path]

    def test_it_names_the_nearest(self, schema: Schema) -> None:
        with pytest.raises(NotFound, match="setpoint"):
            view(schema, {})["setpont"]

    def test_a_value_of_the_wrong_type_is_bad_input(self, schema: Schema) -> None:
        with pytest.raises(BadInput):
            view(schema, {})["results/last[.='x']"]

    @pytest.mark.parametrize(
        ("given", "full"),
        [
            ("/room/tank", "/lab:room/tank"),
            ("room", "/lab:room"),
            ("/other:room/tank", "/other:room/tank"),
            ("/room[id='a:b']/x", "/lab:room[id='a:b']/x"),
        ],
    )
    def test_absolute_adds_the_module(self, given: str, full: str) -> None:
        assert absolute("lab", given) == full


class TestChanges:
    def test_what_is_touched(self, schema: Schema) -> None:
        replica = Replica(schema, "lab", "/room/tank")
        replica.load({}, 1)
        changes = replica.load({"lab:setpoint": "20.0", "lab:probe": [{"id": "a", "offset": "1.0"}]}, 2)
        assert len(changes) == 2
        assert "setpoint" in changes
        assert "probe" in changes
        assert "probe[id='a']/offset" in changes
        assert "probe[id='b']" not in changes
        assert "mode" not in changes
        assert "/lab:room" in changes
        assert (changes.before["setpoint"], changes.config["setpoint"]) == (Decimal(17), Decimal(20))
        assert changes.revision == 2
