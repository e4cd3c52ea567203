"""What a leaf takes, in few words."""

from pathlib import Path

import pytest

from cli.values import takes
from pyconfhoard.schema import load
from pyconfhoard.schema.nodes import Leaf, LeafList, Schema

MODEL = """module takes { yang-version 1.1; namespace "urn:takes"; prefix t;
  leaf plain { type int8; }
  leaf warm { type decimal64 { fraction-digits 1; range "-20..40 | 100"; } units celsius; default 18; }
  leaf name { type string { length "1..64"; pattern "[a-z]+" ; pattern "xml.*" { modifier invert-match; } } }
  leaf long { type string { pattern "[a-z]{1,20}-[a-z]{1,20}-[a-z]{1,20}-[a-z]{1,20}-[a-z]{1,20}"; } }
  leaf none { type string; default ""; }
  leaf key { type binary { length 32; } }
  leaf mode { type enumeration { enum a; enum b; } default b; }
  leaf either { type union { type uint8 { range "1..9"; } type enumeration { enum all; } } }
  leaf other { type leafref { path "/t:name"; } }
  leaf-list tags { type string; max-elements 3; default x; default y; } }"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    folder = tmp_path_factory.mktemp("takes")
    (folder / "takes.yang").write_text(MODEL)
    return load(["takes"], folders=[Path(folder)])


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("plain", "<int8>"),
        ("warm", "<decimal64, -20..40 | 100, celsius, default 18.0>"),
        ("name", "<string, 1..64 characters, like [a-z]+, not like xml.*>"),
        ("long", "<string, like [a-z]{1,20}-[a-z]{1,20}-[a-z]{1,20}-[a-z]{1,2...>"),
        ("none", "<string, default ''>"),
        ("key", "<binary, 32 octets>"),
        ("mode", "<enumeration, default b>"),
        ("either", "<uint8 1..9 or enumeration>"),
        ("other", "<as in /t:name>"),
        ("tags", "<string, at most 3 values, default x y>"),
    ],
)
def test_type_restrictions_units_and_default_are_told(model: Schema, name: str, told: str) -> None:
    node = model.root.children[f"takes:{name}"]
    assert isinstance(node, Leaf | LeafList)
    assert takes(node) == told
