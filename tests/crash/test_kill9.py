"""kill -9 at random moments of a process that commits: what was answered is there, nothing is there by half."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import pyconfhoard
from pyconfhoard.hoard import Hoard
from pyconfhoard.store.checker import check

HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(pyconfhoard.__file__).parents[1])}

MODEL = """
module twin {
  yang-version 1.1;
  namespace "urn:twin";
  prefix t;
  container pair {
    must "not(first) and not(second) or first = second" { error-message "half a commit"; }
    leaf first { type uint32; }
    leaf second { type uint32; }
  }
  list log { key n; leaf n { type uint32; } leaf text { type string; } }
}
"""


@pytest.fixture
def yang(tmp_path):
    (tmp_path / "twin.yang").write_text(MODEL)
    return tmp_path


def killed(folder, yang, way, moment):
    """Run a committer and kill it; ``moment`` 0: while it starts, 1: just open, n: after n - 1 answers.

    The last revision that was answered, 0 for none.
    """
    command = [sys.executable, str(HERE / "committer.py"), str(folder), str(yang), way]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
        words = []
        for line in process.stdout:
            words.append(line.strip())
            if len(words) > moment:
                break
        process.send_signal(signal.SIGKILL)
        words += process.stdout.read().split()
    assert process.returncode == -signal.SIGKILL, words
    return max((int(word) for word in words if word.isdigit()), default=0)


def test_no_answered_commit_is_lost_and_none_is_half_there(tmp_path, yang, rounds):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")  # shown when the test fails
    dice = random.Random(seed)
    folder = tmp_path / "datastore"
    answered = 0
    for turn in range(rounds):
        moment = dice.choice((0, 1, 2, 3, dice.randrange(4, 40), dice.randrange(40, 120)))
        answered = max(answered, killed(folder, yang, ("loop", "plain")[turn % 2], moment))
        if turn % 5 == 4:
            assert check(folder) == []
        with Hoard.open(folder, yang=[yang], modules=["twin"]) as hoard:
            assert hoard.revision >= answered
            answered = hoard.revision
            if answered:
                pair = hoard.running["twin:pair"]
                assert (pair["first"], pair["second"]) == (answered, answered)
                wanted = {n for n in range(1, answered + 1) if n % 3 and not (n % 3 == 2 and n < answered)}
                assert {key[0] for key in hoard.running["twin:log"]} == wanted
            if dice.random() < 0.5:
                hoard.upkeep.keeper.close(flush=False)  # the next start finds files that lag behind
    assert not list((folder / "persist").glob("*refused*"))
    assert answered > rounds


LIMITED = """
import resource, sys
from pyconfhoard.errors import StoreError
from pyconfhoard.hoard import Hoard
from pyconfhoard.tree import Edit, parse_path

hoard = Hoard.open(sys.argv[1], yang=[sys.argv[2]], modules=["twin"])
def both(number):
    return [Edit("merge", parse_path(hoard.schema, f"/twin:pair/{leaf}"), number) for leaf in ("first", "second")]
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
number = 0
try:
    while True:
        number += 1
        hoard.commit_now(both(number), author="me")
except StoreError as error:
    fault = error.faults[0]
print(fault.tag, "|", fault.message)
print(hoard.revision == number - 1, hoard.running["twin:pair"]["first"] == number - 1, hoard.health == "")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(hoard.commit_now(both(number), author="me").revision == number)
hoard.close()
"""


def test_disk_that_is_full_refuses_the_commit_in_words_and_goes_on_when_there_is_room(tmp_path, yang):
    folder = tmp_path / "datastore"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(folder), str(yang)],
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT,
    )
    assert done.returncode == 0, done.stderr
    told, *rest = done.stdout.splitlines()
    assert told.startswith("resource-denied | nothing was changed: "), told
    assert rest == ["True True True", "True"]


def test_second_process_on_the_folder_is_refused_naming_the_first(tmp_path, yang):
    folder = tmp_path / "datastore"
    second = (
        "import sys\nfrom pyconfhoard.hoard import Hoard\nfrom pyconfhoard.errors import DatastoreInUse\n"
        "try:\n    Hoard.open(sys.argv[1], lock_timeout=0)\nexcept DatastoreInUse as error:\n    print(error)\n"
    )
    with Hoard.open(folder, yang=[yang], modules=["twin"], url="http://127.0.0.1:8000") as hoard:
        done = subprocess.run(
            [sys.executable, "-c", second, str(folder)],
            capture_output=True,
            text=True,
            check=True,
            env=ENVIRONMENT,
        )
        assert hoard.revision == 0
    assert f"belongs to process {os.getpid()}, serving http://127.0.0.1:8000" in done.stdout
