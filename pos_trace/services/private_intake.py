"""The province takes a private report in: its case like any other, who reports into the vault, nobody told back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pos_trace.core.cases import PERSON
from pos_trace.core.errors import FieldError, Invalid
from pos_trace.core.text import clean
from pos_trace.services import case_intake
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import ReporterIdentity


def take(node: Node, who: Actor, told: dict[str, Any], now: datetime) -> Answer:
    """Open the case of ``told["event"]``, keep ``told["teller"]`` apart: ``{result: accepted|duplicate}``.

    The answer names neither the case nor its number: it lies in the station's outbox afterwards. Raises ``Invalid``
    for an event that opens no case of a person, or is not whole.
    """
    event: dict[str, Any] = told["event"]
    body = event["body"]
    if event["kind"] != "opened" or body.get("origin") != PERSON or not isinstance(body.get("text"), str):
        raise Invalid("not_private", "Đây không phải phản ánh riêng.", (FieldError("/event", "invalid"),))
    with node.write(who, now) as tx:
        item = case_intake.take_event(tx, event)
        if item["result"] == "rejected":
            field = FieldError("/event", str(item["reasons"][0]))
            raise Invalid("event_refused", "Phản ánh không đọc được.", (field,))
        if item["result"] == "accepted" and told["teller"]:
            _keep(tx, event["case_id"], told["teller"])
        return tx.answer({"result": item["result"]})


def _keep(tx: Transaction, case_id: str, teller: Mapping[str, str]) -> None:
    vault = ReporterIdentity(site_id=tx.who.site_id, id=tx.id(), created_at=tx.now, case_id=case_id, subject="case")
    vault.name, vault.contact = clean(teller["name"], 200) or None, clean(teller["contact"], 200) or None
    vault.consent = clean(teller["consent"], 200)
    tx.session.add(vault)
