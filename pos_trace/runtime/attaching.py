"""Which systems a station asks, listens to and reports to: ``[[sources]]`` in their order, or its province alone.

Each part (look-up, changes, conclusions, reports of a kind) goes to the first source that offers it. A part nobody
offers is off: its feed is never "ok", so that old records do not look fresh, and its messages are refused by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pos_trace.adapters.departments.json_mapping import MappedDepartment
from pos_trace.adapters.provinces.caller import Caller
from pos_trace.adapters.provinces.epcis_query import EpcisQuery
from pos_trace.adapters.provinces.file_drop import FileDrop
from pos_trace.adapters.provinces.gs1_resolver import Gs1Resolver
from pos_trace.adapters.provinces.json_mapping import NOT_OFFERED, JsonMapping, caller_of
from pos_trace.adapters.provinces.national_portal import NationalPortal
from pos_trace.adapters.provinces.source import Source
from pos_trace.adapters.provinces.sources import Member, Sources, member
from pos_trace.core.ports import Delivered, Department, FeedPage, ProvinceFeed, RecordSource, SnapshotAnswer

PARTS: Final = ("find", "changes", "recalls", "case_events", "access", "snapshot")
Callers = Callable[[Source], Caller]


@dataclass(frozen=True, slots=True)
class One:
    """One configured source: its adapter (None: the enrolled province), its way out, and what it offers."""

    told: Source
    adapter: Any = None
    caller: Caller | None = None
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attached:
    """The ports of a station."""

    sources: tuple[RecordSource, ...]
    feed: ProvinceFeed
    department: Department


def made(told: Source, clock: Callable[[], datetime], callers: Callers) -> One:
    """The adapter of one source."""
    if told.kind == "api":
        return One(told, None, None, PARTS)
    if told.kind == "file_drop":
        return One(told, FileDrop(Path(str(told.folder))), None, ("changes",))
    caller = callers(told)
    if told.kind == "json_mapping":
        mapping = JsonMapping(told, caller, clock)
        return One(told, mapping, caller, mapping.offers)
    if told.kind == "epcis_query":
        return One(told, EpcisQuery(told, caller, clock), caller, ("find",))
    looker = {"gs1_resolver": Gs1Resolver, "national_portal": NationalPortal}[told.kind]
    return One(told, looker(told, caller), caller, ("look",))


def attach(told: tuple[Source, ...], link: Any, clock: Callable[[], datetime], environ: Mapping[str, str]) -> Attached:
    """The ports of ``told``; ``link`` is the way to the province this station is enrolled at, and all without any."""
    if not told:
        return Attached((link,), link, link)
    ones = [made(source, clock, lambda one: caller_of(one, environ)) for source in told]
    askers: tuple[Member, ...] = tuple(
        member(one.told.name, one.told.kind, one.adapter or link, clock, speaks_for=one.told.speaks_for)
        for one in ones
        if "find" in one.offers
    )
    takers = [(one.told, MappedDepartment(one.told, one.caller) if one.caller else link) for one in ones if _takes(one)]
    feeds = {part: next((one.adapter or link for one in ones if part in one.offers), None) for part in PARTS[1:]}
    return Attached((Sources(askers),), Feeds(feeds), Departments(takers))


def _takes(one: One) -> bool:
    return one.told.kind == "api" or bool(one.told.reports)


class Feeds:
    """ProvinceFeed whose parts come from different sources."""

    def __init__(self, of: Mapping[str, Any]) -> None:
        self.of = of

    def changes(self, since: int, lots_after: int = 0) -> FeedPage:
        """Of the first source that tells changes."""
        feed = self.of["changes"]
        return feed.changes(since, lots_after) if feed is not None else OFF

    def recalls(self, since: int) -> FeedPage:
        """Of the first source that tells recalls by themselves."""
        feed = self.of["recalls"]
        return feed.recalls(since) if feed is not None else OFF

    def snapshot(self, to: Path, newer_than: int, progress: Callable[[int, int], None]) -> SnapshotAnswer:
        """Of the first source that signs snapshots."""
        feed = self.of["snapshot"]
        return feed.snapshot(to, newer_than, progress) if feed is not None else SnapshotAnswer("none")

    def case_events(self, since: int) -> FeedPage:
        """Of the first source that tells conclusions; else the stall records the paper one."""
        feed = self.of["case_events"]
        return feed.case_events(since) if feed is not None else OFF

    def access(self, since: int) -> FeedPage:
        """Of the first source that tells who looked."""
        feed = self.of["access"]
        return feed.access(since) if feed is not None else OFF


OFF: Final = FeedPage("unavailable", why=NOT_OFFERED)


class Departments:
    """Department that hands each kind of message to the first source that takes it."""

    def __init__(self, takers: list[tuple[Source, Any]]) -> None:
        self._takers = takers

    def send(self, kind: str, event_id: str, body: bytes) -> Delivered:
        """Refused by name when nobody takes such messages."""
        for told, taker in self._takers:
            if told.kind == "api" or kind in told.reports:
                sent: Delivered = taker.send(kind, event_id, body)
                return sent
        return Delivered("dead", f"không có nơi nhận loại {kind}")
