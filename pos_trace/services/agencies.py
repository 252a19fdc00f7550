"""An authority's own people: its administrator adds and ends them; nobody else's."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from pos_trace.core.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from pos_trace.core.roles import PROVINCE_ROLES
from pos_trace.core.text import clean
from pos_trace.services import routing
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.services.people import add_user, living, places_of
from pos_trace.store.models import Agency, Membership, Session, User

ROLE_WORDS = {
    "inspector": "Cán bộ kiểm tra",
    "records_officer": "Cán bộ sổ lô và thu hồi",
    "agency_admin": "Quản trị cơ quan",
}


def listed(node: Node, who: Actor, now: datetime) -> Answer:
    """The authority of the actor and its people: ``{agency, people, others}``; ``others``: where cases may go."""
    with node.db.read() as session:
        mine = routing.scope_of(session, node, who, now).agency_id
        agency = session.get(Agency, (node.id, mine)) if mine else None
        rows = session.execute(
            select(User, Membership)
            .join(Membership, (Membership.site_id == User.site_id) & (Membership.user_id == User.id))
            .where(User.site_id == node.id, Membership.agency_id == mine)
            .order_by(User.name, User.id, Membership.role)
        ).all()
        people: dict[str, Answer] = {}
        for user, member in rows:
            told = people.setdefault(user.id, {"id": user.id, "login": user.login, "name": user.name, "roles": []})
            told.setdefault("active", False)
            if user.active and (member.ends_at is None or member.ends_at > now):
                told["active"] = True
                told["roles"].append({"role": member.role, "text": ROLE_WORDS.get(member.role, member.role)})
        return {"agency": _agency(node, agency), "people": list(people.values())}


def called(node: Node, who: Actor, now: datetime) -> str:
    """The name of the actor's authority, for the top of its screens."""
    with node.db.read() as session:
        mine = routing.scope_of(session, node, who, now).agency_id
        row = session.get(Agency, (node.id, mine)) if mine else None
        return row.name if row else node.policy.province.department


def others(node: Node, who: Actor, now: datetime) -> list[Answer]:
    """The authorities of this node a case may be handed to."""
    with node.db.read() as session:
        mine = routing.scope_of(session, node, who, now).agency_id
        kinds = node.policy.routing
        rows = session.scalars(select(Agency).where(Agency.site_id == node.id).order_by(Agency.name, Agency.id))
        taking = [row for row in rows if row.id != mine and kinds.kind(row.kind).sees != "counts"]
        return [{"id": row.id, "name": row.name} for row in taking]


def add(node: Node, who: Actor, login: str, name: str, password: str, roles: Sequence[str], now: datetime) -> Answer:
    """Add a person to the actor's own authority with a password: ``{id, login}``."""
    if not roles or not set(roles) <= set(PROVINCE_ROLES):
        raise Invalid("roles_unknown", "Chọn ít nhất một vai trò.", (FieldError("/roles", "unknown"),))
    wrong = [field for field, told in (("login", clean(login, 80)), ("name", clean(name, 120))) if not told]
    if wrong:
        errors = tuple(FieldError(f"/{field}", "missing") for field in wrong)
        raise Invalid("person_incomplete", "Cần tên đăng nhập và họ tên.", errors)
    with node.write(who, now) as tx:
        agency = _own(tx)
        _may_have(tx, agency, roles)
        taken = select(User.id).where(User.site_id == node.id, User.login == clean(login, 80))
        if tx.session.scalars(taken).first() is not None:
            raise Conflict("login_exists", f"Đã có người đăng nhập bằng tên {clean(login, 80)}.")
        places = [(role, "agency", agency) for role in sorted(set(roles))]
        user = add_user(tx, clean(login, 80), clean(name, 120), password, "password", places)
        return tx.answer({"id": user.id, "login": user.login}, 201)


def end(node: Node, who: Actor, user_id: str, now: datetime) -> Answer:
    """End a person's work at the actor's own authority; what they had taken shows as attended by nobody.

    Who works for nobody else any more can no longer log in; work for another authority goes on, with a fresh log-in.
    """
    with node.write(who, now) as tx:
        agency = _own(tx)
        if user_id == who.id:
            raise Forbidden("not_yourself", "Không tự khóa tài khoản của mình.")
        mine = select(Membership).where(
            Membership.site_id == node.id, Membership.user_id == user_id, Membership.agency_id == agency
        )
        rows = list(tx.session.scalars(mine.where(living(now))))
        user = tx.session.get(User, (node.id, user_id)) if rows else None
        if user is None:
            raise NotFound("not_found", "Không có người này ở cơ quan.")
        for row in rows:
            row.ends_at = now
        tx.session.flush()
        user.active = bool(places_of(tx.session, user, now))
        open_ones = select(Session).where(Session.site_id == node.id, Session.user_id == user_id)
        for one in tx.session.scalars(open_ones.where(Session.ended_at.is_(None))):
            one.ended_at = now
        tx.audit("person_ended", f"user:{user_id}", {"agency": agency, "works_elsewhere": user.active})
        return tx.answer({"id": user_id, "active": False})


def _may_have(tx: Transaction, agency: str, roles: Sequence[str]) -> None:
    """Who sees counts only (Sở KH&CN; USERS part 1, decision 17) has nobody that writes lots and recalls."""
    kind = tx.node.policy.routing.kind(tx.session.get_one(Agency, (tx.node.id, agency)).kind)
    if kind.sees == "counts" and "records_officer" in roles:
        told = "Cơ quan này chỉ xem số liệu tổng hợp, không có cán bộ sổ lô và thu hồi."
        raise Invalid("roles_unknown", told, (FieldError("/roles", "not_allowed"),))


def _own(tx: Transaction) -> str:
    agency = routing.scope_of(tx.session, tx.node, tx.who, tx.now).agency_id
    if agency is None:
        raise Conflict("no_agency", "Tài khoản này chưa thuộc cơ quan nào.")
    return agency


def _agency(node: Node, row: Agency | None) -> Answer | None:
    if row is None:
        return None
    kind = node.policy.routing.kind(row.kind)
    return {"id": row.id, "name": row.name, "kind": row.kind, "area": row.area, "sees": kind.sees}
