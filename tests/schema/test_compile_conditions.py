"""``must`` and ``when``: their context, their names, and what is refused."""

from pathlib import Path

import pytest
from yang_text import compiled, module

from pyconfhoard.errors import ModelError, Place

BASE = module(
    "base",
    """
    grouping g {
      leaf a { type int8; must "../b > 0"; when "../b"; }
    }
    grouping h { leaf d { type int8; } container inner { leaf c { type int8; } } }
    container top { leaf b { type int8; } }
    """,
)
USER = module(
    "user",
    """
    import base { prefix bb; }
    container own { leaf b { type int8; } uses bb:g { when "b = 1"; } uses bb:h; }
    augment /bb:top {
      when "bb:b = 2";
      leaf more { type int8; when "../bb:b = 3"; }
      uses bb:h {
        when "b = 4";
        refine d { must "../bb:b" { error-message why; error-app-tag because; } }
      }
    }
    """,
)


class TestMust:
    def test_keeps_its_words_and_place(self, tmp_path: Path) -> None:
        text = module(
            "m",
            """
            container c {
              must "x" { error-message "no x"; error-app-tag missing; }
              must "y";
              leaf x { type int8; } leaf y { type int8; }
            }
            """,
        )
        first, second = compiled(tmp_path, text).find("/m:c").musts
        assert (first.xpath.text, first.message, first.app_tag) == ("x", "no x", "missing")
        assert first.place == Place("m.yang", 7)
        assert (second.message, second.app_tag) == ("", "")

    def test_in_a_grouping_has_the_prefixes_of_its_text_and_the_module_of_its_user(
        self, tmp_path: Path
    ) -> None:
        must = compiled(tmp_path, BASE, USER).find("/user:own/a").musts[0]
        assert must.xpath.module == "user"
        assert must.xpath.prefixes["b"] == "base"
        assert "u" not in must.xpath.prefixes
        assert must.place.file == "base.yang"

    def test_added_by_refine_has_the_prefixes_of_the_refine(self, tmp_path: Path) -> None:
        added = compiled(tmp_path, BASE, USER).find("/base:top/user:d").musts[-1]
        assert (added.xpath.prefixes["bb"], added.xpath.prefixes["u"]) == ("base", "user")
        assert "b" not in added.xpath.prefixes
        assert (added.message, added.app_tag) == ("why", "because")


class TestWhen:
    @pytest.fixture
    def whens(self, tmp_path: Path) -> dict[str, list[tuple[str, str, bool]]]:
        schema = compiled(tmp_path, BASE, USER)
        return {
            node.path(): [(when.xpath.text, when.xpath.module, when.on_parent) for when in node.whens]
            for node in schema.walk()
        }

    def test_on_the_node_has_the_node_as_context(self, whens: dict[str, list[tuple[str, str, bool]]]) -> None:
        assert whens["/base:top/user:more"][-1] == ("../bb:b = 3", "user", False)

    def test_of_an_augment_has_the_target_as_context(
        self, whens: dict[str, list[tuple[str, str, bool]]]
    ) -> None:
        assert whens["/base:top/user:more"][0] == ("bb:b = 2", "base", True)

    def test_of_a_uses_has_the_node_above_as_context(
        self, whens: dict[str, list[tuple[str, str, bool]]]
    ) -> None:
        assert whens["/user:own/a"] == [("../b", "user", False), ("b = 1", "user", True)]

    def test_of_augment_and_uses_both_count(self, whens: dict[str, list[tuple[str, str, bool]]]) -> None:
        assert whens["/base:top/user:inner"] == [("bb:b = 2", "base", True), ("b = 4", "base", True)]

    def test_counts_for_the_node_that_it_is_on_alone(
        self, whens: dict[str, list[tuple[str, str, bool]]]
    ) -> None:
        assert whens["/base:top/user:inner/c"] == []


class TestRefusal:
    @pytest.mark.parametrize(
        "expression", ["1 +", "a[", "nosuch()", "concat('a')", "$x", "b:a", "count(1, 2)"]
    )
    def test_of_what_is_no_expression(self, tmp_path: Path, expression: str) -> None:
        text = module("m", f'leaf x {{\n type int8;\n must "{expression}"; }}')
        with pytest.raises(ModelError) as refusal:
            compiled(tmp_path, text)
        assert refusal.value.faults[0].place == Place("m.yang", 7)

    @pytest.mark.parametrize(
        "expression",
        ["*", ".5 &lt; .", "../*", "count(../x | ../y | ../c/z) = 2", "-(-1)", "../y/following::*"],
    )
    def test_does_not_follow_pyang_in_its_mistakes(self, tmp_path: Path, expression: str) -> None:
        told = expression.replace("&lt;", "<")
        text = module(
            "m",
            f'leaf x {{ type int8; must "{told}"; }} leaf y {{ type int8; }} container c {{ leaf z {{ type int8; }} }}',
        )
        assert compiled(tmp_path, text).find("/m:x").musts[0].xpath.text == told


class TestWarning:
    @pytest.mark.parametrize("expression", ["../typo = 1", "/m:typo", "../c/typo", "ancestor::typo"])
    def test_tells_where_a_path_that_leads_nowhere_stands(self, tmp_path: Path, expression: str) -> None:
        text = module("m", f'leaf x {{ type int8;\n must "{expression}"; }} container c {{ }}')
        (warning,) = compiled(tmp_path, text).warnings
        assert warning.startswith("m.yang:6: node")
        assert "typo" in warning

    def test_names_what_may_have_been_meant(self, tmp_path: Path) -> None:
        text = module("m", 'leaf speed { type int8; } leaf x { type int8; must "../sped > 1"; }')
        (warning,) = compiled(tmp_path, text).warnings
        assert warning.endswith("did you mean speed?")

    def test_tells_of_a_path_that_leads_above_the_root(self, tmp_path: Path) -> None:
        """It is empty in XPath 1.0, section 2.2."""
        (warning,) = compiled(tmp_path, module("m", 'leaf x { type int8; must "../../.."; }')).warnings
        assert 'too many ".."' in warning

    def test_is_not_given_for_what_another_module_adds_to_a_choice(self, tmp_path: Path) -> None:
        other = module("other", 'import m { prefix m; } augment "/m:f/m:k" { container j { must "/o:j"; } }')
        assert compiled(tmp_path, module("m", "choice f { case k; }"), other).warnings == ()
