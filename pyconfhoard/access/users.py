"""The users of a running configuration: RFC 7317's ``authentication``, with tokens of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from pyconfhoard.access.certificates import Mapping as CertificateMapping
from pyconfhoard.access.certificates import mapping_of
from pyconfhoard.access.rights import ALL, Right
from pyconfhoard.tree import Branch

__all__ = ["SYSTEM", "TOKEN", "Token", "Users", "read_users"]

SYSTEM: Final = "ietf-system:system"
CERTIFICATES: Final = "pyconfhoard-access:client-certificates"
TOKEN: Final = "pyconfhoard-access:token"  # noqa: S105 - a node's name


@dataclass(frozen=True, slots=True)
class Token:
    """A user's bearer token, without the token. ``expires`` None: when it is revoked."""

    user: str
    name: str
    rights: frozenset[Right] = ALL
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Users:
    """``passwords``: each user's hash, empty for one who has none. ``tokens`` by their sha256, hex. ``certificates``: whose a
    client's certificate is, first things first."""

    passwords: Mapping[str, str] = field(default_factory=dict)
    tokens: Mapping[str, Token] = field(default_factory=dict)
    certificates: tuple[CertificateMapping, ...] = ()


def read_users(running: Branch) -> Users:
    """The users that a running root knows; none where ietf-system is not served."""
    system: Branch | None = running.members.get(SYSTEM)
    authentication = system.get("authentication") if system is not None else None
    if authentication is None:
        return Users()
    passwords: dict[str, str] = {}
    tokens: dict[str, Token] = {}
    entries = authentication.get("user")
    for user in entries.values() if entries is not None else ():
        name = user["name"]
        passwords[name] = user.get("password") or ""
        listed = user.get(TOKEN)
        for token in listed.values() if listed is not None else ():
            tokens[token["sha256"]] = Token(name, token["name"], _rights(token), _time(token.get("expires")))
    certificates = authentication.get(CERTIFICATES)
    mapped = certificates.get("cert-to-name") if certificates is not None else None
    return Users(passwords, tokens, tuple(map(mapping_of, mapped.values())) if mapped is not None else ())


def _rights(token: Branch) -> frozenset[Right]:
    scope: Any = token.get("scope")
    return ALL if scope in {None, "*"} else frozenset(scope)


def _time(text: str | None) -> datetime | None:
    """A moment that is none (the model's pattern lets the 99th of a month through) is past: such a token is good for nothing."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
