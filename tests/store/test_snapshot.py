"""The signed snapshot: what a province wrote is read back whole, and whatever was done to it on the way is refused."""

import random
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from pos_trace.store import snapshot
from pos_trace.store.snapshot import SnapshotRefused, Trust, opened
from tests.store import snapshots
from tests.store.snapshots import NOW, OTHER, PRIVATE, again, made, signed_again, trust


def read(path: Path, held_to: Trust | None = None) -> dict[str, list[dict[str, Any]]]:
    """Every line of the snapshot at ``path``."""
    with opened(path, held_to or trust()) as found:
        return {part: list(found.lines(part)) for part in snapshot.PARTS}


def refusal(path: Path, held_to: Trust | None = None) -> str:
    """The code it is refused with."""
    with pytest.raises(SnapshotRefused) as caught:
        read(path, held_to)
    return caught.value.code


def test_what_was_written_is_read_back_line_by_line(tmp_path: Path) -> None:
    found = read(made(tmp_path / "s.zip"))
    assert found == snapshots.parts() | {"stations": []}


def test_the_manifest_says_what_the_contract_names(tmp_path: Path) -> None:
    with zipfile.ZipFile(made(tmp_path / "s.zip")) as archive:
        manifest = orjson.loads(archive.read("manifest.json"))
    assert set(manifest) == {"province", "version", "created", "valid_until", "previous_sha256", "key_id", "files"}
    assert [(one["name"], one["rows"]) for one in manifest["files"]] == [
        ("lots.ndjson", 40), ("facilities.ndjson", 1), ("recalls.ndjson", 1), ("stations.ndjson", 0),
    ]  # fmt: skip


def test_the_same_records_make_the_same_bytes(tmp_path: Path) -> None:
    assert made(tmp_path / "a.zip").read_bytes() == made(tmp_path / "b.zip").read_bytes()


def test_a_writer_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def broken() -> Any:
        yield snapshots.lot(1)
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        snapshot.write(tmp_path / "s.zip", snapshots.told(), {"lots": broken()}, PRIVATE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("signer", [PRIVATE, OTHER], ids=["old", "new"])
def test_two_keys_may_be_live_at_once(tmp_path: Path, signer: bytes) -> None:
    path = made(tmp_path / "s.zip", private=signer)
    assert len(read(path, trust(keys=(PRIVATE, OTHER)))["lots"]) == 40


def edited_line(path: Path, to: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        lots = archive.read("lots.ndjson")
    return again(path, to, {"lots.ndjson": lots.replace(b'"active"', b'"acTive"', 1)})


def swapped_file(path: Path, to: Path) -> Path:
    other = made(to.with_name("other.zip"), lots=41)
    with zipfile.ZipFile(other) as archive:
        return again(path, to, {"lots.ndjson": archive.read("lots.ndjson")})


def line_left_out(path: Path, to: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        lots = archive.read("lots.ndjson").splitlines(keepends=True)
    return again(path, to, {"lots.ndjson": b"".join(lots[:-1])})


def bomb(path: Path, to: Path) -> Path:
    return again(path, to, {"lots.ndjson": b" " * 50_000_000})


ATTACKS: list[tuple[Callable[[Path, Path], Path], str]] = [
    (edited_line, "damaged"),
    (swapped_file, "damaged"),
    (line_left_out, "damaged"),
    (bomb, "too_large"),
    (lambda path, to: again(path, to, {"manifest.sig": b"AAAA"}), "bad_signature"),
    (lambda path, to: again(path, to, {"manifest.sig": b"\xff"}), "bad_signature"),
    (lambda path, to: again(path, to, {"manifest.json": b"{}"}), "unreadable"),
    (lambda path, to: again(path, to, {"manifest.json": b"[1"}), "unreadable"),
    (lambda path, to: again(path, to, {"manifest.json": b"[" * 2000}), "unreadable"),
    (lambda path, to: again(path, to, {}, {"../app.db": b"x"}), "unsafe_name"),
    (lambda path, to: again(path, to, {}, {"/etc/passwd": b"x"}), "unsafe_name"),
    (lambda path, to: again(path, to, {}, {"C:\\x.ndjson": b"x"}), "unsafe_name"),
    (lambda path, to: again(path, to, {}, {"more.ndjson": b"x"}), "damaged"),
    (lambda path, to: signed_again(path, to, {}, OTHER), "bad_signature"),
    (lambda path, to: signed_again(path, to, {"key_id": "0" * 16}), "unknown_key"),
    (lambda path, to: signed_again(path, to, {"version": True}), "unreadable"),
    (lambda path, to: signed_again(path, to, {"version": -1}), "unreadable"),
    (lambda path, to: signed_again(path, to, {"valid_until": "2026-11-30"}), "unreadable"),
    (lambda path, to: signed_again(path, to, {"files": []}), "unreadable"),
]


@pytest.mark.parametrize(("attack", "code"), ATTACKS, ids=range(len(ATTACKS)))
def test_whatever_was_changed_is_refused_by_name(
    tmp_path: Path, attack: Callable[[Path, Path], Path], code: str
) -> None:
    assert refusal(attack(made(tmp_path / "good.zip"), tmp_path / "bad.zip")) == code


@pytest.mark.parametrize(
    ("held_to", "code"),
    [
        (trust(keys=(OTHER,)), "unknown_key"),
        (trust(keys=()), "unknown_key"),
        (trust(newer_than=900), "not_newer"),
        (trust(newer_than=901), "not_newer"),
        (trust(now=NOW + timedelta(days=30)), "expired"),
        (trust(now=NOW + timedelta(days=400)), "expired"),
    ],
)
def test_a_good_file_at_the_wrong_place_or_time_is_refused(tmp_path: Path, held_to: Trust, code: str) -> None:
    assert refusal(made(tmp_path / "s.zip"), held_to) == code


@pytest.mark.parametrize("percent", range(100))
def test_a_file_cut_off_anywhere_is_refused(tmp_path: Path, percent: int) -> None:
    whole = made(tmp_path / "s.zip").read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole[: len(whole) * percent // 100])
    assert refusal(cut) in ("unreadable", "damaged")


def test_every_single_changed_byte_of_the_lots_shows(tmp_path: Path) -> None:
    path = made(tmp_path / "s.zip", lots=2)
    with zipfile.ZipFile(path) as archive:
        lots = archive.read("lots.ndjson")
    for place in range(0, len(lots), 7):
        spoilt = bytearray(lots)
        spoilt[place] ^= 1
        assert refusal(again(path, tmp_path / "bad.zip", {"lots.ndjson": bytes(spoilt)})) in ("damaged", "wrong_line")


def test_a_line_that_never_ends_is_refused(tmp_path: Path) -> None:
    long = snapshots.lot(1, note=random.Random(1).randbytes(snapshot.MOST_LINE).hex())
    snapshot.write(tmp_path / "s.zip", snapshots.told(), {"lots": [long]}, PRIVATE)
    assert refusal(tmp_path / "s.zip") == "wrong_line"
