"""What looking a code up costs: the look-up itself at any number of lots, and a whole scan into an open delivery."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pos_trace.bench import lot_files, yardsticks
from pos_trace.bench.rows import row
from pos_trace.store import lots, migrations, records_file
from pos_trace.store.database import Database
from pos_trace.store.models import RecordsFile

LOOKUP_GOAL, GROWTH_GOAL = 2.5, 1.6
MILLION, SMALL, LARGE = 1_000_000, 10_000, 10_000_000
ROUNDS, A_ROUND = 40, 200
NOW: Final = datetime(2026, 11, 25, 3, tzinfo=UTC)


def run(
    million: int = MILLION, small: int = SMALL, large: int = LARGE, folder: Path | None = None
) -> list[dict[str, Any]]:
    """The rows of ``bench verify``. ``folder``: where the large files are kept."""
    kept = folder or lot_files.cache()
    with station(million, kept) as at_million:
        figure, yardstick = at_million.lookup_cpu()
    costs = []
    for count in (small, large):
        with station(count, kept) as one:
            costs.append(one.lookup_cpu()[0])
    return [
        row("lookup_cpu_1m", figure, "µs", LOOKUP_GOAL, yardstick=yardstick),
        row("growth_1e7_over_1e4", costs[1], "µs", GROWTH_GOAL, yardstick=costs[0]),
    ]


@dataclass(frozen=True)
class Station:
    """A station's database with a file of lots in force."""

    database: Database
    file: Path
    count: int

    def lookup_cpu(self, rounds: int = ROUNDS, a_round: int = A_ROUND) -> tuple[float, float]:
        """Microseconds of CPU one look-up takes with us and by one warm prepared select, tried in turn."""
        keys = lot_files.asked(self.count, min(rounds * a_round * 2, self.count), seed=7)
        parts = [keys[at : at + a_round] for at in range(0, len(keys), a_round)]
        select = yardsticks.warm_select(str(self.file))
        ours: list[float] = []
        theirs: list[float] = []
        with self.database.read() as session:
            for mine, other in zip(parts[::2], parts[1::2], strict=False):
                theirs.append(_cpu(select, other))
                ours.append(_cpu(lambda key: lots.find(session, key), mine))
        return min(ours) * 1e6, min(theirs) * 1e6


@contextmanager
def station(count: int, kept: Path) -> Iterator[Station]:
    """A fresh station that has the file of ``count`` lots in force."""
    with tempfile.TemporaryDirectory(prefix="pos_trace-bench-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'app.db'}")
        migrations.upgrade(database, None)
        assert database.records is not None
        file = database.records.folder / f"records-{count}.db"
        file.parent.mkdir()
        shutil.copyfile(lot_files.file_of(count, kept), file)
        with database.write() as session:
            made = RecordsFile(site_id="s", id="f", created_at=NOW, seq=count, path=file.name, rows=count)
            made.sha256 = records_file.sha256_of(file)
            session.add(made)
        try:
            yield Station(database, file, count)
        finally:
            database.close()


def _cpu(act: Callable[[str], object], keys: Sequence[str]) -> float:
    started = time.process_time()
    for key in keys:
        act(key)
    return (time.process_time() - started) / len(keys)
