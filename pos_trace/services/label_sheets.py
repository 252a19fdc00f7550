"""Labels of a lot for its boxes: a GS1 Digital Link each, with a serial where a range is given."""

from typing import Any, Final

from pos_trace.core.codes import label_uri
from pos_trace.core.errors import Conflict, FieldError, Invalid, NotFound
from pos_trace.core.serial_ranges import IssuedRange, out_of_range, wrong_ends
from pos_trace.core.text import clean
from pos_trace.services import serial_ranges
from pos_trace.services.node import Answer, Node
from pos_trace.services.register_desk import NO_LOT
from pos_trace.store.models import FacilityRow, LotRecordRow

MOST: Final = 240
MADE: Final = (("production_date", "NSX"), ("harvest_date", "Thu hoạch"), ("pack_date", "Đóng gói"))
ENDS: Final = (("expiry_date", "HSD"), ("best_before", "Tốt nhất trước"))


def labels(node: Node, key: str, count: int, first: str, last: str) -> Answer:
    """``{title, labels: [{url, product, lot, serial, dates, facility}]}`` of the lot ``key``: ``count`` alike, or one a
    serial from ``first`` to ``last``; a lot of one serial has one label. At most 240 (ten sheets).

    Raises ``NotFound``; ``Conflict`` without a public address, a GTIN, or for a lot that is not in use; ``Invalid`` for
    too many and for serials that were never issued where ranges exist.
    """
    with node.db.read() as session:
        row = session.get(LotRecordRow, key[:400])
        if row is None:
            raise NotFound("lot_unknown", NO_LOT)
        owner = session.get(FacilityRow, row.facility_id)
        issued = serial_ranges.of_lot(session, row.gtin, row.lot, row.facility_id)
    if node.public_base_url is None:
        raise Conflict("no_public_address", "Chưa đặt địa chỉ công khai (public.base_url): tem chưa dẫn tới đâu.")
    if row.gtin is None or row.lot is None:
        raise Conflict("no_gtin", "Lô này không có GTIN và số lô nên chưa in tem GS1 được.")
    if row.status != "active":
        raise Conflict("lot_not_active", "Lô đang tạm dừng, đã hủy hoặc đang thu hồi: không in tem.")
    serials: list[str | None] = [row.serial] * (1 if row.serial else min(count, MOST + 1))
    if (first or last) and not row.serial:
        serials = list(_serials(clean(first, 40), clean(last or first, 40), issued))
    if not 0 < len(serials) <= MOST:
        raise Invalid("labels_count", f"Mỗi lần in từ 1 đến {MOST} tem.", (FieldError("/so", "out_of_range"),))
    expiry = row.expiry_date.strftime("%y%m%d") if row.expiry_date else None
    told: dict[str, Any] = {
        "product": row.product_name,
        "lot": row.lot,
        "dates": _dates(row),
        "facility": "" if owner is None or owner.is_individual else owner.name,
    }
    made = [
        told | {"serial": serial, "url": label_uri(node.public_base_url, row.gtin, row.lot, serial, expiry)}
        for serial in serials
    ]
    return {"title": f"{row.product_name} – lô {row.lot}", "labels": made}


def _serials(first: str, last: str, issued: list[IssuedRange]) -> list[str]:
    if words := wrong_ends(first, last):
        raise Invalid("range_invalid", f"Dải tem chưa đúng: {words}.", (FieldError("/dau", "invalid"),))
    found = IssuedRange(first, last).serials(MOST + 1)
    never = next((serial for serial in found if out_of_range(serial, issued)), None)
    if never is not None:
        told = f"Số tem {never} ngoài dải đã cấp: cấp dải trước rồi in."
        raise Invalid("serial_out_of_range", told, (FieldError("/dau", "out_of_range"),))
    return found


def _dates(row: LotRecordRow) -> str:
    """ "NSX 24/11/2026 · HSD 24/05/2027": the first of each kind the lot has."""
    found = []
    for names in (MADE, ENDS):
        told = [(word, getattr(row, name)) for name, word in names if getattr(row, name) is not None]
        found += [f"{word} {day:%d/%m/%Y}" for word, day in told[:1]]
    return " · ".join(found)
