"""Lot lines of feeds and snapshots, read strictly and once: the values of a lot in the order of ``LotRecord``.

``read`` gives them typed, for the table; ``read_stored`` as SQLite keeps them, for a file of a million: there the same
days, times and quantities come again and again, so each text is read once.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, get_args

import orjson

from pos_trace.core.records import LotRecord, LotStatus
from pos_trace.store import feed_lines
from pos_trace.store.models import LotRecordRow
from pos_trace.store.types import THOUSAND

Line = Mapping[str, Any]
Reader = Callable[[Line, str], Any]
STATUSES: Final = frozenset(get_args(LotStatus))
NEEDED: Final = ("product_name", "facility_id", "status", "key")
COLUMNS: Final = tuple(member.name for member in fields(LotRecord))
DAYS: Final = ("production_date", "harvest_date", "pack_date", "best_before", "expiry_date")
KEY: Final = COLUMNS.index("key")
VERSION: Final = COLUMNS.index("version")


def _version(line: Line, _name: str) -> int:
    return feed_lines.version(line)


def _stored_json(reader: Reader, nothing: str | None) -> Reader:
    def stored(line: Line, name: str) -> str | None:
        return orjson.dumps(reader(line, name)).decode() if line.get(name) else nothing

    return stored


def _stored_text(reader: Callable[[str], Any]) -> Reader:
    """A value that its text alone decides, so that the text may be remembered; other types are read as they come."""
    remembered = lru_cache(maxsize=4096)(reader)

    def stored(line: Line, name: str) -> Any:
        value = line.get(name)
        if not value:
            return None
        return remembered(value) if type(value) is str else reader(value)

    return stored


def _day(value: Any) -> str | None:
    found = feed_lines.day({"day": value}, "day")
    return found.isoformat() if found else None


def _thousandths(value: Any) -> int | None:
    found = feed_lines.quantity({"quantity": value}, "quantity")
    return None if found is None else int(found * THOUSAND)


def _moment(value: Any) -> str | None:
    found: datetime | None = feed_lines.moment({"time": value}, "time")
    return found.strftime("%Y-%m-%d %H:%M:%S.%f") if found else None


TYPED: Final[Mapping[str, Reader]] = {
    **dict.fromkeys(DAYS, feed_lines.day),
    "net_quantity": feed_lines.quantity,
    "standards": feed_lines.entries,
    "events": feed_lines.entries,
    "importer": feed_lines.entry,
    "updated_at": feed_lines.moment,
    "version": _version,
}
STORED: Final[Mapping[str, Reader]] = {
    **{name: _stored_text(_day) for name in DAYS},
    "net_quantity": _stored_text(_thousandths),
    "standards": _stored_json(feed_lines.entries, "[]"),
    "events": _stored_json(feed_lines.entries, "[]"),
    "importer": _stored_json(feed_lines.entry, None),
    "updated_at": _stored_text(_moment),
    "version": _version,
}
TEXTS: Final = tuple(
    (place, name, int(getattr(LotRecordRow.__table__.c[name].type, "length", 0)))
    for place, name in enumerate(COLUMNS)
    if name not in TYPED
)
_TYPED: Final = tuple((place, name, TYPED[name]) for place, name in enumerate(COLUMNS) if name in TYPED)
_STORED: Final = tuple((place, name, STORED[name]) for place, name in enumerate(COLUMNS) if name in STORED)
_STATUS: Final = COLUMNS.index("status")


def read(line: Line) -> list[Any]:
    """The values of one lot line in the order of ``COLUMNS``, typed as their columns are.

    Raises ``ValueError`` for a line that lacks a required member or holds what does not fit.
    """
    return _read(line, _TYPED)


def read_stored(line: Line) -> list[Any]:
    """As ``read``, each value as SQLAlchemy keeps it in SQLite."""
    return _read(line, _STORED)


def _read(line: Line, others: tuple[tuple[int, str, Reader], ...]) -> list[Any]:
    values: list[Any] = [None] * len(COLUMNS)
    get = line.get
    for place, name, longest in TEXTS:
        value = get(name)
        if value is None:
            continue
        if type(value) is not str or len(value) > longest:
            raise ValueError(f"{name} is a text of at most {longest} signs")
        values[place] = value
    for name in NEEDED:
        if not get(name):
            raise ValueError(f"a lot line needs {name}")
    if values[_STATUS] not in STATUSES:
        raise ValueError(f"a lot is never {values[_STATUS][:40]!r}")
    for place, name, reader in others:
        values[place] = reader(line, name)
    return values
