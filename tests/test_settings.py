"""Configuration: parsed once, typos refused with the nearest right name, environment and files overlay it."""

from pathlib import Path

import pytest

from pos_trace import settings
from pos_trace.core.errors import Misconfigured

GOOD = '[node]\nrole = "station"\nid = "cho-mau"\ndata_dir = "data"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "station.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_small_file_is_enough_and_the_data_folder_lies_beside_it(tmp_path: Path) -> None:
    loaded = settings.load(write(tmp_path, GOOD), {})
    assert loaded.node.data_dir == tmp_path / "data"
    assert loaded.database_url == f"sqlite:///{tmp_path / 'data' / 'app.db'}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD + "[sever]\nport = 1\n", "không có mục 'sever'; có phải 'server' không?"),
        (GOOD + "[server]\nprot = 1\n", "không có mục 'server.prot'; có phải 'port' không?"),
        ("[node]\nrole = 'station'\nid = 'a'\n", "thiếu mục 'node.data_dir'"),
        (GOOD + "[server]\nport = 70000\n", "'server.port'"),
        (GOOD.replace("cho-mau", "Chợ"), "'node.id'"),
        (GOOD + "[public]\nbase_url = 'http://cho.example'\n", "phải bắt đầu bằng https://"),
        ("node = [", "không phải TOML đúng"),
    ],
)
def test_a_wrong_file_stops_the_start_and_says_where(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        settings.load(write(tmp_path, text), {})
    assert said in refused.value.detail


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as refused:
        settings.load(tmp_path / "station.toml", {})
    assert "pos-trace init" in refused.value.detail


def test_the_environment_overrides_a_value(tmp_path: Path) -> None:
    assert settings.load(write(tmp_path, GOOD), {"POS_TRACE_SERVER__PORT": "9999"}).server.port == 9999


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("abc\n", encoding="ascii")
    loaded = settings.load(write(tmp_path, GOOD), {"POS_TRACE_PROVINCE__API_KEY_FILE": str(tmp_path / "key")})
    assert loaded.province.api_key.get_secret_value() == "abc"


def test_a_misspelt_variable_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="port"):
        settings.load(write(tmp_path, GOOD), {"POS_TRACE_SERVER__PROT": "1"})


def test_other_variables_of_ours_are_left_alone(tmp_path: Path) -> None:
    assert settings.load(write(tmp_path, GOOD), {"POS_TRACE_SHARED": "x", "POS_TRACE_CONFIG": "y"})


@pytest.mark.parametrize("host", ["http://localhost:8080", "http://127.0.0.1:8080", "https://txng.example"])
def test_a_public_address_is_https_or_this_machine(tmp_path: Path, host: str) -> None:
    assert settings.load(write(tmp_path, f"{GOOD}[public]\nbase_url = '{host}/'\n"), {}).public.base_url == host


def test_the_default_place_is_named_by_the_environment() -> None:
    assert settings.default_path({"POS_TRACE_CONFIG": "a.toml"}) == Path("a.toml")
    assert settings.default_path({}).name in {"station.toml", "province.toml"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[effects]\nserial_sen = 'hold'\n", "không có lý do 'serial_sen'; có phải 'serial_seen' không?"),
        ("[effects]\nrecalled = 'note'\n", "[effects] recalled = 'note': chỉ được từ 'block' đến 'block'"),
        ("[clocks]\nreport_aftr_h = 1\n", "có phải 'report_after_h' không?"),
        ("[clocks]\npractice_days = -1\n", "'practice_days' không được âm"),
    ],
)
def test_a_rule_nobody_may_write_stops_the_start_and_says_why(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        settings.policy(settings.load(write(tmp_path, GOOD + text), {}))
    assert said in refused.value.detail


def test_the_rules_of_a_node_are_the_houses_moved_by_its_own_file(tmp_path: Path) -> None:
    text = "[clocks]\nreport_after_h = 36\n[effects]\nserial_seen = 'hold'\n"
    rules = settings.policy(settings.load(write(tmp_path, GOOD + text), {}))
    assert (rules.clocks.report_after.total_seconds(), rules.clocks.keep_months) == (36 * 3600, 60)
    assert rules.effects == (("serial_seen", "hold"),)
    assert rules.clocks.holidays
