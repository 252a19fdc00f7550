"""``backup``, ``restore``, ``audit``, ``openapi``: keeping what a node knows, and proving it untouched."""

import shutil
import sys
from pathlib import Path

import click

from pos_trace.cli.options import config_option, json_option, load_settings, open_node, show_json
from pos_trace.core.errors import Misconfigured
from pos_trace.store import audit as chain
from pos_trace.store import migrations


@click.command()
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@config_option
def backup(out: Path, config: Path | None) -> None:
    """Sao cơ sở dữ liệu vào OUT (đang chạy cũng được) và kiểm tra bản sao."""
    if out.exists():
        raise click.UsageError(f"{out} đã có.")
    with open_node(config) as node:
        migrations.backup(node.db, out)
    click.echo(f"Đã sao và kiểm tra {out}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@config_option
def restore(file: Path, config: Path | None) -> None:
    """Đặt bản sao FILE vào chỗ cơ sở dữ liệu; bản đang có được giữ lại bên cạnh. Dừng máy trước."""
    settings = load_settings(config)
    target = settings.node.data_dir / "app.db"
    if not settings.database_url.startswith("sqlite"):
        raise Misconfigured("not_sqlite", "restore chỉ dùng cho SQLite; PostgreSQL dùng pg_restore.")
    if not migrations.sound(file):
        click.echo(f"{file} hỏng hoặc không phải bản sao của pos_trace.", err=True)
        sys.exit(1)
    for suffix in ("", "-wal", "-shm"):
        old = target.with_name(target.name + suffix)
        if old.exists():
            old.replace(target.with_name(f"{target.name}.before-restore{suffix}"))
    shutil.copyfile(file, target)
    click.echo(f"Đã đặt {file} vào {target}. Bản trước: {target}.before-restore")


@click.group()
def audit() -> None:
    """Nhật ký móc xích."""


@audit.command("verify")
@config_option
@json_option
def verify(config: Path | None, as_json: bool) -> None:
    """Tính lại cả chuỗi; nói dòng đầu tiên bị sửa, xóa hoặc đổi chỗ."""
    with open_node(config) as node, node.db.read() as session:
        report = chain.verify(session, node.id)
    if as_json:
        show_json({"ok": report.ok, "entries": report.entries, "head": report.head, "problem": report.problem})
    else:
        click.echo(f"{report.entries} dòng, {'nguyên vẹn' if report.ok else report.problem}")
    sys.exit(0 if report.ok else 1)


@click.command()
@config_option
def openapi(config: Path | None) -> None:
    """In tài liệu OpenAPI của nút này."""
    from pos_trace.app import create_app

    with open_node(config) as node:
        show_json(create_app(load_settings(config), node).api_doc)
