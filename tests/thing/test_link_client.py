"""The link's thread: how it comes back. (What it carries is proved in tests/e2e/test_link.py.)"""

import pytest

from pyconfhoard.errors import LinkError
from pyconfhoard.thing import http
from pyconfhoard.thing.link_client import Backoff, machine_id


class TestBackoff:
    def test_it_doubles_up_to_its_most(self) -> None:
        backoff = Backoff(30.0, spread=lambda: 1.0)
        assert [round(backoff.next(), 1) for _ in range(10)] == [
            0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0,
        ]  # fmt: skip

    def test_jitter_takes_away_up_to_half(self) -> None:
        assert Backoff(30.0, spread=lambda: 0.0).next() == pytest.approx(0.1)

    def test_a_hoard_on_this_machine_is_noticed_within_two_seconds(self) -> None:
        backoff = Backoff(1.5, spread=lambda: 1.0)
        assert max(backoff.next() for _ in range(2000)) == 1.5

    def test_it_starts_over_after_a_steady_link(self) -> None:
        backoff = Backoff(30.0, spread=lambda: 1.0)
        backoff.next()
        backoff.next()
        backoff.reset()
        assert backoff.next() == pytest.approx(0.2)


class TestMachineId:
    def test_it_is_always_the_same(self) -> None:
        assert machine_id() == machine_id() != ""


class TestHttp:
    @pytest.mark.parametrize("url", ["", "pi:8000", "ftp://pi", "http://"])
    def test_what_is_no_url_is_told(self, url: str) -> None:
        with pytest.raises(LinkError, match="http://host:port"):
            http.request("GET", url)

    def test_nobody_there_is_told_with_the_address(self) -> None:
        with pytest.raises(LinkError, match=r"no answer from the hoard at http://127\.0\.0\.1:9"):
            http.request("GET", "http://127.0.0.1:9/healthz", timeout=2)

    def test_errors_are_read_from_the_body(self) -> None:
        body = b'{"ietf-restconf:errors":{"error":[{"error-tag":"a","error-message":"x"},{"error-tag":"b"}]}}'
        assert http.Response(400, {}, body).reason() == "x; b"
        assert http.Response(502, {}, b"<html>").reason() == "status 502"
