"""Augments and deviations of another module: which are taken, and which are refused.

A row of a table is a name and the body of a module that imports ``base`` as ``b``, with an indent where
it goes on in the next line. What a deviation that
is taken makes of its target is in :mod:`test_load`.
"""

from pathlib import Path

import pytest
from yang_text import compiled, module

from pyconfhoard.errors import ModelError

BASE = module(
    "base",
    """
    container top {
      leaf a { type int8; default 1; units u; must "../b"; }
      leaf b { type string; }
      leaf m { type string; mandatory true; }
      leaf-list ll { type int8; min-elements 1; max-elements 9; }
      leaf-list dl { type int8; default 1; }
      list l {
        key k;
        unique v;
        leaf k { type string; }
        leaf v { type string; }
        leaf w { type leafref { path ../v; } }
      }
      choice c { default c1; case c1 { leaf x { type int8; } } case c2 { leaf y { type int8; } } }
      container state { config false; leaf s { type int8; } list kl { leaf q { type int8; } } }
    }
    rpc r { input { leaf i { type int8; } } }
    notification n { leaf i { type int8; } }
    leaf lonely { type leafref { path /b:top/b:b; } }
    anydata ad;
    container pres { presence p; }
    """,
)

TAKEN = """
augment mandatory with when: augment /b:top { when "b:b"; leaf z { type int8; mandatory true; } }
augment mandatory in presence container: augment /b:top { container p { presence x; leaf z
  { type int8; mandatory true; } } }
augment mandatory in list with key: augment /b:top { list z { key k; leaf k { type int8; } leaf v
  { type int8; mandatory true; } } }
augment mandatory state: augment /b:top/b:state { leaf z { type int8; mandatory true; } }
augment mandatory case: augment /b:top/b:c { case z { leaf zz { type int8; mandatory true; } } }
augment mandatory state in configuration: augment /b:top { leaf z { config false; type int8; mandatory true; } }
augment mandatory to own: container o; augment /o { leaf z { type int8; mandatory true; } }
augment mandatory to own inside other: augment /b:top { container p { presence x; } } augment /b:top/u:p { leaf z
  { type int8; mandatory true; } }
augment mandatory in rpc input: augment /b:r/b:input { leaf z { type int8; mandatory true; } }
augment same name other module: augment /b:top { leaf a { type int8; } }
augment case same node name: augment /b:top/b:c { case c1 { leaf z { type int8; } } }
augment notification: augment /b:n { leaf z { type int8; } }
deviation add mandatory implicit: deviation /b:top/b:b { deviate add { mandatory true; } }
deviation add config: deviation /b:pres { deviate add { config false; must "../b:top"; } }
deviation add must: deviation /b:top/b:b { deviate add { must "../b:a"; } }
deviation adds a default to a leafref: deviation /b:lonely { deviate add { default x; } }
deviation replace default: deviation /b:top/b:a { deviate replace { default 3; } }
deviation replace units: deviation /b:top/b:a { deviate replace { units 3; } }
deviation replace min: deviation /b:top/b:ll { deviate replace { min-elements 3; max-elements 4; } }
deviation replace mandatory: deviation /b:top/b:m { deviate replace { mandatory false; } }
deviation config false of list: deviation /b:top/b:l { deviate replace { config false; } }
deviation delete default: deviation /b:top/b:a { deviate delete { default 1; } }
deviation delete must: deviation /b:top/b:a { deviate delete { must "../b"; } }
deviation delete units: deviation /b:top/b:a { deviate delete { units u; } }
deviation delete unique: deviation /b:top/b:l { deviate delete { unique v; } }
deviation not-supported: deviation /b:top/b:a { deviate not-supported; }
deviation not-supported case other: deviation /b:top/b:c/b:c2 { deviate not-supported; }
deviation not-supported choice: deviation /b:top/b:c { deviate not-supported; }
deviation not-supported rpc: deviation /b:r { deviate not-supported; }
deviation not-supported rpc input: deviation /b:r/b:input { deviate not-supported; }
deviation not-supported input leaf: deviation /b:r/b:input/b:i { deviate not-supported; }
deviation not-supported notification: deviation /b:n { deviate not-supported; }
deviation choice default: deviation /b:top/b:c { deviate replace { default c2; } }
deviation of a leaf-list adds a default: deviation /b:top/b:dl { deviate add { default 2; } }
deviation type of leaf-list: deviation /b:top/b:dl { deviate replace { type string; } }
deviation adds an extension: extension e; deviation /b:top/b:b { deviate add { u:e; } }
deviation of key mandatory: deviation /b:top/b:l/b:k { deviate add { mandatory true; } }
deviation of an own augment: augment /b:top { leaf z { type int8; } } deviation /b:top/u:z { deviate add { units x; } }
"""

