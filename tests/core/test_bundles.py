"""The bundle shown to an inspector: what was packed is verified; whatever was changed, added or left out is told."""

import base64
import io
import zipfile
from collections.abc import Mapping

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core import bundles
from pos_trace.core.bundles import MANIFEST, SIGNATURE, pack, verify

KEY, OTHER = b"\x01" * 32, b"\x02" * 32
FILES = {"so.xlsx": b"mot", "anh/1.jpg": b"hai"}
BUNDLE = pack(FILES, {"stall": "A-12"}, KEY)


def public(key: bytes) -> str:
    return base64.b64encode(Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()).decode()


def inside(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def changed(**files: bytes | None) -> bytes:
    """The bundle with files of other content, or without them (None)."""
    made = inside(BUNDLE) | {name.replace("__", "."): data for name, data in files.items() if data is not None}
    gone = {name.replace("__", ".") for name, data in files.items() if data is None}
    return zipped({name: data for name, data in made.items() if name not in gone})


def test_what_was_packed_is_verified_and_says_whose_it_is() -> None:
    report = verify(BUNDLE)
    assert report.ok
    assert report.problem == ""
    assert report.public_key == public(KEY)
    assert report.manifest["stall"] == "A-12"
    assert {one["name"] for one in report.manifest["files"]} == set(FILES)
    assert verify(BUNDLE, public(KEY)).ok


def test_the_same_in_gives_the_same_out() -> None:
    assert pack(dict(reversed(FILES.items())), {"stall": "A-12"}, KEY) == BUNDLE


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (changed(so__xlsx=b"khac"), "tệp đã bị sửa: so.xlsx"),
        (changed(so__xlsx=None), "thừa hoặc thiếu tệp trong bộ sổ"),
        (changed(them__txt=b"x"), "thừa hoặc thiếu tệp trong bộ sổ"),
        (changed(manifest__sig=base64.b64encode(b"x" * 64)), "chữ ký không đúng: bộ sổ đã bị sửa"),
        (changed(manifest__sig=b"\xff"), "chữ ký không đúng: bộ sổ đã bị sửa"),
        (changed(manifest__json=None), "tệp không đọc được, hoặc không phải bộ sổ do máy này lập"),
        (changed(manifest__json=b"{}"), "tệp không đọc được, hoặc không phải bộ sổ do máy này lập"),
        (changed(manifest__json=b"["), "tệp không đọc được, hoặc không phải bộ sổ do máy này lập"),
        (b"", "tệp không đọc được, hoặc không phải bộ sổ do máy này lập"),
        (b"PK nothing", "tệp không đọc được, hoặc không phải bộ sổ do máy này lập"),
    ],
    ids=range(10),  # a ZIP's bytes hold the time they were made at: no name for a test
)
def test_whatever_was_changed_added_or_left_out_is_told(data: bytes, problem: str) -> None:
    report = verify(data)
    assert not report.ok
    assert report.problem == problem


def test_another_stations_signature_is_not_the_one_asked_for() -> None:
    report = verify(pack(FILES, {}, OTHER), public(KEY))
    assert (report.ok, report.problem) == (False, "chữ ký của một máy khác")


def test_a_manifest_signed_again_by_a_stranger_names_the_stranger() -> None:
    report = verify(pack(FILES, {"stall": "A-12"}, OTHER))
    assert report.ok
    assert report.public_key == public(OTHER) != public(KEY)


def test_too_many_files_or_too_much_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MOST_FILES", 3)
    assert verify(BUNDLE).problem == "tệp quá lớn"
    monkeypatch.setattr(bundles, "MOST_FILES", 2000)
    monkeypatch.setattr(bundles, "MOST_BYTES", 5)
    assert verify(BUNDLE).problem == "tệp quá lớn"


def test_a_spoilt_stream_is_told() -> None:
    """The manifest's packed bytes are damaged, its head is not."""
    at = BUNDLE.index(MANIFEST.encode()) + len(MANIFEST)
    assert verify(BUNDLE[:at] + b"\xff" * 8 + BUNDLE[at + 8 :]).problem == "tệp bị hỏng"


@given(st.integers(0, len(BUNDLE) - 1), st.integers(1, 255))
def test_no_flipped_byte_raises_or_changes_what_is_believed(at: int, flip: int) -> None:
    spoilt = bytearray(BUNDLE)
    spoilt[at] ^= flip
    report = verify(bytes(spoilt))
    assert not report.ok or inside(bytes(spoilt)) == inside(BUNDLE)


def test_the_signature_is_over_the_manifests_bytes() -> None:
    files = inside(BUNDLE)
    Ed25519PrivateKey.from_private_bytes(KEY).public_key().verify(base64.b64decode(files[SIGNATURE]), files[MANIFEST])
    assert orjson.loads(files[MANIFEST])["public_key"] == public(KEY)
