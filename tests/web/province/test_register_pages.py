"""The register in a browser: facilities, lots, ranges and files of lots; what was typed stays when it is refused."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from pos_trace.core.errors import Conflict, Invalid
from pos_trace.core.lot_rows import COLUMNS
from pos_trace.services import label_sheets, places, register
from pos_trace.store.models import AuditEntry, FacilityRow, LotFile, LotRecordRow, SerialRange
from tests.conftest import NOW
from tests.services.night import demo_policy
from tests.services.two_nodes import FACILITY, KEY, LOT, officer, pair_on_sqlite
from tests.web.market_app import PASSWORD, csrf
from tests.web.province.desk_app import Desk, add_people, make_desk

GTIN = "09521234600053"
EMPTY_ROW = {f"cert_{name}": "" for name in ("kind", "number", "issuer", "issued", "expires")}


def made(folder: Path, template: Path) -> Iterator[Desk]:
    """A province with one facility and one lot, and its people logged in."""
    with pair_on_sqlite(folder, template) as pair:
        node = replace(pair.province, policy=demo_policy(), public_base_url="https://TX.example/")
        register.put_facility(node, officer(node), FACILITY, NOW)
        register.put_lots(node, officer(node), [LOT | {"events": [{"type": "pack"}], "product_group": "rau"}], NOW)
        desk = make_desk(node, NOW)
        add_people(desk)
        yield desk


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path) -> Iterator[Desk]:
    """A province of the test's own."""
    yield from made(tmp_path, sqlite_template)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Desk]:
    """One for all that is refused: it stays as it was."""
    yield from made(tmp_path_factory.mktemp("untouched"), sqlite_template)


def post(desk: Desk, path: str, page: str | None = None, who: str = "records_officer", **told: Any) -> Any:
    client = desk.people[who]
    return client.post(path, data={"csrf_token": csrf(client, page or path)} | told)


def get(desk: Desk, path: str) -> str:
    answer = desk.people["records_officer"].get(path)
    assert answer.status_code == 200, path
    return str(answer.text)


def rows(desk: Desk, model: Any) -> list[Any]:
    with desk.node.db.read() as session:
        return list(session.query(model))


def save_facility(desk: Desk, **told: Any) -> Any:
    base = {"facility_id": "F30", "name": "Trại nấm (mẫu)", "status": "active"} | EMPTY_ROW
    return post(desk, "/so-lo/co-so/ho-so", **(base | told))


def test_a_facility_is_added_found_changed_suspended_with_a_reason(desk: Desk) -> None:
    certificate = {"cert_kind": "ATTP", "cert_number": "01/MẪU", "cert_issued": "2025-01-01"}
    certificate |= {"cert_expires": "2026-01-01"}
    made = save_facility(desk, new="1", gln="9521234700036", trace_system="Cổng (mẫu)", **certificate)
    assert made.status_code == 303
    page = get(desk, made.headers["Location"])
    assert "Trại nấm (mẫu)" in page
    assert "giấy hết hiệu lực" in page
    assert "01/MẪU" in get(desk, "/so-lo/co-so/ho-so?ma=F30")
    refused = save_facility(desk, status="suspended", name="Trại nấm đổi tên", **certificate)
    assert refused.status_code == 422
    assert "Đổi tình trạng thì ghi lý do." in refused.text
    assert "Trại nấm đổi tên" in refused.text
    assert save_facility(desk, status="suspended", status_reason="Chờ giấy mới", **certificate).status_code == 303
    assert "Chờ giấy mới" in get(desk, "/so-lo/co-so/ho-so?ma=F30")
    assert "tạm dừng" in get(desk, "/so-lo/co-so?q=F30")
    again = save_facility(desk, status="active", status_reason="Chờ giấy mới", **certificate)
    assert again.status_code == 422, "the old reason is none for going on"
    assert save_facility(desk, status="active", status_reason="Đã có giấy").status_code == 303
    assert "giấy hết hiệu lực" not in get(desk, "/so-lo/co-so?q=F30")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"gln": "123"}, "13 chữ số"),
        ({"gln": "9521234700037"}, "GLN sai số kiểm tra."),
        ({"name": ""}, "tên, tối đa 300"),
        ({"facility_id": ""}, "mã của cơ sở"),
        ({"facility_id": "F2"}, "đã có cơ sở khác dùng"),
        ({"status": "gone"}, "một tình trạng"),
        ({"cert_kind": "ATTP", "cert_issued": "hôm qua"}, "loại giấy"),
        ({"address": "x" * 400}, "ngắn hơn"),
    ],
)
def test_a_wrong_facility_is_refused_at_its_field_and_stays_on_the_screen(
    untouched: Desk, told: dict[str, str], said: str
) -> None:
    refused = save_facility(untouched, new="1", commune="xã Măng Đen (gõ)", **told)
    assert refused.status_code == 422
    assert said in refused.text
    assert "xã Măng Đen (gõ)" in refused.text
    assert [row.facility_id for row in rows(untouched, FacilityRow)] == ["F2"]


