"""The project's own modules: clean, and with the tree that the brewery was asked for."""

import shutil
import subprocess
import sys
from decimal import Decimal

import pytest

from pyconfhoard.schema import PROJECT_YANG, load
from pyconfhoard.schema.nodes import Container, DataNode, Inner, Leaf, Schema
from pyconfhoard.schema.repository import shipped_folder
from pyconfhoard.schema.types import Enumeration

MODELS = sorted(path for path in PROJECT_YANG.glob("*.yang"))

ADDS_CONFIG = 'pyconfhoard-subscriptions.yang:24: error: the "config" property already exists'
"""The grammar of RFC 7950 has it added or replaced; pyang takes the one, libyang, which clients use, the other."""

ASKED_FOR = """
/brewerslab:brewhouse container rw
/brewerslab:brewhouse/temperature container rw
/brewerslab:brewhouse/temperature/fermentation container rw
/brewerslab:brewhouse/temperature/fermentation/monitor boolean ro
/brewerslab:brewhouse/temperature/fermentation/setpoint brewerslab:temperature rw
/brewerslab:brewhouse/temperature/fermentation/highpoint brewerslab:temperature rw
/brewerslab:brewhouse/temperature/fermentation/lowpoint brewerslab:temperature rw
/brewerslab:brewhouse/temperature/fermentation/probe container rw
/brewerslab:brewhouse/temperature/fermentation/probe/id string rw
/brewerslab:brewhouse/temperature/fermentation/results container rw
/brewerslab:brewhouse/temperature/fermentation/results/latest brewerslab:temperature ro
/brewerslab:brewhouse/temperature/fermentation/results/average container rw
/brewerslab:brewhouse/temperature/fermentation/results/average/minute brewerslab:temperature ro
/brewerslab:brewhouse/temperature/fermentation/results/average/hourly brewerslab:temperature ro
/brewerslab:brewhouse/temperature/fermentation/results/average/daily brewerslab:temperature ro
/brewerslab:brewhouse/temperature/hardware container rw
/brewerslab:brewhouse/temperature/hardware/probe list[id] rw
/brewerslab:brewhouse/temperature/hardware/probe/id string rw
/brewerslab:brewhouse/temperature/hardware/probe/offsets list[low high] rw
/brewerslab:brewhouse/temperature/hardware/probe/offsets/low brewerslab:temperature rw
/brewerslab:brewhouse/temperature/hardware/probe/offsets/high brewerslab:temperature rw
/brewerslab:brewhouse/temperature/hardware/probe/offsets/offset brewerslab:temperature rw
/brewerslab:ingredients container rw
/brewerslab:ingredients/fermentable list[ingredient] rw
/brewerslab:ingredients/fermentable/ingredient string rw
/brewerslab:ingredients/adjunct list[ingredient] rw
/brewerslab:ingredients/adjunct/ingredient string rw
/brewerslab:ingredients/hops list[ingredient] rw
/brewerslab:ingredients/hops/ingredient string rw
/brewerslab:recipes container rw
/brewerslab:recipes/recipe list[recipename] rw
/brewerslab:recipes/recipe/recipename string rw
/brewerslab:brewlog container rw
"""


@pytest.fixture(scope="module")
def schema() -> Schema:
    return load([path.stem for path in MODELS])


def leaf(schema: Schema, path: str) -> Leaf:
    found = schema.find(path)
    assert isinstance(found, Leaf)
    return found


