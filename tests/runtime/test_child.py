"""The child's side of the pipe: frames, what it may call, how it answers and when it ends."""

import io
import pickle
import signal

import pytest

from pos_trace.core.errors import Invalid
from pos_trace.runtime import child
from tests.runtime.child_work import framed, work

ALLOWED = frozenset({work("echo"), work("refuse"), work("fail")})


class Broken(io.BytesIO):
    """A pipe whose reader is gone."""

    def write(self, body: object) -> int:
        raise BrokenPipeError


def asked(*call: object) -> bytes:
    return pickle.dumps((*call, 5.0))


@pytest.mark.parametrize("body", [b"", b"x", b"\0" * 100_000])
def test_a_frame_comes_back_as_it_went(body: bytes) -> None:
    pipe = io.BytesIO()
    child.write_frame(pipe, body)
    child.write_frame(pipe, b"next")
    pipe.seek(0)
    assert child.read_frame(pipe) == body
    assert child.read_frame(pipe) == b"next"
    assert child.read_frame(pipe) is None


@pytest.mark.parametrize("raw", [b"", b"\0\0", framed(b"abcdef")[:-1], framed(b"abcdef")[:9]])
def test_a_frame_cut_off_is_the_end(raw: bytes) -> None:
    assert child.read_frame(io.BytesIO(raw)) is None


@pytest.mark.parametrize("size", [child.MOST_BYTES + 1, 2**63, 2**64 - 1])
def test_an_impossible_length_is_told_before_any_memory_is_taken(size: int) -> None:
    with pytest.raises(child.Garbage):
        child.read_frame(io.BytesIO(size.to_bytes(8, "big")))


@pytest.mark.parametrize(
    "target", ["os:system", "pos_trace.store.database:Database", "tests.runtime.child_work:die", "echo", ""]
)
def test_only_named_work_is_done(target: str) -> None:
    good, told = child.answer(asked(target, ("true",), {}), ALLOWED)
    assert not good
    assert told.startswith("PermissionError")


def test_an_answer_is_a_value_our_own_refusal_or_a_text() -> None:
    assert child.answer(asked(work("echo"), (1,), {"a": 2}), ALLOWED) == (True, (1, {"a": 2}))
    good, refusal = child.answer(asked(work("refuse"), (), {}), ALLOWED)
    assert not good
    assert isinstance(refusal, Invalid)
    assert child.answer(asked(work("fail"), (), {}), ALLOWED) == (False, "ZeroDivisionError: by nothing")


def test_the_alarm_is_off_after_each_call() -> None:
    child.answer(asked(work("echo"), (1,), {}), ALLOWED)
    assert signal.alarm(0) == 0
    child.set_alarm(100.2)
    assert signal.alarm(0) == 101


def test_it_serves_until_the_pipe_closes_on_either_side() -> None:
    calls = io.BytesIO(b"".join(framed(asked(work("echo"), (number,), {})) for number in range(3)))
    answers = io.BytesIO()
    child.serve(calls, answers, ALLOWED)
    answers.seek(0)
    assert [pickle.loads(child.read_frame(answers) or b"") for _ in range(3)] == [(True, n) for n in range(3)]
    calls.seek(0)
    child.serve(calls, Broken(), ALLOWED)
    assert calls.tell() < len(calls.getvalue())
