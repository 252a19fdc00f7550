"""A province publishes: everything on record as one signed snapshot, written whole beside the one before it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict
from pos_trace.services import lines, records
from pos_trace.services.node import Actor, Answer, Node
from pos_trace.store import snapshot
from pos_trace.store.models import FacilityRow, LotRecordRow, RecallRow, StationRow
from pos_trace.store.snapshot import Head

NAME: Final = "records-{:012d}.zip"
KEPT: Final = 2
ROWS_AT_ONCE: Final = 5000
Progress = Callable[[int, int], None]


def folder(node: Node) -> Path:
    """Where a node's snapshots lie, published or on their way in."""
    return node.files.folder.parent / "snapshots"


def published(node: Node) -> Path | None:
    """The newest snapshot this province has published, or None."""
    found = sorted(folder(node).glob("records-*.zip"))
    return found[-1] if found else None


def version_of(path: Path) -> int:
    """The version in the name of a published snapshot."""
    return int(path.stem.partition("-")[2])


def publish(node: Node, who: Actor, now: datetime, progress: Progress = lambda _done, _all: None) -> Answer:
    """Write everything published so far into one signed snapshot: ``{path, version, lots, sha256, result}``.

    ``result`` unchanged: nothing is newer than the last one, and that stays good for more than half of its time.
    Raises ``Conflict`` at a node that follows a province itself.
    """
    if node.ports.feed is not None:
        raise Conflict("not_a_province", "Nút này lấy hồ sơ từ tỉnh; chỉ nút của tỉnh phát hành hồ sơ.")
    last, valid = _last(node), node.policy.clocks.snapshot_valid
    with node.db.read() as session:
        version = records.latest(session)
        if last is not None and last.version == version and last.valid_until - now > valid / 2:
            return _told(folder(node) / NAME.format(version), last, "unchanged")
        told = {
            "province": node.id,
            "version": version,
            "created": now,
            "valid_until": now + valid,
            "previous_sha256": last.sha256 if last else None,
        }
        path = folder(node) / NAME.format(version)
        head = snapshot.write(path, told, _parts(session, progress), node.signing_key)
    for old in sorted(folder(node).glob("records-*.zip"))[:-KEPT]:
        old.unlink()
    with node.write(who, now) as tx:
        tx.audit("snapshot_published", f"snapshot:{version}", {"sha256": head.sha256, "files": dict(head.files)})
        return tx.answer(_told(path, head, "published"))


def _parts(session: Session, progress: Progress) -> dict[str, Iterator[lines.Line]]:
    """Lots in the order of their keys, so that a station appends to its file instead of searching in it."""
    facilities = session.scalars(select(FacilityRow).order_by(FacilityRow.facility_id))
    recalls = session.scalars(select(RecallRow).order_by(RecallRow.recall_id))
    stations = session.scalars(select(StationRow).order_by(StationRow.station_id))
    return {
        "lots": _lots(session, progress),
        "facilities": (lines.facility_line(session, row) for row in facilities),
        "recalls": (lines.recall_line(session, row) for row in recalls),
        "stations": (lines.station_line(row) for row in stations),
    }


def _lots(session: Session, progress: Progress) -> Iterator[lines.Line]:
    total = session.scalar(select(func.count()).select_from(LotRecordRow)) or 0
    rows = select(*LotRecordRow.__table__.c).order_by(LotRecordRow.key)
    for number, row in enumerate(session.execute(rows.execution_options(yield_per=ROWS_AT_ONCE)), 1):
        if number % ROWS_AT_ONCE == 0 or number == total:
            progress(number, total)
        yield lines.lot_line(row)


def _last(node: Node) -> Head | None:
    path = published(node)
    return None if path is None else snapshot.head_of(path)


def _told(path: Path, head: Head, result: str) -> Answer:
    lots_told = head.files["lots.ndjson"][1]
    return {"path": str(path), "version": head.version, "lots": lots_told, "sha256": head.sha256, "result": result}
