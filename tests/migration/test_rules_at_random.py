"""Whatever rules say, a plan is made: with faults, or with data that is valid under the new model."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyconfhoard.migration import plan, read_books
from pyconfhoard.schema import load
from pyconfhoard.tree import Path, decode
from pyconfhoard.validation import Validator

BODY = """
  container a {
    leaf x { type string; }
    leaf n { type int16; default 3; }
    leaf r { type instance-identifier { require-instance false; } }
    container b { presence p; leaf y { type boolean; } leaf-list s { type uint8; } }
    choice c { leaf one { type string; } container two { leaf deep { type empty; } } }
  }
  list l { key k; leaf k { type string; } leaf v { type uint8; } anydata d;
    list m { key "i j"; ordered-by user; leaf i { type uint8; } leaf j { type string; } leaf w { type string; } } }
  leaf top { type enumeration { enum one; enum two; } }
"""
DATA = {
    "m:a": {"x": "5", "r": "/m:l[k='1']/v", "b": {"y": True, "s": [1, 2]}, "two": {"deep": [None]}},
    "m:l": [
        {"k": "1", "v": 7, "d": {"any": [1]}, "m": [{"i": 2, "j": "j", "w": "w"}, {"i": 1, "j": "j"}]},
        {"k": "2"},
    ],
    "m:top": "two",
}
OTHERS = [
    BODY + "leaf more { type string; }",
    BODY.replace("leaf x {", "leaf z {").replace("list l", "list ll"),
    BODY.replace("leaf v { type uint8; }", "leaf v { type uint8; mandatory true; }"),
    "container a { leaf x { type uint8; } leaf must { type string; mandatory true; } } anydata l;",
    "leaf a { type string; } leaf-list l { type string; }",
    "",
]
NAMES = ["m:a", "x", "n", "r", "b", "y", "s", "one", "two", "deep", "m:l", "k", "v", "d", "m", "i", "j", "w"]
NAMES += [
    "m:top",
    "z",
    "m:ll",
    "must",
    "new",
    "m:new",
    "o:other",
    "l[k='1']",
    "l[k='2']",
    "l[k='3']",
    "m[i='1'][j='j']",
]
EXPRESSIONS = [
    ".",
    "..",
    ". + 1",
    "../v",
    "/l/k",
    "/a/n * 2",
    "count(//k)",
    "'text'",
    "true()",
    "1 div 0",
    "-(0 div 0)",
]
EXPRESSIONS += [
    "string(/a)",
    "/nothing",
    "k | v",
    "current()/..",
    "name(.)",
    "position()",
    "substring(., 1, 2)",
    "o:q",
]

texts = st.sampled_from(["1", "two", "", "true", "300", "x y"])
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map(
    lambda names: "/" + "/".join([names[0] if ":" in names[0] else f"m:{names[0]}", *names[1:]])
)
real = st.sampled_from(
    [
        *("/m:a", "/m:a/x", "/m:a/n", "/m:a/r", "/m:a/b", "/m:a/b/s", "/m:a/two", "/m:a/two/deep"),
        *("/m:l", "/m:l/k", "/m:l/v", "/m:l/d", "/m:l/m", "/m:l/m/i", "/m:l/m/w", "/m:top"),
        *("/m:l[k='1']", "/m:l[k='1']/m[i='1']/w", "/m:l[k='9']/v"),
    ]
)
places = st.one_of(real, real, paths)
how = st.one_of(
    st.builds(lambda text: {"expression": text}, st.sampled_from(EXPRESSIONS)),
    st.builds(
        lambda a, b, c: {"table": [{"from": a, "to": b}], **c},
        texts,
        texts,
        st.sampled_from([{}, {"otherwise": "1"}]),
    ),
)
value = st.one_of(
    st.builds(lambda text: {"expression": text}, st.sampled_from(EXPRESSIONS)),
    st.builds(lambda text: {"value": text}, texts),
    st.builds(lambda some: {"values": some}, st.lists(texts, min_size=1, max_size=3)),
)
rules = st.fixed_dictionaries(
    {},
    optional={
        "rename": st.lists(
            st.builds(
                lambda path, to: {"path": path, "to": to},
                places,
                st.sampled_from(["z", "ll", "x", "o:q", "a", "k"]),
            ),
            max_size=3,
        ),
        "move": st.lists(st.builds(lambda path, to: {"path": path, "to": to}, places, places), max_size=3),
        "convert": st.lists(
            st.builds(
                lambda path, to, more: {"path": path, **to, **more},
                places,
                st.one_of(st.just({}), places.map(lambda to: {"to": to})),
                how,
            ),
            max_size=3,
        ),
        "default": st.lists(st.builds(lambda path, more: {"path": path, **more}, places, value), max_size=3),
        "drop": st.lists(st.builds(lambda path: {"path": path}, places), max_size=3),
    },
)


@pytest.fixture(scope="module")
def schemas(tmp_path_factory):
    """The old schema, and each other one with the folder for its rules."""
    head = "module m {{ yang-version 1.1; namespace 'urn:m'; prefix m; revision {0}; {1} }}"
    found = []
    for number, body in enumerate([BODY, *OTHERS]):
        folder = tmp_path_factory.mktemp(f"model{number}")
        revision = "2026-02-01" if number else "2026-01-01"
        (folder / "m.yang").write_text(head.format(revision, body))
        found.append((load(("m",), folders=[folder]), folder))
    return found


@given(stated=rules, which=st.integers(1, len(OTHERS)))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_rules_make_a_plan_that_is_true(schemas, stated, which):
    old = schemas[0][0]
    new, folder = schemas[which]
    step = {"from-revision": "2026-01-01", "to-revision": "2026-02-01", **stated}
    content = {"pyconfhoard-migration:migration": {"module": "m", "step": [step]}}
    (folder / "m.migration.json").write_text(json.dumps(content))
    books, faults = read_books(["m"], [folder], cache=folder / "cache")
    found = plan(old, new, decode(old.root, DATA, Path.ROOT), books, faults=faults, paths={"T": "/m:a"})
    assert found.text()
    assert found.total >= len(found.faults)
    if not found.faults:
        assert found.after is not None
        assert not found.after.members or Validator(new).validate(found.after).total == 0
    for edit in found.difference.edits():
        assert json.dumps(edit)
