"""The IETF's modules, as pyang ships them: their rules compile, and hold where they should."""

from __future__ import annotations

from functools import cache

from validation_lab import faults, model, module, words

from pyconfhoard.schema import load
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import Branch
from pyconfhoard.validation import Validator

MODULES = [
    "iana-if-type",
    "ietf-access-control-list",
    "ietf-alarms",
    "ietf-dslite",
    "ietf-hardware",
    "ietf-ip",
    "ietf-l3-unicast-topology",
    "ietf-nat",
    "ietf-subscribed-notifications",
    "ietf-system",
    "ietf-vrrp",
]


@cache
def published() -> Schema:
    return load(MODULES)


def test_all_rules_compile() -> None:
    assert Validator(published()).validate(Branch(published().root, {})).total == 0


def test_interfaces_of_several_modules_are_judged_together() -> None:
    interface = {
        "name": "eth0",
        "type": "iana-if-type:ethernetCsmacd",
        "ietf-ip:ipv4": {"address": [{"ip": "192.0.2.1", "prefix-length": 24}]},
    }
    document = {"ietf-interfaces:interfaces": {"interface": [interface]}}
    assert faults(published(), document) == ()
    here = "/ietf-interfaces:interfaces/interface[name='eth0']"
    interface["ietf-ip:ipv4"]["address"][0].pop("prefix-length")  # type: ignore[index]
    assert words(faults(published(), document)) == [
        ("data-missing", "missing-choice", f"{here}/ietf-ip:ipv4/address[ip='192.0.2.1']")
    ]


def test_an_identity_without_prefix_is_of_the_module_that_the_expression_is_written_in() -> None:
    """RFC 7950 section 10.4: also in the when of an augment, where a node without prefix is of the target's module."""
    base = module("base", "identity kind; container top { leaf kind { type identityref { base kind; } } }")
    more = module(
        "more",
        """
        import base { prefix b; }
        identity special { base b:kind; }
        augment /b:top { when "derived-from-or-self(kind, 'special')"; leaf extra { type string; } }
        """,
    )
    schema = model(base, more)
    assert faults(schema, {"base:top": {"kind": "more:special", "more:extra": "x"}}) == ()
    (fault,) = faults(schema, {"base:top": {"more:extra": "x"}})
    assert fault.tag == "unknown-element"
