"""``pos-trace bench NAME``: figures, ratios and goals of one bench."""

import sys
from importlib import import_module
from typing import Final

import click

from pos_trace.cli.options import json_option, show_json, unused_config_option

MODULES: Final = {"import": "importing"}  # an English word that Python keeps for itself
BENCHES: Final[dict[str, str]] = {
    name: f"pos_trace.bench.{MODULES.get(name, name)}" for name in ("parse", "decode", "pages", "verify", "import")
}


@click.command()
@click.argument("name", type=click.Choice(list(BENCHES)))
@unused_config_option
@json_option
def bench(name: str, as_json: bool) -> None:
    """Đo NAME; thoát 1 khi một dòng không đạt mức."""
    rows = import_module(BENCHES[name]).run()
    if as_json:
        show_json({"bench": name, "rows": rows})
    else:
        for row in rows:
            goal = "" if row["goal"] is None else f"  mức {row['goal']}  {'đạt' if row['ok'] else 'KHÔNG ĐẠT'}"
            click.echo(f"{row['name']}: {row['figure']} {row['unit']}{goal}")
    sys.exit(0 if all(row["ok"] in (True, None) for row in rows) else 1)
