"""Locks over HTTP: the rpcs of ``pyconfhoard-locks``, and the header field that names a session, which every write has."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from serving import Answer, Server, wait_for
from workshop_paths import DATA, SHOP

SESSION = "PyConfHoard-Session"
CANDIDATE = "PyConfHoard-Candidate"
TITLE = f"{SHOP}/title"
OPERATIONS = "/restconf/operations"
RUNNING = "/restconf/ds/ietf-datastores:running"
SHARED = "/v1/candidate/shared"
BODY = {"workshop:title": "Ours"}


def call(server: Server, rpc: str, session: str = "", **given: Any) -> Answer:
    body = {"pyconfhoard-locks:input": given} if given else None
    return server.request(
        "POST", f"{OPERATIONS}/pyconfhoard-locks:{rpc}", body, headers={SESSION: session} if session else None
    )


def output(server: Server, rpc: str, session: str = "", **given: Any) -> dict[str, Any]:
    answer = call(server, rpc, session, **given)
    assert answer.status == 200, answer.body
    told: dict[str, Any] = answer.json["pyconfhoard-locks:output"]
    return told


def held(server: Server) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = output(server, "list-locks").get("lock", [])
    return listed


@pytest.fixture
def shop(workshop: Server) -> Iterator[Server]:
    """Without locks before and after."""
    yield workshop
    for lock in held(workshop):
        assert call(workshop, "break-lock", lock=lock["id"]).status == 204
    assert workshop.request("DELETE", SHARED).status == 204


def put(server: Server, path: str = TITLE, session: str = "", **headers: str) -> Answer:
    return server.request("PUT", path, BODY, headers={SESSION: session, **headers})


def in_use(answer: Answer) -> bool:
    return answer.status == 409 and answer.error["error-tag"] == "in-use"


def writes(server: Server, session: str) -> list[Answer]:
    """Each way to change running, by a session."""
    headers = {SESSION: session}
    edit = {
        "edit-id": "1",
        "operation": "merge",
        "target": "/title",
        "value": {"workshop:title": secrets.token_hex(4)},
    }
    patch = {"ietf-yang-patch:yang-patch": {"patch-id": "p", "edit": [edit]}}
    private = server.request("POST", "/v1/candidate").json["id"]
    edited = server.request(
        "PUT", f"/v1/candidate/{private}/data/workshop:shop/title", {"workshop:title": secrets.token_hex(4)}
    )
    assert edited.status in {201, 204}
    undo = {"pyconfhoard-history:input": {"revision": str(server.revision())}}
    other = server.request("POST", "/v1/candidate").json["id"]
    assert server.request("PUT", f"/v1/candidate/{other}/data/workshop:shop/load", {"workshop:load": 5})
    commit = {"pyconfhoard-candidates:input": {"candidate": other}}
    return [
        server.request("PUT", TITLE, {"workshop:title": secrets.token_hex(4)}, headers=headers),
        server.request(
            "PUT",
            f"{RUNNING}/workshop:shop/title",
            {"workshop:title": secrets.token_hex(4)},
            headers=headers,
        ),
        server.request("PATCH", SHOP, {"workshop:shop": {"title": "v"}}, headers=headers),
        server.request(
            "PUT", "/v1/datastore/running/workshop/shop/title", {"workshop:title": "w"}, headers=headers
        ),
        server.request(
            "PATCH", SHOP, patch, headers={**headers, "Content-Type": "application/yang-patch+json"}
        ),
        server.request("POST", f"{OPERATIONS}/pyconfhoard-history:undo", undo, headers=headers),
        server.request("POST", f"/v1/candidate/{private}/commit", headers=headers),
        server.request(
            "POST", f"{OPERATIONS}/pyconfhoard-candidates:commit-candidate", commit, headers=headers
        ),
        server.request("DELETE", TITLE, headers=headers),
    ]


class TestRunning:
    def test_is_changed_by_the_session_that_has_the_lock_only_whatever_the_way(self, shop: Server) -> None:
        assert put(shop).status == 201
        lock = output(shop, "lock")
        refused = writes(shop, "")
        for answer in refused:
            assert answer.status == 409, answer.body
            assert b"in-use" in answer.body
            assert b"admin has locked running for another" in answer.body
        assert shop.get(TITLE).json == BODY
        revision = shop.revision()
        statuses = [answer.status for answer in writes(shop, lock["session"])]
        # The undo and the candidates meet what was changed meanwhile, which no lock is about.
        assert [statuses[index] for index in (0, 1, 2, 3, 4)] == [204, 204, 204, 204, 200]
        assert shop.revision() > revision

    def test_is_free_when_the_lock_is_given_back(self, shop: Server) -> None:
        lock = output(shop, "lock", lease=30)
        assert (lock["lease"], lock["expires"].endswith("Z")) == (30, True)
        assert in_use(put(shop))
        assert call(shop, "unlock", lock["session"]).status == 204
        assert put(shop).status == 201
        assert call(shop, "unlock", lock["session"]).status == 404

    def test_is_locked_once(self, shop: Server) -> None:
        lock = output(shop, "lock")
        for session in ("", lock["session"]):
            answer = call(shop, "lock", session)
            assert (answer.status, answer.error["error-tag"]) == (409, "lock-denied")
            assert answer.error["error-type"] == "protocol"

    def test_is_not_to_be_had_while_anothers_confirmed_commit_waits(self, shop: Server) -> None:
        waits = put(shop, **{"PyConfHoard-Confirm-Timeout": "60", "PyConfHoard-Persist": "tonight"})
        assert waits.status == 201
        answer = call(shop, "lock")
        assert (answer.status, answer.error["error-tag"]) == (409, "lock-denied")
        ends = {"pyconfhoard-history:input": {"persist-id": "tonight"}}
        assert shop.request("POST", f"{OPERATIONS}/pyconfhoard-history:cancel-commit", ends).status == 200

    def test_that_many_read_and_write_in_turns_loses_nothing(self, shop: Server) -> None:
        bottles = f"{DATA}/workshop:cellar/bottles"
        assert shop.request("PUT", bottles, {"workshop:bottles": 0}).status in {201, 204}

        def one_more(_: int) -> None:
            session = secrets.token_urlsafe(16)
            wait_for(lambda: call(shop, "lock", session, lease=30).status == 200, "the lock is to be had")
            number = shop.get(bottles).json["workshop:bottles"]
            done = shop.request("PUT", bottles, {"workshop:bottles": number + 1}, headers={SESSION: session})
            assert done.status == 204
            assert call(shop, "unlock", session).status == 204

        with ThreadPoolExecutor(8) as pool:
            assert len(list(pool.map(one_more, range(24)))) == 24
        assert shop.get(bottles).json == {"workshop:bottles": 24}

    def test_may_be_taken_back_by_the_session_that_locked_it(self, shop: Server) -> None:
        session = output(shop, "lock")["session"]
        timed = {"PyConfHoard-Confirm-Timeout": "60", "PyConfHoard-Persist": "tonight"}
        assert in_use(put(shop, **timed))
        assert put(shop, session=session, **timed).status == 201
        confirm = {"PyConfHoard-Persist-Id": "tonight"}
        assert in_use(put(shop, f"{DATA}/workshop:shop/title", **confirm))
        assert put(shop, session=session, **confirm).status == 204

    def test_tells_a_rehearsal_of_anothers_confirmed_commit_but_not_of_the_one_that_it_confirms(
        self, shop: Server
    ) -> None:
        candidate = f"/v1/candidate/{shop.request('POST', '/v1/candidate').json['id']}"
        rpc = f"{OPERATIONS}/pyconfhoard-candidates:validate-candidate"
        assert (
            put(shop, **{"PyConfHoard-Confirm-Timeout": "60", "PyConfHoard-Persist": "tonight"}).status == 201
        )
        shop.request("PUT", f"{candidate}/data/workshop:shop/load", {"workshop:load": 4})

        def tried(**headers: str) -> Answer:
            return shop.request("PUT", f"{TITLE}?dry-run", {"workshop:title": "Other"}, headers=headers)

        def checked(**headers: str) -> Answer:
            return shop.request("POST", f"{candidate}/validate", headers=headers)

        def called(**given: str) -> Answer:
            which = {"candidate": candidate.rpartition("/")[2], **given}
            return shop.request("POST", rpc, {"pyconfhoard-candidates:input": which})

        (objection,) = tried().json["pyconfhoard-history:dry-run"]["objection"]
        assert "a confirmed commit of admin waits for its confirmation" in objection
        assert in_use(checked())
        assert in_use(called())
        extends_nothing = {"PyConfHoard-Confirm-Timeout": "60"}
        assert "objection" in tried(**extends_nothing).json["pyconfhoard-history:dry-run"]
        confirms = {"PyConfHoard-Persist-Id": "tonight"}
        assert "objection" not in tried(**confirms).json["pyconfhoard-history:dry-run"]
        assert (checked(**confirms).status, called(**{"persist-id": "tonight"}).status) == (204, 204)
        unknown = {"PyConfHoard-Persist-Id": "another"}
        assert (tried(**unknown).status, checked(**unknown).status) == (400, 400)
        assert called(**{"persist-id": "another"}).status == 404
        assert put(shop, f"{DATA}/workshop:shop/title", **confirms).status == 204
        assert "objection" not in tried().json["pyconfhoard-history:dry-run"]
        assert checked().status == 204
        assert shop.request("DELETE", candidate).status == 204


class TestParts:
    def test_are_changed_by_the_session_that_has_the_lock_only(self, shop: Server) -> None:
        lock = output(shop, "lock", path=["/workshop:shop/title", "/workshop:shop/tool[name='saw']"])
        answer = put(shop)
        assert in_use(answer)
        assert answer.error["error-path"] == "/workshop:shop/title"
        assert shop.patch(DATA, {"ietf-restconf:data": {"workshop:shop": {"load": 4}}}).status == 204
        assert in_use(shop.request("POST", SHOP, {"workshop:tool": [{"name": "saw"}]}))
        assert shop.request("POST", SHOP, {"workshop:tool": [{"name": "axe"}]}).status == 201
        assert put(shop, session=lock["session"]).status == 201

    def test_are_told_by_the_check_of_a_candidate(self, shop: Server) -> None:
        session = output(shop, "lock", path=["/workshop:shop/title"])["session"]
        candidate = f"/v1/candidate/{shop.request('POST', '/v1/candidate').json['id']}"
        shop.request("PUT", f"{candidate}/data/workshop:shop/load", {"workshop:load": 4})
        assert shop.request("POST", f"{candidate}/validate").status == 204
        shop.request("PUT", f"{candidate}/data/workshop:shop/title", {"workshop:title": "Attic"})
        assert in_use(shop.request("POST", f"{candidate}/validate"))
        assert shop.request("POST", f"{candidate}/validate", headers={SESSION: session}).status == 204
        assert shop.request("DELETE", candidate).status == 204

    def test_of_two_sessions_do_not_meet(self, shop: Server) -> None:
        first = output(shop, "lock", path=["/workshop:shop/title"])
        answer = call(shop, "lock", path=["/workshop:shop"])
        assert (answer.status, answer.error["error-tag"]) == (409, "lock-denied")
        assert answer.error["error-path"] == "/workshop:shop"
        assert call(shop, "lock").status == 409
        second = output(shop, "lock", path=["/workshop:shop/load"])
        assert first["session"] != second["session"]
        mine = output(shop, "lock", first["session"], path=["/workshop:cellar"])
        assert [lock["id"] for lock in held(shop)] == [first["lock"], second["lock"], mine["lock"]]
        assert call(shop, "unlock", first["session"]).status == 204
        assert [lock["id"] for lock in held(shop)] == [second["lock"]]

    @pytest.mark.parametrize(
        ("given", "status"),
        [
            ({"path": ["/workshop:nowhere"]}, 404),
            ({"path": ["/workshop:shop/tool[name='saw']/worn"]}, 400),
            ({"path": ["/workshop:shop"], "target": "candidate"}, 501),
            ({"target": "operational"}, 400),
            ({"lease": 0}, 400),
            ({"lease": 86_401}, 400),
        ],
    )
    def test_that_there_are_not_are_refused(self, shop: Server, given: dict[str, Any], status: int) -> None:
        assert call(shop, "lock", **given).status == status
        assert held(shop) == []


class TestCandidate:
    def test_is_changed_committed_and_discarded_by_the_session_that_has_the_lock_only(
        self, shop: Server
    ) -> None:
        session = output(shop, "lock", target="candidate")["session"]
        place = "/restconf/ds/ietf-datastores:candidate/workshop:shop/title"
        below = f"{SHARED}/data/workshop:shop/title"
        rpcs = "/restconf/operations/pyconfhoard-candidates"

        def attempts(headers: dict[str, str]) -> list[Answer]:
            return [
                shop.request("PUT", place, BODY, headers=headers),
                shop.request("PUT", below, BODY, headers=headers),
                shop.request("POST", f"{rpcs}:discard-candidate", headers=headers),
                shop.request("DELETE", SHARED, headers=headers),
                shop.request("POST", f"{SHARED}/commit", headers=headers),
                shop.request("POST", f"{rpcs}:commit-candidate", headers=headers),
            ]

        assert all(in_use(answer) for answer in attempts({}))
        assert [answer.status for answer in attempts({SESSION: session})] == [201, 204, 204, 204, 200, 200]
        private = shop.request("POST", "/v1/candidate").json["id"]
        assert shop.request("PUT", place, BODY, headers={CANDIDATE: private}).status in {201, 204}
        assert put(shop).status in {201, 204}

    def test_gives_up_what_is_pending_with_the_lock_and_is_not_to_be_had_with_it(self, shop: Server) -> None:
        place = "/restconf/ds/ietf-datastores:candidate/workshop:shop/title"
        session = output(shop, "lock", target="candidate")["session"]
        assert put(shop, place, session).status == 201
        assert call(shop, "unlock", session).status == 204
        assert shop.get(f"{SHARED}/changes").json["changes"] == []
        assert put(shop, place).status == 201
        answer = call(shop, "lock", target="candidate")
        assert (answer.status, answer.error["error-tag"]) == (409, "lock-denied")


class TestLease:
    def test_is_renewed_for_one_lock_or_all_of_the_session(self, shop: Server) -> None:
        first = output(shop, "lock", lease=100)
        session = first["session"]
        second = output(shop, "lock", session, target="candidate", lease=50)
        one = output(shop, "renew-lock", session, lock=second["lock"], lease=3600)["expires"]
        assert one > first["expires"]
        assert first["expires"] <= output(shop, "renew-lock", session)["expires"] < one
        assert [lock["lease"] for lock in held(shop)] == [100, 3600]

    def test_is_that_of_its_session(self, shop: Server) -> None:
        lock = output(shop, "lock")
        for rpc in ("renew-lock", "unlock"):
            answer = call(shop, rpc, lock=lock["lock"])
            assert (answer.status, answer.error["error-tag"]) == (403, "access-denied")
            assert call(shop, rpc).status == 404
            assert call(shop, rpc, lock["session"], lock=lock["lock"] + 1).status == 404

    def test_ends_by_itself(self, shop: Server) -> None:
        output(shop, "lock", lease=1)
        assert in_use(put(shop))
        wait_for(lambda: put(shop).status == 201, "the lease is over")
        assert held(shop) == []


class TestSession:
    def test_is_the_word_of_the_request_or_one_that_is_made_up(self, shop: Server) -> None:
        mine = secrets.token_urlsafe(16)
        assert output(shop, "lock", mine)["session"] == mine
        assert put(shop, session=mine).status == 201
        assert call(shop, "unlock", mine).status == 204
        assert len(output(shop, "lock")["session"]) >= 16

    @pytest.mark.parametrize(
        "word", ["short", "x" * 65, "with a blank in it", "mit Umläut darin".encode().decode("latin-1")]
    )
    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("PUT", TITLE, BODY),
            ("PUT", f"{SHARED}/data/workshop:shop/title", BODY),
            ("POST", f"{SHARED}/commit", None),
            ("POST", f"{OPERATIONS}/pyconfhoard-locks:list-locks", None),
        ],
    )
    def test_that_can_be_guessed_is_none(
        self, shop: Server, word: str, method: str, path: str, body: Any
    ) -> None:
        answer = shop.request(method, path, body, headers={SESSION: word})
        assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")
        assert word.encode() not in answer.body

    def test_is_told_to_the_owner_of_its_locks(self, shop: Server) -> None:
        lock = output(shop, "lock", path=["/workshop:shop/title"], lease=77)
        (told,) = held(shop)
        expected = {
            "id": lock["lock"],
            "owner": "admin",
            "target": "running",
            "path": ["/workshop:shop/title"],
            "lease": 77,
            "session": lock["session"],
        }
        assert told | expected == told
        assert told["since"] < told["expires"]
