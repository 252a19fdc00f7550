"""The signed ZIP a province publishes its records in: written here, and opened only when everything about it is right.

``manifest.json`` names the four files with SHA-256 and rows; ``manifest.sig`` is the Ed25519 signature over its bytes,
base64 (CONTRACTS, Files). Nothing of a ZIP is believed before the signature, nothing of a file before its last line.
"""

import base64
import binascii
import hashlib
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pos_trace.core.errors import PosTraceError
from pos_trace.store.files import sync_folder

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
PARTS: Final = ("lots", "facilities", "recalls", "stations")
MOST_EXPANSION: Final = 20
MOST_MANIFEST: Final = 1 << 20
MOST_LINE: Final = 1 << 20
READ_BYTES: Final = 1 << 20
LEVEL: Final = 1  # fast, and far from the bound: a station refuses what grows more than twentyfold
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
SAFE: Final = re.compile(r"[a-z][a-z_]{0,39}\.(ndjson|json|sig)")
BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, KeyError)


class SnapshotRefused(PosTraceError):
    """The snapshot is not one to rely on; what was in force stays. ``code``: unreadable | unsafe_name | too_large |
    unknown_key | bad_signature | not_newer | expired | damaged | wrong_line.
    """


@dataclass(frozen=True, slots=True)
class Head:
    """What a manifest says. ``version``: everything up to it is inside; ``valid_until``: not to be taken after."""

    province: str
    version: int
    created: datetime
    valid_until: datetime
    key_id: str
    files: Mapping[str, tuple[str, int]]
    previous_sha256: str | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Trust:
    """What a snapshot is held to: public keys (base64) by their id, the time, the version in force."""

    keys: Mapping[str, str]
    now: datetime
    newer_than: int = 0


def is_public_key(text: str) -> bool:
    """Whether ``text`` is base64 of 32 bytes."""
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except ValueError:  # binascii.Error is one
        return False


def key_id_of(public_key: str) -> str:
    """A short name of a public key (base64): the first 16 hex signs of its SHA-256."""
    return hashlib.sha256(base64.b64decode(public_key)).hexdigest()[:16]


def write(
    path: Path, told: Mapping[str, Any], parts: Mapping[str, Iterable[Mapping[str, Any]]], private_key: bytes
) -> Head:
    """Write the snapshot of ``parts`` (lines by the names of ``PARTS``) to ``path``, whole or not at all.

    ``told``: province, version, created, valid_until (aware), previous_sha256.
    """
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    partial = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
            files = [_add(archive, f"{name}.ndjson", parts.get(name, ())) for name in PARTS]
            manifest = orjson.dumps(
                {**_plain(told), "key_id": key_id_of(public), "files": files}, option=orjson.OPT_SORT_KEYS
            )
            archive.writestr(zipfile.ZipInfo(MANIFEST, EARLIEST), manifest)
            archive.writestr(zipfile.ZipInfo(SIGNATURE, EARLIEST), base64.b64encode(key.sign(manifest)))
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(path)
        sync_folder(path.parent)
    finally:
        partial.unlink(missing_ok=True)
    return _head(manifest)


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for name, value in told.items()
    }


