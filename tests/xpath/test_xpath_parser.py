"""The grammar of XPath 1.0, and what YANG allows of it (RFC 7950 sections 6.4.1 and 10)."""

from __future__ import annotations

import pytest

from pyconfhoard.xpath import (
    AXES,
    CORE_FUNCTIONS,
    DESCENDANTS,
    FUNCTIONS,
    MAX_DEPTH,
    PARENT,
    ROOT,
    SELF,
    YANG_FUNCTIONS,
    BinaryOperation,
    Call,
    Expr,
    Filter,
    LocationPath,
    NameTest,
    Negation,
    NodeTypeTest,
    Number,
    PathFrom,
    Step,
    String,
    XPathSyntaxError,
    children,
    parse,
    walk,
)


def step(name: str, *predicates: Expr, axis: str = "child") -> Step:
    prefix, _, local = name.rpartition(":")
    return Step(AXES[axis], NameTest(prefix, local), predicates)


def path(*steps: Step | str, absolute: bool = False) -> LocationPath:
    return LocationPath(absolute, tuple(step(each) if isinstance(each, str) else each for each in steps))


def top(*steps: Step | str) -> LocationPath:
    return path(*steps, absolute=True)


NODE = NodeTypeTest("node")
LAST = Call("last")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        # XPath 1.0 section 2, the examples of location paths, unabbreviated
        ("child::para", path("para")),
        ("child::*", path("*")),
        ("child::text()", path(Step("child", NodeTypeTest("text")))),
        ("child::node()", path(Step("child", NODE))),
        ("attribute::name", path(step("name", axis="attribute"))),
        ("attribute::*", path(step("*", axis="attribute"))),
        ("descendant::para", path(step("para", axis="descendant"))),
        ("ancestor::div", path(step("div", axis="ancestor"))),
        ("ancestor-or-self::div", path(step("div", axis="ancestor-or-self"))),
        ("descendant-or-self::para", path(step("para", axis="descendant-or-self"))),
        ("self::para", path(step("para", axis="self"))),
        ("child::chapter/descendant::para", path("chapter", step("para", axis="descendant"))),
        ("child::*/child::para", path("*", "para")),
        ("/", ROOT),
        ("/descendant::para", top(step("para", axis="descendant"))),
        ("/descendant::olist/child::item", top(step("olist", axis="descendant"), "item")),
        (
            "child::para[position()=1]",
            path(step("para", BinaryOperation("=", Call("position"), Number("1")))),
        ),
        (
            "child::para[position()=last()-1]",
            path(
                step("para", BinaryOperation("=", Call("position"), BinaryOperation("-", LAST, Number("1"))))
            ),
        ),
        (
            "following-sibling::chapter[position()=1]",
            path(
                step("chapter", BinaryOperation("=", Call("position"), Number("1")), axis="following-sibling")
            ),
        ),
        (
            'child::para[attribute::type="warning"][position()=5]',
            path(
                step(
                    "para",
                    BinaryOperation("=", path(step("type", axis="attribute")), String("warning")),
                    BinaryOperation("=", Call("position"), Number("5")),
                )
            ),
        ),
        (
            "child::*[self::chapter or self::appendix][position()=last()]",
            path(
                step(
                    "*",
                    BinaryOperation(
                        "or", path(step("chapter", axis="self")), path(step("appendix", axis="self"))
                    ),
                    BinaryOperation("=", Call("position"), LAST),
                )
            ),
        ),
        # section 2.5, abbreviated
        ("para", path("para")),
        ("*", path("*")),
        ("@name", path(step("name", axis="attribute"))),
        ("@*", path(step("*", axis="attribute"))),
        ("para[1]", path(step("para", Number("1")))),
        ("para[last()]", path(step("para", LAST))),
        ("*/para", path("*", "para")),
        (
            "/doc/chapter[5]/section[2]",
            top("doc", step("chapter", Number("5")), step("section", Number("2"))),
        ),
        ("chapter//para", path("chapter", DESCENDANTS, "para")),
        ("//para", top(DESCENDANTS, "para")),
        ("//olist/item", top(DESCENDANTS, "olist", "item")),
        (".", path(SELF)),
        (".//para", path(SELF, DESCENDANTS, "para")),
        ("..", path(PARENT)),
        ("../@lang", path(PARENT, step("lang", axis="attribute"))),
        (
            "employee[@secretary and @assistant]",
            path(
                step(
                    "employee",
                    BinaryOperation(
                        "and",
                        path(step("secretary", axis="attribute")),
                        path(step("assistant", axis="attribute")),
                    ),
                )
            ),
        ),
        # node tests
        ("a:b", path("a:b")),
        ("a:*", path("a:*")),
        ("processing-instruction()", path(Step("child", NodeTypeTest("processing-instruction")))),
        ("processing-instruction('x')", path(Step("child", NodeTypeTest("processing-instruction", "x")))),
        ("comment()", path(Step("child", NodeTypeTest("comment")))),
        ("text", path("text")),
        ("node", path("node")),
        # primaries, filters, paths from them
        ("'a \"b\"'", String('a "b"')),
        ('"it\'s"', String("it's")),
        ("''", String("")),
        ("1", Number("1")),
        ("1.", Number("1.")),
        (".5", Number(".5")),
        ("3.14", Number("3.14")),
        ("((a))", path("a")),
        ("(a)[1]", Filter(path("a"), (Number("1"),))),
        ("(a)/b", PathFrom(path("a"), (step("b"),))),
        ("(a | b)//c", PathFrom(BinaryOperation("|", path("a"), path("b")), (DESCENDANTS, step("c")))),
        ("id('x')[1]/y", PathFrom(Filter(Call("id", (String("x"),)), (Number("1"),)), (step("y"),))),
        ("concat('a', 'b', 'c')", Call("concat", (String("a"), String("b"), String("c")))),
        # RFC 7950 section 10, and 9.9.6
        ("current()/../b", PathFrom(Call("current"), (PARENT, step("b")))),
        ("deref(.)/../enabled", PathFrom(Call("deref", (path(SELF),)), (PARENT, step("enabled")))),
        (
            "/if:interface[if:name=current()/../mgmt]/if:mtu",
            top(
                step(
                    "if:interface",
                    BinaryOperation("=", path("if:name"), PathFrom(Call("current"), (PARENT, step("mgmt")))),
                ),
                "if:mtu",
            ),
        ),
        ("bit-is-set(flags, 'UP')", Call("bit-is-set", (path("flags"), String("UP")))),
        # operators
        ("a or b and c", BinaryOperation("or", path("a"), BinaryOperation("and", path("b"), path("c")))),
        (
            "a=b!=c",
            BinaryOperation("!=", BinaryOperation("=", path("a"), path("b")), path("c")),
        ),
        (
            "3 > 2 > 1",
            BinaryOperation(">", BinaryOperation(">", Number("3"), Number("2")), Number("1")),
        ),
        (
            "a < b = c >= d",
            BinaryOperation(
                "=", BinaryOperation("<", path("a"), path("b")), BinaryOperation(">=", path("c"), path("d"))
            ),
        ),
        ("1 - 2 - 3", BinaryOperation("-", BinaryOperation("-", Number("1"), Number("2")), Number("3"))),
        ("1 + 2 * 3", BinaryOperation("+", Number("1"), BinaryOperation("*", Number("2"), Number("3")))),
        ("(1 + 2) * 3", BinaryOperation("*", BinaryOperation("+", Number("1"), Number("2")), Number("3"))),
        ("-a|b", Negation(BinaryOperation("|", path("a"), path("b")))),
        ("-a*b", BinaryOperation("*", Negation(path("a")), path("b"))),
        ("a * -b", BinaryOperation("*", path("a"), Negation(path("b")))),
        ("--1", Negation(Negation(Number("1")))),
        ("a - -1", BinaryOperation("-", path("a"), Negation(Number("1")))),
        # section 3.7: what is a name and what an operator
        ("a-b", path("a-b")),
        ("a - b", BinaryOperation("-", path("a"), path("b"))),
        ("a -b", BinaryOperation("-", path("a"), path("b"))),
        ("div div div", BinaryOperation("div", path("div"), path("div"))),
        ("* * *", BinaryOperation("*", path("*"), path("*"))),
        (
            "or or and and mod",
            BinaryOperation("or", path("or"), BinaryOperation("and", path("and"), path("mod"))),
        ),
        ("a/div", path("a", "div")),
        ("@and", path(step("and", axis="attribute"))),
        ("child::or", path("or")),
        ("a[mod]", path(step("a", path("mod")))),
        ("not(div)", Call("not", (path("div"),))),
        ("/ and", top("and")),
        ("/*", top("*")),
        ("(/) * 2", BinaryOperation("*", ROOT, Number("2"))),
        ("/ = a", BinaryOperation("=", ROOT, path("a"))),
        ("2mod 3", BinaryOperation("mod", Number("2"), Number("3"))),
        ("a:* * 2", BinaryOperation("*", path("a:*"), Number("2"))),
        ("..*2", BinaryOperation("*", path(PARENT), Number("2"))),
        # white space
        (" \t\r\na [ 1 ] / child :: b ", path(step("a", Number("1")), "b")),
        ("last ( )", LAST),
        # Unicode names
        ("größe/x·y", path("größe", "x·y")),
    ],
)
def test_an_expression_means_its_tree(text: str, tree: Expr) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "column", "reason"),
    [
        ("", 1, "expected an expression, not the end"),
        ("  ", 3, "expected an expression"),
        ("a b", 3, "expected an operator or the end, not b"),
        ("a and", 6, "expected an expression, not the end"),
        ("a = = b", 5, "expected an expression, not ="),
        ("a/", 3, "expected the name of a node"),
        ("a//", 4, "expected the name of a node"),
        ("//", 3, "expected the name of a node"),
        ("a[", 3, "expected an expression"),
        ("a[1", 4, "expected ']', not the end"),
        ("a[]", 3, "expected an expression, not ]"),
        ("(a", 3, "expected '\\)'"),
        ("a)", 2, "expected an operator or the end, not \\)"),
        ("'abc", 1, "this string is not closed"),
        ('a = "b', 5, "this string is not closed"),
        ("a # b", 3, "'#' has no meaning"),
        ("a ! b", 3, "'!' has no meaning"),
        ("a : b", 3, "':' has no meaning"),
        ("a:", 2, "':' has no meaning"),
        (".[1]", 2, "expected an operator or the end, not \\["),
        ("..[1]", 3, "not \\["),
        ("a/1", 3, "expected the name of a node, not 1"),
        ("a/count(b)", 8, "expected an operator or the end, not \\("),
        ("1..2", 3, "expected an operator or the end"),
        ("nope::a", 1, "there is no axis 'nope'"),
        ("@@a", 2, "expected the name of a node, not @"),
        ("@.", 2, "expected the name of a node"),
        ("a::", 1, "there is no axis 'a'"),
        ("child::", 8, "expected the name of a node"),
        ("foo()", 1, "there is no function foo\\(\\)"),
        ("x:count(a)", 1, "there is no function x:count\\(\\)"),
        ("Count(a)", 1, "there is no function Count"),
        ("div(a)", 1, "there is no function div\\(\\)"),
        ("count()", 1, "count\\(\\) takes 1 argument, not 0"),
        ("a + count(b, c)", 5, "count\\(\\) takes 1 argument, not 2"),
        ("true(1)", 1, "true\\(\\) takes no argument, not 1"),
        ("concat('a')", 1, "concat\\(\\) takes at least 2 arguments, not 1"),
        ("substring('a')", 1, "substring\\(\\) takes 2 to 3 arguments, not 1"),
        ("contains('a')", 1, "contains\\(\\) takes 2 arguments, not 1"),
        ("count(a,)", 9, "expected an expression, not \\)"),
        ("count(a b)", 9, "expected ',' or '\\)', not b"),
        ("$x", 1, "YANG binds no variable, so \\$x has no value"),
        ("text(1)", 6, "expected '\\)'"),
        ("node('x')", 6, "expected '\\)'"),
        ("a div-1", 3, "expected an operator or the end, not div-1"),
        ("a | -b", 5, "expected an expression, not -"),
        ("a and:b", 3, "not and:b"),
    ],
)
def test_what_is_no_expression_is_refused_with_its_column(text: str, column: int, reason: str) -> None:
    with pytest.raises(XPathSyntaxError, match=reason) as refusal:
        parse(text)
    assert refusal.value.column == column
    assert refusal.value.text == text
    assert f"at column {column} of" in str(refusal.value)
    assert isinstance(refusal.value, ValueError)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_takes_as_many_arguments_as_its_definition_says(name: str) -> None:
    fewest, most = FUNCTIONS[name]
    for count in {fewest, fewest + 5 if most is None else most}:
        assert parse(f"{name}({', '.join('.' * count)})") == Call(name, (path(SELF),) * count)
    for count in {fewest - 1, fewest + 5 if most is None else most + 1}:
        if count >= 0 and not (most is None and count > fewest):
            with pytest.raises(XPathSyntaxError, match="takes"):
                parse(f"{name}({', '.join('.' * count)})")


