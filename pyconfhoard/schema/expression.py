"""An XPath expression as a model writes it: the text and what its names mean there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["XPath"]


@dataclass(frozen=True, slots=True)
class XPath:
    """An expression of the model: its text, and what its prefixes mean where it was written.

    ``prefixes`` maps prefix to module name; ``module`` is the module of names without a prefix
    (RFC 7950 section 6.4.1: that of the node for expressions in a grouping). The empty prefix, where
    ``prefixes`` has it, is the module whose text holds the expression: to it belong identities that a
    string names without a prefix (section 10.4).
    """

    text: str
    module: str
    prefixes: Mapping[str, str] = field(hash=False)
