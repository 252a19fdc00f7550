"""A folder of files: each read once it is whole, moved away once it was kept, set aside with its faults if wrong."""

from pathlib import Path

import orjson
import pytest

from pos_trace.adapters.provinces import file_drop
from pos_trace.adapters.provinces.file_drop import MARK, FileDrop

LOT = {"kind": "lot", "key": "01/09521234600053/10/A", "product_name": "Rau", "facility_id": "F1", "status": "active"}
TABLE = "GTIN;Số lô;Tên sản phẩm;Mã cơ sở;HSD\n"
ROW = "9521234600053;{};Rau;F1;{}\n"


def put(folder: Path, name: str, *lines: object) -> None:
    (folder / name).write_bytes(b"\n".join(orjson.dumps(line) for line in lines))


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_file_is_a_page_and_leaves_only_when_its_lines_were_kept(tmp_path: Path) -> None:
    put(tmp_path, "1.ndjson", LOT | {"version": 7}, LOT | {"key": "01/09521234600053/10/B", "version": 5})
    drop = FileDrop(tmp_path)
    page = drop.changes(0)
    assert (page.state, [line["version"] for line in page.items], page.next, page.more) == ("ok", [5, 7], 7, False)
    assert FileDrop(tmp_path).changes(0) == page  # a crash before it was kept: read again
    assert names(tmp_path) == [MARK, "1.ndjson"]
    assert (drop.changes(7).state, drop.changes(7).why) == ("unavailable", "no_new_file")
    assert names(tmp_path) == ["xong/1.ndjson"]


def test_files_come_in_the_order_of_their_names_and_lines_without_a_version_are_numbered_on(tmp_path: Path) -> None:
    put(tmp_path, "b.ndjson", LOT | {"product_name": "sau"})
    put(tmp_path, "a.ndjson", LOT, LOT | {"product_name": "trước"})
    (tmp_path / "c.ndjson.tam").write_text("còn đang chép", "utf-8")
    drop = FileDrop(tmp_path)
    first = drop.changes(40)
    assert ([line["version"] for line in first.items], first.next, first.more) == ([41, 42], 42, True)
    second = drop.changes(42)
    assert ([line["product_name"] for line in second.items], second.next, second.more) == (["sau"], 43, False)
    assert drop.changes(43).state == "unavailable"
    assert names(tmp_path) == ["c.ndjson.tam", "xong/a.ndjson", "xong/b.ndjson"]


@pytest.mark.parametrize("between", [";", ",", "\t"])
def test_a_table_goes_in_and_its_wrong_rows_come_out_in_a_list(tmp_path: Path, between: str) -> None:
    text = (TABLE + ROW.format("A", "01/12/2026") + ROW.format("B", "mai")).replace(";", between)
    (tmp_path / "lo.csv").write_bytes(text.encode("utf-8-sig"))
    drop = FileDrop(tmp_path)
    page = drop.changes(0)
    assert [line["lot"] for line in page.items] == ["A"]
    assert "1 lỗi" in drop.problem
    report = (tmp_path / "loi" / "lo.csv.loi.csv").read_text("utf-8-sig").splitlines()
    assert report == ["Dòng,Cột,Cần,Đang ghi", "3,Hạn sử dụng,ngày dạng 24/11/2026,mai"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.csv", b"\xff\xfe\x00"),
        ("x.csv", TABLE.encode() + b'"9521234600053;A;Rau'),
        ("x.csv", TABLE.encode() + b"9521234600053;A;" + b"R" * 140_000 + b";F1;\n"),
        ("x.ndjson", b"{not json}\n"),
        ("x.ndjson", b"[1]\n7\n"),
        ("x.ndjson", b'{"kind": "secret"}\n'),
        ("x.ndjson", b'{"kind": "lot", "key": "01/09521234600053"}\n'),
        ("x.ndjson", b'{"a": "' + b"x" * (1 << 20) + b'"}'),
    ],
)
def test_a_file_that_cannot_be_read_is_set_aside_and_the_next_goes_on(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    put(tmp_path, "z.ndjson", LOT)
    drop = FileDrop(tmp_path)
    page = drop.changes(0)
    assert [line["key"] for line in page.items] == [LOT["key"]]
    assert f"loi/{name}" in names(tmp_path)
    assert f"loi/{name}.loi.csv" in names(tmp_path)
    assert name in drop.problem


def test_a_file_too_large_to_read_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_drop, "MOST_BYTES", 10)
    put(tmp_path, "x.ndjson", LOT)
    assert FileDrop(tmp_path).changes(0).state == "unavailable"
    assert "loi/x.ndjson" in names(tmp_path)


def test_a_bad_file_alone_vouches_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.ndjson").write_bytes(b"{")
    assert FileDrop(tmp_path).changes(0).state == "unavailable"


def test_a_whole_file_with_nothing_new_still_vouches_for_what_is_there(tmp_path: Path) -> None:
    put(tmp_path, "1.ndjson", LOT | {"version": 3})
    assert FileDrop(tmp_path).changes(9).state == "ok"
    put(tmp_path, "1.ndjson", LOT | {"version": 3})
    assert FileDrop(tmp_path).changes(9).state == "ok"
    assert names(tmp_path) == ["xong/1-1.ndjson", "xong/1.ndjson"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    drop = FileDrop(tmp_path / "khong-co")
    assert (drop.changes(0).state, str(tmp_path / "khong-co") in drop.problem) == ("unavailable", True)
    assert {drop.case_events(0).why, drop.access(0).why, drop.recalls(0).why} == {"not_offered"}
    assert drop.snapshot(tmp_path / "x", 0, lambda *_: None).state == "none"
