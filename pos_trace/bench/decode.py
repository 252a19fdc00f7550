"""How many codes of the labelled photos are read, whether any text is wrong, and what a read photo costs.

Data: ``$POS_TRACE_SHARED/images`` (default ``../shared``) with ``manifest.json``: file, set, texts; a text that is no
UTF-8 stands there as hex. The subject is the call of the child process, run here so that its CPU can be told apart.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from pos_trace.bench.rows import p95, row
from pos_trace.core.errors import Misconfigured
from pos_trace.hardware.decoder import read_photo
from pos_trace.hardware.photos import open_photo
from pos_trace.hardware.seen import Reading

SYNTHETIC: Final = "synth/"
SMALL_BELOW: Final = 2_000_000
LARGE_FROM: Final = 11_000_000
WARM_UP: Final = 5


@dataclass(frozen=True, slots=True)
class Label:
    """A photo and what stands in it: one bytes value a code."""

    file: str
    set: str
    raws: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """One photo read: how many of its codes, the texts no label has, its dots, and CPU with loading."""

    label: Label
    read: int
    wrong: tuple[str, ...]
    pixels: int
    cpu_ms: float


def folder() -> Path:
    """Where the labelled photos lie; raises ``Misconfigured``."""
    found = Path(os.environ.get("POS_TRACE_SHARED", "../shared")) / "images"
    if not (found / "manifest.json").is_file():
        raise Misconfigured("no_shared", f"Không thấy {found}/manifest.json. Đặt POS_TRACE_SHARED.")
    return found


def labels(images: Path) -> list[Label]:
    """The manifest of ``images``."""
    told = orjson.loads((images / "manifest.json").read_bytes())
    return [Label(one["file"], one["set"], tuple(map(_raw, one["texts"]))) for one in told]


def measure(images: Path, wanted: Iterable[Label], read: Callable[[bytes], Reading] = read_photo) -> Iterator[Read]:
    """Read every photo once."""
    for label in wanted:
        data = (images / label.file).read_bytes()
        pixels = _pixels(data)
        started = time.process_time()
        reading = read(data)
        cpu_ms = (time.process_time() - started) * 1000
        good = sum(any(_same(raw, code.raw, code.text) for code in reading.codes) for raw in label.raws)
        wrong = (code.text for code in reading.codes if code.text is not None)
        strange = tuple(text for text in wrong if not any(_same(raw, text.encode(), text) for raw in label.raws))
        yield Read(label, good, strange, pixels, cpu_ms)


def rate(reads: Iterable[Read]) -> float:
    """Codes read of those labelled."""
    counted = [(one.read, len(one.label.raws)) for one in reads]
    return sum(good for good, _ in counted) / max(sum(of for _, of in counted), 1)


def rows_of(reads: list[Read]) -> list[dict[str, Any]]:
    """The rows of the contract."""
    synthetic = [one for one in reads if one.label.set.startswith(SYNTHETIC)]
    real = [one for one in reads if not one.label.set.startswith(SYNTHETIC)]
    whole = [one for one in reads if one.read == len(one.label.raws)]
    small = [one.cpu_ms for one in whole if one.pixels < SMALL_BELOW]
    large = [one.cpu_ms for one in whole if one.pixels >= LARGE_FROM]
    return [
        row("read_rate_real", rate(real), "codes/labelled", 0.97, at_least=True),
        row("read_rate_synthetic", rate(synthetic), "codes/labelled", 0.92, at_least=True),
        row("wrong_texts", sum(len(one.wrong) for one in reads), "texts", 0),
        row("p95_small_ms", p95(small), "ms CPU", 15),
        row("p95_12mp_ms", p95(large), "ms CPU", 250),
    ]


def run() -> list[dict[str, Any]]:
    """The whole set, after a few photos to warm up."""
    images = folder()
    wanted = labels(images)
    for _ in measure(images, wanted[:WARM_UP]):
        continue
    return rows_of(list(measure(images, wanted)))


def _raw(text: str | dict[str, str]) -> bytes:
    return bytes.fromhex(text["hex"]) if isinstance(text, dict) else text.encode()


def _same(label: bytes, raw: bytes, text: str | None) -> bool:
    return label == raw or (text is not None and label == text.encode())


def _pixels(data: bytes) -> int:
    width, height = open_photo(data).size
    return width * height
