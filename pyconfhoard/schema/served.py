"""What every hoard serves beside the models of its Things: modules that tell of the hoard itself.

They have no configuration, so none of it is stored: state, operations and annotations only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["SERVED", "SERVED_FEATURES"]

SERVED: Final = (
    "ietf-yang-library",
    "ietf-restconf-monitoring",
    "ietf-origin",
    "ietf-netconf-notifications",
    "pyconfhoard-history",
)
"""Names of modules: what is served (RFC 8525), how (RFC 8040 section 9), where values come from (RFC 8342), and what was."""

SERVED_FEATURES: Final[Mapping[str, tuple[str, ...]]] = {}
"""Which features of them are on, where not all are."""
