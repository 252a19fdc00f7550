"""Papers of goods that go to the stall they were meant for ("Sai sạp"): those that serve the goods, each once."""

from collections.abc import Sequence

from sqlalchemy import select

from pos_trace.core.goods import asks_for
from pos_trace.core.vocabulary.words import SHARED_PAPERS
from pos_trace.services import papers_served, papers_slips
from pos_trace.services.node import Transaction
from pos_trace.store.models import DeliveryLine, Paper, PaperLink, Photo

OWN_COLUMNS = ("site_id", "id", "stall_id", "same_truck")


class Moving:
    """One correction: its papers are entered at the right stall as its lines are, and stay where they are as well."""

    def __init__(self, tx: Transaction, lines: Sequence[DeliveryLine]) -> None:
        self._tx = tx
        self._made: dict[str, Paper] = {}
        first = lines[0]
        stays = select(DeliveryLine.id).where(
            DeliveryLine.site_id == first.site_id,
            DeliveryLine.delivery_id == first.delivery_id,
            DeliveryLine.state == "accepted",
        )
        self._all = tx.session.scalars(stays.limit(1)).first() is None

    def take(self, before: DeliveryLine, line: DeliveryLine) -> None:
        """Link to ``line`` what served it as ``before`` at the other stall."""
        for old in papers_served.of_line(self._tx.session, before):
            if not self._serves(old, before):
                continue
            paper = self._made.get(old.id) or self._copy(old, line)
            self._made[old.id] = paper
            link = PaperLink(
                site_id=paper.site_id, id=self._tx.id(), created_at=self._tx.now, stall_id=paper.stall_id,
                paper_id=paper.id, line_id=line.id,
            )  # fmt: skip
            self._tx.session.add(link)
        self._tx.session.flush()

    def _serves(self, old: Paper, before: DeliveryLine) -> bool:
        """A paper of the whole delivery or truck goes along when all of it does, or when these very goods ask for one
        of its kind: what belongs to the goods that stay is nobody else's to see.
        """
        tied = select(PaperLink.id).where(PaperLink.site_id == old.site_id, PaperLink.paper_id == old.id)
        if self._all or self._tx.session.scalars(tied.where(PaperLink.line_id == before.id)).first() is not None:
            return True
        slip = papers_slips.worth(self._tx.session, before, old)
        if slip is not None:
            return slip.listed
        return asks_for(self._tx.node.policy.group(before.goods_group), old.kind)

    def _copy(self, old: Paper, line: DeliveryLine) -> Paper:
        """The same paper at the right stall, claimed as early as it was; of a shared one it is the same sum."""
        tx = self._tx
        row = Paper(site_id=old.site_id, id=tx.id(), stall_id=line.stall_id)
        for column in Paper.__table__.columns:
            if column.key not in OWN_COLUMNS:
                setattr(row, column.key, getattr(old, column.key))
        shared = old.kind in SHARED_PAPERS and old.same_truck is not False
        row.same_truck = True if shared else old.same_truck
        tx.session.add(row)
        tx.session.flush()
        taken: dict[str, str] = {}  # a photo here → the same there: a covered one goes on being sent in its place
        mine = select(Photo).where(Photo.site_id == old.site_id, Photo.paper_id == old.id)
        for photo in tx.session.scalars(mine.order_by(Photo.created_at, Photo.id)).all():
            made = self._photo(photo, row, line)
            taken[photo.id], made.covers_id = made.id, taken.get(photo.covers_id or "")
        return row

    def _photo(self, old: Photo, paper: Paper, line: DeliveryLine) -> Photo:
        tx = self._tx
        row = Photo(site_id=old.site_id, id=tx.id(), created_at=tx.now, stall_id=line.stall_id, sha256=old.sha256)
        row.media_type, row.size, row.quality, row.paper_id = old.media_type, old.size, old.quality, paper.id
        row.delivery_id = line.delivery_id
        tx.session.add(row)
        return row
