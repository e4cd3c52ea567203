"""Choices and cases: in the schema, not in the data."""

from pathlib import Path

import pytest
from yang_text import compiled, module

from pyconfhoard.errors import ModelError
from pyconfhoard.schema import dump, restore
from pyconfhoard.schema.nodes import Container, Schema

TEXT = module(
    "meal",
    """
    feature fish;
    container lunch {
      choice main {
        default light;
        when "price > 1";
        case heavy {
          when "hungry";
          description "A lot.";
          leaf steak { type string; }
          choice side {
            mandatory true;
            leaf chips { type empty; }
            case greens { leaf salad { type empty; when "true()"; } leaf peas { type empty; } }
          }
        }
        case light { leaf soup { type string; } }
        leaf trout { if-feature fish; type string; }
        container buffet { leaf plates { type int8; } }
      }
      leaf price { type int8; }
      leaf hungry { type boolean; }
    }
    """,
)


@pytest.fixture
def schema(tmp_path: Path) -> Schema:
    return compiled(tmp_path, TEXT)


def lunch(schema: Schema) -> Container:
    found = schema.find("/meal:lunch")
    assert isinstance(found, Container)
    return found


class TestChoice:
    def test_leaves_its_nodes_as_children_of_the_data_node(self, schema: Schema) -> None:
        names = ["steak", "chips", "salad", "peas", "soup", "trout", "buffet", "price", "hungry"]
        assert sorted(lunch(schema).children) == sorted(names)
        assert all(child.parent is lunch(schema) for child in lunch(schema).children.values())

    def test_stands_in_the_node_with_its_cases(self, schema: Schema) -> None:
        (main,) = lunch(schema).choices
        assert (main.name, main.default, main.mandatory, main.case) == ("main", "light", False, None)
        assert list(main.cases) == ["heavy", "light", "trout", "buffet"]
        assert main.cases["heavy"].description == "A lot."
        assert main.parent is lunch(schema)

    def test_in_a_case_stands_in_that_case(self, schema: Schema) -> None:
        heavy = lunch(schema).choices[0].cases["heavy"]
        (side,) = heavy.choices
        assert side.case is heavy
        assert side.mandatory
        assert [child.name for child in heavy.children] == ["steak", "chips", "salad", "peas"]
        assert [child.name for child in side.cases["greens"].children] == ["salad", "peas"]

    def test_shorthand_makes_a_case_of_that_name(self, schema: Schema) -> None:
        main = lunch(schema).choices[0]
        (buffet,) = main.cases["buffet"].children
        assert buffet.case is main.cases["buffet"]
        assert buffet.name == "buffet"

    def test_nodes_point_back_to_the_innermost_case(self, schema: Schema) -> None:
        children = lunch(schema).children
        assert children["salad"].case is lunch(schema).choices[0].cases["heavy"].choices[0].cases["greens"]
        assert children["price"].case is None

    def test_conditions_of_choice_and_case_come_down_to_the_nodes(self, schema: Schema) -> None:
        children = lunch(schema).children
        told = {name: [when.xpath.text for when in child.whens] for name, child in children.items()}
        assert told["soup"] == ["price > 1"]
        assert told["peas"] == ["price > 1", "hungry"]
        assert told["salad"] == ["price > 1", "hungry", "true()"]
        assert told["price"] == []
        assert [when.on_parent for when in children["salad"].whens] == [True, True, False]

    def test_itself_has_the_conditions_above_it(self, schema: Schema) -> None:
        side = lunch(schema).choices[0].cases["heavy"].choices[0]
        assert [when.xpath.text for when in side.whens] == ["price > 1", "hungry"]

    def test_loses_the_shorthand_that_a_feature_takes_away(self, tmp_path: Path) -> None:
        schema = compiled(tmp_path, TEXT, features={"meal": ()})
        assert list(lunch(schema).choices[0].cases) == ["heavy", "light", "buffet"]
        assert "trout" not in lunch(schema).children

    def test_keeps_a_case_that_is_empty_by_intent(self, tmp_path: Path) -> None:
        text = module("meal", "choice c { default none; case none { } leaf some { type empty; } }")
        (choice,) = compiled(tmp_path, text).root.choices
        assert choice.default == "none"
        assert choice.cases["none"].children == ()

    def test_at_the_top_stands_in_the_root(self, tmp_path: Path) -> None:
        schema = compiled(
            tmp_path, module("meal", "choice c { leaf a { type int8; } leaf b { type int8; } }")
        )
        assert list(schema.root.children) == ["meal:a", "meal:b"]
        assert list(schema.root.choices[0].cases) == ["a", "b"]

    def test_grows_by_augments_of_other_modules(self, tmp_path: Path) -> None:
        extra = module(
            "extra",
            """
            import meal { prefix m; }
            augment /m:lunch/m:main { when "m:price = 3"; leaf pizza { type string; } case tart { leaf plum { type empty; } } }
            augment /m:lunch/m:main/m:light { leaf bread { type empty; } }
            """,
        )
        schema = compiled(tmp_path, TEXT, extra)
        main = lunch(schema).choices[0]
        assert list(main.cases)[-2:] == ["pizza", "tart"]
        assert main.cases["pizza"].module == "extra"
        assert [child.member for child in main.cases["light"].children] == ["soup", "extra:bread"]
        plum = lunch(schema).children["extra:plum"]
        assert [when.xpath.text for when in plum.whens] == ["price > 1", "m:price = 3"]
        assert all(when.on_parent for when in plum.whens)

    def test_keeps_cases_of_one_name_from_two_modules_apart(self, tmp_path: Path) -> None:
        extra = module(
            "extra",
            "import meal { prefix m; } augment /m:c { case a { leaf x { type int8; } } leaf b { type int8; } }",
        )
        meal = module("meal", "choice c { default a; leaf a { type int8; } leaf d { type int8; } }")
        schema = compiled(tmp_path, meal, extra)
        for each in (schema, restore(dump(schema))):
            (choice,) = each.root.choices
            assert list(choice.cases) == ["a", "d", "extra:a", "b"]
            assert [child.member for child in choice.cases[choice.default].children] == ["meal:a"]
            assert [child.member for child in choice.cases["extra:a"].children] == ["extra:x"]

    def test_keeps_children_in_the_order_of_the_model(self, schema: Schema) -> None:
        order = ["steak", "chips", "salad", "peas", "soup", "trout", "buffet", "price", "hungry"]
        assert list(lunch(schema).children) == order

    def test_with_a_default_case_that_is_missing_is_refused(self, tmp_path: Path) -> None:
        text = module("meal", "choice c { default gone; leaf a { type int8; } }")
        with pytest.raises(ModelError, match="gone"):
            compiled(tmp_path, text)
