"""Backups: whole beside a running writer, proved, never half in place; a restore refuses what is not sound."""

import os
import resource
import sqlite3
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import select

from pos_trace.core.errors import Conflict, Invalid, Unavailable
from pos_trace.store import audit, backups
from pos_trace.store.database import Database
from pos_trace.store.models import Counter
from tests.store import children
from tests.store.children import NODE, child, heard


def fill(database: Database, count: int = 5) -> None:
    for _ in range(count):
        with database.write() as session:
            children.act(session)


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalars(select(Counter.value)).first() or 0


@pytest.fixture
def copy(sqlite_database: Database, tmp_path: Path) -> Path:
    """A backup of a database of five acts."""
    fill(sqlite_database)
    out = tmp_path / "copy.db"
    backups.backup(sqlite_database, out)
    return out


def listed(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_copy_is_sound_has_its_sum_beside_it_and_holds_the_rows(copy: Path) -> None:
    assert backups.sound(copy)
    digest, name = copy.with_name("copy.db.sha256").read_text().split()
    assert (len(digest), name) == (64, "copy.db")
    opened = Database(f"sqlite:///{copy}")
    assert count(opened) == 5
    opened.close()


def test_copies_taken_beside_a_running_writer_are_whole_and_hold_what_was_acknowledged(
    sqlite_database: Database, tmp_path: Path
) -> None:
    url = sqlite_database.url.render_as_string(hide_password=False)
    with child(children.write_on, url) as (pipe, process):
        for number in range(5):
            acknowledged = heard(pipe)
            while pipe.poll(0):
                acknowledged = pipe.recv()
            out = tmp_path / f"copy-{number}.db"
            backups.backup(sqlite_database, out)
            assert process.is_alive()
            opened = Database(f"sqlite:///{out}")
            with opened.read() as session:
                report = audit.verify(session, NODE)
            assert report.ok
            assert count(opened) == report.entries >= acknowledged
            opened.close()


def test_a_copy_into_no_folder_is_told_and_leaves_nothing(sqlite_database: Database, tmp_path: Path) -> None:
    before = listed(tmp_path)
    with pytest.raises(Unavailable, match="kiểm tra thư mục"):
        backups.backup(sqlite_database, tmp_path / "none" / "copy.db")
    assert listed(tmp_path) == before


def test_a_copy_that_is_not_sound_never_appears(sqlite_database: Database, tmp_path: Path) -> None:
    with closing(sqlite3.connect(str(sqlite_database.path))) as opened:
        opened.execute("DROP TABLE alembic_version")
        opened.commit()
    with pytest.raises(Unavailable, match="không nguyên vẹn"):
        backups.backup(sqlite_database, tmp_path / "copy.db")
    assert not {name for name in listed(tmp_path) if "copy" in name}


@pytest.mark.postgres
def test_postgres_has_its_own_tools(postgres_database: Database, copy: Path) -> None:
    with pytest.raises(Unavailable, match="pg_dump"):
        backups.backup(postgres_database, copy)
    with pytest.raises(Unavailable, match="pg_restore"):
        backups.restore(postgres_database, copy)


def spoil_middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 32] = os.urandom(32)
    path.write_bytes(data)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 3 * 4096])


def not_ours(path: Path) -> None:
    path.with_name(f"{path.name}.sha256").unlink()
    path.unlink()
    with closing(sqlite3.connect(path)) as opened:
        opened.execute("CREATE TABLE recipes (name TEXT)")
        opened.commit()


def no_database(path: Path) -> None:
    path.with_name(f"{path.name}.sha256").unlink()
    path.write_text("Kính gửi Ban quản lý chợ")


def empty(path: Path) -> None:
    path.with_name(f"{path.name}.sha256").unlink()
    path.write_bytes(b"")


def sum_of_another(path: Path) -> None:
    path.with_name(f"{path.name}.sha256").write_text("0" * 64)


def sum_without_text(path: Path) -> None:
    path.with_name(f"{path.name}.sha256").write_text("")


def sum_unreadable(path: Path) -> None:
    path.with_name(f"{path.name}.sha256").write_bytes(b"\xff\xfe")


