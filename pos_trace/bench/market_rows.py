"""One stall's night copied to every stall and day of a market, by the models' own columns, in SQL: SQLite only."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Column, Date, Table, text
from sqlalchemy.orm import Session

from pos_trace.store.base import Base
from pos_trace.store.types import Id, UtcDateTime

OF_STALL: Final = ("party", "product", "supplier_goods")
OF_NIGHT: Final = (
    *("delivery", "scan", "delivery_line", "paper", "paper_link", "verdict", "flag", "stock_lot", "stock_movement"),
    *("sale", "sale_line", "lot_allocation", "receipt", "transfer", "transfer_line", "hand_over", "print_job"),
    "outbox_message",
)
OF_CASE: Final = ("case_file", "case_event", "case_line")
STALL_WIDE: Final = frozenset({"product_id", "party_id", "supplier_id"})
SAME_EVERYWHERE: Final = frozenset({"site_id", "device_id", "printer_id", "agency_id", "arrival_id"})
UNIQUE: Final = frozenset({"ack_number", "external_id", "group_key"})
CASE_EVERY: Final = 10
OLD_AFTER_DAYS: Final = 2
CONCLUDED_AFTER_DAYS: Final = 10


def spread(session: Session, site_id: str, pattern: str, stalls: Iterable[str], days: int) -> None:
    """Copy what stall ``pattern`` did in one night to every one of ``stalls`` and to ``days`` nights in all, its own
    earlier ones too. Deterministic: a copy's ids are the pattern's with other first digits, its times whole days
    earlier. One night in ten brings cases. Old lots are sold out, old questions answered, old cases concluded.
    """
    _copies(session, pattern, list(stalls), days)
    for name in OF_STALL:
        _copy(session, Base.metadata.tables[name], site_id, pattern, "day = 0 AND stall_no > 0")
    for name in OF_NIGHT:
        _copy(session, Base.metadata.tables[name], site_id, pattern, "TRUE")
    spread_cases(session, site_id, pattern)
    _age(session, site_id)


def spread_cases(session: Session, site_id: str, pattern: str, copies: tuple[list[str], int] | None = None) -> None:
    """The cases alone: at a station after its nights, or at the province (``copies``: stalls, days)."""
    if copies is not None:
        _copies(session, pattern, *copies)
    some = f"(stall_no + day) % {CASE_EVERY} = 0"
    for name in OF_CASE:
        _copy(session, Base.metadata.tables[name], site_id, pattern, some)
    old = {"days": f"-{CONCLUDED_AFTER_DAYS} days"}
    session.execute(
        text(
            "UPDATE case_file SET state = 'concluded', outcome = 'complies', origin_finding = 'cleared', due_on = NULL"
            " WHERE opened_at < (SELECT datetime(max(opened_at), :days) FROM case_file)"
        ),
        old,
    )


def _copies(session: Session, pattern: str, stalls: list[str], days: int) -> None:
    """The copies to make: which stall, how many days earlier. ``n`` starts at 1; 0 would be the pattern itself."""
    session.execute(text("DROP TABLE IF EXISTS temp.copy_of"))
    session.execute(text("CREATE TEMP TABLE copy_of (n INTEGER, stall_no INTEGER, stall_id TEXT, day INTEGER)"))
    everybody = [pattern, *(stall for stall in stalls if stall != pattern)]
    made = [
        {"n": (days - day) * len(everybody) + number, "no": number, "stall": stall, "day": day}
        for day in range(days)
        for number, stall in enumerate(everybody)
        if (number, day) != (0, 0)
    ]
    session.execute(text("INSERT INTO temp.copy_of VALUES (:n, :no, :stall, :day)"), made)


def _copy(session: Session, table: Table, site_id: str, pattern: str, which: str) -> None:
    names = [column.name for column in table.columns]
    told = ", ".join(_copied(table, column) for column in table.columns)
    own = "AND t.stall_id = :pattern" if "stall_id" in names else ""
    statement = (
        f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {told} FROM"  # noqa: S608 – the models' own names
        f" (SELECT * FROM {table.name} t WHERE t.site_id = :site {own}) AS t"
        f" CROSS JOIN (SELECT * FROM temp.copy_of WHERE {which}) AS c"
    )
    session.execute(text(statement), {"site": site_id, "pattern": pattern} if own else {"site": site_id})


def _copied(table: Table, column: Column[object]) -> str:
    """What a copy holds in one column."""
    name = column.name
    if name == "stall_id":
        return "c.stall_id"
    if name == "token":
        return "printf('%07X', c.n) || substr(t.token, 8)"
    if name in UNIQUE or (table.name, name) == ("paper", "number"):
        return f"printf('%X-', c.n) || t.{name}"
    if isinstance(column.type, UtcDateTime):
        return f"strftime('%Y-%m-%d %H:%M:%f000', t.{name}, '-' || c.day || ' days')"
    if isinstance(column.type, Date):
        return f"date(t.{name}, '-' || c.day || ' days')"
    if isinstance(column.type, Id) and (name == "id" or name.endswith("_id")) and name not in SAME_EVERYWHERE:
        number = "c.stall_no" if name in STALL_WIDE or (name == "id" and table.name in OF_STALL) else "c.n"
        return f"CASE WHEN {number} = 0 THEN t.{name} ELSE printf('%08x', {number}) || substr(t.{name}, 9) END"
    return f"t.{name}"


def _age(session: Session, site_id: str) -> None:
    newest: datetime = session.execute(text("SELECT max(received_at) FROM stock_lot")).scalar_one()
    told = {"site": site_id, "newest": newest, "days": f"-{OLD_AFTER_DAYS} days"}
    session.execute(
        text(
            "UPDATE stock_lot SET state = 'closed', state_reason = 'sold_out', on_hand = 0, closed_at = received_at"
            " WHERE site_id = :site AND received_at < datetime(:newest, :days)"
        ),
        told,
    )
    session.execute(
        text("UPDATE flag SET state = 'answered', answered_at = due_at WHERE site_id = :site AND state = 'open'"
             " AND created_at < datetime(:newest, :days)"),
        told,
    )  # fmt: skip
