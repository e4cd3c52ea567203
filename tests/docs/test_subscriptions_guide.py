"""The guide to subscriptions does what it says: its commands run in order in one shell, and print what stands below them."""

import os
import re
import subprocess
from pathlib import Path

from serving import BREWERY, ROOT, environment, serving

GUIDE = ROOT / "Documentation" / "subscriptions.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
CURL = 'hoard() { curl -sN -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/yang-data+json" "$@"; }\n'
MARK = "=== the next block ==="


def shown(text: str, port: int) -> str:
    """Without times, and with the ids and the port of the guide."""
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "2026-11-21T12:00:00.000000Z", text)
    text = re.sub(r'"id":\d+', '"id":1', text)
    text = re.sub(r"^id: \d+\.0$", "id: 2.0", text, flags=re.MULTILINE)
    return re.sub(rf":{port}/restconf/subscriptions/\d+", ":8000/restconf/subscriptions/1", text)


def test_commands_print_what_the_guide_says(tmp_path: Path) -> None:
    blocks = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    assert len(blocks) > 6
    with serving(tmp_path / "datastore", modules=["brewerslab"], PYCONF_KEEPALIVE="0.2") as server:
        for name, path in BREWERY:
            server.request("POST", f"/v1/thing/{name}", {"module": "brewerslab", "path": path})
        commands = "\n".join(
            f"{text.replace('localhost:8000', f'127.0.0.1:{server.port}')}echo '{MARK}'" for text, _ in blocks
        )
        done = subprocess.run(
            ["bash", "-c", CURL + commands],
            cwd=tmp_path,
            env=environment(TOKEN=server.token, PATH=os.environ["PATH"]),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        printed = done.stdout.split(f"{MARK}\n")[:-1]
        assert len(printed) == len(blocks), done.stderr
        for (text, wanted), output in zip(blocks, printed, strict=True):
            assert shown(output, server.port).strip() == wanted.strip(), text
