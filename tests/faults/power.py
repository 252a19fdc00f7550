"""A power cut: what the disk had not been told to keep is gone. And builds that lie about what they keep.

kill -9 leaves the page cache, so it cannot show a missing fsync. Here a hook planted in the package copies the WAL
aside whenever the connection that committed says ``synchronous`` FULL, because only then SQLite has synced it;
checkpoints (which sync too) run after the copy. At the cut the copy becomes the WAL again; without one it is gone.
"""

from collections.abc import Callable
from pathlib import Path

from tests.faults.copied import Plant
from tests.faults.market import Market

SYNCED = ".synced"
HOOK = """def _keep_synced(database: Database, connection: Connection) -> None:
    import shutil

    driver = connection.connection.driver_connection
    wal = f"{database.url.database}-wal"
    if driver.execute("PRAGMA synchronous").fetchone()[0] >= 2:
        shutil.copyfile(wal, wal + ".part")
        Path(wal + ".part").replace(wal + ".synced")
    if Path(wal).stat().st_size > 1_000_000:
        driver.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _begin_sqlite("""
COMMIT = "                connection.commit()\n"
SIMULATED = (
    Plant("store/database.py", "def _begin_sqlite(", HOOK),
    Plant("store/database.py", COMMIT, COMMIT + "                _keep_synced(self, connection)\n"),
    Plant(
        "store/database.py",
        '    "PRAGMA cell_size_check=ON",\n',
        '    "PRAGMA cell_size_check=ON",\n    "PRAGMA wal_autocheckpoint=0",\n',
    ),
)
NOT_SYNCED = (*SIMULATED, Plant("store/database.py", 'synchronous=FULL",', 'synchronous=NORMAL",'))
ANSWERED_BEFORE_COMMIT = (
    Plant(
        "store/database.py",
        COMMIT,
        "                late = stack.pop_all()\n"
        "                self._writing.now = False\n"
        "                threading.Timer(0.05, lambda: (connection.commit(), late.close())).start()\n",
    ),
)
CONFIRMED_BEFORE_DRAINED = (
    Plant(
        "hardware/transports/network.py",
        "        line.push(question)\n",
        '        line.push(question)\n        return Sent(line.sent, "confirmed", status.FINE)\n',
    ),
)


def cut(market: Market) -> Callable[[], None]:
    """What a power cut does to the dead station's database: the WAL is what was synced of it, or nothing."""
    wal = Path(market.demo.folder / "station" / "app.db-wal")

    def happens() -> None:
        wal.unlink(missing_ok=True)
        wal.with_name("app.db-shm").unlink(missing_ok=True)
        synced = wal.with_name(wal.name + SYNCED)
        if synced.exists():
            wal.write_bytes(synced.read_bytes())

    return happens
