"""Two nodes made ready to start: configurations, people, stalls, keys – through the verbs an administrator uses."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from pos_trace import settings as configuration
from pos_trace.adapters.provinces.api import ProvinceApi
from pos_trace.app import build_node, utc_now
from pos_trace.core.roles import AT_STALL, STALL_ROLES
from pos_trace.demo import people
from pos_trace.demo.processes import NodeProcess
from pos_trace.runtime.children import Children
from pos_trace.services import accounts, enrolment, places
from pos_trace.services.node import Node

GOLIVE_DAYS = 60
FACTS = "demo.json"
MARK = ".pos-trace-demo"  # what says that a folder is a demo's, from its first moment on; demo.json comes when all runs


@dataclass
class Demo:
    """Both nodes of a demo in ``folder`` and what a client needs to use them."""

    folder: Path
    station: NodeProcess
    province: NodeProcess
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def spool(self) -> Path:
        """Where the virtual printer puts its paper."""
        return self.folder / "printer"

    def write(self) -> None:
        """``demo.json``, whole or not at all, readable by its owner only: it holds keys."""
        self.facts["station"] |= {"url": self.station.url, "pid": self.station.pid, "config": str(self.station.config)}
        self.facts["province"] |= {
            "url": self.province.url,
            "pid": self.province.pid,
            "config": str(self.province.config),
        }
        _write_private(self.folder / FACTS, orjson.dumps(self.facts, option=orjson.OPT_INDENT_2))

    def stop(self) -> None:
        """End both nodes, the station first."""
        self.station.stop()
        self.province.stop()


def _write_private(path: Path, data: bytes) -> None:
    """Only the owner may read it, and nobody ever reads half of it."""
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".part-")  # mkstemp's files are the owner's alone
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(partial).replace(path)
    except OSError:
        Path(partial).unlink(missing_ok=True)
        raise


def prepare(folder: Path, port: int) -> Demo:
    """A fresh demo in ``folder``; what an earlier demo left there is removed, anything else is refused."""
    folder = folder.resolve()
    demos = any((folder / name).exists() for name in (MARK, FACTS))
    if folder.exists() and any(folder.iterdir()) and not demos:
        raise FileExistsError(f"{folder} không trống và không phải của bản chạy thử")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    _clear(folder)
    province = NodeProcess(folder / "province.toml", folder / "province.log", port + 1 if port else 0)
    station = NodeProcess(folder / "station.toml", folder / "station.log", port)
    demo = Demo(folder, station, province)
    demo.facts = {"station": {}, "station_second_stall": {}, "province": {}, "printer": {"spool_dir": str(demo.spool)}}
    province.config.write_text(_province_toml(), encoding="utf-8")
    return demo


def _clear(folder: Path) -> None:
    """Empty ``folder`` but for its mark, old keys and addresses first, so that a stop halfway leaves it a demo's."""
    for child in sorted(folder.iterdir(), key=lambda child: child.name != FACTS):
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        elif child.name != MARK:
            child.unlink()


def start(demo: Demo, *, beats: dict[str, float] | None = None) -> None:
    """Set the province up and start it, then the station with the province's address, enrolled."""
    with opened(demo.province.config) as node:
        code = _set_province_up(node, demo, utc_now())
    demo.province.start()
    demo.station.config.write_text(_station_toml(demo, beats or {}), encoding="utf-8")
    now = utc_now()
    with opened(demo.station.config) as node:
        _set_station_up(node, demo, now)
        province = ProvinceApi(demo.province.url, "", utc_now)
        enrolment.enrol(node, node.machine("demo"), code, province, demo.province.url, now)


def add_printer(demo: Demo) -> None:
    """The market buys its virtual printer: a folder that takes one file a job."""
    demo.spool.mkdir(exist_ok=True)
    with opened(demo.station.config) as node:
        who = node.machine("demo")
        places.add_printer(node, who, None, "Máy in mẫu", "generic-80", "file", str(demo.spool), utc_now())


@contextmanager
def opened(config: Path, children: Children | None = None) -> Iterator[Node]:
    """A node without a server, closed again."""
    node = build_node(configuration.load(config, {}), children)
    try:
        yield node
    finally:
        node.db.close()


