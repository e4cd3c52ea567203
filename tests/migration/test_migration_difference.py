"""What differs between configurations under two models."""

import pytest

from pyconfhoard.migration.difference import between
from pyconfhoard.schema import load
from pyconfhoard.tree import Path, decode


@pytest.fixture
def differ(tmp_path):
    def differ(before, old, after, new):
        roots = []
        for number, (body, data) in enumerate(((before, old), (after, new))):
            folder = tmp_path / str(number)
            folder.mkdir()
            (folder / "m.yang").write_text(
                f"module m {{ yang-version 1.1; namespace 'urn:m'; prefix m; {body} }}"
            )
            roots.append(decode(load(("m",), folders=[folder]).root, data, Path.ROOT))
        return between(*roots)

    return differ


LIST = "list l { key k; leaf k { type string; } leaf v { type string; } list i { key j; leaf j { type string; } } }"


def test_entries_are_the_same_by_their_keys(differ):
    old = {"m:l": [{"k": "a", "v": "1"}, {"k": "b", "v": "2"}, {"k": "c"}]}
    new = {"m:l": [{"k": "a", "v": "1"}, {"k": "b", "v": "3"}, {"k": "d", "i": [{"j": "x y"}]}]}
    found = differ(LIST, old, LIST, new)
    assert found.text() == ("  m:l[k='b']\n-   v 2\n+   v 3\n- m:l[k='c']\n+ m:l[k='d']\n+   i[j='x y']\n")
    assert found.edits() == [
        {"op": "remove", "path": "/m:l[k='c']", "was": {"k": "c"}},
        {"op": "replace", "path": "/m:l[k='b']/v", "value": "3", "was": "2"},
        {"op": "create", "path": "/m:l[k='d']", "value": {"k": "d", "i": [{"j": "x y"}]}},
    ]


def test_node_of_another_kind_went_and_came(differ):
    found = differ(LIST, {"m:l": [{"k": "a"}]}, "leaf l { type string; }", {"m:l": "x"})
    assert found.text() == "+ m:l x\n- m:l[k='a']\n"
    assert [edit["op"] for edit in found.edits()] == ["remove", "create"]


def test_leaf_lists_and_anydata_are_shown_whole(differ):
    body = "leaf-list s { type string; ordered-by user; } anydata d; leaf e { type empty; }"
    old = {"m:s": ["a", "b"], "m:d": {"x": 1}, "m:e": [None]}
    new = {"m:s": ["b", "a"], "m:d": {"x": 2}}
    assert differ(body, old, body, new).text() == (
        '- m:s a\n- m:s b\n+ m:s b\n+ m:s a\n- m:d {"x":1}\n+ m:d {"x":2}\n- m:e\n'
    )


def test_same_value_of_another_type_is_no_difference(differ):
    before = "leaf a { type uint8; } leaf-list b { type uint8; } leaf c { type boolean; }"
    after = "leaf a { type uint64; } leaf-list b { type string; } leaf c { type enumeration { enum true; } }"
    old, new = {"m:a": 1, "m:b": [1, 2], "m:c": True}, {"m:a": "1", "m:b": ["1", "2"], "m:c": "true"}
    assert not differ(before, old, after, new)
