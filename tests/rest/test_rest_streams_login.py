"""A stream is open no longer than who opened it would be let in."""

import secrets
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from event_client import Refused, listening
from serving import Server, serving

from pyconfhoard.access.tokens import token_digest

MODELS = Path(__file__).parent / "models"
USER = "/restconf/data/ietf-system:system/authentication/user=vera"
STREAM = "/restconf/streams/config-changes/json"
TOKEN = secrets.token_urlsafe(32)
BASIC = "Basic " + b64encode(b"vera:of vera").decode()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    settings = {"PYCONF_KEEPALIVE": "0.2", "PYCONF_STREAMS": "2"}
    with serving(tmp_path / "datastore", yang=[MODELS], modules=["belfry"], **settings) as server:
        put(server, {"password": "$0$of vera"})
        groups = [{"name": "viewer", "user-name": ["vera"]}]
        path = "/restconf/data/ietf-netconf-acm:nacm/groups"
        assert server.patch(path, {"ietf-netconf-acm:groups": {"group": groups}}).status == 204
        yield server


def put(server: Server, more: dict[str, Any]) -> None:
    token = {"name": "look", "sha256": token_digest(TOKEN)}
    user = {"name": "vera", "pyconfhoard-access:token": [token], **more}
    answer = server.request("PUT", USER, {"ietf-system:user": [user]})
    assert answer.status in {201, 204}, answer.body


def change(server: Server, number: int) -> None:
    server.request("PUT", "/restconf/data/belfry:counter", {"belfry:counter": number})


def test_it_ends_with_the_token(server: Server) -> None:
    with listening(server, STREAM, token=TOKEN) as stream:
        change(server, 1)
        assert stream.next() is not None
        assert server.request("DELETE", f"{USER}/pyconfhoard-access:token=look").status == 204
        change(server, 2)
        assert stream.next() is None
    with pytest.raises(Refused), listening(server, STREAM, token=TOKEN):
        pass


def test_it_ends_with_the_password(server: Server) -> None:
    with listening(server, STREAM, Authorization=BASIC) as stream:
        change(server, 1)
        assert stream.next() is not None
        put(server, {"password": "$0$something else"})
        while stream.next() is not None:
            pass


def test_those_of_one_user_do_not_count_for_another(server: Server) -> None:
    with listening(server, STREAM, token=TOKEN), listening(server, STREAM, token=TOKEN):
        with pytest.raises(Refused), listening(server, STREAM, token=TOKEN):
            pass
        with listening(server, STREAM):
            pass
