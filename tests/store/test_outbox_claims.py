"""Four threads and two processes carry one outbox: every message is claimed once, groups in their order."""

import threading
from concurrent.futures import ThreadPoolExecutor

from pos_trace.store import outbox
from pos_trace.store.database import Database
from tests.store import children
from tests.store.children import NODE, child, claimed, heard, queue

GROUPS, EACH = 20, 5


def fill(database: Database) -> list[str]:
    names = []
    with database.write() as session:
        for number in range(EACH):
            for group in range(GROUPS):
                names.append(f"g{group:02d}-{number}")
                queue(session, names[-1], f"g{group:02d}")
    return names


def test_every_message_is_claimed_once_by_four_threads_and_two_processes(database: Database) -> None:
    names = fill(database)
    url = database.url.render_as_string(hide_password=False)
    together = threading.Event()
    with (
        child(children.claim_all, url, "p1") as (one, _),
        child(children.claim_all, url, "p2") as (two, _),
        ThreadPoolExecutor(4) as threads,
    ):
        working = [threads.submit(claimed, database, f"t{number}", together.wait) for number in range(4)]
        one.send("go")
        two.send("go")
        together.set()
        taken = [worker.result() for worker in working] + [heard(one), heard(two)]
    assert sorted(name for some in taken for name in some) == sorted(names)
    with database.read() as session:
        assert outbox.counts(session, NODE) == {"done": GROUPS * EACH}
    for some in taken:
        for group in range(GROUPS):
            mine = [name for name in some if name.startswith(f"g{group:02d}-")]
            assert mine == sorted(mine)
