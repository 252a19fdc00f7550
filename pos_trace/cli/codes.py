"""``parse``, ``decode``, ``verify``: what a scanned text or picture is, and what this node says of it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import orjson

from pos_trace.cli.options import (
    config_option,
    json_option,
    load_settings,
    open_node,
    show_json,
    unused_config_option,
)
from pos_trace.core import codes
from pos_trace.core.errors import Invalid, Misconfigured, Unavailable
from pos_trace.core.policy import CodeRules
from pos_trace.runtime.children import Children, PhotoReader

DEADLINE_S: Final = 60.0  # of one photo: nobody waits at a stall, and the first one also starts the child


def _rules(config: Path | None) -> CodeRules:
    """The configured code rules; without any configuration the built-in ones."""
    from pos_trace.settings import policy

    try:
        return policy(load_settings(config)).codes
    except Misconfigured as error:
        if config is None and error.code == "no_configuration":
            return codes.BUILTIN
        raise


def _texts(text: str) -> Iterator[str]:
    if text != "-":
        yield text
        return
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\n")


@click.command()
@click.argument("text")
@config_option
@json_option
def parse(text: str, config: Path | None, as_json: bool) -> None:
    """Một mã quét được là gì. TEXT là "-": mỗi dòng của đầu vào là một mã."""
    rules = _rules(config)
    all_ok = True
    for one in _texts(text):
        code = codes.parse(one, rules)
        all_ok = all_ok and code.outcome == "ok"
        if as_json:
            click.echo(orjson.dumps(codes.as_json(code)).decode())
        else:
            click.echo(f"{code.outcome}\t{code.kind}\t{code.key or '-'}\t{code.reason or ''}")
    sys.exit(0 if all_ok else 1)


@click.command()
@click.argument("images", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@unused_config_option
@json_option
def decode(images: tuple[Path, ...], as_json: bool) -> None:
    """Đọc mã trong ảnh."""
    children = Children(1)
    reader = PhotoReader(children, DEADLINE_S)
    try:
        rows = [_one_image(reader, path) for path in images]
    finally:
        children.close()
    if as_json:
        show_json(rows)
    else:
        for row in rows:
            click.echo(f"{row['file']}\t" + (" | ".join(_plain(c["text"]) for c in row["codes"]) or row["why"]))
    sys.exit(0 if all(row["codes"] for row in rows) else 1)


def _plain(text: str | None) -> str:
    return "(không phải văn bản)" if text is None else text


def _one_image(reader: PhotoReader, path: Path) -> dict[str, Any]:
    try:
        reading = reader.read(path.read_bytes())
    except (Invalid, Unavailable) as error:  # no photo, or one that cost a child its life: the others are still read
        return {"file": str(path), "codes": [], "why": error.detail, "ms": 0}
    codes = [{"text": c.text, "symbology": c.symbology, "engine": c.engine, "quad": c.quad} for c in reading.codes]
    return {"file": str(path), "codes": codes, "why": reading.why, "ms": reading.ms}


@click.command()
@click.argument("text")
@config_option
@json_option
def verify(text: str, config: Path | None, as_json: bool) -> None:
    """Mã này khớp hồ sơ không, theo dữ liệu của nút này (như POST /scans)."""
    from pos_trace.app import utc_now
    from pos_trace.services import scanning

    with open_node(config) as node:
        who = node.machine("verify")
        answer = scanning.look_up(node, who, text, utc_now())
    if as_json:
        show_json(answer)
    else:
        verdict = answer["verdict"]
        click.echo(verdict["word"] if verdict else answer["message"]["text"])
    sys.exit(0 if answer["verdict"] else 1)
