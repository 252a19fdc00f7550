"""The province takes projections of receipts and sightings of lots in, each as often as it is sent."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from pos_trace.core.errors import Conflict
from pos_trace.core.text import clean
from pos_trace.services.node import Actor, Answer, Node, Transaction, sha256
from pos_trace.store.models import LotSighting, PublishedLine, PublishedReceipt


def take_receipt(node: Node, who: Actor, receipt: dict[str, Any], now: datetime) -> Answer:
    """Keep a receipt's projection: ``{token, result: accepted|duplicate}``.

    The same token with the same content is a duplicate; with other content, or from another site, ``Conflict``.
    """
    digest = sha256(orjson.dumps(receipt, option=orjson.OPT_SORT_KEYS))
    with node.write(who, now) as tx:
        row = tx.session.get(PublishedReceipt, receipt["token"])
        if row is None:
            _keep_receipt(tx, receipt, digest)
        elif row.site_id != who.site_id or row.sha256 != digest:
            raise Conflict("token_taken", "Mã truy xuất này đã có với nội dung khác.")
        return tx.answer({"token": receipt["token"], "result": "accepted" if row is None else "duplicate"})


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
        return tx.answer({"accepted": len(sightings)})


def _keep_sighting(tx: Transaction, message: str, told: dict[str, Any]) -> None:
    named = uuid.uuid5(uuid.NAMESPACE_OID, f"{message}|{told['day']}|{told['key']}")
    row = tx.session.get(LotSighting, (tx.who.site_id, str(named)))
    if row is None:
        row = LotSighting(site_id=tx.who.site_id, id=str(named), created_at=tx.now)
        tx.session.add(row)
    row.day, row.key = date.fromisoformat(told["day"]), told["key"]
    row.received_kg = Decimal(told["received_kg"])
    row.first_scan_at = datetime.fromisoformat(told["first_scan_at"])
    tx.session.flush()
