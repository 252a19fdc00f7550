"""What the demo shows of a real market's night, each as whoever looks first is answered."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import requests
from sqlalchemy import func, select

from pos_trace.demo import people
from pos_trace.demo.desk import SUPERMARKET_ID
from pos_trace.demo.history import SILENT
from pos_trace.demo.parts import PROVINCE
from pos_trace.services import gate_log
from pos_trace.store.models import (
    Delivery,
    DeliveryLine,
    GateEntry,
    LotSighting,
    Party,
    PrintJob,
    Sale,
    Stall,
    StationRow,
    StockMovement,
)
from tests.demo.conftest import Played

pytestmark = [pytest.mark.xdist_group("seed"), pytest.mark.timeout(240)]


def kilograms(played: Played, stall: str, goods: str) -> Decimal:
    lots = [one for one in played.get(stall, "/stock")["lots"] if one["product_name"].startswith(goods)]
    return sum((Decimal(one["quantity"]) for one in lots), Decimal(0))


def _delivery_of(played: Played, stall: str, goods: str) -> str:
    """The delivery that brought the lot of goods that lies at a stall."""
    line = played.lot(stall, goods)["line_id"]
    with played.node.db.read() as session:
        return str(session.scalars(select(DeliveryLine.delivery_id).where(DeliveryLine.id == line)).one())


def test_row_6_three_crates_went_back_and_fifty_kilograms_went_on_to_k_22(played: Played) -> None:
    [slip] = played.get("A-12", "/transfers?direction=out")["transfers"]
    assert (slip["state"], slip["buyer"]["stall_number"]) == ("accepted", "K-22")
    assert [(line["quantity"], line["unit"], line["accepted"]) for line in slip["lines"]] == [("50", "kg", "50")]
    assert slip["codes"][0].startswith("PT1:")
    assert kilograms(played, "A-12", "Cải thảo") == 375
    assert kilograms(played, "K-22", "Cải thảo") == 50
    told = played.get("A-12", f"/deliveries/{_delivery_of(played, 'A-12', 'Cải thảo')}")["lines"][0]
    assert (told["declared"], told["refused"], told["unit"]) == ("20", "3", "sọt")


def test_row_10_more_carrots_came_over_two_stalls_than_the_lot_ever_had(played: Played) -> None:
    assert kilograms(played, "A-15", "Cà rốt") + kilograms(played, "A-12", "Cà rốt") == 550


def test_row_18_one_paper_of_the_truck_serves_two_stalls_and_its_sum_is_held(played: Played) -> None:
    seen = {}
    for stall in ("D-07", "D-09"):
        newest = played.get(stall, "/deliveries")["deliveries"][0]
        assert newest["vehicle_plate"] == "82C-012.34"
        papers = played.get(stall, f"/deliveries/{newest['id']}/papers")["papers"]
        [seen[stall]] = [one for one in papers if one["kind"] == "kiem_dich"]
    assert seen["D-07"]["own"]
    assert not seen["D-09"]["own"]
    assert {one["left_kg"] for one in seen.values()} == {"20"}


def test_row_19_the_belly_is_cut_from_the_half_and_inherits_everything(played: Played) -> None:
    belly, half = played.lot("D-07", "Ba rọi"), played.lot("D-07", "Thịt heo mảnh")
    assert (belly["quantity"], half["quantity"]) == ("112", "400")
    assert (belly["key"], belly["state"], belly["expiry"]) == (half["key"], half["state"], half["expiry"])
    assert [one["id"] for one in played.get("D-07", f"/stock/{belly['id']}/lineage")["sources"]] == [half["id"]]


def test_row_21_the_label_was_also_at_the_supermarket_a_quarter_of_an_hour_later(played: Played) -> None:
    eggs = played.lot("E-01", "Trứng gà")
    [line] = [
        line
        for one in played.get("E-01", "/deliveries")["deliveries"]
        if one["supplier_name"] == "Trại gà trứng (mẫu)"
        for line in played.get("E-01", f"/deliveries/{one['id']}")["lines"]
    ]
    assert line["lot_id"] == eggs["id"]
    [reason] = line["verdict"]["reasons"]
    assert reason["code"] == "impossible_travel"
    assert reason["text"] == "Mã này đã quét lúc 02:25 tại Siêu thị Mẫu Quảng Ngãi"


def test_row_27_the_opening_stock_has_no_verdict_and_says_how_old_it_is(played: Played) -> None:
    onions = played.lot("E-01", "Hành tím")
    assert (onions["state"], onions["line_id"], onions["key"]) == ("sellable", None, None)
    assert onions["label"].startswith("Hàng nhập trước ngày ")


def test_row_16_a_returned_pack_is_set_aside(played: Played) -> None:
    lots = [one for one in played.get("E-01", "/stock")["lots"] if one["product_name"].startswith("Cá lăng")]
    assert sorted((one["state"], one["quantity"]) for one in lots)[0] == ("held", "1")


def test_k_22_practises_and_sells_by_its_card_alone(played: Played) -> None:
    with played.node.db.read() as session:
        mine = select(Stall).where(Stall.number == "K-22")
        stall = session.scalars(mine).one()
        sales = session.scalar(select(func.count()).select_from(Sale).where(Sale.stall_id == stall.id))
    card = played.get("K-22", "/stall-card")
    assert (sales, card["on"]) == (0, True)
    assert stall.practice_until is not None
    assert stall.practice_until > datetime.now(UTC).date()
    page = played.app.test_client().get(f"/s/{stall.card_token}")
    assert "Mía cây ép nước" in page.text


def test_a_card_on_the_wall_leads_to_a_page_of_the_province(played: Played) -> None:
    card = played.get("A-12", "/stall-card")
    page = requests.get(card["url"], timeout=10)
    assert page.status_code == 200
    for goods in ("Cải thảo Măng Đen", "Bắp cải trái tim", "Cà rốt"):
        assert goods in page.text


def test_nine_arrivals_were_counted_for_the_stall_that_scans_nothing(played: Played) -> None:
    with played.node.db.read() as session:
        stall = session.scalars(select(Stall).where(Stall.number == SILENT)).one()
        today = datetime.now(UTC).date()
        counted = gate_log.counted(session, played.node, today - timedelta(days=31), today + timedelta(days=1))
        deliveries = session.scalar(select(func.count()).select_from(Delivery).where(Delivery.stall_id == stall.id))
        by = set(session.scalars(select(GateEntry.made_by)))
    assert (counted[stall.id], deliveries, len(by)) == ((9, "gate"), 0, 1)


def test_two_chi_ba_are_told_apart_by_what_the_market_calls_them(played: Played) -> None:
    suppliers = played.get("A-15", "/suppliers?q=chi ba")["suppliers"]
    assert {one["label"] for one in suppliers} == {"Chị Ba (mẫu) (xe cam)", "Chị Ba (mẫu) (xe xanh)"}


def test_somebody_handed_the_shift_over_and_another_took_it(played: Played) -> None:
    last = played.get("E-01", "/hand-overs")["last"]
    assert (last["state"], last["giver"], last["taker"]) == ("taken", "Nhận hàng E-01", "Thu ngân E-01")


def test_something_was_refused_wasted_corrected_and_given_on(played: Played) -> None:
    with played.node.db.read() as session:
        kinds = Counter(session.scalars(select(StockMovement.kind)))
        numbers = [row.receipt_no for row in session.scalars(select(Sale).where(Sale.kind == "return"))]
    assert kinds["refused"] >= 8
    assert kinds["wasted"] > 100
    assert {"adjusted", "moved", "returned", "transferred", "sold"} <= set(kinds)
    assert len(numbers) == 1
    assert numbers[0].startswith("E01-")


def test_ten_cases_ended_mostly_cleared_and_one_by_two_officers(played: Played) -> None:
    cases = played.province.get(f"{PROVINCE}/cases", state="concluded")["cases"]
    told = [played.province.get(f"{PROVINCE}/cases/{one['site_id']}/{one['id']}") for one in cases]
    ends: Counter[tuple[str, str]] = Counter()
    for case in told:
        [end] = [event["body"] for event in case["events"] if event["kind"] == "concluded"]
        ends[end["outcome"], end["origin_finding"]] += 1
        assert ("proposed_by" in end) == (end["outcome"] == "violation")
    assert ends == {("complies", "cleared"): 8, ("violation", "undetermined"): 1, ("not_competent", "not_examined"): 1}


def test_the_stall_that_was_asked_for_papers_answered(played: Played) -> None:
    [case] = [one for one in played.get("D-07", "/cases")["cases"] if one["title"].startswith("Vịt")]
    kinds = [event["kind"] for event in played.get("D-07", f"/cases/{case['id']}")["events"]]
    assert kinds[-3:] == ["papers_asked", "replied", "concluded"]


def test_a_shopper_told_something_and_nobody_is_accused(played: Played) -> None:
    [one] = played.province.get(f"{PROVINCE}/feedback")["feedback"]
    assert one["state"] == "new"
    assert one["text"].endswith("(mẫu).")


def test_the_supermarket_is_known_by_its_name_and_by_what_it_once_sent(played: Played) -> None:
    with played.node.db.read() as session:
        station = session.get_one(StationRow, SUPERMARKET_ID)
        sent = list(session.scalars(select(LotSighting.key).where(LotSighting.site_id == SUPERMARKET_ID)))
    assert (station.name, station.gln) == (people.SUPERMARKET, people.SUPERMARKET_GLN)
    assert sent == ["01/09521234600152/10/TG1123/21/8812"]


def test_a_few_papers_wait_for_the_printer(played: Played) -> None:
    with played.node.db.read() as session:
        assert sorted(session.scalars(select(PrintJob.kind))) == ["day_end", "lot_label", "stall_card"]


def test_everybody_and_everything_is_marked_as_invented(played: Played) -> None:
    with played.node.db.read() as session:
        parties = list(session.scalars(select(Party.name)))
        stalls = list(session.scalars(select(Stall.name)))
    assert all("(mẫu)" in name for name in [*parties, *stalls])
    assert all("(mẫu)" in name for name in [people.MARKET, people.OPERATOR])
