"""After practice: reports leave. One is taken back, one is concluded "đã làm rõ", and the goods are free."""

from typing import Any

from pos_trace.demo.parts import PROVINCE, paper_picture
from tests.e2e.fortnight_days import CABBAGE, COFFEE, HERBS, HTX, PLATE, Story, cabbage_key
from tests.e2e.fortnight_stall import Hand

HELD, MISTAKE = "Măng tươi", "Rau rừng"


def practice_is_over(story: Story) -> None:
    """Day 15, before the first truck: the period ended by itself; in it not one byte left for this stall."""
    town, stall = story.town, story.a12
    assert stall.get("/outbox")["messages"] == []
    assert stall.get("/first-day")["practising"]
    town.clock.set(15, 0, 5)
    town.tick()
    assert not stall.get("/first-day")["practising"]
    sheets = [one for one in stall.get("/prints")["jobs"] if one["kind"] == "practice_over"]
    assert [one["state"] for one in sheets] == ["confirmed"], sheets


def a_line_nobody_answers(story: Story) -> None:
    """Day 15: shoots without a paper stay unanswered, greens are reported at once by a wet thumb, and taken back."""
    town, stall = story.town, story.a12
    town.clock.set(15, 2, 0)
    truck = stall.truck(HTX, PLATE)
    stall.coded(truck, cabbage_key(15), "20", "sọt", "25")
    stall.close(truck)
    unknown = stall.truck("Lái xe 76 (mẫu)", "76C-012.34")
    line = stall.loose(unknown, HELD, "rau", "40")
    assert line["state"] == "held"
    _photo(stall, unknown, line)
    wrong = stall.loose(unknown, MISTAKE, "rau", "6.5")
    stall.close(unknown)
    case = stall.post(f"/flags/{wrong['flag']['id']}/send")["case_id"]
    _carried(story)
    assert stall.get(f"/cases/{case}")["state"] == "received"
    stall.post(f"/cases/{case}/withdraw", {"reason": "Ghi nhầm"})
    story.known |= {"held line": line, "withdrawn": case}
    story.known["receipt"] = stall.sell((CABBAGE, "10", "kg", 16000), (CABBAGE, "1.25", "kg", None))
    story.e01.sell((COFFEE, "2", "gói", 126000))
    town.clock.set(15, 18, 10)
    _carried(story)
    assert stall.get(f"/cases/{case}")["state"] == "withdrawn"


def _carried(story: Story) -> None:
    """Out to the province, and what it says of it back."""
    story.town.tick()
    story.town.clock.pass_minutes(1)
    story.town.tick()


def _photo(stall: Hand, truck: str, line: dict[str, Any]) -> None:
    """What lies there, as the phone saw it: it goes with the report."""
    stall.client.photo(f"/api/v1/deliveries/{truck}/photos", paper_picture("x" * 39), line_id=line["id"])


def it_became_a_case(story: Story) -> str:
    """Day 16, the answer window is over: the case's acknowledgement number."""
    town, stall = story.town, story.a12
    town.clock.set(16, 1, 30)
    town.tick()
    assert [one["goods_name"] for one in stall.get("/flags")["flags"]] == [HELD]
    town.clock.set(16, 2, 30)
    _carried(story)
    case = next(one for one in stall.get("/cases")["cases"] if one["title"] == HELD)
    assert (case["state"], stall.get("/flags")["flags"]) == ("received", []), case
    story.known["case"] = case["id"]
    return str(case["ack_number"])


def it_is_free_again(story: Story) -> None:
    """The conclusion is at the stall: what was set aside is sold; the written notice goes out."""
    town, stall = story.town, story.a12
    lot = story.known["held line"]["lot_id"]
    assert stall.lot(lot)["state"] == "held"
    town.clock.pass_minutes(5)
    town.tick()
    case = stall.get(f"/cases/{story.known['case']}")
    assert (case["state"], case["origin_finding"]) == ("concluded", "cleared"), case
    assert stall.lot(lot)["state"] == "sellable"
    stall.sell((HELD, "12.4", "kg", 30000))
    where = f"{PROVINCE}/cases/{town.market.node.id}/{story.known['case']}/notice"
    town.desk.post(where, {"how": "trao tận tay"})
    assert town.desk.get(f"{PROVINCE}/notices")["notices"] == []
    town.clock.set(16, 18, 10)
    town.tick()


def the_last_morning(story: Story) -> None:
    """Day 17: the day before is told to the province; the last receipt is on its page."""
    town, stall = story.town, story.a12
    town.clock.set(17, 4, 0)
    truck = stall.truck(HTX, PLATE)
    stall.paper(truck, stall.loose(truck, HERBS, "rau", "12.345"))
    stall.close(truck)
    stall.sell((HERBS, "0.345", "kg", None))
    town.clock.set(18, 4, 0)
    town.tick()
    town.clock.pass_minutes(10)
    town.tick()
