"""Thirty invented days and the rows of the demo's day: each shows what it is there to show."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from pos_trace.store import audit
from pos_trace.store.models import Case, Delivery, Flag, OutboxMessage, Sale, StockLot, StockMovement
from tests.demo.conftest import Played

pytestmark = [pytest.mark.xdist_group("seed"), pytest.mark.timeout(240)]


@pytest.mark.parametrize(
    ("row", "stall", "goods", "status", "reason", "state"),
    [
        (1, "E-01", "Cà phê bột Robusta", "verified", None, "sellable"),
        (2, "E-01", "Cà phê nhân Robusta", "verified", None, "sellable"),
        (3, "A-15", "Cà phê Arabica", "attention", "serial_seen", "sellable"),
        (4, "E-01", "Đường mía vàng", "documented", None, "sellable"),
        (5, "K-22", "Mía cây", "documented", None, "sellable"),
        (6, "A-12", "Cải thảo", "verified", None, "sellable"),
        (7, "A-12", "Bắp cải", "verified", None, "sellable"),
        (8, "E-01", "Xà lách", "verified", "near_expiry", "sellable"),
        (9, "E-01", "Dâu tây", "blocked", "expired", "blocked"),
        (10, "A-15", "Cà rốt", "verified", None, "sellable"),
        (10, "A-12", "Cà rốt", "attention", "quantity_above_lot", "sellable"),
        (11, "A-15", "Súp lơ", "attention", "certificate_lapsed", "sellable"),
        (12, "A-15", "Hoa ly", "verified", None, "sellable"),
        (13, "A-15", "Hoa cúc", "documented", "foreign_system", "sellable"),
        (14, "C-03", "Cá tầm", "verified", None, "sellable"),
        (15, "C-03", "Cá diêu hồng", "documented", None, "sellable"),
        (16, "E-01", "Cá lăng", "verified", None, "sellable"),
        (17, "C-03", "Chả cá", "documented", "not_in_records", "sellable"),
        (18, "D-07", "Thịt heo mảnh", "documented", None, "sellable"),
        (18, "D-09", "Thịt heo mảnh", "documented", None, "sellable"),
        (20, "D-07", "Gà ta", "undetermined", "papers_missing", "sellable"),
        (21, "E-01", "Trứng gà", "attention", "impossible_travel", "sellable"),
        (22, "E-01", "Sâm dây", "attention", "suspended", "held"),
        (23, "E-01", "Tỏi Lý Sơn", "verified", None, "sellable"),
        (24, "E-01", "Nước mắm", "verified", None, "sellable"),
        (25, "E-01", "Măng khô", "blocked", "revoked", "blocked"),
        (26, "E-01", "Táo nhập khẩu", "verified", None, "sellable"),
        (28, "K-22", "Rau rừng", "documented", None, "sellable"),
        (29, "E-01", "Cá rô phi", "blocked", "recalled", "blocked"),
    ],
)
def test_each_row_shows_what_it_is_there_for(
    played: Played, row: int, stall: str, goods: str, status: str, reason: str | None, state: str
) -> None:
    last = played.lines(stall, goods)[-1]
    assert (last["status"], last["state"]) == (status, state), last
    assert reason is None or reason in last["reasons"], last


def test_sugar_and_cabbage_lie_in_two_open_lots(played: Played) -> None:
    for stall, goods in (("E-01", "Đường mía vàng"), ("A-12", "Bắp cải"), ("E-01", "Cá lăng")):
        assert len([one for one in played.lines(stall, goods) if one["on_hand"] > 0]) == 2


def test_refused_crates_never_came_into_stock_and_weight_is_kilograms(played: Played) -> None:
    assert played.lines("A-12", "Cải thảo")[-1]["on_hand"] == Decimal(375)  # 425 kg, of which 50 went to K-22
    assert played.lines("E-01", "Cà phê nhân")[-1]["on_hand"] == Decimal("60.3")


def test_only_what_waited_for_papers_or_was_cancelled_became_a_case(played: Played) -> None:
    with played.node.db.read() as session:
        cases = {(case.reason, case.state) for case in session.scalars(select(Case))}
        open_flags = session.scalar(select(func.count()).select_from(Flag).where(Flag.state == "open"))
    assert cases == {("papers_missing", "concluded"), ("revoked", "withdrawn")}
    assert open_flags == 0


def test_thirty_days_of_deliveries_and_sales_stand_behind_the_demo(played: Played) -> None:
    with played.node.db.read() as session:
        states = dict(session.execute(select(Delivery.state, func.count()).group_by(Delivery.state)).all())
        auto = session.scalar(select(func.count()).select_from(Delivery).where(Delivery.closed_by == "machine"))
        sales = session.scalar(select(func.count()).select_from(Sale))
        waiting = session.scalar(select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state != "done"))
    assert set(states) == {"closed"}
    assert states["closed"] > 120
    assert auto == 2
    assert sales is not None
    assert sales > 200
    assert waiting == 0


def test_the_ledger_and_the_audit_chain_agree_after_thirty_days(played: Played) -> None:
    with played.node.db.read() as session:
        sums = dict(
            session.execute(
                select(StockMovement.lot_id, func.sum(StockMovement.quantity)).group_by(StockMovement.lot_id)
            ).all()
        )
        for lot in session.scalars(select(StockLot)):
            assert lot.on_hand == sums.get(lot.id, Decimal(0))
        assert audit.verify(session, played.node.id).ok
