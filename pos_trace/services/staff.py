"""Người của sạp: the owner adds people by name and PIN, gives a new PIN, ends somebody's work here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select

from pos_trace.core.errors import Conflict, FieldError, Invalid, NotFound
from pos_trace.core.roles import AT_STALL
from pos_trace.core.text import clean, fold
from pos_trace.services import accounts, people
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import Membership, Session, User

ROLE_WORDS: Final = {"receiver": "nhận hàng", "cashier": "bán hàng", "shift_leader": "trưởng ca", "owner": "chủ sạp"}
ASK_OFFICE: Final = "nên mã PIN mới do ban quản lý chợ cấp. Tên đăng nhập để báo ban quản lý:"
NO_PERSON: Final = "Không tìm thấy người này ở sạp."


def listed(node: Node, who: Actor, now: datetime) -> Answer:
    """Everybody who works at the stall: ``{people:[{id, name, roles, role_words, me}]}``."""
    mine = (
        select(User, Membership.role)
        .join(Membership, (Membership.site_id == User.site_id) & (Membership.user_id == User.id))
        .where(User.site_id == node.id, User.active, Membership.stall_id == who.stall)
        .where(people.living(now))
        .order_by(User.name, User.id, Membership.role)
    )
    found: dict[str, Answer] = {}
    with node.db.read() as session:
        for user, role in session.execute(mine):
            one = found.setdefault(user.id, {"id": user.id, "name": user.name, "roles": [], "me": user.id == who.id})
            one["roles"].append(role)
    for one in found.values():
        one["role_words"] = ", ".join(ROLE_WORDS.get(role, role) for role in one["roles"])
    return {"people": list(found.values()), "role_words": ROLE_WORDS}


def add(node: Node, who: Actor, name: str, roles: Sequence[str], pin: str, now: datetime) -> Answer:
    """A person with a PIN; their log-in name is made of name and stall, people tap it and never type it."""
    told = clean(name, 120)
    wanted = sorted(set(roles) & set(AT_STALL))
    if not told or not wanted:
        wrong = (FieldError("/name", "missing"), FieldError("/roles", "missing"))
        raise Invalid("person_incomplete", "Ghi tên và chọn việc của người này.", wrong)
    with node.write(who, now) as tx:
        login = _login(tx, told)
        user = people.add_user(tx, login, told, pin, "pin", [(role, "stall", who.stall) for role in wanted])
        return tx.answer({"id": user.id, "name": user.name}, 201)


def new_pin(node: Node, who: Actor, user_id: str, pin: str, now: datetime) -> Answer:
    """Another PIN; whoever was locked out may try again. Raises ``Invalid`` for what is no PIN.

    ``Conflict`` for somebody who works elsewhere too: a PIN is the same everywhere, so that one stall's owner never
    opens another stall's door; the market's office gives such a person a PIN. One's own is always one's own affair.
    """
    people.check_pin(pin)
    hashed = accounts.hash_secret(pin, node.signing_key)  # slow on purpose, so not inside the write
    with node.write(who, now) as tx:
        user = _mine(tx, user_id)
        elsewhere = [one for one in people.places_of(tx.session, user, now) if one.stall_id != who.stall]
        if elsewhere and user.id != who.id:
            raise Conflict("works_elsewhere", f"{user.name} còn làm ở nơi khác, {ASK_OFFICE} {user.login}.")
        people.set_pin(tx, user, hashed, given=False, act="pin_changed")
        return tx.answer({"id": user.id})


def end(node: Node, who: Actor, user_id: str, now: datetime) -> Answer:
    """Somebody works here no longer: their roles at this stall and their log-ins end; what they did stays theirs."""
    with node.write(who, now) as tx:
        user = _mine(tx, user_id)
        if user.id == who.id:
            raise Conflict("own_account", "Không thể cho chính mình nghỉ.")
        for row in _memberships(tx, user.id):
            row.ends_at = now
        open_ones = select(Session).where(Session.site_id == node.id, Session.user_id == user.id)
        for one in tx.session.scalars(open_ones.where(Session.stall_id == who.stall, Session.ended_at.is_(None))):
            one.ended_at = now
        tx.audit("person_ended", f"user:{user.id}", {"name": user.name})
        return tx.answer({"id": user.id})


def _memberships(tx: Transaction, user_id: str) -> list[Membership]:
    mine = select(Membership).where(Membership.site_id == tx.node.id, Membership.user_id == user_id)
    here = mine.where(Membership.stall_id == tx.who.stall)
    return list(tx.session.scalars(here.where(people.living(tx.now))))


def _mine(tx: Transaction, user_id: str) -> User:
    user = tx.session.get(User, (tx.node.id, user_id))
    if user is None or not user.active or not _memberships(tx, user.id):
        raise NotFound("not_found", NO_PERSON)
    return user


def _login(tx: Transaction, name: str) -> str:
    base = "".join(sign if sign.isalnum() else "-" for sign in fold(name))[:40]
    taken = set(tx.session.scalars(select(User.login).where(User.site_id == tx.node.id, User.login.like(f"{base}%"))))
    number = next(n for n in range(1, len(taken) + 2) if f"{base}-{n}" not in taken)
    return f"{base}-{number}"
