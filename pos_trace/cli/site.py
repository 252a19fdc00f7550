"""``site`` and ``agency``: what a market calls itself, and which authorities decide at the province."""

from pathlib import Path

import click

from pos_trace.cli.options import config_option, json_option, open_node
from pos_trace.cli.people import now, tell
from pos_trace.services import places


@click.group()
def site() -> None:
    """Chợ hoặc siêu thị của nút này."""


@site.command("set")
@click.option("--name", required=True, help="Tên như trên biển.")
@click.option("--kind", type=click.Choice(["market", "shop"]), default="market", show_default=True)
@click.option("--gln", help="Mã địa điểm, 13 chữ số.")
@click.option("--operator", default="", help="Đơn vị quản lý.")
@click.option("--commune", default="", help="Xã, phường.")
@config_option
@json_option
def set_site(
    name: str, kind: str, gln: str | None, operator: str, commune: str, config: Path | None, as_json: bool
) -> None:
    """Ghi tên, loại, mã địa điểm; chạy lại để sửa."""
    with open_node(config) as node:
        tell(places.set_site(node, node.machine("cli"), name, kind, gln, operator, now(), commune), as_json)


@click.group()
def agency() -> None:
    """Cơ quan có cán bộ kiểm tra (nút của tỉnh)."""


@agency.command("add")
@click.argument("name")
@click.option("--kind", default="sct", show_default=True, help="sct, qltt, snnmt, syt …")
@click.option("--area", default="", help="Địa bàn.")
@config_option
@json_option
def add_agency(name: str, kind: str, area: str, config: Path | None, as_json: bool) -> None:
    """Thêm một cơ quan."""
    with open_node(config) as node:
        tell(places.add_agency(node, node.machine("cli"), name, kind, area, now()), as_json)
