"""What reads a client's bytes, as functions of bytes: nothing but the project's own errors may come out of them.

``test_fuzz_parsers.py`` feeds them by hypothesis. With atheris installed (``pip install atheris``), a fuzzer that is guided by
coverage runs one of them for as long as one likes::

    PYTHONPATH=. python tests/rest/fuzz_targets.py json -max_total_time=60
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path as File
from types import SimpleNamespace
from typing import Any, Final

from pyconfhoard import schema as schemas
from pyconfhoard.errors import HoardError
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import (
    Path,
    api_path,
    decode,
    encode,
    node_at,
    parse,
    parse_api_path,
    parse_path,
    parse_xml,
)
from rest.body import Body
from rest.body_json import child_from_json, own_from_json
from rest.body_xml import child_from_xml, own_from_xml
from rest.compression import asks, same_tag
from rest.document_xml import xml_form
from rest.etags import Preconditions
from rest.fields import parse_fields, resolve
from rest.filters.query import query
from rest.limits import check_entries
from rest.media_types import DATA, DATA_XML
from rest.negotiation import check_body_type, choose
from rest.openapi.describe import describe
from rest.query import query_of
from rest.source import Found
from rest.streams.query import listening_of, position_of
from rest.target import Target, target_at
from rest.yang_patch.body import read_patch

__all__ = ["TARGETS"]

NOW: Final = datetime(2026, 11, 21, tzinfo=UTC)
DEPTH: Final = 64


@cache
def schema() -> Schema:
    """Everything that the models of the tests have."""
    return schemas.load(["gallery", "workshop"], folders=[File(__file__).parent / "models"])


@cache
def root() -> Target:
    return target_at(schema(), Path.ROOT, "")


def text_of(data: bytes) -> str:
    """As servers hand over what stands in a request's line and headers."""
    return data.decode("latin-1")


def url(data: bytes) -> None:
    """A path of RESTCONF, which comes back as it was meant."""
    path = parse_api_path(schema(), text_of(data))
    assert parse_api_path(schema(), api_path(schema(), path)) == path


def instance(data: bytes) -> None:
    """An instance-identifier."""
    path = parse_path(schema(), data.decode("utf-8", "surrogateescape"))
    assert parse_path(schema(), str(path)) == path
    node_at(schema(), path)


def json(data: bytes) -> None:
    """A body in JSON; what is taken can be told, and read again."""
    check_entries(data, "json", 10_000)
    raw = parse(data, max_depth=DEPTH)
    node = root().node
    for read in (
        lambda: decode(node, raw, Path.ROOT, content="all"),
        lambda: own_from_json(schema(), root(), raw, strict=True, top=False),
        lambda: own_from_json(schema(), root(), raw, strict=False, top=True),
    ):
        try:
            value = read()
        except HoardError:
            continue
        again = decode(node, parse(encode(node, value)), Path.ROOT, content="all")
        assert encode(node, again) == encode(node, value)
    child_from_json(schema(), root(), raw, strict=False)


def xml(data: bytes) -> None:
    """A body in XML; what is taken can be told, and read again."""
    check_entries(data, "xml", 10_000)
    element = parse_xml(data, max_depth=DEPTH)
    try:
        value = own_from_xml(schema(), root(), element)
    except HoardError:
        child_from_xml(schema(), root(), element)
        return
    told = b"".join(xml_form(schema(), root(), Found(value)))
    assert own_from_xml(schema(), root(), parse_xml(told)) == value


def parameters(data: bytes) -> None:
    """A query string, of each method."""
    for method in ("GET", "PUT", "PATCH"):
        try:
            query_of(method, text_of(data), origin=True)
        except HoardError:
            continue


def fields(data: bytes) -> None:
    """The query parameter ``fields``."""
    resolve(root().node, parse_fields(data.decode("utf-8", "replace")))


def filters(data: bytes) -> None:
    """The query parameter ``filter``, tried on data."""
    made = query(data.decode("utf-8", "replace"), schema(), schema().root)
    made.holds(sample())


@cache
def sample() -> Any:
    raw = {
        "gallery:shelf": [
            {"number": n, "mark": "left", "label": {"text": f"l{n}"}, "owner": ["a"]} for n in range(3)
        ],
        "workshop:shop": {"title": "t", "tool": [{"name": "saw", "weight": "1.5"}], "tag": ["x", "y"]},
    }
    return decode(schema().root, raw, Path.ROOT)


def headers(data: bytes) -> None:
    """Each header that is parsed, with the same text in it."""
    text = text_of(data)
    request: Any = SimpleNamespace(get_header=lambda name: text)
    asks({"headers": [(b"accept-encoding", data)]})
    same_tag(text, '"1-json"')
    for read in (
        lambda: choose(text),
        lambda: position_of(text, 1, 5),
        lambda: check_body_type(text, (DATA, DATA_XML)),
        lambda: Preconditions(request).check(True, 1, lambda revision: NOW),
    ):
        try:
            read()
        except HoardError:
            continue


def listening(data: bytes) -> None:
    """The query string of an event stream."""
    listening_of(text_of(data), NOW)


def patch(data: bytes) -> None:
    """A YANG Patch."""
    if data.lstrip().startswith(b"<"):
        read_patch(Body("application/yang-patch+xml", parse_xml(data, max_depth=DEPTH), len(data)))
    else:
        read_patch(Body("application/yang-patch+json", parse(data, max_depth=DEPTH), len(data)))


def description(data: bytes) -> None:
    """Which part of the model is to be described."""
    describe(schema(), {}, (), "1", text_of(data) or "/")


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    one.__name__: one
    for one in (url, instance, json, xml, parameters, fields, filters, headers, listening, patch, description)
}


def main() -> None:
    import atheris  # noqa: PLC0415 - only here: it need not be installed

    name, *options = sys.argv[1:]
    schema()
    atheris.instrument_all()

    def once(data: bytes) -> None:
        with suppress(HoardError):
            TARGETS[name](data)

    atheris.Setup([sys.argv[0], *options], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
