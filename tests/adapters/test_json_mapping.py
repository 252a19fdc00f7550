"""A province with a JSON of its own is attached by TOML alone, over real HTTP: two of them, unlike ours."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from pytest_httpserver import HTTPServer

from pos_trace.adapters.departments.json_mapping import MappedDepartment
from pos_trace.adapters.provinces.json_mapping import NOT_OFFERED
from pos_trace.adapters.provinces.told import Rule
from pos_trace.core.cases import chained, fold, write
from pos_trace.services import case_log
from tests.adapters.foreign import (
    FLAT,
    GTIN,
    KEY,
    LOT,
    NESTED,
    NESTED_RECORD,
    NOW,
    FlatProvince,
    NestedProvince,
    attached,
    says,
    told,
)

OTHER = f"01/{GTIN}/10/KHAC-1"


@pytest.fixture
def flat(httpserver: HTTPServer) -> FlatProvince:
    return FlatProvince(httpserver)


@pytest.fixture
def nested(httpserver: HTTPServer) -> NestedProvince:
    return NestedProvince(httpserver)


def test_a_flat_vietnamese_record_is_found_with_facility_and_the_age_of_the_answer(flat: FlatProvince) -> None:
    answer = attached(told(FLAT, flat.url)).find(KEY)
    assert (answer.state, answer.age.as_of) == ("found", NOW)
    assert answer.record is not None
    assert answer.facility is not None
    assert (answer.record.key, answer.record.product_name, answer.record.status) == (
        KEY,
        "Cải thảo Măng Đen (mẫu)",
        "active",
    )
    assert (answer.record.expiry_date, answer.record.net_quantity) == (date(2026, 12, 1), Decimal("1250.5"))
    assert (answer.record.gtin, answer.record.lot, answer.record.unit) == (GTIN, LOT, "kg")
    assert (answer.facility.facility_id, answer.facility.name) == ("CS-7", "HTX rau hoa Măng Đen (mẫu)")
    assert flat.asked == [{"ma": GTIN, "lo": LOT}]


def test_a_recalled_lot_brings_its_recall(flat: FlatProvince) -> None:
    flat.record |= {"trangThai": "Thu hồi", "soThuHoi": "TH-9", "lyDoThuHoi": "mẫu", "ngayThuHoi": "24/11/2026 08:15"}
    answer = attached(told(FLAT, flat.url)).find(KEY)
    assert answer.record is not None
    assert answer.recall is not None
    assert (answer.record.status, answer.record.recall_id) == ("recalled", "TH-9")
    assert answer.recall.issued_at == datetime(2026, 11, 24, 1, 15, tzinfo=UTC)


def test_an_error_inside_200_says_absent_only_where_the_rules_say_so(flat: FlatProvince) -> None:
    mapping = attached(told(FLAT, flat.url))
    assert mapping.find(OTHER).state == "absent"
    flat.sessions.append("somebody else's")
    assert mapping.find(KEY).state == "found"  # the session had ended: logged in again, once
    assert len(flat.sessions) == 3


def test_a_nested_record_is_found_by_filters_and_its_own_words(nested: NestedProvince) -> None:
    answer = attached(told(NESTED, nested.url)).find(KEY)
    assert answer.record is not None
    assert (answer.record.product_name, answer.record.facility_id, answer.record.version) == (
        "Cải thảo (mẫu)",
        "6100000001",
        41,
    )
    assert answer.record.production_date == date(2026, 11, 24)
    assert answer.record.standards == ({"scheme": "VietGAP", "number": "VG-1", "valid_to": "2027-06-22"},)
    assert nested.tokens == 1


def test_a_token_is_kept_and_fetched_again_when_refused(nested: NestedProvince) -> None:
    mapping = attached(told(NESTED, nested.url))
    assert [mapping.find(KEY).state, mapping.find(KEY).state, nested.tokens] == ["found", "found", 1]
    nested.tokens = 7  # all tokens given out are void now
    assert [mapping.find(KEY).state, nested.tokens] == ["found", 8]


def test_a_404_counts_as_absent_only_with_their_word_in_it(nested: NestedProvince, httpserver: HTTPServer) -> None:
    nested.records = []
    mapping = attached(told(NESTED, nested.url))
    assert mapping.find(KEY).state == "absent"
    assert mapping.find(OTHER).state == "unavailable"  # nobody serves that path: a 404 that says nothing of lots


WANTING = [
    ("tenSanPham", None, "thiếu trường 'product_name' (tìm ở 'tenSanPham')"),
    ("maCoSo", None, None),  # the tax code stands for it
    ("trangThai", None, "thiếu trường 'status'"),
    ("trangThai", "Chờ duyệt", "từ 'Chờ duyệt' chưa có trong bảng values của trường 'status'"),
    (
        "hanDung",
        "2026-12-01",
        "không đọc được ('2026-12-01' không theo dạng ngày đã ghi (%d/%m/%Y)) trường 'expiry_date'",
    ),
    ("soLo", "LO-KHAC", "câu trả lời về lot 'LO-KHAC', không phải mã đã hỏi"),
]


@pytest.mark.parametrize(("name", "value", "said"), WANTING)
def test_a_field_that_is_missing_or_unreadable_is_told_by_name(
    flat: FlatProvince, name: str, value: Any, said: str | None
) -> None:
    flat.record[name] = value
    mapping = attached(told(FLAT, flat.url))
    state = mapping.find(KEY).state
    assert (state, said is None or said in mapping.problem) == ("found" if said is None else "unavailable", True)


def test_without_facility_id_and_tax_code_the_first_is_named(flat: FlatProvince) -> None:
    flat.record |= {"maCoSo": "", "maSoThue": None}
    mapping = attached(told(FLAT, flat.url))
    assert mapping.find(KEY).state == "unavailable"
    assert "'facility_id' (tìm ở 'maCoSo')" in mapping.problem


@pytest.mark.parametrize("key", ["kt:CT-2611-0042", "00/095212345400000014", f"01/{GTIN}"])
def test_a_key_this_system_cannot_be_asked_for_is_not_absent(flat: FlatProvince, key: str) -> None:
    mapping = attached(told(FLAT, flat.url))
    assert not mapping.handles(key)
    assert mapping.find(key).state == "unavailable"
    assert flat.asked == []


@pytest.mark.parametrize("secrets", [{}, {"FLAT_SECRET": "sai"}])
def test_a_missing_or_wrong_secret_leaves_us_not_knowing_and_is_never_shown(
    flat: FlatProvince, secrets: dict[str, str]
) -> None:
    mapping = attached(told(FLAT, flat.url), secrets)
    assert mapping.find(KEY).state == "unavailable"
    assert ("FLAT_SECRET" in mapping.problem) is not bool(secrets)
    assert "sai" not in mapping.problem


def test_recalls_in_of_one_province(flat: FlatProvince) -> None:
    flat.recalls = [{"so": "TH-1", "luc": "24/11/2026 09:00:00", "maSanPham": GTIN, "cacLo": [LOT, 8], "lyDo": "mẫu"}]
    mapping = attached(told(FLAT, flat.url))
    mapping.find(KEY)
    since = int(datetime(2026, 11, 24, 1, tzinfo=UTC).timestamp() * 1000)
    page = mapping.recalls(since)
    assert page.state == "ok"
    assert flat.asked[-1] == {"tu": "24/11/2026 08:00:00"}
    assert page.next == int(datetime(2026, 11, 24, 2, tzinfo=UTC).timestamp() * 1000)
    assert [(line["kind"], line["recall_id"], line["lots"]) for line in page.items] == [("recall", "TH-1", [LOT, "8"])]
    assert mapping.recalls(page.next).items == ()


def _nested_lots(*revisions: int) -> list[dict[str, Any]]:
    return [NESTED_RECORD | {"revision": number, "batch": f"LO-{number}"} for number in revisions]


def test_lots_in_of_the_other_page_by_page_with_their_facilities(nested: NestedProvince) -> None:
    nested.records = _nested_lots(3, 1, 2, 5)
    page = attached(told(NESTED, nested.url)).changes(1)
    assert (page.state, page.next, page.more) == ("ok", 5, False)
    assert [(line["kind"], line["version"]) for line in page.items] == [
        (kind, number) for number in (2, 3, 5) for kind in ("facility", "lot")
    ]
    assert page.items[1]["key"] == f"01/{GTIN}/10/LO-2"


def test_one_bad_line_stops_no_good_one_and_is_named(nested: NestedProvince) -> None:
    nested.records = [
        *_nested_lots(2),
        NESTED_RECORD | {"revision": 3, "state": "LOST"},
        NESTED_RECORD | {"revision": 4, "owner": {}},
    ]
    mapping = attached(told(NESTED, nested.url))
    assert [line["version"] for line in mapping.changes(0).items if line["kind"] == "lot"] == [2]
    assert "2 dòng không đọc được" in mapping.problem
    assert "'LOST'" in mapping.problem
    nested.records = nested.records[1:]
    assert mapping.changes(0).state == "unavailable"


def test_a_long_list_is_read_in_parts_when_it_rises_and_no_further_than_is_certain(nested: NestedProvince) -> None:
    nested.records = _nested_lots(
        *range(1, 80), 80, 80, 81
    )  # the bound of 40 pages of 2 lies between two of one version
    mapping = attached(told(NESTED, nested.url))
    first = mapping.changes(0)
    assert (first.state, first.next, first.more) == ("ok", 79, True)
    second = mapping.changes(first.next)
    assert (second.next, second.more, len(second.items)) == (81, False, 6)


@pytest.mark.parametrize("revisions", [[*range(90, 0, -1)], [7] * 90])
def test_a_long_list_that_does_not_rise_is_no_answer(nested: NestedProvince, revisions: list[int]) -> None:
    nested.records = _nested_lots(*revisions)
    mapping = attached(told(NESTED, nested.url))
    assert mapping.changes(0).state == "unavailable"
    assert "hơn 40 trang" in mapping.problem


DECISION = {
    "clientRef": "vu-1",
    "revision": 9,
    "decidedAt": "2026-11-25T10:00:00+07:00",
    "verdict": "FINED",
    "origin": "NOT_SHOWN",
    "ground": "mẫu",
    "paper": {"no": "12/KL (mẫu)", "date": "2026-11-25"},
}


def test_conclusions_in_are_events_of_our_case_that_both_nodes_fold(nested: NestedProvince) -> None:
    nested.decisions = [DECISION]
    mapping = attached(told(NESTED, nested.url))
    page = mapping.case_events(0)
    assert (page.state, page.next, len(page.items)) == ("ok", 9, 1)
    opened = write("vu-1", "station", "person:x", NOW, "opened", {}, [])
    first = case_log.read(page.items[0])
    assert chained(first, None)
    state = fold([opened, first])
    assert (state.state, state.outcome, state.document_number) == ("concluded", "violation", "12/KL (mẫu)")
    nested.decisions.append(
        DECISION | {"revision": 12, "decidedAt": "2026-11-26T10:00:00+07:00", "verdict": "CLEAN", "origin": "SHOWN"}
    )
    again = [case_log.read(line) for line in mapping.case_events(9).items]
    assert again[0] == first
    assert chained(again[1], first)
    assert fold([opened, *again]).outcome == "complies"


def test_a_conclusion_that_binds_nobody_is_named_and_left_out(nested: NestedProvince) -> None:
    nested.decisions = [DECISION, DECISION | {"clientRef": "vu-2", "paper": {}}]
    mapping = attached(told(NESTED, nested.url))
    assert [line["case_id"] for line in mapping.case_events(0).items] == ["vu-1"]
    assert "1 dòng không đọc được" in mapping.problem


MESSAGE = {"events": [{"case_id": "vu-1", "kind": "opened", "body": {"goods_name": "Cải thảo"}}]}


def send(nested: NestedProvince, message: Any, kind: str = "case_events") -> Any:
    source = told(NESTED, nested.url)
    return MappedDepartment(source, attached(source).caller).send(kind, "m-1", orjson.dumps(message))


def test_a_report_goes_out_in_their_shape_and_their_number_comes_back(nested: NestedProvince) -> None:
    done = send(nested, MESSAGE)
    assert (done.state, done.answer) == ("done", {"items": [{"ack_number": "B-0001", "case_id": "vu-1"}]})
    headers, body = nested.cases[0]
    assert body == {"ref": "vu-1", "kind": "NEW", "goods": {"name": "Cải thảo"}, "from": "pos-trace"}
    assert (headers["Idempotency-Key"], headers["X-Request-Id"]) == ("m-1", "m-1")


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (422, {"error": {"code": "BAD_CASE"}}, "dead"),
        (400, {}, "dead"),
        (401, {}, "parked"),
        (429, {}, "retry"),
        (500, {}, "retry"),
        (200, {"result": {}}, "retry"),
        (200, {"result": {"number": ""}}, "retry"),
    ],
)
def test_what_their_answer_makes_of_a_message(nested: NestedProvince, status: int, body: Any, state: str) -> None:
    nested.answer = says(body, status)
    assert send(nested, MESSAGE).state == state


def test_without_a_number_to_wait_for_any_json_of_theirs_is_enough(nested: NestedProvince) -> None:
    source = told(NESTED, nested.url)
    bare = source.reports["case_events"].model_copy(update={"acknowledged": "", "body": {}, "values": {}})
    plain = source.model_copy(update={"reports": {"case_events": bare}})
    department = MappedDepartment(plain, attached(plain).caller)
    assert department.send("case_events", "m-1", orjson.dumps(MESSAGE)).state == "done"
    assert nested.cases[0][1] == MESSAGE
    gone = plain.model_copy(update={"base_url": "http://127.0.0.1:1"})
    unreached = MappedDepartment(gone, attached(gone).caller).send("case_events", "m-1", b"{}")
    assert (unreached.state, "offline" in unreached.status or "province_silent" in unreached.status) == ("dead", False)
    opened = MappedDepartment(gone, attached(gone).caller).send("case_events", "m-1", orjson.dumps(MESSAGE))
    assert (opened.state, opened.status.split(":")[0]) == ("retry", "province_silent")


@pytest.mark.parametrize(
    ("form", "since"), [("s", "1795453200"), ("ms", "1795453200000"), ("iso", "2026-11-24T00:00:00.000+07:00")]
)
def test_a_time_cursor_is_written_as_told(nested: NestedProvince, form: str, since: str) -> None:
    source = told(NESTED, nested.url)
    feed = source.conclusions
    assert feed is not None
    timed = feed.model_copy(update={"cursor": "time", "since_format": form, "query": {"tu": "{since}"}})
    rules = timed.model_copy(update={"rules": (Rule(means="absent", path="result.items[0].none"),)})
    mapping = attached(source.model_copy(update={"conclusions": rules}))
    nested.decisions = [{"none": 1}]
    assert mapping.case_events(1795453200000).state == "ok"
    assert nested.asked[-1] == {"tu": since}


def test_what_they_do_not_take_is_refused_by_name(nested: NestedProvince) -> None:
    assert "receipt" in send(nested, {}, "receipt").status
    replied = {"events": [{"case_id": "vu-1", "kind": "replied"}]}
    assert (send(nested, replied).state, nested.cases) == ("dead", [])


def test_parts_that_are_not_told_are_off_and_never_look_fresh(flat: FlatProvince, tmp_path: Any) -> None:
    mapping = attached(told(FLAT, flat.url))
    assert mapping.offers == ("find", "recalls")
    assert (mapping.case_events(0).state, mapping.case_events(0).why) == ("unavailable", NOT_OFFERED)
    assert mapping.access(0).why == NOT_OFFERED
    assert mapping.snapshot(tmp_path / "x.zip", 0, lambda *_: None).state == "none"
    assert mapping.changes(0).why == NOT_OFFERED
