"""What goes wrong with subscriptions: the identities of RFC 8639 and RFC 8641 as RESTCONF errors (RFC 8650 section 3.3).

The identity is the ``error-app-tag``, and stands with its hints in a structure of its module in ``error-info``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from pyconfhoard.errors import ErrorTag

from ..errors import HttpError

__all__ = ["IDENTITIES", "SN", "YP", "Doing", "SubscriptionError"]

SN: Final = "ietf-subscribed-notifications"
YP: Final = "ietf-yang-push"

Doing: TypeAlias = Literal["establish", "modify", "delete", "resync"]
"""What is asked for; to kill is to delete."""

IDENTITIES: Final[Mapping[str, tuple[str, ErrorTag, int]]] = {
    "encoding-unsupported": (SN, "invalid-value", 400),
    "filter-unsupported": (SN, "invalid-value", 400),
    "insufficient-resources": (SN, "resource-denied", 409),
    "no-such-subscription": (SN, "invalid-value", 404),
    "replay-unsupported": (SN, "operation-not-supported", 501),
    "cant-exclude": (YP, "operation-not-supported", 501),
    "datastore-not-subscribable": (YP, "invalid-value", 400),
    "no-such-subscription-resync": (YP, "invalid-value", 404),
    "on-change-unsupported": (YP, "operation-not-supported", 501),
    "on-change-sync-unsupported": (YP, "operation-not-supported", 501),
    "period-unsupported": (YP, "invalid-value", 400),
    "sync-too-big": (YP, "too-big", 400),
    "unchanging-selection": (YP, "operation-failed", 500),
    "update-too-big": (YP, "too-big", 400),
}
"""Identity -> its module, error-tag and status: RFC 8650 section 3.3."""


class SubscriptionError(HttpError):
    """A subscription that cannot be had. ``hints``: leaves of the structure in ``error-info``."""

    def __init__(
        self,
        identity: str,
        message: str,
        doing: Doing,
        *,
        datastore: bool = False,
        hints: Mapping[str, Any] | None = None,
    ) -> None:
        module, tag, status = IDENTITIES[identity]
        reason = f"{module}:{identity}"
        super().__init__(status, tag, message, type="application", app_tag=reason)
        self.info = {_structure(doing, datastore=datastore): {"reason": reason, **(hints or {})}}


def _structure(doing: Doing, *, datastore: bool) -> str:
    if doing == "delete":
        return f"{SN}:delete-subscription-error-info"
    if doing == "resync":
        return f"{YP}:resync-subscription-error"
    if datastore:
        return f"{YP}:{doing}-subscription-datastore-error-info"
    return f"{SN}:{doing}-subscription-stream-error-info"
