"""``records publish | import | stats | sync`` as typed: a province's file carried to a station on a stick."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pos_trace.cli.options import open_node
from pos_trace.services import enrolment, register
from pos_trace.services.node import Node
from tests.cli.terminal import Terminal
from tests.services.two_nodes import FACILITY, KEY, LOT, officer

NOW = datetime.now(UTC)


@contextmanager
def opened(config: Path) -> Iterator[Node]:
    with open_node(config) as node:
        yield node


@pytest.fixture
def published(terminal: Terminal, province: Path, tmp_path: Path) -> tuple[Path, str]:
    """A file of one lot, and the public key it is signed with."""
    with opened(province) as node:
        register.put_facility(node, officer(node), FACILITY, NOW)
        register.put_lots(node, officer(node), [LOT], NOW)
        key = enrolment.public_key(node)
    out = tmp_path / "stick.zip"
    said = terminal.run("records", "publish", out, "--json", "--config", province)
    assert (said.code, said.document["lots"], said.document["path"]) == (0, 1, str(out))
    return out, key


def trusting(config: Path, key: str, more: str = "") -> None:
    text = config.read_text("utf-8")
    config.write_text(text.replace("[province]", f'[province]\nkeys = ["{key}"]\n{more}'), "utf-8")


def test_a_stick_brings_the_records_to_a_station_without_a_line(
    terminal: Terminal, station: Path, published: tuple[Path, str]
) -> None:
    file, key = published
    refused = terminal.run("records", "import", file, "--config", station)
    assert (refused.code, "khóa lạ" in refused.err) == (1, True)
    trusting(station, key)
    taken = terminal.run("records", "import", file, "--json", "--config", station)
    assert (taken.code, taken.document["lots"], taken.document["refused"]) == (0, 1, 0)
    told = terminal.run("records", "stats", "--json", "--config", station).document
    assert (told["lots"], told["facilities"], told["snapshot"]["lots"]) == (1, 1, 1)
    assert told["version"] == told["snapshot"]["version"] == taken.document["version"]
    verdict = terminal.run("verify", f"https://txng.quangngai.example/{KEY}", "--json", "--config", station).document
    assert verdict["verdict"]["judgements"]["record"] == "match"
    again = terminal.run("records", "import", file, "--config", station)
    assert (again.code, "không mới hơn" in again.err) == (1, True)
    assert terminal.run("records", "stats", "--config", station).code == 0


def test_only_a_node_that_follows_nobody_publishes(terminal: Terminal, station: Path, tmp_path: Path) -> None:
    said = terminal.run("records", "publish", tmp_path / "x.zip", "--config", station)
    assert (said.code, "chỉ nút của tỉnh" in said.err) == (2, True)


def test_a_station_whose_province_is_silent_says_so_and_keeps_what_it_has(terminal: Terminal, station: Path) -> None:
    said = terminal.run("records", "sync", "--config", station)
    assert (said.code, "chưa trả lời" in said.err) == (3, True)
