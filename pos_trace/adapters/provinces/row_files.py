"""Files of rows, read one by one whatever their size: NDJSON (also .gz) and CSV; wrong rows are told, never guessed.

A mapping (TOML) names columns or members of somebody else's file: ``[columns]`` of a table, ``[fields]`` of JSON lines
(the same as a source's, docs/province-toml.md), ``[values.MEMBER]`` their word = ours, ``[constants]``.
"""

import codecs
import csv
import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Final

import orjson

from pos_trace.adapters.provinces import json_mapping, lines, mapped, tables
from pos_trace.adapters.provinces.row_mapping import NO_MAPPING, TableMapping
from pos_trace.adapters.provinces.tables import RowError
from pos_trace.core.errors import Invalid

MOST_LINE: Final = 1 << 20
MOST_COLUMNS: Final = 200
MOST_GROWTH: Final = 100
LEAST_BOUND: Final = 64 << 20
READ_BYTES: Final = 1 << 20
UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
VIETNAMESE: Final = "windows-1258"
CHECKS: Final[dict[str, Callable[[Any], Any]]] = {"lot": lines.lot, "facility": lines.facility, "recall": lines.recall}
RAW: Final = "Dòng hồ sơ"
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: its number there, how it came, and either its lines or what is wrong with it."""

    number: int
    raw: Cells
    lines: tuple[dict[str, Any], ...] = ()
    errors: tuple[RowError, ...] = ()


@dataclass
class Opened:
    """A file being read. ``done``: how much of ``whole`` (its bytes on the disk); ``unknown``: headers nobody reads."""

    rows: Iterator[Row]
    whole: int
    done: Callable[[], int]
    encoding: str = "utf-8"
    unknown: dict[str, None] = field(default_factory=dict)


def refused(detail: str) -> Invalid:
    """A file that is not what its name says."""
    return Invalid("file_invalid", detail)


def between(head: str) -> str:
    """What stands between the cells of a table: a comma, semicolon or tab, whichever its header has most of."""
    return max(",;\t", key=head.count)


def line_of(raw: str | bytes) -> dict[str, Any]:
    """A line of the contract with its ``kind`` (lot unless said); raises ``ValueError`` and its like."""
    made = orjson.loads(raw) if len(raw) <= MOST_LINE else None
    if not isinstance(made, dict):
        raise ValueError(f"cần một đối tượng JSON, dài nhất {MOST_LINE} chữ")
    CHECKS[made.setdefault("kind", "lot")](made | {"version": made.get("version", 0)})
    return made


@contextmanager
def ndjson(path: Path, mapping: TableMapping = NO_MAPPING) -> Iterator[Opened]:
    """JSON lines at ``path``, packed with gzip or not."""
    with ExitStack() as done:
        raw = done.enter_context(path.open("rb"))
        stream = done.enter_context(gzip.GzipFile(fileobj=raw)) if path.suffix.lower() == ".gz" else raw
        yield Opened(_json_rows(_lines(stream, path), mapping), path.stat().st_size, raw.tell)


@contextmanager
def table(path: Path, mapping: TableMapping = NO_MAPPING) -> Iterator[Opened]:
    """The CSV at ``path``: UTF-8, with or without a mark at its beginning, else Windows-1258."""
    encoding = _encoding(path)
    with path.open("rb") as raw:
        made = Opened(iter(()), path.stat().st_size, raw.tell, encoding)
        made.rows = tabled(_cells(raw, path, encoding), made.unknown, mapping)
        yield made


def tabled(
    rows: Iterable[tuple[int, Cells]], unknown: dict[str, None], mapping: TableMapping = NO_MAPPING
) -> Iterator[Row]:
    """Rows of a table with their number, read by ``tables``; headers nobody reads go into ``unknown``."""
    for number, cells in rows:
        try:
            read = tables.read([mapping.cells(cells)], first_row=number)
        except ValueError as error:
            read = tables.Read(errors=(RowError(number, "", str(error)),))
        unknown |= dict.fromkeys(mapping.strangers(cells, read.unknown))
        errors = tuple(replace(fault, column=mapping.header(fault.column, cells)) for fault in read.errors)
        if read.lines or errors:
            yield Row(number, cells, read.lines if not errors else (), errors)


def _json_rows(rows: Iterable[bytes], mapping: TableMapping) -> Iterator[Row]:
    for number, raw in enumerate(rows, 1):
        if not raw.strip():
            continue
        told = {RAW: raw[:MOST_LINE].decode("utf-8", "replace").strip()}
        try:
            yield Row(number, told, _mapped(raw, mapping) if mapping.fields else (line_of(raw),))
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            fault = RowError(number, "", f"dòng hồ sơ đúng mẫu: {error}"[:200], told[RAW][:80])
            yield Row(number, told, errors=(fault,))


def _mapped(raw: bytes, mapping: TableMapping) -> tuple[dict[str, Any], ...]:
    source = orjson.loads(raw) if len(raw) <= MOST_LINE else None
    lot, facility = json_mapping.lot_and_facility(mapped.record(mapping.fields, source), mapping.fields)
    lines.lot(lot | {"version": lot.get("version", 0)})
    before = ({"kind": "facility"} | facility,) if facility else ()
    return (*before, {"kind": "lot"} | lot)


def _lines(stream: IO[bytes] | gzip.GzipFile, path: Path) -> Iterator[bytes]:
    """Lines one by one. One that is too long comes cut, still longer than ``MOST_LINE``; what grows without end when
    it is unpacked is refused.
    """
    bound = max(LEAST_BOUND, path.stat().st_size * MOST_GROWTH)
    read = 0
    try:
        while line := stream.readline(MOST_LINE + 1):
            rest = line
            while len(rest) > MOST_LINE and not rest.endswith(b"\n"):
                rest = stream.readline(MOST_LINE + 1)
                read += len(rest)
                _within(read, bound)
            read += len(line)
            _within(read, bound)
            yield line
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise refused("Tệp nén hỏng, hoặc chép chưa đủ; các dòng đọc được trước chỗ hỏng đã nhận.") from error


def _within(read: int, bound: int) -> None:
    if read > bound:
        raise refused("Tệp nở ra quá lớn so với bản nén.")


def _encoding(path: Path) -> str:
    """UTF-8 where all of it is; raises ``Invalid`` for what is no text at all."""
    found = "utf-8-sig"
    decoder = codecs.getincrementaldecoder(found)()
    with path.open("rb") as raw:
        head = raw.read(READ_BYTES)
        if head.startswith(UTF_16) or b"\0" in head:
            raise refused("Tệp không phải CSV dạng chữ. Trong Excel chọn Lưu thành: CSV UTF-8.")
        try:
            while head:
                decoder.decode(head)
                head = raw.read(READ_BYTES)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return VIETNAMESE
    return found


def _cells(raw: IO[bytes], path: Path, encoding: str) -> Iterator[tuple[int, Cells]]:
    texts = _texts(raw, path, encoding)
    head = next(texts, "")
    rows = csv.reader(_again(head, texts), delimiter=between(head))
    try:
        headers = [name.strip() for name in next(rows, [])]
        if len(headers) > MOST_COLUMNS:
            raise refused(f"Dòng tiêu đề có {len(headers)} cột; tối đa {MOST_COLUMNS}.")
        for number, row in enumerate(rows, tables.FIRST_ROW):
            yield number, {name: text for name, text in zip(headers, row, strict=False) if name}
    except csv.Error as error:
        raise refused(f"Không đọc được dòng {rows.line_num} của tệp CSV: {error}.") from error


def _again(head: str, rest: Iterator[str]) -> Iterator[str]:
    yield head
    yield from rest


def _texts(raw: IO[bytes], path: Path, encoding: str) -> Iterator[str]:
    for number, line in enumerate(_lines(raw, path), 1):
        if len(line) > MOST_LINE:
            raise refused(f"Dòng {number} của tệp dài quá {MOST_LINE >> 20} MB.")
        try:
            yield line.decode("utf-8-sig" if number == 1 and encoding == "utf-8-sig" else encoding)
        except UnicodeDecodeError:
            raise refused(f"Dòng {number} không phải chữ UTF-8 hay Windows-1258.") from None
