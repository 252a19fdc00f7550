"""A sale that happened: stock moves first-expiring-first, receipt, print job and projection in the same write."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import select

from pos_trace.core.allocation import Allocation, allocate, unmeasured
from pos_trace.core.errors import FieldError, Invalid
from pos_trace.core.quantities import as_text, unit_of
from pos_trace.core.sales import SoldLine, priced, total
from pos_trace.core.text import clean
from pos_trace.services import flags, goods_asked, lines_in, products, receipts, stock
from pos_trace.services.deliveries import practising
from pos_trace.services.goods_asked import AskedLine, Goods
from pos_trace.services.node import Actor, Answer, Node, Transaction, sha256, stall_of
from pos_trace.store import lots
from pos_trace.store.models import DeliveryLine, LotAllocation, Product, Sale, SaleLine, StockLot, StopSale, VerdictRow

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
    goods: Goods
    allocation: Allocation
    lots: tuple[StockLot, ...]


def record_sale(node: Node, who: Actor, told: SaleIn, now: datetime) -> Answer:
    """Write a paid sale down, whatever state its lots are in; the same sale again gives the first answer.

    Answers CONTRACTS' ``POST /sales``. Raises ``Invalid``: no lines, a time out of reach, ``external_id_reused``.
    """
    if not told.lines:
        raise Invalid("lines_missing", "Phiếu bán chưa có dòng hàng.", (FieldError("/lines", "missing"),))
    for index, line in enumerate(told.lines):
        if not any((line.barcode, line.sku, line.name, line.lot, line.amount)):
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
    alarms = [alarm for item in sold for alarm in _alarms(tx, sale, item)]
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
    goods = goods_asked.find(tx.session, tx.node, tx.who, asked, for_update=True)
    unit = goods_asked.sold_unit(goods, asked.unit)
    product = goods.product or products.ensure(
        tx, clean(asked.name or asked.sku or asked.barcode or "", 300) or NEVER_SOLD, unit or "kg",
        barcode=products.barcode_of(tx.node, asked.barcode), sku=clean(asked.sku or "", 64) or None,
    )  # fmt: skip
    quantity = asked.quantity or goods.weight_kg
    line = priced(SoldLine(product.name, quantity, unit, asked.unit_price, asked.amount), product.unit_price)
    if line.amount is not None and line.amount > MOST_DONG:
        raise Invalid("amount_out_of_range", "Số tiền của một dòng quá lớn.", (FieldError("/lines", "out_of_range"),))
    row = SaleLine(site_id=sale.site_id, id=tx.id(), created_at=tx.now, stall_id=sale.stall_id, sale_id=sale.id)
    row.line_no, row.product_id, row.name, row.quantity = asked.line_no, product.id, product.name, line.quantity
    row.unit, row.unit_price, row.amount, row.estimated = line.unit, line.unit_price, line.amount, line.estimated
    if line.unit_price is not None:
        product.unit_price = line.unit_price
    allocation, lots = _allocated(tx, goods, row)
    row.lot_source = allocation.source
    row.verdict, row.key = _worst(lots), goods.lot_key
    tx.session.add(row)
    tx.session.flush()
    _take(tx, row, allocation, {lot.id: lot for lot in lots})
    return Sold(row, goods, allocation, lots)


def _allocated(tx: Transaction, goods: Goods, row: SaleLine) -> tuple[Allocation, tuple[StockLot, ...]]:
    chosen = goods.chosen.id if goods.chosen is not None else None
    by = "scanned" if tx.who.kind == "user" or goods.key is not None else "pos"
    known = list(goods.open_lots)
    if goods.chosen is not None and all(lot.id != chosen for lot in known):
        known.append(goods.chosen)
    if row.quantity is None or row.unit is None:
        return unmeasured(row.quantity, [stock.as_open(lot) for lot in known]), tuple(known)
    quantity, counted = goods_asked.measured(goods, row.quantity, row.unit)
    if goods.chosen is not None and goods.chosen not in counted and stock.as_open(goods.chosen).on_hand == 0:
        counted.append(goods.chosen)
    if not counted:
        return unmeasured(quantity, [stock.as_open(lot) for lot in known]), tuple(known)
    return allocate(quantity, [stock.as_open(lot) for lot in counted], chosen, by), tuple(known)


def _take(tx: Transaction, row: SaleLine, allocation: Allocation, lots: dict[str, StockLot]) -> None:
    for part in allocation.parts:
        taken = LotAllocation(site_id=row.site_id, id=tx.id(), created_at=tx.now, stall_id=row.stall_id)
        taken.sale_line_id, taken.lot_id, taken.quantity = row.id, part.lot_id, part.quantity
        taken.certainty, taken.candidates = allocation.certainty, list(allocation.candidates)
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


def _alarms(tx: Transaction, sale: Sale, sold: Sold) -> list[Answer]:
    """Blocked lots that were, or may have been, sold: told to the till, written in the stop-sale log."""
    found = []
    taken = {part.lot_id for part in sold.allocation.parts}
    for lot in sold.lots:
        if lot.state not in ("blocked", "returned_recalled") or lot.id not in {*taken, *sold.allocation.candidates}:
            continue
        row = StopSale(site_id=sale.site_id, id=tx.id(), created_at=tx.now, stall_id=sale.stall_id, kind="sold")
        row.lot_id, row.key, row.sale_id = lot.id, lot.key, sale.id
        row.detail = {"line_no": sold.row.line_no, "certainty": sold.allocation.certainty}
        tx.session.add(row)
        if lot.id in taken and lot.line_id and lot.expiry and lot.expiry < tx.now.astimezone(tx.node.zone).date():
            flags.sold_expired(tx, tx.session.get_one(DeliveryLine, (lot.site_id, lot.line_id)))
        text = f"{sold.row.name} – lô {lot.label}: KHÔNG BÁN"
        found.append({"line_no": sold.row.line_no, "lot": lot.id, "certainty": sold.allocation.certainty, "text": text})
    return found or _never_received(tx, sale, sold)


def _never_received(tx: Transaction, sale: Sale, sold: Sold) -> list[Answer]:
    """A recalled label at the till that no delivery ever brought in: the lot stands on the pack all the same."""
    recall = lots.find(tx.session, sold.row.key).recall if sold.row.key else None
    if recall is None:
        return []
    row = StopSale(site_id=sale.site_id, id=tx.id(), created_at=tx.now, stall_id=sale.stall_id, kind="sold")
    row.key, row.sale_id, row.recall_id = sold.row.key, sale.id, recall.recall_id
    row.detail = {"line_no": sold.row.line_no, "certainty": "sure"}
    tx.session.add(row)
    told = {"line_no": sold.row.line_no, "lot": None, "certainty": "sure"}
    return [told | {"text": f"{sold.row.name}: KHÔNG BÁN"}]


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


def set_product(node: Node, who: Actor, sku: str, told: dict[str, Any], now: datetime) -> Answer:
    """Make or change what the till calls ``sku``: name, barcode, unit, price, group, kilograms of one unit."""
    plain, unit = clean(sku, 64), unit_of(told["unit"])
    if not plain or not clean(told["name"], 300):
        raise Invalid("product_incomplete", "Mặt hàng cần có mã và tên.", (FieldError("/name", "missing"),))
    if unit is None:
        raise Invalid("unit_unknown", "Đơn vị chưa có. Chọn trong danh sách.", (FieldError("/unit", "unknown"),))
    if told.get("group") is not None and node.policy.group(told["group"]) is None:
        raise Invalid("group_unknown", "Chọn nhóm hàng trong danh sách.", (FieldError("/group", "unknown"),))
    told = told | {"unit": unit, "barcode": products.barcode_of(node, told.get("barcode"))}
    with node.write(who, now) as tx:
        row = products.named_by_till(tx.session, who, plain, told["barcode"], told["name"])
        if row is None:
            row = products.add(tx, told["name"], unit)
        row.sku = plain
        products.change(tx, row, told)
        tx.audit("product_set", f"product:{row.id}", {"sku": row.sku, "name": row.name})
        return tx.answer(product_told(row))


def product_told(row: Product) -> Answer:
    """A product as the API answers it."""
    content = as_text(row.content_kg) if row.content_kg is not None else None
    names = ("id", "name", "sku", "barcode", "goods_group", "unit", "unit_price")
    return {name: getattr(row, name) for name in names} | {"content_kg": content}
