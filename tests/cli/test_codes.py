"""``parse``, ``decode``, ``verify`` from the command line: one JSON document or a line per text, exit codes."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pos_trace.cli import cli
from pos_trace.cli.options import open_node
from pos_trace.core.codes import as_json
from pos_trace.core.codes import parse as parse_text
from pos_trace.services import places, register
from tests.services.two_nodes import FACILITY, KEY, LOT, officer

EAN = "9521234543213"
NAMES = set(as_json(parse_text("")))


@pytest.fixture(autouse=True)
def _no_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither a variable nor the platform's folder leads to a configuration."""
    for name in [name for name in os.environ if name.startswith("POS_TRACE_") and name != "POS_TRACE_SHARED"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-config"))
    monkeypatch.setenv("HOME", str(tmp_path))


def run(*words: str, stdin: bytes | None = None) -> Result:
    """One command in this process."""
    return CliRunner().invoke(cli, words, input=stdin)


def run_apart(*words: str | bytes) -> "subprocess.CompletedProcess[bytes]":
    """One command in its own process, as a shell runs it."""
    command = [sys.executable, "-m", "pos_trace", *words]
    return subprocess.run(command, capture_output=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (EAN, 0, f"ok\tgtin\t01/0{EAN}\t\n"),
        ("9521234543214", 1, "unreadable\tgtin\t-\tbad_check_digit\n"),
        (f"01{'0' + EAN}10AB21C", 1, "ambiguous\tgs1_element_string\t-\tlost_separator\n"),
        ("00020101021163041234", 1, "not_trace_code\tpayment_qr\t-\tpayment_qr\n"),
        ("", 1, "unreadable\ttext\t-\tbad_content\n"),
    ],
)
def test_parse_tells_one_text_in_a_line_and_exits_by_it(text: str, code: int, line: str) -> None:
    result = run("parse", text)
    assert (result.exit_code, result.stdout) == (code, line)


def test_parse_json_is_one_document_with_every_name_of_the_contract() -> None:
    result = run("parse", "--json", f"]C1010{EAN}10LOT42")
    told = json.loads(result.stdout)
    assert set(told) == NAMES
    assert (result.exit_code, told["elements"], told["key"]) == (
        0,
        [["01", "0" + EAN], ["10", "LOT42"]],
        f"01/0{EAN}/10/LOT42",
    )


@pytest.mark.parametrize(
    ("lines", "code", "outcomes"),
    [
        (f"{EAN}\n(01)0{EAN}\r\n".encode(), 0, ["ok", "ok"]),
        (f"{EAN}\nxx\n{EAN}".encode(), 1, ["ok", "unreadable", "ok"]),
        (f"xx\n{EAN}\n".encode(), 1, ["unreadable", "ok"]),
        (f"{EAN}\n\n".encode(), 1, ["ok", "unreadable"]),
        (b"\xff\xfe\n\x00\n", 1, ["unreadable", "unreadable"]),
        (b"A" * 100_000 + b"\n", 1, ["unreadable"]),
        (b"", 0, []),
    ],
)
def test_parse_reads_each_line_of_its_input_and_exits_0_only_if_all_are_ok(
    lines: bytes, code: int, outcomes: list[str]
) -> None:
    result = run("parse", "-", "--json", stdin=lines)
    assert [json.loads(line)["outcome"] for line in result.stdout.splitlines()] == outcomes
    assert result.exit_code == code
    assert len(run("parse", "-", stdin=lines).stdout.splitlines()) == len(outcomes)


