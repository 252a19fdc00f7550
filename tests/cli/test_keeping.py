"""``backup``, ``restore``, ``audit verify``, ``openapi``, ``doctor`` as typed, beside a running writer process."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pos_trace.cli import main
from pos_trace.store import migrations
from pos_trace.store.database import Database
from tests.store import children
from tests.store.children import NODE, child, heard

CONFIG = """
[node]
role = "{role}"
id = "{id}"
data_dir = "{folder}"
demo = true
"""


class Said(NamedTuple):
    """What a command left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The configuration of a fresh station."""
    path = tmp_path / "station.toml"
    path.write_text(CONFIG.format(role="station", id=NODE, folder=tmp_path / "data"), encoding="utf-8")
    return path


@pytest.fixture
def run(config: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """One command through ``main``, so that exit codes are those of the shell."""

    def typed(*words: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["pos-trace", *map(str, words), "--config", str(config)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capfd.readouterr()
        return Said(int(left.value.code or 0), out, err)

    return typed


@pytest.fixture
def station(config: Path, tmp_path: Path) -> Database:
    """The database of the station, with seven acts in it and no connection open."""
    (tmp_path / "data").mkdir()
    database = Database(f"sqlite:///{tmp_path / 'data' / 'app.db'}")
    migrations.upgrade(database, None)
    for _ in range(7):
        with database.write() as session:
            children.act(session)
    database.close()
    return database


def url_of(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def held(path: Path) -> int:
    with closing(sqlite3.connect(path)) as opened:
        number: int = opened.execute("SELECT value FROM counter").fetchone()[0]
        return number


def spoil(database: Database, statement: str) -> None:
    with closing(sqlite3.connect(str(database.path))) as opened:
        opened.execute(statement)
        opened.commit()


def test_a_backup_beside_a_running_writer_is_sound_and_can_be_put_back(
    station: Database, run: Callable[..., Said], tmp_path: Path
) -> None:
    out = tmp_path / "bản sao.db"
    with child(children.write_on, url_of(station)) as (pipe, process):
        acknowledged = heard(pipe)
        said = run("backup", out)
        assert process.is_alive()
        assert heard(pipe) > acknowledged
    assert said.code == 0, said.err
    assert said.out.startswith(f"Đã sao và kiểm tra {out}. SHA-256 ")
    rows = held(out)
    assert rows >= acknowledged > 7
    assert station.path is not None
    assert held(station.path) > rows
    said = run("restore", out)
    assert said.code == 0, said.err
    assert said.out == f"Đã đặt {out} vào {station.path}. Bản trước: {station.path}.before-restore\n"
    assert held(station.path) == rows
    assert run("audit", "verify").code == 0


def test_a_backup_never_writes_over_a_file(station: Database, run: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    said = run("backup", tmp_path / "copy.db")
    assert (said.code, (tmp_path / "copy.db").read_text()) == (2, "mine")
    assert "đã có" in said.err


def test_a_backup_into_no_folder_is_one_clear_line(station: Database, run: Callable[..., Said], tmp_path: Path) -> None:
    said = run("backup", tmp_path / "none" / "copy.db")
    assert said.code == 3
    assert said.err == f"Chưa sao được vào {tmp_path / 'none' / 'copy.db'}: kiểm tra thư mục và dung lượng đĩa.\n"


def test_a_corrupt_copy_is_refused_with_1_and_nothing_moves(
    station: Database, run: Callable[..., Said], tmp_path: Path
) -> None:
    out = tmp_path / "copy.db"
    assert run("backup", out).code == 0
    data = bytearray(out.read_bytes())
    data[-20_000] ^= 1
    out.write_bytes(data)
    said = run("restore", out)
    assert (said.code, said.err) == (1, f"{out} hỏng hoặc không phải bản sao của pos_trace.\n")
    assert station.path is not None
    assert held(station.path) == 7


def test_a_running_machine_is_not_restored_over(station: Database, run: Callable[..., Said], tmp_path: Path) -> None:
    out = tmp_path / "copy.db"
    assert run("backup", out).code == 0
    with child(children.write_on, url_of(station)) as (pipe, _):
        heard(pipe)
        said = run("restore", out)
        assert said.code == 2
        assert "Dừng máy" in said.err
        last = heard(pipe)
    assert station.path is not None
    assert held(station.path) >= last > 7


def test_a_restore_into_a_fresh_folder_brings_the_rows(
    station: Database, run: Callable[..., Said], tmp_path: Path
) -> None:
    out = tmp_path / "copy.db"
    assert run("backup", out).code == 0
    (tmp_path / "data").rename(tmp_path / "burnt")
    said = run("restore", out)
    assert said == Said(0, f"Đã đặt {out} vào {tmp_path / 'data' / 'app.db'}.\n", "")
    assert held(tmp_path / "data" / "app.db") == 7


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE audit_entry SET actor = 'x' WHERE number = 4", "dòng 4 của nhật ký đã bị sửa"),
        ("UPDATE audit_entry SET body = '{' WHERE number = 4", "dòng 4 của nhật ký đã bị sửa"),
        ("DELETE FROM audit_entry WHERE number = 4", "thiếu dòng 4 của nhật ký"),
        ("DELETE FROM audit_entry WHERE number = 7", "cuối nhật ký đã bị cắt"),
    ],
)
def test_audit_verify_answers_1_and_the_first_wrong_line(
    station: Database, run: Callable[..., Said], change: str, problem: str
) -> None:
    good = json.loads(run("audit", "verify", "--json").out)
    assert (good["ok"], good["entries"], good["problem"], len(good["head"])) == (True, 7, None, 64)
    said = run("audit", "verify")
    assert (said.code, said.out) == (0, f"7 dòng, nguyên vẹn, mốc {good['head']}\n")
    spoil(station, change)
    assert run("audit", "verify").code == 1
    said = run("audit", "verify", "--json")
    told: dict[str, Any] = json.loads(said.out)
    assert (said.code, told["ok"], told["problem"]) == (1, False, problem)


def test_an_anchor_kept_elsewhere_shows_a_chain_cut_with_its_head(station: Database, run: Callable[..., Said]) -> None:
    anchor = f"7:{json.loads(run('audit', 'verify', '--json').out)['head']}"
    assert run("audit", "verify", "--anchor", anchor).code == 0
    spoil(station, "DELETE FROM audit_entry")
    spoil(station, "DELETE FROM audit_head")
    assert run("audit", "verify").code == 0
    said = run("audit", "verify", "--anchor", anchor)
    assert said.code == 1
    assert "cuối nhật ký đã bị cắt" in said.out


@pytest.mark.parametrize("anchor", ["7", "x:" + "0" * 64, "7:abc", ""])
def test_an_anchor_that_is_none_is_wrong_use(station: Database, run: Callable[..., Said], anchor: str) -> None:
    said = run("audit", "verify", "--anchor", anchor)
    assert said.code == 2
    assert "SỐ:SHA256" in said.err


def test_audit_verify_beside_a_running_writer_sees_a_whole_chain(station: Database, run: Callable[..., Said]) -> None:
    with child(children.write_on, url_of(station)) as (pipe, process):
        acknowledged = heard(pipe)
        said = run("audit", "verify", "--json")
        assert process.is_alive()
    told = json.loads(said.out)
    assert (said.code, told["ok"]) == (0, True)
    assert told["entries"] >= acknowledged


def test_a_newer_database_stops_every_command_with_what_to_do(station: Database, run: Callable[..., Said]) -> None:
    spoil(station, "UPDATE alembic_version SET version_num = '0999'")
    said = run("audit", "verify")
    assert said.code == 2
    assert "phiên bản 0999" in said.err
    assert said.err.count("\n") == 1


def test_openapi_prints_one_document(station: Database, run: Callable[..., Said]) -> None:
    said = run("openapi")
    document = json.loads(said.out)
    assert said.code == 0
    assert document["openapi"].startswith("3.")
    assert "/api/v1/sales" in document["paths"]


def test_doctor_tells_of_the_database_beside_a_running_writer(
    station: Database, run: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 40, 1))
    with child(children.write_on, url_of(station)) as (pipe, process):
        heard(pipe)
        told = {found["what"]: found for found in json.loads(run("doctor", "--json").out)}
        assert process.is_alive()
    assert told["cơ sở dữ liệu"]["ok"] is True
    assert told["cơ sở dữ liệu"]["say"] == f"phiên bản {migrations.head()}"
    assert told["SQLite"]["ok"] is False
    assert "lỗi WAL" in told["SQLite"]["say"]
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 53, 4))
    told = {found["what"]: found for found in json.loads(run("doctor", "--json").out)}
    assert told["SQLite"] == {"what": "SQLite", "ok": True, "say": "không thuộc các bản có lỗi WAL"}


def test_the_shell_gets_the_same_from_a_process_of_its_own(station: Database, config: Path, tmp_path: Path) -> None:
    def typed(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pos_trace", *words, "--config", str(config)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)

    out = tmp_path / "copy.db"
    with child(children.write_on, url_of(station)) as (pipe, _):
        acknowledged = heard(pipe)
        assert typed("backup", str(out)).returncode == 0
    assert held(out) >= acknowledged
    out.write_bytes(out.read_bytes()[:-4096])
    refused = typed("restore", str(out))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"{out} hỏng hoặc không phải bản sao của pos_trace.\n"
