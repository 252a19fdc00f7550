"""Fields of a province's feed line, read strictly: whatever does not fit its column is a ``ValueError``."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from pos_trace.store.types import BIGGEST, MILLI, THOUSAND

Line = Mapping[str, Any]


def needed(line: Line, name: str) -> Any:
    """A field that may not be missing or empty."""
    value = line.get(name)
    if value is None or value == "":
        raise ValueError(f"a {line.get('kind', 'feed')} line needs {name}")
    return value


def version(line: Line) -> int:
    """The line's version, a whole number from 0."""
    value = needed(line, "version")
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= BIGGEST:
        raise ValueError("version is a whole number")
    return value


def text(line: Line, name: str, longest: int | None) -> str | None:
    """A text no longer than its column, or None."""
    value = line.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or (longest is not None and len(value) > longest):
        raise ValueError(f"{name} is a text of at most {longest} signs")
    return value


def items(line: Line, name: str) -> list[Any]:
    """A list; missing is empty."""
    value = line.get(name)
    if value is None:
        return []
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"{name} is a list")
    return list(value)


def entries(line: Line, name: str) -> list[dict[str, Any]]:
    """A list of objects; missing is empty."""
    found = items(line, name)
    if not all(isinstance(item, dict) for item in found):
        raise ValueError(f"{name} is a list of objects")
    return [_kept(item) for item in found]


def entry(line: Line, name: str) -> dict[str, Any] | None:
    """An object, or None."""
    value = line.get(name)
    if value is not None and not isinstance(value, dict):
        raise ValueError(f"{name} is an object")
    return None if value is None else _kept(value)


def _kept(value: Any) -> Any:
    """What a province added of its own is kept; a broken number as its text, since no column holds floats."""
    if isinstance(value, dict):
        return {name: _kept(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_kept(item) for item in value]
    return repr(value) if isinstance(value, float) else value


def texts(line: Line, name: str) -> list[str]:
    """A list of texts; missing is empty."""
    found = items(line, name)
    if not all(isinstance(item, str) and item for item in found):
        raise ValueError(f"{name} is a list of texts")
    return found


def quantity(line: Line, name: str) -> Decimal | None:
    """A decimal text with at most three decimals, or None."""
    value = line.get(name)
    if value is None:
        return None
    try:
        amount = Decimal(str(value))
        exact = amount.quantize(MILLI)
    except InvalidOperation:
        raise ValueError(f"{name} is no quantity") from None
    if exact != amount or abs(exact * THOUSAND) > BIGGEST:
        raise ValueError(f"{name} has at most three decimals")
    return exact


def day(line: Line, name: str) -> date | None:
    """An ISO day, or None."""
    value = line.get(name)
    if not value:
        return None
    if not isinstance(value, str):
        raise ValueError(f"{name} is a day")
    return date.fromisoformat(value)


def moment(line: Line, name: str) -> datetime | None:
    """An ISO time in UTC, or None; one without a zone is taken as UTC."""
    value = line.get(name)
    if not value:
        return None
    if not isinstance(value, str):
        raise ValueError(f"{name} is a time")
    found = datetime.fromisoformat(value)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
