"""Column types: exact integers and UTC in the raw database, floats and naive times refused; ids that sort by time."""

import math
import re
import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from pos_trace.store.base import Base
from pos_trace.store.database import Database
from pos_trace.store.models import OutboxMessage, Product
from pos_trace.store.types import EPOCH, Dong, Json, Quantity, UtcDateTime, jsonable, new_id
from tests.store.children import BEGIN

HANOI = timezone(timedelta(hours=7))
PRODUCT = Base.metadata.tables[Product.__tablename__]
WITH_FILES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
QUANTITIES = st.decimals(min_value=-(10**12), max_value=10**12, places=3, allow_nan=False, allow_infinity=False)
NAIVE = BEGIN.replace(tzinfo=None)
TIMES = st.datetimes(NAIVE.replace(year=1971), NAIVE.replace(year=2200))
TEXT_OF_UTC = "to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"

PLAIN = {"site_id": "s", "id": "p", "stall_id": "a", "created_at": BEGIN, "name": "x", "folded": "x", "unit": "kg"}


def put(session: Session, **values: Any) -> None:
    session.execute(PRODUCT.delete())
    session.execute(insert(PRODUCT).values(**PLAIN | values))


def raw(session: Session, name: str) -> Any:
    return session.execute(text(f"SELECT {name} FROM product")).scalar_one()


def round_trip(database: Database, name: str, value: Any) -> tuple[Any, Any]:
    """What the database itself holds, and what comes back."""
    with database.write() as session:
        put(session, **{name: value})
        return raw(session, name), session.execute(select(PRODUCT.c[name])).scalar_one()


@WITH_FILES
@given(amount=QUANTITIES)
def test_quantities_are_thousandths_in_the_raw_database(sqlite_database: Database, amount: Decimal) -> None:
    held, back = round_trip(sqlite_database, "content_kg", amount)
    assert type(held) is int
    assert held == amount.scaleb(3)
    assert back == amount
    assert back.as_tuple().exponent == -3


@pytest.mark.parametrize(
    ("amount", "held"),
    [(Decimal("0.001"), 1), (Decimal("-12.5"), -12500), (Decimal("1E+3"), 1_000_000), (7, 7000), (Decimal(0), 0)],
)
def test_both_databases_hold_thousandths(database: Database, amount: Decimal, held: int) -> None:
    assert round_trip(database, "content_kg", amount) == (held, Decimal(amount))


@pytest.mark.parametrize("amount", [-(2**63) + 1, -1, 0, 19_000, 2**63 - 1])
def test_dong_are_integers_in_the_raw_database(database: Database, amount: int) -> None:
    held, back = round_trip(database, "unit_price", amount)
    assert (type(held), held, back) == (int, amount, amount)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("content_kg", 1.5, "not float"),
        ("content_kg", 2.0, "not float"),
        ("content_kg", "1.5", "not str"),
        ("content_kg", True, "not bool"),
        ("content_kg", Decimal("0.0005"), "more than three decimals"),
        ("content_kg", Decimal("0.0010000000000000000000000000000001"), "more than three decimals|does not fit"),
        ("content_kg", Decimal("NaN"), "more than three decimals"),
        ("content_kg", Decimal("Infinity"), "does not fit"),
        ("content_kg", Decimal(2**63) / 1000 + 1, "does not fit"),
        ("content_kg", Decimal("1E+40"), "does not fit"),
        ("unit_price", 1.0, "not float"),
        ("unit_price", Decimal(1), "not Decimal"),
        ("unit_price", True, "not bool"),
        ("unit_price", 2**63, "does not fit"),
        ("created_at", NAIVE, "without a zone"),
    ],
)
def test_what_a_column_cannot_hold_exactly_is_refused(
    sqlite_database: Database, name: str, value: Any, why: str
) -> None:
    with pytest.raises(StatementError, match=why):
        round_trip(sqlite_database, name, value)
    with sqlite_database.read() as session:
        assert session.execute(select(PRODUCT)).first() is None


@pytest.mark.parametrize("name", ["content_kg", "unit_price"])
def test_nothing_stays_nothing(database: Database, name: str) -> None:
    assert round_trip(database, name, None) == (None, None)


def test_a_sum_of_quantities_in_the_database_is_exact(database: Database) -> None:
    with database.write() as session:
        for name in "abc":
            session.execute(insert(PRODUCT).values(**PLAIN | {"id": name, "content_kg": Decimal("0.1")}))
        assert session.execute(select(func.sum(PRODUCT.c.content_kg))).scalar_one() == Decimal("0.300")


