"""A sale that happened: stock moves first-expiring-first, receipt, print job and projection in the same write."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import select

from pos_trace.core.allocation import Allocation, allocate, unmeasured
from pos_trace.core.errors import FieldError, Invalid
from pos_trace.core.quantities import as_text
from pos_trace.core.sales import SoldLine, price_of_one, priced, total
from pos_trace.core.text import clean
from pos_trace.services import bundles, goods_asked, lines_in, products, receipts, sold_alarms, stock
from pos_trace.services.deliveries import practising
from pos_trace.services.goods_asked import AskedLine, Goods
from pos_trace.services.node import Actor, Answer, Node, Transaction, sha256, stall_of
from pos_trace.services.sold_alarms import Went
from pos_trace.store.models import LotAllocation, Sale, SaleLine, StockLot, VerdictRow

MOST_BACK = timedelta(days=31)
MOST_AHEAD = timedelta(minutes=10)
NEVER_SOLD = "Hàng chưa có tên"
MOST_DONG = 10**15


@dataclass(frozen=True, slots=True)
class SaleIn:
    """A sale as a till tells it after payment; ``time`` aware or None for now."""

    external_id: str
    lines: tuple[AskedLine, ...]
    receipt_no: str | None = None
    time: datetime | None = None
    till: str | None = None
    cashier: str | None = None
    total: int | None = None

    def fingerprint(self) -> str:
        """The same sale told twice has the same one, whatever the spelling of its JSON."""
        names = ("external_id", "receipt_no", "till", "cashier", "total")
        body = {name: str(getattr(self, name)) for name in names if getattr(self, name) is not None}
        if self.time is not None:
            body["time"] = self.time.astimezone(UTC).isoformat()
        lines = [line.as_json() for line in self.lines]
        return sha256(orjson.dumps(body | {"lines": lines}, option=orjson.OPT_SORT_KEYS))


@dataclass(frozen=True, slots=True)
class Sold:
    """One line once it is written."""

    row: SaleLine
    allocation: Allocation
    lots: tuple[StockLot, ...]
    went: Went


def record_sale(node: Node, who: Actor, told: SaleIn, now: datetime) -> Answer:
    """Write a paid sale down, whatever state its lots are in; the same sale again gives the first answer.

    Answers CONTRACTS' ``POST /sales``. Raises ``Invalid``: no lines, a time out of reach, ``external_id_reused``.
    """
    if not told.lines:
        raise Invalid("lines_missing", "Phiếu bán chưa có dòng hàng.", (FieldError("/lines", "missing"),))
    for index, line in enumerate(told.lines):
        if line.bundle is None and not any((line.barcode, line.sku, line.name, line.lot, line.amount)):
            raise Invalid("line_unnamed", "Dòng hàng chưa nói bán gì.", (FieldError(f"/lines/{index}", "missing"),))
    sold_at = told.time or now
    if not now - MOST_BACK <= sold_at <= now + MOST_AHEAD:
        raise Invalid("time_out_of_reach", "Giờ bán sai quá xa giờ của máy.", (FieldError("/time", "out_of_range"),))
    with node.write(who, now) as tx:  # one writer at a time: the same sale told twice at once finds the first
        return tx.answer(_before(tx, told) or _record(tx, told, sold_at), 201)


def _till(tx: Transaction, told: SaleIn) -> str:
    return clean(tx.who.till or told.till or "", 80)


def _before(tx: Transaction, told: SaleIn) -> Answer | None:
    """The answer this sale already had; ``Invalid`` when its id was another sale's."""
    same = select(Sale).where(
        Sale.site_id == tx.who.site_id,
        Sale.stall_id == tx.who.stall,
        Sale.till == _till(tx, told),
        Sale.external_id == told.external_id,
    )
    row = tx.session.scalars(same).first()
    if row is None:
        return None
    if row.body_sha256 != told.fingerprint():
        raise Invalid(
            "external_id_reused",
            "external_id này đã dùng cho một phiếu bán khác.",
            (FieldError("/external_id", "external_id_reused"),),
        )
    return row.answer


