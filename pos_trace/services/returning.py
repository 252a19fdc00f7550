"""Goods a customer brings back, with or without the slip: set aside; a recalled pack never sells again."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.errors import FieldError, Invalid, NotFound
from pos_trace.core.quantities import shown
from pos_trace.core.sales import left_to_return
from pos_trace.core.text import clean
from pos_trace.core.units import convert
from pos_trace.services import goods_asked, lineage, lines_in, receipts, stock
from pos_trace.services.goods_asked import AskedLine, Goods
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store import lots
from pos_trace.store.models import Product, RecallRow, Sale, SaleLine, StockLot

NO_SALE = "Không tìm thấy phiếu bán."


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
    without_receipt: bool = False,
) -> Answer:
    """A return becomes a lot of its own: ``held``, or ``returned_recalled``: ``{id, lot_id, state}``.

    With its slip never more comes back than that slip sold, all its returns together. Raises ``Invalid`` (goods this
    stall never had or this slip never sold, too much, a recall nobody knows), ``NotFound`` (another stall's sale).
    """
    amount, known = lines_in.amount_of(quantity, unit)
    if sale_id and without_receipt:
        detail = "Chọn một: có phiếu hay không có phiếu."
        raise Invalid("receipt_or_not", detail, (FieldError("/without_receipt", "conflict"),))
    with node.write(who, now) as tx:
        sale = _sale(tx, sale_id) if sale_id else None
        name = clean(product, 300)
        asked = AskedLine(1, product[:200], product[:64], name, lot=key, product_id=product)
        goods = goods_asked.find(tx.session, node, who, asked)
        if goods.product is None:
            raise Invalid("product_unknown", "Sạp này chưa từng có mặt hàng đó.", (FieldError("/product", "unknown"),))
        if sale is not None:
            _not_above(tx, sale, goods, amount, known)
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
        lot.origin = {"returned": True, "recall_id": recall, "without_receipt": sale is None}
        tx.session.add(lot)
        tx.session.flush()
        row = _return_row(tx, sale, goods.product, lot, amount, recall)
        stock.move(tx, lot, "returned", amount, "sale", row.id)
        told = {"quantity": str(amount), "unit": known, "recall": recall, "sale": sale.id if sale is not None else None}
        tx.audit("returned", f"lot:{lot.id}", told)
        return tx.answer({"id": row.id, "lot_id": lot.id, "state": lot.state}, 201)


def _sale(tx: Transaction, sale_id: str) -> Sale:
    """The stall's own sale, kept by this write: two returns at once see each other."""
    tx.owned(Sale, sale_id, NO_SALE)
    row = tx.session.get_one(Sale, (tx.who.site_id, sale_id), with_for_update=True)
    if row.kind != "sale":
        raise NotFound("not_found", NO_SALE)
    return row


def _not_above(tx: Transaction, sale: Sale, goods: Goods, amount: Decimal, unit: str) -> None:
    """Refuse goods the slip did not sell, and more of them than are still out."""
    assert goods.product is not None
    sold = lines_of(tx.session, sale, goods.product.id)
    if not sold:
        detail = f"Phiếu {sale.receipt_no} không có mặt hàng này."
        raise Invalid("not_on_receipt", detail, (FieldError("/product", "not_on_receipt"),))
    left = left_of(tx.session, sale, goods, unit)
    if left is not None and amount > left:
        detail = f"Phiếu {sale.receipt_no}: chỉ còn nhận lại được {shown(left)} {unit}."
        raise Invalid("returned_above_sold", detail, (FieldError("/quantity", "out_of_range"),))


def lines_of(session: Session, sale: Sale, product_id: str) -> list[SaleLine]:
    """The lines of one product in a sale, or in a return."""
    mine = select(SaleLine).where(SaleLine.site_id == sale.site_id, SaleLine.sale_id == sale.id)
    return list(session.scalars(mine.where(SaleLine.product_id == product_id).order_by(SaleLine.id)))


def left_of(session: Session, sale: Sale, goods: Goods, unit: str) -> Decimal | None:
    """How much in ``unit`` may still come back on this slip; None where nobody knows how much it sold of it."""
    assert goods.product is not None
    back = select(Sale).where(Sale.site_id == sale.site_id, Sale.returned_sale_id == sale.id)
    returns = session.scalars(back.order_by(Sale.id))
    returned = [line for row in returns for line in lines_of(session, row, goods.product.id)]
    sold = lines_of(session, sale, goods.product.id)
    return left_to_return([_in(goods, line, unit) for line in sold], [_in(goods, line, unit) for line in returned])


def _in(goods: Goods, line: SaleLine, unit: str) -> Decimal | None:
    if line.quantity is None or line.unit is None:
        return None
    return convert(line.quantity, line.unit, unit, goods.contents, goods.content_kg)


def _sold_lot(tx: Transaction, sale: Sale | None, product_id: str) -> StockLot | None:
    """The lot the sale took of this product, when it is certain."""
    if sale is None:
        return None
    found = [lot for line in lines_of(tx.session, sale, product_id) for lot in receipts.candidates(tx.session, line)]
    return found[0] if len(found) == 1 else None


def _recall_of(tx: Transaction, lot: StockLot | None) -> str | None:
    """The recall of any of the goods a lot was made of: what was mixed with recalled goods is recalled."""
    made_of = lineage.sources(tx.session, lot) if lot is not None else []
    keys = [one.key for one in made_of if one.key]
    found = [lots.find(tx.session, key).recall for key in dict.fromkeys(keys)]
    return next((recall.recall_id for recall in found if recall is not None), None)


def _return_row(
    tx: Transaction, sale: Sale | None, product: Product, lot: StockLot, amount: Decimal, recall: str | None
) -> Sale:
    row = Sale(site_id=tx.who.site_id, id=tx.id(), created_at=tx.now, stall_id=tx.who.stall, kind="return")
    row.external_id, row.till, row.receipt_no = f"return:{row.id}", "", sale.receipt_no if sale is not None else "–"
    row.sold_at, row.body_sha256, row.answer = tx.now, "", {}
    row.returned_sale_id, row.recall_id = sale.id if sale is not None else None, recall
    tx.session.add(row)
    tx.session.flush()
    line = SaleLine(site_id=row.site_id, id=tx.id(), created_at=tx.now, stall_id=row.stall_id, sale_id=row.id)
    line.line_no, line.product_id, line.name, line.unit = 1, product.id, product.name, lot.unit
    line.quantity, line.verdict, line.lot_source = amount, lot.state, "scanned" if lot.key else "unknown"
    tx.session.add(line)
    return row
