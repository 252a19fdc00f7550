"""Children that crash, hang, lie or eat memory: a refusal, then the next call works, and the server is safe."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from pos_trace.core.errors import Invalid
from pos_trace.runtime import child as childs_side
from pos_trace.runtime.children import ChildLost, Children
from pos_trace.store.database import Database
from tests.runtime.child_work import ALL, Touch, evil, framed, work
from tests.runtime.parts import until

LONG = 30.0


@pytest.fixture
def children() -> Iterator[Children]:
    """One child that may do the tests' work."""
    made = Children(1, ALL)
    yield made
    made.close()
    assert processes() == []


def processes() -> list[psutil.Process]:
    """The children of this process that belong to the product."""
    found = []
    for process in psutil.Process().children():
        try:
            if "pos_trace.runtime.child" in process.cmdline():
                found.append(process)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


def pid(children: Children) -> int:
    number: int = children.call(work("who"), timeout_s=LONG)
    return number


def test_a_result_comes_back_and_the_same_child_serves_again(children: Children) -> None:
    assert children.call(work("echo"), {"a": [1, "Sữa", b"\0"]}, timeout_s=LONG) == {"a": [1, "Sữa", b"\0"]}
    assert children.call(work("echo"), 1, timeout_s=LONG, more=2) == (1, {"more": 2})
    assert pid(children) == pid(children) == processes()[0].pid


def test_our_own_refusals_arrive_as_themselves(children: Children) -> None:
    with pytest.raises(Invalid, match="photo_broken") as refusal:
        children.call(work("refuse"), timeout_s=LONG)
    assert refusal.value.errors[0].pointer == "/photo"


def test_any_other_failure_is_told_and_the_child_stays(children: Children) -> None:
    before = pid(children)
    with pytest.raises(ChildLost, match="child_failed") as lost:
        children.call(work("fail"), timeout_s=LONG)
    assert "ZeroDivisionError: by nothing" in str(lost.value.__cause__)
    assert pid(children) == before


def test_work_that_is_not_named_is_refused(children: Children) -> None:
    with pytest.raises(ChildLost, match="child_failed") as lost:
        children.call("os:getcwd", timeout_s=LONG)
    assert "PermissionError" in str(lost.value.__cause__)


# --- what a child holds -----------------------------------------------------------------------------------------------


def test_children_stand_back_and_have_limits(children: Children) -> None:
    told = children.call(work("limits"), timeout_s=LONG)
    assert told == {"nice": min(os.nice(0) + childs_side.NICE, 19), "memory": childs_side.MEMORY_BYTES, "core": 0}


def test_a_child_holds_no_database_no_socket_and_no_secret(
    children: Children, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POS_TRACE_PROVINCE__API_KEY", "secret")
    with socket.create_server(("127.0.0.1", 0)) as listening, sqlite_database.read() as session:
        session.connection()
        listening.set_inheritable(True)
        held = children.call(work("fds"), timeout_s=LONG)
        assert not [name for name in held.values() if name.startswith("socket:") or name.endswith((".db", "-wal"))]
        assert {0, 1, 2} <= set(held)
    names = children.call(work("environ"), timeout_s=LONG)
    assert "PATH" in names
    assert not [name for name in names if name.startswith("POS_TRACE_")]


def test_what_a_library_prints_does_not_disturb_the_answers(children: Children, capfd: pytest.CaptureFixture) -> None:
    assert children.call(work("print_much"), timeout_s=LONG) == "done"
    assert children.call(work("echo"), 7, timeout_s=LONG) == 7
    assert "yyy" in capfd.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_signals_that_stop_the_server_leave_its_children_to_it(children: Children, number: int) -> None:
    before = pid(children)
    os.kill(before, number)
    assert pid(children) == before


# --- ways to be lost --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["abort", "exit", "killed", "segfault"])
def test_a_child_that_dies_is_replaced_and_the_next_call_works(children: Children, how: str) -> None:
    before = pid(children)
    with pytest.raises(ChildLost, match="child_lost") as lost:
        children.call(work("die"), how, timeout_s=LONG)
    assert "Thử lại" in lost.value.detail
    assert pid(children) != before
    assert len(processes()) == 1


def test_a_child_that_hangs_is_ended_at_its_deadline(children: Children) -> None:
    before = pid(children)
    with pytest.raises(ChildLost, match="child_lost"):
        children.call(work("hang"), timeout_s=0.3)
    assert pid(children) != before
    assert not psutil.pid_exists(before)


def test_a_child_killed_while_it_waited_costs_no_call(children: Children) -> None:
    before = pid(children)
    os.kill(before, signal.SIGKILL)
    until(lambda: psutil.Process(before).status() == psutil.STATUS_ZOMBIE)
    assert pid(children) != before


def test_too_much_memory_is_refused_and_the_server_does_not_grow(children: Children) -> None:
    pid(children)
    before = psutil.Process().memory_info().rss
    with pytest.raises(ChildLost, match="child_failed") as lost:
        children.call(work("take_memory"), 1700, timeout_s=LONG)
    assert "MemoryError" in str(lost.value.__cause__)
    assert children.call(work("take_memory"), 200, timeout_s=LONG) == 200 * 2**20
    assert psutil.Process().memory_info().rss - before < 64 * 2**20


GARBAGE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "half_a_length": lambda: b"\0\0\0",
    "a_length_of_everything": lambda: b"\xff" * 64,
    "less_than_said": lambda: framed(b"x" * 100)[:50],
    "no_pickle": lambda: framed(b"not a pickle"),
    "an_empty_frame": lambda: framed(b""),
    "no_pair": lambda: framed(b"\x80\x04K\x01."),
    "text": lambda: b"Segmentation fault (core dumped)\n",
}


