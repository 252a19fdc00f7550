"""A printer's answers sorted byte by byte; half an answer is never taken for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.hardware import status
from pos_trace.hardware.status import greeted, read, worst

ID = b"\x37\x220042\x00"
AUTOMATIC = b"\x10\x00\x00\x00"


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        (b"", []),
        (b"\x00", ["paper"]),
        (b"\x0c\x03", ["paper", "paper"]),
        (b"\x12\x16\x1e", ["now", "now", "now"]),
        (AUTOMATIC, ["automatic"]),
        (AUTOMATIC + b"\x00", ["automatic", "paper"]),
        (ID, ["process"]),
        (ID + AUTOMATIC + b"\x12", ["process", "automatic", "now"]),
        (b"\x37\x23" + b"0042\x00", ["other"]),
        (b"\x37\x22" + b"00x2\x00", ["other"]),
        (b"\x37\x22" + b"0042\x01", ["other"]),
        (b"\x11\x13\xff\x80", ["other", "other", "other", "other"]),
    ],
)
def test_every_answer_is_known_by_its_bits(data, kinds):
    assert [told.kind for told in read(data)] == kinds


@pytest.mark.parametrize("whole", [AUTOMATIC, ID])
def test_half_a_block_is_left_for_later(whole):
    for end in range(1, len(whole)):
        assert read(whole[:end]) == []
    assert len(read(whole)) == 1


@given(st.lists(st.sampled_from([ID, AUTOMATIC, b"\x12", b"\x00", b"\x11", b"\x37\x22"]), max_size=8).map(b"".join))
def test_what_comes_in_pieces_says_the_same_as_at_once(data):
    whole = read(data)
    for end in range(len(data)):
        assert read(data[:end]) == [one for one in whole if one.start + 1 <= end][: len(read(data[:end]))]
    assert [one.start for one in whole] == sorted({one.start for one in whole})


def test_a_process_id_is_read_with_its_number():
    (told,) = read(ID)
    assert (told.kind, told.number, told.start) == ("process", 42, 0)


@pytest.mark.parametrize(
    ("block", "state"),
    [
        (b"\x10\x00\x00\x00", status.FINE),
        (b"\x30\x00\x00\x00", status.COVER_OPEN),
        (b"\x10\x08\x00\x00", status.CUTTER),
        (b"\x10\x00\x0c\x00", status.PAPER_OUT),
        (b"\x10\x00\x03\x00", status.PAPER_LOW),
        (b"\x18\x00\x00\x00", status.OFFLINE),
        (b"\x00", status.FINE),
        (b"\x03", status.PAPER_LOW),
        (b"\x0c", status.PAPER_OUT),
        (b"\x0f", status.PAPER_OUT),
    ],
)
def test_a_state_is_told_by_its_bits(block, state):
    assert worst(read(block)) == state


def test_the_gravest_of_several_states_counts():
    assert worst(read(b"\x03" + AUTOMATIC + b"\x0c\x00")) == status.PAPER_OUT
    assert worst([]) == status.FINE


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        (b"", status.UNKNOWN),
        (b"\x12\x12", status.UNKNOWN),
        (b"\x00\x00\x00", status.UNKNOWN),
        (b"\x12\x12\x12", status.FINE),
        (b"\x16\x12\x12", status.FINE),
        (b"\x12\x12\x1e", status.PAPER_LOW),
        (b"\x1a\x16\x12", status.COVER_OPEN),
        (b"\x1a\x32\x72", status.PAPER_OUT),
        (b"\x1a\x32\x12", status.PAPER_OUT),
        (b"\x1a\x12\x72", status.PAPER_OUT),
        (b"\x1a\x52\x12", status.CUTTER),
        (b"\x1a\x12\x12", status.OFFLINE),
        (AUTOMATIC + b"\x12\x12" + b"\x00\x12", status.FINE),
    ],
)
def test_a_greeting_tells_whether_a_job_may_go_out(answers, state):
    assert greeted(read(answers)) == state


def test_every_state_has_its_words():
    named = {value for name, value in vars(status).items() if name.isupper() and isinstance(value, int)}
    assert set(status.WORDS) == named - {status.GREETED}
    assert all(100 <= code <= 500 for code in status.WORDS)
