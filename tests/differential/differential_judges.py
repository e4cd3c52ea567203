"""The judges: each is asked whether modules compile, and whether a document is valid."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path as File
from typing import Any, Final

from yangson import DataModel
from yangson.enumerations import ContentType
from yangson.exceptions import YangsonException
from yangson.instance import RootNode

from pyconfhoard.errors import BadInput, HoardError, ModelError
from pyconfhoard.schema import load
from pyconfhoard.tree import Branch, Edit, Path, apply, decode, encode, parse, parse_path
from pyconfhoard.validation import Validator

__all__ = ["YANGLINT", "Ours", "Refused", "Yanglint", "Yangson"]

YANGLINT: Final = shutil.which("yanglint")

Modules = dict[str, str]
"""Texts by name; the first is the one that has features: ``on``, which is on, and ``off``."""


_BREAKDOWNS: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    re.error,  # Python's, for a pattern that is XML Schema's
)


class Refused(Exception):
    """The modules do not compile; why. Empty if the judge broke down over them."""


class Ours:
    """This project's verdict."""

    def __init__(self, folder: File, names: list[str]) -> None:
        try:
            self.schema = load(names, folders=[folder], features={names[0]: ["on"]})
            self.validator = Validator(self.schema)
        except ModelError as error:
            raise Refused(str(error)) from error

    def judge(self, document: Any) -> str:
        """What is wrong; empty if nothing is."""
        try:
            root = self._read(document)
        except BadInput as error:
            return str(error)
        return "\n".join(map(str, self.validator.validate(root).faults))

    def written(self, document: Any) -> Any:
        """The document as we write it; None if it does not decode."""
        try:
            return json.loads(encode(self.schema.root, self._read(document)))
        except BadInput:
            return None

    def repaired(self, document: Any) -> Any:
        """The document without what is wrong in it, as far as leaving out mends it; None if there is
        nothing to mend, or it does not even decode."""
        try:
            root = self._read(document)
        except BadInput:
            return None
        mended = False
        for _ in range(4):
            faults = self.validator.validate(root).faults
            if not faults:
                break
            for fault in faults:
                try:
                    root = apply(root, [Edit("remove", parse_path(self.schema, fault.path))], 1)
                except HoardError:  # the root, or a key
                    continue
                mended = True
        return json.loads(encode(self.schema.root, root)) if mended else None

    def _read(self, document: Any) -> Branch:
        root: Branch = decode(self.schema.root, parse(json.dumps(document).encode()), Path())
        return root


class Yanglint:
    """That of libyang, by its command line."""

    def __init__(self, folder: File, names: list[str]) -> None:
        assert YANGLINT
        self._folder = folder
        self._command = [YANGLINT, "-F", f"{names[0]}:on", "-t", "config"]
        self._files = [f"{name}.yang" for name in names]
        error = self._run(self._files)
        if error is None or error:
            raise Refused(error or "")

    def judge(self, document: Any) -> str | None:
        """What is wrong; empty if nothing is; None if it broke down over the document."""
        (self._folder / "data.json").write_text(json.dumps(document, ensure_ascii=False))
        return self._run([*self._files, "data.json"])

    def _run(self, files: list[str]) -> str | None:
        try:
            done = subprocess.run(
                [*self._command, *files],
                cwd=self._folder,
                capture_output=True,
                text=True,
                check=False,
                timeout=5,
            )
        except subprocess.TimeoutExpired:
            return None
        if done.returncode < 0:
            return None
        return done.stderr if done.returncode else ""


class Yangson:
    """That of yangson."""

    def __init__(self, folder: File, names: list[str]) -> None:
        described = [
            {
                "name": name,
                "revision": "",
                "namespace": f"urn:{name}",
                "conformance-type": "implement",
                "feature": ["on"] if name == names[0] else [],
            }
            for name in names
        ]
        library = {"ietf-yang-library:modules-state": {"module-set-id": "x", "module": described}}
        try:
            self._model = DataModel(json.dumps(library), [str(folder)])
        except YangsonException as error:
            raise Refused(f"{type(error).__name__}: {error}") from error
        except _BREAKDOWNS as error:
            raise Refused("") from error

    def judge(self, document: Any) -> str | None:
        """What is wrong; empty if nothing is; None if it broke down over the document."""
        try:
            return self._verdict(document)
        except (*_BREAKDOWNS, YangsonException):  # the words of an error may fail with another
            return None

    def _verdict(self, document: Any) -> str | None:
        try:
            given = self._model.from_raw(document)
        except YangsonException as error:
            return f"{type(error).__name__}: {error}"
        found = _fault(given.add_defaults())
        if "member-not-allowed" in found and not _fault(given):
            return None  # it has added what a false "when" forbids
        return found


def _fault(root: RootNode) -> str:
    try:
        root.validate(ctype=ContentType.config)
    except YangsonException as error:
        return f"{type(error).__name__}: {error}"
    return ""
