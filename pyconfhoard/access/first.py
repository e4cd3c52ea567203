"""The rules that a hoard begins with, where nobody has written others.

Three groups for people, empty until somebody is put into them, and one for Things:

========== =====================================================================================
admin      everything
operator   everything but users, rules and to break others' locks
viewer     to read and to subscribe, now and in the past, except to users and rules
things     the same; each may do everything in its own subtree anyway
========== =====================================================================================

Everybody in them may read who he is, and change his own password. Whoever is in no group may do nothing. All of it is ordinary
configuration of ietf-netconf-acm, to be changed as wanted; the holder of ``run/admin.token`` is bound by none of it.
"""

from __future__ import annotations

from typing import Any, Final

from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import Branch, Path, decode

__all__ = ["FIRST", "first_root"]

_USERS: Final = "/ietf-system:system/ietf-system:authentication"
_USER: Final = f"{_USERS}/ietf-system:user[ietf-system:name=$USER]"
"""With the module at every step: in XML a name without one is another."""


def _rule(name: str, action: str, comment: str, **leaves: str) -> dict[str, str]:
    named = {key.replace("_", "-"): value for key, value in leaves.items()}
    return {"name": name, **named, "action": action, "comment": comment}


_TOLD: Final = (
    ("ietf-subscribed-notifications", "establish-subscription"),
    ("ietf-subscribed-notifications", "modify-subscription"),
    ("ietf-subscribed-notifications", "delete-subscription"),
    ("pyconfhoard-locks", "list-locks"),
    ("pyconfhoard-history", "list-revisions"),
    ("pyconfhoard-history", "show-revision"),
    ("pyconfhoard-history", "compare"),
    ("pyconfhoard-history", "blame"),
)
"""Modules and rpcs of them that do no more than to tell, and of data only what may be read."""

_RULES: Final = {
    "enable-nacm": True,
    "read-default": "deny",
    "write-default": "deny",
    "exec-default": "deny",
    "groups": {"group": [{"name": "admin"}, {"name": "operator"}, {"name": "viewer"}]},
    "rule-list": [
        {"name": "admin", "group": ["admin"], "rule": [_rule("everything", "permit", "Everything.")]},
        {
            "name": "everybody",
            "group": ["operator", "viewer", "things"],
            "rule": [
                _rule(
                    "own-password",
                    "permit",
                    "Everybody may change his own password.",
                    path=f"{_USER}/ietf-system:password",
                    access_operations="read create update",
                ),
                _rule(
                    "own-entry",
                    "permit",
                    "Everybody sees what is known of him.",
                    path=_USER,
                    access_operations="read",
                ),
                _rule(
                    "no-users",
                    "deny",
                    "Who the users are, their keys and tokens, is for administrators.",
                    path=_USERS,
                ),
                _rule(
                    "no-rules",
                    "deny",
                    "So are these rules.",
                    path="/ietf-netconf-acm:nacm",
                ),
                _rule(
                    "no-tokens",
                    "deny",
                    "And to make tokens.",
                    module_name="pyconfhoard-access",
                    rpc_name="*",
                    access_operations="exec",
                ),
                _rule(
                    "no-breaking",
                    "deny",
                    "Another's lock ends by itself, or is broken by administrators.",
                    module_name="pyconfhoard-locks",
                    rpc_name="break-lock",
                    access_operations="exec",
                ),
            ],
        },
        {
            "name": "operator",
            "group": ["operator"],
            "rule": [_rule("operate", "permit", "Everything that was not denied above.")],
        },
        {
            "name": "viewer",
            "group": ["viewer", "things"],
            "rule": [
                _rule("look", "permit", "To read what was not denied above.", access_operations="read"),
                *(
                    _rule(
                        rpc,
                        "permit",
                        "To be told of it.",
                        module_name=module,
                        rpc_name=rpc,
                        access_operations="exec",
                    )
                    for module, rpc in _TOLD
                ),
            ],
        },
    ],
}

FIRST: Final[dict[str, dict[str, Any]]] = {"ietf-netconf-acm": {"ietf-netconf-acm:nacm": _RULES}}
"""First data of modules, by module: RFC 7951 documents."""


def first_root(schema: Schema, module: str) -> Branch:
    """A root with what a module of ``schema`` begins with."""
    root: Branch = decode(schema.root, FIRST[module], Path.ROOT)
    return root
