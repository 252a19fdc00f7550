"""What a stall sells: found by barcode, number or name, made when first received or sold; content remembered."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core import codes
from pos_trace.core.codes import ScannedCode
from pos_trace.core.text import clean, fold
from pos_trace.core.units import contents_from, contents_json, convert
from pos_trace.services.node import Actor, Node, Transaction
from pos_trace.store.models import Product

MOST_NAME = 300
MOST_BARCODE = 64


def barcode_of(node: Node, raw: str | None, code: ScannedCode | None = None) -> str | None:
    """What a barcode is kept and found as: its GTIN-14, a weighing label's number, else the text itself.

    ``code`` is ``raw`` when it has been read already.
    """
    read = code or (codes.parse(raw, node.policy.codes) if raw else None)
    if read is not None and read.gtin is not None:
        return read.gtin
    if read is not None and read.kind == "in_store" and read.code is not None:
        return read.code
    return raw[:MOST_BARCODE] if raw else None


def named_by_till(session: Session, who: Actor, sku: str, barcode: str | None, name: str) -> Product | None:
    """The product a till means by ``sku``: its own, else one it has not named yet, by barcode, then by name."""
    mine = select(Product).where(Product.site_id == who.site_id, Product.stall_id == who.stall)
    unnamed = [Product.folded == fold(name)[:MOST_NAME]]
    if barcode:
        unnamed = [Product.barcode == barcode, (Product.folded == fold(name)[:MOST_NAME]) & Product.barcode.is_(None)]
    for condition in (Product.sku == sku, *(Product.sku.is_(None) & one for one in unnamed)):
        row = session.scalars(mine.where(condition).order_by(Product.id).limit(1)).first()
        if row is not None:
            return row
    return None


def match(
    session: Session, who: Actor, barcode: str | None = None, sku: str | None = None, name: str | None = None
) -> Product | None:
    """The stall's product by SKU, then barcode (GTIN-14), then name without accents; None when it has none."""
    mine = select(Product).where(Product.site_id == who.site_id, Product.stall_id == who.stall)
    wanted = []
    sku, name = clean(sku or "", 64), clean(name or "", MOST_NAME)  # as they are kept; PostgreSQL takes no NUL
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


def add(tx: Transaction, name: str, unit: str) -> Product:
    """A new product of the stall."""
    row = Product(site_id=tx.who.site_id, id=tx.id(), created_at=tx.now, stall_id=tx.who.stall, unit=unit)
    row.name = clean(name, MOST_NAME) or "Hàng chưa có tên"
    row.folded = fold(row.name)[:MOST_NAME]
    tx.session.add(row)
    return row


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
        row = add(tx, name, unit)
        row.sku = sku
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
    if told.get("unit_price") is not None:
        row.unit_price, row.price_unit = told["unit_price"], None
    row.content_kg = told.get("content_kg") or row.content_kg
    if told.get("unit_contents") is not None:
        row.unit_contents = contents_json(told["unit_contents"])
    tx.session.flush()


def price_in(row: Product, unit: str | None) -> Decimal | None:
    """The last price of one ``unit`` in đồng; None without a price, or where nobody said how the units compare."""
    if not row.unit_price or unit is None:
        return None
    of_one = convert(Decimal(1), unit, row.price_unit or row.unit, contents_from(row.unit_contents), row.content_kg)
    return None if of_one is None else row.unit_price * of_one
