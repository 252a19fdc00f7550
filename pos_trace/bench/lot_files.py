"""Provinces of any size for benches: lot lines made by number, their snapshots and files built once into a cache."""

import base64
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import platformdirs
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_trace.core.codes.digits import check_digit
from pos_trace.store import lot_lines, records_file, snapshot

LOTS_A_PRODUCT: Final = 1000
FACILITIES: Final = 500
MADE: Final = datetime(2026, 11, 20, 1, tzinfo=UTC)
FIRST_DAY: Final = date(2026, 1, 1)
KEY: Final = bytes([3]) * 32


def public_key() -> str:
    """The key the bench's snapshots are signed with, base64."""
    return base64.b64encode(Ed25519PrivateKey.from_private_bytes(KEY).public_key().public_bytes_raw()).decode()


def cache() -> Path:
    """Where built files stay between two runs."""
    return platformdirs.user_cache_path("pos_trace") / "bench"


def key(number: int, known: bool = True) -> str:
    """The key of a lot; of one that was never registered with ``known`` False."""
    body = f"0893{number // LOTS_A_PRODUCT:09d}"
    return f"01/{body}{check_digit(body)}/10/{'L' if known else 'X'}{number % LOTS_A_PRODUCT:06d}"


def line(number: int) -> dict[str, Any]:
    """One lot line, as full as a careful cooperative fills it."""
    made = FIRST_DAY + timedelta(days=number % 300)
    return {
        "key": key(number),
        "gtin": key(number)[3:17],
        "lot": key(number)[21:],
        "product_name": f"Cải thảo Măng Đen loại {number // LOTS_A_PRODUCT}",
        "product_group": "rau",
        "facility_id": f"CS-{number % FACILITIES:05d}",
        "origin_country": "VN",
        "origin_place": "xã Măng Đen, Quảng Ngãi",
        "harvest_date": made.isoformat(),
        "pack_date": (made + timedelta(days=1)).isoformat(),
        "best_before": (made + timedelta(days=20)).isoformat(),
        "net_quantity": str(100 + number % 900),
        "unit": "kg",
        "standards": [{"scheme": "VietGAP", "number": f"VG-{number % FACILITIES:05d}"}],
        "status": "active",
        "version": number + 1,
        "updated_at": MADE.isoformat(),
    }


def lines(count: int) -> Iterator[dict[str, Any]]:
    """``count`` lot lines in the order of their keys."""
    return (line(number) for number in range(count))


def asked(count: int, size: int, seed: int) -> list[str]:
    """``size`` different keys over the whole range in random order, every second one of a lot nobody registered."""
    numbers = Random(seed).sample(range(count), size)  # noqa: S311 – no secret
    return [key(number, known=place % 2 == 0) for place, number in enumerate(numbers)]


def file_of(count: int, folder: Path) -> Path:
    """``records-<count>.db`` with ``count`` lots in ``folder``, built when it is not there yet."""
    path = folder / f"records-{count}.db"
    if not path.exists():
        records_file.build(path, (lot_lines.read_stored(one) for one in lines(count)))
    return path


def snapshot_of(count: int, folder: Path) -> Path:
    """A signed snapshot of ``count`` lots in ``folder``, written when it is not there yet."""
    path = folder / f"snapshot-{count}.zip"
    if not path.exists():
        told = {"province": "bench", "version": count, "created": MADE, "previous_sha256": None}
        told |= {"valid_until": MADE + timedelta(days=36_500)}
        snapshot.write(path, told, {"lots": lines(count)}, KEY)
    return path
