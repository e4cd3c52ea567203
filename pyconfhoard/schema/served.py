"""What every hoard serves beside the models of its Things: modules that tell of the hoard itself, and those of access
control.

Of these, ietf-system and ietf-netconf-acm have configuration: users and rules; and ietf-subscribed-notifications, filters that
subscriptions name. The others are state, operations and annotations only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["SERVED", "SERVED_FEATURES"]

SERVED: Final = (
    "ietf-yang-library",
    "ietf-restconf-monitoring",
    "ietf-origin",
    "ietf-netconf-with-defaults",
    "pyconfhoard-netconf-deviations",
    "ietf-netconf-notifications",
    "ietf-subscribed-notifications",
    "ietf-yang-push",
    "ietf-restconf-subscribed-notifications",
    "pyconfhoard",
    "pyconfhoard-subscriptions",
    "pyconfhoard-history",
    "pyconfhoard-candidates",
    "pyconfhoard-locks",
    "pyconfhoard-upkeep",
    "ietf-netconf-acm",
    "ietf-system",
    "pyconfhoard-access",
    "pyconfhoard-system-deviations",
)
"""Names of modules: what is served (RFC 8525), how (RFC 8040 section 9), where values come from (RFC 8342) and which are
defaults (RFC 6243), what was and what is prepared, what keeps it well, what is told to whom (RFC 8639), who may do what
(RFC 8341), and who there is (RFC 7317)."""

SERVED_FEATURES: Final[Mapping[str, tuple[str, ...]]] = {
    "ietf-netconf": (),
    "ietf-system": ("authentication", "local-users"),
    "iana-crypt-hash": ("crypt-hash-sha-256", "crypt-hash-sha-512"),
    "ietf-subscribed-notifications": ("encode-json", "encode-xml", "replay", "subtree", "xpath"),
}
"""Which features of them are on, where not all are."""
