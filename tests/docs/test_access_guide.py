"""The guide to access does what it says: its commands run, in order, against the hoards that it starts, and print what stands
below them."""

import re
from pathlib import Path

from guide_shell import BLOCK, START, Shell
from serving import ROOT

GUIDE = ROOT / "Documentation" / "access.md"


def test_commands_print_what_the_guide_says(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    guide = GUIDE.read_text(encoding="utf-8")
    blocks = BLOCK.findall(guide)
    assert len(blocks) > 10
    try:
        for text, wanted in blocks:
            if text.startswith(START):
                shell.start(text)
            else:
                assert shell.run(text).rstrip("\n") == wanted.rstrip("\n"), text
    finally:
        shell.end()
    line = re.search(r"^karl from .*$", guide, re.MULTILINE)
    assert line is not None
    assert f"{line[0]}\n" in shell.log.read_text()
