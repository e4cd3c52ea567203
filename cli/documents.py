"""Data as text: what a pipe makes of it, and files of configuration.

A saved file begins at the root, whatever part was asked for, so that it says by itself what it is about. What is read may
be JSON (RFC 7951), XML, or JSON in the envelope of RFC 9195, as ``./launch --save`` writes it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path as File
from typing import Final

from pyconfhoard.errors import HoardError
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import Path, decode, encode_xml, to_json
from pyconfhoard.tree.branch import Branch
from pyconfhoard.tree.config_document import read_config

from .commands import PIPES, CommandError, in_full

__all__ = ["files_at", "filtered", "json_text", "read_file", "split_pipes", "write_file", "xml_text"]

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


def split_pipes(words: Sequence[str], bars: Sequence[bool]) -> tuple[list[str], list[list[str]]]:
    """The words before the first ``|``, and those of each pipe. ``bars`` tells which word is one: a bar between quotes
    is a letter. Raises :class:`CommandError` for a pipe that there is not."""
    parts: list[list[str]] = [[]]
    for word, bar in zip(words, bars, strict=True):
        if bar:
            parts.append([])
        elif len(parts) > 1 and not parts[-1]:
            parts[-1].append(in_full(word, PIPES))
        else:
            parts[-1].append(word)
    for pipe in parts[1:]:
        wanted = 2 if pipe[:1] == ["match"] else 1
        if not pipe or pipe[0] not in PIPES or len(pipe) != wanted:
            said = " ".join(pipe)
            raise CommandError(
                f"| {said} is no pipe; possible: | json, | xml, | match <text>, | count".replace("  ", " ")
            )
    forms = [pipe[0] for pipe in parts[1:] if pipe[0] in {"json", "xml"}]
    if len(forms) > 1 or (forms and parts[1][0] not in {"json", "xml"}):
        raise CommandError("| json or | xml comes first, and once")
    return parts[0], parts[1:]


def filtered(text: str, pipes: Sequence[Sequence[str]]) -> str:
    """What ``match`` and ``count`` leave of it."""
    lines = text.splitlines()
    for pipe in pipes:
        if pipe[0] == "match":
            lines = [line for line in lines if pipe[1].lower() in line.lower()]
        elif pipe[0] == "count":
            lines = [f"{len(lines)} lines" if len(lines) != 1 else "1 line"]
    return "\n".join(lines)


def read_file(schema: Schema, name: str) -> Mapping[str, Json]:
    """The configuration that a file holds, in RFC 7951 form. Raises :class:`CommandError` with what is wrong with it."""
    try:
        root = read_config(schema, File(name).expanduser().read_bytes())
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}") from None
    except HoardError as error:
        raise CommandError(f"{name} is no configuration of this hoard: {error}") from None
    found: Mapping[str, Json] = to_json(schema.root, root)
    return found


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
