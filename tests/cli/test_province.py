"""``province check``: every call tried against a real server on loopback, secrets hidden, what is off said."""

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.adapters.foreign import FLAT, KEY, NESTED, SECRETS, FlatProvince, NestedProvince
from tests.cli.terminal import Terminal


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in SECRETS.items():
        monkeypatch.setenv(name, text)


def told(station: Path, text: str) -> Path:
    """The station's configuration with further sources in it."""
    station.write_text(station.read_text("utf-8") + text, "utf-8")
    return station


def test_every_call_of_a_source_is_tried_and_shown_without_its_secrets(
    terminal: Terminal, station: Path, httpserver: HTTPServer, secrets: None
) -> None:
    flat = FlatProvince(httpserver)
    done = terminal.run("province", "check", "--json", "--config", told(station, FLAT.format(url=flat.url)))
    assert done.code == 0, done
    assert done.document["ok"]
    (source,) = done.document["sources"]
    assert [(one["call"], one["ok"]) for one in source["tried"]] == [("find", True), ("recalls", True)]
    log_in, look = source["tried"][0]["exchanges"]
    assert log_in["body"] == "tenDangNhap=tram-01&matKhau=•••"
    assert look["request"].splitlines()[0] == f"GET {flat.url}/api/tem/tra-cuu?ma=09521234543213&lo=KIEM-TRA"
    assert "Cookie: •••" in look["request"]
    assert (look["status"], look["answer"]) == (200, '{"maLoi":"KHONG_TON_TAI","duLieu":null}')
    assert sorted(done.document["off"]) == ["case_events", "changes", "reports"]
    assert not {*SECRETS.values(), *flat.sessions} & set(done.out.replace('"', " ").split())


def test_a_person_reads_what_is_good_what_is_not_and_what_is_off(
    terminal: Terminal, station: Path, httpserver: HTTPServer, secrets: None
) -> None:
    flat = FlatProvince(httpserver)
    flat.record["trangThai"] = "Chờ duyệt"
    done = terminal.run("province", "check", "--key", KEY, "--config", told(station, FLAT.format(url=flat.url)))
    assert done.code == 1
    assert "XEM  tra một mã: từ 'Chờ duyệt' chưa có trong bảng values của trường 'status'" in done.out
    assert "tốt  thu hồi: 0 dòng" in done.out
    assert "tắt  kết luận: không nhận kết luận: sạp ghi số và ngày kết luận bằng giấy" in done.out
    assert "Cải thảo Măng Đen" in done.out
    assert not [secret for secret in (*SECRETS.values(), *flat.sessions) if secret in done.out + done.err]


def test_a_report_is_shown_and_only_sent_when_asked_to(
    terminal: Terminal, station: Path, httpserver: HTTPServer, secrets: None
) -> None:
    nested = NestedProvince(httpserver)
    config = told(station, NESTED.format(url=nested.url))
    done = terminal.run("province", "check", "--json", "--key", KEY, "--config", config)
    assert (done.code, nested.cases) == (0, [])
    tried = {one["call"]: one for one in done.document["sources"][0]["tried"]}
    assert sorted(tried) == ["case_events", "changes", "find", "reports.case_events"]
    assert '"goods":{"name":"Mã thử kết nối"}' in tried["reports.case_events"]["exchanges"][0]["body"]
    assert list(done.document["off"]) == ["recalls"]
    sent = terminal.run("province", "check", "--json", "--send", "--key", KEY, "--config", config)
    assert (sent.code, [body["kind"] for _, body in nested.cases]) == (0, ["NEW"])
    assert "B-0001" in sent.out
    assert not {secret for secret in (*SECRETS.values(), "tok-1", "tok-2") if secret in done.out + sent.out}


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (
            '\n[[sources]]\nname = "x"\nkind = "gs1_resolver"\nbase_url = "http://127.0.0.1:1"\n',
            3,
            "hỏi trang chính thức",
        ),
        ('\n[[sources]]\nname = "x"\nkind = "file_drop"\nfolder = "/khong/co"\n', 1, "không có thư mục /khong/co"),
        ('\n[[sources]]\nname = "x"\nkind = "file_drop"\nfolder = "/"\n', 0, "tốt  thay đổi hồ sơ: thư mục /"),
        ("", 1, "chưa đăng ký"),
    ],
)
def test_exit_codes_tell_wrong_answers_from_a_line_that_is_cut(
    terminal: Terminal, station: Path, text: str, code: int, said: str
) -> None:
    done = terminal.run("province", "check", "--config", told(station, text))
    assert (done.code, said in done.out) == (code, True), done


def test_a_key_a_source_cannot_be_asked_for_is_said(
    terminal: Terminal, station: Path, httpserver: HTTPServer, secrets: None
) -> None:
    flat = FlatProvince(httpserver)
    config = told(station, FLAT.format(url=flat.url))
    done = terminal.run("province", "check", "--key", "kt:CT-2611-0042", "--config", config)
    assert (done.code, "không hỏi được theo mã kt:CT-2611-0042" in done.out) == (1, True)


def test_the_enrolled_province_is_tried_by_its_own_protocol(
    terminal: Terminal, station: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = "/api/province/v1"
    httpserver.expect_request(f"{base}/lots").respond_with_json({"code": "lot_absent"}, status=404)
    httpserver.expect_request(f"{base}/changes").respond_with_json({"changes": [], "next": 0, "more": False})
    httpserver.expect_request(f"{base}/recalls").respond_with_json({"recalls": [], "next": 0})
    httpserver.expect_request(f"{base}/case-events").respond_with_json({"code": "no"}, status=500)
    monkeypatch.setenv("POS_TRACE_PROVINCE__URL", f"http://{httpserver.host}:{httpserver.port}")
    monkeypatch.setenv("POS_TRACE_PROVINCE__API_KEY", "ptk_bi_mat")
    done = terminal.run("province", "check", "--config", station)
    assert done.code == 1, done
    assert "tốt  tra một mã: bên kia nói không có mã thử" in done.out
    assert "XEM  kết luận: câu trả lời không dùng được" in done.out
    assert "ptk_bi_mat" not in done.out
    assert "tắt " not in done.out


def test_a_provinces_node_asks_nobody(terminal: Terminal, province: Path) -> None:
    done = terminal.run("province", "check", "--config", province)
    assert (done.code, "chạy ở điểm bán" in done.err) == (2, True)


def test_what_the_configuration_says_is_shown(terminal: Terminal, station: Path) -> None:
    told(station, '\n[[sources]]\nname = "GS1"\nkind = "gs1_resolver"\nbase_url = "https://id.gs1.example"\n')
    done = terminal.run("province", "show", "--config", station)
    assert done.code == 0
    for line in (
        "tên cũ Kon Tum: đến 2025-06-30, nhãn cũ dùng đến 2027-07-01",
        "hệ thống chính thức khác: verigoods.vn – VeriGoods (Bộ Công Thương)",
        "trang của công ty: icheck.com.vn – iCheck",
        "đã ngừng: gepir.gs1.org",
        "nguồn 1: GS1 (gs1_resolver)",
    ):
        assert line in done.out
    document = terminal.run("province", "show", "--json", "--config", station).document
    assert (document["province"], document["valid_from"], document["sources"][0]["kind"]) == (
        "Quảng Ngãi",
        "2025-07-01",
        "gs1_resolver",
    )
