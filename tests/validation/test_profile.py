"""The profile asks what the validation asks, and adds up what the clock says by statement."""

from itertools import count

import pytest
from validation_lab import model, module, tree, validator

from pyconfhoard.errors import Place
from pyconfhoard.tree import Branch
from pyconfhoard.validation.profile import Cost, profile

RULES = model(
    module(
        "p",
        """container c {
  leaf on { type boolean; default true; }
  leaf extra { when "../on = 'true'"; type string; }
  list l {
    key k; unique v; max-elements 9;
    must "v < 100";
    leaf k { type string; }
    leaf v { type uint8; mandatory true; }
    leaf next { type leafref { path "../../l/k"; } }
    choice size {
      mandatory true;
      case small { choice inner { mandatory true; leaf a { type empty; } leaf b { type empty; } } }
      leaf large { type empty; }
    }
  }
  list none { key k; leaf k { type string; must ". != 'x'"; } }
}""",
    )
)

DATA = {
    "p:c": {
        "extra": "x",
        "l": [
            {"k": "1", "v": 1, "next": "2", "large": [None]},
            {"k": "2", "v": 2, "a": [None]},
            {"k": "3", "v": 3, "next": "3", "large": [None]},
        ],
    }
}


def ticking(step: int = 1) -> int:
    """A clock that is read once a nanosecond."""
    return next(_TICKS) * step


_TICKS = count()


@pytest.fixture
def costs() -> dict[tuple[str, str], Cost]:
    found = profile(validator(RULES), tree(RULES, DATA), clock=ticking)
    return {(cost.keyword, cost.path): cost for cost in found.costs}


def test_every_rule_is_asked_at_each_of_its_instances(costs: dict[tuple[str, str], Cost]) -> None:
    assert {rule: cost.asked for rule, cost in costs.items()} == {
        ("when", "/p:c/extra"): 1,
        ("must", "/p:c/l"): 3,
        ("type", "/p:c/l/next"): 2,
        ("mandatory", "/p:c/l/v"): 3,
        ("choice", "/p:c/l/size"): 3,
        ("choice", "/p:c/l/size/small/inner"): 3,
        ("unique", "/p:c/l"): 1,
        ("max-elements", "/p:c/l"): 1,
        ("must", "/p:c/none/k"): 0,
    }


def test_each_question_takes_what_the_clock_says(costs: dict[tuple[str, str], Cost]) -> None:
    for cost in costs.values():
        assert cost.nanoseconds == cost.asked  # the clock is read once at each end
        assert cost.each == (1.0 if cost.asked else 0.0)


def test_a_rule_tells_where_it_stands(costs: dict[tuple[str, str], Cost]) -> None:
    assert costs["must", "/p:c/l"].places == (Place("p.yang", 8),)
    assert costs["when", "/p:c/extra"].places == (Place("p.yang", 5),)


def test_a_node_with_several_conditions_tells_all_their_places() -> None:
    schema = model(
        module(
            "w",
            """grouping g { leaf x { when "../a"; type string; } }
container c { leaf a { type string; }
  uses g { when "a"; } }""",
        )
    )
    found = profile(validator(schema), tree(schema, {"w:c": {"a": "", "x": ""}}))
    assert [(cost.keyword, cost.path, {place.line for place in cost.places}) for cost in found.costs] == [
        ("when", "/w:c/x", {3, 5})
    ]


def test_the_costliest_comes_first_and_the_whole_is_more_than_its_rules() -> None:
    found = profile(validator(RULES), tree(RULES, DATA))
    times = [cost.nanoseconds for cost in found.costs]
    assert times == sorted(times, reverse=True)
    assert found.nanoseconds >= sum(times)


def test_an_empty_tree_has_all_rules() -> None:
    found = profile(validator(RULES), Branch(RULES.root, {}))
    assert len(found.costs) == 9


def test_what_is_below_a_false_condition_is_not_asked() -> None:
    schema = model(
        module(
            "f",
            """container c { leaf a { type string; }
  container d { when "../a"; leaf e { when "../f"; type string; must "true()"; } leaf f { type string; } } }""",
        )
    )
    found = profile(validator(schema), tree(schema, {"f:c": {"d": {"e": ""}}}))
    asked = {(cost.keyword, cost.path): cost.asked for cost in found.costs}
    assert asked == {("when", "/f:c/d"): 1, ("when", "/f:c/d/e"): 0, ("must", "/f:c/d/e"): 0}
