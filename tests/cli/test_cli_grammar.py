"""What words mean on the brewery's model."""

from collections.abc import Iterable
from functools import cache

import pytest

from cli.grammar import GrammarError, complete, document, leaf_json, plain_names, walk
from pyconfhoard.schema import PROJECT_YANG, load
from pyconfhoard.schema.nodes import Leaf as LeafNode
from pyconfhoard.schema.nodes import LeafList, List, Schema
from pyconfhoard.tree import Path


@cache
def brewery() -> Schema:
    return load(["brewerslab"], folders=[PROJECT_YANG])


def path_of(line: str) -> str:
    return str(walk(brewery(), line.split(), config=True).path)


def words_after(line: str, prefix: str = "", *, values: bool = True, config: bool = True) -> list[str]:
    def keys(path: Path, node: List) -> Iterable[tuple[str, ...]]:
        return {"probe": [("28-a",), ("28-b",)], "offsets": [("0.0", "10.0"), ("10.0", "20.0")]}[node.name]

    found = complete(brewery(), line.split(), prefix, config=config, values=values, keys=keys)
    return [candidate.word for candidate in found]


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("", "/"),
        ("brewhouse power mode", "/brewerslab:brewhouse/power/mode"),
        ("brewerslab:brewhouse power", "/brewerslab:brewhouse/power"),
        (
            "brewhouse temperature hardware probe 28-000005e2fdc3",
            "/brewerslab:brewhouse/temperature/hardware/probe[id='28-000005e2fdc3']",
        ),
        (
            "brewhouse temperature hardware probe x offsets 0 10.50 offset",
            "/brewerslab:brewhouse/temperature/hardware/probe[id='x']/offsets[low='0.0'][high='10.5']/offset",
        ),
    ],
)
def test_walk_follows_names_and_takes_one_word_a_key(line: str, path: str) -> None:
    assert path_of(line) == path


def test_walk_leaves_the_words_of_the_value_over() -> None:
    assert walk(brewery(), ["brewhouse", "power", "mode", "mash"], config=True).rest == ("mash",)


def test_walk_names_the_nearest_word() -> None:
    with pytest.raises(GrammarError, match="did you mean power"):
        path_of("brewhouse powr")


def test_walk_says_that_state_is_not_set() -> None:
    with pytest.raises(GrammarError, match="monitor is state"):
        path_of("brewhouse temperature fermentation monitor")


def test_walk_refuses_a_key_outside_its_type() -> None:
    with pytest.raises(GrammarError, match="low:"):
        path_of("brewhouse temperature hardware probe x offsets cold 10")


def test_a_value_outside_an_enumeration_lists_the_legal_ones() -> None:
    node = brewery().find("/brewerslab:brewhouse/power/mode")
    assert isinstance(node, LeafNode)
    with pytest.raises(GrammarError, match=r"ferment.*mash|mash.*ferment"):
        leaf_json(node, ["ABC"])


def test_a_value_of_two_words_says_to_quote() -> None:
    node = brewery().find("/brewerslab:brewhouse/power/mode")
    assert isinstance(node, LeafNode)
    with pytest.raises(GrammarError, match="quotes"):
        leaf_json(node, ["a", "b"])


def test_document_holds_the_keys_on_the_way() -> None:
    line = "brewhouse temperature hardware probe x offsets 0 10 offset"
    place = walk(brewery(), line.split(), config=True)
    assert document(brewery(), place.path, "0.5") == {
        "brewerslab:brewhouse": {
            "temperature": {
                "hardware": {
                    "probe": [{"id": "x", "offsets": [{"low": "0.0", "high": "10.0", "offset": "0.5"}]}]
                }
            }
        }
    }


@pytest.mark.parametrize(
    ("line", "prefix", "words"),
    [
        ("", "", ["brewhouse", "ingredients", "recipes", "brewlog"]),
        ("", "re", ["recipes"]),
        ("brewhouse power mode", "", ["off", "mash", "boil", "chill", "ferment", "crash"]),
        ("brewhouse power mode mash", "", []),
        ("brewhouse temperature hardware probe", "", ["28-a", "28-b"]),
        ("brewhouse temperature hardware probe 28-a offsets 10", "", ["20.0"]),
        ("brewhouse temperature hardware probe 28-a", "", ["offsets"]),
        ("brewhouse nonsense", "", []),
    ],
)
def test_complete_offers_what_may_follow(line: str, prefix: str, words: list[str]) -> None:
    assert sorted(words_after(line, prefix)) == sorted(words)


def test_complete_shows_state_only_where_it_can_be_shown() -> None:
    assert "monitor" in words_after("brewhouse temperature fermentation", config=False, values=False)
    assert "monitor" not in words_after("brewhouse temperature fermentation")


def test_plain_names_leave_the_module_out_where_names_stay_unique() -> None:
    assert plain_names({"a:x": [{"b:y": 1}], "@a:x": {"m:quality": "good"}}) == {
        "x": [{"y": 1}],
        "@x": {"quality": "good"},
    }
    assert plain_names({"a:x": 1, "b:x": 2}) == {"a:x": 1, "b:x": 2}


def test_a_leaf_list_takes_several_words() -> None:
    node = brewery().find("/brewerslab:brewhouse/power/mode")
    assert isinstance(node, LeafNode)
    several = LeafList(name="x", module="m", place=node.place, member="x", type=node.type)
    assert leaf_json(several, ["mash", "boil"]) == ["mash", "boil"]
