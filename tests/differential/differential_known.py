"""The disagreements that are settled: ``known.md`` says for each which judge is right, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["KNOWN", "Known", "excused"]


@dataclass(frozen=True, slots=True)
class Known:
    """A disagreement. It explains a verdict if each of the expressions given is found: ``models`` in the text
    of the modules with the complaint after it, ``ours`` in every complaint of ours, ``theirs`` in the judge's."""

    name: str
    """The heading in ``known.md``."""
    judge: str
    models: str = ""
    ours: str = ""
    theirs: str = ""
    data: str = ""
    """And this in the document."""

    def explains(self, models: str, document: str, complaint: str, *, refused_by_us: bool) -> bool:
        says = self.ours if refused_by_us else self.theirs
        if not says and (self.ours or self.theirs):
            return False
        wanted = ((self.models, f"{models}\n{complaint}"), (self.data, document), (says, complaint))
        return all(re.search(pattern, text, re.DOTALL) for pattern, text in wanted)


def _both(one: str, other: str) -> str:
    """An expression for a text that has both words, in whatever order."""
    return rf"\b({one})\b.*\b({other})\b|\b({other})\b.*\b({one})\b"


_ARITHMETIC: Final = r"[<>+*]|-[\w./]|\b(div|mod|number|sum|round|floor|ceiling)\b"
_FOREIGN_PATTERN: Final = r'pattern "[^"]*(\\\\[ciwWICD]|\^|\$|\\\\p\{Is|-\[)'
KNOWN: Final = (
    Known("Patterns beyond PCRE", "yanglint", models=_FOREIGN_PATTERN),
    Known(
        "Two bases", "yanglint", models=r"identityref \{ base [\w:]+; base", ours="no identity derived from"
    ),
    Known("Blanks around values", "yanglint", ours=r"value '( .*|.* )'"),
    Known("Blanks around values", "yangson", ours=r"value '( .*|.* )'"),
    Known(
        "Blanks around values",
        "yanglint",
        models='default "( [^"]*|[^"]* )"',
        ours="default +value|not a decimal",
    ),
    Known("Hexadecimal and octal numbers", "yanglint", ours="value '[+-]?0x"),
    Known(
        "Hexadecimal and octal numbers",
        "yanglint",
        theirs="out of the allowed range|Invalid (type u?int64|union) value",
        data=r'"[+-]?0\d+"',
    ),
    Known(
        "Numbers of defaults in yangson",
        "yangson",
        models='default "[+-]?0',
        theirs="InvalidArgument: [+-]?0",
    ),
    Known(
        "Defaults that a feature takes away",
        "yanglint",
        models='if-feature "',
        ours="does not match its base type",
    ),
    Known("Patterns beyond Python's", "yangson", models=_FOREIGN_PATTERN),
    Known("Pad bits", "yanglint", ours="not base64"),
    Known("Pad bits", "yangson", ours="not base64"),
    Known("Decimals", "yangson", ours="decimal64|after the point|not a decimal number"),
    Known("A bit twice", "yangson", ours="is given twice"),
    Known("Conditional default", "yanglint", ours="when 'if-feature' is existing"),
    Known("Conditional default", "yangson", ours="when 'if-feature' is existing"),
    Known(
        "Defaults that no leaf takes",
        "yanglint",
        models=r'typedef \w+ \{[^\n]* default ("[^"]*"); \}.*\nthe value \1',
    ),
    Known("A sign and no digit", "yanglint", ours="not a decimal number", data=r'"[+-]"'),
    Known(
        "When and defaults",
        "yanglint",
        models=r"\bdefault\b",
        ours="does not exist here: its condition is false",
    ),
    Known(
        "Numbers of integers",
        "yanglint",
        models=r"(floor|ceiling|round)\(",
        theirs="Invalid (must|when) condition",
    ),
    Known("Empty containers", "yangson", models=r"\bchoice\b", theirs="must-violation", data=r"\{\}"),
    Known("Node-sets and booleans", "yangson", models=r"= true\(\)"),
    Known("Names of modules where none is needed", "yanglint", theirs="Duplicate prefix"),
    Known(
        "Unique and defaults out of use",
        "yanglint",
        models=_both("choice|when", "default"),
        theirs="Unique data leaf",
    ),
    Known(
        "Leafrefs with a default", "yanglint", models=r"\bdefault\b", ours="refers to .* which does not exist"
    ),
    Known("Modulo of fractions", "yanglint", models=r"\bmod\b", ours=r"the model demands|condition is false"),
    Known(
        "Modulo of fractions", "yanglint", models=r"\bmod\b", theirs=r"(Must|When) condition .* not satisfied"
    ),
    Known(
        "Defaults of types and min-elements",
        "yanglint",
        models=_both("min-elements", "default"),
        ours="at least",
    ),
    Known("Types that go round", "yanglint", ours="circular dependency for type"),
    Known("Axes in yangson", "yangson", theirs="NotSupported"),
    Known("Identities that do not exist", "yanglint", ours="there is no identity"),
    Known("Identities through leafrefs", "yangson", models="leafref", ours="no identity derived from"),
    Known("Siblings in yangson", "yangson", models="-sibling", theirs="must-violation|member-not-allowed"),
    Known(
        "Siblings in yangson",
        "yangson",
        models="-sibling",
        ours=r"(the model demands|condition is false):.*-sibling",
    ),
    Known("Order of augments", "yangson", models="// augments in any order"),
    Known("Mandatory choices in yangson", "yangson", ours=r"one of .*is needed \(choice"),
    Known("Empty containers", "yanglint", theirs="When condition .* not satisfied", data=r"\{\}"),
    Known(
        "When and defaults",
        "yanglint",
        models=r"\bdefault\b",
        theirs="no target instance|required instance not found",
    ),
    Known("Values that are written alike", "yanglint", models=r"\bunion\b", ours="holds .* twice"),
    Known(
        "Cases of another module at the top",
        "yanglint",
        models=r'augment "/g:\w+',
        theirs='not found in the "more" module',
    ),
    Known("When and defaults", "yanglint", models=r"\bdefault\b", theirs="When condition .* not satisfied"),
    Known("No number", "yanglint", ours=rf"(the model demands|condition is false): .*({_ARITHMETIC})"),
    Known("Empty containers", "yanglint", theirs="Data for both cases", data=r"\{\}"),
    Known("Empty containers", "yangson", theirs="member-not-allowed", data=r"\{\}"),
    Known(
        "Instances that nothing requires",
        "yanglint",
        models="require-instance false",
        theirs="Invalid instance-identifier",
    ),
    Known(
        "Cases of another module at the top", "yanglint", models=r'augment "/g:\w+', theirs="Not found node"
    ),
    Known("Refines in augments", "yanglint", theirs="Invalid refine of"),
    Known(
        "Ancestors at the top",
        "yanglint",
        models="ancestor",
        ours="the model demands: .*ancestor|condition is false: .*ancestor",
    ),
    Known(
        "Ancestors at the top",
        "yanglint",
        models="ancestor",
        theirs="(Must|When) condition .*ancestor.* not satisfied",
    ),
    Known(
        "Instances without a predicate",
        "yangson",
        models="leaf-list",
        ours="refers to an instance that does not exist",
    ),
    Known(
        "Two bases", "yanglint", models=r"identityref \{ base [\w:]+; base", ours="identityref not derived"
    ),
    Known("Names in choices and cases", "yanglint", ours="there is already a child node"),
    Known("Groupings in augments", "yanglint", models="augment", theirs="references itself through a uses"),
    Known("Arguments that are no node-sets", "yanglint", ours="needs a node-set"),
    Known("Keys in yanglint", "yanglint", ours="cannot be given for a key"),
    Known("Keys in yanglint", "yanglint", models=r"\bkey\b", ours="default +value"),
    Known(
        "Deviations that add what is there", "yanglint", models="deviate add", ours="property already exists"
    ),
    Known(
        "Defaults of unions in yangson",
        "yangson",
        models=_both("union", "default"),
        ours="refers to .* which does not exist",
    ),
    Known(
        "Modules of the first name",
        "yangson",
        ours="the first name of an instance-identifier needs its module",
    ),
    Known("False and zero", "yangson", models=_both("union", "boolean"), theirs="non-unique-key"),
    Known("Default of an empty leaf", "yanglint", models="type empty", ours='the value ""'),
    Known(
        "No number",
        "yanglint",
        models=_ARITHMETIC,
        theirs=r"(Must|When) condition .*(!=|[<>]).* not satisfied",
    ),
    Known(
        "Values that are written alike", "yanglint", models=r"\bunion\b", ours="has two entries with this key"
    ),
    Known("Unique in cases", "yangson", models=_both("unique", "choice"), ours="must be unique"),
    Known("Conditions that do not go round", "yanglint", theirs="cyclic dependency"),
    Known("Functions of YANG 1.1", "yanglint", ours="is not defined in the XPath context"),
    Known(
        "Conditions on what they bring",
        "yanglint",
        models=r"\bwhen\b",
        theirs="accessing its own conditional node",
    ),
    Known("Default of an empty leaf", "yanglint", ours='"empty" cannot have a default'),
    Known("Default of an empty leaf", "yangson", ours='"empty" cannot have a default'),
    Known("Defaults in yangson", "yangson", ours="default +value"),
    Known("Bounds min and max in yangson", "yangson", theirs="InvalidArgument: (min|max)"),
    Known("Identities in default values", "yangson", theirs="InvalidArgument: g:"),
    Known(
        "Keys in yanglint", "yanglint", models=r"\bkey\b", ours="the value .* does not match its base type"
    ),
    Known("The root as an instance", "yangson", ours="malformed instance-identifier.*value '/'"),
    Known("Bits in another order", "yangson", models="bits", ours="has two entries with this key"),
    Known("Prefixes in arguments", "yanglint", models="derived-from", ours='^prefix ".*" is not defined'),
)


_FOLLOWS: Final = re.compile(r"node \S+ is not found")
"""A path that leads through what another complaint is about: no fault of its own."""


def excused(judge: str, models: str, mine: str, theirs: str, document: str = "") -> bool:
    """Whether what one of the two found, and the other did not, is known."""
    rules = [known for known in KNOWN if known.judge == judge]
    complaints = mine.splitlines() if mine else [theirs]
    open_ones = [
        one
        for one in complaints
        if not any(known.explains(models, document, one, refused_by_us=bool(mine)) for known in rules)
    ]
    return len(open_ones) < len(complaints) and all(map(_FOLLOWS.match, open_ones))
