"""Records officers' work, and the feed that carries it."""

from datetime import timedelta

import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import recalls, records, register
from pos_trace.store import audit, lots, lots_in
from tests.services.two_nodes import FACILITY, KEY, LOT, officer


@pytest.fixture
def province(pair, now):
    register.put_facility(pair.province, officer(pair.province), FACILITY, now)
    return pair.province


def put(province, now, *lines):
    return register.put_lots(province, officer(province), [LOT | line for line in lines], now)


def test_every_accepted_line_takes_the_next_version_and_an_unchanged_one_none(province, now):
    first = put(province, now, {}, {"key": "kt:CT-2611-0042"})
    assert [item["result"] for item in first["items"]] == ["created", "created"]
    assert [item["version"] for item in first["items"]] == [2, 3]
    again = put(province, now + timedelta(hours=1), {}, {"key": "kt:CT-2611-0042", "brand": "Mẫu"})
    assert [item["result"] for item in again["items"]] == ["unchanged", "updated"]
    assert again["version"] == 4


def test_a_facility_keeps_its_certificates_and_an_unchanged_one_its_version(province, now):
    line = FACILITY | {"certificates": [{"kind": "VietGAP", "number": "VG-1", "expires": "2027-06-22"}]}
    who = officer(province)
    assert register.put_facility(province, who, line, now)["result"] == "updated"
    assert register.put_facility(province, who, line, now)["result"] == "unchanged"
    kept = records.facilities(province)["facilities"][0]
    assert kept["certificates"] == [{"kind": "VietGAP", "number": "VG-1", "expires": "2027-06-22"}]


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        (KEY, ("09521234600053", "MD2611-07", None, None)),
        ("01/09521234600039/10/AR2610/21/000417", ("09521234600039", "AR2610", "000417", None)),
        ("01/09521234600039/10/A%2FB", ("09521234600039", "A/B", None, None)),
        ("00/195212340000000010", (None, None, None, "sscc")),
        ("kt:CT-2611-0042", (None, None, None, "kt")),
    ],
)
def test_what_a_key_says_is_read_out_of_it(key, parts):
    assert tuple(register.key_parts(key).values()) == parts


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"key": "01/123/10/A"}, "/lots/1/key"),
        ({"key": "01/09521234600053/10/A B"}, "/lots/1/key"),
        ({"key": "x" * 401}, "/lots/1/key"),
        ({"facility_id": "F99"}, "/lots/1/facility_id"),
        ({"product_name": ""}, "/lots/1/product_name"),
        ({"status": "recalled"}, "/lots/1/status"),
        ({"expiry_date": "31/12/2026"}, "/lots/1/expiry_date"),
        ({"net_quantity": "-1"}, "/lots/1/net_quantity"),
        ({"net_quantity": "1.2345"}, "/lots/1/net_quantity"),
        ({"net_quantity": "NaN"}, "/lots/1/net_quantity"),
        ({"net_quantity": "nhiều"}, "/lots/1/net_quantity"),
    ],
)
def test_one_wrong_line_and_nothing_is_written(province, now, wrong, pointer):
    with pytest.raises(Invalid) as refused:
        put(province, now, {}, wrong)
    assert pointer in [error.pointer for error in refused.value.errors]
    with pytest.raises(NotFound):
        records.find(province, KEY)


def test_nothing_and_too_much_are_refused(province, now):
    for count in (0, register.MOST + 1):
        with pytest.raises(Invalid):
            register.put_lots(province, officer(province), [LOT] * count, now)


def test_a_look_up_answers_record_facility_and_recall(province, now):
    put(province, now, {})
    assert records.find(province, KEY)["recall"] is None
    recalls.issue(province, officer(province), {"keys": [KEY], "reason": "mẫu"}, now)
    found = records.find(province, KEY)
    assert found["record"]["status"] == "recalled"
    assert found["facility"]["name"] == FACILITY["name"]
    assert found["recall"]["recall_id"] == "TH-2026-0001"
    assert found["version"] == records.version(province)
    with pytest.raises(NotFound) as absent:
        records.find(province, "kt:CT-0000-0000")
    assert absent.value.code == "lot_absent"


