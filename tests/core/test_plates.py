"""One truck has one plate, however six stalls type it."""

import pytest

from pos_trace.core.plates import normal_plate


@pytest.mark.parametrize(
    ("typed", "plate"),
    [
        ("82C-012.34", "82C-012.34"),
        ("82C-01234", "82C-012.34"),
        (" 82c 012 34 ", "82C-012.34"),
        ("82C1234", "82C-1234"),
        ("82LD-012.34", "82LD-012.34"),
        ("82-B1 234.56", "82B1-234.56"),
        ("TK-12-34", "TK1234"),
        ("xe tải", None),
        ("....", None),
        ("1", None),
        ("<script>", None),
        ("82C-012.34-82C-012.34-82C", None),
    ],
)
def test_a_plate_has_one_spelling(typed: str, plate: str | None) -> None:
    assert normal_plate(typed) == plate
    if plate is not None:
        assert normal_plate(plate) == plate
