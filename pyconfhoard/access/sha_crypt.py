"""SHA-crypt: the password hashes ``$5$`` (SHA-256) and ``$6$`` (SHA-512) of Unix, which RFC 7317's ``crypt-hash`` takes.

Written from Ulrich Drepper's "Unix crypt using SHA-256 and SHA-512" (version 0.6), whose steps are numbered in the comments,
and tested with its vectors. Why our own, in a few lines on :mod:`hashlib`: the standard library's ``crypt`` is gone since
Python 3.13, it asked the C library of the machine besides (musl and macOS have no ``$6$``), passlib is no longer kept,
and what is left needs a compiler.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["LONGEST", "ROUNDS", "ROUNDS_MAX", "Setting", "hashed", "parse"]

ROUNDS: Final = 50_000
"""Of the hashes made here: about 0.05 s on a PC, and 0.5 s on a small board."""
ROUNDS_MAX: Final = 1_000_000
"""Hashes with more are not taken: to check one password would keep a board busy for many seconds."""
LONGEST: Final = 256
"""Bytes of a password: the work grows with the square of its length."""

_ROUNDS_MIN: Final = 1000
_ROUNDS_IMPLIED: Final = 5000
_SALT: Final = 16
_DIGITS: Final = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FORM: Final = re.compile(r"\$([56])\$(?:rounds=(\d{1,9})\$)?([^$]{0,16})(?:\$([./0-9A-Za-z]*))?")

_ORDER_256: Final = (
    (0, 10, 20), (21, 1, 11), (12, 22, 2), (3, 13, 23), (24, 4, 14),
    (15, 25, 5), (6, 16, 26), (27, 7, 17), (18, 28, 8), (9, 19, 29), (31, 30),
)  # fmt: skip
_ORDER_512: Final = (
    (0, 21, 42), (22, 43, 1), (44, 2, 23), (3, 24, 45), (25, 46, 4), (47, 5, 26), (6, 27, 48),
    (28, 49, 7), (50, 8, 29), (9, 30, 51), (31, 52, 10), (53, 11, 32), (12, 33, 54), (34, 55, 13),
    (56, 14, 35), (15, 36, 57), (37, 58, 16), (59, 17, 38), (18, 39, 60), (40, 61, 19), (62, 20, 41), (63,),
)  # fmt: skip
"""Step 22: which bytes of the digest, most significant first, make four characters."""

_KINDS: Final[dict[str, tuple[Callable[[bytes], Any], tuple[tuple[int, ...], ...]]]] = {
    "5": (hashlib.sha256, _ORDER_256),
    "6": (hashlib.sha512, _ORDER_512),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """How a password is hashed; ``rounds`` None: 5 000, and the text does not say so."""

    kind: str = "6"
    salt: str = ""
    rounds: int | None = ROUNDS
    digest: str = ""
    """The hash itself, where there is one."""

    @classmethod
    def fresh(cls, rounds: int = ROUNDS) -> Setting:
        """SHA-512 with a salt of its own."""
        return cls(salt="".join(secrets.choice(_DIGITS) for _ in range(_SALT)), rounds=rounds)

    @property
    def text(self) -> str:
        """Without the hash, up to its dollar sign."""
        rounds = "" if self.rounds is None else f"rounds={self.rounds}$"
        return f"${self.kind}${rounds}{self.salt}$"


def parse(text: str) -> Setting:
    """A setting, or a hash with its setting. Raises ``ValueError`` for another method, and for too many rounds."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError("no SHA-crypt hash: $5$ or $6$")
    rounds = None if found[2] is None else max(_ROUNDS_MIN, int(found[2]))
    if rounds is not None and rounds > ROUNDS_MAX:
        raise ValueError(f"{rounds} rounds are more than {ROUNDS_MAX}")
    return Setting(found[1], found[3], rounds, found[4] or "")


def hashed(password: str, setting: Setting) -> str:
    """The hash with its setting, as it is stored. Takes its time. Raises ``ValueError`` for more than :data:`LONGEST` bytes."""
    word = password.encode("utf-8", "surrogatepass")
    if len(word) > LONGEST:
        raise ValueError(f"a password has at most {LONGEST} bytes")
    make, order = _KINDS[setting.kind]
    salt = setting.salt.encode()
    other = make(word + salt + word).digest()  # steps 4 to 8
    mixed = word + salt + _repeated(other, len(word))  # 1 to 3, 9, 10
    length = len(word)
    while length:  # 11
        mixed += other if length & 1 else word
        length >>= 1
    digest = make(mixed).digest()  # 12
    p = _repeated(make(word * len(word)).digest(), len(word))  # 13 to 16
    s = _repeated(make(salt * (16 + digest[0])).digest(), len(salt))  # 17 to 20
    digest = _rounds(make, digest, p, s, _ROUNDS_IMPLIED if setting.rounds is None else setting.rounds)
    return setting.text + "".join(_characters(digest, places) for places in order)


def _repeated(part: bytes, size: int) -> bytes:
    return (part * (size // len(part) + 1))[:size]


def _rounds(make: Callable[[bytes], Any], digest: bytes, p: bytes, s: bytes, rounds: int) -> bytes:
    """Step 21. What surrounds the digest in a round depends on the round's remainder by 2, 3 and 7: there are 42 cases."""
    around = []
    for number in range(42):
        middle = (s if number % 3 else b"") + (p if number % 7 else b"")
        around.append((p + middle, b"") if number & 1 else (b"", middle + p))
    for number in range(rounds):
        before, after = around[number % 42]
        digest = make(before + digest + after).digest()
    return digest


def _characters(digest: bytes, places: tuple[int, ...]) -> str:
    value = 0
    for place in places:
        value = value << 8 | digest[place]
    count = len(places) + 1
    return "".join(_DIGITS[value >> 6 * at & 63] for at in range(count))
