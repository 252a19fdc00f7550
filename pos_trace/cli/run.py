"""``pos-trace run``: serve this node until SIGTERM or Ctrl-C, draining what is under way."""

from pathlib import Path

import click

from pos_trace.cli.options import config_option, load_settings


@click.command()
@config_option
@click.option("--ready-file", type=click.Path(path_type=Path), help="Ghi cổng vào tệp này khi đã phục vụ.")
def run(config: Path | None, ready_file: Path | None) -> None:
    """Phục vụ nút này (serve this node)."""
    from pos_trace.app import run_node

    settings = load_settings(config)

    def ready(port: int) -> None:
        click.echo(f"http://{settings.server.host}:{port}/  ({settings.node.role} {settings.node.id})")
        if ready_file is not None:
            partial = ready_file.with_suffix(".part")
            partial.write_text(str(port), encoding="ascii")
            partial.replace(ready_file)

    run_node(settings, ready)
