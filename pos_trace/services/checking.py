"""Before payment: may this be sold? A recalled lot never; beside a good one the pack's lot number is asked once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.allocation import Check, OpenLot, check
from pos_trace.core.quantities import as_text
from pos_trace.core.vocabulary.reasons import reason_text
from pos_trace.core.vocabulary.words import CUSTOMER_WORDS
from pos_trace.services import bundles, goods_asked, sold_alarms, stock
from pos_trace.services.goods_asked import AskedLine, Goods
from pos_trace.services.node import Actor, Answer, Node, stall_of
from pos_trace.store import lots
from pos_trace.store.models import StockLot, StopSale, VerdictRow


def sellable(node: Node, who: Actor, asked: Sequence[AskedLine], now: datetime) -> Answer:
    """``{lines:[{line_no, sellable: yes|no|confirm_lot, reasons, words, lots}]}``; refusals go to the stop-sale log."""
    with node.db.read() as session:
        stall_of(session, who)
        lines = [_checked(session, node, who, line, now) for line in asked]
    stopped = [told for told in lines if told["sellable"] == "no"]
    if stopped or who.once is not None:
        with node.write(who, now) as tx:
            for told in stopped:
                row = StopSale(site_id=who.site_id, id=tx.id(), created_at=now, stall_id=who.stall, kind="check")
                row.lot_id, row.key = next(iter(told["lots"]), None), told["key"]
                row.detail = {"line_no": told["line_no"], "reason": told["reasons"][0]["code"]}
                tx.session.add(row)
            if stopped:
                tx.audit("sale_stopped", f"stall:{who.stall}", {"lines": len(stopped)})
            return tx.answer({"lines": lines})
    return {"lines": lines}


def _checked(session: Session, node: Node, who: Actor, asked: AskedLine, now: datetime) -> Answer:
    if asked.bundle is not None:
        return _bag(session, node, who, asked, asked.bundle, now)
    goods = goods_asked.find(session, node, who, asked)
    chosen = (goods.chosen.id,) if goods.chosen is not None else ()
    key = goods.chosen.key if goods.chosen is not None else goods.key
    recall = lots.find(session, key).recall if key is not None else None
    if recall is not None:
        reason = {"code": "recalled", "text": reason_text("recalled", {"number": recall.recall_id})}
        return _told(asked, goods, "no", [reason], CUSTOMER_WORDS["blocked"], chosen)
    known = list(goods.open_lots)
    if goods.chosen is not None and all(lot.id != goods.chosen.id for lot in known):
        known.append(goods.chosen)
    found = check([_as_open(session, node, lot, now) for lot in known], next(iter(chosen), None))
    allowed = sold_alarms.step_up(session, who, asked.override, now) if asked.override else None
    if found.sellable == "yes" or (allowed is not None and allowed.lot_id in found.lots):
        return _told(asked, goods, "yes", [], "", found.lots)
    reasons = _reasons(session, node, found, known, now)
    words = CUSTOMER_WORDS["confirm_lot" if found.sellable == "confirm_lot" else found.reason]
    told = _told(asked, goods, found.sellable, reasons, words, found.lots)
    stopped = [lot for lot in known if lot.id in found.lots and may_be_allowed(session, node, lot, now)]
    return told | {"override": [lot.id for lot in stopped] if found.sellable == "no" else []}


def _bag(session: Session, node: Node, who: Actor, asked: AskedLine, named: tuple[str, ...], now: datetime) -> Answer:
    """A mixed bag: every tapped lot must be one that may be sold; the day's lots are by their choice."""
    inside = bundles.lots_of(session, node, who, named, now)
    goods = Goods(None, tuple(inside), None, None, None)
    for lot in inside:
        state = "blocked" if recall_of(session, lot) is not None else _as_open(session, node, lot, now).state
        if state != "sellable":
            why = "KHÔNG BÁN" if state == "blocked" else "để riêng, chưa bán"
            words = CUSTOMER_WORDS["blocked" if state == "blocked" else "held"]
            reason = {"code": state, "text": f"{lot.label}: {why}"}
            return _told(asked, goods, "no", [reason], words, (lot.id,)) | {"key": lot.key}
    return _told(asked, goods, "yes", [], "", [lot.id for lot in inside])