def save_lot(desk: Desk, key: str = "", **told: Any) -> Any:
    base = {"facility_id": "F2", "product_name": "Cải thảo", "gtin": GTIN, "lot": "L2", "status": "active", "ma": key}
    return post(desk, "/so-lo/lo/ho-so", **(base | told))


def test_a_lot_is_added_and_changed_and_keeps_what_the_form_does_not_ask(desk: Desk) -> None:
    made = save_lot(desk, net_quantity="400", unit="kg", expiry_date="2026-12-01", importer_name="Đơn vị (mẫu)")
    assert made.status_code == 303
    assert 'value="400"' in get(desk, made.headers["Location"])
    changed = save_lot(desk, KEY, lot="MD2611-07", product_name="Cải thảo đổi tên", brand="Mẫu")
    assert changed.status_code == 303
    with desk.node.db.read() as session:
        row = session.get_one(LotRecordRow, KEY)
        assert (row.product_name, row.events, row.brand) == ("Cải thảo đổi tên", [{"type": "pack"}], "Mẫu")
        assert session.get_one(LotRecordRow, f"01/{GTIN}/10/L2").importer == {"name": "Đơn vị (mẫu)"}
    pallet = "00/195212340000000010"
    register.put_lots(desk.node, officer(desk.node), [LOT | {"key": pallet}], NOW)
    assert save_lot(desk, pallet, gtin="", lot="", code=pallet, brand="Kiện").status_code == 303
    own = save_lot(desk, gtin="", lot="", code="kt:CT-2611-0042")
    assert own.headers["Location"].endswith("kt:CT-2611-0042")
    assert "kt:CT-2611-0042" in get(desk, own.headers["Location"])


def test_lots_are_found_by_gtin_key_lot_facility_and_name_and_paged(desk: Desk) -> None:
    lines = [LOT | {"key": f"01/09521234600060/10/P{number:03d}"} for number in range(60)]
    register.put_lots(desk.node, officer(desk.node), lines, NOW)
    for sought in ("9521234600053", KEY, "01/09521234600053", "MD2611-07"):
        page = get(desk, f"/so-lo/lo?q={sought}")
        assert "MD2611-07" in page
        assert "P000" not in page
    page = get(desk, "/so-lo/lo?q=F2")
    assert page.count("desk-open") == 50
    last = get(desk, "/so-lo/lo?q=09521234600060&sau=01/09521234600060/10/P049")
    assert last.count("desk-open") == 10
    assert 'rel="next"' not in last
    assert "Không có lô nào." in get(desk, "/so-lo/lo?q=%25")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"gtin": "09521234600054"}, "GTIN sai số kiểm tra."),
        ({"gtin": "12"}, "GTIN và số lô"),
        ({"gtin": "", "lot": ""}, "GTIN và số lô"),
        ({"lot": "Lô 2"}, "không dấu, không khoảng trắng"),
        ({"serial": "1 2"}, "không dấu, không khoảng trắng"),
        ({"facility_id": "F99"}, "mã của cơ sở có trong sổ"),
        ({"product_name": ""}, "tên hàng"),
        ({"net_quantity": "nhiều"}, "ba số lẻ"),
        ({"expiry_date": "mai"}, "ngày, ví dụ"),
        ({"lot": "MD2611-07"}, "Lô này đã có trong sổ"),
        ({"product_group": "thit"}, "cần số và ngày của giấy tờ"),
        ({"product_group": "thit", "document_number": "KD-1"}, "cần số và ngày của giấy tờ"),
        ({"status": "suspended"}, "ghi lý do"),
    ],
)
def test_a_wrong_lot_is_refused_at_its_field_and_stays_on_the_screen(
    untouched: Desk, told: dict[str, str], said: str
) -> None:
    refused = save_lot(untouched, brand="Nhãn đã gõ", **told)
    assert refused.status_code == 422
    assert said in refused.text
    assert "Nhãn đã gõ" in refused.text
    assert len(rows(untouched, LotRecordRow)) == 1


