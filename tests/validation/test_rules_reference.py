"""``leafref`` and ``instance-identifier`` (RFC 7950 sections 9.9 and 9.13), alone and in unions (9.12)."""

from typing import Any

import pytest
from validation_lab import faults, model, module, words

SCHEMA = model(
    module(
        "r",
        """
  container c {
    list item { key name; leaf name { type string; } leaf size { type int8; default 3; } leaf-list tag { type string; } }
    list pair { key "a b"; leaf a { type string; } leaf b { type int8; }
      list sub { key s; leaf s { type string; } } }
    leaf one { type leafref { path "../item/name"; } }
    leaf-list many { type leafref { path "/c/item/name"; } }
    leaf free { type leafref { path "../item/name"; require-instance false; } }
    leaf size { type leafref { path "../item/size"; } }
    leaf tag { type leafref { path "../item/tag"; } }
    leaf a { type leafref { path "../pair/a"; } }
    leaf b { type leafref { path "../pair[a = current()/../a]/b"; } }
    leaf s { type leafref { path "/c/pair/sub/s"; } }
    leaf sib { type leafref { path "../one"; } }
    leaf chain { type leafref { path "../sib"; } }
    leaf deep { type leafref { path "../in/x"; } }
    container in { leaf x { type int8; default 4; } }
    leaf by-default { type leafref { path "../item/name"; } default "std"; }
  }""",
    )
)  # fmt: skip
ITEMS = {"item": [{"name": "std", "tag": ["t"]}, {"name": "x", "size": 5}]}
PAIRS = {
    "pair": [
        {"a": "p", "b": 1, "sub": [{"s": "s1"}]},
        {"a": "p", "b": 2},
        {"a": "q", "b": 3, "sub": [{"s": "s2"}]},
    ]
}


@pytest.mark.parametrize(
    ("data", "dangling"),
    [
        ({"one": "x"}, []),
        ({"one": "y"}, ["one"]),
        ({"many": ["std", "x"]}, []),
        ({"many": ["std", "nope", "x"]}, ["many[.='nope']"]),
        ({"free": "nope"}, []),
        ({"size": 5}, []),
        ({"size": 3}, []),  # a default in use is a target, too
        ({"size": 4}, ["size"]),
        ({"tag": "t"}, []),
        ({"tag": "u"}, ["tag"]),
        ({"a": "q"}, []),
        ({"a": "z"}, ["a"]),
        ({"a": "p", "b": 2}, []),
        ({"a": "p", "b": 3}, ["b"]),
        ({"b": 3}, ["b"]),
        ({"s": "s2"}, []),
        ({"s": "s3"}, ["s"]),
        ({"one": "x", "sib": "x", "chain": "x"}, []),
        ({"one": "x", "sib": "std"}, ["sib"]),
        ({"sib": "x"}, ["sib"]),
        ({"one": "x", "chain": "x"}, ["chain"]),
        ({"deep": 4}, []),
        ({"deep": 5}, ["deep"]),
    ],
)
def test_a_leafref_needs_its_target(data: dict[str, Any], dangling: list[str]) -> None:
    assert words(faults(SCHEMA, {"r:c": ITEMS | PAIRS | data})) == [
        ("data-missing", "instance-required", f"/r:c/{name}") for name in dangling
    ]


def test_a_default_that_is_a_leafref_needs_its_target() -> None:
    assert words(faults(SCHEMA, {"r:c": {"item": [{"name": "x"}]}})) == [
        ("data-missing", "instance-required", "/r:c/by-default")
    ]


def test_a_dangling_leafref_says_where_it_looked() -> None:
    (fault,) = faults(SCHEMA, {"r:c": ITEMS | {"one": "y"}})
    assert (fault.value, fault.place.file, fault.place.line) == ("y", "r.yang", 8)
    assert "'y'" in fault.message
    assert "../item/name" in fault.message


