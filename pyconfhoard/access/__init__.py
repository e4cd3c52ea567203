"""Who may do what."""

from pyconfhoard.access.tokens import ADMIN, Principal, Tokens

__all__ = ["ADMIN", "Principal", "Tokens"]
