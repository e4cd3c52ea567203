"""YANG Patch (RFC 8072): every operation, what is wrong with messages and edits, and what an outcome breaks, over HTTP."""

from typing import Any

import pytest
from serving import Server
from workshop_paths import DATA, SHOP

JSON_PATCH = {"Content-Type": "application/yang-patch+json"}
XML_PATCH = {"Content-Type": "application/yang-patch+xml", "Accept": "application/yang-data+xml"}
SPACE = "urn:pyconfhoard:test:workshop"
STATUS = "ietf-yang-patch:yang-patch-status"


def edit(operation: str, target: str, value: Any = None, **more: str) -> dict[str, Any]:
    return {
        "edit-id": f"{operation} {target}",
        "operation": operation,
        "target": target,
        **({} if value is None else {"value": value}),
        **more,
    }


def patched(server: Server, path: str, *edits: dict[str, Any], **headers: str) -> Any:
    body = {"ietf-yang-patch:yang-patch": {"patch-id": "p", "edit": list(edits)}}
    return server.request("PATCH", path, body, headers={**JSON_PATCH, **headers})


def done(server: Server, path: str, *edits: dict[str, Any]) -> None:
    answer = patched(server, path, *edits)
    assert (answer.status, answer.json) == (200, {STATUS: {"patch-id": "p", "ok": [None]}})


def failed(server: Server, path: str, *edits: dict[str, Any]) -> tuple[int, dict[str, list[str]]]:
    """Status, and the tags of the errors of each edit; "" are those of the patch as a whole."""
    before = server.config()
    answer = patched(server, path, *edits)
    told = answer.json[STATUS]
    assert server.config() == before
    found = {each["edit-id"]: each for each in told.get("edit-status", {}).get("edit", [])}
    if "errors" in told:
        found[""] = told
    return answer.status, {
        id: [error["error-tag"] for error in each.get("errors", {}).get("error", [])]
        for id, each in found.items()
    }


def names(server: Server, path: str) -> list[str]:
    return [each["name"] for each in server.get(path).json["workshop:visitor"]]


# -- operations (section 2.5) --------------------------------------------------------------------


def test_edits_are_done_in_their_order_and_in_one_revision(workshop: Server) -> None:
    before = workshop.revision()
    done(
        workshop,
        SHOP,
        edit("create", "/tool=saw", {"workshop:tool": [{"name": "saw"}]}),
        edit("merge", "/tool=saw", {"workshop:tool": [{"name": "saw", "weight": "1.5"}]}),
        edit("replace", "/tool=axe", {"tool": [{"name": "axe"}]}),
        edit("create", "/title", {"title": "Mine"}),
        edit("delete", "/title"),
        edit("remove", "/tool=nothing"),
    )
    assert workshop.revision() == before + 1
    tools = workshop.get(f"{SHOP}/tool").json["workshop:tool"]
    assert tools == [{"name": "axe"}, {"name": "saw", "weight": "1.5"}]


def test_insert_and_move_place_what_the_user_orders(workshop: Server) -> None:
    def visitor(name: str, **more: str) -> dict[str, Any]:
        return edit("insert", f"/visitor={name}", {"workshop:visitor": [{"name": name}]}, **more)

    done(
        workshop,
        SHOP,
        visitor("b"),
        visitor("a", where="first"),
        visitor("d", where="last"),
        visitor("c", where="before", point="/visitor=d"),
        edit("move", "/visitor=a", where="after", point="/visitor=b"),
        edit("move", "/visitor=b"),
    )
    assert names(workshop, f"{SHOP}/visitor") == ["a", "c", "d", "b"]


def test_the_point_may_be_named_from_the_root(workshop: Server) -> None:
    done(workshop, SHOP, edit("replace", "/", {"workshop:shop": {"visitor": [{"name": "a"}, {"name": "b"}]}}))
    done(workshop, SHOP, edit("move", "/visitor=a", where="after", point="/workshop:shop/visitor=b"))
    assert names(workshop, f"{SHOP}/visitor") == ["b", "a"]


def test_values_of_leaf_lists_are_targets(workshop: Server) -> None:
    done(
        workshop,
        SHOP,
        edit("create", "/tag=x%2Cy", {"tag": ["x,y"]}),
        edit("create", "/tag=z", {"tag": ["z"]}),
    )
    done(workshop, SHOP, edit("insert", "/tag=w", {"tag": ["w"]}, where="first"))
    assert workshop.get(f"{SHOP}/tag").json == {"workshop:tag": ["w", "x,y", "z"]}


