"""Each paper of USERS part 5 at 58 and 80 mm, from its bytes: nothing cut off, codes readable, every sign there."""

import os
from pathlib import Path

import pytest

from pos_trace.core.transfer_slip import read
from pos_trace.hardware.escpos import encode
from pos_trace.hardware.page import SIZES, draw, font, printable
from pos_trace.hardware.paper import Paper
from pos_trace.hardware.picture import render
from tests.hardware.every_paper import PAPERS
from tests.hardware.papers import NARROW, WIDE, by_zbar

BOTH = pytest.mark.parametrize("paper", [NARROW, WIDE], ids=["58", "80"])
EACH = pytest.mark.parametrize("name", sorted(PAPERS))
NOWHERE = "\U000f0000"  # private use: no font of ours has it


def kept(image, name: str, folder: Path) -> None:
    """The picture, for people, when POS_TRACE_SHOTS names a folder."""
    shots = Path(os.environ.get("POS_TRACE_SHOTS") or folder)
    image.save(shots / f"paper-{name}.png")


@EACH
@BOTH
def test_the_bytes_give_the_whole_paper(name: str, paper: Paper, tmp_path: Path) -> None:
    slip, codes = PAPERS[name]
    shown = render(encode(draw(slip, paper), paper), paper.dots)
    kept(shown.image, f"{name}-{paper.dots}", tmp_path)
    assert (shown.unknown, shown.text, shown.image.width) == ((), "", paper.dots)
    grey = shown.image.convert("L")
    for side in (0, paper.dots - 1):
        column = grey.crop((side, 0, side + 1, grey.height)).tobytes()
        cut = [row for row, value in enumerate(column) if value == 0 and not is_rule(grey, row)]
        assert cut == [], "a letter runs over the edge"
    assert sorted(by_zbar(shown.image)) == sorted(codes)


def is_rule(grey, row: int) -> bool:
    """A line from edge to edge."""
    return grey.crop((0, row, grey.width, row + 1)).getextrema() == (0, 0)


@EACH
def test_every_sign_of_it_is_in_the_font(name: str) -> None:
    slip, _ = PAPERS[name]
    blocks = [block for block in slip.blocks if block.kind in ("text", "row")]
    for bold in (False, True):
        face = font(SIZES["normal"], bold)
        missing = bytes(face.getmask(NOWHERE))
        signs = {sign for block in blocks for sign in printable(block.text + block.right)} - {" ", "\u00a0"}
        assert [sign for sign in sorted(signs) if bytes(face.getmask(sign)) == missing] == []


@EACH
def test_it_says_nothing_a_paper_of_a_stall_never_says(name: str) -> None:
    slip, _ = PAPERS[name]
    text = " ".join(f"{block.text} {block.right}" for block in slip.blocks if block.kind != "code").lower()
    for never in ("vi phạm", "hàng lậu", "hàng giả", "nghi vấn", "không rõ nguồn gốc", "!", "đắk", "?"):
        assert never not in text, never


def test_the_codes_of_a_delivery_note_are_its_slip() -> None:
    _, codes = PAPERS["delivery_note"]
    assert len(codes) > 1
    assert all(read(code) is not None for code in codes)
