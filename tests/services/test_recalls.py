"""A recall at the province: who it names, which records it marks, how it ends."""

from datetime import timedelta
from typing import Any

import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import recalls, records, register
from pos_trace.store.models import LotRecordRow, RecallRow
from tests.services.night import FISH, SISTER, Night, on_sqlite
from tests.services.two_nodes import officer

TOLD: dict[str, Any] = {"recall_id": "TH-1", "keys": [FISH], "reason": "vượt mức dư lượng (mẫu)"}


def issue(night: Night, **told: Any) -> dict[str, Any]:
    province = night.pair.province
    return recalls.issue(province, officer(province), TOLD | told, night.now)


def status(night: Night, key: str) -> tuple[str, str | None]:
    with night.pair.province.db.read() as session:
        row = session.query(LotRecordRow).filter_by(key=key).one()
        return row.status, row.recall_id


def test_a_recall_marks_its_lots_and_no_other_and_is_told_whole(night: Night) -> None:
    told = issue(night, instructions="Trả lại nơi mua", collect_at=["Chợ (mẫu)\x1b"], level="tỉnh")
    assert (told["recall_id"], told["keys"], told["records"]) == ("TH-1", [FISH], 1)
    assert status(night, FISH) == ("recalled", "TH-1")
    assert status(night, SISTER) == ("active", None)
    line = recalls.detail(night.pair.province, "TH-1")
    assert (line["reason"], line["instructions"], line["collect_at"]) == (
        "vượt mức dư lượng (mẫu)", "Trả lại nơi mua", ["Chợ (mẫu)"],
    )  # fmt: skip
    assert line["issuer"] == night.pair.province.policy.province.department
    assert records.recalls(night.pair.province, 0)["recalls"][0]["recall_id"] == "TH-1"


def test_a_gtin_with_lots_names_their_keys(night: Night) -> None:
    told = issue(night, keys=[], gtin="9521234600138", lots=["CL2611B", "CL2611C", "khác/1"])
    assert told["keys"] == [FISH, SISTER, "01/09521234600138/10/kh%C3%A1c%2F1"]
    assert told["records"] == 2


def test_a_recall_of_a_lot_names_its_serial_numbered_packs_too(night: Night) -> None:
    province = night.pair.province
    pack = {"key": f"{FISH}/21/000417", "product_name": "Cá lăng", "facility_id": "F2", "status": "active"}
    register.put_lots(province, officer(province), [pack], night.now)
    assert issue(night)["records"] == 2
    assert status(night, f"{FISH}/21/000417") == ("recalled", "TH-1")


def test_a_lot_published_after_its_recall_is_recalled_from_the_start(night: Night) -> None:
    late = "01/09521234600138/10/MUON"
    assert issue(night, keys=[late])["records"] == 0
    province = night.pair.province
    line = {"key": late, "product_name": "Cá lăng", "facility_id": "F2", "status": "active"}
    register.put_lots(province, officer(province), [line], night.now)
    assert status(night, late) == ("recalled", "TH-1")


def test_without_a_number_it_gets_the_next_of_the_year(night: Night) -> None:
    assert [issue(night, recall_id=None)["recall_id"] for _ in range(2)] == ["TH-2026-0001", "TH-2026-0002"]


@on_sqlite
@pytest.mark.parametrize(
    ("told", "code", "pointer"),
    [
        ({"keys": []}, "recall_lots", "/keys"),
        ({"keys": [], "lots": ["A"]}, "recall_lots", "/keys"),
        ({"keys": ["01/123/10/A"]}, "recall_lots", "/keys/0"),
        ({"keys": [FISH] * 5001}, "recall_lots", "/keys"),
        ({"reason": " \x00"}, "recall_reason", "/reason"),
    ],
)
def test_a_recall_that_names_nothing_is_refused(night: Night, told: dict[str, Any], code: str, pointer: str) -> None:
    with pytest.raises(Invalid, match=code) as refused:
        issue(night, **told)
    assert [field.pointer for field in refused.value.errors] == [pointer]
    with night.pair.province.db.read() as session:
        assert session.query(RecallRow).count() == 0


def test_a_notice_may_be_entered_late_but_not_before_its_day(night: Night) -> None:
    issue(night, issued_at=night.now - timedelta(days=3))
    with pytest.raises(Invalid, match="recall_future"):
        issue(night, recall_id="TH-2", issued_at=night.now + timedelta(seconds=1))
    with pytest.raises(Conflict, match="recall_exists"):
        issue(night)


def test_a_recall_ends_once_and_frees_what_no_other_names(night: Night) -> None:
    province = night.pair.province
    who = officer(province)
    issue(night, keys=[FISH, SISTER])
    issue(night, recall_id="TH-2", keys=[SISTER])
    assert recalls.end(province, who, "TH-2", "xong", night.now)["status"] == "ended"
    assert status(night, SISTER) == ("recalled", "TH-1")
    assert recalls.end(province, who, "TH-1", "xong", night.now)["status"] == "ended"
    assert (status(night, FISH), status(night, SISTER)) == (("active", None), ("active", None))
    with pytest.raises(Conflict, match="recall_ended"):
        recalls.end(province, who, "TH-1", "lại", night.now)
    for call in (lambda: recalls.end(province, who, "TH-9", "", night.now), lambda: recalls.detail(province, "TH-9")):
        with pytest.raises(NotFound, match="recall_unknown"):
            call()
