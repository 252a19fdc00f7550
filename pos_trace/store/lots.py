"""``find(key)``: what this node knows of a lot – the table, then the file in force – and how old that is."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, exists, func, literal, or_, select, true
from sqlalchemy.orm import Session

from pos_trace.core.errors import Unavailable
from pos_trace.core.records import Certificate, Facility, LotRecord, Recall, RecordAnswer, RecordsAge
from pos_trace.store import lot_lines
from pos_trace.store.database import RECORDS
from pos_trace.store.models import (
    CertificateRow,
    FacilityRow,
    FeedCursor,
    LotRecordRow,
    RecallLot,
    RecallRow,
    RecordsFile,
)
from pos_trace.store.prepared import Prepared
from pos_trace.store.records_file import OpenFiles

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
    """In one statement, of one moment: the feed's cursor and answer, whether a recall names the key or its lot, the
    file in force, keys and versions of the table's rows. ``created_at`` of a file is when the province made it.
    """
    one = select(literal(1).label("one")).subquery()
    feed = select(FeedCursor.cursor, FeedCursor.answered_at).where(FeedCursor.name == "changes").limit(1).subquery()
    files = select(RecordsFile.created_at, RecordsFile.seq, RecordsFile.path)
    file = files.order_by(RecordsFile.seq.desc()).limit(1).subquery()
    table = LotRecordRow.__table__
    named = exists().where(RecallLot.key.in_(KEYS))
    joined = one.outerjoin(feed, true()).outerjoin(file, true()).outerjoin(table, table.c.key.in_(KEYS))
    return Prepared(select(*feed.c, named, *file.c, table.c.key, table.c.version).select_from(joined))


def _row() -> Prepared:
    """A lot of the table."""
    columns = [LotRecordRow.__table__.c[name] for name in lot_lines.COLUMNS]
    return Prepared(select(*columns).where(LotRecordRow.key == bindparam("key")))


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


FACTS: Final = 6
RECALLED: Final = 2
Values = Sequence[Any]
RECALL_MEMBERS: Final = ("recall_id", "reason", "issued_at", "issuer", "gtin", "level", "instructions", "collect_at")
FACILITY_MEMBERS: Final = ("facility_id", *FACILITY_TEXT, "is_individual", "version")
CERTIFICATE_MEMBERS: Final = ("kind", "number", "issuer", "issued", "expires")
LISTS: Final = (lot_lines.COLUMNS.index("standards"), lot_lines.COLUMNS.index("events"))
HEAD: Final = _head()
ROW: Final = _row()
RECALL: Final = _recall()
FACILITY: Final = _facility_with()


def find(session: Session, key: str) -> RecordAnswer:
    """Found with facility and recall in force, or absent; ``age`` is when the changes feed last answered.

    Table, then file: a row counts when it is newer than the file, else what the file says of the key. A label with a
    serial is its lot's where the province published the lot without serials. A file in force that cannot be read makes
    what the table does not know ``unavailable``, never absent.
    """
    lot = lot_of(key)
    heads = HEAD.rows(session, key=key, lot=lot)
    age, found, unreadable = _age(heads[0]), None, False
    versions = {row[FACTS]: row[FACTS + 1] for row in heads}
    for wanted in (key,) if lot == key else (key, lot):
        try:
            found = _newer(session, heads[0], wanted, versions.get(wanted))
        except Unavailable:
            found, unreadable = _in_table(session, wanted), True
        if found is not None:
            break
    named = heads[0][RECALLED]
    if found is None:
        recall = _recall_in_force(session, key, lot) if named else None
        return RecordAnswer("unavailable" if unreadable else "absent", recall=recall, age=age, why=_why(unreadable))
    made = record(found)
    recall = _recall_in_force(session, key, lot, made.recall_id) if named or made.recall_id else None
    facility = _facility(session, made.facility_id)
    return RecordAnswer("found", made, facility, recall, RecordsAge(made.version, age.as_of))


def _newer(session: Session, head: Sequence[Any], key: str, version: int | None) -> Values | None:
    """What the table says, where it is newer than the file in force; else what the file says, where it has the key.

    ``version``: of the table's row, None where it has none.
    """
    seq, name = head[FACTS - 2 : FACTS]
    files: OpenFiles | None = session.info.get(RECORDS)
    in_file = name is not None and files is not None and (version is None or version <= seq)
    found = files.find(name, key) if in_file and files is not None else None
    return found if found is not None or version is None else _in_table(session, key)


def _in_table(session: Session, key: str) -> Values | None:
    found = ROW.rows(session, key=key)
    return found[0] if found else None


def _why(unreadable: bool) -> str | None:
    return "offline" if unreadable else None


def _age(head: Sequence[Any]) -> RecordsAge:
    """What the feed has told and the file in force holds: the newer of the two vouches."""
    cursor, answered_at, _, made_at, seq = head[: FACTS - 1]
    moments = [moment for moment in (answered_at, made_at) if moment is not None]
    return RecordsAge(max(cursor or 0, seq or 0), max(moments, default=None))


def count(session: Session) -> int:
    """How many lots this node knows: the file's, and those of the table it does not hold."""
    head = HEAD.rows(session, key="", lot="")[0]
    seq, name = head[FACTS - 2 : FACTS]
    files: OpenFiles | None = session.info.get(RECORDS)
    if name is None or files is None:
        return session.scalar(select(func.count()).select_from(LotRecordRow)) or 0
    keys = list(session.scalars(select(LotRecordRow.key)))
    held = session.scalar(select(RecordsFile.rows).where(RecordsFile.seq == seq)) or 0
    return held + len(keys) - len(files.newer(name, keys, -1))


def file_version(session: Session) -> int:
    """The version of the snapshot in force, 0 without one."""
    return session.scalar(select(RecordsFile.seq).order_by(RecordsFile.seq.desc()).limit(1)) or 0


def newer_in_file(session: Session, keys: Iterable[str], version: int) -> list[str]:
    """Of ``keys``, those that the file in force holds in a version above ``version``."""
    seq, name = HEAD.rows(session, key="", lot="")[0][FACTS - 2 : FACTS]
    files: OpenFiles | None = session.info.get(RECORDS)
    if name is None or files is None or seq <= version:
        return []
    return files.newer(name, keys, version)


def lot_of(key: str) -> str:
    """The lot's key in a key with a serial; any other key is itself."""
    return key.split("/21/")[0]


def records_age(session: Session) -> RecordsAge:
    """How far the records of this node reach, and when the province last vouched for them."""
    return _age(HEAD.rows(session, key="", lot="")[0])


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
