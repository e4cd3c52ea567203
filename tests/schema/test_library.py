"""What a compiled schema says of its modules, judged by the model that says how."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from yang_text import module, write

from pyconfhoard.schema import load
from pyconfhoard.schema.library import modules_state, yang_library
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.schema.repository import shipped_folder
from pyconfhoard.tree import Path as TreePath
from pyconfhoard.tree import decode
from pyconfhoard.validation import StateValidator

TEXTS = (
    module(
        "served",
        """
        import base { prefix b; revision-date 2020-01-01; }
        include part;
        revision 2024-05-06;
        feature z; feature a; feature off;
        leaf l { type b:t; }
        """,
    ),
    "submodule part { yang-version 1.1; belongs-to served { prefix s; } revision 2024-01-01; revision 2023-01-01; }",
    module("changes", "import served { prefix v; } deviation /v:l { deviate add { units u; } }"),
    module("plain", "import only { prefix o; } leaf l { type o:t; }"),
    module("only", "include piece; typedef t { type int8; }"),
    "submodule piece { yang-version 1.1; belongs-to only { prefix o; } }",
)


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    folder = write(tmp_path_factory.mktemp("yang"), *TEXTS)
    for date, kind in (("2020-01-01", "int8"), ("2021-01-01", "int16")):
        text = module("base", f"revision {date}; typedef t {{ type {kind}; }}")
        (folder / f"base@{date}.yang").write_text(text)
    return load(["served", "changes", "plain", "base"], folders=[folder], features={"served": ["z", "a"]})


@pytest.fixture(scope="module")
def model() -> Schema:
    return load(["ietf-yang-library", "ietf-datastores"])


def url(name: str, revision: str) -> str:
    return f"https://hoard.test/{name}@{revision}"


def contents(schema: Schema) -> Iterator[dict[str, Any]]:
    """Both forms together: the model makes ``module-set-id`` of the older one mandatory."""
    yield yang_library(schema) | modules_state(schema)
    yield yang_library(schema, datastores=["ietf-datastores:startup"], location=url) | modules_state(
        schema, location=url
    )


class TestYangLibrary:
    def test_tells_the_implemented_modules(self, schema: Schema) -> None:
        told = yang_library(schema)["ietf-yang-library:yang-library"]
        (module_set,) = told["module-set"]
        assert module_set["module"] == [
            {"name": "base", "revision": "2021-01-01", "namespace": "urn:test:base"},
            {"name": "changes", "namespace": "urn:test:changes"},
            {"name": "plain", "namespace": "urn:test:plain"},
            {
                "name": "served",
                "revision": "2024-05-06",
                "namespace": "urn:test:served",
                "submodule": [{"name": "part", "revision": "2024-01-01"}],
                "feature": ["a", "z"],
                "deviation": ["changes"],
            },
        ]

    def test_tells_the_modules_that_are_only_imported_by_revision(self, schema: Schema) -> None:
        told = yang_library(schema)["ietf-yang-library:yang-library"]
        assert told["module-set"][0]["import-only-module"] == [
            {"name": "base", "revision": "2020-01-01", "namespace": "urn:test:base"},
            {"name": "only", "revision": "", "namespace": "urn:test:only", "submodule": [{"name": "piece"}]},
        ]

    def test_gives_the_datastores_that_it_is_told_one_schema(self, schema: Schema) -> None:
        names = ["ietf-datastores:startup", "ietf-datastores:running"]
        told = yang_library(schema, datastores=names)["ietf-yang-library:yang-library"]
        (one,) = told["schema"]
        assert one["module-set"] == [told["module-set"][0]["name"]]
        assert told["datastore"] == [{"name": name, "schema": one["name"]} for name in sorted(names)]

    def test_has_the_fingerprint_for_its_content_id(self, schema: Schema) -> None:
        assert yang_library(schema)["ietf-yang-library:yang-library"]["content-id"] == schema.fingerprint
        assert modules_state(schema)["ietf-yang-library:modules-state"]["module-set-id"] == schema.fingerprint

    def test_tells_where_texts_are_if_it_knows(self, schema: Schema) -> None:
        told = yang_library(schema, location=url)["ietf-yang-library:yang-library"]["module-set"][0]
        assert told["module"][3]["location"] == ["https://hoard.test/served@2024-05-06"]
        assert told["module"][3]["submodule"][0]["location"] == ["https://hoard.test/part@2024-01-01"]


class TestModulesState:
    def test_tells_the_same_in_the_older_form(self, schema: Schema) -> None:
        told = modules_state(schema)["ietf-yang-library:modules-state"]["module"]
        assert [(each["name"], each["revision"], each["conformance-type"]) for each in told] == [
            ("base", "2021-01-01", "implement"),
            ("changes", "", "implement"),
            ("plain", "", "implement"),
            ("served", "2024-05-06", "implement"),
            ("base", "2020-01-01", "import"),
            ("only", "", "import"),
        ]
        assert told[3]["deviation"] == [{"name": "changes", "revision": ""}]
        assert told[3]["feature"] == ["a", "z"]
        assert told[3]["submodule"] == [{"name": "part", "revision": "2024-01-01"}]


class TestContent:
    def test_holds_by_its_own_model(self, schema: Schema, model: Schema) -> None:
        rules = StateValidator(model)
        for told in (*contents(schema), *contents(model)):
            tree = decode(model.root, told, TreePath.ROOT, content="all")
            outcome = rules.validate(tree)
            assert outcome.faults == ()

    @pytest.mark.skipif(shutil.which("yanglint") is None, reason="needs yanglint (libyang2-tools)")
    def test_is_taken_by_yanglint(self, schema: Schema, model: Schema, tmp_path: Path) -> None:
        shipped = shipped_folder()
        assert shipped is not None
        texts = [shipped / "ietf" / f"{name}.yang" for name in ("ietf-datastores", "ietf-yang-library")]
        for number, told in enumerate((*contents(schema), *contents(model))):
            data = tmp_path / f"{number}.json"
            data.write_text(json.dumps(told))
            command = ["yanglint", "-p", str(shipped / "ietf"), "-t", "data", *map(str, texts), str(data)]
            run = subprocess.run(command, capture_output=True, text=True, check=False)
            assert run.returncode == 0, run.stderr
