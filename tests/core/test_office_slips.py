"""Slips and sentences of the first days and the office say what USERS says; no stall is named, no money asked."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from pos_trace.core.office_slips import (
    PracticeSum,
    RecalledGoods,
    RecallNotice,
    aloud,
    first_day_slip,
    practice_slip,
    recall_slip,
    sheet_sentences,
    whom_to_call,
)
from pos_trace.core.policy import Policy
from pos_trace.core.slips import Place, Slip

AT = datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
PLACE = Place("Sạp A-12 – Hoa", "Chợ (mẫu)", demo=True)
FISH = RecalledGoods("Cá lăng khay 500 g", "CL2611B", date(2026, 11, 20), date(2026, 11, 27))
NOTICE = RecallNotice("TH-1", AT, "Sở Công Thương", "vượt mức dư lượng (mẫu).", (FISH, RecalledGoods("Hàng có mã", "")))


def texts(slip: Slip) -> str:
    return "\n".join(block.text + " " + block.right for block in slip.blocks)


def test_the_first_day_sheet_says_what_is_never_sent_and_whom_to_call() -> None:
    policy = Policy(help_line="0900 000 000 (mẫu)")
    said = texts(first_day_slip(PLACE, sheet_sentences(policy), whom_to_call(policy, "")))
    for words in ("MÁY NÀY LÀM GÌ, KHÔNG LÀM GÌ", "Máy không gửi giá bán, doanh thu, số tiền.", "24 giờ", "60 tháng",
                  "Cần giúp, gọi: 0900 000 000 (mẫu)", "SẠP A-12"):  # fmt: skip
        assert words in said
    assert "{" not in said


@pytest.mark.parametrize(("office", "who"), [("Ban A", "Ban A"), ("", "ban quản lý chợ")])
def test_without_a_line_the_office_is_named(office: str, who: str) -> None:
    assert whom_to_call(Policy(), office) == f"Cần giúp, gặp {who}"


def test_the_end_of_practice_is_told_in_one_line() -> None:
    done = PracticeSum(14, 212, 9, 0)
    assert done.words("Sở") == "14 ngày qua: 212 lượt nhận, 9 cần giấy tờ, 0 gửi Sở"
    said = texts(practice_slip(PLACE, done, Policy(), AT))
    assert "HẾT THỜI GIAN TẬP DÙNG" in said
    assert "Hàng đã nhận lúc tập dùng không mở vụ việc nào." in said


def test_a_recall_is_read_with_goods_lot_number_and_what_to_do_and_without_a_stall() -> None:
    said = " ".join(aloud(NOTICE))
    assert (
        "Cá lăng khay 500 g, lô CL2611B; Hàng có mã đang bị thu hồi theo thông báo số TH-1 của Sở Công Thương." in said
    )
    assert "dư lượng (mẫu). Sạp nào" in said
    assert "mang trả nơi đã mua" in said
    assert "A-12" not in said


def test_the_notice_shows_days_places_and_the_line_to_call_where_there_are_any() -> None:
    bare = texts(recall_slip(PLACE, NOTICE))
    assert "NSX 20/11/2026 – HSD 27/11/2026" in bare
    assert "THÔNG BÁO THU HỒI" in bare
    assert "Thông báo số TH-1, ngày 24/11/2026" in bare
    assert "Gọi:" not in bare
    more = RecallNotice("TH-1", AT, "Sở", "x", (FISH,), "Mang tới sạp", ("Cổng 2",), "0900 (mẫu)")
    said = texts(recall_slip(PLACE, more))
    for words in ("Mang tới sạp", "Nơi thu lại: Cổng 2", "Gọi: 0900 (mẫu)"):
        assert words in said
