"""Faults on purpose, for the demo and for tests only: the next answers of the machine routes go wrong."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Literal

from flask import Response, g, request
from flask_openapi import APIBlueprint
from pydantic import Field

from pos_trace.core.errors import NotFound
from pos_trace.services.node import Answer
from pos_trace.web.province.bodies import Strict
from pos_trace.web.shared.context import node
from pos_trace.web.shared.fields import Whole
from pos_trace.web.shared.guard import public
from pos_trace.web.shared.problems import problem

PREFIX = "/api/province/v1"
SPOILT = ("bad_json", "truncated", "bad_signature")
HASH = re.compile(rb'"[0-9a-f]{64}"')
Mode = Literal[
    "slow",
    "timeout",
    "error_500",
    "rate_limit",
    "bad_json",
    "html_login",
    "bad_signature",
    "truncated",
    "wrong_schema",
    "none",
]


class FaultIn(Strict):
    """How the next ``times`` answers fail; ``none`` clears what was armed."""

    mode: Mode
    times: Annotated[Whole, Field(ge=1, le=1000)] = 1


@dataclass(slots=True)
class Faults:
    """What is armed. Waits are on an event, so a stopping server could cut them short."""

    slow_s: float = 2.0
    timeout_s: float = 30.0
    mode: str = "none"
    left: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    pause: threading.Event = field(default_factory=threading.Event)

    def arm(self, mode: str, times: int) -> None:
        """The next ``times`` machine answers fail as ``mode``."""
        with self.lock:
            self.mode, self.left = mode, 0 if mode == "none" else times

    def take(self) -> str:
        """The mode of this answer, counted down."""
        with self.lock:
            if self.left == 0:
                return "none"
            self.left -= 1
            return self.mode


def blueprint(faults: Faults | None = None) -> APIBlueprint:
    """``POST /_faults`` and its hooks; outside a demo the route answers 404 and nothing can be armed. ``faults``: how
    long the slow ones take.
    """
    faults = faults or Faults()
    api = APIBlueprint("province_faults", __name__, doc_ui=False)

    @public
    def arm(body: FaultIn) -> Answer:
        if not node().demo:
            raise NotFound("not_found", "Không có địa chỉ này.")
        faults.arm(body.mode, body.times)
        return {"mode": faults.mode, "times": faults.left}

    api.post("/_faults")(arm)
    api.post(f"{PREFIX}/_faults", operation_id="arm_prefixed", endpoint="arm_prefixed")(arm)
    api.before_app_request(lambda: _before(faults))
    api.after_app_request(_after)
    return api


def _turned(data: bytes) -> bytes:
    """A file with one bit in its middle the other way."""
    place = len(data) // 2
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def _before(faults: Faults) -> Response | None:
    if not request.path.startswith(f"{PREFIX}/") or request.path.endswith("/_faults"):
        return None
    g.fault = mode = faults.take()
    if mode in ("slow", "timeout"):
        faults.pause.wait(faults.slow_s if mode == "slow" else faults.timeout_s)
    answers: dict[str, Callable[[], Response]] = {
        "timeout": lambda: problem(503, "fault", "Lỗi tạo ra để thử: quá giờ."),
        "error_500": lambda: problem(500, "fault", "Lỗi tạo ra để thử."),
        "rate_limit": _rate_limited,
        "html_login": lambda: Response("<html><form>Đăng nhập Wi-Fi</form></html>", content_type="text/html"),
        "wrong_schema": lambda: Response('{"unexpected":[1,2,3]}', content_type="application/json"),
    }
    make = answers.get(mode)
    return make() if make else None


def _rate_limited() -> Response:
    answer = problem(429, "fault", "Lỗi tạo ra để thử: gọi quá nhiều lần.")
    answer.headers["Retry-After"] = "1"
    return answer


def _after(response: Response) -> Response:
    """Damage done to an answer that was right: it was acted on, the caller cannot know."""
    mode = g.get("fault", "none")
    if mode in SPOILT:
        response.direct_passthrough = False  # a file is read to be spoilt
    data = response.get_data() if mode in SPOILT else b""
    if mode == "bad_json":
        response.set_data(data[: len(data) // 2] + b"}}{")
    elif mode == "truncated":
        response.set_data(data[: len(data) // 2])
        response.headers["Content-Length"] = str(len(data))
    elif mode == "bad_signature":
        response.set_data(HASH.sub(b'"' + b"0" * 64 + b'"', data) if response.is_json else _turned(data))
    return response
