"""The launcher's command line."""

from pathlib import Path

import pytest

from pyconfhoard.settings import TABLE
from pyconfhoard.thing.options import parse, usage


class TestParse:
    def test_nothing_asked_is_nothing_to_do(self) -> None:
        assert not parse([], {}).anything

    @pytest.mark.parametrize("action", ["--token", "--check", "--repair", "--profile"])
    def test_what_starts_nothing_is_something_to_do(self, action: str) -> None:
        assert parse([action], {}).anything

    def test_things_repeat(self) -> None:
        assert parse(["--thing", "a", "--thing", "b"], {}).things == (Path("a"), Path("b"))

    def test_an_option_wins_over_its_twin(self) -> None:
        settings = parse(["--rest", "--port", "9"], {"PYCONF_PORT": "10", "PYCONF_HOST": "::1"}).settings
        assert (settings.port, settings.host) == (9, "::1")

    def test_folders_and_modules_repeat(self) -> None:
        settings = parse(
            ["--rest", *["--yang", "a", "--yang", "b:c", "--module", "m", "--module", "n"]], {}
        ).settings
        assert settings.yang == (Path("a"), Path("b"), Path("c"))
        assert settings.modules == ("m", "n")

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("--port 0", "65535"),
            ("--port x", "'x'"),
            ("--register", "--thing"),
            ("--save x --mode merge", "--load"),
            ("--load x --mode mix", "override"),
            ("--check --path /m:x", "--save FILE or --load FILE"),
            ("--load x --path /m:x --mode override", "--mode replace"),
            ("--thing a --thing b --debug", "one --thing"),
            ("--nonsense", "--nonsense"),
        ],
    )
    def test_a_line_that_cannot_be_read_is_told(
        self, line: str, words: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as caught:
            parse(line.split(), {})
        assert caught.value.code == 2
        assert words in capsys.readouterr().err


class TestUsage:
    def test_every_option_and_twin_is_in_it(self) -> None:
        text = usage()
        for row in TABLE:
            if row.option:
                assert row.option in text
                assert row.environment in text
