"""Type statements, their chains of typedefs, and default values."""

from decimal import Decimal
from pathlib import Path

import pytest
from yang_text import compiled, module

from pyconfhoard.errors import ModelError
from pyconfhoard.schema.nodes import Leaf, LeafList, Schema
from pyconfhoard.schema.types import (
    EMPTY,
    Binary,
    Bits,
    Decimal64,
    EmptyType,
    Enumeration,
    Identityref,
    InstanceIdentifier,
    Integer,
    InvalidValue,
    Leafref,
    String,
    Type,
    Union,
)


def leaf(schema: Schema, path: str) -> Leaf:
    found = schema.find(path)
    assert isinstance(found, Leaf)
    return found


def one(folder: Path, type_stmt: str, *, more: str = "", version: str = "1.1") -> Leaf:
    """The leaf ``x`` of that type."""
    schema = compiled(folder, module("m", f"{more} leaf x {{ {type_stmt} }}", version=version))
    return leaf(schema, "/m:x")


def refused(folder: Path, body: str, *, match: str, version: str = "1.1") -> ModelError:
    with pytest.raises(ModelError, match=match) as refusal:
        compiled(folder, module("m", body, version=version))
    assert all(fault.place is not None and fault.place.file == "m.yang" for fault in refusal.value.faults)
    return refusal.value


class TestTypedef:
    CHAIN = """
      typedef percent { type uint8 { range "0..100" { error-message "not a percentage"; } } units "%"; default 50; }
      typedef half { type percent { range "min..50" { error-app-tag too-much; } } }
    """

    def test_restrictions_of_a_chain_stand_outermost_first(self, tmp_path: Path) -> None:
        x = one(tmp_path, 'type half { range "10..max"; }', more=self.CHAIN)
        assert isinstance(x.type, Integer)
        assert [link.parts for link in x.type.ranges] == [((0, 100),), ((0, 50),), ((10, 50),)]
        assert [link.message for link in x.type.ranges] == ["not a percentage", "", ""]
        assert [link.app_tag for link in x.type.ranges] == ["", "too-much", ""]

    def test_gives_default_and_units_to_the_leaf(self, tmp_path: Path) -> None:
        x = one(tmp_path, "type half;", more=self.CHAIN)
        assert (x.default, x.units, x.typedef) == (50, "%", "m:half")

    def test_default_yields_to_the_leafs_own_and_to_mandatory(self, tmp_path: Path) -> None:
        assert one(tmp_path, "type half; default 7;", more=self.CHAIN).default == 7
        assert one(tmp_path, "type half; mandatory true;", more=self.CHAIN).default is None

    def test_default_outside_a_narrower_type_is_refused(self, tmp_path: Path) -> None:
        refused(tmp_path, self.CHAIN + 'leaf x { type half { range "0..10"; } }', match="range error")

    def test_types_are_shared_by_the_leaves_that_use_one_statement(self, tmp_path: Path) -> None:
        schema = compiled(
            tmp_path,
            module(
                "m", "grouping g { leaf x { type string; } } container a { uses g; } container b { uses g; }"
            ),
        )
        assert leaf(schema, "/m:a/x").type is leaf(schema, "/m:b/x").type


class TestNumbers:
    def test_ranges_may_have_parts_and_bounds_by_name(self, tmp_path: Path) -> None:
        x = one(tmp_path, 'type int8 { range "min..-5 | 0 | 7..max"; }')
        assert isinstance(x.type, Integer)
        assert x.type.parts == ((-128, -5), (0, 0), (7, 127))

    def test_decimals_keep_their_digits(self, tmp_path: Path) -> None:
        more = "typedef money { type decimal64 { fraction-digits 2; } }"
        x = one(tmp_path, 'type money { range "-1.5..max"; } default "0.10";', more=more)
        assert isinstance(x.type, Decimal64)
        assert x.type.parts == ((Decimal("-1.5"), Decimal("92233720368547758.07")),)
        assert x.default == Decimal("0.1")

    @pytest.mark.parametrize(("text", "value"), [("0x1F", 31), ("017", 15), ("-5", -5)])
    def test_defaults_may_be_hexadecimal_or_octal(self, tmp_path: Path, text: str, value: int) -> None:
        assert one(tmp_path, f"type int16; default {text};").default == value

    def test_ranges_outside_the_base_are_refused(self, tmp_path: Path) -> None:
        refused(tmp_path, 'leaf x { type uint8 { range "0..300"; } }', match="300")


