"""What a module may define: the rules of RFC 7950 sections 5 and 7 that a model itself must obey.

Which statement may stand in which is in ``test_rfc7950_substatements``, what types may say in
``test_rfc7950_types``. Here is one small model to a rule: right ones, and wrong ones with what is said of them.
"""

import re
from pathlib import Path

import pytest
from rfc7950_lab import Text, judged

KEYED = "key k; leaf k { type string; }"
OTHER = 'module o { yang-version 1.1; namespace "urn:o"; prefix o; '

RIGHT: dict[str, Text] = {
    # 5, 7.1, 7.2
    "5.1 a module may import one that imports it not": (
        "import o { prefix o; }",
        OTHER + "typedef t { type string; } }",
    ),
    "5.1 a submodule may include another": (
        "include a; include b;",
        "submodule a { yang-version 1.1; belongs-to m { prefix m; } include b; leaf x { type t; } }",
        "submodule b { yang-version 1.1; belongs-to m { prefix m; } typedef t { type string; } }",
    ),
    "5.1 submodules may include each other": (
        "include a; include b;",
        "submodule a { yang-version 1.1; belongs-to m { prefix m; } include b; }",
        "submodule b { yang-version 1.1; belongs-to m { prefix m; } include a; }",
    ),
    "7.1 nothing but a head": "",
    "7.1.5 one module in two revisions under two prefixes": (
        "import ietf-inet-types { prefix a; } import ietf-inet-types { prefix b; revision-date 2013-07-15; }"
    ),
    "7.1.9 revisions in any order": "revision 2020-01-01; revision 2021-01-01;",
    # 7.5, 7.6, 7.7
    "7.5.5 a presence container without nodes": "container a { presence yes; }",
    "7.6.4 a default of a leaf that is not mandatory": "leaf a { type int8; mandatory false; default 5; }",
    "7.7 defaults of a leaf-list": "leaf-list a { type int8; default 1; default 2; }",
    "7.7.4 the same default twice in state data": "leaf-list a { config false; type int8; default 1; default 1; }",
    "7.7.5 min-elements zero beside a default": "leaf-list a { type int8; default 1; min-elements 0; }",
    "7.7.6 max-elements unbounded": "leaf-list a { type int8; max-elements unbounded; }",
    "7.7.7 ordered-by of state data means nothing": "leaf-list a { config false; type int8; ordered-by user; }",
    # 7.8
    "7.8.2 a key of several leafs": 'list a { key "k l"; leaf k { type string; } leaf l { type string; } }',
    "7.8.2 a key that is empty in type": "list a { key k; leaf k { type empty; } }",
    "7.8.2 no key in state data": "list a { config false; leaf k { type string; } }",
    "7.8.2 no key in an rpc": "rpc r { input { list a { leaf k { type string; } } } }",
    "7.8.2 no key in a notification": "notification n { list a { leaf k { type string; } } }",
    "7.8.3 a unique below the list": (
        "list a { key k; unique b/c; leaf k { type string; } container b { leaf c { type string; } } }"
    ),
    "7.8.3 a unique of the key": "list l { key k; unique k; leaf k { type string; } }",
    # 7.9
    "7.9 a case of several nodes": (
        "choice c { case a { leaf x { type string; } leaf y { type string; } } leaf b { type string; } }"
    ),
    "7.9 a choice as the short case of a choice": "choice c { choice d { leaf x { type string; } } }",
    "7.9.3 a default case": "choice c { default a; leaf a { type string; } }",
    # 7.12, 7.13
    "7.12 a grouping within a grouping": "grouping g { grouping h { leaf a { type string; } } container c { uses h; } } uses g;",
    "7.12 a grouping whose identifiers are not used": "grouping g { leaf a { type string; } }",
    "7.13 a grouping used twice in different nodes": (
        "grouping g { leaf a { type string; } } container c { uses g; } container d { uses g; }"
    ),
    "7.13.2 a refine of a node below": (
        "grouping g { container a { leaf b { type string; } } } uses g { refine a/b { default x; } }"
    ),
    "7.13.2 a refine to state": "grouping g { leaf a { type string; } } uses g { refine a { config false; } }",
    "7.13.2 a refine of a leaf to mandatory": "grouping g { leaf a { type string; } } uses g { refine a { mandatory true; } }",
    "7.13.2 a refine by a feature": "feature f; grouping g { leaf a { type string; } } uses g { refine a { if-feature f; } }",
    "7.13.2 a refine by an extension": "extension e; grouping g { leaf a { type string; } } uses g { refine a { m:e; } }",
    # 7.14, 7.15, 7.16
    "7.15 an action in a container, a list and an augment": (
        "container a { action x; list b { key k; leaf k { type string; } action y; } } augment /m:a { action z; }"
    ),
    "7.15 an action in state data": "container a { config false; action x; }",
    "7.16 a notification in a container and in a list": (
        "container a { notification x; list b { key k; leaf k { type string; } notification y; } }"
    ),
    "7.14.2 a mandatory leaf of an input": "rpc r { input { leaf a { type string; mandatory true; } } }",
    # 7.17
    "7.17 an augment of an rpc's input": "rpc r; augment /m:r/m:input { leaf a { type string; } }",
    "7.17 an augment of a notification": "notification n; augment /m:n { leaf a { type string; } }",
    "7.17 an augment of a choice by a short case": (
        "choice c { leaf a { type string; } } augment /m:c { leaf b { type string; } }"
    ),
    "7.17 an augment of a case in its short form": "choice c { container b; } augment /m:c/m:b { leaf z { type string; } }",
    "7.17 an augment below a case in its short form": (
        "choice c { container b; } augment /m:c/m:b/m:b { leaf z { type string; } }"
    ),
    "7.17 a mandatory leaf in one's own module": "container c; augment /m:c { leaf a { type string; mandatory true; } }",
    "7.17 a mandatory leaf elsewhere under a when": (
        'import o { prefix o; } augment /o:c { when "o:x"; leaf a { type string; mandatory true; } }',
        OTHER + "container c { leaf x { type string; } } }",
    ),
    "7.17 a mandatory leaf elsewhere below a presence container": (
        "import o { prefix o; } augment /o:c { container d { presence yes; leaf a { type string; mandatory true; } } }",
        OTHER + "container c; }",
    ),
    "7.17 two modules may each add a node of the same name": (
        "import o { prefix o; } augment /o:c { leaf a { type string; } }",
        OTHER + "container c { leaf a { type string; } } }",
    ),
    "7.17 a mandatory leaf of another's input": (
        "import o { prefix o; } augment /o:r/o:input { leaf a { type string; mandatory true; } }",
        OTHER + "rpc r; }",
    ),
    "7.17 a mandatory leaf in a new case": (
        "import o { prefix o; } augment /o:x { case y { leaf a { type string; mandatory true; } } }",
        OTHER + "choice x { leaf z { type string; } } }",
    ),
    "7.17 a mandatory leaf in the entries of a new list": (
        f"import o {{ prefix o; }} augment /o:c {{ list l {{ {KEYED} leaf a {{ type string; mandatory true; }} }} }}",
        OTHER + "container c; }",
    ),
    # 7.18, 7.19, 7.20, 7.21
    "7.18.2 an identity with several bases": "identity a; identity b; identity c { base a; base b; }",
    "7.19 an extension unknown to us is passed over": (
        "extension e { argument a; } m:e anything { m:e deeper; } leaf a { type string; }"
    ),
    "7.20.2 expressions of features": 'feature a; feature b; leaf x { if-feature "a or not (b and a)"; type string; }',
    "7.20.2 not binds most, then and, then or": 'feature a; feature b; leaf x { if-feature "not a and b or a"; type string; }',
    "7.21.1 state below configuration": "container a { leaf b { config false; type string; } }",
    "7.21.2 a deprecated node may use what is current": "typedef t { type string; } leaf a { status deprecated; type t; }",
    "7.21.2 another module's obsolete definition": (
        "import o { prefix o; } leaf a { type o:t; }",
        OTHER + "typedef t { status obsolete; type string; } }",
    ),
    "7.21.5 a when on a key's sister": f"list l {{ {KEYED} leaf v {{ when \"../k = 'x'\"; type string; }} }}",
}

