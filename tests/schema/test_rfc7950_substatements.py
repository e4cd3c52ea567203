"""Which statement may stand in which, and how often: the substatement tables of RFC 7950 section 7.

One table of the RFC's facts, and every cell of it is tried: a substatement that must be there is left
out, one that may be there once is given twice, one that may be there often is given twice and taken,
and all that have no row in the RFC's table are refused, each at its own line.
"""

from pathlib import Path

import pytest
from yang_text import write

from pyconfhoard.errors import ModelError
from pyconfhoard.schema import load

_NODES = "anydata* anyxml* choice* container* leaf* leaf-list* list* uses*"
_TEXT = "description? reference?"
_MODULE = (
    f"augment* contact? deviation* extension* feature* grouping* identity* import* include* notification* "
    f"organization? revision* rpc* typedef* yang-version? {_NODES} {_TEXT}"
)
_OPERATION = f"grouping* if-feature* input? output? status? typedef* {_TEXT}"
_PARAMETERS = f"grouping* must* typedef* {_NODES}"
_BOUND = f"error-app-tag? error-message? {_TEXT}"

SUBSTATEMENTS = {
    # keyword, or keyword and argument where that decides: substatements with how often they may stand
    "module": f"namespace1 prefix1 {_MODULE}",  # 7.1.1
    "submodule": f"belongs-to1 {_MODULE}",  # 7.2.1
    "import": f"prefix1 revision-date? {_TEXT}",  # 7.1.5
    "include": f"revision-date? {_TEXT}",  # 7.1.6
    "revision": _TEXT,  # 7.1.9
    "belongs-to": "prefix1",  # 7.2.2
    "typedef": f"default? status? type1 units? {_TEXT}",  # 7.3.1
    "type enumeration": "enum+",  # 7.4.1 and 9.6
    "type bits": "bit+",  # 9.7
    "type decimal64": "fraction-digits1 range?",  # 9.3
    "type int8": "range?",  # 9.2
    "type string": "length? pattern*",  # 9.4
    "type binary": "length?",  # 9.8
    "type leafref": "path1 require-instance?",  # 9.9
    "type identityref": "base+",  # 9.10
    "type union": "type+",  # 9.12
    "type instance-identifier": "require-instance?",  # 9.13
    "type boolean": "",  # 9.5
    "type empty": "",  # 9.11
    "container": f"action* config? grouping* if-feature* must* notification* presence? status? typedef* when? {_NODES} {_TEXT}",
    "must": _BOUND,  # 7.5.4
    "leaf": f"config? default? if-feature* mandatory? must* status? type1 units? when? {_TEXT}",  # 7.6.2
    "leaf-list": f"config? default* if-feature* max-elements? min-elements? must* ordered-by? status? type1 units? when? {_TEXT}",
    "list": (  # 7.8.1
        "action* config? grouping* if-feature* key1 max-elements? min-elements? must* notification* ordered-by? "
        f"status? typedef* unique* when? {_NODES} {_TEXT}"
    ),
    "choice": (  # 7.9.1
        "anydata* anyxml* case* choice* config? container* default? if-feature* leaf* leaf-list* list* mandatory? "
        f"status? when? {_TEXT}"
    ),
    "case": f"if-feature* status? when? {_NODES} {_TEXT}",  # 7.9.2.1
    "anydata": f"config? if-feature* mandatory? must* status? when? {_TEXT}",  # 7.10.1
    "anyxml": f"config? if-feature* mandatory? must* status? when? {_TEXT}",  # 7.11.1
    "grouping": f"action* grouping* notification* status? typedef* {_NODES} {_TEXT}",  # 7.12.1
    "uses": f"augment* if-feature* refine* status? when? {_TEXT}",  # 7.13.1
    "refine of a leaf": f"config? default? if-feature* mandatory? must* {_TEXT}",  # 7.13.2
    "refine of a leaf-list": f"config? default* if-feature* max-elements? min-elements? must* {_TEXT}",
    "refine of a list": f"config? if-feature* max-elements? min-elements? must* {_TEXT}",
    "refine of a container": f"config? if-feature* must* presence? {_TEXT}",
    "refine of a choice": f"config? default? if-feature* mandatory? {_TEXT}",
    "refine of a case": f"if-feature* {_TEXT}",
    "refine of anydata": f"config? if-feature* mandatory? must* {_TEXT}",
    "rpc": _OPERATION,  # 7.14.1
    "input": _PARAMETERS,  # 7.14.2.1
    "output": _PARAMETERS,  # 7.14.3.1
    "action": _OPERATION,  # 7.15.1
    "notification": f"grouping* if-feature* must* status? typedef* {_NODES} {_TEXT}",  # 7.16.1
    "augment": f"action* case* if-feature* notification* status? when? {_NODES} {_TEXT}",  # 7.17.1
    "identity": f"base* if-feature* status? {_TEXT}",  # 7.18.1
    "extension": f"argument? status? {_TEXT}",  # 7.19.1
    "argument": "yin-element?",  # 7.19.2.1
    "feature": f"if-feature* status? {_TEXT}",  # 7.20.1.1
    "deviation": f"deviate+ {_TEXT}",  # 7.20.3.1
    "deviate not-supported": "",  # 7.20.3.2
    "deviate add": "config? default* mandatory? max-elements? min-elements? must* unique* units?",
    "deviate replace": "config? default? mandatory? max-elements? min-elements? type? units?",
    "deviate delete": "default* must* unique* units?",
    "when": _TEXT,  # 7.21.5
    "range": _BOUND,  # 9.2.4
    "length": _BOUND,  # 9.4.4
    "pattern": f"modifier? {_BOUND}",  # 9.4.5
    "enum": f"if-feature* status? value? {_TEXT}",  # 9.6.4.1
    "bit": f"if-feature* position? status? {_TEXT}",  # 9.7.4.1
}


