"""Data as ``show`` and ``save`` have it: what a person reads, and the documents and commands that make it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from pyconfhoard.schema.nodes import Container, List, Schema
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import api_path
from pyconfhoard.tree.path import value_text

from . import grammar
from .client import Client, RemoteError
from .commands import CommandError
from .completion import entries, key_text
from .documents import json_text, xml_text
from .editing import Editing
from .set_lines import set_lines
from .times import local_time

__all__ = ["Showing", "plain_notes"]

_QUALITY: Final = "pyconfhoard:quality"
_TIME: Final = "pyconfhoard:time"
_NOT_FOUND: Final = 404


class Showing:
    """``editing``, as an argument: configuration with what is pending; else what the Things report. Raises as the client does."""

    def __init__(self, client: Client, editing: Editing, schema: Callable[[], Schema]) -> None:
        self._client = client
        self._editing = editing
        self._schema = schema

    def text(self, place: grammar.Place, form: str, editing: bool) -> str:
        """What stands at a place, in one of :data:`cli.commands.FORMS`, or, where that is empty, for a person."""
        if not form:
            return json_text(grammar.plain_names(plain_notes(self._fetch(place, editing))))
        if form == "set" and not editing:
            raise CommandError("| display set is for configuration: conf enters its mode")
        data = self.from_root(place, editing)
        if form == "set":
            return set_lines(self._schema(), data)
        return xml_text(self._schema(), data) if form == "xml" else json_text(data)

    def from_root(self, place: grammar.Place, editing: bool) -> Mapping[str, Json]:
        """The data at a place with what stands around it, as it is set: a document that ``load`` takes."""
        if isinstance(place.node, List) and (place.at_list or place.inside_keys):
            wanted = self._entries(place, place.node, editing, with_defaults=False)
            return grammar.document(self._schema(), place.path, wanted) if wanted else {}
        there = api_path(self._schema(), place.path)
        data = self._there(there, editing, with_defaults=False) or {}
        if not place.path.steps:
            return data
        inside = next(iter(data.values()), None)
        if not data or (not inside and isinstance(place.node, Container) and not place.node.presence):
            return {}
        if isinstance(place.node, List) and isinstance(inside, list):
            inside = inside[0]
        return grammar.document(self._schema(), place.path, inside)

    def _fetch(self, place: grammar.Place, editing: bool) -> Json:
        """The data at a place. The list as a whole and a half-named entry are cut out of their parent."""
        node = place.node
        if isinstance(node, List) and node.keys and (place.at_list or place.inside_keys):
            wanted = self._entries(place, node, editing)
            return {node.name: wanted} if wanted else {}
        return self._there(api_path(self._schema(), place.path), editing) or {}

    def _entries(
        self, place: grammar.Place, node: List, editing: bool, *, with_defaults: bool = True
    ) -> list[Json]:
        """Those of a list that have the keys named so far."""
        above = place.path.parent
        data = self._there(api_path(self._schema(), above), editing, with_defaults=with_defaults)
        return [
            entry
            for entry in entries(data, above, node)
            if all(
                key_text(entry.get(name)) == value_text(key)
                for name, key in zip(node.keys, place.keys, strict=False)
            )
        ]

    def _there(self, where: str, editing: bool, *, with_defaults: bool = True) -> Json | None:
        """The data at an api-path; None where there is none."""
        try:
            if editing:
                return self._editing.config(where, with_defaults=with_defaults)
            return self._client.state(where)
        except RemoteError as error:
            if error.status != _NOT_FOUND:
                raise
            return None


def plain_notes(data: Json) -> Json:
    """Annotations (RFC 7952) as a person wants them: the quality, only where it is not good; of what is stale its time."""
    if isinstance(data, list):
        return [plain_notes(item) for item in data]
    if not isinstance(data, dict):
        return data
    shown: dict[str, Json] = {}
    for name, value in data.items():
        if not name.startswith("@"):
            shown[name] = plain_notes(value)
        elif isinstance(value, dict) and (quality := value.get(_QUALITY, "good")) != "good":
            time = value.get(_TIME)
            old = quality == "stale" and isinstance(time, str)
            shown[name] = f"stale, of {local_time(str(time))}" if old else quality
    return shown
