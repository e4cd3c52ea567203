"""Modules of YANG version 1 (RFC 6020): what they may not say, and where the same words mean something else.

RFC 7950 section 1.1 lists what changed; section 12 how modules of both versions stand together.
"""

import re
from pathlib import Path

import pytest
from rfc7950_lab import Text, judged
from yang_text import compiled, module

from pyconfhoard.schema.nodes import Leaf, LeafList


def old(name: str, body: str) -> str:
    return module(name, body, version="1")


NEW_WORDS = {
    # what YANG 1.1 added: a body that only version 1.1 has
    "anydata": "anydata a;",
    "an action": "container c { action a; }",
    "a notification in a container": "container c { notification n; }",
    "a modifier of a pattern": "leaf a { type string { pattern x { modifier invert-match; } } }",
    "several bases of an identity": "identity a; identity b; identity c { base a; base b; }",
    "several bases of an identityref": "identity a; identity b; leaf l { type identityref { base a; base b; } }",
    "an expression of features": 'feature a; feature b; leaf l { if-feature "a or b"; type string; }',
    "if-feature of an identity": "feature f; identity i { if-feature f; }",
    "if-feature of an enum": "feature f; leaf l { type enumeration { enum a { if-feature f; } } }",
    "if-feature of a bit": "feature f; leaf l { type bits { bit a { if-feature f; } } }",
    "if-feature in a refine": "feature f; grouping g { leaf a { type string; } } uses g { refine a { if-feature f; } }",
    "must in an input": "rpc r { input { must true(); leaf a { type string; } } }",
    "must in a notification": "notification n { must true(); leaf a { type string; } }",
    "defaults of a leaf-list": "leaf-list a { type string; default x; }",
    "fewer enums": "typedef t { type enumeration { enum a; enum b; } } leaf l { type t { enum a; } }",
    "fewer bits": "typedef t { type bits { bit a; bit b; } } leaf l { type t { bit a; } }",
    "a choice as short case": "choice c { choice d { leaf a { type string; } } }",
    "a mandatory leaf of an augment elsewhere under a when": (
        'import o { prefix o; } augment /o:c { when "o:x"; leaf a { type string; mandatory true; } }'
    ),
    "empty in a union": "leaf l { type union { type empty; type int8; } }",
    "leafref in a union": 'leaf k { type int8; } leaf l { type union { type leafref { path "../k"; } type string; } }',
    "require-instance of a leafref": 'leaf k { type int8; } leaf l { type leafref { path "../k"; require-instance false; } }',
    "a key of type empty": "list l { key k; leaf k { type empty; } }",
    "a description of an import": 'import ietf-inet-types { prefix a; description "Why."; }',
}


OTHER = old("o", "container c { leaf x { type string; } }")


@pytest.mark.parametrize("body", NEW_WORDS.values(), ids=NEW_WORDS)
def test_what_version_1_1_added_is_refused_in_version_1(tmp_path: Path, body: str) -> None:
    assert judged(tmp_path / "new", (module("m", body), OTHER)) == ""
    assert judged(tmp_path / "old", (old("m", body), OTHER)) != ""


RIGHT: dict[str, Text] = {
    "no version is version 1": "module m { namespace urn:m; prefix m; leaf a { type string; } }",
    "an unknown escape stands for itself": old("m", 'leaf a { type string; description "\\d"; }'),
    "a module of version 1 may import one of version 1.1": (
        old("m", "import n { prefix n; } leaf a { type n:t; }"),
        module("n", "typedef t { type string; }"),
    ),
    "a module of version 1.1 may import one of version 1": (
        module("m", "import n { prefix n; } leaf a { type n:t; }"),
        old("n", "typedef t { type string; }"),
    ),
    "conditions by several if-features": old(
        "m", "feature f; feature g; leaf a { if-feature f; if-feature g; type string; }"
    ),
    "a submodule of the same version": (
        old("m", "include p; leaf a { type t; }"),
        "submodule p { belongs-to m { prefix m; } typedef t { type string; } }",
    ),
}

WRONG: dict[str, tuple[Text, str]] = {
    "12 a submodule of version 1.1": (
        (old("m", "include p;"), "submodule p { yang-version 1.1; belongs-to m { prefix m; } }"),
        "version",
    ),
    "12 a submodule of version 1 in a module of version 1.1": (
        ("include p;", "submodule p { belongs-to m { prefix m; } }"),
        "version",
    ),
    "12 an import of version 1.1 by its date": (
        (
            old("m", "import n { prefix n; revision-date 2020-01-01; }"),
            module("n", "revision 2020-01-01;"),
        ),
        "version|import",
    ),
    "6020 5.1 submodules that include each other": (
        (
            old("m", "include a; include b;"),
            "submodule a { belongs-to m { prefix m; } include b; }",
            "submodule b { belongs-to m { prefix m; } include a; }",
        ),
        "circular",
    ),
    "6020 6.2 an identifier that begins with xml": (old("m", "leaf xmlish { type string; }"), "identifier"),
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_right(tmp_path: Path, text: Text) -> None:
    assert judged(tmp_path, text) == ""


@pytest.mark.parametrize(("text", "reason"), WRONG.values(), ids=WRONG)
def test_wrong(tmp_path: Path, text: Text, reason: str) -> None:
    assert re.search(reason, judged(tmp_path, text))


def test_the_default_of_a_type_is_none_of_a_leaf_list(tmp_path: Path) -> None:
    """RFC 6020 knows no defaults of leaf-lists; RFC 7950 section 7.7.2 has the type's."""
    body = "typedef t { type int8; default 3; } leaf-list a { type t; } leaf b { type t; }"
    for version, expected in (("1", ()), ("1.1", (3,))):
        schema = compiled(tmp_path / version, module("m", body, version=version))
        found, leaf = schema.find("/m:a"), schema.find("/m:b")
        assert isinstance(found, LeafList)
        assert isinstance(leaf, Leaf)
        assert (found.defaults, leaf.default) == (expected, 3)