def test_a_slash_is_the_target_of_the_request_itself(workshop: Server) -> None:
    done(workshop, SHOP, edit("merge", "/low", {"workshop:low": 3}))
    done(workshop, f"{SHOP}/low", edit("merge", "/", {"workshop:low": 4}))
    assert workshop.get(f"{SHOP}/low").json == {"workshop:low": 4}


def test_the_datastore_is_merged_and_replaced(workshop: Server) -> None:
    done(workshop, DATA, edit("merge", "/", {"workshop:cellar": {"bottles": 1}}))
    done(workshop, DATA, edit("merge", "/", {"ietf-restconf:data": {"workshop:shop": {"low": 1}}}))
    assert workshop.config() == {"workshop:cellar": {"bottles": 1}, "workshop:shop": {"low": 1}}
    done(workshop, DATA, edit("replace", "/", {"workshop:cellar": {"bottles": 2}}))
    assert workshop.config() == {"workshop:cellar": {"bottles": 2}}
    assert failed(workshop, DATA, edit("delete", "/")) == (400, {"delete /": ["invalid-value"]})


def test_a_patch_without_edits_changes_nothing(workshop: Server) -> None:
    before = workshop.revision()
    done(workshop, SHOP)
    assert workshop.revision() == before


# -- what is wrong with edits --------------------------------------------------------------------


def test_an_edit_that_cannot_be_done_ends_it_and_has_its_errors(workshop: Server) -> None:
    status, told = failed(
        workshop,
        SHOP,
        edit("merge", "/low", {"workshop:low": 1}),
        edit("delete", "/title"),
        edit("delete", "/tool=nothing"),
    )
    assert (status, told) == (409, {"merge /low": [], "delete /title": ["data-missing"]})


@pytest.mark.parametrize(
    ("wrong", "status", "tag"),
    [
        (edit("create", "/nothing", {"nothing": 1}), 400, "invalid-value"),
        (edit("create", "/tool", {"tool": [{"name": "saw"}]}), 400, "missing-attribute"),
        (edit("create", "/tool=a,b", {"tool": [{"name": "saw"}]}), 400, "unknown-attribute"),
        (edit("create", "/tool=axe", {"tool": [{"name": "saw"}]}), 400, "invalid-value"),
        (edit("create", "/load", {"load": 101}), 400, "invalid-value"),
        (edit("create", "/load", {"low": 1}), 400, "unknown-element"),
        (edit("create", "/load", [1]), 400, "malformed-message"),
        (edit("merge", "/visits/today", {"today": 1}), 400, "invalid-value"),
        (edit("insert", "/low", {"low": 1}), 400, "invalid-value"),
        (edit("move", "/visitor=a", where="first"), 409, "data-missing"),
        (edit("insert", "/tag=a", {"tag": ["a"]}, where="after", point="/tag=b"), 400, "bad-attribute"),
        (edit("insert", "/tag=a", {"tag": ["a"]}, where="after", point="/visitor=b"), 400, "invalid-value"),
        (edit("merge", "/low%ZZ", {"low": 1}), 400, "invalid-value"),
    ],
    ids=lambda value: value["edit-id"] if isinstance(value, dict) else None,
)
def test_what_is_wrong_with_an_edit_is_told_under_its_id(
    workshop: Server, wrong: dict[str, Any], status: int, tag: str
) -> None:
    found, told = failed(workshop, SHOP, wrong)
    assert (found, told[wrong["edit-id"]][0]) == (status, tag)


def test_all_edits_that_are_wrong_in_themselves_are_told(workshop: Server) -> None:
    status, told = failed(
        workshop,
        SHOP,
        edit("merge", "/load", {"load": 101}),
        edit("merge", "/low", {"low": 1}),
        edit("merge", "/mode", {"mode": "shut"}),
    )
    assert (status, list(told)) == (400, ["merge /load", "merge /mode"])


def test_what_the_outcome_breaks_is_told_under_the_edit_that_broke_it(workshop: Server) -> None:
    status, told = failed(
        workshop,
        SHOP,
        edit("merge", "/low", {"low": 5}),
        edit("merge", "/high", {"high": 3}),
        edit("merge", "/favourite", {"favourite": "nothing"}),
    )
    assert status in {409, 412}
    assert sorted(tag for tags in told.values() for tag in tags) == ["data-missing", "operation-failed"]


