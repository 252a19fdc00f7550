"""A bundle a trader shows to an inspector: a ZIP whose manifest is signed by the station; made and checked here.

``manifest.json`` names every file with its SHA-256; ``manifest.sig`` is the Ed25519 signature over the manifest's
bytes, base64. Whoever holds the station's public key sees that nothing was added, changed or left out.
"""

import base64
import binascii
import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
MOST_BYTES: Final = 400 * 2**20
MOST_FILES: Final = 2000
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class BundleReport:
    """What ``verify`` found. ``problem`` in Vietnamese when not ``ok``; ``manifest`` as far as it could be read.

    ``public_key``: whose signature it is, base64; the caller says whether that is the station meant.
    """

    ok: bool
    problem: str = ""
    manifest: dict[str, Any] = field(default_factory=dict)
    public_key: str = ""


def pack(files: Mapping[str, bytes], told: Mapping[str, Any], private_key: bytes) -> bytes:
    """The ZIP of ``files`` with a manifest of ``told``, signed. The same in always gives the same out."""
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    listed = [
        {"name": name, "sha256": hashlib.sha256(files[name]).hexdigest(), "size": len(files[name])}
        for name in sorted(files)
    ]
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    manifest = orjson.dumps({**told, "public_key": public, "files": listed}, option=orjson.OPT_SORT_KEYS)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, MANIFEST, manifest)
        _add(archive, SIGNATURE, base64.b64encode(key.sign(manifest)))
        for name in sorted(files):
            _add(archive, name, files[name])
    return out.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, EARLIEST), data, zipfile.ZIP_DEFLATED)


def verify(data: bytes, public_key: str | None = None) -> BundleReport:
    """Check a bundle: signature, every file, nothing beside them. ``public_key`` (base64): the only one trusted."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _verify(archive, public_key)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, NotImplementedError, RuntimeError, EOFError, OSError):
        return BundleReport(False, "tệp không đọc được, hoặc không phải bộ sổ do máy này lập")
    except zlib.error:
        return BundleReport(False, "tệp bị hỏng")


def _verify(archive: zipfile.ZipFile, public_key: str | None) -> BundleReport:
    inside = archive.infolist()
    if len(inside) > MOST_FILES or sum(one.file_size for one in inside) > MOST_BYTES:
        return BundleReport(False, "tệp quá lớn")
    raw = archive.read(MANIFEST)
    manifest: dict[str, Any] = orjson.loads(raw)
    key = str(manifest["public_key"])
    if public_key is not None and key != public_key:
        return BundleReport(False, "chữ ký của một máy khác", manifest, key)
    try:
        signature = base64.b64decode(archive.read(SIGNATURE), validate=True)
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True)).verify(signature, raw)
    except (InvalidSignature, binascii.Error):
        return BundleReport(False, "chữ ký không đúng: bộ sổ đã bị sửa", manifest, key)
    expected = {str(one["name"]): str(one["sha256"]) for one in manifest["files"]}
    names = [one.filename for one in inside]
    if sorted(names) != sorted([*expected, MANIFEST, SIGNATURE]):
        return BundleReport(False, "thừa hoặc thiếu tệp trong bộ sổ", manifest, key)
    wrong = [name for name in sorted(expected) if hashlib.sha256(archive.read(name)).hexdigest() != expected[name]]
    if wrong:
        return BundleReport(False, f"tệp đã bị sửa: {wrong[0]}", manifest, key)
    return BundleReport(True, "", manifest, key)
