"""A stall's QR card ``/s/{token}``: what is open today by receiving alone; on only when the owner says so."""

from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core import tokens
from pos_trace.core.errors import Conflict, NotFound
from pos_trace.core.table_slips import stall_card_slip
from pos_trace.core.text import without_numbers
from pos_trace.services import lot_facts, printing, receiving_slips, trace
from pos_trace.services.case_log import DESTINATION
from pos_trace.services.deliveries import practising
from pos_trace.services.node import Actor, Answer, Node, Transaction, stall_of
from pos_trace.store.models import (
    Delivery,
    DeliveryLine,
    FacilityRow,
    OutboxMessage,
    Party,
    Product,
    Stall,
    StallCard,
    StockLot,
)

KIND = "stall_card"
EVERY = timedelta(minutes=3)
UNSENT = ("pending", "leased", "parked")
MOST_LINES = 300
NO_CARD = "Thẻ của sạp này chưa mở. Hỏi người bán, hoặc gõ mã trên phiếu."
NO_ADDRESS = "Chưa có địa chỉ trang truy xuất, nên chưa in được mã cho thẻ."
SETTING = "card"


def told(node: Node, who: Actor) -> Answer:
    """The owner's switch: ``{on, show_supplier, url, qr_text, published}``."""
    with node.db.read() as session:
        stall = stall_of(session, who)
        return _told(node, stall)


def switch(node: Node, who: Actor, on: bool, show_supplier: bool, now: datetime) -> Answer:
    """Open or shut the stall's card; its token stays, so that what hangs on the wall stays good."""
    with node.write(who, now) as tx:
        stall = stall_of(tx.session, who)
        if stall.card_token is None:
            stall.card_token = _mint(tx)
        stall.settings = stall.settings | {SETTING: {"on": on, "show_supplier": show_supplier}}
        tx.session.flush()
        tx.audit("stall_card", f"stall:{stall.id}", {"on": on, "show_supplier": show_supplier})
        if stall.gln is not None and node.public_base_url and not practising(stall, node, now):
            _send(tx, stall, content(tx.session, node, stall, now))
        return tx.answer(_told(node, stall))


def print_card(node: Node, who: Actor, now: datetime) -> Answer:
    """The card on the stall's printer: ``{print_job}``. Raises ``Conflict``: shut, no address, no printer."""
    with node.write(who, now) as tx:
        stall = stall_of(tx.session, who)
        facts = _told(node, stall)
        if not facts["on"]:
            raise Conflict("card_off", "Mở thẻ trước rồi in.")
        if facts["qr_text"] is None:
            raise Conflict("no_public_address", NO_ADDRESS)
        slip = stall_card_slip(receiving_slips.place_of(tx, stall, practising(stall, node, now)), facts["qr_text"])
        job = printing.queue(tx, stall.id, KIND, stall.id, slip)
        if job is None:
            raise Conflict("no_printer", printing.NO_PRINTER)
        return tx.answer({"print_job": job}, 201)


def publish_due(node: Node, now: datetime) -> int:
    """Tell the province what changed on the open cards, each at most every few minutes; answers how many changed.

    While one message waits to be sent no further one is queued: the next one says it all.
    """
    changed = 0
    with node.db.read() as session:
        mine = select(Stall.id).where(Stall.site_id == node.id, Stall.card_token.is_not(None), Stall.gln.is_not(None))
        stalls = list(session.scalars(mine.order_by(Stall.id))) if node.public_base_url else []
    for stall_id in stalls:
        changed += _published_again(node, stall_id, now)
    return changed


def _published_again(node: Node, stall_id: str, now: datetime) -> bool:
    """One card, drawn while nobody waits; only a changed one is written, in a write of its own that takes no time.

    Tills and phones wait for no card. What changed between the drawing and the write is in the next one.
    """
    with node.db.read() as session:
        stall = session.get_one(Stall, (node.id, stall_id))
        if not is_on(stall) or practising(stall, node, now) or not _due(_last(session, stall), now):
            return False
        body = content(session, node, stall, now)
        if not _fresh(_last(session, stall), body):
            return False
    with node.write(node.machine("stall-cards"), now) as tx:
        stall = tx.session.get_one(Stall, (node.id, stall_id))
        if not is_on(stall) or not _due(_last(tx.session, stall), now):
            return False
        return _send(tx, stall, body)


def is_on(stall: Stall) -> bool:
    """Whether the owner opened the card."""
    return bool(stall.settings.get(SETTING, {}).get("on"))


def page(node: Node, token: str, now: datetime) -> Answer:
    """The public page: ``{stall_name, stall_gln, items, recalled, as_of, card_as_of}``; raises ``NotFound``."""
    wanted = tokens.normalise(token)
    with node.db.read() as session:
        found = (_published(session, wanted) or _own(session, node, wanted, now)) if tokens.is_token(wanted) else None
        if found is None:
            raise NotFound("not_found", NO_CARD)
        items = [
            trace.item(session, line) | {"supplier": line.get("supplier"), "received_on": line["received_on"]}
            for line in found["lines"]
        ]
        return {
            "stall_name": found["stall_name"],
            "stall_gln": found["stall_gln"],
            "items": items,
            "recalled": [item for item in items if item["recalls"]],
            "card_as_of": found["as_of"],
            "source": node.policy.province.name,
            "as_of": trace.as_of(session),
        }


