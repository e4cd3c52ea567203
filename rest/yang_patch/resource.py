"""YANG Patch (RFC 8072): several edits in one request, in their order, all or none.

Each edit names its target below that of the request. What is wrong with an edit (a target that the model does not have, data of
another type, an entry that is there already) is told under its id, of all edits as far as one request can know; what is
wrong with the outcome under the edit that brought it about, where that is known, else for the patch as a whole. Edits
beyond the first that cannot be done have not been tried and have no status (section 2.3).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from falcon.asgi import Request, Response

from pyconfhoard.errors import BadInput, Conflict, Fault, HoardError, Invalid, NotFound, Refused
from pyconfhoard.schema.nodes import Root, Schema
from pyconfhoard.tree import Branch, Edit, Element, api_path, apply, get, revision_at
from pyconfhoard.tree.entries import Key
from pyconfhoard.tree.xml_names import names_of

from ..apart import LARGE, apart
from ..auth import access_of, discreet
from ..body import Limits, read_document
from ..body_json import own_from_json
from ..body_xml import decoded_xml, own_from_xml
from ..default_tags import untagged
from ..dry_run import trial_form
from ..edits import Times, check_method, point_of, unnamed
from ..errors import entries_of, status_of
from ..etags import Preconditions
from ..media_types import DATA, DATA_XML, ENCODINGS, PATCH, PATCH_XML
from ..negotiation import answer_type
from ..query import query_of
from ..resource import Style, tag
from ..source import implied
from ..stores import Store
from ..target import Target, target_at
from .body import RawEdit, RawPatch, WrongEdit, read_patch
from .status import EditStatus, status_form

__all__ = ["PATCHES", "answer_patch", "is_patch"]

PATCHES: Final = (PATCH, PATCH_XML)
"""Media types."""
_STATUS: Final = {PATCH: DATA, PATCH_XML: DATA_XML}
"""The type of the answer to those who ask for one of the type that they sent, which no answer has (RFC 8072 section 2.3)."""


def is_patch(content_type: str | None) -> bool:
    """Whether a PATCH with this ``Content-Type`` is a YANG Patch, and not a plain one."""
    return (content_type or "").partition(";")[0].strip().lower() in PATCHES


@dataclass(slots=True)
class _Patch:
    """A patch in the model's words. ``faults``: what is wrong with edits in themselves, each after its edit-id."""

    raw: RawPatch
    target: Target
    edits: list[tuple[str, Edit]]
    faults: list[tuple[str, HoardError]]
    preconditions: Preconditions
    times: Times
    base: Branch | None = field(default=None, init=False)
    """What it was last tried on."""

    def apply_to(self, base: Branch) -> tuple[Edit, ...]:
        """The edits, at the commit's turn. Raises as :meth:`rest.edits.Plan.edits` does."""
        self.base = base
        path = self.target.path
        standing = get(base, path) is not None
        if self.preconditions:
            self.preconditions.check(standing, revision_at(base, path), self.times)
        if not standing and implied(base, path, defaults=True) is None:
            raise NotFound(Fault("invalid-value", f"there is nothing at {path} to be patched", str(path)))
        return tuple(edit for _, edit in self.edits)

    def statuses(self, error: HoardError) -> tuple[list[EditStatus], list[dict[str, Any]]]:
        """What ``error`` means for the edits, and what of it for the patch as a whole."""
        if self.faults:
            return [EditStatus(id, tuple(entries_of(fault))) for id, fault in self.faults], []
        if isinstance(error, Invalid | Refused):
            return self._blamed(error)
        return self._tried() or ([], entries_of(error))

    def _tried(self) -> tuple[list[EditStatus], list[dict[str, Any]]] | None:
        """The edits up to the first that cannot be done; None when all can."""
        root = self.base
        done: list[EditStatus] = []
        if root is None:
            return None
        for id, edit in self.edits:
            try:
                root = apply(root, (edit,), 0)
            except (Conflict, BadInput) as error:
                return [*done, EditStatus(id, tuple(entries_of(error)))], []
            done.append(EditStatus(id))
        return None

    def _blamed(self, error: HoardError) -> tuple[list[EditStatus], list[dict[str, Any]]]:
        """Faults of the outcome, the model's or a Thing's: by the edit that brought each about, and those of which that is
        not known."""
        by_edit: dict[int, list[dict[str, Any]]] = {}
        whole: list[dict[str, Any]] = []
        numbers = {str(edit.path): number for number, (_, edit) in enumerate(self.edits)}
        for fault, entry in zip(error.faults, entries_of(error), strict=True):
            number = numbers.get(fault.edit)
            (whole if number is None else by_edit.setdefault(number, [])).append(entry)
        return [
            EditStatus(self.edits[number][0], tuple(by_edit[number])) for number in sorted(by_edit)
        ], whole


