"""How long the slowest of a corpus of hostile texts takes, and what a plain Digital Link costs beside biip.

A text's time is the best of a few tries, so that what else the machine does is not counted; the figure is the worst
text's. The corpus is the same in every run.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from pos_trace.bench import yardsticks
from pos_trace.bench.hostile_texts import corpus
from pos_trace.bench.rows import row
from pos_trace.core.codes import label_uri, parse
from pos_trace.core.codes.digits import check_digit

GOAL_MS: Final = 250
TRIES: Final = 3
LINKS: Final = 500


def slowest_ms(texts: Iterable[tuple[str, str]], read: Callable[[str], object] = parse) -> float:
    """Milliseconds the slowest of ``texts`` takes."""
    return max(min(_seconds(read, text) for _ in range(TRIES)) for _, text in texts) * 1000


def link_cpu(links: Sequence[str]) -> tuple[float, float]:
    """Microseconds of CPU a link takes with us and with biip, tried in turn."""
    ours, theirs = [], []
    for _ in range(TRIES):
        ours.append(_cpu(parse, links))
        theirs.append(_cpu(yardsticks.read_link, links))
    return min(ours) * 1e6, min(theirs) * 1e6


def links() -> list[str]:
    """Links as labels carry them, each another product and lot."""
    bodies = [f"0952{number:09d}" for number in range(LINKS)]
    return [
        label_uri("https://tx.example", body + check_digit(body), f"L{body[-6:]}", expiry="261231") for body in bodies
    ]


def run() -> list[dict[str, Any]]:
    """The rows of ``bench parse``."""
    ours, theirs = link_cpu(links())
    return [
        row("p100_100kb_ms", slowest_ms(corpus()), "ms", GOAL_MS),
        row("plain_link_cpu", ours, "µs", None, yardstick=theirs),
    ]


def _seconds(read: Callable[[str], object], text: str) -> float:
    started = time.perf_counter()
    read(text)
    return time.perf_counter() - started


def _cpu(read: Callable[[str], object], texts: Sequence[str]) -> float:
    started = time.process_time()
    for text in texts:
        read(text)
    return (time.process_time() - started) / len(texts)
