"""What of an event its listener may see (RFC 8341 section 3.4.6), by the rules of the moment in which it is sent."""

from __future__ import annotations

from dataclasses import replace

from pyconfhoard.access.nacm import Access
from pyconfhoard.errors import BadInput, NotFound
from pyconfhoard.hoard.notices import Notice
from pyconfhoard.tree import Entries, Path, parse_path

__all__ = ["seen"]


def seen(access: Access, notice: Notice) -> Notice | None:
    """The notice as ``access`` lets it through; None where it does not. Of a change of the configuration, edits of what may
    not be read are left out, and it is not told at all when all of them are."""
    if not access.may_notify(notice.node, notice.at):
        return None
    edits = notice.branch.get("edit") if notice.change else None
    if edits is None or access.reads_all(Path.ROOT):
        return notice
    left = [edit for edit in edits.values() if _may_read(access, edit["target"])]
    if len(left) == len(edits):
        return notice
    if not left:
        return None
    branch = notice.branch
    listed = Entries.build(edits.schema, left, edits.revision)
    return replace(notice, told=branch.with_member("edit", listed, branch.revision), memo={})


def _may_read(access: Access, path: str) -> bool:
    try:
        return access.may_read(parse_path(access.schema, path))
    except (BadInput, NotFound):  # of an older model
        return False
