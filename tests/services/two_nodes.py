"""Two real nodes for tests of what passes between them, each on its own database, no HTTP in between."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pos_trace.core.policy import Policy
from pos_trace.core.roles import PROVINCE_KEY_SCOPES, STALL_KEY_SCOPES, STATION_KEY_SCOPES
from pos_trace.services import places
from pos_trace.services.node import Actor, Node, Ports
from pos_trace.store.database import Database
from pos_trace.store.files import Files

PROVINCE_ID = "so-cong-thuong"
SITE_ID = "cho-kon-tum"
FACILITY = {"facility_id": "F2", "name": "HTX rau hoa Măng Đen (mẫu)", "commune": "xã Măng Đen"}
KEY = "01/09521234600053/10/MD2611-07"
LOT = {"key": KEY, "product_name": "Cải thảo Măng Đen (mẫu)", "facility_id": "F2", "status": "active"}


def make_node(database: Database, folder: Path, role: str, node_id: str, ports: Ports | None = None) -> Node:
    """A node of ``role`` with a key of its own and default rules."""
    key = bytes([1 if role == "station" else 2]) * 32
    files = Files(folder / f"{node_id}-files")
    return Node(node_id, role, database, files, Policy(), ports or Ports(), demo=True, signing_key=key)


@dataclass
class Pair:
    """A station and a province."""

    station: Node
    province: Node

    def with_ports(self, ports: Ports) -> "Pair":
        """The same two, the station reaching the province through ``ports``."""
        return Pair(replace(self.station, ports=ports), self.province)


@contextmanager
def pair_on_sqlite(folder: Path, template: Path) -> Iterator[Pair]:
    """A station and a province on copies of ``template`` in ``folder``, closed after use."""
    with ExitStack() as done:
        nodes = []
        for role, node_id in (("station", SITE_ID), ("province", PROVINCE_ID)):
            path = folder / f"{role}.db"
            path.write_bytes(template.read_bytes())
            nodes.append(make_node(Database(f"sqlite:///{path}"), folder, role, node_id))
            done.callback(nodes[-1].db.close)
        yield Pair(*nodes)


def officer(province: Node) -> Actor:
    """A records officer who may also inspect."""
    permissions = PROVINCE_KEY_SCOPES
    return Actor("user", "officer-1", "Cán bộ Lan (mẫu)", province.id, None, permissions=permissions)


def as_station(site_id: str = SITE_ID) -> Actor:
    """The bearer of an enrolled station's key."""
    return Actor("key", f"key-{site_id}", "station", site_id, None, permissions=STATION_KEY_SCOPES)


def trader(station: Node, stall_id: str) -> Actor:
    """The owner of a stall."""
    return Actor("user", stall_id, "Chị Hoa (mẫu)", station.id, stall_id, permissions=STALL_KEY_SCOPES)


def add_stall(station: Node, number: str, now: datetime, **more: object) -> str:
    """A stall of the station; answers its id."""
    admin = station.machine("setup")
    stall = places.add_stall(station, admin, number, f"Sạp {number} (mẫu)", None, "phường Kon Tum", None, now)
    return str(stall["id"])
