"""``find(key)``: what this node knows of a lot, and taking in what the province says (newest version wins)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pos_trace.core.records import Certificate, Facility, LotRecord, Recall, RecordAnswer, RecordsAge
from pos_trace.store.models import CertificateRow, FacilityRow, FeedCursor, LotRecordRow, RecallLot, RecallRow

DATES = ("production_date", "harvest_date", "pack_date", "best_before", "expiry_date")
LOT_TEXT = (
    "gtin",
    "lot",
    "serial",
    "scheme",
    "product_name",
    "product_group",
    "brand",
    "image_url",
    "facility_id",
    "origin_country",
    "origin_place",
    "production_place_gln",
    "planting_area_code",
    "unit",
    "status",
    "recall_id",
)
FACILITY_TEXT = (
    "name",
    "type",
    "business_code",
    "tax_code",
    "gln",
    "address",
    "commune",
    "province",
    "trace_system",
    "status",
)


def find(session: Session, key: str) -> RecordAnswer:
    """Found with facility and recall in force, or absent; ``age`` is when the changes feed last answered."""
    age = records_age(session)
    row = session.get(LotRecordRow, key)
    if row is None:
        recall = _recall_in_force(session, key)
        return RecordAnswer("absent", recall=recall, age=age)
    facility = session.get(FacilityRow, row.facility_id)
    recall = _recall_in_force(session, key, row.recall_id)
    made = _facility(session, facility) if facility else None
    return RecordAnswer("found", record(row), made, recall, RecordsAge(row.version, age.as_of))


def records_age(session: Session) -> RecordsAge:
    """The changes feed's cursor and when it last answered."""
    feed = session.scalars(select(FeedCursor).where(FeedCursor.name == "changes")).first()
    return RecordsAge(feed.cursor, feed.answered_at) if feed else RecordsAge()


def _recall_in_force(session: Session, key: str, recall_id: str | None = None) -> Recall | None:
    named = select(RecallRow).join(RecallLot, RecallLot.recall_id == RecallRow.recall_id)
    keys = {key, key.split("/21/")[0]}
    row = session.scalars(named.where(RecallLot.key.in_(keys), RecallRow.status == "active")).first()
    if row is None and recall_id is not None:
        row = session.get(RecallRow, recall_id)
    if row is None or row.status != "active":
        return None
    return Recall(
        recall_id=row.recall_id,
        reason=row.reason,
        issued_at=row.issued_at,
        issuer=row.issuer,
        gtin=row.gtin,
        level=row.level,
        instructions=row.instructions,
        collect_at=tuple(row.collect_at),
    )


def record(row: LotRecordRow) -> LotRecord:
    """The core's record of a row."""
    texts = {name: getattr(row, name) for name in LOT_TEXT}
    dates = {name: getattr(row, name) for name in DATES}
    return LotRecord(
        key=row.key,
        version=row.version,
        net_quantity=row.net_quantity,
        standards=tuple(row.standards or ()),
        events=tuple(row.events or ()),
        importer=row.importer,
        updated_at=row.updated_at,
        **texts,
        **dates,
    )


def _facility(session: Session, row: FacilityRow) -> Facility:
    held = select(CertificateRow).where(CertificateRow.facility_id == row.facility_id).order_by(CertificateRow.position)
    texts = {name: getattr(row, name) for name in FACILITY_TEXT}
    return Facility(
        facility_id=row.facility_id,
        is_individual=row.is_individual,
        version=row.version,
        certificates=tuple(Certificate(c.kind, c.number, c.issuer, c.issued, c.expires) for c in session.scalars(held)),
        **texts,
    )


def upsert_changes(session: Session, changes: Iterable[dict[str, Any]], now: datetime) -> list[str]:
    """Take in lines of the feed, each with its ``kind``; answers the lot keys whose facts changed.

    Idempotent: an older or equal version changes nothing. Raises ``ValueError`` for a line without its required
    fields, so that a wrong page is refused whole.
    """
    touched: list[str] = []
    for line in changes:
        kind = line.get("kind")
        if kind == "lot":
            touched += upsert_lot(session, line, now)
        elif kind == "facility":
            upsert_facility(session, line, now)
        elif kind == "recall":
            touched += upsert_recall(session, line, now)
    session.flush()
    return list(dict.fromkeys(touched))


