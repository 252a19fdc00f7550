"""``pos-trace doctor``: looks at everything a node leans on and says what to do about what is wrong."""

import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import func, select

from pos_trace.cli.options import config_option, json_option, load_settings, open_node, show_json
from pos_trace.cli.people import now as utc_now
from pos_trace.hardware import zbar
from pos_trace.services.node import Node
from pos_trace.settings import Settings
from pos_trace.store import migrations
from pos_trace.store.models import AuditEntry, FeedCursor, Printer, Stall

Finding = tuple[str, bool, str]
LEAST_FREE = 0.10
CLOCK_SLACK = timedelta(minutes=2)


@click.command()
@config_option
@json_option
def doctor(config: Path | None, as_json: bool) -> None:
    """Khám máy: cấu hình, cơ sở dữ liệu, đĩa, máy in, tỉnh, bộ đọc ảnh."""
    settings = load_settings(config)
    with open_node(config) as node:
        found = [finding for look in LOOKS[node.role] for finding in look(settings, node)]
    if as_json:
        show_json([{"what": what, "ok": ok, "say": say} for what, ok, say in found])
    else:
        for what, ok, say in found:
            click.echo(f"{'tốt ' if ok else 'XEM '} {what}: {say}")
    sys.exit(0 if all(ok for _, ok, _ in found) else 1)


def _database(settings: Settings, node: Node) -> Iterator[Finding]:
    current, head = migrations.current(node.db), migrations.head()
    yield "cơ sở dữ liệu", current == head, f"phiên bản {current}" if current == head else "chạy lại pos-trace run"
    warning = node.db.sqlite_version_warning()
    yield "SQLite", warning is None, warning or "không thuộc các bản có lỗi WAL"


def _disk(settings: Settings, node: Node) -> Iterator[Finding]:
    use = shutil.disk_usage(settings.node.data_dir)
    free = use.free / use.total
    yield "đĩa", free >= LEAST_FREE, f"còn {free:.0%}" + ("" if free >= LEAST_FREE else "; dọn bớt, ảnh sẽ bị từ chối")


def _public(settings: Settings, node: Node) -> Iterator[Finding]:
    good = settings.public.base_url
    yield "địa chỉ trang truy xuất", bool(good), good or "chưa có public.base_url: phiếu in ra sẽ không có mã QR"


def _places(settings: Settings, node: Node) -> Iterator[Finding]:
    with node.db.read() as session:
        without = [s.number for s in session.scalars(select(Stall).where(Stall.gln.is_(None)))]
    yield "mã địa điểm của sạp", not without, f"thiếu ở sạp {', '.join(without)}" if without else "đủ"


def _printers(settings: Settings, node: Node) -> Iterator[Finding]:
    with node.db.read() as session:
        printers = [f"{p.name} ({p.transport})" for p in session.scalars(select(Printer))]
    yield "máy in", bool(printers), ", ".join(printers) or "chưa có máy in nào: pos-trace printer add"


def _clock(settings: Settings, node: Node) -> Iterator[Finding]:
    """The last thing written lies in the future: the clock was set back since."""
    with node.db.read() as session:
        last = session.scalar(select(func.max(AuditEntry.created_at)))
    now = utc_now()
    good = last is None or last <= now + CLOCK_SLACK
    yield "đồng hồ", good, f"{now:%d/%m/%Y %H:%M} UTC" + ("" if good else f"; lần ghi cuối {last}: chỉnh lại giờ máy")


def _province(settings: Settings, node: Node) -> Iterator[Finding]:
    with node.db.read() as session:
        feed = session.scalars(select(FeedCursor).where(FeedCursor.name == "changes")).first()
    answered = feed.answered_at if feed else None
    yield "hệ thống của tỉnh", answered is not None, f"trả lời lúc {answered}" if answered else "chưa trả lời lần nào"


def _decoders(settings: Settings, node: Node) -> Iterator[Finding]:
    both = zbar.available()
    yield "bộ đọc ảnh", both, "zxing-cpp và zbar" if both else "thiếu libzbar0: chỉ có zxing-cpp"


Look = Callable[[Settings, Node], Iterator[Finding]]
BOTH: tuple[Look, ...] = (_database, _disk, _clock, _public, _places)
LOOKS: dict[str, tuple[Look, ...]] = {"station": (*BOTH, _printers, _province, _decoders), "province": BOTH}
