"""Clients that show a certificate are the users that the configuration maps it to."""

import hashlib
import http.client
import json
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from serving import Server
from test_rest_tls import serving_tls, trusting

SYSTEM = "/restconf/data/ietf-system:system/authentication"


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def authority(folder: Path, name: str) -> None:
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.crt")  # fmt: skip


def client(folder: Path, name: str, by: str) -> Path:
    """The file with a certificate, signed by an authority, and its key."""
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")  # fmt: skip
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{by}.crt", "-CAkey", f"{by}.key",
            "-CAcreateserial", "-out", f"{name}.crt")  # fmt: skip
    both = folder / f"{name}.pem"
    both.write_bytes((folder / f"{name}.crt").read_bytes() + (folder / f"{name}.key").read_bytes())
    return both


def fingerprint(file: Path) -> str:
    der = ssl.PEM_cert_to_DER_cert(file.read_text())
    return f"04:{hashlib.sha256(der).digest().hex(':')}"


def ask(
    server: Server, method: str, path: str, body: object = None, shown: Path | None = None, **headers: str
) -> tuple[int, bytes]:
    context = trusting(server.folder / "run" / "tls.crt")
    if shown is not None:
        context.load_cert_chain(shown)
    connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=20, context=context)
    try:
        sent = {"Content-Type": "application/yang-data+json", **headers}
        connection.request(method, path, None if body is None else json.dumps(body), sent)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("works", "elsewhere"):
        authority(folder, name)
    client(folder, "olga", "works")
    client(folder, "unknown", "works")
    client(folder, "stranger", "elsewhere")
    return folder


@pytest.fixture(scope="module")
def server(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("clients") / "datastore"
    settings = {
        "PYCONF_SELF_SIGNED": "yes",
        "PYCONF_TLS_CLIENTS": str(keys / "works.crt"),
        "PYCONF_KEEPALIVE": "0.2",
    }
    with serving_tls(folder, folder / "run" / "tls.crt", **settings) as server:
        admin = {"Authorization": f"Bearer {server.token}"}
        entry = {
            "id": 1,
            "fingerprint": fingerprint(keys / "olga.crt"),
            "map-type": "ietf-x509-cert-to-name:specified",
            "name": "olga",
        }
        mapped = {"pyconfhoard-access:client-certificates": {"cert-to-name": [entry]}}
        assert ask(server, "PATCH", SYSTEM, {"ietf-system:authentication": mapped}, **admin)[0] == 204
        groups = {"ietf-netconf-acm:groups": {"group": [{"name": "viewer", "user-name": ["olga"]}]}}
        assert ask(server, "PATCH", "/restconf/data/ietf-netconf-acm:nacm/groups", groups, **admin)[0] == 204
        yield server


def test_certificate_that_is_mapped_is_the_user(server, keys):
    assert ask(server, "GET", "/restconf/data", shown=keys / "olga.pem")[0] == 200
    recipe = {"brewerslab:recipes": {"recipe": [{"recipename": "ale"}]}}
    status, told = ask(server, "PUT", "/restconf/data/brewerslab:recipes", recipe, keys / "olga.pem")
    assert (status, b"olga may not update this" in told) == (403, True)
    status, told = ask(server, "GET", "/restconf/data/ietf-netconf-acm:nacm", shown=keys / "olga.pem")
    assert (status, b"that olga may read" in told) == (404, True)


def test_certificate_that_is_not_mapped_is_nobody(server, keys):
    status, told = ask(server, "GET", "/restconf/data", shown=keys / "unknown.pem")
    assert (status, b"the certificate of unknown is not mapped to a user" in told) == (401, True)


def test_certificate_of_another_authority_is_no_connection(server, keys):
    with pytest.raises((ssl.SSLError, ConnectionError)):
        ask(server, "GET", "/restconf/data", shown=keys / "stranger.pem")


def test_other_credentials_come_first_and_a_certificate_is_not_needed(server, keys):
    admin = {"Authorization": f"Bearer {server.token}"}
    assert (
        ask(server, "GET", "/restconf/data/ietf-netconf-acm:nacm", shown=keys / "olga.pem", **admin)[0] == 200
    )
    assert ask(server, "GET", "/restconf/data/ietf-netconf-acm:nacm", **admin)[0] == 200
    assert ask(server, "GET", "/restconf/data")[0] == 401


def test_certificate_that_is_mapped_no_more_ends_what_it_opened(server, keys):
    context = trusting(server.folder / "run" / "tls.crt")
    context.load_cert_chain(keys / "olga.pem")
    one, other = (
        http.client.HTTPSConnection("127.0.0.1", server.port, timeout=20, context=context) for _ in range(2)
    )
    admin = {"Authorization": f"Bearer {server.token}"}
    path = f"{SYSTEM}/pyconfhoard-access:client-certificates"
    before = json.loads(ask(server, "GET", path, **admin)[1])
    with closing(one), closing(other):
        one.request("GET", "/restconf/streams/NETCONF/json", headers={"Accept": "text/event-stream"})
        stream = one.getresponse()
        other.request("GET", "/restconf/data")
        answer = other.getresponse()
        assert (stream.status, answer.status) == (200, 200)
        answer.read()
        assert ask(server, "DELETE", path, **admin)[0] == 204
        other.request("GET", "/restconf/data")
        assert other.getresponse().status == 401
        stream.read()  # which has an end now
    assert ask(server, "PUT", path, before, **admin)[0] == 201
