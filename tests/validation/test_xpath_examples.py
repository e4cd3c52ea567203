"""The examples of the XPath 1.0 recommendation, and those of RFC 7950 section 10, on data of our own.

The recommendation speaks of a document with chapters, paragraphs and attributes. Instance data has no
attributes: what is one there is a leaf here, and ``@name`` is no node at all.
"""

import math
from typing import Any

import pytest
from validation_lab import Lab, model, module

DOC = model(
    module(
        "d",
        """
  container doc {
    leaf title { type string; }
    list chapter {
      key id; ordered-by user;
      leaf id { type int8; }
      leaf title { type string; }
      list section {
        key n; ordered-by user;
        leaf n { type int8; }
        list para { key p; ordered-by user; leaf p { type int8; } leaf type { type string; } }
      }
      list para { key p; ordered-by user; leaf p { type int8; } leaf type { type string; } }
      container appendix { presence "there is one"; list para { key p; leaf p { type int8; } leaf type { type string; } } }
    }
    container olist { list item { key i; ordered-by user; leaf i { type int8; } } }
    list employee { key e; leaf e { type int8; } leaf secretary { type string; } leaf assistant { type string; } }
  }""",
    )
)
LAB = Lab(
    DOC,
    {
        "d:doc": {
            "title": "Book",
            "chapter": [
                {
                    "id": 1,
                    "title": "Introduction",
                    "para": [{"p": 1, "type": "warning"}, {"p": 2}],
                },
                {
                    "id": 2,
                    "title": "Brewing",
                    "section": [
                        {"n": 1, "para": [{"p": 1}]},
                        {"n": 2, "para": [{"p": 1, "type": "warning"}, {"p": 2, "type": "warning"}]},
                    ],
                    "para": [
                        {"p": 1, "type": "warning"},
                        {"p": 2},
                        {"p": 3, "type": "warning"},
                        {"p": 4, "type": "warning"},
                        {"p": 5, "type": "warning"},
                        {"p": 6, "type": "warning"},
                    ],
                },
                {"id": 3, "appendix": {"para": [{"p": 1, "type": "note"}]}},
            ],
            "olist": {"item": [{"i": 1}, {"i": 2}]},
            "employee": [
                {"e": 1, "secretary": "x", "assistant": "y"},
                {"e": 2, "secretary": "x"},
                {"e": 3, "assistant": "y"},
            ],
        }
    },
)
C1, C2, C3 = (f"chapter[id='{number}']" for number in (1, 2, 3))
P2 = [f"{C2}/para[p='{number}']" for number in range(1, 7)]
ALL_P = [
    f"{C1}/para[p='1']", f"{C1}/para[p='2']",
    f"{C2}/section[n='1']/para[p='1']", f"{C2}/section[n='2']/para[p='1']", f"{C2}/section[n='2']/para[p='2']",
    *P2, f"{C3}/appendix/para[p='1']",
]  # fmt: skip
TITLES = ["title", f"{C1}/title", f"{C2}/title"]


