"""Files by their SHA-256: whole or not at all, also when killed or out of disk; no name from outside reaches a path."""

import hashlib
import resource
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from pos_trace.core.errors import NotFound, Unavailable
from pos_trace.store.files import PARTIAL, Files
from tests.store import children
from tests.store.children import child, heard

DATA = "ảnh giấy tờ".encode()
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """An empty folder of files, not made yet."""
    return Files(tmp_path / "files")


def kept(files: Files) -> list[Path]:
    return sorted(path for path in files.folder.rglob("*") if path.is_file())


def test_a_file_is_found_by_its_hash(files: Files) -> None:
    assert not files.has(DIGEST)
    assert files.put(DATA) == DIGEST
    assert files.has(DIGEST)
    assert files.get(DIGEST) == DATA
    assert kept(files) == [files.folder / DIGEST[:2] / DIGEST]


def test_the_same_file_is_kept_once_and_not_written_again(files: Files) -> None:
    files.put(DATA)
    before = kept(files)[0].stat().st_mtime_ns
    assert files.put(DATA) == DIGEST
    assert [path.stat().st_mtime_ns for path in kept(files)] == [before]


def test_an_unknown_file_is_not_found(files: Files) -> None:
    with pytest.raises(NotFound, match="Không có tệp này"):
        files.get(DIGEST)


@pytest.mark.parametrize(
    "name", ["", "abc", "../" * 21 + "a", DIGEST.upper(), f"{DIGEST[:-1]}/", "g" * 64, DIGEST + "0"]
)
def test_what_is_no_hash_reaches_no_path(files: Files, name: str) -> None:
    files.put(DATA)
    for look in (files.get, files.has):
        with pytest.raises(NotFound):
            look(name)


def test_a_writer_killed_in_the_middle_leaves_nothing_wrong(files: Files) -> None:
    for count in (1, 2, 3, 5, 8):
        with child(children.put_files, files.folder) as (pipe, process):
            told = [heard(pipe) for _ in range(count)]
            process.kill()
            process.join(children.PATIENCE_S)
        assert all(files.has(digest) for digest in told)
        for path in kept(files):
            whole = hashlib.sha256(path.read_bytes()).hexdigest() == path.name
            assert whole or path.name.startswith(PARTIAL)
    assert files.put(DATA) == DIGEST


def put_under_a_limit(pipe: Connection, folder: Path) -> None:
    """Put a file larger than files may be here; says the refusal, then the digest once the limit is gone."""
    data = bytes(100_000)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
    try:
        Files(folder).put(data)
    except Unavailable as error:
        pipe.send((error.code, error.detail))
    pipe.send([path.name for path in folder.rglob("*") if path.is_file()])
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    pipe.send(Files(folder).put(data))


def test_a_full_disk_is_told_and_leaves_no_piece_behind(files: Files) -> None:
    with child(put_under_a_limit, files.folder) as (pipe, _):
        assert heard(pipe) == ("disk_unavailable", "Máy chưa lưu được ảnh: kiểm tra dung lượng đĩa.")
        assert heard(pipe) == []
        assert files.get(heard(pipe)) == bytes(100_000)


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file in the folder's place")
    with pytest.raises(Unavailable, match="dung lượng đĩa"):
        Files(tmp_path / "files").put(DATA)
