"""Tokens: made once, kept private, compared safely; and what their holders may do."""

import pytest

from pyconfhoard.access import ADMIN, Principal, Tokens
from pyconfhoard.access.tokens import token_digest
from pyconfhoard.errors import AccessDenied, StoreError, Unauthorized
from pyconfhoard.tree import Path, Step

TEMPERATURE = Path((Step("b:brewhouse"), Step("temperature")))
POWER = Path((Step("b:brewhouse"), Step("power")))


class TestTokens:
    def test_make_the_administrators_at_the_first_start_readable_by_its_owner_only(self, tmp_path):
        tokens = Tokens(tmp_path)
        file = tmp_path / "admin.token"
        assert tokens.admin_file == file
        assert file.stat().st_mode & 0o777 == 0o600
        assert len(file.read_text().strip()) >= 43
        assert tokens.authenticate(file.read_text().strip()) is ADMIN

    def test_keep_the_administrators_over_a_restart(self, tmp_path):
        Tokens(tmp_path)
        before = (tmp_path / "admin.token").read_text()
        Tokens(tmp_path)
        assert (tmp_path / "admin.token").read_text() == before

    def test_close_an_administrators_file_that_others_could_read(self, tmp_path):
        (tmp_path / "admin.token").write_text("chosen-by-me\n")
        (tmp_path / "admin.token").chmod(0o644)
        tokens = Tokens(tmp_path)
        assert (tmp_path / "admin.token").stat().st_mode & 0o777 == 0o600
        assert tokens.authenticate("chosen-by-me") is ADMIN

    def test_never_take_an_empty_file_for_an_empty_password(self, tmp_path):
        (tmp_path / "admin.token").write_text("\n")
        tokens = Tokens(tmp_path)
        with pytest.raises(Unauthorized):
            tokens.authenticate("")

    @pytest.mark.parametrize("wrong", ["", "x", "ä", "\udc80", "a" * 10_000])
    def test_refuse_what_they_do_not_know(self, tmp_path, wrong):
        with pytest.raises(Unauthorized) as error:
            Tokens(tmp_path).authenticate(wrong)
        assert error.value.faults[0].tag == "access-denied"

    def test_of_a_thing_stand_for_its_subtree(self, tmp_path):
        tokens = Tokens(tmp_path)
        token, digest = tokens.issue("Probe")
        assert digest == token_digest(token)
        tokens.know({"Probe": (digest, TEMPERATURE)})
        assert tokens.authenticate(token) == Principal("Probe", "thing", TEMPERATURE, frozenset({"things"}))
        assert tokens.thing_file("Probe").stat().st_mode & 0o777 == 0o600

    def test_of_a_thing_stay_when_it_registers_again(self, tmp_path):
        tokens = Tokens(tmp_path)
        first = tokens.issue("Probe")
        tokens.know({"Probe": (first[1], TEMPERATURE)})
        assert tokens.issue("Probe") == first

    def test_of_a_thing_are_made_anew_when_its_file_is_lost(self, tmp_path):
        tokens = Tokens(tmp_path)
        first = tokens.issue("Probe")
        tokens.know({"Probe": (first[1], TEMPERATURE)})
        tokens.thing_file("Probe").unlink()
        assert tokens.issue("Probe") != first

    def test_of_a_thing_without_one_are_no_empty_password(self, tmp_path):
        tokens = Tokens(tmp_path)
        tokens.know({"Probe": ("", TEMPERATURE)})
        with pytest.raises(Unauthorized):
            tokens.authenticate("")

    def test_say_when_they_cannot_be_written(self, tmp_path):
        with pytest.raises(StoreError, match=r"run/admin\.token cannot be written"):
            Tokens(tmp_path / "missing")


class TestPrincipal:
    thing = Principal("Probe", "thing", TEMPERATURE)

    def test_administrator_may_link_as_any_thing(self):
        assert ADMIN.is_admin
        assert ADMIN.may_link("Probe")

    def test_thing_may_link_as_itself_only(self):
        assert self.thing.may_link("Probe")
        assert not self.thing.may_link("Power")
        assert not self.thing.is_admin

    def test_user_may_not_link_even_under_the_name_of_a_thing(self):
        assert not Principal("Probe", "user").may_link("Probe")

    def test_demand_says_who_may_not_do_what_where(self):
        self.thing.demand(True, "write", TEMPERATURE)
        with pytest.raises(AccessDenied, match="Probe may not write here") as error:
            self.thing.demand(False, "write", POWER)
        assert error.value.faults[0].path == "/b:brewhouse/power"
