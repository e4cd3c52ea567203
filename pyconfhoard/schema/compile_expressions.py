"""``must`` and ``when``: each expression with what its names mean, and warnings about names that no node has.

What decides between *own* conditions and those of the parent is where a ``when`` was written
(RFC 7950 section 7.21.5): on the node itself, its context is the node; on the uses or augment that
brought it, or on a choice or case, it is the closest data node above. A name without a prefix is in
the module of the context node (section 6.4.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyconfhoard.schema.expression import XPath
from pyconfhoard.schema.faults import Faults
from pyconfhoard.schema.node_names import NodeNames, unknown_names
from pyconfhoard.schema.nodes import Inner, Must, When
from pyconfhoard.schema.statements import Statements
from pyconfhoard.schema.stmt import Statement, module_of, origin_of, place_of, prefixes_of, text_of
from pyconfhoard.xpath import XPathSyntaxError, parse

__all__ = ["ExpressionCompiler"]


class ExpressionCompiler:
    """``warnings``, in order: those of pyang, and then of what is compiled."""

    def __init__(self, statements: Statements, faults: Faults) -> None:
        self._faults = faults
        self._prefixes: dict[int, Mapping[str, str]] = {}
        self._parsed: set[tuple[int, str, str, int]] = set()
        """Expressions by the file and line that they are written in and the module of names without a prefix."""
        self._names = NodeNames(statements.modules.values())
        self.warnings = dict.fromkeys(statements.warnings)

    def whens(self, stmt: Statement, parent: Inner, *, above: bool) -> Iterator[When]:
        augment = getattr(stmt, "i_augment", None)
        if augment is not None:
            for when in augment.search("when"):
                yield self._when(when, stmt, parent, on_parent=True)
        for when in stmt.search("when"):
            yield self._when(when, stmt, parent, on_parent=above or getattr(when, "i_origin", None) == "uses")

    def _when(self, when: Statement, stmt: Statement, parent: Inner, *, on_parent: bool) -> When:
        module = parent.module if on_parent and parent.module else module_of(stmt)
        return When(self._xpath(when, module), place_of(when), on_parent)

    def musts(self, stmt: Statement, *, module: str = "") -> tuple[Must, ...]:
        return tuple(
            Must(
                self._xpath(must, module or module_of(stmt)),
                place_of(must),
                text_of(must, "error-message"),
                text_of(must, "error-app-tag"),
            )
            for must in stmt.search("must")
        )

    def _xpath(self, stmt: Statement, module: str) -> XPath:
        text = stmt.i_orig_module
        if id(text) not in self._prefixes:
            self._prefixes[id(text)] = {**prefixes_of(stmt), "": origin_of(stmt)}
        prefixes = self._prefixes[id(text)]
        if (id(text), module, stmt.arg, stmt.pos.line) not in self._parsed:
            self._parsed.add((id(text), module, stmt.arg, stmt.pos.line))
            try:
                for owner, name in unknown_names(parse(stmt.arg), module, prefixes, self._names):
                    self._warn(stmt, owner, name)
            except XPathSyntaxError as reason:
                self._faults.add(stmt, f"{stmt.keyword} {stmt.arg!r}: {reason}")
        return XPath(stmt.arg, module, prefixes)

    def _warn(self, stmt: Statement, module: str, name: str) -> None:
        """Of a name that no node has, unless pyang has said so."""
        place = str(place_of(stmt))
        if not any(told.startswith(f"{place}: ") and f'"{module}::{name}"' in told for told in self.warnings):
            near = self._names.near(module, name)
            self.warnings[f'{place}: node "{module}::{name}" is not found in "{module}"{near}'] = None
