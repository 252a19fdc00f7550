"""What a scanned delivery note is worth as a paper: for the lines it lists, as far as its seller could show them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.store.models import Delivery, DeliveryLine, Paper, PaperLink, Transfer, TransferLine

PAPER = "phieu_giao_hang"
# what became of a slip's signature: right, its key not told yet, false, and no such station though the list is fresh
VERIFIED, UNKNOWN, BAD, UNLISTED = "verified", "unknown_key", "bad", "unlisted"
FALSE_SLIP = "mã giao hàng: chữ ký không đúng"
NO_SUCH_STATION = "sạp giao chưa có trong danh sách của tỉnh"
NOT_LISTED = "tên hàng này trên phiếu"
NOT_SHOWN = "giấy tờ nguồn gốc của người giao"


@dataclass(frozen=True, slots=True)
class Worth:
    """A slip for one line: its signature, whether it lists these goods, whether their seller could show the origin."""

    signature: str
    listed: bool = False
    shown: bool = False

    @property
    def lacks(self) -> str:
        """Why the slip does not count for the goods, in Vietnamese; empty when it counts."""
        if self.signature in (BAD, UNLISTED):
            return FALSE_SLIP if self.signature == BAD else NO_SUCH_STATION
        if not self.listed:
            return NOT_LISTED
        return "" if self.shown else NOT_SHOWN

    @property
    def stands(self) -> bool:
        """Whether it counts as the seller's own papers too: only by the word of a station whose key is known."""
        return self.signature == VERIFIED and not self.lacks

    @property
    def seen(self) -> int:
        """Photos it counts as: a code that was read is there to be seen without one."""
        return int(self.signature != BAD)


def worth(session: Session, line: DeliveryLine, row: Paper) -> Worth | None:
    """What ``row`` is worth for ``line``; None for a paper that no scanned slip is behind."""
    if row.kind != PAPER or not row.number:
        return None
    found = _read_for(session, line, row.number)
    if found is not None:
        return found
    elsewhere = signatures(session, row)
    return Worth(elsewhere[0]) if elsewhere else None


def unchecked(session: Session, line: DeliveryLine, row: Paper) -> bool:
    """Whether ``row`` is a slip whose station's key nobody told yet: good for this line, never for whom it goes to."""
    found = worth(session, line, row)
    return found is not None and found.signature == UNKNOWN


def _read_for(session: Session, line: DeliveryLine, number: str) -> Worth | None:
    """The slip that filled the line's delivery; of goods that changed stalls ("Sai sạp"), the one they came by."""
    mine = select(Transfer).where(
        Transfer.site_id == line.site_id, Transfer.stall_id == line.stall_id, Transfer.delivery_id == line.delivery_id
    )
    mine = mine.where(Transfer.direction == "in", Transfer.kind != "correction", Transfer.from_number == number)
    row = session.scalars(mine.order_by(Transfer.id)).first()
    if row is None:
        before = _moved_from(session, line)
        return _read_for(session, before, number) if before is not None else None
    of_slip = (TransferLine.site_id == row.site_id, TransferLine.transfer_id == row.id)
    shown = session.scalars(select(TransferLine.shown).where(*of_slip, TransferLine.position == line.position)).all()
    return Worth(row.signature or "", bool(shown), any(shown))


def _moved_from(session: Session, line: DeliveryLine) -> DeliveryLine | None:
    """The line as it was at the stall that scanned it by mistake; None for one that never moved."""
    delivery = session.get_one(Delivery, (line.site_id, line.delivery_id))
    came = session.get(Transfer, (line.site_id, delivery.transfer_id)) if delivery.transfer_id else None
    if came is None or came.kind != "correction" or came.other_transfer_id is None:
        return None
    sent = session.get_one(Transfer, (line.site_id, came.other_transfer_id))
    told = next((one["line_id"] for one in sent.lines if one["position"] == line.position), None)
    return session.get(DeliveryLine, (line.site_id, told)) if told is not None else None


def signatures(session: Session, row: Paper) -> list[str]:
    """What became of the signatures of the scanned delivery notes a paper is; empty for any other paper."""
    if row.kind != PAPER or not row.number:
        return []
    mine = select(Transfer.signature).where(Transfer.site_id == row.site_id, Transfer.stall_id == row.stall_id)
    read = mine.where(Transfer.direction == "in", Transfer.from_number == row.number, Transfer.delivery_id.is_not(None))
    links = select(PaperLink.delivery_id).where(PaperLink.site_id == row.site_id, PaperLink.paper_id == row.id)
    return [one or "" for one in session.scalars(read.where(Transfer.delivery_id.in_(links)).order_by(Transfer.id))]
