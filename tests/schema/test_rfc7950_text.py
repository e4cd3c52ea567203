"""The text of a module: RFC 7950 section 6, and 14 for what its grammar alone says."""

import re
from pathlib import Path

import pytest
from rfc7950_lab import Text, judged
from yang_text import compiled

RIGHT: dict[str, Text] = {
    "comments of lines and blocks": "// one\n/* two\n lines */ leaf a /* here */ { type string; // end\n }",
    "a quoted keyword-like argument": 'leaf "a" { type "string"; }',
    "strings joined by plus": 'leaf a { type string; default "x" + \'y\' + "z"; }',
    "statements may share a line": "leaf a { type string; } leaf b { type string; }",
    "an empty body instead of a semicolon": "leaf a { type string { } }",
    "identifiers of letters, digits, underscore, dash and dot": "leaf _a-b.c9 { type string; }",
    "identifiers that begin with xml": "leaf xmlish { type string; }",
    "an identifier of 64 characters": f"leaf {'a' * 64} {{ type string; }}",
    "names differ by case": "leaf a { type string; } leaf A { type string; }",
    "name spaces are apart: a typedef, a grouping, a feature, an identity, a leaf and a module": (
        "typedef m { type string; } grouping m { leaf x { type m; } } feature m; identity m; extension m; leaf m { type m; }"
    ),
    "a typedef that is defined after its use": "leaf a { type late; } typedef late { type string; }",
    "a grouping that is defined after its use": "uses late; grouping late { leaf a { type string; } }",
    "typedefs of the same name in sisters": (
        "container a { typedef t { type int8; } leaf x { type t; } } "
        "container b { typedef t { type string; } leaf x { type t; } }"
    ),
    "one's own prefix": "typedef t { type string; } leaf a { type m:t; }",
    "all characters of YANG strings": 'leaf a { type string; description "\u00fc \u65e5 \U0001f37a \t"; }',
    "absolute and descendant schema node identifiers": (
        "container a { leaf b { type string; } } augment /m:a { leaf c { type string; } } "
        "grouping g { container d; } container e { uses g { augment d { leaf f { type string; } } } }"
    ),
}

