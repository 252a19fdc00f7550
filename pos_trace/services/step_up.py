"""Goods set aside or past their date are sold because the owner answers for it: PIN and reason (decision 5)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core import roles
from pos_trace.core.errors import Conflict, FieldError, Forbidden, Invalid
from pos_trace.core.text import clean
from pos_trace.services import accounts, checking, log_in_tries
from pos_trace.services.node import Actor, Answer, Node, Transaction, owned
from pos_trace.services.people import TO_CHANGE, living, places_of
from pos_trace.store.models import Membership, StockLot, StopSale, User

PERMISSION = "override"
ACT = "held_sold_override"
NO_LOT = "Không tìm thấy lô hàng."


def people(node: Node, who: Actor, now: datetime) -> Answer:
    """Who at this stall may allow it: ``{people: [{login, name}]}``."""
    able = [role for role in roles.AT_STALL if PERMISSION in roles.permissions(frozenset({role}))]
    with node.db.read() as session:
        mine = select(User).join(Membership, (Membership.user_id == User.id) & (Membership.site_id == User.site_id))
        mine = mine.where(User.site_id == node.id, User.active, Membership.stall_id == who.stall)
        mine = mine.where(Membership.role.in_(able), living(now))
        rows = session.scalars(mine.order_by(User.name, User.id).distinct())
        return {"people": [{"login": row.login, "name": row.name} for row in rows]}


def allow(node: Node, who: Actor, lot_id: str, login: str, pin: str, reason: str, now: datetime) -> Answer:
    """Allow one held or expired lot for a sale: ``{id, lot, by}``; ``id`` goes along with the sold line.

    Never a recalled or cancelled one (``Conflict``). Raises ``Invalid`` without a reason, ``NotFound`` for another
    stall's lot, ``Unauthorised`` for a wrong PIN, which counts as one at the log-in does, ``TooMany``, ``Forbidden``.
    """
    why = clean(reason, 200)
    if not why:
        raise Invalid("reason_missing", "Nhập lý do bán.", (FieldError("/reason", "missing"),))
    tried = _try(node, who, lot_id, login, pin, now)
    person: Actor | None = None
    answer: Answer = {}
    with node.write(who, now) as tx:
        lot = tx.owned(StockLot, lot_id, NO_LOT)
        _may(tx.session, node, lot, now)
        person = _settle(tx, tried)
        if person is not None:
            if not person.may(PERMISSION):
                raise Forbidden("not_shift_leader", "Người này không có quyền cho bán hàng để riêng.")
            row = StopSale(site_id=who.site_id, id=tx.id(), created_at=now, stall_id=who.stall, kind="override")
            row.lot_id, row.key, row.detail = lot.id, lot.key, {"reason": why, "by": person.name, "state": lot.state}
            tx.session.add(row)
            tx.audit(ACT, f"lot:{lot.id}", {"reason": why, "by": f"user:{person.id}", "stop_sale": row.id})
            answer = tx.answer({"id": row.id, "lot": lot.id, "by": person.name}, 201)
    if person is None:
        raise accounts.WRONG
    return answer


def _try(node: Node, who: Actor, lot_id: str, login: str, pin: str, now: datetime) -> tuple[str, bool]:
    """Whose PIN this is and whether it is right; hashing takes its time, so no write is open yet.

    Only of somebody of this very stall: nobody guesses another stall's PINs here.
    """
    with node.db.read() as session:
        owned(session, who, StockLot, lot_id, NO_LOT)
        user = session.scalars(select(User).where(User.site_id == node.id, User.login == login)).first()
        here = user is not None and any(one.stall_id == who.stall for one in places_of(session, user, now))
        stored = user.secret_hash if user is not None and here else None
        log_in_tries.check(session, user if here else None, who.device_id, now)
    good = accounts.secret_matches(pin, stored, node.signing_key)
    if user is None or not here or not user.active:
        raise accounts.WRONG
    if good and user.pin_given_at is not None:
        raise TO_CHANGE
    return user.id, good


def _settle(tx: Transaction, tried: tuple[str, bool]) -> Actor | None:
    """The person at this stall when the PIN was right; None, and one failure more, when it was not."""
    user_id, good = tried
    user = tx.session.get_one(User, (tx.node.id, user_id))
    if not good:
        log_in_tries.failed(tx, user, tx.who.device_id)
        return None
    log_in_tries.passed(tx, user, tx.who.device_id)
    return accounts.person(tx.session, tx.node, user, tx.who.stall, None, tx.now)


def _may(session: Session, node: Node, lot: StockLot, now: datetime) -> None:
    if checking.recall_of(session, lot) is not None or lot.state == "returned_recalled":
        raise Conflict("recalled_never_sold", "Hàng đang bị thu hồi: không ai cho bán được.")
    if not checking.may_be_allowed(session, node, lot, now):
        raise Conflict("not_to_be_allowed", "Lô này không cần hoặc không được cho bán theo cách này.")
