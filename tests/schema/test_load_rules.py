"""Models that break a rule of RFC 7950, one rule each, are refused at the line that breaks it.

A row of a table is the section, what is wrong, and the body of a module, its lines parted by ``¶``; the
line to be told ends in ``<!``. A row goes on in lines with an indent.
"""

from pathlib import Path

import pytest
from yang_text import module, write

from pyconfhoard.errors import ModelError
from pyconfhoard.schema import load

RFC_7950 = r"""
7.1.4 prefix of import is own: import ietf-yang-types { prefix m; } <!
7.1.4 prefix twice: import ietf-yang-types { prefix y; } ¶ import ietf-inet-types { prefix y; } <!
6.1.3 a bad escape: leaf x { type string; description "\q"; } <!
7.5.4 unquoted junk: leaf x { type string; must a"b; } <!
5.5 typedef shadows: typedef t { type int8; } ¶ container c { typedef t { type int8; } } <!
5.5 grouping shadows: grouping g { leaf a { type int8; } } ¶
  container c { grouping g { leaf a { type int8; } } } <!
7.3 typedef of built-in name: typedef string { type int8; } <!
5.5 typedef twice: typedef t { type int8; } ¶ typedef t { type int8; } <!
7.19 extension twice: extension t; ¶ extension t; <!
7.20.1 feature twice: feature t; ¶ feature t; <!
7.18 identity twice: identity t; ¶ identity t; <!
5.5 scoped typedef out of scope: container c { typedef t { type int8; } } ¶ leaf x { type t; } <!
6.1 a control character: leaf x { type int8; ¶ description "\x07"; } <!
6.2.1 rpc and container of one name: container c; ¶ rpc c; <!
6.2.1 notification and leaf: leaf c { type string; } ¶ notification c; <!
6.2.1 action and leaf: container t { leaf c { type string; } ¶ action c; } <!
6.2.1 node in two cases: choice c { case a { leaf x { type string; } } ¶
  case b { leaf x { type string; } } } <!
6.2.1 node beside choice: choice c { leaf x { type string; } } ¶ leaf x { type string; } <!
6.2.1 case twice: choice c { case a { leaf x { type string; } } ¶ case a { leaf y { type string; } } } <!
6.2.1 uses twice: grouping g { leaf x { type string; } } uses g; ¶ uses g; <!
9.2.4 range wider: typedef t { type int8 { range 1..5; } } ¶ leaf x { type t { range 0..3; } } <!
9.2.4 range beyond type: leaf x { type int8 { range 0..200; } } <!
9.2.4 range overlaps: leaf x { type int8 { range "0..5|4..6"; } } <!
9.2.4 range descends: leaf x { type int8 { range "5|1"; } } <!
9.2.4 range of string: leaf x { type string { range 1; } } <!
9.4.4 length of int: leaf x { type int8 { length 1; } } <!
9.4.4 length negative: leaf x { type string { length -1; } } <!
9.4.4 length wider: typedef t { type string { length 1..5; } } ¶ leaf x { type t { length 0..3; } } <!
9.4.5 pattern of int: leaf x { type int8 { pattern a; } } <!
9.4.5 pattern invalid: leaf x { type string { pattern '[a'; } } <!
9.4.6 modifier other: leaf x { type string { pattern a { modifier other; } } } <!
9.3.4 fraction-digits 0: leaf x { type decimal64 { fraction-digits 0; } } <!
9.3.4 fraction-digits missing: leaf x { type decimal64; } <!
9.3.4 fraction-digits again: typedef t { type decimal64 { fraction-digits 2; } } ¶
  leaf x { type t { fraction-digits 2; } } <!
9.3.4 range finer than fraction-digits: leaf x { type decimal64 { fraction-digits 1; range 0..1.23; } } <!
9.3.4 range beyond decimal64: leaf x { type decimal64 { fraction-digits 18; range 0..10; } } <!
9.6.4 enum twice: leaf x { type enumeration { enum a; ¶ enum a; } } <!
9.6.4.2 enum value twice: leaf x { type enumeration { enum a { value 1; } ¶ enum b { value 1; } } } <!
9.6.4.2 enum value beyond: leaf x { type enumeration { enum a { value 2147483648; } } } <!
9.6.4.2 enum no value left: leaf x { type enumeration { enum a { value 2147483647; } ¶ enum b; } } <!
9.6.4 enum empty: leaf x { type enumeration { enum ""; } } <!
9.6.4 enum space: leaf x { type enumeration { enum " a"; } } <!
9.6.4 enum space after: leaf x { type enumeration { enum "a "; } } <!
9.6.4 enum not in base: typedef t { type enumeration { enum a; } } ¶ leaf x { type t { enum b; } } <!
9.6.4 enum other value: typedef t { type enumeration { enum a { value 1; } } } ¶
  leaf x { type t { enum a { value 2; } } } <!
9.6 enumeration without enums: leaf x { type enumeration; } <!
9.7 bits without bits: leaf x { type bits; } <!
9.7.4 bit twice: leaf x { type bits { bit a; ¶ bit a; } } <!
9.7.4.2 position twice: leaf x { type bits { bit a { position 1; } ¶ bit b { position 1; } } } <!
9.7.4.2 position beyond: leaf x { type bits { bit a { position 4294967296; } } } <!
9.7.4.2 position negative: leaf x { type bits { bit a { position -1; } } } <!
9.7.4.2 no position left: leaf x { type bits { bit a { position 4294967295; } ¶ bit b; } } <!
9.7.4 bit not in base: typedef t { type bits { bit a; } } ¶ leaf x { type t { bit b; } } <!
9.7.4 bit other position: typedef t { type bits { bit a { position 1; } } } ¶
  leaf x { type t { bit a { position 2; } } } <!
9.7.4 bit no identifier: leaf x { type bits { bit "a b"; } } <!
9.9 leafref without path: leaf x { type leafref; } <!
9.9.2 leafref to nowhere: leaf x { type leafref { path ../y; } } <!
9.9.2 leafref to container: container y; ¶ leaf x { type leafref { path ../y; } } <!
9.9.2 leafref path junk: leaf x { type leafref { path "../y["; } } <!
9.9.2 leafref undeclared prefix: leaf x { type leafref { path ../q:y; } } <!
9.9.2 leafref to an undeclared prefix abs: leaf x { type leafref { path /q:y; } } <!
9.9 leafref to itself: leaf x { type leafref { path ../x; } } <!
9.9 leafref circle: leaf x { type leafref { path ../y; } } ¶ leaf y { type leafref { path ../x; } } <!
9.9.3 leafref of config to state: leaf y { config false; type int8; } ¶
  leaf x { type leafref { path ../y; } } <!
9.9.2 leafref predicate not list: container c { leaf k { type int8; } leaf v { type int8; } } ¶
  leaf x { type leafref { path "../c[k = current()/../z]/v"; } } <!
9.9.2 leafref out of the top: leaf y { type int8; } ¶ leaf x { type leafref { path ../../../y; } } <!
9.9 typedef leafref unused to undeclared prefix: typedef t { type leafref { path /q:x; } } <!
9.10 identityref without base: leaf x { type identityref; } <!
9.10.2 identityref base unknown: leaf x { type identityref { base j; } } <!
9.10 identityref restricted: identity i; typedef t { type identityref { base i; } } ¶
  leaf x { type t { base i; } } <!
9.12 union without: leaf x { type union; } <!
9.12 union restated: typedef t { type union { type int8; } } ¶ leaf x { type t { type int8; } } <!
9.13 require-instance junk: leaf x { type instance-identifier { require-instance maybe; } } <!
9.5 boolean restricted: leaf x { type boolean { enum a; } } <!
7.3 type unknown: leaf x { type nix; } <!
7.3 type of undeclared prefix: leaf x { type q:nix; } <!
7.3 typedef circle: typedef a { type b; } <! ¶ typedef b { type a; }
7.6.4 default of mandatory: leaf x { type int8; default 1; mandatory true; } <!
7.6.4 default no value: leaf x { type int8; default 300; } <!
7.6.4 default out of range: leaf x { type int8 { range 1..3; } default 4; } <!
7.6.4 default out of pattern: leaf x { type string { pattern a; } default b; } <!
7.6.4 default out of length: leaf x { type string { length 2; } default b; } <!
7.6.4 default no enum: leaf x { type enumeration { enum a; } default b; } <!
7.6.4 default no union member: leaf x { type union { type int8; type boolean; } default b; } <!
7.6.4 default no identity: identity i; leaf x { type identityref { base i; } default b; } <!
7.6.4 default not derived: identity i; leaf x { type identityref { base i; } default i; } <!
7.6.4 default no bit: leaf x { type bits { bit a; } default "a b"; } <!
7.6.4 default decimal: leaf x { type decimal64 { fraction-digits 1; } default 1.25; } <!
7.6.4 default binary: leaf x { type binary; default "*"; } <!
7.6.4 default leafref's: leaf y { type int8; } ¶ leaf x { type leafref { path ../y; } default a; } <!
9.11 default of empty: leaf x { type empty; default ""; } <!
7.6.4 default enum of feature: feature f; ¶
  leaf x { type enumeration { enum a { if-feature f; } enum b; } default a; } <!
7.6.4 default bit of feature: feature f; ¶
  leaf x { type bits { bit a { if-feature f; } bit b; } default a; } <!
7.6.4 default identity of feature: feature f; identity i; identity j { base i; if-feature f; } ¶
  leaf x { type identityref { base i; } default j; } <!
7.3.4 typedef default: typedef t { type int8; default 300; } <! ¶ leaf x { type t; }
7.3.4 typedef default unused: typedef t { type int8; default 300; } <!
7.3.4 typedef default in the grouping unused: grouping g { typedef t { type int8; default 300; } } <!
7.3.4 typedef default out of restriction: typedef t { type int8; default 30; } ¶
  leaf x { type t { range 1..3; } } <!
7.3.4 typedef of typedef default out: typedef t { type int8; default 30; } ¶
  typedef u { type t { range 1..3; } } <!
7.7.4 leaf-list default twice in config: leaf-list x { type int8; default 1; default 1; } <!
7.7.4 leaf-list default with min: leaf-list x { type int8; min-elements 1; default 1; } <!
7.7.4 leaf-list default bad: leaf-list x { type int8; default 1; default z; } <!
7.7.5 min above max: leaf-list x { type int8; min-elements 3; max-elements 2; } <!
7.7.5 list min above max: list x { key k; leaf k { type int8; } min-elements 3; max-elements 2; } <!
7.7.6 max zero: leaf-list x { type int8; max-elements 0; } <!
7.7.5 min negative: leaf-list x { type int8; min-elements -1; } <!
7.7.7 ordered-by junk: leaf-list x { type int8; ordered-by me; } <!
7.9.3 default and mandatory choice: choice c { mandatory true; default a; leaf a { type int8; } } <!
7.9.3 default no case: choice c { default b; leaf a { type int8; } } <!
7.9.3 mandatory in default case: choice c { default a; case a { leaf a { type int8; mandatory true; } } } <!
7.9.3 mandatory list in default case: choice c { default a; case a { leaf-list a { type int8; min-elements 1; } } } <!
7.9.3 mandatory deep in default case: choice c { default a; case a { container n { leaf a { type int8; mandatory true; } } } } <!
7.9.3 mandatory choice in default case: choice c { default a; case a { choice n { mandatory true; leaf a { type int8; } } } } <!
7.21.1 config under state: container c { config false; ¶ leaf x { config true; type int8; } } <!
7.21.1 config junk: leaf x { type int8; config maybe; } <!
7.21.1 refine config under state: grouping g { leaf x { type int8; } } ¶
  container c { config false; uses g { ¶ refine x { config true; } } } <!
7.21.1 augment config under state: container c { config false; } ¶
  augment /c { leaf x { config true; type int8; } } <!
7.8.2 key missing: list l { leaf k { type int8; } } <!
7.8.2 key not there: list l { key k; leaf j { type int8; } } <!
7.8.2 key twice: list l { key "k k"; leaf k { type int8; } } <!
7.8.2 key a container: list l { key k; container k; } <!
7.8.2 key a leaf-list: list l { key k; leaf-list k { type int8; } } <!
7.8.2 key deep: list l { key c/k; container c { leaf k { type int8; } } } <!
7.8.2 key empty: list l { key ""; leaf k { type int8; } } <!
7.8.2 key in choice: list l { key k; choice c { leaf k { type int8; } } } <!
7.8.2 key of other config: list l { key k; ¶ leaf k { config false; type int8; } } <!
7.8.2 key with when: list l { key k; ¶ leaf k { type int8; when ../j; } leaf j { type int8; } } <!
7.8.2 key with if-feature: feature f; list l { key k; ¶ leaf k { type int8; if-feature f; } } <!
7.8.2 key through uses with when: grouping g { leaf k { type int8; } } list l { key k; leaf j { type int8; } ¶
  uses g { when j; } } <!
7.8.3 unique nowhere: list l { key k; leaf k { type int8; } ¶ unique z; } <!
7.8.3 unique container: list l { key k; leaf k { type int8; } container z; ¶ unique z; } <!
7.8.3 unique leaf-list: list l { key k; leaf k { type int8; } leaf-list z { type int8; } ¶ unique z; } <!
7.8.3 unique in list: list l { key k; leaf k { type int8; } list z { key j; leaf j { type int8; } } ¶
  unique z/j; } <!
7.8.3 unique mixed config: list l { key k; leaf k { type int8; } leaf a { type int8; } leaf b { config false; type int8; } ¶
  unique "a b"; } <!
7.8.3 unique twice: list l { key k; leaf k { type int8; } leaf a { type int8; } ¶ unique "a a"; } <!
7.8.3 unique absolute: list l { key k; leaf k { type int8; } leaf a { type int8; } ¶ unique /l/a; } <!
7.12 grouping circle: grouping g { uses h; } <! ¶ grouping h { uses g; }
7.12 unused grouping type: grouping g { leaf x { type nix; } } <!
7.12 unused grouping default: grouping g { leaf x { type int8; default 300; } } <!
7.12 unused grouping must: grouping g { leaf x { type int8; must "a["; } } <!
7.12 unused grouping leafref prefix: grouping g { leaf x { type leafref { path ../q:z; } } } <!
7.12 unused grouping pattern: grouping g { leaf x { type string { pattern '[a'; } } } <!
7.13 grouping unknown: uses nix; <!
7.13.2 refine nowhere: grouping g { leaf x { type int8; } } ¶ uses g { refine y { config false; } } <!
7.13.2 refine leaf presence: grouping g { leaf x { type int8; } } ¶ uses g { refine x { presence p; } } <!
7.13.2 refine container mandatory: grouping g { container x; } ¶ uses g { refine x { mandatory true; } } <!
7.13.2 refine list default: grouping g { list x { key k; leaf k { type int8; } } } ¶
  uses g { refine x { default 1; } } <!
7.13.2 refine default bad: grouping g { leaf x { type int8; } } ¶ uses g { refine x { default 300; } } <!
7.13.2 refine default and mandatory: grouping g { leaf x { type int8; } } <! ¶
  uses g { refine x { default 3; mandatory true; } }
7.13.2 refine mandatory of default: grouping g { leaf x { type int8; default 1; } } <! ¶
  uses g { refine x { mandatory true; } }
7.13.2 refine min over max: grouping g { leaf-list x { type int8; max-elements 1; } } ¶
  uses g { refine x { min-elements 2; } } <!
7.13.2 refine absolute: grouping g { leaf x { type int8; } } ¶ uses g { refine /x { config false; } } <!
7.13.2 refine leaf two defaults: grouping g { leaf x { type int8; } } ¶
  uses g { refine x { default 3; default 4; } } <!
7.13.2 refine type: grouping g { leaf x { type int8; } } ¶ uses g { refine x { type int16; } } <!
7.13.2 refine key if-feature: feature f; grouping g { list l { key k; leaf k { type int8; } } } ¶
  uses g { refine l/k { if-feature f; } } <!
7.13.2 refine choice default no case: grouping g { choice c { leaf a { type int8; } } } ¶
  uses g { refine c { default b; } } <!
7.17 augment nowhere: augment /nix { leaf x { type int8; } } <!
7.17 augment leaf: leaf y { type int8; } ¶ augment /y { leaf x { type int8; } } <!
7.17 augment relative at top: container c; ¶ augment c { leaf x { type int8; } } <!
7.17 augment absolute in uses: grouping g { container c; } ¶
  uses g { augment /c { leaf x { type int8; } } } <!
7.17 augment same name: container c { leaf x { type int8; } } ¶ augment /c { leaf x { type int8; } } <!
7.17 augment twice: container c; ¶ augment /c { leaf x { type int8; } } ¶
  augment /c { leaf x { type int8; } } <!
7.17 augment choice with rpc: choice c; ¶ augment /c { rpc x; } <!
7.17 augment container with case: container c; ¶ augment /c { case x { leaf y { type int8; } } } <!
7.17 augment rpc: rpc r; ¶ augment /r { leaf x { type int8; } } <!
7.17 augment anydata: anydata c; ¶ augment /c { leaf x { type int8; } } <!
7.17 augment undeclared prefix: augment /q:c { leaf x { type int8; } } <!
7.17 augment input with action: rpc r; ¶ augment /r/input { action a; } <!
7.17 augment leaf in uses: grouping g { leaf c { type int8; } } ¶
  uses g { augment c { leaf x { type int8; } } } <!
7.15 action in keyless list: list l { config false; leaf a { type int8; } ¶ action go; } <!
7.15 action below keyless list: list l { config false; leaf a { type int8; } container c { ¶ action go; } } <!
7.15 action in rpc: rpc r { input { container c { ¶ action go; } } } <!
7.15 action in notification: notification n { container c { ¶ action go; } } <!
7.15 action in action: container t { action r { input { container c { ¶ action go; } } } } <!
7.15 action through grouping in rpc: grouping g { container c { action go; } } <! ¶
  rpc r { input { uses g; } }
7.16 notification in keyless list: list l { config false; leaf a { type int8; } ¶ notification go; } <!
7.16 notification in rpc: rpc r { input { container c { ¶ notification go; } } } <!
7.16 notification in notification: notification n { container c { ¶ notification go; } } <!
7.15 action at top: action go; <!
7.15 action by augment in keyless list: list l { config false; leaf a { type int8; } } ¶ augment /l { ¶
  action go; } <!
7.15 action in a case: choice c { case d { action go; } } <!
7.14 rpc in container: container c { rpc go; } <!
7.20.1 feature circle: feature a { if-feature b; } <! ¶ feature b { if-feature a; }
7.20.2 feature unknown: leaf x { type int8; if-feature nix; } <!
7.20.2 feature junk: feature a; leaf x { type int8; if-feature "a or"; } <!
7.20.2 feature junk paren: feature a; leaf x { type int8; if-feature "(a"; } <!
7.20.2 feature undeclared prefix: leaf x { type int8; if-feature q:a; } <!
7.18 identity circle: identity i { base j; } <! ¶ identity j { base i; }
7.18 identity itself: identity i { base i; } <!
7.18 identity unknown: identity i { base nix; } <!
7.19 extension unknown: m:nix; <!
7.19 extension undeclared prefix: q:nix; <!
7.19 extension without its argument: extension e { argument a; } ¶ m:e; <!
7.19 extension with an argument: extension e; ¶ m:e arg; <!
7.5.3 must junk: leaf x { type int8; must "a["; } <!
7.5.3 must undeclared prefix: leaf x { type int8; must "q:a"; } <!
7.5.3 must unknown function: leaf x { type int8; must "nix()"; } <!
7.5.3 must wrong arity: leaf x { type int8; must "count()"; } <!
7.5.3 must variable: leaf x { type int8; must "$a"; } <!
7.21.5 when junk: leaf x { type int8; when "a["; } <!
7.21.5 when undeclared prefix: leaf x { type int8; when "q:a"; } <!
7.21.2 current uses deprecated type: typedef t { type int8; status deprecated; } ¶ leaf x { type t; } <!
7.21.2 current uses obsolete grouping: grouping g { status obsolete; leaf x { type int8; } } ¶ uses g; <!
7.21.2 deprecated uses obsolete identity: identity i { status obsolete; } ¶
  leaf x { status deprecated; type identityref { base i; } } <!
7.21.2 current if-feature deprecated: feature f { status deprecated; } ¶
  leaf x { type int8; if-feature f; } <!
7.21.2 current identity of deprecated base: identity i { status deprecated; } ¶ identity j { base i; } <!
7.21.2 current leafref to obsolete: leaf y { type int8; status obsolete; } ¶
  leaf x { type leafref { path ../y; } } <!
7.21.2 current typedef of deprecated type: typedef t { type int8; status deprecated; } ¶ typedef u { type t; } <!
7.21.2 current union of deprecated type: typedef t { type int8; status deprecated; } ¶
  leaf x { type union { type t; type string; } } <!
7.21.2 status junk: leaf x { type int8; status new; } <!
8791 structure not at top: import ietf-yang-structure-ext { prefix sx; } ¶
  container c { sx:structure s { leaf x { type int8; } } } <!
8791 structure twice: import ietf-yang-structure-ext { prefix sx; } ¶
  sx:structure s { leaf x { type int8; } } ¶ sx:structure s { leaf x { type int8; } } <!
8791 structure with bad type: import ietf-yang-structure-ext { prefix sx; } ¶
  sx:structure s { leaf x { type nix; } } <!
8791 augment-structure nowhere: import ietf-yang-structure-ext { prefix sx; } ¶
  sx:augment-structure /sx:s { leaf x { type int8; } } <!
8791 structure default: import ietf-yang-structure-ext { prefix sx; } ¶
  sx:structure s { leaf x { type int8; default 300; } } <!
8791 structure leafref nowhere: import ietf-yang-structure-ext { prefix sx; } ¶
  sx:structure s { leaf x { type leafref { path ../y; } } } <!
7952 annotation without type: import ietf-yang-metadata { prefix md; } ¶ md:annotation a; <!
7952 annotation with bad type: import ietf-yang-metadata { prefix md; } ¶ md:annotation a { type nix; } <!
7952 annotation in container: import ietf-yang-metadata { prefix md; } ¶
  container c { md:annotation a { type int8; } } <!
7952 annotation twice: import ietf-yang-metadata { prefix md; } ¶ md:annotation a { type int8; } ¶
  md:annotation a { type int8; } <!
"""