@pytest.mark.parametrize(
    ("at", "text", "found"),
    [
        # section 2: location paths, unabbreviated, from a chapter
        (C2, "child::para", P2),
        (C2, "child::*", [f"{C2}/id", f"{C2}/title", f"{C2}/section[n='1']", f"{C2}/section[n='2']", *P2]),
        (f"{C2}/title", "child::text()", [f"{C2}/title"]),
        (f"{C1}/title", "child::node()", [f"{C1}/title"]),
        (C2, "attribute::name", []),
        (C2, "attribute::*", []),
        (C3, "descendant::para", [f"{C3}/appendix/para[p='1']"]),
        (P2[0], "ancestor::chapter", [C2]),
        (C2, "ancestor-or-self::chapter", [C2]),
        (P2[0], "ancestor-or-self::para", [P2[0]]),
        ("", "descendant-or-self::para", ALL_P),
        (C2, "self::para", []),
        (P2[0], "self::para", [P2[0]]),
        ("", "child::chapter/descendant::para", ALL_P),
        ("", "child::*/child::para", [*ALL_P[:2], *P2]),
        (C1, "/", ["/"]),
        (C1, "/descendant::para", ALL_P),
        (C1, "/descendant::olist/child::item", ["olist/item[i='1']", "olist/item[i='2']"]),
        (C2, "child::para[position()=1]", [P2[0]]),
        (C2, "child::para[position()=last()]", [P2[5]]),
        (C2, "child::para[position()=last()-1]", [P2[4]]),
        (C2, "child::para[position()>1]", P2[1:]),
        (C1, "following-sibling::chapter[position()=1]", [C2]),
        (C3, "preceding-sibling::chapter[position()=1]", [C2]),
        ("", "/descendant::para[position()=5]", [ALL_P[4]]),
        ("", "/child::doc/child::chapter[position()=2]/child::section[position()=2]", [f"{C2}/section[n='2']"]),
        (C2, "child::para[child::type='warning']", [P2[0], *P2[2:]]),
        (C2, "child::para[child::type='warning'][position()=5]", [P2[5]]),
        (C2, "child::para[position()=5][child::type='warning']", [P2[4]]),
        ("", "child::chapter[child::title='Introduction']", [C1]),
        ("", "child::chapter[child::title]", [C1, C2]),
        (C3, "child::*[self::section or self::appendix]", [f"{C3}/appendix"]),
        (C2, "child::*[self::section or self::appendix]", [f"{C2}/section[n='1']", f"{C2}/section[n='2']"]),
        (C2, "child::*[self::section or self::appendix][position()=last()]", [f"{C2}/section[n='2']"]),
        # section 2.5: abbreviated
        (C2, "para", P2),
        (C3, "*", [f"{C3}/id", f"{C3}/appendix"]),
        (f"{C1}/title", "text()", [f"{C1}/title"]),
        (C2, "@name", []),
        (C2, "@*", []),
        (C2, "para[1]", [P2[0]]),
        (C2, "para[last()]", [P2[5]]),
        ("", "*/para", [*ALL_P[:2], *P2]),
        ("", "/doc/chapter[2]/section[2]", [f"{C2}/section[n='2']"]),
        ("", "chapter//para", ALL_P),
        (C1, "//para", ALL_P),
        (C1, "//olist/item", ["olist/item[i='1']", "olist/item[i='2']"]),
        (C2, ".", [C2]),
        (C3, ".//para", [f"{C3}/appendix/para[p='1']"]),
        (C3, "..", [""]),
        (C2, "../@lang", []),
        (C2, "para[type='warning']", [P2[0], *P2[2:]]),
        (C2, "para[type='warning'][5]", [P2[5]]),
        (C2, "para[5][type='warning']", [P2[4]]),
        ("", "chapter[title='Introduction']", [C1]),
        ("", "chapter[title]", [C1, C2]),
        ("", "employee[secretary and assistant]", ["employee[e='1']"]),
        # the note of 2.5: //para[1] is each first para of its parent, /descendant::para[1] the first of all
        ("", "//para[1]", [ALL_P[0], ALL_P[2], ALL_P[3], P2[0], ALL_P[11]]),
        ("", "/descendant::para[1]", [ALL_P[0]]),
        # section 2.4: the proximity position on a reverse axis counts backwards
        (C3, "preceding::title[1]", [f"{C2}/title"]),
        (C3, "(preceding::title)[1]", ["title"]),
        (C3, "preceding-sibling::chapter[1]", [C2]),
        (C3, "(preceding-sibling::chapter)[1]", [C1]),
        # section 3.3
        ("", "(//para)[2]", [ALL_P[1]]),
        ("", "title | chapter/title", TITLES),
        # section 2.2: the five axes that share out the document
        (C2, "count(ancestor::node() | descendant::node() | following::node() | preceding::node() | .)"
             " = count(//node()) + 1", True),
    ],
)  # fmt: skip
def test_a_location_path_selects(at: str, text: str, found: Any) -> None:
    here = "/d:doc" + (f"/{at}" if at else "")
    value = LAB.ask(text, here)
    if isinstance(value, list):
        value = [path.removesuffix("/text()") for path in value]
        value = [path if path == "/" else path.removeprefix("/d:doc").lstrip("/") for path in value]
    assert value == found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # section 3.4: a node-set compares if one of its nodes does; so = and != may both hold
        ("chapter/title = 'Introduction'", True),
        ("chapter/title != 'Introduction'", True),
        ("not(chapter/title = 'Nothing')", True),
        ("nothing = nothing", False),
        ("nothing != nothing", False),
        ("chapter/id = chapter/para/p", True),
        ("chapter/id > 2", True),
        ("chapter/id > 3", False),
        ("true() = 'x'", True),
        ("1 = '1.0'", True),
        ("'1' = '1.0'", False),
        ("'a' < 'b'", False),
        ("3 > 2 > 1", False),
        ("(3 > 2) > 1", False),
        ("(3 > 2) = 1", True),
        ("0 = -0", True),
        ("0 div 0 = 0 div 0", False),
        ("0 div 0 != 0 div 0", True),
        ("1 and 0", False),
        ("1 or nothing", True),
        ("'' or chapter", True),
        # section 3.5: div and mod
        ("5 mod 2", 1),
        ("5 mod -2", 1),
        ("-5 mod 2", -1),
        ("-5 mod -2", -1),
        ("1.5 mod 0.5", 0),
        ("1 div 0", math.inf),
        ("-1 div 0", -math.inf),
        ("6 div 4", 1.5),
        ("2 - 1 - 1", 0),
        # section 3.7: what - and * and the names of operators mean by their place
        ("count(chapter[4 - id])", 1),
        ("3 * count(*)", 3 * 8),
        ("count(chapter/section/para/p [. mod 2 = 0])", 1),
        # section 4.1
        ("last()", 1),
        ("position()", 1),
        ("count(chapter)", 3),
        ("local-name(chapter)", "chapter"),
        ("name(nothing)", ""),
        ("namespace-uri(chapter)", "urn:d"),
        ("namespace-uri(nothing)", ""),
        # section 4.2
        ("string(chapter/title)", "Introduction"),
        ("string(nothing)", ""),
        ("string(1)", "1"),
        ("string(-0)", "0"),
        ("string(0.5)", "0.5"),
        ("string(-0.25)", "-0.25"),
        ("string(100000000000)", "100000000000"),
        ("string(0.000001)", "0.000001"),
        ("string(0 div 0)", "NaN"),
        ("string(1 div 0)", "Infinity"),
        ("string(-1 div 0)", "-Infinity"),
        ("string(false())", "false"),
        ("concat('a', 'b', 'c')", "abc"),
        ("starts-with(title, 'Bo')", True),
        ("contains(title, 'oo')", True),
        ("substring-before('1999/04/01', '/')", "1999"),
        ("substring-after('1999/04/01', '/')", "04/01"),
        ("substring-after('1999/04/01', '19')", "99/04/01"),
        ("substring('12345', 2, 3)", "234"),
        ("substring('12345', 2)", "2345"),
        ("substring('12345', 1.5, 2.6)", "234"),
        ("substring('12345', 0, 3)", "12"),
        ("substring('12345', 0 div 0, 3)", ""),
        ("substring('12345', 1, 0 div 0)", ""),
        ("substring('12345', -42, 1 div 0)", "12345"),
        ("substring('12345', -1 div 0, 1 div 0)", ""),
        ("string-length('12345')", 5),
        ("string-length(title)", 4),
        ("normalize-space('  a   b ')", "a b"),
        ("translate('bar', 'abc', 'ABC')", "BAr"),
        ("translate('--aaa--', 'abc-', 'ABC')", "AAA"),
        # section 4.3
        ("boolean(1)", True),
        ("boolean(0)", False),
        ("boolean(0 div 0)", False),
        ("boolean(nothing)", False),
        ("boolean(chapter)", True),
        ("boolean('')", False),
        ("boolean('0')", True),
        ("not(true())", False),
        ("lang('en')", False),
        # section 4.4
        ("number('3.5')", 3.5),
        ("number(' 12 ')", 12),
        ("number(true())", 1),
        ("sum(chapter/id)", 6),
        ("sum(nothing)", 0),
        ("floor(-1.5)", -2),
        ("ceiling(-1.5)", -1),
        ("round(1.5)", 2),
        ("round(-1.5)", -1),
        ("round(-0.2)", 0),
    ],
)
def test_an_expression_has_the_value(text: str, value: Any) -> None:
    assert LAB.ask(text, "/d:doc") == value


