"""Rpcs at ``/restconf/operations`` and actions on data: RFC 8040 sections 3.6 and 4.4.2.

The body is the ``input`` of the operation, in its module's namespace, the answer its ``output``; neither is there where there is
nothing to tell. Who answers, and what is checked, is :mod:`pyconfhoard.hoard.calls`'s.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from falcon.asgi import Request, Response

from pyconfhoard.errors import BadInput, Fault, HoardError, NotFound
from pyconfhoard.hoard.calls import RPC
from pyconfhoard.schema.nodes import Inner, Operation, Schema
from pyconfhoard.tree import Branch, Element, Path, decode, decode_xml, encode, encode_xml, nearest
from pyconfhoard.tree.xml_text import attribute_text
from pyconfhoard.validation import place_of

from .auth import principal_of
from .body import has_body, read_document
from .body_xml import RESTCONF
from .commit_options import session_of, source_of
from .edits import unnamed
from .errors import method_not_allowed
from .media_types import BOTH, ENCODINGS, Encoding, encoding_of
from .negotiation import ASKED_IN, answer_type
from .query import only
from .resource import answer_options
from .root import answer_small
from .runtime import Runtime
from .stores import refuse_voters
from .target import Target, resource_at, target_at

__all__ = ["ALLOW", "OneOperation", "Operations", "action_at", "data_at", "invoke"]

ALLOW: Final = "POST, OPTIONS"
"""What an operation resource takes."""


_NOTHING: Final = object()
"""The content of a request without a body: ``null`` is one."""


class Operations:
    """GET lists the rpcs, each an empty leaf."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def on_get(self, request: Request, response: Response) -> None:
        schema = self._runtime.hoard.schema
        listed = sorted(schema.rpcs.values(), key=lambda rpc: rpc.qname)
        elements = "".join(f'<{rpc.name} xmlns="{_namespace(schema, rpc)}"/>' for rpc in listed)
        answer_small(
            request,
            response,
            json.dumps({"ietf-restconf:operations": {rpc.qname: [None] for rpc in listed}}),
            f'<operations xmlns="{RESTCONF}">{elements}</operations>',
        )

    on_head = on_get

    async def on_options(self, request: Request, response: Response) -> None:
        answer_options(response, "GET, HEAD, OPTIONS")


class OneOperation:
    """POST invokes an rpc."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def _find(self, name: str) -> Operation:
        rpcs = self._runtime.hoard.schema.rpcs
        if name in rpcs:
            return rpcs[name]
        near = nearest(name, rpcs)
        way = f"; did you mean {' or '.join(near)}?" if near else ""
        message = f"there is no operation {name!r} here{way}"
        raise NotFound(Fault("invalid-value", message, type="protocol", value=name, legal=near))

    async def on_post(self, request: Request, response: Response, name: str) -> None:
        await invoke(self._runtime, request, response, self._find(name))

    async def on_get(self, request: Request, response: Response, name: str) -> None:
        self._find(name)
        raise method_not_allowed(request.method, ALLOW)

    on_head = on_put = on_patch = on_delete = on_get

    async def on_options(self, request: Request, response: Response, name: str) -> None:
        self._find(name)
        answer_options(response, ALLOW)


def action_at(schema: Schema, raw: str) -> tuple[Path, Operation] | None:
    """The action that an api-path (RFC 8040 section 3.6.1) names, with the instance to invoke it on; None when it names none.

    Raises :class:`BadInput` where it stands below a list as a whole.
    """
    above, slash, last = raw.rpartition("/")
    if not slash:
        return None
    try:
        target = target_at(schema, Path.ROOT, above)
    except (BadInput, NotFound):
        return None
    node = target.node
    if not isinstance(node, Inner):
        return None
    action = node.actions.get(last) or node.actions.get(last.removeprefix(f"{node.module}:"))
    if action is None:
        return None
    if target.whole:
        raise BadInput(unnamed(target))
    return target.path, action


def data_at(schema: Schema, raw: str, method: str) -> Target:
    """The data resource that an api-path names, for a request of ``method``. Raises as :func:`rest.target.resource_at`, and 405
    for an action."""
    try:
        return resource_at(schema, raw)
    except NotFound:
        if action_at(schema, raw) is not None:
            raise method_not_allowed(method, ALLOW) from None
        raise


async def invoke(
    runtime: Runtime, request: Request, response: Response, operation: Operation, at: Path = Path.ROOT
) -> None:
    """Answer a POST that invokes an rpc, or an action on the instance ``at``: 200 with the output, 204 where the model has
    none. Raises what :meth:`pyconfhoard.hoard.calls.Calls.invoke` raises."""
    kind = answer_type(request)
    encoding = ENCODINGS[kind]
    ASKED_IN.set(encoding_of(request.content_type) or encoding)
    only(request.query_string)
    principal = principal_of(request)
    refuse_voters(runtime, principal)
    hoard = runtime.hoard
    schema = hoard.schema
    limits = runtime.limits
    content = _NOTHING
    if has_body(request):
        content = (await read_document(request, limits, BOTH)).content
    try:
        given = _input(schema, operation, content, at)
        output = await hoard.calls.invoke(
            operation, given, principal, at, session_of(request), source_of(request, RPC)
        )
    except HoardError as error:
        raise _as_sent(error, operation, at) from None
    response.set_header("Cache-Control", "no-cache")
    if not operation.output.children:
        response.status = 204
        return
    response.content_type = kind
    response.data = _output(schema, operation, output, encoding)


def _input(schema: Schema, operation: Operation, content: Any, at: Path) -> Branch:
    """The decoded input; ``content`` is :data:`_NOTHING` where there is no body. Raises :class:`BadInput`."""
    place = place_of(operation.input, at)
    given: Branch
    if isinstance(content, Element):
        wanted = f"{schema.modules[operation.module].namespace} input"
        if content.name != wanted:
            message = f"the document element is input in the namespace {wanted.rpartition(' ')[0]}"
            raise BadInput(Fault("unknown-element", message, type="protocol", value=content.local))
        given = decode_xml(schema, operation.input, content, place, content="all")
        return given
    raw: Any = {}
    if content is not _NOTHING:
        name = f"{operation.module}:input"
        if not isinstance(content, dict) or list(content) != [name]:
            message = f"the body is one object with the member {name}"
            raise BadInput(Fault("malformed-message", message, type="protocol"))
        raw = content[name]
    given = decode(operation.input, raw, place, content="all")
    return given


def _output(schema: Schema, operation: Operation, output: Branch, encoding: Encoding) -> bytes:
    if encoding == "json":
        return f'{{"{operation.module}:output":'.encode() + encode(operation.output, output) + b"}"
    namespace = schema.modules[operation.module].namespace
    return encode_xml(schema, operation.output, output, within=(namespace, "output"))


def _namespace(schema: Schema, rpc: Operation) -> str:
    return attribute_text(schema.modules[rpc.module].namespace)


def _as_sent(error: HoardError, operation: Operation, at: Path) -> HoardError:
    """With the paths of the message, which begins at ``input`` (RFC 8040 section 3.6.3)."""
    inside, shown = str(place_of(operation.input, at)), f"/{operation.module}:input"
    if not any(fault.path.startswith(inside) for fault in error.faults):
        return error
    faults = [
        replace(fault, path=shown + fault.path.removeprefix(inside))
        if fault.path.startswith(inside)
        else fault
        for fault in error.faults
    ]
    return type(error)(faults, total=error.total)
