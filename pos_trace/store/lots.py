"""``find(key)``: what this node knows of a lot, and taking in what the province says (newest version wins)."""

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pos_trace.core.codes.build import key_of
from pos_trace.core.records import (
    Certificate,
    Facility,
    LotRecord,
    LotStatus,
    Recall,
    RecordAnswer,
    RecordsAge,
)
from pos_trace.store import desk_checks, feed_lines, sightings
from pos_trace.store.models import (
    CertificateRow,
    FacilityRow,
    FeedCursor,
    LotRecordRow,
    RecallLot,
    RecallRow,
    StationRow,
)

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
RECALL_TEXT = ("recall_id", "gtin", "reason", "issuer", "level", "instructions", "status")
PUBLIC_KEY_BYTES = 32
LONGEST_KEY = 400
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
    """Found with facility and recall in force, or absent; ``age`` is when the changes feed last answered.

    A label with a serial is its lot's where the province published the lot without serials.
    """
    age = records_age(session)
    row = session.get(LotRecordRow, key) or session.get(LotRecordRow, lot_of(key))
    if row is None:
        recall = _recall_in_force(session, key)
        return RecordAnswer("absent", recall=recall, age=age)
    facility = session.get(FacilityRow, row.facility_id)
    recall = _recall_in_force(session, key, row.recall_id)
    made = _facility(session, facility) if facility else None
    return RecordAnswer("found", record(row), made, recall, RecordsAge(row.version, age.as_of))


def lot_of(key: str) -> str:
    """The lot's key in a key with a serial; any other key is itself."""
    return key.split("/21/")[0]


def records_age(session: Session) -> RecordsAge:
    """The changes feed's cursor and when it last answered."""
    feed = session.scalars(select(FeedCursor).where(FeedCursor.name == "changes")).first()
    return RecordsAge(feed.cursor, feed.answered_at) if feed else RecordsAge()


def _recall_in_force(session: Session, key: str, recall_id: str | None = None) -> Recall | None:
    named = select(RecallRow).join(RecallLot, RecallLot.recall_id == RecallRow.recall_id)
    named = named.order_by(RecallRow.issued_at.desc(), RecallRow.recall_id)  # of several in force, the newest
    keys = {key, lot_of(key)}
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


