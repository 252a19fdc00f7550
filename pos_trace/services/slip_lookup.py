"""The slip a customer brings back: found by its QR, its short code or its number; what of each line may come back."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core import tokens
from pos_trace.core.errors import NotFound
from pos_trace.core.quantities import as_text
from pos_trace.core.text import clean
from pos_trace.services import checking, receipts, returning
from pos_trace.services.goods_asked import Goods
from pos_trace.services.node import Actor, Answer, Node
from pos_trace.store.models import Product, Receipt, Sale, SaleLine

NOT_OURS = "Không tìm thấy phiếu này ở sạp. Có thể là phiếu của sạp khác."


def find(node: Node, who: Actor, text: str) -> Answer:
    """``{id, receipt_no, sold_at, lines:[{line_no, product_id, name, quantity, unit, left, lots}]}`` of the stall's own
    sale; ``left`` null where nobody knows how much was sold. Raises ``NotFound``, for another stall's slip too.
    """
    with node.db.read() as session:
        sale = _by_code(session, who, text) or _by_number(session, who, text)
        if sale is None:
            raise NotFound("not_found", NOT_OURS)
        mine = select(SaleLine).where(SaleLine.site_id == sale.site_id, SaleLine.sale_id == sale.id)
        lines = session.scalars(mine.order_by(SaleLine.id))
        return {
            "id": sale.id,
            "receipt_no": sale.receipt_no,
            "sold_at": sale.sold_at.isoformat(),
            "lines": [_line(session, sale, line) for line in lines],
        }


def _by_code(session: Session, who: Actor, text: str) -> Sale | None:
    wanted = tokens.normalise(text.strip().rpartition("/")[2])
    mine = select(Receipt).where(Receipt.site_id == who.site_id, Receipt.stall_id == who.stall)
    if tokens.is_token(wanted):
        mine = mine.where(Receipt.token == wanted)
    elif tokens.is_short(wanted):
        mine = mine.where(Receipt.short_code == wanted)
    else:
        return None
    row = session.scalars(mine.order_by(Receipt.id.desc()).limit(1)).first()
    return session.get(Sale, (row.site_id, row.sale_id)) if row is not None else None


def _by_number(session: Session, who: Actor, text: str) -> Sale | None:
    mine = select(Sale).where(Sale.site_id == who.site_id, Sale.stall_id == who.stall, Sale.kind == "sale")
    mine = mine.where(Sale.receipt_no == clean(text, 80))
    return session.scalars(mine.order_by(Sale.sold_at.desc(), Sale.id.desc()).limit(1)).first()


def _line(session: Session, sale: Sale, line: SaleLine) -> dict[str, Any]:
    product = session.get(Product, (line.site_id, line.product_id)) if line.product_id else None
    left = None
    if product is not None and line.unit is not None:
        left = returning.left_of(session, sale, Goods(product, (), None, None, None), line.unit)
    return {
        "line_no": line.line_no,
        "product_id": line.product_id,
        "name": line.name,
        "quantity": as_text(line.quantity) if line.quantity is not None else None,
        "unit": line.unit,
        "left": as_text(left) if left is not None else None,
        "lots": [
            {"id": lot.id, "label": lot.label, "recalled": checking.recall_of(session, lot) is not None}
            for lot in receipts.candidates(session, line)
        ],
    }
