"""Heavy work runs once in each quiet time, catches up after power-on, keeps seven proved copies, and tries again."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pos_trace.core.errors import Unavailable
from pos_trace.services.housekeeping import COPIES_KEPT, DONE, QuietWork
from pos_trace.store import backups
from pos_trace.store.models import IdempotencyKey
from tests.services.night import Night, on_sqlite


def at(night: Night, day: int, hour: float) -> datetime:
    """A time on the site's clock."""
    return datetime(2026, 11, day, tzinfo=night.node.zone) + timedelta(hours=hour)


def copies(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("daily-*.db"))


@on_sqlite
def test_a_copy_is_made_in_quiet_hours_proved_and_never_twice(night: Night, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    work = QuietWork(night.node, folder)
    done = [hour / 2 for hour in range(96) if work.due(at(night, 25, hour / 2))]
    assert done == [10.0, 34.0]
    assert copies(folder) == ["daily-20261125-100000.db", "daily-20261126-100000.db"]
    assert all(backups.sound(folder / name) for name in copies(folder))


@on_sqlite
def test_a_machine_that_was_off_the_whole_quiet_time_catches_up_after_power_on(night: Night, tmp_path: Path) -> None:
    assert QuietWork(night.node, tmp_path).due(at(night, 25, 11))
    assert not QuietWork(night.node, tmp_path).due(at(night, 26, 2))
    assert not QuietWork(night.node, tmp_path).due(at(night, 26, 9))
    after_a_day_off = QuietWork(night.node, tmp_path)
    assert after_a_day_off.due(at(night, 26, 19))
    assert not after_a_day_off.due(at(night, 26, 23))
    assert after_a_day_off.due(at(night, 27, 10))


@on_sqlite
def test_only_the_newest_copies_stay_and_other_files_are_left_alone(night: Night, tmp_path: Path) -> None:
    (tmp_path / "before-0002.db").write_bytes(b"kept")
    work = QuietWork(night.node, tmp_path)
    for day in range(1, 11):
        assert work.due(at(night, day, 12))
    assert copies(tmp_path) == [f"daily-202611{day:02}-120000.db" for day in range(11 - COPIES_KEPT, 11)]
    assert {path.name for path in tmp_path.glob("*.sha256")} == {f"{name}.sha256" for name in copies(tmp_path)}
    assert (tmp_path / "before-0002.db").read_bytes() == b"kept"


@on_sqlite
def test_work_that_failed_is_tried_again_later_in_the_same_quiet_time(night: Night, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.write_bytes(b"a file stands where the folder should")
    work = QuietWork(night.node, folder)
    with pytest.raises(Unavailable):
        work.due(at(night, 25, 10))
    assert not work.due(at(night, 25, 10.25))
    folder.unlink()
    assert work.due(at(night, 25, 10.5))
    assert not work.due(at(night, 25, 11))


@on_sqlite
@pytest.mark.parametrize("told", ["", "gestern", "2026-11-25T10:00:00", "2027-01-01T10:00:00+07:00"])
def test_a_spoilt_or_future_mark_means_nobody_knows(night: Night, tmp_path: Path, told: str) -> None:
    (tmp_path / DONE).write_text(told)
    work = QuietWork(night.node, tmp_path)
    assert not work.due(at(night, 25, 9))
    assert work.due(at(night, 25, 10))


def test_old_answers_are_forgotten_on_either_database(night: Night, tmp_path: Path) -> None:
    ages = (timedelta(days=8), timedelta(days=6))
    with night.node.db.write() as session:
        for number, age in enumerate(ages):
            row = IdempotencyKey(site_id=night.node.id, id=f"k{number}", created_at=at(night, 25, 10) - age)
            row.caller, row.route, row.key, row.body_sha256 = "c", "r", f"k{number}", "0" * 64
            row.status, row.answer = 200, b"{}"
            session.add(row)
    assert QuietWork(night.node, tmp_path).due(at(night, 25, 10))
    with night.node.db.read() as session:
        assert [row.key for row in session.query(IdempotencyKey)] == ["k1"]
    assert (copies(tmp_path) != []) is night.node.db.is_sqlite
