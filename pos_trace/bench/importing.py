"""What taking records in costs: a signed snapshot of a million lots, a day's changes, and swaps under look-ups."""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pos_trace.bench import lot_files, yardsticks
from pos_trace.bench.rows import row
from pos_trace.core.policy import Policy
from pos_trace.services import snapshots, sync
from pos_trace.services.node import Node
from pos_trace.store import lots, migrations, snapshot
from pos_trace.store.database import Database
from pos_trace.store.files import Files

IMPORT_GOAL, DELTA_GOAL = 1.8, 0.5
MILLION, CHANGES, PAGE = 1_000_000, 11_000, 500
SWAPS, LOOKUPS, THREADS, SWAP_LOTS = 20, 500, 2, 2_000
NOW: Final = lot_files.MADE


def run(
    million: int = MILLION, changes: int = CHANGES, swaps: int = SWAPS, folder: Path | None = None
) -> list[dict[str, Any]]:
    """The rows of ``bench import``. ``folder``: where the large files are kept."""
    kept = folder or lot_files.cache()
    path = lot_files.snapshot_of(million, kept)
    ours, theirs = import_cpu(path, million)
    return [
        row("import_1m", ours, "s", IMPORT_GOAL, yardstick=theirs),
        row("delta_11k", delta_s(path, million, changes), "s", DELTA_GOAL),
        row("swap_failed_lookups", swap_failures(swaps), "look-ups", 0),
    ]


def import_cpu(path: Path, count: int) -> tuple[float, float]:
    """Seconds of CPU for the whole of taking a snapshot in, and for parsing and inserting the same lines."""
    with tempfile.TemporaryDirectory(prefix="pos_trace-bench-") as folder:
        started = time.process_time()
        yardsticks.load_lines(str(path), str(Path(folder) / "plain.db"))
        theirs = time.process_time() - started
    with station() as node:
        started = time.process_time()
        told = snapshots.take(node, path, NOW)
        ours = time.process_time() - started
        if told["lots"] != count:
            raise RuntimeError(f"{told['lots']} lots of {count} came in")
    return ours, theirs


def delta_s(path: Path, count: int, changes: int) -> float:
    """Seconds until ``changes`` pages of the feed are in the table behind a file of ``count`` lots."""
    with station() as node:
        snapshots.take(node, path, NOW)
        lines = [lot_files.line(number) | {"kind": "lot", "version": count + 1 + number} for number in range(changes)]
        started = time.perf_counter()
        for at in range(0, changes, PAGE):
            with node.write(node.machine("bench"), NOW) as tx:
                sync.absorb(tx, lines[at : at + PAGE])
                sync.move(tx, sync.CHANGES, count + min(at + PAGE, changes))
        return time.perf_counter() - started


def swap_failures(swaps: int) -> int:
    """Look-ups that failed or told an older version than the one before, while files are swapped under two threads."""
    wrong, stop = [0] * THREADS, threading.Event()
    done = [0] * THREADS
    with station() as node, tempfile.TemporaryDirectory(prefix="pos_trace-bench-") as folder:
        paths = [_version(Path(folder), number) for number in range(1, swaps + 2)]
        snapshots.take(node, paths[0], NOW)

        def look(place: int) -> None:
            seen = 0
            while not stop.is_set():
                with node.db.read() as session:
                    found = lots.find(session, lot_files.key(done[place] % SWAP_LOTS))
                version = found.age.version // SWAP_LOTS if found.record is None else found.record.version // SWAP_LOTS
                wrong[place] += found.state != "found" or version < seen
                seen, done[place] = max(seen, version), done[place] + 1

        threads = [threading.Thread(target=look, args=(place,)) for place in range(THREADS)]
        for thread in threads:
            thread.start()
        for path in paths[1:]:
            until = [count + LOOKUPS // THREADS for count in done]
            snapshots.take(node, path, NOW)
            while any(count < least for count, least in zip(done, until, strict=True)):
                time.sleep(0.001)
        stop.set()
        for thread in threads:
            thread.join()
    return sum(wrong)


def _version(folder: Path, number: int) -> Path:
    path = folder / f"{number}.zip"
    lines = (lot_files.line(one) | {"version": number * SWAP_LOTS + one} for one in range(SWAP_LOTS))
    told = {"province": "bench", "version": (number + 1) * SWAP_LOTS, "created": NOW, "previous_sha256": None}
    told |= {"valid_until": NOW.replace(year=NOW.year + 100)}
    snapshot.write(path, told, {"lots": lines}, lot_files.KEY)
    return path


@contextmanager
def station() -> Iterator[Node]:
    """A fresh station that trusts the bench's province."""
    with tempfile.TemporaryDirectory(prefix="pos_trace-bench-") as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'app.db'}")
        migrations.upgrade(database, None)
        policy = replace(Policy(), province_keys=(lot_files.public_key(),))
        try:
            yield Node("cho-mau", "station", database, Files(folder / "files"), policy, signing_key=b"\1" * 32)
        finally:
            database.close()
