"""Receiving as it happens: suppliers, trucks, refusals, papers, setting aside, closing, cancelling, correcting."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import adjusting, cases, deliveries, receiving, stock, suppliers
from pos_trace.store.models import Flag, Party, PrintJob, StockLot, VehicleArrival
from tests.services.night import CABBAGE, UNKNOWN, Night, open_stock, with_printer


def test_a_supplier_is_known_again_by_name_without_accents(night: Night) -> None:
    first = deliveries.open_delivery(night.node, night.who(), night.now, supplier_name="Chị Ba Đắk Hà")
    again = deliveries.open_delivery(night.node, night.who(), night.now, supplier_name=" chi ba dak ha ")
    by_id = deliveries.open_delivery(night.node, night.who(), night.now, supplier_id=first["supplier_id"])
    assert first["supplier_id"] == again["supplier_id"] == by_id["supplier_id"]
    assert [one["name"] for one in suppliers.listed(night.node, night.who())["suppliers"]] == ["Chị Ba Đắk Hà"]
    assert suppliers.listed(night.node, night.who("E-01"))["suppliers"] == []


def test_a_merged_supplier_leads_to_the_one_it_became(night: Night) -> None:
    first = deliveries.open_delivery(night.node, night.who(), night.now, supplier_name="Chị Ba")["supplier_id"]
    other = deliveries.open_delivery(night.node, night.who(), night.now, supplier_name="Ba xe đỏ")["supplier_id"]
    with night.node.write(night.who(), night.now) as tx:
        tx.session.get_one(Party, (night.node.id, other)).merged_into = first
    assert deliveries.open_delivery(night.node, night.who(), night.now, supplier_id=other)["supplier_id"] == first
    assert (
        deliveries.open_delivery(night.node, night.who(), night.now, supplier_name="ba xe do")["supplier_id"] == first
    )


def test_stalls_share_a_trucks_arrival_for_twelve_hours(night: Night) -> None:
    for number in ("A-12", "E-01"):
        night.deliver(number, plate="82c-012.34")
    assert night.count(VehicleArrival) == 1
    deliveries.open_delivery(
        night.node, night.who(), night.later(hours=13), supplier_name="x", vehicle_plate="82C-012.34"
    )
    assert night.count(VehicleArrival) == 2


@pytest.mark.parametrize(
    ("supplier", "plate", "code"), [("  ", None, "supplier_missing"), ("x", "<script>", "plate_invalid")]
)
def test_a_delivery_needs_a_supplier_and_a_plate_that_is_one(
    night: Night, supplier: str, plate: str | None, code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        deliveries.open_delivery(night.node, night.who(), night.now, supplier_name=supplier, vehicle_plate=plate)


def test_crates_come_into_stock_as_kilograms_and_refused_ones_never_do(night: Night) -> None:
    night.pull()
    line = night.receive(CABBAGE, "20", "sọt")
    assert night.lot(line["lot_id"])["on_hand"] == Decimal(500)
    told = receiving.refuse(night.node, night.who(), line["id"], "3", "sọt", "dập hỏng", night.now)["line"]
    assert (told["declared"], told["accepted"], told["refused"], told["kg"]) == ("20", "17", "3", "425")
    assert night.lot(line["lot_id"])["on_hand"] == Decimal(425)
    night.ledger_agrees()


def test_goods_sent_back_whole_end_their_flag_without_a_case(night: Night) -> None:
    delivery = night.deliver()
    line = night.loose(delivery)
    receiving.refuse(night.node, night.who(), line["id"], "12", "con", "không giấy", night.now)
    assert night.lot(line["lot_id"])["state"] == "closed"
    assert receiving.flags(night.node, night.who(), night.now)["flags"] == []
    assert cases.due_flags(night.node, night.later(days=2)) == 0
    assert open_stock(night) == []


@pytest.mark.parametrize(
    ("quantity", "unit", "code"),
    [("21", "kg", "refused_above_accepted"), ("1", "sọt", "unit_differs"), ("-1", "kg", "quantity_invalid")],
)
def test_more_than_came_cannot_go_back(night: Night, quantity: str, unit: str, code: str) -> None:
    night.pull()
    line = night.receive(CABBAGE, "20", "kg")
    with pytest.raises(Invalid, match=code):
        receiving.refuse(night.node, night.who(), line["id"], quantity, unit, "", night.now)
    assert night.lot(line["lot_id"])["on_hand"] == Decimal(20)


def test_setting_aside_keeps_goods_unsold_until_somebody_answers(night: Night) -> None:
    night.pull()
    line = night.receive(CABBAGE)
    assert receiving.hold(night.node, night.who(), line["id"], night.now)["line"]["state"] == "held"
    delivery = night.deliver()
    hens = night.loose(delivery)
    told = receiving.hold(night.node, night.who(), hens["id"], night.now)["line"]
    assert told["flag"]["state"] == "held"
    assert cases.due_flags(night.node, night.later(days=2)) == 0
    receiving.refuse(night.node, night.who(), hens["id"], "12", "con", "", night.now)
    with pytest.raises(Conflict, match="line_ended"):
        receiving.hold(night.node, night.who(), hens["id"], night.now)


def test_closing_numbers_the_slip_and_queues_both_copies(night: Night, tmp_path: Path) -> None:
    with_printer(night, tmp_path / "paper")
    night.pull()
    delivery = night.deliver(plate="82C-012.34")
    night.scan(CABBAGE, delivery, "20", "sọt")
    night.loose(delivery)
    told = receiving.close(night.node, night.who(), delivery, night.now)
    assert told["number"] == "A12-261125-001"
    assert len(told["print_jobs"]) == 2
    with night.node.db.read() as session:
        slips = [row.slip["blocks"] for row in session.query(PrintJob).order_by(PrintJob.id)]
    texts = [" ".join(block["text"] + block["right"] for block in blocks) for blocks in slips]
    assert all("PHIẾU NHẬN HÀNG" in text and "KHỚP HỒ SƠ" in text and "Để riêng, chưa bán" in text for text in texts)
    assert "Liên 1/2" in texts[0]
    assert "Liên 2/2" in texts[1]
    assert not any("Sở" in text for text in texts)
    with pytest.raises(Conflict, match="delivery_closed"):
        receiving.close(night.node, night.who(), delivery, night.now)
    second = receiving.close(night.node, night.who(), night.deliver(), night.now)
    assert second["number"] == "A12-261125-002"
    assert (
        receiving.close(night.node, night.who("E-01"), night.deliver("E-01"), night.now)["number"] == "E01-261125-001"
    )


@pytest.mark.parametrize(("hours", "closed"), [(3.9, 0), (4.0, 1)])
def test_a_forgotten_delivery_closes_itself_after_four_hours(night: Night, hours: float, closed: int) -> None:
    delivery = night.deliver()
    assert receiving.auto_close(night.node, night.later(hours=hours)) == closed
    told = deliveries.detail(night.node, night.who(), delivery, night.now)
    assert told["closed_by"] == ("machine" if closed else None)
    assert deliveries.listed(night.node, night.who(), "open")["deliveries"] == ([] if closed else [
        {key: told[key] for key in told if key != "lines"}])  # fmt: skip


def test_the_days_end_closes_what_was_opened_before_it(night: Night) -> None:
    end = night.now.astimezone(night.node.zone).replace(hour=18, minute=0, second=0, microsecond=0)
    late = end - timedelta(minutes=30)
    deliveries.open_delivery(night.node, night.who(), late, supplier_name="x")
    assert receiving.auto_close(night.node, end - timedelta(minutes=1)) == 0
    assert receiving.auto_close(night.node, end) == 1


def test_a_cancelled_delivery_takes_its_goods_and_questions_with_it(night: Night) -> None:
    night.pull()
    delivery = night.deliver()
    night.scan(CABBAGE, delivery, "20", "sọt")
    night.loose(delivery)
    receiving.cancel(night.node, night.who(), delivery, "mở nhầm", night.now)
    assert open_stock(night) == []
    assert receiving.flags(night.node, night.who(), night.now)["flags"] == []
    assert night.count(StockLot) == 2
    night.ledger_agrees()
    with pytest.raises(Conflict):
        receiving.cancel(night.node, night.who(), delivery, "", night.now)


def test_a_delivery_that_was_sold_from_or_reported_cannot_be_cancelled(night: Night) -> None:
    night.pull()
    sold = night.deliver()
    line = night.scan(CABBAGE, sold)["line"]
    stock.waste(night.node, night.who(), line["lot_id"], "1", "rơi", night.now)
    with pytest.raises(Conflict, match="line_used"):
        receiving.cancel(night.node, night.who(), sold, "", night.now)
    reported = night.deliver()
    hens = night.loose(reported)
    cases.send_flag(night.node, night.who(), hens["flag"]["id"], night.now)
    with pytest.raises(Conflict, match="line_reported"):
        receiving.cancel(night.node, night.who(), reported, "", night.now)


def test_a_correction_after_closing_is_a_numbered_paper(night: Night, tmp_path: Path) -> None:
    with_printer(night, tmp_path / "paper")
    night.pull()
    delivery = night.deliver()
    line = night.scan(CABBAGE, delivery, "20", "sọt")["line"]
    where = (night.node, night.who(), delivery, line["id"])
    with pytest.raises(Conflict, match="delivery_open"):
        adjusting.adjust(*where, "1", "sọt", "đếm nhầm", night.now, less=True)
    receiving.close(night.node, night.who(), delivery, night.now)
    told = adjusting.adjust(*where, "1", "sọt", "đếm nhầm", night.now, less=True)
    assert told["number"] == "A12-ĐC26-0001"
    assert told["print_job"] is not None
    assert night.lot(line["lot_id"])["on_hand"] == Decimal(475)
    assert adjusting.adjust(*where, "2", "sọt", "thiếu", night.now, less=False)["number"] == "A12-ĐC26-0002"
    assert night.lot(line["lot_id"])["on_hand"] == Decimal(525)
    for quantity, unit, reason, error in [
        ("30", "sọt", "x", Conflict),
        ("1", "kg", "x", Invalid),
        ("1", "sọt", " ", Invalid),
    ]:
        with pytest.raises(error):
            adjusting.adjust(*where, quantity, unit, reason, night.now, less=True)
    night.ledger_agrees()


def test_goods_without_a_code_need_a_name_and_a_known_group(night: Night) -> None:
    delivery = night.deliver()
    for name, group, code in [(" ", None, "goods_missing"), ("Gà", "khủng long", "group_unknown")]:
        with pytest.raises(Invalid, match=code):
            night.loose(delivery, name, group)
    assert night.count(Flag) == 0


def test_in_practice_nothing_is_reported_and_the_paper_says_so(night: Night, tmp_path: Path) -> None:
    from pos_trace.store.models import Stall

    with night.node.write(night.who(), night.now) as tx:
        row = tx.session.get_one(Stall, (night.node.id, night.stalls["A-12"]))
        row.practice_until = (night.now + timedelta(days=3)).date()
    with_printer(night, tmp_path / "paper")
    delivery = night.deliver()
    hens = night.loose(delivery)
    with pytest.raises(Conflict, match="practice"):
        cases.send_flag(night.node, night.who(), hens["flag"]["id"], night.now)
    receiving.close(night.node, night.who(), delivery, night.now)
    with night.node.db.read() as session:
        blocks = session.query(PrintJob).first().slip["blocks"]
    assert blocks[0]["text"] == "BẢN TẬP DÙNG"


def test_a_line_of_another_stall_is_not_found(night: Night) -> None:
    night.pull()
    line = night.receive(UNKNOWN, "5", "hũ")
    for act in (
        lambda: receiving.hold(night.node, night.who("E-01"), line["id"], night.now),
        lambda: receiving.refuse(night.node, night.who("E-01"), line["id"], "1", "hũ", "", night.now),
        lambda: deliveries.detail(night.node, night.who("E-01"), "no-such", night.now),
    ):
        with pytest.raises(NotFound):
            act()
