"""A person at the command line is told of a changed model that does not serve yet."""

import sys
from pathlib import Path

from serving import ROOT, environment, serving
from terminal import Terminal

MODEL = """module cask {{
  yang-version 1.1; namespace "urn:cask"; prefix c;
  leaf litres {{ type {type}; }}
}}
"""


def test_greeting_tells_of_the_model_that_waits(tmp_path: Path) -> None:
    folder, model = tmp_path / "datastore", tmp_path / "cask.yang"
    model.write_text(MODEL.format(type="string"))
    with serving(folder, yang=[tmp_path], modules=["cask"]) as server:
        assert "waiting" not in server.get("/v1/discover").json
        assert server.patch("/restconf/data", {"ietf-restconf:data": {"cask:litres": "plenty"}}).status == 204
    model.write_text(MODEL.format(type="uint8"))
    with serving(folder, yang=[tmp_path], modules=["cask"]) as server:
        variables = environment(PYCONF_DATASTORE=str(folder), PYCONF_PORT=str(server.port))
        shell = Terminal([sys.executable, "cli/cli.py"], ROOT, variables)
        try:
            shell.wait_for(r".*> ?")
            words = " ".join(shell.text.split())
            assert "Note: the stored configuration does not fit the changed model." in words
            assert "./launch --upgrade" in words
            assert shell.end("exit") == 0
        finally:
            shell.close()