def test_the_functions_are_those_of_xpath_and_yang() -> None:
    assert len(CORE_FUNCTIONS) == 27
    assert sorted(YANG_FUNCTIONS) == [
        "bit-is-set",
        "current",
        "deref",
        "derived-from",
        "derived-from-or-self",
        "enum-value",
        "re-match",
    ]


@pytest.mark.parametrize("axis", sorted(AXES))
def test_every_axis_is_known(axis: str) -> None:
    assert parse(f"{axis}::x") == path(step("x", axis=axis))
    assert len(AXES) == 13


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "a" + ")" * 10_000,
        "-" * 10_000 + "1",
        "a[" * 10_000 + "b" + "]" * 10_000,
        "not(" * 10_000 + "a" + ")" * 10_000,
        " or ".join(["a"] * 10_000),
    ],
)
def test_depth_is_bounded(text: str) -> None:
    with pytest.raises(XPathSyntaxError, match="deep"):
        parse(text)


def test_what_is_just_deep_enough_parses() -> None:
    assert parse(" or ".join(["a"] * MAX_DEPTH))
    assert parse("not(" * 30 + "a" + ")" * 30)
    assert parse("a" + "/b" * 5000)


def test_a_number_is_a_double() -> None:
    assert [Number(text).value for text in ("1", "1.", ".5", "9007199254740993")] == [1.0, 1.0, 0.5, 2.0**53]


def test_walk_goes_outermost_first_in_the_order_of_the_text() -> None:
    tree = parse("count(a[b = 1])[c] + -(d)/e[f]")
    found = [str(node) for node in walk(tree)]
    assert found[0] == str(tree)
    order = [node.steps[-1].test.name for node in walk(tree) if isinstance(node, LocationPath)]  # type: ignore[union-attr]
    assert order == ["a", "b", "c", "d", "f"]
    assert children(Number("1")) == children(String("x")) == ()


def test_trees_are_values() -> None:
    assert len({parse("a + 1"), parse("a+1"), parse("a + 2")}) == 2
