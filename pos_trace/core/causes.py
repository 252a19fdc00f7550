"""Every reason a verdict can have, with the facts its sentence needs: who says it, and from what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pos_trace.core.goods import PapersState, group_of
from pos_trace.core.judgements import CodeView, History, OriginJudgement, RecordJudgement
from pos_trace.core.policy import GoodsGroup, HostRule, Policy
from pos_trace.core.quantities import shown, weighed
from pos_trace.core.records import Facility, LotRecord, RecordAnswer
from pos_trace.core.vocabulary import times

Causes = dict[str, Mapping[str, str]]
NO_RECORD: Final = frozenset({"absent", "none"})
NEAR_EXPIRY_DAYS: Final = 2
ASKED: Final = "sạp khác"
TOGETHER: Final = "cộng các nơi trong tỉnh"
SILENT: Final = ("offline", "province_silent")


@dataclass(frozen=True, slots=True)
class Evidence:
    """All a verdict rests on. ``code`` None: the goods carry none. ``answer`` None: nobody was asked."""

    code: CodeView | None
    answer: RecordAnswer | None
    papers: PapersState
    history: History
    group: GoodsGroup | None
    now: datetime
    policy: Policy

    @property
    def record(self) -> LotRecord | None:
        """The record that was found."""
        return self.answer.record if self.answer is not None else None

    @property
    def recalled(self) -> bool:
        """A recall in force, told by itself or by the record."""
        return (self.answer is not None and self.answer.recall is not None) or (
            self.record is not None and self.record.status == "recalled"
        )

    @property
    def suspended_facility(self) -> Facility | None:
        """The lot's facility, where the province suspended it and so all its lots."""
        facility = self.answer.facility if self.answer is not None else None
        return facility if facility is not None and facility.status == "suspended" else None

    @property
    def foreign(self) -> bool:
        """Whether the code is one of another system (host rules)."""
        rule = host_rule(self.code.host if self.code is not None else None, self.policy)
        return rule is not None and rule.mode != "record"

    @property
    def too_old(self) -> bool:
        """Whether the records are too old to say that something is absent."""
        age = self.answer.age.age_s(self.now) if self.answer is not None else None
        return age is None or age > self.policy.clocks.records_old_after.total_seconds()

    @property
    def mismatch(self) -> str | None:
        """Only another GTIN or another goods group is a mismatch; words never are (USERS part 1, decision 13)."""
        gtin = (self.code.gtin if self.code is not None else None) or (self.record.gtin if self.record else None)
        if self.history.expected_gtin and gtin and _item(self.history.expected_gtin) != _item(gtin):
            return "other_gtin"
        told = self._group_named(self.record.product_group if self.record is not None else None)
        asked = self._group_named(self.history.expected_group)
        return "other_group" if told and asked and told != asked else None

    def _group_named(self, name: str | None) -> str | None:
        """The goods group a record or a receiver means, also by a word of its own ("Thịt lợn" is "thịt heo"); None
        when that says nothing here.
        """
        if not name or self.policy.group(name) is not None:
            return name or None
        guessed = group_of(name.replace("_", " "), self.policy.goods)
        return guessed.name if guessed is not None else None


def _item(gtin: str) -> str:
    """A crate's GTIN and its pack's differ in the packing's indicator and the check digit only (GS1 GTIN-14)."""
    return gtin.zfill(14)[1:13]


def host_rule(host: str | None, policy: Policy) -> HostRule | None:
    """What the configuration says of a host in a code; None when it says nothing."""
    bare = (host or "").lower().split(":")[0]
    return next((rule for rule in policy.codes.hosts if rule.host == bare), None)


def causes_of(seen: Evidence, record: RecordJudgement, origin: OriginJudgement) -> Causes:
    """Every reason there is, by its code."""
    causes = _dates(seen) | _labels(seen.history) | _recorded(seen) | _certificates(seen) | _looked_up(seen, record)
    if record in NO_RECORD and origin == "open":
        causes["papers_missing"] = {"papers": seen.papers.missing} if seen.papers.missing else {}
    if seen.papers.reused or seen.papers.again:
        causes["paper_reused"] = {} if seen.papers.reused else {"asked": ASKED}
    return causes


