"""RFC 8072 appendix A, request by request: the RFC's messages, and the same in the other encoding."""

from typing import Any

import pytest
from serving import Server
from workshop_paths import DATA

JUKEBOX = f"{DATA}/example-jukebox:jukebox"
ALBUM = f"{JUKEBOX}/library/artist=Foo%20Fighters/album=Wasting%20Light"
PLAYLIST = f"{JUKEBOX}/playlist=Foo-One"
JSON_PATCH = {"Content-Type": "application/yang-patch+json", "Accept": "application/yang-data+json"}
XML_PATCH = {"Content-Type": "application/yang-patch+xml", "Accept": "application/yang-data+xml"}
PATCH_SPACE = "urn:ietf:params:xml:ns:yang:ietf-yang-patch"
SPACE = "http://example.com/ns/example-jukebox"


def song(name: str, file: str, length: int) -> dict[str, Any]:
    return {"name": name, "location": f"/media/{file}.mp3", "format": "MP3", "length": length}


def played(index: int, name: str) -> dict[str, Any]:
    album = "/example-jukebox:jukebox/library/artist[name='Foo Fighters']/album[name='Wasting Light']"
    return {"index": index, "id": f"{album}/song[name='{name}']"}


BURNING = song("Bridge Burning", "bridge_burning", 288)
ROPE = song("Rope", "rope", 259)
ROSEMARY = song("Dear Rosemary", "dear_rosemary", 269)
A_SONG = """<value><song xmlns="http://example.com/ns/example-jukebox"><name>{name}</name><location>{location}</location>
<format>{format}</format><length>{length}</length></song></value>"""


@pytest.fixture
def jukebox(examples: Server) -> Server:
    """What the examples begin with: the album with one song, and a playlist."""
    library = {
        "artist": [
            {"name": "Foo Fighters", "album": [{"name": "Wasting Light", "year": 2011, "song": [BURNING]}]}
        ]
    }
    playlist = [{"name": "Foo-One", "song": [played(index, "Bridge Burning") for index in (1, 2, 3, 4, 5)]}]
    body = {"example-jukebox:jukebox": {"library": library, "playlist": playlist}}
    assert examples.request("PUT", JUKEBOX, body).status == 201
    return examples


def json_patch(
    server: Server, path: str, id: str, edits: list[dict[str, Any]], comment: str = ""
) -> tuple[int, Any]:
    told = {"comment": comment} if comment else {}
    body = {"ietf-yang-patch:yang-patch": {"patch-id": id, **told, "edit": edits}}
    answer = server.request("PATCH", path, body, headers=JSON_PATCH)
    assert answer.headers["content-type"] == "application/yang-data+json", answer.body
    return answer.status, answer.json["ietf-yang-patch:yang-patch-status"]


def xml_patch(server: Server, path: str, id: str, edits: str) -> tuple[int, str]:
    body = f'<yang-patch xmlns="{PATCH_SPACE}"><patch-id>{id}</patch-id>{edits}</yang-patch>'
    answer = server.request("PATCH", path, body.encode(), headers=XML_PATCH)
    assert answer.headers["content-type"] == "application/yang-data+xml"
    text = answer.body.decode()
    opening = f'<yang-patch-status xmlns="{PATCH_SPACE}"><patch-id>{id}</patch-id>'
    assert text.startswith(opening), text
    return answer.status, text.removeprefix(opening).removesuffix("</yang-patch-status>")


def create(number: int, one: dict[str, Any]) -> dict[str, Any]:
    return {
        "edit-id": f"edit{number}",
        "operation": "create",
        "target": f"/song={one['name'].replace(' ', '%20')}",
        "value": {"song": [one]},
    }


def create_xml(number: int, one: dict[str, Any]) -> str:
    target = f"/song={one['name'].replace(' ', '%20')}"
    return (
        f"<edit><edit-id>edit{number}</edit-id><operation>create</operation><target>{target}</target>"
        f"{A_SONG.format(**one)}</edit>"
    )


