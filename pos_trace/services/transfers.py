"""Goods leave a stall for a trader or another shop: lots taken, PHIẾU GIAO HÀNG numbered, signed and printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.quantities import as_text, to_kg
from pos_trace.core.text import clean
from pos_trace.services import (
    origins,
    printing,
    products,
    stock,
    transfer_buyers,
    transfer_returns,
    transfer_slips,
)
from pos_trace.services.node import Actor, Answer, Node, Transaction, owned, stall_of
from pos_trace.services.transfer_buyers import Buyer, BuyerIn
from pos_trace.store import lots
from pos_trace.store.models import Product, Stall, StockLot, Transfer, TransferLine

NO_TRANSFER = "Không tìm thấy phiếu giao hàng."
KINDS = ("sale", "internal")
MOST_LINES = 100
MOST_LISTED = 100
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LineIn:
    """So much of a lot, or of a product, first expiring first. ``quantity`` as it came."""

    quantity: Any
    unit: str | None = None
    lot_id: str | None = None
    product: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What goes out of one lot, in the lot's unit."""

    lot: StockLot
    name: str
    quantity: Decimal


def send(
    node: Node, who: Actor, kind: str, buyer: BuyerIn, told: Sequence[LineIn], reason: str, now: datetime
) -> Answer:
    """ "Bán cho bạn hàng" (``sale``) or shop to shop (``internal``): ``{id, number, codes, print_jobs, state, …}``.

    Blocked and recalled lots are refused and nobody overrides; held ones wait. What came in for practice, and opening
    stock, goes as what it is: the slip shows no origin for it. A buyer of this box sees the slip under "Hàng đang tới"
    at once. Raises ``Invalid``, ``NotFound`` (stall, another stall's lot), ``Conflict``.
    """
    if kind not in KINDS:
        raise Invalid("kind_unknown", "Chọn bán cho bạn hàng hoặc giao nội bộ.", (FieldError("/kind", "unknown"),))
    if not 0 < len(told) <= MOST_LINES:
        raise Invalid("lines_missing", f"Chọn từ 1 đến {MOST_LINES} lô hàng.", (FieldError("/lines", "length"),))
    with node.write(who, now) as tx:
        stall = stall_of(tx.session, who)
        to = transfer_buyers.find(tx.session, node, stall, buyer, kind)
        taken: list[Taken] = []
        for index, line in enumerate(told):
            taken += _taken(tx, line, index, taken)
        row = make(tx, stall, kind, to, taken, clean(reason, 300))
        for sent, part in zip(transfer_returns.lines_of(tx.session, row), taken, strict=True):
            stock.move(tx, part.lot, "transferred", -sent.quantity, "transfer", row.id)
        return finish(tx, stall, row, to)


def make(tx: Transaction, stall: Stall, kind: str, to: Buyer, taken: Sequence[Taken], reason: str) -> Transfer:
    """The outgoing slip with its lines; nothing moved, signed or printed yet."""
    row = Transfer(site_id=stall.site_id, id=tx.id(), created_at=tx.now, stall_id=stall.id, kind=kind, state="sent")
    row.number, row.direction, row.buyer = transfer_slips.next_number(tx, stall), "out", to.told()
    row.other_stall_id, row.reason, row.made_by = to.stall_id, reason or None, tx.who.id[:36]
    row.party_id = transfer_buyers.remember(tx, to) if kind != "correction" else None
    tx.session.add(row)
    tx.session.flush()
    for position, part in enumerate(taken, 1):
        line = TransferLine(site_id=row.site_id, id=tx.id(), created_at=tx.now, stall_id=row.stall_id)
        line.transfer_id, line.position, line.lot_id, line.key = row.id, position, part.lot.id, part.lot.key
        line.name, line.quantity, line.unit = part.name, part.quantity, part.lot.unit
        line.paper_hashes = transfer_slips.hashes_of(tx.session, part.lot)
        line.shown = origins.shown(tx.session, tx.node, part.lot, part.name)
        tx.session.add(line)
    tx.session.flush()
    return row


