"""Conclusions another platform tells, as events of our cases: numbered and chained as if their author had written
them here (DESIGN: a Case is an append-only list), so that a station folds them like any other.

The chain of a case begins with its first conclusion in the page. A platform that may correct one therefore has to be
asked without ``{since}``, so that each page holds all of a case; what a station has already is "had", not taken twice.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from pos_trace.core.canonical import START
from pos_trace.core.cases import CaseEvent, event_hash

BODY: Final = ("outcome", "origin_finding", "reason", "document_number", "document_date", "officer")
SEEN: Final = 1  # every conclusion has seen the case's opening
ACTOR: Final = "agency:province"


def events_of(told: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One "concluded" event a conclusion, by case and time."""
    last: dict[str, CaseEvent] = {}
    made = []
    for line in sorted(told, key=lambda one: (str(one["case_id"]), str(one["at"]), int(one["version"]))):
        body = {name: str(line[name]) for name in BODY if line.get(name)}
        at = datetime.fromisoformat(str(line["at"])).astimezone(UTC)
        before = last.get(str(line["case_id"]))
        bare = CaseEvent(
            case_id=str(line["case_id"]),
            node="province",
            seq=before.seq + 1 if before else 1,
            after=SEEN,
            actor=ACTOR,
            at=at,
            kind="concluded",
            body=body,
            sha256="",
        )
        event = replace(bare, sha256=event_hash(before.sha256 if before else START, bare))
        last[event.case_id] = event
        made.append(_wire(event))
    return made


def _wire(event: CaseEvent) -> dict[str, Any]:
    names = ("case_id", "node", "seq", "after", "actor", "kind", "sha256")
    told = {name: getattr(event, name) for name in names}
    return told | {"at": event.at.isoformat(timespec="microseconds"), "body": dict(event.body)}
