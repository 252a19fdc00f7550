"""The page of figures: new rows come first, old ones go, nothing else of the page changes."""

from pathlib import Path

import pytest

from tests.faults import figures
from tests.faults.figures import MOST_ROWS, PAGE, added, commit, fresh_seed, record

TEXT = "# Page\n\n<!-- kills -->\n| day | lost |\n|---|---|\n| old | 1 |\n\nAfter."


def test_a_row_comes_first_and_the_page_stays() -> None:
    assert added(TEXT, "kills", "| new | 0 |") == TEXT.replace("| old | 1 |", "| new | 0 |\n| old | 1 |")


def test_only_the_newest_rows_are_kept() -> None:
    text = TEXT
    for number in range(MOST_ROWS + 3):
        text = added(text, "kills", f"| row {number} | 0 |")
    assert text.count("| row") == MOST_ROWS
    assert "| old" not in text
    assert text.endswith("\n\nAfter.")


def test_a_table_the_page_does_not_have_is_an_error() -> None:
    with pytest.raises(ValueError, match="cuts"):
        added(TEXT, "cuts", "| x |")


@pytest.mark.parametrize("full", [True, False])
def test_only_the_long_run_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: bool) -> None:
    page = tmp_path / "page.md"
    page.write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(figures, "FULL", full)
    record("kills", 7, page=page)
    assert (f"| {commit()} | 7 |" in page.read_text(encoding="utf-8")) == full


def test_the_projects_page_has_the_table_of_kills() -> None:
    text = PAGE.read_text(encoding="utf-8")
    head = text.split("<!-- kills -->\n")[1].split("\n")[0]
    assert added(text, "kills", head).count(head) == text.count(head) + 1


def test_a_seed_may_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POS_TRACE_SEED", "42")
    assert fresh_seed() == 42
    monkeypatch.delenv("POS_TRACE_SEED")
    assert 0 <= fresh_seed() < 10**6