def test_parse_answers_a_line_before_the_next_one_comes() -> None:
    command = [sys.executable, "-m", "pos_trace", "parse", "-", "--json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text, outcome in ((EAN, "ok"), ("xx", "unreadable")):
            process.stdin.write(text.encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["outcome"] == outcome
        process.stdin.close()
        assert process.wait(60) == 1


def test_parse_takes_an_argument_that_is_no_utf_8() -> None:
    done = run_apart("parse", "--json", b"\xff\xfe")
    assert (done.returncode, json.loads(done.stdout)["raw"], done.stderr) == (1, "\ufffd\ufffd", b"")


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of a province that knows one lot; look-ups leave it as it is."""
    path = _made(tmp_path_factory.mktemp("province"), "province")
    with open_node(path) as node:
        now = datetime.now(UTC)
        register.put_facility(node, officer(node), FACILITY, now)
        register.put_lots(node, officer(node), [LOT], now)
    return path


def _made(folder: Path, role: str) -> Path:
    result = run("init", "--yes", "--json", "--role", role, str(folder / role))
    return Path(json.loads(result.stdout)["config"])


def test_parse_uses_the_rules_of_the_configuration_it_is_given(tmp_path: Path) -> None:
    config = str(_made(tmp_path, "station"))
    for text, reason in (("https://verigoods.vn/x", "foreign_page"), ("https://la.example/x", "unknown_url")):
        assert json.loads(run("parse", "--config", config, "--json", text).stdout)["reason"] == reason
    assert json.loads(run("parse", "--json", "https://verigoods.vn/x").stdout)["reason"] == "unknown_url"


@pytest.mark.parametrize("command", ["parse", "verify"])
def test_a_configuration_that_is_not_there_is_wrong_use(command: str, tmp_path: Path) -> None:
    done = run_apart(command, "--config", str(tmp_path / "none.toml"), EAN)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"none.toml" in done.stderr


@pytest.mark.parametrize("words", [("parse",), ("parse", "a", "b"), ("decode",), ("verify",), ("decode", "/none.png")])
def test_wrong_use_exits_2_with_nothing_on_stdout(words: tuple[str, ...]) -> None:
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize("command", ["parse", "decode", "verify"])
def test_every_command_takes_help(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "--json" in result.stdout


def _verified(config: Path, text: str) -> tuple[int, dict[str, Any]]:
    result = run("verify", "--config", str(config), "--json", text)
    told: dict[str, Any] = json.loads(result.stdout)
    return result.exit_code, told


def test_verify_judges_by_the_records_of_this_node(province: Path) -> None:
    code, told = _verified(province, f"https://txng.quangngai.example/{KEY}")
    assert (code, told["code"]["key"], told["goods_name"]) == (0, KEY, LOT["product_name"])
    assert (told["verdict"]["status"], told["verdict"]["word"]) == ("verified", "KHỚP HỒ SƠ")
    assert told["verdict"]["judgements"]["record"] == "match"
    line = run("verify", "--config", str(province), f"(01){KEY[3:17]}(10)MD2611-07")
    assert (line.exit_code, line.stdout) == (0, "KHỚP HỒ SƠ\n")


def test_verify_judges_goods_no_record_names(province: Path) -> None:
    code, told = _verified(province, f"(01)0{EAN}(10)LOT42")
    assert (code, told["code"]["key"], told["goods_name"]) == (0, f"01/0{EAN}/10/LOT42", None)
    assert told["verdict"]["judgements"]["code"] == "valid"
    assert told["verdict"]["status"] != "verified"


@pytest.mark.parametrize("stalls", [0, 1])
def test_verify_at_a_station_asks_for_no_stall(stalls: int, tmp_path: Path) -> None:
    config = _made(tmp_path, "station")
    with open_node(config) as node:
        for number in range(stalls):
            admin = node.machine("setup")
            places.add_stall(node, admin, f"A-{number}", "Sạp (mẫu)", None, "phường Kon Tum", None, datetime.now(UTC))
    code, told = _verified(config, EAN)
    assert (code, told["verdict"]["word"], told["scan"]) == (0, "CHƯA KIỂM TRA ĐƯỢC", None)


@pytest.mark.parametrize(("text", "reason"), [("xx", "unknown_code"), ("9521234543214", "bad_check_digit")])
def test_verify_of_what_is_no_code_says_what_to_do_and_exits_1(province: Path, text: str, reason: str) -> None:
    code, told = _verified(province, text)
    assert (code, told["code"]["reason"], told["verdict"]) == (1, reason, None)
    assert told["message"]["next"]
    line = run("verify", "--config", str(province), text)
    assert (line.exit_code, line.stdout) == (1, told["message"]["text"] + "\n")


def test_verify_leaves_nothing_behind(province: Path) -> None:
    from sqlalchemy import func, select

    from pos_trace.store.models import Scan

    _verified(province, EAN)
    with open_node(province) as node, node.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == 0
