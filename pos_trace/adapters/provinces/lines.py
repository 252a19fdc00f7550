"""Lot, facility and recall lines (CONTRACTS, Files) into core's records; a wrong shape raises ValueError."""

from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

import orjson

from pos_trace.core.records import Certificate, Facility, LotRecord, LotStatus, Recall

DATES = ("production_date", "harvest_date", "pack_date", "best_before", "expiry_date")
OBJECT_LISTS = ("standards", "events")
PLAIN = tuple(
    f.name
    for f in fields(LotRecord)
    if f.name not in {*DATES, *OBJECT_LISTS, "version", "net_quantity", "importer", "updated_at", "status"}
)
REQUIRED = ("key", "product_name", "facility_id")


def dump(value: Any) -> bytes:
    """JSON bytes with sorted keys."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def lot(line: Any) -> LotRecord:
    """The record of a lot line; unknown members are left out."""
    line = _object(line)
    found: dict[str, Any] = {name: _text(line.get(name)) for name in PLAIN}
    if not all(found[name] for name in REQUIRED) or line.get("status") not in get_args(LotStatus):
        raise ValueError("a lot line needs key, product_name, facility_id and a known status")
    found |= {name: _date(line.get(name)) for name in DATES}
    found |= {name: tuple(_texts(item) for item in line.get(name) or ()) for name in OBJECT_LISTS}
    found["status"] = line["status"]
    found["version"] = _integer(line.get("version"))
    found["net_quantity"] = _decimal(line.get("net_quantity"))
    found["importer"] = _texts(line["importer"]) if line.get("importer") else None
    found["updated_at"] = _moment(line["updated_at"]) if line.get("updated_at") else None
    return LotRecord(**found)


def facility(line: Any) -> Facility:
    """The facility of a facility line, with its certificates."""
    line = _object(line)
    if not line.get("facility_id") or not line.get("name"):
        raise ValueError("a facility line needs facility_id and name")
    texts = ("business_code", "tax_code", "gln", "address", "commune", "province", "trace_system")
    return Facility(
        facility_id=str(_text(line["facility_id"])),
        name=str(_text(line["name"])),
        type=_text(line.get("type")) or "",
        is_individual=line.get("is_individual") is True,
        certificates=tuple(_certificate(item) for item in line.get("certificates") or ()),
        status=_text(line.get("status")) or "active",
        version=_integer(line.get("version", 0)),
        **{name: _text(line.get(name)) for name in texts},
    )


def recall(line: Any) -> Recall:
    """The recall of a recall line: by keys, or by GTIN and lots."""
    line = _object(line)
    if not line.get("recall_id") or not (line.get("keys") or line.get("gtin")):
        raise ValueError("a recall line needs recall_id and keys or gtin")
    return Recall(
        recall_id=str(_text(line["recall_id"])),
        reason=_text(line.get("reason")) or "",
        issued_at=_moment(line.get("issued_at")),
        issuer=_text(line.get("issuer")) or "",
        keys=tuple(str(_text(key)) for key in line.get("keys") or ()),
        gtin=_text(line.get("gtin")),
        lots=tuple(str(_text(name)) for name in line.get("lots") or ()),
        level=_text(line.get("level")) or "",
        instructions=_text(line.get("instructions")) or "",
        collect_at=tuple(str(_text(place)) for place in line.get("collect_at") or ()),
        status=_text(line.get("status")) or "active",
    )


def _certificate(item: Any) -> Certificate:
    item = _object(item)
    return Certificate(
        kind=_text(item.get("kind")) or "",
        number=_text(item.get("number")),
        issuer=_text(item.get("issuer")),
        issued=_date(item.get("issued")),
        expires=_date(item.get("expires")),
    )


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("expected an object")
    return value


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise ValueError(f"expected text, got {type(value).__name__}")


def _texts(value: Any) -> dict[str, str]:
    return {str(name): str(item) for name, item in _object(value).items() if item is not None}


def _integer(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("expected an integer")


def _decimal(value: Any) -> Decimal | None:
    if value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("expected a number") from None
    if not number.is_finite():
        raise ValueError("expected a finite number")
    return number


def _date(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(str(_text(value)))


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(str(_text(value)))
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return moment.astimezone(UTC)