def recall_of(session: Session, lot: StockLot) -> str | None:
    """The recall ``lot`` is under, by its own label or what it was made of; None when there is none."""
    found = lots.find(session, lot.key).recall if lot.key is not None else None
    if found is not None:
        return found.recall_id
    return "–" if lot.state_reason == "recall" else None


def may_be_allowed(session: Session, node: Node, lot: StockLot, now: datetime) -> bool:
    """Whether somebody may answer for selling it: held, or blocked by its date alone; recalled or cancelled never."""
    if recall_of(session, lot) is not None or lot.state == "returned_recalled":
        return False
    late = lot.expiry is not None and lot.expiry < now.astimezone(node.zone).date()
    if lot.state == "blocked":
        verdict = _judged(session, lot)
        blocks = {r["code"] for r in verdict.reasons if r["effect"] == "block"} if verdict is not None else set()
        return late and blocks <= {"expired"}
    return late or lot.state == "held"


def _as_open(session: Session, node: Node, lot: StockLot, now: datetime) -> OpenLot:
    """The lot as it may be sold now: past its expiry date blocked; a pack of a closed lot as the lot was judged."""
    found = stock.as_open(lot)
    if lot.expiry is not None and lot.expiry < now.astimezone(node.zone).date():
        return replace(found, state="blocked")
    if lot.state != "closed":
        return found
    verdict = _judged(session, lot)
    kept = verdict.stock_state if verdict is not None else "sellable"
    return replace(found, state=kept if kept in ("held", "blocked") else "sellable")


def _judged(session: Session, lot: StockLot) -> VerdictRow | None:
    """The newest verdict on the goods of ``lot``."""
    if lot.line_id is None:
        return None
    mine = select(VerdictRow).where(VerdictRow.site_id == lot.site_id, VerdictRow.line_id == lot.line_id)
    return session.scalars(mine.order_by(VerdictRow.id.desc()).limit(1)).first()


def _reasons(session: Session, node: Node, found: Check, known: Sequence[StockLot], now: datetime) -> list[Answer]:
    """Why, from the verdict of the lot that stands in the way; the state itself when no verdict says it."""
    wanted = "blocked" if found.reason == "blocked" else "held"
    lot = next((lot for lot in known if _as_open(session, node, lot, now).state == wanted), None)
    if lot is not None and lot.line_id is not None:
        verdict = _judged(session, lot)
        effects = ("block",) if wanted == "blocked" else ("hold", "block")
        strong = [r for r in verdict.reasons if r["effect"] in effects] if verdict is not None else []
        if strong:
            return [{"code": reason["code"], "text": reason["text"]} for reason in strong]
    if lot is not None and lot.state_reason == "recall":
        return [{"code": "recalled", "text": reason_text("recalled", {})}]
    if lot is not None and lot.expiry is not None and lot.expiry < now.astimezone(node.zone).date():
        return [{"code": "expired", "text": reason_text("expired", {"date": f"{lot.expiry:%d/%m/%Y}"})}]
    return [{"code": wanted, "text": "KHÔNG BÁN" if wanted == "blocked" else "Tạm để riêng, chưa bán"}]


def _told(
    asked: AskedLine, goods: Goods, answer: str, reasons: list[Answer], words: str, found: Sequence[str]
) -> Answer:
    lot = goods.chosen or next(iter(goods.open_lots), None)
    quantity, unit = goods_asked.told_quantity(goods, asked)
    product = goods.product
    return {
        "line_no": asked.line_no,
        "sellable": answer,
        "reasons": reasons,
        "words": words,
        "lots": list(found),
        "key": (lot.key if lot is not None else None) or goods.key,
        "override": [],
        "name": product.name if product is not None else None,
        "qty": as_text(quantity) if quantity is not None else None,
        "unit": unit,
        "unit_price": product.unit_price if product is not None else None,
    }
