"""The OpenAPI 3.1 description of the server, made from the model that it serves, and the page that shows it."""

from .describe import describe
from .page import DocsFile
from .resource import OpenApi

__all__ = ["DocsFile", "OpenApi", "describe"]
