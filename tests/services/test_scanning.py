"""A scan from text to verdict: what is answered, what is kept, and that nobody is accused of a gap in the network."""

import pytest

from pos_trace.core.errors import Conflict, Invalid, Unavailable
from pos_trace.demo.parts import label_picture
from pos_trace.runtime.children import Children, PhotoReader
from pos_trace.services import deliveries, receiving, rechecking, scanning
from pos_trace.services.scanning import ScanIn
from pos_trace.store.models import DeliveryLine, Flag, Scan, StockLot, VerdictRow
from tests.services.night import CABBAGE, FISH, REVOKED, SUSPENDED, UNKNOWN, Night, url, with_ports

PAYMENT = "00020101021238570010A00000072701270006970436011306110044567890208QRIBFTTA53037045802VN6304A1B2"


def test_a_look_up_answers_and_leaves_no_line_no_stock_and_no_flag(night: Night) -> None:
    told = night.scan(CABBAGE)
    assert told["verdict"]["status"] == "verified"
    assert told["verdict"]["word"] == "KHỚP HỒ SƠ"
    assert told["goods_name"] == "Cải thảo Măng Đen"
    assert told["line"] is None
    assert night.count(Scan) == night.count(VerdictRow) == 1
    assert night.count(DeliveryLine) == night.count(StockLot) == night.count(Flag) == 0


def test_a_dry_run_writes_nothing_at_all(night: Night) -> None:
    night.pull()
    assert night.scan(CABBAGE, dry_run=True)["verdict"]["status"] == "verified"
    assert scanning.look_up(night.node, night.who(), url(CABBAGE), night.now)["scan"] is None
    assert night.count(Scan) == 0


def test_known_and_fresh_goods_ask_nobody(night: Night) -> None:
    night.pull()
    assert night.scan(CABBAGE)["verdict"]["status"] == "verified"
    assert night.province.asked == []


def test_a_record_learnt_at_a_scan_stays_when_the_province_falls_silent(night: Night) -> None:
    assert night.scan(CABBAGE)["verdict"]["status"] == "verified"
    night.province.silent = True
    told = night.scan(CABBAGE, at=night.later(days=2))
    assert told["verdict"]["status"] == "verified"


def test_unknown_goods_are_unchecked_while_the_province_is_silent_and_nothing_is_opened(night: Night) -> None:
    night.province.silent = True
    line = night.receive(UNKNOWN, "15", "hũ")
    assert line["verdict"]["status"] == "unchecked"
    assert line["state"] == "sellable"
    assert line["flag"] is None
    rechecking.unchecked_due(night.node, night.later(hours=25))
    assert night.lot(line["lot_id"])["state"] == "held"
    assert night.count(Flag) == 0


def test_when_the_line_is_back_unchecked_goods_are_asked_about_and_the_window_starts_then(night: Night) -> None:
    night.province.silent = True
    unknown = night.receive(UNKNOWN, "15", "hũ")
    known = night.receive(FISH, "10", "khay")
    night.province.silent = False
    assert rechecking.unchecked_due(night.node, night.later(hours=3)) == 2
    assert night.lot(known["lot_id"])["state"] == "sellable"
    assert night.lot(unknown["lot_id"])["state"] == "held"
    assert night.count(Flag) == 1
    assert rechecking.unchecked_due(night.node, night.later(hours=4)) == 0


def test_every_status_reaches_the_stock(night: Night) -> None:
    night.pull()
    told = {key: night.receive(key, "5", "gói") for key in (CABBAGE, SUSPENDED, REVOKED, UNKNOWN)}
    assert {key: (line["verdict"]["status"], line["state"]) for key, line in told.items()} == {
        CABBAGE: ("verified", "sellable"),
        SUSPENDED: ("attention", "held"),
        REVOKED: ("blocked", "blocked"),
        UNKNOWN: ("undetermined", "held"),
    }
    assert told[SUSPENDED]["verdict"]["word"] == "TẠM ĐỂ RIÊNG"
    assert told[REVOKED]["flag"]["reason"] == "revoked"
    assert told[UNKNOWN]["flag"]["due_at"] == night.later(hours=24).isoformat()
    assert told[REVOKED]["flag"]["due_at"] == night.later(hours=1).isoformat()


