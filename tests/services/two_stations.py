"""Two real stations under one province, each on its own database; slips go between them as text only."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pos_trace.services import enrolment, papers, places, receiving, scanning, sync, transfer_buyers, transfers
from pos_trace.services.node import Actor, Node
from pos_trace.services.papers import PaperIn
from pos_trace.services.scanning import ScanIn
from pos_trace.services.transfers import LineIn
from pos_trace.store.models import Photo
from tests.services.night import Night, Province
from tests.services.two_nodes import trader

OTHER_ID = "sieu-thi-quang-ngai"


@dataclass
class Wire:
    """The enrolment adapter: the province's verb, called directly."""

    province: Node
    now: datetime

    def enrol(self, code: str, public_key: str, site: dict[str, Any], stalls: list[dict[str, Any]]) -> Any:
        from pos_trace.core.ports import EnrolmentAnswer

        told = enrolment.take_station(self.province, code, public_key, site, stalls, self.now)
        return EnrolmentAnswer("ok", told["station_id"], told["api_key"], told["province_key_id"])


@dataclass
class Other:
    """The second station with its one stall "Q-1", and how it reaches the province."""

    node: Node
    stall: str
    province: Province

    @property
    def who(self) -> Actor:
        return trader(self.node, self.stall)

    def scan(self, text: str, at: datetime, **more: Any) -> dict[str, Any]:
        return scanning.scan(self.node, self.who, ScanIn(text, **more), at)

    def pull(self, at: datetime) -> None:
        sync.pull(self.node, at)


def second(night: Night, node: Node) -> Other:
    """A station beside ``night``'s, under the same province; nothing pulled, nobody enrolled."""
    province = Province(night.pair.province)
    made = replace(node, policy=night.node.policy, signing_key=b"\x07" * 32,
                   ports=replace(node.ports, sources=(province,), feed=province))  # fmt: skip
    province.station = made
    stall = places.add_stall(
        made, made.machine("t"), "Q-1", "Siêu thị Mẫu", "9521234700029", "Quảng Ngãi", None, night.now
    )
    return Other(made, str(stall["id"]), province)


def enrol(night: Night, node: Node) -> None:
    """The station's key and stalls become known to the province."""
    province = night.pair.province
    code = places.station_code(province, province.machine("t"), night.now)["code"]
    enrolment.enrol(node, node.machine("t"), code, Wire(province, night.now), "https://x.example", night.now)


def sent(night: Night, *lines: tuple[str, str], number: str = "A-12", kind: str = "sale", at: datetime | None = None,
         **buyer: Any) -> dict[str, Any]:  # fmt: skip
    """A slip of (lot, quantity) lines."""
    told = [LineIn(quantity, None, lot) for lot, quantity in lines]
    to = transfer_buyers.BuyerIn(**(buyer or {"name": "Siêu thị Mẫu", "gln": "9521234700029"}))
    return transfers.send(night.node, night.who(number), kind, to, told, "", at or night.now)


def bought(night: Night, name: str = "Cà rốt", quantity: str = "10", group: str = "rau", *kinds: str,
           number: str = "A-12", at: datetime | None = None) -> dict[str, Any]:  # fmt: skip
    """Goods without a code received tonight with papers of ``kinds`` (a bảng kê; "" for none): the line."""
    delivery, at, who = night.deliver(number), at or night.now, night.who(number)
    line = receiving.add_loose(night.node, who, delivery, name, group, quantity, "kg", (), at)["line"]
    for kind in filter(None, kinds or ("bang_ke",)):
        show(night, delivery, kind, number, at)
    return dict(line, delivery_id=delivery)


def show(night: Night, delivery: str, kind: str, number: str = "A-12", at: datetime | None = None) -> str:
    """A paper of a delivery with its photo, the lines judged by it: the paper's id."""
    told = PaperIn(kind, f"{kind}-{delivery[-6:]}", night.now.date(), "Lò mổ (mẫu)")
    who, at = night.who(number), at or night.now
    made = papers.add(night.node, who, delivery, told, None, at)["paper"]
    with night.node.write(who, at) as tx:
        row = Photo(site_id=night.node.id, id=tx.id(), created_at=at, stall_id=night.stalls[number])
        row.sha256, row.media_type, row.size, row.paper_id = made["id"], "image/jpeg", 9, made["id"]
        tx.session.add(row)
    papers.add(night.node, who, delivery, PaperIn("khac"), None, at)
    return str(made["id"])
