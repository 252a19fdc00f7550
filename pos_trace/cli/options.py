"""What commands share: ``--config`` and ``--json``, settings, a node without a server."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
import orjson

from pos_trace import settings as configuration
from pos_trace.services.node import Node
from pos_trace.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])


def config_option(command: Command) -> Command:
    """``--config FILE`` as ``config``: default ``$POS_TRACE_CONFIG``, else the platform's config folder."""
    return click.option("--config", type=click.Path(path_type=Path), help="Tệp cấu hình TOML.")(command)


def unused_config_option(command: Command) -> Command:
    """``--config FILE`` where nothing is configured: every command takes it, so that scripts may always say it."""
    said = "Tệp cấu hình TOML (lệnh này không cần)."
    return click.option("--config", type=click.Path(path_type=Path), expose_value=False, help=said)(command)


def json_option(command: Command) -> Command:
    """``--json`` as ``as_json``: one JSON document on stdout and nothing else."""
    return click.option("--json", "as_json", is_flag=True, help="In một tài liệu JSON.")(command)


def load_settings(config: Path | None) -> Settings:
    """Settings of ``config`` or of the default place."""
    return configuration.load(config or configuration.default_path(os.environ))


@contextmanager
def open_node(config: Path | None) -> Iterator[Node]:
    """A node for one command; safe beside a running server, since all writes go through one door."""
    from pos_trace.app import build_node

    node = build_node(load_settings(config), None)
    try:
        yield node
    finally:
        node.db.close()


def show_json(value: Any) -> None:
    """One JSON document on stdout."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


@contextmanager
def progress_bar(label: str, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr, when somebody looks; it hears how much is done of how much."""
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _whole: None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def step(done: int, whole: int) -> None:
            bar.length = whole
            bar.update(done - bar.pos)

        yield step
