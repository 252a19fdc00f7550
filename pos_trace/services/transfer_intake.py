"""Receiving by one scan: the code of a PHIẾU GIAO HÀNG is read, its signature held against the seller's key, and the
delivery filled; works without the line, by the keys the changes feed told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core import codes, transfer_slip
from pos_trace.core.codes import ScannedCode
from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.transfer_slip import ReadSlip, TransferSlip
from pos_trace.core.vocabulary.words import SLIP_MESSAGES
from pos_trace.services import (
    deliveries,
    flags,
    judging,
    lookups,
    transfer_buyers,
    transfer_filling,
    transfer_returns,
    transfer_slips,
    transfers,
)
from pos_trace.services.node import Actor, Answer, Node, Transaction, stall_of
from pos_trace.services.papers_slips import BAD, UNKNOWN, UNLISTED, VERIFIED
from pos_trace.store.models import Delivery, DeliveryLine, Stall, StockLot, Transfer, TransferLine

NO_DELIVERY = "Không tìm thấy chuyến hàng."


@dataclass(frozen=True, slots=True)
class SlipScan:
    """A scanned slip: its text, the delivery that is open, ``confirm``: a slip of another name is meant for us."""

    text: str
    delivery_id: str | None = None
    dry_run: bool = False
    confirm: bool = False
    source: str = "text"


def scanned(node: Node, who: Actor, code: ScannedCode, asked: SlipScan, now: datetime) -> Answer | None:
    """``take`` in the shape of ``POST /scans``; None when nobody's stall asks or the code cannot be read."""
    return take(node, who, asked, now, codes.as_json(code)) if who.stall_id is not None else None


def take(node: Node, who: Actor, asked: SlipScan, now: datetime, code: Answer | None = None) -> Answer | None:
    """``{message, transfer, delivery_id, …}`` of one scanned code; None when it cannot be read at all.

    ``transfer.state``: ``preview`` (nothing written), ``partial`` (other codes of the slip are missing),
    ``other_stall`` (asks), ``accepted`` with its delivery; the same slip again is the same delivery, or a new one when
    that was cancelled. A false signature takes nothing in and accuses nobody. Raises ``Invalid``, ``Conflict``.
    """
    read = transfer_slip.read(asked.text)
    if read is None:
        return None
    slip = read.slip
    shape: Answer = {"scan": None, "code": code, "verdict": None, "line": None}
    node.answered_before(who)
    with node.db.read() as session:
        stall = stall_of(session, who)
        signature = check(session, node, read)
        _open_delivery(session, who, asked.delivery_id)
        had = _same(session, who, slip.station, slip.stall, slip.slip_no)
        ours = transfer_buyers.addressed_to(slip.buyer, stall)
        seller = transfer_buyers.seller(session, node, slip.station, slip.stall)
    if signature == BAD:
        return shape | _said("bad_signature", {"state": "bad_signature", "number": slip.slip_no, "seller": seller})
    if (slip.station, slip.stall) == (node.id, stall.number):
        raise Conflict("own_slip", "Đây là phiếu giao hàng của chính sạp này.")
    told = {"number": slip.slip_no, "seller": seller, "buyer": slip.buyer, "kind": slip.kind, "signature": signature}
    if ours is False and not asked.confirm and had is None:
        return shape | _said("other_stall", told | {"state": "other_stall"}, slip.buyer)
    if asked.dry_run:
        return shape | _said("preview", told | {"state": "preview", "part": [slip.part, slip.parts]}, seller["name"])
    known = transfer_filling.ask(node, _keys(node, had, read), now)
    with node.write(who, now) as tx:
        lookups.count(tx, known.values())
        into = _open_delivery(tx.session, who, asked.delivery_id)
        row = _same(tx.session, who, slip.station, slip.stall, slip.slip_no) or _fresh(tx, read, signature)
        return tx.answer(shape | _taken(tx, row, read, asked, into, known))


def _taken(
    tx: Transaction,
    row: Transfer,
    read: ReadSlip,
    asked: SlipScan,
    into: Delivery | None,
    known: transfer_filling.Known,
) -> Answer:
    if row.state == "cancelled":
        if row.other_transfer_id is not None:
            raise Conflict("transfer_cancelled", "Người giao đã rút phiếu này lại.")
        _taken_by_nobody_else(tx, read.slip)
        transfer_returns.take_again(tx, row)
    if row.delivery_id is not None or row.state == "refused":
        return _answer(tx, row, "already")
    scan = transfer_filling.scan_row(tx, asked.text, into, asked.source)
    if row.other_transfer_id is None:
        missing = _add_code(tx, row, read, asked.text.strip())
        if missing:
            words = ", ".join(f"Mã {part}/{read.slip.parts}" for part in missing)
            return _answer(tx, row, "partial", words, missing=missing, part=[read.slip.part, read.slip.parts])
    if row.other_transfer_id is None and not transfer_returns.lines_of(tx.session, row):
        whole = _whole(row.codes or ())
        hashes = [one for code in whole for one in code.slip.papers]
        transfer_filling.slip_lines(tx, row, [line for code in whole for line in code.slip.lines], hashes)
    transfer_filling.fill(tx, row, read.slip.day, into, scan, known)
    said = {VERIFIED: "accepted", UNLISTED: "not_listed"}.get(row.signature or "", "as_paper")
    return _answer(tx, row, said)


