"""The QR on a page: module and quiet zone measured on pixels, captions of USERS part 5 around it, size limits."""

import pytest
import zxingcpp

from pos_trace.core.errors import Invalid
from pos_trace.core.slips import Block, Slip
from pos_trace.hardware.page import draw
from tests.hardware.papers import NARROW, TRACE, WIDE, by_zbar, ink, page_of, receipt

PAPERS = pytest.mark.parametrize("paper", [NARROW, WIDE], ids=lambda paper: paper.name)


def symbol(image):
    """Box of the one QR on ``image`` and the dots of one module, by its pixels: a finder is seven modules wide."""
    (code,) = zxingcpp.read_barcodes(image.convert("L"))
    place = code.position
    left, top = place.top_left.x, place.top_left.y
    pixels = image.load()
    while top and not pixels[left + 3, top - 1]:
        top -= 1
    while left and not pixels[left - 1, top + 3]:
        left -= 1
    run = next(x for x in range(left, image.width) if pixels[x, top]) - left
    assert run % 7 == 0
    side = place.bottom_right.x - left + 1
    return left, top, round(side / (run // 7)) * (run // 7), run // 7


@PAPERS
def test_a_module_has_five_dots_or_more_and_four_white_modules_around(paper):
    image = draw(receipt(), paper).image
    left, top, side, module = symbol(image)
    assert module == paper.module_dots >= 5
    around = (left - 4 * module, top - 4 * module, left + side + 4 * module, top + side + 4 * module)
    assert around[0] >= 0
    assert around[2] <= paper.dots
    assert ink(image.crop(around)) == (4 * module, 4 * module, 4 * module + side, 4 * module + side)


@PAPERS
def test_the_symbol_stands_in_the_middle(paper):
    left, _, side, _ = symbol(draw(receipt(), paper).image)
    assert abs((paper.dots - side) - 2 * left) <= 1


@PAPERS
def test_the_captions_stand_above_and_below_the_symbol_in_their_order(paper):
    blocks = receipt().blocks
    at = next(place for place, block in enumerate(blocks) if block.kind == "code")
    texts = [block.text for block in blocks]
    assert texts[at - 3 : at] == ["THÔNG TIN TRUY XUẤT NGUỒN GỐC", "MÃ TRUY XUẤT", "(không phải mã thanh toán)"]
    assert texts[at + 1 :] == ["Mở camera hoặc Zalo để xem", "hoặc vào truyxuat.example/m gõ: BCF7-KZ2M-X9",
                               "Không thay hóa đơn"]  # fmt: skip
    image = draw(receipt(), paper).image
    _, top, side, module = symbol(image)
    above, below = page_of(*blocks[at - 3 : at], paper=paper), page_of(*blocks[at + 1 :], paper=paper)
    upper, lower = top - 4 * module, top + side + 4 * module
    assert image.crop((0, upper - above.height, paper.dots, upper)).tobytes() == above.tobytes()
    assert image.crop((0, lower, paper.dots, image.height)).tobytes() == below.tobytes()


@PAPERS
def test_both_readers_see_exactly_the_trace_code(paper):
    image = draw(receipt(), paper).image
    assert by_zbar(image) == [TRACE]
    assert [code.text for code in zxingcpp.read_barcodes(image.convert("L"))] == [TRACE]


def test_without_a_code_the_slip_says_so_and_has_none():
    slip = receipt(qr_text=None)
    assert all(block.kind != "code" for block in slip.blocks)
    assert "Chưa có trang truy xuất" in [block.text for block in slip.blocks]
    assert by_zbar(draw(slip, NARROW).image) == []


@pytest.mark.parametrize(
    ("paper", "most"),
    [(NARROW, 419), (WIDE, 1134)],  # ISO/IEC 18004: alphanumeric, level M, versions 12 and 22
    ids=["58", "80"],
)
def test_the_longest_code_that_fits_is_drawn_and_one_sign_more_is_refused(paper, most):
    image = page_of(Block("code", "A" * most), paper=paper)
    assert [code.text for code in zxingcpp.read_barcodes(image.convert("L"))] == ["A" * most]
    with pytest.raises(Invalid) as refused:
        page_of(Block("code", "A" * (most + 1)), paper=paper)
    assert refused.value.code == "qr_too_long"


def test_a_payload_no_qr_can_hold_is_refused():
    with pytest.raises(Invalid) as refused:
        draw(Slip("test", (Block("code", "x" * 7000),)), WIDE)
    assert refused.value.code == "qr_too_long"
