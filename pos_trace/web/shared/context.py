"""What a handler may ask of the running application: the node, the time, the actor."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask import current_app, g, request

from pos_trace.core.errors import Conflict, Invalid, Unauthorised
from pos_trace.services.node import Actor, Node, Once, sha256

EXTENSION = "pos_trace"
MAX_KEY = 255


@dataclass(frozen=True, slots=True)
class Web:
    """What ``app.py`` hands to the web: the node, a clock, and whether cookies may demand HTTPS.

    ``running``: the idempotency keys of requests not answered yet, behind ``door``.
    """

    node: Node
    clock: Callable[[], datetime]
    secure_cookies: bool = False
    running: set[tuple[str, str, str]] = field(default_factory=set)
    door: threading.Lock = field(default_factory=threading.Lock)


def web() -> Web:
    """The ``Web`` of the running application."""
    found: Web = current_app.extensions[EXTENSION]
    return found


def node() -> Node:
    """The node this application serves."""
    return web().node


def now() -> datetime:
    """The time of this request, read once: one request has one time."""
    if "now" not in g:
        g.now = web().clock()
    found: datetime = g.now
    return found


def actor() -> Actor | None:
    """Who asks, or None on a public route without log-in."""
    found: Actor | None = g.get("actor")
    return found


def who() -> Actor:
    """Who asks, carrying the request's ``Idempotency-Key`` when it has one; raises ``Unauthorised``."""
    found = actor()
    if found is None:
        raise Unauthorised("unauthorised", "Cần đăng nhập hoặc khóa API.")
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method not in {"POST", "PUT", "PATCH"}:
        return found
    if not key or len(key) > MAX_KEY or not key.isprintable():
        raise Invalid("idempotency_key_invalid", "Idempotency-Key phải có từ 1 đến 255 ký tự in được.")
    once = Once(key, _caller(found), f"{request.method} {request.path}", sha256(request_body()))
    asking = replace(found, once=once)
    if _claim((once.caller, once.route, once.key)):
        node().answered_before(asking)
    return asking


def _caller(found: Actor) -> str:
    """Whose keys these are: an API key's own, a person's; on an enrolled device the device's, since what waited on a
    phone goes out under the same key when the next person has logged in there.
    """
    return f"device:{found.device_id}" if found.device_id is not None else f"{found.kind}:{found.id}"


def _claim(name: tuple[str, str, str]) -> bool:
    """Take the key for this request, once; raises ``Conflict`` while another request with it is still running."""
    if g.get("claimed") == name:
        return False
    with web().door:
        if name in web().running:
            raise Conflict("still_running", "Yêu cầu này đang được xử lý. Chờ vài giây rồi gửi lại.")
        web().running.add(name)
    g.claimed = name
    return True


def release(_: BaseException | None = None) -> None:
    """After the request: its key may come again, and then gets the stored answer."""
    name = g.pop("claimed", None)
    if name is not None:
        with web().door:
            web().running.discard(name)


def request_body() -> bytes:
    """The body as it came; of a multipart upload its fields and the files' hashes, since boundaries differ."""
    if request.mimetype != "multipart/form-data":
        return request.get_data(cache=True)
    parts = [f"{name}={value}" for name, values in sorted(request.form.lists()) for value in values]
    for name, files in sorted(request.files.lists()):
        for file in files:
            parts.append(f"{name}:{sha256(file.stream.read())}")
            file.stream.seek(0)
    return "\n".join(parts).encode()
