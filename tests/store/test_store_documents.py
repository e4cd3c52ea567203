"""The files' form: valid RFC 7951, spread out for people, an entry a line where it fits."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyconfhoard import schema as schemas
from pyconfhoard.errors import BadInput
from pyconfhoard.store.documents import read_document, write_document
from pyconfhoard.tree import Branch, Path, decode, freeze, node_at, parse_path, thaw

MODEL = """
module doc {
  yang-version 1.1;
  namespace "urn:doc";
  prefix d;
  container top {
    leaf name { type string; default "none"; }
    leaf big { type uint64; }
    leaf nothing { type empty; }
    leaf-list words { type string; ordered-by user; }
    container inside { presence "it is"; leaf x { type string; } }
    list item {
      key "id";
      leaf id { type string; }
      leaf text { type string; }
      list part { key "n"; leaf n { type uint8; } leaf note { type string; } }
    }
    anydata any;
  }
}
"""


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    folder = tmp_path_factory.mktemp("yang")
    (folder / "doc.yang").write_text(MODEL)
    return schemas.load(["doc"], folders=[folder])


def tree(schema, raw):
    return decode(schema.root, raw, Path.ROOT)


def text(branch, **more):
    return b"".join(write_document(branch, **more)).decode()


class TestDocument:
    def test_spreads_containers_and_keeps_short_entries_on_a_line(self, schema):
        long = "x" * 90
        raw = {
            "doc:top": {
                "name": "a",
                "words": ["b", "c"],
                "inside": {},
                "item": [
                    {"id": "1", "text": "short"},
                    {"id": "2", "text": long},
                    {"id": "3", "part": [{"n": 1}, {"n": 2, "note": long}]},
                ],
            }
        }
        assert text(tree(schema, raw)) == (
            '{\n  "doc:top": {\n    "name": "a",\n    "words": ["b", "c"],\n    "inside": {},\n    "item": [\n'
            '      {"id": "1", "text": "short"},\n'
            f'      {{\n        "id": "2",\n        "text": "{long}"\n      }},\n'
            '      {\n        "id": "3",\n        "part": [\n          {"n": 1},\n'
            f'          {{\n            "n": 2,\n            "note": "{long}"\n          }}\n        ]\n      }}\n'
            "    ]\n  }\n}\n"
        )

    def test_of_nothing_is_an_empty_object(self, schema):
        assert text(Branch(schema.root, {})) == "{}\n"

    def test_names_members_with_their_module_at_the_top_only(self, schema):
        top = tree(schema, {"doc:top": {"name": "a", "@name": {"doc:by": "me"}}})["doc:top"]
        assert json.loads(text(top)) == {"doc:name": "a", "@doc:name": {"doc:by": "me"}}

    def test_can_show_defaults(self, schema):
        top = Branch(schema.find("/doc:top"), {})
        assert json.loads(text(top, with_defaults="report-all")) == {"doc:name": "none"}

    def test_of_a_long_list_comes_in_pieces(self, schema):
        raw = {"doc:top": {"item": [{"id": str(n), "text": "x" * 50} for n in range(5000)]}}
        branch = tree(schema, raw)
        pieces = list(write_document(branch))
        assert len(pieces) > 3
        assert read_document(schema.root, Path.ROOT, b"".join(pieces)) == branch

    def test_of_a_list_entry_is_read_back_with_its_keys(self, schema):
        path = parse_path(schema, "/doc:top/item[id='one']")
        node = node_at(schema, path)
        body = b'{"doc:id": "one", "doc:text": "t"}'
        entry = read_document(node, path, body)
        assert entry.key == ("one",)
        assert json.loads(text(entry)) == json.loads(body)

    @pytest.mark.parametrize("body", [b'{"doc:id": "two"}', b'{"doc:text": "t"}'])
    def test_of_another_list_entry_is_refused(self, schema, body):
        path = parse_path(schema, "/doc:top/item[id='one']")
        with pytest.raises(BadInput):
            read_document(node_at(schema, path), path, body)

    @pytest.mark.parametrize("body", [b"", b"[]", b"1", b'{"a"', b'{"doc:nope": 1}', b'{"a": 1, "a": 2}'])
    def test_that_is_none_is_refused(self, schema, body):
        with pytest.raises(BadInput):
            read_document(schema.root, Path.ROOT, body)


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="\ufffe\uffff"),
    max_size=60,
)
ITEMS = st.lists(
    st.fixed_dictionaries(
        {"id": WORDS},
        optional={
            "text": WORDS,
            "part": st.lists(
                st.fixed_dictionaries({"n": st.integers(0, 255)}, optional={"note": WORDS}),
                min_size=1,
                unique_by=lambda one: one["n"],
                max_size=4,
            ),
        },
    ),
    unique_by=lambda one: one["id"],
    max_size=8,
)


@settings(max_examples=80, deadline=None)
@given(items=ITEMS, words=st.lists(WORDS, unique=True, max_size=5), big=st.integers(0, 2**64 - 1))
def test_what_is_written_is_read_back(schema, items, words, big):
    branch = tree(schema, {"doc:top": {"item": items, "words": words, "big": str(big), "nothing": [None]}})
    assert read_document(schema.root, Path.ROOT, text(branch).encode()) == branch


class TestStoredPages:
    """A list that was read from the store, and of which nobody has touched a page."""

    def thawed(self, schema, raw):
        rows = []
        frozen = freeze(tree(schema, raw), lambda row: rows.append(row) or len(rows) - 1)
        return thaw(schema.root, frozen.record, rows.__getitem__)

    def test_are_written_as_they_would_be_decoded_and_stay_as_they_are(self, schema):
        wide = {"text": "ä" * 100}
        raw = {"doc:top": {"item": [{"id": f"{n:04}"} | (wide if n % 7 == 0 else {}) for n in range(500)]}}
        root = self.thawed(schema, raw)
        assert text(root) == text(tree(schema, raw))
        assert not any(page.loaded for page in root["doc:top"]["item"].pages)

    def test_with_annotations_or_lists_of_their_own_are_decoded(self, schema):
        parts = [{"n": n, "note": "one"} for n in range(100)]
        raw = {"doc:top": {"item": [{"id": f"{n:04}"} for n in range(500)]}}
        raw["doc:top"]["item"][3] |= {"text": "t", "@text": {"d:why": "because"}}
        raw["doc:top"]["item"][499] |= {"part": parts}
        root = self.thawed(schema, raw)
        assert text(root) == text(tree(schema, raw))
