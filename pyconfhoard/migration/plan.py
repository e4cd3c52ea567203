"""The plan of an upgrade: which rules apply, what they change, and what would not be valid afterwards.

Nothing is stored here. :func:`plan` takes the data all the way, so that what is shown before is what is done then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from pyconfhoard.errors import MAX_FAULTS, BadInput, Fault, NotFound
from pyconfhoard.migration.change import Kind, changed, moved_names
from pyconfhoard.migration.defaults import DefaultChange, changes_in_use
from pyconfhoard.migration.difference import Difference, between
from pyconfhoard.migration.expressions import Uncompilable, check_expression
from pyconfhoard.migration.fit import fit, read
from pyconfhoard.migration.loose import Names, as_json, loosened
from pyconfhoard.migration.paths import RulePath, Step
from pyconfhoard.migration.references import carry_references
from pyconfhoard.migration.rules import REMOVED, SUFFIX, Book, Convert, Default, Move, Rule, Stage, way
from pyconfhoard.schema.nodes import Container, DataNode, Inner, List, Root, Schema
from pyconfhoard.schema.types.instance_identifier import quoted
from pyconfhoard.tree import Branch, Path, nearest, parse_path, to_json
from pyconfhoard.tree.path import value_text
from pyconfhoard.validation import Validator

__all__ = ["ModuleChange", "Plan", "UsedRule", "plan"]

_NONE: Final = "(no revision)"


@dataclass(frozen=True, slots=True)
class ModuleChange:
    """``before`` and ``after`` are revisions (empty: it has none; None: it is not served). ``stages`` are the steps on the
    way; None where there is no file of rules for the module."""

    module: str
    before: str | None
    after: str | None
    stages: tuple[Stage, ...] | None = None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.module} {self.after or _NONE}, which is new"
        if self.after is None:
            return f"{self.module} {self.before or _NONE}, which is not served any more"
        return f"{self.module} {self.before or _NONE} to {self.after or _NONE}"


@dataclass(frozen=True, slots=True)
class UsedRule:
    """``uses``: how many stored values (or, of what is moved whole, nodes) it was applied to."""

    stage: Stage
    text: str
    uses: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What an upgrade would do. ``after`` is the new configuration, None if it cannot be read; the upgrade can be made if
    there are no ``faults`` (``total`` counts also those not listed). ``paths`` are those of Things, as they are then.
    ``defaults`` that change are in use: where nobody has set a value, another one counts then.
    """

    old: Schema
    new: Schema
    modules: tuple[ModuleChange, ...]
    rules: tuple[UsedRule, ...]
    before: Branch
    after: Branch | None
    difference: Difference
    faults: tuple[Fault, ...]
    total: int
    paths: Mapping[str, str]
    defaults: tuple[DefaultChange, ...] = ()

    @property
    def fits(self) -> bool:
        """The stored data is valid under the new model as it is, and no rule changes any of it."""
        return not self.faults and not self.difference

    def text(self) -> str:
        """All of it for a person to read, lines each with their end."""
        return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> Iterator[str]:
        yield "Model:"
        for change in self.modules:
            known = "" if change.stages != () else f" (no step of {change.module}{SUFFIX} is on the way)"
            yield f"  {change}{known}"
        if not self.modules:
            yield "  the same revisions, with other texts or features; rules are for changes of revision"
        if self.rules:
            yield "Rules:"
            yield from (f"  {rule.text} ({_times(rule.uses)})" for rule in self.rules)
        if self.difference:
            yield "Changes:"
            yield from (f"  {line}" for line in self.difference.text().splitlines())
        elif self.after is not None:
            yield "No stored value changes."
        if self.defaults:
            yield "Defaults that change, where nobody has set a value:"
            yield from (f"  {one}" for one in self.defaults)
        if self.faults:
            yield f"Not valid under the new model, {_counted(self.total, 'fault')}:"
            yield from (f"  {fault}" for fault in self.faults)


