"""Models that pyang, which reads them for us, takes for wrong or right against the RFC."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from yang_text import compiled, module

from pyconfhoard.errors import ModelError
from pyconfhoard.schema.nodes import Leaf, LeafList

RIGHT: dict[str, tuple[str, Sequence[str]]] = {
    "7.17 an augment before the one that brings its target": (
        'container c; augment "/m:c/m:e" { leaf j { type string; } } augment "/m:c" { choice e { leaf b { type int8; } } }',
        ("/m:c/j", "/m:c/b"),
    ),
    "7.17 an augment of what a shorthand case will hold": (
        'container c { choice e; } augment "/m:c/m:e/m:j/m:j" { leaf x { type int8; } }'
        'augment "/m:c/m:e" { container j { leaf-list j { type int8; } } }',
        ("/m:c/j/x", "/m:c/j/j"),
    ),
    "7.17 three augments in the opposite order": (
        'container h; augment "/m:h/m:i/m:b/m:j/m:j/m:d" { leaf z { type int8; } }'
        'augment "/m:h/m:i/m:b" { container j { choice d; } } augment "/m:h" { container i { choice b; } }',
        ("/m:h/i/j/z",),
    ),
    "7.13 augments of what is used, in any order": (
        "grouping g { container c { choice e; } } uses g { augment c/e/j/j { leaf x { type int8; } }"
        "augment c/e { container j; } }",
        ("/m:c/j/x",),
    ),
    "7.13.2 two refines of a node": (
        "grouping g { leaf a { type int8; } } uses g { refine a { default 1; } refine m:a { description a; } }",
        ("/m:a",),
    ),
    "9.2.4 a range of one value": ('leaf a { type int8 { range "1..1 | 3..3"; } }', ("/m:a",)),
    "9.4.4 a length of one value": ('leaf a { type string { length "0..0"; } }', ("/m:a",)),
    "9.3.1 a default with leading and trailing zeros": (
        'leaf a { type decimal64 { fraction-digits 2; } default "01.500"; }',
        ("/m:a",),
    ),
    "9.3.1 a default with a sign": (
        'leaf a { type decimal64 { fraction-digits 2; } default "+1.5"; }',
        ("/m:a",),
    ),
    "9.9.2 a leafref into a choice at the top": (
        'choice c { leaf x { type int8; } } leaf y { type leafref { path "/x"; } }',
        ("/m:y",),
    ),
    "9.9.2 a leafref with a predicate into a choice at the top": (
        "choice c { list l { key k; leaf k { type int8; } leaf v { type int8; } } } leaf z { type int8; }"
        'leaf y { type leafref { path "/l[k = current()/../z]/v"; } }',
        ("/m:y",),
    ),
    "8791 an augment of a structure itself": (
        "import ietf-yang-structure-ext { prefix sx; } sx:structure s { leaf a { type int8; } }"
        'sx:augment-structure "/m:s" { leaf b { type int8; } }',
        (),
    ),
}

WRONG: dict[str, tuple[str, str]] = {
    "7.17 uses in the augment of a choice": (
        'choice c; grouping a { leaf x { type int8; } } augment "/m:c" {\nuses a; }',
        "takes cases",
    ),
    "9.2.4 intervals that touch": ('leaf a { type int8 {\nrange "1 | 1..2"; } }', "not larger"),
    "9.2.4 an interval that ends before it begins": ('leaf a { type int8 {\nrange "2..1"; } }', "not larger"),
    "9.3.1 a default that is no decimal": (
        'leaf a { type decimal64 { fraction-digits 2; }\ndefault "1."; }',
        "not a decimal",
    ),
    "9.3.1 a default with more digits than there are": (
        'leaf a { type decimal64 { fraction-digits 2; }\ndefault "1.0010"; }',
        "too many fraction digits",
    ),
    "7.17 uses in the augment of a choice of a grouping": (
        "grouping g { choice c; } grouping a { leaf x { type int8; } } uses g { augment c {\nuses a; } }",
        "takes cases",
    ),
    "7.13.2 a refine of a node beside those of the grouping": (
        "grouping g { leaf b { type int8; } } container c { leaf a { type int8; } uses g {\nrefine a { default 1; } } }",
        "not found",
    ),
    "7.13.2 the same default twice for a leaf-list": (
        "grouping g { leaf-list d { type int8; } } uses g { refine d { default 1;\ndefault 01; } }",
        "given twice",
    ),
    "9.3.1 a default of a type that no leaf has": (
        'typedef t { type decimal64 { fraction-digits 2; range "2..3"; }\ndefault "01.0"; }',
        "range error",
    ),
    "7.3.4 a default that one value is not": (
        'typedef t { type int8 { range "1..1"; }\ndefault 2; }',
        "outside 1",
    ),
    "9.9.2 a leafref of a type that no leaf has to what is not there": (
        'typedef t { type leafref {\npath "/m:x"; } }',
        "not found",
    ),
    "9.9.2 a leafref by a key that is compared with what is not there": (
        "list l { key k; leaf k { type int8; } leaf v { type int8; } }"
        'leaf y { type leafref {\npath "/l[k = current()/../z]/v"; } }',
        "leads nowhere",
    ),
    "9.9.2 a leafref by what is no key": (
        "choice c { list l { key k; leaf k { type int8; } leaf v { type int8; } } } leaf z { type int8; }"
        'leaf y { type leafref {\npath "/l[v = current()/../z]/k"; } }',
        "no key",
    ),
    "9.9.3 a leafref from configuration into a notification": (
        'notification n { leaf y { type int8; } } leaf x {\ntype leafref { path "/n/y"; } }',
        "is configuration and refers to",
    ),
    "9.9.3 a leafref from configuration into a notification of a container": (
        'container c { notification n { leaf y { type int8; } } leaf x {\ntype leafref { path "../n/y"; } } }',
        "is configuration and refers to",
    ),
    "8791 an augment-structure of data": (
        "import ietf-yang-structure-ext { prefix sx; } container s;\n"
        'sx:augment-structure "/m:s" { leaf b { type int8; } }',
        "no structure",
    ),
    "9.9.2 a leafref to what is not there": ('leaf y { type leafref {\npath "/x"; } }', "leads nowhere"),
}

DEVIATED: dict[str, tuple[str, str]] = {
    "7.20.3.2 must on a choice": ("deviation /m:c { deviate add {\nmust x; } }", '"must" property'),
    "7.20.3.2 the same default twice": (
        "deviation /m:l { deviate add { default a;\ndefault a; } }",
        "given twice",
    ),
    "7.20.3.2 a second default for a leaf": (
        "deviation /m:x { deviate replace { default a;\ndefault b; } }",
        "a second default",
    ),
    "7.20.3.2 a property of what is not supported": (
        "deviation /m:x { deviate not-supported {\nmust x; } }",
        "takes the whole node away",
    ),
}

PARTS: dict[str, tuple[str, Sequence[str], tuple[str, int]]] = {
    "7.1.6 an include with two descriptions": (
        "include p { description a;\ndescription b; }",
        ["submodule p { yang-version 1.1; belongs-to m { prefix m; } }"],
        ("m.yang", 6),
    ),
    "7.2.2 two prefixes of what it belongs to": (
        "include p;",
        ["submodule p { yang-version 1.1; belongs-to m { prefix m;\nprefix n; } }"],
        ("p.yang", 2),
    ),
    "7.2 two organizations of a submodule": (
        "include p;",
        ["submodule p { yang-version 1.1; belongs-to m { prefix m; } organization a;\norganization b; }"],
        ("p.yang", 2),
    ),
    "5.1 another revision than the module includes": (
        "include p; include q { revision-date 2020-01-01; }",
        [
            "submodule p { yang-version 1.1; belongs-to m { prefix m; }\ninclude q { revision-date 2021-01-01; } }",
            "submodule q { yang-version 1.1; belongs-to m { prefix m; } revision 2020-01-01; }",
        ],
        ("p.yang", 2),
    ),
}


@pytest.mark.parametrize(("body", "paths"), RIGHT.values(), ids=RIGHT)
def test_what_is_right_is_taken(tmp_path: Path, body: str, paths: Sequence[str]) -> None:
    schema = compiled(tmp_path, module("m", body))
    assert schema.warnings == ()
    for path in paths:
        assert isinstance(schema.find(path), Leaf | LeafList)


@pytest.mark.parametrize(("body", "reason"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_refused_where_it_stands(tmp_path: Path, body: str, reason: str) -> None:
    with pytest.raises(ModelError, match=reason) as refusal:
        compiled(tmp_path, module("m", body))
    assert [fault.place and fault.place.line for fault in refusal.value.faults] == [6]


@pytest.mark.parametrize(("body", "reason"), DEVIATED.values(), ids=DEVIATED)
def test_a_deviation_that_is_wrong_is_refused_where_it_stands(tmp_path: Path, body: str, reason: str) -> None:
    base = module("m", "choice c { leaf x { type string; default q; } } leaf-list l { type string; }")
    body = body.replace("/m:x", "/m:c/m:x/m:x")
    with pytest.raises(ModelError, match=reason) as refusal:
        compiled(tmp_path, base, module("other", "import m { prefix m; }" + body))
    assert ("other.yang", 6) in {
        (fault.place.file, fault.place.line) for fault in refusal.value.faults if fault.place
    }


@pytest.mark.parametrize(("body", "parts", "place"), PARTS.values(), ids=PARTS)
def test_what_a_submodule_says_of_itself_is_checked(
    tmp_path: Path, body: str, parts: Sequence[str], place: tuple[str, int]
) -> None:
    with pytest.raises(ModelError) as refusal:
        compiled(tmp_path, module("m", body), *parts)
    assert place in {(fault.place.file, fault.place.line) for fault in refusal.value.faults if fault.place}


@pytest.mark.parametrize("condition", ["off", "on and not off"])
def test_a_leafref_to_a_node_that_is_absent_with_it_is_taken(tmp_path: Path, condition: str) -> None:
    """RFC 7950 section 7.20.2: with a feature off neither is there; with the other condition both are."""
    text = module(
        "m",
        f"""
        feature on; feature off;
        container a {{
          if-feature "{condition}";
          leaf x {{ type leafref {{ path "/a/y"; }} }}
          leaf y {{ if-feature "{condition}"; type string; }}
        }}
        """,
    )
    paths = {node.path() for node in compiled(tmp_path, text, features={"m": ["on"]}).walk()}
    assert paths == (set() if condition == "off" else {"/m:a", "/m:a/x", "/m:a/y"})


def test_a_later_refine_refines_what_the_earlier_made(tmp_path: Path) -> None:
    """RFC 7950 section 7.13.2: a new default if there was one; a must comes on top."""
    refines = 'refine a { default 1; must "1"; description x; } refine a { default 2; must "2"; }'
    leaf = compiled(
        tmp_path, module("m", f"grouping g {{ leaf a {{ type int8; }} }} uses g {{ {refines} }}")
    ).find("/m:a")
    assert isinstance(leaf, Leaf)
    assert (leaf.default, leaf.description, [must.xpath.text for must in leaf.musts]) == (2, "x", ["1", "2"])


class TestStrings:
    def test_in_single_quotes_keep_every_character(self, tmp_path: Path) -> None:
        text = module("m", "leaf x { type string; default 'a  \n\tb\\n' + 'c'; }")
        leaf = compiled(tmp_path, text).find("/m:x")
        assert isinstance(leaf, Leaf)
        assert leaf.default == "a  \n\tb\\nc"

    def test_without_quotes_may_have_them_inside_in_yang_1(self, tmp_path: Path) -> None:
        leaf = compiled(tmp_path, module("m", "leaf x { type string; default a'b\"c; }", version="1")).find(
            "/m:x"
        )
        assert isinstance(leaf, Leaf)
        assert leaf.default == "a'b\"c"

    def test_without_quotes_end_before_a_comment_in_yang_1(self, tmp_path: Path) -> None:
        leaf = compiled(tmp_path, module("m", "leaf x { type string; default a/*b*/; }", version="1")).find(
            "/m:x"
        )
        assert isinstance(leaf, Leaf)
        assert leaf.default == "a"

    def test_without_quotes_have_none_inside_in_yang_1_1(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError):
            compiled(tmp_path, module("m", "leaf x { type string; default a'b; }"))
