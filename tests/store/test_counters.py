"""Numbers of papers: from 1, without gap or double, per stall, kind and year, under eight threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import Session

from pos_trace.store import counters
from pos_trace.store.database import Database

SERIES = [("s1", "receipt", "2026"), ("s2", "receipt", "2026"), ("s1", "slip", "2026"), ("s1", "receipt", "2027")]


def taken(database: Database, take: Callable[[Session], int]) -> int:
    with database.write() as session:
        return take(session)


def test_every_series_counts_by_itself_under_eight_threads(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        asked = {
            series: [
                threads.submit(taken, database, lambda s, of=series: counters.next_number(s, "site", *of))
                for _ in range(15)
            ]
            for series in SERIES
        }
        found = {series: sorted(item.result() for item in items) for series, items in asked.items()}
    assert found == {series: list(range(1, 16)) for series in SERIES}


def test_two_sites_count_by_themselves(database: Database) -> None:
    numbers = [taken(database, lambda s, site=site: counters.next_number(s, site, *SERIES[0])) for site in "aba"]
    assert numbers == [1, 1, 2]


def test_a_paper_that_was_not_written_leaves_no_gap(database: Database) -> None:
    def stop(session: Session) -> int:
        counters.next_number(session, "site", *SERIES[0])
        raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        taken(database, stop)
    assert taken(database, lambda s: counters.next_number(s, "site", *SERIES[0])) == 1


def test_the_provinces_versions_rise_under_eight_threads(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(taken, database, lambda s: counters.next_version(s, "records")) for _ in range(40)]
        assert sorted(item.result() for item in asked) == list(range(1, 41))
    assert taken(database, lambda s: counters.next_version(s, "other")) == 1
