"""A market's night for tests: a station with the demo's rules, a province that answers or is silent, two stalls."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from pos_trace import settings
from pos_trace.core.policy import Policy
from pos_trace.core.records import RecordAnswer
from pos_trace.services import (
    deliveries,
    places,
    recalls,
    receiving,
    records,
    register,
    scanning,
    selling,
    stock,
    sync,
)
from pos_trace.services.goods_asked import AskedLine
from pos_trace.services.node import Actor, Node
from pos_trace.services.scanning import ScanIn
from pos_trace.store import lots
from pos_trace.store.models import StockLot, StockMovement
from tests.services.two_nodes import FACILITY, Pair, officer, trader

CABBAGE = "01/09521234600053/10/MD2611-07"
FISH, SISTER = "01/09521234600138/10/CL2611B", "01/09521234600138/10/CL2611C"
SUSPENDED = "01/09521234600169/10/SD2610"
REVOKED = "01/09521234600190/10/MK2607"
UNKNOWN = "01/09521234600145/10/TL2611"
LOTS = (
    {"key": CABBAGE, "product_name": "Cải thảo Măng Đen", "product_group": "rau", "unit": "kg"},
    {"key": FISH, "product_name": "Cá lăng phi lê khay 500 g", "product_group": "ca", "unit": "khay"},
    {"key": SISTER, "product_name": "Cá lăng phi lê khay 500 g", "product_group": "ca", "unit": "khay"},
    {"key": SUSPENDED, "product_name": "Sâm dây khô", "product_group": "duoc_lieu", "status": "suspended"},
    {"key": REVOKED, "product_name": "Măng khô", "product_group": "rau", "status": "revoked"},
)


@lru_cache(maxsize=1)
def demo_policy() -> Policy:
    """The rules of the demo's province, as configuration fills them."""
    document = {"node": {"role": "station", "id": "x", "data_dir": "/tmp"}, "province": {"preset": "demo"}}
    return settings.policy(settings.parse(document))


def url(key: str) -> str:
    """The label of a key."""
    return f"https://txng.quangngai.example/{key}"


@dataclass
class Province:
    """The province as the station's port reaches it: really asked, or silent; never inside a write."""

    node: Node
    station: Node | None = None
    silent: bool = False
    asked: list[str] = field(default_factory=list)

    def find(self, key: str) -> RecordAnswer:
        assert self.station is not None
        assert not self.station.db.in_write()
        self.asked.append(key)
        if self.silent:
            return RecordAnswer("unavailable", why="province_silent")
        with self.node.db.read() as session:
            answer = lots.find(session, key)
        return replace(answer, age=replace(answer.age, as_of=NOW_AGE[0]))

    def changes(self, since: int, lots_after: int = 0) -> Any:
        from pos_trace.core.ports import FeedPage

        if self.silent:
            return FeedPage("unavailable", why="province_silent")
        told = records.changes(self.node, since, lots_after=lots_after)
        return FeedPage("ok", tuple(told["changes"]), told["next"], told["more"])

    def case_events(self, since: int) -> Any:
        from pos_trace.core.ports import FeedPage

        return FeedPage("ok", (), since, False)


NOW_AGE: list[datetime] = []
on_sqlite = pytest.mark.parametrize("fresh_database", ["sqlite"], indirect=True)  # a table of cases, no SQL of its own


