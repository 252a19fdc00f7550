"""At the end everything agrees to the gram: our own book, the ledger, the stock API, the paper, the province."""

import re
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from pos_trace.core.quantities import to_kg
from pos_trace.services import stock
from pos_trace.services.node import Node
from pos_trace.services.receipts import projection
from pos_trace.store.models import (
    Adjustment,
    CaseEventRow,
    Delivery,
    DeliveryLine,
    LotSighting,
    PrintJob,
    Product,
    PublishedLine,
    PublishedReceipt,
    Receipt,
    Sale,
    SaleLine,
    Stall,
    StallCard,
    StockLot,
    StockMovement,
    Transfer,
    TransferLine,
)
from tests.e2e.fortnight_days import Story
from tests.e2e.fortnight_stall import Hand
from tests.e2e.fortnight_town import Station, Town

ZERO = Decimal(0)
AMOUNT = re.compile(r"([\d.]+(?:,\d+)?) (kg|khay|gói|túi)$")
Amounts = Counter[tuple[str, str]]


def rows_of(node: Node, model: type, *where: Any) -> list[Any]:
    """Every row of a table of this site, in the order of its ids."""
    with node.db.read() as session:
        return list(session.scalars(select(model).where(model.site_id == node.id, *where).order_by(model.id)))


def the_ledger_is_our_book(story: Story) -> None:
    """What the nodes wrote, movement by movement, is what the story wrote on its own; the cached sums are right."""
    found: dict[tuple[str, str, str, str], Decimal] = defaultdict(Decimal)
    for station in (story.town.market, story.town.other):
        stalls = {row.id: row.number for row in rows_of(station.node, Stall)}
        names = {row.id: row.name for row in rows_of(station.node, Product)}
        lots = {row.id: row for row in rows_of(station.node, StockLot)}
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for move in rows_of(station.node, StockMovement):
            lot = lots[move.lot_id]
            assert lot.stall_id == move.stall_id
            sums[lot.id] += move.quantity
            found[stalls[lot.stall_id], names[lot.product_id], lot.unit, move.kind] += move.quantity
        assert {lot.id: lot.on_hand for lot in lots.values()} == {lot_id: sums[lot_id] for lot_id in lots}
        assert min(lot.on_hand for lot in lots.values()) >= ZERO
    told = story.book.rows
    differ = {key: (found.get(key), told.get(key)) for key in {*found, *told} if found.get(key, 0) != told.get(key, 0)}
    assert differ == {}, f"written by the nodes, by us: {differ}"


def kilograms_are_kept(story: Story) -> None:
    """Received = sold + wasted + given + corrected − what came back + on hand; cutting and packing makes nothing."""
    for station in (story.town.market, story.town.other):
        node = station.node
        products = {row.id: row for row in rows_of(node, Product)}
        lots = {row.id: row for row in rows_of(node, StockLot)}
        by_kind: dict[str, Decimal] = defaultdict(Decimal)
        for move in rows_of(node, StockMovement):
            lot = lots[move.lot_id]
            product = products[lot.product_id]
            kg = to_kg(move.quantity, lot.unit, product.content_kg if product.unit == lot.unit else None)
            if kg is not None:
                by_kind[move.kind] += kg
        left = sum((_kg(lot, products[lot.product_id]) for lot in lots.values()), ZERO)
        assert by_kind["moved"] == ZERO, by_kind
        assert by_kind["received"] == left - sum((by_kind[kind] for kind in by_kind if kind != "received"), ZERO)


def _kg(lot: StockLot, product: Product) -> Decimal:
    return to_kg(lot.on_hand, lot.unit, product.content_kg if product.unit == lot.unit else None) or ZERO


def the_stock_api_says_so(story: Story) -> None:
    """Every lot with something in it is on the stall's screen with its very quantity; no other stall's is."""
    for hand, station in hands(story):
        mine = _stall_of(station, hand)
        lots = [lot for lot in rows_of(station.node, StockLot, StockLot.stall_id == mine.id) if lot.on_hand > 0]
        shown = [lot for lot in hand.get("/stock")["lots"] if Decimal(lot["quantity"]) > 0]
        assert {lot["id"]: Decimal(lot["quantity"]) for lot in shown} == {lot.id: lot.on_hand for lot in lots}
        assert {lot["id"]: lot["state"] for lot in shown} == {lot.id: lot.state for lot in lots}


