"""Small models and data for the tests of the validation."""

import re
import tempfile
from functools import cache
from pathlib import Path as File
from typing import Any

from pyconfhoard.errors import Fault
from pyconfhoard.schema import load
from pyconfhoard.schema.nodes import Schema, XPath
from pyconfhoard.tree import Branch, Path, decode, parse_path
from pyconfhoard.validation import Validator
from pyconfhoard.validation.compile import compile_xpath
from pyconfhoard.validation.cursor import Cursor, Document
from pyconfhoard.validation.table import RuleTable


def module(name: str, body: str, prefix: str = "") -> str:
    """A YANG 1.1 module around ``body``; its prefix is its name if not given."""
    return (
        f'module {name} {{\n yang-version 1.1; namespace "urn:{name}"; prefix {prefix or name};\n{body}\n}}\n'
    )


@cache
def model(*texts: str) -> Schema:
    """The schema of these modules."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for text in texts:
            names.append(re.search(r"module\s+([\w.-]+)", text)[1])
            (File(folder) / f"{names[-1]}.yang").write_text(text)
        return load(names, folders=[File(folder)])


@cache
def validator(schema: Schema) -> Validator:
    return Validator(schema)


def tree(schema: Schema, data: dict[str, Any]) -> Branch:
    root = decode(schema.root, data, Path())
    assert isinstance(root, Branch)
    return root


def faults(schema: Schema, data: dict[str, Any]) -> tuple[Fault, ...]:
    """What the validator says about the data."""
    outcome = validator(schema).validate(tree(schema, data))
    assert outcome.total == len(outcome.faults)
    return outcome.faults


def words(found: tuple[Fault, ...]) -> list[tuple[str, str, str]]:
    """Tag, app-tag and path of each fault."""
    return [(fault.tag, fault.app_tag, fault.path) for fault in found]


@cache
def _table(schema: Schema) -> RuleTable:
    return RuleTable(schema)


def xpath(schema: Schema, text: str, module: str = "") -> XPath:
    """An expression as if it were written in ``module``, by default the first."""
    home = module or next(name for name in schema.modules)
    prefixes = {known.prefix: name for name, known in schema.modules.items()}
    return XPath(text, home, prefixes)


class Lab:
    """Expressions on one tree."""

    def __init__(
        self, schema: Schema, data: dict[str, Any], module: str = "", *, state: bool = False
    ) -> None:
        self.schema = schema
        self.module = module
        self.document = Document(_table(schema).shape, tree(schema, data), state=state)

    def node(self, path: str) -> Cursor:
        found = self.document.root.find(parse_path(self.schema, path))
        assert found is not None, path
        return found

    def ask(self, text: str, at: str | Cursor = "/") -> Any:
        """The value of an expression; a node-set as instance paths, in its order."""
        node = self.node(at) if isinstance(at, str) else at
        expression = compile_xpath(xpath(self.schema, text, self.module), self.schema)
        value = expression.run(node, 1, 1, node)
        if expression.result == "nodes":
            return [str(one.path()) for one in value]
        return value

    def nodes(self, text: str, at: str | Cursor = "/") -> list[Cursor]:
        node = self.node(at) if isinstance(at, str) else at
        found: list[Cursor] = compile_xpath(xpath(self.schema, text, self.module), self.schema).run(
            node, 1, 1, node
        )
        return found