def finish(tx: Transaction, stall: Stall, row: Transfer, to: Buyer) -> Answer:
    """Sign the slip, tell the buyer's stall when it is in this box, queue both copies, answer."""
    row.codes = list(transfer_slips.sign(tx, stall, row))
    if to.stall_id is not None:
        incoming(tx, stall, row, to.stall_id)
    tx.session.flush()
    slips = transfer_slips.papers(tx, stall, row)
    jobs = [printing.queue(tx, row.stall_id, "delivery_note", row.id, slip) for slip in slips]
    told = {"number": row.number, "kind": row.kind, "buyer": row.buyer.get("name")}
    tx.audit("transfer_sent", f"transfer:{row.id}", told)
    print_jobs = [job for job in jobs if job is not None]
    return tx.answer(told_of(tx.session, tx.node, row) | {"print_jobs": print_jobs}, 201)


def incoming(tx: Transaction, stall: Stall, row: Transfer, to_stall: str) -> Transfer:
    """The same slip as the buyer's stall of this box has it, waiting for its answer."""
    mine = Transfer(site_id=row.site_id, id=tx.id(), created_at=tx.now, stall_id=to_stall, kind=row.kind, state="sent")
    mine.number, mine.direction, mine.buyer, mine.reason = row.number, "in", row.buyer, row.reason
    mine.other_stall_id, mine.other_transfer_id = stall.id, row.id
    mine.from_station, mine.from_number = transfer_slips.sender(tx.node.id, stall.number), row.number
    mine.signature, mine.codes, row.other_transfer_id = "verified", row.codes, mine.id
    tx.session.add(mine)
    tx.session.flush()
    for line in transfer_returns.lines_of(tx.session, row):
        copy_line(tx, mine, line)
    tx.session.flush()
    return mine


def copy_line(tx: Transaction, mine: Transfer, line: Any) -> None:
    """A line of the slip on the buyer's side: what it is, not which lot of the seller's it was."""
    made = TransferLine(site_id=mine.site_id, id=tx.id(), created_at=tx.now, stall_id=mine.stall_id)
    made.transfer_id, made.position, made.key = mine.id, line.position, line.key
    made.name, made.quantity, made.unit, made.shown = line.name, line.quantity, line.unit, line.shown
    made.paper_hashes = line.paper_hashes
    tx.session.add(made)


def _taken(tx: Transaction, told: LineIn, index: int, before: Sequence[Taken]) -> list[Taken]:
    """What a line takes, beside what the lines ``before`` it take: the same product may stand on a slip twice."""
    where = f"/lines/{index}"
    quantity = stock.quantity_of(told.quantity, f"{where}/quantity")
    unit = stock.unit_known(told.unit, f"{where}/unit") if told.unit else None
    if told.lot_id is not None:
        lot = tx.owned(StockLot, told.lot_id, stock.NO_LOT)
        may_leave(tx, lot)
        of = tx.session.get_one(Product, (lot.site_id, lot.product_id))
        return [Taken(lot, of.name, _in_lots_unit(lot, of, quantity, unit, where))]
    product = products.match(tx.session, tx.who, sku=told.product, name=told.product) if told.product else None
    if product is None:
        raise Invalid("goods_missing", "Chọn lô hàng, hoặc nhập tên hàng của sạp.", (FieldError(where, "missing"),))
    return _by_expiry(tx, product, quantity, unit, where, before)


def _by_expiry(
    tx: Transaction, product: Product, quantity: Decimal, unit: str | None, where: str, before: Sequence[Taken]
) -> list[Taken]:
    """First expiring first, as a sale takes it; only what may leave."""
    open_lots = stock.open_lots(tx.session, product.site_id, product.stall_id, product.id)
    good = [lot for lot in open_lots if lot.state == "sellable" and _today(tx) <= (lot.expiry or date.max)]
    good.sort(key=lambda lot: (lot.expiry or date.max, lot.harvested or date.max, lot.received_at, lot.id))
    left, found = quantity, []
    for lot in good:
        there = lot.on_hand - sum((one.quantity for one in before if one.lot.id == lot.id), ZERO)
        if there <= ZERO:
            continue
        wanted = _in_lots_unit(lot, product, left, unit, where)
        part = min(wanted, there)
        may_leave(tx, lot)
        found.append(Taken(lot, product.name, part))
        if part == wanted:
            return found
        left, unit = wanted - part, lot.unit
    raise Conflict("not_enough", f"{product.name} không còn đủ hàng được bán.")


def _in_lots_unit(lot: StockLot, product: Product, quantity: Decimal, unit: str | None, where: str) -> Decimal:
    """What is told in crates leaves a lot counted in kilograms as kilograms: both stalls then speak of the same."""
    if unit is None or unit == lot.unit:
        return quantity
    kg = to_kg(quantity, unit, product.content_kg if product.unit == unit else None)
    if kg is None or lot.unit != "kg":
        raise Invalid("unit_differs", f"Lô này tính theo {lot.unit}.", (FieldError(f"{where}/unit", "differs"),))
    return kg


