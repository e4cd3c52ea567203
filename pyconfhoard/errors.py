"""The one error tree of PyConfHoard; it imports nothing of ours.

An error carries *fields*, not prose: a tuple of :class:`Fault`, each with the words that
RFC 8040 section 7 and RFC 6241 appendix A give to an error (type, tag, app-tag, path,
message) and with what this project adds (the place in the YANG file, the offending value).
Faces translate them at the edge, by one table (``rest/errors.py``); nothing below a face
knows a status code.

Every class is also the built-in kind that a Python user would expect to catch:
``NotFound`` is a ``LookupError``, ``ModelError`` a ``ValueError``, and so on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

__all__ = [
    "MAX_FAULTS",
    "AccessDenied",
    "BadInput",
    "Conflict",
    "DatastoreInUse",
    "ErrorTag",
    "ErrorType",
    "Fault",
    "HardwareError",
    "HoardError",
    "Invalid",
    "LinkError",
    "ModelError",
    "NotFound",
    "NotSupported",
    "Place",
    "Refused",
    "StoreError",
    "Unauthorized",
]

ErrorType = Literal["transport", "rpc", "protocol", "application"]

ErrorTag = Literal[
    "in-use",
    "invalid-value",
    "too-big",
    "missing-attribute",
    "bad-attribute",
    "unknown-attribute",
    "missing-element",
    "bad-element",
    "unknown-element",
    "unknown-namespace",
    "access-denied",
    "lock-denied",
    "resource-denied",
    "rollback-failed",
    "data-exists",
    "data-missing",
    "operation-not-supported",
    "operation-failed",
    "partial-operation",
    "malformed-message",
]

MAX_FAULTS: Final = 1000
"""At most this many faults are listed; :attr:`HoardError.total` tells how many there were."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a YANG statement stands: base name of the file (never a server's path), line from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    ``path`` is the instance path in its canonical textual form (see ``tree.path``), empty when
    no node is meant. ``value`` is the offending value as the user wrote it. ``edit`` names the
    edit of the transaction that broke the rule, as an instance path. ``legal`` lists the words
    that would have been right (enumeration names, nearest node names); may be empty.
    """

    tag: ErrorTag
    message: str
    path: str = ""
    type: ErrorType = "application"
    app_tag: str = ""
    place: Place | None = None
    value: str | None = None
    edit: str = ""
    legal: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        value = f" (value {self.value!r})" if self.value is not None else ""
        place = f" [{self.place}]" if self.place else ""
        return f"{where}{self.message}{value}{place}"


class HoardError(Exception):
    """Root of the tree. ``faults`` is never empty; ``total`` counts also those not listed."""

    default_tag: ErrorTag = "operation-failed"

    def __init__(self, faults: str | Fault | Iterable[Fault], *, total: int | None = None) -> None:
        if isinstance(faults, str):
            faults = (Fault(self.default_tag, faults),)
        elif isinstance(faults, Fault):
            faults = (faults,)
        listed = tuple(faults)
        if not listed:
            raise ValueError("an error needs at least one fault")
        self.total: int = len(listed) if total is None else total
        self.faults: tuple[Fault, ...] = listed[:MAX_FAULTS]
        super().__init__(*self.faults)

    def __str__(self) -> str:
        lines = [str(fault) for fault in self.faults]
        if self.total > len(lines):
            lines.append(f"... and {self.total - len(lines)} more")
        return "\n".join(lines)


class ModelError(HoardError, ValueError):
    """A YANG module that does not compile; every fault carries its place."""

    default_tag = "invalid-value"


class BadInput(HoardError, ValueError):
    """Input that cannot be decoded: syntax, unknown nodes, values outside their type."""

    default_tag = "malformed-message"


class Invalid(HoardError, ValueError):
    """Data that decodes but breaks a rule of the model (must, leafref, mandatory, ...)."""


class NotFound(HoardError, LookupError):
    """The target resource (datastore, Thing, path, instance) does not exist."""

    default_tag = "invalid-value"


class Conflict(HoardError):
    """The data was changed by someone else, exists already, or is missing."""

    default_tag = "in-use"


class Refused(HoardError):
    """A Thing objected in prepare; the fault's message is its reason."""


class Unauthorized(HoardError, PermissionError):
    """No credentials, or wrong ones."""

    default_tag = "access-denied"


class AccessDenied(HoardError, PermissionError):
    """Known credentials that may not do this."""

    default_tag = "access-denied"


class NotSupported(HoardError):
    """Defined, but not by this server or not on this resource."""

    default_tag = "operation-not-supported"


class StoreError(HoardError, OSError):
    """The disk does not do what it should (full, read-only, failed sync, damaged)."""

    default_tag: ErrorTag = "resource-denied"


class DatastoreInUse(StoreError):
    """Another process owns the folder; the message names its pid and URL."""

    default_tag = "in-use"


class LinkError(HoardError, ConnectionError):
    """A Thing cannot link to its hoard."""


class HardwareError(HoardError, OSError):
    """Hardware that was asked for is not there, or does not do what it should."""
