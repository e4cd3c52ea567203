"""Nothing that a client can send is a 500: URLs, queries, headers and bodies at random, against the application itself."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyconfhoard.settings import Settings
from rest.app import Application, create_app

ERROR = "{urn:ietf:params:xml:ns:yang:ietf-restconf}error"
MODELS = Path(__file__).parent / "models"


class Direct:
    """The application without a server, on a loop of its own."""

    def __init__(self, folder: Path) -> None:
        self.runner = asyncio.Runner()
        self.app: Application = create_app(
            Settings(datastore=folder, yang=(MODELS,), modules=("workshop",), max_depth=32)
        )
        self.said: asyncio.Queue[Any] = asyncio.Queue()
        self.heard: asyncio.Queue[Any] = asyncio.Queue()
        self.token = ""

    async def start(self) -> None:
        self.life = asyncio.create_task(self.app({"type": "lifespan"}, self.heard.get, self.said.put))
        await self.heard.put({"type": "lifespan.startup"})
        assert (await self.said.get())["type"] == "lifespan.startup.complete"
        self.token = self.app.runtime.hoard.tokens.admin_file.read_text().strip()

    async def stop(self) -> None:
        await self.heard.put({"type": "lifespan.shutdown"})
        await self.life

    async def request(
        self, method: str, path: bytes, query: bytes, headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes]:
        sent = {
            "host": "h",
            "authorization": f"Bearer {self.token}",
            "content-length": str(len(body)),
            **headers,
        }
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path.decode("utf-8", "replace"),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in sent.items()],
            "server": ("127.0.0.1", 1),
            "client": ("127.0.0.1", 2),
        }
        answer: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            answer.append(message)

        await self.app(scope, receive, send)
        return answer[0]["status"], b"".join(part.get("body", b"") for part in answer[1:])


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Direct]:
    made = Direct(tmp_path_factory.mktemp("fuzz") / "datastore")
    made.runner.run(made.start())
    yield made
    made.runner.run(made.stop())
    made.runner.close()


def some(text: str) -> st.SearchStrategy[str]:
    """One of the words of ``text``; ``_`` is the empty one."""
    return st.sampled_from([word.strip("_") if word == "_" else word for word in text.split()])


segments = some(
    """
    workshop:shop shop workshop:cellar tool tool=saw tool= tool=a,b part=1,2 part=1 part=x,y tag tag=x title weight worn
    visits night-shift note wood .. . _ %2f % %zz %00 %ff a%2Cb = , : nowhere:x workshop: [1] ' %C3%9F ;x=1 * {below:path}
    """
)
roots = some(
    """
    /restconf/data /restconf /.well-known/host-meta /v1/datastore/running/workshop /v1/datastore/persist/workshop
    /v1/datastore /v1/candidate /healthz _
    /restconf/ds/ietf-datastores:running /restconf/ds/ietf-datastores:operational /restconf/ds/ietf-datastores:candidate
    /restconf/ds /restconf/operations /restconf/operations/pyconfhoard-history:blame /restconf/schema /restconf/schema/workshop
    /v1/candidate/x/data /v1/thing /v1/thing/x /v1/discover /v1/schema /v1/link /restconf%2Fdata
    """
)
methods = some("GET HEAD PUT POST PATCH DELETE OPTIONS TRACE CONNECT BREW")
queries = st.lists(
    some(
        """
        content=config content= content=all content depth=1 depth=2 depth=x with-defaults=report-all with-defaults=trim
        with-defaults=report-all-tagged fields=a fields=title;tool(name) fields=workshop:shop/tool fields=(; insert=first
        insert=after point=%2Fx point=/workshop:shop/visitor=a with-origin dry-run filter=x start-time= = & a=b %ff=%ff
        """
    ),
    max_size=2,
).map("&".join)
headers = st.dictionaries(
    some(
        "accept content-type if-match if-none-match if-modified-since if-unmodified-since content-length authorization "
        "pyconfhoard-commit-label pyconfhoard-confirm-timeout pyconfhoard-persist-id pyconfhoard-candidate "
        "pyconfhoard-session"
    ),
    some('_ * */* application/json text/plain application/yang-data+xml "1-json" " W/ 0 -1 x q=; Thu,')
    | st.just("Thu, 01 Jan 2015 00:00:00 GMT"),
    max_size=3,
)
names = some(
    """
    workshop:shop shop ietf-restconf:data tool workshop:tool name title workshop:title part row column label tag low high
    night-shift note wood gas @ @title module path comment
    """
)
scalars = st.sampled_from(
    [None, True, False, 0, -1, 2**70, 1.5, 1e308, "", "x", "saw", "1.5", "open", [None], "\x00", "ß"]
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
bodies = values.map(lambda value: json.dumps(value).encode()) | st.sampled_from(
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 100,
        b"nul",
        b'{"a":1,"a":2}',
        b'"\\ud800"',
        b"NaN",
        b"1e999999",
        b"\x00",
        b"\xef\xbb\xbf{}",
        b"<a/>",
        b"<a",
        b'<shop xmlns="urn:pyconfhoard:test:workshop"><tool><name>x</name></tool><tag>a</tag></shop>',
        b'<tool xmlns="urn:pyconfhoard:test:workshop"><name>saw</name><weight>y</weight></tool>',
    ]
)


parts = st.fixed_dictionaries(
    {},
    optional={
        "edit-id": some("1 2 _") | scalars,
        "operation": some("create delete insert merge move replace remove up") | scalars,
        "target": some("/ _ /tool=saw /tool /title /visitor=a /tag=x /shop /%zz /workshop:shop /note x")
        | scalars,
        "where": some("first last before after _"),
        "point": some("/visitor=b /tag=y / _ x"),
        "value": values,
    },
)
patches = st.fixed_dictionaries(
    {},
    optional={
        "patch-id": some("p _") | scalars,
        "comment": some("c _") | scalars,
        "edit": st.lists(parts, max_size=3),
    },
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(
    patch=patches,
    below=st.sampled_from(["", "/workshop:shop", "/workshop:shop/tag=x", "/workshop:shop/tool=saw"]),
)
def test_no_yang_patch_is_a_bug(direct: Direct, patch: dict[str, Any], below: str) -> None:
    body = json.dumps({"ietf-yang-patch:yang-patch": patch}).encode()
    sent = {"content-type": "application/yang-patch+json"}
    path = f"/restconf/data{below}".encode()
    status, answer = direct.runner.run(direct.request("PATCH", path, b"", sent, body))
    assert status < 500, answer
    told = json.loads(answer)
    assert told.keys() <= {"ietf-restconf:errors", "ietf-yang-patch:yang-patch-status"}
    assert (status == 200) == ("ok" in told.get("ietf-yang-patch:yang-patch-status", {}))


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(
    method=methods, root=roots, below=st.lists(segments, max_size=5), query=queries, sent=headers, body=bodies
)
def test_no_request_is_a_bug(
    direct: Direct, method: str, root: str, below: list[str], query: str, sent: dict[str, str], body: bytes
) -> None:
    path = "/".join([root, *below]) or "/"
    sent.setdefault("content-type", "application/json")
    status, answer = direct.runner.run(direct.request(method, path.encode(), query.encode(), sent, body))
    assert status in {501} or status < 500, answer
    if status >= 400 and method != "HEAD" and answer.startswith(b"<"):
        assert ElementTree.fromstring(answer)[0].tag == ERROR, answer
    elif status >= 400 and method != "HEAD":
        assert json.loads(answer)["ietf-restconf:errors"]["error"], answer


@settings(max_examples=300, deadline=None)
@given(method=methods, tail=st.binary(max_size=40), query=st.binary(max_size=20))
def test_no_bytes_in_a_url_are_a_bug(direct: Direct, method: str, tail: bytes, query: bytes) -> None:
    path = b"/restconf/data/" + tail.replace(b"?", b"")
    status, answer = direct.runner.run(
        direct.request(method, path, query, {"content-type": "application/json"}, b"{}")
    )
    assert status in {501} or status < 500, answer
