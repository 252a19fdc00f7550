"""``doctor``: what is wrong with printers, the province and the outbox, and what to do about each."""

import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pos_trace.cli.options import open_node
from pos_trace.store.models import Enrolment, FeedCursor, OutboxMessage
from tests.cli.terminal import Done, Terminal

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def found(done: Done, what: str) -> tuple[bool, str]:
    return next((one["ok"], one["say"]) for one in done.document if one["what"] == what)


def add_printer(terminal: Terminal, station: Path, transport: str, address: object) -> None:
    words = ("printer", "add", "quay", "--transport", transport, "--address", address, "--config", station)
    assert terminal.run(*words).code == 0


def test_a_printer_that_listens_is_reached_and_gets_no_byte(terminal: Terminal, station: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as printer:
        printer.settimeout(10)
        add_printer(terminal, station, "tcp", f"127.0.0.1:{printer.getsockname()[1]}")
        ok, say = found(terminal.run("doctor", "--json", "--config", station), "máy in quay")
        connection, _ = printer.accept()
        with connection:
            assert connection.recv(10) == b""
    assert ok
    assert "printer test" in say


def test_a_printer_that_is_off_is_named_with_what_to_look_at(terminal: Terminal, station: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as printer:
        address = f"127.0.0.1:{printer.getsockname()[1]}"
    add_printer(terminal, station, "tcp", address)
    done = terminal.run("doctor", "--json", "--config", station)
    ok, say = found(done, "máy in quay")
    assert (done.code, ok) == (1, False)
    assert address in say
    assert "máy in đã bật" in say


def test_a_folder_printer_must_be_writable(terminal: Terminal, station: Path, tmp_path: Path) -> None:
    add_printer(terminal, station, "file", tmp_path / "giay" / "moi")
    assert found(terminal.run("doctor", "--json", "--config", station), "máy in quay")[0]
    (tmp_path / "giay").write_text("a file where the folder should be", encoding="ascii")
    ok, say = found(terminal.run("doctor", "--json", "--config", station), "máy in quay")
    assert (ok, "không ghi được" in say) == (False, True)


def test_a_folder_without_rights_is_told(
    terminal: Terminal, station: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked of the system, which lets root write anywhere: here it says no."""
    add_printer(terminal, station, "file", tmp_path)
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, *more: path != tmp_path and real(path, *more))
    assert found(terminal.run("doctor", "--json", "--config", station), "máy in quay")[0] is False


def test_a_station_without_a_printer_and_a_province_says_both(terminal: Terminal, station: Path) -> None:
    done = terminal.run("doctor", "--json", "--config", station)
    assert found(done, "máy in") == (False, "chưa có máy in nào: pos-trace printer add")
    ok, say = found(done, "hệ thống của tỉnh")
    assert (ok, "enrol station" in say) == (False, True)
    assert found(done, "tin gửi tỉnh") == (True, "0 đang chờ gửi")


def write_feed(station: Path, name: str, answered: datetime | None, failed: datetime | None, why: str | None) -> None:
    """The station is enrolled and its feed stands like this."""
    with open_node(station) as node, node.write(node.machine("t"), NOW) as tx:
        tx.session.add(
            Enrolment(
                site_id=node.id, id=tx.id(), created_at=NOW, station_id=node.id, province_url="http://127.0.0.1:1",
                api_key="k", province_key_id=None,
            )
        )  # fmt: skip
        row = FeedCursor(site_id=node.id, id=tx.id(), created_at=NOW, name=name, cursor=1)
        row.answered_at, row.failed_at, row.failure = answered, failed, why
        tx.session.add(row)


@pytest.mark.parametrize(("name", "what"), [("changes", "hồ sơ của tỉnh"), ("case_events", "tin về vụ việc")])
@pytest.mark.parametrize(
    ("answered", "failure", "ok", "said"),
    [
        (NOW, None, True, "trả lời lúc 24/11/2026 02:00"),
        (NOW, "offline", False, "mất mạng"),
        (NOW, "province_silent", False, "tỉnh chưa trả lời"),
        (None, "offline", False, "chưa trả lời lần nào"),
        (NOW, "wrong_schema: version", False, "wrong_schema: version"),
        (NOW, "broken_chain", False, "broken_chain"),
        (None, None, False, "pos-trace run"),
    ],
)
def test_a_feed_that_fails_says_since_when_why_and_what_to_do(
    terminal: Terminal, station: Path, name: str, what: str, answered: datetime | None, failure: str | None, ok: bool,
    said: str,
) -> None:  # fmt: skip
    write_feed(station, name, answered, NOW + timedelta(hours=1) if failure else None, failure)
    good, say = found(terminal.run("doctor", "--json", "--config", station), what)
    assert (good, said in say) == (ok, True), say
    if failure:
        assert "hỏng lúc 24/11/2026 03:00" in say


@pytest.mark.parametrize(("failure", "said"), [("not_offered", "đang tắt"), ("no_new_file", "chưa có tệp mới")])
def test_a_part_nobody_offers_is_no_fault(terminal: Terminal, station: Path, failure: str, said: str) -> None:
    write_feed(station, "changes", NOW, NOW, failure)
    good, say = found(terminal.run("doctor", "--json", "--config", station), "hồ sơ của tỉnh")
    assert (good, said in say) == (True, True), say


def test_further_sources_are_looked_at_for_their_keys_and_folders(
    terminal: Terminal, station: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = (
        ("A", 'kind = "file_drop"\nfolder = "/khong/co"'),
        ("B", 'kind = "gs1_resolver"\nbase_url = "https://id.gs1.example"'),
        ("C", 'kind = "epcis_query"\nbase_url = "https://e.example"\nauth = {kind = "header", secret_env = "KHOA_C"}'),
    )
    text = "".join(f'\n[[sources]]\nname = "{name}"\n{more}\n' for name, more in rows)
    station.write_text(station.read_text("utf-8") + text, "utf-8")
    done = terminal.run("doctor", "--json", "--config", station)
    assert found(done, "nguồn A") == (False, "không dùng được /khong/co")
    assert found(done, "nguồn B") == (True, "https://id.gs1.example; hỏi thử: pos-trace province check")
    assert found(done, "nguồn C") == (False, "thiếu khóa: KHOA_C")
    assert [one["what"] for one in done.document if one["what"] == "hệ thống của tỉnh"] == []  # none has to be enrolled
    monkeypatch.setenv("KHOA_C", "khoa")
    assert found(terminal.run("doctor", "--json", "--config", station), "nguồn C")[0]


@pytest.mark.parametrize(
    ("state", "ok", "said"),
    [
        ("pending", True, "1 đang chờ gửi"),
        ("done", True, "0 đang chờ gửi"),
        ("parked", False, "1 tạm dừng vì tỉnh không nhận khóa: xin mã mới"),
        ("dead", False, "1 bị nơi nhận từ chối"),
    ],
)
def test_messages_that_are_stuck_are_counted_with_what_to_do(
    terminal: Terminal, station: Path, state: str, ok: bool, said: str
) -> None:
    with open_node(station) as node, node.write(node.machine("t"), NOW) as tx:
        row = OutboxMessage(site_id=node.id, id=tx.id(), created_at=NOW, destination="department", kind="sighting")
        row.group_key, row.seq, row.body, row.sha256, row.state, row.next_at = "g", 1, b"{}", "0" * 64, state, NOW
        tx.session.add(row)
    good, say = found(terminal.run("doctor", "--json", "--config", station), "tin gửi tỉnh")
    assert (good, said in say) == (ok, True), say
