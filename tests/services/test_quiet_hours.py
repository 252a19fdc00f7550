"""The office says when the market is quiet; heavy work and the board follow, the configuration stands until then."""

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from pos_trace.core.errors import Invalid, NotFound
from pos_trace.services import market, places, quiet_hours
from pos_trace.services.housekeeping import QuietWork
from pos_trace.store.models import AuditEntry
from tests.services.night import Night, on_sqlite

CONFIGURED = {"from": "10:00", "until": "17:00"}


@pytest.fixture
def named(night: Night) -> Night:
    """The market has its name."""
    places.set_site(night.node, night.node.machine("t"), "Chợ (mẫu)", "market", None, "", night.now)
    return night


def told(night: Night, start: time | None, end: time | None) -> dict[str, object]:
    return quiet_hours.set_hours(night.node, night.node.machine("office"), start, end, night.now)


def test_the_offices_hours_stand_on_the_board_until_they_are_given_back(named: Night) -> None:
    assert quiet_hours.told(named.node) == CONFIGURED | {"configured": CONFIGURED, "own": False}
    own = {"from": "13:30", "until": "15:00", "configured": CONFIGURED, "own": True}
    assert told(named, time(13, 30), time(15)) == own
    assert quiet_hours.told(named.node) == own
    assert market.overview(named.node, named.now)["quiet"] == "13:30–15:00"
    assert told(named, None, None) == CONFIGURED | {"configured": CONFIGURED, "own": False}
    assert market.overview(named.node, named.now)["quiet"] == "10:00–17:00"
    assert named.count(AuditEntry, AuditEntry.act == "quiet_hours_set") == 2


@pytest.mark.parametrize(
    ("start", "end"),
    [(time(10), None), (None, time(10)), (time(10), time(10)), (time(10), time(10, 59)), (time(10), time(6, 1))],
)
def test_hours_that_are_none_change_nothing(named: Night, start: time | None, end: time | None) -> None:
    with pytest.raises(Invalid, match="quiet_hours"):
        told(named, start, end)
    assert quiet_hours.told(named.node)["own"] is False


@pytest.mark.parametrize(("start", "end"), [(time(10), time(11)), (time(23), time(1)), (time(10), time(6))])
def test_an_hour_is_enough_and_midnight_may_lie_inside(named: Night, start: time, end: time) -> None:
    assert told(named, start, end)["own"] is True


def test_a_site_without_a_name_has_no_hours_of_its_own(night: Night) -> None:
    with pytest.raises(NotFound):
        told(night, time(10), time(12))


@on_sqlite
def test_heavy_work_runs_in_the_hours_the_office_set(named: Night, tmp_path: Path) -> None:
    told(named, time(20), time(22))
    work, day = QuietWork(named.node, tmp_path / "backups"), datetime(2026, 11, 25, tzinfo=named.node.zone)
    assert [hour for hour in range(24) if work.due(day + timedelta(hours=hour))] == [20]