def _answer(tx: Transaction, row: Transfer, say: str, words: str = "", **more: object) -> Answer:
    told: Answer = transfers.told_of(tx.session, tx.node, row) | dict(more)
    if say == "partial":
        told["state"] = "partial"
    lines: list[Answer] = []
    delivery = tx.session.get(Delivery, (row.site_id, row.delivery_id)) if row.delivery_id else None
    if delivery is not None:
        found = deliveries.lines_of(tx.session, delivery)
        lines = deliveries.told_lines(tx.session, tx.node, found, tx.now)
    said = _said(say, told | {"already": say == "already"}, words or told["seller"]["name"])
    return said | {"delivery_id": row.delivery_id, "lines": lines}


def _said(say: str, told: Answer, words: str = "") -> Answer:
    text, following = SLIP_MESSAGES[say]
    message = {"text": text, "next": following.format(words=words)}
    return {"message": message, "transfer": told, "delivery_id": None, "lines": []}


def check(session: Session, node: Node, read: ReadSlip) -> str:
    """``verified``, ``bad``, or ``unknown_key`` when the province told of no such station yet."""
    key = transfer_slips.public_key(session, node, read.slip.station)
    if key is None:
        return UNKNOWN
    return VERIFIED if read.signed_by(key) else BAD


def _same(session: Session, who: Actor, station: str, stall: str, number: str) -> Transfer | None:
    mine = select(Transfer).where(
        Transfer.site_id == who.site_id,
        Transfer.stall_id == who.stall,
        Transfer.from_station == transfer_slips.sender(station, stall),
        Transfer.from_number == number,
    )
    return session.scalars(mine).first()


def _fresh(tx: Transaction, read: ReadSlip, signature: str) -> Transfer:
    """The incoming slip's row; of this box it is tied to the seller's, which no second stall may take."""
    slip = read.slip
    if slip.station == tx.node.id:
        return _of_this_box(tx, read)
    _taken_by_nobody_else(tx, slip)
    row = Transfer(site_id=tx.who.site_id, id=tx.id(), created_at=tx.now, stall_id=tx.who.stall, state="sent")
    row.number, row.kind, row.direction, row.codes = slip.slip_no, slip.kind, "in", []
    row.buyer = {"name": slip.buyer, "address": slip.buyer}
    row.from_station, row.from_number = transfer_slips.sender(slip.station, slip.stall), slip.slip_no
    row.signature, row.made_by = signature, tx.who.id[:36]
    tx.session.add(row)
    tx.session.flush()
    return row


def _taken_by_nobody_else(tx: Transaction, slip: TransferSlip) -> None:
    """Goods come once: a slip another stall of this market took in, or began to, is not for this one too."""
    others = select(Transfer.id).where(
        Transfer.site_id == tx.node.id,
        Transfer.stall_id != tx.who.stall,
        Transfer.from_station == transfer_slips.sender(slip.station, slip.stall),
        Transfer.from_number == slip.slip_no,
        Transfer.state.in_(("sent", "accepted")),
    )
    if tx.session.scalars(others.limit(1)).first() is not None:
        raise Conflict("slip_of_other_stall", "Phiếu này đã có sạp khác của chợ nhận. Hỏi lại người giao.")


def _of_this_box(tx: Transaction, read: ReadSlip) -> Transfer:
    slip = read.slip
    seller = tx.session.scalars(select(Stall).where(Stall.site_id == tx.node.id, Stall.number == slip.stall)).first()
    sent = None
    if seller is not None:
        mine = select(Transfer).where(Transfer.site_id == tx.node.id, Transfer.stall_id == seller.id)
        sent = tx.session.scalars(mine.where(Transfer.direction == "out", Transfer.number == slip.slip_no)).first()
    if seller is None or sent is None:
        raise Conflict("slip_unknown", "Máy này không có phiếu đó. Hỏi lại người giao.")
    if sent.other_transfer_id is not None:
        raise Conflict("slip_of_other_stall", "Phiếu này giao cho sạp khác của chợ. Người của sạp đó nhận.")
    if sent.state != "sent":
        raise Conflict("transfer_cancelled", "Người giao đã rút phiếu này lại.")
    return transfers.incoming(tx, seller, sent, tx.who.stall)