def test_a_mandatory_group_needs_a_document_with_number_and_day(desk: Desk) -> None:
    paper = {"document": "Giấy kiểm dịch", "document_number": "KD-01", "document_date": "2026-11-24"}
    assert save_lot(desk, product_group="thit", **paper).status_code == 303
    key = f"01/{GTIN}/10/L2"
    (row,) = (row for row in rows(desk, LotRecordRow) if row.key == key)
    assert row.standards == [{"scheme": "Giấy kiểm dịch", "number": "KD-01", "issued": "2026-11-24"}]
    assert "KD-01" in get(desk, f"/so-lo/lo/ho-so?ma={key}")
    assert save_lot(desk, key, product_group="thit", **(paper | {"document_number": "KD-02"})).status_code == 303
    (row,) = (row for row in rows(desk, LotRecordRow) if row.key == key)
    assert [one["number"] for one in row.standards] == ["KD-02"]


def test_ranges_are_issued_and_taken_back_with_a_reason(desk: Desk) -> None:
    told = {"first": "0001", "last": "0400", "gtin": GTIN, "issued_to": "HTX (mẫu)", "issued_on": "2026-11-20"}
    assert post(desk, "/so-lo/dai-tem", **told).status_code == 303
    page = get(desk, "/so-lo/dai-tem?q=9521234600053")
    assert "0001 – 0400" in page
    assert "cấp ngày 20/11/2026" in page
    for wrong, said in (({"first": "0400", "last": "0500"}, "đã cấp trước đó"), ({"issued_on": "x"}, "Ngày cấp")):
        refused = post(desk, "/so-lo/dai-tem", **(told | {"issued_to": "đã gõ"} | wrong))
        assert refused.status_code == 422
        assert said in refused.text
        assert "đã gõ" in refused.text
    (row,) = rows(desk, SerialRange)
    assert post(desk, "/so-lo/dai-tem", step="withdraw", id=row.range_id, reason="").status_code == 422
    assert post(desk, "/so-lo/dai-tem", step="withdraw", id=row.range_id, reason="Mất").status_code == 303
    assert "đã thu lại" in get(desk, "/so-lo/dai-tem")


def test_the_home_counts_what_there_is_beside_the_target(desk: Desk) -> None:
    for number in range(2):
        more = {"facility_id": f"G{number}", "trace_system": "Cổng (mẫu)"}
        register.put_facility(desk.node, officer(desk.node), FACILITY | more, NOW)
    home = {"facility_id": "H1", "is_individual": True, "trace_system": "Cổng (mẫu)"}
    register.put_facility(desk.node, officer(desk.node), FACILITY | home, NOW)
    page = get(desk, "/so-lo")
    assert "<b>2/3</b> cơ sở có hệ thống truy xuất (66 %), mục tiêu 30 %" in page
    assert "4 cơ sở · 1 lô" in page


def workbook(*lots: dict[str, Any]) -> bytes:
    book = Workbook()
    page = book.worksheets[0]
    page.append(list(COLUMNS.values()))
    for lot in lots:
        page.append([lot.get(name) for name in COLUMNS])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


GOOD = {"facility_id": "F2", "product_name": "Bắp cải", "product_group": "Rau, củ", "gtin": 9521234600060, "lot": "B1"}


def send(desk: Desk, data: bytes, who: str = "records_officer") -> Any:
    return post(desk, "/so-lo/tep", who=who, file=(io.BytesIO(data), "lô tháng 11.xlsx"))


