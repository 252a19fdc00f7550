"""Copies of a SQLite database: taken whole while it runs, proved sound, put back without ever a half file in place."""

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from pos_trace.core.errors import Conflict, Invalid, Unavailable
from pos_trace.store.database import Database
from pos_trace.store.files import sync_folder

CHUNK = 2**20
DAILY = "daily-"
SIDE_FILES = ("-wal", "-shm")


def backup(database: Database, out: Path) -> str:
    """Copy the database, running or not, to ``out`` with ``out.sha256`` beside it; answers the copy's SHA-256.

    ``out`` appears only once its copy is whole and proved. Raises ``Unavailable`` when the disk refuses or the copy
    is not sound, and on PostgreSQL, which has its own tool.
    """
    if database.path is None:
        raise Unavailable("not_sqlite", "Sao lưu PostgreSQL bằng pg_dump.")
    partial = out.with_name(f".{out.name}.part")
    try:
        partial.unlink(missing_ok=True)
        with closing(sqlite3.connect(database.path)) as source:
            source.execute("VACUUM INTO ?", (str(partial),))
        if not sound(partial):
            raise Unavailable("backup_unsound", "Bản sao không nguyên vẹn; kiểm tra đĩa.")
        digest = _sha256(partial)
        _sync(partial)
        _sums(out).unlink(missing_ok=True)  # a copy without its sum is still one; with another's sum it is none
        partial.replace(out)
        _sums(out).write_text(f"{digest}  {out.name}\n", encoding="utf-8")
        sync_folder(out.parent)
    except (OSError, sqlite3.Error) as error:
        raise Unavailable("backup_failed", f"Chưa sao được vào {out}: kiểm tra thư mục và dung lượng đĩa.") from error
    finally:
        partial.unlink(missing_ok=True)
    return digest


def keep_newest(database: Database, folder: Path, local: datetime, most: int) -> Path:
    """One more copy in ``folder``, named by ``local``, the site's clock; of such copies the ``most`` newest stay.

    Nothing is deleted before the new copy is whole and proved. Raises ``Unavailable`` as ``backup`` does.
    """
    out = folder / f"{DAILY}{local:%Y%m%d-%H%M%S}.db"
    backup(database, out)
    older = sorted((path for path in folder.glob(f"{DAILY}*.db") if path != out), reverse=True)
    for path in older[most - 1 :]:
        path.unlink(missing_ok=True)
        _sums(path).unlink(missing_ok=True)
    return out


def sound(path: Path) -> bool:
    """Whether ``path`` is a whole database of ours, byte for byte as ``path.sha256`` says where that stands beside."""
    try:
        if _sums(path).exists() and _sums(path).read_text(encoding="utf-8").split()[0] != _sha256(path):
            return False
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            good = opened.execute("PRAGMA quick_check").fetchone() == ("ok",)
            marked: bool = opened.execute("SELECT count(*) FROM alembic_version").fetchone()[0] == 1
            return good and marked
    except (sqlite3.DatabaseError, OSError, ValueError, IndexError):
        return False


def restore(database: Database, file: Path) -> Path | None:
    """Put the copy ``file`` in the place of ``database``; answers where the former one is kept, None if there was none.

    Raises ``Invalid`` for a copy that is not sound, ``Conflict`` while any other process has the database open, and
    ``Unavailable`` when the disk refuses; then everything is as it was.
    """
    target = database.path
    if target is None:
        raise Unavailable("not_sqlite", "restore chỉ dùng cho SQLite; PostgreSQL dùng pg_restore.")
    if not sound(file):
        raise Invalid("backup_corrupt", f"{file} hỏng hoặc không phải bản sao của pos_trace.")
    partial = target.with_name(f".{target.name}.part")
    try:
        with database.door():
            shutil.copyfile(file, partial)
            _sync(partial)
            kept = _set_aside(target) if target.exists() else None
            partial.replace(target)
            sync_folder(target.parent)
    except OSError as error:
        raise Unavailable("restore_failed", f"Chưa đặt được vào {target}: kiểm tra dung lượng đĩa.") from error
    finally:
        partial.unlink(missing_ok=True)
    return kept


def _set_aside(target: Path) -> Path:
    """A second name for the whole former database. Its log is emptied into it first; if it is too damaged for that,
    the log is kept beside it, copied before anything touched it.
    """
    kept = _free_name(target)
    log, kept_log = target.with_name(f"{target.name}-wal"), kept.with_name(f"{kept.name}-wal")
    if log.exists():
        shutil.copyfile(log, kept_log)
    alone = _alone(target)
    if alone is not None:
        kept_log.unlink(missing_ok=True)
    if alone is False:
        raise Conflict("database_in_use", "Máy đang chạy. Dừng máy rồi đặt bản sao.")
    try:
        os.link(target, kept)
    except OSError:  # a file system without second names
        shutil.copyfile(target, kept)
    for suffix in SIDE_FILES:
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    return kept


def _alone(target: Path) -> bool | None:
    """Whether nobody else has the file open; then its log is in it. None when it is too damaged to say."""
    try:
        with closing(sqlite3.connect(target, timeout=0)) as asking:
            found: tuple[str] = asking.execute("PRAGMA journal_mode=DELETE").fetchone()
            return found == ("delete",)
    except sqlite3.DatabaseError as error:
        busy = getattr(error, "sqlite_errorcode", 0) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        return False if busy else None


def _free_name(target: Path) -> Path:
    number, kept = 1, target.with_name(f"{target.name}.before-restore")
    while kept.exists():
        number += 1
        kept = target.with_name(f"{target.name}.before-restore-{number}")
    return kept


def _sums(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())
