"""From module names to a schema: files, revisions, submodules, features, deviations, refusals."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yang_text import compiled, module, write

from pyconfhoard.errors import ModelError, Place
from pyconfhoard.schema import PROJECT_YANG, load
from pyconfhoard.schema.implemented import names_in
from pyconfhoard.schema.nodes import Leaf, Schema, Submodule


def dated(name: str, date: str, body: str) -> str:
    return module(name, f"revision {date};\n{body}")


class TestFolders:
    def test_of_the_user_go_before_the_project_and_what_pyang_ships(self, tmp_path: Path) -> None:
        own = dated("ietf-interfaces", "2001-01-01", "leaf mine { type string; }")
        schema = load(["ietf-interfaces"], folders=[write(tmp_path / "own", own)])
        assert list(schema.root.children) == ["ietf-interfaces:mine"]
        assert schema.modules["ietf-interfaces"].revision == "2001-01-01"
        assert (PROJECT_YANG / "brewerslab.yang").is_file()
        assert "brewerslab:brewhouse" in load(["brewerslab"]).root.children

    def test_are_asked_in_their_order(self, tmp_path: Path) -> None:
        first = write(tmp_path / "first", module("a", "leaf old { type string; }"))
        second = write(tmp_path / "second", dated("a", "2020-01-01", "leaf new { type string; }"))
        assert list(load(["a"], folders=[first, second]).root.children) == ["a:old"]
        assert list(load(["a"], folders=[second, first]).root.children) == ["a:new"]

    def test_are_searched_with_their_folders_but_the_hidden(self, tmp_path: Path) -> None:
        write(tmp_path / "deep" / "er", module("a", "leaf x { type string; }"))
        write(tmp_path / ".hidden", module("b", "leaf y { type string; }"))
        assert list(load(["a"], folders=[tmp_path]).root.children) == ["a:x"]
        with pytest.raises(ModelError, match='module "b" not found'):
            load(["b"], folders=[tmp_path])

    def test_that_go_round_in_circles_end(self, tmp_path: Path) -> None:
        write(tmp_path / "in", module("a", "leaf x { type string; }"))
        (tmp_path / "in" / "again").symlink_to(tmp_path)
        assert list(load(["a"], folders=[tmp_path]).root.children) == ["a:x"]

    def test_that_do_not_exist_are_refused_by_name(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match=r"nowhere cannot be read: No such file"):
            load(["a"], folders=[tmp_path / "nowhere"])


class TestRevisions:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        for date in ("2019-01-01", "2021-01-01", "2020-01-01"):
            typedef = f"typedef t {{ type string {{ length {date[:4]}; }} }} leaf l {{ type t; }}"
            (tmp_path / f"a@{date}.yang").write_text(dated("a", date, typedef))
        return tmp_path

    def test_the_newest_is_taken(self, folder: Path) -> None:
        assert load(["a"], folders=[folder]).modules["a"].revision == "2021-01-01"

    def test_the_newest_is_found_in_the_text_where_the_name_lacks_it(self, folder: Path) -> None:
        comments = "/* revision 2999-01-01; */ // revision 2998-01-01;\n"
        text = comments + dated("a", "2022-01-01", "leaf n { type string; }")
        (folder / "a.yang").write_text(text)
        assert load(["a"], folders=[folder]).modules["a"].revision == "2022-01-01"

    def test_one_may_be_asked_for(self, folder: Path) -> None:
        schema = load(["a@2020-01-01"], folders=[folder])
        assert {name: each.revision for name, each in schema.modules.items()} == {"a": "2020-01-01"}

    def test_two_of_one_module_cannot_be(self, folder: Path) -> None:
        with pytest.raises(ModelError, match="two revisions"):
            load(["a@2020-01-01", "a@2019-01-01"], folders=[folder])

    def test_may_be_imported_beside_the_one_that_is_served(self, folder: Path) -> None:
        write(folder, module("user", "import a { prefix a; revision-date 2019-01-01; } leaf x { type a:t; }"))
        schema = load(["a", "user"], folders=[folder])
        x, served = schema.find("/user:x"), schema.find("/a:l")
        assert isinstance(x, Leaf)
        assert isinstance(served, Leaf)
        assert x.type.parts == ((2019, 2019),)  # type: ignore[attr-defined]
        assert served.type.parts == ((2021, 2021),)  # type: ignore[attr-defined]
        told = {name: (each.revision, each.implemented) for name, each in schema.modules.items()}
        assert told["a"] == ("2021-01-01", True)
        assert told["a@2019-01-01"] == ("2019-01-01", False)

    def test_that_are_missing_are_refused(self, folder: Path) -> None:
        write(folder, module("user", "import a { prefix a; revision-date 2018-01-01; }"))
        with pytest.raises(ModelError, match='"a" revision "2018-01-01" not found'):
            load(["user"], folders=[folder])


class TestSubmodules:
    MAIN = module("main", "include part; include other; container c { uses g; leaf t { type t; } }")
    PART = """submodule part { yang-version 1.1; belongs-to main { prefix mine; }
      include other;
      grouping g { leaf from-part { type mine:t; must "../mine:t"; } }
      augment /mine:d { leaf more { type int8; } }
      augment /mine:c { leaf seen { type leafref { path "/mine:c/mine:t"; } } }
      rpc act;
    }"""
    OTHER = """submodule other { yang-version 1.1; belongs-to main { prefix x; }
      typedef t { type int8; } identity i; container d { leaf o { type x:t; } }
    }"""

    def test_are_one_with_their_module(self, tmp_path: Path) -> None:
        schema = compiled(tmp_path, self.MAIN, self.PART, self.OTHER)
        paths = {node.path() for node in schema.walk()}
        assert paths == {
            "/main:c",
            "/main:c/from-part",
            "/main:c/t",
            "/main:c/seen",
            "/main:d",
            "/main:d/o",
            "/main:d/more",
        }
        assert list(schema.rpcs) == ["main:act"]
        assert list(schema.identities) == ["main:i"]
        assert schema.modules["main"].submodules == (Submodule("part", ""), Submodule("other", ""))
        assert list(schema.modules) == ["main"]

    def test_have_prefixes_of_their_own_for_the_module(self, tmp_path: Path) -> None:
        schema = compiled(tmp_path, self.MAIN, self.PART, self.OTHER)
        xpath = schema.find("/main:c/from-part").musts[0].xpath
        assert xpath.prefixes["mine"] == "main"
        assert schema.find("/main:d/more").place.file == "part.yang"

    def test_may_use_what_stands_anywhere_in_the_module(self, tmp_path: Path) -> None:
        main = module(
            "main", "include part; extension mark; leaf ours { type late; } typedef late { type int8; }"
        )
        part = """submodule part { yang-version 1.1; belongs-to main { prefix p; }
          import ietf-inet-types { prefix inet; }
          container c { p:mark; uses p:later; leaf i { type identityref { base p:j; } default p:k; } }
          grouping later { leaf x { type p:late; if-feature p:f; } leaf h { type inet:host; } }
          feature f; identity j; identity k { base p:j; }
        }"""
        schema = compiled(tmp_path, main, part)
        assert schema.find("/main:c/x").type.name == "int8"  # type: ignore[attr-defined]
        assert schema.find("/main:c/h").type.name == "union"  # type: ignore[attr-defined]
        assert schema.find("/main:c/i").default == "main:k"  # type: ignore[attr-defined]
        assert schema.find("/main:c").extensions == (("main:mark", ""),)
        assert schema.modules["main"].features == ("f",)

    def test_may_have_prefixes_that_mean_something_else_in_the_module(self, tmp_path: Path) -> None:
        main = module(
            "main",
            """
            include part; include other;
            import ietf-inet-types { prefix t; } import ext { prefix x; }
            leaf h { type t:host; } container c { leaf k { type identityref { base i; } } }
            grouping g { leaf from-main { type t:port-number; } } identity i;
            """,
        )
        part = """submodule part { yang-version 1.1; belongs-to main { prefix x; }
          import ietf-yang-types { prefix t; } import ext { prefix m; }
          augment /x:c {
            m:mark t:told;
            leaf u { type t:uuid; must "../x:k and derived-from(../x:k, 'm:j') or child::x:no"; if-feature "m:f and not m:no"; }
            uses x:g { refine from-main { must "../x:k"; } }
          }
        }"""
        other = """submodule other { yang-version 1.1; belongs-to main { prefix m; }
          import ietf-yang-types { prefix yang; } augment /m:c { leaf d { type yang:date-and-time; } }
        }"""
        ext = module("ext", "extension mark { argument a; } feature f; feature no; identity j;")
        schema = compiled(tmp_path, main, part, other, ext, features={"ext": ["f"]})
        assert [node.path() for node in schema.walk()] == [
            "/main:h",
            "/main:c",
            "/main:c/k",
            "/main:c/u",
            "/main:c/from-main",
            "/main:c/d",
        ]
        u = schema.find("/main:c/u")
        assert u.typedef == "ietf-yang-types:uuid"  # type: ignore[attr-defined]
        (must,) = u.musts
        told = {prefix: must.xpath.prefixes[prefix] for prefix in names_in(must.xpath.text)}
        assert set(told.values()) == {"main"}
        assert must.xpath.prefixes[must.xpath.text.split("'")[1].partition(":")[0]] == "ext"
        assert schema.modules["main"].submodules == (Submodule("part", ""), Submodule("other", ""))

    @pytest.mark.parametrize(
        ("part", "reason"),
        [
            ("submodule part { yang-version 1.1; belongs-to other { prefix o; } }", "belongs-to"),
            ("submodule part { belongs-to main { prefix m; } }", "version"),
            ("module part { namespace urn:p; prefix p; }", "must be a submodule"),
            (
                "submodule part { yang-version 1.1; belongs-to main { prefix m; } leaf x { type z; } }",
                '"z" not found',
            ),
            ("submodule part { yang-version 1.1; belongs-to main { prefix m; } leaf x { ", "part.yang:1"),
        ],
    )
    def test_that_are_wrong_are_refused(self, tmp_path: Path, part: str, reason: str) -> None:
        write(tmp_path, module("main", "include part;"), part)
        with pytest.raises(ModelError, match=reason):
            load(["main"], folders=[tmp_path])

    def test_cannot_be_asked_for(self, tmp_path: Path) -> None:
        write(tmp_path, self.MAIN, self.PART, self.OTHER)
        with pytest.raises(ModelError, match="part is a submodule of main: ask for that"):
            load(["part"], folders=[tmp_path])


class TestFeatures:
    TEXT = module(
        "m",
        """
        feature a; feature b { if-feature a; } feature c { if-feature "not a"; }
        leaf with-a { if-feature a; type string; }
        leaf with-b { if-feature "a and b"; type string; }
        leaf with-c { if-feature "c or not b"; type string; }
        container x { if-feature b; leaf y { type string; } }
        grouping g { leaf z { type string; } }
        uses g { if-feature c; }
        """,
    )

    def names(self, schema: Schema) -> list[str]:
        return [child.name for child in schema.root.children.values()]

    def test_are_all_on_unless_told_otherwise_but_for_what_they_ask_of_each_other(
        self, tmp_path: Path
    ) -> None:
        schema = compiled(tmp_path, self.TEXT)
        assert schema.modules["m"].features == ("a", "b")
        assert self.names(schema) == ["with-a", "with-b", "x"]

    def test_are_those_that_were_chosen(self, tmp_path: Path) -> None:
        schema = compiled(tmp_path, self.TEXT, features={"m": ["b", "c"]})
        assert schema.modules["m"].features == ("c",)
        assert self.names(schema) == ["with-c", "z"]

    def test_of_other_modules_count(self, tmp_path: Path) -> None:
        user = module(
            "user", "import m { prefix m; } leaf u { if-feature m:a; type string; } leaf v { type string; }"
        )
        assert "u" in self.names(compiled(tmp_path, self.TEXT, user))
        assert "u" not in self.names(compiled(tmp_path, self.TEXT, user, features={"m": []}))

    def test_that_do_not_exist_are_refused_with_those_that_do(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="no feature 'z'") as refusal:
            compiled(tmp_path, self.TEXT, features={"m": ["z"]})
        assert refusal.value.faults[0].legal == ("a", "b", "c")


class TestImplemented:
    BASE = module(
        "base",
        "typedef t { type int8; } identity i; container top { leaf l { type string; } } rpc r; notification n;",
    )

    def implemented(self, folder: Path, body: str) -> bool:
        schema = compiled(
            folder, self.BASE, module("user", "import base { prefix b; }" + body), modules=["user"]
        )
        served = schema.modules["base"].implemented
        assert ("base:top" in schema.root.children) is served
        assert ("base:r" in schema.rpcs) is served
        return served

    @pytest.mark.parametrize(
        "body",
        [
            "leaf x { type b:t; }",
            "leaf x { type identityref { base b:i; } }",
            "typedef u { type leafref { path /b:top/b:l; } }",
            "leaf x { type string; must \"derived-from(., 'b:i')\"; }",
        ],
    )
    def test_is_not_what_is_imported_for_definitions(self, tmp_path: Path, body: str) -> None:
        assert not self.implemented(tmp_path, body)

    @pytest.mark.parametrize(
        "body",
        [
            "augment /b:top { leaf x { type string; } }",
            "leaf x { type leafref { path /b:top/b:l; } }",
            "typedef u { type leafref { path /b:top/b:l; } } leaf x { type union { type u; type int8; } }",
            'leaf x { type string; must "/b:top/b:l"; }',
            'leaf x { type string; when "/b:top/b:l"; }',
            "deviation /b:top/b:l { deviate not-supported; }",
        ],
    )
    def test_is_what_is_augmented_deviated_or_referred_to(self, tmp_path: Path, body: str) -> None:
        assert self.implemented(tmp_path, body)

    def test_is_not_what_only_a_node_names_whose_feature_is_off(self, tmp_path: Path) -> None:
        body = "feature f; leaf x { if-feature f; type leafref { path /b:top/b:l; } }"
        user = module("user", "import base { prefix b; }" + body)
        served = compiled(tmp_path, self.BASE, user, modules=["user"], features={"user": []})
        assert not served.modules["base"].implemented
        assert compiled(tmp_path, self.BASE, user, modules=["user"]).modules["base"].implemented

    def test_brings_no_augments_of_what_is_not(self, tmp_path: Path) -> None:
        middle = module(
            "middle",
            "import base { prefix b; } typedef u { type b:t; } augment /b:top { leaf x { type u; } }",
        )
        user = module("user", "import middle { prefix m; } leaf x { type m:u; }")
        schema = compiled(tmp_path, self.BASE, middle, user, modules=["user", "base"])
        assert list(schema.find("/base:top").children) == ["l"]  # type: ignore[attr-defined]
        assert not schema.modules["middle"].implemented


class TestDeviations:
    BASE = module(
        "base",
        """
        container top {
          leaf a { type int8; default 1; units old; must "../b"; }
          leaf b { type string; }
          leaf-list c { type int8; min-elements 1; }
          list d { key k; leaf k { type string; } leaf v { type string; } }
          container e { leaf f { type string; } }
          anydata g;
        }
        """,
    )
    CHANGES = module(
        "changes",
        """
        import base { prefix b; }
        deviation /b:top/b:a {
          deviate replace { type int16; default 300; units new; }
          deviate delete { must "../b"; }
          deviate add { must "../b:d" { error-message added; } mandatory false; }
        }
        deviation /b:top/b:b { deviate not-supported; }
        deviation /b:top/b:c { deviate replace { min-elements 2; } deviate add { max-elements 4; } }
        deviation /b:top/b:d { deviate add { unique v; } }
        deviation /b:top/b:e { deviate replace { config false; } }
        deviation /b:top/b:g { deviate add { config false; } }
        deviation /b:top/b:g { deviate add { mandatory true; } }
        """,
    )

    def test_of_all_kinds_apply(self, tmp_path: Path) -> None:
        schema = compiled(tmp_path, self.BASE, self.CHANGES)
        a, c, d = (schema.find(f"/base:top/{name}") for name in "acd")
        assert isinstance(a, Leaf)
        assert (a.type.name, a.default, a.units) == ("int16", 300, "new")
        assert [must.message for must in a.musts] == ["added"]
        assert a.musts[0].xpath.prefixes["b"] == "base"
        assert a.musts[0].place.file == "changes.yang"
        assert "b" not in schema.find("/base:top").children  # type: ignore[attr-defined]
        assert (c.min_elements, c.max_elements) == (2, 4)  # type: ignore[attr-defined]
        assert d.unique == ((("v",),),)  # type: ignore[attr-defined]
        assert not schema.find("/base:top/e/f").config
        assert schema.find("/base:top/g").mandatory
        assert not schema.find("/base:top/g").config
        assert schema.modules["base"].deviations == ("changes",)

    def test_of_a_leaf_list_may_change_several_defaults(self, tmp_path: Path) -> None:
        text = module(
            "m",
            """
            leaf-list l { type int8; default 8; default 9; }
            deviation /m:l { deviate delete { default 9; } deviate add { default 1; default 2; } }
            """,
        )
        assert compiled(tmp_path, text).find("/m:l").defaults == (8, 1, 2)  # type: ignore[attr-defined]
        with pytest.raises(ModelError, match="does not exist"):
            compiled(tmp_path, text.replace("delete { default 9; }", "delete { default 7; }"))

    def test_may_remove_what_another_module_augments(self, tmp_path: Path) -> None:
        base = module("base", "container c { container gone; leaf x { type int8; } }")
        import_ = "import base { prefix b; }"
        first = module("a", f"{import_} deviation /b:c/b:gone {{ deviate not-supported; }}")
        later = module("z", f"{import_} augment /b:c/b:gone {{ leaf y {{ type int8; }} }}")
        schema = compiled(tmp_path, base, first, later)
        assert {node.path() for node in schema.walk()} == {"/base:c", "/base:c/x"}

    def test_of_a_module_that_is_only_imported_do_not(self, tmp_path: Path) -> None:
        user = module("user", "import changes { prefix c; } leaf x { type c:word; }")
        imported = "import base { prefix b; }"
        changes = self.CHANGES.replace(imported, imported + " typedef word { type string; }")
        schema = compiled(tmp_path, self.BASE, changes, user, modules=["base", "user"])
        a = schema.find("/base:top/a")
        assert isinstance(a, Leaf)
        assert a.type.name == "int8"
        assert schema.modules["base"].deviations == ()
        assert not schema.modules["changes"].implemented


class TestRefusal:
    def test_tells_file_and_line_and_never_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError) as refusal:
            compiled(tmp_path, module("m", "leaf x {\n  type nothing;\n}\nleaf y { }"))
        assert [fault.place for fault in refusal.value.faults] == [Place("m.yang", 6), Place("m.yang", 8)]
        assert str(tmp_path) not in str(refusal.value)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "{",
            "module m",
            "module m {",
            'module m { namespace "u" prefix }',
            "submodule m { }",
            "leaf m { type string; }",
            'module m { namespace "u"; prefix p; leaf "a" + { type string; } }',
            'module other { namespace "u"; prefix p; }',
            'module m { namespace "u"; prefix p; container c { uses c; } }',
            'module m { namespace "u"; prefix p; grouping g { uses g; } uses g; }',
            'module m { namespace "u"; prefix p; typedef t { type t; } leaf x { type t; } }',
            'module m { namespace "u"; prefix p; identity i { base j; } identity j { base i; } }',
            'module m { namespace "u"; prefix p; import m { prefix q; } }',
            'module m { namespace "u"; prefix p; leaf x { type string { length "5..1"; } } }',
            'module m { namespace "u"; prefix p; leaf x { type decimal64 { fraction-digits 19; } } }',
            'module m { namespace "u"; prefix p; leaf x { type union; } }',
            'module m { namespace "u"; prefix p; leaf x { type bits { bit a { position 1; } bit b { position 1; } } } }',
            'module m { namespace "u"; prefix p; list l { key k; } }',
            'module m { namespace "u"; prefix p; list l { leaf k { type string; } } }',
            'module m { namespace "u"; prefix p; leaf x { type int8; } leaf x { type int8; } }',
            'module m { yang-version 1.1; namespace "u"; prefix p; leaf x { if-feature "a and"; type int8; } }',
            "\x00\x01",
        ],
    )
    def test_of_what_is_no_module(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "m.yang").write_text(text)
        with pytest.raises(ModelError):
            load(["m"], folders=[tmp_path])

    def test_of_bytes_that_are_not_utf_8(self, tmp_path: Path) -> None:
        (tmp_path / "m.yang").write_bytes(b"module m {\n\xff\xfe")
        with pytest.raises(ModelError, match=r"m.yang: not UTF-8 at line 2"):
            load(["m"], folders=[tmp_path])

    def test_of_a_name_tells_the_nearest(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="there is ietf-interfaces"):
            load(["ietf-interface"])
        with pytest.raises(ModelError, match=r"ietf-interfces.*\[m.yang:5\]"):
            compiled(tmp_path, module("m", "import ietf-interfces { prefix i; }"))

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_is_the_only_answer_to_a_damaged_module(self, tmp_path: Path, data: st.DataObject) -> None:
        text = (PROJECT_YANG / "brewerslab.yang").read_text()
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start, min(len(text), start + 60)))
        instead = data.draw(
            st.sampled_from(["", "{", "}", ";", '"', "leaf", "type", " x ", "'", "uses x;", "//", "\n"])
        )
        (tmp_path / "brewerslab.yang").write_text(text[:start] + instead + text[end:])
        with suppress(ModelError):
            load(["brewerslab"], folders=[tmp_path])


class TestFingerprint:
    def test_follows_content_features_and_what_is_implemented(self, tmp_path: Path) -> None:
        a = module("a", "feature f; leaf x { type string; }")
        b = module("b", "import a { prefix a; } leaf y { type string; }")
        seen = [
            compiled(tmp_path / "1", a, b).fingerprint,
            compiled(tmp_path / "2", a, b.replace("leaf y", "leaf z")).fingerprint,
            compiled(tmp_path / "3", a, b, modules=["b"]).fingerprint,
            compiled(tmp_path / "4", a, b, features={"a": []}).fingerprint,
        ]
        assert len(set(seen)) == 4
        assert compiled(tmp_path / "5", a, b, modules=["b", "a"]).fingerprint == seen[0]


class TestWarnings:
    def test_tell_what_the_author_may_want_to_know(self, tmp_path: Path) -> None:
        schema = compiled(
            tmp_path, module("m", "import ietf-yang-types { prefix y; } leaf x { type string; }")
        )
        assert schema.warnings == ('m.yang:5: imported module "ietf-yang-types" not used',)


class TestYin:
    def test_is_read_like_yang(self, tmp_path: Path) -> None:
        (tmp_path / "y.yin").write_text(
            """<?xml version="1.0"?>
            <module name="y" xmlns="urn:ietf:params:xml:ns:yang:yin:1">
              <yang-version value="1.1"/><namespace uri="urn:y"/><prefix value="y"/>
              <leaf name="l"><type name="int8"/><description><text>A leaf.</text></description></leaf>
            </module>"""
        )
        assert load(["y"], folders=[tmp_path]).find("/y:l").description == "A leaf."


class TestExtensions:
    def test_that_are_unknown_are_kept_by_name_and_what_stands_in_them_is_ignored(
        self, tmp_path: Path
    ) -> None:
        text = module(
            "m",
            """
            extension e { argument x; }
            m:e top { leaf z { type nowhere; } uses nothing; must "["; m:e inner; }
            container c { m:e "told" { container d { m:e deep; } } leaf x { type int8; } }
            """,
        )
        schema = compiled(tmp_path, text)
        assert schema.find("/m:c").extensions == (("m:e", "told"),)
        assert {node.path() for node in schema.walk()} == {"/m:c", "/m:c/x"}
