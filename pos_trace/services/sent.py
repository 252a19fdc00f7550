"""Dữ liệu nào đã gửi đi: every byte that left the market for this stall, in plain words, openable to its exact body."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select, tuple_

from pos_trace.core.errors import NotFound
from pos_trace.services import outbox
from pos_trace.services.node import Actor, Answer, Node
from pos_trace.services.outbox import PRIVATE
from pos_trace.store.models import OutboxMessage

PAGE: Final = 50
NOTE: Final = "Máy không gửi giá bán, doanh thu, số tiền."
STATES: Final = {
    "pending": "đang chờ gửi",
    "leased": "đang gửi",
    "done": "đã gửi",
    "dead": "nơi nhận từ chối",
    "parked": "tạm dừng: khóa kết nối bị từ chối",
}
KINDS: Final = {
    "case_events": "Vụ việc: báo gửi, trả lời, rút lại",
    "evidence": "Ảnh và giấy tờ kèm vụ việc",
    "receipt": "Phiếu bán hàng để khách quét xem (không giá, không tổng tiền)",
    "sighting": "Lô đã nhận trong ngày (số kg, giờ quét đầu tiên)",
    "stall_card": "Thẻ của sạp: đang bán gì hôm nay",
    "enrolment": "Đăng ký máy của chợ với tỉnh",
    "stall_list": "Danh sách sạp của chợ",
    "feedback": "Phản ánh của người mua (không tên, không số điện thoại)",
    PRIVATE: "Phản ánh riêng của một người trong chợ (chỉ cơ quan đọc được)",
}
OF_THE_MARKET: Final = (
    "Của cả chợ, không mang tên sạp: máy hỏi tỉnh có dữ liệu mới chưa; khi quét một mã mà máy chưa có dữ liệu, máy hỏi"
    " tỉnh về đúng mã đó.",
    "Khi đăng ký với tỉnh và mỗi khi chợ thêm hoặc đổi sạp, máy gửi tên chợ và số sạp, tên sạp, mã địa điểm, xã phường"
    " của từng sạp.",
    "Phản ánh riêng: ở đây chỉ có ngày gửi; không ai ở chợ, kể cả chủ sạp, đọc được nội dung hay biết của ai.",
)
OPEN_TO_ALL: Final = frozenset({"stall_list", "enrolment"})


def listed(
    node: Node,
    who: Actor,
    before: str | None = None,
    most: int = PAGE,
    day: date | None = None,
    kind: str | None = None,
) -> Answer:
    """What this stall sent or waits to send, newest first: ``{messages, next, total, kinds, market, …}``.

    ``day`` (the site's own) and ``kind`` narrow; ``total`` counts what they leave, with its bytes as they go over the
    line. Every message can be opened. ``market``: what left in no stall's name.
    """
    with node.db.read() as session:
        mine = _mine(node, who, day, kind)
        asked = select(func.count(), func.coalesce(func.sum(func.length(OutboxMessage.body)), 0)).where(*mine)
        count, size = session.execute(asked).one()
        order = (OutboxMessage.created_at, OutboxMessage.seq, OutboxMessage.id)
        wanted: Select[Any] = select(OutboxMessage).where(*mine)
        last = session.get(OutboxMessage, (who.site_id, before)) if before else None
        if last is not None and last.stall_id == who.stall:
            wanted = wanted.where(tuple_(*order) < tuple_(last.created_at, last.seq, last.id))
        rows = list(session.scalars(wanted.order_by(*(column.desc() for column in order)).limit(most)))
        shared = [_shared(node, row) for row in session.scalars(_of_the_market(node, day, kind))] if not before else []
        pictures = list(session.scalars(select(OutboxMessage.body).where(*mine, OutboxMessage.kind == "evidence")))
    return {
        "messages": [_told(node, row) for row in rows],
        "next": rows[-1].id if len(rows) == most else None,
        "total": {"count": count, "bytes": size + sum(_picture(node, body) for body in pictures)},
        "kinds": KINDS,
        "note": NOTE,
        "of_the_market": OF_THE_MARKET,
        "market": shared,
    }


def opened(node: Node, who: Actor, message_id: str) -> Answer:
    """One message with every byte of its body; another stall's is ``NotFound``."""
    row = _one(node, who, message_id)
    return _told(node, row) | {"body": body(node, who, message_id).decode(), "answer": row.answer}


def body(node: Node, who: Actor, message_id: str) -> bytes:
    """The very bytes that go over the line; of a photo whose file is lost what is left of it."""
    row = _one(node, who, message_id)
    try:
        return outbox.as_sent(node, row.kind, row.body)
    except NotFound:
        return row.body


def _one(node: Node, who: Actor, message_id: str) -> OutboxMessage:
    with node.db.read() as session:
        row = session.get(OutboxMessage, (who.site_id, message_id))
    theirs = row is not None and row.stall_id is None and row.kind in OPEN_TO_ALL
    if row is None or (row.stall_id != who.stall and not theirs):
        raise NotFound("not_found", "Không tìm thấy mục đã gửi này.")
    return row


def _mine(node: Node, who: Actor, day: date | None, kind: str | None) -> list[Any]:
    return _narrowed(node, OutboxMessage.stall_id == who.stall, day, kind)


def _of_the_market(node: Node, day: date | None, kind: str | None) -> Select[Any]:
    newest = (OutboxMessage.created_at.desc(), OutboxMessage.seq.desc(), OutboxMessage.id.desc())
    mine = _narrowed(node, OutboxMessage.stall_id.is_(None), day, kind)
    return select(OutboxMessage).where(*mine).order_by(*newest).limit(PAGE)


def _shared(node: Node, row: OutboxMessage) -> Answer:
    """A message of the whole market. Of one that may not be opened only the day is told: an hour and a size would say
    whose it is.
    """
    if row.kind in OPEN_TO_ALL:
        return _told(node, row) | {"day": row.created_at.astimezone(node.zone).date().isoformat()}
    return {
        "kind": row.kind,
        "kind_text": KINDS.get(row.kind, row.kind),
        "plain": row.plain,
        "state_text": STATES.get(row.state, row.state),
        "day": row.created_at.astimezone(node.zone).date().isoformat(),
    }


def _narrowed(node: Node, whose: Any, day: date | None, kind: str | None) -> list[Any]:
    found: list[Any] = [OutboxMessage.site_id == node.id, whose]
    if day is not None:
        start = datetime.combine(day, time(), node.zone)
        found += [OutboxMessage.created_at >= start, OutboxMessage.created_at < start + timedelta(days=1)]
    return [*found, OutboxMessage.kind == kind] if kind else found


def _picture(node: Node, told: bytes) -> int:
    """How many bytes longer a photo's message is on the line than in the outbox."""
    try:
        return outbox.picture_size(node, told)
    except NotFound:
        return 0


def _told(node: Node, row: OutboxMessage) -> Answer:
    return {
        "id": row.id,
        "kind": row.kind,
        "kind_text": KINDS.get(row.kind, row.kind),
        "plain": row.plain,
        "destination": row.destination,
        "state": row.state,
        "state_text": STATES.get(row.state, row.state),
        "written_at": row.created_at.isoformat(),
        "sent_at": row.done_at.isoformat() if row.done_at else None,
        "attempts": row.attempts,
        "sha256": row.sha256,
        "size": len(row.body) + (_picture(node, row.body) if row.kind == "evidence" else 0),
        "last_status": row.last_status,
    }
