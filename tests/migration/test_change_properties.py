"""Random rules on random data: what no rule names stays, nothing comes twice, nothing goes unless it was dropped."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyconfhoard.migration import plan
from pyconfhoard.migration.change import changed, moved_names
from pyconfhoard.migration.loose import Loose, LooseLeaf, LooseValues, as_json, loosened
from pyconfhoard.migration.paths import Step, parse_rule_path
from pyconfhoard.migration.rules import Drop, Move, Stage
from pyconfhoard.schema import load
from pyconfhoard.tree import Path as Place
from pyconfhoard.tree import decode, to_json

MODEL = """
module m {
  yang-version 1.1;
  namespace "urn:m";
  prefix m;
  container a {
    container b {
      leaf x { type string; }
      list l { key k; leaf k { type string; } leaf v { type string; } container c { leaf w { type string; } } }
    }
    container p { presence "it says something"; leaf y { type string; default none; } }
    leaf-list s { type string; ordered-by user; }
  }
  list n {
    key "k j";
    ordered-by user;
    leaf k { type string; }
    leaf j { type string; }
    leaf v { type string; }
    list o { key i; leaf i { type string; } leaf u { type string; } leaf-list t { type string; } }
  }
  leaf top { type string; }
}
"""


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    folder = tmp_path_factory.mktemp("yang")
    (folder / "m.yang").write_text(MODEL)
    return load(("m",), folders=[Path(folder)])


class Values:
    """Texts that come once each, so that a value tells where it was."""

    def __init__(self, draw):
        self._draw = draw
        self._count = 0

    def one(self):
        self._count += 1
        return f"v{self._count}"

    def many(self):
        return [self.one() for _ in range(self._draw(st.integers(1, 3)))]

    def some(self, **members):
        """An object with some of these members, each made when it is there."""
        return {name: make() for name, make in members.items() if self._draw(st.booleans())}

    def entries(self, keys, **members):
        count = self._draw(st.integers(1, 3))
        return [{**{key: self.one() for key in keys}, **self.some(**members)} for _ in range(count)]


@st.composite
def data(draw):
    make = Values(draw)

    def lower():
        return make.some(
            x=make.one,
            l=lambda: make.entries("k", v=make.one, c=lambda: {"w": make.one()}),
        )

    return make.some(
        **{
            "m:a": lambda: make.some(b=lower, p=lambda: make.some(y=make.one), s=make.many),
            "m:n": lambda: make.entries(
                "kj", v=make.one, o=lambda: make.entries("i", u=make.one, t=make.many)
            ),
            "m:top": make.one,
        }
    )


PLACES = [
    *("/m:a", "/m:a/b", "/m:a/b/x", "/m:a/b/l", "/m:a/b/l/k", "/m:a/b/l/v", "/m:a/b/l/c", "/m:a/b/l/c/w"),
    *("/m:a/p", "/m:a/p/y", "/m:a/s", "/m:n", "/m:n/k", "/m:n/v", "/m:n/o", "/m:n/o/u", "/m:n/o/t", "/m:top"),
]
LISTS = ("/m:a/b/l", "/m:n/o", "/m:n")


def list_around(place):
    return next((one for one in LISTS if place.startswith(f"{one}/")), "")


@st.composite
def rules(draw):
    """Rules for some places. What is moved goes into a new container, within the entries that it is in."""
    chosen = draw(st.lists(st.sampled_from(PLACES), unique=True, max_size=6))
    made = {}
    for number, place in enumerate(sorted(chosen)):
        path = parse_rule_path(place)
        kind = draw(st.sampled_from(["rename", "drop", "move"]))
        if kind == "drop":
            made[place] = Drop(path)
        elif kind == "rename":
            to = parse_rule_path(f"/m:r{number}")
            made[place] = Move(path, to, renames=True)
        else:
            around = list_around(place)
            before = Stage("m", "", "", tuple(made.values()), "")
            home = moved_names(parse_rule_path(around).steps, before) if around else ()
            if home is None:  # the entries are dropped: there is nothing to be within
                continue
            text = "".join(f"/{step.name}" for step in home)
            made[place] = Move(path, parse_rule_path(f"{text}/m:new{number}/m:moved"))
    return tuple(made.values())


def leaves(loose, path=()):
    """The values that are stored, each with its place: names, and positions of entries."""
    for name, item in loose.members.items():
        if isinstance(item, list):
            for index, entry in enumerate(item):
                yield from leaves(entry, (*path, (name, index)))
        elif isinstance(item, Loose):
            yield from leaves(item, (*path, (name, None)))
        elif isinstance(item, LooseLeaf) and not item.implied:
            yield item.text, (*path, (name, None))
        elif isinstance(item, LooseValues):
            for index, value in enumerate(item.values):
                yield value.text, (*path, (name, index))


def ruled(place, listed):
    """The rules on the way to a place, from the top."""
    names = tuple(name for name, _ in place)
    by_names = {rule.path.names: rule for rule in listed}
    return [by_names[names[:size]] for size in range(1, len(names) + 1) if names[:size] in by_names]


def survives(way):
    alive = True
    for rule in way:
        if isinstance(rule, Drop):
            alive = False
        elif not rule.renames:
            alive = True
    return alive


@given(raw=data(), listed=rules())
@settings(max_examples=200, deadline=None)
def test_what_no_rule_names_stays_and_the_rest_goes_where_it_is_told(schema, raw, listed):
    before = loosened(decode(schema.root, raw, Place.ROOT))
    old = dict(leaves(before))
    done = changed(before, Stage("m", "", "", listed, "m.migration.json"), lambda names: "unknown")
    assert done.faults == []
    listed_after = list(leaves(done.root))
    new = dict(listed_after)
    assert len(new) == len(listed_after), "something came twice"
    assert dict(leaves(before)) == old, "the old data has changed"
    for value, place in old.items():
        way = ruled(place, listed)
        assert (value in new) == survives(way)
        if not way:
            assert new[value] == place
        elif value in new and way[-1].path.names == tuple(name for name, _ in place):
            assert new[value][-1][0] == way[-1].to.steps[-1].name
    assert new.keys() <= old.keys()


@given(raw=data(), listed=rules())
@settings(max_examples=100, deadline=None)
def test_values_are_where_the_paths_of_things_are_told_to_be(schema, raw, listed):
    before = loosened(decode(schema.root, raw, Place.ROOT))
    stage = Stage("m", "", "", listed, "m.migration.json")
    new = dict(leaves(changed(before, stage, lambda names: "unknown").root))
    for value, place in leaves(before):
        where = moved_names([Step(name) for name, _ in place], stage)
        if where is None:
            assert value not in new
        else:
            assert [step.name for step in where] == [name for name, _ in new[value]]


@given(raw=data())
@settings(max_examples=50, deadline=None)
def test_data_without_its_schema_is_the_same_data(schema, raw):
    root = decode(schema.root, raw, Place.ROOT)
    assert as_json(loosened(root)) == to_json(schema.root, root)
    found = plan(schema, schema, root, {})
    assert (found.after, found.fits, found.difference.text()) == (root, True, "")
