"""The demo's folder: what ``demo.json`` promises, and what is never overwritten."""

import json
import stat
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
    assert set(station["users"]) == {"receiver", "cashier", "owner", "operator", "site_admin"}
    assert all(set(station["users"][role]) == {"login", "pin"} for role in ("receiver", "cashier", "owner", "operator"))
    assert set(station["users"]["site_admin"]) == {"login", "password"}
    assert {"api_key", "users"} <= set(told["station_second_stall"])
    assert {"url", "pid", "config", "api_key", "users"} <= set(told["province"])
    assert set(told["province"]["users"]) == {"inspector", "records_officer", "agency_admin"}
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


def test_an_earlier_demo_makes_way_for_a_new_one(tmp_path: Path) -> None:
    first = setup.prepare(tmp_path / "demo", 0)
    (first.folder / "old.log").write_text("x", encoding="ascii")
    again = setup.prepare(tmp_path / "demo", 0)
    assert not (again.folder / "old.log").exists()
