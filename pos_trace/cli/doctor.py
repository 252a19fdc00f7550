"""``pos-trace doctor``: looks at everything a node leans on and says what to do about what is wrong."""

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click
from sqlalchemy import func, select

from pos_trace import settings as configuration
from pos_trace.adapters.http import Http
from pos_trace.adapters.provinces.auth import Entry, NotLetIn
from pos_trace.cli.options import config_option, json_option, load_settings, open_node, show_json
from pos_trace.cli.people import now as utc_now
from pos_trace.hardware import zbar
from pos_trace.services import enrolment
from pos_trace.services.node import Node
from pos_trace.settings import Settings
from pos_trace.store import migrations
from pos_trace.store.models import AuditEntry, FeedCursor, OutboxMessage, Printer, Stall

Finding = tuple[str, bool, str]
PORT = 9100
REACH_S = 2.0
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
        printers = [(p.name, p.transport, p.address) for p in session.scalars(select(Printer).order_by(Printer.name))]
    if not printers:
        yield "máy in", False, "chưa có máy in nào: pos-trace printer add"
    for name, transport, address in printers:
        yield f"máy in {name}", *REACH[transport](address)


def _over_network(address: str) -> tuple[bool, str]:
    """Whether somebody listens there; nothing is sent, so nothing is printed."""
    parts = urlsplit(f"//{address}")
    try:
        socket.create_connection((parts.hostname or "", parts.port or PORT), REACH_S).close()
    except OSError as error:
        why = error.strerror or error
        return False, f"không nối được {address} ({why}): máy in đã bật, cùng mạng, đúng địa chỉ và cổng chưa?"
    return True, f"nối được {address}; in thử: pos-trace printer test"


def _into_folder(address: str) -> tuple[bool, str]:
    """Whether a file may be put there; a folder that is not there yet is made at the first job."""
    folder = next(place for place in (Path(address), *Path(address).absolute().parents) if place.exists())
    good = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
    return good, f"thư mục {address}" if good else f"không ghi được vào thư mục {address}: sửa quyền của {folder}"


def _nowhere(_: str) -> tuple[bool, str]:
    return True, "không in ra giấy (null)"


def _clock(settings: Settings, node: Node) -> Iterator[Finding]:
    """The last thing written lies in the future: the clock was set back since."""
    with node.db.read() as session:
        last = session.scalar(select(func.max(AuditEntry.created_at)))
    now = utc_now()
    good = last is None or last <= now + CLOCK_SLACK
    yield "đồng hồ", good, f"{now:%d/%m/%Y %H:%M} UTC" + ("" if good else f"; lần ghi cuối {last}: chỉnh lại giờ máy")


def _province(settings: Settings, node: Node) -> Iterator[Finding]:
    """Both feeds: when each answered last, and what went wrong since."""
    with node.db.read() as session:
        known = enrolment.enrolled(session, node.id) is not None or bool(settings.province.api_key.get_secret_value())
        known = known or any(source.kind != "api" for source in configuration.sources(settings))
        feeds = {feed.name: feed for feed in session.scalars(select(FeedCursor))}
    if not known:
        yield "hệ thống của tỉnh", False, "chưa đăng ký: xin mã ở tỉnh rồi chạy pos-trace enrol station MÃ --url …"
        return
    for name, what in FEEDS.items():
        yield what, *_feed(feeds.get(name))


def _sources(settings: Settings, node: Node) -> Iterator[Finding]:
    """Further systems this station asks: whether their keys and folders are here. They are asked by another command."""
    for source in configuration.sources(settings):
        if source.kind == "file_drop":
            good = source.folder is not None and os.access(source.folder, os.R_OK | os.W_OK | os.X_OK)
            yield (
                f"nguồn {source.name}",
                good,
                f"thư mục {source.folder}" if good else f"không dùng được {source.folder}",
            )
        elif source.kind != "api":
            try:
                if source.auth.kind != "none":
                    Entry(source.auth, Http(()), os.environ).secret()
            except NotLetIn as error:
                yield f"nguồn {source.name}", False, str(error)
            else:
                yield f"nguồn {source.name}", True, f"{source.base_url}; hỏi thử: pos-trace province check"


def _feed(feed: FeedCursor | None) -> tuple[bool, str]:
    answered, failed = (feed.answered_at, feed.failed_at) if feed else (None, None)
    last = f"trả lời lúc {answered:%d/%m/%Y %H:%M} UTC" if answered else "chưa trả lời lần nào"
    if feed is None or failed is None:
        return answered is not None, last if answered else f"{last}: pos-trace run đã chạy chưa?"
    if feed.failure in QUIET:
        return True, f"{last}; {QUIET[feed.failure]}"
    why = FAILURES.get(feed.failure or "", f"câu trả lời không dùng được ({feed.failure}): báo cho Sở")
    return False, f"{last}; hỏng lúc {failed:%d/%m/%Y %H:%M} UTC: {why}"


def _outbox(settings: Settings, node: Node) -> Iterator[Finding]:
    """What waits is no fault; what the other side refused is, until somebody has looked at it."""
    with node.db.read() as session:
        counts = select(OutboxMessage.state, func.count().label("number")).group_by(OutboxMessage.state)
        found = {row.state: row.number for row in session.execute(counts)}
    waiting = found.get("pending", 0) + found.get("leased", 0)
    stuck = [f"{found[state]} {words}" for state, words in STUCK.items() if found.get(state)]
    yield "tin gửi tỉnh", not stuck, "; ".join([f"{waiting} đang chờ gửi", *stuck])


def _decoders(settings: Settings, node: Node) -> Iterator[Finding]:
    both = zbar.available()
    yield "bộ đọc ảnh", both, "zxing-cpp và zbar" if both else "thiếu libzbar0: chỉ có zxing-cpp"


REACH: Final[dict[str, Callable[[str], tuple[bool, str]]]] = {
    "tcp": _over_network, "file": _into_folder, "null": _nowhere,
}  # fmt: skip
FEEDS: Final = {"changes": "hồ sơ của tỉnh", "case_events": "tin về vụ việc"}
FAILURES: Final = {
    "offline": "mất mạng: kiểm tra dây, Wi-Fi, đường Internet",
    "province_silent": "tỉnh chưa trả lời: máy tự hỏi lại; lâu quá thì gọi Sở",
}
# what a feed says of itself that is no fault
QUIET: Final = {
    "not_offered": "đang tắt: không nguồn nào có phần này",
    "no_new_file": "chưa có tệp mới trong thư mục",
}
STUCK: Final = {
    "parked": "tạm dừng vì tỉnh không nhận khóa: xin mã mới, chạy lại pos-trace enrol station",
    "dead": "bị nơi nhận từ chối: xem mục 'Dữ liệu nào đã gửi đi' của chủ sạp, gọi Sở",
}
Look = Callable[[Settings, Node], Iterator[Finding]]
BOTH: tuple[Look, ...] = (_database, _disk, _clock, _public, _places)
LOOKS: dict[str, tuple[Look, ...]] = {
    "station": (*BOTH, _printers, _province, _sources, _outbox, _decoders),
    "province": BOTH,
}
