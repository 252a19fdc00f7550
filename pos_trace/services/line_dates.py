"""Dates of goods written down after they were received: what nobody had said yet, never what stands there already."""

from datetime import date, datetime

from sqlalchemy import select

from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.goods_dates import GoodsDates, must_fit, together
from pos_trace.services import judging, lines_in
from pos_trace.services.node import Actor, Answer, Node
from pos_trace.store.models import DeliveryLine, Flag, StockLot, VerdictRow

GONE = ("cancelled", "moved")


def write(node: Node, who: Actor, line_id: str, production: date | None, expiry: date | None, now: datetime) -> Answer:
    """ "Ghi hạn sử dụng": what stands on the goods of a line, and of what was cut from them, which are judged again:
    ``{line, verdict}``. Raises ``NotFound``, ``Invalid`` (no date, dates that do not fit each other), ``Conflict``
    when another date stands there or the line is no longer this stall's.
    """
    typed = GoodsDates(production, expiry)
    if not (production or expiry):
        raise Invalid("date_missing", "Ghi ngày trên hàng.", (FieldError("/expiry_date", "missing"),))
    with node.write(who, now) as tx:
        line = tx.owned(DeliveryLine, line_id, "Không tìm thấy dòng hàng.")
        before = lines_in.dates_of(line)
        if line.state in GONE:
            raise Conflict("line_gone", "Dòng hàng này đã hủy hoặc đã chuyển sạp.")
        if any(old not in (None, new) for old, new in _pairs(before, typed)):
            raise Conflict("date_known", "Dòng hàng này đã có ngày khác. Trả lại hoặc hủy dòng rồi nhận lại.")
        after = together(before, typed)
        must_fit(after, now.astimezone(node.zone).date())
        lines_in.date_line(line, after)
        mine = select(StockLot).where(StockLot.site_id == line.site_id, StockLot.line_id == line.id)
        for lot in tx.session.scalars(mine.order_by(StockLot.id)):
            lot.expiry, lot.harvested = lot.expiry or after.expiry, lot.harvested or after.production
        tx.session.flush()
        judging.rejudge_line(tx, line, judging.known(tx.session, line.key), "date")
        tx.audit("line_dated", f"line:{line.id}", after.told())
        flag = select(Flag).where(Flag.site_id == line.site_id, Flag.line_id == line.id).order_by(Flag.id.desc())
        kept = tx.session.get(VerdictRow, (line.site_id, line.verdict_id or ""))
        own = mine.where(StockLot.parent_lot_id.is_(None))
        told = lines_in.told(node, line, tx.session.scalars(flag).first(), tx.session.scalars(own).first(), kept)
        return tx.answer({"line": told, "verdict": told["verdict"]})


def _pairs(before: GoodsDates, typed: GoodsDates) -> tuple[tuple[date | None, date | None], ...]:
    """What stands there beside what was typed, where something was."""
    both = ((before.production, typed.production), (before.expiry, typed.expiry))
    return tuple((old, new) for old, new in both if new is not None)
