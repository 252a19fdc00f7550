"""kill -9 at random moments, over and over: kill, restart, compare the books, ask again, go on; then let all settle."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import requests
from sqlalchemy import func, select

from pos_trace.demo.parts import until
from pos_trace.demo.people import STATION_ID
from pos_trace.store.models import OutboxMessage, PrintJob, Sale
from tests.faults import papers
from tests.faults.customers import Asked, Poster, post, receiver_script, till_script
from tests.faults.ledger import Found, acknowledged, check_books, check_province
from tests.faults.market import Market

API = "/api/v1"
BETWEEN = (2, 8)  # acknowledged requests between two kills
LATEST_S = 0.03
ASKED_AGAIN = 6
SETTLE_S = 90.0


@dataclass
class Tally:
    """One run: ``in_flight`` names, per kill, the verbs that were between request and answer; ``written`` counts the
    sales among them that were in the books already, only the answer was still missing.
    """

    seed: int
    in_flight: list[list[str]] = field(default_factory=list)
    written: int = 0
    acknowledged: int = 0
    repeated: int = 0
    unsure: int = 0
    found: Found = field(default_factory=Found)

    @property
    def hits(self) -> int:
        """Kills that fell between a request and its answer."""
        return sum(bool(verbs) for verbs in self.in_flight)

    def add(self, more: Found) -> None:
        """Keep what a check found."""
        for name in ("lost", "doubled", "wrong"):
            mine = getattr(self.found, name)
            mine += [item for item in getattr(more, name) if item not in mine]


class Killing:
    """A run on one market. ``at_the_kill`` happens to the dead station's files (a power cut's losses)."""

    def __init__(self, market: Market, seed: int, at_the_kill: Callable[[], None] = lambda: None) -> None:
        self.market, self.tally = market, Tally(seed)
        self._luck = random.Random(seed)
        self._at_the_kill = at_the_kill
        self._headers = {"Authorization": f"Bearer {market.key}"}
        scripts = {"till": till_script(random.Random(seed + 1)), "receiver": receiver_script(random.Random(seed + 2))}
        self._posters = [Poster(name, market.url, market.key, script) for name, script in scripts.items()]
        self._drawn: dict[str, str] = {}

    @property
    def log(self) -> list[Asked]:
        """Everything the clients asked, answered or not."""
        return [asked for poster in self._posters for asked in poster.log]

    def run(self, kills: int, *, stop_when_lost: bool = False) -> Tally:
        """``kills`` times; with ``stop_when_lost`` a bad build ends the run as soon as it shows."""
        for poster in self._posters:
            poster.back.set()
            poster.start()
        try:
            for _ in range(kills):
                self._one_kill()
                self._compare(settled=False)
                self._ask_again()
                if stop_when_lost and self.tally.found.lost:
                    return self.tally
                for poster in self._posters:
                    poster.back.set()
        finally:
            for poster in self._posters:
                poster.finish()
            self.tally.acknowledged = sum(asked.acknowledged for asked in self.log)
        self._settle()
        return self.tally

    def _one_kill(self) -> None:
        before = sum(asked.status is not None for asked in self.log)
        wanted = before + self._luck.randint(*BETWEEN)
        until("requests", lambda: sum(asked.status is not None for asked in self.log), lambda found: found >= wanted)
        moment = self._luck.uniform(0, LATEST_S)
        until("a request under way", lambda: any(poster.under_way for poster in self._posters), bool)
        time.sleep(moment)  # the moment itself is what is random here, nothing is waited for
        cut_before = {id(asked): asked.cut for asked in self.log}
        for poster in self._posters:
            poster.back.clear()
        self.market.kill_station()
        for poster in self._posters:
            if not poster.idle.wait(30):
                raise AssertionError(f"{poster.name} hangs on a dead station")
        self.tally.in_flight.append(
            [asked.verb for asked in self.log if asked.cut > cut_before.get(id(asked), 0) and asked.status is None]
        )
        self._at_the_kill()
        self.market.start_station()

    def _compare(self, *, settled: bool) -> None:
        with self.market.book("station") as database, database.read() as session:
            self.tally.add(check_books(session, STATION_ID, self.log, settled=settled))
            doubt = [a.body["external_id"] for a in self.log if a.verb == "sale" and a.cut and a.status is None]
            known = select(func.count()).where(Sale.external_id.in_(doubt))
            self.tally.written += session.scalar(known) or 0
        troubles = [trouble for poster in self._posters for trouble in poster.troubles]
        self.tally.add(Found(wrong=troubles))

    def _ask_again(self) -> None:
        """Clients that repeat what was answered long ago get the same answer."""
        answered = acknowledged(self.log, "sale", "scan", "look_up", "line", "case", "close", "delivery")
        for asked in self._luck.sample(answered, min(ASKED_AGAIN, len(answered))):
            status, answer = post(self.market.url, self._headers, asked)
            self.tally.repeated += 1
            if (status, answer) != (asked.status, asked.answer):
                self.tally.add(Found(wrong=[f"{asked.verb} asked again: {status} {str(answer)[:200]}"]))

    def _settle(self) -> None:
        """Everything goes out; a person answers "Phiếu đã ra chưa?"; then the books of both nodes are compared."""
        self._until_quiet()
        while self._answer_questions():
            self._until_quiet()
        self._compare(settled=True)
        with self.market.book("station") as station, station.read() as session:
            self.tally.add(papers.check_papers(session, self.market.printer.papers, self._drawn))
            self.tally.add(papers.check_receipts(session, self.market.printer.papers, self._drawn))
            with self.market.book("province") as province, province.read() as other:
                self.tally.add(check_province(session, other))

    def _until_quiet(self) -> None:
        """Wait until nothing is left to send or print, as long as it gets less."""

        def waiting() -> int:
            with self.market.book("station") as database, database.read() as session:
                messages = select(func.count()).where(OutboxMessage.state.in_(("pending", "leased")))
                jobs = select(func.count()).where(PrintJob.state.in_(("queued", "sending")))
                return (session.scalar(messages) or 0) + (session.scalar(jobs) or 0)

        left = waiting()
        while left:
            left = until("less to send and print", waiting, left.__gt__, SETTLE_S)

    def _answer_questions(self) -> int:
        """The stall looks at each paper it is asked about: it came out, or it did not and is printed again, which may
        go wrong once more. Answers how many there were.
        """
        with self.market.book("station") as database, database.read() as session:
            asked = papers.unsure(session)
        offered = requests.get(f"{self.market.url}{API}/prints", headers=self._headers, timeout=10).json()["jobs"]
        shown = {job["id"] for job in offered if job["state"] == "sent_unconfirmed"}
        self.tally.unsure += len(asked)
        for job in asked:
            if job.id not in shown:
                self.tally.add(Found(lost=[f"question about {job.id}: nobody is asked"]))
            there = papers.drawn(job, self._drawn) in self.market.printer.papers
            where = f"{self.market.url}{API}/prints/{job.id}/answer"
            requests.post(where, json={"printed": there}, headers=self._headers, timeout=10).raise_for_status()
        return len(asked)