def _record(tx: Transaction, told: SaleIn, sold_at: datetime) -> Answer:
    stall = stall_of(tx.session, tx.who)
    sale = Sale(site_id=tx.who.site_id, id=tx.id(), created_at=tx.now, stall_id=tx.who.stall, kind="sale")
    sale.external_id, sale.till, sale.cashier = told.external_id, _till(tx, told), clean(told.cashier or "", 80) or None
    sale.sold_at, sale.body_sha256, sale.answer = sold_at, told.fingerprint(), {}
    sale.practice = practising(stall, tx.node, tx.now)
    sale.receipt_no = clean(told.receipt_no or "", 80) or receipts.next_number(tx, stall)
    tx.session.add(sale)
    tx.session.flush()
    sold = [_line(tx, sale, asked) for asked in told.lines]
    sums = [SoldLine(s.row.name, s.row.quantity, s.row.unit, s.row.unit_price, s.row.amount) for s in sold]
    sale.total = told.total if told.total is not None else total(sums)
    issued = receipts.issue(tx, sale, stall, [item.row for item in sold])
    alarms = [alarm for item in sold for alarm in sold_alarms.of_line(tx, sale, item.went)]
    answer: dict[str, Any] = {
        "id": sale.id,
        "receipt_no": sale.receipt_no,
        **issued,
        "lines": [_told(tx, item) for item in sold],
        "alarms": alarms,
    }
    sale.answer = answer
    tx.audit("sold", f"sale:{sale.id}", {"receipt_no": sale.receipt_no, "lines": len(sold), "alarms": len(alarms)})
    return answer


def _line(tx: Transaction, sale: Sale, asked: AskedLine) -> Sold:
    if asked.bundle is not None:
        return _bag(tx, sale, asked, asked.bundle)
    goods = goods_asked.find(tx.session, tx.node, tx.who, asked, for_update=True)
    quantity, unit = goods_asked.told_quantity(goods, asked)
    product = goods.product or products.ensure(
        tx, clean(asked.name or asked.sku or asked.barcode or "", 300) or NEVER_SOLD, unit or "kg",
        barcode=products.barcode_of(tx.node, asked.barcode), sku=clean(asked.sku or "", 64) or None,
    )  # fmt: skip
    told = SoldLine(product.name, quantity, unit, asked.unit_price, asked.amount)
    line = priced(told, products.price_in(product, unit))
    if line.amount is not None and line.amount > MOST_DONG:
        raise Invalid("amount_out_of_range", "Số tiền của một dòng quá lớn.", (FieldError("/lines", "out_of_range"),))
    row = SaleLine(site_id=sale.site_id, id=tx.id(), created_at=tx.now, stall_id=sale.stall_id, sale_id=sale.id)
    row.line_no, row.product_id, row.name, row.quantity = asked.line_no, product.id, product.name, line.quantity
    row.unit, row.unit_price, row.amount, row.estimated = line.unit, line.unit_price, line.amount, line.estimated
    cost = price_of_one(line)
    if cost is not None:
        product.unit_price, product.price_unit = cost, line.unit if line.unit != product.unit else None
    allocation, lots, counted_in = _allocated(tx, goods, row)
    row.lot_source = allocation.source
    row.verdict, row.key = _worst(lots), goods.lot_key
    tx.session.add(row)
    tx.session.flush()
    _take(tx, row, allocation, {lot.id: lot for lot in lots}, counted_in)
    taken = frozenset(part.lot_id for part in allocation.parts if part.lot_id is not None)
    went = Went(row, lots, taken, allocation.candidates, allocation.certainty, asked.override)
    return Sold(row, allocation, lots, went)


def _bag(tx: Transaction, sale: Sale, asked: AskedLine, named: tuple[str, ...]) -> Sold:
    """A mixed bag: which lots, and nothing taken of any."""
    lots = tuple(bundles.lots_of(tx.session, tx.node, tx.who, named, tx.now))
    allocation = bundles.allocation(lots, bool(named), _said_by(tx))
    row = SaleLine(site_id=sale.site_id, id=tx.id(), created_at=tx.now, stall_id=sale.stall_id, sale_id=sale.id)
    row.line_no, row.name, row.amount = asked.line_no, clean(asked.name or "", 300) or bundles.NAME, asked.amount
    row.lot_source, row.verdict = allocation.source, _worst(lots)
    tx.session.add(row)
    tx.session.flush()
    bundles.keep(tx, row, lots, bool(named))
    certainty = "sure" if named else allocation.certainty
    taken = frozenset(allocation.candidates if named else ())
    return Sold(row, allocation, lots, Went(row, lots, taken, allocation.candidates, certainty, asked.override))


