"""What the users of this project's ancestor ran into, one test each: none of it happens here."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from serving import BREWERY, ROOT, Server, end, environment, launch, serving

PROVIDER = "/v1/datastore/running/TemperatureProvider"
CONTROLLER = "/v1/datastore/running/FermentationController"
HARDWARE = f"{PROVIDER}/hardware"

NAMES = {
    "28-000005e2fdc3": "28-000005e2fdc3",
    "the one in the fermenter": "the%20one%20in%20the%20fermenter",
    "a/b,c=d.e": "a%2Fb%2Cc%3Dd.e",
    '"it\'s" {[100%]}': "%22it's%22%20%7B%5B100%25%5D%7D",
    "Gär-Fühler ☃": "G%C3%A4r-F%C3%BChler%20%E2%98%83",
}
"""Keys, and how a URL writes them."""


def register(server: Server) -> Server:
    for name, path in BREWERY:
        answer = server.request("POST", f"/v1/thing/{name}", {"module": "brewerslab", "path": path})
        assert answer.status == 201, answer.body
    return server


def cli(server: Server, *lines: str) -> str:
    """What ``python cli/cli.py`` answers to ``lines``, all of which must work."""
    done = subprocess.run(
        [sys.executable, "cli/cli.py", *(word for line in lines for word in ("-c", line))],
        cwd=ROOT,
        env=environment(PYCONF_PORT=str(server.port), PYCONF_DATASTORE=str(server.folder)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def test_show_after_set_shows_what_was_set_and_all_the_rest(server: Server) -> None:
    shown = cli(server, "conf", "set brewhouse power mode mash", "show brewhouse")
    brewhouse = json.loads(shown[shown.index("{") : shown.rindex("}") + 1])
    power = brewhouse.get("brewhouse", brewhouse)["power"]
    assert power["mode"] == "mash"
    assert power["stale-after"] == 60


def test_create_makes_an_entry(server: Server) -> None:
    cli(server, "conf", "create recipes recipe 'Pale Ale, 5 %'", "commit")
    assert server.config()["brewerslab:recipes"] == {"recipe": [{"recipename": "Pale Ale, 5 %"}]}


def test_defaults_are_returned(server: Server) -> None:
    told = server.get(f"{CONTROLLER}?with-defaults=report-all").json
    assert told["brewerslab:mode"] == "ferment"
    assert told["brewerslab:cooler"] == {"minimum-off": 300, "minimum-on": 180}
    startup = server.get("/v1/datastore/startup/TemperatureProvider").json
    assert startup == {"brewerslab:fermentation": {"setpoint": "18.0"}}


def test_a_default_can_be_changed_where_it_stands(server: Server) -> None:
    leaf = f"{CONTROLLER}/changeover"
    assert server.patch(leaf, {"brewerslab:changeover": 700}).status == 204
    assert server.get(leaf).json == {"brewerslab:changeover": 700}
    assert server.request("DELETE", leaf).status == 204


@pytest.mark.parametrize("value", ["17.123", "1.7e1", "17,5"])
def test_fraction_digits_are_enforced(server: Server, value: str) -> None:
    before = server.config()
    answer = server.patch(PROVIDER, {"brewerslab:fermentation": {"setpoint": value}})
    assert answer.status == 400
    assert answer.error["error-path"] == "/brewerslab:brewhouse/temperature/fermentation/setpoint"
    assert server.config() == before


def test_composite_keys_are_one_entry(server: Server) -> None:
    assert server.request("PUT", f"{HARDWARE}/probe=x", {"brewerslab:probe": [{"id": "x"}]}).status == 201
    offset = {"low": "-1.5", "high": "20.0", "offset": "0.25"}
    where = f"{HARDWARE}/probe=x/offsets=-1.5,20"
    assert server.request("PUT", where, {"brewerslab:offsets": [offset]}).status == 201
    assert server.get(f"{HARDWARE}/probe=x/offsets").json == {"brewerslab:offsets": [offset]}
    assert server.get(f"{HARDWARE}/probe=x/offsets=-1.50,20.00").json == {"brewerslab:offsets": [offset]}
    assert server.request("DELETE", f"{HARDWARE}/probe=x").status == 204


@pytest.mark.parametrize(
    "path", ["/v1/datastore/sideways/TemperatureProvider", "/v1/datastore/running/Nobody"]
)
def test_what_does_not_exist_is_neither_a_fault_of_the_server_nor_empty_data(
    server: Server, path: str
) -> None:
    assert server.get(path).status == 404


def test_what_the_model_does_not_know_is_not_stored(server: Server) -> None:
    before = server.config()
    assert server.patch(PROVIDER, {"brewerslab:fermentation": {"setpont": "17.0"}}).status == 400
    assert server.config() == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_restart_keeps_every_value_under_every_key(tmp_path: Path, number: int) -> None:
    folder = tmp_path / "datastore"
    with serving(folder, modules=["brewerslab"]) as server:
        register(server)
        for name, url in NAMES.items():
            made = server.request("PUT", f"{HARDWARE}/probe={url}", {"brewerslab:probe": [{"id": name}]})
            assert made.status == 201, made.body
        assert server.patch(PROVIDER, {"brewerslab:fermentation": {"setpoint": "19.5"}}).status == 204
        before, revision = server.config(), server.revision()
        os.killpg(server.process.pid, number)
        server.process.wait(timeout=30)
    with serving(folder, modules=["brewerslab"]) as server:
        assert (server.config(), server.revision()) == (before, revision)
        assert server.get(f"{PROVIDER}/fermentation/setpoint").json == {"brewerslab:setpoint": "19.5"}
        for name, url in NAMES.items():
            assert server.get(f"{HARDWARE}/probe={url}").json == {"brewerslab:probe": [{"id": name}]}


def test_the_lock_file_of_a_process_that_is_gone_holds_nobody_up(tmp_path: Path) -> None:
    folder = tmp_path / "datastore"
    (folder / "run").mkdir(parents=True)
    (folder / "run" / "lock").write_text('{"pid": 1, "url": "http://127.0.0.1:1"}')
    server = launch(folder, modules=["brewerslab"], PYCONF_LOCK_TIMEOUT="0.1")
    try:
        server.wait()
        assert server.revision() == 1, "the first access rules, and nothing else"
    finally:
        end(server)
