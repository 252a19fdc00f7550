"""Which papers serve a received line: its own, its delivery's, its vehicle's."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.store.models import Delivery, DeliveryLine, Paper, PaperLink


def of_line(session: Session, line: DeliveryLine) -> list[Paper]:
    """The papers that serve a line: its own, its delivery's, and those its stall tied to the vehicle it came on.

    A paper another stall photographed for the same truck does not count yet: nobody holds its quantity against the
    sum of what all of them received.
    """
    delivery = session.get_one(Delivery, (line.site_id, line.delivery_id))
    served = (PaperLink.line_id == line.id) | (PaperLink.delivery_id == line.delivery_id)
    if delivery.arrival_id is not None:
        served = served | (PaperLink.arrival_id == delivery.arrival_id)
    linked = select(PaperLink.paper_id).where(
        PaperLink.site_id == line.site_id, PaperLink.stall_id == line.stall_id, served
    )
    mine = select(Paper).where(Paper.site_id == line.site_id, Paper.id.in_(linked))
    return list(session.scalars(mine.order_by(Paper.id)))
