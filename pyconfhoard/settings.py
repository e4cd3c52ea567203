"""Every setting, in one table: name, environment twin, default, help.

The launcher's options, ``Settings.from_environment`` and the reference page are all made from
:data:`TABLE`, so that none of them can forget a setting. Settings are passed in as one frozen
object and never kept in a global. An option wins over its environment twin, which wins over the
default; an empty environment variable counts as absent.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pyconfhoard.errors import BadInput, Fault

__all__ = ["LOOPBACK", "TABLE", "Setting", "Settings", "largest_body"]

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""The hosts on which a hoard listens without TLS and without being told so explicitly."""


def largest_body(memory: int) -> int:
    """The default of ``body_limit`` on a machine with so many bytes of memory: 64 MiB, on a small board a thirty-second of it,
    for a list takes up to twenty times its size while it is read, validated and committed."""
    return min(64 * 1024 * 1024, memory // 32)


_BODY: Final = largest_body(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.replace(",", " ").split() if word)


def _folders(text: str) -> tuple[Path, ...]:
    return tuple(Path(part).expanduser() for part in text.split(os.pathsep) if part)


def _folder(text: str) -> Path:
    return Path(text).expanduser()


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise ValueError("a port is 1 to 65535")
    return port


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("a URL is http://HOST:PORT")
    if parts.port == 0:  # reading it raises ValueError for one that is out of range
        raise ValueError("a port is 1 to 65535")
    return text


def _token(text: str) -> str:
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError("a token is made of printable ASCII characters without blanks")
    return text


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("at least 1")
    return number


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise ValueError("more than 0 seconds")
    return seconds


def _days(text: str) -> float:
    days = float(text)
    if not 0 < days <= 36_500:
        raise ValueError("more than 0 days, and at most a hundred years")
    return days


_SWITCH: Final = {
    **dict.fromkeys(("1", "yes", "true", "on"), True),
    **dict.fromkeys(("0", "no", "false", "off"), False),
}


def _switch(text: str) -> bool:
    try:
        return _SWITCH[text.lower()]
    except KeyError:
        raise ValueError("yes or no") from None


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: ``option`` is the launcher's flag, empty where there is none."""

    name: str
    environment: str
    option: str
    read: Callable[[str], Any]
    default: Any
    help: str
    metavar: str = ""
    repeatable: bool = False


TABLE: Final = (
    Setting("datastore", "PYCONF_DATASTORE", "--datastore", _folder, Path("datastore"),
            "folder of the datastore: journal, startup, persist, operational, run", "DIR"),
    Setting("yang", "PYCONF_YANG", "--yang", _folders, (),
            "folder of YANG modules, searched before the project's own (the variable: several, "
            f"separated by {os.pathsep!r})", "DIR", repeatable=True),
    Setting("modules", "PYCONF_MODULES", "--module", _words, (),
            "serve this module although no Thing owns it", "NAME", repeatable=True),
    Setting("features", "PYCONF_FEATURES", "--feature", _words, (),
            "with any feature of a module named, its other features are off; MODULE: alone puts all off",
            "MODULE:FEATURE", repeatable=True),
    Setting("host", "PYCONF_HOST", "--host", str, "127.0.0.1",
            "address to listen on", "HOST"),
    Setting("insecure", "PYCONF_INSECURE", "--insecure", _switch, False,
            "listen on a host other than loopback although there is no TLS"),
    Setting("tls_cert", "PYCONF_TLS_CERT", "--tls-cert", _folder, None,
            "serve TLS with the certificate in this file (PEM, its chain behind it); it is read again when it changes",
            "FILE"),
    Setting("tls_key", "PYCONF_TLS_KEY", "--tls-key", _folder, None,
            "the certificate's key, if it is not in the same file", "FILE"),
    Setting("tls_clients", "PYCONF_TLS_CLIENTS", "--tls-clients", _folder, None,
            "authorities (PEM) by which clients' certificates are verified; client-certificates in the configuration says "
            "whose they are", "FILE"),
    Setting("self_signed", "PYCONF_SELF_SIGNED", "--self-signed", _switch, False,
            "serve TLS with a certificate of the hoard's own making, run/tls.crt in the datastore"),
    Setting("port", "PYCONF_PORT", "--port", _port, 8000,
            "port to listen on, and to find the hoard on", "PORT"),
    Setting("hoard", "PYCONF_HOARD", "--hoard", _url, "",
            "URL of the hoard, for a Thing or a CLI on another machine", "URL"),
    Setting("trust", "PYCONF_TRUST", "--trust", _folder, None,
            "file of certificates (PEM) by which a Thing or a CLI knows the hoard; otherwise those of the system count, and "
            "on the hoard's machine the one of its own making", "FILE"),
    Setting("token", "PYCONF_TOKEN", "", _token, "",
            "token to use in place of those found in the datastore's run folder"),
    Setting("body_limit", "PYCONF_BODY_LIMIT", "", _count, _BODY,
            "largest request body, in bytes; less by default on a machine with less than 2 GiB of memory"),
    Setting("max_depth", "PYCONF_MAX_DEPTH", "", _count, 128,
            "deepest nesting of a JSON body"),
    Setting("max_entries", "PYCONF_MAX_ENTRIES", "", _count, 4_000_000,
            "most values in a request body: entries, leaves, elements"),
    Setting("requests", "PYCONF_REQUESTS", "", _count, 256,
            "requests that are worked on at a time; more are told to come again"),
    Setting("connections", "PYCONF_CONNECTIONS", "", _count, 1000,
            "connections that are open at a time; more are told to come again"),
    Setting("patience", "PYCONF_PATIENCE", "", _seconds, 20.0,
            "seconds that a client has to send the header of a request, and to begin with its body"),
    Setting("cors", "PYCONF_CORS", "", _words, (),
            "origins (https://host:port, or *) whose pages may use the API in a browser"),
    Setting("vote_timeout", "PYCONF_VOTE_TIMEOUT", "", _seconds, 2.0,
            "seconds that a Thing has to object to a commit"),
    Setting("rpc_timeout", "PYCONF_RPC_TIMEOUT", "", _seconds, 30.0,
            "seconds that a Thing has to answer an rpc or an action"),
    Setting("heartbeat", "PYCONF_HEARTBEAT", "", _seconds, 5.0,
            "seconds between two signs of life on a link; three missed drop it"),
    Setting("candidate_idle", "PYCONF_CANDIDATE_IDLE", "", _seconds, 1800.0,
            "seconds after which an untouched private candidate is discarded"),
    Setting("streams", "PYCONF_STREAMS", "", _count, 100,
            "event streams and subscriptions that a user may listen to at a time"),
    Setting("keepalive", "PYCONF_KEEPALIVE", "", _seconds, 15.0,
            "seconds of silence on an event stream after which a sign of life is sent; a client that leaves three of "
            "them unread is dropped"),
    Setting("lock_timeout", "PYCONF_LOCK_TIMEOUT", "", _seconds, 10.0,
            "seconds to wait for a datastore folder that another process still holds"),
    Setting("history_last", "PYCONF_HISTORY_LAST", "", _count, 10_000,
            "revisions of the history that are kept whatever their age"),
    Setting("history_days", "PYCONF_HISTORY_DAYS", "", _days, 90.0,
            "days for which older ones are kept"),
    Setting("history_most", "PYCONF_HISTORY_MOST", "", _count, 100_000,
            "revisions that are kept at most; those with a label are kept beyond that"),
    Setting("history_size", "PYCONF_HISTORY_SIZE", "", _count, 256 * 1024 * 1024,
            "bytes of history that are kept at most; those with a label are kept beyond that"),
    Setting("history_labelled", "PYCONF_HISTORY_LABELLED", "", _count, 256 * 1024 * 1024,
            "bytes that revisions with a label and their states may take; then no more labels are given"),
    Setting("gpio", "PYCONF_GPIO", "", str, "",
            "pins: empty for the board's own, or played:FOLDER"),
    Setting("onewire", "PYCONF_ONEWIRE", "", str, "",
            "1-wire bus: empty for the kernel's own, or played:FOLDER"),
    Setting("log_level", "PYCONF_LOG_LEVEL", "", str.upper, "INFO",
            "DEBUG, INFO, WARNING or ERROR"),
)  # fmt: skip
"""One row a setting. Times are seconds, sizes bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What :data:`TABLE` names, with its defaults. Compared by value."""

    datastore: Path = Path("datastore")
    yang: tuple[Path, ...] = ()
    modules: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    insecure: bool = False
    tls_cert: Path | None = None
    tls_key: Path | None = None
    tls_clients: Path | None = None
    self_signed: bool = False
    port: int = 8000
    hoard: str = ""
    trust: Path | None = None
    token: str = field(default="", repr=False)
    body_limit: int = _BODY
    max_depth: int = 128
    max_entries: int = 4_000_000
    requests: int = 256
    connections: int = 1000
    patience: float = 20.0
    cors: tuple[str, ...] = ()
    vote_timeout: float = 2.0
    rpc_timeout: float = 30.0
    heartbeat: float = 5.0
    candidate_idle: float = 1800.0
    streams: int = 100
    keepalive: float = 15.0
    lock_timeout: float = 10.0
    history_last: int = 10_000
    history_days: float = 90.0
    history_most: int = 100_000
    history_size: int = 256 * 1024 * 1024
    history_labelled: int = 256 * 1024 * 1024
    gpio: str = ""
    onewire: str = ""
    log_level: str = "INFO"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], **overrides: Any) -> Settings:
        """The settings of an environment; ``overrides`` (None means absent) win.

        Raises :class:`BadInput` listing every variable that cannot be read.
        """
        known = {f.name for f in fields(cls)}
        if unknown := overrides.keys() - known:
            raise TypeError(f"no such setting: {', '.join(sorted(unknown))}")
        values: dict[str, Any] = {name: value for name, value in overrides.items() if value is not None}
        faults: list[Fault] = []
        for row in TABLE:
            text = environ.get(row.environment, "")
            if row.name in values or not text:
                continue
            try:
                values[row.name] = row.read(text)
            except ValueError as error:
                faults.append(
                    Fault("invalid-value", f"{row.environment}: {error}; it is for: {row.help}", value=text)
                )
        if faults:
            raise BadInput(faults)
        return cls(**values)

    @property
    def url(self) -> str:
        """Where the hoard is: ``hoard`` if given, else this machine and ``port``; no slash at the end."""
        if self.hoard:
            return self.hoard.rstrip("/")
        host = self.host if self.host not in {"", "0.0.0.0", "::"} else "127.0.0.1"  # noqa: S104 - compared
        scheme = "https" if self.tls else "http"
        return f"{scheme}://[{host}]:{self.port}" if ":" in host else f"{scheme}://{host}:{self.port}"

    @property
    def tls(self) -> bool:
        """Whether the hoard is served by TLS."""
        return self.tls_cert is not None or self.self_signed

    @property
    def trusted(self) -> Path | None:
        """The certificates by which a client knows the hoard; None: those that the system has."""
        if self.trust is not None or self.hoard:
            return self.trust
        own = self.run / "tls.crt"
        return own if self.self_signed or (self.tls_cert is None and own.exists()) else None

    @property
    def run(self) -> Path:
        """The folder of run-time files: tokens, locks, local copies."""
        return self.datastore / "run"

    def feature_map(self) -> dict[str, tuple[str, ...]] | None:
        """``features`` as ``{module: enabled features}``; None when none is named: all are on."""
        if not self.features:
            return None
        enabled: dict[str, list[str]] = {}
        for word in self.features:
            module, _, feature = word.partition(":")
            names = enabled.setdefault(module, [])
            if feature:
                names.append(feature)
        return {module: tuple(names) for module, names in enabled.items()}

    def environment(self) -> dict[str, str]:
        """The environment that gives these settings to a child process (the token left out)."""
        result: dict[str, str] = {}
        for row in TABLE:
            value = getattr(self, row.name)
            if row.name == "token" or value == row.default:
                continue
            if isinstance(value, tuple):
                joiner = os.pathsep if row.read is _folders else " "
                result[row.environment] = joiner.join(str(part) for part in value)
            elif isinstance(value, bool):
                result[row.environment] = "yes" if value else "no"
            else:
                result[row.environment] = str(value)
        return result
