"""Things that die and hang in the midst of commits, and a hoard that dies beside them: real processes, over HTTP."""

import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from serving import ROOT, environment, serving, wait_for
from test_kill9 import MODEL

TWIN = Path(__file__).parent / "twin_thing.py"
PAIR = "/restconf/data/twin:pair"
DEADLINE = 1.0


@contextmanager
def hoard(place):
    """A hoard with the Thing registered; its model as in the other crash tests, and a leaf of state."""
    yang = place / "yang"
    yang.mkdir()
    state = "leaf runs { config false; type uint32; } leaf second"
    (yang / "twin.yang").write_text(MODEL.replace("leaf second", state, 1))
    more = {"PYCONF_VOTE_TIMEOUT": str(DEADLINE), "PYCONF_HEARTBEAT": "0.3"}
    with serving(place / "datastore", yang=[yang], modules=["twin"], **more) as server:
        answer = server.request("POST", "/v1/thing/Twin", {"module": "twin", "path": "/pair"})
        assert answer.status == 201, answer.body
        yield server


class Twin:
    """The Thing's process."""

    def __init__(self, server, place):
        self.server = server
        self.place = place
        self.process = None

    def start(self):
        variables = environment(
            PYCONF_DATASTORE=str(self.server.folder),
            PYCONF_YANG=str(self.place / "yang"),
            PYCONF_PORT=str(self.server.port),
            PYCONF_HEARTBEAT="0.3",
            TWIN_PLACE=str(self.place),
            PYTHONPATH=str(ROOT),
        )
        with (self.place / "thing.log").open("ab") as log:
            command = [sys.executable, "-m", "pyconfhoard.thing.host", str(TWIN)]
            self.process = subprocess.Popen(command, env=variables, stdout=log, stderr=log)
        return self

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)

    def linked(self):
        with suppress(OSError, http.client.HTTPException):
            return self.server.get("/v1/discover").json["datastores"]["Twin"]["linked"]
        return False

    def applied(self):
        file = self.place / "applied"
        return (
            [tuple(map(int, line.split())) for line in file.read_text().splitlines()] if file.exists() else []
        )


@pytest.fixture
def twin(tmp_path):
    with hoard(tmp_path) as server:
        thing = Twin(server, tmp_path).start()
        try:
            wait_for(thing.linked, "the Thing is linked")
            yield thing
        finally:
            thing.kill()


def put(server, number):
    return server.request("PUT", PAIR, {"twin:pair": {"first": number, "second": number}})


def running(server):
    pair = server.get(f"{PAIR}?content=config").json.get("twin:pair", {})
    return pair.get("first", 0), pair.get("second", 0)


def test_thing_that_hangs_in_prepare_stops_one_commit_with_a_clear_reason(twin):
    server = twin.server
    assert put(server, 1).status == 201
    wait_for(lambda: "twin:runs" in server.get(f"{PAIR}/runs").json, "the Thing has told what it sees")
    (twin.place / "hang").touch()
    begin = time.monotonic()
    answer = put(server, 2)
    assert DEADLINE <= time.monotonic() - begin < DEADLINE + 2
    assert answer.status == 412
    assert answer.error["error-message"].startswith("Twin did not say within 1 s whether it agrees")
    assert running(server) == (1, 1)
    begin = time.monotonic()
    state = server.get(f"{PAIR}/runs").json
    assert put(server, 3).status == 204  # passed over
    assert time.monotonic() - begin < DEADLINE
    assert state["twin:runs"] > 0
    (twin.place / "hang").unlink()
    wait_for(lambda: twin.applied()[-1:] == [(3, 3)], "the Thing has caught up")
    assert (2, 2) not in twin.applied()
    wait_for(lambda: put(server, 13).status == 412, "it votes again")
    assert running(server) == (3, 3)


def test_thing_that_dies_between_prepare_and_apply_applies_it_when_it_is_back(twin):
    server = twin.server
    (twin.place / "die").touch()
    assert put(server, 5).status == 201
    assert twin.process.wait(10) == -signal.SIGKILL
    assert running(server) == (5, 5)
    assert (5, 5) not in twin.applied()
    twin.start()
    wait_for(lambda: twin.applied()[-1:] == [(5, 5)], "it is told at its start, and applies it")


def test_thing_that_dies_in_prepare_does_not_vote(twin):
    (twin.place / "die-before").touch()
    assert put(twin.server, 6).status == 201
    assert twin.process.wait(10) == -signal.SIGKILL
    assert running(twin.server) == (6, 6)


def test_values_of_a_thing_that_is_away_stay_with_their_age_and_nobody_waits_for_it(twin):
    server = twin.server

    def told():
        return server.get("/v1/datastore/operational/Twin").json.get("@twin:runs", {})

    def quality():
        return told().get("pyconfhoard:quality")

    wait_for(lambda: quality() == "good", "there are values")
    os.kill(twin.process.pid, signal.SIGSTOP)  # it hangs altogether: the link stays open
    begin = time.monotonic()
    assert told()
    assert time.monotonic() - begin < 0.5
    wait_for(lambda: quality() == "stale", "its values are stale")
    last = told()
    assert server.get("/v1/datastore/operational/Twin/runs").json
    assert told() == last  # the time is that of the reading
    os.kill(twin.process.pid, signal.SIGCONT)
    wait_for(lambda: quality() == "good", "it is back")
    assert told()["pyconfhoard:time"] > last["pyconfhoard:time"]


def test_hoard_and_thing_killed_at_random_moments_lose_no_answered_commit(twin, rounds):
    """Committers go on all the time, over a hoard and a Thing that die at any moment."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")  # shown when the test fails
    dice = random.Random(seed)
    server, ended = twin.server, threading.Event()
    answered, tried = [0], [20]

    def commits():
        while not ended.is_set():
            tried[0] += 1
            with suppress(OSError, http.client.HTTPException, ValueError):
                if put(server, tried[0]).status in {201, 204}:
                    answered[0] = tried[0]

    stream = threading.Thread(target=commits)
    stream.start()
    try:
        for turn in range(rounds):
            before = answered[0]
            wait_for(lambda before=before: answered[0] > before + dice.randrange(8), "commits go on", 60)
            time.sleep(dice.random() * 0.02)  # any moment
            if turn % 2:
                (worker,) = wait_for(server.workers, "there is a worker")
                os.kill(worker, signal.SIGKILL)
            else:
                twin.kill()
                first, second = running_at_last(server)
                assert first == second >= before
                twin.start()
    finally:
        ended.set()
        stream.join()
    first, second = running_at_last(server)
    assert first == second
    assert answered[0] <= first <= tried[0]
    wait_for(lambda: twin.applied()[-1:] == [(first, first)], "the Thing has what is running", 30)
    assert all(one == other for one, other in twin.applied())


def running_at_last(server):
    wait_for(server.healthy, "the hoard is back", 60)
    return running(server)
