"""A recall told to the market: the words, how many stalls hold it and never which, each reading kept, the notice."""

from pathlib import Path

import pytest

from pos_trace.core.errors import Conflict, NotFound
from pos_trace.services import broadcast, recalls
from pos_trace.store.models import PrintJob, RecallRead
from tests.services.night import FISH, SISTER, Night, with_printer
from tests.services.two_nodes import officer


def told(night: Night) -> dict[str, object]:
    found = broadcast.in_force(night.node)["recalls"]
    assert len(found) == 1
    one: dict[str, object] = found[0]
    return one


def test_a_recall_in_force_is_told_with_goods_lot_and_count_and_without_a_stall(night: Night) -> None:
    night.pull()
    assert broadcast.in_force(night.node) == {"recalls": []}
    night.receive(FISH, "10", "khay", "A-12")
    night.receive(FISH, "10", "khay", "E-01")
    night.recall(FISH)
    one = told(night)
    assert (one["recall_id"], one["stalls"], one["read_at"]) == ("TH-1", 2, None)
    assert "Cá lăng phi lê khay 500 g, lô CL2611B đang bị thu hồi" in " ".join(one["aloud"])
    assert "A-12" not in str(one)
    assert "Sạp E-01" not in str(one)


def test_each_reading_is_kept_and_the_last_one_shown(night: Night) -> None:
    night.recall(FISH)
    who = night.node.machine("t")
    for minutes in (1, 30):
        broadcast.read_aloud(night.node, who, "TH-1", night.later(minutes=minutes))
    assert told(night)["read_at"] == night.later(minutes=30).isoformat()
    assert night.count(RecallRead) == 2


def test_the_notice_comes_out_of_the_shared_printer(night: Night, tmp_path: Path) -> None:
    night.recall(FISH, SISTER, "01/09521234600138/10/L%2F9/21/7", "kt:CT-1")
    who = night.node.machine("t")
    with pytest.raises(Conflict, match="no_printer"):
        broadcast.print_notice(night.node, who, "TH-1", night.now)
    with_printer(night, tmp_path)
    broadcast.print_notice(night.node, who, "TH-1", night.now)
    with night.node.db.read() as session:
        slip = str(session.query(PrintJob).one().slip)
    for words in ("THÔNG BÁO THU HỒI", "CL2611B", "CL2611C", "vượt mức dư lượng (mẫu)", "TH-1"):
        assert words in slip


def test_a_long_notice_names_the_first_lots_and_counts_the_rest(night: Night) -> None:
    night.recall(*(f"01/09521234600138/10/X{n:03d}" for n in range(30)))
    goods = broadcast.detail(night.node, "TH-1")["goods"]
    assert len(goods) == 21
    assert goods[-1]["text"] == "và 10 lô khác trong thông báo"


def test_an_ended_recall_is_told_no_more(night: Night) -> None:
    night.recall(FISH)
    recalls.end(night.pair.province, officer(night.pair.province), "TH-1", "xong", night.now)
    night.pull()
    assert broadcast.in_force(night.node) == {"recalls": []}
    for act in (broadcast.read_aloud, broadcast.print_notice):
        with pytest.raises(NotFound):
            act(night.node, night.node.machine("t"), "TH-1", night.now)
