"""XPath expressions to Python closures.

Each construct becomes a function from :class:`Context` to a value; names are resolved to modules once. A few
forms are worth an extra: a step along ``child`` by name walks the schema's own dictionary; predicates that
name all keys of a list by values that do not depend on the entry (``device[name=current()/../x]``) become a
look-up; ``//x`` is one walk; and ``and``/``or`` stop early. Everything else is the plain reading of the specification.

**Document order.** A node-set is kept in it always. Steps along an axis of :data:`LEVEL` from nodes of one depth lead to
nodes of one depth; of such nodes none holds another, so what ``child`` gives from each in turn is in order as it
comes. After other axes, and in unions, it is sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Final, TypeAlias

from pyconfhoard.schema.nodes import DataNode, Inner, Leaf, List, XPath
from pyconfhoard.schema.types.base import InvalidValue, Type, Value
from pyconfhoard.schema.types.leafref import Leafref
from pyconfhoard.validation.axes import AXES, REVERSE, in_document_order
from pyconfhoard.validation.cursor import TEXT, Cursor
from pyconfhoard.validation.functions import TABLE, Context
from pyconfhoard.validation.numbers import divide, remainder
from pyconfhoard.validation.values import Result, compare, to_boolean, to_number, to_string
from pyconfhoard.xpath import (
    DESCENDANTS,
    BinaryOperation,
    Call,
    Expr,
    Filter,
    LocationPath,
    NameTest,
    Negation,
    NodeTypeTest,
    Number,
    PathFrom,
    Step,
    String,
    parse,
    walk,
)

__all__ = ["Evaluate", "Names", "compile_xpath", "may_see", "names_of"]

Evaluate: TypeAlias = Callable[[Context], Result]
Names: TypeAlias = dict[str, str]
Walk: TypeAlias = Callable[[Context, list[Cursor]], list[Cursor]]
Matches: TypeAlias = Callable[[DataNode], bool]

_ANY: Final = "*"

LEVEL: Final = frozenset({"self", "child", "parent", "following-sibling", "preceding-sibling"})
"""Axes that lead from nodes of one depth to nodes of one depth."""
_UPWARD: Final = frozenset({"self", "parent", "ancestor", "ancestor-or-self"})


def names_of(xpath: XPath) -> Names:
    """What prefixes mean in an expression; "" is the module of names without one."""
    return {**xpath.prefixes, "": xpath.module}


def compile_xpath(xpath: XPath) -> Evaluate:
    """The function that evaluates ``xpath``. Raises ``XPathSyntaxError``."""
    return _compile(parse(xpath.text), names_of(xpath))


def may_see(expression: Expr, names: Collection[str]) -> bool:
    """False when ``expression`` certainly does not look at children called one of ``names``, nor below them, except
    as the context node and its ancestors. True in doubt."""
    for part in walk(expression):
        if isinstance(part, Call) and part.name == "deref":
            return True
        if isinstance(part, LocationPath | PathFrom):
            for step in part.steps:
                if step.axis in _UPWARD:
                    continue
                if step.axis != "child" or not isinstance(step.test, NameTest):
                    return True
                if step.test.name == _ANY or step.test.name in names:
                    return True
    return False


def _compile(expression: Expr, names: Names) -> Evaluate:
    match expression:
        case String(value=text):
            return lambda context: text
        case Number():
            number = expression.value
            return lambda context: number
        case Negation(operand=operand):
            inner = _compile(operand, names)
            return lambda context: -to_number(inner(context))
        case BinaryOperation():
            return _binary(expression, names)
        case Call(name=name, arguments=arguments):
            return _call(name, [_compile(argument, names) for argument in arguments])
        case LocationPath(absolute=absolute, steps=steps):
            walk = _walk(steps, names, level=True)
            if absolute:
                return lambda context: walk(context, [context.node.root])
            return lambda context: walk(context, [context.node])
        case PathFrom(start=start, steps=steps):
            begin = _compile(start, names)
            walk = _walk(steps, names, level=isinstance(start, Call))  # current() and deref() give one node
            return lambda context: walk(context, _set(begin(context)))
        case Filter(expression=inner_expression, predicates=predicates):
            inner = _compile(inner_expression, names)
            tests = [_compile(predicate, names) for predicate in predicates]
            return lambda context: _filtered(context, _set(inner(context)), tests)
    raise TypeError(f"no such expression: {expression!r}")


def _set(value: Result) -> list[Cursor]:
    """A node-set; anything else has no nodes (a path on it is an error that the model's check reports)."""
    return value if isinstance(value, list) else []


def _call(name: str, arguments: list[Evaluate]) -> Evaluate:
    function = TABLE[name]
    if not arguments:
        return function
    if len(arguments) == 1:
        only = arguments[0]
        return lambda context: function(context, only(context))
    return lambda context: function(context, *[argument(context) for argument in arguments])


def _binary(expression: BinaryOperation, names: Names) -> Evaluate:
    left, right = _compile(expression.left, names), _compile(expression.right, names)
    sign = expression.operator
    match sign:
        case "or":
            return lambda context: to_boolean(left(context)) or to_boolean(right(context))
        case "and":
            return lambda context: to_boolean(left(context)) and to_boolean(right(context))
        case "+":
            return lambda context: to_number(left(context)) + to_number(right(context))
        case "-":
            return lambda context: to_number(left(context)) - to_number(right(context))
        case "*":
            return lambda context: to_number(left(context)) * to_number(right(context))
        case "div":
            return lambda context: divide(to_number(left(context)), to_number(right(context)))
        case "mod":
            return lambda context: remainder(to_number(left(context)), to_number(right(context)))
        case "|":
            return lambda context: in_document_order(_set(left(context)) + _set(right(context)))
    return lambda context: compare(sign, left(context), right(context))


def _walk(steps: tuple[Step, ...], names: Names, level: bool) -> Walk:
    """Location steps, one after the other; ``level`` says that the nodes they begin at are of one depth."""
    compiled: list[Walk] = []
    for step in _joined(steps):
        compiled.append(_step(step, names, level))
        level = level and step.axis in LEVEL

    def walk(context: Context, nodes: list[Cursor]) -> list[Cursor]:
        for step in compiled:
            if not nodes:
                break
            nodes = step(context, nodes)
        return nodes

    return walk


def _joined(steps: tuple[Step, ...]) -> list[Step]:
    """``//x`` as one step along ``descendant``. Not with predicates: positions count per parent."""
    joined: list[Step] = []
    for step in steps:
        if joined and joined[-1] == DESCENDANTS and step.axis == "child" and not step.predicates:
            joined[-1] = Step("descendant", step.test)
        else:
            joined.append(step)
    return joined


def _step(step: Step, names: Names, level: bool) -> Walk:
    if step.axis == "self" and step.test == NodeTypeTest("node") and not step.predicates:
        return lambda context, nodes: nodes
    if step.axis == "child" and isinstance(step.test, NameTest):
        return _child_step(step, step.test, names, level)
    axis = AXES[step.axis]
    matches = _matches(step.test, names)
    tests = [_compile(predicate, names) for predicate in step.predicates]

    def walk(context: Context, nodes: list[Cursor]) -> list[Cursor]:
        found: list[Cursor] = []
        for node in nodes:
            found.extend(_filtered(context, [other for other in axis(node) if matches(other.schema)], tests))
        if len(nodes) > 1 or step.axis in REVERSE:
            return in_document_order(found)
        return found

    return walk


def _child_step(step: Step, test: NameTest, names: Names, level: bool) -> Walk:
    """``child::name``: different parents have different children, so none comes twice."""
    matches = _matches(test, names)
    known: dict[int, tuple[Inner, list[DataNode]]] = {}
    tests = [_compile(predicate, names) for predicate in step.predicates]
    keyed = _Keyed(step.predicates, names)

    def walk(context: Context, nodes: list[Cursor]) -> list[Cursor]:
        found: list[Cursor] = []
        for node in nodes:
            schema = node.schema
            if not isinstance(schema, Inner):
                continue
            if id(schema) not in known:
                known[id(schema)] = (schema, [child for child in schema.children.values() if matches(child)])
            for child in known[id(schema)][1]:
                if tests and isinstance(child, List) and keyed.serves(child):
                    found.extend(keyed.entries(context, node, child))
                elif tests:
                    found.extend(_filtered(context, list(node.instances(child)), tests))
                else:
                    found.extend(node.instances(child))
        return found if level or len(nodes) < 2 else in_document_order(found)

    return walk


def _matches(test: NameTest | NodeTypeTest, names: Names) -> Matches:
    """Whether a node passes a node test. YANG data has elements and text, no other kind of node."""
    if isinstance(test, NodeTypeTest):
        if test.kind == "text":
            return lambda node: node is TEXT
        return (lambda node: True) if test.kind == "node" else (lambda node: False)
    if test.name == _ANY:
        module = names.get(test.prefix, test.prefix) if test.prefix else ""
        return lambda node: bool(node.name) and (not module or node.module == module)
    name, module = test.name, names.get(test.prefix, test.prefix)
    return lambda node: node.name == name and node.module == module


def _filtered(context: Context, nodes: list[Cursor], tests: Iterable[Evaluate]) -> list[Cursor]:
    """Predicates (section 2.4): a number is a position, anything else a boolean."""
    for test in tests:
        size = len(nodes)
        kept = []
        for position, node in enumerate(nodes, 1):
            verdict = test(context.at(node, position, size))
            if verdict == position if isinstance(verdict, float) else to_boolean(verdict):
                kept.append(node)
        nodes = kept
    return nodes


class _Keyed:
    """Predicates ``[key = expression]``, or several joined by ``and``, whose expressions do not depend on the
    entry that is tested."""

    def __init__(self, predicates: tuple[Expr, ...], names: Names) -> None:
        self._values: dict[tuple[str, str], Evaluate] = {}
        self._usable = True
        for predicate in predicates:
            for part in _conjuncts(predicate):
                pair = _key_equation(part)
                if pair is None:
                    self._usable = False
                    return
                test, value = pair
                key = (names.get(test.prefix, test.prefix), test.name)
                self._usable = self._usable and key not in self._values
                self._values[key] = _compile(value, names)

    def serves(self, child: List) -> bool:
        """True when the predicates name all keys of ``child``, and nothing but its keys.

        XPath compares texts. Where one text may be two values, as in a union, a look-up finds only one.
        """
        if not self._usable or len(self._values) != len(child.keys):
            return False
        return all(
            isinstance(leaf := child.children[key], Leaf)
            and (leaf.module, leaf.name) in self._values
            and _final(leaf).name != "union"
            for key in child.keys
        )

    def entries(self, context: Context, parent: Cursor, child: List) -> list[Cursor]:
        """The entries that the predicates choose."""
        candidates: list[tuple[Value, ...]] = [()]
        for key in child.keys:
            leaf = child.children[key]
            if not isinstance(leaf, Leaf):
                return []
            values = _key_values(leaf, self._values[leaf.module, leaf.name](context))
            candidates = [(*had, value) for had in candidates for value in values]
        found = [parent.entry(child, key) for key in candidates]
        nodes = [node for node in found if node is not None]
        return nodes if len(nodes) < 2 else in_document_order(nodes)


def _final(leaf: Leaf) -> Type:
    return leaf.type.final if isinstance(leaf.type, Leafref) else leaf.type


def _conjuncts(predicate: Expr) -> list[Expr]:
    if isinstance(predicate, BinaryOperation) and predicate.operator == "and":
        return _conjuncts(predicate.left) + _conjuncts(predicate.right)
    return [predicate]


def _key_equation(predicate: Expr) -> tuple[NameTest, Expr] | None:
    """``name = expression`` either way round, the expression free of the context node."""
    if not isinstance(predicate, BinaryOperation) or predicate.operator != "=":
        return None
    for name, value in ((predicate.left, predicate.right), (predicate.right, predicate.left)):
        if (
            isinstance(name, LocationPath)
            and not name.absolute
            and len(name.steps) == 1
            and name.steps[0].axis == "child"
            and isinstance(name.steps[0].test, NameTest)
            and name.steps[0].test.name != _ANY
            and not name.steps[0].predicates
            and _free(value)
        ):
            return name.steps[0].test, value
    return None


def _free(expression: Expr) -> bool:
    """True when a string or node-set does not depend on the context node, position or size."""
    match expression:
        case String():
            return True
        case LocationPath(absolute=absolute, steps=steps):
            return absolute and not any(step.predicates for step in steps)
        case PathFrom(start=start, steps=steps):
            return _free(start) and not any(step.predicates for step in steps)
        case Call(name=name, arguments=arguments):
            if name in {"current", "deref", "string", "concat"}:
                return (name == "current" or bool(arguments)) and all(map(_free, arguments))
    return False


def _key_values(leaf: Leaf, wanted: Result) -> list[Value]:
    """The canonical key values whose text is (one of) the wanted."""
    texts = {node.text() for node in wanted} if isinstance(wanted, list) else {to_string(wanted)}
    values: list[Value] = []
    for text in texts:
        try:
            value = leaf.type.parse(text, leaf.module)
        except InvalidValue:
            continue
        if leaf.type.text(value) == text:
            values.append(value)
    return values
