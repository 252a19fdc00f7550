"""A province with several authorities and their people, for tests of who sees what."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from pos_trace.core.policy import Policy
from pos_trace.core.roles import permissions
from pos_trace.core.routing import Routing, routing_from
from pos_trace.services import places
from pos_trace.services.node import Actor, Node
from pos_trace.store.models import Case
from tests.services.two_nodes import SITE_ID

PASSWORD = "mat-khau-dai"
KINDS = {"sct": "cases", "syt": "cases", "skhcn": "counts", "xa": "area", "qltt": "cases"}
RULE = {"source": "mẫu", "valid_from": date(2026, 1, 1)}


def table() -> Routing:
    """Fish of any place is the health authority's; everything else the Department's."""
    kinds = [
        {"kind": kind, "title": f"Cơ quan {kind}", "sees": sees, "own_name": kind in ("xa", "qltt")}
        for kind, sees in KINDS.items()
    ]
    kinds[0]["title"] = "Sở Công Thương"
    return routing_from({"agencies": kinds, "rules": [RULE | {"groups": ["ca"], "to": "syt"}]})


def with_table(province: Node) -> Node:
    """The same node with that routing table."""
    return replace(province, policy=replace(Policy(), routing=table()))


@dataclass
class Town:
    """The authorities by kind, and a person of each."""

    node: Node
    agencies: dict[str, str]
    people: dict[str, Actor]

    def person(self, login: str, kind: str, now: datetime, roles: tuple[str, ...] = ("inspector",)) -> Actor:
        """One more person of an authority."""
        admin = self.node.machine("setup")
        made = places.add_person(self.node, admin, login, f"{login} (mẫu)", PASSWORD, roles, self.agencies[kind], now)
        held = frozenset(roles)
        return Actor("user", made["id"], f"{login} (mẫu)", self.node.id, None, held, permissions(held))


def make_town(node: Node, now: datetime, area: str = "phường Kon Tum") -> Town:
    """An authority of each kind, each with one inspector."""
    town = Town(node, {}, {})
    for kind in KINDS:
        where = area if kind in ("xa", "qltt") else ""
        made = places.add_agency(node, node.machine("setup"), f"Cơ quan {kind} (mẫu)", kind, where, now)
        town.agencies[kind] = made["id"]
        town.people[kind] = town.person(kind, kind, now)
    return town


def case_row(node: Node, case_id: str) -> Case:
    """The row as it stands."""
    with node.db.read() as session:
        row = session.get_one(Case, (SITE_ID, case_id))
        session.expunge(row)
        return row
