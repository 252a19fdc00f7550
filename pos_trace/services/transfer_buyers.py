"""Who gets a transfer: a stall of this box, of another station the province told of, or a trader known by name."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict, FieldError, Invalid, NotFound
from pos_trace.core.text import clean, fold
from pos_trace.services import places
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import Party, Stall, StationRow, Transfer

MOST_RECENT = 12
MOST_STALLS = 500


@dataclass(frozen=True, slots=True)
class BuyerIn:
    """A buyer as told. ``site``: another station's id; without it a stall number or id is this market's."""

    name: str = ""
    stall_number: str | None = None
    stall_id: str | None = None
    gln: str | None = None
    site: str | None = None


@dataclass(frozen=True, slots=True)
class Buyer:
    """A buyer as found. ``stall_id`` only of a stall in this box; ``address``: what the code says whom it is for."""

    name: str
    stall_number: str | None
    gln: str | None
    site: str | None
    stall_id: str | None
    address: str

    def told(self) -> Answer:
        """As kept with the slip: name, stall, GLN; no phone."""
        return {"name": self.name, "stall_number": self.stall_number, "gln": self.gln, "site": self.site,
                "stall_id": self.stall_id, "address": self.address}  # fmt: skip


def find(session: Session, node: Node, stall: Stall, told: BuyerIn, kind: str) -> Buyer:
    """The buyer that is meant. Raises ``Invalid`` (nobody, a wrong GLN), ``NotFound`` (no such stall), ``Conflict``
    (the stall itself; another organisation for ``internal``).
    """
    here = told.site in (None, "", node.id)
    if here and (told.stall_id or told.stall_number):
        return _of_stall(_local(session, node, stall, told, kind), node.id)
    if told.stall_number and told.site:
        abroad = _abroad(session, told.site, told.stall_number)
        if abroad is not None:
            return abroad
    name, gln = clean(told.name, 200), clean(told.gln or "", 13) or None
    if gln is not None and not places.gln_ok(gln):
        wrong = FieldError("/buyer/gln", "invalid")
        raise Invalid("gln_invalid", "Mã địa điểm (GLN) phải có 13 chữ số và đúng số kiểm tra.", (wrong,))
    if gln is not None:
        known = session.scalars(select(Stall).where(Stall.site_id == node.id, Stall.gln == gln).limit(1)).first()
        if known is not None:
            return _of_stall(_not_oneself(stall, known), node.id)
    if not name:
        raise Invalid("buyer_missing", "Nhập tên bạn hàng, hoặc chọn sạp.", (FieldError("/buyer/name", "missing"),))
    number, site = clean(told.stall_number or "", 40) or None, clean(told.site or "", 36) or None
    return Buyer(name, number, gln, site, None, gln or (f"{site}/{number}" if site and number else name[:60]))


def _local(session: Session, node: Node, stall: Stall, told: BuyerIn, kind: str) -> Stall:
    mine = select(Stall).where(Stall.site_id == node.id)
    wanted = Stall.id == told.stall_id if told.stall_id else Stall.number == clean(told.stall_number or "", 40)
    found = session.scalars(mine.where(wanted)).first()
    if found is None:
        raise NotFound("stall_unknown", "Chợ này không có sạp đó.")
    own, other = stall.organisation_id, found.organisation_id
    if kind == "internal" and own is not None and other is not None and own != other:
        raise Conflict("other_organisation", "Sạp đó của người khác: chọn Bán cho bạn hàng.")
    return _not_oneself(stall, found)


def _not_oneself(stall: Stall, found: Stall) -> Stall:
    if found.id == stall.id:
        raise Conflict("same_stall", "Đây là chính sạp này. Chọn sạp nhận hàng.")
    return found


def _of_stall(found: Stall, site: str) -> Buyer:
    address = found.gln or f"{site}/{found.number}"
    return Buyer(f"Sạp {found.number} – {found.name}"[:200], found.number, found.gln, site, found.id, address)


def _abroad(session: Session, site: str, number: str) -> Buyer | None:
    station = session.get(StationRow, site)
    for one in station.stalls if station is not None else []:
        if one.get("number") == number:
            name = f"Sạp {number} – {one.get('name') or ''}, {station.name if station else ''}"[:200]
            return Buyer(name, number, one.get("gln"), site, None, one.get("gln") or f"{site}/{number}")
    return None


def remember(tx: Transaction, to: Buyer) -> str:
    """Keep a business buyer for one step forward: name, stall, GLN; answers the party's id."""
    folded = fold(to.name)[:200]
    mine = select(Party).where(Party.site_id == tx.who.site_id, Party.stall_id == tx.who.stall, Party.kind == "buyer")
    row = tx.session.scalars(mine.where(Party.folded == folded).order_by(Party.id)).first()
    if row is None:
        row = Party(site_id=tx.who.site_id, id=tx.id(), created_at=tx.now, stall_id=tx.who.stall, kind="buyer")
        row.name, row.folded = to.name, folded
        tx.session.add(row)
    row.gln = to.gln or row.gln
    tx.session.flush()
    return row.id


