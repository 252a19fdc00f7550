"""Printers as an administrator sees them, and the slip that tries every letter."""

import pytest

from pos_trace.core.errors import NotFound
from pos_trace.hardware.drawing import draw_and_encode
from pos_trace.hardware.picture import render
from pos_trace.services import places, printers
from tests.hardware.papers import LETTERS, NARROW, WIDE
from tests.services.print_shop import REFUSED, open_shop


@pytest.fixture
def shop(database, tmp_path, now):
    return open_shop(database, tmp_path, now)


def test_printers_are_listed_by_name_with_what_is_known_of_them(shop):
    shop.add_printer("an toàn", shop.stall, preset="generic-58")
    first, second = printers.listed(shop.node)["printers"]
    assert (first["name"], first["stall_id"], first["preset"]) == ("an toàn", shop.stall, "generic-58")
    assert (second["name"], second["stall_id"], second["transport"]) == ("chung", None, "file")
    assert (second["status"], second["status_at"], second["last_confirmed_at"]) == (100, None, None)


def test_after_a_job_the_list_tells_what_the_printer_said(shop):
    shop.queue()
    shop.printers.acts = [REFUSED]
    shop.print()
    (told,) = printers.listed(shop.node)["printers"]
    assert (told["status"], told["status_at"], told["last_confirmed_at"]) == (401, shop.now.isoformat(), None)
    after = shop.later(minutes=1)
    shop.print(at=after)
    (told,) = printers.listed(shop.node)["printers"]
    assert (told["status"], told["last_confirmed_at"]) == (100, after.isoformat())


@pytest.mark.parametrize("site", [None, "Chợ đầu mối Kon Tum (mẫu)"])
def test_a_test_slip_shows_every_vietnamese_letter_and_an_amount(shop, site):
    if site is not None:
        places.set_site(shop.node, shop.node.machine("t"), site, "market", None, "", shop.now)
    told, slip = printers.test_slip(shop.node, "chung", shop.now)
    assert told["id"] == shop.printer
    written = " ".join(f"{block.text} {block.right}" for block in slip.blocks)
    assert set(LETTERS) <= set(written)
    assert (site or shop.node.id) in written
    for words in ("PHIẾU IN THỬ", "chung", "generic-80", "125.000\u00a0đ"):
        assert words in written
    for paper in (NARROW, WIDE):
        assert render(draw_and_encode(slip, paper), paper.dots).unknown == ()


def test_a_printer_nobody_has_cannot_be_tested(shop):
    with pytest.raises(NotFound) as refused:
        printers.test_slip(shop.node, "không có", shop.now)
    assert refused.value.code == "printer_unknown"
    assert "không có" in refused.value.detail
