"""What a scanned text turned out to be: the value every reading ends in (CONTRACTS, ``parse`` result)."""

import re
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

Outcome = Literal["ok", "unreadable", "ambiguous", "not_trace_code"]
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ScannedCode:
    """One reading. ``key`` is what records are kept under; a GTIN without lot has ``01/<gtin14>``.

    ``reason`` says why it is no trace code or unreadable; ``candidates`` are element strings, in brackets, that a
    text with lost separators may have been.
    """

    raw: str
    outcome: Outcome
    kind: str
    elements: Pairs = ()
    key: str | None = None
    gtin: str | None = None
    lot: str | None = None
    serial: str | None = None
    sscc: str | None = None
    expiry: date | None = None
    production_date: date | None = None
    best_before: date | None = None
    net_weight_kg: Decimal | None = None
    origin_country: str | None = None
    host: str | None = None
    code: str | None = None
    warnings: tuple[str, ...] = ()
    reason: str | None = None
    candidates: tuple[str, ...] = ()


# Signs that JSON, UTF-8 or a database cannot hold: halves of surrogate pairs (Python's stand-in for bytes that are no
# UTF-8) and NUL, which PostgreSQL refuses.
UNWRITABLE: Final = re.compile("[\ud800-\udfff\x00]")


def as_json(code: ScannedCode) -> dict[str, Any]:
    """The contract's JSON: dates ISO, weights decimal strings, absent null, unwritable signs as U+FFFD."""
    return {field.name: _plain(getattr(code, field.name)) for field in fields(code)}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return UNWRITABLE.sub("\ufffd", value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def unreadable(raw: str, kind: str, reason: str, warnings: tuple[str, ...] = (), **more: Any) -> ScannedCode:
    """A reading that means nothing safe: scan again."""
    return ScannedCode(raw, "unreadable", kind, warnings=warnings, reason=reason, **more)


def not_trace(raw: str, kind: str, reason: str, **more: Any) -> ScannedCode:
    """A readable code that names no goods."""
    return ScannedCode(raw, "not_trace_code", kind, reason=reason, **more)
