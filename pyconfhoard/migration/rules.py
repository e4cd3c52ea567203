"""The rules beside the YANG: files ``<module>.migration.json``, read, judged by the module ``pyconfhoard-migration``, and
the way through their steps from one revision to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

from pyconfhoard.errors import BadInput, Fault, HoardError, StoreError
from pyconfhoard.migration.paths import RulePath, Step, parse_rule_path, qualified
from pyconfhoard.schema import PROJECT_YANG, load
from pyconfhoard.schema.repository import Library
from pyconfhoard.tree import Branch, Entries, decode, parse
from pyconfhoard.validation.operations import Operations, place_of

__all__ = [
    "REMOVED",
    "SUFFIX",
    "Book",
    "Convert",
    "Default",
    "Drop",
    "Move",
    "Rule",
    "Stage",
    "read_books",
    "way",
]

SUFFIX: Final = ".migration.json"

REMOVED: Final = "removed"
"""The to-revision of a module that is not served any more."""

_MODEL: Final = "pyconfhoard-migration"


@dataclass(frozen=True, slots=True)
class Move:
    """``rename`` and ``move``: what is at ``path`` goes to ``to``; of a rename, only the last name of that counts."""

    path: RulePath
    to: RulePath
    renames: bool = False

    def __str__(self) -> str:
        return f"{'rename' if self.renames else 'move'} {self.path} to {self.to}"


@dataclass(frozen=True, slots=True)
class Convert:
    """``to`` None: where it is. By ``expression``, else by ``table`` and ``otherwise`` (None: what it was)."""

    path: RulePath
    to: RulePath | None
    table: Mapping[str, str]
    otherwise: str | None
    expression: str
    module: str

    def __str__(self) -> str:
        where = "" if self.to is None else f" to {self.to}"
        return f"convert {self.path}{where} by {self.expression or 'a table'}"


@dataclass(frozen=True, slots=True)
class Default:
    """By ``expression``, else the texts ``values``; ``many``: of a leaf-list."""

    path: RulePath
    values: tuple[str, ...]
    many: bool
    expression: str
    module: str

    def __str__(self) -> str:
        return f"default {self.path} is {self.expression or ', '.join(self.values)}"


@dataclass(frozen=True, slots=True)
class Drop:
    path: RulePath

    def __str__(self) -> str:
        return f"drop {self.path}"


Rule: TypeAlias = Move | Convert | Default | Drop


@dataclass(frozen=True, slots=True)
class Stage:
    """The rules from one revision of a module to another. ``file`` is where they stand."""

    module: str
    before: str
    after: str
    rules: tuple[Rule, ...]
    file: str

    def __str__(self) -> str:
        return f"{self.module} {self.before or '(no revision)'} to {self.after or '(no revision)'}"


@dataclass(frozen=True, slots=True)
class Book:
    """All that is known of a module's changes."""

    module: str
    stages: tuple[Stage, ...]


def way(book: Book, before: str, after: str) -> tuple[Stage, ...]:
    """The steps on the way from one revision to a later one, each beginning where the one before it ended or later: between
    them the module changed without need of rules. Of two that begin at once, the longer one is taken."""
    taken: list[Stage] = []
    while onward := [stage for stage in book.stages if before <= stage.before and stage.after <= after]:
        first = min(stage.before for stage in onward)
        taken.append(max((stage for stage in onward if stage.before == first), key=lambda stage: stage.after))
        before = taken[-1].after
    return tuple(taken)


def read_books(
    modules: Iterable[str], folders: Sequence[Path], *, cache: Path | None = None
) -> tuple[dict[str, Book], tuple[Fault, ...]]:
    """The books of these modules, by name, and what is wrong with the files that cannot be read.

    A file is looked for beside the module's own, and for a module that has gone, in the ``folders`` (and the project's
    own). ``cache`` is for the compiled schema of these files.
    """
    searched = [Path(folder).absolute() for folder in folders]
    if PROJECT_YANG not in searched:
        searched.append(PROJECT_YANG)
    library = Library.of(searched)
    books: dict[str, Book] = {}
    faults: list[Fault] = []
    for module in modules:
        file = _file(library, searched, module)
        if file is None:
            continue
        try:
            books[module] = _read(file, module, cache)
        except HoardError as error:
            faults.extend(replace(fault, message=f"{file.name}: {fault.message}") for fault in error.faults)
    return books, tuple(faults)


