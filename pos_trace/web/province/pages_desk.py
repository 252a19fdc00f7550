"""Beside the cases, in the browser: notices that are due and their paper, shoppers' feedback, an authority's people."""

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from pos_trace.core.errors import PosTraceError
from pos_trace.services import agencies, desk_feedback, notices
from pos_trace.services.node import Answer
from pos_trace.web.province.frame import page
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs


def add_to(pages: Blueprint) -> None:
    """Lists, papers and people."""
    pages.add_url_rule("/thong-bao", "notices", due)
    pages.add_url_rule("/ban-kiem-tra/<site_id>/<case_id>/thong-bao", "notice", paper)
    pages.add_url_rule("/ban-kiem-tra/<site_id>/<case_id>/thong-bao", "sent", sent, methods=["POST"])
    pages.add_url_rule("/phan-anh", "feedback", feedback)
    pages.add_url_rule("/phan-anh", "answer_feedback", act_on_feedback, methods=["POST"])
    pages.add_url_rule("/co-quan", "people", people)
    pages.add_url_rule("/co-quan", "change_people", change_people, methods=["POST"])


@needs("inspect")
def due() -> Response:
    """ "Thông báo phải gửi"."""
    return _due(None, 200)


def _due(problem: PosTraceError | None, status: int) -> Response:
    return page("province/notices.html", status, problem=problem, **notices.due(node(), who(), now()))


@needs("inspect")
def paper(site_id: str, case_id: str) -> Response:
    """One notice as an A4 page, ready to print; what is blank is filled in by hand."""
    return page("province/notice.html", notice=notices.text(node(), who(), site_id, case_id, now()))


@needs("inspect")
def sent(site_id: str, case_id: str) -> AnyResponse:
    """Mark a notice as sent."""
    try:
        notices.sent(node(), who(), site_id, case_id, request.form.get("how", ""), now())
    except PosTraceError as error:
        return _due(error, 422)
    return redirect(url_for("province.notices"), 303)


@needs("inspect")
def feedback() -> Response:
    """What shoppers told; ``?state=`` narrows."""
    return _feedback(None, 200)


def _feedback(problem: PosTraceError | None, status: int, teller: Answer | None = None) -> Response:
    state = request.args.get("state")
    told = desk_feedback.listed(node(), who(), state, now())
    words = {"states": desk_feedback.STATES, "state": state, "teller": teller, "typed": request.form}
    return page("province/feedback.html", status, problem=problem, **words, **told)


@needs("inspect")
def act_on_feedback() -> AnyResponse:
    """Mark one as read, put it into a case's file, or ask who told."""
    form = request.form
    step, feedback_id, teller = form.get("step"), form.get("id", "")[:36], None
    try:
        if step == "read":
            desk_feedback.read(node(), who(), feedback_id, now())
        elif step == "link":
            site_id, _, case_id = form.get("case", "").strip().strip("/").rpartition("/")
            site_id = site_id.rpartition("/")[2]
            desk_feedback.link(node(), who(), feedback_id, site_id[:36], case_id[:36], now())
        elif step == "reporter":
            teller = desk_feedback.reporter(node(), who(), "feedback", feedback_id, "", form.get("ground", ""), now())
    except PosTraceError as error:
        return _feedback(error, 422)
    return _feedback(None, 200, teller) if teller else redirect(url_for("province.feedback"), 303)


@needs("administer")
def people() -> Response:
    """The own authority's people."""
    return _people(None, 200)


def _people(problem: PosTraceError | None, status: int) -> Response:
    told = agencies.listed(node(), who(), now())
    words = {"roles": agencies.ROLE_WORDS, "typed": request.form, "chosen": request.form.getlist("roles")}
    return page("province/people.html", status, problem=problem, mine=told["agency"], people=told["people"], **words)


@needs("administer")
def change_people() -> AnyResponse:
    """Add a person, or end one."""
    form = request.form
    try:
        if form.get("step") == "end":
            agencies.end(node(), who(), form.get("id", "")[:36], now())
        else:
            told = (form.get("login", ""), form.get("name", ""), form.get("password", ""), form.getlist("roles"))
            agencies.add(node(), who(), *told, now())
    except PosTraceError as error:
        return _people(error, 422)
    return redirect(url_for("province.people"), 303)