class TestText:
    def test_lengths_and_patterns_gather_along_the_chain(self, tmp_path: Path) -> None:
        more = r"""
          typedef word { type string { length 1..10; pattern '[a-z]+' { error-message lower; } } }
        """
        body = "type word { length 2..max; pattern 'x.*' { modifier invert-match; } }"
        x = one(tmp_path, body, more=more)
        assert isinstance(x.type, String)
        assert x.type.parts == ((2, 10),)
        assert [(each.xsd, each.invert, each.message) for each in x.type.patterns] == [
            ("[a-z]+", False, "lower"),
            ("x.*", True, ""),
        ]

    def test_a_pattern_that_is_none_is_refused_at_its_line(self, tmp_path: Path) -> None:
        refusal = refused(tmp_path, "leaf x { type string {\npattern '[a-';\n} }", match=r"\[a-")
        assert refusal.faults[0].place is not None
        assert refusal.faults[0].place.line == 6

    def test_binary_has_lengths_in_octets(self, tmp_path: Path) -> None:
        x = one(tmp_path, 'type binary { length 4; } default "AQIDBA==";')
        assert isinstance(x.type, Binary)
        assert x.default == b"\x01\x02\x03\x04"


class TestWords:
    def test_values_go_on_from_the_highest_before(self, tmp_path: Path) -> None:
        enums = "enum a { value -5; } enum b; enum c { value 10; } enum d { value 3; } enum e;"
        x = one(tmp_path, f"type enumeration {{ {enums} }}")
        assert isinstance(x.type, Enumeration)
        assert x.type.enums == {"a": -5, "b": -4, "c": 10, "d": 3, "e": 11}

    def test_a_derived_enumeration_keeps_the_values(self, tmp_path: Path) -> None:
        more = "typedef all { type enumeration { enum a; enum b; enum c { value 9; } } }"
        x = one(tmp_path, "type all { enum c; enum b; }", more=more)
        assert isinstance(x.type, Enumeration)
        assert x.type.enums == {"c": 9, "b": 1}

    def test_features_take_words_away_and_leave_the_values(self, tmp_path: Path) -> None:
        text = module("m", "feature f; leaf x { type enumeration { enum a { if-feature f; } enum b; } }")
        x = leaf(compiled(tmp_path, text, features={"m": ()}), "/m:x")
        assert isinstance(x.type, Enumeration)
        assert x.type.enums == {"b": 1}

    def test_bits_stand_by_position(self, tmp_path: Path) -> None:
        x = one(
            tmp_path,
            'type bits { bit late { position 4; } bit soon { position 1; } bit last; } default "last soon";',
        )
        assert isinstance(x.type, Bits)
        assert x.type.bits == {"late": 4, "soon": 1, "last": 5}
        assert x.default == ("soon", "last")

    def test_empty_has_no_default(self, tmp_path: Path) -> None:
        x = one(tmp_path, "type empty;")
        assert isinstance(x.type, EmptyType)
        assert x.type.from_json([None], "m") is EMPTY
        refused(tmp_path, 'leaf x { type empty; default ""; }', match="default")


