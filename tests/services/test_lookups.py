"""Codes asked of the province are counted a day and told to every stall, nobody's by name."""

from datetime import timedelta
from typing import Any

from pos_trace.services import lookups, rechecking
from pos_trace.store.models import Scan
from tests.services.night import CABBAGE, UNKNOWN, Night


def told(night: Night, at: Any = None, day: Any = None) -> dict[str, Any]:
    return lookups.told(night.node, day, at or night.now)


def test_each_question_to_the_province_counts_whichever_stall_asked(night: Night) -> None:
    assert told(night)["count"] == 0
    night.scan(CABBAGE)
    night.scan(UNKNOWN, number="E-01")
    assert told(night)["text"] == "Hôm nay máy hỏi tỉnh 2 lần, mỗi lần chỉ gửi mã."
    assert told(night)["count"] == len(night.province.asked)


def test_a_look_without_a_trace_counts_too_and_keeps_nothing_else(night: Night) -> None:
    night.scan(CABBAGE, dry_run=True)
    assert (told(night)["count"], night.count(Scan)) == (1, 0)


def test_what_is_known_and_fresh_is_no_question(night: Night) -> None:
    night.pull()
    night.scan(CABBAGE)
    night.scan(CABBAGE, dry_run=True)
    assert (told(night)["count"], night.province.asked) == (0, [])


def test_what_waited_for_the_line_is_asked_again_and_counted(night: Night) -> None:
    night.province.silent = True
    night.receive(UNKNOWN, "15", "hũ")
    night.province.silent = False
    before = told(night)["count"]
    rechecking.unchecked_due(night.node, night.now)
    assert told(night)["count"] == before + 1


def test_a_day_has_its_own_number(night: Night) -> None:
    night.scan(CABBAGE)
    today = night.now.astimezone(night.node.zone).date()
    tomorrow = night.now + timedelta(days=1)
    assert told(night, tomorrow)["count"] == 0
    then = told(night, tomorrow, today)
    assert (then["count"], then["text"][:5], then["day"]) == (1, "Ngày ", today.isoformat())
