"""Thirty days before the demo and its day, played through the verbs people use, each with the time it happened."""

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click

from pos_trace.demo import parts, setup
from pos_trace.demo.api import Client
from pos_trace.demo.lots import key_of, label
from pos_trace.demo.parts import PROVINCE
from pos_trace.demo.people import STATION_ID
from pos_trace.demo.rows import Row, rows
from pos_trace.demo.setup import Demo
from pos_trace.runtime.children import Children
from pos_trace.services import (
    accounts,
    cases,
    closing,
    deliveries,
    outbox,
    papers,
    receiving,
    scanning,
    selling,
    stock,
    sync,
)
from pos_trace.services.goods_asked import AskedLine
from pos_trace.services.node import Actor, Node
from pos_trace.services.scanning import ScanIn

DAYS = 30
SEED = 2611
CABBAGE, COFFEE = "09521234600053", "09521234600015"
# stall, goods, group, unit, usual quantity, price, paper
PLAIN = (
    ("A-15", "Cải ngọt", "rau", "kg", 80, 18000, "bang_ke"),
    ("C-03", "Cá diêu hồng", "ca", "kg", 50, 70000, "bang_ke"),
    ("D-07", "Thịt heo đùi", "thit", "kg", 90, 130000, "kiem_dich"),
)
FORGOTTEN = (11, 22)


@dataclass
class Market:
    """The station's node while its past is played."""

    node: Node
    demo: Demo
    luck: random.Random
    now: datetime

    def who(self, stall: str) -> Actor:
        """Who acts at ``stall``: the bearer of its key."""
        return accounts.actor_of_key(self.node, self.demo.facts["stalls"][stall]["api_key"], self.now)


def past_lots(day: date) -> Iterator[dict[str, Any]]:
    """The lots the province published for the days before: cabbage every day, coffee every fifth."""
    for back in range(DAYS, 0, -1):
        on = day - timedelta(days=back)
        goods = [("Cải thảo Măng Đen", "rau", "F2", CABBAGE, f"MD{on:%y%m%d}", "kg")]
        if back % 5 == 0:
            goods.append(("Cà phê bột Robusta Đăk Hà 500 g", "ca_phe", "F1", COFFEE, f"DH{on:%y%m%d}", "gói"))
        for name, group, facility, gtin, lot, unit in goods:
            yield {"key": key_of(gtin, lot), "product_name": name, "product_group": group, "facility_id": facility,
                   "unit": unit, "brand": "Mẫu", "origin_country": "704", "harvest_date": on.isoformat()}  # fmt: skip


def play(demo: Demo, quiet: bool) -> None:
    """Play it all on the prepared, not yet started station beside its running province."""
    now = datetime.now(UTC)
    day = now.date()
    province = Client(demo.province.url, demo.facts["province"]["api_key"])
    children = Children(1)
    try:
        parts.publish(province, day, past_lots(day))
        with setup.opened(demo.station.config, children) as node:
            market = Market(node, demo, random.Random(SEED), now)  # noqa: S311 - an invented past, the same every time
            sync.pull(node, now)
            _history(market, day, quiet)
            _today(market, day)
            _cases(market, province)
    finally:
        children.close()
        province.close()


def _history(market: Market, day: date, quiet: bool) -> None:
    night = market.now - timedelta(hours=12)
    shown = click.progressbar(length=DAYS, label="30 ngày trước", file=sys.stderr, hidden=quiet)
    with shown as bar:
        for back in range(DAYS, 0, -1):
            _one_day(market, night - timedelta(days=back), day - timedelta(days=back), back)
            for row in rows(day):
                if row.days == back:
                    _receive(market, row, night - timedelta(days=back) + timedelta(minutes=row.minutes), day)
            cases.due_flags(market.node, night - timedelta(days=back) + timedelta(hours=12))
            _deliver(market)
            bar.update(1)


def _one_day(market: Market, night: datetime, on: date, back: int) -> None:
    """The morning's deliveries, the day's sales, what is thrown away in the evening."""
    market.now = night
    told = [Row(0, "A-12", "HTX rau hoa Măng Đen (mẫu)", str(market.luck.randint(6, 14)), "sọt",
                label(CABBAGE, f"MD{on:%y%m%d}"), refused="1" if back % 4 == 0 else "", minutes=10)]  # fmt: skip
    if back % 5 == 0:
        told.append(Row(0, "E-01", "HTX cà phê Đăk Hà (mẫu)", "40", "gói", label(COFFEE, f"DH{on:%y%m%d}"), minutes=20))
    for stall, name, group, unit, usual, _, kind in PLAIN:
        quantity = str(usual + market.luck.randint(-15, 15))
        paper = ((kind, f"{stall}-{{day}}", True),)
        told.append(
            Row(0, stall, f"Xe hàng {stall} (mẫu)", quantity, unit, name=name, group=group, papers=paper, minutes=30)
        )
    for row in told:
        forget = back in FORGOTTEN and row.stall == "C-03"
        _receive(market, row, night + timedelta(minutes=row.minutes), on, forget=forget)
    receiving.auto_close(market.node, night + timedelta(hours=5))
    for number in range(10):
        _sell(market, night + timedelta(hours=3, minutes=35 * number), number)
    _clear_table(market, night + timedelta(hours=11))


