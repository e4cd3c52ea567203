"""What data must obey: RFC 7950 sections 7, 8.1 and 9, a model, data and verdict to each rule.

Each fault is told as tag, app-tag, path and line of the model. The line is counted in the body of the module,
and 0 where no statement is meant. What is not known at all is a fault of the node that it stands in.
"""

from typing import Any, TypeAlias

import pytest
from validation_lab import faults, model, module

from pyconfhoard.errors import BadInput

Verdict: TypeAlias = list[tuple[str, str, str, int]]
Case: TypeAlias = tuple[str, dict[str, Any], Verdict]

LIST = "list l {\n key k;\n leaf k { type int8; }\n"
UNIQUE = 'list s {\n key n;\n unique "ip port";\n'
UNIQUE += " leaf n { type string; }\n leaf ip { type string; }\n leaf port { type uint16; }\n}"


def s(*entries: tuple[str, str | None, int | None]) -> dict[str, Any]:
    """Servers: name, address, port."""
    found = [{"n": n, "ip": ip, "port": port} for n, ip, port in entries]
    return {"m:s": [{key: value for key, value in entry.items() if value is not None} for entry in found]}


RULES: dict[str, Case] = {
    # -- 7.5 container
    "7.5.1 a container that only organizes exists without being given": (
        "container c {\n must 'not(x)';\n leaf x { type int8; }\n}",
        {},
        [],
    ),
    "7.5.1 its constraints hold although it is not given": (
        "container c {\n leaf x {\n  type int8;\n  mandatory true;\n }\n}",
        {},
        [("data-missing", "", "/m:c/x", 2)],
    ),
    "7.5.5 a presence container that is not given asks for nothing": (
        "container c {\n presence yes;\n leaf x {\n  type int8;\n  mandatory true;\n }\n}",
        {},
        [],
    ),
    "7.5.5 a presence container that is given asks for its nodes": (
        "container c {\n presence yes;\n leaf x {\n  type int8;\n  mandatory true;\n }\n}",
        {"m:c": {}},
        [("data-missing", "", "/m:c/x", 3)],
    ),
    "7.5.3 a must sees its own node as context": (
        "container i {\n must 'type != \"ethernet\" or mtu = 1500' { error-message 'An Ethernet MTU must be 1500'; }\n"
        " leaf type { type string; }\n leaf mtu { type uint32; }\n}",
        {"m:i": {"type": "ethernet", "mtu": 1400}},
        [("operation-failed", "must-violation", "/m:i", 2)],
    ),
    "7.5.4.2 a must may have an app-tag of its own": (
        "leaf a {\n type int8;\n must '. > 5' { error-app-tag too-small; }\n}",
        {"m:a": 5},
        [("operation-failed", "too-small", "/m:a", 3)],
    ),
    # -- 7.6 leaf, 7.7 leaf-list
    "7.6.1 a default is in use where its container exists": (
        "container c {\n leaf d { type int8; default 3; }\n}\nleaf a {\n type int8;\n must '/c/d = 3';\n}",
        {"m:a": 1},
        [],
    ),
    "7.6.1 a default is not in use where its presence container is not": (
        "container c {\n presence yes;\n leaf d { type int8; default 3; }\n}\nleaf a {\n type int8;\n must '/c/d = 3';\n}",
        {"m:a": 1},
        [("operation-failed", "must-violation", "/m:a", 7)],
    ),
    "7.6.5 a mandatory leaf": (
        "leaf a {\n type int8;\n mandatory true;\n}",
        {},
        [("data-missing", "", "/m:a", 1)],
    ),
    "7.6.5 a mandatory leaf of a case asks when the case is there": (
        "choice c {\n case x {\n  leaf a {\n   type int8;\n   mandatory true;\n  }\n  leaf b { type int8; }\n }\n}",
        {"m:b": 1},
        [("data-missing", "", "/m:a", 3)],
    ),
    "7.6.5 a mandatory leaf of a case that is not there": (
        "choice c {\n case x {\n  leaf a {\n   type int8;\n   mandatory true;\n  }\n }\n leaf b { type int8; }\n}",
        {"m:b": 1},
        [],
    ),
    "7.6.1 a must sees the default of its own leaf": (
        "leaf a { type int8; default 5; must '. < 3'; }",
        {},
        [("operation-failed", "must-violation", "/m:a", 1)],
    ),
    "7.6.1 a default of a case is not in use before the case is": (
        "choice c {\n case x { leaf a { type int8; default 4; must '. = 5'; } leaf b { type int8; } }\n}",
        {},
        [],
    ),
    "7.6.1 a default of a case is in use with another node of it": (
        "choice c {\n case x { leaf a { type int8; default 4; must '. = 5'; } leaf b { type int8; } }\n}",
        {"m:b": 1},
        [("operation-failed", "must-violation", "/m:a", 2)],
    ),
    "7.6.5 a mandatory leaf of an entry": (
        "list l {\n key k;\n leaf k { type int8; }\n leaf a { type int8; mandatory true; }\n}",
        {"m:l": [{"k": 1}]},
        [("data-missing", "", "/m:l[k='1']/a", 4)],
    ),
    "7.7.5 none at all in a container that only organizes": (
        "container c {\n leaf-list a {\n  type int8;\n  min-elements 1;\n }\n}",
        {},
        [("operation-failed", "too-few-elements", "/m:c/a", 2)],
    ),
    "7.7.6 defaults in use count": (
        "leaf-list a {\n type int8;\n default 1;\n default 2;\n max-elements 1;\n}",
        {},
        [("operation-failed", "too-many-elements", "/m:a", 1)],
    ),
    "7.7 values of configuration are unique": (
        "leaf-list a {\n type int8;\n}",
        {"m:a": [1, 2, 1]},
        [("bad-element", "", "/m:a", 1)],
    ),
    "7.7.2 defaults of a leaf-list are in use while it is empty": (
        "leaf-list a {\n type int8;\n default 1;\n default 2;\n}\nleaf b {\n type int8;\n must 'count(../a) = 2';\n}",
        {"m:b": 1},
        [],
    ),
    "7.7.2 not one of them is once a value is given": (
        "leaf-list a {\n type int8;\n default 1;\n default 2;\n}\nleaf b {\n type int8;\n must 'count(../a) = 2';\n}",
        {"m:b": 1, "m:a": [7]},
        [("operation-failed", "must-violation", "/m:b", 8)],
    ),
    "7.7.5 too few values": (
        "leaf-list a {\n type int8;\n min-elements 2;\n}",
        {"m:a": [1]},
        [("operation-failed", "too-few-elements", "/m:a", 1)],
    ),
    "7.7.6 too many values": (
        "leaf-list a {\n type int8;\n max-elements 1;\n}",
        {"m:a": [1, 2]},
        [("operation-failed", "too-many-elements", "/m:a", 1)],
    ),
    # -- 7.8 list
    "7.8 an entry without one of its keys": (
        LIST + "}",
        {"m:l": [{}]},
        [("missing-element", "", "/m:l[1]", 3)],
    ),
    "7.8.2 two entries of the same key": (
        LIST + "}",
        {"m:l": [{"k": 1}, {"k": 1}]},
        [("bad-element", "", "/m:l[k='1']", 1)],
    ),
    "7.8.2 keys are compared by value, not by text": (
        "list l {\n key k;\n leaf k { type decimal64 { fraction-digits 2; } }\n}",
        {"m:l": [{"k": "1.5"}, {"k": "1.50"}]},
        [("bad-element", "", "/m:l[k='1.5']", 1)],
    ),
    "7.8.2 a default of a key means nothing": (
        "list l {\n key k;\n leaf k {\n  type int8;\n  default 1;\n }\n}",
        {"m:l": [{}]},
        [("missing-element", "", "/m:l[1]", 3)],
    ),
    "7.8.3 the same values of all leafs of a unique": (
        UNIQUE,
        s(("smtp", "192.0.2.1", 25), ("http", "192.0.2.1", 25), ("other", "192.0.2.1", 26)),
        [("operation-failed", "data-not-unique", "/m:s[n='smtp']", 3)],
    ),
    "7.8.3 entries that lack one of the leafs do not count": (
        UNIQUE,
        s(("smtp", "192.0.2.1", None), ("http", "192.0.2.1", None), ("ftp", None, None)),
        [],
    ),
    "7.8.3 a default in use counts": (
        "list s {\n key n;\n unique port;\n leaf n { type string; }\n leaf port { type uint16; default 25; }\n}",
        s(("smtp", None, None), ("http", None, 25)),
        [("operation-failed", "data-not-unique", "/m:s[n='smtp']", 3)],
    ),
    "7.8.3 leafs of a presence container that is not there do not count": (
        "list s {\n key n;\n unique p/v;\n leaf n { type int8; }\n"
        " container p { presence x; leaf v { type int8; default 1; } }\n}",
        {"m:s": [{"n": 1}, {"n": 2}]},
        [],
    ),
    "7.8.3 defaults in a container that only organizes count": (
        "list s {\n key n;\n unique p/v;\n leaf n { type int8; }\n container p { leaf v { type int8; default 1; } }\n}",
        {"m:s": [{"n": 1}, {"n": 2}]},
        [("operation-failed", "data-not-unique", "/m:s[n='2']", 3)],
    ),
    "7.8.3 a leaf in a choice by its schema node identifier": (
        "list s {\n key n;\n unique c/v/v;\n leaf n { type int8; }\n choice c { leaf v { type int8; } }\n}",
        {"m:s": [{"n": 1, "v": 1}, {"n": 2, "v": 1}]},
        [("operation-failed", "data-not-unique", "/m:s[n='2']", 3)],
    ),
    "7.7.5 too few entries": (
        LIST + " min-elements 2;\n}",
        {"m:l": [{"k": 1}]},
        [("operation-failed", "too-few-elements", "/m:l", 1)],
    ),
    # -- 7.9 choice
    "7.9 nodes of two cases": (
        "choice c {\n leaf a { type int8; }\n leaf b { type int8; }\n}",
        {"m:a": 1, "m:b": 1},
        [("bad-element", "", "/", 3)],
    ),
    "7.9.4 a mandatory choice": (
        "choice c {\n mandatory true;\n leaf a { type int8; }\n}",
        {},
        [("data-missing", "missing-choice", "/", 1)],
    ),
    "7.9.3 the default case has its defaults": (
        "choice c {\n default x;\n case x { leaf a { type int8; default 4; } }\n leaf b { type int8; }\n}\n"
        "leaf d {\n type int8;\n must '../a = 4';\n}",
        {"m:d": 1},
        [],
    ),
    "7.9.3 another case takes them away": (
        "choice c {\n default x;\n case x { leaf a { type int8; default 4; } }\n leaf b { type int8; }\n}\n"
        "leaf d {\n type int8;\n must '../a = 4';\n}",
        {"m:d": 1, "m:b": 1},
        [("operation-failed", "must-violation", "/m:d", 8)],
    ),
    "7.9.4 a mandatory choice of a case asks when the case is there": (
        "choice c {\n case x {\n  leaf a { type int8; }\n  choice d { mandatory true; leaf e { type int8; } }\n }\n}",
        {"m:a": 1},
        [("data-missing", "missing-choice", "/", 4)],
    ),
    "7.9.4 and only then": (
        "choice c {\n case x {\n  leaf a { type int8; }\n  choice d { mandatory true; leaf e { type int8; } }\n }\n}",
        {},
        [],
    ),
    "7.9 a choice is no data": ("choice c { leaf a { type int8; } }", {"m:c": {}}, [("unknown-element", "", "/", 0)]),
    # -- 7.10, 7.11
    "7.10 a mandatory anydata": ("anydata a {\n mandatory true;\n}", {}, [("data-missing", "", "/m:a", 1)]),
    "7.10 anydata with a false when": (
        "leaf t { type int8; }\nanydata a { when '../t'; }",
        {"m:a": {}},
        [("unknown-element", "", "/m:a", 2)],
    ),
    "7.10 anydata holds any nodes": ("anydata a;", {"m:a": {"x:y": [1, {"z": None}]}}, []),
    "7.10 anydata holds nodes only": ("anydata a;", {"m:a": 1}, [("invalid-value", "", "/m:a", 1)]),
    "7.11 anyxml holds anything": ("anyxml a;", {"m:a": [1, "x"]}, []),
    # -- 7.17, 7.21
    "7.17 nodes of an augment with a false when": (
        "container c {\n leaf t { type string; }\n}\naugment /c {\n when \"t = 'x'\";\n leaf a { type int8; }\n}",
        {"m:c": {"t": "y", "a": 1}},
        [("unknown-element", "", "/m:c/a", 5)],
    ),
    "7.17 mandatory nodes of an augment with a false when": (
        "container c {\n leaf t { type string; }\n}\naugment /c {\n when \"t = 'x'\";\n leaf a { type int8; mandatory true; }\n}",
        {"m:c": {"t": "y"}},
        [],
    ),
    "7.17 mandatory nodes of an augment with a true when": (
        "container c {\n leaf t { type string; }\n}\naugment /c {\n when \"t = 'x'\";\n leaf a { type int8; mandatory true; }\n}",
        {"m:c": {"t": "x"}},
        [("data-missing", "", "/m:c/a", 6)],
    ),
    "7.21.5 a mandatory node with a false when": (
        "leaf t { type int8; }\nleaf a { when '../t'; type int8; mandatory true; }",
        {},
        [],
    ),
    "7.21.5 a mandatory node with a true when": (
        "leaf t { type int8; }\nleaf a { when '../t'; type int8; mandatory true; }",
        {"m:t": 1},
        [("data-missing", "", "/m:a", 2)],
    ),
    "7.21.5 defaults below a false when are not in use": (
        "leaf t { type int8; }\ncontainer c { when '../t'; leaf d { type int8; default 1; } }\n"
        "leaf x { type int8; must '../c/d'; }",
        {"m:x": 1},
        [("operation-failed", "must-violation", "/m:x", 3)],
    ),
    "7.21.1 state data is not configuration": (
        "leaf a {\n config false;\n type int8;\n}",
        {"m:a": 1},
        [("invalid-value", "", "/m:a", 1)],
    ),
    "7.20.2 a node without its feature is unknown": (
        "feature f {\n if-feature 'not g';\n}\nfeature g;\nleaf a {\n if-feature f;\n type int8;\n}",
        {"m:a": 1},
        [("unknown-element", "", "/", 0)],
    ),
    # -- 9
    "9.2.4 a value outside its range": (
        "leaf a {\n type int8 {\n  range 1..5;\n }\n}",
        {"m:a": 6},
        [("invalid-value", "", "/m:a", 1)],
    ),
    "9.2.4 a range with its own words": (
        "leaf a {\n type int8 {\n  range 1..5 { error-app-tag out; }\n }\n}",
        {"m:a": 6},
        [("invalid-value", "out", "/m:a", 1)],
    ),
    "9.4.4 a length in characters": (
        "leaf a {\n type string {\n  length 2;\n }\n}",
        {"m:a": "\u65e5\U0001f37a"},
        [],
    ),
    "9.4.5 a pattern holds for the whole value": (
        "leaf a {\n type string {\n  pattern '[a-z]+' { error-app-tag not-lower; }\n }\n}",
        {"m:a": "abC"},
        [("invalid-value", "not-lower", "/m:a", 1)],
    ),
    "9.6 a name that the enumeration has not": (
        "leaf a {\n type enumeration {\n  enum x;\n }\n}",
        {"m:a": "y"},
        [("invalid-value", "", "/m:a", 1)],
    ),
    "9.9 a leafref without its target": (
        "leaf a {\n type leafref {\n  path '../b';\n }\n}\nleaf b { type int8; }",
        {"m:a": 1, "m:b": 2},
        [("data-missing", "instance-required", "/m:a", 1)],
    ),
    "9.9 a value that the target's type has not": (
        "leaf a {\n type leafref {\n  path '../b';\n  require-instance false;\n }\n}\nleaf b { type int8; }",
        {"m:a": "x"},
        [("invalid-value", "", "/m:a", 1)],
    ),
    "9.9 a leafref to a default in use": (
        "leaf a {\n type leafref {\n  path '../b';\n }\n}\nleaf b { type int8; default 2; }",
        {"m:a": 2},
        [],
    ),
    "9.10 an identity of no base": (
        "identity i;\nidentity j;\nleaf a {\n type identityref { base i; }\n}",
        {"m:a": "j"},
        [("invalid-value", "", "/m:a", 3)],
    ),
    "9.9.2 a predicate by another key": (
        "list l {\n key 'a b';\n leaf a { type int8; }\n leaf b { type int8; }\n}\nleaf x { type leafref { path '/l/a'; } }\n"
        "leaf y {\n type leafref { path '/l[a=current()/../x]/b'; }\n}",
        {"m:l": [{"a": 1, "b": 1}, {"a": 2, "b": 2}], "m:x": 1, "m:y": 2},
        [("data-missing", "instance-required", "/m:y", 7)],
    ),
    "9.9 a leafref to a leafref that has not the value": (
        "leaf-list a { type int8; }\nleaf-list b { type leafref { path '/a'; } }\nleaf c {\n type leafref { path '/b'; }\n}",
        {"m:a": [1, 2], "m:b": [1], "m:c": 2},
        [("data-missing", "instance-required", "/m:c", 3)],
    ),
    "9.12 a value of no member": (
        "leaf a {\n type union { type int8; type boolean; }\n}",
        {"m:a": "x"},
        [("invalid-value", "", "/m:a", 1)],
    ),
    "9.13 an instance of state is none for configuration": (
        "leaf a {\n type instance-identifier;\n}\nleaf s { config false; type int8; }",
        {"m:a": "/m:s"},
        [("data-missing", "instance-required", "/m:a", 1)],
    ),
    "9.13 an instance-identifier without its instance": (
        "leaf a {\n type instance-identifier;\n}\nleaf b { type int8; }",
        {"m:a": "/m:b"},
        [("data-missing", "instance-required", "/m:a", 1)],
    ),
    "9.13 an instance-identifier that needs none": (
        "leaf a {\n type instance-identifier { require-instance false; }\n}\nleaf b { type int8; }",
        {"m:a": "/m:b"},
        [],
    ),
    # -- 8.1, 8.3.1
    "8.1 an unknown node": (
        "container c {\n leaf a { type int8; }\n}",
        {"m:c": {"b": 1}},
        [("unknown-element", "", "/m:c", 0)],
    ),
    "8.1 an rpc is no data": ("rpc r;", {"m:r": {}}, [("unknown-element", "", "/", 0)]),
    "8.1 a notification is no data": ("notification n;", {"m:n": {}}, [("unknown-element", "", "/", 0)]),
    "8.1 a node of an unknown module": ("leaf a { type int8; }", {"z:a": 1}, [("unknown-element", "", "/", 0)]),
    "8.3.1 all faults are told, not the first": (
        "leaf a { type int8; }\nleaf b { type int8; }",
        {"m:a": "x", "m:b": 1000},
        [("invalid-value", "", "/m:a", 1), ("invalid-value", "", "/m:b", 2)],
    ),
}  # fmt: skip


def verdict(body: str, data: dict[str, Any]) -> Verdict:
    schema = model(module("m", body))
    try:
        found = faults(schema, data)
    except BadInput as refusal:
        found = refusal.faults
    return [
        (fault.tag, fault.app_tag, fault.path, fault.place.line - 2 if fault.place else 0) for fault in found
    ]


@pytest.mark.parametrize(("body", "data", "expected"), RULES.values(), ids=RULES)
def test_verdict(body: str, data: dict[str, Any], expected: Verdict) -> None:
    assert verdict(body, data) == expected
