"""``pos-trace demo``: both nodes and a virtual printer on loopback; ``--once`` plays the main job and stops."""

import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import click

from pos_trace.cli.options import json_option, show_json, unused_config_option


@click.command()
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Thư mục dữ liệu (mặc định: tạm).")
@click.option("--port", type=click.IntRange(0, 65534), default=8080, show_default=True, help="0: tự chọn.")
@click.option("--once", is_flag=True, help="Chạy việc chính một lần qua HTTP rồi dừng.")
@click.option("--plain", is_flag=True, help="Không dựng 30 ngày lịch sử.")
@unused_config_option
@json_option
def demo(data: Path | None, port: int, once: bool, plain: bool, as_json: bool) -> None:
    """Chạy thử: tỉnh, chợ và máy in trên máy này, với dữ liệu mẫu."""
    if once:
        _once(data, as_json)
        return
    folder = data or Path(tempfile.mkdtemp(prefix="pos-trace-demo-"))
    _serve(folder, port, plain, as_json)


def _once(data: Path | None, as_json: bool) -> None:
    from pos_trace.demo import once, setup

    folder = data or Path(tempfile.mkdtemp(prefix="pos-trace-demo-"))
    made = _prepared(folder, 0)
    try:
        setup.start(made, beats=once.QUICK_BEATS)
        setup.add_printer(made)
        made.station.start()
        made.write()
        told = once.play_once(made, _silent if as_json else _show)
    finally:
        made.stop()
    if as_json:
        show_json(told)
    else:
        click.echo("Xong." if told["ok"] else "CHƯA ĐƯỢC: xem bước hỏng ở trên.")
    sys.exit(0 if told["ok"] else 1)


def _prepared(folder: Path, port: int) -> Any:
    from pos_trace.demo import setup

    try:
        return setup.prepare(folder, port)
    except FileExistsError as error:
        raise click.UsageError(str(error)) from None


def _silent(_: dict[str, Any]) -> None:
    """With --json nothing but the document is printed."""


def _show(step: dict[str, Any]) -> None:
    mark = "✓" if step["ok"] else "✕"
    click.echo(f"{mark} {step['name']:<30} {step['ms']:>6} ms  {step['detail']}")


def _serve(folder: Path, port: int, plain: bool, as_json: bool) -> None:
    from pos_trace.demo import seed, setup

    made = _prepared(folder, port)
    done = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: done.set())
    try:
        setup.start(made)
        if plain:
            setup.add_printer(made)
        else:
            seed.play(made, quiet=as_json or not sys.stderr.isatty())
        made.station.start()
        made.write()
        if as_json:
            show_json(made.facts)
        else:
            _addresses(made.facts, folder)
        sys.stdout.flush()
        done.wait()
    except KeyboardInterrupt:
        click.echo("Đang dừng…", err=True)
    finally:
        made.stop()


def _addresses(facts: dict[str, Any], folder: Path) -> None:
    station, province = facts["station"], facts["province"]
    click.echo(f"\nDỮ LIỆU MẪU – KHÔNG CÓ GIÁ TRỊ\n\nChợ (station):  {station['url']}/")
    for role, user in station["users"].items():
        click.echo(f"  {role:<12} {user['login']:<18} {user.get('pin') or user.get('password')}")
    click.echo(f"  Đăng ký điện thoại cho sạp: {station['url']}/enrol?code={station['enrol_code']}")
    click.echo(f"Tỉnh (province): {province['url']}/")
    for role, user in province["users"].items():
        click.echo(f"  {role:<16} {user['login']:<16} {user['password']}")
    click.echo(f"Máy in mẫu: {facts['printer']['spool_dir']}\nKhóa và mã: {folder / 'demo.json'}")
    click.echo("Nên thử:")
    for url, what in _screens(station["url"], province["url"]):
        click.echo(f"  {url:<46} {what}")
    click.echo("Ctrl-C để dừng.")


def _screens(station: str, province: str) -> tuple[tuple[str, str], ...]:
    """Screens to look at first, each with who sees it and what there is to try."""
    return (
        (f"{station}/nhan-hang", "người nhận hàng: quét, trả lại một phần, giấy đến sau"),
        (f"{station}/giao-hang", "bán cho bạn hàng: phiếu giao hàng có mã, quét một lần là nhận"),
        (f"{station}/kho-hang", "kho của sạp: tách, gộp, đóng gói lại, hết lô"),
        (f"{station}/chu-sap", "chủ sạp: dữ liệu nào đã gửi đi, ai đã xem, tải sổ"),
        (f"{station}/cho", "ban quản lý (PIN 4444): sổ cổng, thu hồi, thẻ QR của sạp"),
        (f"{province}/ban-kiem-tra", "cán bộ: vụ việc, gộp nhóm; inspector-2 duyệt điều inspector đề xuất"),
    )