SAMPLES = {
    # a substatement, small and right; # is its number
    "action": "action x#;",
    "anydata": "anydata x#;",
    "anyxml": "anyxml x#;",
    "argument": "argument a#;",
    "augment": 'augment "/o:top" { leaf x# { type string; } }',
    "base": "base i#;",
    "belongs-to": "belongs-to m { prefix b#; }",
    "bit": "bit x#;",
    "case": "case x# { leaf y# { type string; } }",
    "choice": "choice x# { leaf y# { type string; } }",
    "config": "config true;",
    "contact": "contact us;",
    "container": "container x#;",
    "default": "default d#;",
    "description": "description words;",
    "deviate": 'deviate add { must "true() or #"; }',
    "deviation": 'deviation "/o:top/o:leaf" { deviate add { must "true() or #"; } }',
    "enum": "enum x#;",
    "error-app-tag": "error-app-tag tag;",
    "error-message": "error-message words;",
    "extension": "extension x#;",
    "feature": "feature x#;",
    "fraction-digits": "fraction-digits 2;",
    "grouping": "grouping x#;",
    "identity": "identity x#;",
    "if-feature": "if-feature f#;",
    "import": "import p# { prefix p#; }",
    "include": "include s#;",
    "input": "input { leaf x# { type string; } }",
    "key": "key k;",
    "leaf": "leaf x# { type string; }",
    "leaf-list": "leaf-list x# { type string; }",
    "length": "length 1..5;",
    "list": "list x# { key y#; leaf y# { type string; } }",
    "mandatory": "mandatory true;",
    "max-elements": "max-elements 9;",
    "min-elements": "min-elements 1;",
    "modifier": "modifier invert-match;",
    "must": 'must "true() or #";',
    "namespace": "namespace urn:m;",
    "notification": "notification x#;",
    "ordered-by": "ordered-by user;",
    "organization": "organization us;",
    "output": "output { leaf x# { type string; } }",
    "path": 'path "/o:top/o:leaf";',
    "pattern": "pattern 'd#*';",
    "position": "position 3;",
    "prefix": "prefix pre;",
    "presence": "presence words;",
    "range": "range 1..5;",
    "reference": "reference words;",
    "refine": "refine g# { description words; }",
    "require-instance": "require-instance false;",
    "revision": "revision 2020-01-0#;",
    "revision-date": "revision-date 2020-01-01;",
    "rpc": "rpc x#;",
    "status": "status current;",
    "type": "type string { length 0..9; }",
    "typedef": "typedef x# { type string; }",
    "unique": "unique u#;",
    "units": "units kg;",
    "uses": "uses g#;",
    "value": "value 3;",
    "when": 'when "true()";',
    "yang-version": "yang-version 1.1;",
    "yin-element": "yin-element true;",
}

