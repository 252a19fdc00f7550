"""Desk checks: drawn by the office, picked at the station, sent by the owner's tap; never a flag, never by itself."""

from datetime import date, timedelta
from typing import Any

import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import desk_checks, papers, records, sync
from pos_trace.services.papers import PaperIn
from pos_trace.store.models import Case, Delivery, DeskCheck, Flag, OutboxMessage
from tests.services.night import Night, on_sqlite
from tests.services.test_papers_shared import photograph
from tests.services.two_nodes import officer


def documented(night: Night, name: str = "Cá rô", number: str = "A-12") -> str:
    delivery = night.deliver(number)
    line = night.loose(delivery, name, "ca", "10", "kg", number=number)
    told = PaperIn("bang_ke", None, night.now.date(), "Chị Ba (mẫu)")
    paper = papers.add(night.node, night.who(number), delivery, told, line["id"], night.now)["paper"]
    photograph(night, paper["id"], number)
    papers.add(night.node, night.who(number), delivery, PaperIn("khac"), line["id"], night.now)
    return str(line["id"])


def draw(night: Night, share: int = 200, days: int = 1) -> dict[str, Any]:
    province = night.pair.province
    day = night.now.astimezone(night.node.zone).date()
    told = desk_checks.draw(province, officer(province), day, share, night.later(days=days))
    night.pull(night.later(days=days))
    return told


def everything(night: Night, check: str) -> None:
    """As if every documented line had been picked."""
    with night.node.write(night.node.machine("t"), night.now) as tx:
        tx.session.query(DeskCheck).filter_by(id=check).one().share = 1000


def listed(night: Night, number: str = "A-12") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk_checks.listed(night.node, night.who(number), night.later(days=1))["desk_checks"]
    return found


def test_the_seed_reaches_the_station_by_the_feed_once(night: Night) -> None:
    told = draw(night)
    with night.node.db.read() as session:
        (row,) = session.query(DeskCheck).all()
        assert (row.id, row.seed, row.share, row.drawn_by) == (told["id"], told["seed"], 200, None)
    sync.pull(night.node, night.later(days=2))
    assert night.count(DeskCheck) == 1
    line = records.changes(night.pair.province, told["version"] - 1)["changes"][-1]
    assert line["kind"] == "desk_check"
    assert "drawn_by" not in line


def test_picked_lines_wait_for_the_owners_tap_and_accuse_nobody(night: Night) -> None:
    night.pull()
    line, theirs = documented(night), documented(night, number="E-01")
    night.loose(night.deliver(), "Cá trê", "ca", "5", "kg")  # without papers: never picked
    flags, check = night.count(Flag), draw(night)["id"]
    everything(night, check)
    (one,) = listed(night)
    assert (one["line_id"], one["photos"], one["case_id"]) == (line, 1, None)
    assert sorted(one["papers"]) == ["bảng kê", "giấy tờ khác"]
    assert [other["line_id"] for other in listed(night, "E-01")] == [theirs]
    assert night.count(Case) == night.count(OutboxMessage, OutboxMessage.kind == "case_event") == 0
    at = night.later(days=1)
    sent = desk_checks.send(night.node, night.who(), check, line, at)
    assert desk_checks.send(night.node, night.who(), check, line, at) == sent
    assert listed(night)[0]["case_id"] == sent["case_id"]
    with night.node.db.read() as session:
        case = session.query(Case).one()
        assert (case.reason, case.origin, case.title) == ("desk_check", "desk_check", "Cá rô")
        plain = [row.plain for row in session.query(OutboxMessage).order_by(OutboxMessage.id)]
    assert plain[0] == "Đã gửi ảnh giấy tờ (chọn kiểm tra ngẫu nhiên): Cá rô"
    assert any(words.startswith("Ảnh kèm vụ việc") for words in plain)
    assert night.count(Flag) == flags


def test_what_was_not_picked_or_is_a_neighbours_is_not_found(night: Night) -> None:
    night.pull()
    line, check = documented(night), draw(night)["id"]
    everything(night, check)
    for who, named in (("E-01", check), ("A-12", "unknown")):
        with pytest.raises(NotFound):
            desk_checks.send(night.node, night.who(who), named, line, night.later(days=1))
    bare = night.loose(night.deliver(), "Cá trê", "ca", "5", "kg")["id"]
    with pytest.raises(NotFound):
        desk_checks.send(night.node, night.who(), check, bare, night.later(days=1))


def test_nothing_of_a_practising_stall_is_picked(night: Night) -> None:
    night.pull()
    documented(night)
    with night.node.write(night.node.machine("t"), night.now) as tx:
        tx.session.query(Delivery).one().practice = True
    everything(night, draw(night)["id"])
    assert listed(night) == []


@on_sqlite
@pytest.mark.parametrize(
    ("back", "share", "code"),
    [
        (0, 20, "day_out_of_range"),
        (31, 20, "day_out_of_range"),
        (-1, 20, "day_out_of_range"),
        (1, 0, "share_out_of_range"),
        (1, 201, "share_out_of_range"),
    ],
)
def test_only_a_day_that_is_over_and_a_small_share_is_drawn(night: Night, back: int, share: int, code: str) -> None:
    province = night.pair.province
    day: date = night.now.astimezone(night.node.zone).date() - timedelta(days=back)
    with pytest.raises(Invalid, match=code):
        desk_checks.draw(province, officer(province), day, share, night.now)


def test_a_day_is_drawn_once_and_shown(night: Night) -> None:
    told = draw(night)
    with pytest.raises(Conflict, match="day_drawn"):
        draw(night)
    (one,) = desk_checks.drawn(night.pair.province, officer(night.pair.province))["desk_checks"]
    assert one == told


@on_sqlite
@pytest.mark.parametrize(
    "wrong", [{"share": 0}, {"share": True}, {"share": 1001}, {"day": None}, {"seed": "a" * 65}, {"seed": None}]
)
def test_a_wrong_line_of_the_feed_is_refused(night: Night, wrong: dict[str, Any]) -> None:
    from pos_trace.store import desk_checks as rows

    line = {
        "kind": "desk_check",
        "id": "x",
        "site_id": "p",
        "day": "2026-11-24",
        "share": 20,
        "seed": "s",
        "version": 1,
    }
    with pytest.raises(ValueError, match=r"desk|seed"), night.node.write(night.node.machine("t"), night.now) as tx:
        rows.upsert(tx.session, line | wrong, night.now)
