"""RFC 7950 section 9.13, RFC 7951 section 6.11."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.schema.types import InstanceIdentifier, InvalidValue, parse_default
from pyconfhoard.schema.types.instance_identifier import (
    InstanceStep,
    format_instance,
    parse_instance,
    quoted,
)

TYPE = InstanceIdentifier()


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        # RFC 7951 section 6.11
        (
            "/ietf-interfaces:interfaces/interface[name='eth0']/ietf-ip:ipv4/ip",
            "/ietf-interfaces:interfaces/interface[name='eth0']/ietf-ip:ipv4/ip",
        ),
        # RFC 7950 section 9.13.4, prefixes read as module names
        ("/ex:system/ex:services/ex:ssh", "/ex:system/services/ssh"),
        ("/ex:system/ex:user[ex:name='fred']/ex:type", "/ex:system/user[name='fred']/type"),
        (
            "/ex:system/ex:server[ex:ip='192.0.2.1'][ex:port='80']",
            "/ex:system/server[ip='192.0.2.1'][port='80']",
        ),
        (
            "/ex:system/ex:services/ex:ssh/ex:cipher[.='blowfish-cbc']",
            "/ex:system/services/ssh/cipher[.='blowfish-cbc']",
        ),
        ("/ex:stats/ex:port[3]", "/ex:stats/port[3]"),
        # white space and quotes
        ('/a:b[ c = "x y" ]', "/a:b[c='x y']"),
        ("/a:b/c:d[e='1']/a:f", "/a:b/c:d[e='1']/a:f"),
        ("/a:b[z:k='1']", "/a:b[z:k='1']"),
        ("/a:b[k='/]x[']/c", "/a:b[k='/]x[']/c"),
        ("/a:b[k='']", "/a:b[k='']"),
        ("""/a:b[k="it's"]""", """/a:b[k="it's"]"""),
        ("""/a:b[k='say "hi"']""", """/a:b[k='say "hi"']"""),
        ('''/a:b[k="it's ""so"""]''', '''/a:b[k="it's ""so"""]'''),
    ],
)
def test_each_value_has_one_text(text: str, canonical: str) -> None:
    assert TYPE.parse(text, "m") == canonical
    assert TYPE.from_json(text, "m") == canonical
    assert TYPE.to_json(canonical) == TYPE.text(canonical) == canonical
    assert TYPE.holds(canonical)
    assert TYPE.holds(text) is (text == canonical)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a step such as /module:name at column 1"),
        ("/", "column 1"),
        ("a:b", "column 1"),
        ("/b", "needs its module"),
        ("/a:b/", "column 5"),
        ("//a:b", "column 1"),
        ("/a:b[", "column 5"),
        ("/a:b[c]", "column 5"),
        ("/a:b[c=1]", "column 5"),
        ("/a:b[c='1]", "column 5"),
        ("/a:b[0]", "column 5"),
        ("/a:b[-1]", "column 5"),
        ("/a:b[1][2]", "no other predicate"),
        ("/a:b[c='1'][2]", "no other predicate"),
        ("/a:b[.='1'][c='2']", "no other predicate"),
        ("/a:b[.='1'][.='2']", "no other predicate"),
        ("/a:b[c='1'][a:c='2']", "the key 'c' once only"),
        ("/a:b c", "column 5"),
        ("/a:b/*", "column 5"),
        ("/a:b[c='\x00']", "U\\+0000"),
        (" /a:b", "column 1"),
    ],
)
def test_what_is_none_is_refused_with_the_place(text: str, reason: str) -> None:
    with pytest.raises(InvalidValue, match=reason):
        TYPE.parse(text, "m")
    assert not TYPE.holds(text)


@pytest.mark.parametrize("raw", [1, None, True, ["/a:b"]])
def test_it_is_a_json_string(raw: object) -> None:
    with pytest.raises(InvalidValue, match="JSON string"):
        TYPE.from_json(raw, "m")


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,5}", fullmatch=True)
VALUES = st.text(st.sampled_from("ab'\"[]/= .:ü"), max_size=6)
STEPS = st.builds(InstanceStep, NAMES, NAMES) | st.one_of(
    st.builds(
        lambda module, name, keys: InstanceStep(module, name, keys=tuple(keys.items())),
        NAMES,
        NAMES,
        st.dictionaries(NAMES, VALUES, max_size=3),
    ),
    st.builds(lambda module, name, value: InstanceStep(module, name, value=value), NAMES, NAMES, VALUES),
    st.builds(
        lambda module, name, position: InstanceStep(module, name, position=position),
        NAMES,
        NAMES,
        st.integers(1, 10**12),
    ),
)


@given(st.lists(STEPS, min_size=1, max_size=4).map(tuple))
def test_steps_come_back_from_their_text(steps: tuple[InstanceStep, ...]) -> None:
    text = format_instance(steps)
    assert parse_instance(text) == steps
    assert TYPE.parse(text, "m") == text


def test_quotes_are_single_then_double_then_doubled() -> None:
    assert quoted("a") == "'a'"
    assert quoted('a"b') == "'a\"b'"
    assert quoted("a'b") == '"a\'b"'
    assert quoted("a'b\"c") == '"a\'b""c"'


def test_a_default_has_the_prefixes_of_its_module() -> None:
    prefixes = {"if": "ietf-interfaces", "ip": "ietf-ip"}
    value = parse_default(TYPE, "/if:interfaces/if:interface[if:name='x']/ip:ipv4", "m", prefixes)
    assert value == "/ietf-interfaces:interfaces/interface[name='x']/ietf-ip:ipv4"
    with pytest.raises(InvalidValue, match="prefix 'zz' is not declared"):
        parse_default(TYPE, "/zz:interfaces", "m", prefixes)
