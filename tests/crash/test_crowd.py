"""A hundred clients at once, over HTTP: each is answered with the truth, and nothing is lost."""

import json
from concurrent.futures import ThreadPoolExecutor

from serving import serving
from test_kill9 import MODEL

from pyconfhoard.store.checker import check

CLIENTS = 100


def test_hundred_clients_at_once_lose_nothing(tmp_path):
    yang = tmp_path / "yang"
    yang.mkdir()
    (yang / "twin.yang").write_text(MODEL)
    folder = tmp_path / "datastore"

    def client(n):
        """Two entries, of which one is another client's, too: one of the two gets it."""
        own, shared = 1000 + n, n // 2
        answers = []
        for number in (own, shared):
            body = {"twin:log": [{"n": number, "text": f"of {n}"}]}
            answers.append(server.request("POST", "/restconf/data", body))
        return answers

    with serving(folder, yang=[yang], modules=["twin"]) as server:
        before = server.revision()
        with ThreadPoolExecutor(CLIENTS) as pool:
            answers = list(pool.map(client, range(CLIENTS)))
        assert [own.status for own, _ in answers] == [201] * CLIENTS
        pairs = [sorted((answers[n][1].status, answers[n + 1][1].status)) for n in range(0, CLIENTS, 2)]
        assert pairs == [[201, 409]] * (CLIENTS // 2)
        refused = [shared.error for _, shared in answers if shared.status == 409]
        assert {error["error-tag"] for error in refused} == {"data-exists"}
        entries = {one["n"]: one["text"] for one in server.get("/restconf/data/twin:log").json["twin:log"]}
        assert {1000 + n: f"of {n}" for n in range(CLIENTS)}.items() <= entries.items()
        for n, (_, shared) in enumerate(answers):
            assert (entries[n // 2] == f"of {n}") == (shared.status == 201)
        assert server.revision() == before + CLIENTS + CLIENTS // 2
        assert "Traceback" not in server.log.read_text()
    held = json.loads((folder / "persist" / "twin.json").read_text())["twin:log"]
    assert len(held) == CLIENTS + CLIENTS // 2
    assert check(folder) == []
