"""Two stalls in one box: over every route of the application neither sees, takes from or answers anything of the other.

The routes come from the application's own map: a new one without a row in these tables fails.
"""

import io
import json
import zipfile
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from pos_trace.demo.parts import paper_picture
from pos_trace.runtime.children import Children, PhotoReader
from pos_trace.services import cases, devices, hand_over, places, presenting, receiving, sent, staff, stop_sales
from pos_trace.store.base import Base
from pos_trace.store.models.mixins import StallOwned
from tests.conftest import NOW
from tests.services.goods_rows import paper_of, photo_of
from tests.services.night import CABBAGE, FISH, UNKNOWN, asked, sell, url, with_ports, with_printer
from tests.services.two_stations import sent as slip
from tests.web.market_app import PIN, Market, add_people, csrf, make_market, routes_of
from tests.web.station.conftest import nights
from tests.web.station.test_roles import EXPECTED

GONE = "01a20f0a-0000-7000-8000-00000000dead"
AMOUNT = {"quantity": "1", "unit": "kg"}
SHA = "a" * 64
# route → body; the ids in the path are the neighbour's
OWNED: dict[tuple[str, str], Any] = {
    ("GET", "/api/v1/deliveries/<delivery_id>"): None,
    ("GET", "/api/v1/deliveries/<delivery_id>/before"): None,
    ("POST", "/api/v1/deliveries/<delivery_id>/supplier"): {"supplier_name": "x"},
    ("PUT", "/api/v1/suppliers/<supplier_id>"): {"name": "x"},
    ("POST", "/api/v1/suppliers/<supplier_id>/merge"): {"into": "{own_supplier_id}"},
    ("POST", "/api/v1/deliveries/<delivery_id>/lines"): AMOUNT | {"goods_name": "x"},
    ("POST", "/api/v1/deliveries/<delivery_id>/papers"): {"kind": "bang_ke"},
    ("POST", "/api/v1/deliveries/<delivery_id>/photos"): "photo",
    ("POST", "/api/v1/deliveries/<delivery_id>/close"): {},
    ("POST", "/api/v1/deliveries/<delivery_id>/cancel"): {},
    ("POST", "/api/v1/deliveries/<delivery_id>/adjustments"): AMOUNT | {"line_id": "{line_id}", "reason": "x"},
    ("POST", "/api/v1/lines/<line_id>/refuse"): AMOUNT,
    ("POST", "/api/v1/lines/<line_id>/hold"): {},
    ("POST", "/api/v1/lines/<line_id>/dates"): {"expiry_date": "2027-01-01"},
    ("POST", "/api/v1/sales/<sale_id>/reprint"): {},
    ("POST", "/api/v1/stock/<lot_id>/split"): {"quantity": "1", "name": "x", "unit": "kg", "units": "1"},
    ("POST", "/api/v1/stock/<lot_id>/close"): {},
    ("GET", "/api/v1/stock/<lot_id>/lineage"): None,
    ("POST", "/api/v1/stock/<lot_id>/repack"): {"units": "2", "unit": "túi", "content": "500", "content_unit": "g"},
    ("POST", "/api/v1/stock/<lot_id>/reopen"): {"counted": "1", "reason": "x"},
    ("POST", "/api/v1/stock/<lot_id>/count"): {"counted": "1", "reason": "x"},
    ("POST", "/api/v1/stock/<lot_id>/release"): {},
    ("POST", "/api/v1/stock/<lot_id>/on-sale"): {"on": True},
    ("POST", "/api/v1/stock/<lot_id>/settle"): {},
    ("POST", "/api/v1/stock/<lot_id>/waste"): {"quantity": "1"},
    ("POST", "/api/v1/stock/<lot_id>/label"): {},
    ("PUT", "/api/v1/products/id/<product_id>"): {"name": "x"},
    ("GET", "/api/v1/transfers/<transfer_id>"): None,
    ("POST", "/api/v1/transfers/<transfer_id>/accept"): {},
    ("POST", "/api/v1/transfers/<transfer_id>/return"): {"lines": [{"position": 1, "refused": "1"}]},
    ("POST", "/api/v1/transfers/<transfer_id>/cancel"): {},
    ("POST", "/api/v1/hand-overs/<hand_over_id>/take"): {},
    ("POST", "/api/v1/hand-overs/<hand_over_id>/print"): {},
    ("POST", "/api/v1/prints/<job_id>/answer"): {"printed": True},
    ("GET", "/api/v1/cases/<case_id>"): None,
    ("POST", "/api/v1/cases/<case_id>/reply"): {"text": "x"},
    ("POST", "/api/v1/cases/<case_id>/withdraw"): {},
    ("POST", "/api/v1/cases/<case_id>/evidence"): {"photo_ids": ["{own_photo_id}"]},
    ("GET", "/api/v1/cases/<case_id>/evidence/<sha256>"): None,
    ("POST", "/api/v1/flags/<flag_id>/send"): {},
    ("POST", "/api/v1/flags/<flag_id>/later"): {},
    ("GET", "/api/v1/deliveries/<delivery_id>/papers"): None,
    ("POST", "/api/v1/papers/<paper_id>/same-truck"): {"same": True},
    ("POST", "/api/v1/papers/<paper_id>/deliveries"): {"delivery_id": "{own_delivery_id}"},
    ("POST", "/api/v1/desk-checks/<check_id>/lines/<line_id>/send"): {},
    ("GET", "/api/v1/lines/<line_id>/photos"): None,
    ("GET", "/api/v1/photos/<photo_id>"): None,
    ("POST", "/api/v1/photos/<photo_id>/cover"): "photo",
    ("GET", "/api/v1/outbox/<message_id>"): None,
    ("GET", "/api/v1/outbox/<message_id>/body"): None,
    ("GET", "/api/v1/presentations/<presentation_id>/bundle.zip"): None,
    ("POST", "/api/v1/devices/<device_id>/lock"): {},
    ("POST", "/api/v1/people/<user_id>/pin"): {"pin": "1357"},
    ("POST", "/api/v1/people/<user_id>/end"): {},
}
# what a path names here belongs to no stall: the market's recalls, a till's own numbers, what a receipt's holder reads
SHARED = {
    ("GET", "/api/v1/recalls/<recall_id>"),
    ("POST", "/api/v1/recalls/<recall_id>/done"),
    ("PUT", "/api/v1/products/<sku>"),
    ("GET", "/r/<token>"),
    ("GET", "/R/<token>"),
    ("POST", "/r/<token>/feedback"),
    ("GET", "/s/<token>"),
    ("GET", "/S/<token>"),
    ("GET", "/01/<rest>"),
}
# the neighbour's ids inside a body that names the asker's own or no path
BODIES: list[tuple[str, Any]] = [
    ("/scans", AMOUNT | {"text": url(CABBAGE), "delivery_id": "{delivery_id}"}),
    ("/deliveries", {"supplier_id": "{supplier_id}"}),
    ("/scans", AMOUNT | {"text": url(CABBAGE), "delivery_id": "{own_delivery_id}", "product_id": "{product_id}"}),
    ("/deliveries/{own_delivery_id}/supplier", {"supplier_id": "{supplier_id}"}),
    ("/suppliers/{own_supplier_id}/merge", {"into": "{supplier_id}"}),
    ("/deliveries/{own_delivery_id}/papers", {"kind": "bang_ke", "line_id": "{line_id}"}),
    ("/deliveries/{own_closed_id}/adjustments", AMOUNT | {"line_id": "{line_id}", "reason": "x"}),
    ("/stock/merge", {"lots": [{"id": "{own_lot_id}"}, {"id": "{lot_id}"}]}),
    ("/transfers", {"kind": "sale", "buyer": {"name": "x"}, "lines": [{"lot_id": "{lot_id}", "quantity": "1"}]}),
    ("/transfers", {"kind": "correction", "to_stall": "A-12", "line_id": "{line_id}"}),
    ("/transfers", {"kind": "correction", "to_stall": "A-12", "delivery_id": "{delivery_id}"}),
    ("/returns", AMOUNT | {"product": "Cá lăng phi lê khay 500 g"}),
    ("/sales", {"external_id": "their-bag", "lines": [{"amount": 1, "bundle": ["{lot_id}"]}]}),
    ("/overrides", {"lot": "{lot_id}", "login": "owner-A-12", "pin": "2468", "reason": "x"}),
    ("/returns", AMOUNT | {"product": "Cà rốt", "sale_id": "{sale_id}"}),
    ("/cases/{own_case_id}/reply", {"text": "x", "paper_ids": ["{paper_id}"]}),
    ("/cases/{own_case_id}/evidence", {"photo_ids": ["{photo_id}"]}),
]


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Any, children: Children) -> Any:
    """Both stalls and their people, one of everything at each, a printer that prints nothing meanwhile."""
    folder = tmp_path_factory.mktemp("two")
    for night in nights(folder, sqlite_template, NOW):
        night.pull()
        with_printer(night, folder)
        made = make_market(with_ports(night, photos=PhotoReader(children)))
        add_people(made)
        yield made


