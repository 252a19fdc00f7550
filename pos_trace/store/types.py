"""Column types that keep their promise on both databases: thousandths, đồng, UTC times, ids, JSON."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, String, TypeDecorator

THOUSAND = Decimal(1000)
MILLI = Decimal("0.001")
ID_LENGTH = 36


class Id(String):
    """A UUIDv7 in its usual 36 signs."""

    def __init__(self) -> None:
        super().__init__(ID_LENGTH)


class Quantity(TypeDecorator[Decimal]):
    """A Decimal with at most three decimals, stored as an integer of thousandths (SQLite ``Numeric`` is float)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value) * THOUSAND
        if scaled != scaled.to_integral_value():
            raise ValueError(f"quantity {value} has more than three decimals")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else (Decimal(value) / THOUSAND).quantize(MILLI)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, stored and returned in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON
Dong = BigInteger


def new_id(now: datetime, random: Callable[[int], bytes] = os.urandom, count: int = 0) -> str:
    """A UUIDv7 (RFC 9562): 48 bits of ``now`` in milliseconds, 12 bits below it, 12 of ``count``, 50 random bits.

    ``count`` numbers the ids of one transaction, which all happen at one ``now``: they sort as they were made.
    """
    micros = int(now.timestamp() * 1_000_000)
    millis, below = divmod(micros, 1000)
    fraction = (below << 12) // 1000
    tail = (count & 0xFFF) << 50 | int.from_bytes(random(8), "big") & ((1 << 50) - 1)
    value = (millis & ((1 << 48) - 1)) << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | tail
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def jsonable(value: Any) -> Any:
    """``value`` with Decimals as strings and times as ISO text, for JSON columns."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, dict):
        return {str(k): jsonable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(v) for v in value]
    return value
