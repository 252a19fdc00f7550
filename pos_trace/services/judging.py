"""Judging goods: what is known is gathered, ``core.verdict.decide`` runs, the verdict is kept, stock follows."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.goods import PapersState, papers_state
from pos_trace.core.judgements import History, Verdict, as_json
from pos_trace.core.quantities import to_kg
from pos_trace.core.records import RecordAnswer, RecordsAge
from pos_trace.core.stock import stock_state
from pos_trace.core.verdict import decide
from pos_trace.services import cases, earlier, flags, lineage, origins, papers_served, stock, transfers_inside
from pos_trace.services.code_view import CodeView
from pos_trace.services.node import Answer, Node, Transaction
from pos_trace.store import lots
from pos_trace.store.models import (
    Delivery,
    DeliveryLine,
    Flag,
    StockLot,
    VerdictRow,
)

BATCH = 200


def known(session: Session, key: str | None) -> RecordAnswer | None:
    """What this node's own records say of ``key``; None without a key."""
    return None if key is None else lots.find(session, key)


def ask(node: Node, key: str, answer: RecordAnswer, now: datetime) -> RecordAnswer:
    """Ask the province when we do not know or what we know is stale; no transaction may be open.

    A record we have stays in force when nobody answers; only goods nobody here knows become unavailable. A province's
    source is its own register.
    """
    age = answer.age.age_s(now)
    fresh = age is not None and age <= node.policy.clocks.records_stale_after.total_seconds()
    if (answer.state == "found" and fresh) or not node.ports.sources:
        return answer
    last, asked = answer, 0
    for source in node.ports.sources:
        last, asked = source.find(key), asked + 1
        if last.state == "found":
            return replace(last, asked=asked)
    if answer.state == "found":
        return replace(answer, asked=asked)
    return RecordAnswer(last.state, recall=answer.recall, age=_older(last, answer), why=last.why, asked=asked)


def _older(last: RecordAnswer, local: RecordAnswer) -> RecordsAge:
    return last.age if last.state == "absent" and last.age.as_of is not None else local.age


def ours(node: Node, host: str | None, local: RecordAnswer | None) -> bool:
    """Whether our province can say anything of a code: not when its host is another system's, unless it is known or
    recalled here.
    """
    rule = next((rule for rule in node.policy.codes.hosts if rule.host == (host or "").split(":")[0]), None)
    known_here = local is not None and (local.state == "found" or local.recall is not None)
    return rule is None or rule.mode == "record" or known_here


def missing_papers(session: Session, node: Node, line: DeliveryLine) -> str:
    """What a line without a record still lacks, in Vietnamese; empty when its papers are complete."""
    return missing_of_each(session, node, [line])[line.id]


def missing_of_each(session: Session, node: Node, lines: Sequence[DeliveryLine]) -> dict[str, str]:
    """By line, what goods without a record still lack, in Vietnamese; empty when the papers are complete.

    Only a line that some paper serves costs statements of its own.
    """
    served = papers_served.with_papers(session, node.id, lines)
    lacks = {}
    for line in lines:
        found = papers_served.facts(session, node.policy, line) if line.id in served else []
        received_on = line.created_at.astimezone(node.zone).date()
        lacks[line.id] = papers_state(found, node.policy.group(line.goods_group), received_on).missing
    return lacks


def received_of(session: Session, node: Node, key: str | None) -> Decimal:
    """Everything accepted of a lot at this site, corrections and counts with it, in the lines' own units.

    Neither what a cancelled delivery brought nor what was received for practice: balance begins after it (USERS
    decision 6).
    """
    if key is None:
        return Decimal(0)
    mine = select(
        DeliveryLine.id, DeliveryLine.declared, DeliveryLine.refused, DeliveryLine.unit, DeliveryLine.content_kg
    )
    mine = mine.join(Delivery, (Delivery.site_id == DeliveryLine.site_id) & (Delivery.id == DeliveryLine.delivery_id))
    mine = mine.where(DeliveryLine.site_id == node.id, DeliveryLine.key == key)
    mine = mine.where(DeliveryLine.state.not_in(("cancelled", "moved")), transfers_inside.first_received(node.id))
    mine = mine.where(Delivery.state != "cancelled", Delivery.practice.is_(False))
    of_lot = select(DeliveryLine.id).where(DeliveryLine.site_id == node.id, DeliveryLine.key == key)
    more = stock.corrections(session, node.id, of_lot)
    total = Decimal(0)
    for line_id, declared, refused, unit, content in session.execute(mine):
        accepted = declared - refused
        kg = to_kg(accepted, unit, content)
        total += max(Decimal(0), (accepted if kg is None else kg) + more.get(line_id, Decimal(0)))
    return total


def balance_of(session: Session, node: Node, line: DeliveryLine) -> Decimal | None:
    """What counts against the quantity declared for a line's lot; None for goods without a key and for a line of
    practice, which no balance is drawn of.
    """
    delivery = session.get_one(Delivery, (line.site_id, line.delivery_id))
    return received_of(session, node, line.key) if line.key and not delivery.practice else None


def judge(
    node: Node,
    code: CodeView | None,
    answer: RecordAnswer | None,
    papers: PapersState,
    facts: History,
    group_name: str | None,
    now: datetime,
) -> Verdict:
    """One run of the rules."""
    group = node.policy.group(group_name)
    return decide(code, answer, papers, facts, group, now=now, policy=node.policy)


