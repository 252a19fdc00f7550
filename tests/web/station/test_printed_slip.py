"""One printed QR carried whole: PrintJob → ESC/POS bytes → the paper's picture → a phone's photo → the buyer's stock.

Two stations, each its own application and database; between them goes nothing but the paper.
"""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from pos_trace.hardware import picture, transports
from pos_trace.runtime.children import Children, PageDrawer, PhotoReader
from pos_trace.services import places
from pos_trace.store.database import Database
from pos_trace.store.models import Printer
from tests.services.night import CABBAGE, Night, with_ports
from tests.services.print_shop import print_next
from tests.services.two_nodes import make_node
from tests.services.two_stations import OTHER_ID, Other, enrol, second
from tests.web.market_app import Market, app_of, make_market

PAPERS = {"generic-58": 384, "generic-80": 576}


@pytest.fixture
def buyer(night: Night, tmp_path: Path, sqlite_template: Path) -> Iterator[Other]:
    """A supermarket's station that knows our key by the feed."""
    path = tmp_path / "other.db"
    path.write_bytes(sqlite_template.read_bytes())
    made = second(night, make_node(Database(f"sqlite:///{path}"), tmp_path, "station", OTHER_ID))
    enrol(night, night.node)
    made.pull(night.now)
    yield made
    made.node.db.close()


@pytest.fixture
def printing(night: Night, children: Children) -> Night:
    """Our station with a real drawing process and a real way to a printer."""
    return with_ports(night, drawer=PageDrawer(children, 60.0), transport=transports.open_transport)


def printed(night: Night, folder: Path, preset: str) -> bytes:
    """Everything the printer got, with its spool empty afterwards."""
    with night.node.db.read() as session:
        (printer,) = session.scalars(select(Printer.id).where(Printer.preset == preset))
    while (state := print_next(night.node, printer, "t", night.now)) is not None:
        assert state == "confirmed"
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("preset", sorted(PAPERS))
def test_the_slip_off_the_paper_is_the_buyers_stock(
    printing: Night, buyer: Other, children: Children, tmp_path: Path, preset: str
) -> None:
    folder = tmp_path / "paper"
    folder.mkdir()
    node = printing.node
    places.add_printer(node, node.machine("t"), None, "Máy in", preset, "file", str(folder), printing.now)
    market: Market = make_market(printing)
    lot = printing.receive(CABBAGE, "20")["lot_id"]
    body = {"kind": "sale", "buyer": {"name": "Siêu thị Mẫu", "gln": "9521234700029"}}
    made = market.post("/transfers", body | {"lines": [{"lot_id": lot, "quantity": "12.5"}]})
    assert made["print_jobs"]

    paper = picture.render(printed(printing, folder, preset), PAPERS[preset])
    photo = io.BytesIO()
    paper.image.convert("L").save(photo, "PNG")
    assert not paper.unknown

    seeing = replace(buyer.node, ports=replace(buyer.node.ports, photos=PhotoReader(children, timeout_s=60.0)))
    key = places.stall_key(seeing, seeing.machine("t"), buyer.stall, "Máy", printing.now)["api_key"]
    client = app_of(seeing, [printing.now]).test_client()
    headers = {"Authorization": f"Bearer {key}"}
    sent = {"photo": (io.BytesIO(photo.getvalue()), "phieu.png")}
    answer = client.post("/api/v1/scans", data=sent, headers=headers, content_type="multipart/form-data")
    assert answer.status_code == 200, answer.text
    told = answer.json["transfer"]
    assert (told["state"], told["signature"], told["number"]) == ("accepted", "verified", made["number"])
    (there,) = client.get("/api/v1/stock", headers=headers).json["lots"]
    assert (there["key"], there["quantity"], there["unit"]) == (CABBAGE, "12.5", "kg")
    assert [one["quantity"] for one in market.get("/stock")["lots"]] == ["7.5"]
