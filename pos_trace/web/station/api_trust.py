"""The owner's trust: what was sent, who looked, the own book, the monthly book, presenting it to an inspector."""

import io

import orjson
from flask import Response
from flask_openapi import APIBlueprint

from pos_trace.forms import duty_pdf, xlsx_book
from pos_trace.services import access_log, lookups, monthly_book, own_book, presenting, sent
from pos_trace.services.node import Answer
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station.bodies_trust import (
    MessagePath,
    MonthQuery,
    PresentationPath,
    PresentIn,
    SeenQuery,
    SentQuery,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def blueprint() -> APIBlueprint:
    """Routes under ``/api/v1``."""
    api = APIBlueprint("station_trust", __name__, url_prefix="/api/v1")
    api.get("/outbox")(sent_listed)
    api.get("/outbox/<message_id>")(sent_one)
    api.get("/outbox/<message_id>/body")(sent_body)
    api.get("/seen")(seen)
    api.get("/own-book.xlsx")(own)
    api.get("/duty-book.pdf")(duty)
    api.get("/duty-book.xlsx")(duty_table)
    api.get("/presentations")(presentations)
    api.post("/presentations")(present)
    api.get("/presentations/<presentation_id>/bundle.zip")(bundle)
    return api


@needs("sent")
def sent_listed(query: SentQuery) -> Answer:
    """What this stall sent or waits to send, in plain words; by day and kind, page by page."""
    told = sent.listed(node(), who(), query.before, day=query.day, kind=query.kind)
    return told | {"lookups": lookups.told(node(), query.day, now())}


@needs("sent")
def sent_one(path: MessagePath) -> Answer:
    """One message in words, with its body."""
    return sent.opened(node(), who(), path.message_id)


@needs("sent")
def sent_body(path: MessagePath) -> Response:
    """The very bytes that go over the line."""
    return Response(sent.body(node(), who(), path.message_id), content_type="application/octet-stream")


@needs("sent")
def seen(query: SeenQuery) -> Answer:
    """ "Ai đã xem"."""
    return access_log.listed(node(), who(), query.before)


@needs("sent")
def own() -> Response:
    """ "Tải sổ của tôi": a workbook of everything of this stall, written row by row."""
    person = who()
    out = io.BytesIO()
    with own_book.reading(node(), person) as sheets:
        xlsx_book.write(sheets, out)
    own_book.written(node(), person, now())
    return _download(out, XLSX, own_book.file_name(node(), person, now()))


@needs("sent")
def duty(query: MonthQuery) -> Response:
    """Sổ nhận hàng – sổ kiểm tra mã of a month on A4."""
    told = monthly_book.book(node(), who(), *monthly_book.days_of(query.month), now())
    return _download(io.BytesIO(duty_pdf.pdf(told)), "application/pdf", f"so-nhan-hang-{query.month}.pdf")


@needs("sent")
def duty_table(query: MonthQuery) -> Response:
    """The same as a workbook."""
    told = monthly_book.book(node(), who(), *monthly_book.days_of(query.month), now())
    out = io.BytesIO()
    xlsx_book.duty(told, out)
    return _download(out, XLSX, f"so-nhan-hang-{query.month}.xlsx")


@needs("sent")
def presentations() -> Answer:
    """What was shown to whom so far."""
    return presenting.listed(node(), who())


@needs("staff")
def present(body: PresentIn) -> tuple[Answer, int]:
    """ "Trình cho người kiểm tra": sign a bundle of a period or a lot."""
    person = who()
    shown = presenting.collect(node(), person, body.from_day, body.to_day, body.lot_id, now())
    table = io.BytesIO()
    xlsx_book.duty(shown.book, table)
    verdicts = orjson.dumps(shown.verdicts, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    files: dict[str, bytes] = {
        "so-nhan-hang.pdf": duty_pdf.pdf(shown.book),
        "so-nhan-hang.xlsx": table.getvalue(),
        "ket-qua-kiem-tra.json": verdicts,
        **shown.photos,
    }
    return presenting.keep(node(), person, shown, files, body.shown_to, body.ground, now()), 201


@needs("sent")
def bundle(path: PresentationPath) -> Response:
    """The bundle as it was shown."""
    data = presenting.bundle(node(), who(), path.presentation_id)
    return _download(io.BytesIO(data), "application/zip", f"trinh-{path.presentation_id[:8]}.zip")


def _download(out: io.BytesIO, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(out.getvalue(), content_type=kind, headers=headers)
