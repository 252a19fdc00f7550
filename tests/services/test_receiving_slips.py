"""PHIẾU NHẬN HÀNG: two copies of what the rows say, without prices and without a word about reports."""

from datetime import date

import pytest
from sqlalchemy import select

from pos_trace.core.goods import PaperFacts
from pos_trace.core.slips import from_json
from pos_trace.hardware.drawing import draw_and_encode
from pos_trace.hardware.picture import render
from pos_trace.services import receiving, receiving_slips
from pos_trace.services.papers import PaperIn
from pos_trace.store.models import Delivery, PrintJob, Stall
from tests.hardware.papers import NARROW
from tests.services.night import CABBAGE, with_printer

NEVER = ("Sở", "báo cáo", "vi phạm", "nghi vấn", "hóa đơn số")


def slips(night):
    with night.node.db.read() as session:
        rows = session.scalars(select(PrintJob).order_by(PrintJob.created_at, PrintJob.id)).all()
        return [from_json(row.slip) for row in rows]


def words(slip):
    return [text for block in slip.blocks for text in (block.text, block.right) if text.strip()]


@pytest.fixture
def closed(night, tmp_path):
    """A delivery of three lines, closed: matched and partly refused, with papers, without papers."""
    with_printer(night, tmp_path)
    night.pull()
    delivery = night.deliver(plate="82C-012.34")
    first = night.scan(CABBAGE, delivery, "20", "kg")["line"]["id"]
    night.loose(delivery, "Rau thơm", "rau", "5", "kg", (PaperIn("bang_ke", "7", night.now.date(), "x"),))
    night.loose(delivery, "Gà ta làm sẵn", "thit", "12", "con")
    receiving.refuse(night.node, night.who(), first, "3", "kg", "dập hỏng", night.now)
    receiving.close(night.node, night.who(), delivery, night.now)
    return night


def test_two_copies_come_in_order_the_same_but_for_their_number(closed):
    first, second = slips(closed)
    assert (words(first).count("Liên 1/2"), words(second).count("Liên 2/2")) == (1, 1)
    differ = [(a, b) for a, b in zip(first.blocks, second.blocks, strict=True) if a != b]
    assert [(a.text, b.text) for a, b in differ] == [("Liên 1/2", "Liên 2/2")]


def test_every_line_tells_its_lot_its_quantities_and_its_large_word(closed):
    shown = words(slips(closed)[0])
    for text in ("PHIẾU NHẬN HÀNG", "Số: A12-261125-001", "25/11/2026 02:31", "Người giao: HTX (mẫu)",
                 "lô MD2611-07", " giao 20 kg, trả lại 3: dập hỏng", "KHỚP HỒ SƠ", "lô nhận 001-2",
                 "lô nhận 001-3", "THIẾU GIẤY TỜ", "Người giao ký", "Người nhận ký"):  # fmt: skip
        assert text in shown, (text, shown)
    assert any("82C-012.34" in text for text in shown)
    assert " Bảng kê 24/11" in shown
    assert any("Bổ sung trước" in text for text in shown)


@pytest.mark.parametrize(
    ("papers", "words"),
    [
        ([], ""),
        ([PaperFacts("bang_ke")], "Bảng kê"),
        ([PaperFacts("bang_ke", issued_on=date(2026, 11, 24), photos=1)], "Bảng kê 24/11, 1 ảnh"),
        ([PaperFacts("attp", photos=2), PaperFacts("hoa_don", issued_on=date(2026, 1, 2), photos=1)],
         "Giấy chứng nhận đủ điều kiện ATTP, hóa đơn mua 02/01, 3 ảnh"),
        ([PaperFacts("moi")], "Moi"),
    ],
)  # fmt: skip
def test_papers_are_told_by_kind_day_and_photos(papers, words):
    assert receiving_slips._papers_words(papers) == words


def test_it_names_no_price_and_no_report(closed):
    for slip in slips(closed):
        written = " ".join(words(slip))
        assert "đ " not in written
        assert not any(word in written for word in NEVER)


def test_it_prints_on_the_narrowest_paper(closed):
    for slip in slips(closed):
        shown = render(draw_and_encode(slip, NARROW), NARROW.dots)
        assert shown.unknown == ()


def test_a_practising_stall_says_so(night, tmp_path):
    with_printer(night, tmp_path)
    delivery = night.deliver()
    night.loose(delivery)
    with night.node.write(night.node.machine("t"), night.now) as tx:
        tx.session.get_one(Delivery, (night.node.id, delivery)).practice = True
        tx.session.get_one(Stall, (night.node.id, night.stalls["A-12"])).gln = None
    receiving.close(night.node, night.who(), delivery, night.now)
    for slip in slips(night):
        assert words(slip)[:2] == ["BẢN TẬP DÙNG", "DỮ LIỆU MẪU – KHÔNG CÓ GIÁ TRỊ"]
        assert not any("Mã địa điểm" in text for text in words(slip))


def test_without_a_printer_a_delivery_closes_all_the_same(night):
    delivery = night.deliver()
    night.loose(delivery)
    told = receiving.close(night.node, night.who(), delivery, night.now)
    assert told["state"] == "closed"
    assert slips(night) == []
