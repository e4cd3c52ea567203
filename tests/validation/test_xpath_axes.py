"""Axes, node tests, predicates and unions (XPath 1.0 sections 2 and 3.3) over one small tree.

``/t:top`` holds, in this order: a, list b (keys 1, 2, 3, each with c, d), container e with f, leaf-list g.
"""

import pytest
from validation_lab import Lab, model, module

SCHEMA = model(
    module(
        "t",
        """
  container top {
    leaf a { type string; }
    list b { key k; leaf k { type int8; } leaf c { type string; } container d { leaf c { type string; } } }
    container e { leaf f { type string; } }
    leaf-list g { type string; ordered-by user; }
  }
  container other { presence "is there"; }""",
    ),
    module(
        "u", 'import t { prefix t; } augment "/t:top" { leaf a { type string; } leaf z { type string; } }'
    ),
)
LAB = Lab(
    SCHEMA,
    {
        "t:top": {
            "a": "1",
            "b": [
                {"k": 1, "c": "x", "d": {"c": "y"}},
                {"k": 2, "c": "x"},
                {"k": 3, "d": {"c": "z"}},
            ],
            "e": {"f": "6"},
            "g": ["p", "q", "p2"],
            "u:a": "2",
        },
        "t:other": {},
    },
    "t",
)


def short(paths: list[str]) -> list[str]:
    """Without what every path begins with."""
    return [path.removeprefix("/t:top").lstrip("/") for path in paths]


B1, B2, B3 = (f"b[k='{key}']" for key in (1, 2, 3))
GP, GQ, GP2 = (f"g[.='{value}']" for value in ("p", "q", "p2"))


@pytest.mark.parametrize(
    ("at", "text", "nodes"),
    [
        ("", "child::b", [B1, B2, B3]),
        ("", "child::a", ["a"]),
        ("", "*", ["a", B1, B2, B3, "e", GP, GQ, GP2, "u:a"]),
        ("", "t:*", ["a", B1, B2, B3, "e", GP, GQ, GP2]),
        ("", "u:*", ["u:a"]),
        ("", "u:a", ["u:a"]),
        ("", "node()", ["a", B1, B2, B3, "e", GP, GQ, GP2, "u:a"]),
        ("", "text()", []),
        ("", "comment() | processing-instruction() | processing-instruction('x')", []),
        ("", "attribute::*", []),
        ("", "@a", []),
        ("", "namespace::*", []),
        ("", "self::top", [""]),
        ("", "self::a", []),
        ("", "self::node()", [""]),
        ("", "descendant::c", [f"{B1}/c", f"{B1}/d/c", f"{B2}/c", f"{B3}/d/c"]),
        ("", ".//c", [f"{B1}/c", f"{B1}/d/c", f"{B2}/c", f"{B3}/d/c"]),
        ("", ".//c[1]", [f"{B1}/c", f"{B1}/d/c", f"{B2}/c", f"{B3}/d/c"]),
        ("", "descendant::c[1]", [f"{B1}/c"]),
        ("", "descendant::c[last()]", [f"{B3}/d/c"]),
        ("", "descendant-or-self::*[self::top or self::f]", ["", "e/f"]),
        ("", "b[2]/ancestor::node()", ["/", ""]),
        (B1, "d/c/ancestor::*", ["", B1, f"{B1}/d"]),
        (B1, "d/c/ancestor::*[1]", [f"{B1}/d"]),
        (B1, "d/c/ancestor::*[last()]", [""]),
        (B1, "d/c/ancestor-or-self::*[2]", [f"{B1}/d"]),
        (B1, "..", [""]),
        (B1, "../..", ["/"]),
        (B1, "../../..", []),
        (B1, "parent::top", [""]),
        (B1, "parent::b", []),
        (B2, "following-sibling::*", [B3, "e", GP, GQ, GP2, "u:a"]),
        (B2, "following-sibling::b", [B3]),
        (B2, "following-sibling::*[1]", [B3]),
        (B2, "preceding-sibling::*", ["a", B1]),
        (B2, "preceding-sibling::*[1]", [B1]),
        (B3, "preceding-sibling::b[1]", [B2]),
        (B3, "preceding-sibling::b[last()]", [B1]),
        (GQ, "preceding-sibling::g", [GP]),
        (GQ, "following-sibling::g", [GP2]),
        (B2, "following::*", [B3, f"{B3}/k", f"{B3}/d", f"{B3}/d/c", "e", "e/f", GP, GQ, GP2, "u:a", "/t:other"]),
        (B2, "preceding::*", ["a", B1, f"{B1}/k", f"{B1}/c", f"{B1}/d", f"{B1}/d/c"]),
        (B2, "preceding::c[1]", [f"{B1}/d/c"]),
        (B2, "preceding::c[2]", [f"{B1}/c"]),
        ("", "/", ["/"]),
        (B1, "/top/a", ["a"]),
        (B1, "/*", ["", "/t:other"]),
        (B1, "//f", ["e/f"]),
        (B1, "/descendant::k[. = 3]/..", [B3]),
        ("", "b[c = 'x']", [B1, B2]),
        ("", "b[c = 'x'][2]", [B2]),
        ("", "b[2][c = 'x']", [B2]),
        ("", "b[3][c = 'x']", []),
        ("", "b[c]", [B1, B2]),
        ("", "b[not(c)]", [B3]),
        ("", "b[d/c = 'z']", [B3]),
        ("", "b[position() > 1]", [B2, B3]),
        ("", "b[position() = last()]", [B3]),
        ("", "b[last() - 1]", [B2]),
        ("", "b[0]", []),
        ("", "b[1.5]", []),
        ("", "b['']", []),
        ("", "b['no']", [B1, B2, B3]),
        ("", "b[position() mod 2 = 1]", [B1, B3]),
        ("", "b/c[1]", [f"{B1}/c", f"{B2}/c"]),
        ("", "(b/c)[1]", [f"{B1}/c"]),
        ("", "(e | b | a)[1]", ["a"]),
        ("", "(e | b | a)[last()]", ["e"]),
        ("", "e | a | e | a", ["a", "e"]),
        ("", "b/.. | b/d/../..", [""]),
        ("", "(preceding-sibling::* | .)[1]", [""]),
        ("", "b/c/../d/..", [B1, B2]),
        ("", "b/ancestor-or-self::*", ["", B1, B2, B3]),
        ("", "b/following-sibling::b", [B2, B3]),
        ("", "b/preceding-sibling::b", [B1, B2]),
        ("", "*/*/*", [f"{B1}/d/c", f"{B3}/d/c"]),
        ("", "//*[self::k and . > 1]", [f"{B2}/k", f"{B3}/k"]),
        ("", ".//d/descendant-or-self::node()[self::c]/..", [f"{B1}/d", f"{B3}/d"]),
        ("", "nothing/*/..//x", []),
    ],
)  # fmt: skip
def test_nodes(at: str, text: str, nodes: list[str]) -> None:
    here = "/t:top" + (f"/{at}" if at else "")
    found = LAB.ask(text, here)
    assert [path if path in {"/", "/t:other"} else short([path])[0] for path in found] == nodes