def _add_code(tx: Transaction, row: Transfer, read: ReadSlip, text: str) -> list[int]:
    """Keep one code of a slip; answers which parts are still missing."""
    found = {code.slip.part: code for code in _whole(row.codes or ())}
    slip = read.slip
    other = next(iter(found.values()), None)
    if other is not None and (other.slip.parts, other.slip.day) != (slip.parts, slip.day):
        raise Conflict("slip_differs", "Các mã này không cùng một phiếu giao hàng. Hỏi lại người giao.")
    if slip.part in found and found[slip.part].slip != slip:
        raise Conflict("slip_differs", "Mã này khác mã đã quét của cùng phiếu. Hỏi lại người giao.")
    if slip.part not in found:
        row.codes = [*(row.codes or ()), text]
        found[slip.part] = read
    tx.session.flush()
    return [part for part in range(1, slip.parts + 1) if part not in found]


def _whole(codes: Sequence[str]) -> list[ReadSlip]:
    """The kept codes of a slip in the order of their parts."""
    read = [one for one in map(transfer_slip.read, codes) if one is not None]
    return sorted(read, key=lambda one: one.slip.part)


def _keys(node: Node, had: Transfer | None, read: ReadSlip) -> list[str]:
    """Every key of the slip known so far: of this code, and of those read before."""
    codes = [read, *_whole(had.codes or ())] if had is not None else [read]
    return transfer_filling.keys_of(node, [line.key for code in codes for line in code.slip.lines])


def day_of(node: Node, row: Transfer) -> date:
    """The day on a slip: of its code, else of the moment it was sent."""
    return next((code.slip.day for code in _whole(row.codes or ())), row.created_at.astimezone(node.zone).date())


def _open_delivery(session: Session, who: Actor, delivery_id: str | None) -> Delivery | None:
    if delivery_id is None:
        return None
    row = session.get(Delivery, (who.site_id, delivery_id))
    if row is None or row.stall_id != who.stall_id:
        raise Invalid("delivery_unknown", NO_DELIVERY, (FieldError("/delivery_id", "unknown"),))
    return row if row.state == "open" else None


def check_again(tx: Transaction, stations: Iterable[str]) -> None:
    """The key of a station came: its slips taken as papers are checked now. A false one is a paper no longer."""
    for station in sorted(set(stations)):
        waiting = select(Transfer).where(
            Transfer.site_id == tx.node.id,
            Transfer.signature.in_((UNKNOWN, UNLISTED)),
            Transfer.from_station.startswith(f"{station}/", autoescape=True),
        )
        for row in tx.session.scalars(waiting.order_by(Transfer.id)).all():
            _checked(tx, row, _signature_of(tx, row))


def never_told(node: Node, pulled: datetime) -> int:
    """The feed was read to its end at ``pulled`` and still names no such station: its slips taken before are papers no
    longer. What is missing is asked, with the answer window from now; should the key come after all, they count again.
    Answers how many.
    """
    waiting = select(Transfer.id).where(
        Transfer.site_id == node.id, Transfer.signature == UNKNOWN, Transfer.created_at < pulled
    )
    with node.db.read() as session:
        rows = session.scalars(waiting.order_by(Transfer.id)).all()
    for transfer_id in rows:
        with node.write(node.machine("feed"), pulled) as tx:
            row = tx.session.get_one(Transfer, (node.id, transfer_id))
            found = _signature_of(tx, row)
            _checked(tx, row, UNLISTED if found == UNKNOWN else found)
    return len(rows)


def _signature_of(tx: Transaction, row: Transfer) -> str:
    """The worst of what the codes of a slip show by the keys known now."""
    found = {check(tx.session, tx.node, code) for code in _whole(row.codes or ())}
    return next((one for one in (BAD, UNKNOWN) if one in found), VERIFIED)


def _checked(tx: Transaction, row: Transfer, signature: str) -> None:
    """Write down what became of a slip's signature; lines that stand on it are judged again, what is missing asked."""
    row.signature = signature
    tx.session.flush()
    tx.audit("transfer_checked", f"transfer:{row.id}", {"signature": signature}, row.stall_id)
    mine = select(StockLot.line_id).join(TransferLine, TransferLine.lot_id == StockLot.id)
    mine = mine.where(StockLot.site_id == row.site_id, TransferLine.transfer_id == row.id).order_by(StockLot.line_id)
    for line_id in tx.session.scalars(mine).all():
        line = tx.session.get(DeliveryLine, (row.site_id, line_id)) if line_id else None
        if line is not None and line.state == "accepted":
            verdict = judging.rejudge_line(tx, line, judging.known(tx.session, line.key), "paper")
            flags.open_flag(tx, line, verdict)
