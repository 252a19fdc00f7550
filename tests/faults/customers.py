"""Clients outside the process: a till and a receiver post without pause and write down what was acknowledged."""

import itertools
import random
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

import requests

from pos_trace.demo.lots import RECORD_HOST

API = "/api/v1"
DEADLINE_S = 20.0
COFFEE, FISH = "9521234600015", "9521234600138"
COFFEE_KEY, FISH_KEY = "01/09521234600015/10/DH2611A", "01/09521234600138/10/CL2611C"
Body = dict[str, Any]
Script = Generator[tuple[str, str, Body], Body, None]


@dataclass
class Asked:
    """One POST and what became of it. ``cut``: how often it was under way when the station died."""

    verb: str
    path: str
    body: Body
    key: str | None
    status: int | None = None
    answer: Body = field(default_factory=dict)
    cut: int = 0

    @property
    def acknowledged(self) -> bool:
        """Whether the client saw it done."""
        return self.status is not None and self.status < 300


class Poster(threading.Thread):
    """Plays ``script`` against ``url`` until told to pause or end; a cut request is sent again, the same key, the
    same body, once the station is back. Whatever else goes wrong is kept in ``troubles``.
    """

    def __init__(self, name: str, url: str, key: str, script: Callable[[], Script]) -> None:
        super().__init__(name=name, daemon=True)
        self.log: list[Asked] = []
        self.troubles: list[str] = []
        self.under_way: Asked | None = None
        self.back, self.idle, self.ending = threading.Event(), threading.Event(), threading.Event()
        self._url, self._script = url, script
        self._headers = {"Authorization": f"Bearer {key}"}

    def run(self) -> None:
        try:
            while not self.ending.is_set():
                self._play()
        finally:
            self.idle.set()

    def _play(self) -> None:
        """The script from its start; an answer it cannot go on from ends it."""
        script = self._script()
        step = next(script)
        while not self.ending.is_set():
            asked = Asked(*step, key=_key_for(step))
            self.log.append(asked)
            if not self._until_answered(asked):
                return
            if not asked.acknowledged:
                self.troubles.append(f"{asked.verb}: {asked.status} {asked.answer}")
                return
            step = script.send(asked.answer)

    def _until_answered(self, asked: Asked) -> bool:
        while True:
            if not self.back.is_set():
                self.idle.set()
                self.back.wait()
                self.idle.clear()
            if self.ending.is_set() and not asked.cut:
                self.log.remove(asked)
                return False
            self.under_way = asked
            try:
                asked.status, asked.answer = post(self._url, self._headers, asked)
            except requests.RequestException:
                asked.cut += 1
                if self.back.is_set():
                    time.sleep(0.01)
                continue
            finally:
                self.under_way = None
            return True

    def finish(self) -> None:
        """Let what was cut be answered, then end."""
        self.ending.set()
        self.back.set()
        self.join(60)
        if self.is_alive():
            raise AssertionError(f"{self.name} never ended")


def post(url: str, headers: dict[str, str], asked: Asked) -> tuple[int, Body]:
    """Send once, on a connection of its own; status and JSON."""
    more = {"Idempotency-Key": asked.key} if asked.key else {}
    with requests.Session() as session:
        session.trust_env = False
        told = session.post(url + asked.path, json=asked.body, headers=headers | more, timeout=DEADLINE_S)
        return told.status_code, told.json()


_NUMBERS = itertools.count(1)


def _key_for(step: tuple[str, str, Body]) -> str | None:
    """A fresh key; every other sale comes from a till that has none and is known by its external_id."""
    number = next(_NUMBERS)
    return None if step[0] == "sale" and number % 2 else f"kill-{number}"


def till_script(luck: random.Random) -> Callable[[], Script]:
    """Sales for ever: coffee and fish by barcode, or goods only named."""

    def script() -> Script:
        while True:
            lines: list[Body] = [{"line_no": 1, "barcode": COFFEE, "qty": "1", "unit_price": 125000}]
            if luck.random() < 0.5:
                lines.append({"line_no": 2, "barcode": FISH, "qty": str(luck.randint(1, 3)), "unit_price": 120000})
            if luck.random() < 0.3:
                lines.append({"line_no": 3, "name": "Chanh tươi", "qty": "0.5", "unit": "kg", "unit_price": 30000})
            yield "sale", f"{API}/sales", {"external_id": f"kill-{next(_NUMBERS)}", "lines": lines}

    return script


def receiver_script(luck: random.Random) -> Callable[[], Script]:
    """Deliveries for ever: look-ups, scanned and loose lines, a report sent at once, closing.

    No quantity is over three times another, so none of them is asked about as far above the supplier's usual.
    """

    def script() -> Script:
        while True:
            opened = yield "delivery", f"{API}/deliveries", {"supplier_name": f"Xe {luck.randint(1, 9)} (mẫu)"}
            where = f"{API}/deliveries/{opened['id']}"
            into = {"delivery_id": opened["id"], "quantity": str(luck.randint(14, 40))}
            yield "look_up", f"{API}/scans", {"text": f"{RECORD_HOST}/{COFFEE_KEY}"}
            yield "scan", f"{API}/scans", {"text": f"{RECORD_HOST}/{COFFEE_KEY}", "unit": "gói", **into}
            yield "scan", f"{API}/scans", {"text": f"{RECORD_HOST}/{FISH_KEY}", "unit": "khay", **into}
            loose = {"goods_name": "Gà ta làm sẵn", "goods_group": "thit", "quantity": "12", "unit": "con"}
            told = yield "line", f"{where}/lines", loose
            yield "case", f"{API}/flags/{told['line']['flag']['id']}/send", {}
            yield "close", f"{where}/close", {}

    return script
