"""The examples of ``known.md``: each judge still says of each what is written there."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.metadata import version
from pathlib import Path as File
from typing import Final

import pytest
from differential_court import needs_yanglint
from differential_judges import YANGLINT, Ours, Refused, Yanglint, Yangson
from differential_known import KNOWN
from differential_types import IDENTITIES

TEXT: Final = (File(__file__).parent / "known.md").read_text()
SECTIONS: Final = {
    section.split("\n", 1)[0]: section for section in re.split(r"^### ", TEXT, flags=re.MULTILINE)[1:]
}
VERDICTS: Final = re.compile(r"^ours: (\w+); yanglint: (\w+); yangson: (\w+)$", re.MULTILINE)
EXAMPLES: Final = {name: section for name, section in SECTIONS.items() if VERDICTS.search(section)}
RULES_ONLY: Final = {
    "Refines in augments",
    "Functions of YANG 1.1",
    "Conditions that do not go round",
}
"""Known, but with no short example."""


def _write(folder: File, section: str) -> list[str]:
    bodies = re.findall(r"```yang\n(.*?)```", section, re.DOTALL)
    identities = " ".join(
        f"identity {name} {{ {' '.join(f'base {base};' for base in bases)} }}"
        for name, bases in IDENTITIES.items()
    )
    heads = {
        "gen": f"prefix g; feature on; feature off; {identities}",
        "more": "prefix m; import gen { prefix g; }",
    }
    names = list(heads)[: len(bodies)]
    for name, body in zip(names, bodies, strict=True):
        head = f'yang-version 1.1; namespace "urn:{name}"; {heads[name]}'
        (folder / f"{name}.yang").write_text(f"module {name} {{ {head}\n{body}}}\n")
    return names


def _verdict(judge: type[Ours | Yanglint | Yangson], folder: File, section: str) -> str:
    data = re.search(r"```json\n(.*?)```", section, re.DOTALL)
    names = _write(folder, section)
    try:
        made = judge(folder, names)
        found = made.judge(json.loads(data[1])) if data else ""
    except Refused as error:
        return "refuses" if str(error) else "breaks"
    return "breaks" if found is None else "invalid" if found else "valid"


def _expected(section: str, at: int) -> str:
    found = VERDICTS.search(section)
    assert found
    return found[at]


@pytest.mark.parametrize("name", EXAMPLES)
def test_we_say_what_is_written(name: str, tmp_path: File) -> None:
    assert _verdict(Ours, tmp_path, EXAMPLES[name]) == _expected(EXAMPLES[name], 1)


@needs_yanglint
@pytest.mark.parametrize("name", EXAMPLES)
def test_yanglint_says_what_is_written(name: str, tmp_path: File) -> None:
    _same_version(
        "libyang",
        subprocess.run(
            [str(YANGLINT), "--version"], capture_output=True, text=True, check=True
        ).stdout.split()[1],
    )
    assert _verdict(Yanglint, tmp_path, EXAMPLES[name]) == _expected(EXAMPLES[name], 2)


@pytest.mark.parametrize("name", EXAMPLES)
def test_yangson_says_what_is_written(name: str, tmp_path: File) -> None:
    _same_version("yangson", version("yangson"))
    assert _verdict(Yangson, tmp_path, EXAMPLES[name]) == _expected(EXAMPLES[name], 3)


def test_each_rule_is_told_of() -> None:
    assert {known.name for known in KNOWN} - set(EXAMPLES) == RULES_ONLY
    assert set(SECTIONS) >= RULES_ONLY


def _same_version(judge: str, here: str) -> None:
    if here not in TEXT:
        pytest.skip(f"known.md is about another version of {judge} than {here}, which is installed here")
