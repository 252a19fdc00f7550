"""Goods a customer brings back, with or without the slip: set aside; a recalled pack never sells again."""

from datetime import datetime

from sqlalchemy import select

from pos_trace.core.errors import FieldError, Invalid
from pos_trace.core.text import clean
from pos_trace.services import goods_asked, lines_in, receipts, stock
from pos_trace.services.goods_asked import AskedLine
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store import lots
from pos_trace.store.models import RecallRow, Sale, SaleLine, StockLot


def take_back(
    node: Node,
    who: Actor,
    product: str,
    quantity: object,
    unit: str | None,
    now: datetime,
    *,
    sale_id: str | None = None,
    key: str | None = None,
    recall_id: str | None = None,
) -> Answer:
    """A return becomes a lot of its own: ``held``, or ``returned_recalled``: ``{id, lot_id, state}``.

    Raises ``Invalid`` (goods this stall never had, a recall nobody knows), ``NotFound`` (another stall's sale).
    """
    amount, known = lines_in.amount_of(quantity, unit)
    with node.write(who, now) as tx:
        sale = tx.owned(Sale, sale_id, "Không tìm thấy phiếu bán.") if sale_id else None
        asked = AskedLine(1, name=clean(product, 300), sku=product[:64], barcode=product[:200], lot=key)
        goods = goods_asked.find(tx.session, node, who, asked)
        if goods.product is None:
            raise Invalid("product_unknown", "Sạp này chưa từng có mặt hàng đó.", (FieldError("/product", "unknown"),))
        source = goods.chosen or _sold_lot(tx, sale, goods.product.id)
        recall = recall_id or _recall_of(tx, source)
        if recall_id is not None and tx.session.get(RecallRow, recall_id) is None:
            raise Invalid("recall_unknown", "Không có thông báo thu hồi này.", (FieldError("/recall_id", "unknown"),))
        lot = StockLot(site_id=who.site_id, id=tx.id(), created_at=now, stall_id=who.stall, product_id=goods.product.id)
        lot.parent_lot_id = source.id if source is not None else None
        lot.key = source.key if source is not None else None
        day = now.astimezone(node.zone)
        lot.label, lot.unit, lot.on_hand = f"Khách trả {day:%d/%m/%Y}", known, stock.ZERO
        lot.state, lot.state_reason = ("returned_recalled", "recall") if recall else ("held", "returned")
        lot.expiry, lot.received_at = source.expiry if source is not None else None, now
        lot.origin = {"returned": True, "recall_id": recall}
        tx.session.add(lot)
        tx.session.flush()
        row = _return_row(tx, sale, goods.product.id, goods.product.name, lot)
        stock.move(tx, lot, "returned", amount, "sale", row.id)
        tx.audit("returned", f"lot:{lot.id}", {"quantity": str(amount), "unit": known, "recall": recall})
        return tx.answer({"id": row.id, "lot_id": lot.id, "state": lot.state}, 201)


def _sold_lot(tx: Transaction, sale: Sale | None, product_id: str) -> StockLot | None:
    """The lot the sale took of this product, when it is certain."""
    if sale is None:
        return None
    mine = select(SaleLine).where(SaleLine.site_id == sale.site_id, SaleLine.sale_id == sale.id)
    found = [lot for line in tx.session.scalars(mine.where(SaleLine.product_id == product_id))
             for lot in receipts.candidates(tx.session, line)]  # fmt: skip
    return found[0] if len(found) == 1 else None


def _recall_of(tx: Transaction, lot: StockLot | None) -> str | None:
    recall = lots.find(tx.session, lot.key).recall if lot is not None and lot.key else None
    return recall.recall_id if recall is not None else None


def _return_row(tx: Transaction, sale: Sale | None, product_id: str, name: str, lot: StockLot) -> Sale:
    row = Sale(site_id=tx.who.site_id, id=tx.id(), created_at=tx.now, stall_id=tx.who.stall, kind="return")
    row.external_id, row.till, row.receipt_no = f"return:{row.id}", "", sale.receipt_no if sale is not None else "–"
    row.sold_at, row.body_sha256, row.answer = tx.now, "", {}
    row.returned_sale_id = sale.id if sale is not None else None
    tx.session.add(row)
    tx.session.flush()
    line = SaleLine(site_id=row.site_id, id=tx.id(), created_at=tx.now, stall_id=row.stall_id, sale_id=row.id)
    line.line_no, line.product_id, line.name, line.lot_source = 1, product_id, name, "scanned" if lot.key else "unknown"
    line.unit, line.verdict = lot.unit, lot.state
    tx.session.add(line)
    return row
