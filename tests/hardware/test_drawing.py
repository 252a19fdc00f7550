"""From slip to paper and back: bytes → picture → QR, read by two engines that know nothing of each other."""

import pytest
import zxingcpp

from pos_trace.core.errors import Invalid
from pos_trace.core.slips import Block, Slip, reprinted
from pos_trace.hardware.drawing import draw_and_encode
from pos_trace.hardware.picture import render
from tests.hardware.papers import AT, NARROW, TRACE, WIDE, by_zbar, receipt

PAPERS = pytest.mark.parametrize("paper", [NARROW, WIDE], ids=lambda paper: paper.name)


@PAPERS
@pytest.mark.parametrize("slip", [receipt(), reprinted(receipt(), 2, AT)], ids=["first", "copy"])
def test_both_engines_read_the_trace_address_off_the_paper(paper, slip):
    shown = render(draw_and_encode(slip, paper, 1), paper.dots)
    assert by_zbar(shown.image) == [TRACE]
    assert [code.text for code in zxingcpp.read_barcodes(shown.image.convert("L"))] == [TRACE]


@PAPERS
def test_every_printed_token_is_read_back(paper):
    signs = "0123456789BCFGHJKLMNPQRSTVXZ"
    for start in range(0, 28, 4):
        token = (signs[start:] + signs)[:20]
        url = f"HTTPS://TRUYXUAT.QUANGNGAI.EXAMPLE:8443/R/{token}"
        shown = render(draw_and_encode(receipt(qr_text=url), paper), paper.dots)
        assert by_zbar(shown.image) == [url]


def test_a_code_that_cannot_be_printed_readably_is_refused_not_shrunk():
    with pytest.raises(Invalid) as refused:
        draw_and_encode(Slip("test", (Block("code", "X" * 500),)), NARROW)
    assert refused.value.code == "qr_too_long"
