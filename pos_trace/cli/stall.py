"""``stall``: a market's stalls one by one or by the sheet, their phones' cards, their keys."""

import sys
from datetime import date, datetime
from pathlib import Path

import click

from pos_trace.cli.options import config_option, json_option, load_settings, open_node, progress_bar, show_json
from pos_trace.cli.people import now, tell
from pos_trace.forms import qr_cards, stall_sheet
from pos_trace.services import enrolling_stalls, market, places
from pos_trace.services.node import LOCAL_ZONE, Answer, Node

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.group()
def stall() -> None:
    """Sạp: thêm lẻ hoặc theo bảng Excel, thẻ đăng ký điện thoại, khóa API."""


@stall.command("add")
@click.argument("number")
@click.option("--name", required=True, help="Tên như trên biển.")
@click.option("--gln", help="Mã địa điểm, 13 chữ số.")
@click.option("--commune", default="", help="Xã, phường.")
@click.option("--golive", type=click.DateTime(["%Y-%m-%d"]), help="Ngày bắt đầu dùng; mặc định: hôm nay.")
@config_option
@json_option
def add_stall(
    number: str, name: str, gln: str | None, commune: str, golive: datetime | None, config: Path | None, as_json: bool
) -> None:
    """Thêm một sạp."""
    day: date = golive.date() if golive else now().astimezone(LOCAL_ZONE).date()
    with open_node(config) as node:
        tell(places.add_stall(node, node.machine("cli"), number, name, gln, commune, day, now()), as_json)


@stall.command("list")
@config_option
@json_option
def list_stalls(config: Path | None, as_json: bool) -> None:
    """Các sạp của chợ: số máy, chuyến hôm nay, ngày hết tập dùng."""
    with open_node(config) as node:
        told = market.stalls(node, now())
    if as_json:
        show_json(told)
        return
    for row in told["stalls"]:
        until = f"  tập dùng đến {row['practice_until']}" if row["practising"] else ""
        click.echo(f"{row['number']}  {row['name']}  {row['gln'] or '–'}  {row['devices']} máy{until}")


@stall.command("template")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Ghi đè tệp đã có.")
@config_option
@json_option
def template(out: Path, force: bool, config: Path | None, as_json: bool) -> None:
    """Bảng Excel mẫu để ghi danh sách sạp."""
    _free(out, force)
    with open_node(config) as node:
        day = now().astimezone(node.zone).date()
        out.write_bytes(stall_sheet.template(node.policy.goods, day))
    tell({"file": str(out)}, as_json)


@stall.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--bad", type=click.Path(dir_okay=False, path_type=Path), help="Dòng lỗi ghi ra đây; mặc định: cạnh FILE."
)
@click.option("--cards", "out", type=click.Path(dir_okay=False, path_type=Path), help="In luôn thẻ QR ra tệp PDF này.")
@click.option("--url", help="Địa chỉ máy của chợ, in vào mã QR; mặc định: theo cấu hình.")
@config_option
@json_option
def import_stalls(
    file: Path, bad: Path | None, out: Path | None, url: str | None, config: Path | None, as_json: bool
) -> None:
    """Thêm sạp từ bảng Excel: dòng đúng được ghi, dòng sai ghi ra tệp riêng để sửa; chạy lại không thêm hai lần."""
    address = _address(url, config) if out else ""
    with open_node(config) as node:
        sheet = stall_sheet.read(file.read_bytes(), node.policy.goods)
        told = enrolling_stalls.enrol(node, node.machine("cli"), sheet.rows, now())
        told, left = stall_sheet.report(sheet, told)
        if left:
            bad = bad or file.with_name(f"{file.stem}-can-sua.xlsx")
            bad.write_bytes(left)
        told |= {"bad_file": str(bad) if left else None, "cards_file": str(out) if out else None}
        if out:
            told["cards"] = _make_cards(node, None, address, out, False, as_json)
    if as_json:
        show_json(told)
    else:
        _report(told)
    sys.exit(1 if told["errors"] else 0)