RFC_6020 = r"""
6.2 xml identifier: leaf xmlish { type string; } <!
9.6.3 enum restricted: typedef t { type enumeration { enum a; enum b; } } ¶ leaf x { type t { enum b; } } <!
9.9.3 require-instance: leaf y { type int8; } ¶
  leaf x { type leafref { path ../y; require-instance false; } } <!
9.10.2 several bases: identity i; identity j; ¶ leaf x { type identityref { base i; base j; } } <!
9.12 union of empty: leaf x { type union { type empty; type int8; } } <!
9.12 union of leafref: leaf y { type int8; } ¶
  leaf x { type union { type leafref { path ../y; } type int8; } } <!
7.7.2 leaf-list default: leaf-list x { type int8; default 1; } <!
7.8.2 key of empty: list l { key k; <! ¶ leaf k { type empty; } }
7.13.2 refine if-feature: feature f; grouping g { leaf x { type int8; } } ¶
  uses g { refine x { if-feature f; } } <!
7.15 action: container c { action go; } <!
7.10 anydata: anydata c; <!
7.16 inline notification: container c { notification go; } <!
7.5.3 must in input: rpc r { input { must x; leaf x { type int8; } } } <!
7.9.2 choice in choice: choice c { choice d { leaf x { type int8; } } } <!
7.18.2 identity two bases: identity i; identity j; ¶ identity k { base i; base j; } <!
7.18.3 identity if-feature: feature f; ¶ identity k { if-feature f; } <!
9.4.6 modifier: leaf x { type string { pattern a { modifier invert-match; } } } <!
9.6.4 enum if-feature: feature f; leaf x { type enumeration { enum a { if-feature f; } } } <!
7.20.2 if-feature expression: feature f; feature g; leaf x { type int8; if-feature "f and g"; } <!
10 xpath function of 1.1: leaf x { type int8; must "re-match(., 'a')"; } <!
"""
"""What YANG 1 does not know, or forbids."""


