"""A model that does not compile, or is not there, is told with its place and changes nothing."""

import shutil
from pathlib import Path

from serving import ROOT, serving

BROKEN = """module broken {
  namespace "urn:broken";
  prefix b;
  container things {
    leaf level { type uint8 { range "1..900"; } }
  }
}
"""


def test_a_model_that_does_not_compile_is_refused_with_file_and_line(tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "broken.yang").write_text(BROKEN, encoding="utf-8")
    shutil.copy(ROOT / "bench" / "bench.yang", models)
    with serving(tmp_path / "datastore", yang=[models], modules=["bench"]) as server:
        before = server.get("/v1/discover").json
        answer = server.request("POST", "/v1/thing/Broken", {"module": "broken", "path": "/things"})
        assert answer.status == 400
        fault = answer.error["error-info"]["pyconfhoard:fault"]
        assert (fault["file"], fault["line"]) == ("broken.yang", 5)
        assert "900" in answer.error["error-message"]
        missing = server.request("POST", "/v1/thing/Nobody", {"module": "brewerslap", "path": "/x"})
        assert missing.status == 400
        assert "brewerslab" in missing.error["error-message"]
        assert "--yang" in missing.error["error-message"]
        assert server.get("/v1/discover").json == before
        assert server.get("/restconf/data").status == 200