class TestModels:
    def test_pass_pyangs_linter(self) -> None:
        linter = [
            sys.executable,
            "-m",
            "pyang",
            "--lint",
            "-p",
            str(PROJECT_YANG),
            "-p",
            str(shipped_folder()),
        ]
        run = subprocess.run([*linter, *MODELS], capture_output=True, text=True, check=False)
        remarks = [line for line in run.stderr.splitlines() if "no module name prefix" not in line]
        assert [line for line in remarks if ADDS_CONFIG not in line] == []

    @pytest.mark.skipif(shutil.which("yanglint") is None, reason="needs yanglint (libyang2-tools)")
    def test_pass_yanglint(self) -> None:
        places = [PROJECT_YANG, *(f"{shipped_folder()}/{each}" for each in ("ietf", "iana"))]
        folders = [word for place in places for word in ("-p", str(place))]
        for model in MODELS:
            run = subprocess.run(["yanglint", *folders, model], capture_output=True, text=True, check=False)
            assert (run.returncode, run.stderr) == (0, "")

    def test_describe_every_node(self, schema: Schema) -> None:
        ours = {path.stem for path in MODELS}
        assert [node.path() for node in schema.walk() if node.module in ours and not node.description] == []
        assert schema.warnings == ()


class TestBrewery:
    def test_has_the_tree_that_was_asked_for(self, schema: Schema) -> None:
        for line in ASKED_FOR.split("\n")[1:-1]:
            path, kind, access = re_split(line)
            node = schema.find(path)
            assert (told(node), "rw" if node.config else "ro") == (kind, access)

    def test_keeps_temperatures_in_celsius_to_a_hundredth(self, schema: Schema) -> None:
        setpoint = leaf(schema, "/brewerslab:brewhouse/temperature/fermentation/setpoint")
        assert setpoint.units == "celsius"
        assert setpoint.type.parse("17.25", "brewerslab") == Decimal("17.25")
        assert isinstance(setpoint.default, Decimal)

    def test_says_what_is_wrong_with_setpoint_lowpoint_and_highpoint(self, schema: Schema) -> None:
        setpoint = leaf(schema, "/brewerslab:brewhouse/temperature/fermentation/setpoint")
        assert all(must.message for must in setpoint.musts)
        assert {
            word for must in setpoint.musts for word in ("lowpoint", "highpoint") if word in must.message
        } == {
            "lowpoint",
            "highpoint",
        }

    def test_has_modes_for_the_power_part(self, schema: Schema) -> None:
        mode = leaf(schema, "/brewerslab:brewhouse/power/mode")
        assert isinstance(mode.type, Enumeration)
        assert {"off", "ferment", "crash"} <= set(mode.type.enums)
        assert mode.default in mode.type.enums

    def test_protects_the_compressor_by_default(self, schema: Schema) -> None:
        power = schema.find("/brewerslab:brewhouse/power")
        assert isinstance(power, Container)
        defaults = {node.name: node.default for node in below(power) if isinstance(node, Leaf)}
        assert (defaults["minimum-off"], defaults["minimum-on"], defaults["changeover"]) == (300, 180, 600)


class TestHoardModel:
    def test_annotates_values_with_quality_and_time(self, schema: Schema) -> None:
        quality = schema.annotations["pyconfhoard:quality"]
        assert quality.legal() == ("good", "stale", "missing", "faulty", "simulated")
        assert (
            schema.annotations["pyconfhoard:time"].parse("2026-11-21T10:00:00Z", "") == "2026-11-21T10:00:00Z"
        )

    def test_tells_what_an_error_may_hold(self, schema: Schema) -> None:
        fault = schema.structures["pyconfhoard:fault"]
        assert list(fault.children) == ["file", "line", "value", "edit", "legal", "total"]


def re_split(line: str) -> tuple[str, str, str]:
    path, _, rest = line.partition(" ")
    kind, _, access = rest.rpartition(" ")
    return path, kind, access


def told(node: DataNode) -> str:
    if isinstance(node, Leaf):
        return node.typedef or node.type.name
    keys = f"[{' '.join(node.keys)}]" if hasattr(node, "keys") else ""
    return type(node).__name__.lower() + keys


def below(node: Inner) -> list[DataNode]:
    return [
        each
        for child in node.children.values()
        for each in ([child, *below(child)] if isinstance(child, Inner) else [child])
    ]
