"""Before payment: may this be sold? The answer, its reason, the words for the customer, and the stop-sale log."""

from datetime import date
from typing import Any

import pytest

from pos_trace.core.vocabulary.words import CUSTOMER_WORDS
from pos_trace.services import checking, closing, recalls, rechecking, returning, stock, stop_sales
from pos_trace.store.models import StockLot, StockMovement, StopSale
from tests.services.night import (
    CABBAGE,
    FISH,
    REVOKED,
    SISTER,
    SUSPENDED,
    Night,
    asked,
    laid_out,
    on_sqlite,
    sell,
    url,
)
from tests.services.two_nodes import officer

PRODUCT = "09521234600138"


def check(night: Night, *lines: dict[str, Any], number: str = "A-12", at: Any = None) -> list[dict[str, Any]]:
    """The answered lines."""
    told = [asked(line_no=index, **line) for index, line in enumerate(lines, 1)]
    found: list[dict[str, Any]] = checking.sellable(night.node, night.who(number), told, at or night.now)["lines"]
    return found


@pytest.fixture
def fish(night: Night) -> dict[str, str]:
    """A recalled lot and its good sister, both on hand."""
    night.pull()
    made = {key: night.receive(key, "10", "khay")["lot_id"] for key in (FISH, SISTER)}
    night.recall(FISH)
    return made


def test_a_recalled_lot_is_refused_with_reason_words_and_a_line_in_the_log(night: Night, fish: dict[str, str]) -> None:
    (told,) = check(night, {"barcode": url(FISH)}, at=night.later(minutes=1))
    assert told == {
        "line_no": 1,
        "sellable": "no",
        "reasons": [{"code": "recalled", "text": "Hàng đang bị thu hồi (thông báo số TH-1)"}],
        "words": "Mặt hàng này đang tạm ngừng bán. Xin quý khách chọn mặt hàng khác.",
        "lots": [fish[FISH]],
        "key": FISH,
        "override": [],
        "name": "Cá lăng phi lê khay 500 g",
        "qty": None,
        "unit": "khay",
        "unit_price": None,
    }
    entry = stop_sales.log(night.node, night.who())["entries"][0]
    assert (entry["kind"], entry["key"], entry["lot_id"]) == ("check", FISH, fish[FISH])
    assert entry["detail"] == {"line_no": 1, "reason": "recalled"}


def test_a_recalled_and_a_good_lot_of_one_product_ask_for_the_number_on_the_pack(
    night: Night, fish: dict[str, str]
) -> None:
    (told,) = check(night, {"barcode": PRODUCT})
    assert (told["sellable"], told["lots"]) == ("confirm_lot", [fish[SISTER]])
    assert told["words"] == "Xem số lô trên gói rồi chạm đúng lô."
    good, bad = check(night, {"barcode": PRODUCT, "lot": fish[SISTER]}, {"barcode": PRODUCT, "lot": fish[FISH]})
    assert (good["sellable"], good["reasons"], good["words"]) == ("yes", [], "")
    assert (bad["sellable"], bad["words"]) == ("no", CUSTOMER_WORDS["blocked"])


def test_a_look_before_payment_moves_nothing_and_writes_nothing_when_all_is_well(night: Night) -> None:
    laid_out(night)
    before = night.count(StockMovement)
    assert [line["sellable"] for line in check(night, {"name": "cà rốt"}, {"name": "chưa từng thấy"})] == ["yes", "yes"]
    assert night.count(StockMovement) == before
    assert night.count(StopSale) == 0


@on_sqlite
@pytest.mark.parametrize(
    ("key", "code", "words"),
    [(SUSPENDED, "suspended", "held"), (REVOKED, "revoked", "blocked")],
)
def test_held_and_revoked_goods_say_why(night: Night, key: str, code: str, words: str) -> None:
    night.pull()
    night.receive(key, "5", "gói")
    (told,) = check(night, {"barcode": url(key)})
    assert (told["sellable"], told["words"]) == ("no", CUSTOMER_WORDS[words])
    assert code in [reason["code"] for reason in told["reasons"]]
    assert all(reason["text"] for reason in told["reasons"])


