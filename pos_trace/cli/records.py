"""``pos-trace records``: the province's lots on this node – taken in, fetched, published, counted."""

import sys
from pathlib import Path
from shutil import copyfile
from typing import Any

import click

from pos_trace.cli import records_rows
from pos_trace.cli.options import config_option, json_option, open_node, progress_bar, show_json
from pos_trace.cli.people import now, tell
from pos_trace.core.errors import Unavailable
from pos_trace.services import publishing, snapshots, sync
from pos_trace.services import records as feed
from pos_trace.store.snapshot import SnapshotRefused

TOML = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def records() -> None:
    """Hồ sơ lô hàng của tỉnh."""


@records.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--mapping", type=TOML, help="TOML: tên cột của tệp ứng với trường nào (docs/records-import.md).")
@click.option("--errors", type=click.Path(path_type=Path, dir_okay=False), help="Nơi ghi dòng sai; FILE.errors.csv.")
@config_option
@json_option
def take(file: Path, mapping: Path | None, errors: Path | None, config: Path | None, as_json: bool) -> None:
    """Nhận hồ sơ từ FILE: bản đã ký của tỉnh (ZIP), hoặc bảng NDJSON(.gz), CSV, XLSX.

    Bản ZIP sai bị từ chối, bản đang dùng giữ nguyên. Bảng: dòng đúng được nhận, dòng sai ghi ra một tệp kèm lý do.
    """
    if records_rows.opener_of(file) is not None:
        _take_rows(file, mapping, errors, config, as_json)
        return
    if file.suffix.lower() != ".zip":
        raise click.UsageError("Chỉ nhận tệp .zip, .ndjson, .ndjson.gz, .jsonl, .csv hoặc .xlsx.")
    with open_node(config) as node, progress_bar("Đang nhận hồ sơ", as_json) as progress:
        try:
            told = snapshots.take(node, file, now(), progress)
        except SnapshotRefused as refused:
            click.echo(f"Không nhận: {refused.detail}", err=True)
            sys.exit(1)
    tell(told, as_json)


def _take_rows(file: Path, mapping: Path | None, errors: Path | None, config: Path | None, as_json: bool) -> None:
    with open_node(config) as node, progress_bar("Đang nhận hồ sơ", as_json) as progress:
        told = records_rows.take(node, file, mapping, errors, now(), progress)
    if not as_json:
        for fault in told["errors"]:
            where = f"Dòng {fault['row']}" + (f", {fault['column']}" if fault["column"] else "")
            found = f" (đang ghi: {fault['found']})" if fault["found"] else ""
            click.echo(f"{where}: cần {fault['expected']}{found}", err=True)
        if told["stopped"]:
            click.echo(f"Dừng giữa tệp: {told['stopped']}", err=True)
        told = {name: value for name, value in told.items() if name != "errors"}
    tell(told, as_json)
    sys.exit(1 if told["bad"] or told["stopped"] else 0)


@records.command("sync")
@config_option
@json_option
def fetch(config: Path | None, as_json: bool) -> None:
    """Lấy bản hồ sơ mới nhất của tỉnh, rồi mọi thay đổi sau đó."""
    with open_node(config) as node:
        with progress_bar("Đang tải hồ sơ", as_json) as progress:
            snapshot = snapshots.pull(node, now(), progress)
        changes = sync.pull(node, now())
    if changes["state"] == "unavailable":
        raise Unavailable("province_silent", "Hệ thống của tỉnh chưa trả lời; hồ sơ đang có vẫn dùng.")
    tell({"snapshot": snapshot, "changes": changes}, as_json)


@records.command("publish")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@config_option
@json_option
def publish(out: Path, config: Path | None, as_json: bool) -> None:
    """Nút của tỉnh: ký toàn bộ hồ sơ vào OUT.zip và phát hành cho các điểm bán."""
    with open_node(config) as node, progress_bar("Đang ghi hồ sơ", as_json) as progress:
        told = publishing.publish(node, node.machine("cli"), now(), progress)
        copyfile(told["path"], out)
    tell(told | {"path": str(out)}, as_json)


@records.command("stats")
@config_option
@json_option
def stats(config: Path | None, as_json: bool) -> None:
    """Bao nhiêu lô, bản hồ sơ nào, mới tới đâu."""
    with open_node(config) as node:
        told: dict[str, Any] = feed.counted(node, now())
        told["snapshot"] = snapshots.in_force(node)
    if as_json:
        show_json(told)
    else:
        tell(told, as_json)
