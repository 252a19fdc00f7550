"""A whole market as real processes – province, station, network printer – for tests that kill, cut and starve it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests

from pos_trace.app import utc_now
from pos_trace.demo import parts, setup
from pos_trace.demo.api import Client
from pos_trace.demo.once import QUICK_BEATS, VERSION
from pos_trace.services import places
from pos_trace.store.database import Database
from tests.faults.copied import imported_first
from tests.faults.paper_printer import PaperPrinter


@dataclass
class Market:
    """Both nodes and the printer; ``build`` is the package the station's process imports (None: the checkout)."""

    demo: setup.Demo
    printer: PaperPrinter
    build: Path | None = None

    @property
    def url(self) -> str:
        """Where the station answers, the same after every restart."""
        return self.demo.station.url

    @property
    def key(self) -> str:
        """The bearer key of the main stall."""
        return str(self.demo.facts["station"]["api_key"])

    def start_station(self) -> None:
        """Start the station from its configuration, as an operating system would after a power cut."""
        with imported_first(self.build):
            self.demo.station.start()

    def kill_station(self) -> None:
        """kill -9 of the station and its children."""
        self.demo.station.kill()

    @contextmanager
    def book(self, node: str) -> Iterator[Database]:
        """The database file of "station" or "province", read beside the running process."""
        database = Database(f"sqlite:///{self.demo.folder / node / 'app.db'}")
        try:
            yield database
        finally:
            database.close()


def records_version(url: str) -> int:
    """How far a station has read its province's feed."""
    text = requests.get(f"{url}/metrics", timeout=10).text
    return next((int(float(line.split()[-1])) for line in text.splitlines() if line.startswith(VERSION)), 0)


@contextmanager
def running_market(folder: Path, seed: int, *, build: Path | None = None, jam: float = 0.0) -> Iterator[Market]:
    """Set up, start, publish the demo's lots and wait until the station has them; everything is ended afterwards."""
    demo = setup.prepare(folder, 0)
    printer = PaperPrinter(seed, jam)
    try:
        setup.start(demo, beats=QUICK_BEATS)
        with setup.opened(demo.station.config) as node:
            who = node.machine("test")
            places.add_printer(node, who, None, "Máy in mẫu", "generic-80", "tcp", printer.address, utc_now())
        market = Market(demo, printer, build)
        market.start_station()
        province = Client(demo.province.url, demo.facts["province"]["api_key"])
        version = parts.publish(province, datetime.now(UTC).date())
        province.close()
        parts.until("records", lambda: records_version(market.url), lambda found: found >= version)
        yield market
    finally:
        demo.station.kill()
        demo.province.kill()
        printer.close()
