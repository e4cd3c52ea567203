"""Data as text, and files of it."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cli.committing import Words, minutes, read_words
from cli.documents import files_at, read_file, write_file, xml_text
from cli.set_lines import set_lines
from pyconfhoard.schema import load
from pyconfhoard.schema.nodes import Schema

MODEL = """module lab { yang-version 1.1; namespace "urn:lab"; prefix l;
  container room { leaf name { type string; } leaf lit { type empty; } leaf wet { config false; type boolean; } }
  leaf-list tag { type string; ordered-by user; }
  list probe { key "a b"; leaf a { type string; } leaf b { type int8; } leaf x { type decimal64 { fraction-digits 2; } } }
  anydata note; }"""
DATA = {
    "lab:room": {"name": " a <b>\n & c ", "lit": [None]},
    "lab:tag": ["z", "a"],
    "lab:probe": [{"a": "x/y", "b": -1, "x": "0.5"}],
    "lab:note": {"free": ["1", {"deep": "<x/>"}]},
}


@cache
def lab() -> Schema:
    with TemporaryDirectory() as folder:
        (Path(folder) / "lab.yang").write_text(MODEL)
        return load(["lab"], folders=[Path(folder)])


@pytest.mark.parametrize("name", ["x.json", "x.xml", "x.XML", "x"])
def test_what_is_written_is_read_back(tmp_path: Path, name: str) -> None:
    size = write_file(lab(), str(tmp_path / name), DATA)
    assert (tmp_path / name).stat().st_size == size
    assert read_file(lab(), str(tmp_path / name)) == DATA


def test_xml_is_spread_out_and_text_left_as_it_is() -> None:
    told = xml_text(lab(), {"lab:room": {"name": "a\nb", "wet": True}, "lab:tag": ["z"]})
    assert told.splitlines() == [
        '<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">',
        '    <room xmlns="urn:lab">',
        "        <name>a",
        "b</name>",
        "        <wet>true</wet>",
        "    </room>",
        '    <tag xmlns="urn:lab">z</tag>',
        "</config>",
    ]


def test_configuration_is_told_as_the_commands_that_make_it() -> None:
    assert set_lines(lab(), DATA).splitlines() == [
        "set room name ' a <b>\n & c '".partition("\n")[0],
        " & c '",
        "set room lit",
        "set tag z",
        "set tag a",
        "set probe x/y -1 x 0.5",
    ]
    assert set_lines(lab(), {"lab:probe": [{"a": "it's", "b": 2}], "lab:room": {}}) == 'set probe "it\'s" 2'


def test_names_of_files_are_offered(tmp_path: Path) -> None:
    (tmp_path / "one.json").touch()
    (tmp_path / ".hidden").touch()
    (tmp_path / "only").mkdir()
    assert files_at(f"{tmp_path}/") == [f"{tmp_path}/one.json", f"{tmp_path}/only/"]
    assert files_at(f"{tmp_path}/onl") == [f"{tmp_path}/only/"]
    assert files_at(f"{tmp_path}/none/") == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", Words()),
        ("lab a con 1h", Words(label="a", seconds=3600)),
        ("check", Words(check=True)),
        ("confirmed", Words(seconds=600)),
        ("label a confirmed 30s comment b", Words(comment="b", label="a", seconds=30)),
        ("confirmed 2h", Words(seconds=7200)),
        ("and-q comment done", Words(comment="done", leave=True)),
        ("confirmed comment 5", Words(comment="5", seconds=600)),
    ],
)
def test_words_of_a_commit(line: str, words: Words) -> None:
    assert read_words(line.split()) == words


@pytest.mark.parametrize(
    ("seconds", "text"), [(1, "1 second"), (90, "90 seconds"), (600, "10 minutes"), (3600, "1 hour")]
)
def test_times_are_told_in_the_largest_whole_unit(seconds: int, text: str) -> None:
    assert minutes(seconds) == text
