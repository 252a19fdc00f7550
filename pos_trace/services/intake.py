"""The province takes projections of receipts and sightings of lots in, each as often as it is sent."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import select

from pos_trace.core.errors import Conflict
from pos_trace.core.text import clean
from pos_trace.services import lot_sums, register
from pos_trace.services.node import Actor, Answer, Node, Transaction, sha256
from pos_trace.store import counters
from pos_trace.store.lots import lot_of
from pos_trace.store.models import LotSighting, PublishedLine, PublishedReceipt

SERIAL = "/21/"


TAKEN = Conflict("token_taken", "Mã truy xuất này đã có với nội dung khác.")


def take_receipt(node: Node, who: Actor, receipt: dict[str, Any], now: datetime) -> Answer:
    """Keep a receipt's projection: ``{token, result: accepted|duplicate}``.

    A station may tell more lots of its own receipt later (goods sold above its books, whose lot was found): kept. The
    same again, or an older telling that comes late, is a duplicate; with other content, or from another site,
    ``Conflict``.
    """
    digest = sha256(orjson.dumps(receipt, option=orjson.OPT_SORT_KEYS))
    with node.write(who, now) as tx:
        row = tx.session.get(PublishedReceipt, receipt["token"])
        result = "accepted"
        if row is None:
            _keep_receipt(tx, receipt, digest)
        elif row.site_id == who.site_id and row.sha256 == digest:
            result = "duplicate"
        elif row.site_id == who.site_id and _same_sale(row, receipt):
            result = _tell_more(tx, row, receipt, digest)
        else:
            raise TAKEN
        return tx.answer({"token": receipt["token"], "result": result})


def _same_sale(row: PublishedReceipt, receipt: dict[str, Any]) -> bool:
    told = datetime.fromisoformat(receipt["sold_hour"]).replace(minute=0, second=0, microsecond=0)
    return (row.short_code, row.stall_gln, row.sold_hour) == (receipt["short_code"], receipt["stall_gln"], told)


def _tell_more(tx: Transaction, row: PublishedReceipt, receipt: dict[str, Any], digest: str) -> str:
    """Replace the items where each tells at least what it told; a page never loses a lot once named."""
    mine = select(PublishedLine).where(PublishedLine.token == row.token).order_by(PublishedLine.line_no)
    kept = {item.line_no: item for item in tx.session.scalars(mine)}
    new = {line["line_no"]: line for line in receipt["lines"]}
    before = {number: _facts(item.lot_keys, item.origin, item.origins) for number, item in kept.items()}
    after = {number: _facts(line["lot_keys"], line["origin"], line.get("origins")) for number, line in new.items()}
    same = all(clean(line["product_name"], 300) == kept[number].product_name for number, line in new.items()
               if number in kept)  # fmt: skip
    if not same or before.keys() != after.keys() or before == after:
        raise TAKEN
    if all(after[number] <= before[number] for number in before):
        return "duplicate"
    if not all(before[number] <= after[number] for number in before):
        raise TAKEN
    for number, item in kept.items():
        line = new[number]
        item.lot_source, item.lot_keys, item.origin = line["lot_source"], line["lot_keys"], line["origin"]
        item.origins, item.lots_are = line.get("origins") or None, line.get("lots_are")
    row.sha256 = digest
    tx.audit("receipt_told_more", f"receipt:{row.token}", {"lines": len(kept)})
    return "accepted"


def _facts(keys: list[str], origin: dict[str, Any] | None, origins: list[dict[str, Any]] | None) -> frozenset[bytes]:
    """What an item tells: its lots, and the origins of those without a record."""
    told = origins or ([origin] if origin else [])
    return frozenset(orjson.dumps(one, option=orjson.OPT_SORT_KEYS) for one in [*keys, *told])


def _keep_receipt(tx: Transaction, receipt: dict[str, Any], digest: str) -> None:
    row = PublishedReceipt(token=receipt["token"], short_code=receipt["short_code"], site_id=tx.who.site_id)
    row.stall_gln, row.stall_name = receipt["stall_gln"], clean(receipt["stall_name"], 200)
    row.sold_hour = datetime.fromisoformat(receipt["sold_hour"]).replace(minute=0, second=0, microsecond=0)
    row.received_at, row.sha256 = tx.now, digest
    tx.session.add(row)
    tx.session.flush()
    for line in receipt["lines"]:
        item = PublishedLine(token=row.token, line_no=line["line_no"], lot_source=line["lot_source"])
        item.product_name = clean(line["product_name"], 300)
        item.lot_keys, item.origin = line["lot_keys"], line["origin"]
        item.origins, item.lots_are = line.get("origins") or None, line.get("lots_are")
        tx.session.add(item)


def take_sightings(node: Node, who: Actor, sightings: list[dict[str, Any]], now: datetime) -> Answer:
    """Keep what a site received per day and lot: ``{accepted}``.

    A site may tell one day in several messages (one a stall); their kilograms add up. The same message again changes
    nothing, however late: its rows are named after it.
    """
    message = who.once.key if who.once else sha256(orjson.dumps(sightings, option=orjson.OPT_SORT_KEYS))
    with node.write(who, now) as tx:
        for told in sightings:
            _keep_sighting(tx, message, told)
        for key in sorted({told["key"] for told in sightings if SERIAL in told["key"]}):
            _publish_serial(tx, key)
        lot_sums.retell(tx, [lot_of(told["key"]) for told in sightings])
        return tx.answer({"accepted": len(sightings)})


def _keep_sighting(tx: Transaction, message: str, told: dict[str, Any]) -> None:
    named = uuid.uuid5(uuid.NAMESPACE_OID, f"{message}|{told['day']}|{told['key']}")
    row = tx.session.get(LotSighting, (tx.who.site_id, str(named)))
    if row is None:
        row = LotSighting(site_id=tx.who.site_id, id=str(named), created_at=tx.now)
        tx.session.add(row)
    row.day, row.key = date.fromisoformat(told["day"]), told["key"]
    row.lot_key = lot_of(row.key)
    row.received_kg = Decimal(told["received_kg"])
    row.first_scan_at = datetime.fromisoformat(told["first_scan_at"])
    tx.session.flush()


def _publish_serial(tx: Transaction, key: str) -> None:
    """One label seen at two sites goes to all stations by the feed: a doubt about a stamp, never about a person."""
    rows = list(tx.session.scalars(select(LotSighting).where(LotSighting.key == key).order_by(LotSighting.id)))
    if len({row.site_id for row in rows}) < 2:
        return
    for row in rows:
        if row.version is None:
            row.version = counters.next_version(tx.session, register.RECORDS)
    tx.session.flush()
