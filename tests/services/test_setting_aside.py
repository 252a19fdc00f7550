"""What a person set aside stays so until a person releases it; a conclusion frees what its own case held."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from pos_trace.core.errors import Conflict
from pos_trace.services import case_log, cases, judging, receiving, setting_aside, splitting
from pos_trace.store.models import Case, Delivery, DeliveryLine, Flag
from tests.services.night import CABBAGE, Night, on_sqlite


def again(night: Night, line_id: str, cause: str = "records") -> None:
    """The next judgement of a line, whatever brings it."""
    with night.node.write(night.node.machine("t"), night.later(hours=1)) as tx:
        line = tx.session.get_one(DeliveryLine, (night.node.id, line_id))
        judging.rejudge_line(tx, line, judging.known(tx.session, line.key), cause)


def state(night: Night, lot: str) -> tuple[str, str]:
    row = night.lot(lot)
    return row["state"], row["reason"]


def test_a_hold_nobody_asked_for_outlives_judgements_and_recalls_until_a_person_ends_it(night: Night) -> None:
    night.pull()
    line = night.receive(CABBAGE)
    lot = line["lot_id"]
    part = splitting.split(night.node, night.who(), lot, "5", "Cải cắt", "kg", "5", night.now)["id"]
    receiving.hold(night.node, night.who(), line["id"], night.now)
    again(night, line["id"])
    assert {state(night, one) for one in (lot, part)} == {("held", "person")}
    night.recall(CABBAGE)
    assert state(night, lot) == ("blocked", "recall")
    with pytest.raises(Conflict, match="not_set_aside"):
        setting_aside.release(night.node, night.who(), night.receive(CABBAGE)["lot_id"], night.now)
    told = setting_aside.release(night.node, night.who(), part, night.now)
    assert told == {"id": part, "state": "blocked", "word": "KHÔNG BÁN"}


def test_released_goods_are_what_they_are(night: Night) -> None:
    night.pull()
    line = night.receive(CABBAGE)
    receiving.hold(night.node, night.who(), line["id"], night.now)
    told = setting_aside.release(night.node, night.who(), line["lot_id"], night.now)
    assert (told["state"], told["word"]) == ("sellable", "BÁN ĐƯỢC")
    with pytest.raises(Conflict, match="not_set_aside"):
        setting_aside.release(night.node, night.who(), line["lot_id"], night.now)


def concluded(night: Night, line: dict[str, Any], origin: str = "automatic") -> None:
    """A case of the line ends with "Đã làm rõ nguồn gốc"."""
    with night.node.write(night.node.machine("t"), night.later(minutes=5)) as tx:
        row = tx.session.get_one(DeliveryLine, (night.node.id, line["id"]))
        if origin == "automatic":
            case_id = cases.open_from_flag(tx, tx.session.query(Flag).filter_by(line_id=row.id).one())
        else:
            delivery = tx.session.get_one(Delivery, (night.node.id, row.delivery_id))
            case_id = cases.open_for_line(tx, row, delivery, origin, origin).id
        case = tx.session.get_one(Case, (night.node.id, case_id))
        _from_province(tx, case)
    again(night, line["id"], "conclusion")


def _from_province(tx: Any, case: Case) -> None:
    body = {"outcome": "complies", "origin_finding": "cleared", "reason": "đủ"}
    known = case_log.events(tx.session, case)
    for kind, told in (("received", {"ack_number": "SCT-1"}), ("taken", {}), ("concluded", body)):
        event = case_log.rules.write(case.id, "province", "cán bộ", tx.now, kind, told, known)
        known.append(event)
        case_log.store(tx, case, event)


@on_sqlite
def test_a_conclusion_frees_its_cases_goods_and_not_what_a_person_holds_since(night: Night) -> None:
    night.pull()
    line = night.loose(night.deliver())
    assert state(night, line["lot_id"])[0] == "held"
    concluded(night, line)
    assert state(night, line["lot_id"]) == ("sellable", "conclusion")
    receiving.hold(night.node, night.who(), line["id"], night.later(minutes=9))
    again(night, line["id"])
    assert state(night, line["lot_id"]) == ("held", "person")
    setting_aside.release(night.node, night.who(), line["lot_id"], night.later(minutes=10))
    assert state(night, line["lot_id"]) == ("sellable", "conclusion")


@on_sqlite
def test_another_question_of_the_line_and_another_case_go_on_holding(night: Night) -> None:
    night.pull()
    line = night.loose(night.deliver())
    concluded(night, line)
    with night.node.write(night.node.machine("t"), night.later(hours=2)) as tx:
        more = Flag(site_id=night.node.id, id=tx.id(), created_at=tx.now, stall_id=night.stalls["A-12"])
        more.line_id, more.reason, more.state = line["id"], "revoked", "open"
        more.due_at = tx.now + timedelta(hours=1)
        tx.session.add(more)
    again(night, line["id"])
    assert state(night, line["lot_id"]) == ("held", "verdict")
    with night.node.write(night.node.machine("t"), night.later(hours=3)) as tx:
        cases.open_from_flag(tx, tx.session.query(Flag).filter_by(reason="revoked").one())
    again(night, line["id"])
    assert state(night, line["lot_id"]) == ("held", "verdict")
    with night.node.write(night.node.machine("t"), night.later(hours=4)) as tx:
        tx.session.execute(update(Case).where(Case.reason == "revoked").values(state="withdrawn"))
    again(night, line["id"])
    assert state(night, line["lot_id"]) == ("sellable", "conclusion")


@on_sqlite
def test_a_desk_check_decides_nothing_about_stock(night: Night) -> None:
    night.pull()
    line = night.loose(night.deliver())
    concluded(night, line, "desk_check")
    assert state(night, line["lot_id"]) == ("held", "verdict")
