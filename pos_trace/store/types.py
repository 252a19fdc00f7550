"""Column types that keep their promise on both databases: thousandths, đồng, UTC times, ids, JSON."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, String, TypeDecorator

THOUSAND = Decimal(1000)
MILLI = Decimal("0.001")
BIGGEST = 2**63 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
ID_LENGTH = 36


class Id(String):
    """A UUIDv7 in its usual 36 signs."""

    def __init__(self) -> None:
        super().__init__(ID_LENGTH)


class Quantity(TypeDecorator[Decimal]):
    """A Decimal with at most three decimals, stored as an integer of thousandths (SQLite ``Numeric`` is float)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """Thousandths. Raises ``TypeError`` for a float, ``ValueError`` for what does not fit."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (Decimal, int)):
            raise TypeError(f"a quantity is a Decimal, not {type(value).__name__}")
        try:
            exact = Decimal(value).quantize(MILLI)
        except InvalidOperation:
            raise ValueError(f"quantity {value} does not fit") from None
        if exact != value:
            raise ValueError(f"quantity {value} has more than three decimals")
        return _fits(int(exact * THOUSAND))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """The Decimal, always with three decimals."""
        return None if value is None else (Decimal(value) / THOUSAND).quantize(MILLI)


class Dong(TypeDecorator[int]):
    """Whole đồng; SQLite would keep a float in an integer column without a word."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """The integer. Raises ``TypeError`` for anything else, ``ValueError`` for what does not fit."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"đồng are whole numbers, not {type(value).__name__}")
        return _fits(value)


class Json(TypeDecorator[Any]):
    """JSON without floats: quantities and times stand in it as text, đồng as integers."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """``value`` unchanged. Raises ``TypeError`` for a float, a Decimal or a time anywhere in it."""
        _only_json(value)
        return value

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """What stands right of an operator is typed as JSON itself would."""
        return self.impl_instance.coerce_compared_value(op, value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, stored and returned in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _fits(value: int) -> int:
    if not -BIGGEST <= value <= BIGGEST:
        raise ValueError(f"{value} does not fit in 64 bits")
    return value


def _only_json(value: Any) -> None:
    if value is None or isinstance(value, (str, int)):
        return
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        raise TypeError(f"JSON here holds no {type(value).__name__}: {value!r}"[:200])
    for item in value:
        _only_json(item)


def new_id(now: datetime, random: Callable[[int], bytes] = os.urandom, count: int = 0) -> str:
    """A UUIDv7 (RFC 9562): 48 bits of ``now`` in milliseconds, 12 bits below it, 12 of ``count``, 50 random bits.

    ``count`` numbers the ids of one transaction, which all happen at one ``now``: they sort as they were made.
    """
    micros = (now - EPOCH) // MICROSECOND  # whole numbers: a float loses the last microsecond
    millis, below = divmod(micros, 1000)
    fraction = (below << 12) // 1000
    tail = (count & 0xFFF) << 50 | int.from_bytes(random(8), "big") & ((1 << 50) - 1)
    value = (millis & ((1 << 48) - 1)) << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | tail
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def jsonable(value: Any) -> Any:
    """``value`` with Decimals as plain text and times as ISO text in UTC, for JSON columns.

    Raises ``ValueError`` for a time without a zone; what else JSON cannot hold, floats among it, its column refuses.
    """
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(k): jsonable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(v) for v in value]
    return value
