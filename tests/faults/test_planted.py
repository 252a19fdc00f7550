"""The table of planted defects fits today's code, and the planter tells a caught one from one that survived."""

from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.faults import planted
from tests.faults.copied import Plant
from tests.faults.planted import (
    DEFECTS,
    HOUSE,
    Outcome,
    build,
    check_import,
    line_of,
    run_tests,
    surroundings,
    try_defect,
)
from tests.faults.planted_defects import AREAS, Defect

QUICK = ("tests/core/test_sales.py",)
HARMLESS = Defect(
    "another word in a docstring", "allocation",
    Plant("core/sales.py", '"""A sale as it was rung up:', '"""A sale as the till rang it up:'), "nobody", QUICK,
)  # fmt: skip
HARMFUL = Defect(
    "a total that lies", "allocation",
    Plant("core/sales.py", "if not amounts or any(", "if not amounts or all("), "a line without a price is free", QUICK,
)  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_defect_can_still_be_planted_and_its_tests_are_there(defect: Defect) -> None:
    text = (HOUSE / "pos_trace" / defect.plant.file).read_text(encoding="utf-8")
    assert text.count(defect.plant.old) == 1
    changed = text.replace(defect.plant.old, defect.plant.new)
    assert changed != text
    compile(changed, defect.plant.file, "exec")
    assert defect.why
    assert defect.tests
    for file, _, name in (test.partition("::") for test in defect.tests):
        assert f"def {name}" in (HOUSE / file).read_text(encoding="utf-8")


def test_thirty_defects_lie_in_every_part_that_must_not_fail() -> None:
    assert len(DEFECTS) >= 30
    planted_in = Counter(defect.area for defect in DEFECTS)
    assert [area for area in AREAS if planted_in[area] < 5] == []
    assert set(planted_in) == set(AREAS)
    assert len({defect.name for defect in DEFECTS}) == len(DEFECTS)


def test_a_text_that_is_not_there_once_stops_the_planting(tmp_path: Path) -> None:
    twice = Defect("x", "fold", Plant("core/sales.py", "amount", "x"), "nobody", QUICK)
    with pytest.raises(ValueError, match="times"):
        build(tmp_path, twice)


def test_the_copy_runs_itself_and_a_defect_in_it_is_caught_or_survives(tmp_path: Path) -> None:
    untouched = (HOUSE / "pos_trace/core/sales.py").read_bytes()
    folder = build(tmp_path, HARMFUL)
    check_import(folder)
    assert run_tests(folder, QUICK)[0] == "caught"
    assert try_defect(HARMLESS).said == "SURVIVED"
    assert (HOUSE / "pos_trace/core/sales.py").read_bytes() == untouched


def test_tests_that_cannot_run_prove_nothing(tmp_path: Path) -> None:
    folder = build(tmp_path, None)
    assert run_tests(folder, ["tests/core/test_nothing.py"])[0] == "BROKEN"


def test_an_installed_product_never_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POS_TRACE_FULL", "1")
    told = surroundings(tmp_path)
    assert told["PYTHONPATH"] == str(tmp_path)
    assert "POS_TRACE_FULL" not in told
    with pytest.raises(RuntimeError, match="the copy would run"):
        check_import(tmp_path)


def test_a_survivor_is_told_with_whom_it_hurts() -> None:
    assert line_of(Outcome(HARMFUL, "caught", 1.25)) == "caught     1.2 s  allocation a total that lies"
    survived = line_of(Outcome(HARMFUL, "SURVIVED", 0.5, "9 passed in 0.1s"))
    assert survived.split("\n")[1:] == ["  a line without a price is free", "  9 passed in 0.1s"]


@pytest.mark.parametrize(
    ("said", "code", "end"), [("caught", 0, "2 planted, 2 caught"), ("SURVIVED", 1, "2 planted, 1 caught")]
)
def test_the_command_fails_when_one_survives(said: str, code: int, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = [Outcome(HARMFUL, "caught", 1.0), Outcome(HARMLESS, said, 1.0)]
    monkeypatch.setattr(planted, "DEFECTS", [outcome.defect for outcome in outcomes])
    monkeypatch.setattr(planted, "try_all", lambda defects, workers: iter(outcomes))
    ran = CliRunner().invoke(planted.main, ["--unsound"])
    assert (ran.exit_code, ran.output.splitlines()[-1]) == (code, end)


def test_a_name_nobody_gave_is_wrong_use() -> None:
    assert CliRunner().invoke(planted.main, ["--only", "the moon"]).exit_code == 2
