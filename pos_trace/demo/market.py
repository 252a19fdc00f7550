"""The station's node while its past is played: who acts, one delivery as it goes, what leaves the house."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from pos_trace.core.errors import Unavailable
from pos_trace.demo import parts, people
from pos_trace.demo.rows import Row
from pos_trace.demo.setup import Demo
from pos_trace.services import accounts, deliveries, logging_in, outbox, papers, receiving, scanning
from pos_trace.services.node import Actor, Node
from pos_trace.services.scanning import ScanIn

TRIES: Final = 3


@dataclass
class Market:
    """The node, the demo's facts, an invented luck that is the same every time, and the moment that is played.

    ``lines``: the row's number and stall → its last line as the receiver saw it, with ``delivery_id``. ``receipt_url``:
    the page of a receipt somebody holds in the hand.
    """

    node: Node
    demo: Demo
    luck: random.Random
    now: datetime
    lines: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)
    receipt_url: str = ""

    def who(self, stall: str) -> Actor:
        """Who acts at ``stall``: the bearer of its key."""
        return accounts.actor_of_key(self.node, self.demo.facts["stalls"][stall]["api_key"], self.now)

    def person(self, role: str, stall: str = people.MAIN_STALL) -> Actor:
        """A person of the stall, or the market's operator, who taps the name on the stall's phone and types the PIN."""
        login = "operator" if role == "operator" else people.login_of(role, stall)
        device = self.demo.facts["stalls"][stall]["device_token"]
        token = logging_in.log_in(self.node, login, people.PINS[role], device, self.now)["token"]
        found = accounts.actor_of_session(self.node, token, self.now)
        assert found is not None
        return found

    def lot(self, row: int, stall: str) -> str:
        """The lot a row's line became."""
        return str(self.lines[row, stall]["lot_id"])


def receive(market: Market, row: Row, at: datetime, day: date, *, forget: bool = False) -> None:
    """One delivery of one line, with its papers, what went back, and closing."""
    node, market.now = market.node, at
    who = market.who(row.stall)
    called, plate = row.nickname or None, row.plate or None
    opened = deliveries.open_delivery(node, who, at, supplier_name=row.supplier, nickname=called, vehicle_plate=plate)
    delivery = opened["id"]
    if row.text:
        scan = ScanIn(row.text, delivery, row.quantity, row.unit, goods_name=row.name, goods_group=row.group or None)
        line = scanning.scan(node, who, scan, at + timedelta(seconds=20))["line"]
    else:
        line = receiving.add_loose(node, who, delivery, row.name, row.group, row.quantity, row.unit, (), at)["line"]
    for kind, number, photo in row.papers:
        paper = papers.PaperIn(kind, number.format(day=f"{day:%d%m%y}"), at.date(), row.supplier)
        _paper(market, who, delivery, line["id"], paper, photo)
    if row.truck_kg:
        number = f"KD-{day:%d%m%y}/MẪU"
        paper = papers.PaperIn("kiem_dich", number, at.date(), "Trạm kiểm dịch (mẫu)", stated_kg=row.truck_kg)
        _paper(market, who, delivery, line["id"], paper, photo=True, truck=True)
    if row.refused:
        receiving.refuse(node, who, line["id"], row.refused, row.unit, "dập hỏng", at + timedelta(minutes=2))
    if not forget:
        receiving.close(node, who, delivery, at + timedelta(minutes=4))
    market.lines[row.number, row.stall] = line | {"delivery_id": delivery}


def _paper(
    market: Market, who: Actor, delivery: str, line: str, told: papers.PaperIn, photo: bool, *, truck: bool = False
) -> None:
    node, at = market.node, market.now + timedelta(minutes=1)
    paper = papers.add(node, who, delivery, told, line, at, truck=truck)["paper"]
    if photo:
        data = parts.paper_picture(f"{told.kind} {told.number} {who.stall_id}")
        for left in reversed(range(TRIES)):  # a busy machine looks at a photo too slowly; people take it again
            try:
                papers.add_photo(node, who, delivery, data, at, paper_id=paper["id"])
                break
            except Unavailable:
                if not left:
                    raise


def deliver(market: Market) -> None:
    """Send what waits; the province answers at once on loopback."""
    while outbox.deliver_due(market.node, datetime.now(UTC)):
        continue
