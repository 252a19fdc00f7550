"""``audit bundle``: what a trader showed is whole, changed, or another machine's; the exit code says which."""

from pathlib import Path

import pytest

from pos_trace.core import bundles
from tests.cli.terminal import Terminal

TOLD = {"stall": "A-12 (mẫu)", "made_at": "2026-11-25T06:00:00+07:00", "shown_to": "Nguyễn Mẫu"}


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    """A bundle as it lies on an inspector's stick."""
    path = tmp_path / "so.zip"
    path.write_bytes(bundles.pack({"so.txt": b"x"}, TOLD, b"k" * 32))
    return path


def test_a_whole_bundle_says_whose_it_is_and_who_signed(terminal: Terminal, shown: Path) -> None:
    done = terminal.run("audit", "bundle", shown, "--json")
    key = done.document["public_key"]
    assert (done.code, done.document["ok"], done.document["manifest"]["shown_to"]) == (0, True, "Nguyễn Mẫu")
    said = terminal.run("audit", "bundle", shown, "--key", key)
    assert said.code == 0
    assert said.out.startswith("Bộ sổ nguyên vẹn: A-12 (mẫu)")
    assert key in said.out


@pytest.mark.parametrize(("spoil", "problem"), [("key", "chữ ký của một máy khác"), ("bytes", "tệp")])
def test_what_is_not_as_it_was_signed_ends_with_1(terminal: Terminal, shown: Path, spoil: str, problem: str) -> None:
    more = ("--key", "another") if spoil == "key" else ()
    if spoil == "bytes":
        shown.write_bytes(shown.read_bytes()[:-30])
    done = terminal.run("audit", "bundle", shown, *more)
    assert (done.code, done.err) == (1, "")
    assert problem in done.out
    told = terminal.run("audit", "bundle", shown, *more, "--json")
    assert (told.code, told.document["ok"]) == (1, False)


def test_a_file_that_is_not_there_is_wrong_use(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.run("audit", "bundle", tmp_path / "none.zip").code == 2
