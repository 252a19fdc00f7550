"""Goods the stall's own people set aside, asked by nobody, are to be sold again: by their word alone."""

from datetime import datetime

from pos_trace.core.errors import Conflict
from pos_trace.core.vocabulary.stock import STATE_WORDS
from pos_trace.services import judging, lineage, stock
from pos_trace.services.node import Actor, Answer, Node
from pos_trace.store.models import DeliveryLine, StockLot

NOT_BY_HAND = "Lô này để riêng vì một lý do khác. Xem ở chuyến nhận hàng: bổ sung giấy tờ hoặc trả lại."


def release(node: Node, who: Actor, lot_id: str, now: datetime) -> Answer:
    """ "Bán lại lô này": end the hold of the lots ``lot_id`` was made of, and judge them again: ``{id, state, word}``.

    What else holds or blocks them stays. Raises ``Conflict`` where no person set anything aside.
    """
    with node.write(who, now) as tx:
        lot = tx.owned(StockLot, lot_id, stock.NO_LOT)
        aside = [one for one in lineage.sources(tx.session, lot) if stock.kept_aside(one)]
        if not aside:
            raise Conflict("not_set_aside", NOT_BY_HAND)
        for one in aside:
            one.origin = {name: told for name, told in one.origin.items() if name != stock.ASIDE}
            line = tx.session.get_one(DeliveryLine, (one.site_id, one.line_id))
            judging.rejudge_line(tx, line, judging.known(tx.session, line.key), "released")
        tx.audit("lot_released", f"lot:{lot.id}", {"state": lot.state})
        return tx.answer({"id": lot.id, "state": lot.state, "word": STATE_WORDS[lot.state]})
