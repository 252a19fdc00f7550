"""Pages: every Vietnamese letter whole, nothing outside the width, columns aligned, nothing hidden drawn."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from pos_trace.core.errors import Invalid
from pos_trace.core.slips import Block, SoldItem
from pos_trace.hardware import page
from pos_trace.hardware.page import SIZES, TOGETHER, balanced, draw, font, printable, wrap
from tests.hardware.papers import LETTERS, NARROW, WIDE, ink, one, page_of, receipt, receiving

FACES = [(size, bold) for size in SIZES for bold in (False, True)]
WORDS = st.lists(st.text(alphabet="aăậệữỷGĐẪ9-.jg\u00a0", min_size=1, max_size=60), max_size=12)
LINE = round(SIZES["normal"] * page.LEADING)
PAPERS = pytest.mark.parametrize("paper", [NARROW, WIDE], ids=lambda paper: paper.name)


def test_there_are_134_vietnamese_letters_beyond_ascii():
    assert len(set(LETTERS)) == 134
    assert all(len(letter) == 1 for letter in LETTERS)


@pytest.mark.parametrize(("size", "bold"), FACES)
def test_every_vietnamese_letter_is_drawn_and_looks_like_no_other(size, bold):
    drawn = {}
    for letter in [*LETTERS, *"aeiouyAEIOUYdD"]:
        image = one(letter, size=size, bold=bold)
        assert ink(image) is not None, letter
        drawn.setdefault(image.tobytes(), []).append(letter)
    assert [same for same in drawn.values() if len(same) > 1] == []


@pytest.mark.parametrize(("size", "bold"), FACES)
@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_no_accent_or_tail_is_cut_by_its_line_or_the_papers_edge(size, bold, align):
    for letter in [*LETTERS, *"jgyqQ|()đ"]:
        sheet = Image.new("L", (200, 200), 255)
        ImageDraw.Draw(sheet).text((100, 100), letter, fill=0, font=font(SIZES[size], bold), anchor="ls")
        whole = sheet.point(lambda value: 255 if value >= page.INK_AT else 0).histogram()[0]
        assert one(letter, NARROW, size=size, bold=bold, align=align).histogram()[0] == whole, letter


@PAPERS
def test_composed_and_decomposed_text_give_the_same_page(paper):
    text = " ".join(LETTERS)
    split = unicodedata.normalize("NFD", text)
    assert len(split) > len(text)
    assert one(text, paper).tobytes() == one(split, paper).tobytes()


@pytest.mark.parametrize(
    "sign",
    ["\x00", "\x07", "\x10", "\x1b", "\x1d", "\x7f", "\x9b", "\u00ad", "\u200b", "\u200e", "\u200f", "\u202e", "\u2066",
     "\u2069", "\ufeff", "\ufe0f", "\ue000", "\ud800", "\U000e0041", "\uffff"],
)  # fmt: skip
def test_control_format_bidi_and_private_signs_are_never_drawn(sign):
    assert printable(f"Cải{sign}thảo") == "Cảithảo"
    assert one(f"Cải{sign}thảo").tobytes() == one("Cảithảo").tobytes()
    row = Block("row", f"Cải{sign}", f"22.500{sign} đ")
    assert page_of(row).tobytes() == page_of(Block("row", "Cải", "22.500 đ")).tobytes()


@pytest.mark.parametrize("sign", ["\n", "\r", "\t", "\u2028", "\u2029"])
def test_what_ends_a_line_becomes_a_space(sign):
    assert one(f"Cải{sign}thảo").tobytes() == one("Cải thảo").tobytes()


def test_a_right_to_left_letter_turns_nothing_round():
    face = font(SIZES["normal"], False)
    before = round(face.getlength("\u05d0"))
    mixed, plain = one("\u05d012"), one("12")
    left, top, right, bottom = ink(plain)
    assert mixed.crop((before + left, top, before + right, bottom)).tobytes() == plain.crop(ink(plain)).tobytes()


@given(words=WORDS, width=st.integers(60, 576))
def test_wrapped_lines_stay_inside_and_lose_no_sign(words, width):
    face = font(SIZES["normal"], True)
    text = " ".join(words)
    for lines in (wrap(text, face, width), balanced(text, face, width)):
        assert lines
        assert all(face.getlength(line) <= width for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert len(balanced(text, face, width)) == len(wrap(text, face, width))


def test_a_sign_wider_than_the_room_still_gets_its_own_line():
    assert wrap("WW", font(SIZES["large"], True), 5) == ["W", "W"]


@PAPERS
@pytest.mark.parametrize("bold", [False, True])
def test_a_name_of_300_signs_keeps_inside_the_paper(paper, bold):
    for name in ("Ẫ" * 300, "Gừng tươi hữu cơ " * 18, "x" * 300):
        image = page_of(Block("text", name, bold=bold), Block("row", name, "1.500.000 đ"), paper=paper)
        left, _, right, _ = ink(image)
        assert image.width == paper.dots
        assert left >= 0
        assert right < paper.dots
        assert image.height > 5 * LINE


@PAPERS
def test_amounts_end_in_one_column_and_names_begin_in_one(paper):
    rows = [Block("row", f"  {n} kg", amount) for n, amount in enumerate(("5.000 đ", "22.500 đ", "1.500.000 đ"), 1)]
    rows.append(Block("row", "Cộng", "1.527.500 đ"))
    images = [page_of(row, paper=paper) for row in rows]
    assert len({ink(image)[2] for image in images}) == 1
    assert {image.height for image in images} == {LINE}
    indented = {ink(page_of(Block("text", "  H", size=size), paper=paper))[0] for size in ("small", "normal")}
    plain = {ink(page_of(Block("text", "H", size=size), paper=paper))[0] for size in ("small", "normal")}
    assert max(indented) - min(indented) <= 1
    assert min(indented) - max(plain) >= 10


@PAPERS
def test_what_does_not_fit_beside_stands_below_at_the_right_edge(paper):
    left, right = "Cà phê nhân Robusta Đăk Hà loại 1 sàng 18", "lô MD2611-07-ABCDEF-12"
    both = page_of(Block("row", left, right, bold=True), paper=paper)
    above = page_of(Block("text", left, bold=True), paper=paper)
    below = page_of(Block("text", right, bold=True, align="right"), paper=paper)
    assert both.tobytes() == above.tobytes() + below.tobytes()


@PAPERS
def test_a_row_without_its_left_half_takes_one_line(paper):
    assert page_of(Block("row", "  ", "30.000 đ"), paper=paper).height == LINE
    assert page_of(Block("row", "Thịt", " "), paper=paper).tobytes() == one("Thịt", paper).tobytes()


def test_a_row_with_nothing_in_it_takes_no_paper_and_an_empty_text_one_line():
    name = Block("text", "Hành", bold=True)
    assert page_of(name, Block("row", "  ", "\u200b")).height == page_of(name).height
    assert page_of(name, Block("text", " ")).height == page_of(name).height + LINE


@pytest.mark.parametrize("number", ["A12-0184", "K22-0003", "E01-8888"])
def test_a_sale_number_and_its_time_share_one_line_even_on_narrow_paper(number):
    assert page_of(Block("row", f"Số: {number}", "24/11/2026 05:47"), paper=NARROW).height == LINE


def test_a_title_breaks_in_the_middle_not_before_its_last_word():
    face = font(SIZES["normal"], True)
    text = "DỮ LIỆU MẪU – KHÔNG CÓ GIÁ TRỊ"
    assert wrap(text, face, 380) == ["DỮ LIỆU MẪU – KHÔNG CÓ GIÁ", "TRỊ"]
    lines = balanced(text, face, 380)
    assert len(lines) == 2
    assert max(map(face.getlength, lines)) < 1.5 * min(map(face.getlength, lines))


def test_columns_and_what_stands_in_the_middle_below_them_are_kept_apart():
    row, middle = Block("row", "Cộng", "5 đ"), Block("text", "MÃ", align="center")
    assert page_of(row, middle).height == page_of(row).height + page.AIR + page_of(middle).height
    assert page_of(middle, row).height == page_of(row).height + page_of(middle).height


@PAPERS
def test_nothing_drawn_is_wider_than_the_head_and_slips_end_without_empty_paper(paper):
    for slip in (receipt(), receiving()):
        image = draw(slip, paper).image
        assert image.mode == "1"
        assert image.width == paper.dots
        assert image.height - ink(image)[3] < 40


def test_a_slip_without_blocks_is_one_white_row():
    assert page_of().size == (576, 1)


def test_a_rule_goes_from_edge_to_edge():
    assert ink(page_of(Block("rule"), paper=NARROW)) == (0, 6, 384, 8)


def test_a_receipt_of_500_lines_prints_and_an_endless_slip_is_refused():
    long = receipt(*(SoldItem(f"Mặt hàng {n}", Decimal(1), "kg", 1000, "lô A") for n in range(500)))
    assert 50_000 < draw(long, NARROW).image.height <= page.MOST_ROWS
    with pytest.raises(Invalid) as refused:
        draw(receipt(*(SoldItem("x " * 150, Decimal(1), "kg", 1000) for _ in range(500))), NARROW)
    assert refused.value.code == "slip_too_long"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Cá lăng phi lê khay 500 g, lô CL2611B", "khay 500\u00a0g, lô\u00a0CL2611B"),
        ("Bổ sung trước 05:47 24/11/2026", "trước 05:47\u00a024/11/2026"),
        ("nhận 17 sọt = 425 kg", "17\u00a0sọt = 425\u00a0kg"),
        ("212 lượt nhận, 12 giấy tờ", "212 lượt nhận, 12 giấy tờ"),
        ("Nhật ký dòng 12 34", "dòng 12 34"),
    ],
)
def test_a_number_keeps_its_unit_a_clock_its_day_and_a_lot_its_label(text: str, kept: str) -> None:
    assert TOGETHER.sub("\u00a0", text).endswith(kept)
