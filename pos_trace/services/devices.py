"""The phones of a stall: their heartbeat, the owner's list of them, "Khóa máy này", a card for a new one."""

from datetime import datetime

from sqlalchemy import select

from pos_trace.core.errors import Conflict, Invalid
from pos_trace.core.vocabulary.times import near
from pos_trace.services import accounts, places
from pos_trace.services.node import Actor, Answer, Node
from pos_trace.store.models import Device, Session, User

NO_DEVICE = "Không tìm thấy máy này."
MOST_WAITING = 100_000


def heartbeat(node: Node, who: Actor, queue_count: int, last_scan_at: datetime | None, now: datetime) -> Answer:
    """A phone tells how much it still holds: ``{device_id}``; a device id of None is somebody's computer.

    ``last_scan_at``: when its last scan was made, by its own clock; never later than now.
    """
    if not 0 <= queue_count <= MOST_WAITING:
        raise Invalid("queue_count", "Số lần quét chưa gửi không đúng.")
    with node.write(who, now) as tx:
        row = tx.session.get(Device, (node.id, who.device_id)) if who.device_id else None
        if row is not None:
            row.last_seen_at, row.queue_count = now, queue_count
            if last_scan_at is not None:
                told = min(last_scan_at, now)
                row.last_scan_at = max(row.last_scan_at or told, told)
        return tx.answer({"device_id": row.id if row is not None else None})


def listed(node: Node, who: Actor, now: datetime) -> Answer:
    """Every phone of the stall, those in use first, in words: ``{devices}``."""
    with node.db.read() as session:
        rows = session.scalars(select(Device).where(Device.site_id == node.id, Device.stall_id == who.stall))
        found = [_told(row, who, now) for row in rows]
        people = {u.id: u.name for u in session.scalars(select(User).where(User.site_id == node.id))}
    for one in found:
        one["locked_by"] = people.get(one["locked_by"] or "", "")
    return {"devices": sorted(found, key=lambda one: (one["locked"], one["name"], one["id"]))}


def lock(node: Node, who: Actor, device_id: str, now: datetime) -> Answer:
    """ "Khóa máy này": its token and every log-in on it are worthless at once; only a new card opens it again.

    Answers the device with what it still held: "máy còn 7 lần quét chưa gửi, lần cuối 05:41". Raises ``Conflict``
    for the phone in one's own hand: that one is lent, not lost.
    """
    with node.write(who, now) as tx:
        row = tx.owned(Device, device_id, NO_DEVICE)
        if row.id == who.device_id:
            raise Conflict("own_device", "Đây là máy đang cầm. Khóa máy này từ một máy khác của sạp.")
        if row.locked_at is None:
            row.locked_at, row.locked_by = now, who.id[:36]
            mine = select(Session).where(Session.site_id == node.id, Session.device_id == row.id)
            for one in tx.session.scalars(mine.where(Session.ended_at.is_(None))):
                one.ended_at = now
            told = {"name": row.name, "queue_count": row.queue_count}
            tx.audit("device_locked", f"device:{row.id}", told, row.stall_id)
        return tx.answer(_told(row, who, now))


def card(node: Node, who: Actor, now: datetime) -> Answer:
    """A one-time code for a new phone of the owner's stall: ``{code, expires_at}``, shown this once."""
    with node.write(who, now) as tx:
        code = accounts.new_code(tx, "device", who.stall, places.DEVICE_CODE_LASTS)
        tx.audit("device_card", f"stall:{who.stall}", {})
        return tx.answer({"code": code, "expires_at": (now + places.DEVICE_CODE_LASTS).isoformat()}, 201)


def _told(row: Device, who: Actor, now: datetime) -> Answer:
    return {
        "id": row.id,
        "name": row.name,
        "this_one": row.id == who.device_id,
        "last_seen_at": row.last_seen_at.isoformat() if row.last_seen_at else None,
        "queue_count": row.queue_count,
        "last_scan_at": row.last_scan_at.isoformat() if row.last_scan_at else None,
        "locked": row.locked_at is not None,
        "locked_at": row.locked_at.isoformat() if row.locked_at else None,
        "locked_by": row.locked_by,
        "text": unsent(row.queue_count, row.last_scan_at, now),
    }


def unsent(count: int, last: datetime | None, now: datetime) -> str:
    """ "máy còn 7 lần quét chưa gửi, lần cuối 05:41" (USERS 2.1, 06:00)."""
    words = f"máy còn {count} lần quét chưa gửi" if count else "máy đã gửi hết"
    return f"{words}, lần cuối {near(last, now)}" if last is not None else words
