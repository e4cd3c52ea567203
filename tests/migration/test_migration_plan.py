"""Plans: what rules make of stored data, and what would not be valid afterwards."""

import json

import pytest

from pyconfhoard.errors import BadInput
from pyconfhoard.migration import plan, read_books
from pyconfhoard.migration.paths import parse_rule_path
from pyconfhoard.migration.rules import Book, Stage, way
from pyconfhoard.schema import load
from pyconfhoard.tree import Path, decode, to_json

OLD, NEW = "2026-05-01", "2026-11-21"


def module(body, revision, name="m"):
    return f"module {name} {{ yang-version 1.1; namespace 'urn:{name}'; prefix {name}; revision {revision}; {body} }}"


@pytest.fixture
def planned(tmp_path):
    """The plan for data under one body of a module, rules, and another body."""

    def planned(before, data, after, *, steps=None, paths=None, between=OLD, **rules):
        folders = [tmp_path / "old", tmp_path / "new"]
        for folder, body, revision in zip(folders, (before, after), (between, NEW), strict=True):
            folder.mkdir(exist_ok=True)
            (folder / "m.yang").write_text(module(body, revision))
        if rules:
            steps = [{"from-revision": OLD, "to-revision": NEW, **rules}]
        if steps is not None:
            content = {"pyconfhoard-migration:migration": {"module": "m", "step": steps}}
            (folders[1] / "m.migration.json").write_text(json.dumps(content))
        old, new = (load(("m",), folders=[folder]) for folder in folders)
        books, faults = read_books(["m"], [folders[1]])
        root = decode(old.root, data, Path.ROOT)
        return plan(old, new, root, books, faults=faults, paths=paths, revision=7)

    return planned


def made(found):
    assert found.faults == ()
    return to_json(found.new.root, found.after)


KETTLES = """
  list kettle { key name; leaf name { type string; } leaf setpoint { type uint16; } leaf mode { type string; }
    container heater { leaf power { type uint16; } leaf-list tag { type string; ordered-by user; } } }
  container hall { leaf unit { type string; default F; } leaf note { type string; } }
"""
DATA = {
    "m:kettle": [
        {"name": "k", "setpoint": 64, "heater": {"power": 5, "tag": ["b", "a"]}},
        {"name": "mash", "setpoint": 151, "mode": "hot"},
    ],
    "m:hall": {"note": "x"},
}


class TestWhatNoRuleNames:
    def test_stays_as_it_is(self, planned):
        found = planned(KETTLES, DATA, KETTLES + "leaf more { type string; }")
        assert (made(found), found.fits, found.after.revision) == (DATA, True, 7)

    @pytest.mark.parametrize(
        ("before", "value", "after", "wanted"),
        [
            ("uint8", 5, "uint64", "5"),
            ("uint64", "5", "uint8", 5),
            ("decimal64 { fraction-digits 2; }", "1.5", "decimal64 { fraction-digits 3; }", "1.5"),
            ("int32", 3, "decimal64 { fraction-digits 1; }", "3.0"),
            ("boolean", True, "enumeration { enum true; enum false; }", "true"),
            ("enumeration { enum true; enum false; }", "false", "boolean", False),
            ("uint8", 5, "string", "5"),
        ],
    )
    def test_keeps_its_meaning_where_its_type_is_written_in_another_form(
        self, planned, before, value, after, wanted
    ):
        def leaf(kind):
            return f"leaf a {{ type {kind}{'' if kind.endswith('}') else ';'} }}"

        assert made(planned(leaf(before), {"m:a": value}, leaf(after))) == {"m:a": wanted}

    def test_that_the_new_model_does_not_have_is_named(self, planned):
        found = planned(
            "leaf a { type string; } leaf b { type uint8; }",
            {"m:a": "x", "m:b": 7},
            "leaf b { type uint8 { range 0..5; } }",
        )
        assert {fault.value or fault.path for fault in found.faults} == {"m:a", "7"}
        assert found.total == 2
        assert found.after is None

    def test_keeps_its_annotations_and_presence(self, planned):
        body = "container c { presence x; } leaf-list l { type string; } anydata d;"
        data = {"m:c": {}, "m:l": ["a"], "m:d": {"x": [1]}}
        assert made(planned(body, data, body + "leaf e { type empty; }")) == data


