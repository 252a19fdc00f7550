"""Two provinces whose JSON is nothing like ours, and the TOML that attaches each: data and servers, no code of ours.

``FLAT``: Vietnamese names in one flat object, a session by cookie, errors inside HTTP 200.
``NESTED``: OAuth2 client credentials, objects in objects, words and dates of its own, reports out and conclusions in.
"""

import tomllib
from datetime import UTC, datetime
from typing import Any

import orjson
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pos_trace.adapters.provinces.json_mapping import JsonMapping, caller_of
from pos_trace.adapters.provinces.source import Source

NOW = datetime(2026, 11, 24, 2, 31, tzinfo=UTC)
GTIN, LOT = "09521234600053", "MD2611-07"
KEY = f"01/{GTIN}/10/{LOT}"
SECRETS = {"FLAT_SECRET": "mat-khau-rieng-77", "NESTED_SECRET": "bi-mat-oauth-88"}

FLAT = """
[[sources]]
name = "Hệ thống tỉnh A (mẫu)"
kind = "json_mapping"
base_url = "{url}/api"

[sources.auth]
kind = "session"
user = "tram-01"
secret_env = "FLAT_SECRET"
login = "{url}/dang-nhap"
form = true
body = {{ tenDangNhap = "{{user}}", matKhau = "{{secret}}" }}
cookie = "PHIEN"

[sources.find]
path = "/tem/tra-cuu"
query = {{ ma = "{{gtin}}", lo = "{{lot}}" }}
record = "duLieu"
rules = [
  {{ means = "auth", path = "maLoi", equals = ["HET_PHIEN"] }},
  {{ means = "absent", path = "maLoi", equals = ["KHONG_TON_TAI"] }},
  {{ means = "unavailable", path = "maLoi" }},
]

[sources.find.fields]
product_name = "tenSanPham"
facility_id = "maCoSo"
"facility.name" = "tenCoSo"
"facility.tax_code" = "maSoThue"
lot = "soLo"
expiry_date = {{ path = "hanDung", formats = "%d/%m/%Y" }}
net_quantity = "khoiLuong"
unit = {{ value = "kg" }}
status = {{ path = "trangThai", values = {{ "Đang lưu hành" = "active", "Thu hồi" = "recalled" }} }}
"recall.recall_id" = "soThuHoi"
"recall.reason" = "lyDoThuHoi"
"recall.issued_at" = {{ path = "ngayThuHoi", formats = "%d/%m/%Y %H:%M" }}

[sources.recalls]
path = "/thu-hoi"
query = {{ tu = "{{since}}" }}
items = "danhSach"
cursor = "time"
since_format = "%d/%m/%Y %H:%M:%S"

[sources.recalls.fields]
recall_id = "so"
version = {{ path = "luc", formats = "%d/%m/%Y %H:%M:%S" }}
issued_at = {{ path = "luc", formats = "%d/%m/%Y %H:%M:%S" }}
gtin = "maSanPham"
lots = "cacLo[*]"
reason = "lyDo"
"""

