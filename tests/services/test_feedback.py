""" "Phản ánh thông tin": words of a shopper reach the desk as information; a contact only by consent, in the vault."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from pos_trace.core.errors import Invalid, NotFound
from pos_trace.services import feedback, intake
from pos_trace.services.node import Once
from pos_trace.store.models import Feedback, OutboxMessage, ReporterIdentity
from tests.services.night import Night, asked, laid_out, sell, with_ports
from tests.services.two_nodes import as_station


class Nobody:
    """A Department that never answers."""

    def send(self, kind: str, event_id: str, body: bytes) -> Any:
        raise AssertionError("nothing is sent from a page")


@pytest.fixture
def token(night: Night) -> str:
    """A receipt that both nodes know."""
    laid_out(night)
    sale = sell(night, asked(name="Cà rốt", quantity="1", unit="kg"))
    with night.node.db.read() as session:
        row = session.query(OutboxMessage).filter(OutboxMessage.kind == "receipt").one()
        intake.take_receipt(night.pair.province, as_station(), orjson.loads(row.body), night.now)
    return str(sale["trace_url"]).rpartition("/")[2]


def kept(night: Night, model: type) -> list[Any]:
    with night.pair.province.db.read() as session:
        return [
            {name: getattr(row, name) for name in ("id", "site_id") if hasattr(row, name)} | vars(row)
            for row in session.query(model)
        ]


def test_at_the_province_words_are_kept_and_a_contact_lies_in_the_vault(night: Night, token: str) -> None:
    told = feedback.tell(
        night.pair.province, token.lower(), "Hàng có mùi lạ.\n\nMua lúc sáng", "a@b.example", True, night.now
    )
    (row,), (vault,) = kept(night, Feedback), kept(night, ReporterIdentity)
    assert (row["id"], row["text"], row["state"]) == (told["id"], "Hàng có mùi lạ.\n\nMua lúc sáng", "new")
    assert row["stall_name"] == "Sạp A-12 – Sạp A-12 (mẫu)"
    assert (vault["case_id"], vault["subject"], vault["contact"]) == (row["id"], "feedback", "a@b.example")


def test_no_contact_is_needed(night: Night, token: str) -> None:
    feedback.tell(night.pair.province, token, "Hàng tốt", "", False, night.now)
    assert kept(night, ReporterIdentity) == []


@pytest.mark.parametrize(
    ("told", "error"),
    [({"text": " \n\u200b"}, "text_missing"), ({"text": "x" * 501}, "text_too_long"),
     ({"contact": "0905"}, "consent_missing"),
     ({"contact": "9" * 201, "consent": True}, "contact_too_long")],
)  # fmt: skip
def test_what_cannot_be_taken_is_told_and_nothing_kept(
    night: Night, token: str, told: dict[str, Any], error: str
) -> None:
    said = {"text": "Hàng có mùi lạ", "contact": "", "consent": False} | told
    with pytest.raises(Invalid, match=error):
        feedback.tell(night.pair.province, token, now=night.now, **said)
    assert kept(night, Feedback) == []


@pytest.mark.parametrize("token", ["", "x", "BCF7KQ2MX9BCF7KQ2MX9"])
def test_a_receipt_nobody_knows_takes_no_words(night: Night, token: str) -> None:
    with pytest.raises(NotFound):
        feedback.tell(night.pair.province, token, "Hàng có mùi lạ", "", False, night.now)


def test_a_station_passes_the_words_on_without_any_contact(night: Night, token: str) -> None:
    forwarding = with_ports(night, department=Nobody())
    feedback.tell(forwarding.node, token, "Hàng có mùi lạ", "a@b.example", True, night.now)
    with night.node.db.read() as session:
        row = session.query(OutboxMessage).filter(OutboxMessage.kind == "feedback").one()
        body, message = orjson.loads(row.body), row.id
        assert row.stall_id is None, "the stall is not told who complained"
    assert set(body) == {"token", "text", "told_at"}
    station = replace(as_station(), once=Once(message, "station", "POST /x", "0" * 64))
    province = night.pair.province
    assert feedback.take(province, station, body, night.now)["result"] == "accepted"
    again = replace(station, once=Once(message, "station", "POST /y", "0" * 64))
    assert feedback.take(province, again, body, night.now)["result"] == "duplicate"
    assert feedback.take(province, as_station(), body, night.now)["result"] == "accepted", "another message"
    assert len(kept(night, Feedback)) == 2


def test_words_about_a_receipt_not_here_yet_wait_at_the_station(night: Night) -> None:
    body = {"token": "BCF7KQ2MX9BCF7KQ2MX9", "text": "x", "told_at": night.now.isoformat()}
    with pytest.raises(NotFound):
        feedback.take(night.pair.province, as_station(), body, night.now)
