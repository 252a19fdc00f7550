"""Numbers as the market says them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.spoken import MOST_READ, spoken

SAID = {
    "0": "không",
    "5": "năm",
    "10": "mười",
    "11": "mười một",
    "15": "mười lăm",
    "20": "hai mươi",
    "21": "hai mươi mốt",
    "25": "hai mươi lăm",
    "100": "một trăm",
    "105": "một trăm linh năm",
    "115": "một trăm mười lăm",
    "500": "năm trăm",
    "1000": "một nghìn",
    "1005": "một nghìn không trăm linh năm",
    "1050": "một nghìn không trăm năm mươi",
    "1500": "một nghìn rưỡi",
    "1550": "một nghìn năm trăm năm mươi",
    "12500": "mười hai nghìn rưỡi",
    "1000500": "một triệu không nghìn năm trăm",
    "1500000": "một triệu rưỡi",
    "1500500": "một triệu năm trăm nghìn năm trăm",
    "1000000000": "một tỷ",
    "1.5": "một phẩy năm",
    "0.05": "không phẩy không năm",
    "1.125": "một phẩy một hai năm",
}


@pytest.mark.parametrize(("number", "words"), sorted(SAID.items()))
def test_a_number_is_read_as_people_say_it(number: str, words: str) -> None:
    assert spoken(Decimal(number)) == words


@pytest.mark.parametrize("number", [Decimal(-1), MOST_READ])
def test_what_no_scale_shows_is_not_read(number: Decimal) -> None:
    with pytest.raises(ValueError, match="scale"):
        spoken(number)


@given(st.lists(st.integers(0, 10**9 * 1000 - 1), min_size=2, max_size=2, unique=True))
def test_two_numbers_never_sound_alike(thousandths: list[int]) -> None:
    one, other = (spoken(Decimal(number) / 1000) for number in thousandths)
    assert one != other
