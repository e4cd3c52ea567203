"""The rules of messages are compiled when they are needed, once, and tell what cannot be."""

from pathlib import Path as File

import pytest
from operations_lab import Exchange
from test_operations_rules import RULED
from validation_lab import model, module

from pyconfhoard.errors import ModelError
from pyconfhoard.schema import load
from pyconfhoard.schema.repository import shipped_folder
from pyconfhoard.tree import Branch
from pyconfhoard.validation.operations import Operations

BROKEN = model(
    module(
        "b",
        """
  rpc fine { input { leaf x { type int8; must ". > 0"; } } }
  rpc broken { output { leaf x { type int8; must "count(1) > 0"; } } }""",
    )
)


def test_a_rule_that_cannot_be_compiled_is_told_with_its_place() -> None:
    with pytest.raises(ModelError) as caught:
        Operations(BROKEN).prepare()
    (fault,) = caught.value.faults
    assert "count(1) > 0" in fault.message
    assert (fault.place.file, fault.place.line) == ("b.yang", 5)


def test_it_does_not_hinder_messages_of_another_kind() -> None:
    fine = BROKEN.rpcs["b:fine"]
    given = Branch(fine.input, {"x": 1})
    assert Operations(BROKEN).check_input(fine, given, Branch(BROKEN.root, {})).total == 0


def test_no_more_faults_are_listed_than_asked_for() -> None:
    run = RULED.rpcs["r:run"]
    nothing = Branch(RULED.root, {})
    for limit in (0, 1, 3):
        given = Branch(run.input, {"ticket": "t"})
        outcome = Operations(RULED).check_input(run, given, nothing, limit=limit)
        assert (len(outcome.faults), outcome.total) == (limit, 4)


def test_the_messages_of_all_shipped_modules_compile() -> None:
    folder = shipped_folder()
    assert folder is not None
    names = [path.stem for path in File(folder).rglob("*.yang") if "\nmodule " in f"\n{path.read_text()}"]
    schema = load(names)
    assert len(schema.rpcs) > 25
    assert len(schema.notifications) > 35
    Operations(schema).prepare()


def test_a_published_rpc_is_judged() -> None:
    """RFC 6241: edit-config wants one of config and url, and a target."""
    schema = load(["ietf-netconf"], features={"ietf-netconf": ["candidate", "url"]})
    asked = Exchange(schema).input("ietf-netconf:edit-config", {"target": {"candidate": [None]}})
    assert [(fault.app_tag, fault.path) for fault in asked] == [
        ("missing-choice", "/ietf-netconf:edit-config/input")
    ]
