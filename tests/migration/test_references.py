"""Values that are paths of nodes go along with the nodes."""

import json

import pytest

from pyconfhoard.migration import plan, read_books
from pyconfhoard.migration.paths import parse_rule_path
from pyconfhoard.migration.references import carried_reference
from pyconfhoard.migration.rules import Drop, Move, Stage
from pyconfhoard.schema import load
from pyconfhoard.tree import Path, decode, to_json

RENAMED = Stage(
    "m",
    "",
    "",
    (
        Move(parse_rule_path("/m:a"), parse_rule_path("/m:z"), renames=True),
        Move(parse_rule_path("/m:a/l/k"), parse_rule_path("/m:id"), renames=True),
        Move(parse_rule_path("/m:a/l/v"), parse_rule_path("/m:z/l/deep/w")),
        Drop(parse_rule_path("/m:gone")),
    ),
    "",
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/m:a", "/m:z"),
        ("/m:a/m:l[m:k='x']/v", "/m:z/l[id='x']/deep/w"),
        ("/m:a/l[k='it''s']", "/m:a/l[k='it''s']"),
        ('/m:a/l[k="it\'s"]', '/m:z/l[id="it\'s"]'),
        ("/m:a/l[k=$USER]/v", "/m:z/l[id=$USER]/deep/w"),
        ("/m:a/l[k='$USER']", "/m:z/l[id='$USER']"),
        ("/m:a/l/v", "/m:z/l/deep/w"),
        ("/m:a/n:b", "/m:z/n:b"),
        ("/m:other/a", "/m:other/a"),
        ("/m:gone/x", "/m:gone/x"),
        ("/m:a[1]", "/m:a[1]"),
        ("/m:a/s[.='x']", "/m:z/s[.='x']"),
        ("nonsense", "nonsense"),
        ("", ""),
    ],
)
def test_path_is_that_of_the_node_after_the_rules(before, after):
    assert carried_reference(before, [RENAMED]) == after


def test_instance_identifiers_and_access_rules_still_mean_the_same_nodes(tmp_path):
    body = "container {0} {{ leaf secret {{ type string; }} }} leaf which {{ type instance-identifier; }}"
    head = "module m {{ yang-version 1.1; namespace 'urn:m'; prefix m; revision {0}; {1} }}"
    for name, node, revision in (("old", "a", "2026-01-01"), ("new", "b", "2026-02-01")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "m.yang").write_text(head.format(revision, body.format(node)))
    step = {
        "from-revision": "2026-01-01",
        "to-revision": "2026-02-01",
        "rename": [{"path": "/m:a", "to": "b"}],
    }
    content = {"pyconfhoard-migration:migration": {"module": "m", "step": [step]}}
    (tmp_path / "new" / "m.migration.json").write_text(json.dumps(content))
    old, new = (load(("m", "ietf-netconf-acm"), folders=[tmp_path / name]) for name in ("old", "new"))
    rule = {"name": "r", "path": "/m:a/secret", "action": "deny", "access-operations": "*"}
    data = {
        "m:a": {"secret": "x"},
        "m:which": "/m:a/secret",
        "ietf-netconf-acm:nacm": {"rule-list": [{"name": "l", "group": ["*"], "rule": [rule]}]},
    }
    books, _ = read_books(["m"], [tmp_path / "new"])
    found = plan(old, new, decode(old.root, data, Path.ROOT), books)
    assert found.faults == ()
    after = to_json(new.root, found.after)
    assert after["m:which"] == "/m:b/secret"
    assert after["ietf-netconf-acm:nacm"]["rule-list"][0]["rule"][0]["path"] == "/m:b/secret"
