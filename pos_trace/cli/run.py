"""``pos-trace run``: serve this node until SIGTERM or Ctrl-C, draining what is under way."""

import os
import sys
from pathlib import Path

import click

from pos_trace.cli.options import config_option, json_option, load_settings, show_json


@click.command()
@config_option
@click.option("--ready-file", type=click.Path(path_type=Path), help="Ghi cổng vào tệp này khi đã phục vụ.")
@json_option
def run(config: Path | None, ready_file: Path | None, as_json: bool) -> None:
    """Phục vụ nút này (serve this node). Với --json: một tài liệu khi đã sẵn sàng."""
    from pos_trace.app import run_node

    settings = load_settings(config)

    def ready(port: int) -> None:
        url, node = f"http://{settings.server.host}:{port}", settings.node
        if as_json:
            show_json({"url": url, "port": port, "pid": os.getpid(), "role": node.role, "id": node.id})
        else:
            click.echo(f"{url}/  ({node.role} {node.id})")
        sys.stdout.flush()
        if ready_file is not None:
            partial = ready_file.with_suffix(".part")
            partial.write_text(str(port), encoding="ascii")
            partial.replace(ready_file)

    run_node(settings, ready)
