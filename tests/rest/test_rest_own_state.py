"""What the server tells of itself: its modules and their texts (RFC 8525, RFC 8040 section 3.7), and what it can
(RFC 8040 section 9)."""

import re
from typing import Any

from serving import Server
from workshop_paths import DATA

LIBRARY = f"{DATA}/ietf-yang-library:yang-library"
CAPABILITIES = f"{DATA}/ietf-restconf-monitoring:restconf-state/capabilities"


def modules(server: Server) -> dict[str, dict[str, Any]]:
    (module_set,) = server.get(f"{LIBRARY}/module-set").json["ietf-yang-library:module-set"]
    return {module["name"]: module for module in module_set["module"]}


def test_the_library_lists_what_is_served_and_every_datastore(workshop: Server) -> None:
    assert {"workshop", "ietf-yang-library", "ietf-restconf-monitoring"} <= modules(workshop).keys()
    told = workshop.get(f"{LIBRARY}/datastore").json["ietf-yang-library:datastore"]
    assert "ietf-datastores:running" in {store["name"] for store in told}
    assert workshop.get(f"{LIBRARY}/content-id").status == 200


def test_the_library_has_the_module_of_what_stands_in_any_answer(workshop: Server) -> None:
    """Annotations are sent of modules that the library has (RFC 7952 section 3); error-info, too, is of this one."""
    assert modules(workshop)["pyconfhoard"]["namespace"] == "urn:pyconfhoard:hoard"


def test_the_older_form_of_the_library_says_the_same(workshop: Server) -> None:
    told = workshop.get(f"{DATA}/ietf-yang-library:modules-state").json["ietf-yang-library:modules-state"]
    implemented = {each["name"] for each in told["module"] if each["conformance-type"] == "implement"}
    assert implemented == modules(workshop).keys()


def test_the_location_of_a_module_leads_to_its_text(workshop: Server) -> None:
    (url,) = modules(workshop)["workshop"]["location"]
    answer = workshop.get(url.removeprefix(workshop.url))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/yang")
    assert answer.body.startswith(b"module workshop {")


def test_each_listed_module_is_told_in_its_revision(workshop: Server) -> None:
    """Also those that are imported only, and submodules."""
    (module_set,) = workshop.get(f"{LIBRARY}/module-set").json["ietf-yang-library:module-set"]
    listed = [*module_set["module"], *module_set["import-only-module"]]
    listed += [part for module in listed for part in module.get("submodule", ())]
    for module in listed:
        (url,) = module["location"]
        answer = workshop.get(url.removeprefix(workshop.url))
        assert (answer.status, answer.headers["content-type"]) == (200, "application/yang"), url
        text = answer.body.decode()
        assert re.search(rf"^\s*(sub)?module\s+{module['name']}\s*{{", text, re.MULTILINE), url
        assert re.search(rf"revision\s+\"?{module.get('revision', '')}", text), url


def test_the_module_of_the_tag_of_defaults_is_listed_and_netconf_has_no_operations_here(
    workshop: Server,
) -> None:
    """What it augments is deviated away: a hoard is no NETCONF server."""
    (module_set,) = workshop.get(f"{LIBRARY}/module-set").json["ietf-yang-library:module-set"]
    listed = {module["name"]: module for module in module_set["module"]}
    assert "ietf-netconf-with-defaults" in listed
    assert listed["ietf-netconf"]["deviation"] == ["pyconfhoard-netconf-deviations"]
    operations = workshop.get("/restconf/operations").json["ietf-restconf:operations"]
    assert not [name for name in operations if name.startswith("ietf-netconf:")]


def test_a_module_is_found_without_its_revision_and_not_with_another(workshop: Server) -> None:
    assert workshop.get("/restconf/schema/workshop").status == 200
    assert workshop.get("/restconf/schema/workshop@2001-01-01").status == 404
    answer = workshop.get("/restconf/schema/workshpo")
    assert (answer.status, answer.error["error-info"]["pyconfhoard:fault"]["legal"]) == (404, ["workshop"])


def test_no_path_leads_out_of_the_folders_of_modules(workshop: Server) -> None:
    for name in ("..%2f..%2fetc%2fpasswd", "%2e%2e", "workshop@..%2f", "", "ietf-netconf%00"):
        assert workshop.get(f"/restconf/schema/{name}").status in {400, 404}


def test_capabilities_are_uris_and_name_the_basic_mode_of_defaults(workshop: Server) -> None:
    told = workshop.get(CAPABILITIES).json["ietf-restconf-monitoring:capabilities"]["capability"]
    assert all(re.fullmatch(r"urn:\S+", each) for each in told)
    assert "urn:ietf:params:restconf:capability:defaults:1.0?basic-mode=explicit" in told
    for name in ("depth", "fields", "filter", "replay", "with-defaults", "with-origin", "yang-patch"):
        assert f"urn:ietf:params:restconf:capability:{name}:1.0" in told
    assert "urn:pyconfhoard:restconf:capability:dry-run:1.0" in told


def test_what_the_server_tells_of_itself_is_no_configuration(workshop: Server) -> None:
    assert workshop.get(f"{LIBRARY}?content=config").status == 404
    assert workshop.request("DELETE", LIBRARY).status == 405
    assert "ietf-yang-library" not in str(workshop.config())
