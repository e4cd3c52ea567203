"""A schema as bytes and back."""

import json
from dataclasses import fields
from pathlib import Path

import pytest
from yang_text import compiled, module

from pyconfhoard.errors import ModelError
from pyconfhoard.schema import dump, load, restore
from pyconfhoard.schema.nodes import Case, Choice, Inner, Node, Schema

MODULE = module(
    "all",
    """
    import ietf-yang-metadata { prefix md; }
    import ietf-yang-structure-ext { prefix sx; }
    extension e { argument x; }
    identity i; identity j { base i; }
    feature f;
    container c {
      a:e said; presence yes; status obsolete; reference r; must "d" { error-message m; error-app-tag t; }
      leaf d { type decimal64 { fraction-digits 3; range "1..2" { error-message out; } } default 1.5; units u; }
      leaf b { type binary; default "AQI="; }
      leaf g { type bits { bit x; bit y; } default "y x"; when "../d"; }
      leaf k { type identityref { base i; } default j; mandatory false; }
      leaf r { type leafref { path "../d"; require-instance false; } }
      leaf u { type union { type int8; type string { pattern "[a-z]*" { modifier invert-match; } } } default 5; }
      leaf n { type instance-identifier; }
      leaf o { type empty; }
      leaf q { type boolean; default false; }
      leaf-list l { type string; default a; default b; ordered-by user; max-elements 9; }
      list m {
        key "x y"; unique "z w";
        leaf y { type int64; } leaf x { type string; } leaf z { type int8; } leaf w { type int8; }
      }
      choice must-choose { mandatory true; leaf one { type int8; } }
      choice h { default p; case p { choice s { leaf p1 { type int8; } leaf p2 { type int8; } } } anyxml v; }
      action act { input { anydata z; } }
      notification gone { leaf why { type enumeration { enum a { value 4; } } } }
    }
    rpc do { output { leaf res { type string; } } }
    notification up;
    md:annotation m { type int8; }
    sx:structure st { leaf x { type string; } }
    """,
)


def same(one: object, other: object) -> None:
    """Equal field by field; nodes, which compare by identity, wherever they stand."""
    assert type(one) is type(other)
    if isinstance(one, Node):
        for field in fields(one):
            mine, theirs = getattr(one, field.name), getattr(other, field.name)
            if field.name in {"parent", "case", "choice"}:
                assert (mine is None) == (theirs is None)
                assert mine is None or mine.name == theirs.name
            elif isinstance(one, Case) and field.name == "children":
                assert [child.member for child in mine] == [child.member for child in theirs]
            else:
                same(mine, theirs)
    elif isinstance(one, dict):
        assert isinstance(other, dict)
        assert list(one) == list(other)
        for key in one:
            same(one[key], other[key])
    elif isinstance(one, tuple):
        assert isinstance(other, tuple)
        assert len(one) == len(other)
        for mine, theirs in zip(one, other, strict=True):
            same(mine, theirs)
    else:
        assert one == other


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return compiled(tmp_path_factory.mktemp("all"), MODULE)


class TestRestore:
    def test_gives_the_schema_back(self, schema: Schema) -> None:
        again = restore(dump(schema))
        for field in fields(Schema):
            same(getattr(schema, field.name), getattr(again, field.name))

    def test_gives_the_links_between_nodes_back(self, schema: Schema) -> None:
        again = restore(dump(schema))
        for node in again.walk():
            assert node.parent is not None
            assert node.parent.children[node.member] is node
            if node.case is not None:
                assert node in node.case.children
                assert node.case.choice.cases[node.case.name] is node.case
        c = again.find("/all:c")
        assert isinstance(c, Inner)
        h = next(choice for choice in c.choices if choice.name == "h")
        assert isinstance(h, Choice)
        assert h.cases["p"].choices[0].case is h.cases["p"]
        assert c.actions["act"].input.parent is c

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"{}",
            b"[]",
            b"null",
            b"\xff",
            b'{"format": 1}',
            b'{"format": 999}',
            b'{"format": 1, "types": [["nosuch"]]}',
        ],
    )
    def test_refuses_what_it_did_not_write(self, data: bytes) -> None:
        with pytest.raises(ValueError, match="compiled schema"):
            restore(data)

    def test_refuses_a_dump_that_was_cut_or_changed(self, schema: Schema) -> None:
        whole = dump(schema)
        told = json.loads(whole)
        del told["xpaths"]
        for data in (whole[: len(whole) // 2], json.dumps(told).encode()):
            with pytest.raises(ValueError, match="not a compiled schema"):
                restore(data)


class TestDump:
    def test_is_the_same_for_the_same_schema(self, schema: Schema, tmp_path: Path) -> None:
        assert dump(schema) == dump(compiled(tmp_path, MODULE)) == dump(restore(dump(schema)))

    def test_of_a_schema_without_modules_is_restored_too(self) -> None:
        empty = load([])
        assert restore(dump(empty)).fingerprint == empty.fingerprint

    def test_of_another_fingerprint_differs(self, schema: Schema, tmp_path: Path) -> None:
        assert dump(schema) != dump(compiled(tmp_path, MODULE, features={"all": []}))

    def test_holds_no_folder(self, schema: Schema) -> None:
        assert b"/tmp" not in dump(schema)
        with pytest.raises(ModelError):
            load(["no-such-module"])
