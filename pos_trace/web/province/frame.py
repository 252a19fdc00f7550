"""The frame of the province's screens: who is here, and which screens this person may open."""

from typing import Any

from flask import Response, make_response, render_template, request

from pos_trace.services.agencies import called
from pos_trace.web.shared.context import actor, node, now
from pos_trace.web.shared.words import shown_day, shown_time

MENU = (
    ("inspect", "/ban-kiem-tra", "Vụ việc"),
    ("inspect", "/thong-bao", "Thông báo phải gửi"),
    ("inspect", "/phan-anh", "Phản ánh"),
    ("inspect", "/doi-chieu", "Đối chiếu"),
    ("inspect", "/so-lieu", "Số liệu"),
    ("register", "/so-lo", "Sổ lô và thu hồi"),
    ("register", "/chon-ngau-nhien", "Chọn kiểm tra giấy tờ"),
    ("administer", "/co-quan", "Cơ quan"),
)


def page(template: str, status: int = 200, **more: Any) -> Response:
    """A screen of the province: ``template`` with the bar and ``more``."""
    person = actor()
    menu = [{"path": path, "title": title} for need, path, title in MENU if person and person.may(need)]
    html = render_template(
        template,
        person=person.name if person else "",
        person_id=person.id if person else "",
        agency=called(node(), person, now()) if person else "",
        may=sorted(person.permissions) if person else [],
        menu=menu,
        demo=node().demo,
        time=shown_time,
        day=shown_day,
        here=request.path,
        **more,
    )
    return make_response(html, status)
