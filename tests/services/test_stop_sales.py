"""A recall arrives at the station: goods blocked at once, logged once, sold receipts listed with how sure each is."""

from typing import Any

import orjson
from sqlalchemy import select

from pos_trace.services import (
    intake,
    judging,
    recalls,
    receiving,
    returning,
    shortfalls,
    splitting,
    stock,
    stop_sales,
    trace,
    transfer_answers,
)
from pos_trace.store.models import OutboxMessage, StopSale
from tests.services.night import CABBAGE, FISH, SISTER, Night, asked, sell, url
from tests.services.test_trace import as_station
from tests.services.two_nodes import officer
from tests.services.two_stations import sent


def listed(night: Night, number: str = "A-12", recall: str = "TH-1") -> dict[str, Any]:
    return stop_sales.listed(night.node, night.who(number), recall)


def test_goods_on_hand_are_blocked_at_once_at_every_stall_and_logged_once(night: Night) -> None:
    night.pull()
    mine, theirs = (night.receive(FISH, "10", "khay", number)["lot_id"] for number in ("A-12", "E-01"))
    night.recall(FISH)
    night.pull()
    with night.node.write(night.node.machine("t"), night.now) as tx:
        assert stop_sales.apply(tx, ["TH-1", "unknown"]) == [FISH]
    for lot in (mine, theirs):
        assert night.lot(lot) == night.lot(lot) | {"state": "blocked", "reason": "recall"}
    assert night.count(StopSale) == 2
    (entry,) = stop_sales.log(night.node, night.who())["entries"]
    assert entry == entry | {"kind": "recall", "key": FISH, "recall_id": "TH-1", "lot_id": mine, "sale_id": None}
    assert entry["detail"] == {"on_hand": "10", "unit": "khay"}


def test_goods_received_after_the_recall_are_blocked_at_the_scan(night: Night) -> None:
    night.recall(FISH)
    line = night.receive(FISH, "10", "khay")
    assert (line["state"], line["verdict"]["status"]) == ("blocked", "blocked")
    assert line["flag"] is None


def test_packs_with_serials_of_a_recalled_lot_are_found_too(night: Night) -> None:
    night.pull()
    pack = night.receive(f"{FISH}/21/000417", "1", "khay")["lot_id"]
    night.recall(FISH)
    assert night.lot(pack)["state"] == "blocked"
    assert [lot["id"] for lot in listed(night)["lots"]] == [pack]


def test_sold_receipts_are_listed_with_their_certainty_and_only_the_stalls_own(night: Night) -> None:
    night.pull()
    night.receive(FISH, "10", "khay")
    night.receive(FISH, "5", "khay", "E-01")
    sure = sell(night, asked(barcode=url(FISH), quantity="1", unit="khay"), at=night.later(minutes=1))
    night.receive(SISTER, "10", "khay")
    maybe = sell(
        night, asked(barcode="09521234600138", quantity="1", unit="khay"), name="s-2", at=night.later(minutes=2)
    )
    named = sell(night, asked(barcode=url(SISTER), quantity="1", unit="khay"), name="s-3")
    other = sell(night, asked(barcode=url(FISH), quantity="1", unit="khay"), name="s-4", number="E-01")
    night.recall(FISH)
    told = listed(night)
    assert told["recall"] == {"recall_id": "TH-1", "reason": "vượt mức dư lượng (mẫu)", "found": True}
    assert [(row["receipt_no"], row["certainty"]) for row in told["receipts"]] == [
        (maybe["receipt_no"], "candidates"), (sure["receipt_no"], "sure"),
    ]  # fmt: skip
    assert all(row["token"] in str(sure) + str(maybe) for row in told["receipts"])
    assert named["receipt_no"] not in str(told)
    (theirs,) = listed(night, "E-01")["receipts"]
    assert theirs["receipt_no"] == other["receipt_no"]


def test_a_recall_nobody_issued_lists_nothing(night: Night) -> None:
    assert listed(night, recall="TH-9") == {
        "recall": {"recall_id": "TH-9", "reason": "", "found": False}, "lots": [], "receipts": [],
        "transfers": [], "completion": [],
    }  # fmt: skip


