"""The paper of a sale: token, number, slip, print job, and the projection a shopper's page is made from."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core import tokens
from pos_trace.core.errors import Conflict, NotFound
from pos_trace.core.slips import ReceiptFacts, Slip, SoldItem, lots_words, receipt_slip
from pos_trace.core.text import without_numbers
from pos_trace.core.units import contents_from
from pos_trace.core.vocabulary import slips as slip_words
from pos_trace.services import lot_facts, printing, receiving_slips
from pos_trace.services.case_log import DESTINATION
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.services.receiving import paper_prefix
from pos_trace.store import counters
from pos_trace.store.models import LotAllocation, PrintJob, Product, Receipt, Sale, SaleLine, Stall, StockLot

KEPT = timedelta(days=1827)  # 60 months, however long they are (TT 63/2026 Điều 10.2)
TRIES = 8
LONGEST_NAME = 200
NO_SALE = "Không tìm thấy phiếu bán."


def next_number(tx: Transaction, stall: Stall) -> str:
    """``A12-0184``: the stall's next sale slip of the year."""
    year = tx.now.astimezone(tx.node.zone).strftime("%y")
    count = counters.next_number(tx.session, tx.who.site_id, stall.id, "receipt", year)
    return f"{paper_prefix(stall)}-{count:04d}"


def issue(tx: Transaction, sale: Sale, stall: Stall, sold: Sequence[SaleLine]) -> Answer:
    """Mint the token, queue the paper and the projection: ``{trace_url, short_code, qr_text, print_job}``.

    Without a public address no QR is printed and nothing is published; a practising stall publishes nothing.
    """
    row = Receipt(site_id=sale.site_id, id=tx.id(), created_at=tx.now, stall_id=sale.stall_id, sale_id=sale.id)
    row.token = _mint(tx)
    row.short_code, row.copies, row.keep_until = tokens.short_code(row.token), 1, tx.now + KEPT
    tx.session.add(row)
    tx.session.flush()
    base = tx.node.public_base_url if not sale.practice else None
    url = f"{base}/r/{row.token}" if base else None
    qr_text = _qr_text(tx.node, sale, row)
    job = printing.queue(tx, sale.stall_id, "receipt", sale.id, _slip(tx, sale, stall, sold, row, qr_text))
    if base:
        body = projection(tx.session, tx.node, row, sale, stall, sold)
        plain = f"Trang truy xuất của phiếu {sale.receipt_no}: tên hàng, mã lô, giờ bán (không có giá)"
        tx.send(DESTINATION, "receipt", f"receipt:{row.token}", body, plain, sale.stall_id)
    return {
        "trace_url": url,
        "short_code": tokens.format_short(row.short_code) if base else None,
        "qr_text": qr_text,
        "print_job": job,
    }


def _mint(tx: Transaction) -> str:
    for _ in range(TRIES):
        try:
            made = tokens.token(tx.node.random(tokens.RANDOM_BYTES))
        except ValueError:
            continue
        if tx.session.scalars(select(Receipt.id).where(Receipt.token == made)).first() is None:
            return made
    raise AssertionError("the random source repeats itself")


def _slip(
    tx: Transaction, sale: Sale, stall: Stall, sold: Sequence[SaleLine], row: Receipt, qr_text: str | None
) -> Slip:
    host = (tx.node.public_base_url or "").partition("://")[2]
    return receipt_slip(
        ReceiptFacts(
            place=receiving_slips.place_of(tx, stall, sale.practice),
            number=sale.receipt_no,
            at=sale.sold_at,
            items=tuple(_item(tx.session, tx.node, line, sale.sold_at) for line in sold),
            total=sale.total,
            qr_text=qr_text,
            short_code=row.short_code,
            short_host=host,
        )
    )


def _item(session: Session, node: Node, line: SaleLine, sold_at: datetime) -> SoldItem:
    if line.product_id is None:
        return SoldItem(line.name, None, None, line.amount, slip_words.LOTS_OF_DAY)
    product = session.get(Product, (line.site_id, line.product_id))
    contents = contents_from(product.unit_contents) if product is not None else {}
    named = [lot for lot in candidates(session, line) if lot.label]
    day = sold_at.astimezone(node.zone).date()
    today = all(lot.received_at.astimezone(node.zone).date() == day for lot in named)
    words = lots_words([lot.label for lot in named], line.lot_source, today)
    return SoldItem(line.name, line.quantity, line.unit, line.amount, words, line.estimated, contents)


def candidates(session: Session, line: SaleLine) -> list[StockLot]:
    """Every lot a sold line may really have been, in the order of allocation."""
    mine = select(LotAllocation).where(LotAllocation.site_id == line.site_id, LotAllocation.sale_line_id == line.id)
    ids: list[str] = []
    for taken in session.scalars(mine.order_by(LotAllocation.id)):
        ids += [lot for lot in taken.candidates if lot not in ids]
    found = [session.get(StockLot, (line.site_id, lot)) for lot in ids]
    return [lot for lot in found if lot is not None]


