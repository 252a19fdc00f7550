"""Phản ánh riêng: a person of a stall tells the province alone; nobody at the market can read it, not even the owner.

How it stays private on a box the owner stands beside is docs/decisions/0008-private-reports.md.
"""

import hashlib
import hmac
import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pos_trace.core import cases as rules
from pos_trace.core.errors import FieldError, Invalid
from pos_trace.core.text import clean, told_words
from pos_trace.services import case_log
from pos_trace.services.node import Actor, Answer, Node, stall_of
from pos_trace.services.outbox import PRIVATE

MOST_TEXT, MOST_NAME = 2000, 200
TITLE: Final = "Phản ánh riêng"
PLAIN: Final = "Một phản ánh riêng"
CONSENT: Final = "đồng ý để cơ quan lưu và dùng tên, cách liên hệ để trả lời"
TAKEN: Final = "Đã ghi. Máy gửi thẳng tới cơ quan khi có mạng rồi xóa nội dung khỏi máy; không ai ở chợ đọc được."
NOBODY: Final = "person:private"


def tell(
    node: Node, who: Actor, text: str, name: str, contact: str, consent: bool, now: datetime
) -> Answer:  # fmt: skip
    """Put a person's report into the outbox, under no name: ``{state, text}``.

    ``text`` at most 2000 signs; ``name`` and ``contact`` only with ``consent``. Raises ``Invalid`` for no words, too
    many, or a name without consent. Neither the answer, the audit nor the stored idempotency key says who asked.
    """
    words, teller = told_words(text, MOST_TEXT), _teller(name, contact, consent)
    with node.db.read() as session:
        stall = stall_of(session, who)
        told = {"id": stall.id, "number": stall.number, "name": stall.name, "gln": stall.gln}
    nobody = replace(node.machine("private-report"), once=_hidden(node, who))
    with node.write(nobody, now) as tx:
        body: dict[str, Any] = {"stall": told, "reason": rules.PRIVATE, "origin": rules.PERSON, "title": TITLE}
        body |= {"lines": [], "text": words}
        case_id = str(uuid.UUID(bytes=node.random(16), version=4))
        event = rules.write(case_id, "station", NOBODY, now, "opened", body, ())
        parcel = {"event": case_log.wire(event), "teller": teller}
        group = f"{PRIVATE}:{node.random(8).hex()}"
        tx.send(case_log.DESTINATION, PRIVATE, group, parcel, PLAIN, None)
        tx.audit("private_report_kept", PRIVATE, {})
        return tx.answer({"state": "waiting", "text": TAKEN}, 201)


def _hidden(node: Node, who: Actor) -> Any:
    """The request's idempotency key as nobody's: caller and body are told apart only with the node's own key."""
    if who.once is None:
        return None
    own = who.once

    def mark(*parts: str) -> str:
        return hmac.new(node.signing_key, "\n".join((PRIVATE, *parts)).encode(), hashlib.sha256).hexdigest()

    return replace(own, key=mark(own.caller, own.key), caller=PRIVATE, body_sha256=mark(own.body_sha256))


def _teller(name: str, contact: str, consent: bool) -> dict[str, str] | None:
    told = {"name": clean(name, MOST_NAME + 1), "contact": clean(contact, MOST_NAME + 1)}
    for field, words in (("name", "Tên"), ("contact", "Cách liên hệ")):
        if len(told[field]) > MOST_NAME:
            raise Invalid(f"{field}_too_long", f"{words} quá dài.", (FieldError(f"/{field}", "too_long"),))
    if not any(told.values()):
        return None
    if not consent:
        detail = "Đánh dấu đồng ý để gửi kèm tên hoặc cách liên hệ, hoặc bỏ trống hai ô đó."
        raise Invalid("consent_missing", detail, (FieldError("/consent", "missing"),))
    return told | {"consent": CONSENT}
