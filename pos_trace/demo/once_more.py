"""Five more steps of ``demo --once``: two stalls in one box, sending back, a trader's slip, a correction, the till."""

from typing import Any, Final

from pos_trace.demo.lots import label
from pos_trace.demo.once_play import (
    API,
    FISH,
    FISH_GTIN,
    SISTER,
    Play,
    Step,
    expect,
    lot,
    paper,
    read,
    refused,
    shopper,
)
from pos_trace.demo.parts import until
from pos_trace.demo.people import SECOND_STALL

BUYER: Final = "K-22"
CRATES: Final = ("09521234600053", "MD2611-07")  # row 6: cabbage, 25 kg a crate
HEADS: Final = ("09521234600060", "MD2611-05")  # row 7
LISTS: Final = ("deliveries", "stock", "prints", "flags", "cases", "transfers", "outbox", "suppliers")
NOTE: Final = {"kind": "phieu_giao_hang", "number": "PGH 6/11 (mẫu)"}


def two_stalls_apart(play: Play) -> str:
    """What A-12 received, holds and sold is nowhere for E-01: no answer but 404, and no list shows it."""
    theirs = _neighbours_rows(play)
    here, amount = play.station, {"quantity": "1", "unit": "kg"}
    delivery, line, goods = theirs["delivery"], theirs["line"], theirs["lot"]
    asked = [
        lambda: here.get(f"{API}/deliveries/{delivery}"),
        lambda: here.get(f"{API}/deliveries/{delivery}/papers"),
        lambda: here.post(f"{API}/deliveries/{delivery}/papers", NOTE),
        lambda: here.post(f"{API}/lines/{line}/refuse", amount | {"reason": "x"}),
        lambda: here.get(f"{API}/stock/{goods}/lineage"),
        lambda: here.post(f"{API}/stock/{goods}/waste", {"quantity": "1", "reason": "x"}),
        lambda: here.post(f"{API}/papers/{theirs['paper']}/same-truck", {"same": True}),
        lambda: here.post(f"{API}/sales/{theirs['sale']}/reprint", {}),
        lambda: here.post(f"{API}/prints/{theirs['print']}/answer", {"printed": True}),
        lambda: here.post(f"{API}/transfers", {"kind": "sale", "buyer": {"name": "x"},
                                               "lines": [{"lot_id": goods, "quantity": "1"}]}),
    ]  # fmt: skip
    said = [refused(call) for call in asked]
    expect(set(said) == {404}, said)
    for name in LISTS:
        text = str(here.get(f"{API}/{name}"))
        expect(not [one for one in theirs.values() if one in text], (name, theirs))
    expect(lot(play.stall(SECOND_STALL), goods)["quantity"] == "99", theirs)
    return f"{len(said)} × 404, {len(LISTS)} danh sách"


def _neighbours_rows(play: Play) -> dict[str, str]:
    """A-12 receives heads of cabbage with a paper, closes, and sells a kilogram: the ids of it all."""
    stall = play.stall(SECOND_STALL)
    delivery = stall.post(f"{API}/deliveries", {"supplier_name": "HTX rau hoa Măng Đen (mẫu)"})["id"]
    base = f"{API}/deliveries/{delivery}"
    amount = {"delivery_id": delivery, "quantity": "100", "unit": "kg"}
    line = stall.post(f"{API}/scans", {"text": label(*HEADS)} | amount)["line"]
    expect(line["state"] == "sellable", line)
    added = stall.post(f"{base}/papers", NOTE | {"line_id": line["id"]})["paper"]["id"]
    jobs = stall.post(f"{base}/close", {})["print_jobs"]
    sold = stall.post(f"{API}/sales", {"external_id": "demo-once-a12", "lines": [
        {"line_no": 1, "name": "Bắp cải trái tim", "qty": "1", "unit": "kg", "lot": line["lot_id"]}]})  # fmt: skip
    return {"delivery": delivery, "line": line["id"], "lot": line["lot_id"], "paper": added, "sale": sold["id"],
            "print": jobs[0], "receipt": sold["print_job"]}  # fmt: skip


