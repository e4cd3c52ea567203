"""``thing.binding()``: the owned subtree as pyangbind objects, and back as one transaction.

A view, never the store: a list entry costs pyangbind a quarter of a megabyte. It is filled with the
configuration that the Thing has at this moment; what is changed in it is nothing but objects until
:meth:`Binding.commit`, which sends what is different, through the hoard's private candidate, so that
changes that others made meanwhile stay.

Validation is the hoard's: pyangbind knows no must, when, leafref, unique or mandatory.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from pyconfhoard.errors import (
    BadInput,
    Conflict,
    Fault,
    HoardError,
    Invalid,
    LinkError,
    NotSupported,
    Refused,
)
from pyconfhoard.schema.nodes import AnyData, DataNode, Inner, List
from pyconfhoard.thing import http, places
from pyconfhoard.thing.runner import Runner
from pyconfhoard.tree import (
    AnyValue,
    Branch,
    Change,
    Edit,
    Entries,
    api_path,
    apply,
    decode,
    diff,
    get,
    node_at,
    to_json,
)

__all__ = ["Binding", "bind"]

_PATIENCE: Final = 120.0


class Binding:
    """Attributes are those of pyangbind's object of the owned subtree, which is :attr:`root`.

    ``binding.fermentation.setpoint = "17.5"``, then ``binding.changes()`` or ``binding.commit()``. A node
    that is called like one of those three is reached by way of ``root``.
    """

    __slots__ = ("_base", "_path", "_runner", "_schema", "root")

    def __init__(self, runner: Runner, root: Any) -> None:
        self.root = root
        self._runner = runner
        self._base = runner.replica.root
        self._schema = runner.replica.schema
        self._path = runner.replica.base

    def __getattr__(self, name: str) -> Any:
        return getattr(self.root, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in Binding.__slots__:
            super().__setattr__(name, value)
        else:
            setattr(self.root, name, value)

    def changes(self) -> tuple[Change, ...]:
        """What is different from the configuration that the binding was made of.

        Raises :class:`BadInput` with all faults when a value is outside the model.
        """
        return tuple(diff(self._base, self._edited()))

    def commit(self, comment: str = "") -> int:
        """Commit the changes as one transaction; gives the revision (the present one without changes).

        Raises :class:`Invalid`, :class:`Conflict` or :class:`Refused` with the hoard's reason, and
        :class:`LinkError` when it does not answer. The binding stays as it is, to be corrected.
        """
        edited = self._edited()
        changes = tuple(diff(self._base, edited))
        if not changes:
            return self._runner.replica.revision
        revision = self._runner.meanwhile(lambda: self._send(changes, edited, comment))
        self._base = edited
        return revision

    def _edited(self) -> Branch:
        """The datastore as it would be with this binding's content."""
        from pyangbind.lib import pybindJSON  # noqa: PLC0415 - big, and here only

        node = node_at(self._schema, self._path)
        raw = json.loads(pybindJSON.dumps(self.root, mode="ietf", filter=True))
        value = decode(node, _configuration(node, raw, qualified=True), self._path, content="config")
        value = _with_anydata(get(self._base, self._path), value)
        there = value.members or get(self._base, self._path) is None
        operation = Edit("replace", self._path, value) if there else Edit("remove", self._path)
        return apply(self._base, (operation,), self._base.revision)

    def _send(self, changes: tuple[Change, ...], edited: Branch, comment: str) -> int:
        url = self._runner.url
        candidate = _done(self._ask("POST", f"{url}/v1/candidate", body={}))["id"]
        here = f"{url}/v1/candidate/{candidate}"
        try:
            if any(change.kind == "moved" for change in changes):
                self._put(f"{here}/data", self._path, get(edited, self._path))
            else:
                for change in changes:
                    if change.kind == "deleted":
                        target = f"{here}/data/{api_path(self._schema, change.path)}"
                        _done(self._ask("DELETE", target))
                    else:
                        self._put(f"{here}/data", change.path, change.new)
            body = {"comment": comment} if comment else {}
            answer = _done(self._ask("POST", f"{here}/commit", body=body))
        except HoardError:
            self._ask("DELETE", here)
            raise
        return int(answer["revision"])

    def _put(self, data: str, path: Any, value: Any) -> None:
        node = node_at(self._schema, path)
        raw = to_json(node, value)
        if isinstance(node, List) and isinstance(value, Branch):
            raw = [raw]
        target = f"{data}/{api_path(self._schema, path)}"
        _done(self._ask("PUT", target, body={node.qname: raw}))

    def _ask(self, method: str, url: str, body: Any = None) -> http.Response:
        runner = self._runner
        trust = runner.context.settings.trusted
        return http.request(method, url, token=runner.token(), body=body, trust=trust)


