"""Configuration: parsed once, typos refused with the nearest right name, environment and files overlay it."""

from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

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


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("https://txng.example/", "https://txng.example"),
        ("https://TXNG.Example", "https://txng.example"),
        ("https://txng.example:8443", "https://txng.example:8443"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://xn--ch-kia.example", "https://xn--ch-kia.example"),
        ("", ""),
    ],
)
def test_a_public_address_is_https_and_a_name_or_this_machine(tmp_path: Path, told: str, kept: str) -> None:
    text = f"{GOOD}[public]\nbase_url = '{told}'\nformer_base_urls = ['https://cu.example', '{told}']\n"
    public = settings.load(write(tmp_path, text), {}).public
    assert (public.base_url, public.former_base_urls) == (kept, ("https://cu.example", kept))


@pytest.mark.parametrize(
    "told",
    [
        "http://txng.example", "ftp://txng.example", "txng.example", "//txng.example", "https://", "https:///r",
        "https://192.0.2.7", "https://[2001:db8::1]", "https://192.0.2", "http://localhost.evil.example",
        "http://127.0.0.1@evil.example", "https://me:secret@txng.example", "https://txng.example/trang",
        "https://txng.example/?a=1", "https://txng.example?", "https://txng.example/#r", "https://txng.example:http",
        "https://txng.example:99999", "https://chợ.example", "https://txng..example", "https://-a.example",
        "https://txng.example.", "https://a b.example", "javascript:alert(1)", "https://[::1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", ["base_url = '{}'", "former_base_urls = ['{}']"])
def test_an_address_paper_cannot_carry_is_refused(tmp_path: Path, told: str, key: str) -> None:
    with pytest.raises(Misconfigured, match="public"):
        settings.load(write(tmp_path, f"{GOOD}[public]\n{key.format(told)}\n"), {})


@pytest.mark.parametrize(
    ("name", "told", "read"),
    [
        ("PUBLIC__FORMER_BASE_URLS", "https://a.example, https://b.example/", ("https://a.example", "https://b.example")),
        ("PUBLIC__FORMER_BASE_URLS", '["https://a.example"]', ("https://a.example",)),
        ("PUBLIC__FORMER_BASE_URLS", "", ()),
        ("CLOCKS__HOLIDAYS", "2027-01-01,2027-02-05", (date(2027, 1, 1), date(2027, 2, 5))),
        ("CLOCKS__HOLIDAYS", '["2027-01-01"]', (date(2027, 1, 1),)),
        ("CLOCKS__HOLIDAYS", "2027-01-01", (date(2027, 1, 1),)),
        ("CLOCKS__REPORT_AFTER_H", "36", timedelta(hours=36)),
        ("CLOCKS__DAY_END", "17:30", time(17, 30)),
        ("CLOCKS__KEEP_MONTHS", "72", 72),
        ("EFFECTS__SERIAL_SEEN", "hold", (("serial_seen", "hold"),)),
    ],
)  # fmt: skip
def test_every_kind_of_value_may_come_from_the_environment(tmp_path: Path, name: str, told: str, read: object) -> None:
    loaded = settings.load(write(tmp_path, GOOD), {f"POS_TRACE_{name}": told})
    section, _, key = name.lower().partition("__")
    if section == "public":
        assert loaded.public.former_base_urls == read
    elif section == "effects":
        assert settings.policy(loaded).effects == read
    else:
        assert getattr(settings.policy(loaded).clocks, key.removesuffix("_h")) == read


def test_holidays_may_stand_in_the_file(tmp_path: Path) -> None:
    loaded = settings.load(write(tmp_path, GOOD + "[clocks]\nholidays = [2027-01-01]\n"), {})
    assert settings.policy(loaded).clocks.holidays == (date(2027, 1, 1),)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"POS_TRACE_PROVINCE__URL_FILE": "/none"}, "POS_TRACE_PROVINCE__URL_FILE: không đọc được tệp /none"),
        ({"POS_TRACE_PROVINCE__API_KEY_FILE": "/"}, "POS_TRACE_PROVINCE__API_KEY_FILE"),
        ({"POS_TRACE_DATABASE__URL": "nonsense"}, "'database.url'"),
        ({"POS_TRACE_DATABASE__URL": "mysql://a@b/c"}, "'database.url'"),
        ({"POS_TRACE_DATABASE__URL": "postgresql+psycopg2://a@b/c"}, "'database.url'"),
        ({"POS_TRACE_DATABASE__URL": "sqlite://"}, "SQLite cần một tệp"),
        ({"POS_TRACE_DATABASE__URL": "postgresql://a:b@c:port/d"}, "'database.url'"),
        ({"POS_TRACE_PUBLIC__FORMER_BASE_URLS": "[oops"}, "'public.former_base_urls'"),
        ({"POS_TRACE_CLOCKS__HOLIDAYS": "Tết"}, "'clocks.holidays"),
        ({"POS_TRACE_SERVER__TRUSTED_PROXY": "*"}, "'server.trusted_proxy'"),
        ({"POS_TRACE_SERVER__TRUSTED_PROXY": "proxy.example"}, "'server.trusted_proxy'"),
        ({"POS_TRACE_NODE__DATA_DIR": "data"}, "đường dẫn tuyệt đối"),
    ],
)  # fmt: skip
def test_a_wrong_value_of_the_environment_is_one_line_that_says_where(
    tmp_path: Path, environment: dict[str, str], said: str
) -> None:
    with pytest.raises(Misconfigured) as refused:
        settings.load(write(tmp_path, GOOD), environment)
    assert said in refused.value.detail
    assert "\n" not in refused.value.detail


