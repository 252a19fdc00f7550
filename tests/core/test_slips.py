"""Every line of every slip, against USERS part 5; and what must never stand on one."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.slips import (
    Block,
    Place,
    ReceiptFacts,
    ReceivedItem,
    ReceivingFacts,
    Slip,
    SoldItem,
    from_json,
    list_slip,
    lots_words,
    month_after,
    receipt_slip,
    receiving_slip,
    reprinted,
    to_json,
)
from pos_trace.core.vocabulary import slips as words
from tests.core.goods_told import NOW

HOA = Place("Sạp A-12 – Chị Hoa", "Chợ đầu mối (mẫu), phường Kon Tum", "9521234700036")
QR = "HTTPS://TXNG.EXAMPLE/R/BCF7KQ2MXBCFGHJKLMNP"
CABBAGE = ReceivedItem(
    "Cải thảo", "MD2611-07", Decimal(20), Decimal(17), Decimal(3), "sọt", "KHỚP HỒ SƠ", "dập hỏng", Decimal(425)
)
FISH = ReceivedItem("Cá diêu hồng", "nhận 003-2", Decimal(60), Decimal(60), Decimal(0), "kg", "CÓ GIẤY TỜ",
                    kg=Decimal(60), papers="Bảng kê 24/11, 1 ảnh")  # fmt: skip
CHICKEN = ReceivedItem("Gà ta làm sẵn", "nhận 003-3", Decimal(12), Decimal(12), Decimal(0), "con", "THIẾU GIẤY TỜ",
                       before=NOW + timedelta(days=1))  # fmt: skip
RECEIVED = ReceivingFacts(
    HOA, "A12-261124-003", NOW, "HTX rau Măng Đen (mẫu)", "82C-012.34", "Hoa", (CABBAGE, FISH, CHICKEN),
    NOW - timedelta(minutes=21), "PT1:ABC",
)  # fmt: skip
SOLD = ReceiptFacts(
    HOA, "A12-0184", NOW, (
        SoldItem("Cải thảo", Decimal("1.5"), "kg", 22_500, "lô MD2611-07"),
        SoldItem("Cá diêu hồng", Decimal("0.8"), "kg", 56_000, "một trong 2 lô nhận hôm nay"),
    ), 78_500, QR, "BCF7KQ2MX9", "txng.example",
)  # fmt: skip


def lines(slip: Slip) -> list[str]:
    """The slip as somebody reads it: rows with their right column, a rule as dashes, a code in brackets."""
    return [_line(block) for block in slip.blocks]


def _line(block: Block) -> str:
    if block.kind == "rule":
        return "---"
    if block.kind == "code":
        return f"[{block.text}]"
    return f"{block.text} | {block.right}" if block.right else block.text


def text(slip: Slip) -> str:
    return "\n".join(lines(slip))


def test_a_receiving_slip_reads_as_the_market_knows_it() -> None:
    assert lines(receiving_slip(RECEIVED)) == [
        "SẠP A-12 – CHỊ HOA",
        "Chợ đầu mối (mẫu), phường Kon Tum",
        "Mã địa điểm: 9521234700036",
        "PHIẾU NHẬN HÀNG",
        "Số: A12-261124-003 | 24/11/2026 02:31",
        "Người giao: HTX rau Măng Đen (mẫu)",
        "Xe: 82C-012.34   Người nhận: Hoa",
        "---",
        "Cải thảo | lô MD2611-07",
        " giao 20 sọt, trả lại 3: dập hỏng",
        " nhận 17 sọt = 425 kg | KHỚP HỒ SƠ",
        "Cá diêu hồng | lô nhận 003-2",
        " 60 kg | CÓ GIẤY TỜ",
        " Bảng kê 24/11, 1 ảnh",
        "Gà ta làm sẵn | lô nhận 003-3",
        " 12 con | THIẾU GIẤY TỜ",
        " Để riêng, chưa bán. Bổ sung trước 02:31 25/11/2026",
        "---",
        "Dữ liệu tỉnh lúc 02:10 24/11/2026",
        "Người giao ký | Người nhận ký",
        *[" "] * 3,
        "[PT1:ABC]",
        "Liên 1/2",
        "Bản điện tử lưu đến 11/2031",
    ]


def test_both_copies_are_the_same_but_for_their_number() -> None:
    first, second = (lines(receiving_slip(replace(RECEIVED, copy_of=(copy, 2)))) for copy in (1, 2))
    assert [(a, b) for a, b in zip(first, second, strict=True) if a != b] == [("Liên 1/2", "Liên 2/2")]


def test_what_nobody_said_leaves_no_empty_words() -> None:
    bare = ReceivedItem("Rau", "", Decimal(3), Decimal(2), Decimal(1), "bó", "")
    slip = receiving_slip(replace(RECEIVED, plate=None, records_at=None, qr_text=None, items=(bare,)))
    told = lines(slip)
    assert "Người nhận: Hoa" in told
    assert [line for line in told if "Rau" in line or "bó" in line] == ["Rau", " giao 3 bó, trả lại 1", " nhận 2 bó"]
    assert not any(line.startswith(("Dữ liệu tỉnh", "[")) for line in told)


def test_a_sale_slip_reads_as_the_market_knows_it() -> None:
    assert lines(receipt_slip(SOLD)) == [
        "SẠP A-12 – CHỊ HOA",
        "Chợ đầu mối (mẫu), phường Kon Tum",
        "Mã địa điểm: 9521234700036",
        "PHIẾU BÁN HÀNG",
        "Số: A12-0184 | 24/11/2026 02:31",
        "---",
        "Cải thảo",
        "  1,5 kg | 22.500\u00a0đ",
        "  lô MD2611-07",
        "Cá diêu hồng",
        "  0,8 kg | 56.000\u00a0đ",
        "  một trong 2 lô nhận hôm nay",
        "---",
        "Cộng | 78.500\u00a0đ",
        "THÔNG TIN TRUY XUẤT NGUỒN GỐC",
        "MÃ TRUY XUẤT",
        "(không phải mã thanh toán)",
        f"[{QR}]",
        "Mở camera hoặc Zalo để xem",
        "hoặc vào txng.example/m gõ: BCF7-KQ2M-X9",
        "Không thay hóa đơn",
    ]


@pytest.mark.parametrize(
    ("item", "row"),
    [
        (SoldItem("Rau", Decimal(2), "bó", None), "  2 bó"),
        (SoldItem("Rau", Decimal("0.510"), "kg", 50_000, estimated=True), "  ≈ 0,51 kg (ước tính) | 50.000\u00a0đ"),
        (SoldItem("Rau lẩu", None, None, 30_000), "   | 30.000\u00a0đ"),
        (SoldItem("Rau", Decimal(2), None, 0), "  2 | 0\u00a0đ"),
    ],
)
def test_a_sold_line_says_what_is_known_of_it(item: SoldItem, row: str) -> None:
    told = lines(receipt_slip(replace(SOLD, items=(item,))))
    assert told[7] == row
    assert told[8] == "---"


@pytest.mark.parametrize("total", [None, 22_500])
def test_a_line_without_a_price_means_no_total_whatever_the_till_says(total: int | None) -> None:
    unpriced = SoldItem("Rau rừng", Decimal(1), "bó", None)
    told = lines(receipt_slip(replace(SOLD, items=(*SOLD.items[:1], unpriced), total=total)))
    assert told[9:12] == ["Rau rừng", "  1 bó", "---"]
    assert not [line for line in told if line.startswith("Cộng")]


def test_without_a_public_address_no_code_is_printed_and_the_slip_says_so() -> None:
    slip = receipt_slip(replace(SOLD, qr_text=None))
    assert not [block for block in slip.blocks if block.kind == "code"]
    assert lines(slip)[-3:] == ["THÔNG TIN TRUY XUẤT NGUỒN GỐC", "Chưa có trang truy xuất", "Không thay hóa đơn"]


@pytest.mark.parametrize(
    ("place", "top"),
    [
        ({"practice": True}, ["BẢN TẬP DÙNG"]),
        ({"demo": True}, ["DỮ LIỆU MẪU – KHÔNG CÓ GIÁ TRỊ"]),
        ({"practice": True, "demo": True}, ["BẢN TẬP DÙNG", "DỮ LIỆU MẪU – KHÔNG CÓ GIÁ TRỊ"]),
        ({}, []),
    ],
)
def test_what_counts_for_nothing_says_so_on_top_of_every_slip(place: dict[str, Any], top: list[str]) -> None:
    marked = replace(HOA, **place)
    for slip in (
        receipt_slip(replace(SOLD, place=marked)),
        receiving_slip(replace(RECEIVED, place=marked)),
        list_slip("day_end", "PHIẾU CHỐT NGÀY", marked, "", NOW, ()),
    ):
        assert lines(slip)[: len(top) + 1] == [*top, "SẠP A-12 – CHỊ HOA"]


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (replace(HOA, tax_code="MẪU-0001"), ["MST: MẪU-0001", "Mã địa điểm: 9521234700036"]),
        (replace(HOA, gln=None, tax_code="MẪU-0001"), ["MST: MẪU-0001"]),
        (replace(HOA, gln=None), []),
    ],
)
def test_the_head_names_the_place_by_what_it_has(place: Place, told: list[str]) -> None:
    assert lines(receipt_slip(replace(SOLD, place=place)))[2 : 3 + len(told)] == [*told, "PHIẾU BÁN HÀNG"]


def test_a_possible_second_copy_is_marked_above_everything() -> None:
    slip = reprinted(receipt_slip(SOLD), 2, datetime(2026, 11, 23, 22, 12, tzinfo=UTC))
    assert slip.kind == "receipt"
    assert lines(slip) == ["BẢN IN LẠI (lần 2) 05:12 24/11/2026", *lines(receipt_slip(SOLD))]


@pytest.mark.parametrize(
    ("number", "row"), [("A12-DC-1", "Số: A12-DC-1 | 24/11/2026 02:31"), ("", " | 24/11/2026 02:31")]
)
def test_a_plain_slip_has_its_rows_and_its_foot(number: str, row: str) -> None:
    slip = list_slip("adjustment", "Phiếu điều chỉnh", HOA, number, NOW, [("Cải thảo", "-3 sọt")], ["Người lập ký"])
    assert lines(slip)[3:] == ["Phiếu điều chỉnh", row, "---", "Cải thảo | -3 sọt", "---", "Người lập ký"]


@pytest.mark.parametrize(
    ("labels", "source", "today", "words"),
    [
        ([], "unknown", True, ""),
        (["MD2611-07"], "fefo", False, "lô MD2611-07"),
        (["MD2611-07"], "unknown", False, "lô MD2611-07"),
        (["A", "B"], "scanned", False, "lô A, B"),
        (["A", "B"], "unknown", False, "một trong 2 lô"),
        (["A", "B", "C"], "unknown", True, "một trong 3 lô nhận hôm nay"),
    ],
)
def test_a_lot_nobody_is_sure_of_is_one_of_several(labels: list[str], source: str, today: bool, words: str) -> None:
    assert lots_words(labels, source, today) == words


@pytest.mark.parametrize(
    ("at", "months", "month"),
    [
        (NOW, 60, "11/2031"),
        (datetime(2026, 11, 30, 17, 0, tzinfo=UTC), 60, "12/2031"),  # already December at the market
        (datetime(2026, 12, 31, 12, 0, tzinfo=UTC), 1, "01/2027"),
        (datetime(2026, 12, 1, 12, 0, tzinfo=UTC), 0, "12/2026"),
    ],
)
def test_the_slip_says_until_which_month_its_electronic_copy_is_kept(at: datetime, months: int, month: str) -> None:
    assert month_after(at, months) == month


NEVER_ON_A_RECEIVING_SLIP = ("\u00a0đ", "giá", "cộng", "báo sở", "phản ánh", "vụ việc", "vi phạm", "nghi vấn", "!")
names = st.text(st.characters(exclude_categories=["C"]), max_size=20)
amounts = st.integers(0, 10**9).map(lambda milli: Decimal(milli) / 1000)


@given(st.sampled_from([CABBAGE, FISH, CHICKEN]), amounts, amounts, st.booleans())
def test_a_receiving_slip_never_tells_prices_or_reports(
    item: ReceivedItem, accepted: Decimal, refused: Decimal, practice: bool
) -> None:
    line = replace(item, declared=accepted + refused, accepted=accepted, refused=refused)
    slip = receiving_slip(replace(RECEIVED, items=(line,), place=replace(HOA, practice=practice)))
    assert not [word for word in NEVER_ON_A_RECEIVING_SLIP if word in text(slip).casefold()]


sold = st.builds(SoldItem, st.just("Rau"), st.none() | amounts, st.just("kg"), st.none() | st.integers(0, 10**9))


@given(st.lists(sold, max_size=6), st.none() | st.integers(0, 10**9))
def test_our_own_slip_is_never_called_an_invoice(items: list[SoldItem], total: int | None) -> None:
    told = text(receipt_slip(replace(SOLD, items=tuple(items), total=total))).casefold()
    assert told.replace("không thay hóa đơn", "").count("hóa đơn") == 0
    assert told.endswith("không thay hóa đơn")


@given(st.lists(st.builds(Block, st.sampled_from(["text", "row", "code"]), names, names), max_size=8))
def test_a_slip_survives_the_print_journal(blocks: list[Block]) -> None:
    slip = Slip("receipt", tuple(blocks))
    assert from_json(json.loads(json.dumps(to_json(slip)))) == slip


def test_a_delivery_the_machine_closed_says_so() -> None:
    told = lines(receiving_slip(replace(RECEIVED, by_machine=True)))
    assert words.CLOSED_BY_MACHINE in told
    assert words.CLOSED_BY_MACHINE not in lines(receiving_slip(RECEIVED))
