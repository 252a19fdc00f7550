"""The province in a browser: the desk's queue and its groups, numbers; and the register's officer: recalls."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from pos_trace.core.errors import Invalid, PosTraceError
from pos_trace.core.vocabulary.words import CASE_STATES, ORIGIN_FINDINGS, OUTCOMES
from pos_trace.services import case_groups, recalls, records, register_desk
from pos_trace.services.node import Answer
from pos_trace.web.province import pages_case, pages_desk
from pos_trace.web.province.frame import page
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs

CONCLUSION = ("outcome", "origin_finding", "reason", "document_number", "document_date")


def blueprint() -> Blueprint:
    """``/ban-kiem-tra`` (desk), its lists, ``/so-lo`` (register) and ``/co-quan`` (people)."""
    pages = Blueprint("province", __name__)
    pages.add_url_rule("/ban-kiem-tra", "queue", queue)
    pages.add_url_rule("/ban-kiem-tra/nhom", "group", group)
    pages.add_url_rule("/ban-kiem-tra/nhom", "act_on_group", act_on_group, methods=["POST"])
    pages.add_url_rule("/so-lieu", "counts", counts)
    pages.add_url_rule("/so-lo", "register", register)
    pages.add_url_rule("/so-lo/thu-hoi", "recall", recall, methods=["POST"])
    pages_case.add_to(pages)
    pages_desk.add_to(pages)
    return pages


@needs("inspect")
def queue() -> Response:
    """Cases that wait; ``?state=`` one state, ``?mine=1`` mine and the unattended, ``?by=`` groups; ``?page=``."""
    state, by = request.args.get("state"), request.args.get("by")
    wanted, mine = state if state in CASE_STATES else None, request.args.get("mine") == "1"
    if by and by in case_groups.BY:
        told = case_groups.grouped(node(), who(), by, now(), _page(request.args))
    else:
        told = case_groups.queue(node(), who(), wanted, now(), mine, _page(request.args)) | {"by": None}
    shown: dict[str, Any] = {"states": CASE_STATES, "state": wanted, "mine": mine, "kinds": case_groups.BY}
    return page("province/queue.html", **shown, **told)


def _page(told: Mapping[str, str]) -> int:
    """Which page is asked for; the first where that is no number."""
    number = told.get("page", "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else 1


@needs("inspect")
def group() -> Response:
    """One group: its cases, and one step for those ticked."""
    return _group(request.args, None, None, 200)


def _group(asked: Mapping[str, str], problem: PosTraceError | None, done: Answer | None, status: int) -> Response:
    by, key = asked.get("by", ""), asked.get("key", "")
    try:
        told = case_groups.group(node(), who(), by, key, now(), _page(asked))
    except PosTraceError:
        if done is None:
            raise
        told = {"by": by, "key": key, "title": "", "cases": [], "stalls": 0}
    words: dict[str, Any] = {"outcomes": OUTCOMES, "findings": ORIGIN_FINDINGS}
    return page("province/group.html", status, group=told, problem=problem, done=done, typed=request.form, **words)


@needs("inspect")
def act_on_group() -> Response:
    """One step on the ticked cases; what was typed stays when it is refused."""
    form = request.form
    told: dict[str, Any] = {name: form.get(name, "") for name in ("text", *CONCLUSION)}
    try:
        refs = [_ref(value) for value in form.getlist("case")]
        done = case_groups.act(node(), who(), form.get("step", ""), told, refs, now())
    except PosTraceError as error:
        return _group(form, error, None, 422)
    return _group(form, None, done, 200)


def _ref(value: str) -> Answer:
    """``site/case/seen`` of a ticked box."""
    site_id, _, rest = value.partition("/")
    case_id, _, seen = rest.partition("/")
    if not (seen.isascii() and seen.isdecimal() and len(seen) < 7):
        raise Invalid("cases_missing", "Trang đã cũ. Tải lại trang rồi chọn lại.")
    return {"site_id": site_id, "case_id": case_id, "seen": int(seen)}


@needs("inspect")
def counts() -> Response:
    """Numbers without names."""
    words: dict[str, Any] = {"outcomes": OUTCOMES, "findings": ORIGIN_FINDINGS}
    titles = {one.name: one.title_vi for one in node().policy.goods}
    return page("province/counts.html", counts=case_groups.counts(node(), now()), titles=titles, **words)


@needs("register")
def register() -> Response:
    """Recalls in force with a form to issue one, how much the register holds, and what waits in it."""
    return _register(None, 200)


def _register(problem: PosTraceError | None, status: int) -> Response:
    told = {"home": register_desk.home(node()), "recalls": records.recalls(node(), 0)["recalls"]}
    return page("province/register.html", status, problem=problem, typed=request.form, **told)


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
