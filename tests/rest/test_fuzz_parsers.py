"""Whatever a client sends, what reads it says no in the project's own words."""

from contextlib import suppress

import pytest
from fuzz_targets import TARGETS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyconfhoard.errors import HoardError

WORDS = {
    "url": """gallery:types gallery:shelf workshop:shop / = , %2C %2F %00 %zz %ff 1,left 0,left tool=saw tag=x %C3%A9 . ..
        : x""",
    "instance": """/gallery:types /gallery:shelf[number='1'][mark='left'] / [ ] [.='x'] [1] ' " = : /text x""",
    "json": r"""{ } [ ] , : " "gallery:types" "gallery:shelf" "number" 1 -1 1e9 1e999 "mark" "left" "@" "@number" null true
        "ietf-restconf:data" "owner" "\ud800" "\u0000" NaN "whatever" "picture" "AAAA" "flags" "read" "exact" "1.5" [null]""",
    "xml": """<data~xmlns="urn:ietf:params:xml:ns:yang:ietf-restconf"> </data> <types~xmlns="urn:pyconfhoard:test:gallery"> x
        </types> <tiny>1</tiny> <colour>red</colour> <there/> <!--~x~--> <?x?> <![CDATA[x]]> &amp; &x; <!DOCTYPE~x> / <
        <shelf> </shelf> xmlns:g="" """,
    "parameters": """content depth fields with-defaults insert point dry-run with-origin = & all config 1 unbounded explicit
        first %2F /workshop:shop/visitor=a ; ( ) %ff + report-all-tagged""",
    "fields": "workshop:shop title tool name ; / ( ) gallery:shelf label text owner x : ,",
    "filters": """/ // /gallery:shelf /workshop:shop/tool [ ] ( ) ' 1 . .. @ * | and or not( count( current() number= + - = <
        text() position() last() deref( re-match( $x : 9e999 :: descendant::""",
    "headers": """application/yang-data+json */* ; q=0.5 q= , text/* "1-json" W/ * charset=utf-8 gzip identity
        Thu,~01~Jan~2015~00:00:00~GMT Thu,~01~Jan~99999~00:00:00~GMT Thu,~01~Jan~0001~00:00:00~+9999 -9999""",
    "listening": """filter= start-time= stop-time= & 2026-11-21T10:00:00Z 0000-00-00T00:00:00Z
        9999-12-31T23:59:59+99:99 1.0 -1 1. ~ %zz""",
    "patch": """{ } [ ] , : " "ietf-yang-patch:yang-patch" "patch-id" "x" "edit" "edit-id" "operation" "create" "target" "/"
        "value" null 1 "point" "where" <yang-patch~xmlns='urn:ietf:params:xml:ns:yang:ietf-yang-patch'> </yang-patch>
        <edit> </edit>""",
    "description": "/ /gallery:shelf /label /text gallery : .. %2F //",
}
"""What each reader knows; a tilde is a blank."""


def inputs(name: str) -> st.SearchStrategy[bytes]:
    """The words that it knows in any order, and any bytes at all."""
    words = [word.replace("~", " ") for word in WORDS[name].split()]
    joined = st.lists(st.sampled_from(words), max_size=14).flatmap(
        lambda chosen: st.sampled_from(["", " "]).map(lambda between: between.join(chosen))
    )
    mangled = st.tuples(joined, st.integers(0, 60), st.text(max_size=3)).map(
        lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] :]
    )
    return (
        st.binary(max_size=40)
        | joined.map(str.encode)
        | mangled.map(lambda text: text.encode("utf-8", "surrogatepass"))
    )


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_nothing_but_our_own_errors_comes_out(name: str, data: st.DataObject) -> None:
    fed = data.draw(inputs(name))
    with suppress(HoardError):
        TARGETS[name](fed)
