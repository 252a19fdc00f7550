"""Who brings goods to a stall: found as the market calls them, renamed, merged; never known to a neighbour."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.quantities import as_text
from pos_trace.core.text import clean, fold
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import Delivery, DeliveryLine, Party, Product, SupplierGoods

NO_SUPPLIER = "Không tìm thấy người giao."
DRIVER_ONLY = "Lái xe giao, chủ hàng chưa rõ"
MOST_NAME, MOST_NICKNAME, MOST_LISTED, GOODS_TOLD = 200, 120, 500, 3


@dataclass(frozen=True, slots=True)
class SupplierIn:
    """Who brings it, as told: a known one's id, or a name with what the market calls them. ``driver_only``: the
    driver is here, whose goods they are nobody says yet.
    """

    party_id: str | None = None
    name: str | None = None
    nickname: str | None = None
    driver_only: bool = False


def label(row: Party) -> str:
    """ "Chị Ba (xe cam)": a name as lists and slips tell it apart."""
    return f"{row.name} ({row.nickname})"[:MOST_NAME] if row.nickname else row.name


def chosen(tx: Transaction, told: SupplierIn) -> Party | None:
    """The stall's supplier that is meant, made when it is new; None for ``driver_only``.

    Raises ``Invalid`` for no name and for a name that several have, ``NotFound`` for another stall's.
    """
    if told.driver_only:
        return None
    if told.party_id is not None:
        return _living(tx, _owned(tx, told.party_id))
    plain, nickname = _names(told.name, told.nickname)
    return _known(tx, plain, nickname) or _made(tx, plain, nickname)


def _names(name: str | None, nickname: str | None) -> tuple[str, str]:
    plain = clean(name or "", MOST_NAME)
    if not plain:
        raise Invalid("supplier_missing", "Nhập tên người giao.", (FieldError("/supplier_name", "missing"),))
    return plain, clean(nickname or "", MOST_NICKNAME)


def _owned(tx: Transaction, party_id: str) -> Party:
    row = tx.owned(Party, party_id, NO_SUPPLIER)
    if row.kind != "supplier":
        raise Invalid("not_a_supplier", "Đây là bạn hàng mua, không phải người giao.")
    return row


def _living(tx: Transaction, row: Party) -> Party:
    return tx.owned(Party, row.merged_into, NO_SUPPLIER) if row.merged_into else row


def _known(tx: Transaction, plain: str, nickname: str) -> Party | None:
    """By name and nickname; by the name alone if one has it; by a nickname typed as a name."""
    mine = select(Party).where(Party.site_id == tx.who.site_id, Party.stall_id == tx.who.stall)
    mine = mine.where(Party.kind == "supplier").order_by(Party.id)
    named = list(tx.session.scalars(mine.where(Party.folded == _folded(plain, MOST_NAME))))
    if nickname:
        wanted = _folded(nickname, MOST_NICKNAME)
        return next((_living(tx, row) for row in named if row.nickname_folded == wanted), None)
    found = named or list(tx.session.scalars(mine.where(Party.nickname_folded == _folded(plain, MOST_NICKNAME))))
    plainly = [row for row in found if row.nickname is None]
    living = {row.id: row for row in (_living(tx, one) for one in (plainly or found))}
    if len(living) > 1:
        detail = f"Có {len(living)} người giao tên {plain}. Chọn trong danh sách, hoặc ghi thêm tên gọi ở chợ."
        raise Invalid("supplier_ambiguous", detail, (FieldError("/supplier_name", "ambiguous"),))
    return next(iter(living.values()), None)


def _folded(text: str, most: int) -> str:
    return fold(text)[:most]


def _made(tx: Transaction, plain: str, nickname: str) -> Party:
    row = Party(site_id=tx.who.site_id, id=tx.id(), created_at=tx.now, stall_id=tx.who.stall, kind="supplier")
    _call(row, plain, nickname)
    tx.session.add(row)
    tx.session.flush()
    return row


def _call(row: Party, plain: str, nickname: str) -> None:
    row.name, row.folded = plain, _folded(plain, MOST_NAME)
    row.nickname = nickname or None
    row.nickname_folded = _folded(nickname, MOST_NICKNAME) if nickname else None


def change(node: Node, who: Actor, party_id: str, name: str, nickname: str | None, now: datetime) -> Answer:
    """Call a supplier otherwise: ``{id, name, nickname, label}``; slips already printed keep what they say.

    Raises ``Conflict`` when another one is called just so: then they are merged, not renamed.
    """
    plain, short = _names(name, nickname)
    with node.write(who, now) as tx:
        row = _owned(tx, party_id)
        same = select(Party.id).where(
            Party.site_id == row.site_id,
            Party.stall_id == row.stall_id,
            Party.kind == "supplier",
            Party.merged_into.is_(None),
            Party.id != row.id,
            Party.folded == _folded(plain, MOST_NAME),
            Party.nickname_folded == (_folded(short, MOST_NICKNAME) if short else None),
        )
        if tx.session.scalars(same.limit(1)).first() is not None:
            raise Conflict("supplier_same", "Đã có người giao tên này. Nếu là một người, bấm Gộp người giao.")
        before = label(row)
        _call(row, plain, short)
        tx.audit("supplier_renamed", f"party:{row.id}", {"from": before, "to": label(row)})
        return tx.answer(_told(row))


def merge(node: Node, who: Actor, party_id: str, into_id: str, now: datetime) -> Answer:
    """ "Gộp người giao": ``party_id`` was ``into_id`` all along; deliveries and habits follow: the one that stays.

    Slips keep the name they were printed with. Raises ``Conflict`` for one and the same, ``NotFound`` for a
    neighbour's.
    """
    with node.write(who, now) as tx:
        gone, stays = _owned(tx, party_id), _living(tx, _owned(tx, into_id))
        if gone.id == stays.id or gone.merged_into is not None:
            raise Conflict("supplier_same", "Hai tên này đã là một người giao.")
        theirs = select(Delivery).where(Delivery.site_id == gone.site_id, Delivery.stall_id == gone.stall_id)
        moved = list(tx.session.scalars(theirs.where(Delivery.supplier_id == gone.id).order_by(Delivery.id)))
        for delivery in moved:
            delivery.supplier_id = stays.id
        earlier = select(Party).where(Party.site_id == gone.site_id, Party.merged_into == gone.id)
        for row in tx.session.scalars(earlier.order_by(Party.id)).all():
            row.merged_into = stays.id
        gone.merged_into = stays.id
        _merge_habits(tx, gone, stays)
        tx.audit("suppliers_merged", f"party:{gone.id}", {"into": stays.id, "deliveries": len(moved)})
        return tx.answer(_told(stays))


def _merge_habits(tx: Transaction, gone: Party, stays: Party) -> None:
    mine = select(SupplierGoods).where(SupplierGoods.site_id == gone.site_id, SupplierGoods.stall_id == gone.stall_id)
    theirs = mine.where(SupplierGoods.party_id == gone.id).order_by(SupplierGoods.id)
    for row in tx.session.scalars(theirs).all():
        same = mine.where(SupplierGoods.party_id == stays.id, SupplierGoods.product_id == row.product_id)
        kept = tx.session.scalars(same.where(SupplierGoods.unit == row.unit)).first()
        if kept is None:
            row.party_id = stays.id
            continue
        if row.last_at > kept.last_at:
            kept.last_at, kept.last_quantity = row.last_at, row.last_quantity
            kept.content_kg, kept.usual = row.content_kg or kept.content_kg, row.usual
        kept.times += row.times
        tx.session.delete(row)
    tx.session.flush()


def habit(session: Session, who: Actor, party_id: str, product_id: str) -> SupplierGoods | None:
    """What a supplier brings of a product, in the unit of the last time; None when they never did."""
    mine = select(SupplierGoods).where(
        SupplierGoods.site_id == who.site_id,
        SupplierGoods.stall_id == who.stall_id,
        SupplierGoods.party_id == party_id,
        SupplierGoods.product_id == product_id,
    )
    return session.scalars(mine.order_by(SupplierGoods.last_at.desc(), SupplierGoods.id.desc()).limit(1)).first()


def listed(node: Node, who: Actor, query: str | None = None) -> Answer:
    """The stall's suppliers, the last to come first; ``query`` is part of a name or nickname, accents or none.

    ``{suppliers: [{id, name, nickname, label, deliveries, last_at, goods, refused: {lines, reasons}}]}``: what tells
    three "Chị Ba" apart, and what went back with whom, for the stall's own eyes.
    """
    wanted = fold(clean(query or "", MOST_NAME))
    with node.db.read() as session:
        mine = select(Party).where(Party.site_id == who.site_id, Party.stall_id == who.stall, Party.kind == "supplier")
        mine = mine.where(Party.merged_into.is_(None)).order_by(Party.folded, Party.id)
        if wanted:
            called = (Party.folded, Party.nickname_folded)
            mine = mine.where(or_(*(name.contains(wanted, autoescape=True) for name in called)))
        rows = session.scalars(mine.limit(MOST_LISTED)).all()
        came, goods, refused = _came(session, who), _goods(session, who), _refused(session, who)
        told = [
            _told(row) | came.get(row.id, {"deliveries": 0, "last_at": None})
            | {"goods": goods.get(row.id, []), "refused": refused.get(row.id, {"lines": 0, "reasons": []})}
            for row in rows
        ]  # fmt: skip
        return {"suppliers": sorted(told, key=lambda one: one["last_at"] or "", reverse=True)}


def _told(row: Party) -> dict[str, Any]:
    return {"id": row.id, "name": row.name, "nickname": row.nickname, "label": label(row)}


def _came(session: Session, who: Actor) -> dict[str, dict[str, Any]]:
    mine = select(Delivery.supplier_id, func.count(), func.max(Delivery.created_at)).where(
        Delivery.site_id == who.site_id, Delivery.stall_id == who.stall, Delivery.state != "cancelled"
    )
    return {
        supplier: {"deliveries": count, "last_at": last.isoformat()}
        for supplier, count, last in session.execute(mine.group_by(Delivery.supplier_id))
        if supplier is not None
    }


def _goods(session: Session, who: Actor) -> dict[str, list[dict[str, str]]]:
    """What each brings most often."""
    mine = (
        select(SupplierGoods, Product.name)
        .join(Product, (Product.site_id == SupplierGoods.site_id) & (Product.id == SupplierGoods.product_id))
        .where(SupplierGoods.site_id == who.site_id, SupplierGoods.stall_id == who.stall)
        .order_by(SupplierGoods.times.desc(), Product.folded, SupplierGoods.id)
    )
    found: dict[str, list[dict[str, str]]] = {}
    for row, name in session.execute(mine):
        some = found.setdefault(row.party_id, [])
        if len(some) < GOODS_TOLD:
            some.append({"name": name, "quantity": as_text(row.last_quantity), "unit": row.unit})
    return found


def _refused(session: Session, who: Actor) -> dict[str, dict[str, Any]]:
    """Lines of which something went back, with the reasons, by supplier."""
    mine = (
        select(Delivery.supplier_id, DeliveryLine.refuse_reason, func.count())
        .join(DeliveryLine, (DeliveryLine.site_id == Delivery.site_id) & (DeliveryLine.delivery_id == Delivery.id))
        .where(Delivery.site_id == who.site_id, Delivery.stall_id == who.stall, DeliveryLine.refused > 0)
        .where(Delivery.supplier_id.is_not(None), DeliveryLine.state != "cancelled")
        .group_by(Delivery.supplier_id, DeliveryLine.refuse_reason)
    )
    counted: dict[str, Counter[str]] = {}
    for supplier, reason, lines in session.execute(mine):
        counted.setdefault(str(supplier), Counter())[reason or ""] += lines
    return {
        supplier: {
            "lines": reasons.total(),
            "reasons": [{"reason": why, "lines": lines} for why, lines in sorted(reasons.items())],
        }
        for supplier, reasons in counted.items()
    }