@WITH_FILES
@given(moment=TIMES, minutes=st.integers(-14 * 60, 14 * 60))
def test_times_come_back_as_the_same_moment_in_utc(sqlite_database: Database, moment: datetime, minutes: int) -> None:
    told = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    held, back = round_trip(sqlite_database, "created_at", told)
    assert back == told
    assert back.utcoffset() == timedelta(0)
    assert held == f"{told.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def test_both_databases_keep_utc(database: Database) -> None:
    told = datetime(2026, 11, 25, 2, 31, 0, 123456, tzinfo=HANOI)
    with database.write() as session:
        put(session, created_at=told)
        asked = (
            "created_at" if database.is_sqlite else "to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        )
        assert raw(session, asked) == "2026-11-24 19:31:00.123456"
        back = session.execute(select(PRODUCT.c.created_at)).scalar_one()
    assert (back, back.tzinfo) == (told, UTC)


def bound(kind: Any, value: Any) -> Any:
    return kind().process_bind_param(value, None)


@pytest.mark.parametrize("value", [1.5, math.nan, {"a": {"b": [1, 2.0]}}, [[{"x": 0.1}]], (1.0,)])
def test_no_float_hides_in_json(value: Any) -> None:
    with pytest.raises(TypeError, match="no float"):
        bound(Json, value)


@pytest.mark.parametrize("value", [None, {}, [], {"a": [1, "x", None, True, {"b": "1.5"}]}, "x", 3])
def test_json_without_floats_is_left_alone(value: Any) -> None:
    assert bound(Json, value) is value


def json_back(database: Database, value: Any) -> Any:
    """What comes back from a JSON column."""
    table: Table = Base.metadata.tables[OutboxMessage.__tablename__]
    told = {"site_id": "s", "id": "m", "created_at": BEGIN, "destination": "d", "kind": "k", "group_key": "g", "seq": 1}
    told |= {"body": b"", "sha256": "", "plain": "", "state": "done", "attempts": 0, "next_at": BEGIN}
    with database.write() as session:
        session.execute(table.delete())
        session.execute(insert(table).values(**told, answer=value))
        return session.execute(select(table.c.answer)).scalar_one()


@pytest.mark.parametrize("value", [{"tên": "cà chua", "n": 2**60, "deep": [{"a": None}]}, {}, None])
def test_json_comes_back_as_it_went(database: Database, value: Any) -> None:
    assert json_back(database, value) == value


@pytest.mark.parametrize("value", [{"x": 1.5}, {"x": Decimal(1)}, {"at": BEGIN}])
def test_json_that_is_none_is_refused_by_the_column(database: Database, value: Any) -> None:
    with pytest.raises(StatementError):
        json_back(database, value)


@pytest.mark.parametrize("kind", [Quantity, Dong, UtcDateTime])
def test_types_leave_none_alone(kind: Any) -> None:
    assert bound(kind, None) is None


def test_a_naive_time_is_refused_on_its_way_to_json_too() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        jsonable({"at": NAIVE})


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("0.500"), "0.500"),
        (date(2026, 11, 25), "2026-11-25"),
        (datetime(2026, 11, 25, 2, 31, tzinfo=HANOI), "2026-11-24T19:31:00+00:00"),
        ((1, [Decimal(2)]), [1, ["2"]]),
        ({1: {"x": date(2026, 1, 1)}}, {"1": {"x": "2026-01-01"}}),
        ("x", "x"),
        (None, None),
    ],
)
def test_decimals_times_and_days_as_json_text(value: Any, told: Any) -> None:
    assert jsonable(value) == told


@given(moment=TIMES)
def test_ids_are_version_7_of_their_millisecond(moment: datetime) -> None:
    made = new_id(moment.replace(tzinfo=UTC))
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", made)
    assert uuid.UUID(made).version == 7
    assert int(made.replace("-", "")[:12], 16) == (moment.replace(tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)


@given(moment=TIMES, later=st.integers(1, 10**9), noise=st.binary(min_size=16, max_size=16))
def test_a_later_microsecond_sorts_later_whatever_the_noise(moment: datetime, later: int, noise: bytes) -> None:
    first = moment.replace(tzinfo=UTC)
    one = new_id(first, lambda _: noise[:8])
    assert one < new_id(first + timedelta(microseconds=later), lambda _: noise[8:])


@given(moment=TIMES, count=st.integers(0, 4094), noise=st.binary(min_size=16, max_size=16))
def test_ids_of_one_moment_sort_as_they_are_counted(moment: datetime, count: int, noise: bytes) -> None:
    at = moment.replace(tzinfo=UTC)
    assert new_id(at, lambda _: noise[:8], count) < new_id(at, lambda _: noise[8:], count + 1)


def test_many_ids_of_one_moment_are_all_different() -> None:
    assert len({new_id(BEGIN) for _ in range(20_000)}) == 20_000
