"""The market office's screens: /cho, gate log, recalls to read aloud, stalls to enrol. Never prices, papers, cases."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from pos_trace.core.vocabulary import first_days as words
from pos_trace.forms import stall_sheet
from pos_trace.services import broadcast, market
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.shared.words import shown_time

BAR = (
    ("/cho", "Các sạp"),
    ("/cho/so-cong", "Sổ cổng"),
    ("/cho/doc-loa", "Đọc loa"),
    ("/cho/them-sap", "Thêm sạp, thẻ"),
    ("/cho/gio-yen", "Giờ yên"),
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def blueprint() -> Blueprint:
    """``/cho`` and what lies below it."""
    pages = Blueprint("market", __name__)
    pages.add_url_rule("/cho", "board", board)
    pages.add_url_rule("/cho/so-cong", "gate", gate)
    pages.add_url_rule("/cho/doc-loa", "aloud", aloud)
    pages.add_url_rule("/cho/thong-bao", "notice", notice)
    pages.add_url_rule("/cho/them-sap", "enrolling", enrolling)
    pages.add_url_rule("/cho/gio-yen", "quiet_hours", quiet_hours)
    pages.add_url_rule("/cho/bang-mau.xlsx", "template", template)
    return pages


def _page(name: str, **more: Any) -> Response:
    site = market.site_name(node())
    told = {"site": site, "bar": BAR, "here": request.path, "person": who().name, "demo": node().demo}
    return make_response(render_template(f"station/{name}.html", **told, **more))


@needs("operate")
def board() -> Response:
    """Stalls, devices and printers of the site: counts only."""
    return _page("board")


@needs("operate")
def gate() -> Response:
    """Vehicles, and which stalls were open."""
    return _page("gate", today=now().astimezone(node().zone).date().isoformat())


@needs("operate")
def aloud() -> Response:
    """Recalls in force and the text to read."""
    return _page("aloud")


@needs("operate")
def notice() -> Response:
    """THÔNG BÁO THU HỒI on A4, to be printed from the browser and hung up."""
    told = broadcast.detail(node(), request.args.get("recall_id", ""))
    more = {"title": words.NOTICE_TITLE, "stop": words.STOP_SELLING, "keep": words.KEEP_OR_RETURN}
    return _page("recall_notice", recall=told, time=shown_time, call=node().policy.help_line, **more)


@needs("operate")
def enrolling() -> Response:
    """Stalls by sheet, cards, PINs, practice."""
    return _page("enrolling", today=now().astimezone(node().zone).date().isoformat())


@needs("operate")
def quiet_hours() -> Response:
    """When the machine may do its heavy work."""
    return _page("quiet_hours")


@needs("operate")
def template() -> Response:
    """The empty sheet."""
    data = stall_sheet.template(node().policy.goods, now().astimezone(node().zone).date())
    answer = Response(data, content_type=XLSX)
    answer.headers["Content-Disposition"] = 'attachment; filename="danh-sach-sap.xlsx"'
    return answer
