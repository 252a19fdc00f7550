"""A small slip for a lot on the stall's table, printed on wish after closing (decision 12)."""

from datetime import datetime

from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict
from pos_trace.core.table_slips import LabelFacts, lot_label_slip
from pos_trace.services import lot_facts, printing, receiving_slips, stall_cards, stock
from pos_trace.services.deliveries import practising
from pos_trace.services.node import Actor, Answer, Node, stall_of
from pos_trace.store import lots
from pos_trace.store.models import Product, Stall, StockLot

KIND = "lot_label"


def print_label(node: Node, who: Actor, lot_id: str, now: datetime) -> Answer:
    """One slip of the lot on the stall's printer: ``{print_job}``.

    Raises ``Conflict`` for goods that are not to be sold, or without a printer; ``NotFound`` for another stall's lot.
    """
    with node.write(who, now) as tx:
        lot = tx.owned(StockLot, lot_id, stock.NO_LOT)
        if lot.state != "sellable":
            raise Conflict("lot_not_sellable", f"Lô {lot.label} đang để riêng hoặc đã hết: không in phiếu lô.")
        stall, product = stall_of(tx.session, who), tx.session.get_one(Product, (lot.site_id, lot.product_id))
        facts = LabelFacts(
            place=receiving_slips.place_of(tx, stall, practising(stall, node, now)),
            product=product.name,
            lot=lot.label,
            origin=_origin(tx.session, node, lot),
            received_on=lot.received_at.astimezone(node.zone).date(),
            expiry=lot.expiry,
            qr_text=_qr_text(node, stall, lot),
        )
        job = printing.queue(tx, stall.id, KIND, lot.id, lot_label_slip(facts))
        if job is None:
            raise Conflict("no_printer", printing.NO_PRINTER)
        tx.audit("lot_label", f"lot:{lot.id}", {"print_job": job})
        return tx.answer({"print_job": job}, 201)


def _origin(session: Session, node: Node, lot: StockLot) -> str:
    """Where it comes from, by record or by what the stall was told; an individual is never named."""
    found = lots.find(session, lot.key) if lot.key is not None else None
    if found is not None and found.record is not None:
        facility = found.facility
        name = facility.name if facility is not None and not facility.is_individual else None
        place = found.record.origin_place or (facility.commune if facility is not None else None)
        return ", ".join(part for part in (name, place) if part)
    told = lot_facts.origin_of(session, node, lot)
    return ", ".join(part for part in (told["facility"], told["commune"]) if part)


def _qr_text(node: Node, stall: Stall, lot: StockLot) -> str | None:
    """The lot's own page where it has a GS1 key, else the stall's open card."""
    base = node.public_base_url
    if base and lot.key is not None and lot.key.startswith("01/") and "/10/" in lot.key:
        return f"{base}/{lot.key}"
    if base and stall.card_token and stall_cards.is_on(stall):
        return f"{base}/S/{stall.card_token}".upper()
    return None