def test_a_file_of_lots_waits_until_an_officer_looked_at_it(desk: Desk) -> None:
    group = demo_policy().group("rau")
    assert group is not None
    good = GOOD | {"product_group": group.title_vi, "brand": "Mới"}
    known = good | {"gtin": GTIN, "lot": "MD2611-07", "product_name": "Cải thảo"}
    wrong = good | {"facility_id": "F99", "lot": "B 2", "brand": "@Mẫu"}
    data = workbook(good, known, wrong)
    where = send(desk, data).headers["Location"]
    assert send(desk, data).headers["Location"] == where, "the same file is the same"
    page = get(desk, where)
    assert "Mã cơ sở" in page
    assert "mã cơ sở có trong sổ của tỉnh" in page
    assert page.count("<td>mới</td>") == page.count("<td>đã có</td>") == 1
    assert len(rows(desk, LotRecordRow)) == 1
    assert "1 tệp chờ duyệt" in get(desk, "/so-lo")
    back = desk.people["records_officer"].get(f"{where}/can-sua.xlsx")
    cells = list(load_workbook(io.BytesIO(back.data)).worksheets[0].iter_rows(values_only=True))
    assert cells[1][:2] == ("F99", "Bắp cải")
    assert "'@Mẫu" in cells[1]
    assert "Số lô: cần" in str(cells[1][-1])
    assert post(desk, where, step="approve").headers["Location"] == where
    assert post(desk, where, page="/so-lo", step="approve").status_code == 303
    found = {row.key: row for row in rows(desk, LotRecordRow)}
    assert sorted(found) == [KEY, "01/09521234600060/10/B1"]
    assert (found[KEY].brand, found[KEY].events) == ("Mới", [{"type": "pack"}])
    assert [row.act for row in rows(desk, AuditEntry)].count("lot_file_approved") == 1
    assert post(desk, where, page="/so-lo", step="refuse", remark="x").status_code == 422


def test_a_second_officer_approves_where_there_is_one(desk: Desk) -> None:
    admin = desk.node.machine("setup")
    with desk.node.db.read() as session:
        from pos_trace.store.models import Agency

        agency = session.query(Agency).one().id
    places.add_person(desk.node, admin, "hai", "Cán bộ Hai (mẫu)", PASSWORD, ["records_officer"], agency, NOW)
    client = desk.app.test_client()
    client.post("/login", data={"login": "hai", "secret": PASSWORD, "csrf_token": csrf(client)})
    desk.people["hai"] = client
    where = send(desk, workbook(GOOD | {"product_group": None})).headers["Location"]
    assert "cán bộ sổ lô khác của cơ quan duyệt" in get(desk, where)
    assert post(desk, where, step="approve").status_code == 422
    assert len(rows(desk, LotRecordRow)) == 1
    assert post(desk, where, who="hai", step="approve").status_code == 303
    assert len(rows(desk, LotRecordRow)) == 2


def test_a_refused_file_is_kept_with_its_reason_and_may_come_again(desk: Desk) -> None:
    data = workbook(GOOD | {"product_group": None})
    where = send(desk, data).headers["Location"]
    assert post(desk, where, step="refuse", remark=" ").status_code == 422
    assert post(desk, where, step="refuse", remark="Sai cơ sở").status_code == 303
    assert "Sai cơ sở" in get(desk, where)
    assert post(desk, where, page="/so-lo", step="approve").status_code == 422
    assert send(desk, data).headers["Location"] != where
    assert [row.state for row in rows(desk, LotFile)] == ["refused", "waiting"]


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "không phải bảng Excel"), (b"PK\x03\x04x", "không phải bảng Excel"), (workbook(), "chưa có dòng nào")],
)
def test_what_is_no_sheet_is_told_and_nothing_is_kept(untouched: Desk, data: bytes, said: str) -> None:
    refused = send(untouched, data)
    assert refused.status_code == 422
    assert said in refused.text
    assert "Chọn tệp Excel" in post(untouched, "/so-lo/tep").text
    assert rows(untouched, LotFile) == []
    assert untouched.people["records_officer"].get("/so-lo/tep/x").status_code == 404


def test_a_file_without_a_good_row_cannot_be_approved(desk: Desk) -> None:
    where = send(desk, workbook(GOOD | {"facility_id": "F99"})).headers["Location"]
    assert 'value="approve"' not in get(desk, where)
    assert post(desk, where, step="approve").status_code == 422