def test_the_feed_can_be_cut_anywhere_and_read_again(province, now):
    put(province, now, *({"key": f"kt:CT-2611-{n:04d}"} for n in range(7)))
    recalls.issue(province, officer(province), {"keys": ["kt:CT-2611-0003"], "reason": "mẫu"}, now)
    whole = records.changes(province, 0, 100)
    seen, cursor, more = [], 0, True
    while more:
        page = records.changes(province, cursor, 2)
        assert len(page["changes"]) <= 2
        seen, cursor, more = seen + page["changes"], page["next"], page["more"]
    assert seen == whole["changes"]
    assert cursor == whole["next"] == records.version(province)
    versions = [line["version"] for line in seen]
    assert versions == sorted(set(versions))
    assert records.changes(province, cursor)["changes"] == []


def test_a_station_that_took_the_feed_in_knows_what_the_province_knows(province, pair, now):
    put(province, now, {"net_quantity": "500.5", "expiry_date": "2026-12-01"})
    recalls.issue(province, officer(province), {"gtin": "9521234600053", "lots": ["MD2611-07"], "reason": "mẫu"}, now)
    with pair.station.db.write() as session:
        touched = lots_in.upsert_changes(session, records.changes(province, 0)["changes"], now)
        assert KEY in touched
    with pair.station.db.read() as session:
        answer = lots.find(session, KEY)
    assert answer.record.status == "recalled"
    assert (str(answer.record.net_quantity), answer.record.expiry_date.isoformat()) == ("500.500", "2026-12-01")
    assert answer.recall.recall_id == "TH-2026-0001"
    assert answer.facility.name == FACILITY["name"]


def test_a_recall_by_lot_also_marks_the_lots_serial_numbered_records(province, now):
    serial = "01/09521234600039/10/AR2610/21/000417"
    put(province, now, {"key": serial}, {"key": "01/09521234600039/10/AR2611"})
    told = recalls.issue(province, officer(province), {"keys": ["01/09521234600039/10/AR2610"], "reason": "mẫu"}, now)
    assert told["records"] == 1
    assert records.find(province, serial)["record"]["status"] == "recalled"
    assert records.find(province, "01/09521234600039/10/AR2611")["record"]["status"] == "active"


def test_a_lot_registered_after_its_recall_is_recalled_too(province, now):
    recalls.issue(province, officer(province), {"keys": [KEY], "reason": "mẫu"}, now)
    put(province, now, {})
    assert records.find(province, KEY)["record"]["status"] == "recalled"


def test_an_ended_recall_frees_its_lots_unless_another_holds_them(province, now):
    who = officer(province)
    put(province, now, {}, {"key": "kt:CT-2611-0001"})
    recalls.issue(province, who, {"recall_id": "A", "keys": [KEY, "kt:CT-2611-0001"], "reason": "mẫu"}, now)
    recalls.issue(province, who, {"recall_id": "B", "keys": [KEY], "reason": "mẫu"}, now)
    recalls.end(province, who, "B", "đã xử lý xong", now)
    recalls.end(province, who, "A", "đã xử lý xong", now)
    assert records.find(province, KEY)["record"]["status"] == "active"
    assert records.find(province, "kt:CT-2611-0001")["record"]["status"] == "active"
    assert recalls.detail(province, "A")["status"] == "ended"
    assert [line["status"] for line in records.recalls(province, 0)["recalls"]] == ["ended", "ended"]
    with pytest.raises(Conflict):
        recalls.end(province, who, "A", "", now)


