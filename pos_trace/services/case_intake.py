"""The province takes a station's case events and evidence in: each once, by the right author, in an unbroken chain."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from pos_trace.core import cases as rules
from pos_trace.core.cases import CaseEvent
from pos_trace.core.errors import FieldError, Invalid, NotFound
from pos_trace.core.text import clean
from pos_trace.services import case_log, enrolment, routing
from pos_trace.services.node import Actor, Answer, Node, Transaction, sha256
from pos_trace.store import counters
from pos_trace.store.models import Case, CaseLine

MOST_BYTES = 8 * 1024 * 1024
MOST_LINES = 200
MOST_TEXT = 2000
MAGIC: dict[str, tuple[bytes, ...]] = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/webp": (b"RIFF",),
    "application/pdf": (b"%PDF-",),
    "text/plain": (b"",),
}


def take_events(node: Node, who: Actor, told: list[dict[str, Any]], now: datetime) -> Answer:
    """Take events of the caller's own cases: ``{items:[{case_id, seq, sha256, result, reasons, ack_number}]}``.

    ``result``: accepted | duplicate | rejected. One wrong event refuses itself, not the others. The first event of a
    case makes it and is answered with its acknowledgement number.
    """
    with node.write(who, now) as tx:
        return tx.answer({"items": [_shared(tx, item) for item in told]})


def take_evidence(node: Node, who: Actor, told: dict[str, Any], now: datetime) -> Answer:
    """Take one file an event of the case has named: ``{number, sha256, result: accepted|duplicate}``."""
    data = _checked(told)
    with node.db.read() as session:
        case = session.get(Case, (who.site_id, told["case_id"]))
        if case is None:
            raise NotFound("case_unknown", "Không có vụ việc này.")
        if told["sha256"] not in _named(case_log.events(session, case)):
            raise Invalid(
                "evidence_unnamed", "Tệp này chưa được nêu trong vụ việc.", (FieldError("/sha256", "unnamed"),)
            )
    node.files.put(data)
    with node.write(who, now) as tx:
        case = tx.session.get_one(Case, (who.site_id, told["case_id"]))
        caption = clean(told.get("caption") or "", 300) or None
        by = case_log.actor_name(who)
        row, fresh = case_log.add_evidence(tx, case, told["sha256"], told["media_type"], caption, by)
        if fresh:
            tx.audit("evidence_taken", f"case:{case.id}", {"number": row.number, "sha256": row.sha256}, case.stall_id)
        result = "accepted" if fresh else "duplicate"
        return tx.answer({"number": row.number, "sha256": row.sha256, "result": result})


def _shared(tx: Transaction, told: dict[str, Any]) -> Answer:
    """An event of a case the stall knows of; a private report has its own way in, which answers nothing of it."""
    case = tx.session.get(Case, (tx.who.site_id, told["case_id"]))
    if told["body"].get("origin") == rules.PERSON or (case is not None and case.origin == rules.PERSON):
        named = {name: told[name] for name in ("case_id", "seq", "sha256")}
        return named | {"result": "rejected", "reasons": ["wrong_origin"], "ack_number": None}
    return take_event(tx, told)


def take_event(tx: Transaction, told: dict[str, Any]) -> Answer:
    """Take one event inside the caller's write: ``{case_id, seq, sha256, result, reasons, ack_number}``."""
    case = tx.session.get(Case, (tx.who.site_id, told["case_id"]))
    reason, event = _judge(tx, case, told)
    result = {None: "accepted", "duplicate": "duplicate"}.get(reason, "rejected")
    if event is not None and reason is None:
        try:
            case = _accept(tx, case, event)
        except (KeyError, TypeError, ValueError, InvalidOperation):
            result, reason = "rejected", "bad_body"
    return {
        "case_id": told["case_id"],
        "seq": told["seq"],
        "sha256": told["sha256"],
        "result": result,
        "reasons": [reason] if result == "rejected" else [],
        "ack_number": case.ack_number if case is not None else None,
    }


def _judge(tx: Transaction, case: Case | None, told: dict[str, Any]) -> tuple[str | None, CaseEvent | None]:
    """Why the event cannot be taken, or None and the event."""
    if told["node"] != "station" or told["kind"] not in rules.AUTHORS["station"]:
        return "wrong_author", None
    try:
        event = case_log.read(told)
    except ValueError:
        return "bad_time", None
    known = case_log.events(tx.session, case) if case is not None else []
    own = [item for item in known if item.node == "station"]
    same = next((item for item in own if item.seq == event.seq), None)
    if same is not None:
        return ("duplicate" if same.sha256 == event.sha256 else "other_content"), None
    if (case is None) != (event.kind == "opened"):
        return "case_unknown" if case is None else "opened_twice", None
    if event.seq != len(own) + 1:
        return "gap", None
    if event.after > len(known) - len(own):
        return "after_unknown", None
    try:
        chained = rules.chained(event, own[-1] if own else None)
    except (TypeError, ValueError):
        return "not_canonical", None
    return (None if chained else "broken_chain"), event


