"""Practice ends by itself, once, with its sheet; nothing received in it becomes a case; the office may shift it."""

from datetime import timedelta
from pathlib import Path

import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import cases, practice, receiving
from pos_trace.store.models import AuditEntry, Case, Flag, PrintJob, Stall
from tests.services.night import CABBAGE, UNKNOWN, Night, on_sqlite, with_printer


def practise(night: Night, days: int = 14, number: str = "A-12") -> None:
    """The stall starts today and practises for ``days``."""
    with night.node.write(night.node.machine("t"), night.now) as tx:
        row = tx.session.query(Stall).filter_by(number=number).one()
        row.golive_date = night.now.astimezone(night.node.zone).date()
        row.practice_until = row.golive_date + timedelta(days=days)


def note(night: Night, **later: float) -> str:
    with night.node.db.read() as session:
        row = session.query(Stall).filter_by(number="A-12").one()
        return practice.note(session, night.node, row, night.later(**later))


def test_practice_ends_once_on_its_day_with_a_sheet_that_counts(night: Night, tmp_path: Path) -> None:
    night.pull()
    with_printer(night, tmp_path)
    practise(night)
    night.scan(CABBAGE, delivery := night.deliver())
    night.scan(UNKNOWN, delivery, "5", "hũ")
    assert practice.due(night.node, night.later(days=13)) == 0
    assert note(night, days=13) == ""
    assert practice.due(night.node, night.later(days=14)) == 1
    assert practice.due(night.node, night.later(days=15)) == 0
    with night.node.db.read() as session:
        slip = str(session.query(PrintJob).filter_by(kind="practice_over").one().slip)
    assert "14 ngày qua: 2 lượt nhận, 1 cần giấy tờ, 0 gửi Sở Công Thương" in slip
    assert "2 lượt nhận" in note(night, days=14, hours=1)
    assert note(night, days=18) == ""


def test_what_was_received_in_practice_makes_no_case_after_it_either(night: Night) -> None:
    night.pull()
    practise(night)
    delivery = night.deliver()
    flag = night.scan(UNKNOWN, delivery, "5", "hũ")["line"]["flag"]
    receiving.close(night.node, night.who(), delivery, night.now)
    practice.due(night.node, night.later(days=15))
    cases.due_flags(night.node, night.later(days=30))
    assert night.count(Case) == 0
    assert flag is None or night.count(Flag, Flag.state == "sent") == 0


def test_a_machine_that_was_off_for_weeks_ends_it_without_a_stale_sheet(night: Night, tmp_path: Path) -> None:
    with_printer(night, tmp_path)
    practise(night)
    assert practice.due(night.node, night.later(days=40)) == 1
    assert night.count(PrintJob) == 0


def test_the_office_lengthens_and_shortens_it_and_never_opens_it_again(night: Night) -> None:
    practise(night)
    who, today = night.node.machine("t"), night.now.astimezone(night.node.zone).date()
    told = practice.set_until(night.node, who, "A-12", today + timedelta(days=30), night.now)
    assert told == {"number": "A-12", "practice_until": str(today + timedelta(days=30)), "practising": True}
    assert practice.set_until(night.node, who, "A-12", today, night.now)["practising"] is False
    assert practice.due(night.node, night.now) == 0
    with pytest.raises(Conflict, match="practice_over"):
        practice.set_until(night.node, who, "A-12", today + timedelta(days=2), night.now)
    assert practice.set_until(night.node, who, "A-12", today, night.now)["practising"] is False
    practice.set_until(night.node, who, "E-01", today, night.now)
    assert night.count(AuditEntry, AuditEntry.act == "practice_ended") == 2


@on_sqlite
def test_a_day_that_passed_while_the_machine_was_off_is_over_too(night: Night) -> None:
    practise(night)
    who, later = night.node.machine("t"), night.later(days=20)
    until = later.astimezone(night.node.zone).date() + timedelta(days=2)
    with pytest.raises(Conflict, match="practice_over"):
        practice.set_until(night.node, who, "A-12", until, later)


@on_sqlite
def test_a_stall_that_received_in_earnest_does_not_begin_to_practise(night: Night) -> None:
    who, until = night.node.machine("t"), night.now.astimezone(night.node.zone).date() + timedelta(days=2)
    assert practice.set_until(night.node, who, "E-01", until, night.now)["practising"] is True
    night.pull()
    night.receive(CABBAGE)
    with pytest.raises(Conflict, match="practice_over"):
        practice.set_until(night.node, who, "A-12", until, night.now)


@on_sqlite
@pytest.mark.parametrize(
    ("number", "days", "error"), [("A-12", -1, Invalid), ("A-12", 91, Invalid), ("Z-9", 1, NotFound)]
)
def test_a_day_out_of_range_or_no_stall_is_refused(
    night: Night, number: str, days: int, error: type[Exception]
) -> None:
    today = night.now.astimezone(night.node.zone).date()
    with pytest.raises(error):
        practice.set_until(night.node, night.node.machine("t"), number, today + timedelta(days=days), night.now)


def test_a_practice_that_ended_weeks_ago_is_not_told_as_news(night: Night) -> None:
    practise(night)
    assert practice.due(night.node, night.later(days=40)) == 1
    assert note(night, days=40, hours=1) == ""
