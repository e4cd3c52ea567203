"""The page on the API: its commands do what it says, in their order, against a brewery."""

import re
import subprocess
from pathlib import Path

from serving import ROOT, Server

PAGE = (ROOT / "Documentation" / "rest.md").read_text(encoding="utf-8").partition("## The description")[0]
SETUP, *BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_commands_do_what_the_page_says(server: Server, tmp_path: Path) -> None:
    told = [line for line in "".join(BLOCKS).splitlines() if line.startswith("# ")]
    script = ["shopt -s expand_aliases", SETUP.replace("datastore/run", str(server.folder / "run"))]
    script += [f"{block}\necho" for block in BLOCKS]
    text = "\n".join(script).replace("localhost:8000", f"localhost:{server.port}")
    done = subprocess.run(
        ["bash", "-eu", "-c", text], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "ietf-restconf:errors" not in done.stdout
    assert len(told) >= 3
    for line in told:
        assert line.removeprefix("# ") in done.stdout