def test_the_empty_sheet_offers_the_registers_own_lists(desk: Desk) -> None:
    answer = desk.people["records_officer"].get("/so-lo/tep/bang-mau.xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    assert [cell.value for cell in book["Lô hàng"][1]] == list(COLUMNS.values())
    assert [cell.value for cell in book["Danh mục"]["C"] if cell.value] == ["Mã cơ sở", "F2"]
    example = {cell.value: below.value for cell, below in zip(*book["Ví dụ"].iter_rows(max_row=2), strict=True)}
    assert example["Tên hàng"] == "Cải thảo (mẫu)"


def test_labels_are_only_printed_of_goods_in_use_with_a_number_and_an_address(desk: Desk) -> None:
    register.put_lots(desk.node, officer(desk.node), [LOT | {"key": "kt:CT-1"}, LOT | {"status": "suspended"}], NOW)
    client = desk.people["records_officer"]
    for key, said in (("kt:CT-1", "không có GTIN"), (KEY, "tạm dừng")):
        assert said in client.get(f"/so-lo/lo/tem.pdf?ma={key}").json["detail"]
    with pytest.raises(Conflict, match="địa chỉ công khai"):
        label_sheets.labels(replace(desk.node, public_base_url=None), KEY, 1, "", "")


def test_labels_with_serials_stay_inside_the_ranges_issued(desk: Desk) -> None:
    post(desk, "/so-lo/dai-tem", first="0001", last="0009", gtin=GTIN, lot="MD2611-07")
    made = label_sheets.labels(desk.node, KEY, 1, "0008", "0009")["labels"]
    assert [one["url"] for one in made] == [f"https://tx.example/01/{GTIN}/10/MD2611-07/21/000{n}" for n in (8, 9)]
    alone = KEY + "/21/0007"
    register.put_lots(desk.node, officer(desk.node), [LOT | {"key": alone}], NOW)
    assert [one["serial"] for one in label_sheets.labels(desk.node, alone, 24, "0001", "0002")["labels"]] == ["0007"]
    with pytest.raises(Invalid, match="Số tem 0010 ngoài dải"):
        label_sheets.labels(desk.node, KEY, 1, "0008", "0010")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (f"ma={KEY}&so=24", 200),
        (f"ma={KEY}&dau=0001&cuoi=0030", 200),
        (f"ma={KEY}&so=241", 422),
        (f"ma={KEY}&so=0", 422),
        (f"ma={KEY}&dau=A&cuoi=B", 422),
        ("ma=x", 404),
    ],
)
def test_a_label_sheet_is_a_pdf_of_a_lot_that_is_in_use(untouched: Desk, asked: str, status: int) -> None:
    answer = untouched.people["records_officer"].get(f"/so-lo/lo/tem.pdf?{asked}")
    assert answer.status_code == status
    assert answer.data.startswith(b"%PDF") is (status == 200)


def test_files_and_ranges_go_by_api_as_by_form(desk: Desk) -> None:
    key = desk.keys["desk"]

    def ask(method: str, path: str, **more: Any) -> Any:
        return desk.ask(method, path, key, **more)

    def upload() -> Any:
        good = workbook(GOOD | {"product_group": None})
        return ask(
            "POST", "/lot-files", data={"file": (io.BytesIO(good), "lo.xlsx")}, headers={"Idempotency-Key": "k-1"}
        )

    sent = upload()
    assert (sent.status_code, sent.json["lots"], sent.json["state"]) == (201, 1, "waiting")
    assert ask("GET", f"/lot-files/{sent.json['id']}").json["rows"][0]["new"] is True
    assert ask("POST", f"/lot-files/{sent.json['id']}:approve", json={}).json["state"] == "approved"
    assert ask("POST", f"/lot-files/{sent.json['id']}:refuse", json={"remark": "x"}).status_code == 409
    assert ask("POST", "/lot-files", data={}).status_code == 422
    assert [one["state"] for one in ask("GET", "/lot-files").json["files"]] == ["approved"]
    made = ask("POST", "/serial-ranges", json={"first": "01", "last": "09", "gtin": GTIN, "issued_on": "2026-11-20"})
    assert (made.status_code, made.json["count"]) == (201, 9)
    assert ask("GET", "/serial-ranges?q=01").json["ranges"][0]["issued_on"] == "2026-11-20"
    gone = ask("POST", f"/serial-ranges/{made.json['range_id']}:withdraw", json={"reason": "Mất"})
    assert gone.json["status"] == "withdrawn"
    assert ask("POST", "/serial-ranges", json={"first": "01", "last": "09"}).json["code"] == "range_invalid"
