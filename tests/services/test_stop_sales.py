"""A recall arrives at the station: goods blocked at once, logged once, sold receipts listed with how sure each is."""

from typing import Any

from pos_trace.services import judging, recalls, stop_sales
from pos_trace.store.models import StopSale
from tests.services.night import CABBAGE, FISH, SISTER, Night, asked, sell, url
from tests.services.two_nodes import officer


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
        "transfers": [],
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