def _times(uses: int) -> str:
    return f"{uses} times" if uses > 1 else ("never", "once")[uses]


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def plan(
    old: Schema,
    new: Schema,
    before: Branch,
    books: Mapping[str, Book],
    *,
    revision: int = 0,
    paths: Mapping[str, str] | None = None,
    faults: Sequence[Fault] = (),
    validator: Validator | None = None,
    brief: bool = False,
) -> Plan:
    """Take ``before``, which is in the words of ``old``, to those of ``new``, all of it stamped ``revision``.

    ``books`` are the rules by module. ``paths`` are those of Things, by name, in text. ``faults`` are known already, such
    as those of files of rules. ``validator`` is that of ``new``. Costs the size of the data; with ``brief`` less where no rule
    applies and the data fits as it is: defaults that change are not told then.
    """
    modules = tuple(_modules(old, new, books))
    stages = [stage for change in modules for stage in change.stages or ()]
    told, wrong = _places(old, new, stages, paths or {})
    if senseless := [*faults, *_wrong_rules(old, new, modules)]:
        wrong = [*senseless, *wrong]
        return Plan(
            old, new, modules, (), before, None, Difference(()), tuple(wrong[:MAX_FAULTS]), len(wrong), told
        )
    validator = validator or Validator(new)
    if brief and not stages and not wrong:
        same = _as_it_is(validator, before, revision)
        if same is not None:
            return Plan(old, new, modules, (), before, same, Difference(()), (), 0, told)
    used: list[UsedRule] = []
    loose = loosened(before)
    last = [change.stages[-1] for change in modules if change.stages]
    for stage in stages:
        step = changed(loose, stage, partial(_kind if stage in last else _earlier_kind, new))
        loose = step.root
        wrong += step.faults
        uses = zip(stage.rules, step.uses, strict=True)
        used += [UsedRule(stage, str(rule), times) for rule, times in uses]
    carry_references(loose, stages)
    after, misfits, total = fit(new, validator, as_json(loose), revision)
    listed = [*wrong, *(_explained(fault, modules) for fault in misfits)]
    return Plan(
        old=old,
        new=new,
        modules=modules,
        rules=tuple(used),
        before=before,
        after=after,
        difference=between(before, after) if after is not None else Difference(()),
        faults=tuple(listed[:MAX_FAULTS]),
        total=len(wrong) + total,
        paths=told,
        defaults=tuple(changes_in_use(loose, loosened(after))) if after is not None else (),
    )


def _as_it_is(validator: Validator, before: Branch, revision: int) -> Branch | None:
    """The same data under the new model; None if it is not valid there, or only in another form."""
    root, faults, _ = read(validator.schema, validator, to_json(before.schema, before), revision)
    return None if faults else root


def _modules(old: Schema, new: Schema, books: Mapping[str, Book]) -> Iterator[ModuleChange]:
    """The modules that are served and differ, by name."""
    before = {one.name: one.revision for one in old.modules.values() if one.implemented}
    after = {one.name: one.revision for one in new.modules.values() if one.implemented}
    for name in sorted({*before, *after}):
        was, becomes = before.get(name), after.get(name)
        stages = None
        if was is not None and was != becomes and name in books:
            stages = way(books[name], was, REMOVED if becomes is None else becomes)
        if was != becomes:
            yield ModuleChange(name, was, becomes, stages)


def _kind(new: Schema, names: Names) -> Kind:
    match _find(new, names):
        case None:
            return "unknown"
        case Container(presence=presence):
            return "presence" if presence else "container"
        case List():
            return "list"
    return "value"


def _earlier_kind(new: Schema, names: Names) -> Kind:
    """What is known of a model in between: that what has a presence at last, is not made by the way."""
    return "presence" if _kind(new, names) == "presence" else "unknown"


def _find(schema: Schema, names: Names) -> DataNode | None:
    node: DataNode = schema.root
    for name in names:
        if not isinstance(node, Inner):
            return None
        module, _, bare = name.partition(":")
        child = node.children.get(name) or (node.children.get(bare) if module == node.module else None)
        if child is None:
            return None
        node = child
    return node


# -- rules that cannot be meant --------------------------------------------------------------------


def _wrong_rules(old: Schema, new: Schema, modules: Sequence[ModuleChange]) -> Iterator[Fault]:
    """What can be known to be wrong from the two models: the first step's old paths, and the last step's new ones."""
    for change in modules:
        if not change.stages:
            continue
        for stage in change.stages:
            for rule in stage.rules:
                if isinstance(rule, Convert | Default) and rule.expression:
                    try:
                        check_expression(rule.expression, rule.module)
                    except Uncompilable as error:
                        yield _misfit(stage, rule.path.text, f"{rule.expression}: {error}")
        for rule in change.stages[0].rules:
            if not isinstance(rule, Default):
                yield from _unknown(old, rule.path.steps, rule.path.text, change.stages[0], "old")
        for rule in change.stages[-1].rules:
            path = _new_path(rule)
            if path is not None:
                yield from _unknown(new, path.steps, path.text, change.stages[-1], "new")


