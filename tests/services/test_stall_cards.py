"""The stall's QR card: nothing until the owner opens it, then names, origins and days; only what changed is sent."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import card_intake, lot_labels, stall_cards, stock
from pos_trace.services.node import Node
from pos_trace.store.database import Database
from pos_trace.store.models import FacilityRow, OutboxMessage, Party, PrintJob, StockLot
from tests.conftest import NOW
from tests.services.night import CABBAGE, FISH, SUSPENDED, Night, laid_out, with_printer
from tests.services.two_nodes import as_station


def switched(night: Night, on: bool = True, supplier: bool = False, at: Any = None) -> dict[str, Any]:
    return stall_cards.switch(night.node, night.who(), on, supplier, at or night.now)


def sent(night: Night) -> list[dict[str, Any]]:
    with night.node.db.read() as session:
        rows = session.query(OutboxMessage).filter(OutboxMessage.kind == "stall_card").order_by(OutboxMessage.seq)
        return [orjson.loads(row.body) for row in rows]


def settled(night: Night) -> None:
    """The outbox went out."""
    with night.node.write(night.node.machine("t"), night.now) as tx:
        for row in tx.session.query(OutboxMessage).filter(OutboxMessage.kind == "stall_card"):
            row.state = "done"


def token_of(told: dict[str, Any]) -> str:
    return str(told["url"]).rpartition("/")[2]


def page(node: Node, told: dict[str, Any], at: Any = None) -> dict[str, Any]:
    return stall_cards.page(node, token_of(told), at or NOW)


def known_as(night: Night, name: str, is_individual: bool = False) -> None:
    """The register knows somebody of this name."""
    with night.node.write(night.node.machine("t"), night.now) as tx:
        row = FacilityRow(facility_id="F-X", name=name, version=9_000, is_individual=is_individual)
        tx.session.add(row)


@pytest.fixture
def open_card(night: Night) -> dict[str, Any]:
    night.pull()
    night.receive(CABBAGE)
    night.loose(night.deliver(supplier="Chị Ba 0905 123 456"), "Gà ta làm sẵn", quantity="12")
    laid_out(night, "Hành 0905123456")
    return switched(night)


def test_a_shut_card_shows_and_sends_nothing(night: Night) -> None:
    laid_out(night)
    assert stall_cards.told(night.node, night.who()) == {
        "on": False, "show_supplier": False, "url": None, "qr_text": None, "published": False,
    }  # fmt: skip
    assert stall_cards.publish_due(night.node, night.now) == 0
    assert sent(night) == []


def test_an_open_card_tells_goods_and_origins_and_no_supplier(night: Night, open_card: dict[str, Any]) -> None:
    assert open_card["qr_text"] == open_card["url"].upper()
    (body,) = sent(night)
    assert [line["product_name"] for line in body["lines"]] == ["Cải thảo Măng Đen", "Hành …"], (
        "held goods are not on sale"
    )
    assert [line["lot_keys"] for line in body["lines"]] == [[CABBAGE], []]
    text = orjson.dumps(body).decode()
    for hidden in ("Chị Ba", "HTX (mẫu)", "quantity", "price", "0905"):
        assert hidden not in text
    shown = page(night.node, open_card)
    assert [item["product_name"] for item in shown["items"]] == ["Cải thảo Măng Đen", "Hành …"]
    assert shown["items"][0]["lots"][0]["facility"] == "HTX rau hoa Măng Đen (mẫu)"
    assert shown["recalled"] == []


def test_the_suppliers_name_stands_there_only_when_the_owner_says_so(night: Night, open_card: dict[str, Any]) -> None:
    known_as(night, "HTX (mẫu)")
    told = switched(night, supplier=True)
    assert token_of(told) == token_of(open_card), "the card on the wall stays good"
    assert [line.get("supplier") for line in sent(night)[-1]["lines"]] == ["HTX (mẫu)", None]
    assert page(night.node, told)["items"][0]["supplier"] == "HTX (mẫu)"


@pytest.mark.parametrize("registered", [False, True])
def test_a_persons_name_never_leaves_whatever_the_switch_says(night: Night, registered: bool) -> None:
    night.pull()
    night.receive(CABBAGE)
    if registered:
        known_as(night, "HTX (mẫu)", is_individual=True)
    told = switched(night, supplier=True)
    assert "HTX (mẫu)" not in str(sent(night))
    assert page(night.node, told)["items"][0]["supplier"] is None


def test_a_supplier_with_a_location_number_of_its_own_may_be_named(night: Night) -> None:
    night.pull()
    night.receive(CABBAGE)
    with night.node.write(night.node.machine("t"), night.now) as tx:
        tx.session.query(Party).one().gln = "9521234700111"
    switched(night, supplier=True)
    assert [line.get("supplier") for line in sent(night)[-1]["lines"]] == ["HTX (mẫu)"]


def test_goods_past_their_date_leave_the_card_and_the_province_is_told(night: Night) -> None:
    lot = laid_out(night, "Đậu phụ")
    laid_out(night, "Hành")
    with night.node.write(night.node.machine("t"), night.now) as tx:
        tx.session.get_one(StockLot, (night.node.id, lot)).expiry = night.now.astimezone(night.node.zone).date()
    told = switched(night)
    assert [item["product_name"] for item in page(night.node, told)["items"]] == ["Đậu phụ", "Hành"]
    settled(night)
    tomorrow = night.later(days=1)
    assert [item["product_name"] for item in page(night.node, told, tomorrow)["items"]] == ["Hành"]
    assert stall_cards.publish_due(night.node, tomorrow) == 1
    assert [line["product_name"] for line in sent(night)[-1]["lines"]] == ["Hành"]


def test_no_card_is_drawn_while_a_till_waits_and_an_unchanged_one_is_not_written(
    night: Night, open_card: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, writes, content, write = [], [], stall_cards.content, Database.write

    def seen(session: Any, node: Node, stall: Any, now: Any) -> dict[str, Any]:
        assert not node.db.in_write(), "the whole market would wait for it"
        drawn.append(stall.number)
        return content(session, node, stall, now)

    def counted(db: Database) -> Any:
        writes.append(1)
        return write(db)

    stall_cards.switch(night.node, night.who("E-01"), True, False, night.now)
    settled(night)
    monkeypatch.setattr(stall_cards, "content", seen)
    monkeypatch.setattr(Database, "write", counted)
    assert stall_cards.publish_due(night.node, night.later(minutes=4)) == 0
    assert (sorted(drawn), writes) == (["A-12", "E-01"], [])
    laid_out(night, "Ngò")
    del writes[:]
    assert stall_cards.publish_due(night.node, night.later(minutes=4)) == 1
    assert len(writes) == 1


def test_a_recalled_lot_stays_as_a_red_line(night: Night, open_card: dict[str, Any]) -> None:
    night.recall(CABBAGE)
    assert [item["product_name"] for item in page(night.node, open_card)["recalled"]] == ["Cải thảo Măng Đen"]


def test_only_changes_are_sent_and_not_more_often_than_every_few_minutes(
    night: Night, open_card: dict[str, Any]
) -> None:
    def due(**later: float) -> int:
        return stall_cards.publish_due(night.node, night.later(**later))

    laid_out(night, "Ngò")
    assert due(minutes=10) == 0, "the last word is still waiting to be sent"
    settled(night)
    assert due(minutes=1) == 0
    assert due(minutes=4) == 1
    settled(night)
    assert due(minutes=30) == 0, "nothing changed"
    assert len(sent(night)) == 2


def test_a_card_shut_again_is_gone_at_once(night: Night, open_card: dict[str, Any]) -> None:
    told = switched(night, on=False, at=night.later(minutes=1))
    assert (sent(night)[-1]["open"], sent(night)[-1]["lines"]) == (False, [])
    with pytest.raises(NotFound):
        page(night.node, told)


def test_the_province_serves_what_it_was_told_last(night: Night, open_card: dict[str, Any]) -> None:
    province, (body,) = night.pair.province, sent(night)
    assert card_intake.take_card(province, as_station(), body["stall_gln"], body, night.now)["result"] == "accepted"
    assert [item["product_name"] for item in page(province, open_card)["items"]] == ["Cải thảo Măng Đen", "Hành …"]
    newer = body | {"as_of": night.later(minutes=5).isoformat(), "lines": body["lines"][:1]}
    assert card_intake.take_card(province, as_station(), body["stall_gln"], newer, night.now)["result"] == "accepted"
    assert card_intake.take_card(province, as_station(), body["stall_gln"], body, night.now)["result"] == "duplicate"
    assert len(page(province, open_card)["items"]) == 1
    with pytest.raises(Invalid, match="gln_differs"):
        card_intake.take_card(province, as_station(), "9521234700074", body, night.now)
    with pytest.raises(Conflict, match="token_taken"):
        card_intake.take_card(province, as_station("sieu-thi"), body["stall_gln"], body, night.now)
    shut = newer | {"as_of": night.later(minutes=9).isoformat(), "open": False, "lines": []}
    card_intake.take_card(province, as_station(), body["stall_gln"], shut, night.now)
    with pytest.raises(NotFound):
        page(province, open_card)


def test_the_card_goes_to_paper_when_it_is_open(night: Night, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="card_off"):
        stall_cards.print_card(night.node, night.who(), night.now)
    switched(night)
    with pytest.raises(Conflict, match="no_printer"):
        stall_cards.print_card(night.node, night.who(), night.now)
    with_printer(night, tmp_path)
    job = stall_cards.print_card(night.node, night.who(), night.now)["print_job"]
    with night.node.db.read() as session:
        slip = session.get_one(PrintJob, (night.node.id, job)).slip
    assert {"HÀNG HÔM NAY", "Quét để xem hàng hôm nay"} <= {block["text"] for block in slip["blocks"]}


def test_a_lots_small_slip_leads_to_its_page_or_to_the_card(night: Night, tmp_path: Path) -> None:
    night.pull()
    with pytest.raises(Conflict, match="no_printer"):
        lot_labels.print_label(night.node, night.who(), laid_out(night), night.now)
    with_printer(night, tmp_path)
    told = switched(night)

    def texts(lot: str) -> list[str]:
        job = lot_labels.print_label(night.node, night.who(), lot, night.now)["print_job"]
        with night.node.db.read() as session:
            return [block["text"] for block in session.get_one(PrintJob, (night.node.id, job)).slip["blocks"]]

    of_record = texts(night.receive(CABBAGE)["lot_id"])
    assert f"https://truyxuat.example/{CABBAGE}" in of_record
    assert "Xuất xứ: HTX rau hoa Măng Đen (mẫu), xã Măng Đen" in of_record
    assert told["qr_text"] in texts(laid_out(night, "Hành"))
    switched(night, on=False)
    assert told["qr_text"] not in texts(laid_out(night, "Ngò"))
    held = night.receive(SUSPENDED, "5", "gói")["lot_id"]
    with pytest.raises(Conflict, match="lot_not_sellable"):
        lot_labels.print_label(night.node, night.who(), held, night.now)


@pytest.mark.parametrize("token", ["", "x", "BCF7KQ2MX9BCF7KQ2MX9"])
def test_an_unknown_card_is_told(night: Night, token: str) -> None:
    with pytest.raises(NotFound):
        stall_cards.page(night.node, token, night.now)


def test_what_is_sold_out_or_closed_leaves_the_card(night: Night) -> None:
    lot = laid_out(night)
    told = switched(night)
    stock.waste(night.node, night.who(), lot, "10", "héo", night.now)
    assert page(night.node, told)["items"] == []
    assert timedelta(minutes=1) < stall_cards.EVERY
    assert FISH not in str(sent(night))