def projection(
    session: Session, node: Node, row: Receipt, sale: Sale, stall: Stall, sold: Sequence[SaleLine]
) -> dict[str, Any]:
    """What leaves the station of a sale: no price, no quantity, no total, no receipt number (design)."""
    hour = sale.sold_at.replace(minute=0, second=0, microsecond=0)
    return {
        "token": row.token,
        "short_code": row.short_code,
        "stall_gln": stall.gln,
        "stall_name": f"Sạp {stall.number} – {stall.name}"[:LONGEST_NAME],
        "sold_hour": hour.isoformat(),
        "lines": [_projected(session, node, number, line) for number, line in enumerate(sold, 1)],
    }


def _projected(session: Session, node: Node, number: int, line: SaleLine) -> dict[str, Any]:
    """One item, numbered as it stands on the paper: a till may number its lines as it likes, even twice the same."""
    sold = candidates(session, line)
    found = lot_facts.sources(session, sold)
    keys = [line.key] if line.key else lot_facts.keys(found)
    told: dict[str, Any] = {"line_no": number, "product_name": without_numbers(line.name), "lot_keys": keys}
    mixed = "unknown" if len(found) > len(sold) else line.lot_source  # of a merged lot nobody knows which it was
    told |= {"lot_source": "scanned" if line.key else mixed, "origin": None}
    origins = lot_facts.origins(session, node, found)
    if origins:
        told["origin"] = origins[0]
    if len(origins) > 1:
        told["origins"] = origins
    if line.product_id is None:
        told["lots_are"] = "of_day"
    elif len(sold) == 1 and len(found) > 1 and not line.key:
        told["lots_are"] = "all_of"
    return told


def reprint(node: Node, who: Actor, sale_id: str, now: datetime) -> Answer:
    """One more copy with the same QR, marked BẢN IN LẠI with its number: ``{id, print_job, copy_no}``.

    A sale of a time without a printer gets its first paper. Raises ``Conflict`` where the stall has no printer now.
    """
    with node.write(who, now) as tx:
        sale = tx.owned(Sale, sale_id, NO_SALE)
        mine = select(PrintJob).where(
            PrintJob.site_id == sale.site_id, PrintJob.kind == "receipt", PrintJob.subject_id == sale.id
        )
        first = tx.session.scalars(mine.order_by(PrintJob.copy_no).limit(1)).first()
        receipts = select(Receipt).where(Receipt.site_id == sale.site_id, Receipt.sale_id == sale.id)
        row = tx.session.scalars(receipts).first()
        if row is None:
            raise NotFound("not_found", NO_SALE)
        job, number = printing.copy(tx, first) if first is not None else (_print_first(tx, sale, row), 1)
        row.copies = number
        tx.audit("receipt_reprinted", f"sale:{sale.id}", {"copies": row.copies})
        return tx.answer({"id": sale.id, "print_job": job, "copy_no": number}, 201)


def _print_first(tx: Transaction, sale: Sale, row: Receipt) -> str:
    """The paper a sale could not get when it happened."""
    stall = tx.session.get_one(Stall, (sale.site_id, sale.stall_id))
    lines = select(SaleLine).where(SaleLine.site_id == sale.site_id, SaleLine.sale_id == sale.id)
    sold = tx.session.scalars(lines.order_by(SaleLine.id)).all()
    made = printing.queue(
        tx, sale.stall_id, "receipt", sale.id, _slip(tx, sale, stall, sold, row, _qr_text(tx.node, sale, row))
    )
    if made is None:
        raise Conflict("no_printer", printing.NO_PRINTER)
    return made


def _qr_text(node: Node, sale: Sale, row: Receipt) -> str | None:
    """What the receipt's QR says, upper case for a smaller symbol; None without a public address or when practising."""
    base = node.public_base_url if not sale.practice else None
    return f"{base}/R/{row.token}".upper() if base else None


def listed(node: Node, who: Actor) -> Answer:
    """The stall's last sales: number, time, total, items; prices stay in the stall."""
    with node.db.read() as session:
        mine = select(Sale).where(Sale.site_id == who.site_id, Sale.stall_id == who.stall)
        rows = session.scalars(mine.order_by(Sale.sold_at.desc(), Sale.id.desc()).limit(100))
        return {
            "sales": [
                {"id": row.id, "kind": row.kind, "receipt_no": row.receipt_no, "sold_at": row.sold_at.isoformat(),
                 "total": row.total, "trace_url": row.answer.get("trace_url")}
                for row in rows
            ]
        }  # fmt: skip