@pytest.mark.parametrize(
    ("members", "tag"),
    [
        ({"operation": None}, "missing-element"),
        ({"operation": "update"}, "invalid-value"),
        ({"target": None}, "missing-element"),
        ({"target": "low"}, "invalid-value"),
        ({"value": None}, "missing-element"),
        ({"operation": "delete"}, "unknown-element"),
        ({"where": "first"}, "unknown-element"),
        ({"remark": "why"}, "unknown-element"),
        ({"operation": "insert", "where": "between"}, "invalid-value"),
        ({"operation": "insert", "where": "before"}, "invalid-value"),
        ({"operation": "insert", "where": "last", "point": "/x"}, "invalid-value"),
    ],
)
def test_an_edit_that_is_none_is_told_under_its_id(
    workshop: Server, members: dict[str, str | None], tag: str
) -> None:
    made = {**edit("merge", "/low", {"low": 1}), "edit-id": "odd", **members}
    wrong = {name: value for name, value in made.items() if value is not None}
    right = edit("merge", "/high", {"high": 2})
    assert failed(workshop, SHOP, right, wrong) == (400, {"odd": [tag]})


def test_edits_may_share_an_id(workshop: Server) -> None:
    def same(target: str, value: Any) -> dict[str, Any]:
        return {**edit("merge", target, value), "edit-id": "same"}

    done(workshop, SHOP, same("/low", {"low": 1}), same("/high", {"high": 2}))
    assert workshop.config() == {"workshop:shop": {"low": 1, "high": 2}}
    answer = patched(workshop, SHOP, same("/low", {"low": 5}), same("/favourite", {"favourite": "nothing"}))
    told = answer.json[STATUS]["edit-status"]["edit"]
    assert [each["edit-id"] for each in told] == ["same", "same"]
    assert told[0] != told[1]


def test_the_answer_is_encoded_as_the_patch_where_nothing_else_is_asked_for(workshop: Server) -> None:
    body = (
        "<yang-patch xmlns='urn:ietf:params:xml:ns:yang:ietf-yang-patch'><patch-id>p</patch-id></yang-patch>"
    )
    for accept, kind in (
        ("", "xml"),
        ("*/*", "json"),
        ("application/yang-data+json", "json"),
        ("application/yang-patch+xml", "xml"),
    ):
        answer = workshop.request("PATCH", SHOP, body.encode(), headers={**XML_PATCH, "Accept": accept})
        assert (answer.status, answer.headers["content-type"]) == (200, f"application/yang-data+{kind}")


# -- what is wrong with the message --------------------------------------------------------------

RIGHT = {"patch-id": "p", "edit": [edit("merge", "/low", {"low": 1})]}


def changed(**members: Any) -> Any:
    return {"ietf-yang-patch:yang-patch": {**RIGHT, **members}}


@pytest.mark.parametrize(
    ("body", "tag"),
    [
        ({}, "malformed-message"),
        ({"yang-patch": RIGHT}, "malformed-message"),
        ({"ietf-yang-patch:yang-patch": []}, "malformed-message"),
        ({"ietf-yang-patch:yang-patch": {"edit": []}}, "missing-element"),
        (changed(comments="why"), "unknown-element"),
        (changed(edit={}), "invalid-value"),
        (changed(**{"patch-id": "a\x01"}), "invalid-value"),
        (changed(comment="a\x01"), "invalid-value"),
        (changed(edit=[{**RIGHT["edit"][0], "edit-id": "\uffff"}]), "invalid-value"),
        (changed(edit=[1]), "malformed-message"),
        (changed(edit=[{"operation": "remove", "target": "/low"}]), "missing-element"),
    ],
)
def test_a_message_that_is_no_patch_is_refused_as_a_whole(workshop: Server, body: Any, tag: str) -> None:
    answer = workshop.request("PATCH", SHOP, body, headers=JSON_PATCH)
    assert (answer.status, answer.error["error-tag"]) == (400, tag)


