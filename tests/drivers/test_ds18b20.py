"""What a DS18B20 says, and what of it is believed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.drivers.ds18b20 import (
    HIGHEST,
    LOWEST,
    crc8,
    judge,
    parse_temperature,
    parse_w1_slave,
    scratchpad,
    w1_slave_text,
)
from pyconfhoard.drivers.quality import Reading

AT_21 = "50 01 4b 46 7f ff 10 10 49 : crc=49 YES\n50 01 4b 46 7f ff 10 10 49 t=21000\n"

celsius = st.decimals(LOWEST, HIGHEST, places=4)


def good(value: str) -> Reading:
    return Reading(Decimal(value), "good")


def test_a_scratchpad_reads_as_the_kernel_shows_it() -> None:
    assert w1_slave_text(scratchpad(Decimal(21))) == AT_21
    assert parse_w1_slave(AT_21) == good("21")


def test_the_checksum_of_a_scratchpad_with_its_checksum_is_zero() -> None:
    assert crc8(bytes.fromhex("50014b467fff101049")) == 0
    assert crc8(bytes(8)) == 0


@given(celsius)
def test_a_measured_temperature_comes_back_to_the_sixteenth(value: Decimal) -> None:
    pad = scratchpad(value)
    assert crc8(pad) == 0
    reading = parse_w1_slave(w1_slave_text(pad))
    assert reading.quality == "good"
    assert reading.value is not None
    assert abs(reading.value - value) <= Decimal(1) / 32
    assert scratchpad(reading.value) == pad


@given(celsius, st.integers(0, 7), st.integers(0, 7))
def test_a_scratchpad_with_one_wrong_bit_is_faulty(value: Decimal, byte: int, bit: int) -> None:
    pad = bytearray(scratchpad(value))
    pad[byte] ^= 1 << bit
    reading = parse_w1_slave(w1_slave_text(bytes(pad)))
    assert (reading.value, reading.quality) == (None, "faulty")
    assert "checksum" in reading.reason


@pytest.mark.parametrize("value", ["-55.1", "125.1"])
def test_no_chip_measures_outside_its_range(value: str) -> None:
    with pytest.raises(ValueError, match="-55 to 125"):
        scratchpad(Decimal(value))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty file"),
        (AT_21.replace("YES", "NO"), "checksum"),
        (f"{'00 ' * 9}: crc=00 YES\n{'00 ' * 9}t=0\n", "all bytes are zero"),
        ("YES", "not what the kernel writes"),
        ("50 01 : crc=49 YES\nt=\n", "not what the kernel writes"),
        ("zz : crc=49 YES\nt=21000\n", "not what the kernel writes"),
    ],
)
def test_a_file_that_is_no_reading_says_why(text: str, reason: str) -> None:
    reading = parse_w1_slave(text)
    assert (reading.value, reading.quality) == (None, "faulty")
    assert reason in reading.reason


def test_a_ds18s20_is_read_in_the_kernels_own_figures() -> None:
    text = "32 00 4b 46 ff ff 02 10 7e : crc=7e YES\n32 00 4b 46 ff ff 02 10 7e t=25125\n"
    assert parse_w1_slave(text, "10") == good("25.125")


@pytest.mark.parametrize(("text", "value"), [("21062\n", "21.062"), ("-500\n", "-0.5"), ("0\n", "0")])
def test_the_temperature_file_holds_thousandths(text: str, value: str) -> None:
    assert parse_temperature(text) == good(value)


@pytest.mark.parametrize("text", ["", "\n", "warm\n"])
def test_a_temperature_file_without_a_number_is_faulty(text: str) -> None:
    assert parse_temperature(text).quality == "faulty"


@pytest.mark.parametrize(
    ("before", "believed"),
    [(None, False), ("20", False), ("79.9", False), ("80", True), ("84.9375", True), ("90", True)],
)
def test_85_degrees_are_believed_next_to_their_neighbour(before: str | None, believed: bool) -> None:
    judged = judge(good("85"), None if before is None else Decimal(before))
    assert (judged.quality == "good") is believed
    if not believed:
        assert "85 °C" in judged.reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [("127.9375", "voltage"), ("127.937", "voltage"), ("-127", "error value"), ("126", "measures")],
)
def test_values_that_stand_for_errors_are_faulty(value: str, reason: str) -> None:
    judged = judge(good(value), Decimal(20))
    assert (judged.value, judged.quality) == (None, "faulty")
    assert reason in judged.reason


@given(celsius.filter(lambda value: value != 85), st.none() | celsius)
def test_any_other_temperature_is_believed_whatever_was_before(
    value: Decimal, before: Decimal | None
) -> None:
    assert judge(Reading(value, "good"), before) == Reading(value, "good")
