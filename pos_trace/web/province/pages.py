"""The inspector's desk in a browser: queue, case, conclusion; and the register's officer: recalls."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from pos_trace.core.errors import PosTraceError
from pos_trace.core.vocabulary.words import CASE_STATES, ORIGIN_FINDINGS, OUTCOMES
from pos_trace.services import inspecting, recalls, records
from pos_trace.services.node import Answer
from pos_trace.web.shared.context import actor, node, now, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.shared.words import shown_time

CONCLUSION = ("outcome", "origin_finding", "reason", "document_number", "document_date")


def blueprint() -> Blueprint:
    """``/ban-kiem-tra`` (desk) and ``/so-lo`` (register)."""
    pages = Blueprint("province", __name__)
    pages.add_url_rule("/ban-kiem-tra", "queue", queue)
    pages.add_url_rule("/ban-kiem-tra/<site_id>/<case_id>", "case", case)
    pages.add_url_rule("/ban-kiem-tra/<site_id>/<case_id>", "act", act, methods=["POST"])
    pages.add_url_rule("/ban-kiem-tra/<site_id>/<case_id>/but-luc/<int(max=100000):number>", "evidence", evidence)
    pages.add_url_rule("/so-lo", "register", register)
    pages.add_url_rule("/so-lo/thu-hoi", "recall", recall, methods=["POST"])
    return pages


def _page(template: str, status: int = 200, **more: Any) -> Response:
    person = actor()
    html = render_template(
        template,
        person=person.name if person else "",
        may=sorted(person.permissions) if person else [],
        demo=node().demo,
        time=shown_time,
        here=request.path,
        **more,
    )
    return make_response(html, status)


@needs("inspect")
def queue() -> Response:
    """Cases that wait, the overdue first; ``?state=`` shows one state."""
    state = request.args.get("state")
    wanted = state if state in CASE_STATES else None
    return _page("province/queue.html", states=CASE_STATES, state=wanted, **inspecting.queue(node(), wanted, now()))


@needs("inspect")
def case(site_id: str, case_id: str) -> Response:
    """One case with its evidence and what may be done next; the look is listed to the owner."""
    return _case(inspecting.look(node(), who(), site_id, case_id, "", now()), None, 200)


def _case(told: Answer, problem: PosTraceError | None, status: int) -> Response:
    return _page(
        "province/case.html", status, case=told, outcomes=OUTCOMES, findings=ORIGIN_FINDINGS, problem=problem,
        typed=request.form,
    )  # fmt: skip


@needs("inspect")
def act(site_id: str, case_id: str) -> AnyResponse:
    """One step of the desk; what was typed stays on the page when it is refused."""
    step = STEPS.get(request.form.get("step", ""))
    try:
        if step is not None:
            step(site_id, case_id)
    except PosTraceError as error:
        return _case(inspecting.look(node(), who(), site_id, case_id, "", now()), error, 422)
    return redirect(url_for("province.case", site_id=site_id, case_id=case_id), 303)


def _take(site_id: str, case_id: str) -> Answer:
    return inspecting.take(node(), who(), site_id, case_id, now())


def _ask(site_id: str, case_id: str) -> Answer:
    return inspecting.ask_papers(node(), who(), site_id, case_id, request.form.get("text", ""), now())


def _conclude(site_id: str, case_id: str) -> Answer:
    told = {name: request.form.get(name, "") for name in CONCLUSION}
    return inspecting.conclude(node(), who(), site_id, case_id, told, now())


STEPS: dict[str, Callable[[str, str], Answer]] = {"take": _take, "ask": _ask, "conclude": _conclude}


@needs("inspect")
def evidence(site_id: str, case_id: str, number: int) -> Response:
    """The bytes of one numbered file; the look is written down."""
    data, media_type = inspecting.file(node(), who(), site_id, case_id, number, now())
    answer = Response(data, content_type=media_type)
    answer.headers["Content-Disposition"] = f'inline; filename="but-luc-{number}"'
    return answer


@needs("register")
def register() -> Response:
    """Facilities and recalls in force, with a form to issue one."""
    return _register(None, 200)


def _register(problem: PosTraceError | None, status: int) -> Response:
    told = {"facilities": records.facilities(node())["facilities"], "recalls": records.recalls(node(), 0)["recalls"]}
    return _page("province/register.html", status, problem=problem, typed=request.form, **told)


@needs("recall")
def recall() -> AnyResponse:
    """Issue a recall of the lots whose keys stand one a line."""
    form = request.form
    told = {
        "recall_id": form.get("recall_id", "").strip() or None,
        "keys": [line.strip() for line in form.get("keys", "").splitlines() if line.strip()],
        "reason": form.get("reason", ""),
        "issuer": form.get("issuer", "") or node().policy.province.department,
        "level": form.get("level", ""),
        "instructions": form.get("instructions", ""),
        "collect_at": [line.strip() for line in form.get("collect_at", "").splitlines() if line.strip()],
    }
    try:
        recalls.issue(node(), who(), told, now())
    except PosTraceError as error:
        return _register(error, 422)
    return redirect(url_for("province.register"), 303)
