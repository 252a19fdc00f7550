"""PHIẾU GIAO HÀNG: what stands on it, in order; the codes with their numbers, no price."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pos_trace.core.delivery_note import NoteFacts, NoteItem, delivery_note
from pos_trace.core.slips import Place

AT = datetime(2026, 11, 24, 22, 10, tzinfo=UTC)
PLACE = Place("Sạp A-12 – Chị Hoa", "Chợ (mẫu)", "9521234700036", demo=False, practice=False)
FACTS = NoteFacts(
    PLACE, "A12-GH26-0007", AT, "sale", "Sạp K-22 – A Thanh", "Hoa",
    (NoteItem("Cải thảo", "MD2611-07", Decimal("50"), "kg"), NoteItem("Mía cây", "", Decimal("1.5"), "bó")),
    ("PT1:A",),
)  # fmt: skip


def texts(facts: NoteFacts) -> list[str]:
    """Every block as one line."""
    return [f"{block.text} | {block.right}" if block.right else block.text for block in delivery_note(facts).blocks]


def test_it_says_who_gives_what_to_whom() -> None:
    told = texts(FACTS)
    assert "PHIẾU GIAO HÀNG" in told
    assert "Số: A12-GH26-0007 | 25/11/2026 05:10" in told
    assert "Giao cho: Sạp K-22 – A Thanh" in told
    assert "Người giao: Hoa" in told
    assert " lô MD2611-07 | 50 kg" in told
    assert "  | 1,5 bó" in told
    assert "Liên 1/2" in told
    assert not [text for text in told if "đ" in text.split() or "giá" in text.casefold()]


@pytest.mark.parametrize(
    ("kind", "words"), [("sale", None), ("internal", "Nội bộ"), ("correction", "Giao lại – nhận nhầm sạp")]
)
def test_its_kind_stands_below_its_name(kind: str, words: str | None) -> None:
    told = texts(replace(FACTS, kind=kind))
    below = told[told.index("PHIẾU GIAO HÀNG") + 1]
    assert below == (words or "Số: A12-GH26-0007 | 25/11/2026 05:10")


@pytest.mark.parametrize(("codes", "numbers"), [((), []), (("PT1:A",), []), (("PT1:A", "PT1:B"), ["Mã 1/2", "Mã 2/2"])])
def test_several_codes_are_numbered_and_none_says_nothing_of_scanning(
    codes: tuple[str, ...], numbers: list[str]
) -> None:
    slip = delivery_note(replace(FACTS, codes=codes))
    assert [block.text for block in slip.blocks if block.kind == "code"] == list(codes)
    assert [block.text for block in slip.blocks if block.text.startswith("Mã ") and "/" in block.text] == numbers
    assert ("Quét để nhận hàng" in texts(replace(FACTS, codes=codes))) is bool(codes)
