"""A station with printers for tests of the spool: drawer and printers do as told and refuse to work inside a write."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import select

from pos_trace.core.slips import Block, Slip
from pos_trace.hardware.transports import Sent
from pos_trace.services import places, printing, spool
from pos_trace.services.node import Node, Ports
from pos_trace.store.database import Database
from pos_trace.store.models import PrintAttempt, Printer, PrintJob
from tests.services.two_nodes import SITE_ID, add_stall, make_node

CONFIRMED = Sent(4, "confirmed")
UNSURE = Sent(4, "sent_unconfirmed", 500, "máy in chưa xác nhận")
REFUSED = Sent(0, "failed", 401, "refused")


def print_next(node: Node, printer_id: str, owner: str, now: datetime) -> str | None:
    """Send and settle the printer's oldest due job, as its worker does; its state then, None when nothing was due."""
    outcome = spool.send_next(node, printer_id, owner, now)
    return spool.settle(node, outcome, now) if outcome is not None else None


@dataclass
class Drawer:
    """Draws a slip as its first line; ``acts`` are raised or returned first, one a call."""

    database: Database
    acts: list[Exception] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)

    def draw(self, slip: Slip, printer: str, process_id: int | None = None) -> bytes:
        assert not self.database.in_write()
        self.drawn.append(slip.blocks[0].text)
        if self.acts:
            raise self.acts.pop(0)
        return f"{printer}:{process_id}:{slip.blocks[0].text}".encode()


@dataclass
class Printers:
    """Every printer of the shop. ``acts``: what becomes of the next jobs, then all are confirmed."""

    database: Database
    acts: list[Sent | Exception | Callable[[str], Sent]] = field(default_factory=list)
    got: list[tuple[str, str, bytes]] = field(default_factory=list)

    def __call__(self, transport: str, address: str) -> "Way":
        assert not self.database.in_write()
        return Way(self, address)


@dataclass
class Way:
    """The way to one of them."""

    printers: Printers
    address: str

    def send(self, data: bytes, job_id: str) -> Sent:
        assert not self.printers.database.in_write()
        self.printers.got.append((self.address, job_id, data))
        act = self.printers.acts.pop(0) if self.printers.acts else CONFIRMED
        if isinstance(act, Exception):
            raise act
        return act(job_id) if callable(act) else act


@dataclass
class Shop:
    """What the tests hold."""

    node: Node
    now: datetime
    drawer: Drawer
    printers: Printers
    stall: str
    printer: str

    def queue(self, text: str = "phiếu", stall: str | None = None, copy_no: int = 1, subject: str = "s-1",
              kind: Literal["text", "code"] = "text") -> str:  # fmt: skip
        """A slip in the spool; its job."""
        self.tick()
        with self.node.write(self.node.machine("t"), self.now) as tx:
            slip = Slip("receipt", (Block(kind, text),))
            made = printing.queue(tx, stall or self.stall, "receipt", subject, slip, copy_no)
        assert made is not None
        return made

    def add_printer(self, name: str, stall: str | None, preset: str = "generic-80", **more: Any) -> str:
        """One more printer; its id."""
        way, address = more.get("transport", "file"), more.get("address", name)
        told = places.add_printer(self.node, self.node.machine("t"), stall, name, preset, way, address, self.now)
        return str(told["id"])

    def tick(self) -> None:
        """Time goes on a little: whatever happens later is told apart from what was before."""
        self.now += timedelta(milliseconds=1)

    def print(self, owner: str = "a", at: datetime | None = None, printer: str | None = None) -> str | None:
        self.tick()
        return print_next(self.node, printer or self.printer, owner, at or self.now)

    def later(self, **more: float) -> datetime:
        return self.now + timedelta(**more)

    def job(self, job_id: str) -> PrintJob:
        with self.node.db.read() as session:
            return session.get_one(PrintJob, (self.node.id, job_id))

    def states(self) -> list[str]:
        with self.node.db.read() as session:
            return list(session.scalars(select(PrintJob.state).order_by(PrintJob.created_at, PrintJob.id)))

    def attempts(self, job_id: str) -> list[tuple[int, str, int, int]]:
        """Number, outcome, bytes and status of each try."""
        with self.node.db.read() as session:
            rows = session.scalars(
                select(PrintAttempt).where(PrintAttempt.job_id == job_id).order_by(PrintAttempt.id)
            ).all()
            return [(row.number, row.outcome, row.bytes_sent, row.status) for row in rows]

    def printer_row(self, printer: str | None = None) -> Printer:
        with self.node.db.read() as session:
            return session.get_one(Printer, (self.node.id, printer or self.printer))

    def sent(self) -> list[str]:
        """The first lines of all that reached a printer."""
        return [data.decode().rpartition(":")[2] for _, _, data in self.printers.got]


def open_shop(database: Database, folder: Path, now: datetime) -> Shop:
    """A station with one stall and one printer shared by all."""
    drawer, printers = Drawer(database), Printers(database)
    node = make_node(database, folder, "station", SITE_ID, Ports(drawer=drawer, transport=printers))
    stall = add_stall(node, "A-12", now)
    shop = Shop(node, now, drawer, printers, stall, "")
    shop.printer = shop.add_printer("chung", None)
    return shop
