"""``must`` (RFC 7950 section 7.5.3): at which nodes it is asked, and what its fault says."""

from typing import Any

import pytest
from validation_lab import faults, model, module, tree, validator, words

from pyconfhoard.errors import ModelError
from pyconfhoard.validation import Validator

SCHEMA = model(
    module(
        "m",
        """
  container beer {
    must "count(hop) < 3" { error-message "at most two hops"; error-app-tag "too-bitter"; }
    leaf low { type int8; must ". < ../high"; }
    leaf high { type int8; default 50; }
    list hop {
      key name;
      leaf name { type string; must "string-length(.) > 1"; }
      leaf gram { type int8; default 9; must ". < 100 and . != 13"; }
    }
    leaf-list tag {
      type string; ordered-by user;
      must ". != 'bad'"; must "not(preceding-sibling::tag = 'last')";
    }
    container label { must "text or ../low > 10 or not(../low)"; leaf text { type string; } }
    container shipped { presence "left the house"; must "../label/text"; }
    anydata note { must "../low"; }
  }""",
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("beer", "expected"),
    [
        ({}, []),
        ({"low": 49}, []),
        ({"low": 50}, ["/m:beer/low"]),
        ({"low": 50, "high": 51}, []),
        ({"low": 5}, ["/m:beer/label"]),  # the container is not stored, yet exists
        ({"low": 5, "label": {"text": "x"}}, []),
        ({"shipped": {}}, ["/m:beer/shipped"]),
        ({"shipped": {}, "label": {"text": "x"}}, []),
        (
            {"hop": [{"name": "aa"}, {"name": "b"}, {"name": "cc", "gram": 13}]},
            ["/m:beer", "/m:beer/hop[name='b']/name", "/m:beer/hop[name='cc']/gram"],
        ),
        ({"tag": ["ok", "last", "bad"]}, ["/m:beer/tag[.='bad']", "/m:beer/tag[.='bad']"]),
        ({"note": {"any": 1}}, ["/m:beer/note"]),
    ],
)  # fmt: skip
def test_where_it_breaks(beer: dict[str, Any], expected: list[str]) -> None:
    found = faults(SCHEMA, {"m:beer": beer} if beer else {})
    assert [fault.path for fault in found] == expected
    assert {fault.tag for fault in found} <= {"operation-failed"}


def test_the_fault_has_the_models_own_words() -> None:
    (fault,) = faults(SCHEMA, {"m:beer": {"hop": [{"name": "aa"}, {"name": "bb"}, {"name": "cc"}]}})
    assert (fault.message, fault.app_tag, fault.value) == ("at most two hops", "too-bitter", None)
    assert (fault.place.file, fault.place.line) == ("m.yang", 5)


def test_the_fault_without_the_models_words_has_the_expression_and_the_value() -> None:
    (fault,) = faults(SCHEMA, {"m:beer": {"low": 60}})
    assert (fault.app_tag, fault.value) == ("must-violation", "60")
    assert ". < ../high" in fault.message


def test_the_must_of_a_default_in_use_is_asked() -> None:
    schema = model(
        module(
            "d",
            'container c { leaf a { type int8; default 5; must ". < ../b"; } leaf b { type int8; default 9; } }',
        )
    )
    assert faults(schema, {}) == ()
    assert words(faults(schema, {"d:c": {"b": 5}})) == [("operation-failed", "must-violation", "/d:c/a")]


def test_state_is_not_asked() -> None:
    schema = model(
        module("s", 'container c { config false; must "false()"; leaf a { type string; mandatory true; } }')
    )
    assert faults(schema, {}) == ()


def test_all_are_counted_though_few_are_listed() -> None:
    root = tree(SCHEMA, {"m:beer": {"tag": ["last", *(f"t{at}" for at in range(50))]}})
    outcome = validator(SCHEMA).validate(root, limit=3)
    assert (len(outcome.faults), outcome.total) == (3, 50)
    assert outcome.faults[0].path == "/m:beer/tag[.='t0']"


def test_an_expression_that_means_nothing_refuses_the_model_with_its_place() -> None:
    schema = model(
        module(
            "n",
            """
  leaf a { type string; must "count('x') > 1"; }
  leaf b { type string; must "derived-from(., 'no-such')"; when "sum(1)"; }""",
        )
    )
    with pytest.raises(ModelError) as refusal:
        Validator(schema)
    assert {(fault.place.file, fault.place.line) for fault in refusal.value.faults} == {
        ("n.yang", 4),
        ("n.yang", 5),
    }
    assert len(refusal.value.faults) == 3


def test_prefixes_mean_what_they_mean_where_the_expression_stands() -> None:
    schema = model(
        module(
            "p",
            'grouping g { leaf v { type int8; must "../limit > ."; } leaf limit { type int8; } } container c { uses g; }',
        ),
        module(
            "o",
            'import p { prefix x; } container c { uses x:g; leaf other { type int8; must "/x:c/x:v = ."; } }',
        ),
    )
    data = {"p:c": {"v": 1, "limit": 2}, "o:c": {"v": 3, "limit": 3, "other": 1}}
    assert words(faults(schema, data)) == [("operation-failed", "must-violation", "/o:c/v")]
