"""The hosts whose codes reach a market stall, as the province's preset lists them: named, never fetched."""

import tomllib
from importlib import resources

import pytest

from pos_trace.core.codes import parse
from pos_trace.core.policy import CodeRules, HostRule, SchemeRule
from tests.core.codes.labels import GTIN


def _preset(name: str) -> CodeRules:
    table = tomllib.loads(resources.files("pos_trace.presets").joinpath(f"provinces/{name}.toml").read_text("utf-8"))
    return CodeRules(
        hosts=tuple(HostRule(**row) for row in table.get("hosts", ())),
        schemes=tuple(SchemeRule(**row) for row in table.get("schemes", ())),
    )


HOSTS = (
    "truyxuatnguongoc.gov.vn",
    "verigoods.vn",
    "checkvn.mae.gov.vn",
    "hn.check.net.vn",
    "check.cantho.gov.vn",
    "truyxuatsanphambinhthuan.vn",
)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("shape", ["https://{}/sp/12", "http://{}", "HTTPS://{}/A1", "]Q1https://{}:443/?id=7#x"])
def test_a_page_of_another_official_system_is_known_by_its_host(host: str, shape: str) -> None:
    text = shape.format(host.upper() if shape.startswith("HTTPS") else host)
    code = parse(text, _preset("quangngai"))
    assert (code.outcome, code.kind, code.reason) == ("not_trace_code", "url", "foreign_page")
    assert (code.host or "").removesuffix(":443") == host


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("shape", ["{}.ke-gian.example", "ke-gian-{}", "{}@ke-gian.example", "ke-gian.example/{}"])
def test_a_host_that_only_looks_like_one_is_not_it(host: str, shape: str) -> None:
    code = parse(f"https://{shape.format(host)}/sp/12", _preset("quangngai"))
    assert code.reason in {"unknown_url", "bad_content"}


@pytest.mark.parametrize("host", HOSTS)
def test_a_digital_link_of_such_a_host_is_goods_with_that_host(host: str) -> None:
    code = parse(f"https://{host}/01/{GTIN}/10/LOT42", _preset("quangngai"))
    assert (code.outcome, code.key, code.host) == ("ok", f"01/{GTIN}/10/LOT42", host)


def test_the_demo_preset_knows_its_own_scheme_and_hosts() -> None:
    rules = _preset("demo")
    assert parse("kt:CT-2611-0042", rules).key == "kt:CT-2611-0042"
    assert parse("kt:CT-2611-042", rules).reason == "unknown_code"
    assert parse("https://txng.quangngai.example/x", rules).reason == "record_page"
    assert parse("https://txng.lamdong.example/x", rules).reason == "foreign_page"


def test_without_rules_a_known_host_is_any_page() -> None:
    assert parse("https://verigoods.vn/sp/12").reason == "unknown_url"


@pytest.mark.parametrize(
    ("path", "key"),
    [("/t/A1", "ct:A1"), ("/t/A%2F1", "ct:A%2F1"), ("/t/%C3%A2", "ct:%C3%A2"), ("/t/a:b", "ct:a%3Ab")],
)
def test_a_code_out_of_a_path_is_percent_encoded_in_its_key(path: str, key: str) -> None:
    rules = CodeRules(hosts=(HostRule("tem.example", "Tem (mẫu)", "foreign", r"^/t/(?P<code>[^/?#]+)$", "ct"),))
    code = parse(f"https://tem.example{path}", rules)
    assert (code.outcome, code.kind, code.key) == ("ok", "province_code", key)


@pytest.mark.parametrize("path", ["/t/", "/t/%00", "/t/%0A", "/t/A/B", "/x", ""])
def test_a_path_without_a_code_stays_a_page(path: str) -> None:
    rules = CodeRules(hosts=(HostRule("tem.example", "Tem (mẫu)", "foreign", r"^/t/(?P<code>[^/?#]*)$", "ct"),))
    assert parse(f"https://tem.example{path}", rules).reason == "foreign_page"
