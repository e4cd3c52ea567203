"""YANG text to statements: pyang's part of the work.

pyang parses, resolves and expands: typedefs, uses with refine and augment, augments of other
modules, deviations. What it gives is a graph of ``Statement`` objects, in which ``i_children``
holds a node's expanded children. What it leaves to us, here:

* **Finding files** is :class:`repository.Library`'s, so that the user's folder goes first.
* **Features.** pyang marks what a false ``if-feature`` removes (``i_not_implemented``), but takes
  a feature as enabled whose own ``if-feature`` is false. So the modules are first read with all
  features, the enabled ones are computed, and if some are off the modules are read again.
* **Implemented modules.** pyang applies the deviations of every module that it sees, also of one
  that is imported for a typedef only. Those are known after the first reading too, and such
  modules are then read without their deviations.
* **Submodules** of YANG 1.1 are merged into their modules (:mod:`submodules`).
* **Errors** become faults with their place; the file is named by its base name. Which of them stand is
  :mod:`verdict`'s.

pyang keeps state in its modules, so one thread at a time reads.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from pyang import error, grammar
from pyang.context import Context
from pyang.repository import Repository
from pyang.statements import validate_module
from pyang.syntax import parse_if_feature_expr
from pyang.util import get_latest_revision
from pyang.yang_parser import YangParser

from pyconfhoard.errors import Fault, ModelError, Place
from pyconfhoard.schema.dialect import prepare
from pyconfhoard.schema.implemented import implemented_modules
from pyconfhoard.schema.repository import Library, ModuleFile, Source
from pyconfhoard.schema.stmt import Statement, resolve, text_of, tree
from pyconfhoard.schema.submodules import merge_submodules
from pyconfhoard.schema.verdict import judge

__all__ = ["Statements", "read"]

_LOCK: Final = threading.Lock()

_NO_CHARACTER: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufdd0-\ufdef\ufffe\uffff]")
"""What no YANG text may have (RFC 7950 section 14, ``yang-char``), but for the ends of the higher planes."""

_READINGS: Final = 4
"""At most. Two are usual if features are off; what is implemented settles at once."""

_CRASHES: Final = (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)
"""What pyang itself may raise on a model that it has found, or should have found, wrong."""


@dataclass(frozen=True, slots=True)
class Statements:
    """Modules read, expanded and free of errors."""

    modules: Mapping[str, Statement]
    """Main modules by name; a further revision, imported by its date, as ``name@revision``. The plain
    name is that of the revision that is or would be implemented."""
    implemented: frozenset[str]
    features: Mapping[str, tuple[str, ...]]
    """The enabled features of every module."""
    warnings: tuple[str, ...]
    sources: tuple[Source, ...]


def read(
    modules: Sequence[str], library: Library, features: Mapping[str, Collection[str]] | None = None
) -> Statements:
    """The statements of ``modules`` (``name`` or ``name@revision``) and of all that they import.

    ``features`` says which features of a module are enabled; a module that it does not name has
    all of its features. Raises :class:`ModelError` with every fault that pyang finds.
    """
    chosen = {module: frozenset(names) for module, names in (features or {}).items()}
    wanted = _requests(modules)
    with _LOCK:
        prepare()
        off: dict[str, frozenset[str]] = {}
        inert: frozenset[str] = frozenset()
        for _ in range(_READINGS):
            context = _Context(library, inert)
            context.features = {name: sorted(names) for name, names in off.items()}
            warnings = context.read(wanted)
            found = context.main_modules()
            enabled = _enabled_features(found, chosen)
            implemented = implemented_modules(found, frozenset(wanted))
            told = (off, inert)
            off = {
                name: names for name, names in enabled.items() if names != frozenset(found[name].i_features)
            }
            inert = context.deviating - implemented
            if (off, inert) == told:
                break
        return Statements(
            modules=found,
            implemented=implemented,
            features={name: tuple(sorted(names)) for name, names in sorted(enabled.items())},
            warnings=warnings,
            sources=context.sources(),
        )


def _requests(modules: Sequence[str]) -> dict[str, str]:
    """Name to revision, or to the empty string; sorted, so that the order of asking means nothing."""
    wanted: dict[str, str] = {}
    for request in sorted(set(modules)):
        name, _, revision = request.partition("@")
        if wanted.setdefault(name, revision) != revision:
            raise ModelError(f"module {name} is asked for in two revisions, and can be served in one only")
    return wanted


class _Context(Context):  # type: ignore[misc]  # pyang has no type hints
    """pyang's parse session, its modules found by our rules."""

    def __init__(self, library: Library, inert: frozenset[str]) -> None:
        super().__init__(_NoFiles())
        self.trim_yin = False
        self._library = library
        self._inert = inert
        self._default: dict[str, Statement] = {}
        """What an import without a revision means, by module name."""
        self._missing: set[tuple[str, str]] = set()
        self._sources: dict[Source, None] = {}
        self.deviating: frozenset[str] = frozenset()
        """Names of the modules that have deviations, inert ones included."""

    def read(self, wanted: Mapping[str, str]) -> tuple[str, ...]:
        """Read and expand the modules; the warnings. Raises :class:`ModelError`."""
        try:
            for name, revision in wanted.items():
                module = self.search_module(error.Position(name), name, revision or None, primary_module=True)
                if module is not None:
                    self._default[name] = module
            self._refuse_submodules(wanted)
            if len(self._default) >= len(wanted):
                # What a deviation removes may be augmented by another module, so deviations come last.
                for name in sorted(wanted.keys() - self.deviating):
                    validate_module(self, self._default[name])
                self.validate()
        except _CRASHES as crash:
            if isinstance(crash, ModelError):
                raise
            if not any(error.is_error(error.err_level(tag)) for _, tag, _ in self.errors):
                names = ", ".join(wanted)
                raise ModelError(f"pyang cannot read {names}: {type(crash).__name__}: {crash}") from crash
        return judge(self.errors, self.modules.values(), self._near)

    def main_modules(self) -> dict[str, Statement]:
        """As :attr:`Statements.modules`."""
        found: dict[str, Statement] = {}
        for (name, revision), module in sorted(self.modules.items()):
            if module.keyword == "module":
                found[name if self.get_module(name) is module else f"{name}@{revision}"] = module
        return found

    def sources(self) -> tuple[Source, ...]:
        """Every file that was read, in that order."""
        return tuple(self._sources)

    # What pyang calls:

    def get_module(self, modulename: str, revision: str | None = None) -> Statement:
        """Without a revision the one that was asked for or is imported so, else the newest there is."""
        if revision is not None:
            return self.modules.get((modulename, revision))
        if modulename in self._default:
            return self._default[modulename]
        dates = [date for name, date in self.modules if name == modulename]
        return self.modules[modulename, max(dates)] if dates else None

    def search_module(
        self, pos: Statement, modulename: str, revision: str | None = None, primary_module: bool = False
    ) -> Statement:
        known = self.get_module(modulename, revision) if revision else self._default.get(modulename)
        if known is not None:
            return known
        file = self._library.find(modulename, revision or "")
        if file is None:
            self._report_missing(pos, modulename, revision or "")
            return None
        module = self._parse(pos, file, revision or "", primary_module)
        if module is not None and revision is None:
            self._default[modulename] = module
        return module

    def add_parsed_module(self, module: Statement) -> Statement:
        if module is not None and module.keyword in {"module", "submodule"} and module.arg is not None:
            known = self.modules.get((module.arg, get_latest_revision(module)))
            if known is not None:
                return known
            if module.keyword == "module":
                module.i_aliases, module.i_merged = merge_submodules(module, self._parse_only)
            self._note_deviations(module)
        return super().add_parsed_module(module)

    # And what they need:

    def _read(self, pos: Statement, file: ModuleFile, revision: str) -> str | None:
        try:
            content = file.path.read_bytes()
            text = content.decode()
        except OSError as failure:
            error.err_add(self.errors, pos, "READ_ERROR", f"{file.path.name}: {failure.strerror}")
            return None
        except UnicodeDecodeError as failure:
            at = content.count(b"\n", 0, failure.start) + 1
            error.err_add(self.errors, pos, "READ_ERROR", f"{file.path.name}: not UTF-8 at line {at}")
            return None
        wrong = _NO_CHARACTER.search(text)
        if wrong:
            at = error.Position(file.path.name)
            at.line = text.count("\n", 0, wrong.start()) + 1
            error.err_add(self.errors, at, "READ_ERROR", f"U+{ord(wrong[0]):04X} is no character of YANG")
        self._sources[Source.of(file, revision, content)] = None
        return text

    def _parse(self, pos: Statement, file: ModuleFile, revision: str, primary: bool) -> Statement:
        """A module or submodule, known to pyang."""
        text = self._read(pos, file, revision)
        if text is None:
            return None
        form = "yin" if file.yin else "yang"
        return self.add_module(file.path.name, text, form, file.name, file.revision or None, True, primary)

    def _parse_only(self, include: Statement) -> Statement:
        """The submodule of an include statement of YANG 1.1, of which pyang knows nothing yet.

        What does not come into the module with its body is checked here: pyang will not see it.
        """
        self._check(include, include.parent, grammar.linkage_stmts)
        revision = text_of(include, "revision-date")
        file = self._library.find(include.arg, revision) if include.arg else None
        text = self._read(include.pos, file, revision) if file is not None else None
        if file is None or text is None or file.yin:
            return None
        part = YangParser().parse(self, file.path.name, text)
        if part is not None:
            self._check(part, part, grammar.top_stmts)
        return part

    def _check(self, stmt: Statement, module: Statement, rules: Sequence[tuple[str, object]]) -> None:
        """Grammar alone, as YANG 1.1 has it."""
        module.i_version = "1.1"
        for each in tree(stmt):
            each.i_module = module
        grammar.chk_statement(self, stmt, rules)

    def _note_deviations(self, module: Statement) -> None:
        deviations = module.search("deviation")
        owner = module.search_one("belongs-to") if module.keyword == "submodule" else module
        if deviations and owner is not None:
            self.deviating |= {owner.arg}
            if owner.arg in self._inert:
                module.substmts = [stmt for stmt in module.substmts if stmt not in deviations]

    def _refuse_submodules(self, wanted: Mapping[str, str]) -> None:
        for name in wanted:
            stmt = self._default.get(name)
            if stmt is not None and stmt.keyword == "submodule":
                owner = stmt.search_one("belongs-to")
                advice = f" of {owner.arg}: ask for that" if owner is not None else ""
                place = Place(stmt.pos.ref, stmt.pos.line)
                raise ModelError(Fault("invalid-value", f"{name} is a submodule{advice}", place=place))

    def _report_missing(self, pos: Statement, name: str, revision: str) -> None:
        if (name, revision) in self._missing:
            return
        self._missing.add((name, revision))
        if revision:
            error.err_add(self.errors, pos, "MODULE_NOT_FOUND_REV", (name, revision))
        else:
            error.err_add(self.errors, pos, "MODULE_NOT_FOUND", name)

    def _near(self, name: str) -> str:
        near = get_close_matches(name, list(self._library.names()), n=3)
        there = f"; there is {', '.join(near)}" if near else ""
        return f"{there}; name the folder that has it with --yang DIR"


