"""The guide to other people's clients does what it says: commands, programs and the playbook run against a hoard with TLS."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from guide_shell import START, Shell
from serving import ROOT

GUIDE, ANSIBLE = (ROOT / "Documentation" / "clients.md").read_text(encoding="utf-8").split("## Ansible\n")
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`([a-z]+\.yml)`[^`]*(?:`[^`]+`[^`]*)?```yaml\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
COUNTS = re.compile(r"^garage +: ok=4 +changed=(\d) +unreachable=0 +failed=0 ", re.MULTILINE)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    shell = Shell(tmp_path)
    yield shell
    shell.end()


def follow(shell: Shell, guide: str) -> int:
    """Run its blocks, and compare what they print. How many those were."""
    blocks = BLOCK.findall(guide)
    for language, text, wanted in blocks:
        if text.startswith(START):
            shell.start(text)
        else:
            command = text if language == "sh" else f"python - <<'END'\n{text}END\n"
            assert shell.run(command).rstrip("\n") == wanted.rstrip("\n"), text
    return len(blocks)


def test_commands_and_programs_print_what_the_guide_says(shell: Shell) -> None:
    assert follow(shell, GUIDE) == 7


def has_ansible() -> bool:
    """Whether there is an Ansible with the collection: ``pip install ansible`` brings both, and 500 MB."""
    if shutil.which("ansible-galaxy") is None:
        return False
    command = ["ansible-galaxy", "collection", "list", "--format", "json", "ansible.netcommon"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return bool(listed) and any("ansible.netcommon" in found for found in json.loads(listed).values())


def test_the_playbook_brings_about_what_it_says_and_once_only(shell: Shell) -> None:
    if not has_ansible():
        pytest.skip("no Ansible with the collection ansible.netcommon")
    follow(shell, GUIDE.partition("## curl")[0])
    files = FILE.findall(ANSIBLE)
    assert [name for name, _ in files] == ["hosts.yml", "fermenters.yml"]
    for name, text in files:
        (shell.folder / name).write_text(shell.here(text), encoding="utf-8")
    ((_, commands, _),) = BLOCK.findall(ANSIBLE)
    play = commands.splitlines()[-1]
    for command, changed in ((f"{play} --check", 2), (play, 2), (play, 0)):
        printed = shell.run(commands.replace(play, command))
        found = COUNTS.search(printed)
        assert found is not None, printed
        assert int(found[1]) == changed, printed
    assert '"highpoint": "20.0"' in printed
    refused = shell.run(f"sed -i s/18.5/99/ fermenters.yml; {play}")
    assert "a fermenter is kept between -2 and 40 degrees celsius" in refused
