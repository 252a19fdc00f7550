"""One case in the browser: what is known, and every step of the desk; what was typed stays when it is refused."""

from collections.abc import Callable

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from pos_trace.core.errors import PosTraceError
from pos_trace.core.vocabulary.words import ORIGIN_FINDINGS, OUTCOMES
from pos_trace.services import agencies, conclusions, desk_feedback, inspecting
from pos_trace.services.node import Answer
from pos_trace.web.province.frame import page
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs

CONCLUSION = ("outcome", "origin_finding", "reason", "document_number", "document_date", "stop_order")
RECORD = (
    *inspecting.RECORD_TEXTS,
    "decision_date",
    "refused_to_sign",
    "listed_price",
    "seller_estimate",
)
RECORD_WORDS = {
    "decision_number": "Quyết định kiểm tra số",
    "decision_date": "ngày",
    "record_number": "Biên bản số",
    "officers": "Đoàn kiểm tra",
    "represented_by": "Đại diện nơi được kiểm tra",
    "witness": "Người chứng kiến",
    "opinion": "Ý kiến của nơi được kiểm tra",
    "measures": "Biện pháp đã áp dụng",
    "refusal_reason": "Không ký biên bản, lý do",
    "by": "Người khiếu nại",
    "on": "Ngày khiếu nại",
    "agency": "Cơ quan",
    "officer": "Cán bộ",
    "proposed_by": "Người đề xuất",
    "assigned_by": "Người giao việc",
    "document_number": "Văn bản số",
    "document_date": "Ngày văn bản",
}


def add_to(pages: Blueprint) -> None:
    """The case, its steps, its files."""
    one = "/ban-kiem-tra/<site_id>/<case_id>"
    pages.add_url_rule(one, "case", case)
    pages.add_url_rule(one, "act", act, methods=["POST"])
    pages.add_url_rule(f"{one}/but-luc/<int(max=100000):number>", "evidence", evidence)


@needs("inspect")
def case(site_id: str, case_id: str) -> Response:
    """One case with its evidence and what may be done next; the look is listed to the owner."""
    return _case(inspecting.look(node(), who(), site_id, case_id, "", now()), None, 200)


def _case(told: Answer, problem: PosTraceError | None, status: int, teller: Answer | None = None) -> Response:
    return page(
        "province/case.html", status, case=told, outcomes=OUTCOMES, findings=ORIGIN_FINDINGS, problem=problem,
        typed=request.form, agencies=agencies.others(node(), who(), now()), words=RECORD_WORDS, teller=teller,
        stale=problem is not None and problem.code == "changed_meanwhile",
    )  # fmt: skip


@needs("inspect")
def act(site_id: str, case_id: str) -> AnyResponse:
    """One step of the desk; what was typed stays on the page when it is refused."""
    name = request.form.get("step", "")
    step, told = STEPS.get(name), None
    try:
        if step is not None:
            told = step(site_id, case_id)
    except PosTraceError as error:
        status = 409 if error.code == "changed_meanwhile" else 422
        return _case(inspecting.look(node(), who(), site_id, case_id, "", now()), error, status)
    if name == "reporter":
        return _case(inspecting.look(node(), who(), site_id, case_id, "", now()), None, 200, told)
    if name == "transfer":
        return redirect(url_for("province.queue"), 303)
    return redirect(url_for("province.case", site_id=site_id, case_id=case_id), 303)


def _form(name: str) -> str:
    return request.form.get(name, "")


def _seen() -> int | None:
    """How many events the page showed."""
    text = _form("seen")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None


def _take(site_id: str, case_id: str) -> Answer:
    return inspecting.take(node(), who(), site_id, case_id, now(), _seen())


def _assign(site_id: str, case_id: str) -> Answer:
    return inspecting.reassign(node(), who(), site_id, case_id, _form("user_id"), now(), _seen())


def _ask(site_id: str, case_id: str) -> Answer:
    return inspecting.ask_papers(node(), who(), site_id, case_id, _form("text"), now(), _seen())


def _inspect(site_id: str, case_id: str) -> Answer:
    record = {name: _form(name) for name in RECORD}
    return inspecting.inspect(node(), who(), site_id, case_id, _form("seen_there"), now(), record, _seen())


def _conclude(site_id: str, case_id: str) -> Answer:
    told = {name: _form(name) for name in CONCLUSION}
    return conclusions.conclude(node(), who(), site_id, case_id, told, now(), _seen())


def _approve(site_id: str, case_id: str) -> Answer:
    return conclusions.approve(node(), who(), site_id, case_id, _form("draft_id"), now(), _seen())


def _send_back(site_id: str, case_id: str) -> Answer:
    return conclusions.send_back(node(), who(), site_id, case_id, _form("draft_id"), _form("remark"), now())


def _transfer(site_id: str, case_id: str) -> Answer:
    where, why = _form("agency") or _form("agency_name"), _form("why")
    return inspecting.transfer(node(), who(), site_id, case_id, where, why, now(), _seen())


def _reopen(site_id: str, case_id: str) -> Answer:
    return inspecting.reopen(node(), who(), site_id, case_id, _form("again"), now(), _seen())


def _appeal(site_id: str, case_id: str) -> Answer:
    told = (_form("by"), _form("on"))
    return inspecting.appeal(node(), who(), site_id, case_id, _form("against"), now(), *told, seen=_seen())


def _note(site_id: str, case_id: str) -> Answer:
    return inspecting.note(node(), who(), site_id, case_id, _form("note"), now())


def _reporter(site_id: str, case_id: str) -> Answer:
    return desk_feedback.reporter(node(), who(), "case", case_id, site_id, _form("ground"), now())


STEPS: dict[str, Callable[[str, str], Answer]] = {
    "take": _take,
    "assign": _assign,
    "ask": _ask,
    "inspect": _inspect,
    "conclude": _conclude,
    "approve": _approve,
    "send_back": _send_back,
    "transfer": _transfer,
    "reopen": _reopen,
    "appeal": _appeal,
    "note": _note,
    "reporter": _reporter,
}


@needs("inspect")
def evidence(site_id: str, case_id: str, number: int) -> Response:
    """The bytes of one numbered file; the look is written down."""
    data, media_type = inspecting.file(node(), who(), site_id, case_id, number, now())
    answer = Response(data, content_type=media_type)
    answer.headers["Content-Disposition"] = f'inline; filename="but-luc-{number}"'
    return answer