def rows(table: str) -> list[tuple[str, str]]:
    parted = [row.partition(": ") for row in table.strip().replace("\n  ", " ").splitlines()]
    assert all(colon for _, colon, _ in parted)
    return [(name, body) for name, _, body in parted]


def refused(folder: Path, body: str, version: str) -> None:
    lines = module("m", body.replace(" ¶ ", "\n").replace(r"\x07", "\x07"), version=version).splitlines()
    (line,) = (number for number, text in enumerate(lines, 1) if text.endswith("<!"))
    write(folder, "\n".join(lines).replace("<!", ""))
    with pytest.raises(ModelError) as refusal:
        load(["m"], folders=[folder])
    places = {(fault.place.file, fault.place.line) for fault in refusal.value.faults if fault.place}
    assert ("m.yang", line) in places, str(refusal.value)


@pytest.mark.parametrize(("name", "body"), [pytest.param(*row, id=row[0]) for row in rows(RFC_7950)])
def test_a_model_is_refused_where_it_breaks_a_rule(tmp_path: Path, name: str, body: str) -> None:
    refused(tmp_path, body, "1.1")


@pytest.mark.parametrize(("name", "body"), [pytest.param(*row, id=row[0]) for row in rows(RFC_6020)])
def test_a_model_of_yang_1_is_refused_where_it_breaks_a_rule(tmp_path: Path, name: str, body: str) -> None:
    refused(tmp_path, body, "1")