def keep(tx: Transaction, verdict: Verdict, cause: str, line: DeliveryLine | None, scan_id: str | None) -> VerdictRow:
    """Write one verdict down; it never changes afterwards."""
    stall_id = line.stall_id if line is not None else tx.who.stall
    site_id = line.site_id if line is not None else tx.who.site_id
    row = VerdictRow(site_id=site_id, id=tx.id(), created_at=tx.now, stall_id=stall_id, scan_id=scan_id)
    row.line_id = line.id if line is not None else None
    row.status, row.stock_state, row.cause = verdict.status, verdict.stock, cause
    row.judgements = {"code": verdict.code, "record": verdict.record, "origin": verdict.origin}
    row.reasons = [{"code": r.code, "effect": r.effect, "text": r.text, "next": r.next} for r in verdict.reasons]
    row.records_version, row.records_as_of = verdict.age.version, verdict.age.as_of
    row.rules_version = verdict.rules_version
    tx.session.add(row)
    if line is not None:
        line.verdict_id = row.id
    return row


def state_for(
    tx: Transaction, line: DeliveryLine, stock_effect: str, recalled: bool, holds: Collection[str] = ()
) -> tuple[str, str]:
    """The stock state of a line's goods and the reason, out of verdict, recall, conclusion and a person's hold.

    ``holds``: the verdict's reasons that hold. A hold that answered a question ends with it; one without a question
    stays until the stall's people release it.
    """
    lot = stock.lot_of_line(tx.session, line.site_id, line.id)
    held = select(Flag.id).where(Flag.site_id == line.site_id, Flag.line_id == line.id, Flag.state == "held")
    beyond = any(reason != "papers_missing" for reason in holds)
    if stock_effect == "held" and not beyond and flags.papers_promised(tx, line):
        stock_effect = "sellable"
    found = stock_state(
        stock_effect,
        recalled=recalled,
        conclusion=cases.conclusion_of_line(tx.session, line.site_id, line.id),
        set_aside=stock.kept_aside(lot) or tx.session.scalars(held).first() is not None,
        beyond_papers=beyond,
        received_at=line.created_at,
        now=tx.now,
        unchecked_for=tx.node.policy.clocks.unchecked_sellable,
    )
    return found.state, found.reason


def rejudge_line(tx: Transaction, line: DeliveryLine, answer: RecordAnswer | None, cause: str) -> Verdict:
    """Run the rules again for a line inside the caller's write; stock and flag follow. ``answer`` None: no record."""
    node = tx.node
    code = CodeView.of_line(tx.session, line)
    group = node.policy.group(line.goods_group)
    received_on = line.created_at.astimezone(node.zone).date()
    papers = papers_state(papers_served.facts(tx.session, node.policy, line), group, received_on)
    if code is not None and not ours(node, code.host, answer):
        answer = None
    received = balance_of(tx.session, node, line)
    asked = earlier.Asked(line.asked_gtin, line.asked_group)
    facts = earlier.history(tx.session, node, line.stall_id, code, received, line.created_at, asked, answer)
    facts = facts if code is not None else replace(facts, expiry=line.expiry)
    verdict = judge(node, code, answer, papers, facts, line.goods_group, tx.now)
    keep(tx, verdict, cause, line, None)
    flags.settle(tx, line, verdict)
    lot = stock.lot_of_line(tx.session, line.site_id, line.id)
    if lot is not None:
        recalled = answer is not None and answer.recall is not None
        holds = [reason.code for reason in verdict.reasons if reason.effect == "hold"]
        state, reason = state_for(tx, line, verdict.stock, recalled, holds)
        lineage.settle(tx, lot, state, reason)
    if verdict.origin != "open":
        for bought in origins.news_for_buyers(tx, line):
            rejudge_line(tx, bought, known(tx.session, bought.key), "paper")
    return verdict


def rejudge_keys(node: Node, keys: Iterable[str], now: datetime, cause: str) -> int:
    """Run the rules again for every line on hand of ``keys``; one short write a line. Answers how many."""
    wanted = sorted(set(keys))
    done = 0
    for at in range(0, len(wanted), BATCH):
        for site_id, line_id in _lines_on_hand(node, wanted[at : at + BATCH]):
            with node.write(node.machine("records"), now) as tx:
                line = tx.session.get(DeliveryLine, (site_id, line_id))
                if line is not None:
                    verdict = rejudge_line(tx, line, known(tx.session, line.key), cause)
                    if verdict.flag == "revoked":
                        flags.open_flag(tx, line, verdict)
                    done += 1
    return done


def _lines_on_hand(node: Node, keys: Sequence[str]) -> list[tuple[str, str]]:
    """Lines whose goods are still there, under their own lot or in one made of it."""
    with node.db.read() as session:
        mine = select(StockLot.site_id, StockLot.line_id, StockLot.id, StockLot.on_hand, StockLot.state)
        mine = mine.where(StockLot.site_id == node.id, StockLot.key.in_(keys), StockLot.line_id.is_not(None))
        rows = session.execute(mine.order_by(StockLot.id)).all()
        gone = [row for row in rows if row.on_hand == 0 or row.state == "closed"]
        kept = lineage.above_what_is_left(session, node.id) if gone else set()
        left = [row for row in rows if row not in gone or row.id in kept]
        return list(dict.fromkeys((row.site_id, str(row.line_id)) for row in left))


def told(verdict: Verdict, now: datetime) -> Answer:
    """A verdict as ``POST /scans`` answers it: reasons without words stay out."""
    answer = as_json(verdict, now)
    return answer | {"reasons": [reason for reason in answer["reasons"] if reason["text"]]}
