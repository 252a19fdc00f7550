"""A folder that somebody puts files of changes into, where no line reaches the province: NDJSON or CSV, by name order.

One file is one page. A file is moved away only when the next question shows that its lines were kept: a crash in
between reads it again. What cannot be read is set aside in ``loi`` beside a list of its faults; nothing is deleted.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from pos_trace.adapters.provinces import row_files, tables
from pos_trace.adapters.provinces.tables import Read, RowError
from pos_trace.core.ports import FeedPage, SnapshotAnswer

DONE: Final = "xong"
BAD: Final = "loi"
NO_FILE: Final = "no_new_file"
MARK: Final = ".dang-doc"
MOST_BYTES: Final = 64 << 20
NO_FOLDER: Final = "wrong_schema: không đọc được thư mục"
HEADERS: Final = ("Dòng", "Cột", "Cần", "Đang ghi")


class FileDrop:
    """ProvinceFeed over ``folder``. Writers put a file in under another ending (``.tam``) and rename it when whole."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.problem = folder, ""

    def changes(self, since: int, lots_after: int = 0) -> FeedPage:
        """The lines of the first file not read yet; ``since``: how far lines were kept, which ends the one before.

        Lines without a version of their own are numbered on from ``since`` in their order. Without a new file nobody
        vouches for the records: the answer is "unavailable", and their age goes on from the last file.
        """
        try:
            self._finish(since)
            waiting = self._waiting()
            for place, path in enumerate(waiting, 1):
                items, whole = self._lines_of(path, since)
                more = place < len(waiting)
                if items:
                    last = max(line["version"] for line in items)
                    _put(self.folder / MARK, orjson.dumps({"file": path.name, "last": last}))
                    return FeedPage("ok", tuple(items), last, more)
                if whole and not more:
                    return FeedPage("ok", next=since)
        except OSError as error:
            self.problem = f"{NO_FOLDER} {self.folder}: {error.strerror}"
            return FeedPage("unavailable", why=self.problem)
        return FeedPage("unavailable", why=NO_FILE)

    def snapshot(self, to: Path, newer_than: int, progress: Callable[[int, int], None]) -> SnapshotAnswer:
        """A signed snapshot is taken in by hand: ``pos-trace records import``."""
        return SnapshotAnswer("none")

    def recalls(self, since: int) -> FeedPage:
        """Recalls lie in the same files as everything else."""
        return FeedPage("unavailable", why="not_offered")

    def case_events(self, since: int) -> FeedPage:
        """A folder brings no conclusions."""
        return FeedPage("unavailable", why="not_offered")

    def access(self, since: int) -> FeedPage:
        """A folder tells nobody's looks."""
        return FeedPage("unavailable", why="not_offered")

    def _waiting(self) -> list[Path]:
        return sorted(path for path in self.folder.iterdir() if path.suffix.lower() in READERS and path.is_file())

    def _finish(self, since: int) -> None:
        """Move the file away whose lines were kept."""
        mark = self.folder / MARK
        if not mark.exists():
            return
        told = json.loads(mark.read_bytes())
        path = self.folder / str(told["file"])
        if since >= int(told["last"]) and path.exists():
            self._move(path, DONE)
        mark.unlink()

    def _lines_of(self, path: Path, since: int) -> tuple[list[dict[str, Any]], bool]:
        """A file's good lines, numbered, and whether all were good; a file with nothing new is moved away at once."""
        try:
            if path.stat().st_size > MOST_BYTES:
                raise ValueError(f"tệp lớn hơn {MOST_BYTES >> 20} MB")
            read = READERS[path.suffix.lower()](path.read_bytes().decode("utf-8-sig"))
        except ValueError as error:
            read = Read(errors=(RowError(1, "", "tệp chữ UTF-8", str(error)[:120]),))
        if read.errors:
            self.problem = f"{path.name}: {len(read.errors)} lỗi, xem {BAD}/{path.name}.loi.csv"
            self._report(path, read)
        made = [dict(line) for line in read.lines]
        numbered = all(isinstance(line.get("version"), int) for line in made)
        for place, line in enumerate(made, since + 1):
            line["version"] = line["version"] if numbered else place
        newer = sorted((line for line in made if line["version"] > since), key=lambda line: line["version"])
        if not newer:
            self._move(path, BAD if read.errors else DONE)
        return newer, not read.errors

    def _report(self, path: Path, read: Read) -> None:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(HEADERS)
        writer.writerows((fault.row, fault.column, fault.expected, fault.found) for fault in read.errors)
        (self.folder / BAD).mkdir(exist_ok=True)
        _put(self.folder / BAD / f"{path.name}.loi.csv", text.getvalue().encode("utf-8-sig"))

    def _move(self, path: Path, to: str) -> None:
        """Into ``to``, beside what has the same name already."""
        (self.folder / to).mkdir(exist_ok=True)
        names = (f"{path.stem}{f'-{number}' if number else ''}{path.suffix}" for number in range(10_000))
        path.rename(next(there for name in names if not (there := self.folder / to / name).exists()))


def _put(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    part = path.with_name(path.name + ".tam")
    part.write_bytes(data)
    part.replace(path)


def _ndjson(text: str) -> Read:
    """Lines of the contract, each with its ``kind`` (lot unless said)."""
    found: list[dict[str, Any]] = []
    errors: list[RowError] = []
    count = 0
    for row, raw in _rows(text):
        count += 1
        try:
            found.append(row_files.line_of(raw))
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            errors.append(RowError(row, "", f"dòng hồ sơ đúng mẫu: {error}"[:200], raw[:80]))
    return Read(tuple(found), tuple(errors), rows=count)


def _rows(text: str) -> Iterator[tuple[int, str]]:
    return ((row, raw) for row, raw in enumerate(text.split("\n"), 1) if raw.strip())


def _csv(text: str) -> Read:
    """A table with a header; a comma, semicolon or tab between, whichever the header has most of."""
    between = row_files.between(text.split("\n", 1)[0])
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=between, restval="")
    try:
        return tables.read({str(k): str(v) for k, v in row.items() if k is not None} for row in rows)
    except csv.Error as error:
        raise ValueError(str(error)) from None


READERS: Final[dict[str, Callable[[str], Read]]] = {".ndjson": _ndjson, ".csv": _csv}
