"""What the receiver said the goods are: a label of other goods is told and set aside, also when judged again."""

import pytest

from pos_trace.core.errors import NotFound
from pos_trace.services import closing, judging, receiving
from pos_trace.store.models import DeliveryLine, Product
from tests.services.night import CABBAGE, FISH, Night
from tests.services.test_judging import publish


def codes_of(line: dict) -> list[str]:
    return [reason["code"] for reason in line["verdict"]["reasons"]]


def test_a_label_of_another_group_is_set_aside_and_stays_so(night: Night) -> None:
    night.pull()
    line = night.scan(CABBAGE, night.deliver(), "20", "kg", goods_group="ca")["line"]
    assert (line["verdict"]["word"], codes_of(line), line["state"]) == ("TẠM ĐỂ RIÊNG", ["other_group"], "held")
    assert line["verdict"]["reasons"][0]["text"] == "Mã của mặt hàng khác: Cải thảo Măng Đen"
    with night.node.write(night.who(), night.now) as tx:
        row = tx.session.get_one(DeliveryLine, (night.node.id, line["id"]))
        again = judging.rejudge_line(tx, row, judging.known(tx.session, row.key), "test")
    assert [reason.code for reason in again.reasons] == ["other_group"]
    assert night.lot(line["lot_id"])["state"] == "held"


@pytest.mark.parametrize(
    ("told", "asked"), [("rau", "rau"), ("Trái cây", "trai_cay"), ("thịt lợn", "thit"), ("thịt heo", "thit")]
)
def test_another_word_for_the_same_group_is_no_other_goods(night: Night, told: str, asked: str) -> None:
    publish(night, CABBAGE, product_group=told)
    dry = night.scan(CABBAGE, night.deliver(), "20", "kg", goods_group=asked, dry_run=True)
    assert dry["verdict"]["status"] == "verified"


def product_of(night: Night, line: dict, number: str = "A-12") -> str:
    with night.node.db.read() as session:
        return str(session.get_one(DeliveryLine, (night.node.id, line["id"])).product_id)


def test_a_label_of_another_product_than_the_one_chosen_is_told(night: Night) -> None:
    night.pull()
    chosen = product_of(night, night.receive(CABBAGE))
    line = night.scan(FISH, night.deliver(), "5", "khay", product_id=chosen)["line"]
    assert codes_of(line) == ["other_gtin"]
    assert night.scan(CABBAGE, night.deliver(), "5", "kg", product_id=chosen)["line"]["verdict"]["status"] == "verified"
    with pytest.raises(NotFound):
        night.scan(CABBAGE, night.deliver("E-01"), "5", "kg", "E-01", product_id=chosen)


def test_a_crate_of_the_chosen_packs_is_the_same_goods(night: Night) -> None:
    night.pull()
    chosen = product_of(night, night.receive(CABBAGE))
    with night.node.write(night.who(), night.now) as tx:
        tx.session.get_one(Product, (night.node.id, chosen)).barcode = "19521234600050"
    dry = night.scan(CABBAGE, night.deliver(), "5", "kg", product_id=chosen, dry_run=True)
    assert dry["verdict"]["status"] == "verified"


def test_a_lot_the_stall_ended_is_told_when_it_comes_again_a_running_one_is_not(night: Night) -> None:
    night.pull()
    first = night.receive(CABBAGE)
    again = night.receive(CABBAGE, at=night.later(minutes=5))
    assert "lot_closed" not in codes_of(again)
    for number, line in enumerate((first, again)):
        closing.close(night.node, night.who(), line["lot_id"], night.later(minutes=10 + number))
    third = night.receive(CABBAGE, at=night.later(minutes=20))
    assert codes_of(third) == ["lot_closed"]
    assert third["verdict"]["word"] == "CẦN LƯU Ý"
    assert night.receive(CABBAGE, number="E-01", at=night.later(minutes=20))["verdict"]["status"] == "verified"


def test_goods_sent_back_whole_were_never_a_running_lot(night: Night) -> None:
    night.pull()
    line = night.receive(CABBAGE)
    receiving.refuse(night.node, night.who(), line["id"], "20", "kg", "dập hỏng", night.now)
    assert "lot_closed" not in codes_of(night.receive(CABBAGE, at=night.later(minutes=5)))
