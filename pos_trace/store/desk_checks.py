"""Desk checks as a station reads them off its province's feed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from pos_trace.store import feed_lines
from pos_trace.store.models import DeskCheck


def upsert(session: Session, line: Mapping[str, Any], now: datetime) -> None:
    """One desk check; a draw never changes, so a second telling changes nothing. Raises ``ValueError``."""
    site_id, check_id = feed_lines.needed(line, "site_id"), feed_lines.needed(line, "id")
    for name, most in (("site_id", 36), ("id", 36), ("seed", 64)):
        feed_lines.text(line, name, most)
    share, day = line.get("share"), feed_lines.day(line, "day")
    if day is None or isinstance(share, bool) or not isinstance(share, int) or not 0 < share <= 1000:
        raise ValueError("a desk check needs a day and a share of 1 to 1000")
    version = feed_lines.version(line)
    if session.get(DeskCheck, (site_id, check_id)) is not None:
        return
    row = DeskCheck(site_id=site_id, id=check_id, created_at=now, day=day, share=share, version=version)
    row.seed, row.drawn_at = str(feed_lines.needed(line, "seed")), feed_lines.moment(line, "drawn_at")
    session.add(row)
