"""What YANG adds to XPath: its functions (RFC 7950 section 10) and its accessible tree (section 6.4.1)."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from validation_lab import Lab, model, module

FUNCTIONS = model(
    module(
        "f",
        """
  import ids { prefix i; }
  identity wolfhound { base i:dog; }
  list interface {
    key "name type";
    leaf name { type string; } leaf type { type string; }
    leaf enabled { type boolean; }
    leaf-list kind { type identityref { base i:animal; } ordered-by user; }
  }
  container mgmt {
    leaf name { type leafref { path "/interface/name"; } }
    leaf type { type leafref { path "/interface[name = current()/../name]/type"; } }
    leaf lazy { type leafref { path "/interface/name"; require-instance false; } }
    leaf chain { type leafref { path "../name"; } }
    leaf anywhere { type instance-identifier { require-instance false; } }
    leaf either { type union { type leafref { path "/interface/name"; } type int8; } }
    leaf pet { type identityref { base i:animal; } }
    leaf mixed { type union { type identityref { base i:animal; } type enumeration { enum none { value 7; } } } }
    leaf level { type enumeration { enum low { value 3; } enum high { value 8; } } }
    leaf flags { type bits { bit up { position 1; } bit down { position 4; } } }
    leaf word { type string; }
  }""",
    ),
    module(
        "ids",
        """
  identity animal;
  identity dog { base animal; } identity puppy { base dog; } identity cat { base animal; }""",
        prefix="i",
    ),
)  # fmt: skip
LAB = Lab(
    FUNCTIONS,
    {
        "f:interface": [
            {"name": "eth0", "type": "1000", "enabled": True, "kind": ["ids:cat", "f:wolfhound"]},
            {"name": "eth1", "type": "100", "enabled": False},
            {"name": "eth1", "type": "1000"},
        ],
        "f:mgmt": {
            "name": "eth1",
            "type": "100",
            "lazy": "gone",
            "chain": "eth1",
            "anywhere": "/f:interface[name='eth0'][type='1000']/enabled",
            "either": "eth0",
            "pet": "ids:puppy",
            "mixed": "ids:cat",
            "level": "high",
            "flags": "up down",
            "word": "aXb",
        },
    },
    "f",
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("deref(type)/../enabled = 'false'", True),
        ("deref(type)", ["/f:interface[name='eth1'][type='100']/type"]),
        ("deref(name)", ["/f:interface[name='eth1'][type='100']/name", "/f:interface[name='eth1'][type='1000']/name"]),
        ("deref(chain)", ["/f:mgmt/name"]),
        ("deref(deref(chain))/../type = '1000'", True),
        ("deref(lazy)", []),
        ("deref(anywhere)", ["/f:interface[name='eth0'][type='1000']/enabled"]),
        ("deref(anywhere) = 'true'", True),
        ("deref(either)/../type", ["/f:interface[name='eth0'][type='1000']/type"]),
        ("deref(word)", []),
        ("deref(nothing)", []),
        ("deref(.)", []),
        ("enum-value(level)", 8),
        ("enum-value(level) > 5", True),
        ("bit-is-set(flags, 'up')", True),
        ("bit-is-set(flags, 'sideways')", False),
        ("bit-is-set(nothing, 'up')", False),
        ("bit-is-set(word, 'a')", False),
        ("string(flags)", "up down"),
        ("re-match(word, 'a\\w+')", True),
        ("re-match(word, 'a')", False),
        ("re-match(word, '^aXb$')", False),
        ("re-match('1.22.333', '\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}')", True),
        ("re-match('aXb', word)", True),
        ("re-match('a', concat('[', 'a'))", False),
        ("derived-from(pet, 'i:animal')", True),
        ("derived-from(pet, 'i:dog')", True),
        ("derived-from(pet, 'i:puppy')", False),
        ("derived-from-or-self(pet, 'i:puppy')", True),
        ("derived-from-or-self(pet, 'i:cat')", False),
        ("derived-from(pet, 'ids:dog')", True),
        ("derived-from(pet, string('i:dog'))", True),
        ("derived-from(pet, string('i:none'))", False),
        ("derived-from(/interface/kind, 'i:dog')", True),
        ("derived-from-or-self(/interface/kind, 'wolfhound')", True),
        ("derived-from(mixed, 'i:animal')", True),
        ("derived-from(word, 'i:animal')", False),
        ("derived-from(nothing, 'i:animal')", False),
        ("pet = 'i:puppy'", True),
        ("pet = 'ids:puppy'", True),
        ("pet = 'puppy'", False),
        ("pet != 'i:puppy'", False),
        ("/interface/kind = 'wolfhound'", True),
        ("/interface/kind = 'f:wolfhound'", True),
        ("mixed = 'i:cat'", True),
        ("string(pet)", "ids:puppy"),
        ("string(/interface/kind[2])", "f:wolfhound"),
        ("current()", ["/f:mgmt"]),
        ("word[current()/level = 'high']", ["/f:mgmt/word"]),
        ("current()/..", ["/"]),
        ("/interface[name = current()/name][type = current()/type]/enabled", ["/f:interface[name='eth1'][type='100']/enabled"]),
    ],
)  # fmt: skip
def test_function(text: str, value: Any) -> None:
    assert LAB.ask(text, "/f:mgmt") == value


@pytest.mark.parametrize("text", ["enum-value(word)", "enum-value(nothing)", "enum-value(mixed)"])
def test_what_is_no_enumeration_has_no_value(text: str) -> None:
    assert math.isnan(LAB.ask(text, "/f:mgmt"))


ACCESSIBLE = model(
    module(
        "d",
        """
  container top {
    leaf plain { type string; }
    leaf with { type int8; default 5; }
    leaf-list several { type string; default a; default b; }
    container np { leaf deep { type string; default x; } leaf bare { type string; } }
    container p { presence yes; leaf deep { type string; default y; } }
    container state { config false; leaf s { type string; default z; } }
    list l { key k; leaf k { type string; } leaf v { type int8; default 1; } }
    leaf asked { when "../plain"; type string; default w; }
    choice c {
      default one;
      case one { leaf one { type string; default d1; } container box { leaf in { type string; default d2; } } }
      case two { leaf two { type string; default d3; } leaf also { type string; } }
      case three {
        choice inner {
          default n;
          case m { leaf m { type string; } }
          case n { leaf n { type string; default d4; } }
        }
        leaf t { type string; }
      }
    }
  }""",
    )
)  # fmt: skip


def names(data: dict[str, Any], text: str = "top//*", *, state: bool = False) -> list[str]:
    lab = Lab(ACCESSIBLE, {"d:top": data} if data else {}, state=state)
    return [path.removeprefix("/d:top").lstrip("/") for path in lab.ask(text)]


def test_defaults_in_use_and_empty_containers_are_seen() -> None:
    assert names({}) == [
        "with", "several[.='a']", "several[.='b']", "np", "np/deep", "one", "box", "box/in",
    ]  # fmt: skip


def test_what_is_set_takes_the_place_of_its_default() -> None:
    lab = Lab(ACCESSIBLE, {"d:top": {"with": 7, "several": ["c"], "np": {"deep": "q"}}})
    assert lab.ask("concat(top/with, top/several, count(top/several), top/np)") == "7c1q"


def test_a_presence_container_has_defaults_once_it_is_there() -> None:
    assert "p/deep" not in names({})
    assert names({"p": {}}, "top/p//*") == ["p/deep"]


def test_list_entries_have_defaults() -> None:
    lab = Lab(ACCESSIBLE, {"d:top": {"l": [{"k": "a"}, {"k": "b", "v": 2}]}})
    assert lab.ask("sum(top/l/v)") == 3


def test_a_default_whose_when_is_false_is_not_in_use() -> None:
    assert "asked" not in names({})
    assert "asked" in names({"plain": "1"})


def test_state_is_seen_where_the_tree_holds_state() -> None:
    assert names({}, "top/state//*") == []
    assert names({}, "top/state//*", state=True) == ["state/s"]


@pytest.mark.parametrize(
    ("data", "chosen"),
    [
        ({}, ["one", "box", "box/in"]),
        ({"one": "x"}, ["one", "box", "box/in"]),
        ({"also": "x"}, ["two", "also"]),
        ({"t": "x"}, ["n", "t"]),
        ({"m": "x"}, ["m"]),
    ],
)
def test_defaults_follow_the_case_in_use(data: dict[str, Any], chosen: list[str]) -> None:
    seen = [
        name for name in names(data) if name.split("/")[0] in {"one", "box", "two", "also", "m", "n", "t"}
    ]
    assert seen == chosen


def test_decimals_compare_as_numbers_and_as_canonical_text() -> None:
    lab = Lab(
        model(module("n", "leaf a { type decimal64 { fraction-digits 2; } } leaf b { type decimal64 { fraction-digits 4; } }")),
        {"n:a": "17.00", "n:b": "17.0001"},
    )  # fmt: skip
    assert lab.ask("a < b") is True
    assert lab.ask("a = 17") is True
    assert lab.ask("a = '17.0'") is True
    assert lab.ask("a = '17.00'") is False


# -- look-ups --------------------------------------------------------------------------------------

LISTS = model(
    module(
        "q",
        """
  identity base; identity one { base base; } identity two { base base; }
  container c {
    list s { key k; leaf k { type string; } leaf v { type string; } }
    list i { key k; leaf k { type int8; } leaf v { type string; } }
    list d { key k; leaf k { type decimal64 { fraction-digits 1; } } }
    list b { key k; leaf k { type boolean; } }
    list u { key k; leaf k { type union { type int8; type boolean; type string; } } }
    list e { key k; leaf k { type enumeration { enum a; enum "1"; } } }
    list y { key k; leaf k { type identityref { base base; } } }
    list two { key "k l"; ordered-by user; leaf k { type string; } leaf l { type int8; } leaf v { type string; } }
    leaf-list want { type string; ordered-by user; }
    leaf number { type int8; }
  }""",
    )
)  # fmt: skip
KEYED = Lab(
    LISTS,
    {
        "q:c": {
            "s": [
                {"k": "1", "v": "a"},
                {"k": "01", "v": "a"},
                {"k": "", "v": "b"},
                {"k": "true"},
                {"k": "a b"},
            ],
            "i": [{"k": 1, "v": "a"}, {"k": 2}, {"k": -3, "v": "b"}],
            "d": [{"k": "1.0"}, {"k": "2.5"}],
            "b": [{"k": True}, {"k": False}],
            "u": [{"k": 1}, {"k": True}, {"k": "1x"}, {"k": "true1"}],
            "e": [{"k": "a"}, {"k": "1"}],
            "y": [{"k": "q:one"}, {"k": "q:two"}],
            "two": [
                {"k": "b", "l": 1, "v": "x"},
                {"k": "a", "l": 1},
                {"k": "a", "l": 2, "v": "x"},
                {"k": "1", "l": 1},
            ],
            "want": ["1", "true", "a", "2.5"],
            "number": 1,
        }
    },
)

WANTED = st.sampled_from(
    [
        "'1'", "'01'", "''", "'true'", "'a'", "'1.0'", "'2.5'", "'q:one'", "'one'", "'two'", "'x y'", '"1x"',
        "1", "1.0", "2.5", "-3", "0 div 0", "300", "true()", "false()", "1 = 1",
        "../want", "../want[2]", "../number", "/c/want", "current()/number", "current()/want[. = 'true']", "..", "../nothing",
        "../number + 1", "concat('', ../number)", "string(current()/number)", "current()/number + 1", "v", "k", ".",
        "position()", "last()", "../s/k", "../../c/number",
    ]
)  # fmt: skip
LIST = st.sampled_from(["s", "i", "d", "b", "u", "e", "y", "two"])


@given(LIST, WANTED, st.sampled_from(["", "[1]", "[v]", "[position() = last()]", "[v = 'x']"]), st.booleans())
def test_a_look_up_finds_what_a_search_finds(name: str, wanted: str, then: str, turned: bool) -> None:
    test = f"{wanted} = k" if turned else f"k = {wanted}"
    looked_up = f"{name}[{test}]{then}"
    searched = f"{name}[boolean({test})]{then}"
    assert KEYED.ask(looked_up, "/q:c") == KEYED.ask(searched, "/q:c")


@given(
    WANTED,
    WANTED,
    st.sampled_from(
        [
            "two[k = {}][l = {}]",
            "two[k = {} and l = {}]",
            "two[l = {1}][k = {0}][v]",
            "two[k = {}][v = 'x'][l = {}]",
            "two[k = {}][1][l = {}]",
            "two[k = {}][k = 'a'][l = {}]",
            "two[l = {1} and v = 'x' and k = {0}]",
        ]
    ),
)
def test_a_look_up_by_two_keys_finds_what_a_search_finds(one: str, two: str, form: str) -> None:
    searched = form.replace("k =", "./k =").replace("l =", "./l =")
    assert KEYED.ask(form.format(one, two), "/q:c") == KEYED.ask(searched.format(one, two), "/q:c")


def test_a_look_up_leaves_the_rest_of_the_list_alone() -> None:
    reads = []

    class Watched(dict):  # type: ignore[type-arg]
        def get(self, *key: Any) -> Any:
            reads.append(key)
            return super().get(*key)

    lab = Lab(LISTS, {"q:c": {"i": [{"k": key} for key in range(-100, 100)], "number": 7}})
    for entry in lab.document.tree["q:c"]["i"].values():
        entry.members = Watched(entry.members)
    assert lab.ask("i[k = current()/number]/v", "/q:c") == []
    assert len(reads) < 5
