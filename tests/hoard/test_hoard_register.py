"""Registering Things: who owns what, first data, tokens, and models that come and go."""

import asyncio
import json

import pytest
from cellar import PUMP, ROOM, YANG, commit, edit, value

from pyconfhoard.errors import BadInput, Conflict, ModelError, NotFound, StoreError
from pyconfhoard.hoard import SHARED, Hoard
from pyconfhoard.hoard.bridge import run_sync
from pyconfhoard.hoard.first_boot import write_first_boot


class TestRegister:
    def test_makes_an_owner_with_a_token_and_a_startup_file(self, hoard):
        done = hoard.register_now("Pump", "cellar", "/house/pump", "The pump")
        assert (str(done.owner.path), done.owner.title, done.owner.kind) == (PUMP, "The pump", "thing")
        assert hoard.owners["Pump"] == done.owner
        assert json.loads((hoard.folder / "startup" / "Pump.json").read_text()) == {"cellar:mode": "off"}
        who = hoard.tokens.authenticate(done.token)
        assert (who.name, who.path) == ("Pump", done.owner.path)

    def test_takes_the_path_with_the_modules_name_too(self, hoard):
        assert hoard.register_now("Pump", "cellar", PUMP).owner.path == hoard.owners["Pump"].path

    def test_is_remembered(self, hoard, start):
        token = hoard.register_now("Pump", "cellar", "/house/pump").token
        hoard.close()
        hoard = start(modules=())
        assert str(hoard.owners["Pump"].path) == PUMP
        assert hoard.tokens.authenticate(token).name == "Pump"

    def test_of_the_same_again_is_fine_and_gives_the_same_token(self, hoard):
        first = hoard.register_now("Pump", "cellar", "/house/pump")
        commit(hoard, f"{PUMP}/mode", "on")
        assert hoard.register_now("Pump", "cellar", "/house/pump") == first
        assert value(hoard, f"{PUMP}/mode") == "on"

    def test_with_another_path_replaces_it(self, hoard):
        hoard.register_now("Pump", "cellar", "/house/pump")
        hoard.register_now("Pump", "cellar", "/house/room")
        assert str(hoard.owners["Pump"].path) == ROOM
        startup = json.loads((hoard.folder / "startup" / "Pump.json").read_text())
        assert startup == {"cellar:setpoint": "12.0", "cellar:low": "10.0"}
        assert not list((hoard.folder / "persist").glob("*refused*"))

    def test_does_not_overwrite_a_startup_file(self, hoard):
        file = hoard.folder / "startup" / "Pump.json"
        file.write_text('{"cellar:mode": "auto"}')
        hoard.register_now("Pump", "cellar", "/house/pump")
        assert file.read_text() == '{"cellar:mode": "auto"}'
        assert value(hoard, f"{PUMP}/mode") == "auto"

    def test_of_the_same_again_leaves_its_first_boot_file_as_it_is(self, hoard):
        hoard.register_now("Pump", "cellar", "/house/pump")
        commit(hoard, f"{PUMP}/mode", "on")
        run_sync(write_first_boot(hoard))
        hoard.register_now("Pump", "cellar", "/house/pump", "The pump")
        startup = json.loads((hoard.folder / "startup" / "Pump.json").read_text())
        assert startup == {"cellar:mode": "on"}

    def test_is_refused_while_a_session_has_locked_startup_but_not_of_the_same_again(self, hoard):
        hoard.register_now("Pump", "cellar", "/house/pump")
        hoard.locks.acquire("ann", target="startup")
        hoard.register_now("Pump", "cellar", "/house/pump")
        with pytest.raises(Conflict, match="ann has locked startup"):
            hoard.register_now("Room", "cellar", "/house/room")
        assert "Room" not in hoard.owners

    def test_leaves_the_data_that_is_there_to_the_thing(self, hoard):
        commit(hoard, f"{PUMP}/mode", "on")
        (hoard.folder / "startup" / "Pump.json").write_text('{"cellar:mode": "auto"}')
        hoard.register_now("Pump", "cellar", "/house/pump")
        assert value(hoard, f"{PUMP}/mode") == "on"
        hoard.upkeep.keeper.flush()
        assert json.loads((hoard.folder / "persist" / "Pump.json").read_text()) == {"cellar:mode": "on"}
        assert json.loads((hoard.folder / "persist" / "cellar.json").read_text()) == {}

    def test_of_a_list_entry_gives_files_with_its_keys(self, hoard):
        hoard.register_now("Best", "cellar", "/bottle[name='a b']")
        file = hoard.folder / "startup" / "Best.json"
        assert json.loads(file.read_text()) == {"cellar:name": "a b"}
        hoard.commit_now([], author="me")
        commit(hoard, "/cellar:bottle[name='a b']", {"name": "a b", "year": 1999})
        hoard.upkeep.keeper.flush()
        persisted = json.loads((hoard.folder / "persist" / "Best.json").read_text())
        assert persisted == {"cellar:name": "a b", "cellar:year": 1999}

    @pytest.mark.parametrize(
        ("name", "path", "error", "words"),
        [
            ("Pump", "/house/pmup", NotFound, "pump"),
            ("Pump", "/house/room/setpoint", BadInput, "owns a container"),
            ("Pump", "/bottle", BadInput, "owns a container"),
            ("Pump", "/house/room/results", BadInput, "of configuration"),
            ("../x", "/house/pump", BadInput, "letters, digits"),
            ("", "/house/pump", BadInput, "letters, digits"),
            ("admin", "/house/pump", BadInput, "the administrator"),
            ("cellar", "/house/pump", BadInput, "the name of a module"),
            ("Pump", "/house/pump[", BadInput, "pump"),
        ],
    )
    def test_of_what_cannot_be_an_owner_is_refused_and_changes_nothing(self, hoard, name, path, error, words):
        with pytest.raises(error, match=words):
            hoard.register_now(name, "cellar", path)
        assert list(hoard.owners) == ["cellar"]
        assert [row.name for row in hoard.journal.owners()] == ["cellar"]
        assert not list((hoard.folder / "startup").iterdir())

    @pytest.mark.parametrize("path", ["/house/pump", "/house"])
    def test_of_what_another_owns_is_refused_with_both_names(self, hoard, path):
        hoard.register_now("Pump", "cellar", "/house/pump")
        with pytest.raises(Conflict, match=f"Second cannot own .*: Pump owns {PUMP}"):
            hoard.register_now("Second", "cellar", path)
        assert set(hoard.owners) == {"Pump", "cellar"}

    def test_with_a_bad_startup_file_is_refused_and_changes_nothing(self, hoard):
        (hoard.folder / "startup" / "Pump.json").write_text('{"cellar:sensor": "none"}')
        with pytest.raises(StoreError, match=r"startup/Pump\.json"):
            hoard.register_now("Pump", "cellar", "/house/pump")
        assert "Pump" not in hoard.owners
        assert hoard.revision == 0

    def test_in_a_loop_does_the_same(self, hoard):
        done = asyncio.run(hoard.register("Pump", "cellar", "/house/pump"))
        assert hoard.tokens.authenticate(done.token).name == "Pump"

    def test_needs_a_module_that_there_is(self, hoard):
        with pytest.raises(ModelError, match="nowhere"):
            hoard.register_now("X", "nowhere", "/x")
        assert set(hoard.owners) == {"cellar"}