def songs(server: Server, path: str) -> list[Any]:
    (listed,) = server.get(f"{path}/song").json.values()
    return [each.get("index", each.get("name")) for each in listed]


# -- A.1.1: Add Resources: Error -----------------------------------------------------------------


def test_a_1_1_adding_what_is_there_fails_and_nothing_is_added(jukebox: Server) -> None:
    edits = [create(1, BURNING), create(2, ROPE), create(3, ROSEMARY)]
    status, told = json_patch(jukebox, ALBUM, "add-songs-patch", edits)
    assert status == 409
    (edit,) = told["edit-status"]["edit"]
    (error,) = edit["errors"]["error"]
    assert (told["patch-id"], edit["edit-id"]) == ("add-songs-patch", "edit1")
    assert (error["error-type"], error["error-tag"]) == ("application", "data-exists")
    assert error["error-path"] == (
        "/example-jukebox:jukebox/library/artist[name='Foo Fighters']/album[name='Wasting Light']"
        "/song[name='Bridge Burning']"
    )
    assert "ok" not in told
    assert songs(jukebox, ALBUM) == ["Bridge Burning"]


def test_a_1_1_in_xml(jukebox: Server) -> None:
    edits = create_xml(1, BURNING) + create_xml(2, ROPE) + create_xml(3, ROSEMARY)
    status, told = xml_patch(jukebox, ALBUM, "add-songs-patch", edits)
    assert status == 409
    assert told.startswith(
        "<edit-status><edit><edit-id>edit1</edit-id><errors><error><error-type>application<"
    )
    assert "<error-tag>data-exists</error-tag>" in told
    assert f'<error-path xmlns:example-jukebox="{SPACE}">/example-jukebox:jukebox/' in told
    assert "edit2" not in told


# -- A.1.2: Add Resources: Success ---------------------------------------------------------------


def test_a_1_2_adding_what_is_not_there(jukebox: Server) -> None:
    answer = json_patch(jukebox, ALBUM, "add-songs-patch-2", [create(1, ROPE), create(2, ROSEMARY)])
    assert answer == (200, {"patch-id": "add-songs-patch-2", "ok": [None]})
    assert sorted(songs(jukebox, ALBUM)) == ["Bridge Burning", "Dear Rosemary", "Rope"]


def test_a_1_2_in_xml(jukebox: Server) -> None:
    edits = create_xml(1, ROPE) + create_xml(2, ROSEMARY)
    assert xml_patch(jukebox, ALBUM, "add-songs-patch-2", edits) == (200, "<ok/>")
    assert sorted(songs(jukebox, ALBUM)) == ["Bridge Burning", "Dear Rosemary", "Rope"]


# -- A.1.3: Insert List Entry --------------------------------------------------------------------


def test_a_1_3_inserting_an_entry(jukebox: Server) -> None:
    edit = {
        "edit-id": "edit1",
        "operation": "insert",
        "target": "/song=6",
        "point": "/song=5",
        "where": "after",
        "value": {"example-jukebox:song": [played(6, "Bridge Burning")]},
    }
    answer = json_patch(jukebox, PLAYLIST, "insert-song-patch", [edit], "Insert song 6 after song 5")
    assert answer == (200, {"patch-id": "insert-song-patch", "ok": [None]})
    assert songs(jukebox, PLAYLIST) == [1, 2, 3, 4, 5, 6]


def test_a_1_3_in_xml(jukebox: Server) -> None:
    id = "/jbox:jukebox/jbox:library/jbox:artist[jbox:name='Foo Fighters']/jbox:album[jbox:name='Wasting Light']"
    edit = (
        "<edit><edit-id>edit1</edit-id><operation>insert</operation><target>/song=6</target><point>/song=5</point>"
        f'<where>after</where><value><song xmlns="{SPACE}" xmlns:jbox="{SPACE}"><index>6</index>'
        f"<id>{id}/jbox:song[jbox:name='Bridge Burning']</id></song></value></edit>"
    )
    assert xml_patch(jukebox, PLAYLIST, "insert-song-patch", edit) == (200, "<ok/>")
    assert songs(jukebox, PLAYLIST) == [1, 2, 3, 4, 5, 6]


