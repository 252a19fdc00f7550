"""GS1's own test vectors, read where they lie: what each wants, and what our parser made of it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pos_trace.core.codes import ScannedCode, parse
from pos_trace.core.codes.elements import FNC1, split

# Vectors that write symbols instead of reading them; written links are read back in a test of their own.
WRITING = ("generateDLuri", "generateScanData")
CATEGORIES = {
    "parseAIdata": "brackets",
    "processAIdata": "element strings",
    "parseDLuri": "links",
    "processScanData": "scans",
    "linters": "contents",
    "validateAIs": "companions",
}


# Warnings that say what the engine refuses: old forms of links, companions another label may have.
TELLING = {"links": {"old_name", "short_gtin", "trailing_slash"}, "companions": {"missing_key", "needs_"}}


@dataclass(frozen=True)
class Vector:
    """One vector of the syntax engine. ``wants``: elements it expects, None where it names none. ``plain``: the
    carrier holds text that is no GS1 data.
    """

    category: str
    name: str
    text: str
    ok: bool
    wants: tuple[tuple[str, str], ...] | None
    plain: bool

    def judged(self) -> str:
        """``right``, ``told`` (read with a warning), ``false accept``, ``false reject`` or ``other elements``."""
        code = parse(self.text)
        elements = tuple(dict.fromkeys(code.elements))
        if self.plain:
            return "false accept" if code.key or elements else "right"
        if not self.ok:
            return "right" if not _accepted(code) else "told" if self._tells(code) else "false accept"
        if not _accepted(code):
            return "false reject"
        return "right" if self.wants is None or elements == self.wants else "other elements"

    def _tells(self, code: ScannedCode) -> bool:
        telling = TELLING.get(self.category.split(":")[0], set())
        return any(warning in telling or warning[:6] in telling for warning in code.warnings)


def load(shared: Path) -> list[Vector]:
    """All vectors that read something."""
    return [_vector(row) for row in _rows(shared) if row["kind"] not in WRITING]


def written(shared: Path) -> list[tuple[str, str]]:
    """Element strings in brackets and the links the engine writes for them, without identifiers nobody gave."""
    rows = [row for row in _rows(shared) if row["kind"] == "generateDLuri"]
    return [(row["input"], row["expect"]) for row in rows if row["ok"] and not row["permitUnknownAIs"]]


def _rows(shared: Path) -> list[dict[str, Any]]:
    text = (shared / "vectors" / "gs1_syntax_engine.json").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = json.loads(text)["vectors"]
    return rows


def _vector(row: dict[str, Any]) -> Vector:
    kind, text, expected = row["kind"], row["input"], row["expect"]
    category = CATEGORIES[kind] + (f": {row['x']}" if kind == "validateAIs" else "")
    if kind == "processAIdata" and text.startswith("^"):
        text = text.replace("^", FNC1)
    wants = tuple(dict.fromkeys(split(expected.replace("^", FNC1))[0])) if expected.startswith("^") else None
    plain = kind == "processScanData" and row["ok"] and wants is None
    plain = plain and not (expected[:4].lower() == "http" or expected[:1].isdigit())
    return Vector(category, row["src"], text, row["ok"], wants, plain)


def _accepted(code: ScannedCode) -> bool:
    """Whether the elements were read as legal; goods without a key of ours are legal elements too."""
    return code.outcome == "ok" or (code.reason == "missing_key" and bool(code.elements))
