"""kill -9 between request and answer, again and again: what a client saw acknowledged is there once, once only.

``make test`` kills a dozen times, ``make test-long`` fifty times and proves that the same run fails on bad builds.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import power
from tests.faults.copied import Plant, copy_package
from tests.faults.figures import FULL, fresh_seed, record
from tests.faults.killing import Killing, Tally
from tests.faults.market import running_market

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

KILLS = 50 if FULL else 8
PAPER_KILLS = 12  # of four, one run in a handful tore up no paper whose job was done
CUTS = 25
JAMS = 0.12


def told(tally: Tally) -> str:
    """The figures, for the log and for whoever has to repeat a run."""
    return (
        f"seed {tally.seed}: {len(tally.in_flight)} kills, {tally.hits} in flight {tally.in_flight}, "
        f"{tally.acknowledged} acknowledged, {tally.repeated} asked again, {tally.written} written but unanswered, "
        f"{tally.unsure} papers asked about, {tally.found.all()[:20]}"
    )


def keep(tally: Tally, what: str, expected: str = "nothing") -> None:
    """Say the figures; in the long run they go into the page."""
    sys.stdout.write(told(tally) + "\n")
    found = tally.found
    record("kills", tally.seed, what, len(tally.in_flight), tally.hits, tally.acknowledged, tally.repeated,
           len(found.lost), len(found.doubled), expected)  # fmt: skip


def test_what_was_acknowledged_outlives_every_kill_exactly_once(tmp_path: Path) -> None:
    seed = fresh_seed()
    with running_market(tmp_path / "market", seed, jam=JAMS) as market:
        tally = Killing(market, seed).run(KILLS)
        config = str(market.demo.station.config)
        market.demo.station.stop()
    keep(tally, "kill -9")
    assert tally.found.all() == [], told(tally)
    assert len(tally.in_flight) == KILLS
    assert tally.hits * 2 >= KILLS, told(tally)
    assert tally.acknowledged > KILLS
    command = [sys.executable, "-m", "pos_trace", "audit", "verify", "--config", config, "--json"]
    report = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert report.returncode == 0, report.stderr
    assert json.loads(report.stdout)["ok"]


@pytest.mark.parametrize(
    "plants", [power.NOT_SYNCED, power.ANSWERED_BEFORE_COMMIT, power.CONFIRMED_BEFORE_DRAINED, power.SIMULATED]
)
def test_every_build_of_the_long_run_still_fits_the_package(tmp_path: Path, plants: tuple[Plant, ...]) -> None:
    build = copy_package(tmp_path / "build", plants)
    for plant in plants:
        source = (build / "pos_trace" / plant.file).read_text(encoding="utf-8")
        assert plant.new in source
        compile(source, plant.file, "exec")


@pytest.mark.long
def test_a_power_cut_that_keeps_only_what_was_synced_loses_nothing(tmp_path: Path) -> None:
    seed = fresh_seed()
    build = copy_package(tmp_path / "build", power.SIMULATED)
    with running_market(tmp_path / "market", seed, build=build, jam=JAMS) as market:
        tally = Killing(market, seed, power.cut(market)).run(CUTS)
    keep(tally, "power cut")
    assert tally.found.all() == [], told(tally)
    assert tally.hits * 2 >= CUTS, told(tally)


@pytest.mark.long
def test_the_same_cut_on_a_build_that_does_not_sync_is_noticed(tmp_path: Path) -> None:
    seed = fresh_seed()
    build = copy_package(tmp_path / "build", power.NOT_SYNCED)
    with running_market(tmp_path / "market", seed, build=build) as market:
        tally = Killing(market, seed, power.cut(market)).run(CUTS, stop_when_lost=True)
    keep(tally, "power cut, bad build: `synchronous=NORMAL`", "a loss")
    assert tally.found.lost, told(tally)


@pytest.mark.long
def test_a_build_that_answers_before_it_commits_is_noticed(tmp_path: Path) -> None:
    seed = fresh_seed()
    build = copy_package(tmp_path / "build", power.ANSWERED_BEFORE_COMMIT)
    with running_market(tmp_path / "market", seed, build=build) as market:
        tally = Killing(market, seed).run(KILLS, stop_when_lost=True)
    keep(tally, "kill -9, bad build: answers before the commit", "a loss")
    assert tally.found.lost, told(tally)


@pytest.mark.long
def test_a_build_that_confirms_a_paper_before_the_printer_took_it_is_noticed(tmp_path: Path) -> None:
    seed = fresh_seed()
    build = copy_package(tmp_path / "build", power.CONFIRMED_BEFORE_DRAINED)
    with running_market(tmp_path / "market", seed, build=build, jam=0.4) as market:
        tally = Killing(market, seed).run(PAPER_KILLS)
    keep(tally, "kill -9, bad build: confirms before the printer took it", "a loss")
    assert any("no paper came out" in item for item in tally.found.lost), told(tally)
