"""The README's first day, word for word: a province, a market, a stall, a phone – then goods are scanned."""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from pos_trace.core.roles import PERMISSIONS
from pos_trace.demo.parts import until
from pos_trace.demo.people import PINS

README = Path(__file__).parents[2] / "README.md"
POS_TRACE = ".venv/bin/pos-trace"
PIN = "2468"


def told_commands(heading: str, end: str) -> list[str]:
    """The shell lines between two headings of the README, comments left out."""
    part = README.read_text(encoding="utf-8").split(heading, 1)[1].split(end, 1)[0]
    blocks = re.findall(r"```sh\n(.*?)```", part, re.DOTALL)
    return [line.split("  #")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


class Terminal:
    """A person's shell in an empty folder: runs the README's commands, keeps servers running."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("POS_TRACE_")}
        self.servers: list[subprocess.Popen[bytes]] = []
        self.said = ""

    def type(self, line: str) -> None:
        """One line; ``run`` stays in the background and its address is waited for."""
        words = shlex.split(line)
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            self.environment[name] = value
            return
        assert words[0] == POS_TRACE, line
        command = [sys.executable, "-m", "pos_trace", *words[1:]]
        if words[1] == "run":
            ready = self.folder / f"ready{len(self.servers)}"
            environment = self.environment | {"POS_TRACE_SERVER__PORT": "0"}
            self.servers.append(
                subprocess.Popen([*command, "--ready-file", str(ready)], cwd=self.folder, env=environment)
            )
            until("server", ready.exists, bool)
            self.said = ready.read_text(encoding="ascii")
            return
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, input=f"{PIN}\n{PIN}\n", capture_output=True, text=True,
            check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        self.said = done.stdout

    def heard(self, name: str) -> str:
        """The value of ``name: value`` the last command printed."""
        return next(line.split(": ", 1)[1] for line in self.said.splitlines() if line.startswith(f"{name}: "))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    for server in made.servers:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def test_the_first_day_as_the_readme_tells_it(terminal: Terminal) -> None:
    lines = told_commands("### Dùng thật", "## English")
    install, lines = (
        [line for line in lines if "venv .venv" in line],
        [line for line in lines if "venv .venv" not in line],
    )
    assert len(install) == 2
    assert [line.split()[1] for line in lines if line.startswith(POS_TRACE)] == [
        "init", "enrol", "run", "init", "site", "stall", "user", "printer", "enrol", "stall", "run",
    ]  # fmt: skip
    code = url = card = station = ""
    for line in lines:
        terminal.type(line.replace("MÃ", code).replace("http://127.0.0.1:8090", url))
        if line.endswith("enrol code --config tinh/province.toml"):
            code = terminal.heard("code")
        elif " run --config tinh" in line:
            url = f"http://127.0.0.1:{terminal.said}"
        elif " stall card " in line:
            card = terminal.heard("code")
        elif line.endswith(" run"):
            station = f"http://127.0.0.1:{terminal.said}"
    assert requests.get(f"{url}/readyz", timeout=10).status_code == 200
    phone = requests.Session()
    page = phone.get(f"{station}/enrol", timeout=10).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    form = {"csrf_token": token[1], "code": card, "name": "Điện thoại chị Hoa"}
    entered = phone.post(f"{station}/enrol", form, timeout=10)
    assert "Hoa" in entered.text
    assert "Chạm vào tên" in entered.text


def walk_told() -> str:
    return README.read_text(encoding="utf-8").split("Đi một vòng", 1)[1].split("### Dùng thật")[0]


def test_the_readme_walks_through_screens_that_exist() -> None:
    walk = walk_told()
    templates = " ".join(
        path.read_text(encoding="utf-8")
        for path in (README.parent / "pos_trace" / "web").rglob("*")
        if path.suffix in {".html", ".js"}
    )
    named = (
        "Bắt đầu nhận",
        "Không có mã",
        "Nhận và để riêng",
        "Xong chuyến",
        "Đổi người",
        "Đã thu tiền – in phiếu",
        "Gửi ngay",
    )
    for button in named:
        assert button in walk
        assert button in templates


def test_each_step_of_the_walk_is_done_by_somebody_who_may() -> None:
    """The PIN named last is who acts; what is pressed belongs to that role."""
    needed = {"Nhận và để riêng": "receive", "Đã thu tiền – in phiếu": "sell", "Gửi ngay": "cases"}
    role_of = {pin: role for role, pin in PINS.items()}
    acting, done = "", set()
    for step in re.split(r"\n\d\. ", walk_told())[1:]:
        acting = next((role_of[pin] for pin in re.findall(r"\b\d{4}\b", step)), acting)
        for pressed in (words for words in needed if words in step):
            assert needed[pressed] in PERMISSIONS[acting], f"{acting}: {pressed}"
            done.add(pressed)
    assert done == set(needed)