NESTED = """
[[sources]]
name = "Hệ thống tỉnh B (mẫu)"
kind = "json_mapping"
base_url = "{url}/v2"

[sources.auth]
kind = "oauth2"
user = "pos-trace"
secret_env = "NESTED_SECRET"
login = "{url}/oauth/token"
scope = "trace.read"

[sources.find]
path = "/traces/{{key}}"
record = "result.item"
rules = [{{ means = "absent", status = 404, path = "error.code", equals = "TRACE_NOT_FOUND" }}]

[sources.find.fields]
product_name = ["product.names[?lang=vi].text", "product.names[0].text"]
facility_id = "owner.ids[?type=TAX].value"
"facility.name" = "owner.name"
gtin = "product.gtin"
production_date = {{ path = "dates.made", formats = "ms" }}
status = {{ path = "state", values = {{ LIVE = "active", STOPPED = "suspended" }}, other = "suspended" }}
version = "revision"

[sources.find.fields.standards]
path = "papers"
each = {{ scheme = "name", number = "no", valid_to = {{ path = "until", formats = "%Y%m%d" }} }}

[sources.lots]
path = "/traces"
query = {{ after = "{{since}}", p = "{{page}}", n = "{{size}}" }}
items = "result.items"
page_size = 2
first_page = 0

[sources.lots.fields]
gtin = "product.gtin"
lot = "batch"
version = "revision"
product_name = "product.names[0].text"
facility_id = "owner.ids[?type=TAX].value"
"facility.name" = "owner.name"
status = {{ path = "state", values = {{ LIVE = "active", STOPPED = "suspended" }} }}

[sources.conclusions]
path = "/cases/decisions"
items = "result.items"

[sources.conclusions.fields]
case_id = "clientRef"
version = "revision"
at = "decidedAt"
outcome = {{ path = "verdict", values = {{ CLEAN = "complies", FINED = "violation" }} }}
origin_finding = {{ path = "origin", values = {{ SHOWN = "cleared", NOT_SHOWN = "undetermined" }} }}
reason = "ground"
document_number = "paper.no"
document_date = "paper.date"

[sources.reports.case_events]
path = "/cases"
headers = {{ "X-Request-Id" = "{{id}}" }}
acknowledged = "result.number"
events = ["opened", "withdrawn"]
values = {{ kind = {{ opened = "NEW", withdrawn = "CANCEL" }} }}
rules = [{{ means = "refused", path = "error.code", equals = "BAD_CASE" }}]

[sources.reports.case_events.body]
ref = "$.events[0].case_id"
kind = "$.events[0].kind"
goods = {{ name = "$.events[0].body.goods_name" }}
from = "pos-trace"
"""

FLAT_RECORD = {
    "tenSanPham": "Cải thảo Măng Đen (mẫu)",
    "maCoSo": "CS-7",
    "tenCoSo": "HTX rau hoa Măng Đen (mẫu)",
    "maSoThue": "6100000001",
    "soLo": LOT,
    "hanDung": "01/12/2026",
    "khoiLuong": "1.250,5",
    "trangThai": "Đang lưu hành",
}
NESTED_RECORD = {
    "product": {"gtin": GTIN, "names": [{"lang": "en", "text": "Cabbage"}, {"lang": "vi", "text": "Cải thảo (mẫu)"}]},
    "owner": {
        "ids": [{"type": "GLN", "value": "9521234540007"}, {"type": "TAX", "value": "6100000001"}],
        "name": "HTX",
    },
    "batch": LOT,
    "state": "LIVE",
    "revision": 41,
    "dates": {"made": 1795453200000},
    "papers": [{"name": "VietGAP", "no": "VG-1", "until": "20270622"}],
}


def told(text: str, url: str) -> Source:
    """The source that TOML attaches, with the server's address put in."""
    return Source.model_validate(tomllib.loads(text.format(url=url))["sources"][0])


def attached(source: Source, secrets: dict[str, str] | None = None, **limits: Any) -> JsonMapping:
    """The adapter of a told source."""
    shorter = source.model_copy(update={"deadline_s": 1.0, "feed_deadline_s": 2.0} | limits)
    return JsonMapping(shorter, caller_of(shorter, SECRETS if secrets is None else secrets), lambda: NOW)


def says(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, content_type="application/json")