HEAD = "module m { yang-version 1.1; namespace urn:m; prefix m; import o { prefix o; } "
FURNITURE = """
  feature f1; feature f2; identity i1; identity i2;
  grouping g1 { leaf g1 { type string; } } grouping g2 { leaf g2 { type string; } }
  grouping g {
    leaf g1 { type string; } leaf g2 { type string; } leaf-list many { type string; }
    list rows { key k; leaf k { type string; } } container box { leaf b { type string; } }
    choice either { case d1 { leaf e { type string; } } case d2 { leaf f { type string; } } } anydata any;
  }
"""
IN_MODULE = HEAD + FURNITURE + "\n@ }"

CONTEXTS = {
    # where a statement stands, if not plainly in the module; @ is its body
    "module": "module m {\n@\n" + FURNITURE + "}",
    "submodule": "submodule part {\n@\n" + FURNITURE + "}",
    "import": f"{HEAD} import p1 {{\n@\n}} }}",
    "include": f"{HEAD} include s1 {{\n@\n}} }}",
    "revision": f"{HEAD} revision 2021-01-01 {{\n@\n}} }}",
    "belongs-to": "submodule part { yang-version 1.1; belongs-to m {\n@\n} }",
    "must": 'container c { must "true()" {\n@\n} }',
    "list": "list l { leaf k { type string; } leaf u1 { type string; } leaf u2 { type string; }\n@\n}",
    "choice": "choice c { case d1; case d2;\n@\n}",
    "case": "choice c { case a {\n@\n} }",
    "uses": "container c { uses g {\n@\n} }",
    "input": "rpc r { input { leaf l { type string; }\n@\n} }",
    "output": "rpc r { output { leaf l { type string; }\n@\n} }",
    "action": "container c { action a {\n@\n} }",
    "argument": "extension e { argument a {\n@\n} }",
    "deviation": 'deviation "/o:top/o:leaf" {\n@\n}',
    "when": 'container c { when "true()" {\n@\n} }',
    "range": "leaf l { type int8 { range 1..9 {\n@\n} } }",
    "length": "leaf l { type string { length 1..9 {\n@\n} } }",
    "pattern": "leaf l { type string { pattern a {\n@\n} } }",
    "enum": "leaf l { type enumeration { enum a {\n@\n} } }",
    "bit": "leaf l { type bits { bit a {\n@\n} } }",
    "refine of a leaf": "container c { uses g { refine g1 {\n@\n} } }",
    "refine of a leaf-list": "container c { uses g { refine many {\n@\n} } }",
    "refine of a list": "container c { uses g { refine rows {\n@\n} } }",
    "refine of a container": "container c { uses g { refine box {\n@\n} } }",
    "refine of a choice": "container c { uses g { refine either {\n@\n} } }",
    "refine of a case": "container c { uses g { refine either/d1 {\n@\n} } }",
    "refine of anydata": "container c { uses g { refine any {\n@\n} } }",
}

TARGETS = {
    # what a deviate of these properties is about: a node that has them, or lacks them
    "deviate add": {
        "config": "free", "default": "many", "mandatory": "free", "max-elements": "bare", "min-elements": "bare",
        "must": "free", "unique": "rows", "units": "free",
    },
    "deviate replace": {
        "config": "set", "default": "leaf", "mandatory": "set", "max-elements": "counted", "min-elements": "counted",
        "type": "free", "units": "leaf",
    },
    "deviate delete": {"default": "preset", "must": "leaf", "unique": "unique", "units": "leaf"},
}  # fmt: skip

OTHER = """module o { yang-version 1.1; namespace urn:o; prefix o;
  container top {
    leaf leaf { type string; default d0; units kg; must "true() or 1"; must "true() or 2"; }
    leaf free { type string; }
    leaf set { type string; config true; mandatory false; }
    leaf-list many { type string; }
    leaf-list preset { type string; default d1; default d2; }
    leaf-list bare { type string; }
    leaf-list counted { type string; min-elements 1; max-elements 3; }
    list rows { key k; leaf k { type string; } leaf u1 { type string; } leaf u2 { type string; } }
    list unique { key k; unique u1; unique u2; leaf k { type string; } leaf u1 { type string; } leaf u2 { type string; } }
    choice option { leaf one { type string; } }
  }
}"""
MAIN = "module m { yang-version 1.1; namespace urn:m; prefix m; include part; include s1; include s2; }"
SUBMODULE = "submodule s# { yang-version 1.1; belongs-to m { prefix m; } revision 2020-01-01; }"
IMPORTED = "module p# { namespace urn:p#; prefix p; revision 2020-01-01; }"

