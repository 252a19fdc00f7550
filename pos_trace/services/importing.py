"""Rows of somebody's file go in: at a province by the register's own rules, at a station as what its office brought.

A batch of rows a call; a row that cannot go in is told with its reason and stops no other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict, Invalid
from pos_trace.services import judging, lines, recalls, register, stop_sales
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store import feed_lines, lot_lines, lots, lots_in
from pos_trace.store.models import FacilityRow, LotRecordRow, RecallRow, StockLot

Line = dict[str, Any]
WRONG: Final = (KeyError, TypeError, ValueError, ArithmeticError, AttributeError)
EXPECTED: Final = {
    "facility_unknown": "mã cơ sở đã có trong hệ thống của tỉnh; thêm cơ sở trước",
    "missing": "bắt buộc",
    "status": "active, suspended, revoked hoặc expired; thu hồi đi bằng thông báo thu hồi",
    "key": "mã như 01/09521234543213/10/LO-01",
    "net_quantity": "số không âm, tối đa 3 chữ số thập phân",
}
DAY: Final = "ngày dạng 2026-11-24"


@dataclass(frozen=True, slots=True)
class RowIn:
    """One row of a file: its number there, the lines it holds (CONTRACTS, Files), each with its ``kind``."""

    number: int
    lines: tuple[Line, ...]


@dataclass
class Told:
    """What became of a batch."""

    lots: int = 0
    facilities: int = 0
    recalls: int = 0
    unchanged: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)

    def wrong(self, row: int, column: str, expected: str, found: Any = "") -> None:
        """Write a fault of a row down."""
        told = "" if found is None else str(found)[:80]
        self.errors.append({"row": row, "column": column, "expected": expected, "found": told})

    def answer(self) -> Answer:
        """``{lots, facilities, recalls, unchanged, errors:[{row, column, expected, found}]}``."""
        return {name: getattr(self, name) for name in ("lots", "facilities", "recalls", "unchanged", "errors")}


def into_register(node: Node, who: Actor, rows: Sequence[RowIn], now: datetime) -> Answer:
    """At a province: facilities, lots and recalls through the register's verbs, which give the versions.

    A facility that came along with a lot's row is added where it is not known; it never overwrites one that is.
    """
    told = Told()
    good = _whole(rows, told)
    for number, line, alone in _of(good, "facility"):
        _facility(node, who, number, line, alone, now, told)
    failed = {error["row"] for error in told.errors}
    _lots(node, who, [(number, line) for number, line, _ in _of(good, "lot") if number not in failed], now, told)
    for number, line, _ in _of(good, "recall"):
        _recall(node, who, number, line, now, told)
    return told.answer()


def into_records(node: Node, who: Actor, rows: Sequence[RowIn], now: datetime) -> Answer:
    """At a station: lines into its tables, with what follows at once for goods on hand.

    A line without a version gets one above what is known of its lot, facility or notice, so that it counts now and
    whatever the province says of it later takes its place. It does not vouch for the age of the records.
    """
    told = Told()
    ready = [(number, line, alone) for row in _whole(rows, told) for number, line, alone in _lines_of(row)]
    with node.write(who, now) as tx:
        taken = [line for number, line, alone in ready if _take(tx, number, line, alone, told)]
        stop_sales.apply(tx, [str(line["recall_id"]) for line in taken if line["kind"] == "recall"])
        if taken:
            counts = {name: getattr(told, name) for name in ("lots", "facilities", "recalls")}
            tx.audit("records_imported", f"records:{len(taken)}", counts)
    with node.db.read() as session:
        keys = _on_hand(session, node.id, taken)
    judging.rejudge_keys(node, keys, now, "records")
    return told.answer()


def _whole(rows: Sequence[RowIn], told: Told) -> list[RowIn]:
    """The rows whose every line is what the contract asks and fits its columns."""
    good = []
    for row in rows:
        made = []
        try:
            for line in row.lines:
                READERS[line["kind"]](line | {"version": line.get("version") or 0})
                made.append(_keyed(line) if line["kind"] == "lot" else line)
            good.append(RowIn(row.number, tuple(made)))
        except _NoKey as error:
            told.wrong(row.number, "key", EXPECTED["key"], error)
        except WRONG as error:
            told.wrong(row.number, "", f"dòng hồ sơ đúng mẫu: {error}"[:200])
    return good


class _NoKey(ValueError):
    """A key that is none."""


def _keyed(line: Line) -> Line:
    """The lot line with its key as a scanned code's is, and what stands in it."""
    try:
        parts = register.key_parts(line["key"])
        return (
            line | {name: value for name, value in parts.items() if value} | {"key": register.normal_key(line["key"])}
        )
    except ValueError:
        raise _NoKey(line["key"]) from None


def _read_facility(line: Line) -> None:
    for name in lines.FACILITY_MEMBERS:
        if name not in ("is_individual", "version"):
            feed_lines.text(line, name, getattr(FacilityRow.__table__.c[name].type, "length", None))
    feed_lines.needed(line, "facility_id"), feed_lines.needed(line, "name")
    for held in feed_lines.entries(line, "certificates"):
        feed_lines.needed(held, "kind"), feed_lines.day(held, "issued"), feed_lines.day(held, "expires")


