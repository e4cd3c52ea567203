"""TLS: served with a certificate, which is taken anew when its files change; nothing is opened to a network without."""

import http.client
import json
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from serving import Server, end, launch, wait_for

from cli.client import Client, Unreachable
from pyconfhoard.errors import BadInput, LinkError
from pyconfhoard.settings import Settings
from pyconfhoard.thing.http import request
from pyconfhoard.thing.wire import Wire
from pyconfhoard.trust import client_context
from rest.tls import Certificate, make_self_signed

DATA = "/restconf/data/brewerslab:recipes"


def made(folder: Path, name: str = "tls", host: str = "127.0.0.1") -> tuple[Path, Path]:
    cert, key = folder / f"{name}.crt", folder / f"{name}.key"
    assert make_self_signed(cert, key, host)
    return cert, key


def trusting(cert: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(cert))


def get(
    server: Server, context: ssl.SSLContext, path: str = "/healthz", **headers: str
) -> tuple[int, bytes, bytes]:
    """Status, body, and the server's certificate."""
    connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=20, context=context)
    try:
        connection.request("GET", path, headers=headers)
        shown = connection.sock.getpeercert(True)  # type: ignore[union-attr]
        answer = connection.getresponse()
        return answer.status, answer.read(), shown or b""
    finally:
        connection.close()


@contextmanager
def serving_tls(folder: Path, cert: Path, **settings: str) -> Iterator[Server]:
    server = launch(folder, modules=["brewerslab"], **settings)
    try:

        def ready() -> bool:
            assert server.process.poll() is None, server.log.read_text()
            try:
                return get(server, trusting(cert))[0] == 200
            except (OSError, http.client.HTTPException):
                return False

        wait_for(ready, "the server answers")
        yield server
    finally:
        end(server)


class TestServer:
    def test_makes_a_certificate_of_its_own_when_asked(self, tmp_path):
        cert = tmp_path / "datastore" / "run" / "tls.crt"
        with serving_tls(
            tmp_path / "datastore", cert, PYCONF_SELF_SIGNED="yes", PYCONF_HOST="0.0.0.0"
        ) as server:
            assert get(server, trusting(cert))[1] == b'{"status": "ok"}'
            assert cert.with_name("tls.key").stat().st_mode & 0o777 == 0o600
            before = cert.read_bytes()
            token = {"Authorization": f"Bearer {server.token}"}
            told = json.loads(
                get(server, trusting(cert), "/restconf/data/ietf-yang-library:modules-state", **token)[1]
            )
            listed = told["ietf-yang-library:modules-state"]["module"]
            assert all(one["schema"].startswith("https://") for one in listed if "schema" in one)
        with serving_tls(tmp_path / "datastore", cert, PYCONF_SELF_SIGNED="yes"):
            assert cert.read_bytes() == before

    def test_takes_a_new_certificate_without_a_restart(self, tmp_path):
        (tmp_path / "mine").mkdir()
        cert, key = made(tmp_path / "mine")
        settings = {"PYCONF_TLS_CERT": str(cert), "PYCONF_TLS_KEY": str(key)}
        with serving_tls(tmp_path / "datastore", cert, **settings) as server:
            old = get(server, trusting(cert))[2]
            live = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=20, context=trusting(cert))
            live.connect()
            fresh = made(tmp_path, "fresh")
            shutil.copy(fresh[1], key)
            shutil.copy(fresh[0], cert)

            def renewed() -> bool:
                try:
                    return get(server, trusting(fresh[0]))[2] != old
                except ssl.SSLError:
                    return False

            wait_for(renewed, "the new certificate is served")
            with closing(live):  # on a connection that was there before
                live.request("GET", "/healthz")
                assert live.getresponse().status == 200
            assert f"the certificate in {cert} is served from now on" in server.log.read_text()

    def test_speaks_http2_to_those_who_do(self, tmp_path):
        cert = tmp_path / "datastore" / "run" / "tls.crt"
        if shutil.which("curl") is None:
            pytest.skip("needs curl")
        with serving_tls(tmp_path / "datastore", cert, PYCONF_SELF_SIGNED="yes") as server:
            recipes = {"recipe": [{"recipename": f"a/b{number:05}"} for number in range(20_000)]}
            body = tmp_path / "body"
            body.write_text(json.dumps({"brewerslab:recipes": recipes}))

            def curl(path: str, *more: Any) -> tuple[str, bytes]:
                command = [
                    "curl",
                    "-sS",
                    "--http2",
                    "--cacert",
                    cert,
                    "-w",
                    "%{stderr}%{http_version} %{http_code}",
                ]
                command += ["-H", f"Authorization: Bearer {server.token}", *more]
                done = subprocess.run(
                    [*map(str, command), f"https://localhost:{server.port}{path}"],
                    capture_output=True,
                    check=True,
                )
                return done.stderr.decode(), done.stdout

            put = ["-X", "PUT", "-H", "Content-Type: application/yang-data+json", "--data-binary", f"@{body}"]
            assert curl(DATA, *put)[0] == "2 201"
            said, answer = curl(DATA)
            assert said == "2 200"
            assert json.loads(answer)["brewerslab:recipes"] == recipes
            assert curl(f"{DATA}/recipe=a%2Fb00007")[0] == "2 200"

    @pytest.mark.parametrize(
        ("settings", "why"),
        [
            ({"PYCONF_HOST": "0.0.0.0"}, "would open the hoard to the network without TLS"),
            ({"PYCONF_TLS_CERT": "/nowhere.pem"}, "cannot be used: No such file or directory"),
            ({"PYCONF_TLS_CERT": __file__}, "cannot be used"),
        ],
    )
    def test_does_not_start_where_it_could_not_be_trusted(self, tmp_path, settings, why):
        server = launch(tmp_path / "datastore", modules=["brewerslab"], **settings)
        try:
            assert server.process.wait(timeout=20) == 1
            assert why in server.log.read_text()
        finally:
            end(server)


