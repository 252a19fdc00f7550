"""Each paper of USERS part 5 with what a night really puts on it: long names, refusals, papers, a code of two parts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from pos_trace.core.delivery_note import NoteFacts, NoteItem, delivery_note
from pos_trace.core.office_slips import (
    PracticeSum,
    RecalledGoods,
    RecallNotice,
    first_day_slip,
    practice_slip,
    recall_slip,
    sheet_sentences,
    whom_to_call,
)
from pos_trace.core.slips import (
    Place,
    ReceiptFacts,
    ReceivedItem,
    ReceivingFacts,
    Slip,
    SoldItem,
    list_slip,
    receipt_slip,
    receiving_slip,
    reprinted,
)
from pos_trace.core.stall_slips import DayEndFacts, HandOverFacts, day_end_slip, hand_over_slip
from pos_trace.core.table_slips import LabelFacts, lot_label_slip, stall_card_slip
from pos_trace.core.transfer_slip import SlipLine, write
from pos_trace.core.units import contents_from
from pos_trace.core.vocabulary.slips import SIGNED_BY_ONE, TITLES
from tests.core.test_transfer_slip import GOODS, KEY, SLIP
from tests.services.night import demo_policy

AT = datetime(2026, 11, 23, 22, 47, tzinfo=UTC)
PLACE = Place("Sạp A-12 – Chị Hoa", "Chợ đầu mối Kon Tum (mẫu), phường Kon Tum", "9521234700036", "MẪU-0001", demo=True)
HOST = "HTTPS://TRUYXUAT.EXAMPLE"
RECEIPT, CARD = f"{HOST}/R/BCF7KZ2MX9BCF7KZ2MX9", f"{HOST}/S/BCF7KZ2MX9BCF7KZ2MX9"
LABEL = "https://truyxuat.example/01/09521234600053/10/MD2611-07"
MANY = tuple(SlipLine(f"01/0952123460{n:04d}/10/LO{n * 7919}", f"Rau số {n}", Decimal(n), "kg") for n in range(1, 9))
CODES = write(replace(SLIP, lines=(*GOODS, *MANY)), KEY)
HELD = (("Sâm dây khô hộp 200 g", "12 hộp"), ("Cá lăng phi lê khay 500 g", "8 khay"))
WAITING = (("Gà ta làm sẵn", "còn 14 giờ"), ("Cá diêu hồng", "còn 45 phút"))
DOZEN = contents_from({"chục": {"count": "12", "unit": "quả"}})
LONG = "Cà phê bột Robusta Đăk Hà rang mộc gói 500 g (hàng OCOP 4 sao)"


def _received(by_machine: bool) -> Slip:
    some, none = Decimal(20), Decimal(0)
    items = (
        ReceivedItem("Cải thảo", "MD2611-07", some, Decimal(17), Decimal(3), "sọt", "KHỚP HỒ SƠ", "dập hỏng",
                     Decimal(425)),
        ReceivedItem("Cá diêu hồng", "nhận 003-2", Decimal(60), Decimal(60), none, "kg", "CÓ GIẤY TỜ",
                     papers="Bảng kê 24/11, 1 ảnh"),
        ReceivedItem("Gà ta làm sẵn", "nhận 003-3", Decimal(12), Decimal(12), none, "con", "THIẾU GIẤY TỜ", before=AT),
        ReceivedItem(LONG, "DH2611A-LOT-DAI-20KT", some, none, some, "gói", "CHƯA KIỂM TRA ĐƯỢC",
                     "sai hàng; thiếu tem; người giao nhận lại hết",
                     papers="Hóa đơn mua 0001234 ngày 24/11/2026, 2 ảnh"),
    )  # fmt: skip
    supplier = "HTX rau hoa Măng Đen (mẫu) – chị Ba"
    return receiving_slip(ReceivingFacts(PLACE, "A12-261124-003", AT, supplier, "82C-012.34",
                                         "Hoa", items, AT, by_machine=by_machine))  # fmt: skip


def _sold() -> Slip:
    items = (
        SoldItem("Cải thảo", Decimal("1.5"), "kg", 22_500, "lô MD2611-07"),
        SoldItem("Cá diêu hồng", Decimal("0.8"), "kg", 56_000, "một trong 2 lô nhận hôm nay"),
        SoldItem(LONG, Decimal(12), "gói", 1_500_000, "lô DH2611A"),
        SoldItem("Thịt heo", Decimal("0.323"), "kg", 50_000, "Các lô bán trong ngày", estimated=True),
        SoldItem("Trứng gà", Decimal(1), "chục", 35_000, contents=DOZEN),
    )
    return receipt_slip(
        ReceiptFacts(PLACE, "A12-0184", AT, items, 1_663_500, RECEIPT, "BCF7KZ2MX9", "truyxuat.example")
    )


def _corrected() -> Slip:
    rows = (("Cải thảo", "bớt 2 sọt"),)
    foot = ("Theo phiếu nhận A12-261124-003", "Lý do: đếm lại thấy thiếu hai sọt ở cuối xe", *SIGNED_BY_ONE)
    return list_slip("adjustment", TITLES["adjustment"], PLACE, "A12-DC261124-001", AT, rows, foot)


def _counted() -> Slip:
    rows = ((LONG, "lô DH2611A"), (" Trên sổ", "12 gói"), (" Đếm được", "10 gói"), (" Chênh", "-2 gói"))
    foot = ("Kiểm kho. Lý do: rách bao", *SIGNED_BY_ONE)
    return list_slip("adjustment", TITLES["adjustment"], PLACE, "A12-DC261124-002", AT, rows, foot)


def _note() -> Slip:
    items = tuple(
        NoteItem(line.name, f"MD2611-0{n}", line.quantity, line.unit) for n, line in enumerate((*GOODS, *MANY), 1)
    )
    facts = NoteFacts(PLACE, "A12-GH26-0007", AT, "sale", "Siêu thị Mẫu Quảng Ngãi – quầy rau", "Hoa", items, CODES)
    return delivery_note(facts)


def _day() -> Slip:
    counts = {
        "closed": 12,
        "auto_closed": 2,
        "open": 1,
        "refused": 3,
        "sales": 143,
        "short": 2,
        "unsent": 3,
        "phones": 7,
    }
    return day_end_slip(DayEndFacts(PLACE, "A12-CN261124", AT - timedelta(days=1), AT, counts, HELD, WAITING,
                                    (12_345, "9f2c" * 16), "Chị Hoa"))  # fmt: skip


def _shift() -> Slip:
    open_ones = (("HTX rau hoa Măng Đen (mẫu)", "4 dòng"),)
    return hand_over_slip(HandOverFacts(PLACE, "Chị Hoa", AT, "Anh Lâm", AT, open_ones, HELD, WAITING, 3, 7, 2))


def _recall() -> Slip:
    goods = (RecalledGoods("Cá lăng phi lê khay 500 g", "CL2611B", date(2026, 11, 20), date(2026, 11, 27)),)
    return recall_slip(
        PLACE,
        RecallNotice("TH-2026-0007/TB-SCT (mẫu)", AT, "Sở Công Thương tỉnh Quảng Ngãi (mẫu)",
                     "vượt mức dư lượng cho phép – dữ liệu mẫu", goods, "Không ăn. Mang đến nơi mua để trả lại.",
                     ("Ban quản lý chợ (mẫu), cổng số 2",), "0255 000 0000 (mẫu)"),
    )  # fmt: skip


# name → (the slip, what its codes say)
PAPERS: dict[str, tuple[Slip, tuple[str, ...]]] = {
    "receiving": (_received(False), ()),
    "receiving_by_machine": (_received(True), ()),
    "receiving_reprint": (reprinted(_received(False), 2, AT), ()),
    "sale": (_sold(), (RECEIPT,)),
    "delivery_note": (_note(), CODES),
    "adjustment": (_corrected(), ()),
    "adjustment_count": (_counted(), ()),
    "hand_over": (_shift(), ()),
    "day_end": (_day(), ()),
    "recall_notice": (_recall(), ()),
    "lot_label": (
        lot_label_slip(LabelFacts(PLACE, "Cải thảo Măng Đen", "MD2611-07", "HTX rau hoa Măng Đen (mẫu), xã Măng Đen",
                                  date(2026, 11, 24), date(2026, 11, 27), LABEL)),
        (LABEL,),
    ),
    "stall_card": (stall_card_slip(PLACE, CARD), (CARD,)),
    "first_day": (
        first_day_slip(PLACE, sheet_sentences(demo_policy()), whom_to_call(demo_policy(), "Ban quản lý chợ (mẫu)")),
        (),
    ),
    "practice_over": (practice_slip(replace(PLACE, practice=True), PracticeSum(14, 212, 9, 0), demo_policy(), AT), ()),
}  # fmt: skip
