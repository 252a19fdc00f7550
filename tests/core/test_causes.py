"""Every reason says what it saw, with the facts its sentence needs; a host is known by its whole name."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pos_trace.core.causes import host_rule
from pos_trace.core.judgements import History, Seen
from pos_trace.core.records import RecordAnswer
from pos_trace.core.verdict import decide
from tests.core.goods_told import (
    ABSENT,
    ABSENT_FROM_OLD,
    CODE,
    COMPLETE,
    FOREIGN,
    LACKING,
    LAPSED,
    MEAT,
    NOW,
    OFFLINE,
    POLICY,
    RECALL,
    TODAY,
    TOMORROW,
    VEGETABLES,
    YESTERDAY,
    codes,
    facility,
    found,
)


@pytest.mark.parametrize(
    ("answer", "rest", "text"),
    [
        (replace(ABSENT, recall=RECALL), {}, "Hàng đang bị thu hồi (thông báo số TH-1)"),
        (found(status="recalled", recall_id="TH-9"), {}, "Hàng đang bị thu hồi (thông báo số TH-9)"),
        (found(status="recalled"), {}, "Hàng đang bị thu hồi"),
        (found(expiry_date=date(2026, 11, 20)), {}, "Hết hạn sử dụng 20/11/2026"),
        (found(expiry_date=TOMORROW), {}, "Cận hạn: còn 1 ngày"),
        (found(), {"history": History(expected_group="ca")}, "Mã của mặt hàng khác: Cải thảo Măng Đen"),
        (OFFLINE, {"history": History(expected_gtin="0")}, "Mã của mặt hàng khác"),
        (ABSENT, {"papers": LACKING}, "Cần: bảng kê, ngày"),
        (ABSENT, {}, "Cần giấy tờ của lô hàng"),
        (found(facility=facility(LAPSED)), {}, "Giấy chứng nhận VietGAP hết hiệu lực ngày 12/11/2026"),
        (
            found(net_quantity=Decimal(400)),
            {"history": History(received=Decimal("550.5"))},
            "Vượt số lượng của lô (khai 400 kg, đã nhận 550,5 kg)",
        ),
        (
            found(net_quantity=Decimal(4), unit=None),
            {"history": History(received=Decimal(5))},
            "Vượt số lượng của lô (khai 4, đã nhận 5)",
        ),
        (
            found(net_quantity=Decimal(2), unit="tạ"),
            {"history": History(received=Decimal("250"))},
            "Vượt số lượng của lô (khai 2 tạ, đã nhận 250 kg)",
        ),
        (
            found(net_quantity=Decimal(400)),
            {"history": History(received=Decimal(300), in_province=Decimal(550))},
            "Vượt số lượng của lô (khai 400 kg, đã nhận 550 kg, cộng các nơi trong tỉnh)",
        ),
        (
            found(net_quantity=Decimal(400)),
            {"history": History(received=Decimal(500), in_province=Decimal(900))},
            "Vượt số lượng của lô (khai 400 kg, đã nhận 500 kg)",
        ),
        (found(), {"history": History(Seen("02:10", "sạp A-12"))}, "Mã này đã quét lúc 02:10 tại sạp A-12"),
        (ABSENT_FROM_OLD, {}, "Dữ liệu đã cũ 4 ngày"),
        (RecordAnswer("absent"), {}, "Chưa nhận được dữ liệu của tỉnh"),
    ],
)
def test_a_reason_says_what_it_saw(answer: RecordAnswer, rest: dict[str, Any], text: str) -> None:
    verdict = decide(CODE, answer, **rest, group=VEGETABLES, now=NOW, policy=POLICY)
    assert verdict.reasons[0].text == text


@pytest.mark.parametrize(
    ("facts", "seen"),
    [
        ({"net_quantity": Decimal(2), "unit": "tấn"}, {"received": Decimal(550), "in_province": Decimal(2000)}),
        ({"net_quantity": Decimal(400)}, {"in_province": Decimal(440)}),
        ({"net_quantity": Decimal(400)}, {"in_province": None}),
        ({"net_quantity": Decimal(9), "unit": "khay"}, {"in_province": Decimal(99)}),
        ({"net_quantity": Decimal(9), "unit": None}, {"in_province": Decimal(99)}),
        ({"net_quantity": None}, {"received": Decimal(99), "in_province": Decimal(99)}),
    ],
)
def test_what_a_lot_may_hold_is_no_doubt_nor_what_cannot_be_weighed(
    facts: dict[str, Any], seen: dict[str, Any]
) -> None:
    verdict = decide(CODE, found(**facts), history=History(**seen), group=VEGETABLES, now=NOW, policy=POLICY)
    assert codes(verdict) == []


def test_the_sum_of_all_sites_is_a_doubt_and_asks_nothing_of_anybody() -> None:
    told = History(in_province=Decimal(999))
    verdict = decide(CODE, found(net_quantity=Decimal(400)), history=told, group=VEGETABLES, now=NOW, policy=POLICY)
    assert (verdict.status, verdict.effect, verdict.stock, verdict.flag) == ("attention", "warn", "sellable", None)


def test_a_foreign_code_is_named_by_its_platform() -> None:
    verdict = decide(FOREIGN, None, COMPLETE, now=NOW, policy=POLICY)
    assert verdict.reasons[0].text == "Mã của hệ thống khác: Hệ thống Lâm Đồng (mẫu)"


def test_near_expiry_counts_the_groups_days() -> None:
    in_two_days = found(expiry_date=TODAY + timedelta(days=2), product_group=None)
    assert codes(decide(CODE, in_two_days, now=NOW, policy=POLICY)) == ["near_expiry"]
    assert codes(decide(CODE, in_two_days, group=MEAT, now=NOW, policy=POLICY)) == []


def test_the_day_is_the_markets_not_utc() -> None:
    before_midnight = NOW - timedelta(hours=3)
    assert decide(CODE, found(expiry_date=YESTERDAY), now=before_midnight, policy=POLICY).status == "verified"
    assert decide(CODE, found(expiry_date=YESTERDAY), now=NOW, policy=POLICY).status == "blocked"


@pytest.mark.parametrize(
    ("host", "platform"),
    [
        ("TXNG.Quangngai.example:8443", "Hệ thống của tỉnh (mẫu)"),
        ("quangngai.example", None),
        ("", None),
        (None, None),
    ],
)
def test_a_host_is_known_by_its_whole_name(host: str | None, platform: str | None) -> None:
    rule = host_rule(host, POLICY)
    assert (rule.platform if rule else None) == platform
