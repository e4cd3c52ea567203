"""The verdict on a change is that of the plain validator: the same faults, and the same nodes gone.

Random edits are made to small trees, many at a time or one by one, of models in which rules read one another's
nodes in every way that there is. Whatever the plain validator says of the outcome, the incremental one must have
said of the change.
"""

import gc
import weakref
from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from validation_lab import model, module, tree, validator

from pyconfhoard.errors import BadInput, Conflict, Fault
from pyconfhoard.schema.nodes import AnyData, Container, DataNode, Inner, Leaf, LeafList, List, Schema
from pyconfhoard.schema.types import (
    Boolean,
    Decimal64,
    EmptyType,
    Enumeration,
    Identityref,
    InstanceIdentifier,
    Integer,
    Leafref,
    Type,
    Union,
)
from pyconfhoard.tree import Branch, Edit, Path, apply, diff, encode, parse_path
from pyconfhoard.tree.json_decode import decode as decode_value
from pyconfhoard.validation import Validator
from pyconfhoard.validation.cursor import Document
from pyconfhoard.validation.rules.must import Must
from pyconfhoard.validation.rules.reference import Reference
from pyconfhoard.validation.rules.unique import Unique, UniqueEntry
from pyconfhoard.validation.settle import settle
from pyconfhoard.validation.walk import walk

VILLAGE = module(
    "v",
    """
    identity craft; identity smith { base craft; } identity baker { base craft; }
    typedef house-ref { type leafref { path "/v:village/v:house/v:name"; } }
    leaf limit { type uint8; default 4; }
    leaf season { type enumeration { enum summer; enum winter; } default summer; }
    container village {
      must "count(house) <= /v:limit" { error-message "too many houses"; }
      must "not(house[tall = 'true'] and /v:season = 'winter')";
      list house {
        key name; unique "number street"; unique "yard/tree"; max-elements 6;
        must "not(owner) or /v:village/v:person[v:name = current()/owner]/v:craft" { error-app-tag idle; }
        leaf name { type string; }
        leaf number { type uint8; default 1; }
        leaf street { type string; }
        leaf tall { type boolean; default false; must ". = 'false' or ../number > 2"; }
        leaf owner { type leafref { path "../../person/name"; } }
        leaf next { type leafref { path "../../house/name"; } must "deref(.)/../tall = 'false' or . != ../name"; }
        container yard {
          leaf tree { type string; }
          leaf well { type empty; when "../tree"; }
          container pond { when "../tree = 'willow'"; leaf depth { type uint8; default 3; must ". < 5"; }
            leaf fish { mandatory true; type string; when "../depth > 1"; } }
        }
        choice heating {
          default wood;
          case wood { leaf stove { type uint8; default 1; must ". != 9"; }
            container shed { leaf logs { type uint8; must ". < 200"; default 20; } } }
          case oil { leaf tank { type uint8; must "../../limit2 or . < 9"; }
            choice burner { mandatory true; leaf small { type empty; } leaf large { type empty; } } }
          leaf solar { type string; when "../tall = 'true'"; }
        }
        list room { key "floor side"; min-elements 1; when "../number > 1";
          leaf floor { type uint8; } leaf side { type enumeration { enum l; enum r; } }
          leaf user { type leafref { path "/v:village/v:person[v:name = current()/../../v:owner]/v:home"; } }
          leaf-list lamps { type string; max-elements 2; }
        }
      }
      leaf limit2 { type empty; }
      list person {
        key name;
        leaf name { type string; }
        leaf craft { type identityref { base craft; } must "derived-from(., 'v:craft')"; }
        leaf home { type house-ref; }
        leaf-list friend { type leafref { path "../../person/name"; } must ". != ../name"; ordered-by user; }
        leaf boss { type union { type leafref { path "../../person/name"; } type enumeration { enum none; } }
          must "count(../../person[boss = current()]) < 3"; }
        leaf likes { type instance-identifier; }
        leaf street { type leafref { path "../../house/street"; } }
      }
      leaf oldest { type leafref { path "../person/name"; } }
      leaf-list streets { type string; }
      leaf main { type leafref { path "../streets"; } must "/v:village/v:house/v:street = ."; }
      container feast { presence "there is one"; when "../person[craft = 'v:baker']";
        leaf host { type leafref { path "../../person/name"; } mandatory true; }
        leaf-list guest { type leafref { path "/v:village/v:person/v:name"; } min-elements 1; }
        must "not(guest = host)"; }
      container rest { leaf a { type string; must "../../oldest"; }
        leaf b { type string; default x; must "../a or not(../../feast)"; } }
    }
    """,
)