def test_a_lot_stays_recalled_while_an_older_recall_still_names_it(province, now):
    who = officer(province)
    put(province, now, {})
    recalls.issue(province, who, {"recall_id": "A", "keys": [KEY], "reason": "mẫu"}, now)
    recalls.issue(province, who, {"recall_id": "B", "keys": [KEY], "reason": "mẫu"}, now)
    recalls.end(province, who, "B", "", now)
    assert records.find(province, KEY)["recall"]["recall_id"] == "A"


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "mẫu"},
        {"reason": "mẫu", "lots": ["A"]},
        {"reason": "mẫu", "keys": ["rubbish"]},
        {"reason": "  ", "keys": [KEY]},
        {"reason": "mẫu", "keys": [KEY] * (recalls.MOST_LOTS + 1)},
    ],
)
def test_a_recall_without_lots_or_reason_is_refused(province, now, wrong):
    with pytest.raises(Invalid):
        recalls.issue(province, officer(province), wrong, now)


def test_a_notice_number_is_used_once_and_an_unknown_one_is_not_found(province, now):
    who = officer(province)
    recalls.issue(province, who, {"recall_id": "12/TB", "keys": [KEY], "reason": "mẫu"}, now)
    with pytest.raises(Conflict):
        recalls.issue(province, who, {"recall_id": "12/TB", "keys": [KEY], "reason": "mẫu"}, now)
    for ask in (lambda: recalls.end(province, who, "13/TB", "", now), lambda: recalls.detail(province, "13/TB")):
        with pytest.raises(NotFound):
            ask()


def test_the_whole_work_stands_in_the_audit_chain(province, now):
    put(province, now, {})
    recalls.issue(province, officer(province), {"keys": [KEY], "reason": "mẫu"}, now)
    with province.db.read() as session:
        report = audit.verify(session, province.id)
    assert (report.ok, report.entries) == (True, 3)


@pytest.mark.parametrize("status", ["revoked", "suspended", "expired", "active"])
def test_a_lot_is_after_its_recall_what_the_register_says_of_it(province, now, status):
    who = officer(province)
    put(province, now, {"status": status})
    recalls.issue(province, who, {"recall_id": "TH-1", "keys": [KEY], "reason": "thử (mẫu)"}, now)
    assert records.find(province, KEY)["record"]["status"] == "recalled"
    recalls.end(province, who, "TH-1", "xong", now)
    assert records.find(province, KEY)["record"]["status"] == status


def test_a_revocation_entered_during_a_recall_outlives_it(province, now):
    who = officer(province)
    put(province, now, {})
    recalls.issue(province, who, {"recall_id": "TH-1", "keys": [KEY], "reason": "thử (mẫu)"}, now)
    put(province, now, {"status": "revoked"})
    assert records.find(province, KEY)["record"]["status"] == "recalled"
    recalls.end(province, who, "TH-1", "xong", now)
    assert records.find(province, KEY)["record"]["status"] == "revoked"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("01/09521234600053/10/ZZ+9", "01/09521234600053/10/ZZ%2B9"),
        ("01/09521234600053/10/ZZ%2b9/21/a%26b", "01/09521234600053/10/ZZ%2B9/21/a%26b"),
        ("kt:CT#1", "kt:CT%231"),
        ("00/195212340000000010", "00/195212340000000010"),
    ],
)
def test_a_key_is_kept_as_a_scanned_code_spells_it(province, now, typed, kept):
    assert put(province, now, {"key": typed})["items"][0]["key"] == kept
    told = recalls.issue(province, officer(province), {"keys": [typed], "reason": "thử (mẫu)"}, now)
    assert (told["keys"], told["records"]) == ([kept], 1)


def test_a_serial_label_finds_the_lot_that_was_published_without_serials(province, now):
    put(province, now, {})
    with province.db.read() as session:
        assert lots.find(session, f"{KEY}/21/0007").record.key == KEY
        assert lots.find(session, KEY.replace("MD2611-07", "MD")).state == "absent"
    assert records.find(province, f"{KEY}/21/0007")["record"]["key"] == KEY
