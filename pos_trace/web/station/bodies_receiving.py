"""What the receiver's routes take in beyond a scan: who brings goods, loose lines, suppliers."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from pos_trace.web.shared.fields import Day
from pos_trace.web.station.bodies import Amount, Body, Id, Name, PaperBody, Short, Unit

Supplier = Annotated[str, StringConstraints(max_length=200)]
Nickname = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class WhoBrings(Body):
    """A known supplier, a name with what the market calls them, or only a driver."""

    supplier_name: Supplier | None = None
    supplier_id: Id | None = None
    nickname: Nickname | None = None
    driver_only: bool = False


class DeliveryIn(WhoBrings):
    """Who brings goods, on which truck."""

    vehicle_plate: Annotated[str, StringConstraints(max_length=40)] | None = None


class LooseIn(Body):
    """Goods without a code. ``content_kg``: of one unit; ``confirm``: an unusual quantity is meant; the dates stand
    on the goods (``needs_dates`` of their group).
    """

    goods_name: Name
    goods_group: Short | None = None
    quantity: Amount
    unit: Unit
    content_kg: Amount | None = None
    confirm: bool = False
    production_date: Day | None = None
    expiry_date: Day | None = None
    papers: list[PaperBody] = Field(default_factory=list, max_length=10)


class DatesIn(Body):
    """Dates that stand on the goods of a line."""

    production_date: Day | None = None
    expiry_date: Day | None = None


class SuppliersQuery(BaseModel):
    """``q``: part of a name or nickname, with accents or without."""

    q: Supplier | None = None


class SupplierPath(BaseModel):
    """Which supplier."""

    supplier_id: Id


class SupplierBody(Body):
    """What a supplier is called."""

    name: Supplier
    nickname: Nickname | None = None


class MergeIn(Body):
    """The one supplier both were all along."""

    into: Id