def _dates(seen: Evidence) -> Causes:
    """The earliest of the label's, the record's and the receiver's date counts."""
    label, record = seen.code.expiry if seen.code else None, seen.record.expiry_date if seen.record else None
    told = (label, record, seen.history.expiry)
    dates = [day for day in told if day is not None]
    if dates:
        left = (min(dates) - times.local_day(seen.now)).days
        if left < 0:
            return {"expired": {"date": times.day(min(dates))}}
        if left <= (seen.group.near_expiry_days if seen.group is not None else NEAR_EXPIRY_DAYS):
            return {"near_expiry": {"days": str(left)}}
    return {"expired": {}} if seen.record is not None and seen.record.status == "expired" else {}


def _labels(history: History) -> Causes:
    """What other sightings say of this label: doubts about a stamp, never about a person."""
    causes: Causes = {}
    if history.seen is not None:
        name = "impossible_travel" if history.seen.far else "serial_seen"
        causes[name] = {"time": history.seen.time, "place": history.seen.place}
    if history.lot_closed:
        causes["lot_closed"] = {}
    if history.serial_out_of_range:
        causes["serial_out_of_range"] = {}
    return causes


def _recorded(seen: Evidence) -> Causes:
    """What the province's record and its recall say."""
    causes: Causes = {}
    if seen.recalled:
        recall = seen.answer.recall if seen.answer is not None else None
        number = recall.recall_id if recall is not None else seen.record and seen.record.recall_id
        causes["recalled"] = {"number": number} if number else {}
    mismatch = seen.mismatch
    if mismatch is not None:
        causes[mismatch] = {"goods": seen.record.product_name} if seen.record is not None else {}
    if seen.record is not None:
        if seen.record.status in ("revoked", "suspended"):
            causes[seen.record.status] = {}
        elif seen.suspended_facility is not None:
            named = not seen.suspended_facility.is_individual
            causes["suspended"] = {"facility": seen.suspended_facility.name} if named else {}
        causes |= _quantity(seen, seen.record)
    return causes


def _quantity(seen: Evidence, record: LotRecord) -> Causes:
    """More received than the lot holds, beyond what scales and wet goods explain: by this site alone, else by all sites
    together. What was received is counted in kilograms where the lot is weighed, else in the lot's own unit.
    """
    own = seen.group.tolerance if seen.group is not None else None
    most = 1 + (seen.policy.quantity_tolerance if own is None else own)
    stated, unit = record.net_quantity, record.unit or ""
    kilograms = weighed(stated, record.unit)
    if stated is None:
        return {}
    told = {"declared": f"{shown(stated)} {unit}".strip()}
    here, together = seen.history.received, seen.history.in_province
    held, counted = (stated, unit) if kilograms is None else (kilograms, "kg")
    if here is not None and here > held * most:
        return {"quantity_above_lot": told | {"received": f"{shown(here)} {counted}".strip()}}
    if together is not None and kilograms is not None and together > kilograms * most:
        return {"quantity_above_lot": told | {"received": f"{shown(together)} kg, {TOGETHER}"}}
    return {}


def _certificates(seen: Evidence) -> Causes:
    """A lapsed certificate of the facility, unless a newer one of its kind runs; of goods that are no food, none."""
    facility = seen.answer.facility if seen.answer is not None else None
    if facility is None or (seen.group is not None and not seen.group.food):
        return {}
    today = times.local_day(seen.now)
    running = {held.kind for held in facility.certificates if held.expires is None or held.expires >= today}
    for held in facility.certificates:
        if held.expires is not None and held.kind not in running:
            return {"certificate_lapsed": {"kind": held.kind, "date": times.day(held.expires)}}
    return {}


def _looked_up(seen: Evidence, record: RecordJudgement) -> Causes:
    """How the look-up itself went: whose code it is, who did not answer, how old the data is."""
    if seen.code is None or seen.code.outcome != "ok":
        return {}
    causes: Causes = {}
    if record == "none":
        rule = host_rule(seen.code.host, seen.policy)
        platform = rule.platform if rule is not None else seen.code.host
        return {"foreign_system": {"platform": platform}} if platform else {"not_in_records": {}}
    if record == "absent":
        causes["not_in_records"] = {}
    why = seen.answer.why if seen.answer is not None else None
    if why in SILENT:
        causes[why] = {}
    if seen.answer is None or seen.answer.state == "unavailable":
        return causes or {"province_silent": {}}
    if seen.too_old:
        age = seen.answer.age.age_s(seen.now)
        causes["records_old"] = {} if age is None else {"age": times.age(age)}
    return causes
