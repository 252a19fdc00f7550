"""Taking in what the province says – lots, facilities, recalls, stations: the newest version of each wins."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.orm import Session

from pos_trace.core.codes.build import key_of
from pos_trace.store import desk_checks, feed_lines, lot_lines, lot_totals, serial_ranges, sightings
from pos_trace.store.lots import FACILITY_TEXT
from pos_trace.store.models import CertificateRow, FacilityRow, LotRecordRow, RecallLot, RecallRow, StationRow

RECALL_TEXT: Final = ("recall_id", "gtin", "reason", "issuer", "level", "instructions", "status")
PUBLIC_KEY_BYTES: Final = 32
LONGEST_KEY: Final = 400


def upsert_changes(session: Session, changes: Iterable[Mapping[str, Any]], now: datetime) -> list[str]:
    """Take in lines of the feed, each with its ``kind``; answers the lot keys whose facts changed.

    Idempotent: an older or equal version changes nothing. Raises ``ValueError`` for a line that lacks a required
    field or holds what does not fit, so that a wrong page is refused whole.
    """
    changes, touched = list(changes), []
    lots = [line for line in changes if line.get("kind") == "lot"]
    if lots:
        touched += upsert_lots(session, lots)
    for line in changes:
        kind = line.get("kind")
        if kind == "facility":
            upsert_facility(session, line, now)
        elif kind == "recall":
            touched += upsert_recall(session, line, now)
        elif kind == "desk_check":
            desk_checks.upsert(session, line, now)
        elif kind == "sighting":
            touched += sightings.upsert(session, line, now)
        elif kind == "lot_total":
            touched += lot_totals.upsert(session, line)
        elif kind == "serial_range":
            serial_ranges.upsert(session, line)
        elif kind == "station":
            upsert_station(session, line)
    session.flush()
    return list(dict.fromkeys(touched))


def upsert_lots(session: Session, lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Lot lines, in one statement; answers the keys that were news, in their order."""
    read = lot_lines.read_stored if _on_sqlite(session) else lot_lines.read
    return put_lots(session, [read(line) for line in lines])


def put_lots(session: Session, told: Sequence[list[Any]]) -> list[str]:
    """As ``upsert_lots``, of lines read before: as SQLite stores them there, typed elsewhere."""
    session.flush()
    known = _versions(session, {values[lot_lines.KEY] for values in told})
    news = [values for values in told if values[lot_lines.VERSION] > known.get(values[lot_lines.KEY], -1)]
    if news and _on_sqlite(session):
        driver: Any = session.connection().connection.driver_connection
        driver.executemany(SQLITE_UPSERT, map(IN_ITS_ORDER, news))
    elif news:
        rows = [dict(zip(lot_lines.COLUMNS, values, strict=True)) for values in news]
        session.execute(_upsert(postgresql.insert), rows)
    for row in list(session.identity_map.values()):
        if isinstance(row, LotRecordRow):
            session.expire(row)
    return list(dict.fromkeys(values[lot_lines.KEY] for values in news))


def _on_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def upsert_lot(session: Session, line: Mapping[str, Any], _now: datetime) -> list[str]:
    """One lot line; answers its key when it was news."""
    return upsert_lots(session, [line])


def _versions(session: Session, keys: set[str]) -> dict[str, int]:
    found = select(LotRecordRow.key, LotRecordRow.version).where(LotRecordRow.key.in_(sorted(keys)))
    return dict(session.execute(found).all())


def _upsert(insert: Any) -> Any:
    """An insert in which, of one key, the newer version wins; ``own_status`` is the province's own and stays."""
    made = insert(LotRecordRow)
    told = {name: made.excluded[name] for name in lot_lines.COLUMNS if name != "key"}
    newer = made.excluded.version > LotRecordRow.version
    return made.on_conflict_do_update(index_elements=["key"], set_=told, where=newer)


_COMPILED: Final = _upsert(sqlite.insert).compile(dialect=SQLiteDialect_pysqlite(), column_keys=list(lot_lines.COLUMNS))
SQLITE_UPSERT: Final = str(_COMPILED)
IN_ITS_ORDER: Final = itemgetter(*(lot_lines.COLUMNS.index(name) for name in _COMPILED.positiontup))


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