@dataclass
class Night:
    """What the tests hold."""

    pair: Pair
    province: Province
    now: datetime
    stalls: dict[str, str]

    @property
    def node(self) -> Node:
        return self.pair.station

    def who(self, number: str = "A-12", **more: Any) -> Actor:
        return replace(trader(self.node, self.stalls[number]), **more)

    def later(self, **more: float) -> datetime:
        return self.now + timedelta(**more)

    def pull(self, at: datetime | None = None) -> None:
        sync.pull(self.node, at or self.now)

    def deliver(self, number: str = "A-12", supplier: str = "HTX (mẫu)", plate: str | None = None) -> str:
        made = deliveries.open_delivery(
            self.node, self.who(number), self.now, supplier_name=supplier, vehicle_plate=plate
        )
        return str(made["id"])

    def scan(self, key: str, delivery: str | None = None, quantity: str = "20", unit: str = "kg", number: str = "A-12",
             at: datetime | None = None, **more: Any) -> dict[str, Any]:  # fmt: skip
        amount = (quantity, unit) if delivery is not None else (None, None)
        return scanning.scan(self.node, self.who(number), ScanIn(url(key), delivery, *amount, **more), at or self.now)

    def receive(self, key: str, quantity: str = "20", unit: str = "kg", number: str = "A-12",
                at: datetime | None = None) -> dict[str, Any]:  # fmt: skip
        line: dict[str, Any] = self.scan(key, self.deliver(number), quantity, unit, number, at)["line"]
        return line

    def loose(self, delivery: str, name: str = "Gà ta làm sẵn", group: str | None = "thit", quantity: str = "12",
              unit: str = "con", papers: Any = (), number: str = "A-12") -> dict[str, Any]:  # fmt: skip
        told = receiving.add_loose(self.node, self.who(number), delivery, name, group, quantity, unit, papers, self.now)
        line: dict[str, Any] = told["line"]
        return line

    def recall(self, *keys: str, name: str = "TH-1") -> None:
        told = {"recall_id": name, "keys": list(keys), "reason": "vượt mức dư lượng (mẫu)"}
        recalls.issue(self.pair.province, officer(self.pair.province), told, self.now)
        self.pull()

    def lot(self, lot_id: str) -> dict[str, Any]:
        """One lot as it lies in the table."""
        with self.node.db.read() as session:
            row = session.get_one(StockLot, (self.node.id, lot_id))
            return {"on_hand": row.on_hand, "state": row.state, "reason": row.state_reason, "unit": row.unit,
                    "stall": row.stall_id, "parent": row.parent_lot_id, "label": row.label}  # fmt: skip

    def count(self, model: type, *where: Any) -> int:
        with self.node.db.read() as session:
            return session.scalar(select(func.count()).select_from(model).where(*where)) or 0

    def ledger_agrees(self) -> None:
        """Every lot's cached quantity is the sum of its movements, and none is negative."""
        with self.node.db.read() as session:
            sums = dict(
                session.execute(
                    select(StockMovement.lot_id, func.sum(StockMovement.quantity)).group_by(StockMovement.lot_id)
                ).all()
            )
            for row in session.scalars(select(StockLot)):
                assert row.on_hand >= 0
                assert row.on_hand == (sums.get(row.id) or Decimal(0)), row.label


def make_night(pair: Pair, now: datetime) -> Night:
    """Both nodes with the demo's rules, two stalls, and the lots above published but not yet pulled."""
    NOW_AGE[:] = [now]
    province = Province(pair.province)
    station = replace(
        pair.station,
        policy=demo_policy(),
        ports=replace(pair.station.ports, sources=(province,), feed=province),
        public_base_url="https://truyxuat.example",
    )
    province.station = station
    who = officer(pair.province)
    register.put_facility(pair.province, who, FACILITY, now)
    told = [{"status": "active", "facility_id": "F2"} | line for line in LOTS]
    register.put_lots(pair.province, who, told, now)
    admin = station.machine("setup")
    stalls = {}
    for number, gln in (("A-12", "9521234700036"), ("E-01", "9521234700074")):
        made = places.add_stall(station, admin, number, f"Sạp {number} (mẫu)", gln, "phường Kon Tum", None, now)
        stalls[number] = str(made["id"])
    return Night(Pair(station, pair.province), province, now, stalls)


def with_printer(night: Night, folder: Path, name: str = "Máy in") -> None:
    """A shared virtual printer."""
    places.add_printer(night.node, night.node.machine("t"), None, name, "generic-80", "file", str(folder), night.now)


def asked(**told: Any) -> AskedLine:
    """A till's line; quantities as text."""
    quantity = told.pop("quantity", None)
    told.setdefault("line_no", 1)
    return AskedLine(quantity=Decimal(quantity) if quantity is not None else None, **told)


def open_stock(night: Night, number: str = "A-12") -> list[dict[str, Any]]:
    """The stall's stock as its screen shows it."""
    found: list[dict[str, Any]] = stock.listed(night.node, night.who(number))["lots"]
    return found


def with_ports(night: Night, **ports: Any) -> Night:
    """The same night, the station reaching further things."""
    station = replace(night.node, ports=replace(night.node.ports, **ports))
    night.province.station = station
    return replace(night, pair=Pair(station, night.pair.province))


def sell(night: Night, *lines: AskedLine, name: str = "s-1", number: str = "A-12", at: datetime | None = None,
         **more: Any) -> dict[str, Any]:  # fmt: skip
    """A paid sale of ``lines`` at a stall."""
    who = night.who(number, **more.pop("who", {}))
    told = selling.SaleIn(external_id=name, lines=lines, **more)
    return selling.record_sale(night.node, who, told, at or night.now)


def laid_out(night: Night, name: str = "Cà rốt", quantity: str = "10", unit: str = "kg", number: str = "A-12",
             at: datetime | None = None, **more: Any) -> str:  # fmt: skip
    """What lay on the table: a sellable lot without a code; answers its id."""
    told = stock.opening(night.node, night.who(number), name, quantity, unit, at or night.now, **more)
    return str(told["id"])
