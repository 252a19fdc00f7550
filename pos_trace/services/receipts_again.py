"""A receipt's page learns of a lot found later: what was sold above the books and settled by it may be recalled."""

from collections.abc import Collection

from sqlalchemy import select

from pos_trace.services import receipts
from pos_trace.services.case_log import DESTINATION
from pos_trace.services.node import Transaction
from pos_trace.store.models import Receipt, Sale, SaleLine, Stall


def publish(tx: Transaction, line_ids: Collection[str]) -> int:
    """Send the projection of the sales of these lines again, under the same token; answers how many.

    The province keeps it where it tells more than before. Nothing is sent of practice, nor without a public address.
    """
    if not line_ids or not tx.node.public_base_url:
        return 0
    lines = select(SaleLine.sale_id).where(SaleLine.site_id == tx.node.id, SaleLine.id.in_(sorted(set(line_ids))))
    mine = (
        select(Receipt, Sale)
        .join(Sale, (Sale.site_id == Receipt.site_id) & (Sale.id == Receipt.sale_id))
        .where(Receipt.site_id == tx.node.id, Sale.id.in_(lines), Sale.practice.is_(False))
        .order_by(Receipt.id)
    )
    rows = tx.session.execute(mine).all()
    for row, sale in rows:
        stall = tx.session.get_one(Stall, (sale.site_id, sale.stall_id))
        of = select(SaleLine).where(SaleLine.site_id == sale.site_id, SaleLine.sale_id == sale.id)
        sold = tx.session.scalars(of.order_by(SaleLine.id)).all()
        body = receipts.projection(tx.session, tx.node, row, sale, stall, sold)
        plain = f"Trang truy xuất của phiếu {sale.receipt_no}: thêm mã lô của hàng bán vượt sổ (không có giá)"
        tx.send(DESTINATION, "receipt", f"receipt:{row.token}", body, plain, sale.stall_id)
    return len(rows)
