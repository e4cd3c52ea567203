"""Modules imported by revision: definitions are of that revision, nodes of the implemented one."""

from pathlib import Path

import pytest
from yang_text import module, write

from pyconfhoard.errors import ModelError
from pyconfhoard.schema import load
from pyconfhoard.schema.nodes import Schema

OLD, NEW = "2020-01-01", "2021-01-01"


def revised(date: str, body: str) -> str:
    return module("base", f"revision {date};\n{body}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    common = "container c { leaf x { type int8; } }"
    old = "grouping g { leaf old { type t; } } typedef t { type int8; } identity i; identity j { base i; } feature f;"
    new = "grouping g { leaf new { type t; } } typedef t { type int16; } leaf y { type t; } feature h;"
    (tmp_path / f"base@{OLD}.yang").write_text(revised(OLD, old + common))
    (tmp_path / f"base@{NEW}.yang").write_text(revised(NEW, new + common))
    return tmp_path


def user(folder: Path, body: str, *modules: str, imports: str = OLD) -> Schema:
    write(folder, module("user", f"import base {{ prefix b; revision-date {imports}; }}\n{body}"))
    return load(["user", *modules], folders=[folder])


def paths(schema: Schema) -> set[str]:
    return {node.path() for node in schema.walk()}


class TestDefinitions:
    def test_are_those_of_the_revision(self, folder: Path) -> None:
        schema = user(folder, "uses b:g; leaf k { type identityref { base b:i; } default b:j; }", "base")
        assert schema.find("/user:old").type.name == "int8"  # type: ignore[attr-defined]
        assert schema.find("/user:k").default == "base:j"  # type: ignore[attr-defined]
        assert schema.find("/base:y").type.name == "int16"  # type: ignore[attr-defined]

    def test_of_two_revisions_stand_side_by_side(self, folder: Path) -> None:
        schema = user(
            folder,
            f"import base {{ prefix n; revision-date {NEW}; }} uses b:g; uses n:g; "
            "leaf f { if-feature b:f; type int8; } leaf h { if-feature n:h; type int8; }",
        )
        assert paths(schema) == {"/user:old", "/user:new", "/user:f", "/user:h"}
        assert not any(each.implemented for name, each in schema.modules.items() if name != "user")

    def test_that_the_revision_lacks_are_refused(self, folder: Path) -> None:
        with pytest.raises(ModelError, match='"i" not found'):
            user(folder, "leaf k { type identityref { base b:i; } }", imports=NEW)


class TestNodes:
    @pytest.mark.parametrize("served", ["base", f"base@{OLD}", f"base@{NEW}"])
    def test_are_augmented_in_the_implemented_revision(self, folder: Path, served: str) -> None:
        schema = user(folder, "augment /b:c { leaf z { type int8; } }", served)
        assert "/base:c/user:z" in paths(schema)

    def test_that_are_augmented_make_the_only_revision_there_is_implemented(self, folder: Path) -> None:
        schema = user(folder, "augment /b:c { leaf z { type b:t; } }")
        assert paths(schema) == {"/base:c", "/base:c/x", "/base:c/user:z"}
        assert schema.modules["base"].revision == OLD
        assert schema.modules["base"].implemented

    def test_are_deviated_in_the_implemented_revision(self, folder: Path) -> None:
        schema = user(folder, "deviation /b:c/b:x { deviate not-supported; }", "base")
        assert paths(schema) == {"/base:c", "/base:y"}

    def test_are_referred_to_in_the_implemented_revision(self, folder: Path) -> None:
        schema = user(folder, "leaf z { type leafref { path /b:y; } }", "base")
        assert schema.find("/user:z").type.target.name == "int16"  # type: ignore[attr-defined]

    def test_that_the_implemented_revision_lacks_are_refused(self, folder: Path) -> None:
        with pytest.raises(ModelError, match="base::y is not found"):
            user(folder, "augment /b:y/b:z { leaf z { type int8; } }", f"base@{OLD}")
