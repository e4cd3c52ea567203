"""``/v1/datastore`` with several modules and no Thing."""

from pathlib import Path

from serving import serving

MODELS = Path(__file__).parent / "models"


def test_each_module_shows_its_own_data_only(tmp_path: Path) -> None:
    with serving(tmp_path / "datastore", yang=[MODELS], modules=["workshop", "brewerslab"]) as server:
        cellar = {"workshop:cellar": {"bottles": 3}}
        recipes = {"brewerslab:recipes": {"recipe": [{"recipename": "Kölsch"}]}}
        assert server.patch("/v1/datastore/running/workshop", cellar).status == 204
        assert server.patch("/v1/datastore/running/brewerslab", recipes).status == 204
        assert server.get("/v1/datastore/running/workshop").json == cellar
        assert server.get("/v1/datastore/running/brewerslab").json == recipes
        defaults = server.get("/v1/datastore/running/brewerslab?with-defaults=report-all").json
        assert {name.partition(":")[0] for name in defaults} == {"brewerslab"}
        whole = server.get("/restconf/data?content=config").json["ietf-restconf:data"]
        rules = whole.pop("ietf-netconf-acm:nacm")
        assert whole == cellar | recipes
        assert server.get("/v1/datastore/running/ietf-netconf-acm").json == {"ietf-netconf-acm:nacm": rules}
        assert server.get("/v1/datastore/running/workshop/brewerslab:recipes").status == 404
        assert server.request("PUT", "/v1/datastore/running/workshop", {}).status == 405
        assert server.config() == cellar | recipes