def upsert_lot(session: Session, line: dict[str, Any], _now: datetime) -> list[str]:
    """One lot line; answers its key when it was news."""
    key, new_version = _need(line, "key"), int(_need(line, "version"))
    row = session.get(LotRecordRow, key)
    if row is not None and row.version >= new_version:
        return []
    if row is None:
        row = LotRecordRow(key=key)
        session.add(row)
    for name in ("product_name", "facility_id", "status"):
        _need(line, name)
    for name in LOT_TEXT:
        setattr(row, name, line.get(name))
    for name in DATES:
        setattr(row, name, _date(line.get(name)))
    row.net_quantity = Decimal(str(line["net_quantity"])) if line.get("net_quantity") is not None else None
    row.standards, row.events = list(line.get("standards") or ()), list(line.get("events") or ())
    row.importer, row.version = line.get("importer"), new_version
    row.updated_at = _time(line.get("updated_at"))
    return [key]


def upsert_facility(session: Session, line: dict[str, Any], _now: datetime) -> None:
    """One facility line; its certificates are replaced as a set."""
    ident, new_version = _need(line, "facility_id"), int(_need(line, "version"))
    row = session.get(FacilityRow, ident)
    if row is not None and row.version >= new_version:
        return
    if row is None:
        row = FacilityRow(facility_id=ident)
        session.add(row)
    _need(line, "name")
    for name in FACILITY_TEXT:
        setattr(row, name, line.get(name))
    row.type, row.status = line.get("type") or "", line.get("status") or "active"
    row.is_individual, row.version = bool(line.get("is_individual")), new_version
    session.flush()
    session.execute(delete(CertificateRow).where(CertificateRow.facility_id == ident))
    for position, item in enumerate(line.get("certificates") or ()):
        made = CertificateRow(facility_id=ident, position=position, kind=item.get("kind", ""))
        made.number, made.issuer = item.get("number"), item.get("issuer")
        made.issued, made.expires = _date(item.get("issued")), _date(item.get("expires"))
        session.add(made)


def upsert_recall(session: Session, line: dict[str, Any], _now: datetime) -> list[str]:
    """One recall line; answers the keys it names (and named before), to be judged again."""
    ident, new_version = _need(line, "recall_id"), int(_need(line, "version"))
    row = session.get(RecallRow, ident)
    if row is not None and row.version >= new_version:
        return []
    before = list(session.scalars(select(RecallLot.key).where(RecallLot.recall_id == ident)))
    if row is None:
        row = RecallRow(recall_id=ident)
        session.add(row)
    row.gtin, row.reason, row.issuer = line.get("gtin"), line.get("reason") or "", line.get("issuer") or ""
    row.issued_at = _time(_need(line, "issued_at")) or _now
    row.level, row.instructions = line.get("level") or "", line.get("instructions") or ""
    row.collect_at, row.status = list(line.get("collect_at") or ()), line.get("status") or "active"
    row.version = new_version
    session.flush()
    session.execute(delete(RecallLot).where(RecallLot.recall_id == ident))
    keys = list(line.get("keys") or ())
    if line.get("gtin"):
        keys += [f"01/{line['gtin']}/10/{lot}" for lot in line.get("lots") or ()]
    for key in dict.fromkeys(keys):
        session.add(RecallLot(recall_id=ident, key=key))
    return [*before, *keys]


def _need(line: dict[str, Any], name: str) -> Any:
    value = line.get(name)
    if value is None or value == "":
        raise ValueError(f"a {line.get('kind', 'feed')} line needs {name}")
    return value


def _date(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def _time(value: Any) -> datetime | None:
    if not value:
        return None
    moment = datetime.fromisoformat(value)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
