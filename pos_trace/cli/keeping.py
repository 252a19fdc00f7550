"""``backup``, ``restore``, ``audit``, ``openapi``: keeping what a node knows, and proving it untouched."""

import sys
from pathlib import Path

import click

from pos_trace.cli.options import (
    config_option,
    json_option,
    load_settings,
    open_node,
    show_json,
    unused_config_option,
)
from pos_trace.core import bundles
from pos_trace.core.errors import Conflict, Invalid
from pos_trace.store import audit as chain
from pos_trace.store import backups
from pos_trace.store.database import Database


@click.command()
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@config_option
@json_option
def backup(out: Path, config: Path | None, as_json: bool) -> None:
    """Sao cơ sở dữ liệu vào OUT (đang chạy cũng được) và kiểm tra bản sao."""
    if out.exists():
        raise click.UsageError(f"{out} đã có.")
    with open_node(config) as node:
        digest = backups.backup(node.db, out)
    if as_json:
        show_json({"file": str(out), "sha256": digest, "bytes": out.stat().st_size})
    else:
        click.echo(f"Đã sao và kiểm tra {out}. SHA-256 {digest}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@config_option
@json_option
def restore(file: Path, config: Path | None, as_json: bool) -> None:
    """Đặt bản sao FILE vào chỗ cơ sở dữ liệu; bản đang có được giữ lại bên cạnh. Dừng máy trước."""
    settings = load_settings(config)
    settings.node.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        kept = backups.restore(database, file)
    except Invalid as error:
        click.echo(error.detail, err=True)
        sys.exit(1)
    except Conflict as error:
        raise click.UsageError(error.detail) from error
    finally:
        database.close()
    if as_json:
        show_json({"database": str(database.path), "from": str(file), "kept": str(kept) if kept else None})
    else:
        click.echo(f"Đã đặt {file} vào {database.path}." + (f" Bản trước: {kept}" if kept else ""))


@click.group()
def audit() -> None:
    """Nhật ký móc xích."""


@audit.command("verify")
@click.option("--anchor", help="Mốc đã giữ ở nơi khác, dạng SỐ:SHA256; cũng phát hiện cuối nhật ký bị cắt.")
@config_option
@json_option
def verify(anchor: str | None, config: Path | None, as_json: bool) -> None:
    """Tính lại cả chuỗi; nói dòng đầu tiên bị sửa, xóa hoặc đổi chỗ."""
    known = None if anchor is None else _anchor(anchor)
    with open_node(config) as node, node.db.read() as session:
        report = chain.verify(session, node.id, known)
    if as_json:
        show_json({"ok": report.ok, "entries": report.entries, "head": report.head, "problem": report.problem})
    else:
        click.echo(f"{report.entries} dòng, {'nguyên vẹn' if report.ok else report.problem}, mốc {report.head}")
    sys.exit(0 if report.ok else 1)


@audit.command("bundle")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", help="Khóa công khai (base64) của máy phải là người ký.")
@unused_config_option
@json_option
def bundle(file: Path, key: str | None, as_json: bool) -> None:
    """Kiểm tra bộ sổ một sạp đã trình (FILE .zip): chữ ký, từng tệp, không thừa không thiếu."""
    report = bundles.verify(file.read_bytes(), key)
    told = report.manifest
    if as_json:
        show_json({"ok": report.ok, "problem": report.problem, "public_key": report.public_key, "manifest": told})
    elif report.ok:
        click.echo(f"Bộ sổ nguyên vẹn: {told.get('stall')}, lập {told.get('made_at')}, trình {told.get('shown_to')}.")
        click.echo(f"Khóa đã ký: {report.public_key}")
    else:
        click.echo(f"Bộ sổ không dùng được: {report.problem}.")
    sys.exit(0 if report.ok else 1)


def _anchor(text: str) -> tuple[int, str]:
    number, _, digest = text.partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise click.UsageError("--anchor cần dạng SỐ:SHA256.")
    return int(number), digest.lower()


@click.command()
@config_option
@click.option("--json", is_flag=True, expose_value=False, help="Như không ghi: tài liệu là JSON.")
def openapi(config: Path | None) -> None:
    """In tài liệu OpenAPI của nút này."""
    from pos_trace.app import create_app

    with open_node(config) as node:
        show_json(create_app(load_settings(config), node).api_doc)