def _done(answer: http.Response) -> dict[str, Any]:
    """The answer's body; raises what its status means."""
    if answer.status < 400:
        body = answer.json() if answer.body else {}
        return body if isinstance(body, dict) else {}
    try:
        errors = answer.json()["ietf-restconf:errors"]["error"]
        faults = [
            Fault(error["error-tag"], error.get("error-message", ""), error.get("error-path", ""))
            for error in errors
        ]
    except (LinkError, LookupError, TypeError):
        faults = [Fault("operation-failed", f"the hoard answers with status {answer.status}")]
    match answer.status:
        case 400:
            raise BadInput(faults)
        case 409:
            raise Conflict(faults)
        case 412:
            raise Invalid(faults)
        case _:
            raise Refused(faults)


def _configuration(node: DataNode, raw: Any, *, qualified: bool) -> Any:
    """RFC 7951 JSON without state, which pyangbind shows too, and without anydata, which it cannot.

    ``qualified``: every name with its module, which the decoder always takes; without, pyangbind finds its keys.
    """
    if not isinstance(node, Inner):
        return raw
    if isinstance(raw, list):
        return [_configuration(node, entry, qualified=qualified) for entry in raw]
    names = {child.name: child for child in node.children.values()}
    result = {}
    for name, value in raw.items():
        child = node.children.get(name) or names.get(name.partition(":")[2] or name)
        if child is not None and child.config and not isinstance(child, AnyData):
            shown = child.qname if qualified else child.name
            result[shown] = _configuration(child, value, qualified=qualified)
    return result


def _with_anydata(old: Any, new: Any) -> Any:
    """``new`` with the anydata of ``old``, which pyangbind cannot show and must not lose."""
    if isinstance(old, Entries) and isinstance(new, Entries):
        for key, entry in new.items():
            kept = _with_anydata(old.get(key), entry)
            if kept is not entry:
                new = new.set(kept, new.revision)
        return new
    if not isinstance(old, Branch) or not isinstance(new, Branch):
        return new
    for name, value in old.members.items():
        kept = value if isinstance(value, AnyValue) else _with_anydata(value, new.get(name))
        if kept is not None and kept is not new.get(name):
            new = new.with_member(name, kept, new.revision)
    return new


def bind(runner: Runner) -> Binding:
    """Generate, load and fill. Raises :class:`NotSupported` when pyangbind or the YANG is not there."""
    from pyconfhoard.schema import PROJECT_YANG  # noqa: PLC0415 - here only

    if importlib.util.find_spec("pyangbind") is None:
        raise NotSupported("binding() needs pyangbind: pip install 'pyconfhoard[binding]'")
    replica = runner.replica
    names = [step.name.rpartition(":")[2] for step in replica.base.steps]
    folders = [str(folder) for folder in (*runner.context.settings.yang, PROJECT_YANG)]
    others = [module.name for module in replica.schema.modules.values() if module.implemented]
    classes = _classes(runner.thing.module, "/".join(names), folders, others)
    from pyangbind.lib.serialise import pybindJSONDecoder  # noqa: PLC0415 - big, and here only
    from pyangbind.lib.yangtypes import safe_name  # noqa: PLC0415

    here = getattr(classes, safe_name(runner.thing.module))()
    for step, name in zip(replica.base.steps, names, strict=True):
        here = getattr(here, safe_name(name))
        if step.key is not None:
            here = here.add(" ".join(str(value) for value in step.key))
    content = _configuration(node_at(replica.schema, replica.base), replica.config.to_json(), qualified=False)
    if content:
        pybindJSONDecoder.load_ietf_json(content, None, None, obj=here)
    return Binding(runner, here)


def _classes(module: str, path: str, folders: list[str], others: list[str]) -> ModuleType:
    """pyangbind's classes, generated by another process and loaded from a folder of our own."""
    command = (
        sys.executable,
        "-m",
        "pyconfhoard.thing.binding_classes",
        module,
        path,
        *folders,
        "--",
        *others,
    )
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            env=places.child_environment(os.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotSupported(f"pyangbind needs more than {_PATIENCE:g} s for {module}") from error
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NotSupported(f"pyangbind cannot bind {module}: {last}")
    with tempfile.TemporaryDirectory(prefix="pyconfhoard-binding-") as folder:
        file = Path(folder) / "classes.py"
        file.write_text(done.stdout, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(f"pyconfhoard_binding_{id(file)}", file)
        assert spec is not None  # noqa: S101 - a .py file
        assert spec.loader is not None  # noqa: S101
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
    return loaded
