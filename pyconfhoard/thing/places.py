"""Where things are: a checkout has ``rest``, ``cli`` and ``things`` at its root, a wheel has them
under ``pyconfhoard``, so that nothing generic lands among an environment's packages."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

__all__ = ["CHECKOUT", "child_environment", "face", "file_of"]

_PACKAGE: Final = Path(__file__).resolve().parent.parent

CHECKOUT: Final[Path | None] = (
    _PACKAGE.parent
    if (_PACKAGE.parent / "launch").is_file() and (_PACKAGE.parent / "rest").is_dir()
    else None
)
"""The root of the checkout that this package runs from; None when it is installed."""


def face(name: str) -> str:
    """The dotted name of ``rest``, ``cli`` or ``things`` in this environment."""
    return name if CHECKOUT is not None else f"pyconfhoard.{name}"


def file_of(name: str, *parts: str) -> Path:
    """A file inside one of those packages. Raises ``FileNotFoundError`` when the package is not there."""
    if CHECKOUT is not None:
        return CHECKOUT.joinpath(name, *parts)
    spec = importlib.util.find_spec(face(name))
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"the package {face(name)} is not installed")
    return Path(spec.submodule_search_locations[0]).joinpath(*parts)


def child_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """``environ`` with which a child Python finds the same packages."""
    result = dict(environ)
    if CHECKOUT is not None:
        known = [part for part in result.get("PYTHONPATH", "").split(os.pathsep) if part]
        if str(CHECKOUT) not in known:
            result["PYTHONPATH"] = os.pathsep.join([str(CHECKOUT), *known])
    return result
