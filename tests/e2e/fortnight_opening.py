"""Before the first night: the market's stalls out of a sheet, both stations at the province, keys, printer, records."""

import io
from datetime import timedelta
from typing import Any

from openpyxl import Workbook

from pos_trace.core.stall_rows import COLUMNS
from pos_trace.forms import stall_sheet
from pos_trace.services import enrolling_stalls, places
from tests.e2e.fortnight_days import Story, publish
from tests.e2e.fortnight_stall import Book, Hand
from tests.e2e.fortnight_town import FIRST, Station, Town, enrol


def sheet() -> bytes:
    """The office's list: A-12 begins today, E-01 has been at work for two months."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(list(COLUMNS.values()))
    old = FIRST - timedelta(days=60)
    page.append(["A-12", "Rau Chị Hoa (mẫu)", "Hoa", "9521234700036", "phường Kon Tum", "Rau, củ", "", FIRST, 1])
    page.append(["E-01", "Tạp hóa Thanh (mẫu)", "Thanh", "9521234700074", "phường Kon Tum", "Cà phê", "", old, 1])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def opened(town: Town) -> Story:
    """Everything before the first customer; the cards of the stalls' phones are in ``known``."""
    clock, market, other = town.clock, town.market.node, town.other.node
    office = market.machine("office")
    places.set_site(market, office, "Chợ đầu mối Kon Tum (mẫu)", "market", "9521234700012", "Ban quản lý chợ (mẫu)",
                    clock())  # fmt: skip
    places.set_site(other, office, "Siêu thị Mẫu Quảng Ngãi", "supermarket", None, "", clock())
    read = stall_sheet.read(sheet(), market.policy.goods)
    assert not read.errors, read.errors
    made = enrolling_stalls.enrol(market, office, read.rows, clock())
    assert [one["state"] for one in made["stalls"]] == ["mới", "mới"], made
    for node in (market, other):
        who, folder = node.machine("office"), str(town.spool_dir)
        places.add_printer(node, who, None, "Máy in chung", "generic-58", "file", folder, clock())
    began = FIRST - timedelta(days=60)
    q1 = str(places.add_stall(other, other.machine("office"), "Q-1", "Rau siêu thị (mẫu)", "9521234700029",
                              "Quảng Ngãi", began, clock())["id"])  # fmt: skip
    publish(town)
    for station in (town.market, town.other):
        enrol(town, station)
    book = Book()
    known: dict[str, Any] = {
        "a12_id": places.stall_by_number(market, "A-12")["id"],
        "e01_id": places.stall_by_number(market, "E-01")["id"],
    }

    def hand(number: str, station: Station, stall: str) -> Hand:
        return Hand(town, book, number, station.url, station.stall_key(stall, number, clock()))

    a12, e01 = hand("A-12", town.market, known["a12_id"]), hand("E-01", town.market, known["e01_id"])
    story = Story(town, book, a12, e01, hand("Q-1", town.other, q1), known)
    town.watch = story.watch_shelf_life
    told = enrolling_stalls.cards(market, office, ["A-12"], clock())
    known["card"] = told["cards"][0]
    town.tick()
    return story
