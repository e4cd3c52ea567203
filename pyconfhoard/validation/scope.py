"""What the names in one expression mean: the module and the prefixes of the place it is written."""

from __future__ import annotations

from dataclasses import dataclass

from pyconfhoard.schema.nodes import Schema, XPath
from pyconfhoard.validation.expression import Uncompilable

__all__ = ["Scope"]


@dataclass(frozen=True, slots=True)
class Scope:
    xpath: XPath
    schema: Schema

    def module(self, prefix: str) -> str:
        """The module of a prefix; of names without one, that of the expression (RFC 7950 section
        6.4.1). Raises :class:`Uncompilable` for a prefix that nothing declares."""
        if not prefix:
            return self.xpath.module
        module = self.xpath.prefixes.get(prefix)
        if module is None:
            raise Uncompilable(f"the prefix {prefix!r} is not declared")
        return module

    def identity(self, text: str) -> str:
        """``module:identity`` for the name of an identity in a string.

        RFC 7950 section 10.4 has a prefix of the module that the expression is written in, or none for
        that module (which, in an augment's ``when``, is not that of nodes without prefix). A module's
        name in its place, which is how values are written in JSON, is taken as well.
        """
        prefix, colon, name = text.partition(":")
        if not colon:
            return f"{self.xpath.prefixes.get('', self.xpath.module)}:{text}"
        return f"{self.xpath.prefixes.get(prefix, prefix)}:{name}"
