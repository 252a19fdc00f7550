"""A truck's paper shared by stalls and held to its kilograms; a paper used again; one invoice, many deliveries."""

from datetime import datetime
from typing import Any

import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import deliveries, papers, receiving, reminders
from pos_trace.services.papers import PaperIn
from pos_trace.store.models import Photo
from tests.services.night import Night, on_sqlite

PLATE = "82C-012.34"


def quarantine(night: Night, delivery: str, kg: str | None = "900", number: str = "KD-1", who: str = "A-12",
               line: str | None = None, truck: bool = True, at: datetime | None = None) -> dict[str, Any]:  # fmt: skip
    """A quarantine certificate of the truck, with its photo."""
    told = PaperIn("kiem_dich", number, night.now.date(), "Chi cục (mẫu)", None, kg)
    made = papers.add(night.node, night.who(who), delivery, told, line, at or night.now, truck=truck)
    photograph(night, made["paper"]["id"], who)
    return made


def photograph(night: Night, paper_id: str, who: str = "A-12", sha: str = "") -> None:
    with night.node.write(night.who(who), night.now) as tx:
        row = Photo(site_id=night.node.id, id=tx.id(), created_at=night.now, stall_id=night.stalls[who])
        row.sha256, row.media_type, row.size, row.paper_id = sha or paper_id, "image/jpeg", 9, paper_id
        tx.session.add(row)


def bought(
    night: Night, delivery: str, who: str, number: str | None = None, at: datetime | None = None
) -> dict[str, Any]:
    made = papers.add(
        night.node, night.who(who), delivery, PaperIn("bang_ke", number, night.now.date()), None, at or night.now
    )
    photograph(night, made["paper"]["id"], who)
    return papers.add(night.node, night.who(who), delivery, PaperIn("khac"), None, at or night.now)


def status(night: Night, delivery: str, who: str) -> list[tuple[str, str, str]]:
    lines = deliveries.detail(night.node, night.who(who), delivery, night.now)["lines"]
    return [
        (one["verdict"]["status"], one["state"], (one["verdict"]["reasons"] or [{"text": ""}])[0]["text"])
        for one in lines
    ]


def truck(night: Night, *amounts: tuple[str, str]) -> dict[str, str]:
    """Meat of one truck at two stalls: a delivery each, in the order told."""
    made: dict[str, str] = {}
    for second, (who, kg) in enumerate(amounts):
        if who not in made:
            made[who] = night.deliver(who, plate=PLATE)
        at = night.later(seconds=second)
        receiving.add_loose(night.node, night.who(who), made[who], "Thịt heo mảnh", "thit", kg, "kg", (), at)
    return made


def test_one_certificate_serves_the_whole_truck_up_to_its_kilograms(night: Night) -> None:
    night.pull()
    at = truck(night, ("A-12", "600"), ("E-01", "300"), ("E-01", "200"))
    line = deliveries.detail(night.node, night.who(), at["A-12"], night.now)["lines"][0]["id"]
    quarantine(night, at["A-12"], line=line)
    for who in ("A-12", "E-01"):
        bought(night, at[who], who)
    assert status(night, at["A-12"], "A-12") == [("documented", "sellable", "")]
    first, second = status(night, at["E-01"], "E-01")
    assert first == ("documented", "sellable", "")
    assert second[:2] == ("undetermined", "held")
    assert "đủ số lượng (giấy ghi 900 kg, đã nhận 1.100 kg)" in second[2]


def test_the_same_certificate_entered_by_the_second_stall_covers_no_more(night: Night) -> None:
    night.pull()
    at = truck(night, ("A-12", "800"), ("E-01", "700"))
    for who in ("A-12", "E-01"):
        line = deliveries.detail(night.node, night.who(who), at[who], night.now)["lines"][0]["id"]
        quarantine(night, at[who], who=who, line=line)
        bought(night, at[who], who)
    assert status(night, at["A-12"], "A-12")[0][0] == "documented"
    assert status(night, at["E-01"], "E-01")[0][0] == "undetermined"


def test_a_neighbour_sees_of_a_trucks_paper_only_what_it_needs(night: Night) -> None:
    at = truck(night, ("A-12", "600"), ("E-01", "200"))
    line = deliveries.detail(night.node, night.who(), at["A-12"], night.now)["lines"][0]["id"]
    quarantine(night, at["A-12"], line=line)
    (own,) = papers.listed(night.node, night.who(), at["A-12"])["papers"]
    assert (own["own"], own["stated_kg"], own["left_kg"], own["issuer"]) == (True, "900", "100", "Chi cục (mẫu)")
    (theirs,) = papers.listed(night.node, night.who("E-01"), at["E-01"])["papers"]
    day = night.now.date().isoformat()
    assert theirs == {"kind": "kiem_dich", "number": "KD-1", "issued_on": day, "left_kg": "100", "own": False}


