"""``find(key)``: what this node knows of a lot, and taking in what the province says (newest version wins)."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, literal, or_, select, true
from sqlalchemy.orm import Session

from pos_trace.core.codes.build import key_of
from pos_trace.core.records import Certificate, Facility, LotRecord, Recall, RecordAnswer, RecordsAge
from pos_trace.store import desk_checks, feed_lines, lot_lines, sightings
from pos_trace.store.database import RECORDS
from pos_trace.store.models import (
    CertificateRow,
    FacilityRow,
    FeedCursor,
    LotRecordRow,
    RecallLot,
    RecallRow,
    RecordsFile,
    StationRow,
)
from pos_trace.store.prepared import Prepared
from pos_trace.store.records_file import OpenFiles

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


KEYS: Final[tuple[Any, ...]] = (bindparam("key"), bindparam("lot"))


def _head() -> Prepared:
    """In one statement, of one moment: the feed's cursor and answer, the file in force, the table's rows."""
    one = select(literal(1).label("one")).subquery()
    feed = select(FeedCursor.cursor, FeedCursor.answered_at).where(FeedCursor.name == "changes").limit(1).subquery()
    file = select(RecordsFile.seq, RecordsFile.path).order_by(RecordsFile.seq.desc()).limit(1).subquery()
    table = LotRecordRow.__table__
    columns = [table.c[name] for name in lot_lines.COLUMNS]
    joined = one.outerjoin(feed, true()).outerjoin(file, true()).outerjoin(table, table.c.key.in_(KEYS))
    return Prepared(select(*feed.c, *file.c, *columns).select_from(joined))


def _recall() -> Prepared:
    """Recalls in force that name the key or its lot, or that the lot's record names; the newest first."""
    named = select(RecallLot.recall_id).where(RecallLot.key.in_(KEYS))
    by = or_(RecallRow.recall_id.in_(named), RecallRow.recall_id == bindparam("recall_id"))
    columns = [getattr(RecallRow, name) for name in RECALL_MEMBERS]
    found = select(*columns).where(RecallRow.status == "active", by)
    return Prepared(found.order_by(RecallRow.issued_at.desc(), RecallRow.recall_id))


def _facility_with() -> Prepared:
    """A facility, a row a certificate."""
    columns = [getattr(FacilityRow, name) for name in FACILITY_MEMBERS]
    held = [getattr(CertificateRow, name) for name in CERTIFICATE_MEMBERS]
    joined = select(*columns, *held).outerjoin(CertificateRow, CertificateRow.facility_id == FacilityRow.facility_id)
    found = joined.where(FacilityRow.facility_id == bindparam("facility_id"))
    return Prepared(found.order_by(CertificateRow.position))


FACTS: Final = 4
RECALL_MEMBERS: Final = ("recall_id", "reason", "issued_at", "issuer", "gtin", "level", "instructions", "collect_at")
FACILITY_MEMBERS: Final = ("facility_id", *FACILITY_TEXT, "is_individual", "version")
CERTIFICATE_MEMBERS: Final = ("kind", "number", "issuer", "issued", "expires")
LISTS: Final = (lot_lines.COLUMNS.index("standards"), lot_lines.COLUMNS.index("events"))
HEAD: Final = _head()
RECALL: Final = _recall()
FACILITY: Final = _facility_with()


def find(session: Session, key: str) -> RecordAnswer:
    """Found with facility and recall in force, or absent; ``age`` is when the changes feed last answered.

    Table, then file: a row counts when it is newer than the file, else what the file says of the key. A label with a
    serial is its lot's where the province published the lot without serials. Raises ``OSError`` when the file in
    force cannot be read.
    """
    lot = lot_of(key)
    heads = HEAD.rows(session, key=key, lot=lot)
    cursor, answered_at, seq, name = heads[0][:FACTS]
    age = RecordsAge(cursor or 0, answered_at)
    rows = {row[FACTS]: row[FACTS:] for row in heads if row[FACTS] is not None}
    files: OpenFiles | None = session.info.get(RECORDS)
    found = None
    for wanted in (key,) if lot == key else (key, lot):
        found = rows.get(wanted)
        if name is not None and files is not None and (found is None or found[lot_lines.VERSION] <= seq):
            found = files.find(name, wanted) or found
        if found is not None:
            break
    if found is None:
        return RecordAnswer("absent", recall=_recall_in_force(session, key, lot), age=age)
    made = record(found)
    recall = _recall_in_force(session, key, lot, made.recall_id)
    return RecordAnswer(
        "found", made, _facility(session, made.facility_id), recall, RecordsAge(made.version, age.as_of)
    )


def lot_of(key: str) -> str:
    """The lot's key in a key with a serial; any other key is itself."""
    return key.split("/21/")[0]


def records_age(session: Session) -> RecordsAge:
    """The changes feed's cursor and when it last answered."""
    feed = session.scalars(select(FeedCursor).where(FeedCursor.name == "changes")).first()
    return RecordsAge(feed.cursor, feed.answered_at) if feed else RecordsAge()


def _recall_in_force(session: Session, key: str, lot: str, recall_id: str | None = None) -> Recall | None:
    found = RECALL.rows(session, key=key, lot=lot, recall_id=recall_id)
    if not found:
        return None
    told = dict(zip(RECALL_MEMBERS, found[0], strict=True))
    return Recall(**told | {"collect_at": tuple(told["collect_at"])})


def record(values: Sequence[Any]) -> LotRecord:
    """The core's record of a lot's values in the order of ``lot_lines.COLUMNS``."""
    told = list(values)
    for place in LISTS:
        told[place] = tuple(told[place] or ())
    return LotRecord(*told)


def _facility(session: Session, facility_id: str) -> Facility | None:
    found = FACILITY.rows(session, facility_id=facility_id)
    if not found:
        return None
    own = len(FACILITY_MEMBERS)
    certificates = tuple(Certificate(*row[own:]) for row in found if row[own] is not None)
    return Facility(**dict(zip(FACILITY_MEMBERS, found[0], strict=False)), certificates=certificates)


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
    values = lot_lines.read(line)
    key, version = values[lot_lines.KEY], values[lot_lines.VERSION]
    row = session.get(LotRecordRow, key)
    if row is not None and row.version >= version:
        return []
    _put(session, row or LotRecordRow(key=key), dict(zip(lot_lines.COLUMNS, values, strict=True)))
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
