"""Which goods of the stall a till's line means: by lot, barcode, number or name; and which lots may be taken."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core import codes
from pos_trace.core.quantities import UNITS, unit_of
from pos_trace.core.text import clean
from pos_trace.core.units import NOTHING, Contents, contents_from, convert
from pos_trace.services import products, stock
from pos_trace.services.node import Actor, Node
from pos_trace.store.models import Product, StockLot


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A line as a till tells it; ``quantity`` above 0 or None, ``lot`` our lot's id, its number, or its key.

    ``bundle``: a mixed bag of these lots, none named = of what is on sale today. ``override``: the id of a step-up.
    """

    line_no: int
    barcode: str | None = None
    sku: str | None = None
    name: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    unit_price: int | None = None
    amount: int | None = None
    lot: str | None = None
    bundle: tuple[str, ...] | None = None
    override: str | None = None
    product_id: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For the fingerprint of a sale."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return {name: str(value) for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Goods:
    """What was found: the product, its lots with something left, the lot that was named, the code's key.

    ``lot_key``: the key when the label itself names a lot, whether or not the stall ever received it.
    """

    product: Product | None
    open_lots: tuple[StockLot, ...]
    chosen: StockLot | None
    key: str | None
    weight_kg: Decimal | None
    lot_key: str | None = None

    @property
    def contents(self) -> Contents:
        """What the stall says its units hold."""
        return contents_from(self.product.unit_contents) if self.product is not None else NOTHING

    @property
    def content_kg(self) -> Decimal | None:
        """Kilograms of one unit, where it was told."""
        return self.product.content_kg if self.product is not None else None


def find(session: Session, node: Node, who: Actor, asked: AskedLine, for_update: bool = False) -> Goods:
    """Look a line up among the stall's own goods; another stall's lot, barcode or name is never found."""
    code = codes.parse(asked.barcode, node.policy.codes) if asked.barcode else None
    barcode = products.barcode_of(node, asked.barcode, code)
    chosen = _named(session, who, asked.lot) if asked.lot else None
    lot_key = code.key if code is not None and (code.lot or code.serial or code.sscc or code.code) else None
    if chosen is None and lot_key is not None:
        chosen = _by_key(session, who, lot_key)
    product = session.get(Product, (who.site_id, chosen.product_id)) if chosen is not None else None
    if product is None and asked.product_id is not None:
        product = _own(session, who, asked.product_id)
    if product is None:
        product = products.match(session, who, barcode=barcode, sku=asked.sku, name=asked.name)
    if product is not None and chosen is None and asked.lot:
        chosen = _by_label(session, who, product, asked.lot)
    found: list[StockLot] = []
    if product is not None:
        found = stock.open_lots(session, who.site_id, who.stall, product.id, for_update)
    key = code.key if code is not None and code.outcome == "ok" else None
    return Goods(product, tuple(found), chosen, key, code.net_weight_kg if code is not None else None, lot_key)


def measured(goods: Goods, quantity: Decimal, unit: str) -> tuple[Decimal, list[StockLot]]:
    """The quantity in the unit the lots are counted in, and those lots; no lots when no unit fits."""
    same = [lot for lot in goods.open_lots if lot.unit == unit]
    if same:
        return quantity, same
    for other in sorted({lot.unit for lot in goods.open_lots}, key=lambda name: (name != "kg", name)):
        found = convert(quantity, unit, other, goods.contents, goods.content_kg)
        if found:
            return found, [lot for lot in goods.open_lots if lot.unit == other]
    return quantity, []


def told_quantity(goods: Goods, asked: AskedLine) -> tuple[Decimal | None, str | None]:
    """How much of which unit. A scale's label says it best: a till that counts it as "1" means one such pack, only a
    weight that somebody typed counts instead.
    """
    unit, quantity = sold_unit(goods, asked.unit), asked.quantity
    weight = goods.weight_kg
    if not weight or (quantity is not None and quantity != quantity.to_integral_value()):
        return quantity, unit
    if quantity is not None and asked.unit and UNITS.get(unit_of(asked.unit) or "") is not None:
        return quantity, unit
    return weight * (quantity or 1), "kg"


def sold_unit(goods: Goods, told: str | None) -> str | None:
    """The unit a line is sold in: what the till says, else the lots', else the product's.

    A till's own word for one piece ("PCS") counts as the lots' unit when they are counted in pieces; for goods that
    are weighed it stays the till's word, and no lot is taken by it.
    """
    known = unit_of(told) if told else None
    if known is not None:
        return known
    if told and UNITS.get(_counted_in(goods)) is not None:
        return clean(told, 20)
    if goods.weight_kg is not None:
        return "kg"
    if goods.chosen is not None:
        return goods.chosen.unit
    if goods.open_lots:
        return goods.open_lots[0].unit
    return goods.product.unit if goods.product is not None else None


def _counted_in(goods: Goods) -> str:
    lot = goods.chosen or next(iter(goods.open_lots), None)
    if lot is not None:
        return lot.unit
    return goods.product.unit if goods.product is not None else ""


def _own(session: Session, who: Actor, product_id: str) -> Product | None:
    row = session.get(Product, (who.site_id, product_id[:36]))
    return row if row is not None and row.stall_id == who.stall_id else None


def _named(session: Session, who: Actor, name: str) -> StockLot | None:
    row = session.get(StockLot, (who.site_id, name)) if len(name) == 36 else None
    if row is not None:
        return row if row.stall_id == who.stall_id else None
    return _by_key(session, who, name)


def _by_key(session: Session, who: Actor, key: str) -> StockLot | None:
    """The stall's newest lot of a key, one with something left first."""
    mine = select(StockLot).where(StockLot.site_id == who.site_id, StockLot.stall_id == who.stall, StockLot.key == key)
    mine = mine.where(StockLot.state != "returned_recalled")
    return session.scalars(mine.order_by((StockLot.on_hand > 0).desc(), StockLot.id.desc()).limit(1)).first()


def _by_label(session: Session, who: Actor, product: Product, label: str) -> StockLot | None:
    mine = select(StockLot).where(
        StockLot.site_id == who.site_id,
        StockLot.stall_id == who.stall,
        StockLot.product_id == product.id,
        StockLot.label == label,
        StockLot.state != "returned_recalled",
    )
    return session.scalars(mine.order_by((StockLot.on_hand > 0).desc(), StockLot.id.desc()).limit(1)).first()
