"""kill -9 of a process that waits for confirmations: what was confirmed stays, and nothing else."""

import random
import signal
import subprocess
import sys

from test_kill9 import ENVIRONMENT, HERE, MODEL

from pyconfhoard.hoard import Hoard
from pyconfhoard.store.checker import check


def killed(folder, yang, lines):
    """Run a confirmer and kill it after some lines: the numbers that it told to wait, and to stay."""
    command = [sys.executable, str(HERE / "confirmer.py"), str(folder), str(yang)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
        told = []
        for line in process.stdout:
            told.append(line.split())
            if len(told) > lines:
                break
        process.send_signal(signal.SIGKILL)
        told += [line.split() for line in process.stdout]
    assert process.returncode == -signal.SIGKILL, told
    numbers = {word: [int(one[1]) for one in told if one[0] == word] for word in ("waits", "stays")}
    return max(numbers["waits"], default=0), max(numbers["stays"], default=0)


def test_only_what_was_confirmed_is_there_at_the_next_start(tmp_path, rounds):
    (tmp_path / "twin.yang").write_text(MODEL)
    folder = tmp_path / "datastore"
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")  # shown when the test fails
    dice = random.Random(seed)
    last = 0
    for _ in range(rounds // 2):
        waited, stayed = killed(folder, tmp_path, dice.randrange(12))
        with Hoard.open(folder, yang=[tmp_path], modules=["twin"]) as hoard:
            pair = hoard.running.get("twin:pair")
            first, second = (pair["first"], pair["second"]) if pair else (0, 0)
            assert first == second
            assert first >= max(stayed, last)
            assert first % 3 == 0  # of the others none was ever confirmed
            if first > max(stayed, last):
                assert first >= waited  # durably confirmed, and killed before it could tell
            assert not hoard.journal.unconfirmed()
            last = first
        assert check(folder) == []


def test_what_waits_when_the_process_dies_is_taken_back(tmp_path):
    (tmp_path / "twin.yang").write_text(MODEL)
    folder = tmp_path / "datastore"
    _, stayed = killed(folder, tmp_path, 1)
    with Hoard.open(folder, yang=[tmp_path], modules=["twin"]) as hoard:
        pair = hoard.running.get("twin:pair")
        assert (pair["first"] if pair else 0) == stayed
