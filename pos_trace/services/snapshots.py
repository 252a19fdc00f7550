"""A station takes its province's signed snapshot in and puts it in force.

What is refused changes nothing: the file before it, and the table, stay in force.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Unavailable
from pos_trace.services import publishing, sync
from pos_trace.services.enrolment import trusted_keys
from pos_trace.services.node import Answer, Node
from pos_trace.services.publishing import Progress
from pos_trace.store import lot_lines, lots_in, records_file, snapshot
from pos_trace.store.models import LotRecordRow, RecordsFile
from pos_trace.store.snapshot import Head, Snapshot, SnapshotRefused, Trust

Read = Callable[[Mapping[str, Any]], list[Any]]
INCOMING: Final = "incoming.zip"
KEPT: Final = 2
AT_ONCE: Final = 500
ROWS_AT_ONCE: Final = 5000
MOST_WRONG: Final = 100


def take(node: Node, path: Path, now: datetime, progress: Progress = lambda _done, _all: None) -> Answer:
    """Check the snapshot at ``path`` and put it in force: ``{version, lots, refused, judged}``.

    Facilities, recalls and stations go into their tables, lots into a file of their own (SQLite) or the table
    (PostgreSQL). Raises ``SnapshotRefused``; then everything stays as it was.
    """
    with node.db.read() as session:
        in_force = _current(session, node.id)
        trust = Trust(trusted_keys(session, node), now, in_force.seq if in_force else 0)
    with snapshot.opened(path, trust) as found:
        wrong = Wrong()
        small = {part: list(found.lines(part)) for part in ("facilities", "recalls", "stations")}
        file = _into_file(node, found, wrong, progress) if node.db.records else None
        if file is None:
            _checked_to_the_end(found, wrong)
        _take_small(node, small, now)
        rows = file.rows if file else _into_table(node, found, now, progress)
        _put_in_force(node, found.head, file, wrong, rows, now)
    _clear(node, now)
    judged = sync.judge_again(node, now)
    return {"version": found.head.version, "lots": rows, "refused": wrong.count, "judged": judged}


def pull(node: Node, now: datetime, progress: Progress = lambda _done, _all: None) -> Answer:
    """Fetch the province's newest snapshot and put it in force when it is worth it: ``{state, …}``.

    ``state``: in_force (with what ``take`` tells) | none | unavailable | refused (``why``). A snapshot is worth its
    bytes to a station that has none, or whose file is older than half its time: the feed tells the rest.
    """
    if node.ports.feed is None:
        return {"state": "none"}
    with node.db.read() as session:
        current = _current(session, node.id)
    if current is not None and now - current.created_at < _fresh_for(node):
        return {"state": "none"}
    to = publishing.folder(node) / INCOMING
    answer = node.ports.feed.snapshot(to, current.seq if current else 0, progress)
    if answer.state != "ok":
        return {"state": answer.state, "why": answer.why}
    try:
        return {"state": "in_force"} | take(node, to, now)
    except SnapshotRefused as refused:
        with node.write(node.machine("snapshot"), now) as tx:
            tx.audit("snapshot_refused", "snapshot:incoming", {"code": refused.code, "detail": refused.detail})
        return {"state": "refused", "why": refused.code}
    finally:
        to.unlink(missing_ok=True)


def _fresh_for(node: Node) -> timedelta:
    """How long a file is new enough: half its time and up to a sixth more, another share for every station, so that a
    province's stations do not all fetch on the day it publishes.
    """
    share = zlib.crc32(node.id.encode()) / 2**32
    return node.policy.clocks.snapshot_valid * (1 / 2 + share / 6)


@dataclass
class Wrong:
    """Lots of a snapshot that are none: how many, and the first few with why."""

    count: int = 0
    first: list[dict[str, str]] = field(default_factory=list)

    def note(self, line: dict[str, Any], error: Exception) -> None:
        """Write one down."""
        self.count += 1
        if len(self.first) < MOST_WRONG:
            self.first.append({"key": str(line.get("key"))[:80], "why": str(error)[:200]})


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    sha256: str
    rows: int


def _read(found: Snapshot, read: Read, wrong: Wrong, progress: Progress) -> Iterator[list[Any]]:
    """Lots as ``read`` gives them; a wrong line of a signed snapshot is written down and stops no lot behind it."""
    total = found.head.files["lots.ndjson"][1]
    for number, line in enumerate(found.lines("lots"), 1):
        if number % ROWS_AT_ONCE == 0 or number == total:
            progress(number, total)
        try:
            values = read(line)
        except (ValueError, TypeError, ArithmeticError) as error:
            wrong.note(line, error)
            continue
        yield values


def _into_file(node: Node, found: Snapshot, wrong: Wrong, progress: Progress) -> _File:
    assert node.db.records is not None
    name = f"records-{found.head.version}.db"
    try:
        digest, rows = records_file.build(
            node.db.records.folder / name, _read(found, lot_lines.read_stored, wrong, progress)
        )
    except OSError as error:
        raise Unavailable("disk_unavailable", "Máy chưa ghi được tệp hồ sơ: kiểm tra dung lượng đĩa.") from error
    if wrong.count and not rows:
        (node.db.records.folder / name).unlink()
        raise SnapshotRefused("wrong_line", f"Không dòng nào đọc được; dòng đầu: {wrong.first[0]['why']}")
    return _File(name, digest, rows)


def _checked_to_the_end(found: Snapshot, wrong: Wrong) -> None:
    """Before the first row goes into a table, the last one has been hashed."""
    good = sum(1 for _ in _read(found, lot_lines.read, wrong, lambda _done, _all: None))
    if wrong.count and not good:
        raise SnapshotRefused("wrong_line", f"Không dòng nào đọc được; dòng đầu: {wrong.first[0]['why']}")


def _into_table(node: Node, found: Snapshot, now: datetime, progress: Progress) -> int:
    done = 0
    for part in _batches(_read(found, lot_lines.read, Wrong(), progress), ROWS_AT_ONCE):
        with node.write(node.machine("snapshot"), now) as tx:
            lots_in.put_lots(tx.session, part)
        done += len(part)
    return done


def _take_small(node: Node, small: dict[str, list[dict[str, Any]]], now: datetime) -> None:
    for part, kind in (("recalls", "recall"), ("facilities", "facility"), ("stations", "station")):
        told = [{"kind": kind, **line} for line in small[part]]
        for some in _batches(told, AT_ONCE):
            with node.write(node.machine("snapshot"), now) as tx:
                sync.absorb(tx, some)


def _put_in_force(node: Node, head: Head, file: _File | None, wrong: Wrong, rows: int, now: datetime) -> None:
    """One short write: from its commit on every look-up asks the new file."""
    with node.write(node.machine("snapshot"), now) as tx:
        row = RecordsFile(site_id=node.id, id=tx.id(), created_at=head.created, seq=head.version, rows=rows)
        row.path, row.sha256 = (file.name, file.sha256) if file else ("", "")
        row.manifest = {"sha256": head.sha256, "key_id": head.key_id, "valid_until": head.valid_until.isoformat()}
        tx.session.add(row)
        told = {"manifest": head.sha256, "lots": rows, "refused": wrong.count, "first_refused": wrong.first[:5]}
        tx.audit("snapshot_in_force", f"snapshot:{head.version}", told)


def _clear(node: Node, now: datetime) -> None:
    """What the file in force holds leaves the table, a batch a write; of the files the last two are kept."""
    with node.db.read() as session:
        current = _current(session, node.id)
        old = list(session.scalars(_files(node.id).offset(KEPT)))
    if current is not None and current.path:
        while _clear_some(node, current, now):
            pass
    for row in old:
        with node.write(node.machine("snapshot"), now) as tx:
            tx.session.execute(delete(RecordsFile).where(RecordsFile.site_id == row.site_id, RecordsFile.id == row.id))
        if row.path and node.db.records is not None:
            (node.db.records.folder / row.path).unlink(missing_ok=True)


def _clear_some(node: Node, current: RecordsFile, now: datetime) -> bool:
    """One batch; answers whether there may be more."""
    assert node.db.records is not None
    with node.write(node.machine("snapshot"), now) as tx:
        some = select(LotRecordRow.key).where(LotRecordRow.version <= current.seq).limit(AT_ONCE)
        keys = [key for key in tx.session.scalars(some) if node.db.records.holds(current.path, key)]
        tx.session.execute(delete(LotRecordRow).where(LotRecordRow.key.in_(keys)))
    return len(keys) == AT_ONCE


def check_file(node: Node, now: datetime) -> str | None:
    """At start: is the file in force still what was built? One that is not is put aside and the one before it counts
    again, with the feed read from there; answers what was wrong (Vietnamese), None when all is well.
    """
    with node.db.read() as session:
        current = _current(session, node.id)
    if current is None or not current.path or node.db.records is None:
        return None
    path = node.db.records.folder / current.path
    try:
        if records_file.sha256_of(path) == current.sha256:
            return None
        path.replace(path.with_name(path.name + ".corrupt"))
    except FileNotFoundError:
        pass
    with node.write(node.machine("snapshot"), now) as tx:
        tx.session.execute(
            delete(RecordsFile).where(RecordsFile.site_id == current.site_id, RecordsFile.id == current.id)
        )
        before = _current(tx.session, node.id)
        sync.go_back(tx, before.seq if before else 0)
        tx.audit("records_file_damaged", f"snapshot:{current.seq}", {"back_to": before.seq if before else 0})
    check_file(node, now)
    return f"Tệp hồ sơ {current.path} đã hỏng, máy dùng lại bản trước và hỏi tỉnh phần còn thiếu."


def in_force(node: Node) -> Answer | None:
    """``{version, created, lots, path, valid_until}`` of the snapshot in force, or None."""
    with node.db.read() as session:
        row = _current(session, node.id)
    if row is None:
        return None
    told = {"version": row.seq, "created": row.created_at.isoformat(), "lots": row.rows, "path": row.path}
    return told | {"valid_until": row.manifest.get("valid_until")}


def _files(site_id: str) -> Any:
    return select(RecordsFile).where(RecordsFile.site_id == site_id).order_by(RecordsFile.seq.desc())


def _current(session: Session, site_id: str) -> RecordsFile | None:
    found: RecordsFile | None = session.scalars(_files(site_id).limit(1)).first()
    return found


def _batches(rows: Iterable[Any], size: int) -> Iterator[Sequence[Any]]:
    part: list[Any] = []
    for row in rows:
        part.append(row)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
