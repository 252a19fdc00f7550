"""How old the records are, and what an answer says when nothing more is known."""

from datetime import timedelta

import pytest

from pos_trace.core.records import Recall, RecordAnswer, RecordsAge
from tests.core.goods_told import KEY, NOW, record


@pytest.mark.parametrize(
    ("before", "age"),
    [
        (timedelta(0), 0),
        (timedelta(minutes=21), 1260),
        (timedelta(seconds=1, milliseconds=999), 1),
        (timedelta(seconds=-90), 0),  # a clock that was set back: never younger than now
        (timedelta(days=4), 345_600),
    ],
)
def test_the_age_is_whole_seconds_and_never_negative(before: timedelta, age: int) -> None:
    assert RecordsAge(7, NOW - before).age_s(NOW) == age


def test_records_that_never_came_have_no_age() -> None:
    assert RecordsAge().age_s(NOW) is None


def test_an_answer_alone_knows_neither_record_nor_recall() -> None:
    answer = RecordAnswer("absent")
    assert (answer.record, answer.facility, answer.recall, answer.why) == (None, None, None, None)
    assert answer.age == RecordsAge()


def test_a_published_recall_is_in_force_until_it_is_ended() -> None:
    assert Recall("TH-1", "mẫu", NOW, "Sở (mẫu)").status == "active"


def test_a_record_is_what_the_province_said_and_nothing_is_guessed() -> None:
    made = record()
    assert made.key == KEY
    assert (made.expiry_date, made.net_quantity, made.importer, made.standards, made.events) == (
        None,
        None,
        None,
        (),
        (),
    )
