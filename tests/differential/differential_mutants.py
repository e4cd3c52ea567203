"""Modules that are nearly right: generated ones with one statement taken out, doubled, moved, altered or added."""

from __future__ import annotations

import copy
import re
from typing import Final

from differential_models import modules
from differential_shrink import Block, blocks, text_of
from hypothesis import strategies as st

__all__ = ["mutants"]

_HEADER: Final = frozenset(("yang-version", "namespace", "prefix", "identity", "feature", "import"))
_EXTRA: Final = """
mandatory "true";
default "1";
default "a";
min-elements "2";
max-elements "0";
config "false";
presence "x";
units "x";
ordered-by "user";
unique "a";
key "a";
status "obsolete";
type string;
if-feature "on";
if-feature "none";
when "../a";
must "../zz";
must "zz:a";
must "x y";
must "foo()";
must "count()";
must "derived-from(., 'g:zz')";
require-instance "true";
path "../a";
base "beer";
position "1";
value "1";
range "1..0";
length "-1";
fraction-digits "19";
pattern "(";
leaf a { type int8; }
anydata q;
uses nothing;
choice q { default "zz"; case k { leaf zz { type int8; } } }
container q { leaf q { type leafref { path "../q"; } } }
action x { input { leaf y { type nope; } } }
notification n { leaf a { type int8; default "x"; } }
leaf q { type union; }
leaf q { type enumeration; }
leaf q { type bits { bit a { position 1; } bit b { position 1; } } }
leaf q { type enumeration { enum a { value 1; } enum b { value 1; } } }
leaf q { type decimal64; }
leaf q { type int8 { length "1"; } }
leaf q { type string { range "1"; } }
leaf q { type identityref; }
leaf q { type leafref; }
list q { key "x"; leaf x { type int8; config false; } }
list q { key "x x"; leaf x { type int8; } }
list q { key "x"; leaf-list x { type int8; } }
list q { leaf x { type int8; } }
list q { config false; leaf x { type int8; } }
list q { key "x"; min-elements 3; max-elements 2; leaf x { type int8; } }
list q { key "x"; unique "x y"; leaf x { type int8; } }
container q { config false; leaf x { config true; type int8; } }
leaf q { type string { length "3..1"; } }
leaf q { type string { length "1 | 1"; } }
leaf q { type int8 { range "-200"; } }
leaf q { type g:nope; }
leaf q { type nope:x; }
typedef q { type q; }
leaf-list q { type int8; default 1; default 1; }
leaf-list q { type int8; default 1; min-elements 1; }
leaf q { type boolean; default "yes"; }
rpc q { input { leaf a { type int8; } leaf a { type int8; } } }
identity a { base a; }
identity q { base nope; }
feature q { if-feature q; }
""".strip().splitlines()
"""Statements that are wrong in most places, or everywhere."""


@st.composite
def mutants(draw: st.DrawFn) -> dict[str, str]:
    """The texts of a module, and perhaps another, with one change."""
    texts = draw(modules()).texts()
    name = draw(st.sampled_from(sorted(texts)))
    top = blocks(texts[name])
    inner = top[0].inner
    assert inner is not None
    places = [place for place in _places(inner) if _keyword(place[0][place[1]]) not in _HEADER]
    if places:
        lines, at = draw(st.sampled_from(places))
        _change(draw, lines, at, [lines[at] for lines, at in places])
    return texts | {name: text_of(top)}


def _places(lines: list[Block]) -> list[tuple[list[Block], int]]:
    found = []
    for at, block in enumerate(lines):
        found += [(lines, at), *_places(block.inner or [])]
    return found


def _keyword(block: Block) -> str:
    return block.head.split()[0].rstrip(";")


def _change(draw: st.DrawFn, lines: list[Block], at: int, others: list[Block]) -> None:
    block = lines[at]
    match draw(st.sampled_from(["remove", "double", "copy", "swap", "alter", "alter", "add", "add", "add"])):
        case "remove":
            del lines[at]
        case "double":
            lines.insert(at, copy.deepcopy(block))
        case "copy":
            lines.insert(at, copy.deepcopy(draw(st.sampled_from(others))))
        case "swap":
            block.head = draw(
                st.sampled_from([one for one in others if _keyword(one) == _keyword(block)])
            ).head
        case "alter":
            words = re.findall(r"\d+|\b[a-j]\b|\bg:[a-k]\w?", block.head)
            if words:
                word = draw(st.sampled_from(words))
                new = ["0", "1", "2", "-1", "99999"] if word.isdigit() else ["a", "b", "zz", "g:zz", "m:a"]
                block.head = re.sub(re.escape(word), draw(st.sampled_from(new)), block.head, count=1)
        case _:
            extra = Block(draw(st.sampled_from(_EXTRA)))
            into = block.inner if block.inner is not None and draw(st.booleans()) else lines
            into.insert(draw(st.integers(0, len(into))), extra)
