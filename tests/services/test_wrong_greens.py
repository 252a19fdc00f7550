"""Ways in which bad goods might have looked good: each is told, to the till, the stall and the shopper."""

from typing import Any

import orjson
import pytest

from pos_trace.core.errors import Invalid
from pos_trace.services import checking, places, recalls, scanning, selling, stop_sales
from pos_trace.services.scanning import ScanIn
from pos_trace.services.selling import SaleIn
from pos_trace.store.models import OutboxMessage, Sale, SaleLine
from tests.services.night import CABBAGE, FISH, SISTER, Night, asked, url
from tests.services.test_judging import publish
from tests.services.two_nodes import officer

PRODUCT_CODE = "9521234600138"


def sold_keys(night: Night, sold: dict[str, Any]) -> list[list[str]]:
    """Lot keys of each line of a sale as they left the station."""
    token = sold["trace_url"].rpartition("/")[2]
    with night.node.db.read() as session:
        body = session.query(OutboxMessage).filter_by(group_key=f"receipt:{token}").one()
        return [line["lot_keys"] for line in orjson.loads(body.body)["lines"]]


def test_a_recalled_pack_no_delivery_ever_brought_in_is_told_at_the_till_and_on_the_page(night: Night) -> None:
    night.recall(FISH)
    line = asked(barcode=url(FISH), quantity="1", unit="khay")
    assert checking.sellable(night.node, night.who(), (line,), night.now)["lines"][0]["sellable"] == "no"
    sold = selling.record_sale(night.node, night.who(), SaleIn("x-1", (line,)), night.now)
    assert [alarm["certainty"] for alarm in sold["alarms"]] == ["sure"]
    log = stop_sales.log(night.node, night.who())["entries"]
    assert [(row["kind"], row["key"], row["recall_id"]) for row in log if row["kind"] == "sold"] == [
        ("sold", FISH, "TH-1")
    ]
    assert sold_keys(night, sold) == [[FISH]]


def test_the_scanned_packs_own_lot_stands_on_the_page_not_the_ones_the_books_would_take(night: Night) -> None:
    night.pull()
    night.receive(SISTER, "10", "khay")
    sale = SaleIn("x-2", (asked(barcode=url(FISH), quantity="1", unit="khay"),))
    sold = selling.record_sale(night.node, night.who(), sale, night.now)
    assert sold_keys(night, sold) == [[FISH]]
    plain = SaleIn("x-3", (asked(barcode=PRODUCT_CODE, quantity="1", unit="khay"),))
    sold = selling.record_sale(night.node, night.who(), plain, night.now)
    assert sold_keys(night, sold) == [[SISTER]]


def test_a_recall_learnt_by_a_scan_blocks_what_lies_there_at_once(night: Night) -> None:
    night.pull()
    lot = night.receive(FISH, "10", "khay")["lot_id"]
    told = {"recall_id": "TH-7", "keys": [FISH], "reason": "thử (mẫu)"}
    recalls.issue(night.pair.province, officer(night.pair.province), told, night.now)
    later = night.later(hours=7)  # our records are stale by now, so the province is asked
    assert scanning.scan(night.node, night.who(), ScanIn(url(FISH)), later)["verdict"]["status"] == "blocked"
    assert night.lot(lot)["state"] == "blocked"
    night.pull(later)
    assert night.lot(lot)["state"] == "blocked"


def test_a_recall_speaks_even_of_another_systems_code(night: Night) -> None:
    foreign = "01/09521234600121/10/HC2611"
    text = f"https://txng.lamdong.example/{foreign}"
    before = scanning.scan(night.node, night.who(), ScanIn(text), night.now)
    assert [reason["code"] for reason in before["verdict"]["reasons"]].count("recalled") == 0
    told = {"recall_id": "TH-8", "keys": [foreign], "reason": "thử (mẫu)"}
    recalls.issue(night.pair.province, officer(night.pair.province), told, night.now)
    night.pull()
    assert scanning.scan(night.node, night.who(), ScanIn(text), night.now)["verdict"]["status"] == "blocked"


def test_a_tonne_counts_as_a_thousand_kilograms_against_the_lots_declared_quantity(night: Night) -> None:
    publish(night, CABBAGE, net_quantity="400", unit="kg")
    night.receive(CABBAGE, "0.3", "tấn")
    line = night.receive(CABBAGE, "0.3", "tấn")
    assert "quantity_above_lot" in [reason["code"] for reason in line["verdict"]["reasons"]]


def test_a_serial_label_of_a_lot_published_without_serials_is_that_lots(night: Night) -> None:
    night.pull()
    line = night.receive(f"{CABBAGE}/21/0007", "5", "kg")
    assert line["verdict"]["status"] == "verified"
    night.recall(CABBAGE)
    assert night.lot(line["lot_id"])["state"] == "blocked"


def test_a_line_that_says_nothing_is_no_sale(night: Night) -> None:
    with pytest.raises(Invalid, match="line_unnamed"):
        selling.record_sale(night.node, night.who(), SaleIn("x-9", (asked(quantity="1"),)), night.now)
    assert night.count(Sale) == night.count(SaleLine) == 0


def test_a_very_long_stall_name_still_gets_its_receipts_published(night: Night) -> None:
    admin = night.node.machine("setup")
    made = places.add_stall(night.node, admin, "B-77", "x" * 200, "9521234700081", "", None, night.now)
    who = night.who(stall_id=str(made["id"]))
    selling.record_sale(night.node, who, SaleIn("x-1", (asked(name="Rau", quantity="1"),)), night.now)
    with night.node.db.read() as session:
        body = orjson.loads(session.query(OutboxMessage).filter_by(kind="receipt").one().body)
    assert len(body["stall_name"]) == 200
    assert body["stall_name"].startswith("Sạp B-77 – xxx")
