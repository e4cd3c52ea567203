"""The description itself: what it says of a model, and that it stays small for a large one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from pyconfhoard import schema as schemas
from pyconfhoard.errors import BadInput
from pyconfhoard.schema.nodes import Schema
from rest.app import ROUTES
from rest.openapi import describe

MODELS = Path(__file__).parent / "models"
DATA = "/restconf/data"
PATHS = [path for path, _ in ROUTES]
JSON = "application/yang-data+json"


def described(schema: Schema, below: str = "", **more: Any) -> dict[str, Any]:
    return describe(schema, {}, PATHS, "1", below, **more)


@pytest.fixture(scope="module")
def gallery() -> Schema:
    return schemas.load(["gallery"], folders=[MODELS])


@pytest.fixture(scope="module")
def document(gallery: Schema) -> dict[str, Any]:
    return described(gallery)


def body(document: dict[str, Any], method: str, path: str) -> jsonschema_rs.Draft202012Validator:
    """A judge of bodies of a request."""
    schema = document["paths"][path][method]["requestBody"]["content"][JSON]["schema"]
    return jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})


def answer(document: dict[str, Any], path: str) -> jsonschema_rs.Draft202012Validator:
    schema = document["paths"][path]["get"]["responses"]["200"]["content"][JSON]["schema"]
    return jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})


SHELF = f"{DATA}/gallery:shelf={{shelf-number}},{{shelf-mark}}"
ENTRY: dict[str, Any] = {"number": 1, "mark": "left", "label": {"text": "x"}, "owner": ["a"]}


def shelf(**members: Any) -> dict[str, Any]:
    entry = {name: value for name, value in (ENTRY | members).items() if value is not None}
    return {"gallery:shelf": [entry]}


def test_put_needs_what_is_mandatory_and_patch_does_not(document: dict[str, Any]) -> None:
    put, patch = body(document, "put", SHELF), body(document, "patch", SHELF)
    assert put.is_valid(shelf())
    assert not put.is_valid(shelf(label=None)), "a container that must hold something is mandatory itself"
    assert not put.is_valid(shelf(owner=None)), "min-elements"
    assert not put.is_valid(shelf(owner=[]))
    assert patch.is_valid(shelf(label=None, owner=None))
    assert not patch.is_valid(shelf(mark=None)), "keys are always needed"


def test_members_of_two_cases_of_a_choice_exclude_each_other(document: dict[str, Any]) -> None:
    patch = body(document, "patch", SHELF)
    assert patch.is_valid(shelf(books=1, author="x"))
    assert patch.is_valid(shelf(card=[None]))
    assert not patch.is_valid(shelf(books=1, card=[None]))
    assert not patch.is_valid(shelf(wood=[None], card=[None])), "of a nested choice"


def test_a_request_has_one_entry_and_no_unknown_member(document: dict[str, Any]) -> None:
    put = body(document, "put", SHELF)
    assert not put.is_valid({"gallery:shelf": shelf()["gallery:shelf"] * 2})
    assert not put.is_valid(shelf(colour="red"))
    assert not put.is_valid(shelf() | {"gallery:kept": {}})


def test_post_creates_exactly_one_child(document: dict[str, Any]) -> None:
    post = body(document, "post", SHELF)
    assert post.is_valid({"gallery:books": 3})
    assert post.is_valid({"gallery:owner": ["ann"]})
    assert not post.is_valid({"gallery:books": 3, "gallery:author": "x"})
    assert not post.is_valid({"gallery:number": 3}), "a key is not created"
    assert not post.is_valid({})


def test_state_is_read_and_not_written(document: dict[str, Any]) -> None:
    assert list(document["paths"][f"{DATA}/gallery:event"]) == ["get"]
    assert answer(document, DATA).is_valid({"ietf-restconf:data": {"gallery:event": [{"what": "x"}]}})
    assert not body(document, "put", DATA).is_valid(
        {"ietf-restconf:data": {"gallery:event": [{"what": "x"}]}}
    )


def test_answers_may_be_partial_and_annotated(document: dict[str, Any]) -> None:
    read = answer(document, f"{DATA}/gallery:kept")
    note = {"ietf-netconf-with-defaults:default": True}
    assert read.is_valid({"gallery:kept": {}})
    assert read.is_valid({"gallery:kept": {"since": 1, "@since": note}})
    assert not read.is_valid({"gallery:kept": {"since": "1"}})


def test_what_json_schema_has_no_word_for_is_told_beside_it(document: dict[str, Any]) -> None:
    components = document["components"]["schemas"]
    assert components["gallery.kept"]["properties"]["why"]["x-yang-when"] == ["../since > 10"]
    assert components["gallery.types"]["properties"]["alike"]["x-yang-leafref"] == "../tiny"
    assert components["gallery.kept"]["x-yang-presence"] == "Something is kept."


def test_the_session_and_the_candidate_are_header_parameters_where_they_count(
    document: dict[str, Any],
) -> None:
    session = {"$ref": "#/components/parameters/session"}
    named = {part: each["name"] for part, each in document["components"]["parameters"].items()}
    assert (named["session"], named["candidate"]) == ("PyConfHoard-Session", "PyConfHoard-Candidate")
    for path in ("/restconf/data", "/restconf/ds/ietf-datastores:candidate"):
        item = document["paths"][path]
        taken = {method: session in item[method]["parameters"] for method in ("get", "post", "put", "patch")}
        assert taken == {"get": False, "post": True, "put": True, "patch": True}
        assert ("parameters" in item) == path.endswith("candidate")
    private = document["paths"]["/restconf/ds/ietf-datastores:candidate"]["parameters"]
    assert private == [{"$ref": "#/components/parameters/candidate"}]


def test_keys_are_parameters_of_the_path(document: dict[str, Any]) -> None:
    item = document["paths"][f"{SHELF}/owner={{owner}}"]
    assert [one["name"] for one in item["parameters"]] == ["shelf-number", "shelf-mark", "owner"]
    assert item["parameters"][1]["schema"]["enum"] == ["left", "right"]
    assert list(item) == ["parameters", "get", "put", "patch", "delete"]
    assert list(document["paths"][f"{DATA}/gallery:shelf"]) == ["get"], "as a whole it is only read"


def test_operation_ids_are_unique_and_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    ids = [
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    ]
    assert len(ids) == len(set(ids))
    for reference in references(document):
        found: Any = document
        for word in reference.removeprefix("#/").split("/"):
            found = found[word]


def references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [found for inner in part.values() for found in references(inner)]
    return [found for inner in part for found in references(inner)] if isinstance(part, list) else []


def test_schemas_keep_to_what_generators_of_clients_read(document: dict[str, Any]) -> None:
    """They know OpenAPI's older words: a schema is an object, but for ``additionalProperties``, and a constant is scalar."""

    def schemas_in(part: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(part, list):
            for item in part:
                yield from schemas_in(item)
        elif isinstance(part, dict):
            for name in ("properties", "patternProperties"):
                yield from part.get(name, {}).items() if isinstance(part.get(name), dict) else ()
            yield from ((name, part[name]) for name in ("items", "not", "const") if name in part)
            for value in part.values():
                yield from schemas_in(value)

    found = list(schemas_in(document))
    assert len(found) > 100
    for name, schema in found:
        assert isinstance(schema, (str | int) if name == "const" else dict), name


def test_published_models_give_schemas_that_a_validator_compiles() -> None:
    names = ["ietf-interfaces", "ietf-ip", "ietf-system", "ietf-routing", "ietf-hardware", "ietf-alarms"]
    told = described(schemas.load([*names, "ietf-netconf-acm", "ietf-snmp", "ietf-subscribed-notifications"]))
    for name in told["components"]["schemas"]:
        jsonschema_rs.Draft202012Validator(
            {"$ref": f"#/components/schemas/{name}", "components": told["components"]}
        )


def big(folder: Path, lists: int, leaves: int) -> Schema:
    inner = "".join(f"leaf l{n} {{ type uint8; }} " for n in range(leaves))
    text = "".join(
        f"container c{n} {{ list a {{ key k; leaf k {{ type string; }} container deep {{ {inner} }} }} }} "
        for n in range(lists)
    )
    (folder / "big.yang").write_text(f"module big {{ namespace urn:big; prefix b; {text} }}")
    return schemas.load(["big"], folders=[folder])


def test_a_large_model_is_described_in_parts_of_bounded_size(tmp_path: Path) -> None:
    schema = big(tmp_path, lists=100, leaves=60)
    whole = described(schema)
    of_data = [path for path in whole["paths"] if path.startswith(f"{DATA}/")]
    assert 100 <= len(of_data) <= 400
    assert len(json.dumps(whole)) < 4_000_000
    more = whole["x-more"]
    assert more["/big:c7/a/deep"] == "/openapi.json?below=/big:c7/a/deep", "its leaves are too many"
    part = described(schema, "/big:c7/a")
    assert f"{DATA}/big:c7/a={{a-k}}/deep/l59" in part["paths"]
    assert "x-more" not in part


def test_what_is_too_deep_to_be_told_is_any_object(tmp_path: Path) -> None:
    schema = big(tmp_path, lists=10, leaves=3)
    told = described(schema, most_members=30)
    texts = json.dumps(told)
    assert '"x-yang-more": true' in texts
    for path, item in told["paths"].items():
        if path.startswith(DATA):
            assert item["get"]


def test_a_part_that_the_model_does_not_have_is_refused_with_what_it_has(gallery: Schema) -> None:
    with pytest.raises(BadInput, match="the model has no node /gallery:type;"):
        described(gallery, "/gallery:type")