class FlatProvince:
    """Sessions that end when told, errors inside 200."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = f"http://{server.host}:{server.port}"
        self.sessions: list[str] = []
        self.record: dict[str, Any] = dict(FLAT_RECORD)
        self.recalls: list[dict[str, Any]] = []
        self.asked: list[dict[str, str]] = []
        server.expect_request("/dang-nhap", method="POST").respond_with_handler(self.log_in)
        server.expect_request("/api/tem/tra-cuu").respond_with_handler(self.look)
        server.expect_request("/api/thu-hoi").respond_with_handler(self.recalled)

    def log_in(self, request: Request) -> Response:
        if request.form.get("tenDangNhap") != "tram-01" or request.form.get("matKhau") != SECRETS["FLAT_SECRET"]:
            return says({"maLoi": "SAI_MAT_KHAU"}, 401)
        self.sessions.append(f"phien-{len(self.sessions) + 1}")
        answer = says({"ok": True})
        answer.headers.add("Set-Cookie", "LANG=vi; Expires=Wed, 25 Nov 2026 00:00:00 GMT; Path=/")
        answer.headers.add("Set-Cookie", f"PHIEN={self.sessions[-1]}; Path=/; HttpOnly")
        return answer

    def _let_in(self, request: Request) -> bool:
        return bool(self.sessions) and request.headers.get("Cookie") == f"PHIEN={self.sessions[-1]}"

    def look(self, request: Request) -> Response:
        self.asked.append(dict(request.args))
        if not self._let_in(request):
            return says({"maLoi": "HET_PHIEN", "thongBao": "Phiên đã hết hạn"})
        if request.args["lo"] != LOT:
            return says({"maLoi": "KHONG_TON_TAI", "duLieu": None})
        return says({"maLoi": None, "duLieu": self.record})

    def recalled(self, request: Request) -> Response:
        self.asked.append(dict(request.args))
        return says({"danhSach": self.recalls}) if self._let_in(request) else says({"maLoi": "HET_PHIEN"}, 401)


class NestedProvince:
    """Tokens, pages, its own words."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = f"http://{server.host}:{server.port}"
        self.tokens = 0
        self.records: list[dict[str, Any]] = [NESTED_RECORD]
        self.decisions: list[dict[str, Any]] = []
        self.cases: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.asked: list[dict[str, str]] = []
        self.answer: Response | None = None
        server.expect_request("/oauth/token", method="POST").respond_with_handler(self.token)
        server.expect_request(f"/v2/traces/{KEY}").respond_with_handler(self.look)
        server.expect_request("/v2/traces").respond_with_handler(self.changes)
        server.expect_request("/v2/cases/decisions").respond_with_handler(self.decided)
        server.expect_request("/v2/cases", method="POST").respond_with_handler(self.case)

    def token(self, request: Request) -> Response:
        wanted = ("client_credentials", "pos-trace", SECRETS["NESTED_SECRET"], "trace.read")
        if tuple(request.form[n] for n in ("grant_type", "client_id", "client_secret", "scope")) != wanted:
            return says({"error": "invalid_client"}, 401)
        self.tokens += 1
        return says({"access_token": f"tok-{self.tokens}", "expires_in": 300, "token_type": "Bearer"})

    def _let_in(self, request: Request) -> bool:
        return request.headers.get("Authorization") == f"Bearer tok-{self.tokens}"

    def look(self, request: Request) -> Response:
        if not self._let_in(request):
            return says({"error": {"code": "EXPIRED"}}, 401)
        if not self.records:
            return says({"error": {"code": "TRACE_NOT_FOUND"}}, 404)
        return says({"result": {"item": self.records[0]}})

    def changes(self, request: Request) -> Response:
        if not self._let_in(request):
            return says({"error": {"code": "EXPIRED"}}, 401)
        newer = [one for one in self.records if one["revision"] > int(request.args["after"])]
        start = int(request.args["p"]) * int(request.args["n"])
        return says({"result": {"items": newer[start : start + int(request.args["n"])]}})

    def decided(self, request: Request) -> Response:
        self.asked.append(dict(request.args))
        return says({"result": {"items": self.decisions}})

    def case(self, request: Request) -> Response:
        self.cases.append((dict(request.headers), orjson.loads(request.data)))
        return self.answer or says({"result": {"number": f"B-{len(self.cases):04d}"}}, 201)