def test_a_wrong_database_address_keeps_its_password_to_itself(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as refused:
        settings.load(write(tmp_path, GOOD), {"POS_TRACE_DATABASE__URL": "mysql://a:mat-khau@b/c"})
    assert "mat-khau" not in refused.value.detail


@pytest.mark.parametrize(
    ("told", "used"),
    [
        ("sqlite:////srv/app.db", "sqlite:////srv/app.db"),
        ("postgresql://a:b%40@c/d", "postgresql+psycopg://a:b%40@c/d"),
        ("postgresql+psycopg://a@b/c", "postgresql+psycopg://a@b/c"),
    ],
)
def test_the_two_databases_of_the_house_are_taken_with_the_driver_that_is_installed(
    tmp_path: Path, told: str, used: str
) -> None:
    loaded = settings.load(write(tmp_path, GOOD), {"POS_TRACE_DATABASE__URL": told})
    assert loaded.database_url == used
    create_engine(loaded.database_url).dispose()


def test_a_folder_in_the_files_place_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="Không đọc được"):
        settings.load(tmp_path, {})


@pytest.mark.parametrize("role", ["station", "province"])
def test_the_example_is_a_configuration_and_names_what_a_host_needs(tmp_path: Path, role: str) -> None:
    text = (Path(__file__).parent.parent / "config" / f"{role}.example.toml").read_text(encoding="utf-8")
    loaded = settings.load(write(tmp_path, text.replace('"SITE"', '"cho-mau"')), {})
    assert (loaded.node.role, loaded.server.trusted_proxy) == (role, "")
    assert "trusted_proxy" in text


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
    assert rules.trace_target == 30
    assert "NĐ 37/2026" in rules.trace_target_source


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"hosts": [{"host": "x.example", "platfrom": "X"}]}, "mục 'platfrom'; có phải 'platform' không?"),
        ({"in_store": [{"prefix": "20", "mau": "x"}]}, "[[in_store]]: không có mục 'mau'"),
        ({"schemes": [{"scheme": "kt"}]}, "[[schemes]]: thiếu mục"),
    ],
)  # fmt: skip
def test_a_misspelt_rule_of_a_province_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, rows: dict[str, Any], said: str
) -> None:
    read = settings._preset
    monkeypatch.setattr(settings, "_preset", lambda path: rows if path.startswith("provinces/") else read(path))
    document = {"node": {"role": "station", "id": "x", "data_dir": "/nowhere"}}
    with pytest.raises(Misconfigured) as refused:
        settings.policy(settings.parse(document))
    assert said in refused.value.detail
