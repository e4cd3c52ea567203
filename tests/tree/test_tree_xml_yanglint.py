"""XML and JSON of the same data, as libyang's yanglint tells one from the other, is what we tell."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path as File
from typing import Any

import pyang
import pytest
from xml_zoo import MODULES, read, read_json, zoo_schema

from pyconfhoard.tree import encode, encode_xml

OURS, WRITTEN, PLAIN = "urn:annex&co", b"urn:annex&amp;co", "urn:annex"
"""yanglint 2.1 writes a namespace with ``&`` in it as it is, and one prefix twice where two modules chose it; neither is
XML. So it sees a plainer module."""

YANGLINT = shutil.which("yanglint")
SCHEMA = zoo_schema()

pytestmark = pytest.mark.skipif(
    YANGLINT is None, reason="yanglint is not installed (Debian: sudo apt install yang-tools)"
)

DATA: dict[str, Any] = {
    "every type": {
        "name": "a<b>&\"'\n ä 💧",
        "int8": -5,
        "int64": "-9223372036854775808",
        "uint16": 65535,
        "decimal": "-0.125",
        "boolean": False,
        "mode": "on & on",
        "flags": "one three",
        "octets": "aGVsbG8=",
        "empty": [None],
        "kind": "annex:cat",
        "like": "annex:cat",
        "where": "/zoo:all/row[b='1'][a='x']/annex:extra",
        "test": "/zoo:all/annex:name[.='annex:cat']",
    },
    "identities of one name": {
        "kinds": ["zoo:cat", "annex:cat", "annex:lynx"],
        "annex:annex": {"kind": "zoo:cat"},
    },
    "identities in predicates": {"ill": [{"kind": "annex:cat"}], "where": "/zoo:all/ill[kind='annex:cat']"},
    "members of a union": {"mixed": "annex:lynx"},
    "a number in a union": {"mixed": 5},
    "a string in a union": {"mixed": "no:one"},
    "lists": {
        "tags": ["a", "b"],
        "order": [3, 1, 2],
        "row": [
            {"b": 1, "a": "x", "v": "v", "below": [{"id": 2}, {"id": 1}], "annex:extra": "e"},
            {"b": 2, "a": "x"},
        ],
    },
    "state": {
        "state": {"counter": "18446744073709551615", "seen": [1, 1], "log": [{"line": "a"}, {"line": "a"}]}
    },
    "containers": {"here": {}, "plain": {"b": 3}, "annex:name": "x", "name": "y"},
    "annotations": {"name": "x", "@name": {"zoo:trust": 3}, "here": {"@": {"zoo:trust": 4}}},
    "anydata": {
        "any": {"x": "s", "z": {"e": [None]}, "y": [{"a": "some"}, {"a": "words"}], "annex:name": "w"}
    },
    "anyxml": {"xml": {"x": "s", "y": {"z": "some"}}},
}
"""In anydata yanglint takes text for a number or boolean where it begins like one."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> File:
    made = tmp_path_factory.mktemp("yang")
    for name, text in MODULES.items():
        (made / f"{name}.yang").write_text(
            text.replace(OURS, PLAIN).replace("prefix z;", f"prefix {name};"), encoding="utf-8"
        )
    return made


def yanglint(folder: File, data: bytes, given: str, wanted: str) -> bytes:
    """``data`` in the format ``given``, as yanglint writes it in ``wanted``."""
    assert YANGLINT is not None
    (folder / f"data.{given}").write_bytes(data.replace(WRITTEN, PLAIN.encode()))
    shipped = File(pyang.__file__).parents[4] / "share" / "yang" / "modules" / "ietf"
    command = [YANGLINT, "-p", str(folder), "-p", str(shipped), "-f", wanted]
    command += [str(folder / f"{name}.yang") for name in MODULES]
    done = subprocess.run(
        [*command, str(folder / f"data.{given}")], capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.replace(PLAIN.encode(), WRITTEN)


@pytest.mark.parametrize("name", DATA)
def test_our_xml_is_the_json_that_yanglint_makes_of_it(folder: File, name: str) -> None:
    root = read_json({"zoo:all": DATA[name]})
    told = yanglint(folder, encode_xml(SCHEMA, SCHEMA.root, root), "xml", "json")
    assert read_json(json.loads(told)) == root


@pytest.mark.parametrize("name", DATA)
def test_the_xml_that_yanglint_makes_of_our_json_is_ours(folder: File, name: str) -> None:
    root = read_json({"zoo:all": DATA[name]})
    told = yanglint(folder, encode(SCHEMA.root, root), "json", "xml")
    assert read(told.decode()) == root
