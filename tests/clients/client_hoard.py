"""What a client must know of a hoard."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Hoard:
    """``trust`` is the certificate to show to clients, None without TLS."""

    url: str
    token: str
    trust: Path | None = None
