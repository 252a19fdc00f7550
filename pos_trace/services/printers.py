"""The printers of a node as an administrator sees them, and the slip that tests one.

``status`` is a code of ``hardware.status``, whose words the edge adds.
"""

from datetime import datetime

from sqlalchemy import select

from pos_trace.core.errors import NotFound
from pos_trace.core.quantities import money
from pos_trace.core.slips import Place, Slip, list_slip
from pos_trace.services.node import Answer, Node
from pos_trace.store.models import Printer, Site

LETTERS = "ăâđêôơư ĂÂĐÊÔƠƯ áàảãạ ắằẳẵặ ấầẩẫậ éèẻẽẹ ếềểễệ íìỉĩị óòỏõọ ốồổỗộ ớờởỡợ úùủũụ ứừửữự ýỳỷỹỵ"


def listed(node: Node) -> Answer:
    """``{printers: […]}`` with each one's last known state."""
    with node.db.read() as session:
        rows = session.scalars(select(Printer).where(Printer.site_id == node.id).order_by(Printer.name))
        return {"printers": [_told(row) for row in rows]}


def test_slip(node: Node, name: str, now: datetime) -> tuple[Answer, Slip]:
    """The printer called ``name`` and a slip with every Vietnamese letter; raises ``NotFound``."""
    with node.db.read() as session:
        row = session.scalars(select(Printer).where(Printer.site_id == node.id, Printer.name == name)).first()
        if row is None:
            raise NotFound("printer_unknown", f"Không có máy in tên '{name}'.")
        site = session.get(Site, (node.id, node.id))
        place = Place("IN THỬ", site.name if site is not None else node.id, demo=node.demo)
        rows = [("Máy in", row.name), ("Mẫu", row.preset), ("Số tiền", money(125_000))]
        return _told(row), list_slip("test", "PHIẾU IN THỬ", place, "", now, rows, (LETTERS, LETTERS.upper()))


def _told(row: Printer) -> Answer:
    return {
        "id": row.id,
        "name": row.name,
        "stall_id": row.stall_id,
        "preset": row.preset,
        "transport": row.transport,
        "address": row.address,
        "status": row.status,
        "status_at": row.status_at.isoformat() if row.status_at else None,
        "last_confirmed_at": row.last_confirmed_at.isoformat() if row.last_confirmed_at else None,
    }
