"""What the services need of the outside, as Protocols with three-state answers.

A port never raises for the outside being away: it says ``unavailable`` or ``retry``. Every
call has a hard total deadline of its own (a constructor argument of the adapter).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from pos_trace.core.records import RecordAnswer
from pos_trace.core.slips import Slip


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One page of a feed. ``state`` unavailable: nothing was learnt and ``why`` says so (offline | province_silent).

    ``items`` as the other side wrote them; ``next`` is the cursor to ask with; ``more`` = ask again at once.
    """

    state: Literal["ok", "unavailable"]
    items: tuple[dict[str, Any], ...] = ()
    next: int = 0
    more: bool = False
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of a message. ``done``: taken (or taken before); ``dead``: refused for good, with reasons;
    ``parked``: our key is refused, nothing more goes there until a person acts; ``retry``: we do not know.
    """

    state: Literal["done", "dead", "parked", "retry"]
    status: str = ""
    answer: dict[str, Any] = field(default_factory=dict)
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class EnrolmentAnswer:
    """The province's answer to an enrolment, or why there is none.

    ``public_key``: what it signs its records with, base64 of 32 bytes; empty when it told none.
    """

    state: Literal["ok", "refused", "unavailable"]
    station_id: str = ""
    api_key: str = ""
    province_key_id: str = ""
    detail: str = ""
    public_key: str = ""


@dataclass(frozen=True, slots=True)
class SnapshotAnswer:
    """``ok``: the file is whole; ``none``: none is newer; ``unavailable``: not all of it came, ``why`` says so."""

    state: Literal["ok", "none", "unavailable"]
    why: str | None = None


class RecordSource(Protocol):
    """Asks a province about one key."""

    def find(self, key: str) -> RecordAnswer:
        """Found, absent or unavailable, within the adapter's deadline."""
        ...


class ProvinceFeed(Protocol):
    """Reads what the province publishes to this station."""

    def changes(self, since: int, lots_after: int = 0) -> FeedPage:
        """Lots, facilities, recalls and stations newer than the cursor ``since``; of lots only those newer than
        ``lots_after`` too, which a snapshot in force holds.
        """
        ...

    def recalls(self, since: int) -> FeedPage:
        """Recalls alone, newer than the cursor ``since``: they wait behind no lots."""
        ...

    def snapshot(self, to: Path, newer_than: int, progress: Callable[[int, int], None]) -> SnapshotAnswer:
        """The province's newest snapshot into the file ``to``, going on where an earlier try broke off; ``progress``
        hears bytes had and bytes in all.
        """
        ...

    def case_events(self, since: int) -> FeedPage:
        """The province's events on this station's cases newer than ``since``."""
        ...

    def access(self, since: int) -> FeedPage:
        """Who looked at what of this station's stalls, after ``since``."""
        ...


class Department(Protocol):
    """Takes reports, receipts' projections and sightings."""

    def send(self, kind: str, event_id: str, body: bytes) -> Delivered:
        """Send one frozen body once. ``kind``: case_events | evidence | receipt | sighting | feedback |
        stall_card | stall_list | private_report.
        """
        ...


class PhotoReader(Protocol):
    """Reads codes in a photo, outside this process."""

    def read(self, data: bytes, keep_photo: bool = False) -> Any:
        """A ``hardware.seen.Reading``; raises ``Invalid`` for what is no photo."""
        ...

    def keep(self, data: bytes) -> Any:
        """A ``hardware.seen.KeptPhoto``, fit to store; raises ``Invalid`` for what is no photo."""
        ...


class PageDrawer(Protocol):
    """Draws a slip and packs it for a printer, outside this process."""

    def draw(self, slip: Slip, printer: str, process_id: int | None = None) -> bytes:
        """ESC/POS bytes of ``slip`` for the printer preset called ``printer``; raises ``Invalid``."""
        ...
