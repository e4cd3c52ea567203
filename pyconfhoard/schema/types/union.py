"""``union`` (RFC 7950 section 9.12, RFC 7951 section 6.10): the first member that fits.

Members are tried in their order. In JSON the kind of the JSON value takes part: the number 5 is
never a string or an int64, the string "5" never an int8. A value is the plain value of the member
that took it, and :meth:`Union.member` finds that member again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyconfhoard.schema.types.base import InvalidValue, Json, Type, Value

__all__ = ["Union"]


@dataclass(frozen=True, slots=True)
class Union:
    """``members`` in the order of the model; unions may hold unions."""

    members: tuple[Type, ...]

    @property
    def name(self) -> str:
        return "union"

    def parse(self, text: str, module: str) -> Value:
        return self.first(lambda member: member.parse(text, module))

    def from_json(self, raw: Json, module: str) -> Value:
        return self.first(lambda member: member.from_json(raw, module))

    def to_json(self, value: Value) -> Json:
        if type(value) is str or type(value) is bool:
            return value
        for member in self.members:
            if member.holds(value):
                encoded = member.to_json(value)
                # An int may fit an int64 before the int8 that took it, yet come back from the
                # int64's JSON string as some other member's value: take the form that comes back.
                if self.from_json(encoded, "") == value:
                    return encoded
        return self.member(value).to_json(value)

    def text(self, value: Value) -> str:
        return value if type(value) is str else self.member(value).text(value)

    def legal(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word for member in self.members for word in member.legal()))

    def holds(self, value: object) -> bool:
        return any(member.holds(value) for member in self.members)

    def record(self) -> Json:
        return ["union", [member.record() for member in self.members]]

    def member(self, value: Value) -> Type:
        """The first member whose value ``value`` is; unions inside are gone through.

        Raises :class:`InvalidValue` if there is none.
        """
        for member in self.members:
            if member.holds(value):
                return member.member(value) if isinstance(member, Union) else member
        raise InvalidValue("no member of the union has this value", legal=self.legal())

    def first(self, convert: Callable[[Type], Value]) -> Value:
        """What ``convert`` gives for the first member that it does not refuse.

        Raises :class:`InvalidValue` with every member's reason.
        """
        reasons = []
        for member in self.members:
            try:
                return convert(member)
            except InvalidValue as refusal:
                reasons.append(f"{member.name}: {refusal.message}")
        raise InvalidValue("no member of the union fits: " + "; ".join(reasons), legal=self.legal())