def may_leave(tx: Transaction, lot: StockLot, held_too: bool = False) -> None:
    """Raises ``Conflict`` for a lot that may not go to anybody: recalled, blocked, out of date, over; held unless
    ``held_too``.
    """
    recall = lots.find(tx.session, lot.key).recall if lot.key else None
    if recall is not None or lot.state in ("blocked", "returned_recalled") or _today(tx) > (lot.expiry or date.max):
        raise Conflict("lot_blocked", f"KHÔNG BÁN: lô {lot.label} không được giao cho ai.")
    if lot.state == "closed":
        raise Conflict("lot_over", f"Lô {lot.label} đã đóng.")
    if lot.state == "held" and not held_too:
        raise Conflict("lot_held", f"Lô {lot.label} đang để riêng, chưa giao được. Bổ sung giấy tờ trước.")


def _today(tx: Transaction) -> date:
    return tx.now.astimezone(tx.node.zone).date()


def listed(node: Node, who: Actor, direction: str | None = None) -> Answer:
    """The stall's slips, newest first, those that wait for an answer before all: ``{transfers, buyers, stalls}``."""
    with node.db.read() as session:
        stall = stall_of(session, who)
        mine = select(Transfer).where(Transfer.site_id == who.site_id, Transfer.stall_id == who.stall)
        if direction is not None:
            mine = mine.where(Transfer.direction == direction)
        newest = mine.order_by(Transfer.created_at.desc(), Transfer.id.desc()).limit(MOST_LISTED)
        waiting = mine.where(Transfer.state == "sent").order_by(Transfer.created_at.desc(), Transfer.id.desc())
        rows = {row.id: row for row in [*session.scalars(waiting.limit(MOST_LISTED)), *session.scalars(newest)]}
        return {
            "transfers": _all_told(session, node, list(rows.values())),
            "buyers": transfer_buyers.recent(session, who),
            "stalls": transfer_buyers.neighbours(session, node, stall),
        }


def detail(node: Node, who: Actor, transfer_id: str) -> Answer:
    """One of the stall's slips with its lines and codes; another stall's is ``NotFound``."""
    with node.db.read() as session:
        row = owned(session, who, Transfer, transfer_id, NO_TRANSFER)
        return told_of(session, node, row) | {"codes": list(row.codes or [])}


def told_of(session: Session, node: Node, row: Transfer) -> Answer:
    """A slip as the API answers it; ``seller`` on the buyer's side, ``buyer`` on both."""
    return _all_told(session, node, [row])[0]


def _all_told(session: Session, node: Node, rows: Sequence[Transfer]) -> list[Answer]:
    """Slips of this site, their lines read at once, each seller once."""
    lines = transfer_returns.lines_by_slip(session, node.id, [row.id for row in rows])
    came = {row.from_station: row for row in rows if row.direction == "in"}
    sellers = {station: transfer_buyers.seller_of(session, node, row) for station, row in came.items()}
    return [_told(row, lines[row.id], sellers.get(row.from_station)) for row in rows]


def _told(row: Transfer, lines: Sequence[TransferLine], seller: Answer | None) -> Answer:
    return {
        "id": row.id,
        "number": row.number,
        "kind": row.kind,
        "direction": row.direction,
        "state": row.state,
        "buyer": dict(row.buyer),
        "seller": seller if row.direction == "in" else None,
        "signature": row.signature,
        "codes": list(row.codes or []) if row.direction == "out" else [],
        "delivery_id": row.delivery_id,
        "same_box": row.other_transfer_id is not None,
        "reason": row.reason,
        "sent_at": row.created_at.isoformat(),
        "answered_at": row.answered_at.isoformat() if row.answered_at else None,
        "lines": [_line_told(line, row) for line in lines],
    }


def _line_told(line: TransferLine, row: Transfer) -> Answer:
    return {
        "position": line.position,
        "lot_id": line.lot_id,
        "key": line.key,
        "name": line.name,
        "quantity": as_text(line.quantity),
        "unit": line.unit,
        "accepted": as_text(line.accepted) if line.accepted is not None else None,
        "returned": as_text(line.returned) if line.returned is not None else None,
        "refuse_reason": line.refuse_reason,
        "shown": bool(line.shown),
    }