def content(session: Session, node: Node, stall: Stall, now: datetime) -> dict[str, Any]:
    """What leaves the station for the card: names, lot keys, days, origins; no price, quantity, sale or buyer.

    Only what may be sold ``now``: goods past their date are not there, a recalled lot stays as a red line.
    """
    setting = stall.settings.get(SETTING, {})
    on = bool(setting.get("on"))
    mine = select(StockLot, Product).join(
        Product, (Product.site_id == StockLot.site_id) & (Product.id == StockLot.product_id)
    )
    mine = mine.where(StockLot.site_id == stall.site_id, StockLot.stall_id == stall.id, StockLot.on_hand > 0)
    good = StockLot.expiry.is_(None) | (StockLot.expiry >= now.astimezone(node.zone).date())
    recalled = (StockLot.state == "blocked") & (StockLot.state_reason == "recall")
    mine = mine.where(((StockLot.state == "sellable") & good) | recalled)
    mine = mine.order_by(Product.folded, StockLot.received_at, StockLot.id).limit(MOST_LINES)
    rows = session.execute(mine).all() if on else ()
    lines = [_line(session, node, number, lot, product, setting) for number, (lot, product) in enumerate(rows, 1)]
    return {
        "token": stall.card_token,
        "stall_gln": stall.gln,
        "stall_name": without_numbers(f"Sạp {stall.number} – {stall.name}")[:200],
        "open": on,
        "as_of": now.isoformat(),
        "lines": lines,
    }


def _line(
    session: Session, node: Node, number: int, lot: StockLot, product: Product, setting: dict[str, Any]
) -> dict[str, Any]:
    found = lot_facts.sources(session, [lot])
    origins = lot_facts.origins(session, node, found)
    told: dict[str, Any] = {
        "line_no": number,
        "product_name": without_numbers(product.name),
        "lot_keys": lot_facts.keys(found),
        "received_on": lot.received_at.astimezone(node.zone).date().isoformat(),
        "origins": origins,
    }
    if setting.get("show_supplier") and lot.line_id is not None:
        line = session.get_one(DeliveryLine, (lot.site_id, lot.line_id))
        named = _organisation(session, session.get_one(Delivery, (lot.site_id, line.delivery_id)))
        told |= {"supplier": named} if named else {}
    return told


def _organisation(session: Session, delivery: Delivery) -> str | None:
    """Who brought it, when that is an organisation with a code: in the facility register, or with a GLN of its own.

    A person's name stays at the stall, whatever the owner's switch says (USERS part 7: individuals are masked).
    """
    party = session.get(Party, (delivery.site_id, delivery.supplier_id)) if delivery.supplier_id else None
    gln = party.gln if party is not None else None
    known = FacilityRow.name == delivery.supplier_name
    registered = select(FacilityRow).where(known if gln is None else known | (FacilityRow.gln == gln))
    rows = list(session.scalars(registered))
    if any(row.is_individual for row in rows) or (not rows and gln is None):
        return None
    return without_numbers(delivery.supplier_name)


def _told(node: Node, stall: Stall) -> Answer:
    setting = stall.settings.get(SETTING, {})
    base = node.public_base_url if stall.card_token else None
    return {
        "on": bool(setting.get("on")),
        "show_supplier": bool(setting.get("show_supplier")),
        "url": f"{base}/s/{stall.card_token}" if base else None,
        "qr_text": f"{base}/S/{stall.card_token}".upper() if base else None,
        "published": bool(base and stall.gln),
    }


def _mint(tx: Transaction) -> str:
    while True:
        try:
            return tokens.token(tx.node.random(tokens.RANDOM_BYTES))
        except ValueError:
            continue


def _last(session: Session, stall: Stall) -> OutboxMessage | None:
    """What the province was told last of this card."""
    mine = select(OutboxMessage).where(
        OutboxMessage.site_id == stall.site_id, OutboxMessage.kind == KIND, OutboxMessage.stall_id == stall.id
    )
    return session.scalars(mine.order_by(OutboxMessage.seq.desc()).limit(1)).first()


def _due(last: OutboxMessage | None, now: datetime) -> bool:
    return last is None or (last.state not in UNSENT and now >= last.created_at + EVERY)


def _fresh(last: OutboxMessage | None, body: dict[str, Any]) -> bool:
    return last is None or orjson.loads(last.body) | {"as_of": ""} != body | {"as_of": ""}


def _send(tx: Transaction, stall: Stall, body: dict[str, Any]) -> bool:
    if not _fresh(_last(tx.session, stall), body):
        return False
    names = f"{len(body['lines'])} mặt hàng đang mở (tên, mã lô, ngày nhận; không có giá, số lượng)"
    plain = f"Thẻ của sạp: {names}" if body["open"] else "Thẻ của sạp: đã tắt, trang không còn hàng nào"
    tx.send(DESTINATION, KIND, f"{KIND}:{stall.id}", body, plain, stall.id)
    return True


def _published(session: Session, token: str) -> dict[str, Any] | None:
    row = session.get(StallCard, token)
    if row is None or not row.open:
        return None
    lines = [_shown(line) for line in row.body["lines"]]
    return {"stall_name": row.stall_name, "stall_gln": row.stall_gln, "as_of": row.as_of, "lines": lines}


def _own(session: Session, node: Node, token: str, now: datetime) -> dict[str, Any] | None:
    stall = session.scalars(select(Stall).where(Stall.site_id == node.id, Stall.card_token == token)).first()
    if stall is None or not is_on(stall):
        return None
    newest = select(StockLot.received_at).where(StockLot.site_id == stall.site_id, StockLot.stall_id == stall.id)
    as_of = session.scalars(newest.order_by(StockLot.received_at.desc()).limit(1)).first() or stall.created_at
    body = content(session, node, stall, now)
    return body | {"as_of": as_of, "lines": [_shown(line) for line in body["lines"]]}


def _shown(line: dict[str, Any]) -> dict[str, Any]:
    """As the page's items are made: a card's lots are all there, nobody asks which one was bought."""
    several = {"lots_are": "all_of"} if len(line["lot_keys"]) > 1 else {}
    return line | {"lot_source": "scanned", "origin": None} | several
