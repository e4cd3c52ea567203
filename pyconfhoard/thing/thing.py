"""``Thing``: the class that owns a subtree of the model and does something in the world.

The shortest Thing::

    from decimal import Decimal
    from pyconfhoard import Thing, every

    class Thermometer(Thing):
        name = "Thermometer"
        module = "brewerslab"
        path = "/brewhouse/temperature"

        @every(seconds=5)
        def read(self):
            self.operational["fermentation/results/latest"] = Decimal("18.2")

What runs when, all of it in one thread:

1. ``setup()`` at the end of the constructor, with the configuration at hand;
2. ``start()``, which runs the timed methods and the callbacks until the Thing is to stop.
   A Thing may have a ``start()`` of its own, a loop that blocks: then timed methods and callbacks
   run in a second thread, still one after the other;
3. ``prepare(changes)`` when a commit asks, ``on_change(changes)`` after one; what is decorated with
   :func:`~pyconfhoard.rpc` or :func:`~pyconfhoard.action` when that is invoked;
4. ``stop()`` at the end, however it comes.

An exception that leaves ``setup``, ``start`` or a timed method ends the Thing: its supervisor makes
its declared outputs safe and starts it anew. A controller that went on after an error that nobody
foresaw would leave its heater as it was.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pyconfhoard.errors import Fault, Refused
from pyconfhoard.thing.config_view import Changes, ConfigView
from pyconfhoard.thing.context import Context, current_context
from pyconfhoard.thing.local import check_name
from pyconfhoard.thing.operational import Operational
from pyconfhoard.thing.outputs import Output

if TYPE_CHECKING:
    from pyconfhoard.thing.binding import Binding
    from pyconfhoard.thing.followed import Followed
    from pyconfhoard.thing.runner import Runner

__all__ = ["Refuse", "Thing"]


class Refuse(Refused):
    """Raise it in ``prepare`` to refuse a commit: the reason, and the path (relative) if one is meant."""

    def __init__(self, reason: str, path: str = "") -> None:
        self.reason = reason
        self.path = path
        super().__init__(Fault("operation-failed", reason, path=path))


class Thing:
    """Subclass it; say ``name``, ``module`` and ``path`` as class attributes or to the constructor.

    ``path`` is an instance path in ``module``, such as ``/brewhouse/temperature``. Raises
    :class:`~pyconfhoard.errors.BadInput` when one of the three is missing or no proper name,
    :class:`~pyconfhoard.errors.LinkError` when another process is this Thing already.
    """

    name: str = ""
    module: str = ""
    path: str = ""
    title: str = ""
    """What people read; the class's name when empty."""
    follows: ClassVar[tuple[str, ...]] = ()
    """Paths that this Thing reads besides its own: ``/brewerslab:brewhouse/temperature/fermentation``."""
    outputs: ClassVar[tuple[Output, ...]] = ()
    """Pins that are to be put into a safe state whenever this Thing ends."""

    def __init__(
        self, name: str = "", module: str = "", path: str = "", *, context: Context | None = None
    ) -> None:
        self.name = check_name(name or self.name or type(self).__name__)
        self.module = module or self.module
        self.path = path or self.path
        self.title = self.title or type(self).__name__
        if not self.module or not self.path:
            raise TypeError(
                f"{type(self).__name__} does not say what it owns: give it module = 'brewerslab' "
                "and path = '/brewhouse/temperature', or say so to its constructor"
            )
        context = context or current_context()
        self.settings = context.settings
        self.clock = context.clock
        self.log = logging.getLogger(self.name)
        self.should_quit = threading.Event()
        """Set when the Thing is to end."""
        if context.describe:
            return
        from pyconfhoard.thing.runner import Runner  # noqa: PLC0415 - a Thing that is only described needs no link

        self.runner: Runner = Runner(self, context, own_start=type(self).start is not Thing.start)
        self.runner.begin()
        self.operational = Operational(self.runner.model, self.runner.outbox, self.clock)
        """Where readings go: ``self.operational["fermentation/results/latest"] = Decimal("18.2")``."""
        self.setup()
        self.runner.ready()

    # -- to be overridden ----------------------------------------------------------------------

    def setup(self) -> None:
        """Runs at the end of the constructor, with the configuration at hand."""

    def start(self) -> None:
        """The Thing's work. As it stands: timed methods and callbacks until :attr:`should_quit`."""
        self.runner.serve()

    def prepare(self, changes: Changes) -> None:
        """A commit asks: raise :class:`Refuse` to refuse it. Two seconds; nothing has changed yet."""

    def on_change(self, changes: Changes) -> None:
        """A commit is in effect: ``self.config`` is the new configuration."""

    def on_followed(self, path: str) -> None:
        """What stands at a followed path has changed; ``path`` is as the hoard writes it."""

    def stop(self) -> None:
        """The end, however it comes: close what ``setup`` opened."""

    # -- to be used ----------------------------------------------------------------------------

    @property
    def config(self) -> ConfigView:
        """The configuration of the owned subtree: ``self.config["fermentation/setpoint"]``."""
        return self.runner.config

    @property
    def follow(self) -> Mapping[str, Followed]:
        """``self.follow[path]`` is ``self.followed(path)``; iterates over the followed paths."""
        return self.runner.follow

    def followed(self, path: str) -> Followed:
        """What stands at or below a followed path: ``.value``, ``.quality``, ``.time``, ``.age``.

        Raises :class:`~pyconfhoard.errors.BadInput` when the path is not among :attr:`follows`.
        """
        return self.runner.follow[path]

    def notify(self, name: str, data: Mapping[str, Any] | None = None, at: str = "") -> None:
        """Send a notification of the model: ``self.notify("too-hot", {"celsius": 31})``. ``at`` is the path of the node that it
        is about, below what this Thing owns, where it is defined in one. It waits while the hoard is away.

        Raises :class:`~pyconfhoard.errors.NotFound` and :class:`~pyconfhoard.errors.BadInput` for what the model does not have;
        rules that need the hoard's data (``must``, leafrefs) are checked there, and what breaks them is logged and dropped.
        """
        self.runner.notifier.send(name, data, at)

    @property
    def linked(self) -> bool:
        """Whether there is a link to the hoard at this moment."""
        return self.runner.linked

    def wait(self, seconds: float) -> bool:
        """For a ``start()`` of one's own: wait, and tell whether to go on: ``while self.wait(5): ...``"""
        return not self.should_quit.wait(seconds)

    def binding(self) -> Binding:
        """The owned subtree as pyangbind objects; ``binding.commit()`` takes changes back."""
        from pyconfhoard.thing.binding import bind  # noqa: PLC0415 - pyangbind is big and seldom asked for

        return bind(self.runner)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: {self.module} {self.path}>"