@pytest.fixture(scope="module")
def ids(market: Market) -> dict[str, str]:
    """A-12's ids by the names paths give them; E-01's own begin with ``own_``."""
    return one_of_everything(market, "A-12") | {
        f"own_{name}": value for name, value in one_of_everything(market, "E-01").items()
    }


def one_of_everything(market: Market, number: str) -> dict[str, str]:
    """Delivery, line, paper, photo, flag, case, lot, sale, print job, message of a stall."""
    night, who, stall = market.night, market.night.who(number), market.night.stalls[number]
    closed = night.deliver(number, supplier=f"Người giao của {number}")
    line = night.scan(UNKNOWN, closed, "9", "hũ", number)["line"]
    paper, photo = paper_of(night.node, stall, NOW, line["id"]), photo_of(night.node, stall, NOW, line["id"])
    opened = night.deliver(number)
    night.scan(CABBAGE, opened, "20", "kg", number)
    lot = night.receive(FISH, "10", "kg", number)["lot_id"]
    sale = sell(night, asked(name=f"Bán riêng {number}", lot=lot, quantity="1", unit="kg"), number=number)
    given = slip(night, (lot, "1"), number=number, name=f"Bạn hàng của {number}")
    case = cases.send_flag(night.node, who, line["flag"]["id"], NOW)["case_id"]
    receiving.close(night.node, who, closed, NOW)
    message = sent.listed(night.node, who, None)["messages"][0]["id"]
    with night.node.db.read() as session:
        from pos_trace.store.models import Delivery, StockLot

        supplier = session.get_one(Delivery, (night.node.id, closed)).supplier_id
        product = session.get_one(StockLot, (night.node.id, lot)).product_id
    return {
        "delivery_id": opened, "closed_id": closed, "line_id": line["id"], "paper_id": paper, "photo_id": photo,
        "flag_id": line["flag"]["id"], "case_id": case, "lot_id": lot, "sale_id": sale["id"], "sha256": SHA,
        "job_id": sale["print_job"], "message_id": message, "supplier_id": str(supplier), "product_id": product,
        **owners_things(market, number, lot),
        "transfer_id": given["id"],
        "hand_over_id": hand_over.offer(night.node, who, NOW)["id"],
    }  # fmt: skip


