"""A client generated from the description of the API, with types for each node of the model, does its work."""

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import requests
from client_hoard import Hoard
from serving import environment

GENERATOR = shutil.which("openapi-python-client")
OPTIONS = shlex.split("--path openapi.json --meta none --output-path brewery --config settings.yml")
PROGRAM = """
import ssl, sys
from brewery import AuthenticatedClient
from brewery.api.brewerslab import get_brewerslab_brewhouse_temperature_fermentation as fermentation
from brewery.api.brewerslab import put_brewerslab_brewhouse_temperature_fermentation_setpoint as setpoint
from brewery.models import PutBrewerslabBrewhouseTemperatureFermentationSetpointJsonBody as Setpoint

url, token, trust = sys.argv[1:]
hoard = AuthenticatedClient(url, token, verify_ssl=ssl.create_default_context(cafile=trust))
setpoint.sync_detailed(client=hoard, body=Setpoint("20.5"))
print(fermentation.sync(client=hoard).brewerslabfermentation.setpoint)
print(setpoint.sync(client=hoard, body=Setpoint("205")).ietf_restconferrors.error[0].error_tag)
"""


@pytest.mark.skipif(GENERATOR is None, reason="no openapi-python-client (pip install openapi-python-client)")
def test_a_generated_client_writes_reads_and_is_told_what_is_wrong(secure: Hoard, tmp_path: Path) -> None:
    login = {"Authorization": f"Bearer {secure.token}"}
    told = requests.get(f"{secure.url}/openapi.json", headers=login, verify=str(secure.trust), timeout=60)
    (tmp_path / "openapi.json").write_bytes(told.content)
    (tmp_path / "settings.yml").write_text("post_hooks: []")
    made = subprocess.run(
        [str(GENERATOR), "generate", *OPTIONS],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    done = subprocess.run(
        [
            Path(str(GENERATOR)).with_name("python"),
            "-c",
            PROGRAM,
            secure.url,
            secure.token,
            str(secure.trust),
        ],
        cwd=tmp_path,
        env=environment(PYTHONPATH=f"{tmp_path}"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == ["20.5", "invalid-value"], done.stderr
