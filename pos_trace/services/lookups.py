"""How often this machine asked the province about a code: a number a day, told beside what was sent."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select

from pos_trace.core.records import RecordAnswer
from pos_trace.core.vocabulary import times
from pos_trace.services.node import Answer, Node, Transaction
from pos_trace.store import counters
from pos_trace.store.models import Counter

KIND: Final = "lookup"
NO_STALL: Final = "-"  # the machine's own work, and a person of no stall


def count(tx: Transaction, answers: Iterable[RecordAnswer | None]) -> None:
    """Add what was asked outside for ``answers`` to the day, in the write that uses them; a row a stall, so that stalls
    do not wait for each other.
    """
    asked = sum(answer.asked for answer in answers if answer is not None)
    if asked:
        stall, day = tx.who.stall_id or NO_STALL, tx.now.astimezone(tx.node.zone).date()
        counters.add(tx.session, (tx.node.id, stall, KIND, day.isoformat()), asked)


def told(node: Node, day: date | None, now: datetime) -> Answer:
    """The whole market's look-ups of ``day``, without one of today: ``{day, count, text}``; never whose they were."""
    today = now.astimezone(node.zone).date()
    wanted = day or today
    with node.db.read() as session:
        mine = select(func.coalesce(func.sum(Counter.value), 0)).where(Counter.site_id == node.id)
        found = session.scalar(mine.where(Counter.kind == KIND, Counter.period == wanted.isoformat())) or 0
    when = "Hôm nay" if wanted == today else f"Ngày {times.day(wanted)}"
    text = f"{when} máy hỏi tỉnh {found} lần, mỗi lần chỉ gửi mã."
    return {"day": wanted.isoformat(), "count": int(found), "text": text}
