"""Configuration as a file: part of it or all, saved and loaded, as JSON (RFC 7951) or XML (RFC 7950).

A saved document begins at the root, whatever part was asked for: the containers and list entries on the way stand
around it. So a file says by itself what it is about, and every hoard that has the modules can load it.

Three *forms* are written:

``json``
    The members of the root, spread out for a person to read.
``xml``
    The same in ``<config>`` of NETCONF's namespace.
``instance-data``
    JSON in the envelope of RFC 9195, which names the modules and their revisions and the time: for the way to another
    machine, or another version.

and all of them are read, told apart by their first characters and their first member. Three *modes* say what a
loaded document does to what is there:

``merge``
    What it names is set; the rest stays.
``replace``
    Each top-level node that it has takes the place of the one that is there; with ``at``, what it has there
    takes the place of what is there.
``override``
    It takes the place of everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from pyconfhoard.errors import BadInput, Fault, NotFound
from pyconfhoard.schema.nodes import DataNode, List, Schema
from pyconfhoard.store.documents import write_document
from pyconfhoard.store.journal import write_time
from pyconfhoard.tree import (
    Branch,
    Edit,
    Entries,
    Path,
    get,
    xml_chunks,
)
from pyconfhoard.tree.config_document import INSTANCE_DATA, read_config
from pyconfhoard.tree.json_encode import WithDefaults

__all__ = ["Form", "Mode", "loading", "saved"]

Form: TypeAlias = Literal["json", "xml", "instance-data"]
Mode: TypeAlias = Literal["merge", "replace", "override"]

_CONFIG: Final = ("urn:ietf:params:xml:ns:netconf:base:1.0", "config")


def saved(
    schema: Schema,
    root: Branch,
    path: Path = Path.ROOT,
    *,
    form: Form = "json",
    with_defaults: WithDefaults = "explicit",
    now: datetime | None = None,
) -> Iterator[bytes]:
    """What stands at ``path`` in ``root`` as a document, in pieces. ``now`` stamps ``instance-data``.

    Raises :class:`NotFound` when nothing stands there.
    """
    part = root if not path.steps else _around(root, path)
    if form == "xml":
        yield from xml_chunks(schema, schema.root, part, within=_CONFIG, with_defaults=with_defaults)
        yield b"\n"
        return
    document = write_document(part, with_defaults=with_defaults)
    if form == "json":
        yield from document
        return
    modules = ", ".join(
        f'"{module.name}@{module.revision}"' if module.revision else f'"{module.name}"'
        for module in schema.modules.values()
        if module.implemented
    )
    stamp = "" if now is None else f' "timestamp": "{write_time(now)}",'
    yield (
        f'{{"{INSTANCE_DATA}": {{"name": "configuration", "content-schema": {{"module": [{modules}]}},{stamp}\n'
        f'"content-data": '
    ).encode()
    yield from document
    yield b"}}\n"


def loading(schema: Schema, body: bytes, mode: Mode, at: Path = Path.ROOT) -> tuple[Edit, ...]:
    """The edits that load a document, in whatever form it is.

    ``at``: only what it has there; list entries on the way that are missing are made. Raises :class:`BadInput` with every fault
    of the document, and for an override of a part; :class:`NotFound` when it has nothing there.
    """
    root = read_config(schema, body)
    if mode == "override":
        if at.steps:
            raise BadInput(
                Fault("invalid-value", "override takes the place of everything: for a part it is replace")
            )
        return (Edit("replace", Path.ROOT, root),)
    if at.steps:
        way = Edit("merge", Path.ROOT, _around(root, at))
        return (way, Edit("replace", at, _found(root, at))) if mode == "replace" else (way,)
    if mode == "merge":
        return (Edit("merge", Path.ROOT, root),)
    return tuple(
        Edit("replace", Path.ROOT.child(schema.root.children[name]), value)
        for name, value in root.members.items()
    )


def _found(root: Branch, path: Path) -> Any:
    value = get(root, path)
    if value is None:
        raise NotFound(Fault("invalid-value", f"there is nothing at {path}", str(path)))
    return value


def _around(root: Branch, path: Path) -> Branch:
    """``root`` with nothing in it but what stands at ``path``, and the keys of the entries on the way."""
    inside: Any = _found(root, path)
    way: list[tuple[Branch, DataNode, Any]] = []
    here = root
    for step in path.steps:
        child = here.schema.children[step.name]
        value = get(here, Path((step,)))
        way.append((here, child, step.key))
        if not isinstance(value, Branch):
            break
        here = value
    for above, child, key in reversed(way):
        if isinstance(child, List) and isinstance(inside, Branch):
            inside = Entries.build(child, [inside])
        elif key is not None and not isinstance(inside, Entries):
            inside = (inside,)  # one value of a leaf-list
        keys = above.schema.keys if isinstance(above.schema, List) else ()
        inside = Branch(above.schema, {**{name: above[name] for name in keys}, child.member: inside})
    whole: Branch = inside
    return whole