WRONG: dict[str, tuple[Text, str]] = {
    "an identifier that begins with a digit": ("leaf 9a { type string; }", "should be identifier"),
    "an identifier with a letter that is not ASCII": ("leaf \u00fcber { type string; }", "should be identifier"),
    "a block comment without end": ("leaf a { type string; } /* open", "unterminated|premature"),
    "a string without end": ('leaf a { type string; description "open; }', "unterminated|premature|end of file"),
    "a missing semicolon": ("leaf a { type string }", "expected|unexpected|unterminated"),
    "a brace too many": ("leaf a { type string; } }", "trailing|unexpected|unterminated|end"),
    "a plus with nothing to join": ('leaf a { type string; default "x" + ; }', "expected|unterminated|join"),
    "words joined by plus without quotes": ("leaf a { type string; default x + y; }", "unterminated|expected"),
    "two slashes in a word without quotes": ("leaf a { description http://example.com; type string; }", "unterminated"),
    "an unknown escape in double quotes": ('leaf a { type string; description "\\x"; }', "escape"),
    "an unquoted argument with quotes inside": ("leaf a { type string; default a\"b; }", "illegal|quot|unterminated"),
    "an unknown keyword": ("leave a { type string; }", "unexpected keyword"),
    "an argument where none may be": ("rpc r { input now { leaf a { type string; } } }", "unexpected|argument"),
    "no argument where one must be": ("leaf { type string; }", "argument|expected"),
    "an unknown prefix": ("leaf a { type x:t; }", 'prefix "x" is not defined'),
    "an unknown extension of a known module": (
        "import ietf-yang-metadata { prefix md; } md:nothing x;",
        "unexpected keyword \"md:nothing\"",
    ),
    "an extension with an argument that it does not have": ("extension e; m:e x;", "argument"),
    "an extension without the argument that it has": ("extension e { argument a; } m:e;", "argument"),
    "two typedefs of a name": ("typedef t { type string; } typedef t { type int8; }", "already defined"),
    "a typedef that hides one above": (
        "typedef t { type string; } container a { typedef t { type int8; } }",
        "already defined",
    ),
    "a typedef of the name of a built-in type": ("typedef string { type int8; }", "string"),
    "two groupings of a name": ("grouping g { } grouping g { }", "already defined"),
    "a grouping that hides one above": ("grouping g { } container a { grouping g { } }", "already defined"),
    "two features of a name": ("feature f; feature f;", "already defined"),
    "two identities of a name": ("identity i; identity i;", "already defined"),
    "two extensions of a name": ("extension e; extension e;", "already defined"),
    "two nodes of a name": ("leaf a { type string; } container a;", "already"),
    "a node of the name of an rpc": ("leaf a { type string; } rpc a;", "already"),
    "a node of the name of a notification": ("leaf a { type string; } notification a;", "already"),
    "nodes of a name in two cases": (
        "choice c { case x { leaf a { type string; } } case y { leaf a { type string; } } }",
        "already",
    ),
    "a type from a sister's scope": (
        "container a { typedef t { type int8; } } container b { leaf x { type t; } }",
        '"t" not found',
    ),
    "a grouping from a sister's scope": ("container a { grouping g; } container b { uses g; }", '"g" not found'),
    "an imported typedef without its prefix": (
        "import ietf-inet-types { prefix inet; } leaf a { type host; }",
        '"host" not found',
    ),
    "an absolute path in an augment of a uses": (
        "grouping g { container d; } container e { uses g { augment /m:e/m:d { leaf f { type string; } } } }",
        "should be descendant-node-id",
    ),
    "a relative path in an augment of a module": (
        "container a; augment m:a { leaf f { type string; } }",
        "should be absolute-node-id",
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_right(tmp_path: Path, text: Text) -> None:
    assert judged(tmp_path, text) == ""


@pytest.mark.parametrize(("text", "reason"), WRONG.values(), ids=WRONG)
def test_wrong(tmp_path: Path, text: Text, reason: str) -> None:
    assert re.search(reason, judged(tmp_path, text))


def described(folder: Path, argument: str) -> str:
    """The description that is written in YANG as ``argument``."""
    text = f"module m {{\n  namespace urn:m; prefix m;\n  leaf a {{ type string;\n    description {argument};\n  }}\n}}\n"
    return compiled(folder, text).find("/m:a").description


QUOTED = {
    # section 6.1.3, and its examples in 6.1.3.1: what is written, and what it means
    "a word": ("hello", "hello"),
    "double quotes": ('"hello there"', "hello there"),
    "single quotes keep everything": (r"'a\nb \" \\'", r"a\nb \" \\"),
    "a single quote needs double ones": ('"it\'s"', "it's"),
    "a line end": (r'"a\nb"', "a\nb"),
    "a tabulator": (r'"a\tb"', "a\tb"),
    "a quote": (r'"a\"b"', 'a"b'),
    "a backslash": (r'"a\\b"', "a\\b"),
    "parts are joined": ('"hello " + "there"', "hello there"),
    "parts of both kinds are joined": ("\"a\" + 'b'", "ab"),
    "blanks at the ends of lines go": ('"a  \nb"', "a\nb"),
    "blanks up to the column of the quote go": (f'"a\n{" " * 17}b"', "a\nb"),
    "blanks beyond the column of the quote stay": (f'"a\n{" " * 19}b"', "a\n  b"),
    "fewer blanks than the column of the quote all go": ('"a\n   b"', "a\nb"),
    "a tabulator counts for eight blanks": ('"a\n\t\t\tb"', "a\n       b"),
    "single quotes keep the blanks that lines begin with": ("'a\n   b'", "a\n   b"),
}


@pytest.mark.parametrize(("written", "meant"), QUOTED.values(), ids=QUOTED)
def test_a_string_means(tmp_path: Path, written: str, meant: str) -> None:
    assert described(tmp_path, written) == meant
