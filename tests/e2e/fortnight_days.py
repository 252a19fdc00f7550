"""The nights of the fortnight: what trucks bring, what customers take, and one thing a night that goes wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from pos_trace.demo.facilities import facilities
from pos_trace.demo.parts import PROVINCE
from pos_trace.store.models import Product, Stall, StockLot, StockMovement
from tests.e2e.fortnight_stall import Book, Hand
from tests.e2e.fortnight_town import FIRST, Station, Town

CABBAGE, HERBS = "Cải thảo Măng Đen", "Rau thơm"
FISH, COFFEE = "Cá lăng phi lê khay 500 g", "Cà phê bột Robusta Đăk Hà 500 g"
FISH_KEY, COFFEE_KEY = "01/09521234600138/10/CL2611B", "01/09521234600015/10/DH2611A"
HTX, PLATE = "HTX rau hoa Măng Đen (mẫu)", "82C-012.34"
LAST = 17


def cabbage_key(day: int) -> str:
    """The lot the cooperative packs for one night."""
    return f"01/09521234600053/10/MD{day:02d}"


def publish(town: Town) -> None:
    """The records officer enters facilities and the lots of the whole story."""
    for facility in facilities(FIRST):
        town.desk.put(f"{PROVINCE}/facilities", facility)
    cabbage = {"product_name": CABBAGE, "product_group": "rau", "facility_id": "F2", "unit": "kg"}
    lots: list[dict[str, Any]] = [{"key": cabbage_key(day)} | cabbage for day in range(1, LAST + 1)]
    lots.append({"key": FISH_KEY, "product_name": FISH, "product_group": "ca", "facility_id": "F5", "unit": "khay",
                 "expiry_date": "2026-12-20"})  # fmt: skip
    lots.append({"key": COFFEE_KEY, "product_name": COFFEE, "product_group": "ca_phe", "facility_id": "F1",
                 "unit": "gói", "expiry_date": "2027-10-01"})  # fmt: skip
    town.desk.post(f"{PROVINCE}/lots", {"lots": lots})


@dataclass
class Story:
    """The town, its three stalls, and what later nights need of earlier ones."""

    town: Town
    book: Book
    a12: Hand
    e01: Hand
    q1: Hand
    known: dict[str, Any] = field(default_factory=dict)

    def watch_shelf_life(self, station: Station, name: str, act: Callable[[], object]) -> object:
        """What the machine takes off the books because its time is over, lot by lot, is written into ours."""
        if name != "shelf-life":
            return act()
        before = _sellable(station)
        done = act()
        after = _sellable(station) if done else before
        for (lot, *goods), amount in before.items():
            if (lot, *goods) not in after:
                self.book.write(*goods, "adjusted", -amount)
        return done


def _sellable(station: Station) -> dict[tuple[str, str, str, str], Decimal]:
    """Every lot that is sold from, by what its movements come to: (lot, stall's number, goods, unit) → amount."""
    with station.node.db.read() as session:
        rows = session.execute(
            select(StockLot.id, Stall.number, Product.name, StockLot.unit, func.sum(StockMovement.quantity))
            .join(Stall, (Stall.site_id == StockLot.site_id) & (Stall.id == StockLot.stall_id))
            .join(Product, (Product.site_id == StockLot.site_id) & (Product.id == StockLot.product_id))
            .join(StockMovement, StockMovement.lot_id == StockLot.id)
            .where(StockLot.state == "sellable")
            .group_by(StockLot.id, Stall.number, Product.name, StockLot.unit)
            .order_by(StockLot.id)
        )
        return {(lot, number, name, unit): total for lot, number, name, unit, total in rows if total > 0}


def an_ordinary_night(story: Story, day: int) -> None:
    """One truck with cabbage by the crate and herbs with a list; the morning's customers; scraps at noon."""
    town, stall = story.town, story.a12
    town.clock.set(day, 1, 50)
    truck = stall.truck(HTX, PLATE)
    crates = stall.coded(truck, cabbage_key(day), "20", "sọt", "25")
    assert crates["verdict"]["status"] == "verified", crates
    herbs = stall.loose(truck, HERBS, "rau", "30")
    assert (herbs["verdict"]["status"], herbs["state"]) == ("undetermined", "held"), herbs
    herbs = stall.paper(truck, herbs)
    assert (herbs["verdict"]["status"], herbs["state"]) == ("documented", "sellable"), herbs
    if day % 3 == 0:
        crates = stall.refuse(crates, "3", "sọt", "25")
        assert (crates["declared"], crates["accepted"], crates["refused"]) == ("20", "17", "3")
    story.known |= {"truck": truck, "crates": crates, "herbs": herbs}
    stall.close(truck)
    town.clock.set(day, 5, 0)
    sold = stall.sale([
        {"line_no": 1, "name": CABBAGE, "qty": "12.5", "unit": "kg", "unit_price": 15000},
        {"line_no": 2, "name": HERBS, "qty": "3.35", "unit": "kg"},
        {"line_no": 3, "name": CABBAGE, "amount": 30000},
    ])["lines"]  # fmt: skip
    assert (sold[1]["amount"], sold[2]["quantity"], sold[2]["estimated"]) == (None, "2", True), sold
    story.book.write("A-12", CABBAGE, "kg", "sold", "-14.5")
    story.book.write("A-12", HERBS, "kg", "sold", "-3.35")
    story.book.money |= {15000, 187500, 30000}
    stall.waste(stall.lot(crates["lot_id"]), "4.25", "spoilt")
    if day in NIGHTS:
        NIGHTS[day](story)
    if town.clock.now.astimezone(town.market.node.zone).hour < 18:
        town.clock.set(day, 18, 10)
    town.tick()


def papers_come_late(story: Story) -> None:
    """ "Giấy đến sau": sold until five in the morning, held again, free once another phone has sent the photo."""
    stall = story.a12
    truck = stall.truck("Nhà vườn xe cam (mẫu)", "82C-555.01")
    line = stall.loose(truck, "Rau má", "rau", "7")
    stall.close(truck)
    stall.post(f"/flags/{line['flag']['id']}/later")
    assert stall.lot(line["lot_id"])["state"] == "sellable"
    stall.sell(("Rau má", "1.5", "kg", None))
    story.known["late"] = (truck, line)


def forgotten_and_late(story: Story) -> None:
    """Yesterday's paper arrives; tonight's second truck is never closed, so the machine does it, marked."""
    stall, town = story.a12, story.town
    truck, line = story.known["late"]
    town.tick()
    assert stall.lot(line["lot_id"])["state"] == "held"
    assert stall.paper(truck, line)["state"] == "sellable"
    left = stall.truck("Lái xe 76 (mẫu)")
    stall.paper(left, stall.loose(left, "Bí đao", "rau", "60"))
    town.clock.set(4, 11, 0)
    town.tick()
    found = stall.get(f"/deliveries/{left}")
    assert (found["state"], found["closed_by"]) == ("closed", "machine"), found


def counted_again(story: Story) -> None:
    """After closing somebody counts again: a numbered correction, nothing rewritten."""
    stall, line = story.a12, story.known["crates"]
    number = stall.adjust(story.known["truck"], line, "1", "sọt", "25")
    assert number == "A12-ĐC26-0001"
    assert stall.get(f"/deliveries/{story.known['truck']}")["lines"][0]["accepted"] == "20"


def cut_and_packed(story: Story) -> None:
    """Cabbage is trimmed and bagged, two nights' herbs become one heap: kilograms are kept."""
    stall = story.a12
    crates, herbs = stall.lot(story.known["crates"]["lot_id"]), stall.lot(story.known["herbs"]["lot_id"])
    child = stall.post(f"/stock/{crates['id']}/split",
                       {"quantity": "50", "name": "Cải thảo nhặt", "unit": "kg", "units": "48"})  # fmt: skip
    stall.moved([(crates, "50")], child, lost="2")
    bags = stall.post(f"/stock/{crates['id']}/repack",
                      {"units": "40", "unit": "túi", "content": "500", "content_unit": "g"})  # fmt: skip
    stall.moved([(crates, "20")], bags)
    older = next(one for one in stall.get("/stock")["lots"] if one["product_name"] == "Bí đao")
    heap = stall.post("/stock/merge", {"lots": [{"id": herbs["id"], "quantity": "5"}, {"id": older["id"],
                                       "quantity": "10"}], "name": "Rau nấu canh"})  # fmt: skip
    stall.moved([(herbs, "5"), (older, "10")], heap)
    assert (child["key"], bags["key"], heap["quantity"]) == (crates["key"], crates["key"], "15")
    stall.sell(("Rau nấu canh", "2", "kg", 12000))


def given_away_and_over(story: Story) -> None:
    """A gift, the family's lunch, and "Hết lô này"."""
    stall = story.a12
    herbs = stall.lot(story.known["herbs"]["lot_id"])
    stall.waste(herbs, "0.5", "gift")
    stall.waste(herbs, "0.75", "own_use")
    stall.over(herbs["id"])


def to_the_other_station(story: Story) -> None:
    """One scan fills the supermarket's delivery; what it sends back is the stall's again by one tap."""
    a12, q1, book = story.a12, story.q1, story.book
    lot = a12.lot(story.known["crates"]["lot_id"])
    sent = a12.post("/transfers", {"kind": "sale", "buyer": {"stall_number": "Q-1", "site": story.town.other.node.id},
                                   "lines": [{"lot_id": lot["id"], "quantity": "120.5", "unit": "kg"}]})  # fmt: skip
    book.write("A-12", CABBAGE, "kg", "transferred", "-120.5")
    for _ in range(2):  # the same slip again is the same delivery
        for code in sent["codes"]:
            taken = q1.post("/scans", {"text": code})
        assert (taken["transfer"]["state"], taken["transfer"]["signature"]) == ("accepted", "verified"), taken
    [line] = taken["lines"]
    book.write("Q-1", CABBAGE, "kg", "received", "120.5")
    assert (line["goods_name"], line["accepted"], line["state"]) == (CABBAGE, "120.5", "sellable"), line
    q1.refuse(line, "20.5", "kg")
    q1.close(taken["delivery_id"])
    a12.post(f"/transfers/{sent['id']}/return", {"lines": [{"position": 1, "refused": "20.5", "reason": "dập"}]})
    book.write("A-12", CABBAGE, "kg", "returned", "20.5")
    q1.sell((CABBAGE, "30", "kg", 18000))


def to_the_neighbour(story: Story) -> None:
    """A neighbour takes a part of a slip; coffee scanned at the wrong stall goes where it belongs."""
    a12, e01, book = story.a12, story.e01, story.book
    lot = a12.lot(story.known["crates"]["lot_id"])
    sent = a12.post("/transfers", {"kind": "sale", "buyer": {"stall_number": "E-01"},
                                   "lines": [{"lot_id": lot["id"], "quantity": "50"}]})  # fmt: skip
    book.write("A-12", CABBAGE, "kg", "transferred", "-50")
    waiting = next(one for one in e01.get("/transfers", direction="in")["transfers"] if one["state"] == "sent")
    e01.post(f"/transfers/{waiting['id']}/accept",
             {"lines": [{"position": 1, "accepted": "44", "refused": "6", "reason": "úa"}]})  # fmt: skip
    book.write("E-01", CABBAGE, "kg", "received", "50")
    book.write("E-01", CABBAGE, "kg", "refused", "-6")
    book.write("A-12", CABBAGE, "kg", "returned", "6")
    assert a12.get(f"/transfers/{sent['id']}")["lines"][0]["returned"] == "6"
    wrong = a12.truck("HTX cà phê Đăk Hà (mẫu)")
    line = a12.coded(wrong, COFFEE_KEY, "24", "gói")
    moved = a12.post("/transfers", {"kind": "correction", "line_id": line["id"], "to_stall": "E-01"})
    book.write("A-12", COFFEE, "gói", "transferred", "-24")
    theirs = next(one for one in e01.get("/transfers", direction="in")["transfers"] if one["kind"] == "correction")
    e01.post(f"/transfers/{theirs['id']}/accept")
    book.write("E-01", COFFEE, "gói", "received", "24")
    assert a12.get(f"/transfers/{moved['id']}")["state"] == "accepted"
    a12.close(wrong)
    for stall in (a12, e01):
        truck = stall.truck("Cơ sở cá hồ Plei Krông (mẫu)")
        story.known[f"fish {stall.number}"] = stall.coded(truck, FISH_KEY, "10", "khay")
        stall.close(truck)
    story.known["old receipt"] = e01.sell((FISH, "2", "khay", 120000), (COFFEE, "1", "gói", 125000))


def recalled(story: Story) -> None:
    """The fish is recalled: blocked at once, logged, refused before payment; what comes back never sells again."""
    a12, e01, town, book = story.a12, story.e01, story.town, story.book
    town.desk.post(f"{PROVINCE}/recalls", {"recall_id": "TH-MAU-9", "keys": [FISH_KEY], "reason": "thử (mẫu)",
                                           "instructions": "Mang trả nơi mua."})  # fmt: skip
    town.clock.pass_minutes(1)
    town.tick()
    for stall in (a12, e01):
        lot = stall.lot(story.known[f"fish {stall.number}"]["lot_id"])
        assert lot["state"] == "blocked"
        [told] = stall.post("/sales:check", {"lines": [{"line_no": 1, "name": FISH, "qty": "1"}]})["lines"]
        assert told["sellable"] == "no"
    slip = a12.sell((FISH, "1", "khay", None))  # paid before anybody looked: told and logged, never refused
    assert slip["alarms"], slip
    kinds = sorted(entry["kind"] for entry in a12.get("/stop-sales")["entries"])
    assert len(kinds) >= 2, kinds
    sale = story.known["old receipt"]
    for stall, more in ((e01, {"sale_id": sale["id"]}), (a12, {"without_receipt": True, "recall_id": "TH-MAU-9"})):
        back = stall.post("/returns", {"product": FISH, "quantity": "1", "unit": "khay"} | more)
        assert back["state"] == "returned_recalled", back
        book.write(stall.number, FISH, "khay", "returned", "1")


def brought_back(story: Story) -> None:
    """A customer brings cabbage back with the slip: set aside, then thrown away."""
    stall = story.a12
    sale = stall.sell((CABBAGE, "2", "kg", 15000))
    back = stall.post("/returns", {"product": CABBAGE, "quantity": "0.8", "unit": "kg", "sale_id": sale["id"]})
    story.book.write("A-12", CABBAGE, "kg", "returned", "0.8")
    assert back["state"] == "held"
    stall.waste(stall.lot(back["lot_id"]), "0.8", "spoilt")


NIGHTS: dict[int, Callable[[Story], None]] = {
    3: papers_come_late,
    4: forgotten_and_late,
    5: counted_again,
    6: cut_and_packed,
    7: given_away_and_over,
    10: to_the_other_station,
    11: to_the_neighbour,
    12: recalled,
    13: brought_back,
}
