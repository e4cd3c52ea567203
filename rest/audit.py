"""Who did what, from where, and what came of it: one line in the log for each request that changes something or is refused.

::

    ann from 192.0.2.7: PATCH /restconf/data/brewerslab:recipes: 204, revision 12
    - from 192.0.2.7: GET /v1/discover: 401

What somebody may not read is to him as if it were not there: such a request is in the log, too, with the 404 that it got.
The time is that of the log. What a request wrote is in the journal, with its author and where he came from; bodies, queries and
values are never in the log, for they may hold secrets.
"""

from __future__ import annotations

import logging
from typing import Final

from falcon.asgi import Request, Response

from .commit_options import REVISION

__all__ = ["AUDIT", "audit"]

AUDIT: Final = logging.getLogger("pyconfhoard.audit")

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_REFUSED: Final = frozenset({401, 403})


def audit(request: Request, response: Response) -> None:
    """Log the request, if it is one of those."""
    status = response.status_code
    hidden = getattr(request.context, "hidden", False)
    if request.method in _READS and status not in _REFUSED and not hidden:
        return
    principal = getattr(request.context, "principal", None)
    revision = response.get_header(REVISION)
    AUDIT.info(
        "%s from %s: %s %s: %d%s",
        "-" if principal is None else principal.name,
        request.remote_addr,
        request.method,
        request.path.encode("unicode_escape").decode("ascii"),
        status,
        f", revision {revision}" if revision else "",
    )
