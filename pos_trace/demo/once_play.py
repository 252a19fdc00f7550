"""What the steps of ``demo --once`` share while they run: both nodes' clients, what was learned, how a step fails."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from pos_trace.demo import parts
from pos_trace.demo.api import Answered, Client
from pos_trace.demo.parts import until
from pos_trace.demo.setup import Demo

API = "/api/v1"
FISH, SISTER = "CL2611B", "CL2611C"
FISH_GTIN, COFFEE_GTIN = "09521234600138", "09521234600015"


class Wrong(AssertionError):
    """A step answered something else than it promises."""


def expect(good: object, told: object) -> None:
    """Raise ``Wrong`` with what was told unless ``good``."""
    if not good:
        raise Wrong(str(told)[:600])


@dataclass
class Play:
    """What the steps share while they run. ``stalls``: a client for each stall asked for by its number."""

    demo: Demo
    station: Client
    province: Client
    known: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    stalls: dict[str, Client] = field(default_factory=dict)

    def scan(self, text: str, **more: Any) -> dict[str, Any]:
        """One scan of a text."""
        answer: dict[str, Any] = self.station.post(f"{API}/scans", {"text": text, **more})
        return answer

    def stall(self, number: str) -> Client:
        """A client with the key of another stall."""
        if number not in self.stalls:
            self.stalls[number] = Client(self.demo.station.url, self.demo.facts["stalls"][number]["api_key"])
        return self.stalls[number]

    def close(self) -> None:
        """Give all connections back."""
        for client in (self.station, self.province, *self.stalls.values()):
            client.close()


Step = Callable[[Play], str]


def paper(play: Play, stall: Client, job: str) -> Path:
    """The printer's bytes of a job, once the spool says that it came out."""

    def state() -> str:
        jobs = stall.get(f"{API}/prints")["jobs"]
        return str(next((one["state"] for one in jobs if one["id"] == job), "missing"))

    until("paper", state, lambda found: found == "confirmed")
    return play.demo.spool / f"{job}.bin"


def read(play: Play, stream: Path, name: str) -> list[str]:
    """The texts of the codes on a paper, bytes turned to a picture ``name`` and read again."""
    texts, _, unknown = parts.read_paper(stream, play.demo.folder / f"{name}.png")
    expect(unknown == 0, unknown)
    return texts


def lot(client: Client, lot_id: str) -> dict[str, Any]:
    """A lot as its stall's stock shows it; ``missing`` when nothing is left."""
    lots = client.get(f"{API}/stock")["lots"]
    return next((one for one in lots if one["id"] == lot_id), {"state": "missing", "quantity": "0"})


def refused(call: Callable[[], object]) -> int:
    """The status with which a call is refused; raises ``Wrong`` when it is answered."""
    try:
        told = call()
    except Answered as error:
        return error.status
    raise Wrong(told)


def shopper(url: str) -> tuple[int, str]:
    """A page as anybody's phone opens it: status and text."""
    answer = requests.get(url, timeout=10)
    return answer.status_code, answer.text
