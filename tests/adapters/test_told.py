"""A source that is told wrongly stops the start, with the place and the nearest right name."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pos_trace import settings
from pos_trace.adapters.provinces.source import Source
from pos_trace.core.errors import Misconfigured

FIND = {"path": "/{key}", "fields": {"product_name": "ten", "status": "tt", "facility_id": "cs"}}
GOOD = {"name": "x", "kind": "json_mapping", "base_url": "https://txng.example", "find": FIND}
LOTS = {"fields": {"gtin": "g", "version": "v", "product_name": "t", "status": "s"}}
RECALLS = {"fields": {"recall_id": "r", "version": "v", "issued_at": "a"}}
TOKEN = {"kind": "oauth2", "user": "u", "secret_env": "S", "login": "https://sso.example/token"}


def find(**changed: Any) -> dict[str, Any]:
    return {"find": FIND | changed}


def fields(**changed: Any) -> dict[str, Any]:
    return find(fields=FIND["fields"] | changed)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"base_url": "http://txng.example"}, "phải bắt đầu bằng https://"),
        ({"base_url": "https://u:p@txng.example"}, "không ghi tên, mật khẩu"),
        ({"base_url": "https://[x"}, "không phải địa chỉ web"),
        ({"base_url": None}, "json_mapping cần base_url"),
        ({"hosts": ["https://a.example"]}, "không phải tên máy"),
        ({"find": None}, "json_mapping cần ít nhất một trong"),
        ({"kind": "gs1_resolver"}, "gs1_resolver có cách hỏi riêng"),
        ({"kind": "file_drop", "find": None}, "file_drop cần folder"),
        ({"kind": "file_drop", "find": None, "folder": "tha"}, "đường dẫn tuyệt đối"),
        (find(path="/{gtni}"), "không có ô trống 'gtni'; có phải 'gtin' không?"),
        (find(path="/{gtin"), "không đóng"),
        (find(path="/x"), "cần ô trống nêu đúng một lô"),
        (find(path="/{gtin}"), "cần ô trống nêu đúng một lô"),
        (fields(product_nam="t"), "không có trường 'product_nam'; có phải 'product_name' không?"),
        (fields(brand="a..b"), "không đọc được từ"),
        (fields(brand={}), "cần path (chỗ lấy) hoặc value"),
        (fields(brand={"path": "a", "value": "b"}), "cần path (chỗ lấy) hoặc value"),
        (find(rules=[{"means": "absent"}]), "cần status hoặc path"),
        (find(rules=[{"means": "absent", "path": "a", "matches": "("}]), "không phải mẫu đúng"),
        ({"lots": {"fields": LOTS["fields"] | {"version": None}}}, "version"),
        ({"lots": {"fields": {"gtin": "g", "version": "v", "status": "s"}}}, "thiếu trường 'product_name'"),
        ({"lots": {"fields": {"version": "v", "product_name": "t", "status": "s"}}}, "thiếu trường 'key' hoặc 'gtin'"),
        ({"lots": LOTS | {"query": {"a": "{key}"}}}, "không có ô trống 'key'"),
        ({"lots": LOTS, "recalls": RECALLS}, "phải so được với nhau"),
        ({"reports": {"case_event": {}}}, "không có loại tin 'case_event'; có phải 'case_events' không?"),
        ({"reports": {"case_events": {"body": {"a": ["$.x..y"]}}}}, "không đọc được từ"),
        ({"reports": {"case_events": {"body": {"a": "{who}"}}}}, "không có ô trống 'who'"),
        ({"auth": {"kind": "basic", "user": "u"}}, "cần secret_env"),
        ({"auth": {"kind": "header", "secret_env": "S", "secret_file": "/x"}}, "cần secret_env"),
        ({"auth": {"kind": "basic", "secret_env": "S"}}, "thiếu user"),
        ({"auth": TOKEN | {"login": None}}, "thiếu login"),
        ({"auth": TOKEN | {"body": {"a": "{pass}"}}}, "không có ô trống 'pass'"),
        ({"auth": TOKEN | {"shown": "{tok}"}}, "không có ô trống 'tok'; có phải 'token' không?"),
    ],
)
def test_what_is_told_wrongly_is_refused_with_its_reason(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match="validation error") as refused:
        Source.model_validate(GOOD | changed)
    assert said in str(refused.value)


def test_what_is_told_rightly_is_taken_and_names_its_hosts() -> None:
    both = {"lots": LOTS | {"cursor": "time"}, "recalls": RECALLS | {"cursor": "time"}}
    source = Source.model_validate(GOOD | both | {"auth": TOKEN, "hosts": ["b.example:8443"]})
    assert source.allowed_hosts() == ("txng.example", "sso.example", "b.example:8443")


NODE = {"role": "station", "id": "cho", "data_dir": "/tmp/cho"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kinds": "api"}, "không có mục 'sources.0.kinds'; có phải 'kind' không?"),
        ({"find": FIND | {"pathh": "x"}}, "không có mục 'sources.0.find.pathh'; có phải 'path' không?"),
        (
            {"reports": {"receipt": {"acknowledge": "x"}}},
            "'sources.0.reports.receipt.acknowledge'; có phải 'acknowledged' không?",
        ),
        ({"auth": {"secretenv": "x"}}, "có phải 'secret_env' không?"),
    ],
)
def test_in_the_configuration_a_misspelt_name_is_told_with_its_place(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        settings.parse({"node": NODE, "sources": [GOOD | changed]})
    assert said in refused.value.detail


def test_sources_stand_in_the_file_or_in_the_provinces_preset_and_may_be_off() -> None:
    own = settings.parse({"node": NODE, "sources": [GOOD, GOOD | {"name": "y", "enabled": False}]})
    assert [source.name for source in settings.sources(own)] == ["x"]
    for preset in ("quangngai", "demo"):  # what a preset names is off until somebody has its keys
        assert settings.sources(settings.parse({"node": NODE, "province": {"preset": preset}})) == ()


def test_the_examples_of_the_documentation_are_sources() -> None:
    text = (Path(__file__).parents[2] / "docs" / "province-toml.md").read_text("utf-8")
    examples = [tomllib.loads(block)["sources"][0] for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL)]
    assert [Source.model_validate(one).kind for one in examples] == ["json_mapping", "json_mapping"]
