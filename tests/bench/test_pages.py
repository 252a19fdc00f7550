"""``bench pages`` on a small market: copies hang together, every path is measured, a failing page stops it."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from pos_trace.app import build_node
from pos_trace.bench import market_night, market_rows, pages
from pos_trace.services.node import Node
from pos_trace.store import audit
from pos_trace.store.models import (
    Delivery,
    DeliveryLine,
    LotAllocation,
    Product,
    Receipt,
    Sale,
    SaleLine,
    Stall,
    StockLot,
    VerdictRow,
)
from tests.bench.test_parse import KEYS

STALLS, DAYS, THINGS = 3, 4, 2


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A station of three stalls × four nights."""
    node = build_node(pages._settings(tmp_path_factory.mktemp("bench"), "station", pages.SITE), None)
    ids = [market_night.add_stall(node, number, pages.NIGHT) for number in range(1, STALLS + 1)]
    keys = market_night.register_lots(node, THINGS, pages.NIGHT)
    market_night.play(node, ids[0], keys, pages.NIGHT)
    with node.db.write() as session:
        market_rows.spread(session, pages.SITE, ids[0], ids, DAYS)
    yield node
    node.db.close()


def test_every_stall_has_the_same_nights_one_a_day(station: Node) -> None:
    with station.db.read() as session:
        per_stall = select(Delivery.stall_id, func.date(Delivery.created_at), func.count())
        counts = session.execute(per_stall.group_by(Delivery.stall_id, func.date(Delivery.created_at))).all()
        assert len(counts) == STALLS * DAYS
        assert len({count for _, _, count in counts}) == 1
        assert session.scalar(select(func.count()).select_from(Stall)) == STALLS
        products = session.execute(select(Product.stall_id, func.count()).group_by(Product.stall_id)).all()
        assert len({count for _, count in products}) == 1


@pytest.mark.parametrize(
    ("child", "column", "parent"),
    [
        (DeliveryLine, DeliveryLine.delivery_id, Delivery),
        (DeliveryLine, DeliveryLine.product_id, Product),
        (DeliveryLine, DeliveryLine.verdict_id, VerdictRow),
        (StockLot, StockLot.line_id, DeliveryLine),
        (StockLot, StockLot.product_id, Product),
        (SaleLine, SaleLine.sale_id, Sale),
        (LotAllocation, LotAllocation.lot_id, StockLot),
        (Receipt, Receipt.sale_id, Sale),
    ],
    ids=lambda value: getattr(value, "__name__", getattr(value, "key", "")),
)
def test_a_copy_refers_to_its_own_stalls_rows(station: Node, child: Any, column: Any, parent: Any) -> None:
    with station.db.read() as session:
        stalls = {row.id: row.stall_id for row in session.scalars(select(parent))}
        told = session.execute(select(child.stall_id, column).where(column.is_not(None))).all()
    assert told
    assert all(stalls[other] == stall for stall, other in told)


def test_old_lots_are_sold_out_and_the_audit_chain_is_whole(station: Node) -> None:
    with station.db.read() as session:
        states = session.execute(select(StockLot.state, func.count()).group_by(StockLot.state)).all()
        assert {state for state, _ in states} >= {"closed", "sellable"}
        assert audit.verify(session, station.id, None).ok


def test_the_rows_have_the_contracts_shape_and_the_worst_comes_first() -> None:
    rows = pages.run(STALLS, 2, 1)
    assert all(set(row) == KEYS for row in rows)
    assert [row["name"] for row in rows] == ["p95_ms", *pages.OWNER, *pages.OFFICE, *pages.DESK]
    assert rows[0]["figure"] == max(row["figure"] for row in rows[1:])
    assert {(row["unit"], row["goal"], row["yardstick"]) for row in rows} == {("ms", 300, None)}


class Failing:
    """A browser that is shown an error."""

    status_code = 500

    def get(self, _path: str) -> "Failing":
        return self


def test_a_page_that_fails_is_no_figure() -> None:
    with pytest.raises(RuntimeError, match="/kho-hang: 500"):
        pages.measured([Failing()], "/kho-hang", 1)
    with pytest.raises(RuntimeError, match="log-in of nobody: 401"):
        pages._browser(_Refusing(), "nobody", "1")


class _Refusing:
    """An application that knows nobody."""

    text, status_code = 'name="csrf-token" content="x"', 401

    def test_client(self) -> "_Refusing":
        return self

    def get(self, _path: str) -> "_Refusing":
        return self

    def post(self, _path: str, data: dict[str, str]) -> "_Refusing":
        assert data["csrf_token"] == "x"
        return self
