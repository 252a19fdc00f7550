"""Setting a place up: site, stalls, tills, printers, agencies, people, keys and one-time codes."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from pos_trace.core.errors import Conflict, FieldError, Invalid, NotFound
from pos_trace.core.roles import AT_STALL, PROVINCE_KEY_SCOPES, SITE_ROLES, STALL_KEY_SCOPES
from pos_trace.core.text import clean
from pos_trace.services import accounts, people, stall_list
from pos_trace.services.node import Actor, Answer, Node
from pos_trace.store.models import Agency, Printer, Site, Stall, Till, User

DEVICE_CODE_LASTS = timedelta(days=3)
STATION_CODE_LASTS = timedelta(days=30)
GLN_LENGTH = 13


def gln_ok(gln: str) -> bool:
    """Thirteen digits with a right mod-10 check digit (GS1 General Specifications 7.9)."""
    if len(gln) != GLN_LENGTH or not (gln.isascii() and gln.isdecimal()):
        return False
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(gln[:-1]))
    return (10 - total % 10) % 10 == int(gln[-1])


def _gln(gln: str | None) -> str | None:
    if gln and not gln_ok(gln):
        raise Invalid("gln_invalid", "Mã địa điểm (GLN) phải có 13 chữ số và đúng số kiểm tra.", (_field("gln"),))
    return gln or None


def _field(name: str) -> FieldError:
    return FieldError(f"/{name}", "invalid")


def first_admin(node: Node, login: str, password: str, role: str, now: datetime) -> Answer:
    """The first administrator of an empty node, with ``role``; ``Conflict`` when somebody exists already."""
    with node.write(node.machine("init"), now) as tx:
        if tx.session.scalars(select(User.id).where(User.site_id == node.id)).first() is not None:
            raise Conflict("has_people", "Máy này đã có người quản trị.")
        user = people.add_user(tx, login, "Quản trị", password, "password", [(role, "site", node.id)])
        return tx.answer({"id": user.id, "login": login})


def set_site(
    node: Node, who: Actor, name: str, kind: str, gln: str | None, operator: str, now: datetime, commune: str = ""
) -> Answer:
    """Name this station's site; the same call again changes it."""
    with node.write(who, now) as tx:
        row = tx.session.get(Site, (node.id, node.id))
        if row is None:
            row = Site(site_id=node.id, id=node.id, created_at=now)
            tx.session.add(row)
        row.name, row.kind, row.gln = clean(name, 200), kind, _gln(gln)
        row.operator_name, row.commune = clean(operator, 200) or None, clean(commune, 120) or None
        tx.audit("site_set", f"site:{node.id}", {"name": row.name, "gln": row.gln})
        stall_list.changed(tx)
        return tx.answer({"id": node.id, "name": row.name})


def add_stall(
    node: Node,
    who: Actor,
    number: str,
    name: str,
    gln: str | None,
    commune: str,
    golive: date | None,
    now: datetime,
) -> Answer:
    """Add a selling place; its practice period follows ``golive`` (decision 6). Answers ``{id, number}``."""
    number = clean(number, 40)
    if not number or not clean(name, 200):
        raise Invalid("stall_incomplete", "Sạp cần có số sạp và tên.", (_field("number"), _field("name")))
    with node.write(who, now) as tx:
        known = select(Stall.id).where(Stall.site_id == node.id, Stall.number == number)
        if tx.session.scalars(known).first() is not None:
            raise Conflict("stall_exists", f"Đã có sạp {number}.")
        row = Stall(site_id=node.id, id=tx.id(), created_at=now, number=number, name=clean(name, 200), settings={})
        row.gln, row.commune, row.golive_date = _gln(gln), clean(commune, 120) or None, golive
        if golive is not None:
            row.practice_until = golive + timedelta(days=node.policy.clocks.practice_days)
        tx.session.add(row)
        tx.audit("stall_added", f"stall:{row.id}", {"number": number, "gln": row.gln}, row.id)
        stall_list.changed(tx)
        return tx.answer({"id": row.id, "number": number}, 201)


