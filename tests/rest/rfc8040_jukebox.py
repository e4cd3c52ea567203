"""The jukebox of RFC 8040 (appendix A.1), and what the examples of appendix B have in it."""

from typing import Any

from workshop_paths import DATA

JUKEBOX = f"{DATA}/example-jukebox:jukebox"
LIBRARY = f"{JUKEBOX}/library"
FOO_FIGHTERS = f"{LIBRARY}/artist=Foo%20Fighters"
ALBUM = f"{FOO_FIGHTERS}/album=Wasting%20Light"
NICK_CAVE = f"{LIBRARY}/artist=Nick%20Cave%20and%20the%20Bad%20Seeds"
PLAYLIST = f"{JUKEBOX}/playlist=Foo-One"
SPACE = "http://example.com/ns/example-jukebox"
RESTCONF = "urn:ietf:params:xml:ns:yang:ietf-restconf"
MONITORING = "ietf-restconf-monitoring:restconf-state"
JSON_TYPE = "application/yang-data+json"
XML_TYPE = "application/yang-data+xml"
SEND_XML = {"Content-Type": XML_TYPE, "Accept": XML_TYPE}
ASK_XML = {"Accept": XML_TYPE}


def song_id(name: str) -> str:
    """A song of the album, as an instance-identifier."""
    return (
        "/example-jukebox:jukebox/library/artist[name='Foo Fighters']/album[name='Wasting Light']"
        f"/song[name='{name}']"
    )


CONTENT: dict[str, Any] = {
    "library": {
        "artist": [
            {
                "name": "Foo Fighters",
                "album": [
                    {
                        "name": "Wasting Light",
                        "genre": "example-jukebox:alternative",
                        "year": 2011,
                        "song": [
                            {"name": "Bridge Burning", "location": "/media/foo/a7/bridge.mp3"},
                            {
                                "name": "Rope",
                                "location": "/media/foo/a7/rope.mp3",
                                "format": "MP3",
                                "length": 259,
                            },
                            {
                                "name": "Wasting Light",
                                "location": "/media/foo/a7/wasting-light.mp3",
                                "format": "MP3",
                                "length": 286,
                            },
                        ],
                    }
                ],
            },
            {"name": "Nick Cave and the Bad Seeds"},
        ]
    },
    "playlist": [
        {
            "name": "Foo-One",
            "description": "example playlist 1",
            "song": [{"index": 1, "id": song_id("Rope")}, {"index": 2, "id": song_id("Bridge Burning")}],
        }
    ],
    "player": {"gap": "0.5"},
}
"""Appendix B.3.2, with what others of the examples refer to: the song "Bridge Burning" of the playlist, without which its
instance-identifier would lead nowhere, and the second artist. Songs stand in the order that the server has them in, which is
its own choice. ``gap`` is decimal64, a string in RFC 7951 JSON
(section 6.1); the RFC shows a number."""