class TestRules:
    def test_rename_takes_along_what_is_below(self, planned):
        after = KETTLES.replace("kettle", "pot").replace("heater", "burner")
        found = planned(
            KETTLES,
            DATA,
            after,
            rename=[{"path": "/m:kettle", "to": "pot"}, {"path": "/m:kettle/heater", "to": "burner"}],
        )
        first = made(found)["m:pot"][0]
        assert first == {"name": "k", "setpoint": 64, "burner": {"power": 5, "tag": ["b", "a"]}}

    def test_two_nodes_may_change_their_names_with_each_other(self, planned):
        body = "leaf a { type string; } leaf b { type string; }"
        rename = [{"path": "/m:a", "to": "b"}, {"path": "/m:b", "to": "a"}]
        assert made(
            planned(body, {"m:a": "1", "m:b": "2"}, body + "leaf c { type empty; }", rename=rename)
        ) == {
            "m:a": "2",
            "m:b": "1",
        }

    def test_key_leaf_may_be_renamed(self, planned):
        after = "list kettle { key id; leaf id { type string; } }"
        found = planned(
            "list kettle { key name; leaf name { type string; } }",
            {"m:kettle": [{"name": "a"}]},
            after,
            rename=[{"path": "/m:kettle/name", "to": "id"}],
            paths={"T": "/m:kettle[name='a']"},
        )
        assert made(found) == {"m:kettle": [{"id": "a"}]}
        assert found.paths == {"T": "/m:kettle[id='a']"}

    def test_move_stays_within_the_entries_around(self, planned):
        after = KETTLES.replace("kettle", "pot").replace(
            "leaf mode { type string; }", "container state { leaf mode { type string; } }"
        )
        found = planned(
            KETTLES,
            DATA,
            after,
            rename=[{"path": "/m:kettle", "to": "pot"}],
            move=[{"path": "/m:kettle/mode", "to": "/m:pot/state/mode"}],
        )
        assert made(found)["m:pot"][1] == {"name": "mash", "setpoint": 151, "state": {"mode": "hot"}}

    def test_move_into_an_entry_makes_it_or_takes_the_one_that_is_there(self, planned):
        after = "list kettle { key n; leaf n { type string; } leaf v { type uint8; } leaf w { type uint8; } }"
        before = after + "leaf one { type uint8; } leaf two { type uint8; }"
        found = planned(
            before,
            {"m:one": 1, "m:two": 2, "m:kettle": [{"n": "b", "w": 9}]},
            after,
            move=[
                {"path": "/m:one", "to": "/m:kettle[n='a']/v"},
                {"path": "/m:two", "to": "/m:kettle[n='b']/v"},
            ],
        )
        assert made(found) == {"m:kettle": [{"n": "a", "v": 1}, {"n": "b", "v": 2, "w": 9}]}

    def test_move_of_an_entry_to_a_container_and_of_a_container_to_an_entry(self, planned):
        entry = "leaf v { type uint8; } container c { leaf w { type uint8; } }"
        lists = f"list l {{ key n; leaf n {{ type string; }} {entry} }}"
        data = {"v": 1, "c": {"w": 2}}
        found = planned(
            lists,
            {"m:l": [{"n": "x", **data}, {"n": "y", "v": 5}]},
            f"{lists} container box {{ {entry} }}",
            move=[{"path": "/m:l[n='x']", "to": "/m:box"}],
            drop=[{"path": "/m:l[n='x']/n"}],
        )
        assert made(found) == {"m:l": [{"n": "y", "v": 5}], "m:box": data}
        found = planned(
            f"{lists} container box {{ {entry} }}",
            {"m:box": data, "m:l": [{"n": "y"}]},
            lists,
            move=[{"path": "/m:box", "to": "/m:l[n='x']"}],
        )
        assert made(found) == {"m:l": [{"n": "x", **data}, {"n": "y"}]}

    def test_move_of_a_value_that_nobody_has_set_makes_nothing(self, planned):
        after = "list kettle { key n; leaf n { type string; } leaf v { type uint8; } }"
        after += "container c { presence p; leaf v { type uint8; } }"
        before = (
            "leaf one { type uint8; default 1; } leaf two { type uint8; default 2; } leaf x { type empty; }"
        )
        move = [{"path": "/m:one", "to": "/m:kettle[n='a']/v"}, {"path": "/m:two", "to": "/m:c/v"}]
        found = planned(before, {"m:x": [None]}, after, move=move, drop=[{"path": "/m:x"}])
        assert made(found) == {}
        assert [rule.uses for rule in found.rules] == [0, 0, 1]

    @pytest.mark.parametrize("to", ["/m:kettle/setpoint", "/m:kettle/heater/power", "/m:kettle"])
    def test_move_to_no_entry_in_particular_is_refused(self, planned, to):
        found = planned(
            "leaf one { type uint16; }" + KETTLES,
            {"m:one": 1, **DATA},
            KETTLES,
            move=[{"path": "/m:one", "to": to}],
        )
        assert (found.faults[0].path, "which entry of m:kettle is meant" in found.faults[0].message) == (
            to,
            True,
        )

    def test_move_of_several_values_to_one_place_is_refused(self, planned):
        found = planned(
            KETTLES,
            DATA,
            KETTLES + "leaf set { type uint16; }",
            move=[{"path": "/m:kettle/setpoint", "to": "/m:set"}],
        )
        assert [fault.path for fault in found.faults] == ["/m:set"]
        assert "two values come to this one place" in found.faults[0].message

    def test_rule_with_keys_is_for_that_entry_only(self, planned):
        found = planned(
            KETTLES,
            DATA,
            KETTLES + "leaf set { type uint16; }",
            move=[{"path": "/m:kettle[name='mash']/setpoint", "to": "/m:set"}],
        )
        assert made(found)["m:set"] == 151
        assert made(found)["m:kettle"][0]["setpoint"] == 64

    def test_convert_by_table_leaves_what_is_not_in_it(self, planned):
        data = {"m:kettle": [{"name": n, "mode": n} for n in ("cold", "hot", "off")]}
        convert = [
            {
                "path": "/m:kettle/mode",
                "table": [{"from": "hot", "to": "heat"}, {"from": "cold", "to": "cool"}],
            }
        ]
        found = planned(KETTLES, data, KETTLES + "leaf x { type empty; }", convert=convert)
        assert [one["mode"] for one in made(found)["m:kettle"]] == ["cool", "heat", "off"]
        convert[0]["otherwise"] = "none"
        found = planned(KETTLES, data, KETTLES + "leaf x { type empty; }", convert=convert)
        assert [one["mode"] for one in made(found)["m:kettle"]] == ["cool", "heat", "none"]

    def test_convert_by_expression_sees_the_old_data_with_its_defaults(self, planned):
        after = KETTLES.replace(
            "setpoint { type uint16; }", "celsius { type decimal64 { fraction-digits 1; } }"
        )
        expression = "round((. - 32) * 50 div 9) div 10 * (/hall/unit = 'F')"
        found = planned(
            KETTLES,
            DATA,
            after,
            convert=[{"path": "/m:kettle/setpoint", "to": "/m:kettle/celsius", "expression": expression}],
        )
        assert [one["celsius"] for one in made(found)["m:kettle"]] == ["17.8", "66.1"]

    def test_convert_of_a_leaf_list_converts_each_value(self, planned):
        found = planned(
            KETTLES,
            DATA,
            KETTLES + "leaf x { type empty; }",
            convert=[{"path": "/m:kettle/heater/tag", "expression": "concat('t-', .)"}],
        )
        assert made(found)["m:kettle"][0]["heater"]["tag"] == ["t-b", "t-a"]

    def test_convert_that_gives_no_number_or_no_legal_value_is_refused(self, planned):
        convert = [{"path": "/m:kettle/name", "to": "/m:kettle/setpoint", "expression": "number(.)"}]
        found = planned(
            KETTLES, {"m:kettle": [{"name": "k"}]}, KETTLES + "leaf x { type empty; }", convert=convert
        )
        assert "the expression gives no number: number(.)" in found.faults[0].message

    def test_default_gives_a_value_wherever_there_is_none(self, planned):
        after = KETTLES.replace(
            "leaf mode { type string; }",
            "leaf mode { type string; } leaf limit { type uint16; mandatory true; }",
        )
        found = planned(
            KETTLES,
            DATA,
            after,
            default=[
                {"path": "/m:kettle/limit", "expression": "setpoint + 5"},
                {"path": "/m:kettle/mode", "value": "off"},
            ],
        )
        assert [(one["limit"], one["mode"]) for one in made(found)["m:kettle"]] == [(69, "off"), (156, "hot")]

    def test_default_makes_containers_on_the_way_but_none_with_presence_and_no_entries(self, planned):
        after = (
            KETTLES
            + "container new { container deep { leaf a { type string; mandatory true; }"
            + "  leaf-list b { type string; min-elements 2; } } }"
            + "container there { presence x; leaf a { type string; } }"
            + "list none { key k; leaf k { type string; } leaf a { type string; } }"
        )
        found = planned(
            KETTLES,
            DATA,
            after,
            default=[
                {"path": "/m:new/deep/a", "value": "x"},
                {"path": "/m:new/deep/b", "values": ["y", "z"]},
                {"path": "/m:there/a", "value": "x"},
                {"path": "/m:none/a", "value": "x"},
            ],
        )
        assert made(found) == {**DATA, "m:new": {"deep": {"a": "x", "b": ["y", "z"]}}}
        assert [rule.uses for rule in found.rules] == [1, 1, 0, 0]

    def test_default_by_expression_makes_one_leaf_of_two_and_two_of_one(self, planned):
        before = "container c { leaf first { type string; } leaf last { type string; } leaf pair { type string; } }"
        after = "container c { leaf name { type string; } leaf one { type uint8; } leaf two { type uint8; } }"
        found = planned(
            before,
            {"m:c": {"first": "Ann", "last": "Ale", "pair": "4:5"}},
            after,
            default=[
                {"path": "/m:c/name", "expression": "concat(first, ' ', last)"},
                {"path": "/m:c/one", "expression": "substring-before(pair, ':')"},
                {"path": "/m:c/two", "expression": "substring-after(pair, ':')"},
            ],
            drop=[{"path": "/m:c/first"}, {"path": "/m:c/last"}, {"path": "/m:c/pair"}],
        )
        assert made(found) == {"m:c": {"name": "Ann Ale", "one": 4, "two": 5}}

    def test_drop_takes_away_all_but_what_other_rules_name(self, planned):
        found = planned(
            KETTLES,
            DATA,
            "container hall { leaf note { type string; } leaf unit { type string; } leaf power { type uint16; } }",
            drop=[{"path": "/m:kettle"}],
            move=[{"path": "/m:kettle[name='k']/heater/power", "to": "/m:hall/power"}],
        )
        assert made(found) == {"m:hall": {"note": "x", "power": 5}}

    def test_steps_on_the_way_are_taken_one_after_the_other(self, planned):
        def step(before, after, **rules):
            return {"from-revision": before, "to-revision": after, **rules}

        steps = [
            step(OLD, "2026-06-01", rename=[{"path": "/m:a", "to": "b"}]),
            step("2026-06-01", NEW, convert=[{"path": "/m:b", "to": "/m:c", "expression": ". * 2"}]),
            step("2026-01-01", OLD, drop=[{"path": "/m:a"}]),
        ]
        found = planned("leaf a { type uint8; }", {"m:a": 4}, "leaf c { type uint8; }", steps=steps)
        assert made(found) == {"m:c": 8}
        assert [str(rule.stage) for rule in found.rules] == [
            f"m {OLD} to 2026-06-01",
            f"m 2026-06-01 to {NEW}",
        ]

    @pytest.mark.parametrize(
        ("revisions", "taken"),
        [
            ([("2026-05-01", "2026-06-01"), ("2026-07-01", "2026-11-21")], [0, 1]),
            ([("2026-06-01", "2026-11-21"), ("2026-05-01", "2026-06-01"), ("2026-05-01", "2026-11-21")], [2]),
            ([("2026-04-01", "2026-06-01"), ("2026-06-01", "2026-12-01")], []),
            ([("", "2026-06-01"), ("2026-06-01", "removed")], []),
        ],
    )
    def test_steps_that_are_on_the_way(self, revisions, taken):
        book = Book("m", tuple(Stage("m", before, after, (), "") for before, after in revisions))
        assert [book.stages.index(stage) for stage in way(book, OLD, NEW)] == taken

    def test_that_are_for_other_revisions_are_told_to_be(self, planned):
        steps = [{"from-revision": "2020-01-01", "to-revision": "2021-01-01", "drop": [{"path": "/m:a"}]}]
        found = planned("leaf a { type uint8; }", {"m:a": 1}, "leaf b { type uint8; }", steps=steps)
        assert "(no step of m.migration.json is on the way)" in found.text()
        assert found.total == 1

    def test_of_a_module_that_is_removed_say_what_becomes_of_its_data(self, tmp_path):
        (tmp_path / "a.yang").write_text(module("leaf x { type uint8; } leaf y { type uint8; }", OLD, "a"))
        (tmp_path / "b.yang").write_text(module("leaf z { type uint8; }", OLD, "b"))
        steps = [
            {
                "from-revision": OLD,
                "to-revision": "removed",
                "move": [{"path": "/a:x", "to": "/b:z"}],
                "drop": [{"path": "/a:y"}],
            }
        ]
        content = {"pyconfhoard-migration:migration": {"module": "a", "step": steps}}
        (tmp_path / "a.migration.json").write_text(json.dumps(content))
        old, new = load(("a",), folders=[tmp_path]), load(("b",), folders=[tmp_path])
        books, _ = read_books(["a", "b"], [tmp_path])
        root = decode(old.root, {"a:x": 1, "a:y": 2}, Path.ROOT)
        found = plan(old, new, root, books)
        assert made(found) == {"b:z": 1}
        assert "a 2026-05-01, which is not served any more" in found.text()
        assert "--module a" in plan(old, new, root, {}).faults[0].message