@pytest.mark.parametrize(
    ("body", "tag"),
    [
        ("<yang-patch/>", "unknown-element"),
        ("<yang-patch xmlns='{}'><edit/></yang-patch>", "missing-element"),
        ("<yang-patch xmlns='{}'><patch-id>p</patch-id><what/></yang-patch>", "unknown-element"),
        ("<yang-patch xmlns='{}'><patch-id>p</patch-id><patch-id>p</patch-id></yang-patch>", "bad-element"),
    ],
)
def test_a_message_in_xml_that_is_no_patch_is_refused_as_a_whole(
    workshop: Server, body: str, tag: str
) -> None:
    text = body.replace("{}", "urn:ietf:params:xml:ns:yang:ietf-yang-patch")
    answer = workshop.request("PATCH", SHOP, text.encode(), headers=XML_PATCH)
    assert answer.status == 400
    assert f"<error-tag>{tag}</error-tag>".encode() in answer.body


def test_an_outcome_that_breaks_a_rule_is_told_in_xml(workshop: Server) -> None:
    body = (
        "<yang-patch xmlns='urn:ietf:params:xml:ns:yang:ietf-yang-patch'><patch-id>p</patch-id>"
        "<edit><edit-id>1</edit-id><operation>merge</operation><target>/favourite</target>"
        f"<value><favourite xmlns='{SPACE}'>nothing</favourite></value></edit></yang-patch>"
    )
    answer = workshop.request("PATCH", SHOP, body.encode(), headers=XML_PATCH)
    assert (answer.status, answer.headers["content-type"]) == (409, "application/yang-data+xml")
    assert b"<edit-status><edit><edit-id>1</edit-id><errors><error>" in answer.body


def test_the_datastore_is_merged_in_xml(workshop: Server) -> None:
    body = (
        "<yang-patch xmlns='urn:ietf:params:xml:ns:yang:ietf-yang-patch'><patch-id>p</patch-id>"
        "<edit><edit-id>1</edit-id><operation>merge</operation><target>/</target>"
        f"<value><cellar xmlns='{SPACE}'><bottles>3</bottles></cellar></value></edit></yang-patch>"
    )
    assert workshop.request("PATCH", DATA, body.encode(), headers=XML_PATCH).status == 200
    assert workshop.config() == {"workshop:cellar": {"bottles": 3}}


# -- around it -----------------------------------------------------------------------------------


def test_the_target_of_the_request_must_be_there(workshop: Server) -> None:
    answer = patched(workshop, f"{SHOP}/tool=nothing", edit("merge", "/weight", {"weight": "1"}))
    assert (answer.status, answer.error["error-tag"]) == (404, "invalid-value")


def test_the_target_of_the_request_must_take_a_patch(workshop: Server) -> None:
    lists = patched(workshop, f"{SHOP}/tool", edit("create", "/", {"tool": [{"name": "saw"}]}))
    assert (lists.status, lists.error["error-tag"]) == (400, "missing-attribute")
    state = patched(workshop, f"{SHOP}/visits", edit("merge", "/today", {"today": 1}))
    assert (state.status, state.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_preconditions_and_dry_run_go_with_a_patch(workshop: Server) -> None:
    one_edit = edit("merge", "/low", {"low": 1})
    assert patched(workshop, SHOP, one_edit, **{"If-Match": '"0-json"'}).status == 412
    answer = patched(workshop, f"{SHOP}?dry-run", one_edit)
    assert (answer.status, list(answer.json)) == (200, ["pyconfhoard-history:dry-run"])
    assert workshop.get(f"{SHOP}/low").status == 404


def test_the_answer_has_the_tag_of_the_target(workshop: Server) -> None:
    answer = patched(workshop, SHOP, edit("merge", "/low", {"low": 1}))
    assert answer.headers["etag"] == workshop.get(SHOP).headers["etag"]


def test_accept_patch_lists_the_media_types_of_a_patch(workshop: Server) -> None:
    listed = workshop.request("OPTIONS", SHOP).headers["accept-patch"].split(", ")
    assert {"application/yang-data+json", "application/yang-patch+json", "application/yang-patch+xml"} <= {
        *listed
    }
    answer = workshop.request("PATCH", SHOP, b"?", headers={"Content-Type": "text/plain"})
    assert answer.status == 415
    assert "application/yang-patch+xml" in answer.headers["accept-patch"]


def test_other_methods_take_no_patch(workshop: Server) -> None:
    for method in ("PUT", "POST"):
        assert workshop.request(method, SHOP, {}, headers=JSON_PATCH).status == 415


def test_the_comment_of_a_patch_is_that_of_its_commit(workshop: Server) -> None:
    body = {"ietf-yang-patch:yang-patch": {**RIGHT, "comment": "because"}}
    assert workshop.request("PATCH", SHOP, body, headers=JSON_PATCH).status == 200
