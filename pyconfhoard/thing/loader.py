"""From a thing file, ``things/<folder>/<file>.py``, to its Thing.

A file gives its Thing in one of two ways: a class ``Launch`` whose instance has it as ``.thing``, or
exactly one subclass of ``Thing`` that is defined in the file and that no other in the file builds on.

``python -m pyconfhoard.thing.loader FILE`` prints what a file declares, for ``declaration.py``.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

from pyconfhoard.errors import HoardError, NotFound
from pyconfhoard.thing.context import Context, constructing
from pyconfhoard.thing.declaration import InvalidThing
from pyconfhoard.thing.thing import Thing

__all__ = ["load"]


def load(path: Path) -> Thing:
    """Construct the Thing of a file, in the context that is set.

    Raises :class:`NotFound` or :class:`InvalidThing`; and what the file's own code raises.
    """
    if not path.is_file():
        raise NotFound(f"{path} does not exist")
    module = _import(path)
    launch = getattr(module, "Launch", None)
    if isinstance(launch, type):
        thing = getattr(launch(), "thing", None)
        if not isinstance(thing, Thing):
            raise InvalidThing(path, "its Launch has no Thing as .thing")
        return thing
    return _only_thing(path, module)()


def _only_thing(path: Path, module: ModuleType) -> type[Thing]:
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Thing) and value.__module__ == module.__name__
    ]
    last = [kind for kind in found if not any(kind in other.__mro__[1:] for other in found)]
    if len(last) == 1:
        return last[0]
    if not last:
        raise InvalidThing(path, "it defines neither a subclass of pyconfhoard.Thing nor a class Launch")
    names = ", ".join(sorted(kind.__name__ for kind in last))
    raise InvalidThing(
        path, f"it defines several Things ({names}): one a file, or a class Launch that chooses"
    )


def _import(path: Path) -> ModuleType:
    """Import a file under its package's name if it stands in one, so that relative imports work."""
    path = path.resolve()
    root, parts = path.parent, [path.stem]
    while (root / "__init__.py").is_file():
        parts.insert(0, root.name)
        root = root.parent
    try:
        if len(parts) > 1 and all(part.isidentifier() for part in parts):
            if str(root) not in sys.path:
                sys.path.insert(0, str(root))
            module = importlib.import_module(".".join(parts))
            if Path(module.__file__ or "").resolve() == path:
                return module
        return _import_alone(path)
    except SyntaxError as error:
        raise InvalidThing(path, f"{error.msg} (line {error.lineno})") from error
    except ImportError as error:
        raise InvalidThing(path, str(error)) from error


def _import_alone(path: Path) -> ModuleType:
    name = f"thing_{re.sub(r'[^0-9A-Za-z_]', '_', path.stem)}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InvalidThing(path, "it is not a Python file (.py)")
    if str(path.parent) not in sys.path:
        sys.path.insert(1, str(path.parent))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def main(argv: list[str]) -> int:
    """Print the declaration of one file as JSON."""
    answer = sys.stdout
    with contextlib.redirect_stdout(sys.stderr), constructing(Context(describe=True)):
        try:
            thing = load(Path(argv[0]))
        except (HoardError, TypeError) as error:
            sys.stderr.write(f"{error}\n")
            return 1
    json.dump(
        {
            "name": thing.name,
            "module": thing.module,
            "path": thing.path,
            "title": thing.title,
            "follows": list(thing.follows),
            "outputs": [str(output) for output in thing.outputs],
        },
        answer,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
