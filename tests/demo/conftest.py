"""The seeded demo, played once for all tests that look at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from pos_trace.demo import seed, setup
from pos_trace.demo.api import Client
from pos_trace.demo.setup import Demo
from pos_trace.services.node import Node
from pos_trace.store.models import DeliveryLine, Stall, StockLot, VerdictRow
from tests.web.market_app import app_of


@dataclass
class Played:
    """The demo after the seed has played: the station's node with its application, and the running province."""

    demo: Demo
    node: Node
    app: Any
    province: Client

    def get(self, stall: str, path: str) -> Any:
        """What a foreign client with the stall's key is answered."""
        key = self.demo.facts["stalls"][stall]["api_key"]
        told = self.app.test_client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {key}"})
        assert told.status_code == 200, told.text
        return told.json

    def lot(self, stall: str, goods: str) -> Any:
        """The one lot of goods that lies at a stall."""
        [found] = [one for one in self.get(stall, "/stock")["lots"] if one["product_name"].startswith(goods)]
        return found

    def lines(self, stall: str, goods: str) -> list[dict[str, Any]]:
        """What became of the lines of ``goods`` at a stall: last verdict, reasons, lot state; oldest first."""
        with self.node.db.read() as session:
            mine = (
                select(DeliveryLine, VerdictRow, StockLot)
                .join(Stall, (Stall.site_id == DeliveryLine.site_id) & (Stall.id == DeliveryLine.stall_id))
                .join(
                    VerdictRow,
                    (VerdictRow.site_id == DeliveryLine.site_id) & (VerdictRow.id == DeliveryLine.verdict_id),
                )
                .join(StockLot, (StockLot.site_id == DeliveryLine.site_id) & (StockLot.line_id == DeliveryLine.id))
                .where(StockLot.parent_lot_id.is_(None))
                .where(Stall.number == stall, DeliveryLine.goods_name.like(f"{goods}%"))
                .order_by(DeliveryLine.id)
            )
            return [
                {"status": verdict.status, "reasons": [one["code"] for one in verdict.reasons],
                 "state": lot.state, "unit": lot.unit, "on_hand": lot.on_hand, "line": line.id}
                for line, verdict, lot in session.execute(mine)
            ]  # fmt: skip


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """A demo with its past, the station's node open and not served: no beat moves anything."""
    demo = setup.prepare(tmp_path_factory.mktemp("seed") / "demo", 0)
    try:
        setup.start(demo)
        seed.play(demo, quiet=True)
        province = Client(demo.province.url, demo.facts["province"]["api_key"])
        with setup.opened(demo.station.config) as node:
            yield Played(demo, node, app_of(node, [datetime.now(UTC)]), province)
        province.close()
    finally:
        demo.stop()