def partial_refusal(play: Play) -> str:
    """Twenty crates came, three go back with the driver: 425 kg are in stock and nobody is reported."""
    stall = play.stall(SECOND_STALL)
    told = {"supplier_name": "HTX rau hoa Măng Đen (mẫu)", "vehicle_plate": "82C-012.34"}
    delivery = stall.post(f"{API}/deliveries", told)["id"]
    amount = {"delivery_id": delivery, "quantity": "20", "unit": "sọt", "content_kg": "25"}
    line = stall.post(f"{API}/scans", {"text": label(*CRATES)} | amount)["line"]
    back = {"quantity": "3", "unit": "sọt", "reason": "dập hỏng"}
    line = stall.post(f"{API}/lines/{line['id']}/refuse", back)["line"]
    expect((line["declared"], line["accepted"], line["refused"]) == ("20", "17", "3"), line)
    expect(lot(stall, line["lot_id"])["quantity"] == "425", line)
    closed = stall.post(f"{API}/deliveries/{delivery}/close", {})
    expect(closed["state"] == "closed" and not stall.get(f"{API}/cases")["cases"], closed)
    play.known |= {"crates": delivery, "crates_line": line["id"], "crates_lot": line["lot_id"]}
    return f"{closed['number']}: giao 20 sọt, trả lại 3, nhận 425 kg"


def transfer_received_in_one_scan(play: Play) -> str:
    """A-12 sells to K-22; the codes on the printed slip fill K-22's delivery, and twice is once."""
    seller, buyer = play.stall(SECOND_STALL), play.stall(BUYER)
    sent = seller.post(f"{API}/transfers", {
        "kind": "sale", "buyer": {"stall_number": BUYER},
        "lines": [{"lot_id": play.known["crates_lot"], "quantity": "50", "unit": "kg"}]})  # fmt: skip
    texts = read(play, paper(play, seller, sent["print_jobs"][0]), "transfer")
    expect(sorted(texts) == sorted(sent["codes"]) and texts, (texts, sent))
    taken: dict[str, Any] = {}
    for text in sorted(texts):
        taken = buyer.post(f"{API}/scans", {"text": text})
    expect(taken["transfer"]["state"] == "accepted" and taken["delivery_id"], taken)
    [line] = taken["lines"]
    goods = lot(buyer, line["lot_id"])
    expect((goods["quantity"], goods["unit"], goods["state"]) == ("50", "kg", "sellable"), goods)
    again = buyer.post(f"{API}/scans", {"text": texts[0]})
    expect(again["delivery_id"] == taken["delivery_id"], again)
    expect(lot(buyer, line["lot_id"])["quantity"] == "50", again)
    expect(lot(seller, play.known["crates_lot"])["quantity"] == "375", sent)
    return f"{sent['number']}: {len(texts)} mã, {line['goods_name']} 50 kg"


def correction_after_close(play: Play) -> str:
    """A crate was counted too much: a numbered paper says so, stock follows, the receiving slip stays."""
    stall, where = play.stall(SECOND_STALL), f"{API}/deliveries/{play.known['crates']}"
    before = stall.get(where)
    told = stall.post(f"{where}/adjustments", {
        "line_id": play.known["crates_line"], "quantity": "1", "unit": "sọt", "less": True,
        "reason": "đếm lại còn 16 sọt"})  # fmt: skip
    expect(paper(play, stall, told["print_job"]).stat().st_size > 0, told)
    expect(lot(stall, play.known["crates_lot"])["quantity"] == "350", told)
    after = stall.get(where)
    expect([one["accepted"] for one in after["lines"]] == [one["accepted"] for one in before["lines"]], after)
    return str(told["number"])


def confirm_lot_at_till(play: Play) -> str:
    """The barcode alone may be either lot: one tap on the pack's lot, and that line of the receipt is certain."""
    pack = {"line_no": 1, "barcode": FISH_GTIN[1:], "qty": "1"}

    def answer(**more: str) -> str:
        [told] = play.station.post(f"{API}/sales:check", {"lines": [pack | more]})["lines"]
        return str(told["sellable"])

    good, bad = play.known[SISTER], play.known[FISH]
    said = (answer(), answer(lot=bad), answer(lot=good))
    expect(said == ("confirm_lot", "no", "yes"), said)
    sold = play.station.post(f"{API}/sales", {"external_id": "demo-once-2", "lines": [pack | {"lot": good}]})
    [line] = sold["lines"]
    expect(line["lot_source"] == "scanned" and [one["lot"] for one in line["lots"]] == [good], line)
    _, page = until("page", lambda: shopper(sold["trace_url"]), lambda found: found[0] == 200)
    expect(SISTER in page and FISH not in page and "THU HỒI" not in page, page)
    return f"{said[0]}; {sold['receipt_no']}: lô {SISTER}"


STEPS: Final[tuple[Step, ...]] = (
    two_stalls_apart,
    partial_refusal,
    transfer_received_in_one_scan,
    correction_after_close,
    confirm_lot_at_till,
)