class TestFilesOfRules:
    @pytest.mark.parametrize(
        ("rules", "words"),
        [
            ({"rename": [{"path": "m:a", "to": "b"}]}, "a path begins with a slash"),
            ({"rename": [{"path": "/m:a"}]}, "to"),
            ({"rename": [{"path": "/m:a", "to": "b/c"}]}, "use move"),
            ({"rename": [{"path": "/a", "to": "b"}]}, "its first name has no module"),
            ({"rename": [{"path": "/m:aa", "to": "b"}]}, "the old model has no m:aa there; there is m:a"),
            ({"move": [{"path": "/m:a", "to": "/m:bb"}]}, "the new model has no m:bb there"),
            ({"default": [{"path": "/m:zz", "value": "1"}]}, "the new model has no m:zz there"),
            ({"convert": [{"path": "/m:a", "expression": "1 +"}]}, "1 +"),
            ({"convert": [{"path": "/m:a", "expression": "count('x')"}]}, "count"),
            ({"convert": [{"path": "/m:a"}]}, "how"),
            (
                {"drop": [{"path": "/m:a"}], "rename": [{"path": "/m:a", "to": "b"}]},
                "two rules say what becomes of it",
            ),
            ({"dorp": [{"path": "/m:a"}]}, "there is no 'dorp'"),
        ],
    )
    def test_that_cannot_be_meant_are_refused_in_words_with_their_name(self, planned, rules, words):
        found = planned("leaf a { type uint8; }", {"m:a": 1}, "leaf b { type uint8; }", **rules)
        messages = [str(fault) for fault in found.faults]
        assert any(words in message and "m.migration.json" in message for message in messages), messages

    @pytest.mark.parametrize(
        "text", ["{", "[]", '{"x": 1}', '{"pyconfhoard-migration:migration": {"module": "n"}}']
    )
    def test_that_are_no_rules_are_refused(self, tmp_path, text):
        (tmp_path / "m.yang").write_text(module("", OLD))
        (tmp_path / "m.migration.json").write_text(text)
        books, faults = read_books(["m"], [tmp_path])
        assert (books, bool(faults)) == ({}, True)
        assert all(fault.message.startswith("m.migration.json: ") for fault in faults)

    def test_step_to_an_earlier_revision_is_refused(self, planned):
        steps = [{"from-revision": NEW, "to-revision": OLD, "drop": [{"path": "/m:a"}]}]
        found = planned("leaf a { type uint8; }", {"m:a": 1}, "leaf b { type uint8; }", steps=steps)
        assert [fault.message for fault in found.faults] == [
            f"m.migration.json: a step leads to a later revision, not from {NEW} to {OLD}"
        ]

    def test_step_to_the_same_revision_is_refused(self, planned):
        steps = [{"from-revision": OLD, "to-revision": OLD, "drop": [{"path": "/m:a"}]}]
        found = planned("leaf a { type uint8; }", {"m:a": 1}, "leaf b { type uint8; }", steps=steps)
        assert "give the module a new one" in found.faults[0].message


