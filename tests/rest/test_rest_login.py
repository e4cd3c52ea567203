"""Users log in by name and password or by a token of theirs, and the rules they begin with bind them."""

import http.client
import secrets
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from serving import Answer, Server, serving

from pyconfhoard.access.tokens import token_digest

USERS = "/restconf/data/ietf-system:system/authentication"
GROUPS = "/restconf/data/ietf-netconf-acm:nacm/groups"
SETPOINT = "/restconf/data/brewerslab:brewhouse/temperature/fermentation/setpoint"
TOKEN = secrets.token_urlsafe(32)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One with a user in each group."""
    with serving(tmp_path_factory.mktemp("login") / "datastore", modules=["brewerslab"]) as server:
        people = ("adam", "olga", "vera", "nora")
        users: list[dict[str, object]] = [{"name": name, "password": f"$0$of {name}"} for name in people]
        users[1]["pyconfhoard-access:token"] = [
            {"name": "look", "sha256": token_digest(TOKEN), "scope": "read"}
        ]
        assert server.patch(USERS, {"ietf-system:authentication": {"user": users}}).status == 204
        named = zip(("admin", "operator", "viewer"), people, strict=False)
        groups = [{"name": group, "user-name": [person]} for group, person in named]
        assert server.patch(GROUPS, {"ietf-netconf-acm:groups": {"group": groups}}).status == 204
        assert server.request("PUT", SETPOINT, {"brewerslab:setpoint": "18.0"}).status == 201
        yield server


def ask(server: Server, name: str, method: str, path: str, body: object = None, password: str = "") -> Answer:
    """A request of a user, by password."""
    given = b64encode(f"{name}:{password or f'of {name}'}".encode()).decode()
    return server.request(method, path, body, token="", headers={"Authorization": f"Basic {given}"})


class TestLogin:
    @pytest.mark.parametrize("name", ["adam", "olga", "vera"])
    def test_by_name_and_password(self, server, name):
        assert ask(server, name, "GET", SETPOINT).json == {"brewerslab:setpoint": "18.0"}

    @pytest.mark.parametrize(("name", "password"), [("adam", "wrong"), ("nobody", "of adam"), ("", "x")])
    def test_that_is_wrong_is_401_with_the_ways_in_and_a_line_in_the_log(self, server, name, password):
        answer = ask(server, name, "GET", SETPOINT, password=password)
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == (
            'Basic realm="pyconfhoard", charset="UTF-8", Bearer realm="pyconfhoard"'
        )
        assert "the name or the password is wrong" in answer.error["error-message"]
        line = f"login of {name!r} from 127.0.0.1 refused: the name or the password is wrong"
        assert line in server.log.read_text()

    def test_that_is_wrong_tells_where_the_token_is_on_this_machine_only(self, server):
        def told(source: str) -> str:
            connection = http.client.HTTPConnection(
                "127.0.0.1", server.port, timeout=60, source_address=(source, 0)
            )
            try:
                connection.request("GET", SETPOINT)
                answer = connection.getresponse()
                assert answer.status == 401
                return answer.read().decode()
            finally:
                connection.close()

        assert str(server.folder) in told("127.0.0.1")
        assert str(server.folder) not in told("127.0.0.2")

    @pytest.mark.parametrize(
        "header", ["Basic", "Basic ?", "Basic YWJj", f"Basic {b64encode(b'a:').decode()}x"]
    )
    def test_that_cannot_be_read_is_401(self, server, header):
        assert server.get(SETPOINT, token="", headers={"Authorization": header}).status == 401

    def test_by_a_token_is_as_good_as_its_scope(self, server):
        assert server.get(SETPOINT, token=TOKEN).status == 200
        answer = server.patch(SETPOINT, {"brewerslab:setpoint": "19.0"}, token=TOKEN)
        assert answer.status == 403
        assert answer.error["error-message"] == "olga may not update this: the scope of the token"

    def test_by_a_token_with_a_scope_makes_none_without(self, server):
        given = {"user": "adam", "name": "narrow", "scope": "create read update exec"}
        rpc = "/restconf/operations/pyconfhoard-access:create-token"
        made = server.request("POST", rpc, {"pyconfhoard-access:input": given})
        token = made.json["pyconfhoard-access:output"]["token"]
        wide = {"pyconfhoard-access:input": {"user": "adam", "name": "wide"}}
        password = {"ietf-system:password": "$0$of another"}
        for answer in (
            server.request("POST", rpc, wide, token=token),
            server.request("PUT", f"{USERS}/user=adam/password", password, token=token),
        ):
            assert answer.status == 403
            assert "a token with a scope changes no users" in answer.error["error-message"]
        assert server.patch(SETPOINT, {"brewerslab:setpoint": "18.0"}, token=token).status == 204

    def test_keeps_no_clear_password_anywhere(self, server):
        told = server.get(f"{USERS}/user=adam").body
        assert b"$6$rounds=" in told
        assert b"of adam" not in told
        for file in server.folder.rglob("*"):
            assert not file.is_file() or b"$0$of" not in file.read_bytes(), file


class TestFirstRules:
    """What the groups of a fresh hoard may do."""

    SOME = ("PATCH", SETPOINT, {"brewerslab:setpoint": "18.0"})
    RULES = ("GET", "/restconf/data/ietf-netconf-acm:nacm")
    MAKE = (
        "POST",
        "/restconf/data/ietf-netconf-acm:nacm/groups",
        {"ietf-netconf-acm:group": [{"name": "x"}]},
    )

    LISTEN = (
        "POST",
        "/restconf/operations/ietf-subscribed-notifications:establish-subscription",
        {"ietf-subscribed-notifications:input": {"stream": "NETCONF"}},
    )
    UNDO = (
        "POST",
        "/restconf/operations/pyconfhoard-history:undo",
        {"pyconfhoard-history:input": {"revision": "1"}},
    )

    @pytest.mark.parametrize(
        ("name", "request_", "status"),
        [
            ("vera", LISTEN, 200),
            ("nora", LISTEN, 403),
            ("vera", UNDO, 403),
            ("adam", SOME, 204),
            ("olga", SOME, 204),
            ("vera", SOME, 403),
            ("nora", SOME, 403),
            ("nora", ("GET", SETPOINT), 404),
            ("adam", RULES, 200),
            ("olga", RULES, 404),
            ("vera", RULES, 404),
            ("olga", MAKE, 403),
            ("adam", ("GET", f"{USERS}/user=vera"), 200),
            ("olga", ("GET", f"{USERS}/user=vera"), 404),
            ("vera", ("GET", f"{USERS}/user=vera"), 200),
            ("vera", ("GET", "/v1/discover"), 200),
        ],
    )
    def test_bind_each_group(self, server, name, request_, status):
        assert ask(server, name, *request_).status == status

    def test_let_those_lock_who_may_edit_and_administrators_break_a_lock(self, server):
        def call(name, rpc, **given):
            body = {"pyconfhoard-locks:input": given} if given else None
            return ask(server, name, "POST", f"/restconf/operations/pyconfhoard-locks:{rpc}", body)

        assert call("vera", "lock").status == 403
        lock = call("olga", "lock").json["pyconfhoard-locks:output"]["lock"]
        assert call("vera", "list-locks").json["pyconfhoard-locks:output"]["lock"][0]["owner"] == "olga"
        assert [call(name, "break-lock", lock=lock).status for name in ("vera", "olga", "adam")] == [
            403,
            403,
            204,
        ]

    def test_let_everybody_change_the_own_password_only(self, server):
        for own, whose, status in (("vera", "vera", 204), ("vera", "adam", 403), ("olga", "olga", 204)):
            body = {"ietf-system:password": f"$0$of {whose}"}
            assert ask(server, own, "PUT", f"{USERS}/user={whose}/password", body).status == status
            assert ask(server, whose, "GET", SETPOINT).status == 200

    def test_leave_out_of_answers_what_may_not_be_read(self, server):
        whole = ask(server, "vera", "GET", "/restconf/data?content=config").json["ietf-restconf:data"]
        assert "ietf-netconf-acm:nacm" not in whole
        assert [user["name"] for user in whole["ietf-system:system"]["authentication"]["user"]] == ["vera"]
        everything = ask(server, "adam", "GET", "/restconf/data?content=config").json["ietf-restconf:data"]
        assert len(everything["ietf-system:system"]["authentication"]["user"]) == 4

    @pytest.mark.parametrize(
        ("rpc", "given"),
        [
            ("show-revision", {"revision": "2"}),
            ("compare", {"from": "0"}),
            ("compare", {"from": "0", "path": USERS.removeprefix("/restconf/data")}),
            ("blame", {"path": "/"}),
            ("blame", {"path": "/ietf-system:system"}),
        ],
    )
    def test_let_viewers_see_the_past_as_far_as_they_may_read(self, server, rpc, given):
        request = (
            "POST",
            f"/restconf/operations/pyconfhoard-history:{rpc}",
            {"pyconfhoard-history:input": given},
        )
        assert (
            ask(server, "vera", "POST", "/restconf/operations/pyconfhoard-history:list-revisions").status
            == 200
        )
        told = ask(server, "vera", *request)
        assert told.status == 200
        assert b"adam" not in told.body
        assert b"adam" in server.request(*request).body

    def test_have_the_module_at_each_step_of_their_paths(self, server):
        told = server.get("/restconf/data/ietf-netconf-acm:nacm/rule-list")
        paths = [
            rule["path"]
            for one in told.json["ietf-netconf-acm:rule-list"]
            for rule in one["rule"]
            if "path" in rule
        ]
        assert (
            "/ietf-system:system/ietf-system:authentication/ietf-system:user[ietf-system:name=$USER]" in paths
        )
        assert all(step.count(":") >= 1 for path in paths for step in path[1:].split("/"))

    def test_show_those_who_may_read_them_the_rule_that_denied(self, server):
        assert ask(server, "vera", *self.SOME).error["error-message"] == "vera may not update this"

    def test_do_not_bind_the_holder_of_the_generated_token(self, server):
        assert server.get("/restconf/data/ietf-netconf-acm:nacm").status == 200

    def test_know_no_user_called_admin(self, server):
        body = {"ietf-system:authentication": {"user": [{"name": "admin"}]}}
        answer = server.patch(USERS, body)
        assert (answer.status, answer.error["error-tag"]) == (412, "operation-failed")
        assert "choose another name" in answer.error["error-message"]

    def test_answer_that_leaves_something_out_is_never_not_modified(self, server):
        tag = ask(server, "vera", "GET", USERS).headers["etag"]
        given = b64encode(b"vera:of vera").decode()
        again = {"Authorization": f"Basic {given}", "If-None-Match": tag}
        assert server.get(USERS, token="", headers=again).status == 200
        tag = server.get(USERS).headers["etag"]
        assert server.get(USERS, headers={"If-None-Match": tag}).status == 304


class TestTokens:
    MAKE = "/restconf/operations/pyconfhoard-access:create-token"

    def make(self, server: Server, by: str, **given: object) -> Answer:
        return ask(server, by, "POST", self.MAKE, {"pyconfhoard-access:input": given})

    def test_are_told_once_and_good_until_they_are_removed(self, server):
        answer = self.make(server, "adam", user="olga", name="ci", scope="read update", lifetime=3600)
        assert answer.status == 200
        told = answer.json["pyconfhoard-access:output"]
        token = told["token"]
        assert server.patch(SETPOINT, {"brewerslab:setpoint": "18.0"}, token=token).status == 204
        assert server.request("DELETE", SETPOINT, token=token).status == 403
        kept = server.get(f"{USERS}/user=olga/pyconfhoard-access:token=ci").json
        (entry,) = kept["pyconfhoard-access:token"]
        assert entry["sha256"] == token_digest(token)
        assert (entry["scope"], entry["expires"]) == ("read update", told["expires"])
        assert token.encode() not in server.get("/restconf/data").body
        assert server.request("DELETE", f"{USERS}/user=olga/pyconfhoard-access:token=ci").status == 204
        assert server.get(SETPOINT, token=token).status == 401

    def test_take_the_right_to_make_them(self, server):
        for name in ("olga", "vera"):
            answer = self.make(server, name, user=name, name="mine")
            assert (answer.status, answer.error["error-tag"]) == (403, "access-denied")

    def test_are_for_users_that_there_are(self, server):
        assert self.make(server, "adam", user="nobody", name="x").status == 409
        assert self.make(server, "adam", user="olga", name="not a name").status == 400


class TestCounters:
    def test_tell_what_was_denied(self, server):
        path = "/restconf/data/ietf-netconf-acm:nacm/denied-data-writes"
        before = server.get(path).json["ietf-netconf-acm:denied-data-writes"]
        ask(server, "vera", "PATCH", SETPOINT, {"brewerslab:setpoint": "18.0"})
        assert server.get(path).json["ietf-netconf-acm:denied-data-writes"] == before + 1


class TestAudit:
    def test_tells_who_did_what_from_where_and_what_came_of_it(self, server):
        changed = ask(server, "adam", "PATCH", SETPOINT, {"brewerslab:setpoint": "18.5"})
        assert changed.status == 204
        ask(server, "vera", "PATCH", SETPOINT, {"brewerslab:setpoint": "18.5"})
        ask(server, "vera", "GET", "/restconf/data/ietf-netconf-acm:nacm")
        server.get(f"{SETPOINT}?x=%0aforged", token="wrong")
        log = server.log.read_text()
        revision = changed.headers["pyconfhoard-revision"]
        for line in (
            f"adam from 127.0.0.1: PATCH {SETPOINT}: 204, revision {revision}",
            f"vera from 127.0.0.1: PATCH {SETPOINT}: 403",
            "vera from 127.0.0.1: GET /restconf/data/ietf-netconf-acm:nacm: 404",
            f"- from 127.0.0.1: GET {SETPOINT}: 401",
        ):
            assert f"{line}\n" in log

    def test_takes_no_line_for_reading(self, server):
        before = server.log.read_text().count("adam from")
        ask(server, "adam", "GET", SETPOINT)
        assert server.log.read_text().count("adam from") == before

    def test_has_one_line_whatever_the_url_holds(self, server):
        server.request("DELETE", "/restconf/data/x%0Aroot%20from%20here")
        assert "DELETE /restconf/data/x\\nroot from here: 404\n" in server.log.read_text()


def test_errors_do_not_repeat_secrets(server):
    for body in ({"ietf-system:password": "hunter2"}, {"ietf-system:password": ["hunter2"]}):
        answer = server.request("PUT", f"{USERS}/user=vera/password", body)
        assert answer.status == 400
        assert "hunter2" not in str(answer.errors)


def test_many_failures_at_once_are_sent_away_instead_of_taking_the_places_of_others(tmp_path):
    with serving(tmp_path / "datastore", modules=["brewerslab"]) as server:
        body = {"ietf-system:authentication": {"user": [{"name": "ann", "password": "$0$word"}]}}
        assert server.patch(USERS, body).status == 204
        with ThreadPoolExecutor(20) as pool:
            tries = [pool.submit(ask, server, "ann", "GET", SETPOINT, None, f"wrong {n}") for n in range(20)]
            answers = [one.result() for one in tries]
        assert {answer.status for answer in answers} == {401, 429}
        refused = next(answer for answer in answers if answer.status == 429)
        assert int(refused.headers["retry-after"]) >= 1
        assert server.get("/healthz", token="").status == 200
        assert server.get(SETPOINT).status == 200  # a token does not wait


def test_requests_that_come_together_with_the_same_password_are_one_login(tmp_path):
    with serving(tmp_path / "datastore", modules=["brewerslab"]) as server:
        body = {"ietf-system:authentication": {"user": [{"name": "ann", "password": "$0$word"}]}}
        assert server.patch(USERS, body).status == 204
        with ThreadPoolExecutor(12) as pool:
            tries = [pool.submit(ask, server, "ann", "GET", SETPOINT, None, "word") for _ in range(12)]
            assert {one.result().status for one in tries} == {404}
