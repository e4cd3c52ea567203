"""What a server says of its modules: the content of ietf-yang-library (RFC 8525).

All datastores have the same schema here, so there is one module-set and one schema, and every datastore
names that. The older form, ``modules-state`` (RFC 7895), says the same for clients that know no other.
A server gives both, as the model makes the id of the older one mandatory. They are RFC 7951 JSON, decoded,
and sorted by name: the same schema gives the same content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from pyconfhoard.schema.nodes import Module, Schema

__all__ = ["DATASTORES", "Location", "modules_state", "yang_library"]

DATASTORES: Final = ("ietf-datastores:running", "ietf-datastores:intended", "ietf-datastores:operational")

Location = Callable[[str, str], str]
"""The URL of a module's or submodule's text, by name and revision (empty: it has none)."""

_NAME: Final = "complete"
"""Of the module-set and of the schema. Clients are told no meaning of it."""


def yang_library(
    schema: Schema, *, datastores: Iterable[str] = DATASTORES, location: Location | None = None
) -> dict[str, Any]:
    """``{"ietf-yang-library:yang-library": …}`` (RFC 8525 section 3).

    ``datastores`` are identities derived from ``ietf-datastores:datastore``, each as ``module:name``.
    Without ``location`` no URLs are told. The content-id is the schema's fingerprint, which changes with
    any content of a module, with its features and with the set of modules.
    """
    served, imported = _by_use(schema)
    module_set = {
        "name": _NAME,
        "module": [
            {
                **_named(module, location),
                **_some("feature", sorted(module.features)),
                **_some("deviation", sorted(module.deviations)),
            }
            for module in served
        ],
        **_some("import-only-module", [_named(module, location, always=True) for module in imported]),
    }
    return {
        "ietf-yang-library:yang-library": {
            "module-set": [module_set],
            "schema": [{"name": _NAME, "module-set": [_NAME]}],
            "datastore": [{"name": name, "schema": _NAME} for name in sorted(datastores)],
            "content-id": schema.fingerprint,
        }
    }


def modules_state(schema: Schema, *, location: Location | None = None) -> dict[str, Any]:
    """``{"ietf-yang-library:modules-state": …}``, deprecated (RFC 8525 appendix A)."""
    revisions = {module.name: module.revision for module in schema.modules.values() if module.implemented}

    def told(module: Module) -> dict[str, Any]:
        conformance = "implement" if module.implemented else "import"
        deviations = [{"name": name, "revision": revisions[name]} for name in sorted(module.deviations)]
        return {
            "name": module.name,
            "revision": module.revision,
            **_located("schema", module.name, module.revision, location),
            "namespace": module.namespace,
            **_some("feature", sorted(module.features) if module.implemented else []),
            **_some("deviation", deviations),
            "conformance-type": conformance,
            **_some(
                "submodule",
                [
                    {
                        "name": part.name,
                        "revision": part.revision,
                        **_located("schema", part.name, part.revision, location),
                    }
                    for part in module.submodules
                ],
            ),
        }

    served, imported = _by_use(schema)
    return {
        "ietf-yang-library:modules-state": {
            "module-set-id": schema.fingerprint,
            "module": [told(module) for module in (*served, *imported)],
        }
    }


def _by_use(schema: Schema) -> tuple[list[Module], list[Module]]:
    """The implemented modules and those that are only imported."""
    modules = sorted(schema.modules.values(), key=lambda module: (module.name, module.revision))
    return [each for each in modules if each.implemented], [each for each in modules if not each.implemented]


def _named(module: Module, location: Location | None, *, always: bool = False) -> dict[str, Any]:
    """What both lists of modules have. ``always``: with a revision even if that is empty, for a key."""
    parts = [
        {
            "name": part.name,
            **_some("revision", part.revision),
            **_located("location", part.name, part.revision, location, many=True),
        }
        for part in module.submodules
    ]
    return {
        "name": module.name,
        **({"revision": module.revision} if always else _some("revision", module.revision)),
        "namespace": module.namespace,
        **_located("location", module.name, module.revision, location, many=True),
        **_some("submodule", parts),
    }


def _some(member: str, value: Sequence[Any]) -> dict[str, Any]:
    return {member: value} if value else {}


def _located(
    member: str, name: str, revision: str, location: Location | None, *, many: bool = False
) -> dict[str, Any]:
    if location is None:
        return {}
    url = location(name, revision)
    return {member: [url] if many else url}
