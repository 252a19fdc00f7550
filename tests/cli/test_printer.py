"""``pos-trace printer``: list, add, test and render, as a person at the office uses them."""

import json

import pytest
from click.testing import CliRunner
from PIL import Image
from sqlalchemy import update

from pos_trace.cli import cli
from pos_trace.cli.options import open_node
from pos_trace.core.errors import Misconfigured, NotFound, Unavailable
from pos_trace.hardware import status
from pos_trace.hardware.drawing import draw_and_encode
from pos_trace.hardware.picture import render
from pos_trace.store.models import Printer
from tests.hardware.fake_printer import OUT_OF_PAPER_NOW, FakePrinter, silent
from tests.hardware.papers import NARROW, TRACE, WIDE, by_zbar, receipt

CONFIG = """
[node]
role = "station"
id = "cho-kon-tum"
data_dir = "{folder}"
demo = true
"""


@pytest.fixture
def config(tmp_path):
    """The configuration of a fresh station."""
    path = tmp_path / "station.toml"
    path.write_text(CONFIG.format(folder=tmp_path / "data"), encoding="utf-8")
    return path


def run(*words):
    """One command in this process; our own refusals come out as themselves."""
    result = CliRunner().invoke(cli, ["printer", *map(str, words)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def add(config, name, address, transport="file", *more):
    return run("add", name, "--transport", transport, "--address", address, "--config", config, *more)


def test_a_fresh_station_has_no_printer(config):
    assert run("list", "--config", config).stdout == "Chưa có máy in.\n"
    assert json.loads(run("list", "--json", "--config", config).stdout) == []


def test_printers_are_listed_with_words_for_their_state(config, tmp_path):
    assert add(config, "Quầy 1", tmp_path / "giấy").exit_code == 0
    (told,) = json.loads(run("list", "--json", "--config", config).stdout)
    assert (told["name"], told["preset"], told["status"], told["status_text"]) == (
        "Quầy 1", "generic-80", 100, "Sẵn sàng"
    )  # fmt: skip
    assert run("list", "--config", config).stdout == f"Quầy 1\tgeneric-80\tfile {tmp_path / 'giấy'}\tSẵn sàng\n"


@pytest.mark.parametrize("code", [*status.WORDS, 999])
def test_every_state_is_told_in_words(config, code):
    add(config, "Quầy 1", "127.0.0.1:9100", "tcp")
    with open_node(config) as node, node.db.write() as session:
        session.execute(update(Printer).values(status=code))
    (told,) = json.loads(run("list", "--json", "--config", config).stdout)
    assert told["status_text"] == status.WORDS.get(code, "Chưa rõ tình trạng máy in")


@pytest.mark.parametrize(
    ("words", "code"),
    [(["--preset", "generic-99"], "unknown_printer"), (["--transport", "tcp", "--address", "a:b"], "bad_address")],
)
def test_a_printer_that_could_never_print_is_not_added(config, words, code):
    with pytest.raises(Misconfigured) as refused:
        add(config, "Quầy 1", "x", "file", *words)
    assert refused.value.code == code
    assert json.loads(run("list", "--json", "--config", config).stdout) == []


def test_a_test_slip_comes_out_of_a_folder_and_shows_the_letters(config, tmp_path):
    add(config, "Quầy 1", tmp_path / "giấy")
    result = run("test", "Quầy 1", "--config", config)
    assert (result.exit_code, result.stdout) == (0, "Đã in.\n")
    (paper,) = (tmp_path / "giấy").iterdir()
    shown = render(paper.read_bytes())
    assert (shown.unknown, len(shown.cuts)) == ((), 1)
    assert shown.image.height > 300


@pytest.mark.parametrize(
    ("printer", "code", "outcome", "text"),
    [
        ({}, 0, "confirmed", "Đã in."),
        ({"greeting": OUT_OF_PAPER_NOW}, 3, "failed", "Chưa in được: Hết giấy"),
        ({"answer": silent, "reset_after": 40_000}, 1, "sent_unconfirmed", "Đã gửi; máy in chưa xác nhận – xem giấy."),
    ],
)
def test_a_test_slip_over_tcp_says_what_the_printer_said(config, printer, code, outcome, text):
    with FakePrinter(**printer) as fake:
        add(config, "Quầy 1", fake.address, "tcp")
        result = run("test", "Quầy 1", "--json", "--config", config)
    told = json.loads(result.stdout)
    assert (result.exit_code, told["outcome"], told["text"], told["printer"]) == (code, outcome, text, "Quầy 1")
    assert (told["bytes"] > 0) is (outcome != "failed")


def test_a_printer_nobody_has_is_named_in_the_refusal(config):
    with pytest.raises(NotFound, match="Quầy 9"):
        run("test", "Quầy 9", "--config", config)


@pytest.mark.parametrize("paper", [NARROW, WIDE], ids=lambda paper: paper.name)
def test_render_turns_bytes_into_the_picture_of_their_paper(tmp_path, paper):
    stream, out = tmp_path / "job.bin", tmp_path / "paper.png"
    stream.write_bytes(draw_and_encode(receipt(), paper))
    result = run("render", stream, out, "--dots", paper.dots)
    assert result.exit_code == 0
    with Image.open(out) as image:
        assert image.format == "PNG"
        assert image.width == paper.dots
        assert by_zbar(image) == [TRACE]
        assert result.stdout == f"{out}: {image.width}×{image.height} điểm, {int(paper.cutter)} lần cắt\n"


def test_render_tells_unknown_commands_and_exits_1(tmp_path):
    stream, out = tmp_path / "job.bin", tmp_path / "paper.png"
    stream.write_bytes(b"\x1b@\x1bZ\n\x1dV\x00")
    result = run("render", stream, out)
    assert result.exit_code == 1
    assert "lệnh lạ tại byte 2: 1b 5a" in result.stderr
    told = run("render", stream, out, "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout) == {
        "file": str(out), "width": 576, "height": 30, "cuts": [30], "unknown": [{"offset": 2, "hex": "1b 5a"}]
    }  # fmt: skip


@pytest.mark.parametrize("name", ["paper", "paper.xyz"])
def test_render_writes_a_png_whatever_its_name(tmp_path, name):
    stream, out = tmp_path / "job.bin", tmp_path / name
    stream.write_bytes(b"\n")
    assert run("render", stream, out).exit_code == 0
    with Image.open(out) as image:
        assert image.format == "PNG"


@pytest.mark.parametrize(("stream", "more"), [("none.bin", ()), ("job.bin", ("--dots", "7")), (".", ())])
def test_render_of_what_is_no_stream_is_wrong_use(tmp_path, stream, more):
    (tmp_path / "job.bin").write_bytes(b"\n")
    result = run("render", tmp_path / stream, tmp_path / "o.png", *more)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


def test_render_says_when_the_picture_cannot_be_written(tmp_path):
    (tmp_path / "job.bin").write_bytes(b"\n")
    with pytest.raises(Unavailable, match="none"):
        run("render", tmp_path / "job.bin", tmp_path / "none" / "o.png")


@pytest.mark.parametrize("base", ["", "https://truyxuat.example"])
def test_the_doctor_says_that_papers_have_no_code_without_a_public_address(config, base):
    with config.open("a", encoding="utf-8") as file:
        file.write(f'[public]\nbase_url = "{base}"\n')
    looked = CliRunner().invoke(cli, ["doctor", "--json", "--config", str(config)])
    (told,) = [look for look in json.loads(looked.stdout) if look["what"] == "địa chỉ trang truy xuất"]
    assert told["ok"] is bool(base)
    assert ("không có mã QR" in told["say"]) is not bool(base)


@pytest.mark.parametrize("command", ["list", "add", "test", "render"])
def test_every_command_takes_help(command):
    assert "--json" in run(command, "--help").stdout
