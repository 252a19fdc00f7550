"""A stall's own list of goods: names, prices, units and what one unit holds; set by number or by id."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from pos_trace.core.errors import FieldError, Invalid
from pos_trace.core.quantities import as_text, unit_of
from pos_trace.core.text import clean
from pos_trace.core.units import contents_from
from pos_trace.services import products
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import Product

MOST = 2000


def listed(node: Node, who: Actor) -> Answer:
    """``{products}`` of the stall, by name."""
    with node.db.read() as session:
        mine = select(Product).where(Product.site_id == who.site_id, Product.stall_id == who.stall)
        rows = session.scalars(mine.order_by(Product.name, Product.id).limit(MOST))
        return {"products": [told(row) for row in rows]}


def set_by_sku(node: Node, who: Actor, sku: str, said: dict[str, Any], now: datetime) -> Answer:
    """Make or change what the till calls ``sku``: name, barcode, unit, price, group, contents. Raises ``Invalid``."""
    plain, name = clean(sku, 64), clean(said["name"], 300)
    if not plain or not name:
        raise Invalid("product_incomplete", "Mặt hàng cần có mã và tên.", (FieldError("/name", "missing"),))

    def find(tx: Transaction, known: dict[str, Any]) -> Product:
        row = products.named_by_till(tx.session, who, plain, known["barcode"], name)
        row = row if row is not None else products.add(tx, name, known["unit"])
        row.sku = plain
        return row

    return _set(node, who, said, now, find)


def set_by_id(node: Node, who: Actor, product_id: str, said: dict[str, Any], now: datetime) -> Answer:
    """Change one of the stall's goods. Raises ``Invalid``, ``NotFound``."""
    if not clean(said["name"], 300):
        raise Invalid("product_incomplete", "Mặt hàng cần có tên.", (FieldError("/name", "missing"),))
    return _set(node, who, said, now, lambda tx, _: tx.owned(Product, product_id, "Không tìm thấy mặt hàng."))


def _set(
    node: Node, who: Actor, said: dict[str, Any], now: datetime, find: Callable[[Transaction, dict[str, Any]], Product]
) -> Answer:
    unit = unit_of(said["unit"])
    if unit is None:
        raise Invalid("unit_unknown", "Đơn vị chưa có. Chọn trong danh sách.", (FieldError("/unit", "unknown"),))
    if said.get("group") is not None and node.policy.group(said["group"]) is None:
        raise Invalid("group_unknown", "Chọn nhóm hàng trong danh sách.", (FieldError("/group", "unknown"),))
    known = said | {"unit": unit, "barcode": products.barcode_of(node, said.get("barcode"))}
    if said.get("unit_contents") is not None:
        try:
            known["unit_contents"] = contents_from(said["unit_contents"])
        except ValueError as error:
            raise Invalid("unit_content", str(error), (FieldError("/unit_contents", "invalid"),)) from None
    with node.write(who, now) as tx:
        row = find(tx, known)
        products.change(tx, row, known)
        tx.audit("product_set", f"product:{row.id}", {"sku": row.sku, "name": row.name})
        return tx.answer(told(row))


def told(row: Product) -> Answer:
    """A product as the API answers it."""
    content = as_text(row.content_kg) if row.content_kg is not None else None
    names = ("id", "name", "sku", "barcode", "goods_group", "unit", "unit_price")
    told = {name: getattr(row, name) for name in names} | {"content_kg": content}
    return told | {"price_unit": row.price_unit or row.unit, "unit_contents": row.unit_contents or {}}
