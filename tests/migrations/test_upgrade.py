"""Upgrades: whole or not at all, safe when processes start at once, after a proved backup; foreign tables stay."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import Migrate
from flask_migrate import upgrade as flask_upgrade
from sqlalchemy import inspect, select, text

from pos_trace.app import SharedEngine
from pos_trace.core.errors import Misconfigured
from pos_trace.store import backups, migrations
from pos_trace.store.database import Database
from pos_trace.store.models import Counter
from tests import postgres
from tests.store import children
from tests.store.children import child, heard

FOUR = 4
HEAD = migrations.head()


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> Iterator[Database]:
    """A SQLite database whose file does not exist yet."""
    database = Database(f"sqlite:///{tmp_path / 'app.db'}")
    yield database
    database.close()


@pytest.fixture
def empty_postgres(postgres_server: postgres.Server) -> Iterator[Database]:
    """A PostgreSQL database without tables."""
    name = postgres_server.empty()
    database = Database(postgres_server.url(name))
    yield database
    database.close()
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest) -> Database:
    """Both databases, empty."""
    found: Database = request.getfixturevalue(f"empty_{request.param}")
    return found


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def stamp(database: Database, revision: str) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :revision").bindparams(revision=revision))


def test_from_nothing_to_head_once(empty: Database) -> None:
    assert migrations.current(empty) is None
    assert migrations.upgrade(empty, None) is True
    assert migrations.current(empty) == migrations.head()
    assert "stock_lot" in tables(empty)
    assert migrations.upgrade(empty, None) is False


def test_four_processes_that_start_at_once_migrate_once(empty: Database) -> None:
    url = empty.url.render_as_string(hide_password=False)
    with (
        child(children.upgrade, url, None) as (a, _),
        child(children.upgrade, url, None) as (b, _),
        child(children.upgrade, url, None) as (c, _),
        child(children.upgrade, url, None) as (d, _),
    ):
        pipes = (a, b, c, d)
        assert [heard(pipe) for pipe in pipes] == ["ready"] * FOUR
        for pipe in pipes:
            pipe.send("go")
        assert sorted(str(heard(pipe)) for pipe in pipes) == ["False"] * (FOUR - 1) + ["True"]
    assert migrations.current(empty) == migrations.head()


def test_a_migration_that_fails_half_way_leaves_nothing(empty: Database) -> None:
    with empty.engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("CREATE VIEW outbox_message AS SELECT 1 AS one"))
    with pytest.raises(Exception, match=r"outbox_message.*already exists|view outbox_message"):
        migrations.upgrade(empty, None)
    assert tables(empty) == {"alembic_version"}
    with empty.engine.begin() as connection:
        connection.execute(text("DROP VIEW outbox_message"))
    assert migrations.upgrade(empty, None) is True
    assert "outbox_message" in tables(empty)


@pytest.mark.parametrize("revision", ["0999", "abcdef"])
def test_a_newer_database_stops_with_what_to_do(database: Database, revision: str, tmp_path: Path) -> None:
    stamp(database, revision)
    with pytest.raises(Misconfigured) as refused:
        migrations.upgrade(database, tmp_path / "backups")
    assert refused.value.code == "database_newer"
    assert f"phiên bản {revision}" in refused.value.detail
    assert "cài lại bản pos_trace mới hơn" in refused.value.detail
    assert migrations.current(database) == revision
    assert not (tmp_path / "backups").exists()


def test_a_database_of_another_program_is_left_alone(empty: Database) -> None:
    with empty.engine.begin() as connection:
        connection.execute(text("CREATE TABLE wp_posts (id INTEGER)"))
    with pytest.raises(Misconfigured, match="chương trình khác"):
        migrations.upgrade(empty, None)
    assert tables(empty) == {"wp_posts"}


@pytest.fixture
def next_revision(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The real migrations and one more, which adds a nullable column as later work may."""
    here = tmp_path / "migrations"
    (here / "versions").mkdir(parents=True)
    real = [str(path.relative_to(migrations.HERE)) for path in migrations.HERE.glob("versions/0*.py")]
    for name in ("env.py", "script.py.mako", *real):
        (here / name).write_text((migrations.HERE / name).read_text(encoding="utf-8"), encoding="utf-8")
    (here / "versions" / "9000_more.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision, branch_labels, depends_on = '9000', '{HEAD}', None, None\n"
        "def upgrade():\n    op.add_column('counter', sa.Column('note', sa.String(80), nullable=True))\n"
    )
    monkeypatch.setattr(migrations, "HERE", here)
    assert migrations.head() == "9000"
    return "9000"


def test_rows_survive_an_upgrade_and_a_proved_backup_lies_beside(
    database: Database, next_revision: str, tmp_path: Path
) -> None:
    with database.write() as session:
        for _ in range(7):
            children.act(session)
    folder = tmp_path / "backups"
    assert migrations.upgrade(database, folder) is True
    assert migrations.current(database) == next_revision
    with database.read() as session:
        assert session.execute(text("SELECT value, note FROM counter")).one() == (7, None)
        assert session.scalars(select(Counter.value)).one() == 7
    if database.is_sqlite:
        copy = folder / f"before-{next_revision}.db"
        assert backups.sound(copy)
        with closing(sqlite3.connect(copy)) as opened:
            assert opened.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
            assert opened.execute("SELECT value FROM counter").fetchone() == (7,)
    assert migrations.upgrade(database, folder) is False


def test_an_upgrade_whose_backup_fails_does_not_begin(
    sqlite_database: Database, next_revision: str, tmp_path: Path
) -> None:
    (tmp_path / "backups").write_text("a file in the folder's place")
    with pytest.raises(OSError, match="backups"):
        migrations.upgrade(sqlite_database, tmp_path / "backups")
    assert migrations.current(sqlite_database) == HEAD


def test_flask_migrates_commands_use_the_same_environment(empty: Database) -> None:
    app = Flask("test")
    app.config["SQLALCHEMY_DATABASE_URI"] = empty.url.render_as_string(hide_password=False)
    shared = SharedEngine(empty.engine)
    shared.init_app(app)
    Migrate(app, shared, directory=str(migrations.HERE))
    with app.app_context():
        flask_upgrade()
    assert migrations.current(empty) == migrations.head()
    assert "audit_entry" in tables(empty)
