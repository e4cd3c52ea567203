"""Schemathesis sends what the description allows, and what it forbids, to a real server, and finds nothing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from serving import serving

HERE = Path(__file__).parent
TAGS = (
    *("server", "v1", "candidates", "restconf", "datastore", "gallery"),
    *("pyconfhoard-history", "pyconfhoard-candidates", "pyconfhoard-locks"),
)
"""What is tested: all that is the server's own, and of models the one that has everything in it."""
ENDLESS = "/restconf/streams/|create-token|/v1/thing|pyconfhoard-locks:lock$"
"""Event streams, and what would leave tokens, Things and locks behind."""
WHOLE = "/restconf/data$|/restconf/ds/|/v1/datastore/"
"""The whole model in one body has a thousand boundaries, all of which are met below it, too."""
PATIENCE = 240
"""Seconds; it takes a tenth of that on an idle machine."""


@pytest.mark.parametrize(
    ("run", "without"),
    [
        pytest.param(["--phases", "coverage"], f"{ENDLESS}|{WHOLE}", id="every-boundary"),
        pytest.param(["--phases", "fuzzing", "--max-examples", "3"], ENDLESS, id="at-random"),
    ],
)
def test_the_server_is_as_its_description_says(tmp_path: Path, run: list[str], without: str) -> None:
    with serving(tmp_path / "datastore", yang=[HERE / "models"], modules=["gallery"]) as server:
        command = [
            *(sys.executable, "-m", "schemathesis.cli"),
            *("--config-file", str(HERE / "schemathesis.toml")),
            *("run", f"{server.url}/openapi.json", "--header", f"Authorization: Bearer {server.token}"),
            *("--exclude-path-regex", without),
            *(word for tag in TAGS for word in ("--include-tag", tag)),
            *("--suppress-health-check", "filter_too_much,too_slow", "--seed", "1", "--no-color"),
            *run,
        ]
        hooks = {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HERE)}
        done = subprocess.run(
            command,
            env=os.environ | hooks,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        tested = re.search(r"Tested: ([0-9]+)", done.stdout)
        assert tested is not None, done.stdout[-6000:] + done.stderr[-2000:]
        assert int(tested[1]) > 100
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        assert "ERROR" not in server.log.read_text()
