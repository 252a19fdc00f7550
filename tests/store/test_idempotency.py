"""Idempotency keys: the same answer byte for byte, another body refused, per caller and route, seven days."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from pos_trace.core.errors import Invalid
from pos_trace.core.policy import Policy
from pos_trace.services.node import Actor, Node, Once
from pos_trace.store import counters, idempotency
from pos_trace.store.database import Database
from pos_trace.store.files import Files
from pos_trace.store.idempotency import Replay
from pos_trace.store.models import Counter, IdempotencyKey
from tests.store.children import BEGIN, NODE

ASKED = {"site_id": NODE, "caller": "key:k1", "route": "POST /sales", "key": "abc"}
BODY = hashlib.sha256(b"body").hexdigest()
OTHER = hashlib.sha256(b"other").hexdigest()
ANSWER = '{"id":"1","tên":"cà chua"}'.encode()


def store(database: Database, *, status: int = 201, **more: Any) -> None:
    told = {"entry_id": "e1", "body_sha256": BODY, "answer": ANSWER, "now": BEGIN}
    with database.write() as session:
        idempotency.store(session, **{**ASKED, **told, "status": status, **more})


def check(database: Database, body: str = BODY, **more: str) -> None:
    with database.read() as session:
        idempotency.check(session, **{**ASKED, **more}, body_sha256=body)


def test_the_same_key_and_body_get_the_same_bytes(database: Database) -> None:
    check(database)
    store(database)
    with pytest.raises(Replay) as told:
        check(database)
    assert (told.value.status, told.value.answer) == (201, ANSWER)


def test_the_same_key_with_another_body_is_refused(database: Database) -> None:
    store(database)
    with pytest.raises(Invalid, match="nội dung khác") as refused:
        check(database, OTHER)
    assert refused.value.code == "idempotency_key_reused"


@pytest.mark.parametrize(
    "other", [{"caller": "key:k2"}, {"route": "POST /scans"}, {"key": "abd"}, {"key": "ABC"}, {"site_id": "another"}]
)
def test_a_key_counts_for_its_caller_its_route_and_its_node(database: Database, other: dict[str, str]) -> None:
    store(database)
    check(database, OTHER, **other)
    store(database, entry_id="e2", **other)
    with pytest.raises(Replay):
        check(database, **other)


def test_one_key_is_never_answered_twice(database: Database) -> None:
    store(database)
    with pytest.raises(Exception, match=r"(?i)unique"):
        store(database, entry_id="e2", answer=b"another")
    with pytest.raises(Replay) as told:
        check(database)
    assert told.value.answer == ANSWER


@pytest.mark.parametrize("status", [500, 503, 599])
def test_a_failure_of_ours_is_never_kept(database: Database, status: int) -> None:
    with pytest.raises(ValueError, match="never kept"):
        store(database, status=status)
    check(database)


@pytest.mark.parametrize("status", [200, 201, 404, 409, 422, 429])
def test_what_is_below_500_is_kept(database: Database, status: int) -> None:
    store(database, status=status)
    with pytest.raises(Replay) as told:
        check(database)
    assert told.value.status == status


@pytest.mark.parametrize(
    ("age", "kept"),
    [
        (timedelta(0), True),
        (timedelta(days=6, hours=23), True),
        (timedelta(days=7), True),
        (timedelta(days=7, microseconds=1), False),
        (timedelta(days=400), False),
    ],
)
def test_answers_are_kept_seven_days_and_purged_later(database: Database, age: timedelta, kept: bool) -> None:
    store(database)
    with database.write() as session:
        idempotency.purge(session, BEGIN + age)
    with database.read() as session:
        assert bool(session.scalar(select(func.count()).select_from(IdempotencyKey))) is kept


def test_eight_requests_at_once_with_one_key_act_once_and_get_one_answer(database: Database, tmp_path: Path) -> None:
    node = Node(NODE, "station", database, Files(tmp_path / "files"), Policy())
    who = Actor("key", "k1", "till", NODE, "s", once=Once("abc", "key:k1", "POST /sales", BODY))

    def ask(_: int) -> bytes:
        try:
            with node.write(who, BEGIN) as tx:
                number = counters.next_number(tx.session, NODE, "s", "receipt", "2026")
                return orjson.dumps(tx.answer({"number": number}, 201))
        except Replay as told:
            return told.answer

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(ask, range(32)))
    assert answers == {b'{"number":1}'}
    with database.read() as session:
        assert session.scalars(select(Counter.value)).one() == 1


def test_an_act_that_fails_after_its_key_was_looked_up_may_be_asked_again(database: Database, tmp_path: Path) -> None:
    node = Node(NODE, "station", database, Files(tmp_path / "files"), Policy())
    who = Actor("key", "k1", "till", NODE, "s", once=Once("abc", "key:k1", "POST /sales", BODY))

    def ask(fails: bool) -> None:
        with node.write(who, BEGIN) as tx:
            tx.answer({"number": 1}, 201)
            if fails:
                raise OSError("the act broke after its answer was made")

    with pytest.raises(OSError, match="broke"):
        ask(True)
    check(database)
    ask(False)
    with pytest.raises(Replay):
        check(database)
