"""The main job through both nodes' HTTP interfaces only, one step after another (CONTRACTS: ``demo --once``)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import requests

from pos_trace.demo import once_more, once_steps, parts
from pos_trace.demo.api import Answered, Client
from pos_trace.demo.once_play import Play, Step, Wrong
from pos_trace.demo.parts import StillNot, until
from pos_trace.demo.setup import Demo

QUICK_BEATS = {"feed_s": 0.5, "cases_s": 0.5, "outbox_s": 0.2, "clocks_s": 2.0}
VERSION = "pos_trace_records_version"
STEPS: Final[tuple[Step, ...]] = (*once_steps.STEPS, *once_more.STEPS)


def play_once(demo: Demo, told: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Run all steps on started nodes; ``told`` hears each. A step that fails ends the play: later ones need it."""
    station = Client(demo.station.url, demo.facts["station"]["api_key"])
    province = Client(demo.province.url, demo.facts["province"]["api_key"])
    play = Play(demo, station, province)
    steps: list[dict[str, Any]] = []
    try:
        version = parts.publish(province, datetime.now(UTC).date())
        until("records", lambda: _version(play), lambda found: found >= version)
        for step in STEPS:
            steps.append(_run(step, play))
            told(steps[-1])
            if not steps[-1]["ok"]:
                break
    finally:
        play.close()
    ok = len(steps) == len(STEPS) and all(step["ok"] for step in steps)
    return {"ok": ok, "steps": steps, "files": play.files}


def _version(play: Play) -> int:
    """How far the station has read the province's feed."""
    text = requests.get(f"{play.demo.station.url}/metrics", timeout=10).text
    return next((int(float(line.split()[-1])) for line in text.splitlines() if line.startswith(VERSION)), 0)


def _run(step: Step, play: Play) -> dict[str, Any]:
    began = time.perf_counter()
    try:
        detail, ok = step(play), True
    except (Wrong, StillNot, Answered, requests.RequestException, KeyError, OSError) as error:
        detail, ok = f"{type(error).__name__}: {error}", False
    return {"name": step.__name__, "ok": ok, "ms": round((time.perf_counter() - began) * 1000), "detail": detail}
