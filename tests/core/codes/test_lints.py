"""The content of single elements, a table of values per rule; good ones pass, bad ones are told apart."""

from datetime import date

import pytest
from biip.gs1_application_identifiers import _GS1_APPLICATION_IDENTIFIERS as BIIP
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.codes import parse
from pos_trace.core.codes.digits import check_digit, checks, gtin14, is_digits
from pos_trace.core.codes.iso import COUNTRIES, COUNTRY_LETTERS, CURRENCIES
from pos_trace.core.codes.lints import content_error, date_of
from pos_trace.core.codes.rare_lints import ESCAPED
from tests.core.codes.labels import GLN, GTIN, RULES, SSCC

FINE = {
    "00": [SSCC],
    "01": [GTIN],
    "02": [GTIN],
    "10": ["A", "A" * 20, "!\"%&'()*+,-./0:;<=>?_z"[:20]],
    "11": ["261231", "261200", "240229"],
    "17": ["261231", "260200", "991231"],
    "30": ["1", "12345678"],
    "253": ["9521234543213", "9521234543213R26"],
    "3103": ["001250"],
    "3910": ["7041500"],
    "402": ["95212345400000014"],
    "414": [GLN],
    "421": ["704570000"],
    "422": ["704"],
    "423": ["704", "704156392"],
    "425": ["704", "704156"],
    "427": ["28"],
    "4307": ["VN"],
    "4309": ["10500000001080000000"],
    "4302": ["%C4%90%C6%B0%E1%BB%9Dng", "A+B"],
    "4324": ["2612311830", "2612009999", "2612310000"],
    "4330": ["000250", "000250-"],
    "7003": ["2612310000", "2612312359"],
    "7006": ["261101"],
    "7007": ["261101", "261101261103", "261101261101"],
    "7011": ["261101", "2611010530"],
    "7030": ["704VN12", "999X"],
    "7040": ["1ABC", "0A_-"],
    "7252": ["0", "9"],
    "7258": ["1/2", "2/2"],
    "8001": ["12341234512301"],
    "8003": ["09521234543213", "09521234543213X"],
    "8006": [GTIN + "0102", GTIN + "0202"],
    "8007": ["FR1420041010050500013M02606"],
    "8008": ["26123112", "2612311259", "261231125959"],
    "8010": ["9521AB"],
    "8011": ["0", "12"],
    "8013": ["1987654Ad4X4bL5ttr2310c2K"],
    "8017": ["952123454000000010"],
}
BAD_CHECK = {
    "00": ["095212345400000015"],
    "01": ["09521234543214"],
    "02": ["09521234543214"],
    "253": ["9521234543214R1"],
    "402": ["95212345400000015"],
    "414": ["9521234540008"],
    "8003": ["09521234543214"],
    "8006": ["095212345432140102"],
    "8017": ["952123454000000011"],
}
BAD = {
    "00": ["0" * 18, SSCC[:-1], SSCC + "1"],
    "01": ["0" * 14, GTIN[1:], "0952123454321X"],
    "02": ["0" * 14],
    "03": ["1"],
    "04": ["1"],
    "10": ["", "A" * 21, "A B", "A#", "Â", "A\n"],
    "11": ["261301", "260001", "260230", "261232", "26123"],
    "17": ["250229", "2A1231"],
    "30": ["", "123456789", "1A"],
    "3103": ["00125", "0012500"],
    "3106": ["001250"],
    "3910": ["9871500", "704"],
    "421": ["987570000", "99957000", "704"],
    "422": ["987", "000", "999", "VN"],
    "423": ["704987", "7041", "70", "704" * 6],
    "425": ["987"],
    "4307": ["AA", "vn"],
    "4309": ["18000000010000000000", "00000000003600000001"],
    "4302": ["%C4%9", "100%"],
    "4324": ["2612312400", "2612311260", "2613019999"],
    "4330": ["00025", "000250+"],
    "7003": ["2612002359", "2612312400", "2612312360", "261231"],
    "7006": ["261100"],
    "7007": ["261100", "261103261101", "261101261131", "26110126110"],
    "7011": ["261100", "2611012400"],
    "7030": ["987X", "704"],
    "7040": ["1AB=", "AABC"],
    "7252": ["3"],
    "7258": ["0/3", "2/1", "1-2"],
    "8001": ["00001234512301", "12340000012301", "12341234500001", "12341234512321"],
    "8006": [GTIN + "0002", GTIN + "0302"],
    "8007": ["FR1420041010050500013M02607", "AA1420041010050500013M02606", "fr14", "FR14", "FR1420041_10050500013M026"],
    "8008": ["26120012", "26123124", "2612311260", "261231125960"],
    "8010": ["ABCDE"],
    "8011": ["01"],
    "8013": ["1987654Ad4X4bL5ttr2310cXX", "A", "1234A"],
    "89": ["A"],
    "999": ["A"],
    "": ["A"],
    "AB": ["A"],
    "１０": ["A"],
}