def _accept(tx: Transaction, case: Case | None, event: CaseEvent) -> Case:
    fresh = case is None
    if case is None:
        case = _open(tx, event)
    case_log.store(tx, case, event)
    tx.audit(f"case_{event.kind}", f"case:{case.id}", {"seq": event.seq, "sha256": event.sha256}, case.stall_id)
    if fresh:
        year = tx.now.astimezone(tx.node.zone).year
        number = counters.next_number(tx.session, tx.node.id, tx.node.id, "case", str(year))
        agency = routing.route(tx, case)
        case_log.append(tx, case, "received", {"ack_number": f"SCT-{year}-{number:06d}", "agency": agency})
    return case


def _open(tx: Transaction, event: CaseEvent) -> Case:
    """The case an ``opened`` event describes; raises when the description is not one."""
    body = event.body
    stall, goods = body["stall"], body["lines"]
    told_by_person = body.get("origin") == rules.PERSON
    if not (0 if told_by_person else 1) <= len(goods) <= MOST_LINES:
        raise ValueError("lines")
    if told_by_person:
        _text(body["text"], MOST_TEXT)
    lines = [_line(item) for item in goods]
    told = {"id": _text(stall["id"], 36), "number": _text(stall["number"], 40), "name": _text(stall["name"], 200)}
    title, reason = _text(body["title"], 300), _text(body["reason"], 40)
    row = enrolment.upsert_stall(tx, tx.who.site_id, told)
    case = Case(site_id=tx.who.site_id, id=event.case_id, created_at=tx.now, stall_id=row.id, state="open")
    case.title, case.reason = title, reason
    supplier = body.get("supplier")
    name = supplier.get("name") if isinstance(supplier, Mapping) else None
    case.supplier_name = clean(str(name), 200) if name else None
    plate = supplier.get("vehicle") if isinstance(supplier, Mapping) else None
    case.vehicle_plate = clean(str(plate), 20).upper() or None if plate else None
    case.goods_group = clean(str(goods[0].get("group") or ""), 40) or None if goods else None
    origin = body.get("origin")
    case.origin = str(origin) if origin in ("person", "desk_check") else "automatic"
    case.opened_at, case.changed_at = event.at, tx.now
    tx.session.add(case)
    tx.session.flush()
    for values in lines:
        tx.session.add(
            CaseLine(site_id=case.site_id, id=tx.id(), created_at=tx.now, stall_id=row.id, case_id=case.id, **values)
        )
    return case


def _line(item: Mapping[str, Any]) -> dict[str, Any]:
    quantity = Decimal(str(item["quantity"]))
    if not quantity.is_finite() or not 0 <= quantity <= 10**9:
        raise ValueError("quantity")
    return {
        "line_id": _text(item["id"], 36),
        "key": _text(item["key"], 400) if item.get("key") else None,
        "goods_name": _text(item["name"], 300),
        "quantity": round(quantity, 3),
        "unit": _text(item["unit"], 20),
    }


def _text(value: Any, most: int) -> str:
    if not isinstance(value, str) or not clean(value, most):
        raise ValueError("text")
    return clean(value, most)


def _named(events: list[CaseEvent]) -> set[str]:
    photos = (photo for event in events for photo in event.body.get("photos") or ())
    return {str(photo.get("sha256")) for photo in photos if isinstance(photo, Mapping)}


def _checked(told: dict[str, Any]) -> bytes:
    try:
        data = base64.b64decode(told["data"], validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("evidence_invalid", "Tệp phải viết bằng base64.", (FieldError("/data", "invalid"),)) from None
    if sha256(data) != told["sha256"]:
        raise Invalid("hash_differs", "Nội dung tệp không khớp SHA-256.", (FieldError("/sha256", "differs"),))
    if len(data) > MOST_BYTES or not data.startswith(MAGIC[told["media_type"]]):
        raise Invalid("evidence_invalid", "Tệp quá lớn hoặc không đúng loại.", (FieldError("/data", "invalid"),))
    return data
