"""Pages of lists and leaf-lists (draft-ietf-netconf-list-pagination-rc), over HTTP and against plain Python."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serving import Answer, Server, serving

from pyconfhoard import schema as schemas
from pyconfhoard.tree import Path as Place
from pyconfhoard.tree import decode, parse_path
from rest.errors import HttpError
from rest.pagination.parameters import MODULE, Page, page_of
from rest.pagination.pick import paged
from rest.source import Found

MODELS = Path(__file__).parent / "models"
BELLS = "/restconf/data/belfry:tower/bell"
RINGERS = "/restconf/data/belfry:tower/ringer"
TUNES = "/restconf/data/belfry:tower/tune"
LIST = "application/yang-data+xml-list"
SPACE = f"{{urn:ietf:params:xml:ns:yang:{MODULE}}}"
OURS = "{urn:pyconfhoard:test:belfry}"
COUNT = 1000


def bell(number: int) -> dict[str, Any]:
    found: dict[str, Any] = {"name": f"b{number:04}", "weight": (number * 7) % 100}
    if number % 3:
        found["note"] = "cdefg"[number % 5]
    if number == 1:
        found["mark"] = [{"place": place} for place in ("crown", "lip", "waist")]
        found["inscription"] = ["vivos", "voco", "mortuos"]
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("pages") / "datastore"
    with serving(folder, yang=[MODELS], modules=["belfry"]) as running:
        tower = {
            "bell": [bell(number) for number in range(COUNT)],
            "ringer": [{"name": name} for name in ("zoe", "ann", "max")],
            "tune": ["grandsire", "plain bob", "stedman", "kent"],
        }
        answer = running.request("PUT", "/restconf/data/belfry:tower", {"belfry:tower": tower})
        assert answer.status == 201, answer.body
        yield running


def names(answer: Answer, member: str = "bell") -> list[str]:
    assert answer.status == 200, answer.body
    return [entry["name"] for entry in answer.json[f"belfry:{member}"]]


def notes(answer: Answer, member: str = "bell") -> dict[str, Any]:
    told = answer.json[f"belfry:{member}"][0].get("@", {})
    return {name.removeprefix(f"{MODULE}:"): value for name, value in told.items()}


class TestLists:
    def test_come_by_offset_and_limit(self, server: Server) -> None:
        answer = server.get(f"{BELLS}?offset=500&limit=3")
        assert names(answer) == ["b0500", "b0501", "b0502"]
        assert notes(answer)["remaining"] == 497

    def test_say_nothing_of_what_is_not_left(self, server: Server) -> None:
        answer = server.get(f"{BELLS}?offset=998&limit=2")
        assert names(answer) == ["b0998", "b0999"]
        assert "remaining" not in notes(answer)
        assert "next" not in notes(answer)
        assert notes(server.get(f"{BELLS}?limit=unbounded")) == {}

    def test_come_backwards(self, server: Server) -> None:
        answer = server.get(f"{BELLS}?direction=backwards&offset=1&limit=2")
        assert names(answer) == ["b0998", "b0997"]

    def test_come_in_the_order_of_their_user(self, server: Server) -> None:
        assert names(server.get(f"{RINGERS}?limit=2"), "ringer") == ["zoe", "ann"]
        assert names(server.get(f"{RINGERS}?direction=backwards"), "ringer") == ["max", "ann", "zoe"]

    @pytest.mark.parametrize("direction", ["forwards", "backwards"])
    def test_are_walked_through_by_cursors_there_and_back(self, server: Server, direction: str) -> None:
        path = f"{BELLS}?limit=300&direction={direction}"
        seen: list[str] = []
        answer = server.get(f"{path}&cursor=")
        while True:
            seen.extend(names(answer))
            told = notes(answer)
            if "next" not in told:
                break
            answer = server.get(f"{path}&cursor={told['next']}")
        whole = [f"b{number:04}" for number in range(COUNT)]
        assert seen == (whole if direction == "forwards" else whole[::-1])
        back = server.get(f"{path}&cursor={notes(answer)['previous']}")
        assert names(back) == seen[600:900]

    def test_are_named_by_the_base64_of_their_key(self, server: Server) -> None:
        told = notes(server.get(f"{BELLS}?limit=1"))["next"]
        assert told == base64.b64encode(b"b0001").decode()
        for cursor in (told, told.rstrip("="), quote(told)):
            assert names(server.get(f"{BELLS}?limit=2&cursor={cursor}")) == ["b0001", "b0002"]

    def test_have_their_annotations_where_only_keys_are_told(self, server: Server) -> None:
        answer = server.get(f"{BELLS}?limit=1&depth=1")
        assert names(answer) == ["b0000"]
        assert notes(answer)["remaining"] == COUNT - 1

    def test_are_filtered_then_sorted_then_cut(self, server: Server) -> None:
        where = quote("note='d' and weight > 90")
        answer = server.get(f"{BELLS}?where={where}&sort-by=weight&direction=backwards&offset=1&limit=3")
        wanted = [one for one in map(bell, range(COUNT)) if one.get("note") == "d" and one["weight"] > 90]
        wanted.sort(key=lambda one: one["weight"])
        assert names(answer) == [one["name"] for one in wanted[::-1][1:4]]
        assert notes(answer)["remaining"] == len(wanted) - 4
        assert notes(answer)["locale"] == "C"

    def test_sorted_have_those_without_a_value_at_the_end(self, server: Server) -> None:
        answer = server.get(f"{BELLS}?sort-by=note&offset=990")
        assert all("note" not in entry for entry in answer.json["belfry:bell"])

    def test_filtered_are_walked_through_by_cursors(self, server: Server) -> None:
        path = f"{BELLS}?where={quote('weight < 10')}&limit=40"
        wanted = [one["name"] for one in map(bell, range(COUNT)) if one["weight"] < 10]
        first = server.get(path)
        second = server.get(f"{path}&cursor={notes(first)['next']}")
        assert names(first) + names(second) == wanted[:80]

    def test_keep_their_order_when_parts_are_left_out(self, server: Server) -> None:
        answer = server.get(f"{BELLS}?sort-by=weight&direction=backwards&limit=5&fields=name;weight")
        assert [entry["weight"] for entry in answer.json["belfry:bell"]] == [99] * 5
        assert all(set(entry) <= {"@", "name", "weight"} for entry in answer.json["belfry:bell"])
        answer = server.get(f"{BELLS}?direction=backwards&limit=2&depth=1&with-defaults=report-all")
        assert names(answer) == ["b0999", "b0998"]

    def test_come_in_xml(self, server: Server) -> None:
        answer = server.get(f"{BELLS}?offset=2&limit=2", headers={"Accept": LIST})
        assert (answer.status, answer.headers["content-type"]) == (200, LIST)
        root = ElementTree.fromstring(answer.body)
        assert root.tag == "xml-list"
        assert [entry.findtext(f"{OURS}name") for entry in root] == ["b0002", "b0003"]
        assert root[0].attrib[f"{SPACE}remaining"] == str(COUNT - 4)
        assert f"{SPACE}next" in root[0].attrib

    def test_are_told_what_is_wrong_in_xml_too(self, server: Server) -> None:
        answer = server.get(f"{BELLS}?limit=0", headers={"Accept": LIST})
        assert (answer.status, answer.headers["content-type"]) == (400, "application/yang-data+xml")

    def test_come_as_they_stand_by_the_words_for_it(self, server: Server) -> None:
        answer = server.get(f"{BELLS}?where=unfiltered&sort-by=none&limit=2")
        assert names(answer) == ["b0000", "b0001"]
        assert "locale" not in notes(answer)

    def test_in_xml_without_their_own_media_type_say_which_it_is(self, server: Server) -> None:
        answer = server.get(f"{BELLS}?limit=2", headers={"Accept": "application/yang-data+xml"})
        assert answer.status == 400
        assert LIST.encode() in answer.body


class TestLeafLists:
    def test_come_by_offset_and_limit(self, server: Server) -> None:
        answer = server.get(f"{TUNES}?offset=1&limit=2").json
        assert answer["belfry:tune"] == ["plain bob", "stedman"]
        assert answer["@belfry:tune"] == [{f"{MODULE}:remaining": 1}]

    def test_come_backwards_filtered_and_sorted(self, server: Server) -> None:
        answer = server.get(f"{TUNES}?where={quote('contains(., chr)')}".replace("chr", quote("'e'")))
        assert answer.json == {"belfry:tune": ["grandsire", "stedman", "kent"]}
        answer = server.get(f"{TUNES}?sort-by=.&direction=backwards")
        assert answer.json == {"belfry:tune": ["stedman", "plain bob", "kent", "grandsire"]}

    def test_come_in_xml(self, server: Server) -> None:
        answer = server.get(f"{TUNES}?limit=1", headers={"Accept": LIST})
        root = ElementTree.fromstring(answer.body)
        assert [entry.text for entry in root] == ["grandsire"]
        assert root[0].attrib[f"{SPACE}remaining"] == "3"

    def test_have_no_cursors(self, server: Server) -> None:
        assert server.get(f"{TUNES}?cursor=abc").status == 501


class TestSublists:
    def test_are_cut_in_an_entry(self, server: Server) -> None:
        entry = server.get(f"{BELLS}=b0001?sublist-limit=1").json["belfry:bell"][0]
        assert entry["mark"] == [{"@": {f"{MODULE}:remaining": 2}, "place": "crown"}]
        assert entry["inscription"] == ["vivos"]
        assert entry["@inscription"] == [{f"{MODULE}:remaining": 2}]

    def test_are_cut_in_the_datastore(self, server: Server) -> None:
        data = server.get("/restconf/data?content=config&sublist-limit=2").json["ietf-restconf:data"]
        assert [entry["name"] for entry in data["belfry:tower"]["bell"]] == ["b0000", "b0001"]
        assert data["belfry:tower"]["bell"][0]["@"] == {f"{MODULE}:remaining": COUNT - 2}

    def test_are_cut_below_a_list_but_not_the_list(self, server: Server) -> None:
        answer = server.get(f"{BELLS}?limit=3&sublist-limit=1")
        assert names(answer) == ["b0000", "b0001", "b0002"]
        assert len(answer.json["belfry:bell"][1]["mark"]) == 1

    def test_are_cut_in_xml(self, server: Server) -> None:
        answer = server.get(f"{BELLS}=b0001?sublist-limit=1", headers={"Accept": "application/yang-data+xml"})
        marks = ElementTree.fromstring(answer.body).findall(f"{OURS}mark")
        assert [mark.attrib[f"{SPACE}remaining"] for mark in marks] == ["2"]


class TestErrors:
    @pytest.mark.parametrize(
        "query",
        [
            "limit=0",
            "limit=-1",
            "limit=many",
            "limit=4294967296",
            "offset=-1",
            "offset=x",
            "offset=1&cursor=abc",
            "direction=up",
            "sort-by=song",
            "sort-by=mark/place",
            "sort-by=clapper",
            "sort-by=",
            "where=",
            "where=a[",
            "where=song='x'",
            "where=nowhere:name='x'",
            "where=foo()",
            "locale=C",
            "sublist-limit=0",
        ],
    )
    def test_of_values_are_400(self, server: Server, query: str) -> None:
        answer = server.get(f"{BELLS}?{query}")
        assert answer.status == 400, answer.body
        error = answer.error
        assert (error["error-type"], error["error-tag"]) == ("application", "invalid-value")

    def test_of_an_offset_behind_the_end_are_416(self, server: Server) -> None:
        answer = server.get(f"{BELLS}?offset={COUNT + 1}")
        assert (answer.status, answer.error["error-tag"]) == (416, "invalid-value")
        assert answer.error["error-app-tag"] == f"{MODULE}:offset-out-of-range"
        assert server.get(f"{BELLS}?offset={COUNT}").json == {"belfry:bell": []}

    @pytest.mark.parametrize("cursor", ["abc", "WyJ4Il0", "%C3%A9", "W10", "bnVsbA", "WyJhIiwiYiJd"])
    def test_of_a_cursor_are_404(self, server: Server, cursor: str) -> None:
        for query in ("", "&where=weight"):
            answer = server.get(f"{BELLS}?cursor={cursor}{query}")
            assert (answer.status, answer.error["error-tag"]) == (404, "invalid-value")
            assert answer.error["error-app-tag"] == f"{MODULE}:cursor-not-found"

    def test_of_a_locale_are_501(self, server: Server) -> None:
        answer = server.get(f"{BELLS}?sort-by=note&locale=sv_SE")
        assert (answer.status, answer.error["error-app-tag"]) == (501, f"{MODULE}:locale-unavailable")
        assert server.get(f"{BELLS}?sort-by=note&locale=C.UTF-8&limit=1").status == 200

    def test_of_another_resource_or_method_are_400(self, server: Server) -> None:
        for path in ("/restconf/data", "/restconf/data/belfry:tower", f"{BELLS}=b0001", f"{TUNES}=kent"):
            answer = server.get(f"{path}?limit=1")
            assert (answer.status, answer.error["error-tag"]) == (400, "operation-not-supported")
        answer = server.request("DELETE", f"{BELLS}=b0001?limit=1")
        assert (answer.status, answer.error["error-tag"]) == (400, "operation-not-supported")


def test_what_the_server_can_is_told(server: Server) -> None:
    path = "/restconf/data/ietf-restconf-monitoring:restconf-state/capabilities"
    told = server.get(path).json["ietf-restconf-monitoring:capabilities"]["capability"]
    assert {
        f"urn:ietf:params:restconf:capability:{name}:1.0" for name in ("limit", "cursor", "where")
    } <= set(told)


SCHEMA = schemas.load(("belfry",), folders=[MODELS])
PATH = parse_path(SCHEMA, "/belfry:tower/bell")
NODE = SCHEMA.find("/belfry:tower/bell")
BELL = st.fixed_dictionaries(
    {"name": st.text("abcde", min_size=1, max_size=3)},
    optional={"weight": st.integers(0, 5), "note": st.sampled_from("cg")},
)


@given(
    st.lists(BELL, max_size=600, unique_by=lambda one: one["name"]),
    st.sampled_from(["", "weight", "note", "name"]),
    st.sampled_from(["", "weight > 2", "note = 'c' or not(weight)", "position() mod 2 = 1"]),
    st.sampled_from(["forwards", "backwards"]),
    st.integers(0, 8),
    st.one_of(st.none(), st.integers(1, 9)),
)
def test_a_page_is_what_python_makes_of_it(
    bells: list[dict[str, Any]], sort_by: str, where: str, direction: Any, offset: int, limit: int | None
) -> None:
    value = decode(NODE, bells, Place.ROOT)
    left = sorted(bells, key=lambda one: one["name"])
    if where == "weight > 2":
        left = [one for one in left if one.get("weight", 0) > 2]
    elif where.startswith("note"):
        left = [one for one in left if one.get("note") == "c" or "weight" not in one]
    elif where:
        left = left[::2]
    if sort_by:
        left.sort(key=lambda one: (sort_by not in one, one.get(sort_by, "") if sort_by in one else ""))
    if direction == "backwards":
        left = left[::-1]
    page = Page(limit, offset, "", direction, sort_by, where)
    if offset > len(left):
        with pytest.raises(HttpError):
            paged(SCHEMA, PATH, NODE, Found(value), page, None)
        return
    found = paged(SCHEMA, PATH, NODE, Found(value), page, None).value
    shown = left[offset:] if limit is None else left[offset : offset + limit]
    assert [entry["name"] for entry in found.values()] == [one["name"] for one in shown]
    if shown and limit is not None:
        told = next(iter(found.values())).meta.get("") or {}
        assert told.get(f"{MODULE}:remaining", 0) == len(left) - offset - len(shown)


def test_no_parameter_is_no_page() -> None:
    assert page_of({}) is None
    assert page_of({"depth": "1", "sublist-limit": "2"}) is None
