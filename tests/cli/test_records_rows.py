"""``records import`` of a table, as typed: good rows go in, wrong ones come out to be mended and sent again."""

from pathlib import Path

import orjson
import pytest
from openpyxl import Workbook

from pos_trace.cli import records_rows
from tests.cli.terminal import Terminal

HEAD = ["Mã truy xuất", "Tên hàng", "Mã cơ sở", "Tên cơ sở", "HSD"]
GOOD = ["01/09521234600053/10/A", "Cải thảo (mẫu)", "F2", "HTX (mẫu)", "01/12/2099"]
WRONG = ["01/09521234600053/10/B", "=1+1", "F2", "HTX (mẫu)", "mai"]


def csv_of(path: Path, *rows: list[str]) -> Path:
    path.write_text("\n".join(";".join(row) for row in rows), "utf-8")
    return path


def xlsx_of(path: Path, *rows: list[str]) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("make", [csv_of, xlsx_of])
def test_wrong_rows_come_out_in_a_file_that_goes_in_once_it_is_mended(
    terminal: Terminal, province: Path, tmp_path: Path, make: object
) -> None:
    name = "lo.csv" if make is csv_of else "lo.xlsx"
    assert callable(make)
    file = make(tmp_path / name, HEAD, GOOD, WRONG)
    done = terminal.run("records", "import", file, "--json", "--config", province)
    told = done.document
    assert (done.code, told["rows"], told["bad"], told["lots"], told["facilities"]) == (1, 2, 1, 1, 1)
    assert told["errors"] == [{"row": 3, "column": "HSD", "expected": "ngày dạng 24/11/2026", "found": "mai"}]
    out = Path(told["errors_file"])
    assert out == tmp_path / f"{name}.errors.csv"
    head, row = out.read_text("utf-8-sig").splitlines()
    assert head == ",".join([*HEAD, "Dòng", "Cần sửa"])
    assert row == f"{WRONG[0]},'=1+1,F2,HTX (mẫu),mai,3,HSD: cần ngày dạng 24/11/2026"
    out.write_text(out.read_text("utf-8-sig").replace("mai", "02/12/2099"), "utf-8")
    again = terminal.run("records", "import", out, "--config", province)
    assert (again.code, "lots: 1" in again.out, "unknown_headers: ['Dòng', 'Cần sửa']" in again.out) == (0, True, True)


def test_what_is_wrong_is_said_row_by_row(terminal: Terminal, province: Path, tmp_path: Path) -> None:
    file = csv_of(tmp_path / "lo.csv", HEAD, WRONG, [GOOD[0], "Rau", "F0", "", ""])
    done = terminal.run("records", "import", file, "--errors", tmp_path / "x.csv", "--config", province)
    assert done.code == 1
    assert done.err.splitlines() == [
        "Dòng 2, HSD: cần ngày dạng 24/11/2026 (đang ghi: mai)",
        "Dòng 3, Mã cơ sở: cần mã cơ sở đã có trong hệ thống của tỉnh; thêm cơ sở trước (đang ghi: F0)",
    ]
    assert len((tmp_path / "x.csv").read_text("utf-8-sig").splitlines()) == 3


def test_a_station_takes_json_lines_with_a_recall_by_a_mapping_or_without(
    terminal: Terminal, station: Path, tmp_path: Path
) -> None:
    lot = {"key": GOOD[0], "product_name": "Rau", "facility_id": "F2", "status": "active"}
    recall = {"kind": "recall", "recall_id": "TH-1", "issued_at": "2026-11-24T00:00:00+07:00", "keys": [GOOD[0]]}
    file = tmp_path / "lo.ndjson"
    file.write_bytes(orjson.dumps(lot) + b"\n" + orjson.dumps(recall) + b"\n{")
    done = terminal.run("records", "import", file, "--json", "--config", station)
    assert (done.code, done.document["lots"], done.document["recalls"], done.document["bad"]) == (1, 1, 1, 1)
    verdict = terminal.run("verify", f"https://txng.quangngai.example/{GOOD[0]}", "--json", "--config", station)
    assert verdict.document["verdict"]["status"] == "blocked"
    (tmp_path / "m.toml").write_text('[fields]\nkey="k"\nproduct_name="t"\nfacility_id="c"\nstatus={value="active"}')
    file.write_bytes(orjson.dumps({"k": "01/09521234600053/10/C", "t": "Rau", "c": "F2"}))
    words = ("records", "import", file, "--mapping", tmp_path / "m.toml", "--json", "--config", station)
    assert terminal.run(*words).document["lots"] == 1


def test_what_came_before_a_broken_place_went_in_and_is_said(
    terminal: Terminal, province: Path, tmp_path: Path
) -> None:
    file = csv_of(tmp_path / "lo.csv", HEAD, GOOD, ["x" * (2 << 20)])
    done = terminal.run("records", "import", file, "--config", province)
    assert (done.code, "lots: 1" in done.out, "Dừng giữa tệp: Dòng 3" in done.err) == (1, True, True)
    file = csv_of(tmp_path / "lo.csv", ["x" * (2 << 20)])
    done = terminal.run("records", "import", file, "--config", province)
    assert (done.code, "dài quá" in done.err) == (2, True)
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("name", ["lo.txt", "lo"])
def test_a_file_of_another_kind_is_wrong_use(terminal: Terminal, station: Path, tmp_path: Path, name: str) -> None:
    done = terminal.run("records", "import", csv_of(tmp_path / name, HEAD), "--config", station)
    assert (done.code, "Chỉ nhận tệp" in done.err) == (2, True)


def test_the_longest_ending_tells_what_reads_a_file() -> None:
    assert records_rows.opener_of(Path("A.NDJSON.GZ")) is records_rows.OPENERS[".ndjson.gz"]
    assert records_rows.opener_of(Path("a.zip")) is None
