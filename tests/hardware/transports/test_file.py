"""A folder as a printer: a whole file or none, a disk that is full, a path that is no folder."""

import os
import resource
from contextlib import contextmanager
from pathlib import Path

import pytest

from pos_trace.hardware import status
from pos_trace.hardware.transports.file import FileFolder

JOB = b"\x1b@" + bytes(200_000)


@contextmanager
def disk_that_takes(count: int):
    """No file may grow beyond ``count`` bytes: writing fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (count, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_job_is_one_file_and_confirmed(tmp_path):
    folder = tmp_path / "máy in" / "1"
    sent = FileFolder(str(folder)).send(JOB, "0192-ab")
    assert (sent.outcome, sent.bytes_sent, sent.status) == ("confirmed", len(JOB), status.FINE)
    assert [path.name for path in folder.iterdir()] == ["0192-ab.bin"]
    assert (folder / "0192-ab.bin").read_bytes() == JOB


def test_the_bytes_are_on_the_disk_before_the_name_and_the_name_before_the_answer(tmp_path, monkeypatch):
    done, fsync, replace = [], os.fsync, Path.replace

    def watched_fsync(handle):
        place = Path(os.readlink(f"/proc/self/fd/{handle}"))
        fsync(handle)
        done.append(("folder" if place == tmp_path else place.name[:6], place.stat().st_size >= len(JOB)))

    def watched_replace(partial, target):
        done.append(("named", target.name))
        return replace(partial, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(Path, "replace", watched_replace)
    assert FileFolder(str(tmp_path)).send(JOB, "a").outcome == "confirmed"
    assert done == [(".part-", True), ("named", "a.bin"), ("folder", False)]


def test_the_same_job_again_is_the_same_file(tmp_path):
    printer = FileFolder(str(tmp_path))
    printer.send(JOB, "a")
    printer.send(b"again", "a")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"again"]


def test_a_jobs_name_cannot_leave_the_folder(tmp_path):
    folder = tmp_path / "in"
    FileFolder(str(folder)).send(JOB, "../../etc/x\0y")
    assert [path.name for path in tmp_path.rglob("*.bin")] == ["etcxy.bin"]
    assert (folder / "etcxy.bin").is_file()


@pytest.mark.parametrize("room", [0, 1, 100_000])
def test_a_full_disk_fails_with_nothing_sent_and_nothing_left(tmp_path, room):
    with disk_that_takes(room):
        sent = FileFolder(str(tmp_path)).send(JOB, "a")
    assert (sent.outcome, sent.bytes_sent) == ("failed", 0)
    assert sent.detail
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_keeps_what_was_printed_before(tmp_path):
    printer = FileFolder(str(tmp_path))
    printer.send(b"first", "a")
    with disk_that_takes(10):
        assert printer.send(JOB, "a").outcome == "failed"
    assert (tmp_path / "a.bin").read_bytes() == b"first"


@pytest.mark.parametrize("inside", [".", "deeper"])
def test_a_path_that_is_no_folder_fails(tmp_path, inside):
    (tmp_path / "file").write_bytes(b"")
    sent = FileFolder(str(tmp_path / "file" / inside)).send(JOB, "a")
    assert (sent.outcome, sent.bytes_sent, sent.status) == ("failed", 0, status.NO_CONNECTION)