def test_goods_nobody_has_a_record_of_keep_the_name_the_receiver_gave(night: Night) -> None:
    night.pull()
    delivery = night.deliver()
    line = night.scan(UNKNOWN, delivery, "15", "hũ", goods_name="Chả cá thát lát", goods_group="ca")["line"]
    assert (line["goods_name"], line["goods_group"]) == ("Chả cá thát lát", "ca")
    again = night.scan(UNKNOWN, delivery, "5", "hũ")["line"]
    assert again["goods_name"] == "Chả cá thát lát"
    with pytest.raises(Invalid, match="group_unknown"):
        night.scan(UNKNOWN, delivery, "5", "hũ", goods_name="x", goods_group="no-such")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PAYMENT, "Đây là mã thanh toán"),
        ("https://txng.quangngai.example/01/09521234600054/10/X", "Mã đọc chưa rõ – quét lại"),
        ("xin chao", "Đây không phải mã truy xuất"),
        ("xin chào", "Đổi bàn phím sang English"),
    ],
)
def test_what_is_no_trace_code_gets_words_and_no_verdict(night: Night, text: str, said: str) -> None:
    delivery = night.deliver()
    told = scanning.scan(night.node, night.who(), ScanIn(text, delivery, "5", "kg"), night.now)
    assert told["verdict"] is None
    assert told["message"]["text"] == said
    assert night.count(DeliveryLine) == 0
    assert night.count(Scan) == 1


def test_a_code_of_another_system_is_never_asked_of_our_province(night: Night) -> None:
    night.pull()
    text = "https://txng.lamdong.example/01/09521234600121/10/HC2611"
    told = scanning.scan(night.node, night.who(), ScanIn(text), night.now)
    assert "foreign_system" in [reason["code"] for reason in told["verdict"]["reasons"]]
    assert night.province.asked == []


def test_a_classic_code_without_its_separator_is_settled_by_the_records(night: Night) -> None:
    from pos_trace.services import register
    from tests.services.two_nodes import officer

    key = "01/09521234600183/10/NM2608"
    line = {"key": key, "product_name": "Nước mắm (mẫu)", "facility_id": "F2", "status": "active"}
    register.put_lots(night.pair.province, officer(night.pair.province), [line], night.now)
    night.pull()
    told = scanning.scan(night.node, night.who(), ScanIn("010952123460018310NM260817280825"), night.now)
    assert told["code"]["outcome"] == "ok"
    assert told["code"]["key"] == key
    assert told["verdict"]["status"] == "verified"


@pytest.mark.parametrize(
    ("quantity", "unit", "code"),
    [("0", "kg", "quantity_invalid"), ("-3", "kg", "quantity_invalid"), ("1e3", "kg", "quantity_invalid"),
     ("1.0005", "kg", "quantity_invalid"), ("5", "thước", "unit_unknown"), (None, None, "quantity_missing")],
)  # fmt: skip
def test_a_wrong_quantity_is_refused_and_nothing_is_kept(
    night: Night, quantity: str | None, unit: str | None, code: str
) -> None:
    delivery = night.deliver()
    with pytest.raises(Invalid, match=code):
        scanning.scan(night.node, night.who(), ScanIn(url(CABBAGE), delivery, quantity, unit), night.now)
    assert night.count(DeliveryLine) == night.count(StockLot) == 0


@pytest.mark.parametrize("text", ["", "x" * 8001])
def test_an_empty_or_endless_text_is_refused(night: Night, text: str) -> None:
    with pytest.raises(Invalid, match="text_invalid"):
        scanning.scan(night.node, night.who(), ScanIn(text), night.now)


def test_nothing_is_received_into_a_closed_or_a_neighbours_delivery(night: Night) -> None:
    mine = night.deliver()
    with pytest.raises(Invalid, match="delivery_unknown"):
        night.scan(CABBAGE, mine, number="E-01")
    receiving.close(night.node, night.who(), mine, night.now)
    with pytest.raises(Conflict, match="delivery_closed"):
        night.scan(CABBAGE, mine)
    assert deliveries.detail(night.node, night.who(), mine, night.now)["lines"] == []


def test_the_same_serial_in_two_deliveries_is_a_warning_with_time_and_place(night: Night) -> None:
    night.pull()
    serial = f"{CABBAGE}/21/000417"
    first = night.receive(serial, "1", "gói")
    again = night.receive(serial, "1", "gói", "E-01", night.later(minutes=10))
    assert "serial_seen" not in [reason["code"] for reason in first["verdict"]["reasons"]]
    seen = [reason["text"] for reason in again["verdict"]["reasons"] if reason["code"] == "serial_seen"]
    assert seen
    assert "sạp A-12" in seen[0]


def test_a_photo_is_read_in_a_child_process(night: Night, children: Children) -> None:
    night = with_ports(night, photos=PhotoReader(children))
    told = scanning.scan_photo(
        night.node, night.who(), label_picture(url(CABBAGE)), ScanIn("", source="photo"), night.now
    )
    assert told["code"]["key"] == CABBAGE
    assert told["verdict"]["status"] == "verified"
    with night.node.db.read() as session:
        kept = session.query(Scan).one().photo_sha256
    assert kept is not None
    assert night.node.files.has(kept)
    with pytest.raises(Invalid, match="photo_not_image"):
        scanning.scan_photo(night.node, night.who(), b"%PDF-1.7", ScanIn("", source="photo"), night.now)


def test_without_a_decoder_the_answer_says_to_type(night: Night) -> None:
    with pytest.raises(Unavailable, match="no_decoder"):
        scanning.scan_photo(night.node, night.who(), b"x", ScanIn(""), night.now)
