"""The wheel, built and installed into an environment that has nothing else."""

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command with an environment that knows nothing of this checkout; its output."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYCONF"))
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what git tracks, so that nothing is left in the checkout."""
    source = tmp_path_factory.mktemp("source")
    out = tmp_path_factory.mktemp("wheel")
    tracked = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).split("\0")
    for name in filter(None, tracked):
        if (ROOT / name).is_file():
            target = source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", out, cwd=source)
    (built,) = out.glob("*.whl")
    return built


def test_wheel_lists_every_package() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    found = set()
    for folder, prefix in (
        ("pyconfhoard", ""),
        ("rest", "pyconfhoard."),
        ("cli", "pyconfhoard."),
        ("things", "pyconfhoard."),
    ):
        for init in (ROOT / folder).rglob("__init__.py"):
            found.add(prefix + ".".join(init.parent.relative_to(ROOT).parts))
    assert listed == found | {"pyconfhoard.yang"}


def test_wheel_puts_nothing_generic_into_an_environment(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"pyconfhoard", "PyConfHoard.py"}


def test_wheel_holds_the_models(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {f"pyconfhoard/yang/{path.name}" for path in (ROOT / "yang").glob("*.yang")} <= set(names)


def test_installed_commands_work_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "env", cwd=tmp_path)
    binaries = tmp_path / "env" / "bin"
    run(
        binaries / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        wheel,
        cwd=tmp_path,
    )
    assert "--thing" in run(binaries / "pyconfhoard", "--help", cwd=tmp_path)
    assert "--command" in run(binaries / "pyconfhoard-cli", "--help", cwd=tmp_path)
    script = (
        "from pyconfhoard import Hoard\n"
        "with Hoard.open('store', modules=['brewerslab']) as hoard:\n"
        "    print(sorted(hoard.owners), hoard.revision)\n"
    )
    assert run(binaries / "python", "-c", script, cwd=tmp_path) == "['brewerslab'] 0\n"
