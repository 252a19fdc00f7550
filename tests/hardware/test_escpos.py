"""Bytes for the printer: slices every printer takes, one cut, one question, and no byte of data outside the raster."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from pos_trace.core.slips import Block, Slip
from pos_trace.hardware import status
from pos_trace.hardware.commands import commands
from pos_trace.hardware.drawing import draw_and_encode
from pos_trace.hardware.escpos import encode, harmless
from pos_trace.hardware.page import Page, printable
from pos_trace.hardware.paper import Paper
from tests.hardware.papers import NARROW, WIDE, receipt

EXECUTED = re.compile(rb"\x10[\x04\x05\x14]")
HOSTILE = st.text(
    st.one_of(
        st.sampled_from(
            "\x00\x04\x05\x07\n\r\x10\x14\x18\x1b\x1c\x1d@VvipJa0ABm\u202e\u2066\u200f\ufeff\ud800\U0010ffff"
        ),
        st.characters(),
        st.sampled_from("ắệỗựẪĐ"),
    ),
    max_size=80,
)
TEMPLATE = {"ESC @", "FS .", "GS L", "ESC a", "GS v", "GS V", "GS r"}


def noise(dots: int, rows: int, seed: bytes) -> Page:
    """A page of chosen bytes, ink where a bit is 0."""
    body = (seed * (dots // 8 * rows // max(len(seed), 1) + 1))[: dots // 8 * rows]
    return Page(Image.frombytes("1", (dots, rows), body), dots)


@example(rows=48, paper=WIDE, slice_rows=120)
@example(rows=168, paper=NARROW, slice_rows=120)
@example(rows=500, paper=WIDE, slice_rows=96)
@example(rows=500, paper=WIDE, slice_rows=200)
@given(rows=st.integers(1, 500), paper=st.sampled_from([NARROW, WIDE]), slice_rows=st.integers(1, 200))
def test_slices_are_short_never_a_multiple_of_48_and_together_the_page(rows, paper, slice_rows):
    one = Paper("x", paper.dots, slice_rows=slice_rows)
    page = noise(paper.dots, rows, b"\xff\x0f\xaa")
    slices = [command.data for command in commands(encode(page, one)) if command.name == "GS v"]
    heights = [data[6] | data[7] << 8 for data in slices]
    assert sum(heights) == rows
    assert all(0 < height <= min(slice_rows, 128) and height % 48 for height in heights)
    assert all(data[:4] == b"\x1dv0\x00" and data[4] | data[5] << 8 == paper.dots // 8 for data in slices)
    drawn = b"".join(data[8:] for data in slices)
    assert bytes(byte ^ 0xFF for byte in drawn) == page.image.tobytes()


@given(st.lists(st.sampled_from([b"\x10", b"\x04", b"\x05", b"\x14", b"\x01", b"\xff", b"\x00"]), max_size=400))
def test_no_raster_holds_a_pattern_the_printer_would_execute(parts):
    raster = b"".join(parts)
    made = harmless(raster)
    assert len(made) == len(raster)
    assert EXECUTED.search(made) is None
    changed = [(old, new) for old, new in zip(raster, made, strict=True) if old != new]
    assert set(changed) <= {(0x10, 0x18)}  # one dot beside the dot that is there
    assert len(changed) == len(EXECUTED.findall(raster))


@pytest.mark.parametrize("pattern", [b"\x10\x04", b"\x10\x05", b"\x10\x14", b"\x00\x10\x10\x14\x10"])
@pytest.mark.parametrize("paper", [NARROW, WIDE])
def test_a_whole_job_holds_no_such_pattern_even_across_rows_and_slices(pattern, paper):
    page = noise(paper.dots, 300, bytes(255 - byte for byte in pattern))
    assert EXECUTED.search(bytes(255 - byte for byte in page.image.tobytes()))
    assert EXECUTED.search(encode(page, paper)) is None


def names(job: bytes) -> list[str]:
    return [command.name for command in commands(job)]


def test_a_job_begins_with_a_reset_and_leaves_kanji_mode_before_any_ink():
    told = names(draw_and_encode(receipt(), WIDE))
    assert told[:5] == ["ESC @", "FS .", "GS L", "ESC a", "GS v"]


def test_a_job_is_cut_once_at_its_end_and_asks_once():
    told = names(draw_and_encode(receipt(), WIDE))
    assert set(told[4:-2]) == {"GS v"}
    assert told[-2:] == ["GS V", "GS r"]
    assert draw_and_encode(receipt(), WIDE).endswith(b"\x1dVB\x18\x1dr\x01")


def test_a_printer_without_a_blade_gets_a_feed_instead():
    told = names(draw_and_encode(receipt(), NARROW))
    assert told[-2:] == ["ESC J", "GS r"]
    assert "GS V" not in told


@pytest.mark.parametrize(("process_id", "digits"), [(1, b"0001"), (9999, b"9999"), (42, b"0042")])
def test_a_printer_that_knows_process_ids_is_asked_for_one(process_id, digits):
    job = draw_and_encode(receipt(), Paper("x", process_id=True), process_id)
    assert job.endswith(b"\x1dVB\x18" + b"\x1d(H\x06\x00\x30\x30" + digits)
    assert names(job)[-1] == "GS ( H"


@pytest.mark.parametrize(
    ("paper", "process_id", "end"),
    [
        (Paper("x", process_id=True), None, status.ASK_PAPER),
        (Paper("x"), 7, status.ASK_PAPER),
        (Paper("x", status=False), 7, b"\x1dVB\x18"),
        (Paper("x", status=False, cutter=False, feed_rows=96), None, b"\x1bJ\x60"),
    ],
)
def test_the_last_question_is_one_the_printer_understands(paper, process_id, end):
    assert draw_and_encode(receipt(), paper, process_id).endswith(end)


@given(name=HOSTILE, right=HOSTILE)
def test_no_byte_of_data_leaves_the_raster(name, right):
    slip = Slip("receipt", (Block("text", name, bold=True), Block("row", name, right)))
    job = draw_and_encode(slip, NARROW)
    told = list(commands(job))
    assert {command.name for command in told} <= TEMPLATE | {"ESC J"}
    assert EXECUTED.search(job) is None
    outside = b"".join(command.data for command in told if command.name != "GS v")
    assert outside == b"\x1b@\x1c.\x1dL\x00\x00\x1ba\x00" + b"\x1bJ\x60" + b"\x1dr\x01"
    assert all(command.data[:6] == b"\x1dv0\x00\x30\x00" for command in told if command.name == "GS v")


@pytest.mark.parametrize("command", ["\x1b@", "\x1dV\x00", "\x1bp\x00\x19\xfa", "\x10\x14\x01\x00\x05", "\x1b\x1b"])
def test_an_escape_in_a_name_prints_as_its_letters_only(command):
    hostile = Slip("receipt", (Block("text", f"Cải{command}thảo"), Block("row", f"{command}1 kg", f"5{command} đ")))
    plain = printable(command)
    tame = Slip("receipt", (Block("text", f"Cải{plain}thảo"), Block("row", f"{plain}1 kg", f"5{plain} đ")))
    assert draw_and_encode(hostile, WIDE) == draw_and_encode(tame, WIDE)
