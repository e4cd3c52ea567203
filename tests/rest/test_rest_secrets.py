"""A secret goes in, and every way out is searched for it: answers to those who may not replace it, errors, logs, files."""

import stat
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from event_client import listening
from serving import JSON, ROOT, Answer, Server, environment, serving

from pyconfhoard.access.sha_crypt import Setting, hashed

SECRET = "Sup3rS3cretW0rd"
DATA = "/restconf/data"
VAULT = f"{DATA}/vault:vault"
XML = "application/yang-data+xml"
FULL = {
    "vault:vault": {
        "name": "ours",
        "pin": SECRET,
        "code": [SECRET],
        "again": SECRET,
        "door": [{"name": "front", "word": SECRET}],
    }
}
JOURNAL = {"journal.db", "journal.db-wal"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """olga is an operator, vera a viewer; there are secrets since the second-last revision."""
    folder = tmp_path_factory.mktemp("secrets") / "datastore"
    with serving(folder, yang=[Path(__file__).parent / "models"], modules=["vault"]) as server:
        users = [
            {"name": name, "password": hashed(name, Setting("5", "salt", 1000))} for name in ("olga", "vera")
        ]
        groups = [{"name": "operator", "user-name": ["olga"]}, {"name": "viewer", "user-name": ["vera"]}]
        first = {
            "ietf-system:system": {"authentication": {"user": users}},
            "ietf-netconf-acm:nacm": {"groups": {"group": groups}},
        }
        assert server.patch(DATA, {"ietf-restconf:data": first}).status == 204
        assert server.request("PUT", VAULT, FULL).status == 201
        yield server


def basic(name: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{name}:{name}'.encode()).decode()}"}


def ask(server: Server, name: str, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    return server.request(method, path, body, token="", headers=basic(name) | headers)


class TestAnswers:
    """To one who may read, but not replace it."""

    @pytest.mark.parametrize(
        "path",
        [
            DATA,
            VAULT,
            f"{VAULT}/pin",
            f"{VAULT}/code",
            f"{VAULT}/door=front",
            f"{VAULT}?fields=pin;code;door/word",
            f"{VAULT}?with-defaults=report-all-tagged",
            f"{VAULT}/door?limit=5&sort-by=word",
            f"{VAULT}/code?limit=5",
            "/restconf/ds/ietf-datastores:running",
            "/restconf/ds/ietf-datastores:intended",
            "/restconf/ds/ietf-datastores:operational",
            "/restconf/ds/ietf-datastores:candidate",
            "/v1/datastore/vault",
            "/v1/discover",
            "/openapi.json",
        ],
    )
    @pytest.mark.parametrize("kind", [JSON, XML])
    def test_do_not_hold_it(self, server, path, kind):
        answer = ask(server, "vera", "GET", path, Accept=f"{kind}, application/json;q=0.1")
        assert answer.status in {200, 404}
        assert SECRET.encode() not in answer.body

    @pytest.mark.parametrize(
        ("rpc", "given"),
        [
            ("show-revision", {"revision": "2"}),
            ("show-revision", {"revision": "3"}),
            ("compare", {"from": "0"}),
            ("blame", {"path": "/vault:vault"}),
            ("blame", {"path": "/vault:vault/pin"}),
        ],
    )
    def test_about_the_past_do_not_hold_it(self, server, rpc, given):
        path = f"/restconf/operations/pyconfhoard-history:{rpc}"
        body = {"pyconfhoard-history:input": given}
        assert SECRET.encode() not in ask(server, "vera", "POST", path, body).body

    def test_do_not_tell_by_a_search_whether_it_is_right(self, server):
        told = [
            ask(server, "vera", "GET", f"{VAULT}/door?where=word%3D'{word}'").json
            for word in (SECRET, "other")
        ]
        assert told[0] == told[1]

    def test_in_event_streams_do_not_hold_it(self, server):
        with listening(server, "/restconf/streams/NETCONF/json", token="", **basic("vera")) as stream:
            assert server.patch(VAULT, {"vault:vault": {"name": "theirs", "level": 7}}).status == 204
            (told,) = stream.take(1)
        assert "/vault:vault/name" in told.data
        assert "level" not in told.data


class TestErrors:
    """To anybody, for they are passed on."""

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/pin", {"vault:pin": f"{SECRET}!"}),
            ("/pin", {"vault:pin": f"{SECRET}WRONG"}),
            ("/pin", {"vault:pin": [SECRET]}),
            ("", {"vault:vault": {"code": [SECRET, SECRET]}}),
            ("/again", {"vault:again": f"{SECRET}2"}),
            ("/level", {"vault:level": SECRET}),
            ("/way", {"vault:way": SECRET}),
            ("/way", {"vault:way": f"/vault:vault/code[.='{SECRET}2']"}),
            ("/door=back", {"vault:door": [{"name": "back", "word": SECRET}]}),
            ("/pin", f'{{"vault:pin": {SECRET}}}'.encode()),
            ("/pin", f'{{"vault:pin": "{SECRET}", "vault:pin": "{SECRET}"}}'.encode()),
        ],
    )
    def test_of_a_wrong_one_do_not_repeat_it(self, server, path, body):
        answer = ask(server, "olga", "PUT", f"{VAULT}{path}", body)
        assert answer.status in {400, 409, 412}
        assert SECRET.encode() not in answer.body

    @pytest.mark.parametrize("leaf", ["pin", "code", "again", "level", "way"])
    def test_in_xml_do_not_repeat_it(self, server, leaf):
        body = f'<vault xmlns="http://example.com/ns/vault"><{leaf}>{SECRET}-</{leaf}><{leaf}>{SECRET}-</{leaf}></vault>'
        answer = ask(server, "olga", "PUT", VAULT, body.encode(), **{"Content-Type": XML})
        assert answer.status == 400
        assert SECRET.encode() not in answer.body

    @pytest.mark.parametrize("path", ["/restconf/operations/vault:unlock", f"{VAULT}/open"])
    def test_of_operations_do_not_repeat_it(self, server, path):
        answer = ask(server, "olga", "POST", path, {"vault:input": {"pin": SECRET}})
        assert answer.status == 400
        assert SECRET.encode() not in answer.body

    def test_of_a_patch_do_not_repeat_it(self, server):
        value = {"vault:pin": f"{SECRET}WRONG"}
        edit = {"edit-id": "1", "operation": "replace", "target": "/pin", "value": value}
        body = {"ietf-yang-patch:yang-patch": {"patch-id": "p", "edit": [edit]}}
        answer = ask(server, "olga", "PATCH", VAULT, body, **{"Content-Type": "application/yang-patch+json"})
        assert answer.status == 412
        assert SECRET.encode() not in answer.body


def test_secrets_are_in_no_file_but_the_journal_which_is_its_owners(server):
    assert SECRET not in server.log.read_text()
    holding = [
        file for file in server.folder.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()
    ]
    assert {file.name for file in holding} <= JOURNAL
    assert {stat.S_IMODE(file.stat().st_mode) for file in holding} == {0o600}


@pytest.mark.parametrize("option", ["--save", "--backup"])
def test_secrets_that_are_carried_away_are_in_a_file_of_the_owner(server, tmp_path, option):
    file = tmp_path / "carried.json"
    command = [str(ROOT / "launch"), "--datastore", str(server.folder), option, str(file)]
    done = subprocess.run(
        command, env=environment(), cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert SECRET not in done.stdout + done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