PIPES = module(
    "p",
    """
    grouping end { leaf node { type leafref { path "/p:net/p:node/p:id"; } mandatory true; }
      leaf port { type leafref { path "/p:net/p:node[p:id = current()/../node]/p:port/p:nr"; } } }
    container net {
      list node { key id; leaf id { type uint8; } leaf kind { type string; default plain; }
        list port { key nr; leaf nr { type uint8; } leaf up { type boolean; default true; } }
        leaf first { type leafref { path "../port/nr"; } }
        leaf speed { when "../kind = 'fast' and ../port[up = 'true']"; type uint8; default 7; }
        leaf rated { type uint8; must ". >= ../speed"; when "../speed > 5"; }
      }
      list pipe { key name; ordered-by user; unique "a/node a/port"; leaf name { type string; }
        container a { uses end; } container b { presence "b"; uses end;
          must "node != ../a/node or port != ../a/port"; }
        leaf on { type boolean; default true;
          must "/p:net/p:node[p:id = current()/../a/node]/p:port[p:nr = current()/../a/port]/p:up = . or not(../a/port)"; }
        leaf via { type leafref { path "../../pipe/name"; } must "deref(current())/../on = 'true'"; }
        leaf place { type int8; must ". = count(../preceding-sibling::pipe)"; }
        leaf speed { type leafref { path "deref(../a/node)/../port/nr"; } }
      }
      leaf total { type uint16; must ". = sum(../node/port/nr)"; }
      leaf fast { type string; must "//p:kind = ."; }
      leaf top { type string; must "/p:net/p:pipe[1]/p:name = . or not(../pipe)"; }
      leaf one { type string; must "../pipe[name = 'x']/on = 'true' or not(../pipe[name = 'x'])"; }
    }
    """,
)

STARTS = {
    VILLAGE: {"v:village": {"house": [{"name": "a"}, {"name": "b", "number": 2, "room": [{"floor": 0, "side": "l"}]}],
              "person": [{"name": "x", "craft": "smith", "home": "a"}, {"name": "y", "boss": "x"}]}},
    PIPES: {"p:net": {"node": [{"id": 1, "port": [{"nr": 1}]}, {"id": 2, "port": [{"nr": 1}, {"nr": 2}]}],
            "pipe": [{"name": "x", "a": {"node": 1, "port": 1}}]}},
}  # fmt: skip


