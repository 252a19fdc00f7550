"""One stall as its people and its till use it over HTTP, and a book of our own in which every gram is written apart."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from pos_trace.demo.api import Client
from pos_trace.demo.lots import RECORD_HOST
from pos_trace.demo.parts import paper_picture
from tests.e2e.fortnight_town import Town

API = "/api/v1"
Rows = dict[tuple[str, str, str, str], Decimal]


@dataclass
class Book:
    """What the story itself knows of every stall's goods: (stall, goods, unit, kind of movement) → amount.

    ``money`` and ``receipts``: prices, amounts and receipt numbers, none of which may leave the market.
    """

    rows: Rows = field(default_factory=lambda: defaultdict(Decimal))
    money: set[int] = field(default_factory=set)
    receipts: set[str] = field(default_factory=set)

    def write(self, stall: str, goods: str, unit: str, kind: str, amount: Decimal | str) -> None:
        """One movement."""
        self.rows[stall, goods, unit, kind] += Decimal(amount)


@dataclass
class Hand:
    """Whoever works at stall ``number`` of the station at ``url``, with the stall's ``key``."""

    town: Town
    book: Book
    number: str
    url: str
    key: str
    photos: int = 0
    sales: int = 0

    @cached_property
    def client(self) -> Client:
        """The stall's connection, kept open through the story."""
        return Client(self.url, self.key)

    def post(self, path: str, body: Any = None) -> Any:
        """A POST below ``/api/v1``; a minute goes by, as it does at a stall."""
        self.town.clock.pass_minutes(1)
        return self.client.post(API + path, {} if body is None else body)

    def get(self, path: str, **query: Any) -> Any:
        """A GET below ``/api/v1``."""
        return self.client.get(API + path, **query)

    def truck(self, supplier: str, plate: str | None = None) -> str:
        """A delivery opens."""
        told = {"supplier_name": supplier} | ({"vehicle_plate": plate} if plate else {})
        return str(self.post("/deliveries", told)["id"])

    def coded(self, delivery: str, key: str, quantity: str, unit: str, content: str | None = None) -> dict[str, Any]:
        """A label is scanned and counted."""
        told = {"text": f"{RECORD_HOST}/{key}", "delivery_id": delivery, "quantity": quantity, "unit": unit,
                "confirm": True}  # fmt: skip
        line: dict[str, Any] = self.post("/scans", told | ({"content_kg": content} if content else {}))["line"]
        self._came(line, quantity, unit, content)
        return line

    def loose(
        self, delivery: str, goods: str, group: str, quantity: str, unit: str = "kg", content: str | None = None
    ) -> dict[str, Any]:
        """Goods without a code."""
        told = {"goods_name": goods, "goods_group": group, "quantity": quantity, "unit": unit, "confirm": True}
        told |= {"content_kg": content} if content else {}
        line: dict[str, Any] = self.post(f"/deliveries/{delivery}/lines", told)["line"]
        self._came(line, quantity, unit, content)
        return line

    def _came(self, line: dict[str, Any], quantity: str, unit: str, content: str | None) -> None:
        amount = Decimal(quantity) * Decimal(content or 1)
        self.book.write(self.number, line["goods_name"], "kg" if content else unit, "received", amount)

    def paper(self, delivery: str, line: dict[str, Any], kind: str = "bang_ke") -> dict[str, Any]:
        """A paper with its own photo comes to a line, now or later; the line as it stands then."""
        self.photos += 1
        day = self.town.clock.today
        told = {"kind": kind, "number": f"{kind}-{self.number}-{self.photos}", "issued_on": day.isoformat(),
                "issuer": "Nhà vườn (mẫu)", "line_id": line["id"]}  # fmt: skip
        made = self.post(f"/deliveries/{delivery}/papers", told)["paper"]["id"]
        picture = paper_picture("x" * (self.photos + (20 if self.number == "E-01" else 0)))
        seen = self.client.photo(f"{API}/deliveries/{delivery}/photos", picture, paper_id=made)
        return next(one for one in seen["lines"] if one["id"] == line["id"])

    def refuse(self, line: dict[str, Any], quantity: str, unit: str, content: str | None = None) -> dict[str, Any]:
        """Part of a line goes back with the driver."""
        told = {"quantity": quantity, "unit": unit, "reason": "dập hỏng"}
        self._went(line["goods_name"], unit, content, quantity, "refused")
        found: dict[str, Any] = self.post(f"/lines/{line['id']}/refuse", told)["line"]
        return found

    def adjust(self, delivery: str, line: dict[str, Any], less: str, unit: str, content: str | None = None) -> str:
        """A numbered correction after closing."""
        told = {"line_id": line["id"], "quantity": less, "unit": unit, "less": True, "reason": "đếm lại"}
        self._went(line["goods_name"], unit, content, less, "adjusted")
        return str(self.post(f"/deliveries/{delivery}/adjustments", told)["number"])

    def _went(self, goods: str, unit: str, content: str | None, quantity: str, kind: str) -> None:
        amount = Decimal(quantity) * Decimal(content or 1)
        self.book.write(self.number, goods, "kg" if content else unit, kind, -amount)

    def close(self, delivery: str) -> dict[str, Any]:
        """ "Xong chuyến"."""
        found: dict[str, Any] = self.post(f"/deliveries/{delivery}/close")
        assert len(found["print_jobs"]) == 2, found
        return found

    def sell(self, *lines: tuple[str, str, str, int | None]) -> dict[str, Any]:
        """A sale of (goods, quantity, unit, price of one or None)."""
        told = [{"line_no": number, "name": goods, "qty": quantity, "unit": unit}
                | ({"unit_price": price} if price else {})
                for number, (goods, quantity, unit, price) in enumerate(lines, 1)]  # fmt: skip
        for goods, quantity, unit, price in lines:
            self.book.write(self.number, goods, unit, "sold", -Decimal(quantity))
            if price:
                self.book.money |= {price, int(price * Decimal(quantity))}
        return self.sale(told)

    def sale(self, lines: list[dict[str, Any]]) -> dict[str, Any]:
        """A sale as a till tells it; its goods are written into the book by whoever calls."""
        self.sales += 1
        found: dict[str, Any] = self.post("/sales", {"external_id": f"{self.number}-{self.sales}", "lines": lines})
        self.book.receipts.add(found["receipt_no"])
        return found

    def lot(self, lot_id: str) -> dict[str, Any]:
        """A lot as the stock shows it."""
        found: dict[str, Any] = next(one for one in self.get("/stock")["lots"] if one["id"] == lot_id)
        return found

    def waste(self, lot: dict[str, Any], quantity: str, kind: str) -> None:
        """Spoilt, given away, eaten by the family."""
        self.book.write(self.number, lot["product_name"], lot["unit"], "wasted", -Decimal(quantity))
        self.post(f"/stock/{lot['id']}/waste", {"quantity": quantity, "kind": kind, "reason": "cuối buổi"})

    def over(self, lot_id: str) -> None:
        """ "Hết lô này": what the books still have is not there."""
        lot = self.lot(lot_id)
        left = self.post(f"/stock/{lot_id}/close")["left"]
        assert left == lot["quantity"]
        self.book.write(self.number, lot["product_name"], lot["unit"], "adjusted", -Decimal(left))

    def moved(self, parts: list[tuple[dict[str, Any], str]], child: dict[str, Any], lost: str = "0") -> None:
        """Lots became another one; what was lost stands apart."""
        for lot, quantity in parts:
            amount = Decimal(quantity) - (Decimal(lost) if lot is parts[0][0] else 0)
            self.book.write(self.number, lot["product_name"], lot["unit"], "moved", -amount)
        first = parts[0][0]
        self.book.write(self.number, first["product_name"], first["unit"], "wasted", -Decimal(lost))
        self.book.write(self.number, child["product_name"], child["unit"], "moved", child["quantity"])
