"""One object of somebody else's JSON into a line of ours (CONTRACTS, Files); what is missing is told by its name."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

from pos_trace.adapters.provinces import fields, lines
from pos_trace.adapters.provinces.fields import Wanting
from pos_trace.adapters.provinces.told import Value
from pos_trace.core.codes.build import key_of
from pos_trace.core.codes.digits import is_digits

DAYS: Final = frozenset({*lines.DATES, "issued", "expires", "valid_to", "document_date"})
MOMENTS: Final = frozenset({"updated_at", "issued_at", "at"})
NUMBERS: Final = frozenset({"net_quantity"})
TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}
LISTS: Final = frozenset({"keys", "lots", "collect_at"})
NEEDED: Final = {
    "lot": ("key", "product_name", "facility_id", "status"),
    "versioned": ("version",),
    "recall": ("recall_id", "issued_at"),
    "conclusion": ("case_id", "at", "outcome", "origin_finding", "reason"),
}
GROUPED: Final = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?|-?\d+,\d+")
Line = dict[str, Any]


def record(told: Mapping[str, Value], source: Any) -> dict[str, Line]:
    """The values of ``source`` by what they belong to: ``""`` (the lot itself), ``facility``, ``recall``.

    Raises ``Wanting`` with the name of a field that is missing or unreadable.
    """
    made: dict[str, Line] = {"": {}}
    for name, value in told.items():
        owner, _, own = name.rpartition(".")
        found = read(own, value, source, name)
        if found is not None:
            made.setdefault(owner, {})[own] = found
    return made


def required(what: str, line: Line, told: Mapping[str, Value], prefix: str = "") -> None:
    """Raises ``Wanting`` for the first field that a line of ``what`` cannot be without; ``prefix``: of its names."""
    for own in NEEDED[what]:
        if not line.get(own):
            raise Wanting(f"{prefix}{own}", _where(told.get(f"{prefix}{own}")))


def read(own: str, value: Value, source: Any, name: str) -> Any:
    """One value as a line of ours writes it; None when it is not there and nothing stands for it."""
    if value.value is not None:
        return _shaped(own, value.value, value, name)
    for path in value.path:
        steps = fields.parse(path)
        if own in LISTS:
            listed = [text for one in fields.every(source, steps) for text in _texts(one)]
            if listed:
                return listed
            continue
        found = fields.first(source, steps)
        if value.each and isinstance(found, list):
            return [_members(value, one, name) for one in found]
        text = None if found is fields.MISSING else fields.written(found)
        if text:
            return _shaped(own, _translated(value, text, name), value, name)
    return None if value.default is None else _shaped(own, value.default, value, name)


def _members(value: Value, one: Any, name: str) -> Line:
    made = {own: read(own, part, one, f"{name}.{own}") for own, part in value.each.items()}
    return {own: found for own, found in made.items() if found is not None}


def _translated(value: Value, text: str, name: str) -> str:
    if not value.values:
        return text
    if text in value.values:
        return value.values[text]
    if value.other is None:
        raise Wanting(name, _where(value), f"từ '{text[:40]}' chưa có trong bảng values của")
    return value.other


def _shaped(own: str, text: str, value: Value, name: str) -> Any:
    """A text as its field is written with us: dates ISO, numbers with a point, truths as such."""
    try:
        if own in DAYS:
            return fields.day(text, value.formats).isoformat()
        if own in MOMENTS:
            return fields.moment(text, value.formats).isoformat(timespec="microseconds")
        if own == "version":
            return whole(text, value.formats)
        if own == "is_individual":
            return TRUTHS[text.lower()]
        return number(text) if own in NUMBERS else text
    except (KeyError, ValueError) as error:
        raise Wanting(name, _where(value), f"không đọc được ({error})") from None


def whole(text: str, formats: tuple[str, ...]) -> int:
    """A version: a whole number, or with ``formats`` a time in thousandths of a second since 1970."""
    if formats:
        return int(fields.moment(text, formats).timestamp() * 1000)
    made = int(text)
    if not 0 <= made < 2**62:
        raise ValueError("cần số nguyên không âm")
    return made


def number(text: str) -> str:
    """A decimal as JSON writes it: ``1.250,5`` and ``12,5`` are Vietnamese, ``1250.5`` is not changed."""
    return text.replace(".", "").replace(",", ".") if GROUPED.fullmatch(text) and "," in text else text


def _texts(one: Any) -> list[str]:
    many = one if isinstance(one, list) else [one]
    return [text for item in many if (text := fields.written(item))]


def _where(value: Value | None) -> str:
    return " | ".join(value.path) if value is not None else ""


def parts_of(key: str) -> dict[str, str]:
    """What a key is made of: its raw form, as Digital Link, and each part decoded; parts it lacks are left out."""
    made = {"key": key}
    if ":" in key.split("/", 1)[0]:
        scheme, _, code = key.partition(":")
        return made | {"scheme": unquote(scheme), "code": unquote(code)}
    pairs = key.split("/")
    names = {"00": "sscc", "01": "gtin", "10": "lot", "21": "serial"}
    for ai, text in zip(pairs[::2], pairs[1::2], strict=False):
        if ai in names:
            made[names[ai]] = unquote(text)
    return made | {"link": key}


def key_from(line: Mapping[str, Any]) -> str | None:
    """The key of a lot line that told none, by its GTIN, lot and serial; None without a GTIN."""
    gtin = line.get("gtin")
    if not isinstance(gtin, str) or not is_digits(gtin) or len(gtin) > 14:
        return None
    pairs = (("01", gtin), ("10", line.get("lot")), ("21", line.get("serial")))
    return key_of(tuple((ai, str(text)) for ai, text in pairs if text))
