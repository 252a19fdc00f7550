"""Hostile files as photos, through the real child: a clear refusal in Vietnamese, and the server stays small."""

from collections.abc import Iterator

import psutil
import pytest
from PIL import Image

from pos_trace.core.errors import Invalid, Misconfigured
from pos_trace.core.slips import Block, Slip
from pos_trace.hardware.photos import LIMITS
from pos_trace.runtime.children import ChildLost, Children, PageDrawer, PhotoReader
from tests.hardware.symbols import jpeg, label, png
from tests.hardware.test_photos import REFUSED

LINK = "https://txng.quangngai.example/01/09521234600053/10/MD2611-07"


@pytest.fixture(scope="module")
def reader() -> Iterator[PhotoReader]:
    """One child for all these photos: each must leave it able to read the next."""
    children = Children(1)
    yield PhotoReader(children, timeout_s=60.0)
    children.close()


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_files_are_refused_and_a_good_photo_after_them_is_read(reader: PhotoReader, name: str) -> None:
    make, code = REFUSED[name]
    data = make()
    before = psutil.Process().memory_info().rss
    for work in (reader.read, reader.keep):
        with pytest.raises(Invalid, match=code):
            work(data)
    assert psutil.Process().memory_info().rss - before < 48 * 2**20
    assert [seen.text for seen in reader.read(png(label(LINK))).codes] == [LINK]


def test_a_photo_is_read_and_kept_in_one_call(reader: PhotoReader) -> None:
    reading = reader.read(jpeg(label(LINK)), keep_photo=True)
    assert [seen.text for seen in reading.codes] == [LINK]
    assert reading.kept == reader.keep(jpeg(label(LINK)))
    assert reading.kept.media_type == "image/jpeg"


def test_the_largest_photo_allowed_is_read_within_the_childs_memory(reader: PhotoReader) -> None:
    large = Image.new("RGBA", (6000, LIMITS.most_pixels // 6000), (200, 190, 180, 255))
    large.paste(label(LINK, box=12).convert("RGBA"), (2000, 1500))
    reading = reader.read(png(large, compress_level=1), keep_photo=True)
    assert [seen.text for seen in reading.codes] == [LINK]


def test_a_reader_that_takes_too_long_says_try_again() -> None:
    children = Children(1)
    try:
        with pytest.raises(ChildLost, match="child_lost"):
            PhotoReader(children, timeout_s=0.001).read(png(label(LINK)))
        assert PhotoReader(children, timeout_s=60.0).read(png(label(LINK))).codes
    finally:
        children.close()


def test_slips_are_drawn_by_the_same_children_for_known_printers_only(reader: PhotoReader) -> None:
    drawer = PageDrawer(reader._children, timeout_s=60.0)
    slip = Slip("test", (Block("text", "Cải thảo"), Block("code", LINK)))
    assert drawer.draw(slip, "generic-80")
    with pytest.raises(Misconfigured, match="unknown_printer"):
        drawer.draw(slip, "../etc/passwd")
