"""YANG text to a compiled schema: :func:`load`, and its form as bytes."""

from pyconfhoard.schema.codec import dump, restore
from pyconfhoard.schema.load import load
from pyconfhoard.schema.repository import PROJECT_YANG

__all__ = ["PROJECT_YANG", "dump", "load", "restore"]
