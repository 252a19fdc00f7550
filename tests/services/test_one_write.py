"""Every verb of a stall opens at most one write, and calls nothing of the outside while it is open."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from pos_trace.services import (
    adjusting,
    cases,
    checking,
    closing,
    counting,
    day_end,
    deliveries,
    hand_over,
    papers,
    printing,
    private_reports,
    product_list,
    recalls,
    receipts,
    receiving,
    returning,
    scanning,
    selling,
    shortfalls,
    splitting,
    stock,
    stop_sales,
    trace,
    transfer_answers,
    transfer_corrections,
    transfers,
)
from pos_trace.services.papers import PaperIn
from pos_trace.services.scanning import ScanIn
from pos_trace.services.selling import SaleIn
from pos_trace.services.transfer_answers import LineAnswer
from pos_trace.services.transfer_buyers import BuyerIn
from pos_trace.services.transfers import LineIn
from pos_trace.store.database import Database
from tests.services.goods_rows import photo_of
from tests.services.night import CABBAGE, UNKNOWN, Night, asked, laid_out, url, with_printer
from tests.services.two_nodes import officer

LOOSE = ("Cá rô", "ca", "10", "kg")
NEIGHBOUR, TRADER = BuyerIn(stall_number="E-01"), BuyerIn("Siêu thị Mẫu")


class Counting(Database):
    """The same database; says how many writes were opened."""

    opened = 0

    @contextmanager
    def write(self) -> Iterator[Session]:
        self.opened += 1
        with super().write() as session:
            yield session


@dataclass
class Kept:
    """A photo as a decoder gives it."""

    data: bytes = b"\xff\xd8\xff" + b"." * 50
    media_type: str = "image/jpeg"
    quality: str | None = None


@dataclass
class Photos:
    """A photo reader that only looks whether somebody holds the door open."""

    database: Database

    def read(self, data: bytes, **_: Any) -> Any:
        raise AssertionError("no verb here reads codes of photos")

    def keep(self, data: bytes) -> Kept:
        assert not self.database.in_write()
        return Kept()


@dataclass
class Stage:
    """A night on a counting database with one of everything."""

    night: Night
    counting: Counting

    def __post_init__(self) -> None:
        night = self.night
        self.open = night.deliver()
        self.line = night.scan(CABBAGE, self.open, "20", "kg")["line"]
        self.flagged = night.scan(UNKNOWN, self.open, "5", "hũ")["line"]
        self.closed = night.deliver()
        self.old = night.scan(CABBAGE, self.closed, "20", "kg")["line"]
        receiving.close(night.node, night.who(), self.closed, night.now)
        told = SaleIn("first", (asked(barcode=url(CABBAGE), quantity="1", unit="kg"),))
        self.sale = selling.record_sale(night.node, night.who(), told, night.now)
        flag = night.scan(UNKNOWN, self.open, "7", "hũ")["line"]["flag"]["id"]
        self.case = cases.send_flag(night.node, night.who(), flag, night.now)["case_id"]
        self.photo = photo_of(night.node, night.stalls["A-12"], night.now, None)
        self.given = laid_out(night, quantity="40")
        buyers = (NEIGHBOUR, NEIGHBOUR, TRADER, NEIGHBOUR)
        sent = [
            transfers.send(night.node, night.who(), "sale", to, [LineIn("2", None, self.given)], "", night.now)
            for to in buyers
        ]
        self.slips, self.code = [one["id"] for one in sent], sent[3]["codes"][0]
        coming = transfers.listed(night.node, night.who("E-01"), "in")["transfers"]
        self.coming = next(one["id"] for one in coming if one["number"] == sent[0]["number"])
        self.wrong = night.scan(CABBAGE, night.deliver(), "3", "kg")["line"]


@pytest.fixture
def stage(night: Night, tmp_path: Any) -> Iterator[Stage]:
    night.pull()
    with_printer(night, tmp_path)
    counting = Counting(night.node.db.url.render_as_string(hide_password=False))
    ports = replace(night.node.ports, photos=Photos(counting))
    station = replace(night.node, db=counting, ports=ports)
    night.province.station = station
    yield Stage(replace(night, pair=replace(night.pair, station=station)), counting)
    counting.close()


def verbs(stage: Stage) -> dict[str, tuple[int, Any]]:
    """Each verb with how many writes it may open: 1, or 0 when it only reads."""
    node, who, now = stage.night.node, stage.night.who(), stage.night.now + timedelta(minutes=1)
    her = stage.night.who("E-01")
    sold = (asked(barcode=url(CABBAGE), quantity="1", unit="kg"),)
    paper = PaperIn("bang_ke", "1", None, None)
    return {
        "look up": (1, lambda: scanning.scan(node, who, ScanIn(url(CABBAGE)), now)),
        "dry run": (0, lambda: scanning.scan(node, who, ScanIn(url(CABBAGE), dry_run=True), now)),
        "ask the province": (1, lambda: scanning.scan(node, who, ScanIn(url(UNKNOWN + "X")), now)),
        "no trace code": (1, lambda: scanning.scan(node, who, ScanIn("xin chao"), now)),
        "scan": (1, lambda: scanning.scan(node, who, ScanIn(url(CABBAGE), stage.open, "1", "kg"), now)),
        "open delivery": (1, lambda: deliveries.open_delivery(node, who, now, supplier_name="x")),
        "list deliveries": (0, lambda: deliveries.listed(node, who)),
        "read delivery": (0, lambda: deliveries.detail(node, who, stage.open, now)),
        "loose goods": (1, lambda: receiving.add_loose(node, who, stage.open, *LOOSE, [paper], now)),
        "paper": (1, lambda: papers.add(node, who, stage.open, paper, None, now)),
        "photo": (1, lambda: papers.add_photo(node, who, stage.open, b"x", now, line_id=stage.line["id"])),
        "refuse": (1, lambda: receiving.refuse(node, who, stage.line["id"], "1", "kg", "dập", now)),
        "hold": (1, lambda: receiving.hold(node, who, stage.flagged["id"], now)),
        "flags": (0, lambda: receiving.flags(node, who, now)),
        "adjust": (
            1,
            lambda: adjusting.adjust(node, who, stage.closed, stage.old["id"], "1", "kg", "x", now, less=True),
        ),
        "check": (0, lambda: checking.sellable(node, who, sold, now)),
        "sell": (1, lambda: selling.record_sale(node, who, SaleIn("x", sold), now)),
        "sell again": (1, lambda: selling.record_sale(node, who, SaleIn("x", sold), now)),
        "reprint": (1, lambda: receipts.reprint(node, who, stage.sale["id"], now)),
        "sales": (0, lambda: receipts.listed(node, who)),
        "prints": (0, lambda: printing.listed(node, who)),
        "take back": (1, lambda: returning.take_back(node, who, url(CABBAGE), "1", "kg", now)),
        "product": (1, lambda: product_list.set_by_sku(node, who, "P", {"name": "x", "unit": "kg"}, now)),
        "stock": (0, lambda: stock.listed(node, who)),
        "opening": (1, lambda: stock.opening(node, who, "x", "1", "kg", now)),
        "split": (1, lambda: splitting.split(node, who, stage.old["lot_id"], "1", "x", "kg", "1", now)),
        "repack": (1, lambda: splitting.repack(node, who, stage.old["lot_id"], "1", "túi", "500", "g", now)),
        "merge": (
            1,
            lambda: splitting.merge(node, who, [(stage.old["lot_id"], "1"), (stage.line["lot_id"], "1")], now),
        ),
        "lineage": (0, lambda: splitting.made_of(node, who, stage.old["lot_id"])),
        "count": (1, lambda: counting.count(node, who, stage.old["lot_id"], "9", "đếm", now)),
        "on sale": (1, lambda: stock.on_sale(node, who, stage.old["lot_id"], True, now)),
        "shortfalls": (0, lambda: shortfalls.listed(node, who)),
        "closed lots": (0, lambda: closing.closed(node, who, now)),
        "hand over": (1, lambda: hand_over.offer(node, who, now)),
        "shift": (0, lambda: hand_over.current(node, who, now)),
        "close day": (1, lambda: day_end.close_day(node, who, now)),
        "days": (0, lambda: day_end.listed(node, who, now)),
        "waste": (1, lambda: stock.waste(node, who, stage.old["lot_id"], "1", "x", now)),
        "close lot": (1, lambda: closing.close(node, who, stage.old["lot_id"], now)),
        "close": (1, lambda: receiving.close(node, who, stage.open, now)),
        "send flag": (1, lambda: cases.send_flag(node, who, stage.flagged["flag"]["id"], now)),
        "reply": (1, lambda: cases.reply(node, who, stage.case, "có giấy", [], now)),
        "evidence": (1, lambda: cases.add_evidence(node, who, stage.case, [stage.photo], "", now)),
        "withdraw": (1, lambda: cases.withdraw(node, who, stage.case, "", now)),
        "cases": (0, lambda: cases.listed(node, who)),
        "stop sales": (0, lambda: stop_sales.log(node, who)),
        "recall": (0, lambda: stop_sales.listed(node, who, "TH-1")),
        "private report": (1, lambda: private_reports.tell(node, who, "x", "", "", False, now)),
        "transfers": (0, lambda: transfers.listed(node, who)),
        "send slip": (
            1,
            lambda: transfers.send(node, who, "sale", NEIGHBOUR, [LineIn("1", None, stage.given)], "", now),
        ),
        "send outside": (
            1,
            lambda: transfers.send(node, who, "sale", TRADER, [LineIn("1", None, stage.given)], "", now),
        ),
        "take in": (1, lambda: transfer_answers.accept(node, her, stage.coming, [], now)),
        "cancel slip": (1, lambda: transfer_answers.cancel(node, who, stage.slips[1], "", now)),
        "goods back": (
            1,
            lambda: transfer_answers.take_back(node, who, stage.slips[2], [LineAnswer(1, None, "1")], now),
        ),
        "wrong stall": (1, lambda: transfer_corrections.offer(node, who, "E-01", "", now, line_id=stage.wrong["id"])),
        "scan a slip": (1, lambda: scanning.scan(node, her, ScanIn(stage.code), now)),
        "shopper": (0, lambda: trace.receipt(node, stage.sale["trace_url"].rpartition("/")[2])),
    }


def test_each_verb_opens_at_most_one_write_and_a_reading_one_none(stage: Stage) -> None:
    for name, (most, verb) in verbs(stage).items():
        before = stage.counting.opened
        verb()
        assert stage.counting.opened - before == most, name
        assert not stage.counting.in_write()


def test_a_refused_check_writes_its_log_in_one_write(stage: Stage) -> None:
    night = stage.night
    province = night.pair.province
    recalls.issue(province, officer(province), {"keys": [CABBAGE], "reason": "mẫu"}, night.now)
    night.pull()
    before = stage.counting.opened
    lines = [asked(line_no=number, barcode=url(CABBAGE)) for number in (1, 2, 3)]
    told = checking.sellable(night.node, night.who(), lines, night.now)
    assert [line["sellable"] for line in told["lines"]] == ["no"] * 3
    assert stage.counting.opened - before == 1


def test_a_second_write_inside_a_verb_is_refused(stage: Stage) -> None:
    node, who, before = stage.night.node, stage.night.who(), stage.night.lot(stage.old["lot_id"])
    with node.write(who, stage.night.now), pytest.raises(RuntimeError, match="at most one write"):
        stock.waste(node, who, stage.old["lot_id"], "1", "x", stage.night.now)
    assert stage.night.lot(stage.old["lot_id"]) == before
