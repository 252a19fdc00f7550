"""The outbox leaves the house: claim, send outside any transaction, settle."""

import base64
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from pos_trace.core.errors import NotFound
from pos_trace.core.ports import Delivered, Department
from pos_trace.services import case_log
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store import outbox
from pos_trace.store.outbox import Claimed
from pos_trace.store.types import new_id

A_ROUND = 50
PRIVATE: Final = "private_report"  # never readable at the station, and gone from it when it has left


def never() -> bool:
    """A worker nobody stops."""
    return False


def deliver_due(
    node: Node,
    now: datetime,
    *,
    most: int = A_ROUND,
    luck: Callable[[], float] = random.random,
    stopping: Callable[[], bool] = never,
    stopwatch: Callable[[], float] = time.monotonic,
) -> int:
    """Send what is due, one message at a time, at most ``most``; answers how many were tried.

    A crash between sending and settling leaves the message leased; it goes again when the lease ends, under the same
    id, and the other side answers that it has it. ``luck`` in [0, 1) spreads the waits. The round begins at ``now``;
    ``stopwatch`` (seconds) tells how long sending took, so that leases and waits count from when they begin.
    """
    department = node.ports.department
    if department is None:
        return 0
    owner, began = new_id(now, node.random), stopwatch()
    for tried in range(most):
        if stopping():
            return tried
        with node.write(node.machine("outbox"), now + timedelta(seconds=stopwatch() - began)) as tx:
            message = outbox.claim(tx.session, node.id, owner, tx.now)
        if message is None:
            return tried
        delivered = _send(node, department, message)
        with node.write(node.machine("outbox"), now + timedelta(seconds=stopwatch() - began)) as tx:
            _settle(tx, message, delivered, luck)
        if delivered.state == "parked":
            return tried + 1
    return most


def recover(node: Node, now: datetime) -> int:
    """After a start, before the first round: free what the process before this one had on its way; how many.

    Nobody waits two minutes for the lease of a dead process. Only the leader's worker calls this.
    """
    with node.write(node.machine("outbox"), now) as tx:
        return outbox.release(tx.session, node.id, now)


def as_sent(node: Node, kind: str, body: bytes) -> bytes:
    """Every byte that goes over the line: of a photo also its picture. Raises ``NotFound`` when that is lost."""
    if kind != "evidence":
        return body
    named: dict[str, Any] = orjson.loads(body)
    packed = named | {"data": base64.b64encode(node.files.get(named["sha256"])).decode()}
    return orjson.dumps(packed, option=orjson.OPT_SORT_KEYS)


def picture_size(node: Node, body: bytes) -> int:
    """How many bytes longer an evidence message is over the line (``as_sent``) than in the outbox.

    Told by the file's size alone: a list of a year's photos reads none of them. Raises ``NotFound`` when it is lost.
    """
    named: dict[str, Any] = orjson.loads(body)
    packed = orjson.dumps(named | {"data": ""}, option=orjson.OPT_SORT_KEYS)
    return len(packed) - len(body) + 4 * ((node.files.size(named["sha256"]) + 2) // 3)


def unpark(node: Node, who: Actor, destination: str, now: datetime) -> Answer:
    """Send again after the key was put right: ``{waiting}``."""
    with node.write(who, now) as tx:
        waiting = outbox.unpark(tx.session, node.id, destination, now)
        tx.audit("outbox_unparked", f"outbox:{destination}", {"waiting": waiting})
        return tx.answer({"waiting": waiting})


def _send(node: Node, department: Department, message: Claimed) -> Delivered:
    try:
        body = as_sent(node, message.kind, message.body)
    except NotFound:
        return Delivered("dead", "mất tệp ảnh trên máy này")
    return department.send(message.kind, message.id, body)


def _settle(tx: Transaction, message: Claimed, delivered: Delivered, luck: Callable[[], float]) -> None:
    """Write down what came of it, unless another worker has the message by now: then its answer counts."""
    if delivered.state == "done":
        if outbox.done(tx.session, message, delivered.status, delivered.answer, tx.now):
            _acknowledged(tx, message, delivered)
            _forget(tx, message)
    elif delivered.state == "dead":
        if outbox.dead(tx.session, message, delivered.status, delivered.answer):
            tx.audit("message_refused", f"outbox:{message.id}", {"status": delivered.status, "kind": message.kind})
            _forget(tx, message)
    elif delivered.state == "parked":
        if outbox.park(tx.session, message, delivered.status):
            tx.audit("destination_parked", f"outbox:{message.destination}", {"status": delivered.status})
    else:
        outbox.retry(tx.session, message, delivered.status, delivered.retry_after_s, tx.now, luck)
        if outbox.given_up(tx.session, message):
            _forget(tx, message)


def _forget(tx: Transaction, message: Claimed) -> None:
    """Nothing of a private report stays once it has left, or once nobody will take it."""
    if message.kind == PRIVATE:
        outbox.forget(tx.session, message)


def _acknowledged(tx: Transaction, message: Claimed, delivered: Delivered) -> None:
    if message.kind == "case_events":
        case_log.acknowledged(tx, message.site_id, delivered.answer)
