"""The strings of YANG text as the RFCs have them, where pyang's tokenizer reads others.

* In single quotes every character stands for itself (RFC 7950 section 6.1.3): blanks at the end of a
  line stay. pyang drops them.
* In YANG 1 a string without quotes may have quotes inside (RFC 6020 section 6.1.3), ``default a'b;``.
"""

from __future__ import annotations

import re
from typing import Any, Final, TypeAlias

from pyang.yang_parser import YangTokenizer

__all__ = ["Tokenizer"]

_Strings: TypeAlias = list[tuple[str, str]]
"""Each string with the quotation mark around it."""

_BARE: Final = re.compile(r"[^\s;{}\"'](?:(?!//|/\*|\*/)[^\s;{}])*")


class Tokenizer(YangTokenizer):  # type: ignore[misc]  # pyang has no type hints
    """pyang's, with other strings."""

    buf: str
    is_1_1: Any

    def get_strings(self, need_quote: bool = False) -> _Strings:
        self.skip()
        if self.buf[0] == "'":
            return [(self._literal(), "'"), *self._more()]
        if not need_quote and not self.is_1_1:
            bare = _BARE.match(self.buf)
            if bare:
                self.set_buf(bare.end())
                return [(bare[0], "")]
        found: _Strings = super().get_strings(need_quote)
        return found

    def _literal(self) -> str:
        lines, start = [], 1
        while (end := self.buf.find("'", start)) < 0:
            lines.append(self.buf[start:])
            self.readline()
            start = 0
        lines.append(self.buf[start:end])
        self.set_buf(end + 1)
        return "".join(lines)

    def _more(self) -> _Strings:
        """What ``+`` joins to a string."""
        self.skip()
        if self.buf[0] != "+":
            return []
        self.set_buf(1)
        return self.get_strings(need_quote=True)