@pytest.mark.parametrize("name", GARBAGE)
def test_a_child_that_answers_garbage_is_replaced(children: Children, name: str) -> None:
    before = pid(children)
    with pytest.raises(ChildLost, match="child_lost"):
        children.call(work("say"), GARBAGE[name](), timeout_s=LONG)
    assert pid(children) != before


def test_an_answer_cannot_make_the_server_run_code(children: Children, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    with pytest.raises(ChildLost, match="child_lost"):
        children.call(work("say"), evil(str(mark)), timeout_s=LONG)
    with pytest.raises(ChildLost, match="child_lost"):
        children.call(work("odd_answer"), str(mark), timeout_s=LONG)
    assert not mark.exists()
    assert Touch(str(mark)).__reduce__()[0](Path(mark)) is None
    assert mark.exists(), "the same answer would have run code in a careless reader"


def test_arguments_that_cannot_travel_harm_nothing(children: Children) -> None:
    before = pid(children)
    with pytest.raises(Exception, match="pickle"):
        children.call(work("echo"), threading.Lock(), timeout_s=LONG)
    assert pid(children) == before


def test_when_no_process_can_be_started_the_call_says_so(children: Children, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(ChildLost, match="child_lost"):
        children.call(work("who"), timeout_s=LONG)
    monkeypatch.undo()
    assert pid(children) > 0


# --- many callers, and the end ----------------------------------------------------------------------------------------


def test_many_threads_each_get_their_own_answer_though_children_die_in_between() -> None:
    children = Children(2, ALL)
    lost = []

    def one(number: int) -> bool:
        if number % 20 == 7:
            with pytest.raises(ChildLost):
                children.call(work("die"), "abort", timeout_s=LONG)
            lost.append(number)
            return True
        answered: bool = children.call(work("echo"), f"n{number}", timeout_s=LONG) == f"n{number}"
        return answered

    try:
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(one, range(80)))
        assert len(lost) == 4
        assert len(processes()) <= 2
    finally:
        children.close()
    assert processes() == []


def _occupied(children: Children, folder: Path, pool: ThreadPoolExecutor):
    """The one child waiting for a file, and the file it waits for."""
    gate, started = folder / "gate", folder / "started"
    answer = pool.submit(children.call, work("wait_for"), str(gate), str(started), timeout_s=LONG)
    until(started.exists)
    return answer, gate


def test_who_finds_no_free_child_in_time_is_told_so(children: Children, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        answer, gate = _occupied(children, tmp_path, pool)
        with pytest.raises(ChildLost, match="child_busy"):
            children.call(work("who"), timeout_s=0.05)
        gate.touch()
        assert answer.result(LONG) == "came"
    assert pid(children) > 0


def test_closing_ends_calls_under_way_waiting_ones_and_later_ones(children: Children, tmp_path: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        answer, _ = _occupied(children, tmp_path, pool)
        waiting = [pool.submit(children.call, work("who"), timeout_s=LONG) for _ in range(2)]
        children.close()
        for call in (answer, *waiting):
            with pytest.raises(ChildLost):
                call.result(LONG)
    assert processes() == []
    with pytest.raises(ChildLost, match="đang dừng"):
        pid(children)
    children.close()
