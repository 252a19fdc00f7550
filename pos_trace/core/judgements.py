"""The nouns of a verdict: what is judged apart, what this node knows of the goods, what comes out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, Protocol

from pos_trace.core.records import RecordsAge
from pos_trace.core.vocabulary.times import near

CodeJudgement = Literal["valid", "malformed", "unknown", "none"]
RecordJudgement = Literal[
    "match", "mismatch", "absent", "unavailable", "suspended", "revoked", "recalled", "expired", "none"
]
OriginJudgement = Literal["record", "papers", "open"]
FASTEST_KMH: Final = 100
SAME_PLACE_KM: Final = 5


class CodeView(Protocol):
    """What the rules need of a scanned code (``codes.ScannedCode`` has it)."""

    @property
    def outcome(self) -> str:
        """``ok``, or why it is no trace code."""

    @property
    def key(self) -> str | None:
        """The record's key."""

    @property
    def gtin(self) -> str | None:
        """GTIN-14."""

    @property
    def expiry(self) -> date | None:
        """The label's own expiry date."""

    @property
    def host(self) -> str | None:
        """The host in the code."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An earlier sighting of the same serial: when (as shown) and where. ``far``: no truck drives that fast."""

    time: str
    place: str
    far: bool = False


def seen_before(at: datetime, place: str, distance_km: float | None, scanned_at: datetime) -> Seen:
    """The sighting ``at`` a ``place`` some kilometres away (None = not known), seen from a scan at ``scanned_at``."""
    hours = abs((scanned_at - at).total_seconds()) / 3600
    far = distance_km is not None and distance_km > SAME_PLACE_KM and distance_km > hours * FASTEST_KMH
    return Seen(near(at, scanned_at), place, far)


@dataclass(frozen=True, slots=True)
class History:
    """What this node already knows of the goods.

    ``received``: accepted so far of this lot, this line included, in the record's unit. ``expected_gtin`` and
    ``expected_group``: what the receiver said the goods are. ``seen``: the same serial before. ``expiry``: the use-by
    date of goods without a code, as the receiver read it. ``in_province``: kilograms all sites received of the lot,
    as the province sums them.
    """

    seen: Seen | None = None
    received: Decimal | None = None
    lot_closed: bool = False
    serial_out_of_range: bool = False
    expected_gtin: str | None = None
    expected_group: str | None = None
    expiry: date | None = None
    in_province: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: stable code, effect in force, Vietnamese line, what to do."""

    code: str
    effect: str
    text: str
    next: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked, against which records, how old; never a word that accuses.

    ``effect``: the strongest among the reasons. ``stock``: what that makes of the stock: sellable | held | blocked |
    unchecked (sellable for a while). ``flag``: whether the line needs an answer: "papers", "revoked" or None, within
    ``answer_within`` from the scan.
    """

    status: str
    word: str
    line: str
    next: str
    sound: str
    tone: str
    symbol: str
    code: CodeJudgement
    record: RecordJudgement
    origin: OriginJudgement
    reasons: tuple[Reason, ...]
    effect: str
    stock: str
    flag: str | None
    answer_within: timedelta | None
    age: RecordsAge
    rules_version: str

    @property
    def judgements(self) -> dict[str, str]:
        """The three judgements by name."""
        return {"code": self.code, "record": self.record, "origin": self.origin}


def as_json(verdict: Verdict, now: datetime) -> dict[str, Any]:
    """The contract's JSON of a verdict, told at ``now``."""
    as_of = verdict.age.as_of
    return {
        "status": verdict.status,
        "word": verdict.word,
        "line": verdict.line,
        "next": verdict.next,
        "sound": verdict.sound,
        "tone": verdict.tone,
        "symbol": verdict.symbol,
        "reasons": [{"code": r.code, "effect": r.effect, "text": r.text, "next": r.next} for r in verdict.reasons],
        "judgements": verdict.judgements,
        "records": {
            "version": verdict.age.version,
            "as_of": as_of.isoformat() if as_of else None,
            "age_s": verdict.age.age_s(now),
        },
        "rules_version": verdict.rules_version,
    }
