"""Records officers keep facilities and lots; every accepted line takes the province's next version."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pos_trace.core.errors import FieldError, Invalid
from pos_trace.core.lot_documents import lacks_document
from pos_trace.core.policy import Policy
from pos_trace.core.text import clean
from pos_trace.services import lines, lot_sums
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store import counters
from pos_trace.store.lots import lot_of
from pos_trace.store.models import CertificateRow, FacilityRow, LotRecordRow, RecallLot, RecallRow

RECORDS = counters.RECORDS
MOST = 5000
KEY = re.compile(
    r"01/(?P<gtin>\d{14})/10/(?P<lot>[^/\s]{1,80})(?:/21/(?P<serial>[^/\s]{1,80}))?"
    r"|00/(?P<sscc>\d{18})|(?P<scheme>[a-z][a-z0-9.-]{0,39}):(?P<code>[^/\s]{1,200})"
)
DATES = ("production_date", "harvest_date", "pack_date", "best_before", "expiry_date")
SET_HERE = ("active", "suspended", "revoked", "expired")
OWN = {"key", "gtin", "lot", "serial", "scheme", "status", "recall_id", "version", "updated_at"}


def put_facility(node: Node, who: Actor, line: dict[str, Any], now: datetime) -> Answer:
    """Add or change a facility with its certificates: ``{facility_id, version, result}``."""
    facility_id = clean(line["facility_id"], 80)
    if not facility_id:
        raise Invalid("facility_id_missing", "Cơ sở cần có mã.", (FieldError("/facility_id", "missing"),))
    with node.write(who, now) as tx:
        row = tx.session.get(FacilityRow, facility_id)
        before = lines.facility_line(tx.session, row) if row else None
        if row is None:
            row = FacilityRow(facility_id=facility_id, version=0)
            tx.session.add(row)
        for name in lines.FACILITY_MEMBERS:
            if name not in ("facility_id", "version"):
                setattr(row, name, line.get(name) or _blank(name))
        _reason(row, line)
        certificates = line.get("certificates") or []
        tx.session.flush()
        _certificates(tx, row.facility_id, certificates)
        result = _settle(tx, row, before, lines.facility_line(tx.session, row))
        if result != "unchanged":
            tx.audit("facility_put", f"facility:{row.facility_id}"[:80], _audited(result, row))
        return tx.answer({"facility_id": row.facility_id, "version": row.version, "result": result})


def put_lots(node: Node, who: Actor, lots: list[dict[str, Any]], now: datetime) -> Answer:
    """Add or change lots, all or none: ``{version, items:[{key, result, version}]}``.

    GTIN, lot and serial come out of the key. ``recalled`` is not set here but by a recall, which also catches lots
    registered after it. Raises ``Invalid`` with a pointer per wrong line.
    """
    if not 0 < len(lots) <= MOST:
        raise Invalid("lots_count", f"Mỗi lần gửi từ 1 đến {MOST} lô.")
    with node.write(who, now) as tx:
        return tx.answer(write_lots(tx, lots))


def write_lots(tx: Transaction, lots: list[dict[str, Any]]) -> Answer:
    """As ``put_lots``, inside the caller's write."""
    _check(tx, lots)
    items = [_put_lot(tx, line) for line in lots]
    changed = [item for item in items if item["result"] != "unchanged"]
    if changed:
        told: Answer = {"keys": [item["key"] for item in changed[:50]]}
        reasons = [line["status_reason"] for line in lots[:1] if line.get("status_reason")]
        tx.audit("lots_put", f"lots:{len(changed)}", told | ({"reason": reasons[0]} if reasons else {}))
        lot_sums.retell(tx, [lot_of(item["key"]) for item in changed])
    return {"version": max(item["version"] for item in items), "items": items}


def key_parts(key: str) -> dict[str, str | None]:
    """GTIN, lot, serial and scheme that stand in ``key``; raises ``ValueError`` when it is no key."""
    found = KEY.fullmatch(key)
    if found is None or len(key) > 400:
        raise ValueError(key[:80])
    parts = found.groupdict()
    scheme = "sscc" if parts["sscc"] else parts["scheme"]
    read = {name: unquote(parts[name]) if parts[name] else None for name in ("gtin", "lot", "serial")}
    return read | {"scheme": scheme}


def normal_key(key: str) -> str:
    """``key`` with each part percent-encoded as a scanned code's is; raises ``ValueError`` when it is no key."""
    parts = key_parts(key)
    if parts["gtin"]:
        serial = f"/21/{quoted(parts['serial'])}" if parts["serial"] else ""
        return f"01/{parts['gtin']}/10/{quoted(parts['lot'] or '')}{serial}"
    scheme, colon, code = key.partition(":")
    return f"{scheme}:{quoted(unquote(code))}" if colon else key


