"""``./launch --upgrade`` and ``--downgrade``, as a person types them; and killed in the middle."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from brewing import AFTER, BEFORE, OLD, write_new, write_old
from serving import ROOT, environment, serving

from pyconfhoard.hoard import Hoard
from pyconfhoard.schema.served import SERVED, SERVED_FEATURES
from pyconfhoard.store.checker import check
from pyconfhoard.tree import to_json

HERE = Path(__file__).parent
ROUNDS = 8


def command(folder, yang, *arguments):
    return [
        sys.executable,
        *("-m", "pyconfhoard.thing.launcher"),
        *("--datastore", str(folder), "--yang", str(yang), "--module", "brewery"),
        *arguments,
    ]


def launch(folder, yang, *arguments):
    return subprocess.run(
        command(folder, yang, *arguments),
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def stored(folder, yang):
    """What a hoard that starts now serves of the brewery."""
    model = {"yang": [yang], "modules": ["brewery", *SERVED], "features": SERVED_FEATURES}
    with Hoard.open(folder, **model, lock_timeout=0) as hoard:
        found = to_json(hoard.schema.root, hoard.running)
        return {name: value for name, value in found.items() if name.startswith("brewery:")}


@pytest.fixture(autouse=True)
def _changed(brewed, yang):
    write_new(yang)


def test_upgrade_shows_the_plan_and_does_nothing_unless_it_may(folder, yang):
    done = launch(folder, yang, "--upgrade")
    assert (done.returncode, done.stderr) == (1, "")
    assert "  brewery 2026-05-01 to 2026-11-21\n" in done.stdout
    assert "convert /brewery:cellar/mode by a table (once)" in done.stdout
    assert "  -   mode cold\n" in done.stdout
    assert done.stdout.endswith("Nothing was changed. To upgrade without a question: --yes\n")
    assert stored(folder, yang) == BEFORE


def test_upgrade_and_way_back_say_what_was_done_and_what_to_do_next(folder, yang):
    done = launch(folder, yang, "--upgrade", "--yes")
    assert done.returncode == 0, done.stderr
    assert "Upgraded at revision 3. The backup of before is " in done.stdout
    back = f"./launch --downgrade --datastore {folder}"
    assert done.stdout.endswith(f"To go back: {back}\n")
    assert stored(folder, yang) == AFTER
    again = launch(folder, yang, "--upgrade")
    assert (again.returncode, "nothing to upgrade" in again.stdout) == (0, True)
    asked = launch(folder, yang, "--downgrade")
    assert (asked.returncode, "of revision 2" in asked.stdout) == (1, True)
    done = launch(folder, yang, "--downgrade", "--yes")
    assert (done.returncode, "Back at revision 2" in done.stdout) == (0, True)
    assert stored(folder, yang) == BEFORE


def test_data_that_fits_needs_no_upgrade(folder, yang):
    (yang / "brewery.migration.json").unlink()
    (yang / "brewery.yang").write_text(OLD.replace("2026-05-01", "2026-11-21"))
    done = launch(folder, yang, "--upgrade")
    assert done.returncode == 1
    assert "No stored value changes.\nThe next start takes this model by itself" in done.stdout


def test_data_that_would_not_be_valid_is_listed_and_the_old_model_keeps_serving(folder, yang):
    (yang / "brewery.migration.json").unlink()
    done = launch(folder, yang, "--upgrade", "--yes")
    assert done.returncode == 1
    assert "Not valid under the new model, 2 faults:" in done.stdout
    assert "setpoint" in done.stdout
    assert "the old model keeps serving" in done.stdout
    with serving(folder, yang=[yang], modules=["brewery"]) as server:
        answer = server.get("/restconf/data/brewery:cellar")
        assert answer.json == {"brewery:cellar": BEFORE["brewery:cellar"]}
        assert "./launch --upgrade" in server.log.read_text()


def test_discover_tells_of_the_model_that_waits(folder, yang):
    with serving(folder, yang=[yang], modules=["brewery"]) as server:
        told = server.get("/v1/discover").json["waiting"]
        assert told.startswith("the model has changed, and there are rules")
        assert told.endswith("./launch --upgrade")


def test_hoard_that_runs_is_named(folder, yang):
    with serving(folder, yang=[yang], modules=["brewery"]) as server:
        for flag in ("--upgrade", "--downgrade"):
            done = launch(folder, yang, flag, "--yes")
            assert done.returncode == 1
            assert server.url in done.stderr


def test_model_that_does_not_compile_is_told_and_nothing_is_changed(folder, yang):
    (yang / "brewery.yang").write_text("module brewery {")
    done = launch(folder, yang, "--upgrade", "--yes")
    assert (done.returncode, "brewery.yang" in done.stderr) == (1, True)
    write_old(yang)
    assert stored(folder, yang) == BEFORE


@pytest.mark.parametrize(
    ("moment", "wanted"),
    [
        ("before the backup", BEFORE),
        ("after the backup", BEFORE),
        ("in the transaction", BEFORE),
        ("after it", AFTER),
    ],
)
def test_killed_at_a_moment_it_is_the_old_or_the_new_and_can_be_done_again(folder, yang, moment, wanted):
    done = subprocess.run(
        [sys.executable, str(HERE / "upgrader.py"), str(folder), str(yang), moment],
        env={**environment(), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert check(folder) == []
    assert stored(folder, yang) == wanted
    done = launch(folder, yang, "--upgrade", "--yes")
    assert done.returncode == 0, done.stderr
    assert stored(folder, yang) == AFTER
    assert check(folder) == []


def test_killed_at_any_moment_nothing_is_lost_and_nothing_is_there_by_half(folder, yang):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")  # shown when the test fails
    dice = random.Random(seed)
    begin = time.monotonic()
    launch(folder, yang, "--upgrade")
    whole = 1.3 * (time.monotonic() - begin)
    for _ in range(ROUNDS):
        with subprocess.Popen(
            command(folder, yang, "--upgrade", "--yes"),
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                process.wait(timeout=dice.uniform(0.3, 1.0) * whole)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        assert check(folder) == []
        now = stored(folder, yang)
        assert now in (BEFORE, AFTER)
        if now == AFTER:
            assert launch(folder, yang, "--downgrade", "--yes").returncode == 0
            assert stored(folder, yang) == BEFORE
    assert launch(folder, yang, "--upgrade", "--yes").returncode == 0
    assert stored(folder, yang) == AFTER
    assert not list((folder / "upgrades").glob(".*"))