class TestNewModule:
    def test_joins_the_others_with_all_their_data(self, hoard, start):
        commit(hoard, f"{ROOM}/setpoint", "18.5")
        hoard.register_now("Pantry", "pantry", "/shelf")
        assert "pantry" in hoard.schema.modules
        assert value(hoard, f"{ROOM}/setpoint") == "18.5"
        commit(hoard, "/pantry:shelf/label", "jam")
        hoard.close()
        hoard = start()
        assert value(hoard, "/pantry:shelf/label") == "jam"
        assert hoard.revision == 2

    def test_can_be_the_first_one(self, start):
        hoard = start(modules=())
        assert hoard.owners == {}
        hoard.register_now("Pantry", "pantry", "/shelf")
        assert set(hoard.owners) == {"Pantry", "pantry"}

    def test_leaves_to_candidates_what_is_pending_in_them(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.0")
        private = hoard.candidates.create("me")
        hoard.candidates.edit(private.id, [edit(hoard, "remove", f"{ROOM}/setpoint")])
        hoard.candidates.edit(SHARED, [edit(hoard, "merge", f"{ROOM}/high", "30.0")])
        commit(hoard, f"{PUMP}/mode", "on")
        hoard.register_now("Pantry", "pantry", "/shelf")
        hoard.candidates.edit(private.id, [edit(hoard, "merge", "/pantry:shelf/label", "jam")])
        assert private.revision == 1
        hoard.candidates.commit_now(private.id)
        assert value(hoard, "/cellar:house") == {"pump": {"mode": "on"}}
        hoard.candidates.commit_now(SHARED, author="me")
        assert value(hoard, "/cellar:house") == {"pump": {"mode": "on"}, "room": {"high": "30.0"}}
        assert value(hoard, "/pantry:shelf/label") == "jam"

    def test_keeps_what_is_operational(self, hoard):
        hoard.register_now("Room", "cellar", "/house/room")
        hoard.publish("Room", {"results": {"latest": "18.5"}})
        hoard.register_now("Pantry", "pantry", "/shelf")
        assert value(hoard, f"{ROOM}/results/latest", hoard.operational) == "18.5"

    def test_that_does_not_compile_changes_nothing(self, folder, tmp_path, start):
        models = tmp_path / "models"
        models.mkdir()
        (models / "broken.yang").write_text(
            "module broken { namespace 'urn:b'; prefix b; leaf x { type nope; } }"
        )
        hoard = start(yang=[models, YANG])
        before = hoard.state
        with pytest.raises(ModelError, match="nope"):
            hoard.register_now("Broken", "broken", "/x")
        assert hoard.state is before


class TestChangedModel:
    @pytest.fixture
    def models(self, tmp_path):
        models = tmp_path / "models"
        models.mkdir()
        return models

    def model(self, models, body):
        text = f"module m {{ yang-version 1.1; namespace 'urn:m'; prefix m; {body} }}"
        (models / "m.yang").write_text(text)

    def test_has_no_words_for_a_candidate_which_is_discarded_and_that_is_told(self, models, start, caplog):
        self.model(models, "container c { leaf a { type uint8; } leaf b { type uint8; } }")
        hoard = start(yang=[models, YANG], modules=["m"])
        candidate, other = (hoard.candidates.create(name) for name in ("ann", "bob"))
        hoard.candidates.edit(candidate.id, [edit(hoard, "merge", "/m:c/a", 7)])
        hoard.candidates.edit(other.id, [edit(hoard, "merge", "/m:c/b", 7)])
        self.model(models, "container c { leaf b { type uint8; } }")
        hoard.register_now("Pantry", "pantry", "/shelf")
        with pytest.raises(NotFound):
            hoard.candidates.get(candidate.id)
        assert "the candidate of ann does not fit the new model and is discarded: /m:c" in caplog.text
        hoard.candidates.commit_now(other.id)
        assert value(hoard, "/m:c") == {"b": 7}

    def test_that_the_data_fits_goes_on(self, models, start):
        self.model(models, "container c { leaf a { type uint8; } }")
        hoard = start(yang=[models], modules=["m"])
        commit(hoard, "/m:c/a", 7)
        hoard.close()
        self.model(models, "container c { leaf a { type uint16; } leaf b { type string; default x; } }")
        hoard = start(yang=[models], modules=["m"])
        assert (value(hoard, "/m:c"), hoard.revision) == ({"a": 7}, 1)
        commit(hoard, "/m:c/b", "y")
        hoard.close()
        assert value(start(yang=[models], modules=["m"]), "/m:c") == {"a": 7, "b": "y"}

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ("container c { leaf a { type uint8 { range 0..5; } } }", "/m:c/a"),
            ("container c { leaf b { type uint8; } }", "there is no 'a'"),
            ("container c { leaf a { type uint8; must '. < 5' { error-message 'too many'; } } }", "too many"),
        ],
    )
    def test_that_the_data_does_not_fit_waits_and_the_old_one_serves(
        self, models, start, body, words, caplog
    ):
        before = "container c { leaf a { type uint8; } }"
        self.model(models, before)
        hoard = start(yang=[models], modules=["m"])
        commit(hoard, "/m:c/a", 7)
        hoard.close()
        self.model(models, body)
        hoard = start(yang=[models], modules=["m"])
        assert words in str(hoard.waiting.error())
        assert "the old model keeps serving" in caplog.text
        assert "./launch --upgrade" in caplog.text
        assert words in caplog.text
        assert commit(hoard, "/m:c/a", 8).revision == 2
        hoard.close()
        self.model(models, before)
        hoard = start(yang=[models], modules=["m"])
        assert (value(hoard, "/m:c/a"), hoard.waiting) == (8, None)

    def test_without_the_module_of_the_data_is_one_that_does_not_fit(self, hoard, start):
        commit(hoard, f"{ROOM}/setpoint", "18.5")
        hoard.close()
        hoard = start(modules=["pantry"])
        assert value(hoard, f"{ROOM}/setpoint") == "18.5"
        assert "--module cellar" in str(hoard.waiting.error())

    def test_that_waits_lets_things_of_the_served_modules_be_registered_and_no_others(self, models, start):
        self.model(models, "container c { leaf a { type uint8; } }")
        (models / "n.yang").write_text("module n { namespace 'urn:n'; prefix n; container d; }")
        hoard = start(yang=[models], modules=["m"])
        commit(hoard, "/m:c/a", 7)
        hoard.close()
        self.model(models, "container c { leaf b { type uint8; } }")
        hoard = start(yang=[models], modules=["m"])
        assert str(hoard.register_now("T", "m", "/c").owner.path) == "/m:c"
        for name, module, path in (("D", "n", "/d"), ("E", "m", "/c/b"), ("F", "m", "/new")):
            with pytest.raises(Conflict, match=r"\./launch --upgrade"):
                hoard.register_now(name, module, path)
        assert (value(hoard, "/m:c/a"), set(hoard.rows)) == (7, {"m", "T"})

    def test_under_a_file_that_was_written_before_it_is_no_hand_edit(self, models, start, folder):
        self.model(models, "container c { leaf a { type uint8; } }")
        hoard = start(yang=[models], modules=["m"])
        commit(hoard, "/m:c/a", 7)
        hoard.close()
        self.model(models, "container c { leaf a { type uint16; } }")
        start(yang=[models], modules=["m"])
        assert not list((folder / "persist").glob("*refused*"))


class TestFolder:
    def test_that_is_open_is_refused_to_another_hoard(self, hoard, start):
        with pytest.raises(StoreError, match="belongs to process"):
            start()

    def test_below_a_file_is_refused_in_words(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(StoreError, match="cannot be used: Not a directory"):
            Hoard.open(tmp_path / "file" / "datastore")

    def test_is_free_again_when_opening_failed(self, folder, start):
        with pytest.raises(ModelError):
            start(modules=["nowhere"])
        start()

    def test_is_let_go_by_close_which_may_come_twice(self, hoard, start):
        hoard.close()
        hoard.close()
        start()

    def test_context_manager_closes(self, folder):
        with Hoard.open(folder, yang=[YANG], modules=["cellar"]) as hoard:
            commit(hoard, f"{ROOM}/setpoint", "1.0")
        with Hoard.open(folder, yang=[YANG], modules=["cellar"]) as hoard:
            assert value(hoard, f"{ROOM}/setpoint") == "1.0"