class TestCertificate:
    def test_of_its_own_names_this_machine(self, tmp_path):
        cert, key = made(tmp_path, host="192.0.2.7")
        shown = subprocess.run(
            ["openssl", "x509", "-in", cert, "-noout", "-ext", "subjectAltName"],
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for name in ("DNS:localhost", "IP Address:127.0.0.1", "IP Address:192.0.2.7"):
            assert name in shown
        assert not make_self_signed(cert, key, "other")

    def test_cannot_be_made_without_openssl(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(BadInput, match="install openssl, or name one by --tls-cert"):
            make_self_signed(tmp_path / "a.crt", tmp_path / "a.key", "")

    def test_that_is_damaged_leaves_the_one_before(self, tmp_path, caplog):
        cert, key = made(tmp_path)
        served = Certificate(cert, key)
        context = served.context()
        assert not served.look()
        good = cert.read_bytes()
        cert.write_bytes(b"half")
        assert not served.look()
        assert "the certificate from before serves on" in caplog.text
        cert.write_bytes(good)
        assert served.look()
        assert served.context() is context

    def test_with_a_key_that_is_not_its_own_is_refused(self, tmp_path):
        cert, _ = made(tmp_path, "one")
        _, key = made(tmp_path, "two")
        with pytest.raises(BadInput, match=r"one\.crt with the key .*two\.key cannot be used"):
            Certificate(cert, key).context()

    def test_may_hold_its_key(self, tmp_path):
        cert, key = made(tmp_path)
        both = tmp_path / "both.pem"
        both.write_bytes(cert.read_bytes() + key.read_bytes())
        assert Certificate(both, both).context()


class TestClients:
    def test_know_a_hoard_by_its_certificate_and_no_other_one(self, tmp_path):
        settings = Settings(datastore=tmp_path / "datastore", self_signed=True)
        cert = settings.trusted
        assert cert == tmp_path / "datastore" / "run" / "tls.crt"
        with serving_tls(tmp_path / "datastore", cert, PYCONF_SELF_SIGNED="yes") as server:
            url = f"https://127.0.0.1:{server.port}"
            assert request("GET", f"{url}/healthz", trust=cert).status == 200
            Wire(f"wss://127.0.0.1:{server.port}/v1/link", server.token, timeout=10, trust=cert).shut()
            assert "brewerslab" in Client(url, server.token, cert).schema().modules
            other = made(tmp_path, "other")[0]
            for trust in (None, other):
                with pytest.raises(LinkError, match="certificate verify failed"):
                    request("GET", f"{url}/healthz", trust=trust)
                with pytest.raises(LinkError, match="certificate verify failed"):
                    Wire(f"wss://127.0.0.1:{server.port}/v1/link", server.token, timeout=10, trust=trust)
                with pytest.raises(Unreachable):
                    Client(url, server.token, trust).schema()

    def test_say_which_file_they_cannot_read(self, tmp_path):
        with pytest.raises(LinkError, match=r"the certificates in .*nowhere\.crt cannot be read"):
            client_context(tmp_path / "nowhere.crt")
