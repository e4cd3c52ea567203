"""Things and a real hoard, over a real WebSocket: from the commit to the Thing and back."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest

from pyconfhoard import Output, Refuse, Thing
from pyconfhoard.errors import Invalid, LinkError
from pyconfhoard.settings import Settings
from pyconfhoard.thing import http, places
from pyconfhoard.thing.config_view import Changes
from pyconfhoard.thing.context import Context
from pyconfhoard.thing.declaration import Declaration
from pyconfhoard.thing.link_client import Held
from pyconfhoard.thing.register import register

YANG = """
module cellar {
  yang-version 1.1;
  namespace "urn:cellar";
  prefix c;
  typedef temperature { type decimal64 { fraction-digits 2; range "-50 .. 150"; } }
  container cellar {
    container tank {
      leaf setpoint { type temperature; default 17; }
      leaf highpoint {
        type temperature;
        must ". > ../setpoint" { error-message "highpoint must be above setpoint"; }
      }
      list probe { key id; leaf id { type string; } leaf offset { type temperature; } }
      anydata note;
      container results { config false; leaf latest { type temperature; } leaf count { type uint32; } }
    }
    container power {
      leaf heater { type boolean; default false; }
      leaf load { config false; type uint8; }
    }
  }
}
"""


class Tank(Thing):
    module = "cellar"
    path = "/cellar/tank"

    def setup(self) -> None:
        self.told: list[Changes] = []

    def prepare(self, changes: Changes) -> None:
        if changes.config["setpoint"] > 30:
            raise Refuse("the yeast would die", "setpoint")

    def on_change(self, changes: Changes) -> None:
        self.told.append(changes)


class Power(Thing):
    module = "cellar"
    path = "/cellar/power"
    follows: ClassVar[tuple[str, ...]] = ("/cellar/tank",)
    outputs: ClassVar[tuple[Output, ...]] = ()


def until(condition: Callable[[], Any], seconds: float = 10.0) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.01)
    raise AssertionError(f"not within {seconds} s")


class Server:
    """A hoard in a process of its own, on a port of its own."""

    def __init__(self, folder: Path, yang: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.settings = Settings(
            datastore=folder, yang=(yang,), modules=("cellar",), port=port, heartbeat=0.5
        )
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder.parent / "server.log"

    def start(self) -> None:
        rest = places.face("rest")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "gunicorn",
                    "--config",
                    f"python:{rest}.gunicorn_settings",
                    f"{rest}.app",
                ],
                env=places.child_environment(os.environ) | self.settings.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self.healthy, 20)

    def healthy(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        try:
            return http.request("GET", f"{self.settings.url}/healthz").status == 200
        except LinkError:
            return False

    def end(self, number: int = signal.SIGTERM) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, number)
            self.process.wait(10)

    def ask(self, method: str, path: str, body: Any = None) -> http.Response:
        token = (self.settings.run / "admin.token").read_text().strip()
        return http.request(method, f"{self.settings.url}{path}", token=token, body=body)

    def operational(self, thing: str) -> Any:
        return self.ask("GET", f"/v1/datastore/operational/{thing}").json()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("cellar")
    (folder / "yang").mkdir()
    (folder / "yang" / "cellar.yang").write_text(YANG)
    made = Server(folder / "datastore", folder / "yang")
    for kind in (Tank, Power):
        register(
            Declaration(Path("x.py"), kind.__name__, kind.module, kind.path, kind.__name__), made.settings
        )
    made.start()
    yield made
    made.end()


@pytest.fixture
def running(server: Server) -> Iterator[Callable[[type[Thing]], Any]]:
    """Starts a Thing in a thread of this process."""
    started: list[tuple[Thing, threading.Thread]] = []

    def run(kind: type[Thing]) -> Thing:
        thing = kind(context=Context(settings=server.settings))
        thread = threading.Thread(target=thing.runner.run, daemon=True)
        thread.start()
        started.append((thing, thread))
        return thing

    yield run
    for thing, thread in started:
        thing.runner.quit()
        thread.join(5)


class TestConfiguration:
    def test_a_commit_reaches_the_thing_which_may_refuse_it(
        self, server: Server, running: Callable[[type[Tank]], Tank]
    ) -> None:
        tank = running(Tank)
        assert tank.linked
        path = "/v1/datastore/running/Tank"
        assert server.ask("PATCH", path, {"cellar:setpoint": "19.0"}).status < 300
        until(lambda: tank.told)
        assert "setpoint" in tank.told[0]
        assert tank.config["setpoint"] == Decimal(19)
        refused = server.ask("PATCH", path, {"cellar:setpoint": "31.0"})
        assert refused.status >= 400
        assert "the yeast would die" in refused.reason()
        assert tank.config["setpoint"] == Decimal(19)

    def test_a_list_entry_comes_and_goes(self, server: Server, running: Callable[[type[Tank]], Tank]) -> None:
        tank = running(Tank)
        entry = {"cellar:probe": [{"id": "a/b 'c'", "offset": "0.5"}]}
        assert server.ask("PATCH", "/v1/datastore/running/Tank", entry).status < 300
        until(lambda: tank.config.entries("probe"))
        assert tank.config.entries("probe")[0]["offset"] == Decimal("0.5")
        target = "/v1/datastore/running/Tank/probe=a%2Fb%20%27c%27"
        assert server.ask("DELETE", target).status < 300
        until(lambda: not tank.config.entries("probe"))

    def test_a_second_copy_is_refused_with_the_holders_name(
        self, server: Server, running: Callable[[type[Tank]], Tank]
    ) -> None:
        running(Tank)
        program = (
            "import sys\nfrom pathlib import Path\nfrom pyconfhoard import Thing\n"
            "class Tank(Thing):\n    module = 'cellar'\n    path = '/cellar/tank'\n"
        )
        file = server.settings.datastore.parent / "second.py"
        file.write_text(program)
        done = subprocess.run(
            [sys.executable, "-m", "pyconfhoard.thing.host", str(file)],
            env=places.child_environment(os.environ) | server.settings.environment(),
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        assert f"Tank runs already: pid {os.getpid()} on host {socket.gethostname()}" in done.stderr
        assert "Traceback" not in done.stderr
        assert issubclass(Held, LinkError)


class TestOperational:
    def test_readings_arrive_with_quality_and_time(
        self, server: Server, running: Callable[[type[Tank]], Tank]
    ) -> None:
        tank = running(Tank)
        tank.operational.set("results/latest", Decimal("18.25"), quality="simulated")
        told = until(lambda: server.operational("Tank").get("cellar:results"))
        assert told["latest"] == "18.25"
        assert told["@latest"]["pyconfhoard:quality"] == "simulated"
        assert told["@latest"]["pyconfhoard:time"]
        until(lambda: len(tank.runner.outbox) == 0)
        tank.operational.remove("results/latest")
        until(lambda: "cellar:results" not in server.operational("Tank"))

    def test_another_thing_follows_configuration_and_readings(
        self, server: Server, running: Callable[[type[Thing]], Any]
    ) -> None:
        tank, power = running(Tank), running(Power)
        assert power.followed("/cellar/tank/results/latest").value is None
        tank.operational["results/latest"] = 21
        until(lambda: power.followed("/cellar/tank/results/latest").value == Decimal(21))
        assert power.followed("/cellar/tank/results/latest").good
        server.ask("PATCH", "/v1/datastore/running/Tank", {"cellar:setpoint": "16.5"})
        until(lambda: power.followed("/cellar/tank/setpoint").value == Decimal("16.5"))

    def test_readings_of_a_thing_that_is_gone_are_stale(
        self, server: Server, running: Callable[[type[Thing]], Any]
    ) -> None:
        tank, power = running(Tank), running(Power)
        tank.operational["results/latest"] = 22
        until(lambda: power.followed("/cellar/tank/results/latest").good)
        tank.runner.quit()
        until(lambda: power.followed("/cellar/tank/results/latest").quality == "stale")


class TestHoardAway:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
    def test_a_thing_runs_on_and_is_back_within_two_seconds(
        self, server: Server, running: Callable[[type[Tank]], Tank], number: int
    ) -> None:
        tank = running(Tank)
        setpoint = tank.config["setpoint"]
        server.end(number)
        until(lambda: not tank.linked)
        tank.operational["results/count"] = 1
        tank.operational["results/count"] = 2
        assert len(tank.runner.outbox) == 2
        assert tank.config["setpoint"] == setpoint
        server.start()
        until(lambda: tank.linked, 2.0)
        told = until(lambda: server.operational("Tank").get("cellar:results"))
        until(lambda: server.operational("Tank")["cellar:results"].get("count") == 2)
        assert told is not None
        until(lambda: len(tank.runner.outbox) == 0)


class TestBinding:
    def test_changes_go_back_as_one_transaction(
        self, server: Server, running: Callable[[type[Tank]], Tank]
    ) -> None:
        tank = running(Tank)
        server.ask("PATCH", "/v1/datastore/running/Tank", {"cellar:note": {"brewer": "kept"}})
        until(lambda: tank.config["note"])
        before = tank.runner.replica.revision
        binding = tank.binding()
        binding.setpoint = "18.5"
        binding.highpoint = "20.5"
        binding.probe.add("28-000005e2fdc3").offset = "0.25"
        assert {str(change.path) for change in binding.changes()} == {
            "/cellar:cellar/tank/setpoint",
            "/cellar:cellar/tank/highpoint",
            "/cellar:cellar/tank/probe[id='28-000005e2fdc3']",
        }
        revision = binding.commit("by hand")
        assert revision == before + 1
        until(lambda: tank.runner.replica.revision == revision)
        assert tank.config["highpoint"] == Decimal("20.5")
        assert tank.config["probe[id='28-000005e2fdc3']/offset"] == Decimal("0.25")
        assert tank.config["note"] == {"brewer": "kept"}
        assert binding.changes() == ()
        assert binding.commit() == revision
        afresh = tank.binding()
        assert afresh.probe["28-000005e2fdc3"].offset == Decimal("0.25")
        assert afresh.changes() == ()

        binding.highpoint = "10"
        with pytest.raises(Invalid, match="highpoint must be above setpoint"):
            binding.commit()
        binding._unset_highpoint()
        binding.probe.delete("28-000005e2fdc3")
        last = binding.commit()
        until(lambda: tank.runner.replica.revision == last)
        assert tank.config["highpoint"] is None
        assert tank.config.entries("probe") == ()


class TestRegistering:
    def test_a_running_hoard_registers(self, server: Server, tmp_path: Path) -> None:
        yang = server.settings.yang[0]
        (yang / "shed.yang").write_text(
            "module shed { namespace 'urn:shed'; prefix s; container shed { leaf door { type string; } } }"
        )
        declaration = Declaration(tmp_path / "shed.py", "Shed", "shed", "/shed", "the shed")
        assert "Shed is registered" in register(declaration, server.settings)
        listed = server.ask("GET", "/v1/discover").json()["datastores"]
        assert listed["Shed"]["yangpath"] == "/shed:shed"

        class Shed(Thing):
            module = "shed"
            path = "/shed"

        shed = Shed(context=Context(settings=server.settings))
        try:
            assert shed.linked
            assert json.loads((server.settings.run / "things" / "Shed.json").read_text())["config"] == {}
        finally:
            shed.runner.end()
