"""``pos-trace printer``: list, print a test, turn a stream into the picture of its paper."""

import sys
from pathlib import Path

import click

from pos_trace.cli.options import config_option, json_option, open_node, show_json, unused_config_option
from pos_trace.cli.people import now, tell
from pos_trace.core.errors import Unavailable
from pos_trace.hardware import transports
from pos_trace.hardware.paper import preset
from pos_trace.services import places

TEST_NUMBER = 1


@click.group()
def printer() -> None:
    """Máy in."""


@printer.command("list")
@config_option
@json_option
def list_printers(config: Path | None, as_json: bool) -> None:
    """Máy in của nút này."""
    from pos_trace.hardware import status
    from pos_trace.services import printers

    with open_node(config) as node:
        rows = printers.listed(node)["printers"]
    rows = [row | {"status_text": status.WORDS.get(row["status"], status.WORDS[status.UNKNOWN])} for row in rows]
    if as_json:
        show_json(rows)
        return
    for row in rows:
        click.echo(f"{row['name']}\t{row['preset']}\t{row['transport']} {row['address']}\t{row['status_text']}")
    if not rows:
        click.echo("Chưa có máy in.")


@printer.command("add")
@click.argument("name")
@click.option("--preset", "model", default="generic-80", show_default=True, help="Mẫu trong config/printers.")
@click.option("--transport", type=click.Choice(list(transports.TRANSPORTS)), default="tcp", show_default=True)
@click.option("--address", required=True, help="HOST:PORT (tcp) hoặc thư mục (file).")
@click.option("--stall", "number", help="Số sạp; không ghi: máy in chung của chợ.")
@config_option
@json_option
def add_printer(
    name: str, model: str, transport: str, address: str, number: str | None, config: Path | None, as_json: bool
) -> None:
    """Thêm một máy in."""
    preset(model)
    transports.open_transport(transport, address)
    with open_node(config) as node:
        stall = places.stall_by_number(node, number)["id"] if number else None
        who = node.machine("cli")
        tell(places.add_printer(node, who, stall, name, model, transport, address, now()), as_json)


@printer.command("test")
@click.argument("name")
@config_option
@json_option
def test_print(name: str, config: Path | None, as_json: bool) -> None:
    """In một phiếu thử ra máy in NAME. Mã thoát 0: máy in xác nhận; 1: đã gửi, chưa xác nhận; 3: chưa in được."""
    from pos_trace.hardware import drawing
    from pos_trace.services import printers

    with open_node(config) as node:
        row, slip = printers.test_slip(node, name, now())
        assert node.ports.transport is not None
        data = drawing.draw_and_encode(slip, preset(row["preset"]), TEST_NUMBER)
        sent = node.ports.transport(row["transport"], row["address"]).send(data, f"test-{row['id']}")
    words = {"confirmed": "Đã in.", "sent_unconfirmed": "Đã gửi; máy in chưa xác nhận – xem giấy."}
    text = words.get(sent.outcome, f"Chưa in được: {sent.detail}")
    if as_json:
        show_json({"printer": name, "outcome": sent.outcome, "bytes": sent.bytes_sent, "text": text})
    else:
        click.echo(text)
    sys.exit({"confirmed": 0, "sent_unconfirmed": 1}.get(sent.outcome, 3))


@printer.command("render")
@click.argument("stream", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dots", type=click.IntRange(8, 4096), default=576, show_default=True, help="Bề ngang đầu in.")
@unused_config_option
@json_option
def render(stream: Path, out: Path, dots: int, as_json: bool) -> None:
    """Vẽ tờ giấy mà dòng lệnh ESC/POS trong STREAM in ra, vào ảnh OUT (.png). Mã thoát 1: có lệnh lạ."""
    from pos_trace.hardware import picture

    paper = picture.render(stream.read_bytes(), dots)
    try:
        paper.image.save(out, "PNG")
    except OSError as error:
        raise Unavailable("not_written", f"Không ghi được {out}: {error}") from None
    if as_json:
        unknown = [{"offset": command.offset, "hex": command.data[:16].hex(" ")} for command in paper.unknown]
        show_json({"file": str(out), "width": paper.image.width, "height": paper.image.height,
                   "cuts": list(paper.cuts), "unknown": unknown})  # fmt: skip
    else:
        click.echo(f"{out}: {paper.image.width}×{paper.image.height} điểm, {len(paper.cuts)} lần cắt")
        for command in paper.unknown:
            click.echo(f"lệnh lạ tại byte {command.offset}: {command.data[:16].hex(' ')}", err=True)
    sys.exit(1 if paper.unknown else 0)
