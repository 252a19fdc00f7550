"""``records import`` of rows (NDJSON, CSV, XLSX): good rows go in, wrong ones come out in a file of their own."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from pos_trace.adapters.provinces import row_files, row_mapping
from pos_trace.adapters.provinces.row_files import Opened, Row
from pos_trace.adapters.provinces.row_mapping import NO_MAPPING, TableMapping
from pos_trace.core.errors import Invalid
from pos_trace.core.text import safe_cell
from pos_trace.forms import xlsx_rows
from pos_trace.services import importing
from pos_trace.services.importing import RowIn
from pos_trace.services.node import Node

Progress = Callable[[int, int], None]
AT_ONCE: Final = 500
NUMBER, MEND = "Dòng", "Cần sửa"
COUNTS: Final = ("lots", "facilities", "recalls", "unchanged")
FIRST_TOLD: Final = 20
VERBS: Final = {"province": importing.into_register, "station": importing.into_records}


@contextmanager
def _xlsx(path: Path, mapping: TableMapping) -> Iterator[Opened]:
    with xlsx_rows.opened(path) as sheet:
        made = Opened(iter(()), sheet.whole, lambda: sheet.done)
        made.rows = row_files.tabled(sheet.rows, made.unknown, mapping)
        yield made


Opener = Callable[[Path, TableMapping], AbstractContextManager[Opened]]
OPENERS: Final[Mapping[str, Opener]] = {
    ".ndjson": row_files.ndjson,
    ".jsonl": row_files.ndjson,
    ".ndjson.gz": row_files.ndjson,
    ".jsonl.gz": row_files.ndjson,
    ".csv": row_files.table,
    ".xlsx": _xlsx,
}


def opener_of(path: Path) -> Opener | None:
    """What reads a file of this name; None when nothing does."""
    name = path.name.lower()
    return next((OPENERS[end] for end in sorted(OPENERS, key=len, reverse=True) if name.endswith(end)), None)


def take(
    node: Node, path: Path, mapping: Path | None, errors: Path | None, now: datetime, progress: Progress
) -> dict[str, Any]:
    """Every row of ``path`` into this node: ``{rows, bad, lots, facilities, recalls, unchanged, encoding,
    unknown_headers, errors, errors_file, stopped}``; ``errors``: the first twenty.

    ``errors_file`` (default ``path`` + .errors.csv): the rows that stayed out, as they came, each with what to mend.
    ``stopped``: why the rest of the file could not be read; what was read before it went in.
    """
    opener = opener_of(path)
    assert opener is not None
    told_by = row_mapping.load(mapping) if mapping is not None else NO_MAPPING
    told: dict[str, Any] = {"rows": 0, "bad": 0, **dict.fromkeys(COUNTS, 0), "errors": [], "stopped": None}
    out = errors or path.with_name(path.name + ".errors.csv")
    part = out.with_name(out.name + ".part")
    with opener(path, told_by) as opened, _Report(part) as report:
        try:
            for batch in _batches(opened.rows):
                _take_batch(node, batch, told_by, now, told, report)
                progress(min(opened.done(), opened.whole), opened.whole)
        except Invalid as stopped:
            if not told["rows"]:
                part.unlink(missing_ok=True)
                raise
            told["stopped"] = stopped.detail
        told |= {"encoding": opened.encoding, "unknown_headers": list(opened.unknown)}
    if told["bad"]:
        part.replace(out)
    return told | {"errors_file": str(out) if told["bad"] else None}


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows in parts; what was read before a fault of the file is handed over before the fault."""
    rows = iter(rows)
    while True:
        batch: list[Row] = []
        try:
            for row in islice(rows, AT_ONCE):
                batch.append(row)
        except Invalid:
            if batch:
                yield batch
            raise
        if not batch:
            return
        yield batch


def _take_batch(
    node: Node, batch: list[Row], mapping: TableMapping, now: datetime, told: dict[str, Any], report: "_Report"
) -> None:
    faults: dict[int, list[dict[str, Any]]] = {}
    for row in batch:
        for fault in row.errors:
            one = {"row": fault.row, "column": fault.column, "expected": fault.expected, "found": fault.found}
            faults.setdefault(row.number, []).append(one)
    good = [RowIn(row.number, row.lines) for row in batch if not row.errors]
    answer = VERBS[node.role](node, node.machine("import"), good, now) if good else {"errors": []}
    headers = {row.number: row.raw for row in batch}
    for fault in answer["errors"]:
        column = mapping.header(fault["column"], headers[fault["row"]])
        faults.setdefault(fault["row"], []).append(fault | {"column": column})
    for name in COUNTS:
        told[name] += answer.get(name, 0)
    told["rows"] += len(batch)
    told["bad"] += len(faults)
    told["errors"] += [fault for number in sorted(faults) for fault in faults[number]][
        : max(0, FIRST_TOLD - len(told["errors"]))
    ]
    for row in batch:
        if row.number in faults:
            report.write(row, faults[row.number])


class _Report:
    """The rows that stayed out, as CSV that a spreadsheet opens, written as they come."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._headers: list[str] = []
        self._file: Any = None
        self._writer: Any = None

    def __enter__(self) -> "_Report":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, row: Row, faults: list[dict[str, Any]]) -> None:
        """One row with what to mend in it."""
        if self._file is None:
            self._file = self._path.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._headers = list(row.raw)
            self._writer.writerow([*map(safe_cell, self._headers), NUMBER, MEND])
        words = "; ".join(f"{fault['column']}: cần {fault['expected']}".removeprefix(": ") for fault in faults)
        cells = [row.raw.get(name, "") for name in self._headers]
        self._writer.writerow([*map(safe_cell, cells), row.number, safe_cell(words)])
