"""``/v1/datastore``: the brewery by Thing, over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from serving import Server, wait_for

RUNNING = "/v1/datastore/running/TemperatureProvider"
FERMENTATION = f"{RUNNING}/fermentation"


@pytest.fixture(autouse=True)
def _as_it_was(server: Server) -> Iterator[None]:
    yield
    answer = server.request("PUT", "/restconf/data", {"ietf-restconf:data": {}})
    assert answer.status == 204, answer.body


def thing_token(server: Server, name: str) -> str:
    return (server.folder / "run" / f"{name}.token").read_text().strip()


def test_root_of_a_thing_has_its_childrens_members(server: Server) -> None:
    body = {"brewerslab:fermentation": {"setpoint": "17.0"}}
    assert server.patch(RUNNING, body).status == 204
    answer = server.get(RUNNING)
    assert answer.json == body
    assert answer.headers["content-type"] == "application/json"


def test_root_of_a_thing_shows_its_defaults_where_nothing_is_configured(server: Server) -> None:
    assert server.get(RUNNING).json == {"brewerslab:fermentation": {"setpoint": "18.0"}}
    assert server.get(f"{RUNNING}?with-defaults=explicit").json == {}


def test_root_of_a_thing_takes_the_wrapped_form_too(server: Server) -> None:
    body = {"brewerslab:temperature": {"fermentation": {"setpoint": "17.0"}}}
    assert server.request("PUT", RUNNING, body).status == 201
    assert server.get(RUNNING).json == {"brewerslab:fermentation": {"setpoint": "17.0"}}


def test_deeper_paths_have_restconfs_form(server: Server) -> None:
    probe = {"brewerslab:probe": [{"id": "28-000005e2fdc3"}]}
    made = server.request("POST", f"{RUNNING}/hardware", probe)
    assert (made.status, made.headers["location"]) == (
        201,
        f"{server.url}{RUNNING}/hardware/probe=28-000005e2fdc3",
    )
    assert server.get(f"{RUNNING}/hardware/probe=28-000005e2fdc3").json == probe
    assert server.get(f"{RUNNING}/hardware").json == {
        "brewerslab:hardware": {"probe": probe["brewerslab:probe"]}
    }


def test_put_patch_and_delete_of_a_leaf(server: Server) -> None:
    assert server.request("PUT", f"{FERMENTATION}/setpoint", {"brewerslab:setpoint": "17.0"}).status == 201
    assert server.patch(f"{FERMENTATION}/setpoint", {"setpoint": "16.5"}).status == 204
    assert server.get(f"{FERMENTATION}/setpoint").json == {"brewerslab:setpoint": "16.5"}
    assert server.get("/restconf/data/brewerslab:brewhouse/temperature/fermentation/setpoint").json == {
        "brewerslab:setpoint": "16.5"
    }
    assert server.request("DELETE", f"{FERMENTATION}/setpoint").status == 204
    assert server.get(f"{FERMENTATION}/setpoint").json == {"brewerslab:setpoint": "18.0"}
    assert server.get(f"{FERMENTATION}/setpoint?with-defaults=explicit").status == 404


def test_list_as_a_whole_can_be_written(server: Server) -> None:
    probes = {"brewerslab:probe": [{"id": "a"}, {"id": "b"}]}
    assert server.request("PUT", f"{RUNNING}/hardware/probe", probes).status == 201
    assert server.get(f"{RUNNING}/hardware/probe").json == probes
    assert server.request("DELETE", f"{RUNNING}/hardware/probe").status == 204
    assert server.get(f"{RUNNING}/hardware/probe").status == 404


def test_with_defaults_shows_what_is_in_use(server: Server) -> None:
    told = server.get(f"{RUNNING}?with-defaults=report-all").json
    assert told["brewerslab:fermentation"]["setpoint"] == "18.0"
    assert server.get(f"{FERMENTATION}/setpoint?with-defaults=report-all").json == {
        "brewerslab:setpoint": "18.0"
    }


def test_startup_holds_the_models_defaults_after_registering(server: Server) -> None:
    told = server.get("/v1/datastore/startup/TemperatureProvider").json
    assert told["brewerslab:fermentation"]["setpoint"] == "18.0"


def test_persist_follows_running(server: Server) -> None:
    body = {"brewerslab:fermentation": {"setpoint": "19.5"}}
    assert server.patch(RUNNING, body).status == 204
    persist = "/v1/datastore/persist/TemperatureProvider"
    wait_for(lambda: server.get(persist).json == body, "the persist file follows")


@pytest.mark.parametrize("datastore", ["startup", "persist", "operational"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST", "DELETE"])
def test_other_datastores_are_read_only(server: Server, datastore: str, method: str) -> None:
    answer = server.request(
        method, f"/v1/datastore/{datastore}/TemperatureProvider", None if method == "DELETE" else {}
    )
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_unknown_datastore_and_thing_are_404_and_tell_what_there_is(server: Server) -> None:
    datastore = server.get("/v1/datastore/runing/TemperatureProvider")
    assert datastore.status == 404
    assert datastore.error["error-info"]["pyconfhoard:fault"]["legal"] == ["running"]
    thing = server.get("/v1/datastore/running/Nobody")
    assert thing.status == 404
    assert "TemperatureProvider" in thing.error["error-message"]


def test_what_a_thing_owns_is_not_found_under_its_module(server: Server) -> None:
    assert server.patch(RUNNING, {"brewerslab:fermentation": {"setpoint": "17.0"}}).status == 204
    module = "/v1/datastore/running/brewerslab"
    assert server.patch(module, {"brewerslab:recipes": {"recipe": [{"recipename": "Kölsch"}]}}).status == 204
    assert server.get(module).json == {"brewerslab:recipes": {"recipe": [{"recipename": "Kölsch"}]}}
    answer = server.get(f"{module}/brewerslab:brewhouse/temperature")
    assert answer.status == 404
    assert "TemperatureProvider" in answer.error["error-message"]


def test_module_does_not_replace_what_things_own(server: Server) -> None:
    assert server.patch(RUNNING, {"brewerslab:fermentation": {"setpoint": "17.0"}}).status == 204
    module = "/v1/datastore/running/brewerslab"
    answer = server.request("DELETE", f"{module}/brewerslab:brewhouse")
    assert (answer.status, answer.error["error-tag"]) == (409, "in-use")
    answer = server.request("PUT", module, {"brewerslab:recipes": {}})
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, POST, PATCH, OPTIONS")
    assert server.request("OPTIONS", module).headers["allow"] == answer.headers["allow"]
    assert server.get(f"{FERMENTATION}/setpoint").json == {"brewerslab:setpoint": "17.0"}


# -- who may -----------------------------------------------------------------------------------


def test_without_a_token_the_answer_shows_the_command(server: Server) -> None:
    answer = server.get("/v1/discover", token="")
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Bearer ")
    message = answer.error["error-message"]
    assert (
        f'curl -H "Authorization: Bearer $(cat {server.folder}/run/admin.token)" {server.url}/v1/discover'
        in message
    )


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", "Basic YTpi", "Bearer", "x" * 200])
def test_wrong_credentials_are_401(server: Server, header: str) -> None:
    answer = server.get("/v1/discover", token="", headers={"Authorization": header})
    assert (answer.status, answer.error["error-tag"]) == (401, "access-denied")


@pytest.mark.parametrize("path", ["/nowhere", "/v1/datastore/x/y", "/restconf/data/x", "/v1/schema"])
def test_everything_but_healthz_asks_for_a_token(server: Server, path: str) -> None:
    assert server.get(path, token="").status == 401
    assert server.get("/healthz", token="").json == {"status": "ok"}


def test_things_token_is_good_for_its_subtree_only(server: Server) -> None:
    token = thing_token(server, "TemperatureProvider")
    assert server.patch(RUNNING, {"brewerslab:fermentation": {"setpoint": "17.0"}}, token=token).status == 204
    assert server.get(RUNNING, token=token).status == 200
    for method, path, body in (
        ("GET", "/v1/datastore/running/ietf-netconf-acm/ietf-netconf-acm:nacm", None),
        ("PATCH", "/v1/datastore/running/FermentationController", {"brewerslab:mode": "off"}),
        ("POST", "/v1/thing/Another", {"module": "brewerslab", "path": "/recipes"}),
    ):
        answer = server.request(method, path, body, token=token)
        assert (answer.status, answer.error["error-tag"]) == (403, "access-denied"), path
    assert server.get("/v1/datastore/running/FermentationController", token=token).status == 200
    whole = server.get("/restconf/data", token=token).json["ietf-restconf:data"]
    assert "ietf-netconf-acm:nacm" not in whole


# -- discovering and registering ----------------------------------------------------------------


def test_discover_names_every_thing_with_module_and_path(server: Server) -> None:
    told = server.get("/v1/discover").json
    assert told["datastores"]["TemperatureProvider"] == {
        "appname": "TemperatureProvider",
        "kind": "thing",
        "yangmodule": "brewerslab",
        "yangpath": "/brewerslab:brewhouse/temperature",
        "title": "",
        "linked": False,
    }
    assert told["datastores"]["brewerslab"]["kind"] == "module"
    assert told["modules"]["brewerslab"]


def test_schema_is_transferred_once(server: Server) -> None:
    from pyconfhoard.schema import restore  # noqa: PLC0415 - only this test

    first = server.get("/v1/schema")
    assert restore(first.body).find("/brewerslab:brewhouse/temperature").name == "temperature"
    assert server.get("/v1/schema", headers={"If-None-Match": first.headers["etag"]}).status == 304


def test_registering_again_gives_the_same_token(server: Server) -> None:
    body = {"module": "brewerslab", "path": "/brewhouse/temperature"}
    answer = server.request("POST", "/v1/thing/TemperatureProvider", body)
    assert answer.status == 200
    assert answer.json["token"] == thing_token(server, "TemperatureProvider")


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("Twin", {"module": "brewerslab", "path": "/brewhouse/temperature"}, 409),
        ("Inner", {"module": "brewerslab", "path": "/brewhouse/temperature/fermentation"}, 409),
        ("Lost", {"module": "brewerslab", "path": "/brewhouse/nowhere"}, 404),
        ("Leafy", {"module": "brewerslab", "path": "/brewhouse/power/mode"}, 400),
        ("..%2f..%2fevil", {"module": "brewerslab", "path": "/recipes"}, 404),
        ("ev%20il", {"module": "brewerslab", "path": "/recipes"}, 400),
        ("Odd", {"module": "brewerslab"}, 400),
        ("Odd", {"module": 1, "path": 2}, 400),
        ("Odd", [], 400),
    ],
)
def test_registration_that_cannot_be_is_refused(server: Server, name: str, body: Any, status: int) -> None:
    answer = server.request("POST", f"/v1/thing/{name}", body)
    assert answer.status == status, answer.body
    assert name not in server.get("/v1/discover").json["datastores"]
