"""What each data definition statement becomes."""

from pathlib import Path
from typing import TypeVar

import pytest
from yang_text import compiled, module

from pyconfhoard.errors import ModelError, Place
from pyconfhoard.schema.nodes import AnyData, Container, DataNode, Leaf, LeafList, List, Root, Schema

Kind = TypeVar("Kind", bound=DataNode)


def node(schema: Schema, path: str, kind: type[Kind]) -> Kind:
    found = schema.find(path)
    assert type(found) is kind
    return found


SHOP = module(
    "shop",
    """
    extension shade { argument colour; }
    container box {
      presence "there is a box";
      description "A box.";
      reference "RFC 1";
      status deprecated;
      s:shade dark;
      list thing {
        key "second first";
        ordered-by user;
        min-elements 1;
        max-elements 7;
        unique "inner/size colour";
        unique "colour";
        leaf third { type string; mandatory true; }
        leaf first { type string; default unused; }
        leaf second { type int8; }
        leaf colour { type string; units shades; }
        container inner { leaf size { type uint8; } }
      }
      leaf-list word { type string; max-elements unbounded; ordered-by user; }
    }
    container plain { anydata whatever { mandatory true; } anyxml markup; }
    container seen {
      config false;
      list event { leaf what { type string; } }
      leaf-list number { type int8; }
    }
    """,
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return compiled(tmp_path_factory.mktemp("shop"), SHOP)


class TestContainer:
    def test_keeps_what_was_written_on_it(self, shop: Schema) -> None:
        box = node(shop, "/shop:box", Container)
        assert (box.presence, box.description, box.reference) == ("there is a box", "A box.", "RFC 1")
        assert box.status == "deprecated"
        assert box.extensions == (("shop:shade", "dark"),)
        assert box.place == Place("shop.yang", 7)
        assert box.config

    def test_without_presence_has_none(self, shop: Schema) -> None:
        assert node(shop, "/shop:plain", Container).presence == ""

    def test_stands_under_the_root_by_its_qualified_name(self, shop: Schema) -> None:
        box = shop.root.children["shop:box"]
        assert box.member == box.qname == "shop:box"
        assert isinstance(box.parent, Root)
        assert box.path() == "/shop:box"


class TestList:
    def test_has_its_keys_first_in_the_order_of_the_key_statement(self, shop: Schema) -> None:
        thing = node(shop, "/shop:box/thing", List)
        assert thing.keys == ("second", "first")
        assert list(thing.children) == ["second", "first", "third", "colour", "inner"]
        keys = [child for child in thing.children.values() if isinstance(child, Leaf) and child.is_key]
        assert [key.name for key in keys] == ["second", "first"]

    def test_keeps_order_and_bounds(self, shop: Schema) -> None:
        thing = node(shop, "/shop:box/thing", List)
        assert (thing.ordered_by_user, thing.min_elements, thing.max_elements) == (True, 1, 7)

    def test_tells_each_unique_as_paths_with_its_place(self, shop: Schema) -> None:
        thing = node(shop, "/shop:box/thing", List)
        assert thing.unique == ((("inner", "size"), ("colour",)), (("colour",),))
        assert [place.line for place in thing.unique_places] == [18, 19]

    def test_may_do_without_keys_in_state(self, shop: Schema) -> None:
        event = node(shop, "/shop:seen/event", List)
        assert event.keys == ()
        assert not event.config


class TestLeaf:
    def test_default_of_a_key_means_nothing(self, shop: Schema) -> None:
        first = node(shop, "/shop:box/thing/first", Leaf)
        assert first.is_key
        assert first.default is None

    def test_keeps_mandatory_and_units(self, shop: Schema) -> None:
        assert node(shop, "/shop:box/thing/third", Leaf).mandatory
        assert node(shop, "/shop:box/thing/colour", Leaf).units == "shades"


class TestLeafList:
    def test_is_unbounded_and_system_ordered_unless_it_says_otherwise(self, shop: Schema) -> None:
        word = node(shop, "/shop:box/word", LeafList)
        assert (word.min_elements, word.max_elements, word.ordered_by_user) == (0, None, True)
        assert not node(shop, "/shop:seen/number", LeafList).ordered_by_user


class TestAnyData:
    def test_knows_whether_it_is_anyxml(self, shop: Schema) -> None:
        assert not node(shop, "/shop:plain/whatever", AnyData).xml
        assert node(shop, "/shop:plain/whatever", AnyData).mandatory
        assert node(shop, "/shop:plain/markup", AnyData).xml


class TestConfig:
    def test_false_holds_for_everything_below(self, shop: Schema) -> None:
        below = [found for found in shop.walk() if found.path().startswith("/shop:seen")]
        assert len(below) == 4
        assert not any(found.config for found in below)


class TestSchema:
    def test_walks_depth_first_in_the_order_of_the_model(self, shop: Schema) -> None:
        assert [found.path() for found in shop.walk()][:4] == [
            "/shop:box",
            "/shop:box/thing",
            "/shop:box/thing/second",
            "/shop:box/thing/first",
        ]

    def test_finds_a_node_by_its_path_with_or_without_needless_prefixes(self, shop: Schema) -> None:
        assert shop.find("/shop:box/shop:thing/colour") is shop.find("/shop:box/thing/shop:colour")
        with pytest.raises(KeyError, match="/shop:box/nothing"):
            shop.find("/shop:box/nothing")


BASE = module("base", "grouping point { leaf x { type int8; } leaf y { type int8; } } container top { }")
OTHER = module(
    "other",
    """
    import base { prefix b; }
    augment /b:top { leaf x { type string; } container more { uses b:point; } }
    augment /b:top/o:more { leaf z { type int8; } }
    """,
)


class TestAugment:
    def test_brings_members_named_with_their_module(self, tmp_path: Path) -> None:
        schema = compiled(tmp_path, BASE, OTHER)
        top = node(schema, "/base:top", Container)
        assert list(top.children) == ["other:x", "other:more"]
        assert top.children["other:x"].path() == "/base:top/other:x"
        assert top.children["other:x"].place.file == "other.yang"

    def test_of_what_an_augment_of_the_same_module_brought(self, tmp_path: Path) -> None:
        schema = compiled(tmp_path, BASE, OTHER)
        assert list(node(schema, "/base:top/other:more", Container).children) == ["x", "y", "z"]

    def test_by_an_own_augment_keeps_plain_names(self, tmp_path: Path) -> None:
        text = module("base", "container top { } augment /b:top { leaf x { type int8; } }")
        assert list(node(compiled(tmp_path, text), "/base:top", Container).children) == ["x"]

    def test_to_a_target_that_is_missing_is_refused(self, tmp_path: Path) -> None:
        text = module("base", "container top { }\naugment /b:nowhere { leaf x { type int8; } }")
        with pytest.raises(ModelError, match="nowhere") as refusal:
            compiled(tmp_path, text)
        assert refusal.value.faults[0].place == Place("base.yang", 6)

    def test_keeps_the_names_of_nodes_apart_that_two_modules_bring(self, tmp_path: Path) -> None:
        third = module("third", "import base { prefix b; } augment /b:top { leaf x { type int8; } }")
        schema = compiled(tmp_path, BASE, OTHER, third)
        assert list(node(schema, "/base:top", Container).children) == ["other:x", "other:more", "third:x"]


class TestGrouping:
    def test_puts_its_nodes_in_the_module_that_uses_it(self, tmp_path: Path) -> None:
        schema = compiled(tmp_path, BASE, OTHER)
        x = schema.find("/base:top/other:more/x")
        assert x.module == "other"
        assert x.place.file == "base.yang"

    def test_is_refined(self, tmp_path: Path) -> None:
        text = module(
            "base",
            """
            grouping g {
              leaf a { type int8; }
              container c { leaf-list l { type string; default old; default older; } }
              list m { key k; leaf k { type string; } }
            }
            container one { uses g; }
            container two {
              uses g {
                refine a { default 5; description refined; must "true()"; }
                refine c { presence yes; }
                refine c/l { default new; default newer; }
                refine m { min-elements 2; max-elements 3; }
              }
            }
            container three { config false; uses g { refine a { mandatory true; } } }
            """,
        )
        schema = compiled(tmp_path, text)
        a = node(schema, "/base:two/a", Leaf)
        assert (a.default, a.description, len(a.musts)) == (5, "refined", 1)
        assert node(schema, "/base:two/c", Container).presence == "yes"
        assert node(schema, "/base:two/c/l", LeafList).defaults == ("new", "newer")
        assert node(schema, "/base:two/m", List).max_elements == 3
        assert node(schema, "/base:one/a", Leaf).default is None
        assert node(schema, "/base:one/c/l", LeafList).defaults == ("old", "older")
        assert node(schema, "/base:three/a", Leaf).mandatory
        assert not node(schema, "/base:three/m", List).config


class TestPrefixes:
    """Of ``key`` and ``unique``, whose text may stand in another module than the list does."""

    def test_are_those_of_the_text(self, tmp_path: Path) -> None:
        library = module(
            "library",
            """
            grouping g {
              list l { key "l:k"; unique "l:v c/l:w"; leaf v { type int8; } leaf k { type int8; }
                container c { leaf w { type int8; } } }
            }
            """,
        )
        user = module("user", "import library { prefix lib; } uses lib:g;")
        found = node(compiled(tmp_path, library, user), "/user:l", List)
        assert (found.keys, found.unique) == (("k",), ((("v",), ("c", "w")),))

    def test_may_lead_into_an_augment(self, tmp_path: Path) -> None:
        base = module("base", "list l { key k; leaf k { type int8; } }")
        user = module(
            "user",
            """
            import base { prefix b; }
            augment /b:l { leaf v { type int8; } }
            deviation /b:l { deviate add { unique u:v; } }
            """,
        )
        assert node(compiled(tmp_path, base, user), "/base:l", List).unique == ((("user:v",),),)
