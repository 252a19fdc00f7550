"""``user``, ``till``, ``enrol``: the first day's administration from the command line."""

from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

from pos_trace.cli.options import config_option, json_option, load_settings, open_node, show_json
from pos_trace.core.roles import AT_STALL, PERMISSIONS, PROVINCE_ROLES, SITE_ROLES
from pos_trace.services import enrolment, places
from pos_trace.services.node import Node

# a node's role → whom it knows
NODE_ROLES: Final[dict[str, tuple[str, ...]]] = {"station": (*AT_STALL, *SITE_ROLES), "province": PROVINCE_ROLES}


def tell(answer: dict[str, Any], as_json: bool) -> None:
    """An answer as lines of ``name: value``, or as JSON."""
    if as_json:
        show_json(answer)
        return
    for name, value in answer.items():
        click.echo(f"{name}: {value}")


def _stall_id(node: Node, number: str | None) -> str | None:
    return places.stall_by_number(node, number)["id"] if number else None


def now() -> datetime:
    """The clock, imported when a command runs."""
    from pos_trace.app import utc_now

    return utc_now()


def _right_place(node: Node, roles: tuple[str, ...], number: str | None, agency: str | None) -> None:
    """Roles of one kind, that this node has, each where it belongs; else wrong use."""
    told, here = set(roles), NODE_ROLES[node.role]
    if not told <= set(here):
        raise click.UsageError(f"Nút này chỉ có các vai trò: {', '.join(here)}.")
    at_stall = told & set(AT_STALL)
    if at_stall and at_stall != told:
        raise click.UsageError("Việc của sạp và việc của chợ cần hai tên đăng nhập.")
    if at_stall and not number:
        raise click.UsageError(f"Vai trò {', '.join(sorted(at_stall))} cần --stall SỐ_SẠP.")
    if number and not at_stall:
        raise click.UsageError(f"--stall chỉ dùng với các vai trò: {', '.join(AT_STALL)}.")
    if agency and not told <= set(PROVINCE_ROLES):
        raise click.UsageError(f"--agency chỉ dùng với các vai trò: {', '.join(PROVINCE_ROLES)}.")


@click.group()
def user() -> None:
    """Người dùng."""


@user.command("add")
@click.argument("login")
@click.option("--name", required=True, help="Tên hiện trên màn hình.")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice(list(PERMISSIONS)), help="Lặp lại được."
)
@click.option("--stall", "number", help="Số sạp.")
@click.option("--agency", help="Mã cơ quan (nút của tỉnh).")
@click.option("--secret", help="Mã PIN (sạp) hoặc mật khẩu; không ghi: hỏi.")
@config_option
@json_option
def add_user(
    login: str,
    name: str,
    roles: tuple[str, ...],
    number: str | None,
    agency: str | None,
    secret: str | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Thêm một người."""
    with open_node(config) as node:
        _right_place(node, roles, number, agency)
        place = _stall_id(node, number) or agency
        if secret is None:  # asked on stderr: stdout belongs to the answer
            secret = click.prompt(
                "Mã PIN (sạp) hoặc mật khẩu", hide_input=True, confirmation_prompt="Nhập lại", err=True
            )
        tell(places.add_person(node, node.machine("cli"), login, name, secret, roles, place, now()), as_json)


@click.group()
def till() -> None:
    """Quầy thu ngân."""


@till.command("add")
@click.argument("name")
@click.option("--stall", "number", required=True, help="Số sạp.")
@config_option
@json_option
def add_till(name: str, number: str, config: Path | None, as_json: bool) -> None:
    """Thêm một quầy và khóa API của nó (chỉ hiện một lần)."""
    with open_node(config) as node:
        stall_id = places.stall_by_number(node, number)["id"]
        tell(places.add_till(node, node.machine("cli"), stall_id, name, now()), as_json)


@click.group()
def enrol() -> None:
    """Nối nút của chợ với nút của tỉnh."""


@enrol.command("station")
@click.argument("code")
@click.option("--url", help="Địa chỉ nút của tỉnh; mặc định: province.url trong cấu hình.")
@config_option
@json_option
def station(code: str, url: str | None, config: Path | None, as_json: bool) -> None:
    """Ở nút của chợ: đăng ký với tỉnh bằng mã đã nhận."""
    from pos_trace.adapters.provinces.api import ProvinceApi

    address = (url or load_settings(config).province.url).rstrip("/")
    if not address:
        raise click.UsageError("Chưa biết địa chỉ của tỉnh: thêm --url, hoặc ghi province.url vào cấu hình.")
    with open_node(config) as node:
        told = enrolment.enrol(node, node.machine("cli"), code, ProvinceApi(address, "", now), address, now())
        tell(told, as_json)


@enrol.command("code")
@config_option
@json_option
def code(config: Path | None, as_json: bool) -> None:
    """Ở nút của tỉnh: mã dùng một lần cho một chợ."""
    with open_node(config) as node:
        tell(places.station_code(node, node.machine("cli"), now()), as_json)
