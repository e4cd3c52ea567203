"""Everything that a hoard tells is valid, by the modules and the library that it tells of itself: libyang and yangson judge."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from serving import Answer, Server
from yangson import DataModel
from yangson.enumerations import ContentType

DATA = "/restconf/data"
LIBRARY = "ietf-yang-library:yang-library"
OLD_LIBRARY = "ietf-yang-library:modules-state"
RULES = f"{DATA}/ietf-netconf-acm:nacm/rule-list=everybody"
CONFIGURATION = {
    "brewerslab:brewhouse": {
        "temperature": {
            "fermentation": {"setpoint": "19.5", "highpoint": "21.0"},
            "hardware": {
                "probe": [{"id": "28/ä, 1", "offsets": [{"low": "0", "high": "20", "offset": "0.5"}]}]
            },
        },
        "power": {"mode": "crash"},
    }
}


@pytest.fixture(scope="module")
def told(plain_server: Server) -> Server:
    """A hoard with something in it. Without the rules on a user's own entry: libyang does not know ``$USER`` in their paths,
    a variable that NACM brings along (RFC 8341, ``node-instance-identifier``)."""
    assert plain_server.patch(DATA, {"ietf-restconf:data": CONFIGURATION}).status == 204
    assert plain_server.request("DELETE", RULES).status == 204
    return plain_server


@pytest.fixture(scope="module")
def modules(told: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The modules as the hoard gives them, and ``library.json``: where the library says that they are."""
    folder = tmp_path_factory.mktemp("modules")
    found = told.get(f"{DATA}?fields={LIBRARY};{OLD_LIBRARY}").json["ietf-restconf:data"]
    (folder / "library.json").write_text(json.dumps(found))
    for each in found[LIBRARY]["module-set"]:
        for module in [*each["module"], *each["import-only-module"]]:
            for part in [module, *module.get("submodule", [])]:
                (location,) = part["location"]
                text = told.get(location.partition(told.url.rpartition(":")[2])[2]).body
                (folder / f"{part['name']}@{part['revision']}.yang").write_bytes(text)
    return folder


def json_members(answer: Answer) -> str:
    """The data without the wrapper of RESTCONF, which is no data."""
    return json.dumps(answer.json["ietf-restconf:data"])


def xml_members(answer: Answer) -> str:
    found = re.fullmatch(r"<data [^>]*>(.*)</data>", answer.body.decode(), re.DOTALL)
    assert found is not None
    return found[1]


def judge(modules: Path, folder: Path, text: str, kind: str, form: str) -> None:
    """Let yanglint find ``text`` valid, of what it calls ``form``."""
    document = folder / f"told.{kind}"
    document.write_text(text)
    command = ["yanglint", "-p", modules, "-Y", modules / "library.json", "-t", form, document]
    judged = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert judged.returncode == 0, judged.stderr


QUERIES = {
    "": "data",
    "?content=config": "config",
    "?content=nonconfig": "get",
    "?with-defaults=report-all": "data",
    "?with-defaults=trim": "data",
    "?with-defaults=explicit": "data",
}
"""And what yanglint calls such a document."""


@pytest.mark.skipif(shutil.which("yanglint") is None, reason="no yanglint (Debian: libyang2-tools)")
@pytest.mark.parametrize(("kind", "members"), [("json", json_members), ("xml", xml_members)])
def test_libyang_finds_all_that_is_told_valid(
    told: Server, modules: Path, tmp_path: Path, kind: str, members: Any
) -> None:
    for query, form in QUERIES.items():
        answer = told.get(f"{DATA}{query}", headers={"Accept": f"application/yang-data+{kind}"})
        judge(modules, tmp_path, members(answer), kind, form)


@pytest.mark.skipif(shutil.which("yanglint") is None, reason="no yanglint (Debian: libyang2-tools)")
def test_libyang_knows_the_tag_of_defaults(told: Server, modules: Path, tmp_path: Path) -> None:
    """In JSON: libyang 2 takes the attribute in its module's namespace only, which is not that of RFC 6243 section 6."""
    answer = told.get(f"{DATA}?with-defaults=report-all-tagged")
    assert b'{"ietf-netconf-with-defaults:default":true}' in answer.body
    judge(modules, tmp_path, json_members(answer), "json", "data")


def test_yangson_reads_the_library_and_finds_the_configuration_valid(told: Server, modules: Path) -> None:
    model = DataModel((modules / "library.json").read_text(), (str(modules),))
    configuration = told.get(f"{DATA}?content=config").json["ietf-restconf:data"]
    model.from_raw(configuration).validate(ctype=ContentType.config)
