"""The thirty days before the demo: deliveries of the morning, sales, what went wrong, what is left in the evening."""

import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

import click

from pos_trace.demo import parts
from pos_trace.demo.lots import key_of, label
from pos_trace.demo.market import Market, deliver, receive
from pos_trace.demo.rows import Row, rows, unanswered
from pos_trace.services import adjusting, cases, closing, gate_log, receiving, selling, stock
from pos_trace.services.goods_asked import AskedLine
from pos_trace.services.node import LOCAL_ZONE

DAYS: Final = 30
CABBAGE, COFFEE = "09521234600053", "09521234600015"
FARM: Final = "HTX rau hoa Măng Đen (mẫu)"
# stall, goods, group, unit, usual quantity, price, papers, supplier, what the market calls them
PLAIN: Final = (
    ("A-15", "Cải ngọt", "rau", "kg", 80, 18000, ("bang_ke",), "Chị Ba (mẫu)", "xe cam"),
    ("C-03", "Cá diêu hồng", "ca", "kg", 50, 70000, ("bang_ke",), "Anh Tư (mẫu)", "ghe Sa Thầy"),
    ("D-07", "Thịt heo đùi", "thit", "kg", 90, 130000, ("kiem_dich", "phieu_giao_hang"), "Chị Ba (mẫu)", "lò Kon Tum"),
)
SELLERS: Final = ("A-12", "A-15", "C-03", "D-07", "E-01")
FORGOTTEN: Final = (11, 22)
CORRECTED: Final = 9
SILENT: Final = "B-04"  # scans nothing; the gate counts what is brought to it
GATE_EVERY: Final = 3
GATE_FROM: Final = 27  # nine arrivals


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


def play(market: Market, day: date, quiet: bool) -> None:
    """All of it, the oldest day first, each verb with the time it happened."""
    tonight = market.now - timedelta(hours=12)
    shown = click.progressbar(length=DAYS, label="30 ngày trước", file=sys.stderr, hidden=quiet)
    with shown as bar:
        for back in range(DAYS, 0, -1):
            night, on = tonight - timedelta(days=back), day - timedelta(days=back)
            _one_day(market, night, on, back)
            for row in (*rows(day), *unanswered()):
                if row.days == back:
                    at = datetime.combine(on, row.clock, LOCAL_ZONE) if row.clock else None
                    receive(market, row, at or night + timedelta(minutes=row.minutes), on)
            cases.due_flags(market.node, night + timedelta(hours=12))
            deliver(market)
            bar.update(1)


def opening(market: Market, at: datetime) -> None:
    """Row 27: what lay on the grocer's table before the first day, entered without verdict or case."""
    market.now = at
    who = market.who("E-01")
    stock.opening(market.node, who, "Hành tím Lý Sơn", "80", "kg", at, group="gia_vi")


def _one_day(market: Market, night: datetime, on: date, back: int) -> None:
    """The morning's deliveries, the day's sales, what is thrown away in the evening."""
    market.now = night
    for row in _brought(market, on, back):
        forget = back in FORGOTTEN and row.stall == "C-03"
        receive(market, row, night + timedelta(minutes=row.minutes), on, forget=forget)
    if back == CORRECTED:
        _correct(market, night + timedelta(hours=1))
    _count_at_gate(market, night + timedelta(hours=4), back)
    receiving.auto_close(market.node, night + timedelta(hours=5))
    for number in range(10):
        _sell(market, night + timedelta(hours=3, minutes=35 * number), number)
    _clear_table(market, night + timedelta(hours=11))


def _brought(market: Market, on: date, back: int) -> Iterator[Row]:
    yield Row(0, "A-12", FARM, str(market.luck.randint(6, 14)), "sọt", label(CABBAGE, f"MD{on:%y%m%d}"),
              refused="1" if back % 4 == 0 else "", minutes=10)  # fmt: skip
    if back % 5 == 0:
        lot = label(COFFEE, f"DH{on:%y%m%d}")
        yield Row(0, "E-01", "HTX cà phê Đăk Hà (mẫu)", "40", "gói", lot, minutes=20)
    for stall, name, group, unit, usual, _, kinds, supplier, nickname in PLAIN:
        told = tuple((kind, f"{stall}-{kind[:2].upper()}-{{day}}", True) for kind in kinds)
        quantity = str(usual + market.luck.randint(-15, 15))
        yield Row(0, stall, supplier, quantity, unit, name=name, group=group, papers=told, nickname=nickname,
                  minutes=30)  # fmt: skip


def _correct(market: Market, at: datetime) -> None:
    """After closing a crate turns out to be missing: Phiếu điều chỉnh."""
    market.now, line = at, market.lines[0, "A-12"]
    told = (line["delivery_id"], line["id"], "1", "sọt", "đếm lại thiếu 1 sọt", at)
    adjusting.adjust(market.node, market.who("A-12"), *told, less=True)


def _count_at_gate(market: Market, at: datetime, back: int) -> None:
    """The office counts by itself, also what comes for the stall that scans nothing."""
    market.now = at
    who, silent = market.person("operator"), back % GATE_EVERY == 0 and back <= GATE_FROM
    for number in ("A-12", "A-15", "C-03", "D-07", *([SILENT] if silent else [])):
        gate_log.add(market.node, who, at, number=number, note="đếm ở cổng (mẫu)")


def _sell(market: Market, at: datetime, number: int) -> None:
    """One sale at one stall: one or two of what lies there."""
    node, market.now = market.node, at
    who = market.who(SELLERS[number % len(SELLERS)])
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
