"""An EPCIS 2.0 repository asked for the events of one lot; the record is what its events carry, no more.

``GET /events`` (ISO/IEC 19987:2024) with MATCH_anyEPCClass for a lot, MATCH_anyEPC for a serial or SSCC, page by page
to a bound. Words are those of CBV 2.0: dispositions give the status, ilmd the names and dates.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from pos_trace.adapters.provinces import fields, lines
from pos_trace.adapters.provinces.caller import SILENT, Answered, Caller
from pos_trace.adapters.provinces.fields import Wanting
from pos_trace.adapters.provinces.mapped import parts_of
from pos_trace.adapters.provinces.source import Source
from pos_trace.adapters.provinces.told import Call
from pos_trace.core.codes.digits import is_digits
from pos_trace.core.records import RecordAnswer, RecordsAge
from pos_trace.core.vocabulary.times import local_day

ISSUED_UNDER: Final = "https://id.gs1.org/"
VERSIONS: Final = {"GS1-EPCIS-Version": "2.0.0", "GS1-EPC-Format": "Always_GS1_Digital_Link"}
PER_PAGE: Final = 100
MOST_PAGES: Final = 5
MENTIONS: Final = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
AMOUNTS: Final = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
LISTS: Final = ("epcisBody.queryResults.resultsBody.eventList", "epcisBody.eventList")
STATUSES: Final = {
    "recalled": "recalled",
    "expired": "expired",
    "destroyed": "revoked",
    "disposed": "revoked",
    "inactive": "revoked",
    "non_sellable_other": "suspended",
    "non_sellable_damaged": "suspended",
    "no_pedigree_match": "suspended",
}
ILMD: Final = {
    "product_name": ("descriptionShort", "regulatedProductName", "functionalName", "tradeItemDescription"),
    "expiry_date": ("itemExpirationDate",),
    "best_before": ("bestBeforeDate", "sellByDate"),
    "production_date": ("productionDate",),
    "harvest_date": ("harvestEndDate", "harvestStartDate"),
    "pack_date": ("packagingDate",),
    "origin_country": ("countryOfOrigin",),
    "origin_place": ("placeOfOrigin",),
    "brand": ("brandName",),
}
GLN: Final = re.compile(r"(?:^|/)(?:414|417|416|254)/(\d{13})(?:/|$)")
WRONG: Final = (KeyError, TypeError, ValueError, ArithmeticError)
Event = Mapping[str, Any]


class EpcisQuery:
    """RecordSource over one repository. ``problem``: what was wrong with its last answer."""

    def __init__(self, told: Source, caller: Caller, clock: Callable[[], datetime]) -> None:
        self.told, self.caller, self.problem = told, caller, ""
        self._clock = clock

    def handles(self, key: str) -> bool:
        """A GS1 key that names more than a product."""
        parts = parts_of(key)
        return "sscc" in parts or "lot" in parts or "serial" in parts

    def find(self, key: str) -> RecordAnswer:
        """What the events on ``key`` say; no event at all is ``absent``."""
        if not self.handles(key):
            return self._silent("kho sự kiện chỉ hỏi được theo lô, sê-ri hoặc SSCC", SILENT)
        try:
            told = [event for event in self._events(key) if _mentions(event, key)]
            age = RecordsAge(0, self._clock())
            answer = _record(_standing(told), key, self.told.facility, age) if told else RecordAnswer("absent", age=age)
        except _NoAnswer as error:
            return self._silent(str(error), error.why)
        except WRONG as error:
            return self._silent(str(error), SILENT)
        self.problem = ""
        return answer

    def _events(self, key: str) -> list[Event]:
        """Every event of every page; raises ``_NoAnswer``, ``ValueError`` for an answer of another shape."""
        parts = parts_of(key)
        match = "MATCH_anyEPCClass" if "serial" not in parts and "sscc" not in parts else "MATCH_anyEPC"
        query = {match: ISSUED_UNDER + key, "perPage": str(PER_PAGE)}
        found: list[Event] = []
        for _ in range(MOST_PAGES):
            call = Call(path="/events", query={name: _literal(text) for name, text in query.items()})
            answered = self.caller.ask(call, {}, self.told.deadline_s, headers=VERSIONS)
            if answered.reply.status == 404 and isinstance(answered.reply.json, dict) and _no_such(answered.reply.json):
                return found
            if answered.meaning is not None:
                raise _NoAnswer(answered)
            found += _list(answered.reply.json)
            token = _next(answered.reply.headers.get("link", ""))
            if not token:
                return found
            query["nextPageToken"] = token
        raise ValueError(f"hơn {MOST_PAGES * PER_PAGE} sự kiện cho một mã")

    def _silent(self, detail: str, why: str) -> RecordAnswer:
        self.problem = detail
        return RecordAnswer("unavailable", why=why)


class _NoAnswer(Exception):
    """A page that did not come."""

    def __init__(self, answered: Answered) -> None:
        self.why = answered.why
        super().__init__(answered.detail)


def _literal(text: str) -> str:
    """A text that is no template."""
    return text.replace("{", "{{").replace("}", "}}")


def _no_such(problem: Mapping[str, Any]) -> bool:
    """The specification's own problem type: this resource has nothing, which is no gateway's 404."""
    return str(problem.get("type", "")).endswith("NoSuchResourceException")


def _list(body: Any) -> list[Event]:
    for path in LISTS:
        found = fields.first(body, fields.parse(path))
        if isinstance(found, list) and all(isinstance(one, Mapping) for one in found):
            return found
    raise Wanting("eventList", LISTS[0])


def _next(link: str) -> str:
    """The token in ``<…nextPageToken=T>; rel="next"``."""
    found = re.search(r'<([^>]*)>\s*;\s*rel="?next"?', link)
    tokens = parse_qs(urlsplit(found[1]).query).get("nextPageToken", []) if found else []
    return tokens[0][:500] if tokens else ""


def _mentions(event: Event, key: str) -> bool:
    named = [one for name in MENTIONS for one in _items(event, name)]
    named += [one.get("epcClass") for name in AMOUNTS for one in _items(event, name) if isinstance(one, Mapping)]
    named.append(event.get("parentID"))
    return any(isinstance(one, str) and one.split("?")[0].rstrip("/").endswith("/" + key) for one in named)


def _items(event: Event, name: str) -> list[Any]:
    found = event.get(name)
    return found if isinstance(found, list) else []


def _standing(told: Iterable[Event]) -> list[Event]:
    """In the order they happened, without those that were declared wrong."""
    listed = list(told)
    wrong = {event.get("eventID") for event in listed if "errorDeclaration" in event and event.get("eventID")}
    kept = [event for event in listed if "errorDeclaration" not in event and event.get("eventID") not in wrong]
    return sorted(kept, key=lambda event: fields.moment(str(event["eventTime"]), ()))


def _record(events: list[Event], key: str, names: Mapping[str, str], age: RecordsAge) -> RecordAnswer:
    if not events:
        return RecordAnswer("absent", age=age)
    parts = parts_of(key)
    line: dict[str, Any] = {"key": key} | {name: parts[name] for name in ("gtin", "lot", "serial") if name in parts}
    ilmd = {_bare(name): value for event in events for name, value in _object(event, "ilmd").items()}
    line |= {own: text for own, theirs in ILMD.items() if (text := _first(ilmd, theirs))}
    if not line.get("product_name"):
        raise Wanting("product_name", "ilmd.cbvmda:" + ILMD["product_name"][0])
    gln = next((place for event in events for place in _places(event)), "")
    if not gln:
        raise Wanting("facility_id", "bizLocation.id | readPoint.id")
    line |= {"facility_id": gln, "production_place_gln": gln, "status": _status(events)}
    line["events"] = [_told(event) for event in events]
    last = fields.moment(str(events[-1]["eventTime"]), ())
    line |= {"version": int(last.timestamp() * 1000), "updated_at": last.isoformat()}
    facility = {"facility_id": gln, "name": names[gln], "gln": gln} if gln in names else None
    return RecordAnswer("found", lines.lot(line), lines.facility(facility) if facility else None, None, age)


def _status(events: list[Event]) -> str:
    """By the last event that says how the goods are; a recall stands whatever came after."""
    told = [_bare(str(event["disposition"])) for event in events if event.get("disposition")]
    if "recalled" in told:
        return "recalled"
    return STATUSES.get(told[-1], "active") if told else "active"


def _told(event: Event) -> dict[str, str]:
    at = fields.moment(str(event["eventTime"]), ())
    step = _bare(str(event.get("bizStep") or event.get("type") or ""))
    place = next(iter(_places(event)), "")
    return {"type": step[:60], "at": local_day(at).isoformat()} | ({"place_gln": place} if place else {})


def _places(event: Event) -> list[str]:
    """The GLNs of where it happened: the business location first."""
    texts = [str(_object(event, name).get("id", "")) for name in ("bizLocation", "readPoint")]
    return [found[1] for text in texts if (found := GLN.search(text)) and is_digits(found[1])]


def _object(event: Event, name: str) -> Mapping[str, Any]:
    found = event.get(name)
    return found if isinstance(found, Mapping) else {}


def _first(ilmd: Mapping[str, Any], names: Iterable[str]) -> str | None:
    for name in names:
        value = ilmd.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        text = fields.written(value.get("@value") if isinstance(value, Mapping) else value)
        if text:
            return text[:10] if name.lower().endswith("date") else text
    return None


def _bare(name: str) -> str:
    """A CBV word without its prefix or address: ``cbvmda:lotNumber``, ``https://ref.gs1.org/cbv/Disp-recalled``."""
    last = re.split(r"[:/]", name)[-1]
    return re.sub(r"^(?:Disp|BizStep)-", "", last)
