"""Every command, found by walking the tree: ``--help`` and ``--config`` on each, one document with ``--json``."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from pos_trace.cli import cli
from pos_trace.demo.parts import label_picture
from tests.cli.terminal import Terminal

CABBAGE = "(01)09521234600053(10)MD2611-07"


def leaves(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command of the tree with its words."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from leaves(command, (*before, name))
        else:
            yield (*before, name), command


LEAVES = dict(leaves(cli))
GROUPS = sorted({words[:1] for words in LEAVES if len(words) > 1})


@pytest.mark.parametrize("words", [(), *GROUPS, *LEAVES], ids=" ".join)
def test_every_command_tells_what_it_does(terminal: Terminal, words: tuple[str, ...]) -> None:
    for flag in ("--help", "-h"):
        done = terminal.run(*words, flag)
        assert (done.code, done.err) == (0, "")
        assert "Usage:" in done.out


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_command_takes_config_and_json(words: tuple[str, ...]) -> None:
    told = {option for parameter in LEAVES[words].params for option in parameter.opts}
    assert {"--config", "--json"} <= told
    assert LEAVES[words].help


def plain(folder: Path) -> dict[tuple[str, ...], tuple[list[object], tuple[int, ...]]]:
    """command → (its words at a station, exit codes that are an answer)."""
    picture, stream = folder / "tem.png", folder / "job.bin"
    picture.write_bytes(label_picture(CABBAGE))
    stream.write_bytes(b"\x1b@Xin chao\n\x1dV\x00")
    copy, sheet = folder / "copy.db", folder / "sap.xlsx"
    return {
        ("parse",): ([CABBAGE], (0,)),
        ("decode",): ([picture], (0,)),
        ("verify",): ([CABBAGE], (0, 1)),
        ("doctor",): ([], (0, 1)),
        ("records", "stats"): ([], (0,)),
        ("province", "show"): ([], (0,)),
        ("province", "check"): ([], (1,)),
        ("printer", "add"): (["quay", "--transport", "file", "--address", folder / "giay"], (0,)),
        ("printer", "list"): ([], (0,)),
        ("printer", "test"): (["quay"], (0,)),
        ("printer", "render"): ([stream, folder / "giay.png"], (0,)),
        ("site", "set"): (["--name", "Chợ (mẫu)"], (0,)),
        ("user", "add"): (["hoa", "--name", "Hoa", "--role", "receiver", "--stall", "A-12", "--secret", "2468"], (0,)),
        ("stall", "add"): (["A-13", "--name", "Cá"], (0,)),
        ("stall", "card"): (["A-12"], (0,)),
        ("stall", "key"): (["A-12"], (0,)),
        ("stall", "list"): ([], (0,)),
        ("stall", "template"): ([sheet], (0,)),
        ("stall", "import"): ([sheet], (0, 1)),
        ("stall", "cards"): ([folder / "the.pdf", "--url", "http://10.0.0.5:8080"], (0,)),
        ("till", "add"): (["Quầy 1", "--stall", "A-12"], (0,)),
        ("audit", "verify"): ([], (0,)),
        ("audit", "bundle"): ([stream], (1,)),
        ("openapi",): ([], (0,)),
        ("backup",): ([copy], (0,)),
        ("restore",): ([copy], (0,)),
    }


def test_each_command_with_json_prints_one_document_and_nothing_else(
    terminal: Terminal, station: Path, tmp_path: Path
) -> None:
    for words, (more, codes) in plain(tmp_path).items():
        done = terminal.run(*words, *more, "--config", station, "--json")
        assert done.code in codes, f"{words}: {done.err}"
        assert done.document is not None, words


def test_a_province_and_a_station_meet_in_documents(terminal: Terminal, station: Path, province: Path) -> None:
    agency = terminal.run("agency", "add", "Sở Công Thương (mẫu)", "--config", province, "--json").document
    assert agency["id"]
    code = terminal.run("enrol", "code", "--config", province, "--json").document["code"]
    served, told = start(province)
    try:
        assert set(told) == {"url", "port", "pid", "role", "id"}
        assert (told["role"], told["pid"]) == ("province", served.pid)
        done = terminal.run("enrol", "station", code, "--url", told["url"], "--config", station, "--json")
        assert (done.code, done.err) == (0, "")
        assert done.document["station_id"]
    finally:
        served.send_signal(signal.SIGTERM)
        rest = served.communicate(timeout=30)[0]
    assert rest == ""


def start(config: Path) -> tuple["subprocess.Popen[str]", dict[str, Any]]:
    """``run --json`` in a process of its own, and the document it prints when it serves."""
    command = [sys.executable, "-m", "pos_trace", "run", "--config", str(config), "--json"]
    environment = os.environ | {"POS_TRACE_SERVER__PORT": "0"}
    served = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    assert served.stdout is not None
    text = ""
    for line in served.stdout:
        text += line
        if line.startswith("}"):
            break
    return served, json.loads(text)


def test_no_command_was_left_out_above(tmp_path: Path) -> None:
    """``demo``, ``bench`` and what ``records`` does between two nodes have tests of their own."""
    others = {("init",), ("run",), ("agency", "add"), ("enrol", "code"), ("enrol", "station"), ("demo",), ("bench",)}
    others |= {("records", name) for name in ("import", "publish", "sync")}
    assert set(plain(tmp_path)) | others == set(LEAVES)