REFUSED = """
augment mandatory without when: augment /b:top { leaf z { type int8; mandatory true; } }
augment mandatory in np container: augment /b:top { container p { leaf z { type int8; mandatory true; } } }
augment min-elements: augment /b:top { leaf-list z { type int8; min-elements 1; } }
augment mandatory anydata: augment /b:top { anydata z { mandatory true; } }
augment list with min-elements: augment /b:top { list z { key k; leaf k { type int8; } min-elements 2; } }
augment mandatory choice: augment /b:top { choice z { mandatory true; leaf zz { type int8; } } }
augment mandatory via uses: grouping g { leaf z { type int8; mandatory true; } } augment /b:top { uses g; }
augment mandatory leaf with own when: augment /b:top { leaf z { when "../b:b"; type int8; mandatory true; } }
augment same name twice own: augment /b:top { leaf z { type int8; } } augment /b:top { leaf z { type int8; } }
augment keyless with action: augment /b:top/b:state/b:kl { action z; }
augment config true under state: augment /b:top/b:state { leaf z { config true; type int8; } }
augment case data same as sibling of choice: augment /b:top/b:c { case zz { leaf q { type int8; } } } augment /b:top
  { leaf q { type int8; } }
deviation add default existing: deviation /b:top/b:a { deviate add { default 2; } }
deviation add units existing: deviation /b:top/b:a { deviate add { units x; } }
deviation add mandatory existing: deviation /b:top/b:m { deviate add { mandatory false; } }
deviation add mandatory to default: deviation /b:top/b:a { deviate add { mandatory true; } }
deviation add default to mandatory: deviation /b:top/b:m { deviate add { default x; } }
deviation add min existing: deviation /b:top/b:ll { deviate add { min-elements 2; } }
deviation add max to leaf: deviation /b:top/b:b { deviate add { max-elements 2; } }
deviation add unique nowhere: deviation /b:top/b:l { deviate add { unique zz; } }
deviation add must bad: deviation /b:top/b:b { deviate add { must "../["; } }
deviation replace default bad: deviation /b:top/b:a { deviate replace { default 300; } }
deviation replace type invalidates default: deviation /b:top/b:a { deviate replace { type enumeration { enum a; } } }
deviation replace missing default: deviation /b:top/b:b { deviate replace { default 3; } }
deviation replace missing units: deviation /b:top/b:b { deviate replace { units 3; } }
deviation replace min > max: deviation /b:top/b:ll { deviate replace { min-elements 30; } }
deviation replace config true under state: deviation /b:top/b:state/b:s { deviate replace { config true; } }
deviation config false of key: deviation /b:top/b:l/b:k { deviate replace { config false; } }
deviation delete default other: deviation /b:top/b:a { deviate delete { default 2; } }
deviation delete must other: deviation /b:top/b:a { deviate delete { must "../c"; } }
deviation delete units missing: deviation /b:top/b:b { deviate delete { units u; } }
deviation delete unique other: deviation /b:top/b:l { deviate delete { unique k; } }
deviation not-supported with add: deviation /b:top/b:a { deviate not-supported; deviate add { units x; } }
deviation not-supported key: deviation /b:top/b:l/b:k { deviate not-supported; }
deviation not-supported unique leaf: deviation /b:top/b:l/b:w { deviate not-supported; } deviation /b:top/b:l/b:v
  { deviate not-supported; }
deviation config of a leafref target: deviation /b:top/b:b { deviate add { must "1"; } deviate replace { config false; } }
deviation not-supported leafref target: deviation /b:top/b:b { deviate not-supported; }
deviation not-supported default case: deviation /b:top/b:c/b:c1 { deviate not-supported; }
deviation nowhere: deviation /b:top/b:nix { deviate not-supported; }
deviation twice: deviation /b:top/b:b { deviate add { units a; } } deviation /b:top/b:b { deviate add { units b; } }
deviation choice default nowhere: deviation /b:top/b:c { deviate replace { default c3; } }
deviation choice mandatory with default: deviation /b:top/b:c { deviate add { mandatory true; } }
deviation ordered-by: deviation /b:top/b:dl { deviate add { ordered-by user; } }
deviation undeclared prefix: deviation /q:top { deviate not-supported; }
deviation relative: deviation b:top { deviate not-supported; }
deviation of no kind: deviation /b:top { deviate destroy; }
deviation type leafref: deviation /b:top/b:b { deviate replace { type leafref { path /b:top/b:nix; } } }
"""


def rows(table: str) -> list[object]:
    parted = [row.partition(": ") for row in table.strip().replace("\n  ", " ").splitlines()]
    return [pytest.param(body, id=name) for name, _, body in parted]


def user(body: str) -> str:
    return module("user", "import base { prefix b; }\n" + body)


@pytest.mark.parametrize("body", rows(TAKEN))
def test_a_change_that_keeps_the_rules_is_taken(tmp_path: Path, body: str) -> None:
    compiled(tmp_path, BASE, user(body))


@pytest.mark.parametrize("body", rows(REFUSED))
def test_a_change_that_breaks_a_rule_is_refused_with_its_line(tmp_path: Path, body: str) -> None:
    with pytest.raises(ModelError) as refusal:
        compiled(tmp_path, BASE, user(body))
    assert all(fault.place and fault.place.line for fault in refusal.value.faults)