WRONG: dict[str, tuple[Text, str]] = {
    # 5, 7.1, 7.2
    "5.1 modules that import each other": (
        ("import o { prefix o; }", OTHER + "import m { prefix m; } }"),
        "circular",
    ),
    "5.1 a submodule of another module": (
        (
            "import o { prefix o; } include a;",
            "submodule a { yang-version 1.1; belongs-to o { prefix o; } }",
            OTHER + "}",
        ),
        "belongs-to",
    ),
    "5.1 a submodule that imports its own module": (
        ("include a;", "submodule a { yang-version 1.1; belongs-to m { prefix m; } import m { prefix x; } }"),
        "circular",
    ),
    "5.1 a submodule that the module does not include": (
        (
            "include a;",
            "submodule a { yang-version 1.1; belongs-to m { prefix m; } include b; }",
            "submodule b { yang-version 1.1; belongs-to m { prefix m; } }",
        ),
        "not by the module",
    ),
    "5.3 a namespace that another module has": (
        ("import o { prefix o; }", 'module o { yang-version 1.1; namespace "urn:test:m"; prefix o; }'),
        "duplicate namespace",
    ),
    "7.1.6 a revision of a submodule that does not exist": (
        (
            "include a { revision-date 2019-01-01; }",
            "submodule a { yang-version 1.1; belongs-to m { prefix m; } revision 2020-01-01; }",
        ),
        "2019-01-01",
    ),
    "5.1 an import that does not exist": ("import nothing { prefix n; }", '"nothing" not found'),
    "5.1 an include that does not exist": ("include nothing;", '"nothing" not found'),
    "7.1.2 a version that does not exist": (
        'module m { yang-version 2; namespace "urn:m"; prefix m; }',
        "version",
    ),
    "7.1.3 no namespace": ("module m { yang-version 1.1; prefix m; }", "namespace"),
    "7.1.4 no prefix": ('module m { yang-version 1.1; namespace "urn:m"; }', "prefix"),
    "7.1.4 an import under one's own prefix": ("import o { prefix m; }", "prefix"),
    "7.1.5 two imports under one prefix": (
        "import ietf-inet-types { prefix a; } import ietf-yang-types { prefix a; }",
        "prefix",
    ),
    "7.1.5 an import of oneself": ("import m { prefix x; }", "circular"),
    "7.1.9 a date that is none": ("revision 2020-13-01;", "date"),
    "7.1.9 a revision after the definitions": (
        "leaf a { type string; } revision 2020-01-01;",
        "unexpected keyword",
    ),
    "7.1 imports after definitions": (
        "leaf a { type string; } import ietf-inet-types { prefix i; }",
        "unexpected keyword",
    ),
    # 7.3, 7.4
    "7.3 a typedef of itself": ("typedef t { type t; }", "circular"),
    "7.3 typedefs in a circle": ("typedef t { type u; } typedef u { type t; }", "circular"),
    "7.3.4 a default outside the type": ("typedef t { type int8; default 500; }", "500"),
    "7.4 a type that does not exist": ("leaf a { type nothing; }", '"nothing" not found'),
    # 7.5, 7.6, 7.7
    "7.6.4 a default beside mandatory": ("leaf a { type string; mandatory true; default x; }", "default"),
    "7.6.4 a default outside the type": ("leaf a { type int8; default x; }", "not an integer"),
    "7.6.4 a default that a feature may take away": (
        "feature f; leaf a { type enumeration { enum x { if-feature f; } enum y; } default x; }",
        "if-feature",
    ),
    "7.7.4 a default beside min-elements": (
        "leaf-list a { type string; min-elements 1; default x; }",
        "default",
    ),
    "7.7.4 the same default twice in configuration": (
        "leaf-list a { type string; default x; default x; }",
        "default|duplicate",
    ),
    "7.7.5 more min-elements than max-elements": (
        "leaf-list a { type string; min-elements 3; max-elements 2; }",
        "elements",
    ),
    "7.7.5 min-elements below zero": ("leaf-list a { type string; min-elements -1; }", "bad value"),
    "7.7.6 max-elements zero": ("leaf-list a { type string; max-elements 0; }", "bad value"),
    "7.7.7 an order of nobody's": ("leaf-list a { type string; ordered-by me; }", "bad value"),
    # 7.8
    "7.8.2 no key in configuration": ("list a { leaf k { type string; } }", "key"),
    "7.8.2 a key that does not exist": ("list a { key x; leaf k { type string; } }", 'key "x"'),
    "7.8.2 a key twice": ('list a { key "k k"; leaf k { type string; } }', "more than once"),
    "7.8.2 a key that is no leaf": ("list a { key k; container k; }", "key"),
    "7.8.2 a key in a container below": (
        "list a { key b/k; container b { leaf k { type string; } } }",
        "b/k",
    ),
    "7.8.2 a key with a when": ('list a { key k; leaf k { when "true()"; type string; } }', "when|key"),
    "7.8.2 a key with an if-feature": (
        "feature f; list a { key k; leaf k { if-feature f; type string; } }",
        "if-feature|key",
    ),
    "7.8.2 a key that is state in a list of configuration": (
        "list a { key k; leaf k { config false; type string; } }",
        "config|key",
    ),
    "7.8.3 a unique that does not exist": (f"list a {{ {KEYED} unique x; }}", 'identifier "x"'),
    "7.8.3 a unique that is no leaf": (f"list a {{ {KEYED} unique c; container c; }}", "unique|c"),
    "7.8.3 a unique of configuration and state": (
        f'list a {{ {KEYED} unique "x y"; leaf x {{ type string; }} leaf y {{ config false; type string; }} }}',
        "config|unique",
    ),
    "7.8.3 a unique in a list below": (
        f"list a {{ {KEYED} unique b/x; list b {{ key x; leaf x {{ type string; }} }} }}",
        "unique|list|b/x",
    ),
    # 7.9
    "7.9.3 a default case that does not exist": (
        "choice c { default x; leaf a { type string; } }",
        'default case "x"',
    ),
    "7.9.3 a default of a mandatory choice": (
        "choice c { default a; mandatory true; leaf a { type string; } }",
        "default|mandatory",
    ),
    "7.9.3 a default case with a mandatory leaf": (
        "choice c { default a; case a { leaf x { type string; mandatory true; } } }",
        "mandatory",
    ),
    "7.9.2 two cases of a name": ("choice c { case a; case a; }", "already"),
    # 7.12, 7.13
    "7.12 a grouping that uses itself": ("grouping g { uses g; }", "circular"),
    "7.12 groupings in a circle": (
        "grouping g { container a { uses h; } } grouping h { uses g; }",
        "circular",
    ),
    "7.13 a grouping that does not exist": ("uses nothing;", '"nothing" not found'),
    "7.13 a grouping used twice in one node": (
        "grouping g { leaf a { type string; } } uses g; uses g;",
        "already",
    ),
    "7.13 a node that is there already": (
        "grouping g { leaf a { type string; } } leaf a { type int8; } uses g;",
        "already",
    ),
    "7.13.2 a refine of nothing": (
        "grouping g { leaf a { type string; } } uses g { refine b { default x; } }",
        "m::b is not found",
    ),
    "7.13.2 a refined default outside the type": (
        "grouping g { leaf a { type int8; } } uses g { refine a { default x; } }",
        "not an integer",
    ),
    "7.13.2 a refined default of a mandatory leaf": (
        "grouping g { leaf a { type int8; mandatory true; } } uses g { refine a { default 1; } }",
        "default|mandatory",
    ),
    "7.13.2 a refine to configuration below state": (
        "grouping g { leaf a { type string; } } container c { config false; uses g { refine a { config true; } } }",
        "config",
    ),
    # 7.14, 7.15, 7.16
    "7.14.2 an input without nodes": ("rpc r { input { } }", "data definition"),
    "7.14.3 an output without nodes": ("rpc r { output { } }", "data definition"),
    "7.15 an action at the top": ("action a;", "unexpected keyword"),
    "7.15 an action in an rpc": ("rpc r { input { container c { action a; } } }", "action"),
    "7.15 an action in an action": (
        "container c { action a { input { container d { action b; } } } }",
        "action",
    ),
    "7.15 an action in a notification": ("notification n { container c { action a; } }", "action"),
    "7.15 an action in a list without key": (
        "container s { config false; list l { leaf x { type string; } action a; } }",
        "action|key",
    ),
    "7.16 a notification in a notification": (
        "notification n { container c { notification o; } }",
        "notification",
    ),
    "7.16 a notification in an rpc": ("rpc r { input { container c { notification n; } } }", "notification"),
    "7.16 a notification in a list without key": (
        "container s { config false; list l { leaf x { type string; } notification n; } }",
        "notification|key",
    ),
    # 7.17
    "7.17 a target that does not exist": ("augment /m:nothing { leaf a { type string; } }", "nothing"),
    "7.17 a target that can have no nodes": (
        "leaf a { type string; } augment /m:a { leaf b { type string; } }",
        "cannot be augmented",
    ),
    "7.17 a node that is there already": (
        "container c { leaf a { type string; } } augment /m:c { leaf a { type string; } }",
        "already",
    ),
    "7.17 a path that leaves out a case": (
        "choice c { case x { container b; } } augment /m:c/m:b { leaf z { type string; } }",
        "m::b is not found",
    ),
    "7.17 a path that leaves out a choice": (
        "choice c { case x { container b; } } augment /m:b { leaf z { type string; } }",
        "m::b is not found",
    ),
    "7.17 an augment in a circle": (
        "augment /m:a { container a { leaf b { type string; } } }",
        "m::a is not found",
    ),
    "7.17 a mandatory leaf elsewhere": (
        (
            "import o { prefix o; } augment /o:c { leaf a { type string; mandatory true; } }",
            OTHER + "container c; }",
        ),
        "mandatory",
    ),
    "7.17 a mandatory leaf elsewhere in a container": (
        (
            "import o { prefix o; } augment /o:c { container d { leaf a { type string; mandatory true; } } }",
            OTHER + "container c; }",
        ),
        "mandatory",
    ),
    "7.17 a least number of entries elsewhere": (
        (
            "import o { prefix o; } augment /o:c { leaf-list a { type string; min-elements 1; } }",
            OTHER + "container c; }",
        ),
        "mandatory",
    ),
    "7.17 a mandatory choice elsewhere": (
        (
            "import o { prefix o; } augment /o:c { choice x { mandatory true; leaf a { type string; } } }",
            OTHER + "container c; }",
        ),
        "mandatory",
    ),
    "7.17 a case in a container": (
        "container c; augment /m:c { case a { leaf x { type string; } } }",
        "case",
    ),
    # 7.18, 7.19, 7.20, 7.21
    "7.18.2 a base that does not exist": ("identity a { base b; }", '"b"'),
    "7.18.2 an identity of itself": ("identity a { base a; }", "circular"),
    "7.18.2 identities in a circle": ("identity a { base b; } identity b { base a; }", "circular"),
    "7.20.1 features in a circle": ("feature a { if-feature b; } feature b { if-feature a; }", "circular"),
    "7.20.2 a feature that does not exist": ("leaf a { if-feature f; type string; }", '"f"'),
    "7.20.2 an expression that is none": (
        'feature f; leaf a { if-feature "f and"; type string; }',
        "bad value|if-feature",
    ),
    "7.20.3 a deviation of nothing": (
        ("import o { prefix o; } deviation /o:a { deviate not-supported; }", OTHER + "}"),
        "o::a is not found",
    ),
    "7.20.3.2 to add what is there": (
        (
            "import o { prefix o; } deviation /o:a { deviate add { units kg; } }",
            OTHER + "leaf a { type string; units g; } }",
        ),
        "units",
    ),
    "7.20.3.2 to delete what is not there": (
        (
            "import o { prefix o; } deviation /o:a { deviate delete { units kg; } }",
            OTHER + "leaf a { type string; } }",
        ),
        "units",
    ),
    "7.20.3.2 to delete other units than there are": (
        (
            "import o { prefix o; } deviation /o:a { deviate delete { units kg; } }",
            OTHER + "leaf a { type string; units g; } }",
        ),
        "units",
    ),
    "7.20.3.2 to delete another default than there is": (
        (
            "import o { prefix o; } deviation /o:a { deviate delete { default x; } }",
            OTHER + "leaf a { type string; default y; } }",
        ),
        "default",
    ),
    "7.20.3.2 to replace what is not there": (
        (
            "import o { prefix o; } deviation /o:a { deviate replace { units kg; } }",
            OTHER + "leaf a { type string; } }",
        ),
        "units",
    ),
    "7.20.3.2 a property that the node cannot have": (
        (
            "import o { prefix o; } deviation /o:a { deviate add { max-elements 3; } }",
            OTHER + "leaf a { type string; } }",
        ),
        "max-elements",
    ),
    "7.20.3.2 a key that is not supported": (
        (
            "import o { prefix o; } deviation /o:l/o:k { deviate not-supported; }",
            OTHER + f"list l {{ {KEYED} }} }}",
        ),
        "key node",
    ),
    "7.20.3.2 not-supported beside another": (
        (
            "import o { prefix o; } deviation /o:a { deviate not-supported; deviate add { units x; } }",
            OTHER + "leaf a { type string; } }",
        ),
        "not-supported",
    ),
    "7.20.3.2 an unknown kind": (
        (
            "import o { prefix o; } deviation /o:a { deviate change { units kg; } }",
            OTHER + "leaf a { type string; } }",
        ),
        "change|bad value",
    ),
    "7.20.3.2 a result that the RFC forbids": (
        (
            "import o { prefix o; } deviation /o:a { deviate add { mandatory true; } }",
            OTHER + "leaf a { type string; default x; } }",
        ),
        "default|mandatory",
    ),
    "7.21.1 configuration below state": (
        "container a { config false; leaf b { config true; type string; } }",
        "config",
    ),
    "7.21.1 neither true nor false": ("leaf a { config maybe; type string; }", "bad value"),
    "7.21.2 a current node of a deprecated type": (
        "typedef t { status deprecated; type string; } leaf a { type t; }",
        "deprecated",
    ),
    "7.21.2 a current node of an obsolete grouping": ("grouping g { status obsolete; } uses g;", "obsolete"),
    "7.21.2 a current leafref to a deprecated leaf": (
        "leaf a { status deprecated; type string; } leaf b { type leafref { path ../a; } }",
        "deprecated",
    ),
    "7.21.2 a current node of an obsolete feature": (
        "feature f { status obsolete; } leaf b { if-feature f; type string; }",
        "obsolete",
    ),
    "7.21.2 a current identity of a deprecated base": (
        "identity a { status deprecated; } identity b { base a; }",
        "deprecated",
    ),
    "7.21.2 a current identityref to a deprecated base": (
        "identity a { status deprecated; } leaf b { type identityref { base a; } }",
        "deprecated",
    ),
    "7.21.2 a status that does not exist": ("leaf a { status old; type string; }", "bad value"),
    "7.21.5 a when that is no expression": ('leaf a { when "1 +"; type string; }', "syntax|end"),
    "7.5.3 a must that is no expression": ('leaf a { must "1 +"; type string; }', "syntax|end"),
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_right(tmp_path: Path, text: Text) -> None:
    assert judged(tmp_path, text) == ""


@pytest.mark.parametrize(("text", "reason"), WRONG.values(), ids=WRONG)
def test_wrong(tmp_path: Path, text: Text, reason: str) -> None:
    assert re.search(reason, judged(tmp_path, text))
