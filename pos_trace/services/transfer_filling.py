"""A slip's goods become a delivery of the buyer's stall: supplier, paper, each line judged by our own records."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from pos_trace.core import codes
from pos_trace.core.codes import ScannedCode
from pos_trace.core.goods import PaperFacts, group_of, papers_state
from pos_trace.core.records import RecordAnswer
from pos_trace.core.transfer_slip import SlipLine
from pos_trace.services import deliveries, earlier, judging, lines_in, papers, papers_slips, suppliers, transfer_buyers
from pos_trace.services.code_view import CodeView
from pos_trace.services.node import Answer, Node, Transaction, stall_of
from pos_trace.services.papers import PaperIn
from pos_trace.services.suppliers import SupplierIn
from pos_trace.services.transfer_returns import lines_of, other_side
from pos_trace.store import lots
from pos_trace.store.models import Delivery, DeliveryLine, Party, Scan, StockLot, Transfer, TransferLine

Known = Mapping[str, RecordAnswer | None]


def ask(node: Node, keys: Sequence[str], now: datetime) -> dict[str, RecordAnswer | None]:
    """What is known of each key, asked before the write; nobody is asked again once the province was silent."""
    found: dict[str, RecordAnswer | None] = {}
    silent = False
    for key in sorted(set(keys)):
        with node.db.read() as session:
            local = lots.find(session, key)
        if not judging.ours(node, None, local):
            found[key] = None
            continue
        known = local if local.state == "found" or silent else judging.ask(node, key, local, now)
        silent = silent or known.state == "unavailable"
        found[key] = replace(known, state="unavailable", why="offline") if silent and known is local and (
            local.state == "absent") else known  # fmt: skip
    return found


def fill(tx: Transaction, row: Transfer, day: date, into: Delivery | None, scan: Scan | None, known: Known) -> Delivery:
    """Bring every line of an incoming slip into a delivery: ``into`` while nothing else lies in it, else a new one.

    The slip itself is the paper (kind ``phieu_giao_hang``) that every line without a record stands on, as far as the
    seller could show the goods' origin: then it stands for his papers too, which nobody here gets to see.
    """
    who = transfer_buyers.seller_of(tx.session, tx.node, row)
    party = _party(tx, who)
    delivery = _delivery(tx, row, party, into)
    row.delivery_id = delivery.id  # from here on the slip counts as a paper that was seen
    seen = f"; {', '.join(sorted(_hashes(tx, row)))}" if _hashes(tx, row) else ""
    told = PaperIn(
        papers_slips.PAPER, row.number, day, party.name[:200], f"Theo mã phiếu giao hàng đã quét{seen}"[:500]
    )
    papers.link(tx, papers.make(tx, told), delivery, None)
    tx.session.flush()
    scan = scan or scan_row(tx, "\n".join(row.codes or ()) or row.number, delivery)
    scan.delivery_id = delivery.id
    sent = other_side(tx.session, row)
    theirs = {line.position: line.lot_id for line in lines_of(tx.session, sent)} if sent is not None else {}
    for line in lines_of(tx.session, row):
        lot = tx.session.get(StockLot, (row.site_id, theirs.get(line.position) or ""))
        slip = papers_slips.Worth(row.signature or "", True, bool(line.shown))
        fact = PaperFacts(papers_slips.PAPER, row.number, day, party.name, slip.seen, False, slip.lacks, slip.stands)
        made = _bring(tx, delivery, scan, line, lot.expiry if lot is not None else None, fact, known)
        line.lot_id, line.accepted = made["lot_id"], line.quantity
    row.party_id, row.state, row.answered_at = party.id, "accepted", tx.now
    if sent is not None:
        sent.state, sent.answered_at = "accepted", tx.now
        for one in lines_of(tx.session, sent):
            one.accepted = one.quantity
    tx.session.flush()
    tx.audit("transfer_received", f"transfer:{row.id}", {"number": row.number, "delivery": delivery.id})
    return delivery


def scan_row(tx: Transaction, text: str, delivery: Delivery | None, source: str = "text") -> Scan:
    """The reading of a slip's code, or of a slip taken over on the screen."""
    row = Scan(site_id=tx.who.site_id, id=tx.id(), created_at=tx.now, stall_id=tx.who.stall, text=text[:8000])
    row.source, row.outcome, row.parsed = source, "not_trace_code", {"kind": "transfer_slip"}
    row.delivery_id = delivery.id if delivery is not None else None
    row.user_id = tx.who.id if tx.who.kind == "user" else None
    row.device_id = tx.who.device_id
    tx.session.add(row)
    tx.session.flush()
    return row


