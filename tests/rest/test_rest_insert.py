"""``insert`` and ``point`` (RFC 8040 sections 4.8.5 and 4.8.6): places in lists and leaf-lists that the user orders."""

from typing import Any

import pytest
from serving import Answer, Server
from workshop_paths import SHOP


def visitor(server: Server, name: str, query: str = "", method: str = "POST") -> Answer:
    path = SHOP if method == "POST" else f"{SHOP}/visitor={name}"
    return server.request(method, f"{path}{query}", {"workshop:visitor": [{"name": name}]})


def tag(server: Server, value: str, query: str = "", method: str = "POST") -> Answer:
    path = SHOP if method == "POST" else f"{SHOP}/tag={value}"
    return server.request(method, f"{path}{query}", {"workshop:tag": [value]})


def visitors(server: Server) -> list[str]:
    return [one["name"] for one in server.get(f"{SHOP}/visitor").json["workshop:visitor"]]


def tags(server: Server) -> Any:
    return server.get(f"{SHOP}/tag").json["workshop:tag"]


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_entries_are_placed(workshop: Server, method: str) -> None:
    assert visitor(workshop, "b", method=method).status == 201
    assert visitor(workshop, "d", "?insert=last", method).status == 201
    assert visitor(workshop, "a", "?insert=first", method).status == 201
    point = "/workshop:shop/visitor"
    assert visitor(workshop, "c", f"?insert=before&point={point}=d", method).status == 201
    assert visitor(workshop, "e", f"?insert=after&point={point}=d".replace("/", "%2F"), method).status == 201
    assert visitors(workshop) == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_values_are_placed(workshop: Server, method: str) -> None:
    assert tag(workshop, "b", method=method).status == 201
    assert tag(workshop, "a", "?insert=first", method).status == 201
    assert tag(workshop, "c", "?insert=after&point=/workshop:shop/tag=b", method).status == 201
    assert tags(workshop) == ["a", "b", "c"]


def test_put_of_what_is_there_moves_it(workshop: Server) -> None:
    for name in "abc":
        visitor(workshop, name)
        tag(workshop, name)
    assert visitor(workshop, "c", "?insert=first", "PUT").status == 204
    assert tag(workshop, "a", "?insert=last", "PUT").status == 204
    assert visitors(workshop) == ["c", "a", "b"]
    assert tags(workshop) == ["b", "c", "a"]


def test_point_with_a_slash_in_its_key_is_found_whichever_way_it_is_encoded(workshop: Server) -> None:
    assert visitor(workshop, "x/y").status == 201
    assert visitor(workshop, "a", "?insert=before&point=/workshop:shop/visitor=x%2Fy").status == 201
    twice = "%2Fworkshop%3Ashop%2Fvisitor%3Dx%252Fy"
    assert visitor(workshop, "b", f"?insert=before&point={twice}").status == 201
    assert visitors(workshop) == ["a", "b", "x/y"]


@pytest.mark.parametrize(
    "query",
    [
        "?insert=before&point=/workshop:shop/visitor=nobody",
        "?insert=before&point=/workshop:shop/visitor",
        "?insert=before&point=/workshop:shop/tag=a",
        "?insert=before&point=/workshop:nowhere",
        "?insert=before&point=/workshop:shop/visitor=b",
        "?insert=before",
        "?insert=first&point=/workshop:shop/visitor=a",
        "?point=/workshop:shop/visitor=a",
        "?insert=upwards",
    ],
)
def test_wrong_places_are_400_and_nothing_is_made(workshop: Server, query: str) -> None:
    visitor(workshop, "a")
    tag(workshop, "a")
    assert visitor(workshop, "b", query).status == 400
    assert visitors(workshop) == ["a"]


def test_only_what_the_user_orders_has_places(workshop: Server) -> None:
    tool = {"workshop:tool": [{"name": "saw"}]}
    answer = workshop.request("POST", f"{SHOP}?insert=first", tool)
    assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")
    title = workshop.request("PUT", f"{SHOP}/title?insert=first", {"workshop:title": "x"})
    assert (title.status, title.error["error-tag"]) == (400, "invalid-value")


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "GET"])
def test_other_methods_take_no_place(workshop: Server, method: str) -> None:
    visitor(workshop, "a")
    body = {"workshop:visitor": [{"name": "a"}]} if method == "PATCH" else None
    assert workshop.request(method, f"{SHOP}/visitor=a?insert=first", body).status == 400