def _file(library: Library, folders: Iterable[Path], module: str) -> Path | None:
    found = library.find(module)
    places = [found.path.parent] if found is not None else list(folders)
    files = (place / f"{module}{SUFFIX}" for place in places)
    return next((file for file in files if file.is_file()), None)


def _read(file: Path, module: str, cache: Path | None) -> Book:
    try:
        body = file.read_bytes()
    except OSError as error:
        raise StoreError(f"it cannot be read: {error.strerror}") from error
    schema = load((_MODEL,), cache=cache)
    structure = schema.structures[f"{_MODEL}:migration"]
    raw = parse(body)
    wanted = f"{_MODEL}:migration"
    if not isinstance(raw, dict) or list(raw) != [wanted]:
        raise BadInput(f"a file of rules is a JSON object with the one member {wanted}")
    branch = decode(structure, raw[wanted], place_of(structure), content="all")
    outcome = Operations(schema).check_structure(structure, branch)
    if outcome.faults:
        raise BadInput(outcome.faults, total=outcome.total)
    if branch["module"] != module:
        message = f"its rules are for {branch['module']}, and it stands where those of {module} belong"
        raise BadInput(Fault("invalid-value", message, value=branch["module"]))
    stages = tuple(_stage(step, module, file.name) for step in _each(branch, "step"))
    return Book(module, stages)


def _stage(step: Branch, module: str, file: str) -> Stage:
    rules: list[Rule] = []
    faults: list[Fault] = []
    before, after = step["from-revision"], step["to-revision"]
    if after < before:  # dates; and none comes first, "removed" last
        faults.append(
            Fault("invalid-value", f"a step leads to a later revision, not from {before} to {after}")
        )
    for kind, make in (
        ("rename", _rename),
        ("move", _move),
        ("convert", _convert),
        ("default", _default),
        ("drop", _drop),
    ):
        for rule in _each(step, kind):
            try:
                rules.append(make(rule, module))
            except BadInput as error:
                faults.extend(error.faults)
    faults.extend(_twice(rules))
    if faults:
        raise BadInput(faults)
    return Stage(module, before, after, tuple(rules), file)


def _twice(rules: Iterable[Rule]) -> Iterator[Fault]:
    seen: dict[tuple[Step, ...], Rule] = {}
    for rule in rules:
        if isinstance(rule, Default):
            continue
        other = seen.setdefault(rule.path.steps, rule)
        if other is not rule:
            message = (
                f"two rules say what becomes of it: {other}, and {rule}; a convert may also say where it goes"
            )
            yield Fault("invalid-value", message, str(rule.path))


def _each(branch: Branch, name: str) -> Iterator[Branch]:
    entries: Any = branch.get(name)
    return iter(entries.values()) if isinstance(entries, Entries) else iter(())


def _rename(rule: Branch, module: str) -> Move:
    path = parse_rule_path(rule["path"])
    last = Step(qualified(rule["to"], path.steps[-1].name.partition(":")[0]))
    return Move(path, RulePath(rule["to"], (*path.steps[:-1], last)), renames=True)


def _move(rule: Branch, module: str) -> Move:
    return Move(parse_rule_path(rule["path"]), parse_rule_path(rule["to"]))


def _convert(rule: Branch, module: str) -> Convert:
    to = rule.get("to")
    return Convert(
        parse_rule_path(rule["path"]),
        None if to is None else parse_rule_path(to),
        {row["from"]: row["to"] for row in _each(rule, "table")},
        rule.get("otherwise"),
        rule.get("expression") or "",
        module,
    )


def _default(rule: Branch, module: str) -> Default:
    single, many = rule.get("value"), rule.get("values")
    values = many if many is not None else () if single is None else (single,)
    return Default(
        parse_rule_path(rule["path"]), tuple(values), many is not None, rule.get("expression") or "", module
    )


def _drop(rule: Branch, module: str) -> Drop:
    return Drop(parse_rule_path(rule["path"]))
