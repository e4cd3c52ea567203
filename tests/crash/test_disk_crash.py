"""Disks that fail and disks that are full, under a real server: what it answers is true."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from serving import ROOT, serving, wait_for
from test_kill9 import MODEL

from pyconfhoard.hoard import Hoard
from pyconfhoard.store.checker import check

HERE = Path(__file__).parent
PAIR = "/restconf/data/twin:pair"


@pytest.fixture
def yang(tmp_path):
    folder = tmp_path / "yang"
    folder.mkdir()
    (folder / "twin.yang").write_text(MODEL)
    return folder


def put(server, number):
    return server.request("PUT", PAIR, {"twin:pair": {"first": number, "second": number}})


def running(server):
    pair = server.get(PAIR).json["twin:pair"]
    assert pair["first"] == pair["second"]
    return pair["first"]


def test_failed_sync_stops_commits_until_the_journal_can_be_read_again(tmp_path, yang):
    switch = tmp_path / "disk-fails"
    path = os.pathsep.join(map(str, (HERE, ROOT)))
    more = {"application": "faulty_app", "arguments": ["--config", str(ROOT / "gunicorn.conf.py")]}
    with serving(tmp_path / "datastore", yang=[yang], modules=["twin"], PYTHONPATH=path, **more) as server:
        assert put(server, 1).status == 201
        switch.touch()
        answer = put(server, 2)
        assert (answer.status, answer.error["error-tag"]) == (500, "operation-failed")
        assert "whether the last one was stored is known then" in answer.error["error-message"]
        health = server.get("/healthz", token="")
        assert (health.status, health.json["status"]) == (503, "failing")
        assert "disk failed" in health.json["reason"]
        assert str(tmp_path) not in health.body.decode() + answer.body.decode()
        assert running(server) == 1  # reading goes on, and shows what is durable for certain
        assert put(server, 3).status == 500
        switch.unlink()
        wait_for(server.healthy, "the disk is looked at again, though nobody commits")
        found = running(server)
        assert found in {1, 2}  # 3 was never tried
        assert put(server, 4).status == 204
        assert running(server) == 4
        assert server.stop() == 0
    assert check(tmp_path / "datastore") == []
    with Hoard.open(tmp_path / "datastore", yang=[yang], modules=["twin"]) as hoard:
        assert hoard.running["twin:pair"]["first"] == 4


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 3 MiB, and what makes it larger."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(*options):
        return subprocess.run(
            ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(place)], check=False
        ).returncode

    if os.geteuid() != 0 or mount("size=3m") != 0:
        pytest.skip("mounting takes root; tests/crash/test_kill9.py fills a disk without it")
    yield place, lambda: mount("remount", "size=30m")
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_full_disk_refuses_commits_in_words_and_loses_nothing(small_disk, yang):
    place, enlarge = small_disk
    folder = place / "datastore"
    with serving(folder, yang=[yang], modules=["twin"], PYCONF_HISTORY_SIZE="100000000") as server:
        number = 0
        while (
            answer := server.request("PUT", f"/restconf/data/twin:log={number}", entry(number))
        ).status == 201:
            number += 1
        assert (answer.status, answer.error["error-tag"]) == (409, "resource-denied"), answer.body
        assert (
            "nothing has changed: the disk (or the quota set for it) is full" in answer.error["error-message"]
        )
        assert number > 5
        fill(place)
        assert server.request("PUT", f"/restconf/data/twin:log={number}", entry(number)).status == 409
        health = server.get("/healthz", token="")
        assert (health.status, health.json["status"]) == (503, "failing")
        assert "full" in health.json["reason"]
        assert len(server.get("/restconf/data/twin:log").json["twin:log"]) == number
        revision = server.revision()
        again = server.request("PUT", f"/restconf/data/twin:log={number}", entry(number))
        assert again.status == 409
        assert server.revision() == revision
        assert enlarge() == 0
        assert server.healthy()
        assert server.request("PUT", f"/restconf/data/twin:log={number}", entry(number)).status == 201
        assert server.stop() == 0
        log = server.log.read_text()
        assert "Traceback" not in log
    with Hoard.open(folder, yang=[yang], modules=["twin"]) as hoard:
        assert len(hoard.running["twin:log"]) == number + 1
    assert check(folder) == []


def fill(place):
    """Leave no room on the disk."""
    with (place / "filler").open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass


def entry(number):
    return {"twin:log": [{"n": number, "text": f"{number:05}" * 8000}]}


def test_hoard_that_finds_the_disk_full_at_its_start_says_so(small_disk, yang):
    place, enlarge = small_disk
    folder = place / "datastore"
    with Hoard.open(folder, yang=[yang], modules=["twin"]):
        pass
    fill(place)
    script = (
        "import sys\nfrom pyconfhoard.errors import StoreError\nfrom pyconfhoard.hoard import Hoard\n"
        "try:\n    Hoard.open(sys.argv[1], yang=[sys.argv[2]], modules=['twin']).close()\n"
        "except StoreError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder), str(yang)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert "the disk is full: make room on it" in done.stdout
    assert enlarge() == 0
    assert check(folder) == []
