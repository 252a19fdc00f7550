"""``pos-trace init``: a commented configuration, the database and the first administrator."""

import secrets
from importlib import resources
from pathlib import Path
from typing import Final

import click

from pos_trace import settings as configuration
from pos_trace.cli.options import json_option, show_json, unused_config_option

# role → the node's id unless somebody says another, the first person's role
FIRST: Final = {"station": ("cho-moi", "site_admin"), "province": ("province", "agency_admin")}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option("--role", type=click.Choice(list(FIRST)), default="station")
@click.option("--yes", is_flag=True, help="Không hỏi gì.")
@unused_config_option
@json_option
def init(folder: Path, role: str, yes: bool, as_json: bool) -> None:
    """Tạo cấu hình, cơ sở dữ liệu và người quản trị đầu tiên trong FOLDER."""
    from pos_trace.app import build_node, utc_now
    from pos_trace.services import places

    path = folder / f"{role}.toml"
    if path.exists():
        raise click.UsageError(f"{path} đã có. Sửa tệp đó, hoặc chọn thư mục khác.")
    (site, admin), password = FIRST[role], secrets.token_urlsafe(9)
    if not yes:
        site = click.prompt("Mã của nơi này (chữ thường, số, gạch nối)", default=site, err=True)
        click.confirm(f"Ghi {path} và tạo cơ sở dữ liệu bên cạnh?", abort=True, default=True, err=True)
    folder.mkdir(parents=True, exist_ok=True)
    sample = resources.files("pos_trace.presets").joinpath(f"{role}.example.toml").read_text(encoding="utf-8")
    path.write_text(sample.replace('id = "SITE"', f'id = "{site}"'), encoding="utf-8")
    node = build_node(configuration.load(path), None)
    try:
        places.first_admin(node, "admin", password, admin, utc_now())
    finally:
        node.db.close()
    if as_json:
        show_json({"config": str(path), "role": role, "login": "admin", "password": password})
        return
    click.echo(f"Đã ghi {path}.\nNgười quản trị: admin  mật khẩu: {password}  (chỉ hiện một lần)")
    click.echo(f"Chạy: pos-trace run --config {path}")
