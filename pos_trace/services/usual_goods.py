"""What a supplier usually brings: kilograms of one crate, how much of it; what is odd is asked once."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.quantities import MILLI, UNITS, as_text, exact, shown, to_kg
from pos_trace.core.spoken import spoken
from pos_trace.services.node import Actor, Answer, Transaction
from pos_trace.store.models import Delivery, DeliveryLine, Product, SupplierGoods

DEFAULT_CONTENT_KG = {"sọt": Decimal(25)}
ASK_ABOVE = 3  # a quantity more than so many times the usual is asked about once (USERS 2.1)
USUAL_AFTER = 2  # deliveries after which something is usual
MEAN_OF = 10  # the usual follows about so many deliveries


@dataclass(frozen=True, slots=True)
class Habits:
    """What a stall remembers of one product from one supplier, by unit."""

    by_unit: dict[str, SupplierGoods]

    def usual(self, unit: str, content: Decimal | None) -> Decimal | None:
        """The usual quantity in ``unit``; out of another unit by its kilograms; None while nothing is usual."""
        row = self.by_unit.get(unit)
        if row is not None and row.times >= USUAL_AFTER:
            return row.usual
        each = to_kg(Decimal(1), unit, content)
        if each is None or row is not None:
            return None
        known = sorted((one for one in self.by_unit.values() if one.times >= USUAL_AFTER), key=lambda one: one.unit)
        for other in known:
            kg = to_kg(other.usual or Decimal(0), other.unit, other.content_kg)
            if kg:
                return (kg / each).quantize(MILLI, ROUND_HALF_UP)
        return None

    def told(self, unit: str | None) -> dict[str, Any]:
        """What a screen offers: the unit of the last time, else ``unit``; for each unit brought before, kilograms of
        one, the usual and the last quantity.
        """
        last = max(self.by_unit.values(), key=lambda row: row.last_at, default=None)
        return {
            "unit": last.unit if last is not None else unit,
            "units": {
                name: {
                    "content_kg": as_text(row.content_kg) if row.content_kg is not None else None,
                    "usual": as_text(row.usual) if row.usual is not None and row.times >= USUAL_AFTER else None,
                    "last": as_text(row.last_quantity),
                }
                for name, row in sorted(self.by_unit.items())
            },
        }


def habits(session: Session, who: Actor, party_id: str | None, product: Product | None) -> Habits:
    """What this stall had of ``product`` from a supplier; nothing when either is not known yet."""
    if party_id is None or product is None:
        return Habits({})
    mine = select(SupplierGoods).where(
        SupplierGoods.site_id == who.site_id,
        SupplierGoods.stall_id == who.stall_id,
        SupplierGoods.party_id == party_id,
        SupplierGoods.product_id == product.id,
    )
    return Habits({row.unit: row for row in session.scalars(mine.order_by(SupplierGoods.unit))})


def content_told(value: object) -> Decimal | None:
    """Kilograms of one unit as the receiver gave them; raises ``Invalid``."""
    if value is None:
        return None
    found = exact(value)
    if found is None:
        detail = "Số kg của một đơn vị phải lớn hơn 0, tối đa 3 số lẻ."
        raise Invalid("content_invalid", detail, (FieldError("/content_kg", "invalid"),))
    return found


def content_of(
    session: Session, who: Actor, party_id: str | None, product: Product | None, unit: str, told: object = None
) -> Decimal | None:
    """Kilograms of one ``unit``: as ``told``, else as this supplier's was the last time, else as anybody's was at this
    stall, else what the market takes it for; None where nobody knows, and for units that are a weight themselves.
    """
    if UNITS.get(unit) is not None:
        return None
    if told is not None:
        return content_told(told)
    row = habits(session, who, party_id, product).by_unit.get(unit)
    if row is not None and row.content_kg is not None:
        return row.content_kg
    if product is not None:
        mine = select(SupplierGoods.content_kg).where(
            SupplierGoods.site_id == who.site_id,
            SupplierGoods.stall_id == who.stall_id,
            SupplierGoods.product_id == product.id,
            SupplierGoods.unit == unit,
            SupplierGoods.content_kg.is_not(None),
        )
        newest = session.scalars(mine.order_by(SupplierGoods.last_at.desc(), SupplierGoods.id.desc()).limit(1)).first()
        if newest is not None:
            return newest
        if product.unit == unit and product.content_kg is not None:
            return product.content_kg
    return DEFAULT_CONTENT_KG.get(unit)


def remember(tx: Transaction, delivery: Delivery, line: DeliveryLine) -> None:
    """Keep what this line says of the supplier's habit, inside the caller's write."""
    if delivery.supplier_id is None or line.product_id is None:
        return
    product = tx.session.get_one(Product, (line.site_id, line.product_id))
    row = habits(tx.session, tx.who, delivery.supplier_id, product).by_unit.get(line.unit)
    if row is None:
        row = SupplierGoods(site_id=line.site_id, id=tx.id(), created_at=tx.now, stall_id=line.stall_id, times=0)
        row.party_id, row.product_id, row.unit = delivery.supplier_id, product.id, line.unit
        tx.session.add(row)
    weight = min(row.times, MEAN_OF - 1)
    mean = ((row.usual or Decimal(0)) * weight + line.declared) / (weight + 1)
    row.usual = mean.quantize(MILLI, ROUND_HALF_UP)
    row.times, row.last_quantity, row.last_at = row.times + 1, line.declared, tx.now
    row.content_kg = line.content_kg or row.content_kg
    tx.session.flush()


def question(quantity: Decimal, unit: str, usual: Decimal | None) -> Answer | None:
    """What to ask once of a quantity far above the usual: ``{code, text, usual}``; None when nothing is odd."""
    if usual is None or usual <= 0 or quantity <= usual * ASK_ABOVE:
        return None
    times = int((quantity / usual).quantize(Decimal(1), ROUND_HALF_UP))
    text = f"Gấp {shown(Decimal(times))} lần mọi khi. Đúng {shown(quantity)} {unit} ({spoken(quantity)})?"
    return {"code": "quantity_unusual", "text": text, "usual": as_text(usual)}


def must_be_meant(asked: Answer | None, confirmed: bool) -> None:
    """Raise ``Conflict`` with the question while nobody said that the odd quantity is meant; nothing is lost."""
    if asked is not None and not confirmed:
        raise Conflict("quantity_unusual", str(asked["text"]))