@on_sqlite
@pytest.mark.parametrize(
    ("kind", "kg", "truck_paper"), [("bang_ke", "900", True), ("kiem_dich", None, True), ("kiem_dich", "900", False)]
)
def test_a_paper_that_is_no_trucks_or_states_nothing_serves_no_neighbour(
    night: Night, kind: str, kg: str | None, truck_paper: bool
) -> None:
    at = truck(night, ("A-12", "600"), ("E-01", "200"))
    line = deliveries.detail(night.node, night.who(), at["A-12"], night.now)["lines"][0]["id"]
    told = PaperIn(kind, "1", night.now.date(), None, None, kg)
    papers.add(night.node, night.who(), at["A-12"], told, line, night.now, truck=truck_paper)
    assert papers.listed(night.node, night.who("E-01"), at["E-01"])["papers"] == []


@on_sqlite
@pytest.mark.parametrize("kg", ["0", "-1", "1e3", "1.2345"])
def test_kilograms_on_a_paper_are_a_quantity(night: Night, kg: str) -> None:
    with pytest.raises(Invalid, match="stated_kg_invalid"):
        papers.add(night.node, night.who(), night.deliver(), PaperIn("kiem_dich", stated_kg=kg), None, night.now)


def used_twice(night: Night, plate: str | None) -> tuple[str, str, str]:
    """The same bảng kê for the truck of tonight and for ``plate``'s of tomorrow: both deliveries, the second paper."""
    night.pull()
    made = []
    for days, name in ((0, PLATE), (1, plate)):
        at = night.later(days=days)
        delivery = deliveries.open_delivery(night.node, night.who(), at, supplier_name="x", vehicle_plate=name)["id"]
        receiving.add_loose(night.node, night.who(), delivery, "Cá rô", "ca", "10", "kg", (), at)
        paper = papers.add(night.node, night.who(), delivery, PaperIn("bang_ke", "BK-9", night.now.date()), None, at)[
            "paper"
        ]
        photograph(night, paper["id"])
        papers.add(night.node, night.who(), delivery, PaperIn("khac"), None, at)
        made.append((delivery, paper["id"]))
    return made[0][0], made[1][0], made[1][1]


@pytest.mark.parametrize("plate", [None, "82C-999.99"])
def test_the_same_truck_is_asked_and_yes_ends_the_doubt(night: Night, plate: str | None) -> None:
    _, second, paper = used_twice(night, plate)
    at = night.later(days=1)
    (asked,) = reminders.listed(night.node, night.who(), at)["same_truck"]
    assert (asked["paper_id"], asked["text"], asked["own"]) == (paper, "Bảng kê BK-9", True)
    assert status(night, second, "A-12")[0][0] == "attention"
    assert reminders.listed(night.node, night.who("E-01"), at)["same_truck"] == []
    reminders.same_truck(night.node, night.who(), paper, True, at)
    assert status(night, second, "A-12")[0] == ("documented", "sellable", "")
    assert reminders.listed(night.node, night.who(), at)["same_truck"] == []


def test_of_another_truck_the_paper_does_not_count_for_these_goods(night: Night) -> None:
    first, second, paper = used_twice(night, None)
    at = night.later(days=1)
    told = reminders.same_truck(night.node, night.who(), paper, False, at)
    assert told["paper"] == {"id": paper, "same_truck": False}
    assert status(night, second, "A-12")[0][:2] == ("undetermined", "held")
    assert "giấy của đúng chuyến này" in status(night, second, "A-12")[0][2]
    assert status(night, first, "A-12")[0][0] == "documented"
    assert reminders.same_truck(night.node, night.who(), paper, True, at)["paper"]["same_truck"] is True


def test_the_very_same_photo_is_asked_about_without_a_number(night: Night) -> None:
    for days in (0, 1):
        at = night.later(days=days)
        delivery = deliveries.open_delivery(night.node, night.who(), at, supplier_name="x")["id"]
        made = papers.add(night.node, night.who(), delivery, PaperIn("bang_ke"), None, at)
        photograph(night, made["paper"]["id"], sha="a" * 64)
    (asked,) = reminders.listed(night.node, night.who(), night.later(days=1))["same_truck"]
    assert asked["text"] == "Bảng kê"


def test_what_was_not_asked_or_is_a_neighbours_cannot_be_answered(night: Night) -> None:
    paper = papers.add(night.node, night.who(), night.deliver(), PaperIn("bang_ke"), None, night.now)["paper"]["id"]
    with pytest.raises(Conflict, match="nothing_asked"):
        reminders.same_truck(night.node, night.who(), paper, True, night.now)
    with pytest.raises(NotFound):
        reminders.same_truck(night.node, night.who("E-01"), paper, True, night.now)


def test_one_invoice_covers_several_deliveries(night: Night) -> None:
    night.pull()
    first, second = night.deliver(), night.deliver()
    for delivery in (first, second):
        night.loose(delivery, "Cá rô", "ca", "10", "kg")
    paper = papers.add(night.node, night.who(), first, PaperIn("hoa_don", "HD-1", night.now.date()), None, night.now)[
        "paper"
    ]["id"]
    photograph(night, paper)
    for _ in range(2):
        assert len(reminders.cover(night.node, night.who(), paper, second, night.now)["lines"]) == 2
    for delivery in (first, second):
        assert status(night, delivery, "A-12")[0][0] == "documented"
    assert reminders.listed(night.node, night.who(), night.now) == {"reminders": [], "same_truck": [], "came_back": []}
    with pytest.raises(NotFound):
        reminders.cover(night.node, night.who(), paper, night.deliver("E-01"), night.now)
