"""Exit codes: 2 for what the person may put right, 3 for what failed outside; one line on stderr, never a traceback."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal

USER = ("user", "add", "hoa", "--name", "Hoa", "--secret", "2468")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("stall", "add", "A-13", "--name", "Cá", "--gln", "9521234700037"), "GLN"),
        (("stall", "add", "A-12", "--name", "Rau"), "Đã có sạp A-12"),
        (("site", "set", "--name", "Chợ", "--gln", "123"), "GLN"),
        (("site", "set", "--name", "Chợ", "--kind", "moon"), "market"),
        (("stall", "card", "Z-99"), "Không có sạp Z-99"),
        (("stall", "key", "Z-99"), "Không có sạp Z-99"),
        (("till", "add", "Quầy", "--stall", "Z-99"), "Không có sạp Z-99"),
        ((*USER, "--role", "receiver", "--stall", "Z-99"), "Không có sạp Z-99"),
        ((*USER, "--role", "wizard", "--stall", "A-12"), "receiver"),
        ((*USER, "--role", "receiver"), "--stall"),
        ((*USER, "--role", "owner", "--role", "cashier"), "--stall"),
        ((*USER, "--role", "operator", "--stall", "A-12"), "--stall chỉ dùng với"),
        ((*USER, "--role", "operator", "--role", "owner", "--stall", "A-12"), "hai tên đăng nhập"),
        ((*USER, "--role", "operator", "--agency", "x"), "--agency chỉ dùng với"),
        ((*USER, "--role", "inspector"), "receiver, cashier, owner, shift_leader, operator, site_admin"),
        ((*USER, "--stall", "A-12"), "--role"),
        (("printer", "add", "quay", "--preset", "none", "--address", "127.0.0.1:1"), "none"),
        (("printer", "add", "quay", "--address", "http://127.0.0.1"), "máy:cổng"),
        (("printer", "test", "quay"), "quay"),
        (("enrol", "station", "ABC"), "--url"),
        (("audit", "verify", "--anchor", "x"), "SỐ:SHA256"),
        (("no-such-command",), "No such command"),
    ],
)
def test_wrong_use_is_exit_two_and_says_what_is_right(
    terminal: Terminal, station: Path, words: tuple[str, ...], said: str
) -> None:
    done = terminal.run(*words, "--config", station, "--json")
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err


def test_a_person_of_the_province_is_no_person_of_a_stall(terminal: Terminal, province: Path) -> None:
    done = terminal.run(*USER, "--role", "receiver", "--stall", "A-12", "--config", province)
    assert (done.code, "inspector, records_officer, agency_admin" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POS_TRACE_PROVINCE__URL_FILE", "/nonexistent"),
        ("POS_TRACE_PROVINCE__API_KEY_FILE", "/nonexistent"),
        ("POS_TRACE_DATABASE__URL", "nonsense"),
        ("POS_TRACE_DATABASE__URL", "mysql://a@b/c"),
        ("POS_TRACE_PUBLIC__BASE_URL", "https://192.0.2.1"),
        ("POS_TRACE_CLOCKS__HOLIDAYS", "Tết"),
        ("POS_TRACE_CLOCKS__REPORT_AFTR_H", "3"),
        ("POS_TRACE_PROVINCE__PRESET", "atlantis"),
        ("POS_TRACE_CONFIG", "/nonexistent/station.toml"),
    ],
)
@pytest.mark.parametrize("words", [("doctor",), ("run",), ("openapi", "--json")], ids=" ".join)
def test_a_wrong_configuration_is_exit_two_and_one_line(
    terminal: Terminal, station: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], name: str, value: str
) -> None:
    monkeypatch.setenv("POS_TRACE_CONFIG", str(station))
    monkeypatch.setenv(name, value)
    done = terminal.run(*words)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1


def test_what_fails_outside_is_exit_three_and_one_line(
    terminal: Terminal, station: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("POS_TRACE_SERVER__PORT", str(port))
        served = terminal.run("run", "--config", station)
    silent = terminal.run("enrol", "station", "ABC", "--url", f"http://127.0.0.1:{port}", "--config", station)
    unwritable = terminal.run("backup", tmp_path / "nowhere" / "copy.db", "--config", station)
    monkeypatch.setenv("POS_TRACE_DATABASE__URL", f"postgresql://nobody@127.0.0.1:{port}/none?connect_timeout=2")
    no_database = terminal.run("doctor", "--config", station)
    for done in (served, silent, unwritable, no_database):
        assert (done.code, done.out) == (3, ""), done
        assert len(done.err.splitlines()) == 1, done
        assert "Traceback" not in done.err


def test_a_secret_is_asked_beside_the_document(station: Path) -> None:
    """What is asked stands on stderr, so that stdout stays one document."""
    words = ["user", "add", "hoa", "--name", "Hoa", "--role", "owner", "--stall", "A-12", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "pos_trace", *words, "--config", str(station)],
        input="2468\n2468\n", capture_output=True, text=True, check=False, timeout=60, start_new_session=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["login"] == "hoa"
    assert "PIN" in done.stderr