def test_a_leaf_has_one_text_node() -> None:
    (text,) = LAB.nodes("a/text()", "/t:top")
    assert text.string() == "1"
    assert LAB.ask("a/node() = '1'", "/t:top") is True
    assert LAB.ask("count(a/text()/..)", "/t:top") == 1
    assert LAB.ask("count(//text())", "/t:top") == 13
    assert LAB.ask("count(a/text()/following-sibling::node() | a/text()/text())", "/t:top") == 0
    assert LAB.ask("a/text() = b[1]/k/text()", "/t:top") is True
    assert LAB.ask("count(a/text()/self::*)", "/t:top") == 0


def test_positions_in_predicates_of_functions_belong_to_the_outer_list() -> None:
    assert LAB.ask("b[k = position()]", "/t:top") == LAB.ask("b", "/t:top")
    assert LAB.ask("b[count(../b) = last()]", "/t:top") == LAB.ask("b", "/t:top")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # section 3.4: some node must satisfy it
        ("b/c = 'x'", True),
        ("b/c != 'x'", False),
        ("b/k = 2", True),
        ("b/k != 2", True),
        ("not(b/k = 2)", False),
        ("b/k = 4", False),
        ("b/k > 2", True),
        ("b/k > 3", False),
        ("2 < b/k", True),
        ("3 < b/k", False),
        ("b/k >= '3'", True),
        ("nothing = nothing", False),
        ("nothing != 'x'", False),
        ("nothing = ''", False),
        ("b/c = b/d/c", False),
        ("b/c != b/d/c", True),
        ("b/c = b/c", True),
        ("b/c != b/c", False),
        ("b/k != b/k", True),
        ("b/k < b/k", True),
        ("b/k[. = 1] < b/k[. = 1]", False),
        ("b/k[. = 1] <= b/k[. = 1]", True),
        ("b/c < b/k", False),
        ("b/k > e/f", False),
        ("b/k < e/f", True),
        ("e/f > b/k", True),
        # a node-set beside a boolean is one
        ("nothing = false()", True),
        ("b = true()", True),
        ("b != false()", True),
        ("nothing < b/k = true()", False),
        ("nothing < true()", True),
        ("b >= true()", True),
        ("true() > nothing", True),
        # without node-sets
        ("true() = 'x'", True),
        ("true() = 2", True),
        ("'1' = 1", True),
        ("'1.0' = 1", True),
        ("'1.0' = '1'", False),
        ("'a' < 'b'", False),
        ("'1' < '2'", True),
        ("0 div 0 = 0 div 0", False),
        ("0 div 0 != 0 div 0", True),
        ("true() > false()", True),
        ("1 < 2 < 3", True),
        ("3 > 2 > 1", False),
        ("1 = 1 = 1", True),
        ("true() or 1 div 0", True),
        ("false() and nothing", False),
        ("'' or 0", False),
    ],
)
def test_comparison(text: str, value: bool) -> None:
    assert LAB.ask(text, "/t:top") is value