def upsert_changes(session: Session, changes: Iterable[Mapping[str, Any]], now: datetime) -> list[str]:
    """Take in lines of the feed, each with its ``kind``; answers the lot keys whose facts changed.

    Idempotent: an older or equal version changes nothing. Raises ``ValueError`` for a line that lacks a required
    field or holds what does not fit, so that a wrong page is refused whole.
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
        elif kind == "desk_check":
            desk_checks.upsert(session, line, now)
        elif kind == "sighting":
            touched += sightings.upsert(session, line, now)
        elif kind == "station":
            upsert_station(session, line)
    session.flush()
    return list(dict.fromkeys(touched))


def upsert_lot(session: Session, line: Mapping[str, Any], _now: datetime) -> list[str]:
    """One lot line; answers its key when it was news."""
    key, new_version = _key(feed_lines.needed(line, "key")), feed_lines.version(line)
    row = session.get(LotRecordRow, key)
    if row is not None and row.version >= new_version:
        return []
    for name in ("product_name", "facility_id", "status"):
        feed_lines.needed(line, name)
    if line["status"] not in get_args(LotStatus):
        raise ValueError(f"a lot is never {str(line['status'])[:40]!r}")
    told: dict[str, Any] = _texts(LotRecordRow, line, LOT_TEXT)
    told |= {name: feed_lines.day(line, name) for name in DATES}
    told |= {"net_quantity": feed_lines.quantity(line, "net_quantity"), "version": new_version}
    told |= {name: feed_lines.entries(line, name) for name in ("standards", "events")}
    told |= {"importer": feed_lines.entry(line, "importer"), "updated_at": feed_lines.moment(line, "updated_at")}
    _put(session, row or LotRecordRow(key=key), told)
    return [key]


def upsert_facility(session: Session, line: Mapping[str, Any], _now: datetime) -> None:
    """One facility line; its certificates are replaced as a set."""
    feed_lines.needed(line, "facility_id"), feed_lines.needed(line, "name")
    told: dict[str, Any] = _texts(FacilityRow, line, ("facility_id", *FACILITY_TEXT))
    new_version = feed_lines.version(line)
    ident = told.pop("facility_id")
    row = session.get(FacilityRow, ident)
    if row is not None and row.version >= new_version:
        return
    told |= {"type": told["type"] or "", "status": told["status"] or "active", "version": new_version}
    told["is_individual"] = bool(line.get("is_individual"))
    certificates = [_certificate(item) for item in feed_lines.entries(line, "certificates")]
    _put(session, row or FacilityRow(facility_id=ident), told)
    session.flush()
    session.execute(delete(CertificateRow).where(CertificateRow.facility_id == ident))
    for position, certificate in enumerate(certificates):
        session.add(CertificateRow(facility_id=ident, position=position, **certificate))


def _certificate(item: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = _texts(CertificateRow, item, ("kind", "number", "issuer"))
    return told | {
        "kind": told["kind"] or "",
        "issued": feed_lines.day(item, "issued"),
        "expires": feed_lines.day(item, "expires"),
    }


def upsert_recall(session: Session, line: Mapping[str, Any], _now: datetime) -> list[str]:
    """One recall line; answers the keys it names (and named before), to be judged again."""
    feed_lines.needed(line, "recall_id"), feed_lines.needed(line, "issued_at")
    told: dict[str, Any] = _texts(RecallRow, line, RECALL_TEXT)
    new_version, ident = feed_lines.version(line), told.pop("recall_id")
    row = session.get(RecallRow, ident)
    if row is not None and row.version >= new_version:
        return []
    told |= {name: told[name] or "" for name in ("reason", "issuer", "level", "instructions")}
    told |= {"issued_at": feed_lines.moment(line, "issued_at"), "status": told["status"] or "active"}
    told |= {"collect_at": feed_lines.texts(line, "collect_at"), "version": new_version}
    keys = [_key(key) for key in feed_lines.texts(line, "keys")]
    if told["gtin"]:
        keys += [_key(key_of((("01", told["gtin"]), ("10", lot)))) for lot in feed_lines.texts(line, "lots")]
    before = list(session.scalars(select(RecallLot.key).where(RecallLot.recall_id == ident)))
    _put(session, row or RecallRow(recall_id=ident), told)
    session.flush()
    session.execute(delete(RecallLot).where(RecallLot.recall_id == ident))
    for key in dict.fromkeys(keys):
        session.add(RecallLot(recall_id=ident, key=key))
    return list(dict.fromkeys([*before, *keys]))


def upsert_station(session: Session, line: Mapping[str, Any]) -> None:
    """One station line: its public key (base64 of 32 bytes) and its stalls."""
    told: dict[str, Any] = _texts(StationRow, line, ("station_id", "name", "public_key", "gln", "commune"))
    for name in ("station_id", "name", "public_key"):
        feed_lines.needed(line, name)
    if len(base64.b64decode(told["public_key"], validate=True)) != PUBLIC_KEY_BYTES:
        raise ValueError("public_key is base64 of 32 bytes")
    told |= {"version": feed_lines.version(line), "stalls": feed_lines.entries(line, "stalls")}
    row = session.get(StationRow, told["station_id"])
    if row is None or row.version < told["version"]:
        _put(session, row or StationRow(station_id=told["station_id"]), told)


def _put(session: Session, row: Any, told: dict[str, Any]) -> None:
    for name, value in told.items():
        setattr(row, name, value)
    session.add(row)


def _texts(model: Any, line: Mapping[str, Any], names: Iterable[str]) -> dict[str, str | None]:
    """The texts of ``line``, each no longer than its column."""
    columns = model.__table__.c
    return {name: feed_lines.text(line, name, getattr(columns[name].type, "length", None)) for name in names}


def _key(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_KEY:
        raise ValueError(f"a key is a text of at most {LONGEST_KEY} signs")
    return value
