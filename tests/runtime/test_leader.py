"""The leader's lock: one process works, the next takes over when it dies; starting and stopping fail safely."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from pos_trace.runtime.leader import Leader

SOON_S = 0.02
PROGRAM = """
import sys, threading
from pathlib import Path
from pos_trace.runtime.leader import Leader

class Says:
    def start(self): print("leads", flush=True)
    def stop(self): print("stops", flush=True)

leader = Leader(Path(sys.argv[1]), [Says()], every_s=0.05)
leader.start()
print("started", flush=True)
sys.stdin.read()
leader.stop()
"""


class Noted:
    """A worker that says what it is told; ``broken`` refuses to start, ``hangs`` never stops, ``raises`` on stop."""

    def __init__(self, name: str, said: list[str], trouble: str = "") -> None:
        self.name, self.said, self.trouble = name, said, trouble
        self.started, self.release = threading.Event(), threading.Event()

    def start(self) -> None:
        if self.trouble == "broken":
            raise RuntimeError("no thread left")
        self.said.append(f"{self.name} starts")
        self.started.set()

    def stop(self) -> None:
        if self.trouble == "hangs":
            self.release.wait(30)
        if self.trouble == "raises":
            raise RuntimeError("no")
        self.said.append(f"{self.name} stops")


@pytest.fixture
def process_of(tmp_path: Path) -> Iterator:
    """Start a process that tries to lead; all are ended at the end."""
    made: list[subprocess.Popen] = []

    def start() -> subprocess.Popen:
        command = [sys.executable, "-c", PROGRAM, str(tmp_path / "leader.lock")]
        made.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        return made[-1]

    yield start
    for process in made:
        process.kill()
        process.communicate()


def test_the_second_process_stands_by_and_takes_over_after_a_kill(process_of) -> None:
    first = process_of()
    assert [first.stdout.readline(), first.stdout.readline()] == ["leads\n", "started\n"]
    second = process_of()
    assert "standing by" in second.stdout.readline()
    assert second.stdout.readline() == "started\n"
    first.kill()
    assert second.stdout.readline() == "leads\n"
    told, _ = second.communicate(timeout=20)
    assert told == "stops\n"


def test_a_leader_that_stops_leaves_the_work_to_the_next(tmp_path: Path) -> None:
    said: list[str] = []
    ours, other = Noted("ours", said), Noted("other", said)
    first, second = Leader(tmp_path / "l", [ours]), Leader(tmp_path / "l", [other], every_s=SOON_S)
    first.start()
    second.start()
    assert said == ["ours starts"]
    first.stop()
    assert other.started.wait(10)
    second.stop()
    assert said == ["ours starts", "ours stops", "other starts", "other stops"]


def test_standing_by_ends_without_ever_having_led(tmp_path: Path) -> None:
    said: list[str] = []
    with FileLock(tmp_path / "l"):
        waiting = Leader(tmp_path / "l", [Noted("a", said)], every_s=SOON_S)
        waiting.start()
        waiting.stop()
    assert said == []


def test_a_worker_that_cannot_start_gives_the_lock_back(tmp_path: Path) -> None:
    said: list[str] = []
    broken = Leader(tmp_path / "l", [Noted("a", said), Noted("b", said, "broken")])
    with pytest.raises(RuntimeError):
        broken.start()
    assert said == ["a starts", "a stops"]
    with FileLock(tmp_path / "l", timeout=0):
        pass


def test_a_lock_that_cannot_be_had_is_tried_again(tmp_path: Path) -> None:
    said: list[str] = []
    worker = Noted("a", said)
    leader = Leader(tmp_path / "not there" / "l", [worker], every_s=SOON_S)
    (tmp_path / "not there").write_text("a file stands where the folder should be")
    leader.start()
    assert said == []
    (tmp_path / "not there").unlink()
    (tmp_path / "not there").mkdir()
    assert worker.started.wait(10)
    leader.stop()


def test_a_worker_that_starts_only_at_the_second_try_is_led_by_who_stood_by(tmp_path: Path) -> None:
    said: list[str] = []
    worker = Noted("a", said, "broken")
    lock = FileLock(tmp_path / "l")
    lock.acquire()
    leader = Leader(tmp_path / "l", [worker], every_s=SOON_S)
    leader.start()
    lock.release()
    worker.trouble = ""
    assert worker.started.wait(10)
    leader.stop()
    assert said[-1] == "a stops"


@pytest.mark.parametrize("trouble", ["hangs", "raises"])
def test_a_worker_that_does_not_stop_holds_up_neither_the_others_nor_the_end(tmp_path: Path, trouble: str) -> None:
    said: list[str] = []
    bad = Noted("bad", said, trouble)
    leader = Leader(tmp_path / "l", [Noted("a", said), bad, Noted("c", said)], stop_s=0.3)
    leader.start()
    leader.stop()
    assert sorted(said[3:]) == ["a stops", "c stops"]
    with FileLock(tmp_path / "l", timeout=0):
        pass
    bad.release.set()
