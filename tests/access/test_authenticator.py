"""Credentials to principals: tokens by their hash, passwords by theirs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path as File
from typing import Any

import pytest
from test_passwords import STORED, model

from pyconfhoard import schema as schemas
from pyconfhoard.access import ADMIN, Principal, Tokens
from pyconfhoard.access.authenticator import REMEMBERED, Authenticator
from pyconfhoard.access.tokens import token_digest
from pyconfhoard.errors import Unauthorized
from pyconfhoard.tree import Branch, Path, decode

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Desk:
    """An authenticator whose users and clocks can be changed."""

    def __init__(self, run: File, *users: dict[str, Any]) -> None:
        self.time = 0.0
        self.now = NOW
        self.tokens = Tokens(run)
        self.users(*users)
        self.auth = Authenticator(
            self.tokens, lambda: self.running, now=lambda: self.now, monotonic=lambda: self.time
        )

    def users(self, *users: dict[str, Any]) -> None:
        document = {"ietf-system:system": {"authentication": {"user": list(users)}}}
        self.running: Branch = decode(model().root, document, Path.ROOT)


def token(name: str, text: str, **leaves: str) -> dict[str, str]:
    return {"name": name, "sha256": token_digest(text), **leaves}


ANN = {"name": "ann", "password": STORED}


class TestBearer:
    def test_generated_tokens_stay_good(self, tmp_path):
        desk = Desk(tmp_path)
        assert desk.auth.bearer((tmp_path / "admin.token").read_text().strip()) is ADMIN

    def test_a_users_token_is_the_user_within_its_scope(self, tmp_path):
        mine = [token("all", "one"), token("look", "two", scope="read exec")]
        desk = Desk(tmp_path, {**ANN, "pyconfhoard-access:token": mine})
        assert desk.auth.bearer("one") == Principal("ann", "user")
        assert desk.auth.bearer("two") == Principal("ann", "user", rights=frozenset({"read", "exec"}))

    def test_is_good_until_it_expires(self, tmp_path):
        mine = [token("short", "one", expires="2026-11-21T13:00:00+01:00")]
        desk = Desk(tmp_path, {**ANN, "pyconfhoard-access:token": mine})
        desk.now = NOW - timedelta(seconds=1)
        assert desk.auth.bearer("one").name == "ann"
        desk.now = NOW
        with pytest.raises(Unauthorized, match="the token short of ann expired at"):
            desk.auth.bearer("one")

    @pytest.mark.parametrize(
        "odd", ["2026-99-99T99:99:99Z", "2016-12-31T23:59:60Z", "9999-12-31T23:59:59.123456789+14:00"]
    )
    def test_with_an_odd_expiry_keeps_nobody_else_out(self, tmp_path, odd):
        mine = [token("odd", "one", expires=odd), token("good", "two")]
        desk = Desk(tmp_path, {**ANN, "pyconfhoard-access:token": mine})
        assert desk.auth.bearer("two").name == "ann"
        if odd.startswith("9999"):
            assert desk.auth.bearer("one").name == "ann"
        else:
            with pytest.raises(Unauthorized, match="expired"):
                desk.auth.bearer("one")

    def test_is_good_for_nothing_once_it_is_revoked(self, tmp_path):
        desk = Desk(tmp_path, {**ANN, "pyconfhoard-access:token": [token("t", "one")]})
        desk.auth.bearer("one")
        desk.users(ANN)
        with pytest.raises(Unauthorized):
            desk.auth.bearer("one")

    @pytest.mark.parametrize("wrong", ["", "two", token_digest("one"), "\udc80"])
    def test_unknown_ones_are_refused(self, tmp_path, wrong):
        desk = Desk(tmp_path, {**ANN, "pyconfhoard-access:token": [token("t", "one")]})
        with pytest.raises(Unauthorized):
            desk.auth.bearer(wrong)


class TestPasswords:
    def test_name_and_password_are_the_user(self, tmp_path):
        assert Desk(tmp_path, ANN).auth.check("ann", "word") == Principal("ann", "user")

    @pytest.mark.parametrize(("name", "password"), [("ann", "wrong"), ("bob", "word"), ("", ""), ("key", "")])
    def test_wrong_ones_are_refused_with_the_same_words(self, tmp_path, name, password):
        desk = Desk(tmp_path, ANN, {"name": "key"})
        with pytest.raises(Unauthorized, match=r"^the name or the password is wrong$"):
            desk.auth.check(name, password)

    def test_nobody_logs_in_under_the_name_of_a_thing(self, tmp_path):
        desk = Desk(tmp_path, {**ANN, "name": "Probe"})
        desk.tokens.know({"Probe": (token_digest("x"), Path.ROOT)})
        with pytest.raises(Unauthorized, match="Probe is the name of a Thing"):
            desk.auth.check("Probe", "word")

    def test_success_is_remembered_for_a_while_and_failure_is_not(self, tmp_path):
        desk = Desk(tmp_path, ANN)
        assert desk.auth.remembered("ann", "word") is None
        desk.auth.check("ann", "word")
        assert desk.auth.remembered("ann", "word") == Principal("ann", "user")
        assert desk.auth.remembered("ann", "wrong") is None
        assert desk.auth.remembered("an", "nword") is None
        desk.time = REMEMBERED + 1
        assert desk.auth.remembered("ann", "word") is None

    def test_that_were_good_are_familiar_until_they_change(self, tmp_path):
        desk = Desk(tmp_path, ANN)
        assert not desk.auth.familiar("ann", "word")
        desk.auth.check("ann", "word")
        desk.time = REMEMBERED * 100
        assert desk.auth.familiar("ann", "word")
        assert not desk.auth.familiar("ann", "wrong")
        desk.users({"name": "ann"})
        assert not desk.auth.familiar("ann", "word")

    def test_a_changed_password_is_not_remembered(self, tmp_path):
        desk = Desk(tmp_path, ANN)
        desk.auth.check("ann", "word")
        desk.users({"name": "ann"})
        assert desk.auth.remembered("ann", "word") is None

    def test_are_taken_when_a_user_has_one(self, tmp_path):
        assert Desk(tmp_path, ANN).auth.takes_passwords
        assert not Desk(tmp_path, {"name": "key"}).auth.takes_passwords
        assert not Desk(tmp_path).auth.takes_passwords

    def test_without_users_in_the_model_there_are_none(self, tmp_path):
        desk = Desk(tmp_path)
        desk.running = Branch(schemas.load(["ietf-netconf-acm"]).root, {})
        with pytest.raises(Unauthorized):
            desk.auth.check("ann", "word")