@pytest.mark.parametrize(
    "text", ["number('a')", "number('')", "number('1e3')", "number('+1')", "sum(chapter/title)", "0 div 0"]
)
def test_what_is_no_number(text: str) -> None:
    assert math.isnan(LAB.ask(text, "/d:doc"))


# -- RFC 7950 section 10: the facts of its examples, in a model of our own ---------------------------

YANG = model(
    module(
        "y",
        """
  identity vehicle; identity car { base vehicle; } identity taxi { base car; } identity bike { base vehicle; }
  list port {
    key name;
    leaf name { type string; }
    leaf kind { type identityref { base vehicle; } }
    leaf enabled { type boolean; }
    leaf severity { type enumeration { enum cleared { value 1; } enum warning { value 4; } enum critical { value 7; } } }
    leaf flags { type bits { bit up; bit promiscuous; bit disabled; } }
  }
  container users {
    leaf port { type leafref { path "/port/name"; } }
    leaf where { type instance-identifier; }
    leaf-list members { type string; }
  }""",
    )
)
PORTS = Lab(
    YANG,
    {
        "y:port": [
            {
                "name": "eth0.1",
                "kind": "taxi",
                "enabled": True,
                "severity": "critical",
                "flags": "up promiscuous",
            },
            {"name": "eth10", "kind": "car", "enabled": False, "severity": "warning", "flags": ""},
            {"name": "lo", "kind": "bike", "severity": "cleared"},
        ],
        "y:users": {"port": "eth0.1", "where": "/y:port[name='eth10']", "members": ["b", "a"]},
    },
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # 10.1.1 current
        ("count(/port[name = current()/port])", 1),
        ("/port[name = current()/port]/enabled = 'true'", True),
        # 10.2.1 re-match
        ("re-match('1.22.333', '\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}')", True),
        ("re-match('1.22.4444', '\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}')", False),
        ("count(/port[re-match(name, 'eth0\\.\\d+')])", 1),
        ("re-match('x', '')", False),
        # 10.3.1 deref
        ("deref(port)/../enabled = 'true'", True),
        ("deref(where)/enabled = 'false'", True),
        ("count(deref(members))", 0),
        ("count(deref(nothing))", 0),
        # 10.4.1 derived-from
        ("count(/port[derived-from(kind, 'y:car')])", 1),
        ("count(/port[derived-from(kind, 'y:vehicle')])", 3),
        ("count(/port[derived-from(kind, 'y:taxi')])", 0),
        # 10.4.2 derived-from-or-self
        ("count(/port[derived-from-or-self(kind, 'y:car')])", 2),
        ("count(/port[derived-from-or-self(kind, 'y:taxi')])", 1),
        # 10.5.1 enum-value
        ("count(/port[enum-value(severity) >= 4])", 2),
        ("enum-value(/port[name='lo']/severity)", 1),
        # 10.6.1 bit-is-set
        ("count(/port[bit-is-set(flags, 'up')])", 1),
        ("bit-is-set(/port/flags, 'disabled')", False),
        # 6.4.1: an unprefixed name is of the module in which the expression stands; no variables; current() is the context
        ("/y:port/y:name = 'lo'", True),
        ("/port/name = 'lo'", True),
    ],
)
def test_a_function_of_yang_has_the_value(text: str, value: Any) -> None:
    assert PORTS.ask(text, "/y:users") == value


@pytest.mark.parametrize("text", ["enum-value(port)", "enum-value(nothing)"])
def test_what_is_no_enumeration_has_no_value(text: str) -> None:
    assert math.isnan(PORTS.ask(text, "/y:users"))
