"""What a node does for itself once in each quiet time: forgets old answers, copies its database and proves the copy."""

from datetime import datetime, timedelta
from pathlib import Path

from pos_trace.core.errors import Unavailable
from pos_trace.core.quiet import heavy_due
from pos_trace.services import quiet_hours
from pos_trace.services.node import Node
from pos_trace.store import backups, idempotency

DONE = "last-quiet-time"
COPIES_KEPT = 7
AGAIN_AFTER = timedelta(minutes=30)


class QuietWork:
    """The heavy work of ``node``, at most once in each quiet time (USERS decision 16: never at the market's peak).

    ``folder``: where the copies lie, and a line saying when the work was last done, so that a machine that was off
    the whole quiet time catches up after power-on. Work that failed is tried again half an hour later.
    """

    def __init__(self, node: Node, folder: Path) -> None:
        self._node, self._folder = node, folder
        self._tried: datetime | None = None

    def due(self, now: datetime) -> bool:
        """Do it if its time has come; answers whether it was done. Raises ``Unavailable`` when the disk refuses."""
        node = self._node
        last = _done_at(self._folder / DONE, now)
        local_last = None if last is None else last.astimezone(node.zone)
        with node.db.read() as session:
            quiet_from, quiet_until = quiet_hours.hours(session, node)
        if not heavy_due(now.astimezone(node.zone), quiet_from, quiet_until, local_last):
            return False
        if self._tried is not None and self._tried <= now < self._tried + AGAIN_AFTER:
            return False
        self._tried = now
        forget_answers(node, now)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if node.db.is_sqlite:
                backups.keep_newest(node.db, self._folder, now.astimezone(node.zone), COPIES_KEPT)
            (self._folder / DONE).write_text(now.isoformat(), encoding="ascii")
        except OSError as error:
            raise Unavailable("backup_failed", f"Chưa ghi được vào {self._folder}: kiểm tra đĩa.") from error
        self._tried = None
        return True


def forget_answers(node: Node, now: datetime) -> None:
    """Drop answers kept for repeated requests once they are older than a week (CONTRACTS: at least seven days)."""
    with node.write(node.machine("housekeeping"), now) as tx:
        idempotency.purge(tx.session, now)


def _done_at(file: Path, now: datetime) -> datetime | None:
    """When the work was last done; None when nobody knows, or a clock that ran ahead then says a time to come."""
    try:
        done = datetime.fromisoformat(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return done if done.tzinfo is not None and done <= now else None