def stall_by_number(node: Node, number: str) -> Answer:
    """``{id, number, name, gln}`` of the stall called ``number``; raises ``NotFound``."""
    with node.db.read() as session:
        row = session.scalars(select(Stall).where(Stall.site_id == node.id, Stall.number == number)).first()
        if row is None:
            raise NotFound("stall_unknown", f"Không có sạp {number}.")
        return {"id": row.id, "number": row.number, "name": row.name, "gln": row.gln}


def add_till(node: Node, who: Actor, stall_id: str, name: str, now: datetime) -> Answer:
    """Add a till with its API key, shown once: ``{id, api_key}``."""
    with node.write(who, now) as tx:
        row = Till(site_id=node.id, id=tx.id(), created_at=now, stall_id=stall_id, name=clean(name, 80))
        tx.session.add(row)
        key = accounts.new_key(tx, f"till {row.name}", frozenset({"sell", "stock"}), stall_id=stall_id, till_id=row.id)
        return tx.answer({"id": row.id, "api_key": key}, 201)


def add_printer(
    node: Node, who: Actor, stall_id: str | None, name: str, preset: str, transport: str, address: str, now: datetime
) -> Answer:
    """Add a printer of a stall, or of the whole site when ``stall_id`` is None."""
    with node.write(who, now) as tx:
        row = Printer(site_id=node.id, id=tx.id(), created_at=now, name=clean(name, 80), preset=preset)
        row.stall_id, row.transport, row.address, row.status = stall_id, transport, address, 100
        tx.session.add(row)
        tx.audit("printer_added", f"printer:{row.id}", {"name": row.name, "transport": transport}, stall_id)
        return tx.answer({"id": row.id, "name": row.name}, 201)


def add_agency(node: Node, who: Actor, name: str, kind: str, area: str, now: datetime) -> Answer:
    """Add an authority at the province."""
    with node.write(who, now) as tx:
        row = Agency(site_id=node.id, id=tx.id(), created_at=now, name=clean(name, 200), kind=kind)
        row.area = clean(area, 200) or None
        tx.session.add(row)
        tx.audit("agency_added", f"agency:{row.id}", {"name": row.name})
        return tx.answer({"id": row.id, "name": row.name}, 201)


def add_person(
    node: Node, who: Actor, login: str, name: str, secret: str, roles: Sequence[str], place: str | None, now: datetime
) -> Answer:
    """Add a person with ``roles`` at ``place``: a stall's id, an agency's id, or None for the site."""
    where = "stall" if set(roles) <= set(AT_STALL) else "site" if set(roles) <= set(SITE_ROLES) else "agency"
    kind = "pin" if where == "stall" or set(roles) == {"operator"} else "password"
    with node.write(who, now) as tx:
        if tx.session.scalars(select(User.id).where(User.site_id == node.id, User.login == login)).first():
            raise Conflict("login_exists", f"Đã có người đăng nhập bằng tên {login}.")
        places = [(role, where, place or node.id) for role in roles]
        user = people.add_user(tx, clean(login, 80), clean(name, 120), secret, kind, places)
        return tx.answer({"id": user.id, "login": user.login}, 201)


def stall_key(node: Node, who: Actor, stall_id: str, name: str, now: datetime) -> Answer:
    """An API key for everything of one stall: ``{api_key}``."""
    with node.write(who, now) as tx:
        return tx.answer({"api_key": accounts.new_key(tx, name, STALL_KEY_SCOPES, stall_id=stall_id)}, 201)


def province_key(node: Node, who: Actor, name: str, now: datetime) -> Answer:
    """An API key for the desk and the register of a province's node: ``{api_key}``."""
    with node.write(who, now) as tx:
        return tx.answer({"api_key": accounts.new_key(tx, name, PROVINCE_KEY_SCOPES)}, 201)


def device_code(node: Node, who: Actor, stall_id: str, now: datetime) -> Answer:
    """A one-time code that turns a phone into a device of the stall."""
    with node.write(who, now) as tx:
        return tx.answer({"code": accounts.new_code(tx, "device", stall_id, DEVICE_CODE_LASTS)}, 201)


def station_code(node: Node, who: Actor, now: datetime) -> Answer:
    """A one-time code with which a station enrols at this province."""
    with node.write(who, now) as tx:
        return tx.answer({"code": accounts.new_code(tx, "station", None, STATION_CODE_LASTS)}, 201)