def owners_things(market: Market, number: str, lot: str) -> dict[str, str]:
    """A bundle that was shown, a phone, a person of a stall."""
    night, who = market.night, market.night.who(number)
    shown = presenting.collect(night.node, who, None, None, lot, NOW)
    kept = presenting.keep(night.node, who, shown, {"so.txt": b"x"}, f"Người xem của {number}", "", NOW)
    phone = next(one for one in devices.listed(night.node, who, NOW)["devices"])
    person = next(one for one in staff.listed(night.node, who, NOW)["people"])
    return {"presentation_id": kept["id"], "device_id": phone["id"], "user_id": person["id"]}


def filled(told: Any, ids: dict[str, str]) -> Any:
    """``told`` with its ``{names}`` filled in."""
    text = json.dumps(told)
    for name, value in ids.items():
        text = text.replace("{" + name + "}", value)
    return json.loads(text)


def body_of(told: Any, ids: dict[str, str]) -> dict[str, Any]:
    """What to pass to the client."""
    if told == "photo":
        data = {"photo": (io.BytesIO(paper_picture("x")), "x.png")}
        return {"data": data, "content_type": "multipart/form-data"}
    return {} if told is None else {"json": filled(told, ids)}


def everything(market: Market) -> dict[str, int]:
    """How many rows each table has."""
    with market.node.db.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def strings_of(market: Market, number: str) -> set[str]:
    """Every id of a stall's rows, and what only it calls by name."""
    stall = market.night.stalls[number]
    found = {f"Bán riêng {number}", f"Người giao của {number}"}
    with market.node.db.read() as session:
        for mapper in Base.registry.mappers:
            if issubclass(mapper.class_, StallOwned):
                found |= set(session.scalars(select(mapper.class_.id).where(mapper.class_.stall_id == stall)))
    return found


def test_every_route_that_names_something_is_in_the_tables(market: Market) -> None:
    naming = {(method, path) for method, path in routes_of(market.app) if "<" in path}
    assert naming == set(OWNED) | SHARED


@pytest.mark.parametrize(("method", "path"), sorted(OWNED))
def test_the_neighbours_thing_and_no_thing_are_answered_alike_and_write_nothing(
    market: Market, people: dict[str, Any], ids: dict[str, str], method: str, path: str
) -> None:
    body, allowed = OWNED[method, path], EXPECTED[method, path].split()
    before, files = everything(market), sorted(market.node.files.folder.rglob("*"))
    told = []
    for wanted in (ids, dict.fromkeys(ids, GONE) | {"sha256": SHA, "own_photo_id": ids["own_photo_id"]}):
        where = path.replace("<", "{").replace(">", "}")
        for name, value in wanted.items():
            where = where.replace("{" + name + "}", value)
        for name, ask in people.items():
            answer = ask(method, where, "E-01", **body_of(body, wanted))
            assert answer.status_code == (404 if name in allowed else 403), f"{name}: {answer.text}"
            if name in allowed:
                told.append({name: value for name, value in answer.json.items() if name != "instance"})
    assert told
    assert all(one == told[0] for one in told)
    assert everything(market) == before
    assert sorted(market.node.files.folder.rglob("*")) == files


