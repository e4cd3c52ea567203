"""The body of an error in XML (RFC 8040 section 7.1); its JSON twin is in ``rest.errors``.

``error-path`` is an instance-identifier, whose names have prefixes in XML: each is its module's name, declared on the element.
In JSON a name has its module only where that changes, so what is left out is filled in here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pyconfhoard.tree.xml_text import attribute_text, element_text, unwritable

from .body_xml import RESTCONF

__all__ = ["errors_xml", "prefixed_path"]

_FAULT: Final = "pyconfhoard:fault"
_FAULT_SPACE: Final = "urn:pyconfhoard:hoard"
_ORDER: Final = ("error-type", "error-tag", "error-app-tag", "error-path", "error-message", "error-info")

_PIECE: Final = re.compile(
    r"""(?P<quoted>'[^']*'|"[^"]*")|(?P<lead>[/\[])(?P<name>[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)""",
    re.ASCII,
)


def errors_xml(entries: list[dict[str, Any]], namespaces: Mapping[str, str]) -> bytes:
    """The ``errors`` document of the entries of its JSON twin. ``namespaces`` by module."""
    body = "".join(error_xml(entry, namespaces) for entry in entries)
    return f'<errors xmlns="{RESTCONF}">{body}</errors>'.encode("utf-8", "backslashreplace")


def error_xml(entry: Mapping[str, Any], namespaces: Mapping[str, str]) -> str:
    """One ``error`` element, in the namespace in which it stands."""
    parts = []
    for name in _ORDER:
        if name not in entry:
            continue
        if name == "error-path":
            parts.append(_path(entry[name], namespaces))
        elif name == "error-info":
            parts.append(f"<error-info>{_info(entry[name], namespaces)}</error-info>")
        else:
            parts.append(f"<{name}>{_text(entry[name])}</{name}>")
    return f"<error>{''.join(parts)}</error>"


def _path(path: str, namespaces: Mapping[str, str]) -> str:
    text, used = prefixed_path(path)
    declared = "".join(
        f' xmlns:{module}="{attribute_text(namespaces[module])}"' for module in used if module in namespaces
    )
    return f"<error-path{declared}>{_text(text)}</error-path>"


def prefixed_path(path: str) -> tuple[str, tuple[str, ...]]:
    """An instance path with the module before every name, and the modules in it."""
    used: dict[str, None] = {}
    module = ""

    def named(found: re.Match[str]) -> str:
        nonlocal module
        if found["quoted"] is not None:
            return found.group()
        above, _, name = found["name"].rpartition(":")
        if above and found["lead"] == "/":
            module = above
        here = above or module
        if not here:
            return found.group()
        used[here] = None
        return f"{found['lead']}{here}:{name}"

    return _PIECE.sub(named, path), tuple(used)


def _info(info: Mapping[str, Any], namespaces: Mapping[str, str]) -> str:
    spaces = {**namespaces, _FAULT.partition(":")[0]: _FAULT_SPACE}
    return "".join(_structure(name, content, spaces) for name, content in info.items())


def _structure(name: str, content: Mapping[str, Any], namespaces: Mapping[str, str]) -> str:
    """A container of leaves and leaf-lists. A value that is an identity has its module's name as prefix."""
    module, _, local = name.partition(":")
    parts: list[str] = []
    for leaf, value in content.items():
        for item in value if isinstance(value, list) else [value]:
            text = str(item)
            prefix = text.partition(":")[0]
            declared = (
                f' xmlns:{prefix}="{attribute_text(namespaces[prefix])}"'
                if leaf == "reason" and prefix in namespaces
                else ""
            )
            parts.append(f"<{leaf}{declared}>{_text(text)}</{leaf}>")
    space = attribute_text(namespaces.get(module, module))
    return f'<{local} xmlns="{space}">{"".join(parts)}</{local}>'


def _text(text: str) -> str:
    """As XML can hold it: what it has no character for is shown as a question mark in a diamond."""
    if unwritable(text):
        text = "".join("\N{REPLACEMENT CHARACTER}" if unwritable(letter) else letter for letter in text)
    return element_text(text)
