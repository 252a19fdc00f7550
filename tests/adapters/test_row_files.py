"""Files of rows whatever their size and make: each row is read or told, a file that is none is refused."""

import gzip
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from pos_trace.adapters.provinces import row_files, row_mapping
from pos_trace.adapters.provinces.row_files import MOST_COLUMNS, MOST_LINE, Row
from pos_trace.adapters.provinces.row_mapping import NO_MAPPING, TableMapping
from pos_trace.core.errors import Invalid, Misconfigured

LOT = {"key": "01/09521234600053/10/A", "product_name": "Rau", "facility_id": "F1", "status": "active"}
HEAD = "key,product_name,facility_id,net_quantity,unit,expiry_date,version\n"
ROW = "01/09521234600053/10/A,Rau,F1,12.5,kg,2026-12-01,7\n"


def rows(path: Path, mapping: TableMapping = NO_MAPPING) -> list[Row]:
    opener = row_files.table if path.suffix == ".csv" else row_files.ndjson
    with opener(path, mapping) as opened:
        return list(opened.rows)


def put(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def mapped(folder: Path, text: str) -> TableMapping:
    return row_mapping.load(put(folder / "m.toml", text))


def told(made: list[Row]) -> list[tuple[int, str]]:
    """Rows with their one fault, or what they brought."""
    return [
        (row.number, f"{row.errors[0].column}: {row.errors[0].expected}" if row.errors else row.lines[-1]["kind"])
        for row in made
    ]


@pytest.mark.parametrize("name", ["a.ndjson", "a.ndjson.gz"])
def test_lines_of_the_contract_one_by_one_wrong_ones_told(tmp_path: Path, name: str) -> None:
    facility = {"kind": "facility", "facility_id": "F1", "name": "HTX (mẫu)"}
    recall = {"kind": "recall", "recall_id": "TH-1", "issued_at": "2026-11-24T00:00:00+07:00", "keys": [LOT["key"]]}
    lines: list[Any] = [LOT, facility, recall, [1], {"kind": "khac"}, LOT | {"status": "ổn"}]
    data = b"\n".join(map(orjson.dumps, lines)) + b"\n\n\xff\xfe{}\n{"
    made = rows(put(tmp_path / name, gzip.compress(data) if name.endswith(".gz") else data))
    assert [row.lines[0]["kind"] for row in made[:3]] == ["lot", "facility", "recall"]
    assert [(row.number, bool(row.lines)) for row in made[3:]] == [(4, False), (5, False), (6, False), (8, False),
                                                                  (9, False)]  # fmt: skip
    assert all(row.errors[0].expected.startswith("dòng hồ sơ đúng mẫu") for row in made[3:])


def test_a_line_without_end_is_told_and_the_next_one_goes_in(tmp_path: Path) -> None:
    data = b'{"key":"' + b"x" * (2 * MOST_LINE) + b'"}\n' + orjson.dumps(LOT)
    made = rows(put(tmp_path / "a.ndjson", data))
    assert [(row.number, bool(row.errors)) for row in made] == [(1, True), (2, False)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1258"])
def test_a_table_is_read_by_the_members_names_in_the_encodings_of_viet_nam(tmp_path: Path, encoding: str) -> None:
    # what Windows-1258 writes with a mark of its own is one sign again
    text = (HEAD + ROW.replace("Rau", "Ga\u0300 ta")).encode(encoding)
    with row_files.table(put(tmp_path / "a.csv", text)) as opened:
        [row] = list(opened.rows)
        assert opened.done() == opened.whole == len(text)
    assert row.lines == (
        {"kind": "lot", "key": "01/09521234600053/10/A", "product_name": "Gà ta", "facility_id": "F1",
         "net_quantity": "12.5", "unit": "kg", "expiry_date": "2026-12-01", "version": 7, "status": "active"},
    )  # fmt: skip
    assert opened.encoding == ("windows-1258" if encoding == "windows-1258" else "utf-8-sig")


def test_rows_are_told_by_the_number_the_sheet_shows_and_stranger_headers_by_name(tmp_path: Path) -> None:
    text = (
        "Mã truy xuất;Tên hàng;Mã cơ sở;HSD;Ghi chú;;\n"
        '01/09521234600053/10/A;"Rau\nlạnh";F1;01/12/2026;x;;\n;;;;\n;;F1;mai;;;;;;\n=1+1;Rau;F1;;;\n'
    )
    with row_files.table(put(tmp_path / "a.csv", text)) as opened:
        made = list(opened.rows)
    assert made[0].lines[0]["product_name"] == "Rau lạnh"
    assert [row.number for row in made] == [2, 4, 5]
    assert {fault.column for fault in made[1].errors} == {"Tên hàng", "HSD", "GTIN"}
    assert made[2].lines[0]["key"] == "=1+1"  # kept as the text it is; whether it is a key the register says
    assert list(opened.unknown) == ["Ghi chú"]


def test_a_row_of_a_recall_is_one_and_says_what_it_lacks(tmp_path: Path) -> None:
    text = (
        "kind,recall_id,reason,issued_at,keys,gtin,lots,collect_at\n"
        "recall,TH-1,dư lượng,24/11/2026,01/09521234600138/10/B,,,sạp A; sạp B\n"
        "Thu hồi,TH-2,dư lượng,2026-11-24T02:00:00+07:00,,9521234600138,B;C,\n"
        "recall,TH-3,dư lượng,hôm qua,01/09521234600138/10/B,,,\n"
        "recall,TH-4,dư lượng,2026-11-24T02:00:00,01/09521234600138/10/B,,,\n"
        "recall,TH-5,dư lượng,24/11/2026,,9521234600138,,\n"
        "recall,TH-6,dư lượng,24/11/2026,,123,B,\n"
    )
    made = rows(put(tmp_path / "a.csv", text))
    assert made[0].lines == (
        {"kind": "recall", "status": "active", "recall_id": "TH-1", "reason": "dư lượng",
         "issued_at": "2026-11-24T00:00:00+07:00", "keys": ["01/09521234600138/10/B"],
         "collect_at": ["sạp A", "sạp B"]},
    )  # fmt: skip
    assert (made[1].lines[0]["gtin"], made[1].lines[0]["lots"]) == ("09521234600138", ["B", "C"])
    day = "issued_at: ngày dạng 24/11/2026"
    assert told(made[2:]) == [
        (4, day), (5, day), (6, "Mã truy xuất: bắt buộc: mã lô, hoặc GTIN và số lô"),
        (7, "gtin: 8, 12, 13 hoặc 14 chữ số, đúng số kiểm tra"),
    ]  # fmt: skip


def test_a_strangers_table_is_read_by_its_mapping_and_told_in_its_own_words(tmp_path: Path) -> None:
    mapping = mapped(
        tmp_path,
        """
        [columns]
        gtin = ["Ma SP", "EAN"]
        lot = "Lo hang"
        product_name = "Mat hang"
        status = "TT"
        expiry_date = "Han"
        [values.status]
        DLH = "active"
        TD = "suspended"
        [constants]
        facility_id = "F1"
        """,
    )
    text = (
        "Ma SP,EAN,Lo hang,Mat hang,TT,Han,Khac\n"
        ",9521234600053,A,Rau,TD,2026-12-01,\n9521234600053,,B,Rau,XX,2026-12-01,\n9521234600053,,C,,DLH,mai,\n"
    )
    with row_files.table(put(tmp_path / "a.csv", text), mapping) as opened:
        made = list(opened.rows)
    assert (made[0].lines[0]["key"], made[0].lines[0]["status"]) == ("01/09521234600053/10/A", "suspended")
    assert told(made[1:2]) == [(3, ": cột TT: từ 'XX' chưa có trong [values.status]")]
    assert {fault.column for fault in made[2].errors} == {"Mat hang", "Han"}
    assert list(opened.unknown) == ["Khac"]


def test_a_strangers_json_is_read_by_the_paths_a_source_uses(tmp_path: Path) -> None:
    mapping = mapped(
        tmp_path,
        """
        [fields]
        gtin = "sp.ma"
        lot = "lo"
        product_name = "sp.ten"
        status = { path = "tt", values = { "1" = "active" } }
        "facility.facility_id" = "cs.ma"
        "facility.name" = "cs.ten"
        """,
    )
    good = {"sp": {"ma": "09521234600053", "ten": "Rau"}, "lo": "A", "tt": 1, "cs": {"ma": "F1", "ten": "HTX"}}
    bad: Any = good | {"sp": {"ma": "09521234600053"}}
    made = rows(put(tmp_path / "a.ndjson", orjson.dumps(good) + b"\n" + orjson.dumps(bad) + b"\n7"), mapping)
    assert [line["kind"] for line in made[0].lines] == ["facility", "lot"]
    assert "thiếu trường 'product_name' (tìm ở 'sp.ten')" in made[1].errors[0].expected
    assert made[2].errors


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[columns]\nprodct_name = "x"', "có phải 'product_name' không?"),
        ('[values.statu]\nx = "y"', "có phải 'status' không?"),
        ('[fields]\nkye = "x"', "có phải 'key' không?"),
        ('[colums]\nkey = "x"', "colums"),
        ("[columns", "m.toml"),
        ("[columns]\nkey = 7", "columns.key"),
    ],
)
def test_a_mapping_that_is_none_says_where(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Misconfigured, match=r"m\.toml") as caught:
        mapped(tmp_path, text)
    assert said in caught.value.detail


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.csv", "key,x\n".encode("utf-16"), "CSV UTF-8"),
        ("a.csv", b"PK\x03\x04\0\0\0", "CSV UTF-8"),
        ("a.csv", b"key,x\n\xd2\x9d\x9e\x81\n", "Dòng 2 không phải chữ"),
        ("a.csv", b",".join([b"c"] * (MOST_COLUMNS + 1)) + b"\n1", "cột; tối đa"),
        ("a.csv", b"c," * 600_000, "dài quá 1 MB"),
        ("a.csv", b"key,x\n" + b"y" * (MOST_LINE + 2), "Dòng 2 của tệp dài quá"),
        ("a.csv", b'key,x\n"' + b"y" * 200_000 + b'"\n', "Không đọc được dòng"),
        ("a.ndjson.gz", gzip.compress(orjson.dumps(LOT))[:-9], "nén hỏng"),
        ("a.ndjson.gz", b"khong phai gzip", "nén hỏng"),
    ],
    ids=["utf16", "zip", "no-text", "columns", "header", "line", "cell", "cut", "no-gzip"],
)
def test_a_file_that_is_none_is_refused_with_what_to_do(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    with pytest.raises(Invalid) as caught:
        rows(put(tmp_path / name, data))
    assert said in caught.value.detail


def test_what_grows_without_end_is_refused_and_a_large_table_needs_no_more_memory_than_a_small_one(
    tmp_path: Path,
) -> None:
    bomb = put(tmp_path / "a.ndjson.gz", gzip.compress((b" " * (1 << 19) + b"\n") * 140, 1))
    with pytest.raises(Invalid, match="nở ra quá lớn"):
        rows(bomb)
    large = put(tmp_path / "a.csv", HEAD + ROW * 20_000)

    def some() -> Iterator[int]:
        with row_files.table(large) as opened:
            yield from (row.number for row in opened.rows)

    tracemalloc.start()
    assert sum(1 for _ in zip(some(), range(3000), strict=False)) == 3000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 << 20


def test_an_empty_table_is_no_row(tmp_path: Path) -> None:
    assert rows(put(tmp_path / "a.csv", b"")) == []