def recent(session: Session, who: Actor) -> list[Answer]:
    """The last buyers, each once, as ``POST /transfers`` takes them."""
    mine = select(Transfer).where(
        Transfer.site_id == who.site_id, Transfer.stall_id == who.stall, Transfer.direction == "out"
    )
    mine = mine.where(Transfer.kind != "correction").order_by(Transfer.created_at.desc(), Transfer.id.desc())
    found: dict[str, Answer] = {}
    for row in session.scalars(mine.limit(200)):
        known = {name: row.buyer.get(name) for name in ("name", "stall_number", "gln", "site")}
        found.setdefault(str(row.buyer.get("address")), known)
    return list(found.values())[:MOST_RECENT]


def neighbours(session: Session, node: Node, stall: Stall) -> list[Answer]:
    """The market's other stalls by number, and those of other stations."""
    mine = select(Stall).where(Stall.site_id == node.id, Stall.id != stall.id).order_by(Stall.number)
    found = [
        {"name": f"Sạp {row.number} – {row.name}", "stall_number": row.number, "gln": row.gln, "site": None}
        for row in session.scalars(mine.limit(MOST_STALLS))
    ]
    abroad = select(StationRow).where(StationRow.station_id != node.id).order_by(StationRow.name)
    for station in session.scalars(abroad):
        found += [
            {"name": f"{station.name}: sạp {one.get('number')} – {one.get('name')}", "stall_number": one.get("number"),
             "gln": one.get("gln"), "site": station.station_id}
            for one in station.stalls
        ]  # fmt: skip
    return found[: 2 * MOST_STALLS]


def seller_of(session: Session, node: Node, row: Transfer) -> Answer:
    """Whose slip an incoming one is: ``{name, stall_number, gln, site}``, as far as this node knows."""
    site, _, number = (row.from_station or "").partition("/")
    return seller(session, node, site, number)


def seller(session: Session, node: Node, site: str, number: str) -> Answer:
    """The stall ``number`` of station ``site``; a station nobody told of is known by these two only."""
    told = {"stall_number": number, "site": site}
    if site == node.id:
        own = session.scalars(select(Stall).where(Stall.site_id == node.id, Stall.number == number)).first()
        return told | {
            "name": f"Sạp {number} – {own.name}" if own else f"Sạp {number}",
            "gln": own.gln if own else None,
        }
    station = session.get(StationRow, site)
    if station is None:
        return told | {"name": f"Sạp {number} ({site})", "gln": None}
    one = next((one for one in station.stalls if one.get("number") == number), {})
    name = f"Sạp {number} – {one['name']}" if one.get("name") else f"Sạp {number}"
    return told | {"name": f"{name}, {station.name}"[:200], "gln": one.get("gln")}


def addressed_to(address: str, stall: Stall) -> bool | None:
    """Whether a slip's address is this stall; None when it says no stall."""
    if not address:
        return None
    if places.gln_ok(address):
        return address == stall.gln if stall.gln else None
    site, slash, number = address.partition("/")
    return (site, number) == (stall.site_id, stall.number) if slash and " " not in site else None
