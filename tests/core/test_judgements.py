"""Whether a label can have travelled that far; and a verdict as the contract's JSON."""

from datetime import timedelta

import pytest

from pos_trace.core.judgements import as_json, seen_before
from pos_trace.core.verdict import decide
from tests.core.goods_told import CODE, NOW, POLICY, found


@pytest.mark.parametrize(
    ("minutes", "distance_km", "far"),
    [
        (15, 200, True),
        (15, None, False),
        (15, 4, False),
        (121, 200, False),
        (119, 200, True),
        (-15, 200, True),
        (0, 5, False),
        (0, 5.1, True),
    ],
)
def test_a_label_scanned_where_no_truck_could_bring_it_is_told(
    minutes: int, distance_km: float | None, far: bool
) -> None:
    assert seen_before(NOW - timedelta(minutes=minutes), "Quảng Ngãi", distance_km, NOW).far is far


def test_an_earlier_sighting_is_told_on_the_markets_clock() -> None:
    assert seen_before(NOW - timedelta(minutes=21), "A-12", None, NOW).time == "02:10"
    assert seen_before(NOW - timedelta(hours=3), "A-12", None, NOW).time == "23:31 23/11/2026"


def test_the_json_is_the_contracts() -> None:
    verdict = decide(CODE, found(product_group=None), now=NOW, policy=POLICY)
    assert as_json(verdict, NOW) == {
        "status": "verified",
        "word": "KHỚP HỒ SƠ",
        "line": "Đúng với hồ sơ lô hàng trên hệ thống của tỉnh (cập nhật 02:10)",
        "next": "Nhập số lượng",
        "sound": "high short",
        "tone": "good",
        "symbol": "✓",
        "reasons": [],
        "judgements": {"code": "valid", "record": "match", "origin": "record"},
        "records": {"version": 7, "as_of": "2026-11-23T19:10:00+00:00", "age_s": 1260},
        "rules_version": "7",
    }


def test_the_json_of_what_nobody_knows_says_so() -> None:
    told = as_json(decide(None, None, now=NOW, policy=POLICY), NOW)
    assert told["records"] == {"version": 0, "as_of": None, "age_s": None}
    assert told["reasons"] == [
        {"code": "papers_missing", "effect": "hold", "text": "Cần giấy tờ của lô hàng", "next": "Chụp giấy tờ"}
    ]