_ORDER = [
    "yang-version",
    "namespace",
    "prefix",
    "belongs-to",
    "import",
    "include",
    "organization",
    "contact",
    "description",
    "reference",
    "revision",
]


def parts(statement: str) -> dict[str, str]:
    """Substatements and how often: 1, ? (at most once), + (at least once) or *."""
    return {word.rstrip("1?*+"): word[-1] for word in SUBSTATEMENTS[statement].split()}


def sample(keyword: str, number: int, statement: str) -> str:
    """One such substatement, fit for the statement."""
    if statement == "uses" and keyword == "augment":
        return f"augment box {{ leaf x{number} {{ type string; }} }}"
    if statement == "deviate delete" and keyword == "units":
        return "units kg;"
    return SAMPLES[keyword].replace("#", str(number))


def text(statement: str, *tried: str, without: str = "") -> str:
    """A module with ``statement``, in it what must be there but ``without``, and the statements ``tried``."""
    needed = {key for key, often in parts(statement).items() if often in "1+"} - {without, *tried}
    if "module" in statement:
        needed |= {"yang-version"} - {*tried}
    body = [sample(key, 7, statement) for key in needed]
    body += [sample(key, number, statement) for number, key in enumerate(tried, 1)]
    if "module" in statement:
        body.append("import o { prefix o; }")
    body.sort(key=lambda each: _ORDER.index(each.split()[0]) if each.split()[0] in _ORDER else len(_ORDER))
    inside = "\n".join(body)
    keyword, _, argument = statement.partition(" ")
    if keyword == "deviate":
        target = TARGETS.get(statement, {}).get(tried[0] if tried else "", "free")
        context = f'deviation "/o:top/o:{target}" {{ {statement} {{\n@\n}} }}'
    elif statement == "augment":
        context = (
            'augment "/o:top/o:option" {\n@\n}' if tried[:1] == ("case",) else 'augment "/o:top" {\n@\n}'
        )
    elif keyword == "type":
        context = f"leaf l {{ type {argument} {{\n@\n}} }}"
    else:
        context = CONTEXTS.get(statement, f"{keyword} z {{\n@\n}}")
    if "module" not in context.split()[0]:
        context = IN_MODULE.replace("@", context)
    return context.replace("@", inside)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    numbered = [each.replace("#", str(number)) for each in (SUBMODULE, IMPORTED) for number in (1, 2, 7)]
    return write(tmp_path_factory.mktemp("library"), MAIN, OTHER, *numbered)


def refusal(library: Path, folder: Path, source: str) -> ModelError | None:
    write(folder, source)
    try:
        load(["m"], folders=[folder, library])
    except ModelError as found:
        return found
    return None


@pytest.mark.parametrize("statement", SUBSTATEMENTS)
class TestStatement:
    def test_takes_each_of_its_substatements(self, library: Path, tmp_path: Path, statement: str) -> None:
        told = {key: refusal(library, tmp_path, text(statement, key)) for key in parts(statement)}
        assert {key: str(error) for key, error in told.items() if error} == {}

    def test_takes_as_often_what_may_stand_often(self, library: Path, tmp_path: Path, statement: str) -> None:
        often = [key for key, times in parts(statement).items() if times in "*+"]
        told = {key: refusal(library, tmp_path, text(statement, key, key)) for key in often}
        assert {key: str(error) for key, error in told.items() if error} == {}

    def test_takes_no_second_of_what_may_stand_once(
        self, library: Path, tmp_path: Path, statement: str
    ) -> None:
        once = [key for key, times in parts(statement).items() if times in "1?"]
        taken = [key for key in once if not refusal(library, tmp_path, text(statement, key, key))]
        assert taken == []

    def test_does_not_do_without_what_must_stand(self, library: Path, tmp_path: Path, statement: str) -> None:
        needed = [key for key, times in parts(statement).items() if times in "1+"]
        taken = [key for key in needed if not refusal(library, tmp_path, text(statement, without=key))]
        assert taken == []

    def test_takes_no_other_statement(self, library: Path, tmp_path: Path, statement: str) -> None:
        others = [key for key in SAMPLES if key not in parts(statement)]
        refused = refusal(library, tmp_path, text(statement, *others))
        faults = refused.faults if refused else ()
        lines = text(statement, *others).split("\n")
        named = {lines[fault.place.line - 1].split()[0] for fault in faults if fault.place}
        named |= {key for key in others if any(f'"{key}"' in fault.message for fault in faults)}
        assert [key for key in others if key not in named] == []