@stall.command("cards")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("numbers", nargs=-1)
@click.option("--url", help="Địa chỉ máy của chợ, in vào mã QR; mặc định: theo cấu hình.")
@click.option("--reset-pin", is_flag=True, help="Mã PIN mới cho mọi chủ sạp trên thẻ.")
@click.option("--force", is_flag=True, help="Ghi đè tệp đã có.")
@config_option
@json_option
def make_cards(
    out: Path,
    numbers: tuple[str, ...],
    url: str | None,
    reset_pin: bool,
    force: bool,
    config: Path | None,
    as_json: bool,
) -> None:
    """Thẻ QR (PDF A4, 8 thẻ một trang) cho NUMBERS; không ghi NUMBERS: mọi sạp chưa có máy nào."""
    _free(out, force)
    address = _address(url, config)
    with open_node(config) as node:
        count = _make_cards(node, numbers or None, address, out, reset_pin, as_json)
    tell({"file": str(out), "cards": count}, as_json)


def _make_cards(node: Node, numbers: tuple[str, ...] | None, url: str, out: Path, reset: bool, quiet: bool) -> int:
    with progress_bar("Mã PIN và mã đăng ký", quiet) as step:
        told = enrolling_stalls.cards(node, node.machine("cli"), numbers, now(), reset=reset, step=step)
    with progress_bar("Vẽ thẻ", quiet) as step:
        out.touch(mode=0o600)  # PINs stand in it
        out.write_bytes(qr_cards.draw(told["site"], cards_of(told, url), step))
    return len(told["cards"])


def cards_of(told: Answer, url: str) -> list[qr_cards.Card]:
    """The answer of ``enrolling_stalls.cards`` as cards whose QR opens ``url``."""
    until = datetime.fromisoformat(told["until"]).astimezone(LOCAL_ZONE).strftime("%d/%m/%Y")
    return [qr_cards.Card(**row, url=f"{url}/enrol?code={row['code']}", until=until) for row in told["cards"]]


def _free(out: Path, force: bool) -> None:
    if out.exists() and not force:
        raise click.UsageError(f"Đã có tệp {out}. Thêm --force để ghi đè.")


def _address(url: str | None, config: Path | None) -> str:
    told = load_settings(config).server
    if url is None and told.host in (*LOOPBACK, "0.0.0.0"):  # noqa: S104 – compared, not bound
        raise click.UsageError("Điện thoại không mở được địa chỉ của máy này: thêm --url http://ĐỊA_CHỈ_MÁY:CỔNG.")
    return (url or f"http://{told.host}:{told.port}").rstrip("/")


def _report(told: Answer) -> None:
    counts = {state: sum(row["state"] == state for row in told["stalls"]) for state in ("mới", "đã sửa", "đã có")}
    click.echo(", ".join(f"{state}: {count}" for state, count in counts.items()))
    for error in told["errors"]:
        click.echo(f"dòng {error['line']}, cột {error['column']}: cần {error['expected']}")
    for title in told["ignored"]:
        click.echo(f"cột không dùng: {title}")
    for name, words in (("bad_file", "dòng cần sửa"), ("cards_file", "thẻ QR")):
        if told[name]:
            click.echo(f"{words}: {told[name]}")


@stall.command("card")
@click.argument("number")
@config_option
@json_option
def card(number: str, config: Path | None, as_json: bool) -> None:
    """Mã dùng một lần để đăng ký một điện thoại cho sạp."""
    with open_node(config) as node:
        stall_id = places.stall_by_number(node, number)["id"]
        tell(places.device_code(node, node.machine("cli"), stall_id, now()), as_json)


@stall.command("key")
@click.argument("number")
@click.option("--name", default="api", help="Tên của khóa.")
@config_option
@json_option
def key(number: str, name: str, config: Path | None, as_json: bool) -> None:
    """Khóa API cho mọi việc của một sạp (chỉ hiện một lần)."""
    with open_node(config) as node:
        stall_id = places.stall_by_number(node, number)["id"]
        tell(places.stall_key(node, node.machine("cli"), stall_id, name, now()), as_json)
