"""Lot lines of feeds and snapshots, read strictly and once: the values of a lot in the order of ``LotRecord``."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final, get_args

from pos_trace.core.records import LotRecord, LotStatus
from pos_trace.store import feed_lines
from pos_trace.store.models import LotRecordRow

STATUSES: Final = frozenset(get_args(LotStatus))
NEEDED: Final = ("key", "product_name", "facility_id", "status")
COLUMNS: Final = tuple(member.name for member in fields(LotRecord))
READERS: Final[Mapping[str, Callable[[Mapping[str, Any], str], Any]]] = {
    **dict.fromkeys(("production_date", "harvest_date", "pack_date", "best_before", "expiry_date"), feed_lines.day),
    "net_quantity": feed_lines.quantity,
    "standards": feed_lines.entries,
    "events": feed_lines.entries,
    "importer": feed_lines.entry,
    "updated_at": feed_lines.moment,
    "version": lambda line, _: feed_lines.version(line),
}
TEXTS: Final = tuple(
    (place, name, int(getattr(LotRecordRow.__table__.c[name].type, "length", 0)))
    for place, name in enumerate(COLUMNS)
    if name not in READERS
)
OTHERS: Final = tuple((place, name, READERS[name]) for place, name in enumerate(COLUMNS) if name in READERS)


def read(line: Mapping[str, Any]) -> list[Any]:
    """The values of one lot line in the order of ``COLUMNS``, typed as their columns are.

    Raises ``ValueError`` for a line that lacks a required member or holds what does not fit.
    """
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
    for place, name, reader in OTHERS:
        values[place] = reader(line, name)
    return values


_STATUS: Final = COLUMNS.index("status")
KEY: Final = COLUMNS.index("key")
VERSION: Final = COLUMNS.index("version")
