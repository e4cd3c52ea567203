"""The documents are true: links lead somewhere, code is code, the examples work."""

import re
from pathlib import Path

import pytest

from pyconfhoard import Hoard
from pyconfhoard.thing.options import usage

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "Documentation").rglob("*.md"), *(ROOT / "things").rglob("*.md")]
)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_that_exist(page: Path) -> None:
    targets = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_in_documents_compiles(page: Path) -> None:
    for text in blocks(page, "python"):
        compile(text, str(page), "exec")


def test_the_model_of_the_guide_can_be_registered(tmp_path: Path) -> None:
    (model,) = blocks(ROOT / "Documentation" / "things.md", "yang")
    (tmp_path / "greenhouse.yang").write_text(model, encoding="utf-8")
    with Hoard.open(tmp_path / "store", yang=[tmp_path]) as hoard:
        registered = hoard.register_now("Greenhouse", "greenhouse", "/greenhouse")
        assert str(registered.owner.path) == "/greenhouse:greenhouse"


def test_commands_in_documents_are_those_of_the_launcher() -> None:

    known = set(re.findall(r"--[a-z-]+", usage()))
    for page in PAGES:
        for line in re.findall(r"^\./launch .*$", page.read_text(encoding="utf-8"), re.MULTILINE):
            assert set(re.findall(r"(?<=\s)--[a-z-]+", line.partition("#")[0])) <= known, (
                f"{page.name}: {line}"
            )
