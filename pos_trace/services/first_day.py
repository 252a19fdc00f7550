"""A stall's first day: five steps whose ticks come from what really happened, a print test, the first-day sheet."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict
from pos_trace.core.office_slips import first_day_slip, sheet_sentences, whom_to_call
from pos_trace.core.slips import list_slip
from pos_trace.services import printing, receiving_slips, stock
from pos_trace.services.deliveries import practising
from pos_trace.services.node import Actor, Answer, Node, Transaction, stall_of
from pos_trace.services.printers import LETTERS
from pos_trace.store.models import Party, PrintJob, Product, Scan, Site, Stall, StockLot

TEST = "stall_test"
# step → what it is called, where it is done
STEPS = {
    "printer": ("In thử phiếu có tên sạp", ""),
    "suppliers": ("Thêm người giao hàng quen", "/nhan-hang"),
    "goods": ("Chọn hàng bán", "/chon-hang"),
    "opening": ("Nhập hàng đang có trên sạp", "/hang-dau-ky"),
    "scan": ("Quét mã đầu tiên", "/nhan-hang"),
}


def steps(node: Node, who: Actor, now: datetime) -> Answer:
    """``{steps: [{name, title, path, done}], done, printer, practising}``; ``printer``: the stall has one."""
    with node.db.read() as session:
        stall = stall_of(session, who)
        ticked = _ticked(session, node, stall)
        rows = [
            {"name": name, "title": title, "path": path, "done": ticked[name]} for name, (title, path) in STEPS.items()
        ]
        return {
            "steps": rows,
            "done": sum(ticked.values()),
            "printer": printing.printer_of(session, node.id, stall.id) is not None,
            "practising": practising(stall, node, now),
        }


def _ticked(session: Session, node: Node, stall: Stall) -> dict[str, bool]:
    def any_of(model: Any, *where: Any) -> bool:
        mine = select(model.id).where(model.site_id == node.id, model.stall_id == stall.id, *where)
        return session.scalars(mine.limit(1)).first() is not None

    return {
        "printer": any_of(PrintJob, (PrintJob.state == "confirmed") | (PrintJob.answered == "printed")),
        "suppliers": any_of(Party, Party.kind == "supplier"),
        "goods": any_of(Product),
        "opening": any_of(StockLot, *_opening()),
        "scan": any_of(Scan),
    }


def goods(node: Node, who: Actor, now: datetime) -> Answer:
    """``{goods: [{name, unit, group, lots}], before, open}``: what the stall sells, for entering what lies there.

    ``lots``: how many lots of opening stock were entered; ``before``: the first day, dd/mm/yyyy; ``open``: whether
    opening stock may still be entered.
    """
    with node.db.read() as session:
        stall = stall_of(session, who)
        mine = select(Product).where(Product.site_id == who.site_id, Product.stall_id == who.stall)
        entered = select(StockLot.product_id, func.count()).where(
            StockLot.site_id == who.site_id, StockLot.stall_id == who.stall, *_opening()
        )
        counts = {row[0]: row[1] for row in session.execute(entered.group_by(StockLot.product_id))}
        day = stall.golive_date or now.astimezone(node.zone).date()
        return {
            "goods": [
                {"name": row.name, "unit": row.unit, "group": row.goods_group, "lots": counts.get(row.id, 0)}
                for row in session.scalars(mine.order_by(Product.folded, Product.id))
            ],
            "before": f"{day:%d/%m/%Y}",
            "open": now.astimezone(node.zone).date() < stock.opening_until(node, stall),
        }


def _opening() -> tuple[Any, ...]:
    """Lots nobody delivered: what lay there before the first day."""
    return StockLot.line_id.is_(None), StockLot.parent_lot_id.is_(None), StockLot.state_reason == "opening"


def print_test(node: Node, who: Actor, now: datetime) -> Answer:
    """A slip with the stall's own name and every Vietnamese letter: ``{print_job}``; ``Conflict`` without a printer."""
    with node.write(who, now) as tx:
        stall = stall_of(tx.session, who)
        place = receiving_slips.place_of(tx, stall, practising(stall, node, now))
        slip = list_slip("test", "PHIẾU IN THỬ", place, "", now, [("Người thử", who.name)], (LETTERS,))
        return tx.answer({"print_job": _queue(tx, stall, TEST, slip)}, 201)


def print_sheet(node: Node, who: Actor, now: datetime) -> Answer:
    """The first-day sheet on the stall's slip printer: ``{print_job}``; ``Conflict`` without one."""
    with node.write(who, now) as tx:
        stall = stall_of(tx.session, who)
        told = sheet(node, tx.session)
        slip = first_day_slip(receiving_slips.place_of(tx, stall), told["sentences"], told["call"])
        return tx.answer({"print_job": _queue(tx, stall, "first_day", slip)}, 201)


def sheet(node: Node, session: Session) -> Answer:
    """``{sentences: {heading: [sentence]}, call}`` of "Máy này làm gì, không làm gì"."""
    site = session.get(Site, (node.id, node.id))
    office = (site.operator_name or "") if site is not None else ""
    return {"sentences": sheet_sentences(node.policy), "call": whom_to_call(node.policy, office)}


def sheet_of_stall(node: Node, who: Actor) -> Answer:
    """The sheet for one stall: ``sheet`` with ``stall`` and ``site`` as they stand on it."""
    with node.db.read() as session:
        stall, site = stall_of(session, who), session.get(Site, (node.id, node.id))
        head = {"stall": f"Sạp {stall.number} – {stall.name}", "site": site.name if site else node.id}
        return head | sheet(node, session)


def _queue(tx: Transaction, stall: Stall, kind: str, slip: Any) -> str:
    job = printing.queue(tx, stall.id, kind, stall.id, slip)
    if job is None:
        raise Conflict("no_printer", printing.NO_PRINTER)
    return job
