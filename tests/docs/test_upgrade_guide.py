"""The guide to upgrades does what it says: its files are written, its commands and examples run in order, and print what
stands below them."""

import contextlib
import io
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from serving import ROOT, environment

GUIDE = ROOT / "Documentation" / "upgrade.md"
BLOCK = re.compile(
    r"^```(yang|json|python|sh)\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL
)
FILES = {"yang": "models/brewery.yang", "json": "models/brewery.migration.json"}
TIME = re.compile(r"[0-9]{8}T[0-9.]+Z(-revision-[0-9]+-before-)[0-9a-f]{16}")


def shown(text: str) -> str:
    """Without times and hashes."""
    return TIME.sub(r"20261121T120000.000000Z\g<1>0123456789abcdef", text)


def typed(line: str) -> str:
    """What a command line prints."""
    command = line.strip().replace("./launch", f"{shlex.quote(sys.executable)} -m pyconfhoard.thing.launcher")
    variables = environment(PYTHONPATH=str(ROOT), PYCONF_DATASTORE="datastore")
    done = subprocess.run(
        ["sh", "-c", command],
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_files_commands_and_examples_do_what_the_guide_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("models").mkdir()
    names: dict[str, object] = {}
    blocks = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    assert len(blocks) > 10
    for kind, text, wanted in blocks:
        if kind in FILES:
            Path(FILES[kind]).write_text(text, encoding="utf-8")
            continue
        if kind == "sh":
            printed = typed(text)
        else:
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                exec(compile(text, str(GUIDE), "exec"), names)
            printed = output.getvalue()
        assert shown(printed).replace(f"{tmp_path}/", "") == wanted, text
