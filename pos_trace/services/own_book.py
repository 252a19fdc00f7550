"""Tải sổ của tôi: everything a stall's node keeps of it, table by table, row by row out of one read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.books import Cell, Sheet
from pos_trace.core.vocabulary.words import CASE_STATES, PAPER_KINDS, STOCK_STATES
from pos_trace.services import sent
from pos_trace.services.node import Actor, Answer, Node, stall_of
from pos_trace.store.models import (
    AccessEntry,
    Adjustment,
    Case,
    Delivery,
    DeliveryLine,
    OutboxMessage,
    Paper,
    Party,
    Presentation,
    Product,
    Sale,
    SaleLine,
    Scan,
    StockLot,
    StockMovement,
    Transfer,
    TransferLine,
    VerdictRow,
)

AT_ONCE: Final = 500
YES: Final = {True: "có", False: "không"}
WORDS: Final[dict[str, dict[Any, str]]] = {
    "party.kind": {"supplier": "người giao", "buyer": "bạn hàng"},
    "delivery.state": {"open": "đang mở", "closed": "đã đóng", "cancelled": "đã hủy"},
    "delivery.practice": YES,
    "paper.kind": dict(PAPER_KINDS),
    "stock_lot.state": dict(STOCK_STATES),
    "sale.kind": {"sale": "bán", "return": "khách trả"},
    "transfer.direction": {"out": "giao đi", "in": "nhận về"},
    "transfer.state": {
        "sent": "chờ trả lời",
        "accepted": "đã nhận",
        "refused": "không nhận",
        "cancelled": "đã rút lại",
        "unanswered": "hết giờ trả lời, đã về",
    },
    "case_file.state": dict(CASE_STATES),
    "outbox_message.kind": sent.KINDS,
    "outbox_message.state": sent.STATES,
}
# title, model, columns "head=attribute" after "Mã dòng" and "Lúc"; the order is the book's
TABLES: Final[tuple[tuple[str, Any, str], ...]] = (
    ("Người giao, bạn hàng", Party, "Loại=kind, Tên=name, Tên gọi ở chợ=nickname, Mã địa điểm=gln"),
    ("Mặt hàng", Product, "Tên=name, Mã hàng=sku, Mã vạch=barcode, Đơn vị=unit, Giá bán=unit_price"),
    (
        "Chuyến hàng",
        Delivery,
        "Phiếu số=number, Người giao=supplier_name, Biển số xe=vehicle_plate, Trạng thái=state, Đóng lúc=closed_at,"
        " Tập dùng=practice",
    ),
    (
        "Hàng nhận",
        DeliveryLine,
        "Chuyến=delivery_id, Hàng=goods_name, Mã=key, Lô=lot, Ngày sản xuất=produced,"
        " Hạn dùng=expiry, Khai=declared, Trả lại=refused, Nhận=accepted, Đơn vị=unit,"
        " Lý do trả=refuse_reason, Giá nhập=unit_price",
    ),
    ("Lượt quét", Scan, "Chữ trên mã=text, Kết quả đọc=outcome, Chuyến=delivery_id, Người quét=user_id, Máy=device_id"),
    ("Kết quả kiểm tra", VerdictRow, "Dòng hàng=line_id, Kết quả=status, Dữ liệu tỉnh lúc=records_as_of, Vì=cause"),
    ("Giấy tờ", Paper, "Loại=kind, Số=number, Ngày=issued_on, Nơi cấp=issuer, Ghi chú=note"),
    ("Lô hàng", StockLot, "Lô=label, Mã=key, Còn=on_hand, Đơn vị=unit, Trạng thái=state, Hạn dùng=expiry"),
    ("Nhập xuất", StockMovement, "Lô=lot_id, Việc=kind, Số lượng=quantity, Do=subject, Mã việc=subject_id"),
    ("Phiếu điều chỉnh", Adjustment, "Số=number, Dòng hàng=line_id, Lô=lot_id, Số lượng=quantity, Lý do=reason"),
    ("Bán và trả", Sale, "Loại=kind, Phiếu số=receipt_no, Bán lúc=sold_at, Quầy=till, Cộng=total"),
    (
        "Hàng bán",
        SaleLine,
        "Phiếu=sale_id, Hàng=name, Số lượng=quantity, Đơn vị=unit, Đơn giá=unit_price, Thành tiền=amount",
    ),
    ("Phiếu giao hàng", Transfer, "Số=number, Chiều=direction, Trạng thái=state, Trả lời lúc=answered_at"),
    (
        "Hàng giao",
        TransferLine,
        "Phiếu=transfer_id, Hàng=name, Mã=key, Số lượng=quantity, Đơn vị=unit, Bên kia nhận=accepted, Trả về=returned",
    ),
    ("Vụ việc", Case, "Về=title, Số tiếp nhận=ack_number, Trạng thái=state, Mở lúc=opened_at"),
    (
        "Dữ liệu đã gửi đi",
        OutboxMessage,
        "Loại=kind, Nội dung=plain, Trạng thái=state, Xong lúc=done_at, SHA-256=sha256",
    ),
    ("Ai đã xem", AccessEntry, "Ai=actor, Xem gì=subject, Căn cứ=ground"),
    ("Đã trình", Presentation, "Cho ai=shown_to, Căn cứ=ground, SHA-256=sha256"),
)


@contextmanager
def reading(node: Node, who: Actor) -> Iterator[list[Sheet]]:
    """The sheets of the actor's own stall, of one moment; their rows may be taken while this is open."""
    with node.db.read() as session:
        yield [_sheet(session, who, title, model, columns) for title, model, columns in TABLES]


def _sheet(session: Session, who: Actor, title: str, model: Any, columns: str) -> Sheet:
    pairs = [("Mã dòng", "id"), ("Lúc", "created_at")]
    for column in columns.split(","):
        head, _, name = column.strip().partition("=")
        pairs.append((head, name))
    return Sheet(title, [head for head, _ in pairs], _rows(session, who, model, [name for _, name in pairs]))


def file_name(node: Node, who: Actor, now: datetime) -> str:
    """``so-A-12-24-11-2026.xlsx``."""
    with node.db.read() as session:
        number = stall_of(session, who).number
    safe = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in number)
    return f"so-{safe}-{now.astimezone(node.zone):%d-%m-%Y}.xlsx"


def written(node: Node, who: Actor, now: datetime) -> Answer:
    """The owner took the book: it stands in the stall's audit chain."""
    with node.write(who, now) as tx:
        tx.audit("own_book", f"stall:{who.stall}", {})
        return {}


def _rows(session: Session, who: Actor, model: Any, names: list[str]) -> Iterator[list[Cell]]:
    """Row by row, ``AT_ONCE`` at a time by id: a big book never lies in memory."""
    mine = select(model).where(model.site_id == who.site_id, model.stall_id == who.stall).order_by(model.id)
    last = ""
    while True:
        part = list(session.scalars(mine.where(model.id > last).limit(AT_ONCE)))
        for row in part:
            yield [_words(model, name, getattr(row, name)) for name in names]
        if len(part) < AT_ONCE:
            return
        last = part[-1].id
        session.expunge_all()


def _words(model: Any, name: str, value: Any) -> Cell:
    found: Cell = WORDS.get(f"{model.__tablename__}.{name}", {}).get(value, value)
    return found
