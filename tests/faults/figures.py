"""Figures of the long runs, written into docs/reliability.md: one row a run, newest first, with commit and seed."""

import os
import secrets
import subprocess
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"
FULL = os.environ.get("POS_TRACE_FULL") == "1"
MOST_ROWS = 12


def fresh_seed() -> int:
    """``$POS_TRACE_SEED``, else a new one; whoever uses it prints it."""
    named = os.environ.get("POS_TRACE_SEED")
    return int(named) if named else secrets.randbelow(10**6)


def commit() -> str:
    """The commit this checkout stands on, with ``+`` when files differ from it."""
    asked = ["git", "-C", str(ROOT), "describe", "--always", "--dirty=+"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"


def added(text: str, table: str, row: str) -> str:
    """``text`` with ``row`` first in the table under ``<!-- table -->``; raises ``ValueError`` without such a table."""
    lines = text.split("\n")
    head = lines.index(f"<!-- {table} -->") + 3
    end = next((at for at in range(head, len(lines)) if not lines[at].startswith("|")), len(lines))
    return "\n".join([*lines[:head], row, *lines[head:end][: MOST_ROWS - 1], *lines[end:]])


def record(table: str, *cells: object, page: Path = PAGE) -> None:
    """Add today's row to ``table`` – only in the long run, which is what the page tells about."""
    if FULL:
        day = datetime.now(UTC).date().isoformat()
        row = "| " + " | ".join(str(cell) for cell in (day, commit(), *cells)) + " |"
        page.write_text(added(page.read_text(encoding="utf-8"), table, row), encoding="utf-8")
