"""The paper of a sale: same token on every copy, no price outside the stall, no printer or address is no hindrance."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from pos_trace.core import tokens
from pos_trace.core.errors import Conflict, NotFound
from pos_trace.core.slips import from_json
from pos_trace.hardware import transports
from pos_trace.hardware.picture import render
from pos_trace.runtime.children import PageDrawer
from pos_trace.services import places, printing, receipts
from pos_trace.store.models import OutboxMessage, Printer, PrintJob, Receipt, Sale, Stall
from tests.hardware.papers import by_zbar
from tests.services.night import CABBAGE, asked, laid_out, sell, with_ports, with_printer
from tests.services.print_shop import print_next

CARROTS = {"name": "Cà rốt", "quantity": "1.5", "unit": "kg", "unit_price": 20_000}
TITLE = "PHIẾU BÁN HÀNG"


def slip_of(night, job):
    with night.node.db.read() as session:
        return from_json(session.get_one(PrintJob, (night.node.id, job)).slip)


def texts(night, job):
    """All that stands on a queued paper, in order."""
    return [text for block in slip_of(night, job).blocks for text in (block.text, block.right) if text.strip()]


def published(night):
    with night.node.db.read() as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "receipt")).all()
        return [json.loads(row.body) for row in rows]


@pytest.fixture
def selling(night, tmp_path):
    """A stall with a printer and carrots laid out."""
    with_printer(night, tmp_path / "paper")
    laid_out(night)
    return night


def test_a_sale_mints_a_token_prints_its_code_and_publishes_it(selling):
    answer = sell(selling, asked(**CARROTS))
    with selling.node.db.read() as session:
        row = session.scalars(select(Receipt)).one()
    assert (answer["trace_url"], answer["qr_text"]) == (
        f"https://truyxuat.example/r/{row.token}", f"HTTPS://TRUYXUAT.EXAMPLE/R/{row.token}"
    )  # fmt: skip
    assert answer["short_code"] == tokens.format_short(tokens.short_code(row.token))
    assert (row.copies, row.keep_until) == (1, selling.now + receipts.KEPT)
    (code,) = [block.text for block in slip_of(selling, answer["print_job"]).blocks if block.kind == "code"]
    assert code == answer["qr_text"]
    assert f"hoặc vào truyxuat.example/m gõ: {answer['short_code']}" in texts(selling, answer["print_job"])
    assert [body["token"] for body in published(selling)] == [row.token]


def test_from_sale_to_paper_the_code_read_is_the_trace_address(selling, children, tmp_path):
    night = with_ports(selling, drawer=PageDrawer(children), transport=transports.open_transport)
    answer = sell(night, asked(**CARROTS))
    with night.node.db.read() as session:
        printer = session.scalars(select(Printer.id)).one()
    assert print_next(night.node, printer, "a", night.now) == "confirmed"
    shown = render((tmp_path / "paper" / f"{answer['print_job']}.bin").read_bytes())
    assert by_zbar(shown.image) == [answer["qr_text"]]
    assert (shown.unknown, len(shown.cuts)) == ((), 1)


def test_numbers_count_up_by_stall_and_year(selling):
    laid_out(selling, number="E-01")
    told = [sell(selling, asked(**CARROTS), name=f"s-{n}")["receipt_no"] for n in (1, 2)]
    assert told == ["A12-0001", "A12-0002"]
    assert sell(selling, asked(**CARROTS), number="E-01")["receipt_no"] == "E01-0001"
    assert sell(selling, asked(**CARROTS), name="s-3", receipt_no="HD 7")["receipt_no"] == "HD 7"


def test_every_copy_carries_the_same_code_and_its_own_number(selling):
    answer = sell(selling, asked(**CARROTS))
    first = slip_of(selling, answer["print_job"])
    for number in (2, 3):
        told = receipts.reprint(selling.node, selling.who(), answer["id"], selling.later(minutes=number))
        assert (told["id"], told["copy_no"]) == (answer["id"], number)
        copy = slip_of(selling, told["print_job"])
        assert copy.blocks[0].text == f"BẢN IN LẠI (lần {number}) 02:{31 + number} 25/11/2026"
        assert copy.blocks[1:] == first.blocks
    assert len(published(selling)) == 1
    with selling.node.db.read() as session:
        assert session.scalars(select(Receipt.copies)).all() == [3]


def test_a_copy_asked_for_at_the_printer_and_one_at_the_screen_count_together(selling):
    answer = sell(selling, asked(**CARROTS))
    with selling.node.write(selling.node.machine("t"), selling.now) as tx:
        tx.session.get_one(PrintJob, (selling.node.id, answer["print_job"])).state = "sent_unconfirmed"
    again = printing.answer(selling.node, selling.who(), answer["print_job"], False, selling.later(minutes=1))["again"]
    told = receipts.reprint(selling.node, selling.who(), answer["id"], selling.later(minutes=2))
    assert told["copy_no"] == 3
    marks = [texts(selling, job)[0] for job in (again, told["print_job"])]
    assert marks == ["BẢN IN LẠI (lần 2) 02:32 25/11/2026", "BẢN IN LẠI (lần 3) 02:33 25/11/2026"]


def test_without_a_printer_the_sale_is_the_same_and_prints_once_there_is_one(night, tmp_path):
    laid_out(night)
    answer = sell(night, asked(**CARROTS))
    assert answer["print_job"] is None
    assert answer["trace_url"]
    assert len(published(night)) == 1
    with pytest.raises(Conflict) as refused:
        receipts.reprint(night.node, night.who(), answer["id"], night.now)
    assert refused.value.code == "no_printer"
    with_printer(night, tmp_path)
    told = receipts.reprint(night.node, night.who(), answer["id"], night.later(minutes=1))
    assert told["copy_no"] == 1
    shown = texts(night, told["print_job"])
    assert not any("BẢN IN LẠI" in text for text in shown)
    assert answer["qr_text"] in shown
    assert "Cà rốt" in shown
    assert receipts.reprint(night.node, night.who(), answer["id"], night.later(minutes=2))["copy_no"] == 2
    assert len(published(night)) == 1


@pytest.mark.parametrize("wrong", ["neighbour", "unknown"])
def test_nobody_reprints_a_sale_that_is_not_theirs(selling, wrong):
    sale = sell(selling, asked(**CARROTS))["id"]
    who, asked_for = (selling.who("E-01"), sale) if wrong == "neighbour" else (selling.who(), "no-such-sale")
    with pytest.raises(NotFound) as refused:
        receipts.reprint(selling.node, who, asked_for, selling.now)
    assert refused.value.detail == receipts.NO_SALE
    assert selling.count(PrintJob) == 1


def test_a_return_has_no_receipt_to_print(selling):
    with selling.node.write(selling.who(), selling.now) as tx:
        sale = Sale(site_id=selling.node.id, id=tx.id(), created_at=selling.now, stall_id=selling.who().stall)
        sale.kind, sale.external_id, sale.till, sale.receipt_no = "return", "r-1", "", "TL-1"
        sale.sold_at, sale.body_sha256, sale.answer, sale.practice = selling.now, "0" * 64, {}, False
        tx.session.add(sale)
    with pytest.raises(NotFound):
        receipts.reprint(selling.node, selling.who(), sale.id, selling.now)


def test_without_a_public_address_there_is_no_code_and_nothing_is_published(selling):
    selling.pair.station = replace(selling.node, public_base_url=None)
    answer = sell(selling, asked(**CARROTS))
    assert (answer["trace_url"], answer["qr_text"], answer["short_code"]) == (None, None, None)
    shown = texts(selling, answer["print_job"])
    at = shown.index("THÔNG TIN TRUY XUẤT NGUỒN GỐC")
    assert shown[at:] == ["THÔNG TIN TRUY XUẤT NGUỒN GỐC", "Chưa có trang truy xuất", "Không thay hóa đơn"]
    assert published(selling) == []


def test_a_practising_stall_says_so_and_publishes_nothing(selling):
    with selling.node.write(selling.node.machine("t"), selling.now) as tx:
        stall = tx.session.get_one(Stall, (selling.node.id, selling.stalls["A-12"]))
        stall.practice_until = (selling.now + timedelta(days=2)).date()
    answer = sell(selling, asked(**CARROTS))
    shown = texts(selling, answer["print_job"])
    assert shown[:2] == ["BẢN TẬP DÙNG", "DỮ LIỆU MẪU – KHÔNG CÓ GIÁ TRỊ"]
    assert answer["qr_text"] is None
    assert published(selling) == []


@pytest.mark.parametrize("demo", [True, False])
def test_only_the_demo_marks_its_papers_as_samples(selling, demo):
    selling.pair.station = replace(selling.node, demo=demo)
    shown = texts(selling, sell(selling, asked(**CARROTS))["print_job"])
    assert ("DỮ LIỆU MẪU – KHÔNG CÓ GIÁ TRỊ" in shown) is demo
    assert "BẢN TẬP DÙNG" not in shown
    assert shown.index(TITLE) > 0


@pytest.mark.parametrize(
    ("lines", "total"),
    [
        ([asked(**CARROTS)], "30.000\u00a0đ"),
        ([asked(name="Hành", amount=5_000)], "5.000\u00a0đ"),
        ([asked(**CARROTS), asked(line_no=2, name="Ớt", quantity="1", unit="kg")], None),
        ([asked(name="Ớt", quantity="1", unit="kg")], None),
    ],
)  # fmt: skip
def test_one_line_without_a_price_leaves_the_total_out(selling, lines, total):
    shown = texts(selling, sell(selling, *lines)["print_job"])
    assert ("Cộng" in shown) is (total is not None)
    if total is not None:
        assert shown[shown.index("Cộng") + 1] == total


@pytest.mark.parametrize(
    ("days", "words"),
    [((0, 0), "  một trong 2 lô nhận hôm nay"), ((-1, 0), "  một trong 2 lô"), ((-1, -1), "  một trong 2 lô")],
)
def test_the_paper_says_how_sure_the_lot_is(night, tmp_path, days, words):
    with_printer(night, tmp_path)
    for day in days:
        laid_out(night, at=night.later(days=day))
    job = sell(night, asked(**CARROTS))["print_job"]
    assert words in [block.text for block in slip_of(night, job).blocks]


def test_a_name_full_of_commands_is_on_paper_without_them(selling):
    job = sell(selling, asked(name="Cà\x1b@rốt\u202e\x1dV\x00", quantity="1", unit="kg"))["print_job"]
    assert "Cà@rốtV" in texts(selling, job)


def keys_of(value):
    """Every key anywhere in a document."""
    if isinstance(value, dict):
        return set(value) | {key for part in value.values() for key in keys_of(part)}
    return {key for part in value for key in keys_of(part)} if isinstance(value, list) else set()


def test_what_leaves_the_stall_holds_no_price_quantity_total_number_or_till(selling):
    selling.pull()
    selling.receive(CABBAGE)
    told = {"total": 987_654, "receipt_no": "HD-SECRET", "till": "quay-bi-mat", "cashier": "nguoi-bi-mat"}
    sell(selling, asked(**CARROTS | {"amount": 876_543}), asked(line_no=7, barcode="09521234600053", quantity="3.25",
         unit="kg", unit_price=765_432), **told)  # fmt: skip
    (body,) = published(selling)
    assert keys_of(body) == {
        "token", "short_code", "stall_gln", "stall_name", "sold_hour", "lines", "line_no", "product_name", "lot_keys",
        "lot_source", "origin", "commune", "facility", "received_on", "papers",
    }  # fmt: skip
    written = json.dumps(body, ensure_ascii=False)
    for secret in ("987654", "876543", "765432", "3.25", "SECRET", "bi-mat", ":31"):
        assert secret not in written
    assert [line["line_no"] for line in body["lines"]] == [1, 2]
    assert body["lines"][1]["lot_keys"] == [CABBAGE]
    assert body["lines"][0]["origin"]["received_on"] == "2026-11-25"


def test_the_province_takes_exactly_that_and_refuses_more(selling):
    from pydantic import ValidationError

    from pos_trace.web.province.bodies import ReceiptIn

    sell(selling, asked(**CARROTS))
    (body,) = published(selling)
    assert ReceiptIn.model_validate(body).token == body["token"]
    assert ReceiptIn.model_json_schema()["additionalProperties"] is False
    for extra in ("total", "receipt_no", "till"):
        with pytest.raises(ValidationError):
            ReceiptIn.model_validate(body | {extra: 1})
    for extra in ("quantity", "unit_price", "amount"):
        with pytest.raises(ValidationError):
            ReceiptIn.model_validate(body | {"lines": [body["lines"][0] | {extra: 1}]})


def test_the_last_sales_are_listed_for_their_stall_only(selling):
    laid_out(selling, number="E-01")
    mine, theirs = sell(selling, asked(**CARROTS)), sell(selling, asked(**CARROTS), number="E-01")
    for number, answer in (("A-12", mine), ("E-01", theirs)):
        (told,) = receipts.listed(selling.node, selling.who(number))["sales"]
        assert (told["id"], told["trace_url"], told["total"]) == (answer["id"], answer["trace_url"], 30_000)


def test_a_token_already_taken_or_malformed_is_minted_anew(selling):
    sell(selling, asked(**CARROTS))
    with selling.node.db.read() as session:
        taken = session.scalars(select(Receipt.token)).one()
    luck = iter([b"\xff" * tokens.RANDOM_BYTES])
    real = selling.node.random
    selling.pair.station = replace(selling.node, random=lambda count: next(luck, None) or real(count)
                                   if count == tokens.RANDOM_BYTES else real(count))  # fmt: skip
    sell(selling, asked(**CARROTS), name="s-2")
    with selling.node.db.read() as session:
        assert len(set(session.scalars(select(Receipt.token)))) == 2
    assert len(taken) == 20


def test_a_stall_prints_on_its_own_printer(selling, tmp_path):
    node, stall = selling.node, selling.stalls["A-12"]
    own = places.add_printer(node, node.machine("t"), stall, "riêng", "generic-58", "file", str(tmp_path), selling.now)
    job = sell(selling, asked(**CARROTS))["print_job"]
    with node.db.read() as session:
        assert session.get_one(PrintJob, (node.id, job)).printer_id == own["id"]
