"""Expressions of rules: XPath 1.0 over data that has no schema."""

import pytest

from pyconfhoard.migration.expressions import NoNumber, Reader, Uncompilable, check_expression
from pyconfhoard.migration.loose import Loose, LooseAny, LooseLeaf, LooseValues


def leaf(text, *, implied=False):
    return LooseLeaf(text, text, implied)


ROOT = Loose(
    {
        "m:kettle": [
            Loose(
                {"m:name": leaf("mash"), "m:volume": leaf("50"), "m:tag": LooseValues((leaf("a"), leaf("b")))}
            ),
            Loose({"m:name": leaf("boil"), "n:colour": leaf("copper"), "m:any": LooseAny({"x": 1})}),
        ],
        "m:hall": Loose({"m:unit": leaf("F", implied=True), "m:on": leaf("true"), "m:price": leaf("12.50")}),
    }
)
MASH = (("m:kettle", 0),)
BOIL = (("m:kettle", 1),)


@pytest.fixture(scope="module")
def reader():
    return Reader(ROOT)


@pytest.mark.parametrize(
    ("expression", "trail", "wanted"),
    [
        (".", (*MASH, ("m:volume", None)), "50"),
        (". * 2", (*MASH, ("m:volume", None)), "100"),
        ("../name", (*MASH, ("m:volume", None)), "mash"),
        ("volume div 4", MASH, "12.5"),
        ("concat(., '-', ../volume)", (*MASH, ("m:tag", 1)), "b-50"),
        ("n:colour", BOIL, "copper"),
        ("colour", BOIL, None),
        ("nowhere:at/all", BOIL, None),
        ("/hall/unit", BOIL, "F"),
        ("/m:hall/on = 'true'", (), "true"),
        ("count(kettle) > 2", (), "false"),
        ("kettle[name = 'mash']/volume", (), "50"),
        ("count(kettle)", (), "2"),
        ("sum(kettle/volume)", (), "50"),
        ("/hall/price * 10", (), "125"),
        ("string(kettle[2]/name)", (), "boil"),
        ("kettle[last()]/name", (), "boil"),
        ("current()/../name", (*MASH, ("m:volume", None)), "mash"),
        ("any", BOIL, ""),
        ("round(2.5)", (), "3"),
    ],
)
def test_expression_gives_a_text(reader, expression, trail, wanted):
    assert reader.value(expression, "m", trail) == wanted


def test_number_that_is_none_is_an_error(reader):
    with pytest.raises(NoNumber):
        reader.value("number(/hall/unit)", "m", ())


@pytest.mark.parametrize("text", ["", "1 +", "a b", "$x", "nonsense()", "count('a')", "a[", "'a"])
def test_expression_without_a_meaning_is_refused(text):
    with pytest.raises(Uncompilable):
        check_expression(text, "m")
