"""The market office and the first day over HTTP: its forms, files and refusals; never prices, papers or cases."""

import base64
import io
import re
from typing import Any

import pytest

from pos_trace.services import broadcast, places
from tests.forms.test_stall_sheet import sheet_of
from tests.services.night import FISH, UNKNOWN, asked, sell, with_printer
from tests.web.market_app import PIN, Market, csrf, routes_of

SECRET = ("Người giao kín", "777777", "777.777", "BK-KIN", "THIẾU GIẤY TỜ", "Cần: ", "vụ việc mở")
FIELDS = re.compile(r'"(unit_price|price|amount|total_price|supplier(?!_slip)\w*|paper\w*|case\w*|flag\w*|verdict\w*)"')


@pytest.fixture
def office(town: Market) -> Any:
    """Asks as the operator, in a browser."""
    client = town.browser("operator", PIN, town.devices["A-12"])
    headers = {"X-CSRFToken": csrf(client)}
    return lambda method, path, key=None, **more: client.open(
        path, method=method, headers=headers | ({"Idempotency-Key": key} if key else {}), **more
    )


def test_the_office_sees_no_price_no_supplier_no_paper_and_no_case(town: Market, office: Any, tmp_path: Any) -> None:
    night = town.night
    delivery = night.deliver(supplier="Người giao kín")
    night.scan(UNKNOWN, delivery, "5", "hũ")
    sell(night, asked(name="Cà rốt", quantity="1", unit="kg", unit_price=777_777), name="kin-1")
    seen = 0
    paths = sorted(
        path for method, path in routes_of(town.app)
        if method == "GET" and (path + "/").startswith(("/cho/", "/api/v1/market/")) and path != "/cho/bang-mau.xlsx"
    )  # fmt: skip
    for path in paths:
        answer = office("GET", path)
        assert not [word for word in SECRET if word in answer.text], path
        assert not FIELDS.search(answer.text), path
        assert answer.status_code == (404 if path == "/cho/thong-bao" else 200), path
        seen += 1
    assert seen >= 8


def test_a_sheet_is_taken_in_and_its_bad_rows_come_back(office: Any) -> None:
    data = sheet_of(["W-1", "Rau", "Hoa"], ["W-2", "Cá", ""])
    told = office(
        "POST", "/api/v1/market/stalls/import",
        data={"file": (io.BytesIO(data), "sap.xlsx")}, content_type="multipart/form-data",
    ).json  # fmt: skip
    assert [row["number"] for row in told["stalls"]] == ["W-1"]
    assert base64.b64decode(told["bad_sheet"]).startswith(b"PK")
    assert office("POST", "/api/v1/market/stalls/import").json["code"] == "file_missing"
    cards = office("POST", "/api/v1/market/stalls/cards", json={"numbers": ["W-1"]})
    assert (cards.content_type, cards.data[:4]) == ("application/pdf", b"%PDF")
    twice = [office("POST", "/api/v1/market/stalls/cards", json={"numbers": ["W-1"]}, key="k") for _ in range(2)]
    assert [one.content_type for one in twice] == ["application/pdf"] * 2
    assert office("POST", "/api/v1/market/stalls/cards", json={"numbers": []}).json["code"] == "no_cards"
    assert office("GET", "/cho/bang-mau.xlsx").data.startswith(b"PK")


def test_gate_practice_pin_and_recall_work_from_the_offices_screens(town: Market, office: Any, tmp_path: Any) -> None:
    made = office("POST", "/api/v1/market/gate", json={"plate": "82C 01234", "number": "A-12", "count": 2})
    assert (made.status_code, made.json["plate"]) == (201, "82C-012.34")
    office("POST", "/api/v1/market/gate/cancel", json={"entry_id": made.json["id"]})
    assert office("GET", "/api/v1/market/gate").json["entries"][0]["cancelled"] is True
    assert office("POST", "/api/v1/market/stall-days", json={"stalls": {"A-12": True}}).json["stalls"] == 1
    until = town.night.later(days=5).date().isoformat()
    told = office("POST", "/api/v1/market/stalls/practice", json={"number": "E-01", "until": until})
    assert told.json["practising"] is True
    pin = office("POST", "/api/v1/market/stalls/pin", json={"number": "E-01"}).json["pin"]
    assert len(pin) == 4
    places.set_site(town.node, town.node.machine("t"), "Chợ (mẫu)", "market", None, "", town.night.now)
    quiet = office("POST", "/api/v1/market/quiet-hours", json={"from": "13:30", "until": "15:00"}).json
    assert (quiet["from"], quiet["own"]) == ("13:30", True)
    assert office("GET", "/api/v1/market/quiet-hours").json == quiet
    assert "Ghi giờ yên" in office("GET", "/cho/gio-yen").text
    for wrong in ({"from": "24:00", "until": "15:00"}, {"from": 13, "until": "15:00"}, {"until": "15:00"}):
        assert office("POST", "/api/v1/market/quiet-hours", json=wrong).status_code == 422
    town.night.recall(FISH, name="TH-VP")
    with_printer(town.night, tmp_path, "Máy chung")
    body = {"recall_id": "TH-VP"}
    assert office("POST", "/api/v1/market/recalls/read", json=body).status_code == 201
    assert office("POST", "/api/v1/market/recalls/print", json=body).status_code == 201
    assert broadcast.detail(town.node, "TH-VP")["read_at"]
    page = office("GET", "/cho/thong-bao?recall_id=TH-VP").text
    assert "THÔNG BÁO THU HỒI" in page
    assert "CL2611B" in page
    town.clock.append(town.night.later(minutes=1))
    assert office("GET", "/api/v1/market?search=a-12").json["printers"][0]["word"]


def test_a_stall_takes_its_catalogue_and_prints_its_first_papers(town: Market, tmp_path: Any) -> None:
    assert town.get("/starter")["groups"]
    assert town.post("/starter", {"names": ["Cải ngọt"]})["added"] == ["Cải ngọt"]
    assert town.post("/starter", {}, status=422)["code"] == "nothing_chosen"
    assert "Cải ngọt" in [row["name"] for row in town.get("/first-day/goods")["goods"]]
    with_printer(town.night, tmp_path, "Máy ngày đầu")
    assert town.post("/first-day/print-test")["print_job"]
    assert town.post("/first-day/print-sheet")["print_job"]
    assert len(town.get("/first-day")["steps"]) == 5
    client = town.browser("owner-A-12", PIN, town.devices["A-12"])
    for path, words in (
        ("/bat-dau", "Máy không gửi giá bán"),
        ("/chon-hang", "Chọn hàng bán"),
        ("/hang-dau-ky", "Hàng nhập"),
    ):
        assert words in client.get(path).text
    assert client.get("/bat-dau/to-gioi-thieu.pdf").data.startswith(b"%PDF")
