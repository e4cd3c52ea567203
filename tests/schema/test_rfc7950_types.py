"""What a type may say of itself: the rules of RFC 7950 section 9 that a model must obey.

Which values a type then has is in ``test_types_*``; here is one small model to a rule, as in
``test_rfc7950_definitions``.
"""

import re
from pathlib import Path

import pytest
from rfc7950_lab import Text, judged

RIGHT: dict[str, Text] = {
    "9.2.4 parts of a range": 'leaf a { type int8 { range "-4..4 | 10..20 | 30"; } }',
    "9.2.4 min and max": 'leaf a { type int8 { range "min..-1 | 1..max"; } }',
    "9.2.4 a range of a range": 'typedef t { type int32 { range "1..40 | 50"; } } leaf a { type t { range "5..10 | 50"; } }',
    "9.2.4 an equal range": 'typedef t { type int8 { range "1..4"; } } leaf a { type t { range "1..4"; } }',
    "9.3.4 fraction digits from 1 to 18": (
        "leaf a { type decimal64 { fraction-digits 1; } } leaf b { type decimal64 { fraction-digits 18; } }"
    ),
    "9.3 a range of decimals": 'leaf a { type decimal64 { fraction-digits 2; range "1 .. 3.14 | 10 | 20..max"; } }',
    "9.4.4 parts of a length": 'leaf a { type string { length "1..3 | 5 | 10..max"; } }',
    "9.4.4 a length of a length": 'typedef t { type string { length "1..255"; } } leaf a { type t { length "11 | 42..max"; } }',
    "9.4.5 several patterns": "leaf a { type string { pattern '[a-z]*'; pattern 'x.*'; } }",
    "9.4.6 a pattern that must not match": "leaf a { type string { pattern 'x.*' { modifier invert-match; } } }",
    "9.6.4 names with blanks inside": 'leaf a { type enumeration { enum "two words"; enum 10m; enum "\u00fcber"; } }',
    "9.6.4.2 negative values": "leaf a { type enumeration { enum x { value -2147483648; } enum y { value 2147483647; } } }",
    "9.6.4 fewer names": "typedef t { type enumeration { enum x; enum y; } } leaf a { type t { enum y; } }",
    "9.6.4 fewer names with their values": (
        "typedef t { type enumeration { enum x; enum y { value 7; } } } leaf a { type t { enum y { value 7; } } }"
    ),
    "9.7.4 fewer bits": "typedef t { type bits { bit x; bit y; } } leaf a { type t { bit y { position 1; } } }",
    "9.7.4.2 a gap between positions": "leaf a { type bits { bit x { position 0; } bit y { position 4294967295; } } }",
    "9.9 a leafref to a leafref": (
        'leaf a { type string; } leaf b { type leafref { path "../a"; } } '
        'leaf c { type leafref { path "../b"; } }'
    ),
    "9.9 a leafref to a leaf-list": 'leaf-list a { type string; } leaf b { type leafref { path "../a"; } }',
    "9.9.2 a predicate by current": (
        "list l { key k; leaf k { type string; } leaf v { type string; } } leaf x { type string; } "
        'leaf a { type leafref { path "/l[k = current()/../x]/v"; } }'
    ),
    "9.9.3 configuration to state without its instance": (
        'leaf s { config false; type string; } leaf a { type leafref { path "../s"; require-instance false; } }'
    ),
    "9.9 state to configuration": 'leaf c { type string; } leaf a { config false; type leafref { path "../c"; } }',
    "9.10.2 several bases": "identity i; identity j; leaf a { type identityref { base i; base j; } }",
    "9.12 empty and leafref in a union": (
        'leaf a { type union { type empty; type leafref { path "../b"; } } } leaf b { type int8; }'
    ),
    "9.12 a union of one": "leaf a { type union { type int8; } }",
    "9.11 empty without default": "leaf a { type empty; }",
    "9.13 an instance-identifier": "leaf a { type instance-identifier; }",
}