def _read_recall(line: Line) -> None:
    for name in lots_in.RECALL_TEXT:
        feed_lines.text(line, name, getattr(RecallRow.__table__.c[name].type, "length", None))
    feed_lines.needed(line, "recall_id"), feed_lines.texts(line, "collect_at"), feed_lines.texts(line, "lots")
    named = line.get("keys") or (line.get("gtin") and line.get("lots"))
    if feed_lines.moment(line, "issued_at") is None or not named:
        raise ValueError("cần ngày thông báo, và mã lô hoặc GTIN kèm số lô")
    for key in feed_lines.texts(line, "keys"):
        register.normal_key(key)


READERS: Final = {"lot": lot_lines.read, "facility": _read_facility, "recall": _read_recall}


def _lines_of(row: RowIn) -> list[tuple[int, Line, bool]]:
    """Number, line, and whether it came alone in its row."""
    return [(row.number, line, len(row.lines) == 1) for line in row.lines]


def _of(rows: Iterable[RowIn], kind: str) -> list[tuple[int, Line, bool]]:
    return [told for row in rows for told in _lines_of(row) if told[1]["kind"] == kind]


def _facility(node: Node, who: Actor, number: int, line: Line, alone: bool, now: datetime, told: Told) -> None:
    with node.db.read() as session:
        known = session.get(FacilityRow, line["facility_id"]) is not None
    if known and not alone:
        return
    try:
        result = register.put_facility(node, who, {"status": "active"} | line, now)["result"]
    except Invalid as refusal:
        told.wrong(number, "facility_id", refusal.detail, line["facility_id"])
        return
    told.facilities += result != "unchanged"
    told.unchanged += result == "unchanged"


def _lots(node: Node, who: Actor, lots_in_: list[tuple[int, Line]], now: datetime, told: Told) -> None:
    """All that the register takes: what it refuses is told and left out, and the others are offered again."""
    while lots_in_:
        try:
            items = register.put_lots(node, who, [line for _, line in lots_in_], now)["items"]
        except Invalid as refusal:
            wrong: set[int] = set()
            for fault in refusal.errors:
                _, _, place, name = fault.pointer.split("/", 3)
                number, line = lots_in_[int(place)]
                wrong.add(int(place))
                told.wrong(number, name, EXPECTED.get(name) or EXPECTED.get(fault.code) or DAY, line.get(name))
            if not wrong:
                raise
            lots_in_ = [one for place, one in enumerate(lots_in_) if place not in wrong]
            continue
        told.unchanged += sum(item["result"] == "unchanged" for item in items)
        told.lots += sum(item["result"] != "unchanged" for item in items)
        return


def _recall(node: Node, who: Actor, number: int, line: Line, now: datetime, told: Told) -> None:
    """A notice already entered is left as it is: one that ended must not come back by an old file."""
    if line.get("status", "active") != "active":
        told.wrong(number, "status", "thông báo đang hiệu lực", line.get("status"))
        return
    try:
        recalls.issue(node, who, line | {"issued_at": feed_lines.moment(line, "issued_at")}, now)
        told.recalls += 1
    except Conflict:
        told.unchanged += 1
    except Invalid as refusal:
        told.wrong(number, refusal.errors[0].pointer.strip("/") if refusal.errors else "", refusal.detail)


def _take(tx: Transaction, number: int, line: Line, alone: bool, told: Told) -> bool:
    """One line into the station's tables; answers whether it was news."""
    known = _version_known(tx.session, line)
    if known is not None and line["kind"] == "facility" and not alone:
        return False
    numbered = line | {"version": line["version"] if line.get("version") is not None else (known or 0) + 1}
    if known is not None and numbered["version"] <= known:
        told.unchanged += 1
        return False
    try:
        with tx.session.begin_nested():
            lots_in.upsert_changes(tx.session, [numbered], tx.now)
    except WRONG as error:
        told.wrong(number, "", f"dòng hồ sơ đúng mẫu: {error}"[:200])
        return False
    counter = {"lot": "lots", "facility": "facilities", "recall": "recalls"}[line["kind"]]
    setattr(told, counter, getattr(told, counter) + 1)
    return True


def _version_known(session: Session, line: Line) -> int | None:
    """The version in force of what the line speaks of, in the table or in the file; None where nothing is known."""
    if line["kind"] == "lot":
        row = session.get(LotRecordRow, line["key"])
        in_file = lots.newer_in_file(session, [line["key"]], -1)
        versions = [row.version] if row is not None else []
        versions += [lots.file_version(session)] if in_file else []
        return max(versions, default=None)
    model: Any = FacilityRow if line["kind"] == "facility" else RecallRow
    found = session.get(model, line[f"{line['kind']}_id"])
    return None if found is None else int(found.version)


def _on_hand(session: Session, site_id: str, taken: Sequence[Line]) -> list[str]:
    """Keys on hand that the lines speak of: by key, by lot, by facility, by notice."""
    told = {str(line["key"]) for line in taken if line["kind"] == "lot"}
    owners = {str(line["facility_id"]) for line in taken if line["kind"] == "facility"}
    named: set[str] = set()
    for line in taken:
        if line["kind"] == "recall":
            found = stop_sales.recalled_lots(session, site_id, str(line["recall_id"]))
            named |= {lot.key for lot in found if lot.key}
    held = select(StockLot.key).where(StockLot.site_id == site_id, StockLot.key.is_not(None)).distinct()
    keys = [str(key) for key in session.scalars(held)] if told or owners else []
    for key in keys:
        if key in told or lots.lot_of(key) in told:
            named.add(key)
        elif owners:
            record = lots.find(session, key).record
            if record is not None and record.facility_id in owners:
                named.add(key)
    return sorted(named)
