"""What every answer says of caching (RFC 8040 section 5.5)."""

from __future__ import annotations

from falcon.asgi import Request, Response

__all__ = ["Caching"]


class Caching:
    """Falcon's middleware: ``Cache-Control`` where the resource has not said another."""

    async def process_response(
        self, request: Request, response: Response, resource: object, succeeded: bool
    ) -> None:
        if response.get_header("Cache-Control") is None:
            response.set_header("Cache-Control", "no-cache")