def _bring(
    tx: Transaction,
    delivery: Delivery,
    scan: Scan,
    line: TransferLine,
    expiry: date | None,
    slip: PaperFacts,
    known: Known,
) -> Answer:
    amount = (line.quantity, line.unit)
    code = code_of(tx.node, line.key)
    if code is None:
        guessed = group_of(line.name, tx.node.policy.goods)
        loose = lines_in.add_loose(tx, delivery, line.name, guessed.name if guessed else None, amount)
        loose.content_kg, loose.expiry = None, expiry  # the seller's unit: both books count the same pieces
        return lines_in.settle_loose(tx, delivery, loose)
    answer = known.get(str(code.key))
    called = lines_in.called(tx.session, tx.node, tx.who, code, answer, line.name, None)
    code = replace(code, expiry=code.expiry or expiry)
    view = CodeView.of_code(code)
    received = None if delivery.practice else judging.received_of(tx.session, tx.node, code.key)
    facts = earlier.history(tx.session, tx.node, tx.who.stall_id, view, received, tx.now, answer=answer)
    group = tx.node.policy.group(called[1])
    state = papers_state((slip,), group, tx.now.astimezone(tx.node.zone).date())
    verdict = judging.judge(tx.node, view, answer, state, facts, called[1], tx.now)
    if answer is not None and answer.state == "found" and answer.record is not None:
        lines_in.remember_record(tx, answer)
    return lines_in.add_scanned(tx, delivery, scan, code, answer, amount, verdict, called, None)


def code_of(node: Node, key: str | None) -> ScannedCode | None:
    """The code a key stands for; None for goods without one and for a key nobody here can read."""
    if not key:
        return None
    code = codes.parse(key, node.policy.codes)
    return code if code.outcome == "ok" and code.key is not None else None


def keys_of(node: Node, keys: Sequence[str | None]) -> list[str]:
    """Those of ``keys`` that mean something here, as records are kept under them."""
    return [str(code.key) for key in keys if (code := code_of(node, key)) is not None]


def _hashes(tx: Transaction, row: Transfer) -> set[str]:
    return {one for line in lines_of(tx.session, row) for one in line.paper_hashes or []}


def _party(tx: Transaction, who: Answer) -> Party:
    """The seller's stall as this stall's supplier: by its GLN, else by its name."""
    mine = select(Party).where(
        Party.site_id == tx.who.site_id, Party.stall_id == tx.who.stall, Party.kind == "supplier"
    )
    if who["gln"]:
        known = mine.where(Party.gln == who["gln"], Party.merged_into.is_(None)).order_by(Party.id)
        found = tx.session.scalars(known).first()
        if found is not None:
            return found
    party = suppliers.chosen(tx, SupplierIn(name=who["name"]))
    assert party is not None
    party.gln = party.gln or who["gln"]
    return party


def _delivery(tx: Transaction, row: Transfer, party: Party, into: Delivery | None) -> Delivery:
    if into is not None:
        lying = select(DeliveryLine.id).where(DeliveryLine.site_id == into.site_id, DeliveryLine.delivery_id == into.id)
        if tx.session.scalars(lying.limit(1)).first() is not None or into.transfer_id is not None:
            into = None
    delivery = into or new_delivery(tx)
    delivery.supplier_id, delivery.supplier_name = party.id, suppliers.label(party)
    delivery.transfer_id, delivery.last_scan_at = row.id, tx.now
    tx.session.flush()
    return delivery


def new_delivery(tx: Transaction) -> Delivery:
    """An open delivery of the actor's stall; who brings it is written by the caller, before the next flush."""
    row = Delivery(site_id=tx.who.site_id, id=tx.id(), created_at=tx.now, stall_id=tx.who.stall, state="open")
    row.supplier_name, row.last_scan_at, row.opened_by = suppliers.DRIVER_ONLY, tx.now, tx.who.id[:36]
    row.practice = deliveries.practising(stall_of(tx.session, tx.who), tx.node, tx.now)
    tx.session.add(row)
    return row


def slip_lines(tx: Transaction, row: Transfer, told: Sequence[SlipLine], hashes: Sequence[str]) -> None:
    """Write a read slip's lines down, in their order."""
    for position, line in enumerate(told, 1):
        made = TransferLine(site_id=row.site_id, id=tx.id(), created_at=tx.now, stall_id=row.stall_id)
        made.transfer_id, made.position, made.key, made.name = row.id, position, line.key or None, line.name
        made.quantity, made.unit, made.shown = Decimal(line.quantity), line.unit, line.shown
        made.paper_hashes = list(hashes) if position == 1 else []
        tx.session.add(made)
    tx.session.flush()