class TestThings:
    def test_keep_what_they_own_where_it_went(self, planned):
        found = planned(
            KETTLES,
            DATA,
            KETTLES.replace("hall", "room").replace("list kettle", "list pot"),
            rename=[{"path": "/m:hall", "to": "room"}, {"path": "/m:kettle", "to": "pot"}],
            paths={"A": "/m:hall", "B": "/m:kettle[name='k']/heater"},
        )
        assert found.paths == {"A": "/m:room", "B": "/m:pot[name='k']/heater"}

    def test_without_a_place_in_the_new_model_stop_the_upgrade(self, planned):
        found = planned(KETTLES, {}, "leaf x { type empty; }", paths={"A": "/m:hall"})
        assert [fault.path for fault in found.faults] == ["/m:hall"]
        assert "belongs to the Thing A" in found.faults[0].message


def test_plan_tells_model_rules_and_changes(planned):
    found = planned(
        "container c { leaf a { type uint8; } leaf b { type string; } }",
        {"m:c": {"a": 1, "b": "y z"}},
        "container c { leaf aa { type uint8; } leaf b { type string; } }",
        rename=[{"path": "/m:c/a", "to": "aa"}],
        drop=[{"path": "/m:c/b"}],
    )
    assert (
        found.text()
        == """\
Model:
  m 2026-05-01 to 2026-11-21
Rules:
  rename /m:c/a to aa (once)
  drop /m:c/b (once)
Changes:
    m:c
  -   a 1
  -   b "y z"
  +   aa 1
"""
    )


def test_rule_path_that_is_none_is_bad_input():
    for text in ("", "/", "x", "/m:a//b", "/m:a[b]", "/m:a[b='c'"):
        with pytest.raises(BadInput, match="no path of a rule"):
            parse_rule_path(text)


def test_plan_tells_defaults_that_change_where_nobody_has_set_a_value(planned):
    before = "container c { leaf a { type uint8; default 1; } leaf b { type uint8; default 1; } leaf x { type empty; } }"
    after = before.replace("leaf a", "leaf aa").replace("default 1", "default 2")
    found = planned(before, {"m:c": {"b": 5}}, after, rename=[{"path": "/m:c/a", "to": "aa"}])
    assert [(one.path, one.before, one.after) for one in found.defaults] == [("/m:c/aa", "1", "2")]
    assert "  /m:c/aa 1 becomes 2\n" in found.text()
    assert found.fits