def test_an_ended_recall_blocks_nothing_more_and_goods_are_judged_again(night: Night) -> None:
    night.pull()
    fish, cabbage = night.receive(FISH, "10", "khay")["lot_id"], night.receive(CABBAGE)["lot_id"]
    night.recall(FISH)
    recalls.end(night.pair.province, officer(night.pair.province), "TH-1", "xong", night.now)
    night.pull()
    with night.node.write(night.node.machine("t"), night.now) as tx:
        assert stop_sales.apply(tx, ["TH-1"]) == []
    judging.rejudge_keys(night.node, [FISH], night.now, "records")
    assert (night.lot(fish)["state"], night.lot(cabbage)["state"]) == ("sellable", "sellable")
    assert night.count(StopSale) == 1


def test_the_completion_report_adds_up_received_sold_given_on_wasted_and_brought_back(night: Night) -> None:
    night.pull()
    line = night.receive(FISH, "20", "khay")
    lot = line["lot_id"]
    sell(night, asked(barcode=url(FISH), quantity="3", unit="khay"))
    stock.waste(night.node, night.who(), lot, "1", "rách", night.now)
    sent(night, (lot, "4"), stall_number="E-01")
    sent(night, (lot, "2"), name="Quán Tư (mẫu)")
    splitting.split(night.node, night.who(), lot, "5", "Cá cắt lát", "khay", "5", night.now)
    night.recall(FISH)
    gtin = FISH.split("/")[1]
    for told in ({"key": FISH}, {"recall_id": "TH-1", "without_receipt": True}):
        returning.take_back(night.node, night.who(), gtin, "1", "khay", night.now, **told)
    whole, cut = sorted(listed(night)["completion"], key=lambda row: row["product_name"] == "Cá cắt lát")
    assert whole == whole | {
        "unit": "khay", "received": "20", "sold": "3", "wasted": "1", "corrected": "0", "moved": "-5",
        "transferred": "6", "on_hand": "5", "returned_recalled": "2", "returns": 2,
    }  # fmt: skip
    assert whole["transferred_to"] == [
        {"buyer": "Quán Tư (mẫu)", "quantity": "2"}, {"buyer": "Sạp E-01 – Sạp E-01 (mẫu)", "quantity": "4"},
    ]  # fmt: skip
    assert cut == cut | {"received": "0", "moved": "5", "on_hand": "5", "returned_recalled": "0", "transferred_to": []}
    assert listed(night, "E-01")["completion"] == []


def test_what_came_back_of_a_slip_and_what_was_sent_back_is_not_counted(night: Night) -> None:
    night.pull()
    delivery = night.deliver()
    line = night.scan(FISH, delivery, "20", "khay")["line"]
    receiving.refuse(night.node, night.who(), line["id"], "4", "khay", "dập", night.now)
    made = sent(night, (line["lot_id"], "6"), stall_number="E-01")
    transfer_answers.cancel(night.node, night.who(), made["id"], "nhầm", night.now)
    night.recall(FISH)
    (row,) = listed(night)["completion"]
    assert row == row | {"received": "16", "transferred": "0", "transferred_to": [], "on_hand": "16", "returns": 0}


def test_a_lot_that_settled_what_was_sold_above_the_books_reaches_the_receipt_and_its_page(night: Night) -> None:
    """Sold from the truck, scanned later, recalled later still: the shopper's page turns red all the same."""
    night.pull()
    gtin = FISH.split("/")[1]
    night.receive(SISTER, "1", "khay")
    told = sell(night, asked(barcode=gtin, quantity="4", unit="khay"))
    lot = night.receive(FISH, "10", "khay")["lot_id"]
    publish(night)
    token = told["trace_url"].rpartition("/")[2]
    assert trace.receipt(night.pair.province, token)["items"][0]["count"] == 1
    assert shortfalls.settle(night.node, night.who(), lot, night.now)["settled"] == "3"
    publish(night)
    night.recall(FISH)
    (item,) = trace.receipt(night.pair.province, token)["recalled"]
    assert [one["number"] for one in item["recalls"]] == ["TH-1"]
    assert (item["count"], item["certain"]) == (2, False)
    assert trace.receipt(night.node, token)["recalled"] != []
    assert [row["receipt_no"] for row in listed(night)["receipts"]] == [told["receipt_no"]]


def publish(night: Night) -> list[str]:
    """All projections ever queued reach the province, the old ones once more: late and twice changes nothing."""
    with night.node.db.read() as session:
        rows = session.scalars(select(OutboxMessage.body).where(OutboxMessage.kind == "receipt")).all()
    bodies = [orjson.loads(row) for row in rows]
    take = [intake.take_receipt(night.pair.province, as_station(), body, night.now)["result"]
            for body in [*bodies, *reversed(bodies)]]  # fmt: skip
    assert take[len(bodies) :] == ["duplicate"] * len(bodies)
    return take
