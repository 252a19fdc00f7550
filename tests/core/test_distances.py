"""How far two communes lie apart."""

import pytest

from pos_trace.core.distances import Place, kilometres

KON_TUM = Place("phường Kon Tum", 14.354, 108.003)
QUANG_NGAI = Place("phường Cẩm Thành", 15.120, 108.800)
EQUATOR = (Place("0", 0.0, 0.0), Place("một độ đông", 0.0, 1.0), Place("một độ bắc", 1.0, 0.0))


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("phường Kon Tum", "phường Cẩm Thành", 121),
        ("phường Cẩm Thành", "phường Kon Tum", 121),
        ("phường Kon Tum", "phường Kon Tum", 0),
        ("0", "một độ đông", 111.2),
        ("0", "một độ bắc", 111.2),
    ],
)
def test_a_straight_line_over_the_round_earth(one: str, other: str, wanted: float) -> None:
    assert kilometres((KON_TUM, QUANG_NGAI, *EQUATOR), one, other) == pytest.approx(wanted, abs=1)


@pytest.mark.parametrize(
    ("one", "other"), [(None, "0"), ("0", None), ("0", "xã không có"), ("xã không có", "0"), ("", "")]
)
def test_a_place_in_no_list_has_no_distance(one: str | None, other: str | None) -> None:
    assert kilometres(EQUATOR, one, other) is None