NESTED = model(
    module(
        "n",
        """
  list group { key id; leaf id { type string; }
    list member { key name; leaf name { type string; } leaf friend { type leafref { path "../../member/name"; } }
      leaf rank { type int8; } leaf above { type leafref { path "../../member/rank"; } } }
    leaf boss { type leafref { path "../member/name"; } }
  }""",
    )
)


def test_a_relative_leafref_stays_in_its_own_entry() -> None:
    data = {
        "n:group": [
            {
                "id": "1",
                "member": [{"name": "a", "friend": "b", "rank": 1}, {"name": "b", "above": 1}],
                "boss": "a",
            },
            {
                "id": "2",
                "member": [{"name": "c", "friend": "a", "rank": 2}, {"name": "d", "above": 1}],
                "boss": "b",
            },
        ]
    }
    assert [fault.path for fault in faults(NESTED, data)] == [
        "/n:group[id='2']/member[name='c']/friend",
        "/n:group[id='2']/member[name='d']/above",
        "/n:group[id='2']/boss",
    ]


UNIONS = model(
    module(
        "u",
        """
  list item { key k; leaf k { type string { length 1; } } }
  list either { key k; leaf k { type union { type int8; type boolean; } } }
  leaf ref-or-number { type union { type leafref { path "/item/k"; } type int8; } }
  leaf two { type union { type leafref { path "/item/k"; } type leafref { path "/either/k"; } } }
  leaf free { type union { type leafref { path "/item/k"; require-instance false; } type int8; } }
  leaf inner { type union { type union { type leafref { path "/item/k"; } } type enumeration { enum none; } } }
  leaf mixed { type leafref { path "/either/k"; } }""",
    )
)


@pytest.mark.parametrize(
    ("data", "dangling"),
    [
        ({"u:ref-or-number": "a"}, False),
        ({"u:ref-or-number": "z"}, True),
        ({"u:ref-or-number": 7}, False),
        ({"u:two": "a"}, False),
        ({"u:two": 1}, False),
        ({"u:two": 2}, True),
        ({"u:two": "z"}, True),
        ({"u:free": "z"}, False),
        ({"u:inner": "a"}, False),
        ({"u:inner": "none"}, False),
        ({"u:inner": "z"}, True),
        ({"u:mixed": 1}, False),
        ({"u:mixed": False}, False),
        ({"u:mixed": True}, True),
        ({"u:mixed": 0}, True),
    ],
)
def test_in_a_union_a_reference_fits_if_its_target_exists(data: dict[str, Any], dangling: bool) -> None:
    found = faults(UNIONS, {"u:item": [{"k": "a"}, {"k": "b"}], "u:either": [{"k": 1}, {"k": False}], **data})
    assert [fault.app_tag for fault in found] == ["instance-required"] * dangling


INSTANCES = model(
    module(
        "i",
        """
  leaf to { type instance-identifier; }
  leaf maybe { type instance-identifier { require-instance false; } }
  container c { leaf d { type string; default x; } leaf e { type string; } container f { leaf g { type string; } }
    list l { key k; leaf k { type int8; } leaf v { type string; } } leaf-list ll { type string; } }""",
    )
)
DATA = {"l": [{"k": 1, "v": "x"}], "ll": ["a b"]}


@pytest.mark.parametrize(
    ("target", "exists"),
    [
        ("/i:c", True),
        ("/i:c/d", True),
        ("/i:c/e", False),
        ("/i:c/f", True),
        ("/i:c/f/g", False),
        ("/i:c/l[k='1']", True),
        ("/i:c/l[k='1']/v", True),
        ("/i:c/l[k='2']", False),
        ("/i:c/l[k='1']/nothing", False),
        ("/i:c/ll[.='a b']", True),
        ("/i:c/ll[.='a']", False),
        ("/i:c/l[k='many']", False),
        ("/i:none", False),
        ("/other:c", False),
    ],
)
def test_an_instance_identifier_needs_its_instance(target: str, exists: bool) -> None:
    found = faults(INSTANCES, {"i:to": target, "i:maybe": target, "i:c": DATA})
    assert words(found) == [("data-missing", "instance-required", "/i:to")] * (not exists)
