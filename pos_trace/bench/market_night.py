"""One stall's night, played through the verbs: the pattern that benches multiply, and that pages are counted on."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from pos_trace.core.codes.digits import check_digit
from pos_trace.core.ports import Delivered
from pos_trace.core.roles import STALL_KEY_SCOPES, STATION_KEY_SCOPES
from pos_trace.services import (
    case_intake,
    cases,
    deliveries,
    hand_over,
    outbox,
    papers,
    places,
    receiving,
    register,
    scanning,
    selling,
    stock,
    transfers,
)
from pos_trace.services.goods_asked import AskedLine
from pos_trace.services.node import Actor, Node
from pos_trace.services.papers import PaperIn
from pos_trace.services.scanning import ScanIn
from pos_trace.services.transfer_buyers import BuyerIn
from pos_trace.services.transfers import LineIn
from pos_trace.store.models import VehicleArrival

FACILITY = {"facility_id": "F-bench", "name": "HTX rau (mẫu)", "commune": "xã Măng Đen"}
GTIN = "09521234600053"
KG = "kg"


class Direct:
    """The province's Department asked without a line in between."""

    def __init__(self, province: Node, site_id: str, now: datetime) -> None:
        self._province, self._now = province, now
        self._who = Actor("key", site_id, "station", site_id, None, permissions=STATION_KEY_SCOPES)

    def send(self, kind: str, message_id: str, body: bytes) -> Delivered:
        """Hand a body over; what is neither case nor file counts as delivered."""
        told = orjson.loads(body)
        if kind != "case_events":
            return Delivered("done", "200", {})
        answer = case_intake.take_events(self._province, self._who, told["events"], self._now)
        return Delivered("done", "200", answer)


def register_lots(node: Node, count: int, now: datetime) -> list[str]:
    """``count`` lots of one product in the node's own records; their keys."""
    who = node.machine("bench")
    register.put_facility(node, who, FACILITY, now)
    keys = [f"01/{GTIN}/10/B{number:04}" for number in range(count)]
    told = {"product_name": "Cải thảo Măng Đen (mẫu)", "product_group": "rau", "unit": KG, "status": "active"}
    register.put_lots(node, who, [told | {"key": key, "facility_id": "F-bench"} for key in keys], now)
    return keys


def add_stall(node: Node, number: int, now: datetime) -> str:
    """A stall past its practice; answers its id."""
    name = f"B-{number:03}"
    body = f"95212347{number:04}"
    gln, golive = body + check_digit(body), date(2026, 1, 1)
    made = places.add_stall(node, node.machine("bench"), name, f"Sạp {name} (mẫu)", gln, "Kon Tum", golive, now)
    return str(made["id"])


def owner(node: Node, stall_id: str) -> Actor:
    """The stall's owner as the verbs know one."""
    return Actor("user", stall_id, "Chị Hoa (mẫu)", node.id, stall_id, permissions=STALL_KEY_SCOPES)


def play(node: Node, stall_id: str, keys: list[str], now: datetime) -> dict[str, str]:
    """A night with as many of each thing as there are ``keys``: scanned lines of one truck, loose deliveries without
    papers, cases, sales, slips to buyers. Answers an id of each kind that a page shows alone.
    """
    who, at = owner(node, stall_id), now
    truck = str(deliveries.open_delivery(node, who, at, supplier_name="HTX (mẫu)", vehicle_plate="82C-012.34")["id"])
    lots = [_scanned(node, who, key, truck, at) for key in keys]
    papers.add(node, who, truck, PaperIn("bang_ke", "01", None, "Chị Ba (mẫu)"), None, at)
    receiving.close(node, who, truck, at)
    case = ""
    for number in range(len(keys)):
        at += timedelta(seconds=20)
        case = _loose(node, who, number, at) or case
    sale = slip = ""
    for number, lot in enumerate(lots):
        at += timedelta(seconds=20)
        sale = _sold(node, who, number, keys[number], at)
        slip = _handed_on(node, who, lot, number, at)
        stock.waste(node, who, lot, "1", "dập", at)
    hand_over.offer(node, who, at)
    return {"delivery_id": truck, "case_id": case, "lot_id": lots[0], "sale_id": sale, "transfer_id": slip}


def report(station: Node, now: datetime) -> None:
    """Deliver what the outbox holds."""
    while outbox.deliver_due(station, now):
        pass


def _scanned(node: Node, who: Actor, key: str, delivery: str, at: datetime) -> str:
    line = scanning.scan(node, who, ScanIn(f"https://tx.example/{key}", delivery, "40", KG), at)["line"]
    return str(line["lot_id"])


def _loose(node: Node, who: Actor, number: int, at: datetime) -> str:
    """A supplier's loose goods without papers; every second is sent to the office as a case: its id."""
    made = deliveries.open_delivery(node, who, at, supplier_name=f"Chị Ba {number} (mẫu)")
    delivery = str(made["id"])
    line: dict[str, Any] = receiving.add_loose(node, who, delivery, f"Cá rô {number}", "ca", "10", KG, [], at)["line"]
    receiving.close(node, who, delivery, at)
    with node.write(node.machine("bench"), at) as tx:
        own = {"site_id": node.id, "id": tx.id(), "created_at": at}
        tx.session.add(VehicleArrival(plate=f"82C{number:05}", arrived_at=at, **own))
    if line["flag"] is None or number % 2:
        return ""
    return str(cases.send_flag(node, who, line["flag"]["id"], at)["case_id"])


def _sold(node: Node, who: Actor, number: int, key: str, at: datetime) -> str:
    line = AskedLine(line_no=1, barcode=f"https://tx.example/{key}", quantity=Decimal(1), unit=KG)
    return str(selling.record_sale(node, who, selling.SaleIn(f"s-{number}", (line,)), at)["id"])


def _handed_on(node: Node, who: Actor, lot: str, number: int, at: datetime) -> str:
    buyer = BuyerIn(name=f"Quán {number} (mẫu)")
    told = [LineIn("2", KG, lot)]
    return str(transfers.send(node, who, "sale", buyer, told, "", at)["id"])
