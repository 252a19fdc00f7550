"""Commands of ``pos-trace``: a literal table, each command imported when it is called."""

import sys
from importlib import import_module
from typing import Final, NoReturn

import click

COMMANDS: Final[dict[str, str]] = {
    "demo": "pos_trace.cli.demo:demo",
    "init": "pos_trace.cli.init:init",
    "run": "pos_trace.cli.run:run",
    "doctor": "pos_trace.cli.doctor:doctor",
    "parse": "pos_trace.cli.codes:parse",
    "decode": "pos_trace.cli.codes:decode",
    "verify": "pos_trace.cli.codes:verify",
    "records": "pos_trace.cli.records:records",
    "province": "pos_trace.cli.province:province",
    "printer": "pos_trace.cli.printer:printer",
    "site": "pos_trace.cli.site:site",
    "agency": "pos_trace.cli.site:agency",
    "user": "pos_trace.cli.people:user",
    "stall": "pos_trace.cli.stall:stall",
    "till": "pos_trace.cli.people:till",
    "enrol": "pos_trace.cli.people:enrol",
    "backup": "pos_trace.cli.keeping:backup",
    "restore": "pos_trace.cli.keeping:restore",
    "audit": "pos_trace.cli.keeping:audit",
    "openapi": "pos_trace.cli.keeping:openapi",
    "bench": "pos_trace.cli.bench:bench",
}


class Table(click.Group):
    """A group that knows its commands by name and loads one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called ``cmd_name``, or None."""
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, name = target.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.command(cls=Table, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pos-trace")
def cli() -> None:
    """Truy xuất nguồn gốc bên quầy thu ngân – traceability beside the tills."""


def main() -> None:
    """Run the command line; what is refused or fails becomes one clear line and exit 2 (wrong use) or 3 (outside)."""
    import structlog
    from sqlalchemy.exc import SQLAlchemyError

    from pos_trace.core.errors import Conflict, Forbidden, Invalid, Misconfigured, NotFound, PosTraceError

    # the log goes to stderr: stdout belongs to the answer
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
    try:
        cli(standalone_mode=True)
    except (Misconfigured, Invalid, NotFound, Conflict, Forbidden) as error:
        _end(error.detail, 2)
    except PosTraceError as error:
        _end(error.detail, 3)
    except SQLAlchemyError as error:
        _end(f"Cơ sở dữ liệu chưa dùng được: {getattr(error, 'orig', None) or error}", 3)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _end(f"Máy chưa làm được: {where}{error.strerror or error}", 3)


def _end(line: str, code: int) -> NoReturn:
    click.echo(" ".join(line.split()), err=True)
    sys.exit(code)
