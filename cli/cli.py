#!/usr/bin/env python3
"""``python cli/cli.py``: the command line from a checkout, whatever Python runs it."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV_PYTHON = ROOT / ".venv" / "bin" / "python"

if __name__ == "__main__":
    if VENV_PYTHON.exists() and Path(sys.prefix).resolve() != (ROOT / ".venv").resolve():
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), __file__, *sys.argv[1:]])  # noqa: S606 - our own interpreter
    sys.path[0] = str(ROOT)
    from cli.app import main

    sys.exit(main())
