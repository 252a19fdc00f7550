"""PHIẾU CHỐT NGÀY and Giao ca as they stand on paper: short, complete, no price, no case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pos_trace.core.slips import Place, Slip
from pos_trace.core.stall_slips import ALWAYS, DAY_ROWS, DayEndFacts, HandOverFacts, day_end_slip, hand_over_slip
from pos_trace.hardware.page import draw
from pos_trace.hardware.paper import preset

AT = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
PLACE = Place("Sạp A-12 – Chị Hoa", "Chợ đầu mối Kon Tum (mẫu), phường Kon Tum", "9521234700036", demo=True)
HELD = [("Sâm dây khô hộp 200 g", "12 hộp"), ("Cá lăng phi lê khay 500 g", "8 khay"), ("Gà ta làm sẵn", "12 con")]
PAPERS = [("Gà ta làm sẵn", "còn 14 giờ"), ("Cá diêu hồng", "còn 45 phút")]
COUNTS = {
    "closed": 12, "auto_closed": 2, "open": 1, "refused": 3, "sales": 143, "lots_over": 5, "lots_auto": 1, "wasted": 4,
    "adjusted": 1, "short": 2, "printed": 151, "unsure": 2, "overrides": 1, "withdrawn": 1, "unsent": 3, "phones": 7,
}  # fmt: skip
DAY = DayEndFacts(
    PLACE, "A12-CN261124", AT - timedelta(days=1), AT, COUNTS, HELD, PAPERS, (12_345, "9f2c" * 16), "Chị Hoa"
)
SHIFT = HandOverFacts(
    PLACE, "Chị Hoa", AT, "Anh Lâm", AT + timedelta(minutes=4), [("HTX rau (mẫu)", "4 dòng")], HELD, PAPERS, 3, 7, 2
)


def texts(slip: Slip) -> list[str]:
    return [f"{block.text}|{block.right}" for block in slip.blocks]


def test_a_day_says_what_the_trader_is_asked_in_the_evening() -> None:
    told = texts(day_end_slip(DAY))
    for row in ("PHIẾU CHỐT NGÀY|", "Số: A12-CN261124|24/11/2026 18:00", "Chuyến đã nhận|12", " trong đó máy tự đóng|2",
                "Bán hàng để riêng|1", "Báo cáo đã rút lại|1", "Phiếu chưa rõ đã ra|2", "Đang để riêng|3",
                " Gà ta làm sẵn|12 con", "Chờ giấy tờ|2", " Gà ta làm sẵn|còn 14 giờ",
                "Nhật ký dòng 12.345: 9f2c9f2c9f2c9f2c|", "Người chốt: Chị Hoa|Ký"):  # fmt: skip
        assert row in told


def test_a_quiet_day_leaves_out_what_did_not_happen_but_never_what_is_asked_for() -> None:
    told = texts(day_end_slip(replace(DAY, counts={}, held=(), papers=())))
    always = [DAY_ROWS[name] for name in ALWAYS if name in DAY_ROWS]
    assert [row for row in told if row.endswith("|0") and row[:-2] in DAY_ROWS.values()] == [
        f"{text}|0" for name, text in DAY_ROWS.items() if text in always
    ]
    assert "Đang để riêng|0" in told


def test_what_is_too_much_for_the_paper_is_a_number() -> None:
    told = texts(day_end_slip(replace(DAY, held=[(f"Hàng {n}", "1 kg") for n in range(60)])))
    assert " … và 55 mục nữa, xem trên máy|" in told
    assert " Hàng 5|1 kg" not in told


@pytest.mark.parametrize("paper", ["generic-58", "generic-80"])
def test_an_ordinary_day_fits_twenty_centimetres(paper: str) -> None:
    assert draw(day_end_slip(DAY), preset(paper)).image.height <= 1600  # 203 dots an inch


def test_a_shift_names_both_people_and_what_lies_open() -> None:
    told = texts(hand_over_slip(SHIFT))
    for row in ("Giao ca|", "Người giao: Chị Hoa|18:00", "Người nhận: Anh Lâm|18:04", "Chuyến chưa xong|1",
                " HTX rau (mẫu)|4 dòng", "Tin chưa gửi đi|3", "Lượt quét còn trên máy|7", "Phiếu chưa rõ đã ra|2",
                ):  # fmt: skip
        assert row in told
    waiting = texts(hand_over_slip(replace(SHIFT, taker=None, taken_at=None)))
    assert "Người nhận: ……………|" in waiting
