"""Phones of a stall: heartbeat, list, lock, a card for a new one; its people; the PIN pad over a locked screen."""

from flask import Response, make_response, request
from flask_openapi import APIBlueprint

from pos_trace.core.errors import Unauthorised
from pos_trace.forms import qr
from pos_trace.services import accounts, devices, screen_lock, staff
from pos_trace.services.node import Answer
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import DEVICE_COOKIE, SESSION_COOKIE, needs, own_page, public
from pos_trace.web.shared.login import keep_session
from pos_trace.web.station import bodies
from pos_trace.web.station.bodies_trust import DevicePath, EnterIn, HeartbeatIn, PersonIn, PersonPath, PinIn


def blueprint() -> APIBlueprint:
    """Routes under ``/api/v1``."""
    api = APIBlueprint("station_devices", __name__, url_prefix="/api/v1")
    api.get("/devices")(listed)
    api.post("/devices/heartbeat")(heartbeat)
    api.post("/devices/card")(card)
    api.post("/devices/<device_id>/lock")(lock)
    api.get("/people")(staff_listed)
    api.post("/people")(add_person)
    api.post("/people/<user_id>/pin")(new_pin)
    api.post("/people/<user_id>/end")(end_person)
    api.get("/screen/people")(people)
    api.post("/screen/lock")(lock_screen)
    api.post("/screen/enter")(enter)
    return api


@needs("sent")
def listed() -> Answer:
    """The stall's phones with their unsent counts."""
    return devices.listed(node(), who(), now())


@needs("stock")
def heartbeat(body: HeartbeatIn) -> Answer:
    """Sent every minute by every open screen."""
    return devices.heartbeat(node(), who(), body.queue_count, body.last_scan_at, now())


@needs("staff")
def card(body: bodies.Nothing) -> tuple[Answer, int]:
    """A one-time code for a new phone, with the picture of its QR."""
    told = devices.card(node(), who(), now())
    address = f"{request.host_url}enrol?code={told['code']}"
    return told | {"address": address, "picture": qr.data_uri(address)}, 201


@needs("staff")
def lock(path: DevicePath, body: bodies.Nothing) -> Answer:
    """ "Khóa máy này"."""
    return devices.lock(node(), who(), path.device_id, now())


@needs("staff")
def staff_listed() -> Answer:
    """Who works at the stall."""
    return staff.listed(node(), who(), now())


@needs("staff")
def add_person(body: PersonIn) -> tuple[Answer, int]:
    """Add a person with a PIN."""
    return staff.add(node(), who(), body.name, body.roles, body.pin, now()), 201


@needs("staff")
def new_pin(path: PersonPath, body: PinIn) -> Answer:
    """Give somebody a new PIN."""
    return staff.new_pin(node(), who(), path.user_id, body.pin, now())


@needs("staff")
def end_person(path: PersonPath, body: bodies.Nothing) -> Answer:
    """Somebody works here no longer."""
    return staff.end(node(), who(), path.user_id, now())


@public
def people() -> Answer:
    """Whom the pad may ask: the names of this phone's stall; none, and why, on a phone that is not enrolled."""
    try:
        return accounts.people_of_device(node(), request.cookies.get(DEVICE_COOKIE, ""))
    except Unauthorised as error:
        return {"stall": "", "people": [], "problem": error.code}


@own_page
def lock_screen(body: bodies.Nothing) -> Answer:
    """Ask for the PIN from now on."""
    screen_lock.lock(node(), request.cookies.get(SESSION_COOKIE, ""), now())
    return {"locked": True}


@own_page
def enter(body: EnterIn) -> Response:
    """A tapped name and its PIN open the screen; the page stays as it was."""
    device, before = request.cookies.get(DEVICE_COOKIE), request.cookies.get(SESSION_COOKIE)
    told = screen_lock.enter(node(), body.login.strip(), body.pin, device, before, now(), body.new_pin)
    answer = make_response({name: told[name] for name in ("id", "name", "permissions", "seal")})
    keep_session(answer, told["token"])
    return answer
