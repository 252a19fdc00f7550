"""The demo's folder: what ``demo.json`` promises, and what is never overwritten."""

import json
import stat
import threading
from pathlib import Path

import pytest

from pos_trace.cli import cli
from pos_trace.demo import setup
from tests.e2e.conftest import Market
from tests.e2e.conftest import market as _market

market = _market
pytestmark = [pytest.mark.xdist_group("browser")]


def test_demo_json_has_what_a_foreign_client_needs(market: Market) -> None:
    path = market.demo.folder / "demo.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    station = told["station"]
    assert {"url", "pid", "config", "api_key", "till_secret", "device_token", "users"} <= set(station)
    by_pin = {"receiver", "cashier", "shift_leader", "owner", "operator"}
    assert set(station["users"]) == by_pin | {"site_admin"}
    assert all(set(station["users"][role]) == {"login", "pin"} for role in by_pin)
    assert set(station["users"]["site_admin"]) == {"login", "password"}
    assert {"api_key", "users"} <= set(told["station_second_stall"])
    assert {"url", "pid", "config", "api_key", "users"} <= set(told["province"])
    assert set(told["province"]["users"]) == {"inspector", "inspector_2", "records_officer", "agency_admin"}
    assert Path(told["printer"]["spool_dir"]).is_dir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_that_is_not_a_demos_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError):
        setup.prepare(tmp_path, 0)
    assert (tmp_path / "precious.txt").read_text(encoding="utf-8") == "mine"


def test_the_command_says_so_in_one_line(tmp_path: Path) -> None:
    from click.testing import CliRunner

    (tmp_path / "precious.txt").write_text("mine", encoding="utf-8")
    done = CliRunner().invoke(cli, ["demo", "--once", "--data", str(tmp_path)])
    assert done.exit_code == 2
    assert "không phải của bản chạy thử" in done.output


@pytest.mark.parametrize("keeps", [(setup.MARK, "demo.json"), (setup.MARK,), ("demo.json",)])
def test_an_earlier_demo_makes_way_for_a_new_one(tmp_path: Path, keeps: tuple[str, ...]) -> None:
    """Also one that was stopped before it was ready, and one of an earlier release that knew no mark."""
    folder = tmp_path / "demo"
    folder.mkdir()
    for name in (*keeps, "old.log"):
        (folder / name).write_text("{}", encoding="ascii")
    (folder / "station").mkdir()
    (folder / "station" / "app.db").write_text("x", encoding="ascii")
    again = setup.prepare(folder, 0)
    assert sorted(path.name for path in again.folder.iterdir()) == [setup.MARK, "province.toml"]


def test_what_a_link_in_the_folder_leads_to_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "precious.txt").write_text("mine", encoding="utf-8")
    first = setup.prepare(tmp_path / "demo", 0)
    (first.folder / "link").symlink_to(tmp_path / "elsewhere")
    setup.prepare(tmp_path / "demo", 0)
    assert (tmp_path / "elsewhere" / "precious.txt").exists()
    assert not (first.folder / "link").exists()


def test_demo_json_is_not_there_before_the_demo_is_ready(tmp_path: Path) -> None:
    made = setup.prepare(tmp_path / "demo", 0)
    assert (made.folder / setup.MARK).exists()
    assert not (made.folder / "demo.json").exists()


def test_who_reads_while_demo_json_is_written_again_always_reads_all_of_it(tmp_path: Path) -> None:
    made = setup.prepare(tmp_path / "demo", 0)
    path, done, seen = made.folder / "demo.json", threading.Event(), []
    large = json.dumps({"key": "x" * 200_000}).encode()
    setup._write_private(path, large)

    def read() -> None:
        while not done.is_set():
            seen.append(len(json.loads(path.read_bytes())["key"]))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(200):
        setup._write_private(path, large)
    done.set()
    reader.join()
    assert set(seen) == {200_000}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [name.name for name in made.folder.glob(".part-*")] == []


def test_a_write_that_fails_leaves_the_old_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "demo.json"
    setup._write_private(path, b"{}")

    def full(_: Path, __: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        setup._write_private(path, b'{"new": 1}')
    assert [(found.name, found.read_bytes()) for found in tmp_path.iterdir()] == [("demo.json", b"{}")]