def _receive(market: Market, row: Row, at: datetime, day: date, *, forget: bool = False) -> None:
    """One delivery of one line, with its papers, what went back, and closing."""
    node, market.now = market.node, at
    who = market.who(row.stall)
    opened = deliveries.open_delivery(node, who, at, supplier_name=row.supplier, vehicle_plate=row.plate or None)
    if row.text:
        scan = ScanIn(
            row.text, opened["id"], row.quantity, row.unit, goods_name=row.name, goods_group=row.group or None
        )
        line = scanning.scan(node, who, scan, at + timedelta(seconds=20))["line"]
    else:
        line = receiving.add_loose(node, who, opened["id"], row.name, row.group, row.quantity, row.unit, (), at)["line"]
    for kind, number, photo in row.papers:
        told = papers.PaperIn(kind, number.format(day=f"{day:%d%m%y}"), at.date(), row.supplier)
        paper = papers.add(node, who, opened["id"], told, line["id"], at + timedelta(minutes=1))["paper"]
        if photo:
            data = parts.paper_picture(number)
            papers.add_photo(node, who, opened["id"], data, at + timedelta(minutes=1), paper_id=paper["id"])
    if row.refused:
        receiving.refuse(node, who, line["id"], row.refused, row.unit, "dập hỏng", at + timedelta(minutes=2))
    if not forget:
        receiving.close(node, who, opened["id"], at + timedelta(minutes=4))


def _sell(market: Market, at: datetime, number: int) -> None:
    """One sale at one stall: one or two of what lies there."""
    node, market.now = market.node, at
    stall = ("A-12", "A-15", "C-03", "D-07", "E-01")[number % 5]
    who = market.who(stall)
    lots = [lot for lot in stock.listed(node, who)["lots"] if lot["sellable"] and float(lot["quantity"]) > 1]
    if not lots:
        return
    lot = market.luck.choice(lots)
    price = next((row[5] for row in PLAIN if row[1] == lot["product_name"]), 15000 if lot["unit"] == "kg" else 125000)
    quantity = f"{market.luck.randint(5, 30) / 10:.1f}" if lot["unit"] == "kg" else "1"
    line = AskedLine(1, name=lot["product_name"], quantity=parts.decimal(quantity), unit=lot["unit"], unit_price=price)
    sale = selling.SaleIn(external_id=f"seed-{at:%y%m%d%H%M}-{number}", lines=(line,), time=at)
    selling.record_sale(node, who, sale, at)


def _clear_table(market: Market, at: datetime) -> None:
    """In the evening the perishable rest is sold to a kitchen or thrown away, and the lots are over."""
    node, market.now = market.node, at
    for stall in ("A-12", "A-15", "C-03", "D-07"):
        who = market.who(stall)
        for lot in stock.listed(node, who)["lots"]:
            if lot["sellable"] and lot["unit"] == "kg" and float(lot["quantity"]) > 0:
                stock.waste(node, who, lot["id"], lot["quantity"], "cuối ngày, không bán lại", at)
                closing.close(node, who, lot["id"], at)


def _today(market: Market, day: date) -> None:
    """The rows of USERS part 6 whose day is today, in the hours before now."""
    night = datetime.now(UTC) - timedelta(hours=4)
    for row in rows(day):
        if row.days == 0:
            _receive(market, row, night + timedelta(minutes=row.minutes), day)
    market.now = datetime.now(UTC)
    cases.due_flags(market.node, market.now)
    _deliver(market)


def _deliver(market: Market) -> None:
    """Send what waits; the province answers at once on loopback."""
    while outbox.deliver_due(market.node, datetime.now(UTC)):
        continue


def _cases(market: Market, province: Client) -> None:
    """Row 25's report is taken back ("Ghi nhầm"); row 20's is concluded "đã làm rõ"."""
    node, now = market.node, datetime.now(UTC)
    who = market.who("E-01")
    for case in cases.listed(node, who)["cases"]:
        if case["reason"] == "revoked" and case["state"] in ("open", "sent", "received"):
            cases.withdraw(node, who, case["id"], "Ghi nhầm: quét nhầm kiện", now)
    _deliver(market)
    for case in cases.listed(node, market.who("D-07"))["cases"]:
        where = f"{PROVINCE}/cases/{STATION_ID}/{case['id']}"
        province.post(f"{where}/take", {})
        province.post(f"{where}/conclude", {
            "outcome": "complies", "origin_finding": "cleared",
            "reason": "Chủ hàng đã xuất trình hóa đơn và giấy kiểm dịch (mẫu)."})  # fmt: skip
    sync.poll_cases(node, datetime.now(UTC))
