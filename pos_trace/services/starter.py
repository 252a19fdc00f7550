"""Starter catalogue of a stall: ticked on the first day, taken in one go; what is there already stays as it is."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from pos_trace.core.errors import FieldError, Invalid
from pos_trace.core.starter import StarterGoods
from pos_trace.core.text import fold
from pos_trace.services import products
from pos_trace.services.node import Actor, Answer, Node, Transaction, stall_of
from pos_trace.store.models import Product


def offered(node: Node, who: Actor) -> Answer:
    """``{groups: [{name, title, mine, goods: [{name, unit, there}]}]}``: the stall's own goods groups first.

    ``mine``: the office wrote this group down for the stall; ``there``: the stall sells it already.
    """
    with node.db.read() as session:
        mine = list((stall_of(session, who).settings or {}).get("goods_groups", []))
        kept = select(Product.folded).where(Product.site_id == who.site_id, Product.stall_id == who.stall)
        there = set(session.scalars(kept))
    groups = sorted(node.policy.goods, key=lambda group: (group.name not in mine, fold(group.title_vi)))
    told = []
    for group in groups:
        goods = [one for one in node.policy.starter if one.group == group.name]
        rows = [{"name": one.name, "unit": one.unit, "there": fold(one.name) in there} for one in goods]
        if rows:
            told.append({"name": group.name, "title": group.title_vi, "mine": group.name in mine, "goods": rows})
    return {"groups": told}


def take(node: Node, who: Actor, groups: Sequence[str], names: Sequence[str], now: datetime) -> Answer:
    """Add the catalogue's goods called ``names``, and all of ``groups``: ``{added, there}``, names in their order.

    Raises ``Invalid`` for a group or a name the catalogue does not have, and for nothing chosen.
    """
    wanted = _wanted(node.policy.starter, groups, names)
    with node.write(who, now) as tx:
        added = [one.name for one in wanted if _add(tx, one)]
        there = [one.name for one in wanted if one.name not in added]
        tx.audit("starter_taken", f"stall:{who.stall}", {"added": len(added), "there": len(there)})
        return tx.answer({"added": added, "there": there}, 201)


def _wanted(known: Sequence[StarterGoods], groups: Sequence[str], names: Sequence[str]) -> list[StarterGoods]:
    strange = sorted(set(groups) - {one.group for one in known})
    if strange:
        raise Invalid("group_unknown", "Chọn nhóm hàng trong danh sách.", (FieldError("/groups", "unknown"),))
    lost = sorted(set(names) - {one.name for one in known})
    if lost:
        detail = f"Danh mục không có '{lost[0]}'. Hàng khác thêm khi nhận hàng."
        raise Invalid("goods_unknown", detail, (FieldError("/names", "unknown"),))
    wanted = [one for one in known if one.group in groups or one.name in names]
    if not wanted:
        raise Invalid("nothing_chosen", "Chọn ít nhất một mặt hàng.", (FieldError("/names", "missing"),))
    return wanted


def _add(tx: Transaction, goods: StarterGoods) -> bool:
    if products.match(tx.session, tx.who, name=goods.name) is not None:
        return False
    products.ensure(tx, goods.name, goods.unit, group=goods.group, content_kg=goods.content_kg)
    return True