def _rows(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(ai, value) for ai, values in table.items() for value in values]


@pytest.mark.parametrize(("ai", "value"), _rows(FINE))
def test_content_the_standard_allows_is_fine(ai: str, value: str) -> None:
    assert content_error(ai, value, 2026) is None


@pytest.mark.parametrize(("ai", "value"), _rows(BAD_CHECK))
def test_a_wrong_check_digit_is_told_apart(ai: str, value: str) -> None:
    assert content_error(ai, value, 2026) == "bad_check_digit"


@pytest.mark.parametrize(("ai", "value"), _rows(BAD))
def test_content_no_standard_allows_is_bad(ai: str, value: str) -> None:
    assert content_error(ai, value, 2026) == "bad_content"


def test_escapes_are_looked_at_wherever_the_standard_has_escaped_text() -> None:
    escaped = {ai for ai, known in BIIP.items() if "%[0-9A-Fa-f]" in known.pattern}
    assert escaped == set(ESCAPED)


@pytest.mark.parametrize(
    ("text", "year", "month_end", "day"),
    [
        ("261231", 2026, False, date(2026, 12, 31)),
        ("260200", 2026, True, date(2026, 2, 28)),
        ("240200", 2026, True, date(2024, 2, 29)),
        ("260200", 2026, False, None),
        ("760101", 2026, False, date(2076, 1, 1)),
        ("770101", 2026, False, date(1977, 1, 1)),
        ("990101", 2026, False, date(1999, 1, 1)),
        ("000101", 2099, False, date(2100, 1, 1)),
        ("490101", 2099, False, date(2149, 1, 1)),
        ("500101", 2099, False, date(2050, 1, 1)),
        ("261301", 2026, False, None),
        ("260001", 2026, True, None),
        ("260229", 2026, True, None),
    ],
)
def test_two_digit_years_lie_from_forty_nine_before_to_fifty_after(
    text: str, year: int, month_end: bool, day: date | None
) -> None:
    assert date_of(text, year, month_end) == day


@given(st.dates(date(1977, 1, 1), date(2076, 12, 31)))
def test_every_day_of_the_window_is_read_back(day: date) -> None:
    assert date_of(day.strftime("%y%m%d"), 2026, False) == day


@given(st.from_regex(r"[0-9]{1,17}", fullmatch=True), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(body: str, step: int) -> None:
    number = body + check_digit(body)
    assert checks(number)
    for place in range(len(number)):
        other = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
        assert not checks(other)


def test_digits_are_ascii_digits_and_a_number_needs_two() -> None:
    assert is_digits("0123456789")
    assert not any(is_digits(text) for text in ("", "1a", "８９３", "²", "-1"))
    assert not checks("0")
    assert gtin14("95212340") == "00000095212340"


def test_the_lists_hold_what_the_market_meets() -> None:
    assert {"704", "156", "764", "116", "418", "840"} <= COUNTRIES
    assert {"704", "156", "764", "840", "978"} <= CURRENCIES
    assert {"VN", "CN", "TH"} <= COUNTRY_LETTERS
    assert not {"000", "987"} & (COUNTRIES | CURRENCIES)
    assert "999" not in COUNTRIES
    assert (len(COUNTRIES), len(COUNTRY_LETTERS)) == (249, 249)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        (f"(01){GTIN}(17)261200", "expiry", date(2026, 12, 31)),
        (f"(01){GTIN}(7003)2612310930", "expiry", date(2026, 12, 31)),
        (f"(01){GTIN}(11)261101", "production_date", date(2026, 11, 1)),
        (f"(01){GTIN}(15)270100", "best_before", date(2027, 1, 31)),
        (f"(01){GTIN}(422)704", "origin_country", "704"),
    ],
)
def test_dates_and_origin_stand_in_the_result(text: str, field: str, value: object) -> None:
    assert getattr(parse(text, RULES), field) == value
