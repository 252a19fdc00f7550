""" "Phản ánh thông tin": what a shopper tells about a receipt. Information for the desk; nobody is named guilty.

A station only passes the text on, without any contact; a contact, given by consent, is kept in the province's vault.
"""

import uuid
from datetime import datetime
from typing import Any

from pos_trace.core import tokens
from pos_trace.core.errors import FieldError, Invalid, NotFound
from pos_trace.core.text import clean, told_words
from pos_trace.services import trace
from pos_trace.services.case_log import DESTINATION
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import Feedback, PublishedReceipt, ReporterIdentity

KIND = "feedback"
MOST_TEXT, MOST_CONTACT = 500, 200
CONSENT = "đồng ý lưu và dùng thông tin liên hệ để trả lời"


def keeps_contact(node: Node) -> bool:
    """Whether this node has the vault itself; one that reports to a Department passes on the text alone."""
    return node.ports.department is None


def tell(node: Node, token: str, text: str, contact: str, consent: bool, now: datetime) -> Answer:
    """Take a shopper's words in: ``{id}``.

    Raises ``Invalid`` for no words, too many, or a contact without consent; ``NotFound`` for a receipt nobody knows.
    """
    wanted, words, reach = tokens.normalise(token), told_words(text, MOST_TEXT), clean(contact, MOST_CONTACT + 1)
    if len(reach) > MOST_CONTACT:
        raise Invalid("contact_too_long", "Thông tin liên hệ quá dài.", (FieldError("/contact", "too_long"),))
    if reach and not consent:
        detail = "Đánh dấu đồng ý để lưu thông tin liên hệ, hoặc bỏ trống ô liên hệ."
        raise Invalid("consent_missing", detail, (FieldError("/consent", "missing"),))
    trace.receipt(node, wanted)
    shopper = node.machine("shopper")
    with node.write(shopper, now) as tx:
        if not keeps_contact(node):
            body = {"token": wanted, "text": words, "told_at": now.isoformat()}
            plain = "Phản ánh của người mua về một phiếu (không có tên, số điện thoại)"
            return tx.answer({"id": tx.send(DESTINATION, KIND, f"{KIND}:{wanted}", body, plain, None)})
        row = _keep(tx, tx.id(), wanted, words, now)
        if reach:
            vault = ReporterIdentity(site_id=node.id, id=tx.id(), created_at=now, case_id=row.id, subject=KIND)
            vault.contact, vault.consent = reach, CONSENT
            tx.session.add(vault)
        return tx.answer({"id": row.id})


def take(node: Node, who: Actor, told: dict[str, Any], now: datetime) -> Answer:
    """What a station passed on: ``{token, result}``, accepted or duplicate; ``NotFound`` until the receipt is here."""
    words = told_words(told["text"], MOST_TEXT)
    message = who.once.key if who.once else f"{told['token']}|{told['told_at']}|{words}"
    named = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{KIND}|{who.site_id}|{message}"))
    with node.write(who, now) as tx:
        before = tx.session.get(Feedback, (node.id, named))
        if before is None:
            _keep(tx, named, told["token"], words, datetime.fromisoformat(told["told_at"]))
        return tx.answer({"token": told["token"], "result": "duplicate" if before else "accepted"})


def _keep(tx: Transaction, feedback_id: str, token: str, words: str, at: datetime) -> Feedback:
    receipt = tx.session.get(PublishedReceipt, token)
    if receipt is None:
        raise NotFound("not_found", trace.NO_RECEIPT)
    row = Feedback(site_id=tx.node.id, id=feedback_id, created_at=at, token=token, text=words, state="new")
    row.stall_gln, row.stall_name = receipt.stall_gln, receipt.stall_name
    tx.session.add(row)
    tx.session.flush()
    tx.audit("feedback_taken", f"feedback:{row.id}", {"token": token})
    return row
