"""Who may do what."""

from pyconfhoard.access.principal import ADMIN, Principal
from pyconfhoard.access.tokens import Tokens

__all__ = ["ADMIN", "Principal", "Tokens"]