def _said_by(tx: Transaction) -> str:
    return "scanned" if tx.who.kind == "user" else "pos"


def _allocated(tx: Transaction, goods: Goods, row: SaleLine) -> tuple[Allocation, tuple[StockLot, ...], str | None]:
    """What the line takes, the lots it may concern, and the unit its parts are counted in."""
    chosen = goods.chosen.id if goods.chosen is not None else None
    by = "scanned" if goods.key is not None else _said_by(tx)
    known = list(goods.open_lots)
    if goods.chosen is not None and all(lot.id != chosen for lot in known):
        known.append(goods.chosen)
    if row.quantity is None or row.unit is None:
        return unmeasured(row.quantity, [stock.as_open(lot) for lot in known]), tuple(known), row.unit
    quantity, counted = goods_asked.measured(goods, row.quantity, row.unit)
    if goods.chosen is not None and goods.chosen not in counted and stock.as_open(goods.chosen).on_hand == 0:
        counted.append(goods.chosen)
    if not counted:
        return unmeasured(quantity, [stock.as_open(lot) for lot in known]), tuple(known), row.unit
    found = allocate(quantity, [stock.as_open(lot) for lot in counted], chosen, by)
    return found, tuple(known), counted[0].unit


def _take(
    tx: Transaction, row: SaleLine, allocation: Allocation, lots: dict[str, StockLot], counted_in: str | None
) -> None:
    for part in allocation.parts:
        taken = LotAllocation(site_id=row.site_id, id=tx.id(), created_at=tx.now, stall_id=row.stall_id)
        taken.sale_line_id, taken.lot_id, taken.quantity = row.id, part.lot_id, part.quantity
        taken.certainty, taken.candidates = allocation.certainty, list(allocation.candidates)
        taken.unit = counted_in
        tx.session.add(taken)
        if part.lot_id is not None:
            stock.move(tx, lots[part.lot_id], "sold", -part.quantity, "sale_line", row.id)
    if not allocation.parts:
        told = LotAllocation(site_id=row.site_id, id=tx.id(), created_at=tx.now, stall_id=row.stall_id)
        told.sale_line_id, told.quantity, told.certainty = row.id, stock.ZERO, allocation.certainty
        told.candidates = list(allocation.candidates)
        tx.session.add(told)
    tx.session.flush()


def _worst(lots: Sequence[StockLot]) -> str | None:
    states = {lot.state for lot in lots}
    return next((state for state in ("blocked", "held", "sellable") if state in states), None)


def _told(tx: Transaction, sold: Sold) -> Answer:
    lots = {lot.id: lot for lot in sold.lots}
    parts = [
        {"lot": part.lot_id, "qty": as_text(part.quantity), "label": lots[part.lot_id].label,
         "key": lots[part.lot_id].key}
        if part.lot_id is not None
        else {"lot": None, "qty": as_text(part.quantity), "label": None, "key": None}
        for part in sold.allocation.parts
    ]  # fmt: skip
    return {
        "line_no": sold.row.line_no,
        "lots": parts,
        "lot_source": sold.allocation.source,
        "candidates": list(sold.allocation.candidates),
        "quantity": as_text(sold.row.quantity) if sold.row.quantity is not None else None,
        "unit": sold.row.unit,
        "amount": sold.row.amount,
        "estimated": sold.row.estimated,
        "verdict": _verdict(tx, sold),
    }


def _verdict(tx: Transaction, sold: Sold) -> Answer | None:
    """What was judged of the lot that was taken first, with the state it has now."""
    lot = next((lot for lot in sold.lots if lot.id in {part.lot_id for part in sold.allocation.parts}), None)
    if lot is None or lot.line_id is None:
        return None
    mine = select(VerdictRow).where(VerdictRow.site_id == lot.site_id, VerdictRow.line_id == lot.line_id)
    row = tx.session.scalars(mine.order_by(VerdictRow.id.desc()).limit(1)).first()
    return {"status": row.status, "word": lines_in.word_of(row), "state": lot.state} if row is not None else None
