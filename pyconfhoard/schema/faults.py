"""What is wrong with a model, gathered while it is compiled: all of it, then one error."""

from __future__ import annotations

from pyconfhoard.errors import Fault, ModelError
from pyconfhoard.schema.stmt import Statement, place_of

__all__ = ["Faults"]


class Faults:
    """Faults with their places, each noted once although a grouping may be expanded many times."""

    def __init__(self) -> None:
        self._noted: dict[Fault, None] = {}

    def add(
        self, stmt: Statement, message: str, *, value: str | None = None, legal: tuple[str, ...] = ()
    ) -> None:
        """Note what is wrong with a statement; ``value`` and ``legal`` as in :class:`Fault`."""
        fault = Fault("invalid-value", message, place=place_of(stmt), value=value, legal=legal)
        self._noted[fault] = None

    def raise_if_any(self) -> None:
        """Raise :class:`ModelError` with everything noted, in the order of files and lines."""
        if self._noted:
            found = sorted(
                self._noted, key=lambda fault: (str(fault.place and fault.place.file), _line(fault))
            )
            raise ModelError(found, total=len(found))


def _line(fault: Fault) -> int:
    return fault.place.line if fault.place else 0
