"""``bench verify`` and ``bench import`` in small numbers: they measure what they say, on files built once."""

from pathlib import Path
from typing import Any

import pytest

from pos_trace.bench import importing, lot_files, verify, yardsticks
from pos_trace.store import lot_lines
from pos_trace.store.records_file import OpenFiles


def by_name(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in rows}


def test_looking_up_is_measured_beside_a_bare_select(tmp_path: Path) -> None:
    rows = by_name(verify.run(2000, 500, 1000, tmp_path))
    assert set(rows) == {"lookup_cpu_1m", "growth_1e7_over_1e4"}
    assert all(row["figure"] > 0 and row["yardstick"] > 0 and row["goal"] for row in rows.values())
    built = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert set(built) == {"records-500.db", "records-1000.db", "records-2000.db"}
    verify.run(2000, 500, 1000, tmp_path)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == built


def test_taking_in_is_measured_from_the_file_to_the_swap(tmp_path: Path) -> None:
    rows = by_name(importing.run(1500, 700, 2, tmp_path))
    assert set(rows) == {"import_1m", "delta_11k", "swap_failed_lookups"}
    assert rows["import_1m"]["figure"] > 0
    assert rows["delta_11k"]["figure"] > 0
    assert rows["swap_failed_lookups"]["figure"] == 0


def test_a_bench_that_took_in_less_than_it_says_is_no_figure(tmp_path: Path) -> None:
    path = lot_files.snapshot_of(50, tmp_path)
    with pytest.raises(RuntimeError, match="50 lots of 51"):
        importing.import_cpu(path, 51)


def test_the_yardstick_does_the_same_work(tmp_path: Path) -> None:
    yardsticks.load_lines(str(lot_files.snapshot_of(40, tmp_path)), str(tmp_path / "plain.db"))
    find = yardsticks.warm_select(str(tmp_path / "plain.db"))
    lot_files.file_of(40, tmp_path)
    ours = OpenFiles(tmp_path)
    for number in range(40):
        theirs = find(lot_files.key(number))
        assert theirs is not None
        assert len(theirs) == len(lot_lines.COLUMNS)  # type: ignore[arg-type]
        assert ours.find("records-40.db", lot_files.key(number)) is not None
    assert find(lot_files.key(3, known=False)) is None
    ours.close()


def test_half_of_the_keys_asked_were_never_registered_and_none_comes_twice() -> None:
    keys = lot_files.asked(1000, 400, seed=1)
    assert len(set(keys)) == 400
    assert sum("/10/X" in key for key in keys) == 200
    assert lot_files.cache().name == "bench"
