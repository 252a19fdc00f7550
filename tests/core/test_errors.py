"""What is refused keeps its code, its words and its fields, also across a process border."""

import pickle

import pytest

from pos_trace.core import errors
from pos_trace.core.errors import FieldError, PosTraceError, TooMany

PLAIN = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, PosTraceError) and kind is not TooMany
]


def test_every_refusal_has_the_one_root() -> None:
    assert {kind.__name__ for kind in PLAIN} == {
        "PosTraceError", "Invalid", "Unauthorised", "Forbidden", "NotFound", "Conflict", "Unavailable", "Misconfigured",
    }  # fmt: skip


@pytest.mark.parametrize("kind", PLAIN, ids=lambda kind: kind.__name__)
def test_a_refusal_arrives_from_a_child_process_as_itself(kind: type[PosTraceError]) -> None:
    made = kind("bad_photo", "Ảnh không đọc được.", (FieldError("/photo", "unreadable"),))
    read = pickle.loads(pickle.dumps(made))
    assert type(read) is kind
    assert (read.code, read.detail, read.errors) == (made.code, made.detail, made.errors)
    assert str(read) == "bad_photo: Ảnh không đọc được."


def test_too_many_says_when_to_come_back() -> None:
    read = pickle.loads(pickle.dumps(TooMany("slow_down", "Thử lại sau.", 40)))
    assert (read.code, read.detail, read.errors, read.retry_after_s) == ("slow_down", "Thử lại sau.", (), 40)
