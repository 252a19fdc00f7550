"""The frame of a stall's screens: whose stall, who is here, which screens this person may open."""

from typing import Any

from flask import Response, current_app, make_response, render_template, request

from pos_trace.services import screen_lock
from pos_trace.services.deliveries import practising
from pos_trace.services.node import stall_of
from pos_trace.services.practice import note as practice_note
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import SESSION_COOKIE, needed

MENU = (
    ("receive", "/nhan-hang", "Nhận hàng"),
    ("sell", "/ban-hang", "Bán hàng"),
    ("receive", "/giao-hang", "Giao hàng"),
    ("stock", "/kho-hang", "Kho hàng"),
    ("receive", "/giao-ca", "Giao ca"),
    ("cases", "/chu-sap", "Chủ sạp"),
)


def page(template: str, **more: Any) -> Response:
    """A screen of the actor's own stall: ``template`` with the bar, the practice banner and ``more``."""
    person = who()
    with node().db.read() as session:
        stall = stall_of(session, person)
        practice = practising(stall, node(), now())
        over = practice_note(session, node(), stall, now())
    menu = [{"path": path, "title": title, "need": need, "open": person.may(need)} for need, path, title in MENU]
    told = {"stall": stall, "practice": practice, "menu": menu, "here": request.path, "person": person.name}
    told |= {"practice_note": over, "first_day": person.may("receive")}
    told |= {"may_tell": person.may("tell")}
    told |= {"person_id": person.id, "on_device": person.device_id is not None}
    told |= {"page_need": needed(current_app.view_functions[request.endpoint or ""])}
    token = request.cookies.get(SESSION_COOKIE, "")
    told |= {"seal": screen_lock.seal_key(token) if person.device_id is not None else ""}
    return make_response(render_template(template, demo=node().demo, **told, **more))
