"""pyangbind's classes for one subtree, generated in a process of their own.

pyangbind keeps its state in globals, so that a second generation in one process fails, and its
generator crashes on ``action``, ``anydata`` and notifications inside the tree. So this module is a program:
``python -m pyconfhoard.thing.binding_classes MODULE PATH FOLDER... -- OTHER_MODULE...`` writes Python to
its standard output. ``PATH`` is the schema path of the subtree, names without modules; what lies
beside it is left out.
"""

from __future__ import annotations

import contextlib
import io
import optparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

__all__ = ["generate"]

_UNKNOWN: Final = frozenset({"action", "anydata", "anyxml", "notification", "rpc"})
"""Statements on which pyangbind's generator stops."""


def _context(folders: Sequence[Path]) -> Any:
    """A pyang context with pyangbind's plugin, and the options that the plugin expects."""
    from pyang import context, plugin, repository  # noqa: PLC0415 - only this process needs pyang
    from pyangbind.plugin.pybind import PyangBindClass  # noqa: PLC0415

    from pyconfhoard.schema.dialect import prepare  # noqa: PLC0415

    prepare()  # What the hoard takes for a model, a binding takes.
    # Nothing but these folders: pyang's own come last.
    shipped = Path(sys.prefix) / "share" / "yang" / "modules"
    places = [str(folder) for folder in (*folders, shipped)]
    ctx = context.Context(repository.FileRepository(os.pathsep.join(places), use_env=False))
    generator = PyangBindClass()
    plugin.register_plugin(generator)
    options = optparse.OptionParser()
    generator.add_opts(options)
    ctx.opts = options.parse_args([])[0]
    ctx.opts.generate_presence = True
    return ctx, generator


def _read(ctx: Any, folders: Sequence[Path], name: str) -> Any:
    for folder in (*folders, Path(sys.prefix) / "share" / "yang" / "modules"):
        found = sorted(folder.rglob(f"{name}.yang")) + sorted(folder.rglob(f"{name}@*.yang"))
        if found:
            return ctx.add_module(found[-1].name, found[-1].read_text(encoding="utf-8"))
    raise FileNotFoundError(f"the YANG of module {name} is not in: {', '.join(map(str, folders))}")


def _strip(statement: Any) -> None:
    """Take out what the generator cannot do, all the way down."""
    statement.i_children = [child for child in statement.i_children if child.keyword not in _UNKNOWN]
    for child in statement.i_children:
        if hasattr(child, "i_children"):
            _strip(child)


def _narrow(statement: Any, steps: Sequence[str]) -> None:
    """Leave of a module what lies on the way to the subtree."""
    for step in steps:
        statement.i_children = [child for child in statement.i_children if child.arg == step]
        if not statement.i_children:
            return
        statement = statement.i_children[0]


def generate(module: str, path: str, folders: Sequence[Path], others: Sequence[str]) -> str:
    """The Python text. Raises ``FileNotFoundError`` for a module whose YANG is not there, ``ValueError``
    for one that does not compile."""
    from pyang import error  # noqa: PLC0415

    ctx, generator = _context(folders)
    top = _read(ctx, folders, module)
    for other in others:
        if other != module and ctx.get_module(other) is None:
            _read(ctx, folders, other)
    ctx.validate()
    for place, tag, arguments in ctx.errors:
        if error.is_error(error.err_level(tag)):
            raise ValueError(f"{place}: {error.err_to_str(tag, arguments)}")
    ctx.errors = []  # pyangbind takes each warning for an error
    top.prune()
    _narrow(top, [step for step in path.split("/") if step])
    _strip(top)
    text = io.StringIO()
    generator.emit(ctx, [top], text)
    return text.getvalue()


def main(arguments: Sequence[str]) -> int:
    """The program; the reason of a failure on standard error."""
    module, path, *rest = arguments
    cut = rest.index("--") if "--" in rest else len(rest)
    answer = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        try:
            text = generate(module, path, [Path(folder) for folder in rest[:cut]], rest[cut + 1 :])
        except (OSError, ValueError) as error:
            sys.stderr.write(f"{error}\n")
            return 1
    answer.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
