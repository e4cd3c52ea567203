"""Settings: one table, three sources."""

from dataclasses import fields
from pathlib import Path

import pytest

from pyconfhoard.errors import BadInput
from pyconfhoard.settings import TABLE, Settings, largest_body


class TestTable:
    def test_it_is_the_dataclass(self) -> None:
        assert {row.name: row.default for row in TABLE} == {f.name: f.default for f in fields(Settings)}

    def test_the_largest_body_fits_the_machine(self) -> None:
        assert [largest_body(memory << 20) >> 20 for memory in (512, 1024, 2048, 8192)] == [16, 32, 64, 64]

    def test_nothing_stands_twice(self) -> None:
        for column in ("name", "environment"):
            values = [getattr(row, column) for row in TABLE]
            assert len(set(values)) == len(values)


class TestFromEnvironment:
    def test_an_empty_environment_gives_the_defaults(self) -> None:
        assert Settings.from_environment({}) == Settings()

    def test_an_empty_variable_is_absent(self) -> None:
        assert Settings.from_environment({"PYCONF_PORT": ""}).port == 8000

    def test_an_override_wins(self) -> None:
        assert Settings.from_environment({"PYCONF_PORT": "9"}, port=10).port == 10

    def test_none_is_no_override(self) -> None:
        assert Settings.from_environment({"PYCONF_PORT": "9"}, port=None).port == 9

    def test_lists(self) -> None:
        settings = Settings.from_environment({"PYCONF_YANG": "/a:/b c", "PYCONF_MODULES": "x, y z"})
        assert settings.yang == (Path("/a"), Path("/b c"))
        assert settings.modules == ("x", "y", "z")

    def test_every_bad_variable_is_told(self) -> None:
        with pytest.raises(BadInput) as caught:
            Settings.from_environment({"PYCONF_PORT": "70000", "PYCONF_INSECURE": "maybe"})
        assert [fault.value for fault in caught.value.faults] == ["maybe", "70000"]

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            *(("PYCONF_HOARD", text) for text in ("pi", "pi:8000", "ftp://pi", "http://", "http://pi:99999")),
            *(("PYCONF_TOKEN", text) for text in ("two words", "a\nb", "☃")),
        ],
    )
    def test_what_no_request_could_be_made_with_is_told(self, name: str, text: str) -> None:
        with pytest.raises(BadInput, match=name):
            Settings.from_environment({name: text})

    def test_there_and_back(self) -> None:
        settings = Settings(
            port=1234, yang=(Path("/a"), Path("/b")), modules=("m", "n"), insecure=True, vote_timeout=0.5
        )
        assert Settings.from_environment(settings.environment()) == settings

    def test_a_token_is_not_handed_on_by_settings(self) -> None:
        assert "secret" not in repr(Settings(token="secret"))
        assert Settings(token="secret").environment() == {}


class TestUrl:
    @pytest.mark.parametrize(
        ("settings", "url"),
        [
            (Settings(), "http://127.0.0.1:8000"),
            (Settings(port=1), "http://127.0.0.1:1"),
            (Settings(host="0.0.0.0"), "http://127.0.0.1:8000"),
            (Settings(host="::1"), "http://[::1]:8000"),
            (Settings(hoard="http://pi:81/"), "http://pi:81"),
        ],
    )
    def test_where_the_hoard_is(self, settings: Settings, url: str) -> None:
        assert settings.url == url


class TestFeatures:
    def test_unnamed_modules_have_all(self) -> None:
        assert Settings().feature_map() is None

    def test_a_named_module_has_the_named(self) -> None:
        settings = Settings(features=("a:x", "a:y", "b:"))
        assert settings.feature_map() == {"a": ("x", "y"), "b": ()}


class TestTls:
    def test_url_says_https_where_the_hoard_is_served_by_it(self) -> None:
        assert Settings(self_signed=True).url == "https://127.0.0.1:8000"
        assert Settings(tls_cert=Path("a.pem"), host="::1").url == "https://[::1]:8000"
        assert Settings().url == "http://127.0.0.1:8000"

    def test_client_knows_the_hoard_of_its_folder_by_the_certificate_there(self, tmp_path: Path) -> None:
        own = tmp_path / "run" / "tls.crt"
        assert Settings(datastore=tmp_path).trusted is None
        assert Settings(datastore=tmp_path, self_signed=True).trusted == own
        own.parent.mkdir()
        own.touch()
        assert Settings(datastore=tmp_path).trusted == own
        assert Settings(datastore=tmp_path, hoard="https://other:8000").trusted is None
        assert Settings(datastore=tmp_path, trust=Path("b.pem")).trusted == Path("b.pem")
        assert Settings(datastore=tmp_path, tls_cert=Path("a.pem")).trusted is None