class TestUnion:
    def test_members_keep_their_order_and_nest(self, tmp_path: Path) -> None:
        more = "typedef number { type union { type int8; type decimal64 { fraction-digits 1; } } }"
        x = one(
            tmp_path, "type union { type number; type enumeration { enum none; } } default 1.5;", more=more
        )
        assert isinstance(x.type, Union)
        inner, words = x.type.members
        assert isinstance(inner, Union)
        assert isinstance(words, Enumeration)
        assert x.default == Decimal("1.5")

    def test_a_member_may_be_a_leafref(self, tmp_path: Path) -> None:
        body = 'leaf x { type union { type leafref { path "../y"; } type empty; } } leaf y { type int8; }'
        x = leaf(compiled(tmp_path, module("m", body)), "/m:x")
        assert isinstance(x.type, Union)
        member = x.type.members[0]
        assert isinstance(member, Leafref)
        assert isinstance(member.target, Integer)

    def test_a_member_leafref_that_leads_nowhere_is_refused(self, tmp_path: Path) -> None:
        body = 'leaf x { type union { type leafref { path "../z"; } type string; } }'
        refused(tmp_path, body, match="leads nowhere: the root has no m:z")

    def test_a_default_that_no_member_takes_is_refused(self, tmp_path: Path) -> None:
        refused(tmp_path, "leaf x { type union { type int8; type boolean; } default word; }", match="word")


class TestIdentityref:
    TEXT = """
      identity colour; identity warm; identity red { base colour; base warm; } identity blue { base colour; }
      identity dark-red { base red; }
    """

    def test_allows_what_derives_from_every_base(self, tmp_path: Path) -> None:
        x = one(tmp_path, "type identityref { base colour; base warm; } default red;", more=self.TEXT)
        assert x.type == Identityref(("m:colour", "m:warm"), frozenset({"m:red", "m:dark-red"}))
        assert x.default == "m:red"

    def test_default_has_the_prefixes_of_its_module(self, tmp_path: Path) -> None:
        user = module("user", "import m { prefix other; } leaf x { type other:hue; default other:blue; }")
        text = module(
            "m",
            self.TEXT
            + "typedef hue { type identityref { base m:colour; } default m:red; } leaf y { type hue; }",
        )
        schema = compiled(tmp_path, text, user)
        assert leaf(schema, "/user:x").default == "m:blue"
        assert leaf(schema, "/m:y").default == "m:red"

    def test_allows_identities_of_every_module_read(self, tmp_path: Path) -> None:
        more = module("extra", "import m { prefix m; } identity green { base m:colour; }")
        schema = compiled(
            tmp_path, module("m", self.TEXT + "leaf x { type identityref { base colour; } }"), more
        )
        x = leaf(schema, "/m:x")
        assert isinstance(x.type, Identityref)
        assert "extra:green" in x.type.allowed
        assert schema.identities["m:colour"].derived == {"m:red", "m:blue", "m:dark-red", "extra:green"}
        assert schema.identities["m:red"].bases == {"m:colour", "m:warm"}

    def test_features_take_identities_away(self, tmp_path: Path) -> None:
        text = module(
            "m",
            "feature f; identity a; identity b { if-feature f; base a; } leaf x { type identityref { base a; } }",
        )
        schema = compiled(tmp_path, text, features={"m": ()})
        assert leaf(schema, "/m:x").type.legal() == ()
        assert "m:b" not in schema.identities


class TestInstanceIdentifier:
    def test_requires_its_instance_unless_told_otherwise(self, tmp_path: Path) -> None:
        assert one(tmp_path, "type instance-identifier;").type == InstanceIdentifier(True)
        loose = "type instance-identifier { require-instance false; }"
        assert one(tmp_path, loose).type == InstanceIdentifier(False)

    def test_default_has_modules_for_prefixes(self, tmp_path: Path) -> None:
        text = module("mm", 'leaf x { type instance-identifier; default "/m:y"; } leaf y { type string; }')
        assert leaf(compiled(tmp_path, text), "/mm:x").default == "/mm:y"


