"""The card on the wall and the small slip of a lot."""

from datetime import date

from pos_trace.core.slips import Place, Slip
from pos_trace.core.table_slips import LabelFacts, lot_label_slip, stall_card_slip

PLACE = Place("Sạp A-12 – Chị Hoa", "Chợ đầu mối (mẫu), phường Kon Tum", "9521234700036")


def texts(slip: Slip) -> list[str]:
    return [block.text for block in slip.blocks if block.text]


def test_the_card_says_whose_it_is_and_what_a_scan_shows() -> None:
    found = texts(stall_card_slip(PLACE, "HTTPS://TRUYXUAT.EXAMPLE/S/X"))
    assert found[0] == "SẠP A-12 – CHỊ HOA"
    assert found[3:6] == ["HÀNG HÔM NAY", "MÃ TRUY XUẤT", "(không phải mã thanh toán)"]
    assert found[6:] == ["HTTPS://TRUYXUAT.EXAMPLE/S/X", "Quét để xem hàng hôm nay", "Mở camera hoặc Zalo để xem"]


def test_a_lots_slip_names_goods_lot_origin_and_day() -> None:
    facts = LabelFacts(
        PLACE, "Cải thảo", "MD2611-07", "HTX (mẫu), xã Măng Đen", date(2026, 11, 24), date(2026, 11, 28), None
    )
    assert texts(lot_label_slip(facts)) == [
        "Sạp A-12 – Chị Hoa", "Cải thảo", "Lô MD2611-07", "Xuất xứ: HTX (mẫu), xã Măng Đen",
        "Ngày nhận: 24/11/2026", "Hạn sử dụng: 28/11/2026",
    ]  # fmt: skip


def test_what_is_not_known_is_left_out() -> None:
    facts = LabelFacts(PLACE, "Rau rừng", "", "", date(2026, 11, 24), None, "https://t.example/01/1/10/2")
    found = texts(lot_label_slip(facts))
    assert found[:3] == ["Sạp A-12 – Chị Hoa", "Rau rừng", "Ngày nhận: 24/11/2026"]
    assert "Quét để xem nguồn gốc" in found
