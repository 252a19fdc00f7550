"""The picture of a stream: from bytes alone, dot by dot, with everything it cannot show listed."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pos_trace.hardware.commands import commands
from pos_trace.hardware.escpos import encode
from pos_trace.hardware.page import draw
from pos_trace.hardware.picture import MOST_ROWS, render
from tests.hardware.papers import NARROW, WIDE, ink, receipt, receiving

LAYOUT = ("pos_trace.hardware.page", "pos_trace.hardware.escpos", "pos_trace.hardware.paper", "pos_trace.core.slips",
          "pos_trace.hardware.drawing", "qrcode", "fontpkg_be_vietnam_pro")  # fmt: skip


@pytest.mark.parametrize("module", ["picture", "commands"])
def test_the_judge_of_paper_loads_nothing_of_what_draws_it(module):
    asked = f"import sys, pos_trace.hardware.{module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    assert f"pos_trace.hardware.{module}" in loaded
    assert set(LAYOUT) & set(loaded) == set()


@pytest.mark.parametrize("slip", [receipt(), receiving()], ids=["receipt", "receiving"])
@pytest.mark.parametrize("paper", [NARROW, WIDE], ids=lambda paper: paper.name)
def test_the_bytes_give_the_drawn_page_dot_by_dot(slip, paper):
    page = draw(slip, paper)
    shown = render(encode(page, paper), paper.dots)
    assert shown.unknown == ()
    assert shown.text == ""
    assert shown.image.width == paper.dots
    assert shown.image.crop((0, 0, *page.image.size)).tobytes() == page.image.tobytes()
    assert shown.image.height == page.image.height + paper.feed_rows
    assert ink(shown.image.crop((0, page.image.height, *shown.image.size))) is None
    assert shown.cuts == ((shown.image.height,) if paper.cutter else ())


def raster(rows: bytes, width: int = 1, mode: int = 0) -> bytes:
    height = len(rows) // width
    return b"\x1dv0" + bytes([mode]) + width.to_bytes(2, "little") + height.to_bytes(2, "little") + rows


@pytest.mark.parametrize(
    ("mode", "box"), [(0, (0, 0, 8, 2)), (1, (0, 0, 16, 2)), (2, (0, 0, 8, 4)), (3, (0, 0, 16, 4)), (51, (0, 0, 16, 4))]
)
def test_a_raster_may_be_printed_twice_as_wide_or_high(mode, box):
    assert ink(render(raster(b"\xff\xff", mode=mode), 64).image) == box


@pytest.mark.parametrize(
    ("settings", "left"),
    [(b"", 0), (b"\x1ba\x01", 28), (b"\x1ba\x02", 56), (b"\x1ba1", 28), (b"\x1ba2\x1b@", 0), (b"\x1dL\x10\x00", 16),
     (b"\x1dL\x10\x00\x1ba\x02", 56), (b"\x1dL\x10\x00\x1b@", 0), (b"\x1ba\x01\x1ba\x00", 0)],
)  # fmt: skip
def test_alignment_and_margin_move_a_raster(settings, left):
    assert ink(render(settings + raster(b"\xff"), 64).image)[0] == left


def test_a_raster_wider_than_the_head_is_cut_off():
    assert ink(render(raster(b"\xff" * 12, 12), 64).image) == (0, 0, 64, 1)


@pytest.mark.parametrize(
    ("stream", "rows"),
    [(b"\x1bJ\x30", 48), (b"\x1bd\x02", 60), (b"\x1b3\x18\x1bd\x02", 48), (b"\x1b3\x18\x1b2\n", 30), (b"\n\n", 60),
     (b"\x1b3\x00\n", 1), (b"\x1dVB\x18", 24), (b"", 1)],
)  # fmt: skip
def test_feeds_are_as_long_as_they_say(stream, rows):
    assert render(stream, 64).image.height == rows


@pytest.mark.parametrize("cut", [b"\x1dV\x00", b"\x1dV1", b"\x1bi", b"\x1bm"])
def test_every_kind_of_cut_is_seen_where_it_is(cut):
    assert render(b"\n" + cut + b"\n\n" + cut, 64).cuts == (30, 90)


def test_columns_of_a_line_stand_side_by_side():
    eight = b"\x1b*\x00\x02\x00\x80\x01"
    twenty_four = b"\x1b*\x21\x01\x00\x80\x00\x01"
    pixels = render(b"\x1b3\x18" + eight + twenty_four + b"\n", 64).image
    black = {(x, y) for x in range(64) for y in range(pixels.height) if not pixels.getpixel((x, y))}
    assert black == {(0, 0), (1, 7), (2, 0), (2, 23)}
    assert pixels.height == 24


def test_columns_and_text_the_stream_leaves_in_the_line_are_printed():
    assert ink(render(b"\x1b*\x00\x01\x00\xff", 64).image) == (0, 0, 1, 8)
    shown = render(b"Tong cong", 384)
    assert shown.text == "Tong cong"
    assert ink(shown.image) is not None


@pytest.mark.parametrize("head", [b"\x1d(L" + (12).to_bytes(2, "little"), b"\x1d8L" + (12).to_bytes(4, "little")])
def test_stored_graphics_print_when_told_to(head):
    store = head + b"0p0\x01\x011\x09\x00\x01\x00\xff\x80"
    show = b"\x1d(L\x02\x0002"
    assert ink(render(store, 64).image) is None
    assert ink(render(store + show, 64).image) == (0, 0, 9, 1)
    assert ink(render(store + show + show, 64).image) == (0, 0, 9, 1)


@pytest.mark.parametrize(
    "stream",
    [b"\x1dk\x04123\x00", b"\x1d(k\x03\x00\x31\x51\x30", b"\x1b{\x01", b"\x1bV\x01", b"\x1dB\x01", b"\x1b=\x02",
     b"\x1bZ", b"\x1dV", b"\x1dv0\x09\x01\x00\x01\x00\xff", b"\x1ba\x07", b"\x1d(L\x03\x00aaa", b"\t",
     b"\x1d(L\x0b\x000p0\x01\x011\x09\x00\x01\x00\xff", b"\x1d(L\x0a\x000p0\x01\x011\x00\x00\x00\x00"],
    ids=lambda stream: stream.hex(),
)  # fmt: skip
def test_what_the_picture_cannot_show_is_listed(stream):
    shown = render(stream, 64)
    assert b"".join(command.data for command in shown.unknown) == stream


def test_settings_that_print_nothing_are_not():
    quiet = b"\x00\x1c.\x1bt\x1e\x1bE\x01\x1d!\x11\x1dr\x01\x10\x04\x01\x1bp\x00\x19\xfa\x1b{\x00\x1b=\x01"
    quiet += b"\x1d(H\x06\x00000001"
    assert render(quiet, 64).unknown == ()


def test_an_endless_roll_ends():
    assert render(b"\x1bd\xff" * 100, 8).image.height == MOST_ROWS
    assert render(b"\x1bd\xff" * 100 + raster(b"\xff") + b"\n", 8).image.height == MOST_ROWS


@given(st.lists(st.one_of(st.binary(max_size=9), st.sampled_from([b"\x1d(L", b"\x1dv0", b"\x1b*", b"\n", b"\x1dV"]))))
def test_no_bytes_make_it_fail(parts):
    stream = b"".join(parts)
    shown = render(stream, 64)
    assert shown.image.width == 64
    assert {command.offset for command in shown.unknown} <= {command.offset for command in commands(stream)}


def test_an_empty_raster_prints_nothing():
    assert render(raster(b"", 1) + b"\x1dv0\x00\x00\x00\x05\x00", 64).image.size == (64, 1)
    assert isinstance(render(b"", 64).image, Image.Image)
