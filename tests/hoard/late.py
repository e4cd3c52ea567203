"""Work beside the event loop, and what others do before it is done."""

from collections.abc import Callable
from typing import TypeVar

from pyconfhoard.hoard.bridge import Pace

T = TypeVar("T")


class Late(Pace):
    """A hoard's ``pace``: what works apart is done the first time when ``meanwhile`` has been done."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self._meanwhile: Callable[[], object] | None = meanwhile

    async def apart(self, work: Callable[[], T]) -> T:
        made = await super().apart(work)
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return made