def _new_path(rule: Rule) -> RulePath | None:
    """The path in the new data that a rule says whole."""
    match rule:
        case Default(path=path):
            return path
        case Convert(to=to):
            return to
        case Move(to=to, renames=False):
            return to
    return None


def _unknown(schema: Schema, steps: Sequence[Step], text: str, stage: Stage, which: str) -> Iterator[Fault]:
    node: DataNode = schema.root
    for size, step in enumerate(steps, 1):
        found = _find(schema, tuple(one.name for one in steps[:size]))
        if found is None:
            known = nearest(step.name, [child.qname for child in getattr(node, "children", {}).values()])
            hint = f"; there is {' or '.join(known)}" if known else ""
            yield _misfit(stage, text, f"the {which} model has no {step.name} there{hint}")
            return
        if step.keys and not isinstance(found, List):
            yield _misfit(stage, text, f"{step.name} is no list, so it has no keys")
        node = found


def _misfit(stage: Stage, path: str, why: str) -> Fault:
    return Fault("invalid-value", f"{stage.file}, {stage}: {why}", path)


# -- what does not fit -----------------------------------------------------------------------------


def _explained(fault: Fault, modules: Sequence[ModuleChange]) -> Fault:
    """A fault of a top-level node whose module is not served, with the way out."""
    for change in modules:
        if change.after is None and (fault.value or fault.path.lstrip("/")).startswith(f"{change.module}:"):
            message = (
                f"{fault.message}: the module {change.module} is not served any more. Name it, as its hoard does "
                f"(--module {change.module}), or drop its data by rules to the revision {REMOVED!r} in {change.module}{SUFFIX}"
            )
            return replace(fault, message=message)
    return fault


def _places(
    old: Schema, new: Schema, stages: Sequence[Stage], paths: Mapping[str, str]
) -> tuple[dict[str, str], list[Fault]]:
    """Where the subtrees of Things are afterwards."""
    told: dict[str, str] = {}
    faults: list[Fault] = []
    for name, text in paths.items():
        try:
            steps: tuple[Step, ...] | None = _steps(old, parse_path(old, text))
        except (BadInput, NotFound) as error:
            faults.extend(error.faults)
            continue
        for stage in stages:
            steps = None if steps is None else moved_names(steps, stage)
        node = None if steps is None else _find(new, tuple(step.name for step in steps))
        if steps is None or not isinstance(node, Inner) or isinstance(node, Root) or not node.config:
            message = (
                f"it belongs to the Thing {name}, and the new model does not have it: tell by a rule where it goes, "
                "or keep it until the Thing is registered elsewhere"
            )
            faults.append(Fault("operation-failed", message, text))
        else:
            told[name] = _text(new, steps)
    return told, faults


def _steps(schema: Schema, path: Path) -> tuple[Step, ...]:
    node: DataNode = schema.root
    steps = []
    for step in path.steps:
        assert isinstance(node, Inner)  # noqa: S101 - the path was parsed under this schema
        node = node.children[step.name]
        keys: tuple[tuple[str, str], ...] = ()
        if isinstance(node, List) and step.key is not None:
            names = [node.children[key].qname for key in node.keys]
            keys = tuple(zip(names, map(value_text, step.key), strict=True))
        steps.append(Step(node.qname, keys))
    return tuple(steps)


def _text(new: Schema, steps: Sequence[Step]) -> str:
    """Canonical text. Keys keep their order, whatever their leaves are called now."""
    text = ""
    names: Names = ()
    above = ""
    for step in steps:
        names = (*names, step.name)
        node = _find(new, names)
        own, _, bare = step.name.partition(":")
        text += "/" + (bare if own == above else step.name)
        above = own
        keys = node.keys if isinstance(node, List) else ()
        text += "".join(f"[{key}={quoted(value)}]" for key, (_, value) in zip(keys, step.keys, strict=False))
    return text