def hands(story: Story) -> list[tuple[Hand, Station]]:
    """Each stall with the station it is in."""
    market = story.town.market
    return [(story.a12, market), (story.e01, market), (story.q1, story.town.other)]


def _stall_of(station: Station, hand: Hand) -> Stall:
    found: Stall = rows_of(station.node, Stall, Stall.number == hand.number)[0]
    return found


def the_papers_say_so(story: Story) -> None:
    """Every job came out; the amounts printed on a slip are those of its lines, copy by copy."""
    papers = sorted(path.stem for path in story.town.spool_dir.glob("*.bin"))
    jobs = [job for station in (story.town.market, story.town.other) for job in rows_of(station.node, PrintJob)]
    assert {job.state for job in jobs} == {"confirmed"}
    assert papers == sorted(job.id for job in jobs)
    assert min(path.stat().st_size for path in story.town.spool_dir.glob("*.bin")) > 0
    for station in (story.town.market, story.town.other):
        node = station.node
        told = {"receiving": _received(node), "receipt": _sold(node), "delivery_note": _given(node)}
        for kind, wanted in told.items():
            slips = [job for job in rows_of(station.node, PrintJob) if job.kind == kind]
            assert {job.subject_id for job in slips} == set(wanted), kind
            for job in slips:
                assert printed(job.slip) == wanted[job.subject_id], (kind, job.slip)


def printed(slip: dict[str, Any]) -> Amounts:
    """The amounts in the rows of a slip, thousands' dots and commas undone: (amount, unit) → how often."""
    found: Amounts = Counter()
    for block in slip["blocks"]:
        if block["kind"] != "row":
            continue
        for side in (block["text"], block["right"]):
            hit = AMOUNT.search(side.removesuffix(" (ước tính)").strip())
            if hit:
                found[hit[1].replace(".", "").replace(",", "."), hit[2]] += 1
    return found


def _amount(quantity: Decimal, unit: str) -> tuple[str, str]:
    return f"{quantity.normalize():f}", unit


def _received(node: Node) -> dict[str, Amounts]:
    lines = rows_of(node, DeliveryLine, DeliveryLine.state.in_(("accepted", "refused")))
    found = {row.id: Counter[tuple[str, str]]() for row in rows_of(node, Delivery) if row.state == "closed"}
    for line in lines:
        found[line.delivery_id][_amount(stock.of_line(line), stock.stock_unit(line))] += 1
    return found


def _sold(node: Node) -> dict[str, Amounts]:
    found = {row.id: Counter[tuple[str, str]]() for row in rows_of(node, Sale, Sale.kind == "sale")}
    for line in rows_of(node, SaleLine):
        if line.sale_id in found:
            found[line.sale_id][_amount(line.quantity, line.unit)] += 1
    return found


def _given(node: Node) -> dict[str, Amounts]:
    found = {row.id: Counter[tuple[str, str]]() for row in rows_of(node, Transfer, Transfer.direction == "out")}
    for line in rows_of(node, TransferLine):
        if line.transfer_id in found:
            found[line.transfer_id][_amount(line.quantity, line.unit)] += 1
    return found


def the_province_knows_the_same(story: Story) -> None:
    """Sightings, receipts, cases and cards at the province are the stations' own rows, and nothing more."""
    for station in (story.town.market, story.town.other):
        _sightings(story.town, station)
        _receipts(story.town, station)
        _cases(story.town, station)
    card = _at(story.town, StallCard)
    assert [one.stall_gln for one in card] == ["9521234700036"]


def _at(town: Town, model: type, *where: Any) -> list[Any]:
    with town.province.db.read() as session:
        return list(session.scalars(select(model).where(*where)))


