"""The market office's own routes: stalls, devices, gate log, stall-days, recalls to read aloud, enrolment."""

import base64
from datetime import datetime, time

import orjson
from flask import Response, request
from flask_openapi import APIBlueprint

from pos_trace.core.errors import FieldError, Invalid
from pos_trace.forms import qr_cards, stall_sheet, xlsx_in
from pos_trace.hardware.status import UNKNOWN, WORDS
from pos_trace.services import broadcast, enrolling_stalls, gate_log, market, practice, quiet_hours
from pos_trace.services.node import LOCAL_ZONE, Answer
from pos_trace.store.idempotency import Replay
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station import bodies_market as bodies


def blueprint() -> APIBlueprint:
    """Routes under ``/api/v1/market``."""
    api = APIBlueprint("station_market", __name__, url_prefix="/api/v1/market")
    api.get("")(overview)
    api.get("/gate")(gate)
    api.post("/gate")(gate_add)
    api.post("/gate/cancel")(gate_cancel)
    api.post("/stall-days")(stall_days)
    api.get("/recalls")(recalls)
    api.post("/recalls/read")(recall_read)
    api.post("/recalls/print")(recall_print)
    api.get("/quiet-hours")(quiet)
    api.post("/quiet-hours")(set_quiet)
    api.post("/stalls/practice")(set_practice)
    api.post("/stalls/pin")(set_pin)
    api.post("/stalls/import", request_body=bodies.SHEET)(import_stalls)
    api.post("/stalls/cards")(cards)
    return api


@needs("operate")
def overview(query: bodies.SearchQuery) -> Answer:
    """Stalls, devices, printers, what waits: counts only."""
    told = market.overview(node(), now(), query.search)
    printers = [row | {"word": WORDS.get(row["status"], WORDS[UNKNOWN])} for row in told["printers"]]
    return told | {"printers": printers}


@needs("operate")
def gate(query: bodies.DayQuery) -> Answer:
    """The gate log and the open stalls of a day."""
    return gate_log.listed(node(), now(), query.day)


@needs("operate")
def gate_add(body: bodies.GateIn) -> tuple[Answer, int]:
    """A vehicle came in."""
    told = body.model_dump()
    return gate_log.add(node(), who(), now(), **told), 201


@needs("operate")
def gate_cancel(body: bodies.GateCancelIn) -> Answer:
    """Strike a line out; nothing is deleted."""
    return gate_log.cancel(node(), who(), body.entry_id, now())


@needs("operate")
def stall_days(body: bodies.StallDaysIn) -> Answer:
    """Which stalls were open."""
    return gate_log.set_open(node(), who(), body.stalls, now(), body.day)


@needs("operate")
def recalls() -> Answer:
    """Recalls in force with the text to read aloud."""
    return broadcast.in_force(node())


@needs("operate")
def recall_read(body: bodies.RecallIn) -> tuple[Answer, int]:
    """ "Đã đọc lúc …"."""
    return broadcast.read_aloud(node(), who(), body.recall_id, now()), 201


@needs("operate")
def recall_print(body: bodies.RecallIn) -> tuple[Answer, int]:
    """THÔNG BÁO THU HỒI on the market's printer."""
    return broadcast.print_notice(node(), who(), body.recall_id, now()), 201


@needs("operate")
def quiet() -> Answer:
    """When the machine may do its heavy work."""
    return quiet_hours.told(node())


@needs("operate")
def set_quiet(body: bodies.QuietIn) -> Answer:
    """Other quiet hours, or those of the configuration again."""
    start, end = (time.fromisoformat(told) if told else None for told in (body.quiet_from, body.until))
    return quiet_hours.set_hours(node(), who(), start, end, now())


@needs("operate")
def set_practice(body: bodies.PracticeIn) -> Answer:
    """More or fewer days of practice for a stall."""
    return practice.set_until(node(), who(), body.number, body.until, now())


@needs("operate")
def set_pin(body: bodies.OwnersPinIn) -> Answer:
    """A new PIN for a stall's owner, shown once."""
    return enrolling_stalls.reset_pin(node(), who(), body.number, now(), body.login or None)


@needs("operate")
def import_stalls() -> Answer:
    """Multipart ``file``: an XLSX of stalls. ``bad_sheet``: the rows that did not go in, as XLSX in base64."""
    upload = request.files.get("file")
    if upload is None:
        wrong = (FieldError("/file", "missing"),)
        raise Invalid("file_missing", "Chưa có tệp Excel (multipart, tên trường: file).", wrong)
    sheet = stall_sheet.read(upload.stream.read(xlsx_in.MOST_BYTES + 1), node().policy.goods)
    told, left = stall_sheet.report(sheet, enrolling_stalls.enrol(node(), who(), sheet.rows, now()))
    return told | {"bad_sheet": base64.b64encode(left).decode() if left else None}


@needs("operate")
def cards(body: bodies.CardsIn) -> Response:
    """The QR cards as a PDF; their codes and PINs are nowhere else. Asked again under its key: the same cards."""
    try:
        told = enrolling_stalls.cards(node(), who(), body.numbers, now(), reset=body.reset_pin)
    except Replay as before:
        told = orjson.loads(before.answer)
    if not told["cards"]:
        raise Invalid("no_cards", "Sạp nào cũng đã có máy. Ghi số sạp cần thẻ mới.")
    until = datetime.fromisoformat(told["until"]).astimezone(LOCAL_ZONE).strftime("%d/%m/%Y")
    base = request.url_root.rstrip("/")
    made = [qr_cards.Card(**row, url=f"{base}/enrol?code={row['code']}", until=until) for row in told["cards"]]
    answer = Response(qr_cards.draw(told["site"], made), content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="the-sap.pdf"'
    return answer