def test_goods_set_aside_by_a_person_say_so(night: Night) -> None:
    lot = laid_out(night)
    with night.node.write(night.who(), night.now) as tx:
        stock.apply_state(tx, tx.session.get_one(StockLot, (night.node.id, lot)), "held", "person")
    (told,) = check(night, {"name": "Cà rốt"})
    assert told["reasons"] == [{"code": "held", "text": "Tạm để riêng, chưa bán"}]


def test_a_recall_of_goods_this_stall_never_had_is_refused_too(night: Night) -> None:
    night.recall(FISH)
    (told,) = check(night, {"barcode": url(FISH)})
    assert (told["sellable"], told["lots"], told["key"]) == ("no", [], FISH)


def test_a_pack_of_a_lot_the_books_closed_is_judged_as_the_lot_was(night: Night) -> None:
    night.pull()
    cabbage, suspended = night.receive(CABBAGE), night.receive(SUSPENDED, "5", "gói")
    plain = laid_out(night)
    for lot in (cabbage["lot_id"], suspended["lot_id"], plain):
        closing.close(night.node, night.who(), lot, night.now)
    told = check(night, {"barcode": url(CABBAGE)}, {"barcode": url(SUSPENDED)}, {"lot": plain})
    assert [line["sellable"] for line in told] == ["yes", "no", "yes"]
    night.recall(CABBAGE)
    (recalled,) = check(night, {"barcode": url(CABBAGE)})
    assert (recalled["sellable"], recalled["reasons"][0]["code"]) == ("no", "recalled")


def test_recalled_goods_a_customer_brought_back_never_pass_again(night: Night) -> None:
    night.recall(FISH)
    night.receive(FISH, "3", "khay")
    back = returning.take_back(night.node, night.who(), url(FISH), "1", "khay", night.now)["lot_id"]
    recalls.end(night.pair.province, officer(night.pair.province), "TH-1", "xong", night.now)
    night.pull()
    (told,) = check(night, {"lot": back})
    assert (told["sellable"], told["words"]) == ("no", CUSTOMER_WORDS["blocked"])
    sold = sell(night, asked(lot=back, quantity="1", unit="khay"))
    assert back not in [part["lot"] for part in sold["lines"][0]["lots"]]
    assert [alarm["lot"] for alarm in sold["alarms"]] == [back]
    assert night.lot(back)["on_hand"] == 1


def test_goods_past_their_date_are_refused_at_once_and_blocked_by_the_beat(night: Night) -> None:
    lot = laid_out(night, expiry=date(2026, 11, 26))
    assert check(night, {"name": "Cà rốt"}, {"lot": lot}, at=night.later(days=1))[0]["sellable"] == "yes"
    later = night.later(days=2)
    told = check(night, {"name": "Cà rốt"}, {"lot": lot}, at=later)
    assert [line["sellable"] for line in told] == ["no", "no"]
    assert told[0]["reasons"] == [{"code": "expired", "text": "Hết hạn sử dụng 26/11/2026"}]
    assert rechecking.expired_due(night.node, night.later(days=1)) == 0
    assert rechecking.expired_due(night.node, later) == 1
    assert rechecking.expired_due(night.node, later) == 0
    assert night.lot(lot) == night.lot(lot) | {"state": "blocked", "reason": "expired"}


def test_the_neighbours_recalled_lot_stops_nobody_else(night: Night, fish: dict[str, str]) -> None:
    night.receive(SISTER, "5", "khay", number="E-01")
    (told,) = check(night, {"barcode": PRODUCT}, number="E-01")
    assert told["sellable"] == "yes"
    assert fish[FISH] not in told["lots"]
    assert stop_sales.log(night.node, night.who("E-01"))["entries"] == []