def _add(archive: zipfile.ZipFile, name: str, lines: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    digest, rows = hashlib.sha256(), 0
    info = zipfile.ZipInfo(name, EARLIEST)
    info.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(info, "w", force_zip64=True) as file:
        for line in lines:
            data = orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
            digest.update(data)
            file.write(data)
            rows += 1
    return {"name": name, "sha256": digest.hexdigest(), "rows": rows}


def head_of(path: Path) -> Head:
    """What the manifest of a file of our own says; raises ``SnapshotRefused`` when it cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _head(archive.read(MANIFEST))
    except (*BROKEN, ValueError) as error:
        raise SnapshotRefused("unreadable", "Tệp không đọc được.") from error


class Snapshot:
    """An opened snapshot whose manifest is signed by a key we trust. Its lines are hashed as they are read."""

    def __init__(self, archive: zipfile.ZipFile, head: Head) -> None:
        self._archive = archive
        self.head = head

    def lines(self, part: str) -> Iterator[dict[str, Any]]:
        """The lines of one of ``PARTS``, each once. Whoever keeps them waits for the end: only there is it certain
        that nothing was changed; ``SnapshotRefused`` else.
        """
        name = f"{part}.ndjson"
        sha256, expected = self.head.files[name]
        digest, rows = hashlib.sha256(), 0
        for data in self._raw(name):
            digest.update(data)
            rows += 1
            yield _line(name, rows, data)
        if (digest.hexdigest(), rows) != (sha256, expected):
            raise SnapshotRefused("damaged", f"{name} không khớp với bản kê đã ký.")

    def _raw(self, name: str) -> Iterator[bytes]:
        try:
            with self._archive.open(name) as file:
                rest = b""
                while data := file.read(READ_BYTES):
                    *whole, rest = (rest + data).split(b"\n")
                    yield from (line + b"\n" for line in whole)
                    if len(rest) > MOST_LINE:
                        raise SnapshotRefused("wrong_line", f"{name} có một dòng quá dài.")
                if rest:
                    yield rest
        except BROKEN as error:
            raise SnapshotRefused("damaged", f"{name} không đọc được tới cuối.") from error


def _line(name: str, number: int, data: bytes) -> dict[str, Any]:
    try:
        line = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise SnapshotRefused("wrong_line", f"{name} dòng {number} không phải JSON.") from error
    if not isinstance(line, dict):
        raise SnapshotRefused("wrong_line", f"{name} dòng {number} không phải một đối tượng.")
    return line


@contextmanager
def opened(path: Path, trust: Trust) -> Iterator[Snapshot]:
    """The snapshot at ``path``, its manifest checked against ``trust``; raises ``SnapshotRefused``."""
    try:
        archive = zipfile.ZipFile(path)
    except (*BROKEN, ValueError) as error:
        raise SnapshotRefused("unreadable", "Tệp không đọc được, hoặc tải về chưa đủ.") from error
    with archive:
        _check_names(archive, path.stat().st_size)
        yield Snapshot(archive, _checked(archive, trust))


def _check_names(archive: zipfile.ZipFile, size: int) -> None:
    inside = archive.infolist()
    names = [one.filename for one in inside]
    if any(SAFE.fullmatch(name) is None for name in names):
        raise SnapshotRefused("unsafe_name", "Trong tệp có tên không được phép.")
    if sorted(names) != sorted([MANIFEST, SIGNATURE, *(f"{part}.ndjson" for part in PARTS)]):
        raise SnapshotRefused("damaged", "Thừa hoặc thiếu tệp trong bản hồ sơ.")
    grown = sum(one.file_size for one in inside)
    if grown > MOST_EXPANSION * size or max(archive.getinfo(name).file_size for name in (MANIFEST, SIGNATURE)) > (
        MOST_MANIFEST
    ):
        raise SnapshotRefused("too_large", "Tệp nở ra quá lớn.")


def _checked(archive: zipfile.ZipFile, trust: Trust) -> Head:
    try:
        raw, signed = archive.read(MANIFEST), archive.read(SIGNATURE)
    except BROKEN as error:
        raise SnapshotRefused("unreadable", "Bản kê không đọc được.") from error
    head = _signed(raw, signed, trust.keys)
    if head.version <= trust.newer_than:
        text = f"Bản {head.version} không mới hơn bản đang dùng ({trust.newer_than})."
        raise SnapshotRefused("not_newer", text)
    if head.valid_until <= trust.now:
        raise SnapshotRefused("expired", f"Bản hồ sơ hết hạn ngày {head.valid_until:%d/%m/%Y}.")
    return head


def _signed(raw: bytes, signed: bytes, keys: Mapping[str, str]) -> Head:
    """The manifest once its signature is right; its own words are read before only to know whose key it names."""
    head = _head(raw)
    public = keys.get(head.key_id)
    if public is None:
        raise SnapshotRefused("unknown_key", f"Ký bằng khóa lạ: {head.key_id[:40]}.")
    try:
        signature = base64.b64decode(signed, validate=True)
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public)).verify(signature, raw)
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise SnapshotRefused("bad_signature", "Chữ ký của bản hồ sơ không đúng.") from error
    return head


def _head(raw: bytes) -> Head:
    try:
        told = orjson.loads(raw)
        files = {str(one["name"]): (str(one["sha256"]), int(one["rows"])) for one in told["files"]}
        if sorted(files) != sorted(f"{part}.ndjson" for part in PARTS):
            raise ValueError("files")
        return Head(
            province=str(told["province"]),
            version=_whole(told["version"]),
            created=_moment(told["created"]),
            valid_until=_moment(told["valid_until"]),
            key_id=str(told["key_id"]),
            files=files,
            previous_sha256=told.get("previous_sha256"),
            sha256=hashlib.sha256(raw).hexdigest(),
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise SnapshotRefused("unreadable", "Bản kê không đúng mẫu.") from error


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("version")
    return value


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("a time needs its zone")
    return found.astimezone(UTC)
