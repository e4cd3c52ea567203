"""Data as text, and files of configuration.

A saved file begins at the root, whatever part was asked for, so that it says by itself what it is about. What is read may
be JSON (RFC 7951), XML, or JSON in the envelope of RFC 9195, as ``./launch --save`` writes it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path as File
from typing import Final

from pyconfhoard.errors import HoardError
from pyconfhoard.schema.nodes import DataNode, Schema
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import Path, decode, encode_xml, get, to_json
from pyconfhoard.tree.branch import Branch
from pyconfhoard.tree.config_document import read_config

from .commands import CommandError

__all__ = ["files_at", "json_text", "read_file", "read_part", "write_file", "xml_text"]

_XML_ROOT: Final = ("urn:ietf:params:xml:ns:netconf:base:1.0", "config")
_MOST_FILES: Final = 200
_TAG: Final = re.compile(r"<[^<]*")


def json_text(data: Json) -> str:
    """For a person: spread out, in a fixed order."""
    return json.dumps(data, indent=4, sort_keys=True, ensure_ascii=False)


def xml_text(schema: Schema, data: Mapping[str, Json]) -> str:
    """Data from the root, state included, as XML, spread out."""
    root = decode(schema.root, data, Path.ROOT, content="all")
    if not isinstance(root, Branch):
        raise TypeError("a root is read as a branch")
    return _spread(encode_xml(schema, schema.root, root, within=_XML_ROOT).decode())


def _spread(text: str) -> str:
    """One element a line, children indented; text is left as it is."""
    lines: list[str] = []
    depth = 0
    for part in _TAG.findall(text):
        if part.startswith("</"):
            depth -= 1
            if lines[-1].lstrip().startswith(f"<{_name(part[2:])}") and "</" not in lines[-1]:
                lines[-1] += part
                continue
        lines.append("    " * depth + part)
        if not part.startswith("</") and not part.partition(">")[0].endswith("/"):
            depth += 1
    return "\n".join(lines)


def _name(text: str) -> str:
    return re.split(r"[\s/>]", text, maxsplit=1)[0]


def read_file(schema: Schema, name: str) -> Mapping[str, Json]:
    """The configuration that a file holds, in RFC 7951 form. Raises :class:`CommandError` with what is wrong with it."""
    found: Mapping[str, Json] = to_json(schema.root, _root(schema, name))
    return found


def read_part(schema: Schema, name: str, node: DataNode, at: Path) -> Json:
    """What a file has at a path, which ``node`` describes: its value in RFC 7951 form. Raises :class:`CommandError` as
    :func:`read_file` does, and where there is nothing."""
    value = get(_root(schema, name), at)
    if value is None:
        raise CommandError(f"{name} has nothing at {at}")
    return to_json(node, value)


def _root(schema: Schema, name: str) -> Branch:
    try:
        return read_config(schema, File(name).expanduser().read_bytes())
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}") from None
    except HoardError as error:
        raise CommandError(f"{name} is no configuration of this hoard: {error}") from None


def write_file(schema: Schema, name: str, data: Mapping[str, Json]) -> int:
    """Write configuration from the root: XML where the name ends in ``.xml``. Whole or not at all, and for its owner
    only: users are in it, too. The size in bytes."""
    file = File(name).expanduser()
    text = (
        xml_text(schema, data)
        if file.suffix.lower() == ".xml"
        else json.dumps(data, indent=2, ensure_ascii=False)
    )
    body = f"{text}\n".encode()
    temporary = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
            output.write(body)
            output.flush()
            os.fsync(output.fileno())
        os.replace(temporary, file)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise CommandError(f"{name} cannot be written: {error.strerror}") from None
    return len(body)


def files_at(prefix: str) -> list[str]:
    """Names of files and folders that begin so, folders with a slash behind."""
    above, _, begun = prefix.rpartition("/")
    folder = File(f"{above}/" if above or prefix.startswith("/") else ".").expanduser()
    try:
        names = sorted(entry.name + ("/" if entry.is_dir() else "") for entry in os.scandir(folder))
    except OSError:
        return []
    fitting = [name for name in names if name.startswith(begun) and (begun or not name.startswith("."))]
    return [f"{above}/{name}" if above or prefix.startswith("/") else name for name in fitting[:_MOST_FILES]]
