"""``list[key = …]`` by look-up gives what a search gives, whatever the keys and the wanted values are."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from validation_lab import Lab, model, module

SCHEMA = model(
    module(
        "m",
        """
        identity animal; identity cat { base animal; } identity dog { base animal; }
        typedef mixed { type union { type int8; type boolean; type enumeration { enum on; } type string; } }
        container top {
          leaf-list wanted { type mixed; ordered-by user; }
          leaf number { type decimal64 { fraction-digits 1; } }
          list text { key k; leaf k { type string; } leaf v { type int8; } }
          list whole { key k; leaf k { type int64; } leaf v { type int8; } }
          list exact { key k; leaf k { type decimal64 { fraction-digits 2; } } leaf v { type int8; } }
          list mixed { key k; ordered-by user; leaf k { type mixed; } leaf v { type int8; } }
          list kind { key k; leaf k { type identityref { base animal; } } leaf v { type int8; } }
          list pair { key "a b"; leaf a { type string; } leaf b { type uint8; } leaf v { type int8; } }
        }
        """,
    )
)

texts = st.sampled_from(["1", "01", "1.0", "true", "on", "a", "", "cat", "m:cat", "-1", " 1"])
mixed = texts | st.integers(-1, 2) | st.booleans()


def entries(keys: Any, key: str = "k") -> Any:
    entry = st.fixed_dictionaries({key: keys}, optional={"v": st.integers(0, 2)})
    return st.lists(entry, max_size=4, unique_by=lambda raw: (type(raw[key]), raw[key]))


pairs = st.lists(
    st.fixed_dictionaries({"a": texts, "b": st.integers(0, 2)}),
    max_size=4,
    unique_by=lambda p: (p["a"], p["b"]),
)
trees = st.fixed_dictionaries(
    {},
    optional={
        "wanted": st.lists(mixed, max_size=3, unique_by=lambda raw: (type(raw), raw)),
        "number": st.sampled_from(["1.0", "1.5", "-1.0"]),
        "text": entries(texts),
        "whole": entries(st.sampled_from(["1", "-1", "0", "9007199254740993", "9007199254740992"])),
        "exact": entries(st.sampled_from(["1.0", "1.5", "-1.0"])),
        "mixed": entries(mixed),
        "kind": entries(st.sampled_from(["m:cat", "m:dog"])),
        "pair": pairs,
    },
)
literals = texts.map(lambda text: f"'{text}'")
numbers = st.sampled_from(["1", "-1", "1.5", "0 div 0", "9007199254740992", "../number * 1"])
anchored = st.sampled_from(
    ["current()/wanted", "/top/number", "current()/number", "string(/top/number)", "concat('', 1)"]
)
above = st.sampled_from(
    ["../wanted", "../wanted[2]", "../number", "string(../number)", "../mixed/k", "../nothing"]
)
inside = st.sampled_from(["true()", "k", "v", "."])
wanted = st.one_of(literals, numbers, anchored, above, inside)


def both(data: dict[str, Any], step: str, tests: list[str], rest: str = "") -> None:
    lab = Lab(SCHEMA, {"m:top": data})
    looked_up = f"{step}{''.join(f'[{test}]' for test in tests)}{rest}"
    searched = f"{step}{''.join(f'[not(not({test}))]' for test in tests)}{rest}"
    assert lab.ask(looked_up, "/m:top") == lab.ask(searched, "/m:top"), looked_up


@given(
    trees,
    st.sampled_from(["text", "whole", "exact", "mixed", "kind"]),
    wanted,
    st.booleans(),
    st.sampled_from(["", "/v", "[1]", "[v]"]),
)
@settings(max_examples=300, deadline=None)
def test_by_one_key(data: dict[str, Any], name: str, value: str, turned: bool, rest: str) -> None:
    test = f"{value} = k" if turned else f"k = {value}"
    both(data, name, [test], rest)
    both(data, f"/m:top/{name}", [test], rest)


@given(trees, wanted, wanted, st.booleans())
@settings(max_examples=200, deadline=None)
def test_by_two_keys(data: dict[str, Any], one: str, other: str, joined: bool) -> None:
    one, other = (value.replace("k", "a") if value in {"k", "v"} else value for value in (one, other))
    tests = [f"a = {one}", f"{other} = b"]
    both(data, "pair", [" and ".join(tests)] if joined else tests)


@given(trees, wanted, wanted)
@settings(max_examples=100, deadline=None)
def test_beside_other_conditions(data: dict[str, Any], one: str, other: str) -> None:
    both(data, "mixed", [f"k = {one}", f"k = {other}"])
    both(data, "mixed", [f"k = {one} and v = 1"])
    both(data, "mixed", [f"k = {one} or v = 1"])
