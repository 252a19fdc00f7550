"""A facility that the province suspended holds all its lots, and says whose they are unless it is a person."""

from dataclasses import replace

import pytest

from pos_trace.core.records import Facility
from pos_trace.core.verdict import decide
from tests.core.goods_told import CODE, NOW, POLICY, codes, facility, found

SUSPENDED = replace(facility(), status="suspended")


@pytest.mark.parametrize(
    ("owner", "lot", "reasons", "record", "text"),
    [
        (facility(), "active", [], "match", ""),
        (replace(facility(), status="closed"), "active", [], "match", ""),
        (SUSPENDED, "active", ["suspended"], "suspended", "Mã đang tạm dừng hiển thị (cơ sở HTX (mẫu) đang tạm dừng)"),
        (replace(SUSPENDED, is_individual=True), "active", ["suspended"], "suspended", "Mã đang tạm dừng hiển thị"),
        (SUSPENDED, "suspended", ["suspended"], "suspended", "Mã đang tạm dừng hiển thị"),
        (SUSPENDED, "revoked", ["revoked"], "revoked", "Mã đã bị hủy"),
        (None, "active", [], "match", ""),
    ],
)
def test_lots_of_a_suspended_facility_wait(
    owner: Facility | None, lot: str, reasons: list[str], record: str, text: str
) -> None:
    verdict = decide(CODE, found(facility=owner, status=lot), now=NOW, policy=POLICY)
    assert (codes(verdict)[:1], verdict.record) == (reasons[:1], record)
    assert not text or verdict.reasons[0].text == text
    assert verdict.stock == {"match": "sellable", "suspended": "held", "revoked": "blocked"}[record]
