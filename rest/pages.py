"""Where the API is described: paths and links, and nothing else, as all of the package refers to them."""

from typing import Final

__all__ = ["DESCRIPTION", "LINKS", "PAGE", "PAGES", "PARTS"]

DESCRIPTION: Final = "/openapi.json"
PAGE: Final = "/docs"
PARTS: Final = {
    "index.html": "text/html; charset=utf-8",
    "docs.css": "text/css; charset=utf-8",
    "docs.js": "text/javascript; charset=utf-8",
}
"""The page's files, below it, with their media types."""
PAGES: Final = (PAGE, *(f"{PAGE}/{name}" for name in PARTS))
"""What anybody may ask for."""
LINKS: Final = ", ".join(
    (
        f'<{DESCRIPTION}>; rel="service-desc"; type="application/openapi+json"',
        f'<{PAGE}>; rel="service-doc"; type="text/html"',
    )
)
"""``Link`` of the answers that clients begin with (RFC 8631)."""
