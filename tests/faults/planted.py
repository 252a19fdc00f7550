"""Tests the tests: plants one small defect at a time in a copy of the product; the named tests must notice each.

``python -m tests.faults.planted`` · exit 1 when one survives. Everything runs on SQLite, in copies in a temporary
folder; nothing in the checkout is touched.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from shutil import copy2, copytree, ignore_patterns
from tempfile import TemporaryDirectory

import click

from tests.faults.copied import copy_package
from tests.faults.planted_carrying import OUTBOX, SPOOL
from tests.faults.planted_defects import ALLOCATION, AREAS, FOLD, VERDICT, Defect

DEFECTS = (*VERDICT, *ALLOCATION, *FOLD, *SPOOL, *OUTBOX)
HOUSE = Path(__file__).parents[2]
TOO_LONG_S = 300
# pytest's exit codes; anything else (no tests, wrong use, a copy that cannot be imported) proves nothing
SAID = {0: "SURVIVED", 1: "caught"}
QUICK = "not postgres and not long and not browser"
PYTEST = ("-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0", "--timeout=60", "-m", QUICK)
# what belongs to this run of ours, not to the ones inside the copies
OURS = ("POS_TRACE_", "PYTEST_", "COV")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a defect: ``caught`` | ``SURVIVED`` | ``BROKEN`` (the run itself proves nothing), and why."""

    defect: Defect
    said: str
    seconds: float
    told: str = ""


def build(folder: Path, defect: Defect | None) -> Path:
    """The product, its tests and settings in ``folder``, with ``defect`` planted; raises ``ValueError`` when the text
    it replaces does not stand there exactly once.
    """
    copy_package(folder, [defect.plant] if defect is not None else [])
    for name in ("tests", "config"):
        copytree(HOUSE / name, folder / name, ignore=ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml"):
        copy2(HOUSE / name, folder / name)
    return folder


def surroundings(folder: Path) -> dict[str, str]:
    """The environment in which ``folder`` is imported before any installed product, in quick numbers."""
    shared = os.environ.get("POS_TRACE_SHARED", str(HOUSE.parent / "shared"))
    ours = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return ours | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "POS_TRACE_SHARED": shared}


def check_import(folder: Path) -> None:
    """Make sure that the copy is what runs; raises ``RuntimeError`` when an installed product wins."""
    asked = "import pos_trace, pos_trace.presets as p; print(pos_trace.__file__, *p.__path__, sep='\\n')"
    ran = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=folder,
        env=surroundings(folder),
        capture_output=True,
        text=True,
        timeout=TOO_LONG_S,
        check=True,
    )
    for place in ran.stdout.split("\n")[:2]:
        if not Path(place).resolve().is_relative_to(folder.resolve()):
            raise RuntimeError(f"the copy would run {place}")


def run_tests(folder: Path, tests: Sequence[str]) -> tuple[str, str]:
    """Run ``tests`` of the copy: what it says, and the last lines pytest wrote. Hanging to the deadline is caught."""
    check_import(folder)
    command = [sys.executable, "-m", "pytest", *PYTEST, *tests]
    try:
        ran = subprocess.run(
            command, cwd=folder, env=surroundings(folder), capture_output=True, text=True, timeout=TOO_LONG_S
        )
    except subprocess.TimeoutExpired:
        return "caught", f"hung for {TOO_LONG_S} s"
    lines = [line for line in ran.stdout.splitlines() if line.startswith(("FAILED", "ERROR")) or " in " in line]
    return SAID.get(ran.returncode, "BROKEN"), "\n".join(lines[-2:]) or ran.stderr[-500:]


def try_defect(defect: Defect) -> Outcome:
    """Plant ``defect`` in a fresh copy and run the tests that must catch it."""
    begun = time.monotonic()
    with TemporaryDirectory(prefix="planted-") as folder:
        said, told = run_tests(build(Path(folder), defect), defect.tests)
    return Outcome(defect, said, time.monotonic() - begun, told)


def check_sound(defects: Sequence[Defect]) -> None:
    """Without a defect the tests pass, else catching one would mean nothing; raises ``RuntimeError``."""
    with TemporaryDirectory(prefix="planted-") as folder:
        every = sorted({test for defect in defects for test in defect.tests})
        said, told = run_tests(build(Path(folder), None), every)
    if said != "SURVIVED":
        raise RuntimeError(f"the tests fail without any defect:\n{told}")


def try_all(defects: Sequence[Defect], workers: int) -> Iterator[Outcome]:
    """Every defect's outcome, as they come."""
    with ThreadPoolExecutor(workers) as pool:
        for done in as_completed([pool.submit(try_defect, defect) for defect in defects]):
            yield done.result()


def report(defects: Sequence[Defect], workers: int, say: Callable[[str], None]) -> list[Outcome]:
    """Try all and tell each; on a terminal a progress bar, and the lines after it."""
    found: list[Outcome] = []
    with ExitStack() as stack:
        outcomes: Iterator[Outcome] = try_all(defects, workers)
        shown = sys.stdout.isatty()
        if shown:
            bar = click.progressbar(outcomes, length=len(defects), label="defects planted")
            outcomes = iter(stack.enter_context(bar))
        for outcome in outcomes:
            found.append(outcome)
            if not shown:
                say(line_of(outcome))
    if shown:
        for outcome in found:
            say(line_of(outcome))
    return found


def line_of(outcome: Outcome) -> str:
    """One line for a caught defect; why it matters and what the tests said for any other."""
    defect = outcome.defect
    line = f"{outcome.said:8} {outcome.seconds:5.1f} s  {defect.area:10} {defect.name}"
    return line if outcome.said == "caught" else f"{line}\n  {defect.why}\n  {outcome.told}"


@click.command(help=__doc__)
@click.option("--only", default="", help="An area, or a part of a defect's name.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 2), help="Copies at work at once.")
@click.option("--unsound", is_flag=True, help="Do not run the tests without a defect first.")
def main(only: str, workers: int, unsound: bool) -> None:
    """Exit 0 when every defect was caught, 1 when one was not, 2 when ``--only`` names none."""
    chosen = [defect for defect in DEFECTS if only == defect.area or (only not in AREAS and only in defect.name)]
    if not chosen:
        raise click.UsageError(f"no defect is called {only!r}")
    if not unsound:
        check_sound(chosen)
        click.echo("the tests pass without a defect")
    caught = sum(outcome.said == "caught" for outcome in report(chosen, workers, click.echo))
    click.echo(f"{len(chosen)} planted, {caught} caught")
    sys.exit(0 if caught == len(chosen) else 1)


if __name__ == "__main__":
    main()
