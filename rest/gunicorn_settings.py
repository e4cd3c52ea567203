"""gunicorn as this project needs it. ``gunicorn.conf.py`` and ``--config python:...`` take it from here.

* One ``asgi`` worker: a hoard is one process. More are refused, with the reason.
* ``timeout = 0``, and our own watchdog (``watchdog.py``).
* **The end.** On TERM gunicorn would wait for open connections until its master kills it: links would end without a
  close frame, and the hoard would not be closed. So the signals are taken here: the application stops (links are told
  to come again), requests in flight have two seconds, then idle connections are cut and the lifespan ends.
  INT and QUIT, which for gunicorn mean "at once", end the same way: it does not take long, and leaves
  the files written.
* A worker whose master was killed ends by the same road.

Nothing here imports the application: ``--reload`` has to survive a syntax error in it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import ssl
import sys
from http import HTTPStatus
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NoReturn

from gunicorn.arbiter import Arbiter
from gunicorn.asgi import protocol as _gunicorn  # gunicorn would take the bare name for a setting

import pyconfhoard
from pyconfhoard.errors import BadInput
from pyconfhoard.settings import LOOPBACK, Settings

from .limits_connections import guard
from .tls import Certificate, certificate_of, make_self_signed
from .watchdog import Watchdog

__all__ = [
    "asgi_lifespan",
    "bind",
    "certfile",
    "control_socket_disable",
    "graceful_timeout",
    "http_protocols",
    "keepalive",
    "keyfile",
    "limit_request_field_size",
    "limit_request_line",
    "loglevel",
    "nworkers_changed",
    "on_starting",
    "post_worker_init",
    "proc_name",
    "reload_extra_files",
    "ssl_context",
    "timeout",
    "websocket_max_message_size",
    "worker_class",
    "worker_int",
    "workers",
]

_ENDING: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)


_SWITCH: Final = 0.0005
"""Seconds after which a thread that computes lets the event loop on. Python's own 5 ms, once for every turn of the loop, would be
what a small request waits while a large one is worked on."""

_SOURCES: Final = (Path(__file__).parent, Path(pyconfhoard.__file__).parent)
"""``--reload`` by itself looks at modules that are loaded: one with a syntax error is not, and mending it
would go unseen."""


def _refuse(message: str) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()
    sys.exit(1)


def _settings() -> Settings:
    try:
        return Settings.from_environment(os.environ)
    except BadInput as error:
        _refuse(str(error))


def _address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{host}:{settings.port}"


_chosen: Final = _settings()

_PROTOCOLS: Final = ("h2", "http/1.1") if find_spec("h2") else ("http/1.1",)
"""HTTP/2 where its library is installed: the extra ``http2``."""
_certificate: Final = certificate_of(_chosen, _PROTOCOLS)

bind = _address(_chosen)
certfile = None if _certificate is None else str(_certificate.cert)
keyfile = None if _certificate is None else str(_certificate.key)
http_protocols = "h2,h1" if _certificate is not None and "h2" in _PROTOCOLS else "h1"
workers = 1
worker_class = "asgi"
asgi_lifespan = "on"
timeout = 0
graceful_timeout = 15
keepalive = 65
limit_request_line = 8190
limit_request_field_size = 16380
websocket_max_message_size = 16 * 1024 * 1024
control_socket_disable = True
loglevel = _chosen.log_level.lower()
reload_extra_files = [str(file) for folder in _SOURCES for file in sorted(folder.rglob("*.py"))]
proc_name = "pyconfhoard"


def on_starting(server: Any) -> None:
    """Refuse what cannot work, before anything is bound."""
    cfg = server.cfg
    if cfg.workers > 1:
        _refuse(
            f"workers = {cfg.workers} cannot work: a hoard is one process, which alone has the datastore's lock; "
            "one worker serves thousands of requests a second. Leave out -w, --workers and WEB_CONCURRENCY"
        )
    if cfg.worker_class_str != worker_class:
        _refuse(f"the worker class {cfg.worker_class_str!r} cannot serve this application: leave out -k")
    for address in cfg.address:
        open_to_all = isinstance(address, tuple) and address[0] not in LOOPBACK
        if open_to_all and _certificate is None and not _chosen.insecure:
            _refuse(
                f"listening on {address[0]} would open the hoard to the network without TLS: anybody who can listen "
                "in would see the tokens. Bind to 127.0.0.1, serve TLS (PYCONF_TLS_CERT and PYCONF_TLS_KEY, or "
                "PYCONF_SELF_SIGNED=yes), or insist with PYCONF_INSECURE=yes"
            )
    if _certificate is not None:
        try:
            if _chosen.self_signed and _chosen.tls_cert is None:
                make_self_signed(_certificate.cert, _certificate.key, _chosen.host)
            _certificate.context()
        except BadInput as error:
            _refuse(str(error))


def ssl_context(config: Any, default: Any) -> ssl.SSLContext:
    """The certificate's context, in the worker, where the files are watched from now on. A worker that cannot have it
    ends: gunicorn would serve without TLS."""
    certificate = Certificate(
        Path(config.certfile), Path(config.keyfile or config.certfile), _PROTOCOLS, _chosen.tls_clients
    )
    try:
        context = certificate.context()
    except BadInput as error:
        logging.getLogger("pyconfhoard").critical("%s", error)
        sys.exit(Arbiter.WORKER_BOOT_ERROR)
    certificate.watch(asyncio.get_running_loop().call_later)
    return context


def nworkers_changed(server: Any, new_value: int, old_value: int | None) -> None:
    """A signal that asks the master for another worker changes nothing."""
    if old_value is not None and new_value != 1:
        server.num_workers = 1


def post_worker_init(worker: Any) -> None:
    """In the worker, before it serves: the end's own way, the watchdog, and one log for all."""
    _name_statuses()
    guard(_chosen)
    sys.setswitchinterval(_SWITCH)
    ours, theirs = logging.getLogger("pyconfhoard"), worker.log.error_log
    ours.handlers, ours.propagate = theirs.handlers, False
    ours.setLevel(theirs.level)
    worker.ending = _Ending(worker)
    for number in _ENDING:
        worker.loop.add_signal_handler(number, worker.ending.begin)
    Watchdog(worker.loop, worker.ending.begin).start()


def _name_statuses() -> None:
    """gunicorn's asgi worker has words for some statuses only: 412, of a violated must, would be "Unknown"."""
    phrases: dict[int, str] = getattr(_gunicorn, "_REASON_PHRASES", {})
    for status in HTTPStatus:
        phrases.setdefault(status.value, status.phrase)


def worker_int(worker: Any) -> None:
    """A file has changed under ``--reload`` (a thread of gunicorn's calls this)."""
    with contextlib.suppress(RuntimeError):  # the loop is closed already
        worker.loop.call_soon_threadsafe(worker.ending.begin)


class _Ending:
    """The way out of one worker; to begin it again changes nothing."""

    def __init__(self, worker: Any) -> None:
        self._worker = worker
        self._task: asyncio.Task[None] | None = None
        worker.cfg.set("graceful_timeout", 1)  # this process's own copy: the master keeps its patience

    def begin(self) -> None:
        if self._task is None:
            self._task = self._worker.loop.create_task(self._end())

    async def _end(self) -> None:
        application = self._worker.asgi
        if hasattr(application, "drain"):  # --reload puts another in place of one with a syntax error
            application.stop()
            await application.drain()
        self._worker.cfg.set("graceful_timeout", 0)  # connections that are open still are idle
        self._worker.handle_exit_signal()
