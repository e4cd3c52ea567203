"""Pipes, and data as text."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cli.commands import CommandError
from cli.committing import Words, minutes, read_words
from cli.documents import files_at, filtered, read_file, split_pipes, write_file, xml_text
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


def test_a_bar_between_quotes_is_a_letter() -> None:
    assert split_pipes(["a", "|"], [False, False]) == (["a", "|"], [])
    assert split_pipes(["a", "|", "json", "|", "count"], [False, True, False, True, False]) == (
        ["a"],
        [["json"], ["count"]],
    )


@pytest.mark.parametrize("line", ["|", "| json xml", "| match", "| json | xml", "| count | json", "| tee"])
def test_a_pipe_that_there_is_not_is_refused(line: str) -> None:
    words = line.split()
    with pytest.raises(CommandError, match=r"\| "):
        split_pipes(words, [word == "|" for word in words])


def test_match_and_count_take_lines() -> None:
    text = "Setpoint\nhigh\nset"
    assert filtered(text, [["match", "SET"]]) == "Setpoint\nset"
    assert filtered(text, [["match", "set"], ["count"]]) == "2 lines"
    assert filtered(text, [["match", "high"], ["count"]]) == "1 line"


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