WRONG: dict[str, tuple[Text, str]] = {
    "9.2.4 parts that overlap": ('leaf a { type int8 { range "1..5 | 3..9"; } }', "range error"),
    "9.2.4 parts upside down": ('leaf a { type int8 { range "7..9 | 1..2"; } }', "range error"),
    "9.2.4 bounds upside down": ('leaf a { type int8 { range "9..1"; } }', "range error"),
    "9.2.4 a bound outside the type": ('leaf a { type int8 { range "1..200"; } }', "range error"),
    "9.2.4 a bound that is no number": ('leaf a { type int8 { range "1..x"; } }', "bad value"),
    "9.2.4 a range wider than its base": (
        'typedef t { type int8 { range "1..4"; } } leaf a { type t { range "1..5"; } }',
        "range error",
    ),
    "9.2.4 a range across a gap of its base": (
        'typedef t { type int8 { range "1..4 | 8..9"; } } leaf a { type t { range "2..9"; } }',
        "range error",
    ),
    "9.2.4 a range of a string": ('leaf a { type string { range "1..4"; } }', "not allowed"),
    "9.3.4 no fraction digits": ("leaf a { type decimal64; }", "fraction-digits"),
    "9.3.4 no such fraction digits": ("leaf a { type decimal64 { fraction-digits 0; } }", "bad value"),
    "9.3.4 too many fraction digits": ("leaf a { type decimal64 { fraction-digits 19; } }", "bad value"),
    "9.3.4 fraction digits of a derived type": (
        "typedef t { type decimal64 { fraction-digits 2; } } leaf a { type t { fraction-digits 1; } }",
        "fraction_digits",
    ),
    "9.3 a bound finer than the type": (
        'leaf a { type decimal64 { fraction-digits 1; range "0.25..1"; } }',
        "0.25|range|digits",
    ),
    "9.3 a default finer than the type": (
        "leaf a { type decimal64 { fraction-digits 1; } default 0.25; }",
        "0.25",
    ),
    "9.4.4 a length below zero": ('leaf a { type string { length "-1..4"; } }', "bad value|length"),
    "9.4.4 lengths that overlap": ('leaf a { type string { length "1..5 | 3..9"; } }', "length error"),
    "9.4.4 a length wider than its base": (
        'typedef t { type string { length "1..4"; } } leaf a { type t { length "1..5"; } }',
        "length error",
    ),
    "9.4.4 a length of a number": ('leaf a { type int8 { length "1..4"; } }', "not allowed"),
    "9.4.5 a pattern that is none": ("leaf a { type string { pattern '[a'; } }", "pattern|not closed"),
    "9.4.5 a pattern of a number": ("leaf a { type int8 { pattern 'a'; } }", "not allowed"),
    "9.4.6 a modifier that does not exist": (
        "leaf a { type string { pattern 'a' { modifier inverted; } } }",
        "bad value",
    ),
    "9.6.4 no enum": ("leaf a { type enumeration; }", "enum"),
    "9.6.4 a name twice": ("leaf a { type enumeration { enum x; enum x; } }", "already|x"),
    "9.6.4 no name": ('leaf a { type enumeration { enum ""; } }', "bad value|enum"),
    "9.6.4 a blank before a name": (
        'leaf a { type enumeration { enum " x"; } }',
        "bad value|whitespace|enum",
    ),
    "9.6.4 a blank after a name": ('leaf a { type enumeration { enum "x "; } }', "bad value|whitespace|enum"),
    "9.6.4 a no-break space before a name": ('leaf a { type enumeration { enum "\u00a0x"; } }', "enum-arg"),
    "9.6.4 an em space after a name": ('leaf a { type enumeration { enum "x\u2003"; } }', "enum-arg"),
    "9.6.4.2 a value twice": (
        "leaf a { type enumeration { enum x { value 1; } enum y { value 1; } } }",
        "already|value",
    ),
    "9.6.4.2 a value beyond 32 bits": (
        "leaf a { type enumeration { enum x { value 2147483648; } } }",
        "2147483648",
    ),
    "9.6.4.2 no value after the highest": (
        "leaf a { type enumeration { enum x { value 2147483647; } enum y; } }",
        "value",
    ),
    "9.6.4 a name that the base has not": (
        "typedef t { type enumeration { enum x; } } leaf a { type t { enum y; } }",
        "y",
    ),
    "9.6.4 another value than the base has": (
        "typedef t { type enumeration { enum x; } } leaf a { type t { enum x { value 5; } } }",
        "value|5",
    ),
    "9.7.4 no bit": ("leaf a { type bits; }", "bit"),
    "9.7.4 a bit that is no identifier": ('leaf a { type bits { bit "two words"; } }', "identifier"),
    "9.7.4 a bit twice": ("leaf a { type bits { bit x; bit x; } }", 'a bit "x" already'),
    "9.7.4.2 a position twice": (
        "leaf a { type bits { bit x { position 1; } bit y { position 1; } } }",
        "already|position",
    ),
    "9.7.4.2 a position below zero": ("leaf a { type bits { bit x { position -1; } } }", "bad value"),
    "9.7.4.2 a position beyond 32 bits": (
        "leaf a { type bits { bit x { position 4294967296; } } }",
        "4294967296|position|bad value",
    ),
    "9.7.4.2 no position after the highest": (
        "leaf a { type bits { bit x { position 4294967295; } bit y; } }",
        "position",
    ),
    "9.7.4 a bit that the base has not": (
        "typedef t { type bits { bit x; } } leaf a { type t { bit y; } }",
        "y",
    ),
    "9.7.4 another position than the base has": (
        "typedef t { type bits { bit x; } } leaf a { type t { bit x { position 5; } } }",
        "position|5",
    ),
    "9.9 no path": ("leaf a { type leafref; }", "path"),
    "9.9.2 a path to a container": ('container c; leaf a { type leafref { path "../c"; } }', "leaf"),
    "9.9.2 a path that leads nowhere": ('leaf a { type leafref { path "../b"; } }', "b"),
    "9.9.2 a predicate that is no key": (
        "list l { key k; leaf k { type string; } leaf v { type string; } } leaf x { type string; } "
        'leaf a { type leafref { path "/l[v = current()/../x]/v"; } }',
        "key",
    ),
    "9.9.2 an expression that is no path": (
        'leaf b { type string; } leaf a { type leafref { path "../b + 1"; } }',
        "bad value|path|syntax",
    ),
    "9.9.3 configuration to state": (
        'leaf s { config false; type string; } leaf a { type leafref { path "../s"; } }',
        "config",
    ),
    "9.10.2 no base": ("leaf a { type identityref; }", "base"),
    "9.10.2 a base that does not exist": ("leaf a { type identityref { base i; } }", '"i"'),
    "9.10 a base of what is no identityref": ("identity i; leaf a { type int8 { base i; } }", "not allowed"),
    "9.11 a default of empty": ('leaf a { type empty; default ""; }', "default"),
    "9.12 no members": ("leaf a { type union; }", "type"),
    "9.12 a default that no member takes": (
        "leaf a { type union { type int8; type boolean; } default maybe; }",
        "maybe",
    ),
    "9.12 a default of an empty member": (
        'leaf a { type union { type empty; type int8; } default ""; }',
        "default|match",
    ),
    "9.8 an odd default of binary": ('leaf a { type binary; default "A"; }', "match|base64"),
    "9.10.2 a default that is not derived": (
        "identity i; identity j; leaf a { type identityref { base i; } default j; }",
        "not derived",
    ),
    "9.10.2 a default that is the base": (
        "identity i; leaf a { type identityref { base i; } default i; }",
        "not derived",
    ),
    "9.9 a default that the target cannot have": (
        'leaf b { type int8; } leaf a { type leafref { path "../b"; } default word; }',
        "word",
    ),
    "9.7 a default with an unknown bit": ("leaf a { type bits { bit x; } default y; }", "y"),
    "9.5 a default that is no boolean": ("leaf a { type boolean; default True; }", "True"),
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_right(tmp_path: Path, text: Text) -> None:
    assert judged(tmp_path, text) == ""


@pytest.mark.parametrize(("text", "reason"), WRONG.values(), ids=WRONG)
def test_wrong(tmp_path: Path, text: Text, reason: str) -> None:
    assert re.search(reason, judged(tmp_path, text))