async def answer_patch(
    request: Request,
    response: Response,
    schema: Schema,
    target: Target,
    store: Store,
    *,
    style: Style,
    limits: Limits,
    times: Times,
) -> None:
    """PATCH with a YANG Patch. 200 when all is done; else the status of the first error, and what is wrong by edit.

    Raises what is wrong with the request as a whole.
    """
    asked = answer_type(
        request, (*style.offers, *(kind for kind in PATCHES if _STATUS[kind] in style.offers))
    )
    kind = _STATUS.get(asked, asked)
    encoding = ENCODINGS[kind]
    check_method(request.method, target, strict=style.strict)
    query = query_of(request.method, request.query_string)
    access_of(request).demand_write(target.path)
    body = await read_document(request, limits, PATCHES)
    preconditions = Preconditions(request)

    def decoded() -> _Patch:
        raw = read_patch(body)
        patch = _Patch(raw, target, [], [], preconditions, times)
        for each in raw.edits:
            if isinstance(each, WrongEdit):
                patch.faults.append((each.id, BadInput(each.faults)))
                continue
            try:
                edit = _edit(schema, target, each)
                if body.tagged:
                    edit = replace(edit, value=untagged(edit.value, edit.path))
                patch.edits.append((each.id, edit))
            except (BadInput, NotFound) as error:
                patch.faults.append((each.id, BadInput(error.faults, total=error.total)))
        return patch

    patch = await apart(decoded) if body.size > LARGE else decoded()
    response.content_type = kind
    response.set_header("Cache-Control", "no-cache")

    try:
        if patch.faults:
            raise patch.faults[0][1]
        with discreet(request, target.path):
            if query.dry_run:
                response.data = trial_form(schema, await store.rehearse(patch.apply_to), encoding)
                return
            written = await store.write(patch.apply_to, patch.raw.comment)
    except (Conflict, BadInput, Invalid, Refused) as error:
        response.status = status_of(error)
        edits, whole = patch.statuses(error)
        response.data = status_form(patch.raw.id, edits, whole, encoding, names_of(schema).namespaces)
        return
    for name, value in written.headers.items():
        response.set_header(name, value)
    if get(written.root, target.path) is not None:
        tag(response, revision_at(written.root, target.path), times, encoding)
    response.data = status_form(patch.raw.id, (), (), encoding, {})


def _edit(schema: Schema, base: Target, raw: RawEdit) -> Edit:
    """An edit in the model's words. Raises :class:`BadInput` and :class:`NotFound`."""
    target = target_at(schema, base.path, raw.target.removeprefix("/"))
    path, node = target.path, target.node
    if target.whole and node.config:
        raise BadInput(unnamed(target))
    if not isinstance(node, Root) and not node.config:
        raise BadInput(
            Fault("invalid-value", f"{path} is state: it cannot be written", str(path), "protocol")
        )
    if not path.steps and raw.operation not in {"merge", "replace"}:
        message = f"{raw.operation} has no meaning for the datastore itself: name a node in it"
        raise BadInput(Fault("invalid-value", message, type="protocol", value=raw.operation))
    value: Any = None
    if raw.operation in {"create", "insert", "merge", "replace"}:
        value = _value(schema, target, raw.value)
    point: Key | None = None
    if raw.where is not None:
        point = _point(schema, base, target, raw.point)
    return Edit(raw.operation, path, value, raw.where, point)


def _value(schema: Schema, target: Target, raw: Any) -> Any:
    """The value is what the body of a PUT on the target would be."""
    if not isinstance(raw, Element):
        return own_from_json(schema, target, raw, strict=False, top=False)
    if isinstance(target.node, Root) and not any(child.local == "data" for child in raw.children):
        return decoded_xml(schema, target.node, raw, target.path)
    if len(raw.children) != 1:
        message = f"the value holds one element, that of the target, not {len(raw.children)}"
        raise BadInput(Fault("bad-element", message, str(target.path), "protocol"))
    return own_from_xml(schema, target, raw.children[0])


def _point(schema: Schema, base: Target, target: Target, point: str) -> Key | None:
    """The point is named as the target is, below the request's; one from the root is understood as well."""
    if not point:
        return point_of(schema, target.node, target.path, "")
    above = api_path(schema, base.path)
    below = f"/{above}/{point.removeprefix('/')}" if above else point
    try:
        return point_of(schema, target.node, target.path, below)
    except BadInput:
        if below == point:
            raise
        return point_of(schema, target.node, target.path, point)
