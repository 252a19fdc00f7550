"""The province takes in what a stall's card shows; the newest word counts, however the messages arrive."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.text import clean
from pos_trace.services.node import Actor, Answer, Node
from pos_trace.store.models import Stall, StallCard


def take_card(node: Node, who: Actor, gln: str, card: dict[str, Any], now: datetime) -> Answer:
    """Keep a stall's card: ``{token, result: accepted|duplicate}``; an older one than what is here changes nothing.

    Raises ``Invalid`` when path and body name two stalls, ``Conflict`` for a token or a stall of another site.
    """
    if gln != card["stall_gln"]:
        raise Invalid("gln_differs", "Mã địa điểm không khớp.", (FieldError("/stall_gln", "differs"),))
    as_of = datetime.fromisoformat(card["as_of"])
    with node.write(who, now) as tx:
        theirs = select(Stall.id).where(Stall.gln == gln, Stall.site_id != who.site_id).limit(1)
        row = tx.session.get(StallCard, card["token"])
        if (row is not None and row.site_id != who.site_id) or tx.session.scalars(theirs).first() is not None:
            raise Conflict("token_taken", "Thẻ này thuộc một nơi khác.")
        fresh = row is None or as_of > row.as_of
        if row is None:
            row = StallCard(token=card["token"], site_id=who.site_id)
            tx.session.add(row)
        if fresh:
            row.stall_gln, row.stall_name, row.as_of = gln, clean(card["stall_name"], 200), as_of
            row.open, row.body = card["open"], {"lines": card["lines"]}
        return tx.answer({"token": row.token, "result": "accepted" if fresh else "duplicate"})
