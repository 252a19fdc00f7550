"""What a stall sells: found by barcode, number or name, made when first received or sold; content remembered."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.text import clean, fold
from pos_trace.services.node import Actor, Transaction
from pos_trace.store.models import Product

MOST_NAME = 300


def match(
    session: Session, who: Actor, barcode: str | None = None, sku: str | None = None, name: str | None = None
) -> Product | None:
    """The stall's product by SKU, then barcode (GTIN-14), then name without accents; None when it has none."""
    mine = select(Product).where(Product.site_id == who.site_id, Product.stall_id == who.stall)
    wanted = []
    if sku:
        wanted.append(Product.sku == sku)
    if barcode:
        wanted.append(Product.barcode == barcode)
    if name:
        wanted.append(Product.folded == fold(name)[:MOST_NAME])
    for condition in wanted:
        row = session.scalars(mine.where(condition).order_by(Product.id).limit(1)).first()
        if row is not None:
            return row
    return None


def ensure(
    tx: Transaction,
    name: str,
    unit: str,
    *,
    barcode: str | None = None,
    sku: str | None = None,
    group: str | None = None,
    content_kg: Decimal | None = None,
) -> Product:
    """The stall's product, made when there is none; what was unknown before is filled in, content remembered."""
    row = match(tx.session, tx.who, barcode, sku, None if barcode or sku else name)
    if row is None:
        row = Product(site_id=tx.who.site_id, id=tx.id(), created_at=tx.now, stall_id=tx.who.stall, unit=unit)
        row.name, row.barcode, row.sku = clean(name, MOST_NAME) or "Hàng chưa có tên", barcode, sku
        row.folded = fold(row.name)[:MOST_NAME]
        tx.session.add(row)
    row.goods_group = row.goods_group or group
    row.barcode = row.barcode or barcode
    row.content_kg = content_kg or row.content_kg
    tx.session.flush()
    return row


def change(tx: Transaction, row: Product, told: dict[str, Any]) -> None:
    """Give a product what the stall says of it; members left out stay."""
    row.name = clean(told["name"], MOST_NAME)
    row.folded, row.unit = fold(row.name)[:MOST_NAME], told["unit"]
    row.barcode = told.get("barcode") or row.barcode
    row.goods_group = told.get("group") or row.goods_group
    row.unit_price = told["unit_price"] if told.get("unit_price") is not None else row.unit_price
    row.content_kg = told.get("content_kg") or row.content_kg
    tx.session.flush()