def _province_toml() -> str:
    return f"""[node]
role = "province"
id = "{people.PROVINCE_ID}"
name = "Sở Công Thương (mẫu)"
data_dir = "province"
demo = true

[province]
preset = "demo"
"""


def _station_toml(demo: Demo, beats: dict[str, float]) -> str:
    pace = "\n".join(f"{name} = {value}" for name, value in beats.items())
    return f"""[node]
role = "station"
id = "{people.STATION_ID}"
name = "{people.MARKET}"
data_dir = "station"
demo = true

[public]
base_url = "{demo.province.url}"

[province]
preset = "demo"
url = "{demo.province.url}"

[beats]
{pace}
"""


def _set_province_up(node: Node, demo: Demo, now: datetime) -> str:
    who = node.machine("demo")
    agency = places.add_agency(node, who, "Sở Công Thương (mẫu)", "sct", "Quảng Ngãi", now)["id"]
    users = {}
    for user in ("inspector", "inspector_2", "records_officer", "agency_admin"):
        login, role = user.replace("_", "-"), user.removesuffix("_2")
        places.add_person(node, who, login, people.NAMES[user], people.PASSWORDS[user], [role], agency, now)
        users[user] = {"login": login, "password": people.PASSWORDS[user]}
    key = places.province_key(node, who, "demo", now)["api_key"]
    demo.facts["province"] |= {"api_key": key, "users": users}
    code: str = places.station_code(node, who, now)["code"]
    return code


def _set_station_up(node: Node, demo: Demo, now: datetime) -> None:
    who, day = node.machine("demo"), now.date()
    places.set_site(node, who, people.MARKET, "market", people.MARKET_GLN, people.OPERATOR, now, people.COMMUNE)
    places.add_person(node, who, "site-admin", people.NAMES["site_admin"], people.PASSWORDS["site_admin"],
                      ["site_admin"], None, now)  # fmt: skip
    stalls = {stall.number: _add_stall(node, stall, day, now) for stall in people.STALLS}
    main = stalls[people.MAIN_STALL]
    main["users"]["operator"] = _operator(node, now)
    till = places.add_till(node, who, main["id"], "Quầy 1", now)
    demo.facts["station"] |= {
        "api_key": main["api_key"],
        "till_secret": till["api_key"],
        "device_token": main["device_token"],
        "enrol_code": places.device_code(node, who, main["id"], now)["code"],
        "users": main["users"] | {"site_admin": {"login": "site-admin", "password": people.PASSWORDS["site_admin"]}},
    }
    second = stalls[people.SECOND_STALL]
    demo.facts["station_second_stall"] = {key: second[key] for key in ("api_key", "users", "device_token")}
    demo.facts["stalls"] = stalls


def _add_stall(node: Node, stall: people.DemoStall, day: date, now: datetime) -> dict[str, Any]:
    who = node.machine("demo")
    golive = day - timedelta(days=3 if stall.practice else GOLIVE_DAYS)
    stall_id: str = places.add_stall(
        node, who, stall.number, stall.name, stall.gln, people.COMMUNE, golive, now
    )["id"]  # fmt: skip
    users = {}
    for role in AT_STALL if stall.number == people.MAIN_STALL else STALL_ROLES:  # the grocer's names a shift leader
        login = people.login_of(role, stall.number)
        name = stall.owner if role == "owner" else f"{people.NAMES[role]} {stall.number}"
        places.add_person(node, who, login, name, people.PINS[role], [role], stall_id, now)
        users[role] = {"login": login, "pin": people.PINS[role]}
    code = places.device_code(node, who, stall_id, now)["code"]
    device = accounts.enrol_device(node, code, f"Điện thoại {stall.owner}", now)
    key = places.stall_key(node, who, stall_id, f"demo {stall.number}", now)["api_key"]
    return {"id": stall_id, "api_key": key, "device_token": device["device_token"], "users": users}


def _operator(node: Node, now: datetime) -> dict[str, str]:
    """The market board: a PIN, like the stalls' people."""
    name, pin = people.NAMES["operator"], people.PINS["operator"]
    places.add_person(node, node.machine("demo"), "operator", name, pin, ["operator"], None, now)
    return {"login": "operator", "pin": people.PINS["operator"]}
