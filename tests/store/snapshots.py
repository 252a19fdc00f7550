"""Signed snapshots for tests: a small one of a province's records, and the same spoilt in every way."""

import base64
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_trace.store import snapshot
from pos_trace.store.snapshot import Trust

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
PRIVATE = bytes([7]) * 32
OTHER = bytes([8]) * 32


def public(private: bytes = PRIVATE) -> str:
    """The public key, base64."""
    raw = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    return base64.b64encode(raw).decode()


def trust(newer_than: int = 0, keys: tuple[bytes, ...] = (PRIVATE,), now: datetime = NOW) -> Trust:
    """What a station that knows ``keys`` holds a snapshot to."""
    return Trust({snapshot.key_id_of(public(key)): public(key) for key in keys}, now, newer_than)


def lot(number: int, **more: Any) -> dict[str, Any]:
    """One lot line."""
    key = f"01/0952123460{number % 10000:04d}/10/L{number:06d}"
    told = {"key": key, "product_name": f"Cải thảo {number} (mẫu)", "facility_id": "F2", "status": "active"}
    return told | {"version": number + 1} | more


def told(version: int = 900, **more: Any) -> dict[str, Any]:
    """The head of a manifest, good for thirty days."""
    return {
        "province": "so-cong-thuong",
        "version": version,
        "created": NOW - timedelta(hours=1),
        "valid_until": NOW + timedelta(days=30),
        "previous_sha256": None,
    } | more


def parts(lots: int = 40) -> dict[str, list[dict[str, Any]]]:
    """Lines of a small province."""
    facility = {"facility_id": "F2", "name": "HTX (mẫu)", "version": 1}
    recall = {"recall_id": "TH-1", "keys": [lot(3)["key"]], "reason": "mẫu", "issued_at": NOW.isoformat(), "version": 5}
    return {"lots": [lot(number) for number in range(lots)], "facilities": [facility], "recalls": [recall]}


def made(path: Path, version: int = 900, private: bytes = PRIVATE, lots: int = 40, **more: Any) -> Path:
    """A good snapshot at ``path``."""
    snapshot.write(path, told(version, **more), parts(lots), private)
    return path


def again(path: Path, to: Path, change: dict[str, bytes], extra: dict[str, bytes] | None = None) -> Path:
    """A copy of the ZIP in which some files' bytes are others, and others are added; signatures stay as they were."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change.get(name, old.read(name)))
        for name, data in (extra or {}).items():
            new.writestr(name, data)
    return to


def signed_again(path: Path, to: Path, change: dict[str, Any], private: bytes = PRIVATE) -> Path:
    """A copy whose manifest says something else, signed by ``private`` as it should be."""
    with zipfile.ZipFile(path) as old:
        manifest = orjson.loads(old.read(snapshot.MANIFEST)) | change
    raw = orjson.dumps(manifest)
    signature = base64.b64encode(Ed25519PrivateKey.from_private_bytes(private).sign(raw))
    return again(path, to, {snapshot.MANIFEST: raw, snapshot.SIGNATURE: signature})
