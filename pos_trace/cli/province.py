"""``province``: the systems this station asks – what the configuration says of them, and whether they answer."""

import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from pos_trace import settings as configuration
from pos_trace.adapters.provinces.source import Source
from pos_trace.cli.options import config_option, json_option, load_settings, open_node, show_json
from pos_trace.cli.people import now
from pos_trace.core.errors import Misconfigured
from pos_trace.runtime import checking
from pos_trace.services.enrolment import enrolled

CALLS: Final = {
    "find": "tra một mã",
    "look": "hỏi trang chính thức",
    "changes": "thay đổi hồ sơ",
    "recalls": "thu hồi",
    "case_events": "kết luận",
    "reports": "gửi vụ việc",
}
MODES: Final = {
    "record": "hồ sơ của tỉnh",
    "foreign": "hệ thống chính thức khác",
    "commercial": "trang của công ty",
    "dead": "đã ngừng",
}


@click.group()
def province() -> None:
    """Hệ thống của tỉnh và các nguồn hồ sơ khác."""


@province.command("check")
@click.option("--key", default="", help="Mã để thử, dạng 01/…/10/…; không ghi: một mã không có thật.")
@click.option("--send", is_flag=True, help="Gửi thật một vụ thử tới nơi nhận; không ghi: chỉ cho xem.")
@config_option
@json_option
def check(key: str, send: bool, config: Path | None, as_json: bool) -> None:
    """Gọi thử từng phần của từng nguồn, cho xem câu hỏi và câu trả lời (khóa được che), nói phần nào đang tắt."""
    settings = load_settings(config)
    told = configuration.sources(settings) or (Source(name="Hệ thống của tỉnh", kind="api"),)
    with open_node(config) as node, node.db.read() as session:
        if node.ports.feed is None:
            raise Misconfigured("wrong_role", "Lệnh này chạy ở điểm bán; nút của tỉnh tự giữ hồ sơ.")
        row = enrolled(session, node.id)
        own = settings.province.url, settings.province.api_key.get_secret_value()
        way = (row.province_url, row.api_key) if row else own if all(own) else None
    checked = checking.check(told, way, now, os.environ, key=key or checking.DRY_KEY, send=send)
    off = checking.off(checked)
    tried = [one for source in checked for one in source.tried]
    if as_json:
        shown = [{"name": s.name, "kind": s.kind, "tried": [asdict(one) for one in s.tried]} for s in checked]
        show_json({"ok": all(one.ok for one in tried), "sources": shown, "off": off})
    else:
        _print(checked, off)
    sys.exit(3 if not all(one.reached for one in tried) else 0 if all(one.ok for one in tried) else 1)


def _print(checked: list[checking.Checked], off: dict[str, str]) -> None:
    for source in checked:
        click.echo(f"\n{source.name} ({source.kind})")
        for one in source.tried:
            part, _, kind = one.call.partition(".")
            click.echo(f"  {'tốt ' if one.ok else 'XEM '} {CALLS[part]}{f' ({kind})' if kind else ''}: {one.say}")
            for exchange in one.exchanges:
                for line in exchange.request.splitlines():
                    click.echo(f"         → {line}")
                if exchange.body:
                    click.echo(f"         → {exchange.body}")
                click.echo(f"         ← {exchange.status or 'không'} {exchange.answer} ({exchange.ms} ms)")
    click.echo("")
    for part, words in off.items():
        click.echo(f"  tắt  {CALLS[part]}: {words}")


@province.command("show")
@config_option
@json_option
def show(config: Path | None, as_json: bool) -> None:
    """Cấu hình nói gì: tỉnh, tên cũ, các trang mã biết trước và ý nghĩa, các nguồn theo thứ tự hỏi."""
    settings = load_settings(config)
    policy = configuration.policy(settings)
    told = {
        "province": policy.province.name,
        "department": policy.province.department,
        "valid_from": policy.province.valid_from,
        "former_areas": configuration.preset(settings).get("former_areas", []),
        "hosts": [{"host": rule.host, "platform": rule.platform, "mode": rule.mode} for rule in policy.codes.hosts],
        "sources": [
            {"name": one.name, "kind": one.kind, "base_url": one.base_url} for one in configuration.sources(settings)
        ],
    }
    if as_json:
        show_json(told)
        return
    click.echo(f"{told['province']}: {told['department']}, từ {told['valid_from']}")
    for area in told["former_areas"]:
        click.echo(f"  tên cũ {area['name']}: đến {area['valid_to']}, nhãn cũ dùng đến {area['labels_until']}")
        click.echo(f"    {area['source']}")
    for rule in told["hosts"]:
        click.echo(f"  {MODES[rule['mode']]}: {rule['host']} – {rule['platform']}")
    for place, one in enumerate(told["sources"], 1):
        click.echo(f"  nguồn {place}: {one['name']} ({one['kind']})")