class Maker:
    """Random data for any schema node, out of few values, so that they meet."""

    def __init__(self, schema: Schema, random: Random, paths: list[str]) -> None:
        self.schema = schema
        self.random = random
        self.paths = paths

    def chance(self, part: float) -> bool:
        return self.random.random() < part

    def text(self, kind: Type) -> Any:
        """A value as RFC 7951 JSON."""
        pick = self.random.choice
        match kind:
            case Leafref():
                return self.text(kind.final)
            case Union(members):
                return self.text(pick(members))
            case Boolean():
                return pick([True, False])
            case Enumeration():
                return pick(list(kind.enums))
            case Integer():
                return pick([0, 1, 1, 2, 2, 3, 9])
            case Decimal64():
                return pick(["1.0", "2.5"])
            case EmptyType():
                return [None]
            case Identityref():
                return pick(sorted(kind.allowed))
            case InstanceIdentifier():
                return pick(self.paths)
        return pick(["a", "b", "x", "y", "willow", "fast"])

    def member(self, node: DataNode) -> Any:
        match node:
            case Leaf():
                return self.text(node.type)
            case LeafList():
                values = [self.text(node.type) for _ in range(self.random.randint(1, 3))]
                return [value for at, value in enumerate(values) if value not in values[:at]]
            case List():
                entries = {}
                for _ in range(self.random.randint(1, 3)):
                    entry = self.members(node)
                    entries[tuple(str(entry[key]) for key in node.keys)] = entry
                return list(entries.values())
            case Inner():
                return self.members(node)
        raise AssertionError(node)

    def members(self, node: Inner) -> dict[str, Any]:
        made: dict[str, Any] = {}
        cases: dict[int, Any] = {}
        for name, child in node.children.items():
            key = isinstance(child, Leaf) and child.is_key
            if (
                isinstance(child, AnyData)
                or not child.config
                or not (key or child.mandatory or self.chance(0.35))
            ):
                continue
            case, fits = child.case, True
            while case is not None:
                fits = fits and cases.setdefault(id(case.choice), case) is case
                case = case.choice.case
            if fits:
                value = self.member(child)
                if value not in ({}, []):
                    made[name] = value
        return made

    def edit(self, root: Branch) -> Edit:
        """Something done somewhere, mostly where there is something."""
        node: Any = root
        path = Path()
        while True:
            here: Inner = node.schema
            name = self.random.choice(list(here.children))
            child = here.children[name]
            value = node.members.get(name)
            if isinstance(child, List):
                if value is not None and self.chance(0.75):
                    key = self.random.choice(list(value.keys()))
                    if self.chance(0.25):
                        operation = self.random.choice(["delete", "replace", "merge"])
                        return self.whole(operation, path.child(child, key), child, keyed=key)
                    if child.ordered_by_user and self.chance(0.2):
                        return Edit(
                            "move", path.child(child, key), None, self.random.choice(["first", "last"])
                        )
                    node, path = value.get(key), path.child(child, key)
                    continue
                return self.whole("replace", path.child(child), child)
            if isinstance(child, Container) and value is not None and self.chance(0.8):
                node, path = value, path.child(child)
                continue
            if isinstance(child, Leaf) and child.is_key:
                continue
            gone = value is not None and self.chance(0.4)
            if isinstance(child, LeafList) and value is not None and self.chance(0.5):
                return Edit("remove", path.child(child, (self.random.choice(value),)))
            operation = "remove" if gone else self.random.choice(["replace", "merge"])
            return self.whole(operation, path.child(child), child)

    def whole(self, operation: Any, path: Path, node: DataNode, keyed: Any = None) -> Edit:
        if operation in {"remove", "delete"}:
            return Edit(operation, path)
        raw = self.member(node)
        if isinstance(node, List):
            entry = raw[0]
            if keyed is not None:
                here = Path((*path.steps[:-1], path.last))
                old = dict(zip(node.keys, keyed, strict=True))
                entry = {
                    **entry,
                    **{name: self.plain(node.children[name], value) for name, value in old.items()},
                }
                path = here
            made = decode_value(node, [entry], Path((*path.steps[:-1], replace(path.last, key=None))))
            branch = next(made.values())
            return Edit(operation, path.parent.child(node, branch.key), branch)
        return Edit(operation, path, decode_value(node, raw, path))

    def plain(self, node: DataNode, value: Any) -> Any:
        return value


def plainly(
    judge: Validator, edits: list[Edit], root: Branch, revision: int
) -> tuple[Branch, list[Fault], list[Fault]]:
    """The settled tree, the faults about ``when``, and all others."""
    settled = settle(judge.table, root, revision, edits)
    document = Document(judge.table.shape, settled.root)
    others = [fault for _, _, fault in walk(document.root, judge.table.root)]
    return settled.root, list(settled.faults), others


def stories(text: str, seed: int, length: int) -> None:
    schema = model(text)
    judge = validator(schema)
    random = Random(seed)
    base = tree(schema, STARTS[text])
    assert judge.validate(base).total == 0
    paths = ["/v:village", "/v:village/house[name='a']", "/v:village/house[name='b']/stove", "/v:village/person[name='y']",
             "/v:village/house[name='a']/shed/logs", "/v:village/streets[.='a']"]  # fmt: skip
    maker = Maker(
        schema, random, [str(parse_path(schema, path)) for path in paths] if text is VILLAGE else []
    )
    done = 0
    for revision in range(2, 50 * length):
        edits = []
        root = base
        for _ in range(random.choice([1, 1, 1, 2, 4])):
            edit = maker.edit(root)
            try:
                root = apply(root, [edit], revision)
            except (Conflict, BadInput):
                continue
            edits.append(edit)
        if root is base:
            continue
        done += 1
        checked = judge.check(base, edits, root, revision)
        settled, conditions, others = plainly(judge, edits, root, revision)
        story = f"{encode(schema.root, base)!r}\n{edits}\n{encode(schema.root, root)!r}"
        found = [replace(fault, edit="") for fault in checked.faults]
        assert checked.root == settled, story
        assert set(found[: len(conditions)]) == set(conditions), story
        assert found[len(conditions) :] == others, story
        assert checked.total == len(found)
        assert all(fault.edit for fault in checked.faults), story
        assert sorted(map(str, checked.changes)) == sorted(map(str, diff(base, settled))), story
        if not checked.faults:
            base = checked.root
        if done >= length:
            return


@pytest.mark.parametrize("text", [VILLAGE, PIPES], ids=["village", "pipes"])
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_a_change_gets_the_plain_validators_verdict(text: str, seed: int) -> None:
    stories(text, seed, 60)


# -- the cost ----------------------------------------------------------------------------------------