DAMAGES = (spoil_middle, cut_short, not_ours, no_database, empty, sum_of_another, sum_without_text, sum_unreadable)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_copy_is_refused_and_the_database_stays(
    sqlite_database: Database, copy: Path, damage: Callable[[Path], None]
) -> None:
    damage(copy)
    fill(sqlite_database, 1)
    sqlite_database.close()
    before = listed(copy.parent)
    with pytest.raises(Invalid, match="hỏng hoặc không phải bản sao"):
        backups.restore(sqlite_database, copy)
    assert count(sqlite_database) == 6
    assert {name for name in listed(copy.parent) - before if "restore" in name or "part" in name} == set()


def test_a_copy_without_its_sum_is_still_one(copy: Path) -> None:
    copy.with_name("copy.db.sha256").unlink()
    assert backups.sound(copy)


def test_a_restored_database_has_the_copys_rows_and_the_former_one_is_kept(
    sqlite_database: Database, copy: Path
) -> None:
    fill(sqlite_database, 3)
    sqlite_database.close()
    kept = backups.restore(sqlite_database, copy)
    assert kept is not None
    assert count(sqlite_database) == 5
    former = Database(f"sqlite:///{kept}")
    assert count(former) == 8
    former.close()
    fill(sqlite_database, 1)
    assert count(sqlite_database) == 6


def test_every_former_database_is_kept_under_a_name_of_its_own(sqlite_database: Database, copy: Path) -> None:
    names = []
    for _ in range(3):
        sqlite_database.close()
        kept = backups.restore(sqlite_database, copy)
        assert kept is not None
        names.append(kept.name)
    assert names == ["app.db.before-restore", "app.db.before-restore-2", "app.db.before-restore-3"]


def test_a_restore_into_an_empty_folder_keeps_nothing(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    fresh = Database(f"sqlite:///{tmp_path / 'new' / 'app.db'}")
    assert backups.restore(fresh, copy) is None
    assert count(fresh) == 5
    fresh.close()


def test_a_damaged_database_is_set_aside_as_it_is_with_its_log(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    path = tmp_path / "new" / "app.db"
    path.write_bytes(b"not a database at all" * 500)
    path.with_name("app.db-wal").write_bytes(b"log")
    database = Database(f"sqlite:///{path}")
    kept = backups.restore(database, copy)
    assert kept is not None
    assert kept.read_bytes() == b"not a database at all" * 500
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == b"log"
    assert count(database) == 5
    database.close()


def test_a_running_node_is_never_replaced_under_its_feet(sqlite_database: Database, copy: Path) -> None:
    url = sqlite_database.url.render_as_string(hide_password=False)
    sqlite_database.close()
    with child(children.write_on, url) as (pipe, process):
        last = heard(pipe)
        with pytest.raises(Conflict, match="Dừng máy") as refused:
            backups.restore(sqlite_database, copy)
        assert refused.value.code == "database_in_use"
        assert heard(pipe) > last
        process.kill()
        process.join(children.PATIENCE_S)
    assert not {name for name in listed(copy.parent) if "before-restore" in name}
    assert count(sqlite_database) > 5
    sqlite_database.close()
    assert backups.restore(sqlite_database, copy) is not None
    assert count(sqlite_database) == 5


def test_a_folder_without_second_names_keeps_a_copy(
    sqlite_database: Database, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError("no hard links on this file system")

    monkeypatch.setattr(os, "link", refused)
    sqlite_database.close()
    kept = backups.restore(sqlite_database, copy)
    assert kept is not None
    former = Database(f"sqlite:///{kept}")
    assert count(former) == count(sqlite_database) == 5
    former.close()


def restore_under_a_limit(pipe: Connection, url: str, copy: Path) -> None:
    """Restore where no file may be as large as the copy; says the refusal."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    try:
        backups.restore(Database(url), copy)
    except Unavailable as error:
        pipe.send((error.code, error.detail))


def test_a_disk_that_refuses_the_copy_leaves_everything_as_it_was(sqlite_database: Database, copy: Path) -> None:
    fill(sqlite_database, 1)
    sqlite_database.close()
    before = listed(copy.parent)
    url = sqlite_database.url.render_as_string(hide_password=False)
    with child(restore_under_a_limit, url, copy) as (pipe, _):
        code, detail = heard(pipe)
    assert code == "restore_failed"
    assert "kiểm tra dung lượng đĩa" in detail
    assert count(sqlite_database) == 6
    sqlite_database.close()
    assert listed(copy.parent) == before