class _NoFiles(Repository):  # type: ignore[misc]  # pyang has no type hints
    """An empty repository: :meth:`_Context.search_module` looks elsewhere."""

    def get_modules_and_revisions(self, ctx: Context) -> tuple[()]:
        return ()


def _enabled_features(
    modules: Mapping[str, Statement], chosen: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """Chosen, and all that their own ``if-feature`` asks for enabled too (RFC 7950 section 7.20.1)."""
    unknown = [
        Fault(
            "invalid-value",
            f"module {name} has no feature {feature!r}",
            legal=tuple(modules[name].i_features),
        )
        for name in sorted(chosen)
        if name in modules
        for feature in sorted(chosen[name] - set(modules[name].i_features))
    ]
    if unknown:
        raise ModelError(unknown)
    known: dict[tuple[str, str], bool] = {}

    def enabled(module: str, name: str) -> bool:
        if (module, name) not in known:
            feature = modules[module].i_features[name] if module in modules else None
            known[module, name] = (
                feature is not None
                and name in chosen.get(module, {name})
                and all(
                    holds(parse_if_feature_expr(condition.arg), condition)
                    for condition in feature.search("if-feature")
                )
            )
        return known[module, name]

    def holds(expression: Statement, condition: Statement) -> bool:
        if isinstance(expression, str):
            return enabled(*resolve(condition, expression))
        operator, left, right = expression
        if operator == "not":
            return not holds(left, condition)
        if operator == "and":
            return holds(left, condition) and holds(right, condition)
        return holds(left, condition) or holds(right, condition)

    return {
        name: frozenset(feature for feature in module.i_features if enabled(name, feature))
        for name, module in modules.items()
    }