class TestLeafListDefaults:
    def test_are_its_own_else_its_types(self, tmp_path: Path) -> None:
        more = "typedef t { type int8; default 3; }"
        body = more + "leaf-list own { type t; default 1; default 2; } leaf-list its { type t; } "
        body += "leaf-list some { type t; min-elements 1; }"
        schema = compiled(tmp_path, module("m", body))
        defaults = {node.name: node.defaults for node in schema.walk() if isinstance(node, LeafList)}
        assert defaults == {"own": (1, 2), "its": (3,), "some": ()}

    def test_are_unknown_to_version_1(self, tmp_path: Path) -> None:
        text = module("m", "typedef t { type int8; default 3; } leaf-list its { type t; }", version="1")
        found = compiled(tmp_path, text).find("/m:its")
        assert isinstance(found, LeafList)
        assert found.defaults == ()


class TestLeafref:
    def test_has_the_type_of_its_target_through_a_chain(self, tmp_path: Path) -> None:
        body = """
          leaf a { type leafref { path "../b"; } default 7; }
          leaf b { type leafref { path "/m:c/m:d"; require-instance false; } }
          container c { leaf d { type uint8 { range "1..10"; } } }
        """
        schema = compiled(tmp_path, module("m", body))
        a, b = leaf(schema, "/m:a").type, leaf(schema, "/m:b").type
        assert isinstance(a, Leafref)
        assert isinstance(b, Leafref)
        assert a.target == b
        assert (a.require_instance, b.require_instance) == (True, False)
        assert a.final == leaf(schema, "/m:c/d").type
        assert leaf(schema, "/m:a").default == 7

    def test_default_must_fit_the_target(self, tmp_path: Path) -> None:
        body = 'leaf a { type leafref { path "../b"; } default word; } leaf b { type int8; }'
        refusal = refused(tmp_path, body, match="does not match its type")
        assert refusal.faults[0].value == "word"

    def test_goes_through_augments_of_other_modules(self, tmp_path: Path) -> None:
        base = module("m", "container top { }")
        user = module(
            "user",
            """
            import m { prefix mm; }
            augment /mm:top { container sub { leaf key { type int8; } } }
            leaf a { type leafref { path "/mm:top/u:sub/u:key"; } }
            leaf b { type leafref { path "/mm:top/sub/key"; } }
            """,
        )
        schema = compiled(tmp_path, base, user)
        for name in ("a", "b"):
            assert leaf(schema, f"/user:{name}").type.name == "leafref"
            assert final(leaf(schema, f"/user:{name}").type) == Integer("int8")

    def test_in_a_grouping_belongs_to_the_module_that_uses_it(self, tmp_path: Path) -> None:
        base = module("m", 'grouping g { leaf ref { type leafref { path "../name"; } } }')
        user = module("user", "import m { prefix m; } container c { uses m:g; leaf name { type int8; } }")
        schema = compiled(tmp_path, base, user)
        ref = leaf(schema, "/user:c/ref").type
        assert isinstance(ref, Leafref)
        assert ref.path.module == "user"
        assert ref.path.prefixes["m"] == "m"
        assert final(ref) == Integer("int8")

    def test_in_a_typedef_belongs_to_the_module_of_the_leaf(self, tmp_path: Path) -> None:
        base = module("m", 'typedef ref { type leafref { path "/name"; } } leaf name { type string; }')
        user = module("user", "import m { prefix m; } leaf a { type m:ref; } leaf name { type int8; }")
        schema = compiled(tmp_path, base, user)
        assert final(leaf(schema, "/user:a").type) == Integer("int8")

    def test_in_a_typedef_of_version_1_belongs_to_the_typedef(self, tmp_path: Path) -> None:
        base = module(
            "m", 'typedef ref { type leafref { path "/name"; } } leaf name { type string; }', version="1"
        )
        user = module(
            "user", "import m { prefix m; } leaf a { type m:ref; } leaf name { type int8; }", version="1"
        )
        schema = compiled(tmp_path, base, user)
        assert final(leaf(schema, "/user:a").type) == String()

    def test_predicates_choose_instances_only(self, tmp_path: Path) -> None:
        body = """
          list a { key "k l"; leaf k { type string; } leaf l { type string; } leaf v { type int8; } }
          leaf k { type leafref { path "/m:a/m:k"; } }
          leaf v { type leafref { path "/m:a[m:k = current()/../k][m:l=current()/../k]/m:v"; } }
        """
        assert final(leaf(compiled(tmp_path, module("m", body)), "/m:v").type) == Integer("int8")

    def test_may_follow_another_by_deref(self, tmp_path: Path) -> None:
        body = """
          list a { key k; leaf k { type string; } leaf v { type int8; } }
          leaf k { type leafref { path "/m:a/m:k"; } }
          leaf v { type leafref { path "deref(../k)/../v"; } }
        """
        assert final(leaf(compiled(tmp_path, module("m", body)), "/m:v").type) == Integer("int8")

    def test_in_an_operation_stays_in_it(self, tmp_path: Path) -> None:
        body = """
          rpc ring {
            input { leaf a { type int8; } leaf b { type leafref { path "../a"; } } }
            output { leaf c { type leafref { path "/m:ring/m:d"; } } leaf d { type boolean; } }
          }
          container top { leaf a { type string; } action go { input { leaf e { type leafref { path "../../a"; } } } } }
          notification rung { leaf f { type leafref { path "/m:rung/m:g"; } } leaf g { type uint8; } }
        """
        schema = compiled(tmp_path, module("m", body))
        ring = schema.rpcs["m:ring"]
        b, c = ring.input.children["b"], ring.output.children["c"]
        top = schema.root.children["m:top"]
        f = schema.notifications["m:rung"].children["f"]
        e = top.actions["go"].input.children["e"]  # type: ignore[attr-defined]
        found = [final(each.type).name for each in (b, c, e, f)]  # type: ignore[union-attr]
        assert found == ["int8", "boolean", "string", "uint8"]

    @pytest.mark.parametrize(
        ("path", "reason"),
        [
            ("../nothing", "nothing"),
            ("/m:c", "leaf"),
            ("../../../x", r"too many"),
            ("/z:c", "prefix"),
            ("../x", "circular"),
        ],
    )
    def test_to_what_is_no_leaf_is_refused(self, tmp_path: Path, path: str, reason: str) -> None:
        refused(tmp_path, f'leaf x {{ type leafref {{ path "{path}"; }} }} container c {{ }}', match=reason)

    def test_chain_back_to_itself_is_refused(self, tmp_path: Path) -> None:
        body = 'leaf a { type leafref { path "../b"; } } leaf b { type leafref { path "../a"; } }'
        refused(tmp_path, body, match="leads back to itself")

    def test_union_back_to_itself_is_refused(self, tmp_path: Path) -> None:
        body = 'leaf a { type union { type leafref { path "../a"; } type string; } }'
        refused(tmp_path, body, match="leads back to itself")


def final(type_: Type) -> Type:
    assert isinstance(type_, Leafref)
    return type_.final


class TestRefusal:
    def test_lists_every_fault_with_its_line(self, tmp_path: Path) -> None:
        body = """
          leaf a { type leafref { path "../b"; } default one; }
          leaf b { type int8; }
          leaf c { type union { type leafref { path "../nowhere"; } type string; } }
        """
        refusal = refused(tmp_path, body, match="one")
        assert [fault.place and fault.place.line for fault in refusal.faults] == [6, 8]

    def test_of_a_value_names_the_legal_words(self, tmp_path: Path) -> None:
        body = 'leaf a { type leafref { path "../b"; } default maybe; } leaf b { type boolean; }'
        assert refused(tmp_path, body, match="maybe").faults[0].legal == ("true", "false")

    def test_is_an_invalid_value_only_inside(self) -> None:
        assert issubclass(InvalidValue, ValueError)
        assert not issubclass(InvalidValue, ModelError)