def quoted(text: str) -> str:
    """``text`` as it stands inside a key."""
    return quote(text, safe="")


def _put_lot(tx: Transaction, line: dict[str, Any]) -> Answer:
    key = normal_key(line["key"])
    row = tx.session.get(LotRecordRow, key)
    before = lines.lot_line(row) if row else None
    if row is None:
        row = LotRecordRow(key=key, version=0, standards=[], events=[])
        tx.session.add(row)
    for name, value in key_parts(key).items():
        setattr(row, name, value)
    for name in lines.LOT_MEMBERS:
        if name not in OWN:
            setattr(row, name, _value(name, line.get(name)))
    _reason(row, line)
    row.own_status = row.status = line["status"]
    row.recall_id = recall_on(tx.session, row)
    row.status = "recalled" if row.recall_id else row.own_status
    result = _settle(tx, row, before, lines.lot_line(row))
    if result != "unchanged":
        row.updated_at = tx.now
    return {"key": row.key, "result": result, "version": row.version}


def _reason(row: Any, line: dict[str, Any]) -> None:
    """Why the desk set the status; what a machine sends leaves the last one standing."""
    if "status_reason" in line:
        row.status_reason = clean(line["status_reason"] or "", 500) or None


def _audited(result: str, row: FacilityRow) -> Answer:
    told: Answer = {"result": result, "version": row.version, "status": row.status}
    return told | ({"reason": row.status_reason} if row.status_reason else {})


def _settle(tx: Transaction, row: Any, before: dict[str, Any] | None, after: dict[str, Any]) -> str:
    ignored = ("version", "updated_at")
    if before is not None and _without(before, ignored) == _without(after, ignored):
        return "unchanged"
    row.version = counters.next_version(tx.session, RECORDS)
    tx.session.flush()
    return "created" if before is None else "updated"


def _without(line: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in names}


def recall_on(session: Session, row: LotRecordRow) -> str | None:
    """The newest recall in force on the lot, named by its own key or by its lot without the serial."""
    keys = [row.key] + ([lot_of(row.key)] if row.serial else [])
    active = (
        select(RecallRow.recall_id)
        .join(RecallLot, RecallLot.recall_id == RecallRow.recall_id)
        .where(RecallRow.status == "active", RecallLot.key.in_(keys))
        .order_by(RecallRow.issued_at.desc())
    )
    return session.scalars(active).first()


def _certificates(tx: Transaction, facility_id: str, certificates: list[dict[str, Any]]) -> None:
    tx.session.execute(delete(CertificateRow).where(CertificateRow.facility_id == facility_id))
    for position, item in enumerate(certificates):
        row = CertificateRow(facility_id=facility_id, position=position, kind=item["kind"])
        row.number, row.issuer = item.get("number"), item.get("issuer")
        row.issued, row.expires = _date(item.get("issued")), _date(item.get("expires"))
        tx.session.add(row)
    tx.session.flush()


def _check(tx: Transaction, lots: list[dict[str, Any]]) -> None:
    known = set(tx.session.scalars(select(FacilityRow.facility_id)))
    errors: list[FieldError] = []
    for index, line in enumerate(lots):
        errors += [FieldError(f"/lots/{index}/{name}", code) for name, code in _wrong(tx.node.policy, line, known)]
    if errors:
        raise Invalid("lots_invalid", f"Có {len(errors)} mục chưa đúng; chưa ghi lô nào.", tuple(errors[:50]))


def _wrong(policy: Policy, line: dict[str, Any], facilities: set[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    try:
        key_parts(str(line.get("key", "")))
    except ValueError:
        found.append(("key", "invalid"))
    if not line.get("product_name"):
        found.append(("product_name", "missing"))
    if line.get("facility_id") not in facilities:
        found.append(("facility_id", "facility_unknown"))
    if line.get("status") not in SET_HERE:
        found.append(("status", "invalid"))
    if lacks_document(policy.group(line.get("product_group")), line.get("standards")):
        found.append(("standards", "document_missing"))
    for name in (*DATES, "net_quantity"):
        try:
            _value(name, line.get(name))
        except (ValueError, InvalidOperation):
            found.append((name, "invalid"))
    return found


def _value(name: str, value: Any) -> Any:
    if name in DATES:
        return _date(value)
    if name == "net_quantity":
        return None if value is None else _quantity(value)
    return value if value is not None else _blank(name)


def _quantity(value: Any) -> Decimal:
    number = Decimal(str(value))
    if not number.is_finite() or not 0 <= number <= 10**9 or number != round(number, 3):
        raise ValueError(value)
    return number


def _date(value: Any) -> date | None:
    return value if value is None or isinstance(value, date) else date.fromisoformat(str(value))


def _blank(name: str) -> Any:
    return {"standards": [], "events": [], "type": "", "is_individual": False, "status": "active"}.get(name)