def _sightings(town: Town, station: Station) -> None:
    """Kilograms a day and lot, of trucks after practice; what a neighbour gave is not received twice."""
    node = station.node
    trucks = {row.id: row for row in rows_of(node, Delivery) if not row.practice and row.state != "cancelled"}
    wanted: dict[tuple[Any, str], Decimal] = defaultdict(Decimal)
    today = town.clock.today
    for line in rows_of(node, DeliveryLine, DeliveryLine.key.is_not(None)):
        day = line.created_at.astimezone(node.zone).date()
        truck = trucks.get(line.delivery_id)
        if truck is None or line.state != "accepted" or day >= today or _inside(node, truck):
            continue
        kg = to_kg(line.accepted, line.unit, line.content_kg) or ZERO
        papers = rows_of(node, Adjustment, Adjustment.line_id == line.id)
        kg += sum((row.quantity for row in papers if row.created_at.astimezone(node.zone).date() == day), ZERO)
        wanted[day, line.key] += ZERO if _told_there(node, truck) else kg
    found: dict[tuple[Any, str], Decimal] = defaultdict(Decimal)
    for row in _at(town, LotSighting, LotSighting.site_id == node.id):
        found[row.day, row.key] += row.received_kg
    assert found == wanted


def _told_there(node: Node, truck: Delivery) -> bool:
    """Whether a delivery is another station's signed slip: its kilograms were told where its truck came in."""
    slips = rows_of(node, Transfer, Transfer.delivery_id == truck.id, Transfer.direction == "in")
    return any(slip.other_transfer_id is None and slip.signature == "verified" for slip in slips)


def _inside(node: Node, truck: Delivery) -> bool:
    """Whether a delivery is a neighbour's slip: that stall's truck has been told already."""
    slips = rows_of(node, Transfer, Transfer.delivery_id == truck.id)
    return any(slip.other_transfer_id is not None and slip.kind != "correction" for slip in slips)


def _receipts(town: Town, station: Station) -> None:
    """Each sale after practice once, with the goods and lots the station knows; no other."""
    node = station.node
    sales = {row.id: row for row in rows_of(node, Sale, Sale.kind == "sale") if not row.practice}
    published = {row.token: row for row in _at(town, PublishedReceipt, PublishedReceipt.site_id == node.id)}
    mine = [row for row in rows_of(node, Receipt) if row.sale_id in sales]
    assert sorted(row.token for row in mine) == sorted(published)
    for row in mine:
        sale = sales[row.sale_id]
        with node.db.read() as session:
            stall = session.get_one(Stall, (node.id, sale.stall_id))
            lines = session.scalars(select(SaleLine).where(SaleLine.sale_id == sale.id).order_by(SaleLine.id)).all()
            told = projection(session, node, row, sale, stall, lines)
        kept = _at(town, PublishedLine, PublishedLine.token == row.token)
        assert {line.line_no: (line.product_name, line.lot_keys) for line in kept} == {
            line["line_no"]: (line["product_name"], line["lot_keys"]) for line in told["lines"]
        }
        assert published[row.token].stall_gln == stall.gln


def _cases(town: Town, station: Station) -> None:
    """The same events under the same hashes on both nodes, in whatever order they came."""
    told = {(row.case_id, row.node, row.seq): row for row in rows_of(station.node, CaseEventRow)}
    kept = _at(town, CaseEventRow, CaseEventRow.site_id == station.node.id)
    ours = {key: (row.sha256, row.kind, row.body) for key, row in told.items()}
    theirs = {(row.case_id, row.node, row.seq): (row.sha256, row.kind, row.body) for row in kept}
    differ = {key: (theirs.get(key), ours.get(key)) for key in {*theirs, *ours} if theirs.get(key) != ours.get(key)}
    assert differ == {}, f"at the province, at the station: {differ}"


def everything_agrees(story: Story) -> None:
    """All of it."""
    the_ledger_is_our_book(story)
    kilograms_are_kept(story)
    the_stock_api_says_so(story)
    the_papers_say_so(story)
    the_province_knows_the_same(story)
