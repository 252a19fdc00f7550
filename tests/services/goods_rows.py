"""A received line with a flag, as receiving leaves it, for tests of what happens to it afterwards."""

from datetime import datetime, timedelta
from decimal import Decimal

from pos_trace.services.node import Node
from pos_trace.store.models import Delivery, DeliveryLine, Flag, Paper, PaperLink, Photo, Product, StockLot

JPEG = b"\xff\xd8\xff\xe0" + b"." * 200


def flagged_line(
    node: Node,
    stall_id: str,
    now: datetime,
    *,
    key: str | None = None,
    name: str = "Gà ta làm sẵn",
    practice: bool = False,
    due: timedelta = timedelta(hours=24),
    state: str = "held",
) -> dict[str, str]:
    """Delivery, line, stock lot and open flag; answers their ids."""
    with node.write(node.machine("test"), now) as tx:
        own = {"site_id": node.id, "created_at": now, "stall_id": stall_id}
        product = Product(id=tx.id(), name=name, folded=name.lower(), unit="con", **own)
        delivery = Delivery(id=tx.id(), supplier_name="Xe 76 (mẫu)", vehicle_plate="76C-012.34", **own)
        delivery.last_scan_at, delivery.practice, delivery.state = now, practice, "closed"
        line = DeliveryLine(id=tx.id(), delivery_id=delivery.id, position=1, goods_name=name, unit="con", **own)
        line.key, line.declared, line.refused, line.product_id = key, Decimal(12), Decimal(0), product.id
        line.state = "accepted"
        flag = Flag(id=tx.id(), line_id=line.id, reason="papers_missing", due_at=now + due, **own)
        lot = StockLot(id=tx.id(), line_id=line.id, product_id=product.id, label="003-3", unit="con", **own)
        lot.key, lot.on_hand, lot.state, lot.received_at, lot.origin = key, Decimal(12), state, now, {}
        for row in (product, delivery, line, flag, lot):
            tx.session.add(row)
            tx.session.flush()
        return {"flag": flag.id, "line": line.id, "delivery": delivery.id, "lot": lot.id, "product": product.id}


def photo_of(node: Node, stall_id: str, now: datetime, line_id: str | None, data: bytes = JPEG) -> str:
    """A stored photo of a line; answers its id."""
    digest = node.files.put(data)
    with node.write(node.machine("test"), now) as tx:
        row = Photo(site_id=node.id, id=tx.id(), created_at=now, stall_id=stall_id, sha256=digest, line_id=line_id)
        row.media_type, row.size = "image/jpeg", len(data)
        tx.session.add(row)
        return row.id


def paper_of(node: Node, stall_id: str, now: datetime, line_id: str) -> str:
    """A paper linked to a line; answers its id."""
    with node.write(node.machine("test"), now) as tx:
        own = {"site_id": node.id, "created_at": now, "stall_id": stall_id}
        row = Paper(id=tx.id(), kind="bang_ke", number="24/11", issued_on=now.date(), issuer="Chị Ba (mẫu)", **own)
        tx.session.add(row)
        tx.session.flush()
        tx.session.add(PaperLink(id=tx.id(), paper_id=row.id, line_id=line_id, **own))
        return row.id
