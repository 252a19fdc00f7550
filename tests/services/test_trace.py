"""What a shopper reads: facts with their source and time, the seven legal items, the recalled item named, no price."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from pos_trace.core import tokens
from pos_trace.core.errors import Invalid, NotFound
from pos_trace.services import intake, recalls, register, stock, trace
from pos_trace.services.papers import PaperIn
from pos_trace.store.models import OutboxMessage, PublishedReceipt, Stall
from tests.services.night import CABBAGE, FISH, SISTER, Night, asked, laid_out, sell, url
from tests.services.two_nodes import as_station, officer

PERSON = {"facility_id": "F7", "name": "Hộ Y B. (mẫu)", "commune": "xã Tu Mơ Rông", "province": "Quảng Ngãi",
          "address": "nhà số 3, thôn 2", "is_individual": True}  # fmt: skip
WHOLE = "01/09521234600169/10/SD2610"


def published(night: Night) -> list[dict[str, Any]]:
    """Every receipt that left the station, taken in by the province."""
    sent = []
    with night.node.db.read() as session:
        rows = session.query(OutboxMessage).filter(OutboxMessage.kind == "receipt").order_by(OutboxMessage.id)
        sent = [orjson.loads(row.body) for row in rows]
    for body in sent:
        intake.take_receipt(night.pair.province, as_station(), body, night.now)
    return sent


def bought(night: Night, *lines: dict[str, Any], name: str = "s-1", at: datetime | None = None) -> str:
    """Sell each line; answers the token of the receipt."""
    told = [asked(line_no=index, quantity="1", **line) for index, line in enumerate(lines, 1)]
    return str(sell(night, *told, name=name, at=at)["trace_url"]).rpartition("/")[2]


def register_whole(night: Night) -> None:
    """A lot with every legal item, grown by a person."""
    who = officer(night.pair.province)
    register.put_facility(night.pair.province, who, PERSON, night.now)
    line = {"key": WHOLE, "product_name": "Sâm dây khô", "facility_id": "F7", "status": "active", "brand": "Sâm (mẫu)",
            "image_url": "https://anh.example/sam.jpg", "origin_place": "xã Tu Mơ Rông, tỉnh Quảng Ngãi",
            "expiry_date": "2027-06-30", "harvest_date": "2026-10-01", "unit": "hộp"}  # fmt: skip
    register.put_lots(night.pair.province, who, [line], night.now)
    night.pull()


def test_an_item_tells_the_seven_legal_items_with_source_and_time(night: Night) -> None:
    register_whole(night)
    night.receive(WHOLE, "5", "hộp")
    token = bought(night, {"barcode": url(WHOLE), "unit": "hộp"})
    published(night)
    for node in (night.node, night.pair.province):
        told = trace.receipt(node, token)
        (lot,) = told["items"][0]["lots"]
        assert lot["product_name"] == "Sâm dây khô"
        assert lot["image_url"] == "https://anh.example/sam.jpg"
        assert lot["facility"] == "Hộ sản xuất"
        assert lot["address"] == "xã Tu Mơ Rông, Quảng Ngãi"
        assert lot["origin"] == "xã Tu Mơ Rông, tỉnh Quảng Ngãi"
        assert (lot["brand"], lot["lot"]) == ("Sâm (mẫu)", "SD2610")
        assert lot["expiry"].isoformat() == "2027-06-30"
        assert lot["updated_at"] is not None
        assert told["source"]
        assert (told["stall_name"], told["stall_gln"]) == ("Sạp A-12 – Sạp A-12 (mẫu)", "9521234700036")
        assert "Hộ Y B." not in str(told)
        assert "nhà số 3" not in str(told)
    assert trace.receipt(night.node, token)["as_of"] is not None


def test_a_province_says_when_its_newest_facts_were_written_and_a_station_when_they_came(night: Night) -> None:
    """Facts are shown with their time, also where no feed is followed because they are kept there."""
    register_whole(night)
    night.receive(WHOLE, "5", "hộp")
    token = bought(night, {"barcode": url(WHOLE), "unit": "hộp"})
    published(night)
    province, written = night.pair.province, night.now
    assert trace.receipt(province, token)["as_of"] == written
    assert trace.lot(province, WHOLE)["as_of"] == written
    night.now += timedelta(hours=3)
    assert trace.receipt(province, token)["as_of"] == written
    notice = {"recall_id": "TH-09", "keys": [WHOLE], "reason": "thử (mẫu)"}
    recalls.issue(province, officer(province), notice, night.now)
    assert trace.receipt(province, token)["as_of"] == night.now
    assert trace.receipt(night.node, token)["as_of"] == written
    night.pull()
    assert trace.receipt(night.node, token)["as_of"] == night.now


def test_a_firm_is_named_with_its_address_and_certificates(night: Night) -> None:
    firm = {"facility_id": "F2", "name": "HTX rau (mẫu)", "address": "thôn Kon Pring", "commune": "xã Măng Đen",
            "certificates": [{"kind": "VietGAP", "number": "VG-1 (mẫu)", "expires": "2027-06-30"}]}  # fmt: skip
    register.put_facility(night.pair.province, officer(night.pair.province), firm, night.now)
    night.pull()
    (item,) = trace.lot(night.node, CABBAGE)["items"]
    assert (item["lots"][0]["facility"], item["lots"][0]["address"]) == ("HTX rau (mẫu)", "thôn Kon Pring")
    assert [one["kind"] for one in item["lots"][0]["certificates"]] == ["VietGAP"]


@pytest.mark.parametrize(
    ("picture", "shown"),
    [
        ("https://a.example/x.jpg", True),
        ("http://a.example/x.jpg", False),
        ("javascript:alert(1)", False),
        (None, False),
    ],
)
def test_only_a_safe_picture_is_linked(picture: str | None, shown: bool) -> None:
    from pos_trace.core.records import LotRecord

    record = LotRecord(key=CABBAGE, product_name="x", facility_id="F", status="active", version=1, image_url=picture)
    assert (trace._picture(record) is not None) is shown


def test_goods_without_a_record_tell_commune_day_and_kinds_of_paper_and_never_a_person(night: Night) -> None:
    paper = PaperIn("bang_ke", "24/11", night.now.date(), "Chị Ba, xã Sa Thầy")
    night.loose(night.deliver(supplier="Chị Ba 0905 123 456"), "Cá diêu hồng", "ca", "60", "kg", [paper])
    token = bought(night, {"name": "Cá diêu hồng", "unit": "kg"})
    (sent,) = published(night)
    assert sent["lines"][0]["origin"] == {
        "commune": None, "facility": None, "received_on": "2026-11-25", "papers": ["bảng kê"],
    }  # fmt: skip
    told = trace.receipt(night.pair.province, token)
    assert (told["items"][0]["lots"], told["items"][0]["unknown"]) == ([], [])
    assert "Chị Ba" not in str(told) + str(sent)
    assert "0905" not in str(told) + str(sent)


def test_no_price_no_quantity_no_total_no_number_leaves_the_stall(night: Night) -> None:
    laid_out(night)
    line = asked(name="Cà rốt", quantity="1.357", unit="kg", unit_price=24_680)
    sell(night, line, receipt_no="R-975", total=33_491, cashier="Lan", till="T-86")
    (sent,) = published(night)
    assert set(sent) == {"token", "short_code", "stall_gln", "stall_name", "sold_hour", "lines"}
    assert set(sent["lines"][0]) == {"line_no", "product_name", "lot_keys", "lot_source", "origin"}
    assert not [secret for secret in ("24680", "33491", "1.357", "R-975", "Lan", "T-86") if secret in str(sent)]
    assert sent["sold_hour"].endswith(":00:00+00:00")


def test_a_recalled_item_is_named_and_only_it(night: Night) -> None:
    night.pull()
    for key in (CABBAGE, FISH):
        night.receive(key, "10", "khay")
    token = bought(night, {"barcode": url(CABBAGE), "unit": "khay"}, {"barcode": url(FISH), "unit": "khay"})
    published(night)
    night.recall(FISH)
    for node in (night.node, night.pair.province):
        told = trace.receipt(node, token)
        assert [(item["line_no"], bool(item["recalls"])) for item in told["items"]] == [(1, False), (2, True)]
        (item,) = told["recalled"]
        (recall,) = item["recalls"]
        assert (recall["lot"], recall["number"], recall["reason"]) == ("CL2611B", "TH-1", "vượt mức dư lượng (mẫu)")
        assert item["certain"] is True
    recalls.end(night.pair.province, officer(night.pair.province), "TH-1", "xong", night.now)
    assert trace.receipt(night.pair.province, token)["recalled"] == []


def test_one_of_two_lots_recalled_says_how_sure_it_is(night: Night) -> None:
    night.pull()
    for key in (FISH, SISTER):
        night.receive(key, "10", "khay")
    token = bought(night, {"barcode": "09521234600138", "unit": "khay"})
    published(night)
    night.recall(FISH)
    (item,) = trace.receipt(night.pair.province, token)["items"]
    assert (item["count"], item["certain"], len(item["lots"]), len(item["recalls"])) == (2, False, 2, 1)
    assert item["lot_source"] == "unknown"


def test_lines_a_till_numbered_alike_are_two_items_for_the_shopper(night: Night) -> None:
    laid_out(night)
    lines = [asked(line_no=1, name=name, quantity="1", unit="kg") for name in ("Cà rốt", "Hành", "Tỏi")]
    token = str(sell(night, *lines)["trace_url"]).rpartition("/")[2]
    published(night)
    for node in (night.node, night.pair.province):
        items = trace.receipt(node, token)["items"]
        assert [(item["line_no"], item["product_name"]) for item in items] == [(1, "Cà rốt"), (2, "Hành"), (3, "Tỏi")]


@pytest.mark.parametrize("asked_for", ["", "x", "B" * 20, "B" * 19 + "A", "B" * 21, "../../etc/passwd"])
def test_a_token_nobody_gave_out_is_not_found(night: Night, asked_for: str) -> None:
    with pytest.raises(NotFound):
        trace.receipt(night.node, asked_for)


def test_a_practising_stall_shows_and_sends_nothing(night: Night) -> None:
    with night.node.write(night.who(), night.now) as tx:
        stall = tx.session.get_one(Stall, (night.node.id, night.stalls["A-12"]))
        stall.practice_until = (night.now + timedelta(days=3)).date()
    told = sell(night, asked(name="Cà rốt", quantity="1", unit="kg"))
    assert (told["trace_url"], told["qr_text"]) == (None, None)
    with night.node.db.read() as session:
        from pos_trace.store.models import Receipt

        row = session.query(Receipt).one()
    with pytest.raises(NotFound):
        trace.receipt(night.node, row.token)
    assert trace.by_short_code(night.node, row.short_code, night.now) == []
    assert published(night) == []


def test_a_short_code_leads_to_its_receipt_for_ninety_days(night: Night) -> None:
    token = bought(night, {"name": "Cà rốt", "unit": "kg"})
    published(night)
    short = tokens.format_short(tokens.short_code(token))
    for node in (night.node, night.pair.province):
        for typed in (short, short.lower(), short.replace("-", " "), f" {short} "):
            (found,) = trace.by_short_code(node, typed, night.now)
            assert (found["token"], found["sold_hour"].minute) == (token, 0)
        assert trace.by_short_code(node, short, night.later(days=90))
        assert trace.by_short_code(node, short, night.later(days=90, seconds=1)) == []


def test_two_receipts_with_one_short_code_are_told_by_day_and_stall(night: Night) -> None:
    token = bought(night, {"name": "Cà rốt", "unit": "kg"})
    (sent,) = published(night)
    twin = sent | {"token": token[:9] + "Z" * 11, "stall_name": "Sạp khác", "sold_hour": "2026-11-20T22:00:00+00:00"}
    intake.take_receipt(night.pair.province, as_station("cho-khac"), twin, night.now)
    found = trace.by_short_code(night.pair.province, sent["short_code"], night.now)
    assert [one["stall_name"] for one in found] == ["Sạp A-12 – Sạp A-12 (mẫu)", "Sạp khác"]


@pytest.mark.parametrize("typed", ["", "BCF7-KQ2M-X", "BCF7KQ2MX99", "AAAA-AAAA-AA", "x" * 500])
def test_a_mistyped_code_is_told_before_anybody_elses_page_opens(night: Night, typed: str) -> None:
    with pytest.raises(Invalid, match="short_code_invalid"):
        trace.by_short_code(night.node, typed, night.now)


def test_a_lots_page_has_facts_of_the_lot_and_never_who_bought_it(night: Night) -> None:
    night.pull()
    night.receive(FISH, "10", "khay")
    bought(night, {"barcode": url(FISH), "unit": "khay"})
    told = trace.lot(night.node, FISH)
    assert set(told) == {"items", "recalled", "source", "as_of"}
    assert not [word for word in ("A-12", "9521234700036", "HTX (mẫu)") if word in str(told)]
    night.recall(FISH)
    assert trace.lot(night.node, FISH)["recalled"][0]["recalls"][0]["number"] == "TH-1"
    for path in ("01/09521234600138/10/KHONG", "01/09521234600138", "01/x", "00/195212340000000010"):
        with pytest.raises(NotFound):
            trace.lot(night.node, path)


def test_waste_and_stock_are_no_business_of_the_page(night: Night) -> None:
    lot = laid_out(night)
    token = bought(night, {"name": "Cà rốt", "unit": "kg"})
    before = trace.receipt(night.node, token)
    stock.waste(night.node, night.who(), lot, "1", "héo", night.now)
    assert trace.receipt(night.node, token) == before
    assert night.lot(lot)["on_hand"] == Decimal(8)
    with night.pair.province.db.read() as session:
        assert session.query(PublishedReceipt).count() == 0
