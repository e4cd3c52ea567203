"""How values are written: the encoding of RFC 7951, and the lexical and canonical forms of RFC 7950 section 9.

A value is read and written again; what comes out is canonical. Values that are not JSON of the type's kind
are refused with ``invalid-value``.
"""

from typing import Any

import pytest
from validation_lab import model, module, tree

from pyconfhoard.errors import BadInput
from pyconfhoard.tree import to_json

IDENTITIES = "identity base; identity ours { base base; }"
TYPES = {
    # name of the leaf: its type
    **{f"{sign}int{bits}": f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)},
    "decimal": "decimal64 { fraction-digits 2; }",
    "text": "string",
    "boolean": "boolean",
    "mode": "enumeration { enum off; enum on { value 7; } }",
    "flags": "bits { bit up { position 4; } bit down { position 1; } }",
    "octets": "binary",
    "there": "empty",
    "ref": 'leafref { path "../int64"; require-instance false; }',
    "identity": "identityref { base base; }",
    "instance": "instance-identifier { require-instance false; }",
    "either": "union { type int8; type decimal64 { fraction-digits 1; } type boolean; type enumeration { enum none; } }",
    "large": "union { type uint64; type int8; }",
}
LEAFS = "\n".join(
    f"leaf {name} {{ type {type_}{'' if '{' in type_ else ';'} }}" for name, type_ in TYPES.items()
)
SCHEMA = model(
    module("m", f"{IDENTITIES}\n{LEAFS}\nleaf-list many {{ type int8; }}\nanydata any; anyxml xml;"),
    module("n", "import m { prefix m; } identity theirs { base m:base; } leaf x { type string; }"),
)

LEGAL: list[tuple[str, Any, Any]] = [
    # leaf, JSON that is read, JSON that is written
    # section 6.1: numbers of up to 32 bits are JSON numbers, those of 64 bits strings
    ("int8", -128, -128),
    ("uint8", 255, 255),
    ("int16", -32768, -32768),
    ("uint16", 65535, 65535),
    ("int32", -2147483648, -2147483648),
    ("uint32", 4294967295, 4294967295),
    ("int64", "-9223372036854775808", "-9223372036854775808"),
    ("uint64", "18446744073709551615", "18446744073709551615"),
    ("int64", "+007", "7"),
    ("int64", "-0", "0"),
    # a decimal is a string; canonical is one digit at least on both sides of the point, and no zero too many
    ("decimal", "3.14", "3.14"),
    ("decimal", "3", "3.0"),
    ("decimal", "-0.50", "-0.5"),
    ("decimal", "+03.10", "3.1"),
    ("decimal", "92233720368547758.07", "92233720368547758.07"),
    # 6.2, 6.3
    ("text", 'a "quote", a \\ and \u00fc', 'a "quote", a \\ and \u00fc'),
    ("boolean", True, True),
    ("boolean", False, False),
    # 6.4, 6.5: names; bits in the order of their positions
    ("mode", "on", "on"),
    ("flags", "up down", "down up"),
    ("flags", " down   up ", "down up"),
    ("flags", "", ""),
    # 6.6: base64
    ("octets", "aGVsbG8=", "aGVsbG8="),
    ("octets", "", ""),
    # 6.7: as the leaf that it refers to
    ("ref", "10", "10"),
    # 6.8: the module's name where it is another's; ours is always written
    ("identity", "ours", "m:ours"),
    ("identity", "m:ours", "m:ours"),
    ("identity", "n:theirs", "n:theirs"),
    # 6.9: null in an array
    ("there", [None], [None]),
    # 6.10: the first member that takes the JSON of its kind
    ("either", 6, 6),
    ("either", "1.5", "1.5"),
    ("either", True, True),
    ("either", "none", "none"),
    ("large", "1", "1"),
    ("large", 1, "1"),  # a whole number has no memory of its member: it is the first's that has it
    # 6.11: module names, and those of inner nodes only where they differ
    ("instance", "/m:int8", "/m:int8"),
    ("instance", "/m:many[.='3']", "/m:many[.='3']"),
    ("instance", '/m:many[.="3"]', "/m:many[.='3']"),
    # section 5.3 and 5.5
    ("many", [3, 1, 2], [1, 2, 3]),
    ("any", {"n:x": "a", "y": [1, {"z": [None]}]}, {"n:x": "a", "y": [1, {"z": [None]}]}),
    ("xml", [1, "a", None], [1, "a", None]),
]