# -- A.1.4: Move List Entry ----------------------------------------------------------------------


def test_a_1_4_moving_an_entry(jukebox: Server) -> None:
    """The RFC's answer is of the module ietf-restconf, by mistake: yang-patch-status is ietf-yang-patch's."""
    edit = {
        "edit-id": "edit1",
        "operation": "move",
        "target": "/song=1",
        "point": "/song=3",
        "where": "after",
    }
    answer = json_patch(jukebox, PLAYLIST, "move-song-patch", [edit], "Move song 1 after song 3")
    assert answer == (200, {"patch-id": "move-song-patch", "ok": [None]})
    assert songs(jukebox, PLAYLIST) == [2, 3, 1, 4, 5]


def test_a_1_4_in_xml(jukebox: Server) -> None:
    edit = (
        "<edit><edit-id>edit1</edit-id><operation>move</operation><target>/song=1</target>"
        "<point>/song=3</point><where>after</where></edit>"
    )
    assert xml_patch(jukebox, PLAYLIST, "move-song-patch", edit) == (200, "<ok/>")
    assert songs(jukebox, PLAYLIST) == [2, 3, 1, 4, 5]


# -- A.1.5: Edit Datastore Resource --------------------------------------------------------------

THREE = {"foo:X": 42, "bar:Y": {"A": "test1", "B": 99}, "baz:Z": [{"C": 2, "D": 100, "E": False}]}


@pytest.fixture
def modules(examples: Server) -> Server:
    """With something of what is merged and replaced."""
    body = {"bar:Y": {"A": "test0"}, "baz:Z": [{"C": 1}, {"C": 2, "D": 5}]}
    assert examples.patch(DATA, {"ietf-restconf:data": body}).status == 204
    return examples


def three_told(server: Server) -> dict[str, Any]:
    return {name: server.get(f"{DATA}/{path}").json[name] for name, path in zip(THREE, PATHS, strict=True)}


PATHS = ("foo:X", "bar:Y", "baz:Z=2")


def test_a_1_5_the_target_of_the_request_is_the_datastore(modules: Server) -> None:
    edits = [
        {
            "edit-id": f"edit{number}",
            "operation": operation,
            "target": f"/{path}",
            "value": {name: THREE[name]},
        }
        for number, operation, path, name in zip(
            (1, 2, 3), ("create", "merge", "replace"), PATHS, THREE, strict=True
        )
    ]
    answer = json_patch(modules, DATA, "datastore-patch-1", edits, "Edit 3 top-level data nodes at once")
    assert answer == (200, {"patch-id": "datastore-patch-1", "ok": [None]})
    assert three_told(modules) == THREE
    assert modules.get(f"{DATA}/baz:Z=1").status == 200


def test_a_1_5_in_xml(modules: Server) -> None:
    values = (
        '<X xmlns="http://example.com/ns/foo">42</X>',
        '<Y xmlns="http://example.com/ns/bar"><A>test1</A><B>99</B></Y>',
        '<Z xmlns="http://example.com/ns/baz"><C>2</C><D>100</D><E>false</E></Z>',
    )
    edits = "".join(
        f"<edit><edit-id>edit{number}</edit-id><operation>{operation}</operation><target>/{path}</target>"
        f"<value>{value}</value></edit>"
        for number, operation, path, value in zip(
            (1, 2, 3), ("create", "merge", "replace"), PATHS, values, strict=True
        )
    )
    assert xml_patch(modules, DATA, "datastore-patch-1", edits) == (200, "<ok/>")
    assert three_told(modules) == THREE
