"""The answer to a YANG Patch: ``yang-patch-status`` (RFC 8072 section 2.3), in JSON and XML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyconfhoard.tree import dumps
from pyconfhoard.tree.xml_text import element_text

from ..errors_xml import error_xml
from ..media_types import Encoding
from .body import PATCH_MODULE, PATCH_SPACE

__all__ = ["EditStatus", "status_form"]


@dataclass(frozen=True, slots=True)
class EditStatus:
    """What became of one edit: ``errors`` as :func:`rest.errors.entries_of` has them; none: it can be done."""

    id: str
    errors: tuple[dict[str, Any], ...] = ()


def status_form(
    id: str,
    edits: Sequence[EditStatus],
    whole: Sequence[dict[str, Any]],
    encoding: Encoding,
    namespaces: Mapping[str, str],
) -> bytes:
    """The document: ``edits`` that have a status, errors of the patch as a ``whole``; with neither, all is well.

    ``namespaces`` of modules are needed in XML, for paths of errors.
    """
    if encoding == "json":
        return dumps({f"{PATCH_MODULE}:yang-patch-status": _json(id, edits, whole)}).encode()
    return _xml(id, edits, whole, namespaces).encode("utf-8", "backslashreplace")


def _json(id: str, edits: Sequence[EditStatus], whole: Sequence[dict[str, Any]]) -> dict[str, Any]:
    told: dict[str, Any] = {"patch-id": id}
    if whole:
        told["errors"] = {"error": list(whole)}
    elif not edits:
        told["ok"] = [None]
    if edits:
        told["edit-status"] = {
            "edit": [
                {
                    "edit-id": edit.id,
                    **({"errors": {"error": list(edit.errors)}} if edit.errors else {"ok": [None]}),
                }
                for edit in edits
            ]
        }
    return told


def _xml(
    id: str, edits: Sequence[EditStatus], whole: Sequence[dict[str, Any]], namespaces: Mapping[str, str]
) -> str:
    def errors(entries: Sequence[dict[str, Any]]) -> str:
        if not entries:
            return "<ok/>"
        return f"<errors>{''.join(error_xml(entry, namespaces) for entry in entries)}</errors>"

    parts = [f"<patch-id>{element_text(id)}</patch-id>"]
    if whole or not edits:
        parts.append(errors(whole))
    if edits:
        listed = "".join(
            f"<edit><edit-id>{element_text(edit.id)}</edit-id>{errors(edit.errors)}</edit>" for edit in edits
        )
        parts.append(f"<edit-status>{listed}</edit-status>")
    return f'<yang-patch-status xmlns="{PATCH_SPACE}">{"".join(parts)}</yang-patch-status>'