@pytest.fixture(scope="module")
def people(market: Market) -> dict[str, Any]:
    """How everybody of E-01 asks: its people in a browser with the page's token, its till and its key."""
    found: dict[str, Any] = {"key": market.ask, "till": partial(market.ask, key=market.tills["E-01"])}
    return found | {role: in_browser(market, role) for role in ("receiver", "cashier", "shift_leader", "owner")}


def in_browser(market: Market, role: str) -> Any:
    """Asks as this person of E-01."""
    client = market.browser(f"{role}-E-01", PIN, market.devices["E-01"])
    token = csrf(client)

    def ask(method: str, path: str, _stall: str = "E-01", **more: Any) -> Any:
        return client.open(path, method=method, headers={"X-CSRFToken": token}, **more)

    return ask


@pytest.fixture(scope="module")
def owner(people: dict[str, Any]) -> Any:
    """Asks as the owner of E-01."""
    return people["owner"]


@pytest.mark.parametrize(("path", "body"), BODIES)
def test_the_neighbours_ids_inside_a_body_are_nobodys(
    market: Market, ids: dict[str, str], path: str, body: Any
) -> None:
    before = everything(market)
    answer = market.ask("POST", filled(path, ids), "E-01", **body_of(body, ids))
    if path == "/returns" and "sale_id" not in body:
        assert answer.status_code == 201
        assert ids["lot_id"] not in answer.text
        return
    assert answer.status_code in (404, 422), answer.text
    assert everything(market) == before


def text_of(answer: Any) -> str:
    """All text of an answer; a workbook's sheets unpacked, of a PDF what stands there plainly."""
    if "spreadsheetml" not in answer.content_type:
        return answer.data.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


def test_lists_and_pages_show_nothing_of_the_neighbour(market: Market, owner: Any, ids: dict[str, str]) -> None:
    stop_sales.log(market.node, market.night.who())
    theirs = strings_of(market, "A-12")
    assert ids["sale_id"] in theirs
    seen = 0
    lists = sorted(path for method, path in routes_of(market.app) if method == "GET" and "<" not in path)
    for path in lists:
        for answer in (market.app.test_client().get(path, headers={"Authorization": f"Bearer {market.keys['E-01']}"}),
                       owner("GET", path)):  # fmt: skip
            assert not [word for word in theirs if word in text_of(answer)], path
            seen += answer.status_code == 200
    assert seen >= 30


def test_a_shared_recall_shows_each_stall_its_own(market: Market, ids: dict[str, str]) -> None:
    market.night.recall(FISH, name="TH-CHUNG")
    mine, theirs = (market.get("/recalls/TH-CHUNG", stall) for stall in ("A-12", "E-01"))
    assert [lot["id"] for lot in mine["lots"]] == [ids["lot_id"]]
    assert ids["lot_id"] not in [lot["id"] for lot in theirs["lots"]]
    assert {row["token"] for row in mine["receipts"]}.isdisjoint({row["token"] for row in theirs["receipts"]})


def test_a_till_selling_the_neighbours_lot_takes_nothing_of_it(market: Market, ids: dict[str, str]) -> None:
    before = market.night.lot(ids["lot_id"])
    line = {"line_no": 1, "lot": ids["lot_id"], "name": "Bán riêng A-12", "qty": "1", "unit": "kg"}
    told = market.post("/sales", {"external_id": "cross", "lines": [line]}, "E-01")
    checked = market.post("/sales:check", {"lines": [line]}, "E-01", status=200)
    assert ids["lot_id"] not in str(told) + str(checked)
    assert market.night.lot(ids["lot_id"]) == before
    market.ask("PUT", "/products/P-7", "A-12", json={"name": "của A"})
    assert market.ask("PUT", "/products/P-7", "E-01", json={"name": "của E"}).json["name"] == "của E"
    assert market.ask("PUT", "/products/P-7", "A-12", json={"name": "của A"}).json["name"] == "của A"


def test_a_stalls_own_printer_prints_nothing_of_the_neighbour(market: Market, tmp_path: Any) -> None:
    node, stall = market.node, market.night.stalls["A-12"]
    places.add_printer(node, node.machine("t"), stall, "Máy của A-12", "generic-58", "file", str(tmp_path), NOW)
    line = {"line_no": 1, "name": "Hành", "qty": "1", "unit": "kg"}
    for number, printer in (("A-12", "Máy của A-12"), ("E-01", "Máy in")):
        job = market.post("/sales", {"external_id": "print", "lines": [line]}, number)["print_job"]
        assert {row["id"]: row["printer"] for row in market.get("/prints", number)["jobs"]}[job] == printer
