"""The day of the demo: the rows whose day it is, and what people do with them after receiving."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from pos_trace.demo.history import SILENT
from pos_trace.demo.market import Market, deliver, receive
from pos_trace.demo.rows import rows
from pos_trace.services import (
    cases,
    day_end,
    gate_log,
    hand_over,
    lot_labels,
    returning,
    selling,
    splitting,
    stall_cards,
    transfer_answers,
    transfers,
)
from pos_trace.services.goods_asked import AskedLine
from pos_trace.services.transfer_buyers import BuyerIn
from pos_trace.services.transfers import LineIn

HOURS_AGO = 4
BELLY = "Ba rọi heo (cắt từ heo mảnh)"
CARDS = ("A-12", "C-03", "D-07", "K-22")


def play(market: Market, day: date) -> None:
    """The night, in the hours before now."""
    night = datetime.now(UTC) - timedelta(hours=HOURS_AGO)
    for row in rows(day):
        if row.days == 0:
            receive(market, row, night + timedelta(minutes=row.minutes), day)
    _cut(market, night + timedelta(minutes=90))
    _to_the_trader(market, night + timedelta(minutes=100))
    _brought_back(market, night + timedelta(minutes=150))
    _hand_over(market, night + timedelta(minutes=180))
    _office(market, night + timedelta(minutes=200))
    _cards(market, datetime.now(UTC))
    market.now = datetime.now(UTC)
    cases.due_flags(market.node, market.now)
    deliver(market)


def _cut(market: Market, at: datetime) -> None:
    """Row 19: belly cut from the half of row 18, with a little lost."""
    market.now = at
    told = (market.lot(18, "D-07"), "120", BELLY, "kg", "112")
    market.lines[19, "D-07"] = {"lot_id": splitting.split(market.node, market.who("D-07"), *told, at)["id"]}


def _to_the_trader(market: Market, at: datetime) -> None:
    """Row 6 goes on: two crates' weight for K-22, who takes the slip whole."""
    market.now, node = at, market.node
    line = LineIn("50", "kg", market.lot(6, "A-12"))
    transfers.send(node, market.who("A-12"), "sale", BuyerIn(stall_number="K-22"), [line], "", at)
    buyer, later = market.who("K-22"), at + timedelta(minutes=5)
    for slip in transfers.listed(node, buyer, "in")["transfers"]:
        transfer_answers.accept(node, buyer, slip["id"], (), later)


def _brought_back(market: Market, at: datetime) -> None:
    """A pack of row 16 was sold and comes back with its slip: set aside."""
    market.now, node, who = at, market.node, market.who("E-01")
    name, lot = "Cá lăng phi lê khay 500 g", market.lot(16, "E-01")
    line = AskedLine(1, name=name, quantity=Decimal(1), unit="khay", unit_price=120000, lot=lot)
    sold = selling.record_sale(node, who, selling.SaleIn(f"seed-{at:%y%m%d%H%M}-16", (line,), time=at), at)
    market.receipt_url, later = sold["trace_url"], at + timedelta(minutes=20)
    returning.take_back(node, who, name, "1", "khay", later, sale_id=sold["id"], key=lot)


def _hand_over(market: Market, at: datetime) -> None:
    """Giao ca at the grocer's: the receiver goes, the till's person takes over."""
    market.now = at
    offered = hand_over.offer(market.node, market.person("receiver"), at)
    market.now = at + timedelta(minutes=3)
    hand_over.take(market.node, market.person("cashier"), offered["id"], market.now)


def _office(market: Market, at: datetime) -> None:
    """The office ticks who was open; the stall that scans nothing was."""
    market.now = at
    gate_log.set_open(market.node, market.person("operator"), {SILENT: True, "K-22": True}, at)


def _cards(market: Market, at: datetime) -> None:
    """Owners open the card on the wall; K-22 sells all day with it and writes no sale down."""
    market.now = at
    for number in CARDS:
        stall_cards.switch(market.node, market.person("owner", number), True, number == "A-12", at)


def print_some(market: Market) -> None:
    """With a printer there: the cut meat's label, a stall's card, the day's closing slip."""
    node, market.now = market.node, datetime.now(UTC)
    lot_labels.print_label(node, market.who("D-07"), market.lot(19, "D-07"), market.now)
    stall_cards.print_card(node, market.person("owner", "A-12"), market.now)
    day_end.close_day(node, market.person("owner", "A-15"), market.now)