FARM = module(
    "f",
    """
    container farm {
      list field { key name; unique "crop row";
        leaf name { type string; } leaf crop { type string; } leaf row { type uint32; }
        leaf wet { type uint8; must ". < ../max"; } leaf max { type uint8; default 100; }
        leaf next { type leafref { path "../../field/name"; }
          must "/f:farm/f:field[f:name = current()]/f:wet < 90"; }
        leaf well { type leafref { path "../../well/depth"; } }
        leaf pump { when "../wet"; type string; }
      }
      list well { key name; leaf name { type string; } leaf depth { type uint32; } }
      leaf-list pipe { type instance-identifier; }
    }
    """,
)


def farm(size: int) -> dict[str, Any]:
    fields = [
        {
            "name": f"n{at}",
            "crop": "oats",
            "row": at,
            "wet": 5,
            "next": f"n{(at + 1) % size}",
            "well": at,
            "pump": "p",
        }
        for at in range(size)
    ]
    wells = [{"name": f"w{at}", "depth": at} for at in range(size)]
    pipes = [f"/f:farm/field[name='n{at}']/wet" for at in range(size)]
    return {"f:farm": {"field": fields, "well": wells, "pipe": pipes}}


@pytest.mark.parametrize(
    ("operation", "path", "value", "asked"),
    [
        ("replace", "/f:farm/field[name='n7']/wet", 6, {"must": 2}),
        ("remove", "/f:farm/field[name='n7']/wet", None, {"must": 1, "type": 1}),
        ("replace", "/f:farm/field[name='n7']/max", 50, {"must": 1}),
        ("replace", "/f:farm/field[name='n7']/crop", "rye", {"unique": 1}),
        ("replace", "/f:farm/field[name='n7']/next", "n90", {"must": 1, "type": 1}),
        ("replace", "/f:farm/well[name='w7']/depth", 900, {"type": 1}),
        ("delete", "/f:farm/field[name='n7']", None, {"must": 1, "type": 2}),
        ("replace", "/f:farm/field[name='n7']/pump", "q", {}),
    ],
)
def test_only_what_can_have_another_verdict_is_asked(
    operation: Any, path: str, value: Any, asked: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = model(FARM)
    judge = validator(schema)
    base = apply(tree(schema, {}), [Edit("replace", Path(), tree(schema, farm(500)))], 1)
    counts: Counter[str] = Counter()
    for kind in (Must, Reference, Unique, UniqueEntry):
        monkeypatch.setattr(kind, "check", _counted(kind.check, counts))
    same = UniqueEntry.same
    monkeypatch.setattr(UniqueEntry, "same", _counted(same, counts))
    edits = [Edit(operation, parse_path(schema, path), value)]
    judge.check(base, edits, apply(base, edits, 2), 2)
    assert counts == asked


def _counted(check: Any, counts: Counter[str]) -> Any:
    def run(self: Any, at: Any) -> Any:
        counts[self.keyword] += 1
        return check(self, at)

    return run


def test_a_change_of_most_of_the_tree_gets_the_same_verdict() -> None:
    schema = model(FARM)
    judge = validator(schema)
    base = tree(schema, farm(10))
    other = farm(3000)
    other["f:farm"]["field"][17]["next"] = "nowhere"
    edits = [Edit("replace", Path(), tree(schema, other))]
    checked = judge.check(base, edits, apply(base, edits, 2), 2)
    told = [(fault.app_tag, fault.path, fault.edit) for fault in checked.faults]
    where = "/f:farm/field[name='n17']/next"
    assert told == [("must-violation", where, "/"), ("instance-required", where, "/")]


def test_a_model_that_reads_every_entry_says_so() -> None:
    assert validator(model(FARM)).warnings == ()
    (told,) = validator(model(VILLAGE)).warnings
    assert told.endswith(
        "must at /v:village/main costs more in a larger datastore: "
        "it may have to look at every entry of /v:village/house"
    )
    assert any(
        "/p:net/pipe is checked at all of /p:net/pipe/place" in word
        for word in validator(model(PIPES)).warnings
    )


def test_a_tree_that_was_judged_goes_with_its_last_reference_and_not_with_a_collection() -> None:
    class Watched(Branch):
        __slots__ = ("__weakref__",)

    judge = validator(model(VILLAGE))
    root = Watched(judge.schema.root, {})
    gone = weakref.ref(root)
    gc.disable()
    try:
        judge.validate(root)
        judge.check(root, (), root, 1)
        del root
        assert gone() is None
    finally:
        gc.enable()
