"""A whole demo market on loopback and a real Chromium: phone or desk, on a secure and on an insecure origin."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from pos_trace.demo import parts, setup
from pos_trace.demo.api import Client
from pos_trace.demo.once import QUICK_BEATS, VERSION
from pos_trace.demo.setup import Demo
from pos_trace.services import places

INSECURE = "http://sap-a12.example"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}


@dataclass
class Market:
    """Both nodes running, records read, a client for each."""

    demo: Demo
    station: Client
    province: Client

    def stall(self, number: str) -> Client:
        """A foreign client with a stall's key."""
        return Client(self.demo.station.url, self.demo.facts["stalls"][number]["api_key"])

    def device_code(self, number: str) -> str:
        """A fresh one-time code for a phone, as the administrator prints it beside the running server."""
        with setup.opened(self.demo.station.config) as node:
            stall = self.demo.facts["stalls"][number]["id"]
            return str(places.device_code(node, node.machine("test"), stall, datetime.now(UTC))["code"])


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """A demo without history, started once for all browser tests of a worker."""
    demo = setup.prepare(tmp_path_factory.mktemp("market"), 0)
    clients: list[Client] = []
    try:
        setup.start(demo, beats=QUICK_BEATS)
        setup.add_printer(demo)
        demo.station.start()
        demo.write()
        clients = [
            Client(demo.station.url, demo.facts["station"]["api_key"]),
            Client(demo.province.url, demo.facts["province"]["api_key"]),
        ]
        version = parts.publish(clients[1], datetime.now(UTC).date())
        parts.until("records", lambda: records_version(demo.station.url), lambda found: found >= version)
        yield Market(demo, *clients)
    finally:
        for client in clients:
            client.close()
        demo.stop()


def records_version(url: str) -> int:
    """How far the station has read the feed, from its metrics."""
    import requests

    lines = requests.get(f"{url}/metrics", timeout=10).text.splitlines()
    return next((int(float(line.split()[-1])) for line in lines if line.startswith(VERSION)), 0)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; hosts under .example are this machine, everything else resolves nowhere."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program is not None, "Chromium is missing: run 'make system'"
    expect.set_options(timeout=20_000)
    rules = "MAP *.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=program, args=["--no-sandbox", f"--host-resolver-rules={rules}", "--disable-gpu"]
        )
        yield browser
        browser.close()


@dataclass
class Visitor:
    """One person's browser: a context, what it asked for, and a folder for pictures of the screen."""

    context: BrowserContext
    base: str
    shots: Path
    hosts: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def page(self) -> Page:
        """A fresh page that notes every request and every script error."""
        page = self.context.new_page()
        page.set_default_timeout(15_000)
        page.on("request", self._asked)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page

    def shot(self, page: Page, name: str) -> None:
        """A picture of the whole page, kept when POS_TRACE_SHOTS names a folder."""
        page.screenshot(path=self.shots / f"{name}.png", full_page=True)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")):
            self.hosts.add(urlsplit(request.url).hostname or "")


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(chromium: Browser, tmp_path: Path) -> Iterator[Visit]:
    """Opens a browser for one person; at the end no request left loopback and no script failed."""
    shots = Path(os.environ.get("POS_TRACE_SHOTS") or tmp_path)
    shots.mkdir(parents=True, exist_ok=True)
    opened: list[Visitor] = []

    def open_one(base: str, size: dict[str, int] = PHONE, insecure: bool = False) -> Visitor:
        if insecure:
            base = f"{INSECURE}:{urlsplit(base).port}"
        phone = {"is_mobile": size is PHONE, "has_touch": size is PHONE}
        context = chromium.new_context(viewport=size, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **phone)
        opened.append(Visitor(context, base, shots))
        return opened[-1]

    yield open_one
    for visitor in opened:
        visitor.context.close()
        assert visitor.hosts <= {"127.0.0.1", "localhost", "sap-a12.example"}, visitor.hosts
        assert visitor.errors == []


def log_in_at_stall(
    visitor: Visitor, code: str, name: str, pin: str, device: str = "Điện thoại thử", own: str = ""
) -> Page:
    """Enrol this phone with the card's code, tap the name, enter the PIN; ``own``: the card's is changed for it."""
    page = visitor.page()
    page.goto(f"{visitor.base}/enrol?code={code}")
    page.get_by_label("Tên máy").fill(device)
    page.get_by_role("button", name="Đăng ký").click()
    page.get_by_text(name, exact=True).click()
    page.get_by_label("Mã PIN").locator("visible=true").fill(pin)
    page.get_by_role("button", name="Vào").locator("visible=true").click()
    if own:
        expect(page.get_by_role("alert")).to_contain_text("chỉ dùng một lần")
        page.locator("[name=secret]").locator("visible=true").fill(pin)
        page.locator("[name=new_pin]").fill(own)
        page.get_by_role("button", name="Vào").locator("visible=true").click()
    page.wait_for_url(lambda url: urlsplit(url).path not in ("/login", "/enrol"))  # a route set meanwhile would be lost
    return page


def wedge(page: Page, text: str) -> None:
    """What a scanner in keyboard mode does: every sign at once, then Enter, wherever the focus is."""
    page.evaluate("document.activeElement && document.activeElement.blur()")
    page.keyboard.type(text, delay=4)
    page.keyboard.press("Enter")
