"""``records-<seq>.db``: the lots of one snapshot as an immutable SQLite file, built aside, opened read-only.

It is rebuildable and never written again, so it needs no journal and no locks; its SHA-256 says whether it still is
what was built. Values stand in it as SQLAlchemy would write them into ``lot_record`` on SQLite.
"""

import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ClauseElement, Column, MetaData, Table, bindparam, func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.schema import CreateTable

from pos_trace.core.errors import Unavailable
from pos_trace.store import lot_lines
from pos_trace.store.files import sync_folder
from pos_trace.store.models import LotRecordRow
from pos_trace.store.prepared import readers_of, typed

PARTIAL: Final = ".part"
OPEN_FILES: Final = 2
FAST: Final = ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "PRAGMA locking_mode=EXCLUSIVE")

LOT: Final = Table(
    "lot",
    MetaData(),
    *(Column(name, LotRecordRow.__table__.c[name].type, primary_key=name == "key") for name in lot_lines.COLUMNS),
    sqlite_with_rowid=False,
)
_SQLITE: Final = SQLiteDialect_pysqlite()
_READERS: Final = readers_of(list(LOT.c), _SQLITE)


def _text(statement: ClauseElement) -> str:
    return str(statement.compile(dialect=_SQLITE))


def _insert() -> str:
    """Of one key twice in a snapshot the newer line counts, as in the changes feed."""
    made = sqlite.insert(LOT)
    told = {column.name: column for column in made.excluded if column.name != "key"}
    return _text(made.on_conflict_do_update([LOT.c.key], set_=told, where=made.excluded.version > LOT.c.version))


TABLE: Final = str(CreateTable(LOT).compile(dialect=_SQLITE))
INSERT: Final = _insert()
FIND: Final = _text(select(*LOT.c).where(LOT.c.key == bindparam("key")))
COUNT: Final = _text(select(func.count()).select_from(LOT))
NEWER: Final = _text(select(LOT.c.key).where(LOT.c.key == bindparam("key"), LOT.c.version > bindparam("version")))


def build(path: Path, lots: Iterable[Sequence[Any]]) -> tuple[str, int]:
    """Write ``lots`` (as ``lot_lines.read_stored`` gives them) to ``path``, whole or not at all: its SHA-256 and how
    many lots it holds. Whatever ``lots`` raises leaves nothing behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + PARTIAL)
    partial.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(partial, isolation_level=None)) as made:
            for pragma in FAST:
                made.execute(pragma)
            made.execute("BEGIN")
            made.execute(TABLE)
            made.executemany(INSERT, lots)
            rows = int(made.execute(COUNT).fetchone()[0])
            made.execute("COMMIT")
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        digest = sha256_of(partial)
        partial.replace(path)
        sync_folder(path.parent)
    finally:
        partial.unlink(missing_ok=True)
    return digest, rows


def sha256_of(path: Path) -> str:
    """The hex SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class OpenFiles:
    """The records files of one node, each opened once a thread; a folder that may not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._threads = threading.local()

    def find(self, name: str, key: str) -> list[Any] | None:
        """The values of ``key`` in the file ``name``, or None. Raises ``Unavailable`` when it cannot be read."""
        try:
            row = self._open(name).execute(FIND, (key,)).fetchone()
        except sqlite3.Error as error:
            self._close(name)
            raise Unavailable("records_unreadable", "Tệp hồ sơ của tỉnh trong máy không đọc được.") from error
        return None if row is None else typed(row, _READERS)

    def holds(self, name: str, key: str) -> bool:
        """Whether the file has the key."""
        return self.find(name, key) is not None

    def newer(self, name: str, keys: Iterable[str], version: int) -> list[str]:
        """Of ``keys``, those the file holds in a version above ``version``."""
        opened = self._open(name)
        return [key for key in keys if opened.execute(NEWER, (key, version)).fetchone() is not None]

    def close(self) -> None:
        """Close what this thread has open."""
        for name in list(self._threads.__dict__.get("opened", {})):
            self._close(name)

    def _open(self, name: str) -> sqlite3.Connection:
        opened: dict[str, sqlite3.Connection] = self._threads.__dict__.setdefault("opened", {})
        if name not in opened:
            while len(opened) >= OPEN_FILES:
                opened.pop(next(iter(opened))).close()
            path = (self.folder / name).resolve()
            opened[name] = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
            opened[name].execute("PRAGMA mmap_size=2147483647")
        return opened[name]

    def _close(self, name: str) -> None:
        found = self._threads.__dict__.get("opened", {}).pop(name, None)
        if found is not None:
            found.close()
