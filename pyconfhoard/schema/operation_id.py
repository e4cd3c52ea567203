"""Names of operations, as everybody means them who speaks of one: the link, the hoard, a Thing's decorators."""

from __future__ import annotations

from pyconfhoard.schema.nodes import Operation, Root

__all__ = ["operation_id"]


def operation_id(operation: Operation) -> str:
    """``module:name`` of an rpc; the schema path of an action, ``/module:list/action``."""
    parent = operation.parent
    if parent is None or isinstance(parent, Root):
        return operation.qname
    member = operation.name if operation.module == parent.module else operation.qname
    return f"{parent.path()}/{member}"
