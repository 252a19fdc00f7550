"""PHIẾU GIAO HÀNG on paper: bytes to a picture, its codes read from it are the signed ones, on 58 and on 80 mm."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pos_trace.core.delivery_note import NoteFacts, NoteItem, delivery_note
from pos_trace.core.slips import Slip
from pos_trace.core.transfer_slip import SlipLine, read, write
from pos_trace.hardware.page import draw
from pos_trace.hardware.paper import Paper
from tests.core.test_transfer_slip import GOODS, KEY, PUBLIC, SLIP
from tests.hardware.papers import AT, NARROW, PLACE, WIDE, by_zbar

ITEMS = tuple(NoteItem(line.name, f"lô {n}", line.quantity, line.unit) for n, line in enumerate(GOODS, 1))
MANY = tuple(SlipLine(f"01/0952123460{n:04d}/10/LO{n * 7919}", f"Hàng {n}", Decimal(n), "kg") for n in range(1, 16))


def note(codes: tuple[str, ...], kind: str = "sale") -> Slip:
    return delivery_note(NoteFacts(PLACE, "A12-GH26-0007", AT, kind, "Sạp E-01 – Thanh", "Hoa", ITEMS, codes))


@pytest.mark.parametrize("paper", [NARROW, WIDE], ids=["58", "80"])
def test_the_code_on_the_paper_is_the_signed_slip(paper: Paper) -> None:
    codes = write(SLIP, KEY)
    (text,) = by_zbar(draw(note(codes), paper).image)
    found = read(text)
    assert found is not None
    assert found.slip == SLIP
    assert found.signed_by(PUBLIC)


@pytest.mark.parametrize("paper", [NARROW, WIDE], ids=["58", "80"])
def test_every_code_of_a_long_slip_can_be_read_off_the_paper(paper: Paper) -> None:
    codes = write(replace(SLIP, lines=MANY), KEY)
    assert len(codes) > 1
    assert set(by_zbar(draw(note(codes), paper).image)) == set(codes)


def test_it_says_what_it_is_and_names_no_price() -> None:
    words = [block.text + block.right for block in note(write(replace(SLIP, lines=MANY), KEY), "internal").blocks]
    for wanted in ("PHIẾU GIAO HÀNG", "Nội bộ", "Quét để nhận hàng", "Mã 1/2", "Giao cho: Sạp E-01 – Thanh"):
        assert wanted in words
    assert not any(word[-1:] == "đ" or "hóa đơn" in word for word in words)
    plain = [block.text for block in note(()).blocks]
    assert "Quét để nhận hàng" not in plain
