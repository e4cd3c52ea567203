"""One moment of a hoard, and parts of it: frozen, so that a reader in any thread sees what belongs together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pyconfhoard.hoard.owners import Owner
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import Branch
from pyconfhoard.validation import Validator

__all__ = ["Datastore", "Registered", "State", "View"]

Datastore: TypeAlias = Literal["startup", "persist", "running", "intended", "operational"]


@dataclass(frozen=True, slots=True)
class State:
    """``running`` is the root of the configuration at ``revision``, in the words of ``schema``."""

    schema: Schema
    validator: Validator
    owners: Mapping[str, Owner]
    running: Branch
    revision: int


@dataclass(frozen=True, slots=True)
class View:
    """Part of a datastore: ``branch`` is what an owner has in it, which stands at ``owner.path``."""

    owner: Owner
    branch: Branch


@dataclass(frozen=True, slots=True)
class Registered:
    """``token`` is good for linking as the Thing and for its subtree."""

    owner: Owner
    token: str
