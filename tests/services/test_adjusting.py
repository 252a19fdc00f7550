"""Phiếu điều chỉnh: what was wrong in a closed delivery is corrected by a numbered paper, never by an edit."""

from decimal import Decimal
from typing import Any

import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import adjusting, closing, receiving
from pos_trace.store.models import Adjustment, DeliveryLine, PrintJob
from tests.services.night import CABBAGE, Night, on_sqlite, with_printer


@pytest.fixture
def closed(night: Night) -> tuple[str, dict[str, Any]]:
    """A closed delivery of 20 crates and its line."""
    night.pull()
    delivery = night.deliver()
    line = night.scan(CABBAGE, delivery, "20", "sọt")["line"]
    receiving.close(night.node, night.who(), delivery, night.now)
    return delivery, line


def adjust(night: Night, delivery: str, line: str, quantity: str = "2", unit: str = "sọt", reason: str = "đếm lại",
           number: str = "A-12", less: bool = True) -> dict[str, Any]:  # fmt: skip
    who = night.who(number)
    return adjusting.adjust(night.node, who, delivery, line, quantity, unit, reason, night.now, less=less)


def test_less_and_more_move_the_ledger_and_leave_the_line_as_it_was_written(
    night: Night, closed: Any, tmp_path: Any
) -> None:
    with_printer(night, tmp_path)
    delivery, line = closed
    less = adjust(night, delivery, line["id"])
    more = adjust(night, delivery, line["id"], "1", less=False)
    assert (less["number"], more["number"]) == ("A12-ĐC26-0001", "A12-ĐC26-0002")
    assert night.lot(line["lot_id"])["on_hand"] == Decimal(475)
    night.ledger_agrees()
    with night.node.db.read() as session:
        row = session.query(DeliveryLine).one()
        assert (row.declared, row.refused) == (20, 0)
        slip = str(session.get_one(PrintJob, (night.node.id, less["print_job"])).slip)
    assert "bớt 2 sọt" in slip
    assert "Lý do: đếm lại" in slip


@on_sqlite
@pytest.mark.parametrize(
    ("told", "error", "code"),
    [
        ({"reason": " \x00"}, Invalid, "reason_missing"),
        ({"unit": "kg"}, Invalid, "line_elsewhere"),
        ({"quantity": "-2"}, Invalid, "quantity_invalid"),
        ({"quantity": "21"}, Conflict, "not_enough"),
        ({"number": "E-01"}, NotFound, "not_found"),
        ({"line": "01a20f0a-0000-7000-8000-000000000000"}, NotFound, "not_found"),
    ],
)
def test_a_wrong_correction_changes_nothing(
    night: Night, closed: Any, told: dict[str, str], error: type[Exception], code: str
) -> None:
    delivery, line = closed
    with pytest.raises(error, match=code):
        adjust(night, delivery, **({"line": line["id"]} | told))
    assert night.lot(line["lot_id"])["on_hand"] == 500
    assert night.count(Adjustment) == 0


def test_an_open_delivery_and_a_closed_lot_need_no_paper(night: Night, closed: Any) -> None:
    delivery, line = closed
    still_open = night.deliver()
    other = night.scan(CABBAGE, still_open, "5", "sọt")["line"]
    with pytest.raises(Conflict, match="delivery_open"):
        adjust(night, still_open, other["id"])
    with pytest.raises(Invalid, match="line_elsewhere"):
        adjust(night, delivery, other["id"])
    closing.close(night.node, night.who(), line["lot_id"], night.now)
    with pytest.raises(Invalid, match="line_elsewhere"):
        adjust(night, delivery, line["id"], less=False)