@pytest.mark.parametrize(("leaf", "read", "written"), LEGAL)
def test_a_value_is_read_and_written(leaf: str, read: Any, written: Any) -> None:
    assert to_json(SCHEMA.root, tree(SCHEMA, {f"m:{leaf}": read})) == {f"m:{leaf}": written}


ILLEGAL: list[tuple[str, Any]] = [
    ("int8", 128),
    ("int8", "1"),
    ("int8", True),
    ("int8", 1.5),
    ("int8", None),
    ("int8", [1]),
    ("int8", {}),
    ("int64", 1),
    ("int64", "9223372036854775808"),
    ("int64", "0x10"),
    ("int64", "1 "),
    ("uint64", "-1"),
    ("decimal", 3.14),
    ("decimal", "3.141"),
    ("decimal", "1e2"),
    ("decimal", ".5"),
    ("decimal", "5."),
    ("decimal", "92233720368547758.08"),
    ("text", 1),
    ("text", "\x00"),
    ("text", "\ufffe"),
    ("boolean", "true"),
    ("boolean", 1),
    ("mode", "On"),
    ("mode", 7),
    ("flags", "up sideways"),
    ("flags", "up up"),
    ("flags", ["up"]),
    ("octets", "aGVsbG8"),
    ("octets", "a*=="),
    ("there", None),
    ("there", ""),
    ("there", []),
    ("there", [None, None]),
    ("ref", 10),
    ("identity", "base"),
    ("identity", "n:ours"),
    ("identity", "theirs"),
    ("instance", "int8"),
    ("instance", "m:int8"),
    ("instance", "/int8"),
    ("either", "maybe"),
    ("either", 1.5),
    ("either", [None]),
    ("large", 300),
    ("many", 1),
    ("any", 1),
]


@pytest.mark.parametrize(("leaf", "given"), ILLEGAL)
def test_another_value_is_refused(leaf: str, given: Any) -> None:
    with pytest.raises(BadInput) as refusal:
        tree(SCHEMA, {f"m:{leaf}": given})
    (fault,) = refusal.value.faults
    assert (fault.tag, fault.path) == ("invalid-value", f"/m:{leaf}")
    assert fault.place is not None


NAMES = model(
    module("m", "container c { leaf a { type int8; } list l { key k; leaf k { type int8; } } }"),
    module("n", 'import m { prefix m; } augment /m:c { container d { leaf e { type int8; } } leaf a { type int8; } }'),
)  # fmt: skip


@pytest.mark.parametrize(
    ("data", "legal"),
    [
        # section 4: a name has its module at the top and where the module changes
        ({"m:c": {"a": 1}}, True),
        ({"c": {"a": 1}}, False),
        ({"n:c": {"a": 1}}, False),
        ({"m:c": {"n:d": {"e": 1}}}, True),
        ({"m:c": {"d": {"e": 1}}}, False),
        ({"m:c": {"a": 1, "n:a": 2}}, True),
        # 5.4: a list is an array of objects
        ({"m:c": {"l": [{"k": 1}, {"k": 2}]}}, True),
        ({"m:c": {"l": {"k": 1}}}, False),
        ({"m:c": {"l": [1]}}, False),
        # 5.2: a container is an object
        ({"m:c": {}}, True),
        ({"m:c": []}, False),
        ({"m:c": [None]}, False),
    ],
)
def test_members_have_their_names_and_kinds(data: dict[str, Any], legal: bool) -> None:
    if legal:
        tree(NAMES, data)
    else:
        with pytest.raises(BadInput):
            tree(NAMES, data)


def test_a_name_may_have_its_module_where_it_need_not() -> None:
    assert tree(NAMES, {"m:c": {"m:a": 1, "n:d": {"n:e": 1}}}) == tree(
        NAMES, {"m:c": {"a": 1, "n:d": {"e": 1}}}
    )
