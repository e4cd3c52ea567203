"""Rpcs, actions, notifications, annotations and structures."""

from pathlib import Path

import pytest
from yang_text import compiled, module

from pyconfhoard.schema.nodes import Container, Leaf, List, Notification, Parameters, Schema, Structure
from pyconfhoard.schema.types import Integer

TEXT = module(
    "ops",
    """
    import ietf-yang-metadata { prefix md; }
    import ietf-yang-structure-ext { prefix sx; }
    feature loud;
    rpc ping;
    rpc brew {
      description "Brew.";
      input { must "litres"; leaf litres { type uint8; mandatory true; } choice c { leaf a { type int8; } } }
      output { list sample { leaf at { type int8; } } }
    }
    rpc shout { if-feature loud; }
    notification done { must "how"; leaf how { type string; } }
    container tank {
      action drain { input { leaf speed { type int8; default 3; } } }
      notification empty { leaf since { type string; } }
    }
    md:annotation trust { type uint8 { range 1..9; } }
    md:annotation noise { if-feature loud; type empty; }
    sx:structure report { leaf text { type string; mandatory true; } container parts { leaf n { type int8; } } }
    sx:augment-structure "/o:report/o:parts" { leaf m { type int8; } }
    """,
)
OTHER = module(
    "growing",
    """
    import ops { prefix o; }
    augment /o:brew/o:input { leaf yeast { type string; } }
    augment /o:tank { action fill; notification full { leaf by { type string; } } }
    augment /o:done { leaf who { type string; } }
    """,
)


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return compiled(tmp_path_factory.mktemp("ops"), TEXT, OTHER)


class TestRpc:
    def test_has_input_and_output_even_where_none_is_written(self, schema: Schema) -> None:
        ping = schema.rpcs["ops:ping"]
        assert isinstance(ping.input, Parameters)
        assert ping.input.children == ping.output.children == {}

    def test_parameters_have_plain_names_and_their_rules(self, schema: Schema) -> None:
        brew = schema.rpcs["ops:brew"]
        assert brew.description == "Brew."
        assert list(brew.input.children) == ["litres", "a", "growing:yeast"]
        assert [must.xpath.text for must in brew.input.musts] == ["litres"]
        assert brew.input.choices[0].name == "c"
        assert brew.input.children["litres"].mandatory

    def test_may_have_lists_without_keys(self, schema: Schema) -> None:
        sample = schema.rpcs["ops:brew"].output.children["sample"]
        assert isinstance(sample, List)
        assert sample.keys == ()

    def test_parameters_tell_their_path(self, schema: Schema) -> None:
        brew = schema.rpcs["ops:brew"]
        assert brew.input.children["litres"].path() == "/ops:brew/input/litres"
        assert brew.input.parent is schema.root
        assert not brew.input.children["litres"].config

    def test_is_taken_away_by_its_feature(self, schema: Schema, tmp_path: Path) -> None:
        assert "ops:shout" in schema.rpcs
        assert "ops:shout" not in compiled(tmp_path, TEXT, features={"ops": ()}).rpcs


class TestAction:
    def test_stands_in_its_node(self, schema: Schema) -> None:
        tank = schema.root.children["ops:tank"]
        assert isinstance(tank, Container)
        assert list(tank.actions) == ["drain", "growing:fill"]
        drain = tank.actions["drain"]
        assert drain.parent is drain.input.parent is tank
        speed = drain.input.children["speed"]
        assert isinstance(speed, Leaf)
        assert speed.default == 3
        assert speed.path() == "/ops:tank/drain/input/speed"


class TestNotification:
    def test_stands_at_the_top_or_in_its_node(self, schema: Schema) -> None:
        done = schema.notifications["ops:done"]
        assert isinstance(done, Notification)
        assert list(done.children) == ["how", "growing:who"]
        assert [must.xpath.text for must in done.musts] == ["how"]
        tank = schema.root.children["ops:tank"]
        assert isinstance(tank, Container)
        assert list(tank.notifications) == ["empty", "growing:full"]
        assert tank.notifications["empty"].children["since"].path() == "/ops:tank/empty/since"

    def test_is_no_data(self, schema: Schema) -> None:
        assert list(schema.root.children) == ["ops:tank"]


class TestAnnotation:
    def test_has_a_type(self, schema: Schema) -> None:
        trust = schema.annotations["ops:trust"]
        assert isinstance(trust, Integer)
        assert trust.parts == ((1, 9),)

    def test_is_taken_away_by_its_feature(self, tmp_path: Path) -> None:
        assert list(compiled(tmp_path, TEXT, features={"ops": ()}).annotations) == ["ops:trust"]


class TestStructure:
    def test_stands_beside_the_data(self, schema: Schema) -> None:
        report = schema.structures["ops:report"]
        assert isinstance(report, Structure)
        assert report.children["text"].mandatory
        assert not report.children["text"].config

    def test_is_augmented(self, schema: Schema) -> None:
        parts = schema.structures["ops:report"].children["parts"]
        assert isinstance(parts, Container)
        assert list(parts.children) == ["n", "m"]
