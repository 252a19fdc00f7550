"""The Vietnamese code landscape: every address shape that public sources show, and what it means to the receiver."""

import tomllib
from datetime import date
from importlib import resources
from typing import Any

import pytest

from pos_trace.core.causes import host_rule
from pos_trace.core.codes import parse
from pos_trace.core.policy import CodeRules, HostRule, Policy
from pos_trace.core.vocabulary.words import SCAN_MESSAGES

PRESETS = resources.files("pos_trace.presets")
QUANG_NGAI: dict[str, Any] = tomllib.loads(PRESETS.joinpath("provinces/quangngai.toml").read_text("utf-8"))
RULES = CodeRules(hosts=tuple(HostRule(**row) for row in QUANG_NGAI["hosts"]))
SHAPES = [
    ("https://truyxuatnguongoc.gov.vn/tra-cuu?code=A1", "foreign", "Cổng truy xuất nguồn gốc quốc gia"),
    ("https://www.truyxuatnguongoc.gov.vn/", "foreign", "Cổng truy xuất nguồn gốc quốc gia"),
    ("https://truyxuat.gov.vn/p/1", "foreign", "Cổng truy xuất nguồn gốc quốc gia"),
    ("https://verigoods.vn/qr/7", "foreign", "VeriGoods (Bộ Công Thương)"),
    ("https://www.verigoods.vn", "foreign", "VeriGoods (Bộ Công Thương)"),
    ("https://checkvn.mae.gov.vn/sau-rieng/1", "foreign", "CheckVN (Bộ Nông nghiệp và Môi trường)"),
    ("https://traceviet.mae.gov.vn/x", "foreign", "TraceViet (Bộ Nông nghiệp và Môi trường)"),
    ("https://elabel.gov.vn/nhan/1", "foreign", "Nhãn điện tử quốc gia"),
    ("http://vnpc.gs1.gov.vn/893", "foreign", "Mã số mã vạch quốc gia (GS1 Việt Nam)"),
    ("http://hn.check.net.vn/Data/product/mainimages/original/product6105.jpg", "foreign", "Hệ thống truy xuất Hà Nội"),
    ("https://hy.check.net.vn/1", "foreign", "Hệ thống truy xuất Hưng Yên"),
    ("https://qn.check.net.vn/1", "foreign", "Hệ thống truy xuất Quảng Ninh"),
    ("https://hna.check.net.vn/data/product/3778", "foreign", "Hệ thống truy xuất trên check.net.vn (hna)"),
    ("https://check.net.vn/plcservice/get_product.aspx?ProductBrand_ID=95", "commercial", "CheckVN (nhà cung cấp)"),
    ("https://check.cantho.gov.vn/public/uploads/products/7.jpg", "foreign", "Hệ thống truy xuất Cần Thơ"),
    ("https://truyxuatsanphambinhthuan.vn/7", "foreign", "Hệ thống truy xuất Bình Thuận"),
    ("https://traceability.traceverified.com/t?d=8938501234-77", "commercial", "TraceVerified"),
    ("https://icheck.com.vn/sp/7", "commercial", "iCheck"),
    ("https://gepir.gs1.org/index.php/search-by-gtin", "dead", "GEPIR (GS1, đã ngừng)"),
]


@pytest.mark.parametrize(("text", "mode", "platform"), SHAPES)
def test_a_known_address_says_what_it_means_and_never_what_the_goods_are(text: str, mode: str, platform: str) -> None:
    code = parse(text, RULES)
    assert (code.outcome, code.kind, code.reason) == ("not_trace_code", "url", f"{mode}_page")
    rule = host_rule(code.host, Policy(codes=RULES))
    assert rule is not None
    assert (rule.mode, rule.platform) == (mode, platform)
    assert code.reason in SCAN_MESSAGES


def test_every_host_of_the_preset_is_in_the_table_once() -> None:
    told = [rule.host for rule in RULES.hosts]
    assert sorted({parse(text, RULES).host for text, _, _ in SHAPES}) == sorted(told)


def test_a_digital_link_on_such_a_host_is_goods_of_that_platform() -> None:
    for rule in RULES.hosts:
        code = parse(f"https://{rule.host}/01/09521234600053/10/A", RULES)
        assert (code.outcome, code.host) == ("ok", rule.host)


@pytest.mark.parametrize(
    "text", ["https://id.gs1.org/01/09521234600053/10/A", "https://thuong-hieu.example/01/09521234600053"]
)
def test_a_digital_link_elsewhere_is_nobodys_host_and_the_province_is_asked(text: str) -> None:
    code = parse(text, RULES)
    assert (code.outcome, host_rule(code.host, Policy(codes=RULES))) == ("ok", None)


@pytest.mark.parametrize("text", ["TL-2026-001", "8934804012345x", "vneid://x"])
def test_what_nobody_configured_is_no_code_of_anybodys(text: str) -> None:
    assert parse(text, RULES).outcome != "ok"


def test_the_province_that_was_is_named_with_its_last_day_and_its_labels_last() -> None:
    (kon_tum,) = QUANG_NGAI["former_areas"]
    assert kon_tum["name"] in QUANG_NGAI["province"]["former_names"]
    assert kon_tum["valid_to"] < QUANG_NGAI["province"]["valid_from"] <= date(2026, 11, 24) <= kon_tum["labels_until"]
    assert "NĐ 37/2026" in kon_tum["source"]


def test_every_clock_and_rule_of_the_law_has_its_source_and_first_day() -> None:
    clocks = tomllib.loads(PRESETS.joinpath("law/clocks.toml").read_text("utf-8"))["clocks"]
    rules = tomllib.loads(PRESETS.joinpath("law/routing.toml").read_text("utf-8"))["rules"]
    for entry in (*clocks.values(), *rules):
        assert entry["source"].strip()
        assert isinstance(entry["valid_from"], date)
