"""Names in must and when that no node has: told when the model is loaded, with the nearest name."""

from pathlib import Path

import pytest
from yang_text import compiled, module

TREE = """
  container c {
    leaf flow { type int8; }
    list l { key k; leaf k { type string; } leaf rate { type int8; } }
    anydata any;
    choice d { case e { leaf pressure { type int8; } } }
    leaf x {
      type leafref { path "../l/k"; }
      @
    }
  }
"""

NOWHERE = {
    "../flaw > 1": ("flaw", "flow"),
    "/c/flaw": ("flaw", "flow"),
    "/m:c/m:flaw": ("flaw", "flow"),
    "count(../flaw) = 1 or not(../flow)": ("flaw", "flow"),
    "../l[ratio = 1]": ("ratio", "rate"),
    "(../l | ../flow)[1]/ratio": ("ratio", "rate"),
    "..//ratio": ("ratio", "rate"),
    "deref(.)/../ratio": ("ratio", "rate"),
    "current()/../flaw": ("flaw", "flow"),
    "../d/e/presure": ("presure", "pressure"),
    "../quite-another-thing": ("quite-another-thing", ""),
}

SOMEWHERE = [
    "../flow > 1",
    "/c/l/rate",
    "../pressure",
    "../any/of/which/nothing/is/known",
    "..//rate",
    "(../l)[1]/rate",
    "deref(.)/../rate",
    "../*",
    "ancestor::*/flow",
    "@flaw",
]


@pytest.mark.parametrize("keyword", ["must", "when"])
@pytest.mark.parametrize("path", NOWHERE)
def test_a_name_that_leads_nowhere_is_told_with_its_line_and_the_nearest(
    tmp_path: Path, keyword: str, path: str
) -> None:
    name, near = NOWHERE[path]
    *others, warning = compiled(tmp_path, module("m", TREE.replace("@", f'{keyword} "{path}";'))).warnings
    assert warning.startswith(f'm.yang:13: node "m::{name}" is not found')
    assert warning.endswith(f"; did you mean {near}?" if near else '"m::c"')
    assert not others or path == "../d/e/presure"  # there is no choice in a path, either


@pytest.mark.parametrize("path", SOMEWHERE)
def test_of_a_path_that_leads_somewhere_nothing_is_told(tmp_path: Path, path: str) -> None:
    assert compiled(tmp_path, module("m", TREE.replace("@", f'must "{path}";'))).warnings == ()


def test_each_line_has_its_warning(tmp_path: Path) -> None:
    text = TREE.replace("@", 'must "..//ratio";\n must "..//ratio";')
    assert len(compiled(tmp_path, module("m", text)).warnings) == 2


def test_a_node_that_a_deviation_or_a_feature_takes_away_is_no_wrong_name(tmp_path: Path) -> None:
    text = 'feature f; leaf a { if-feature f; type int8; } leaf b { type int8; } leaf c { type int8; must "//a or //b"; }'
    other = "import m { prefix m; } deviation /m:b { deviate not-supported; }"
    assert compiled(tmp_path, module("m", text), module("o", other), features={"m": []}).warnings == ()


def test_names_of_other_modules_are_looked_for_there(tmp_path: Path) -> None:
    text = 'import m { prefix m; } augment /m:a { leaf rate { type int8; must "../m:rate or ..//m:rate or ..//rate"; } }'
    (warning,) = compiled(
        tmp_path, module("m", "container a { leaf ratio { type int8; } }"), module("o", text)
    ).warnings
    assert "ratio" in warning
