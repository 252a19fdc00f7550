"""Where a value stands in somebody else's JSON, and what it becomes: a path, a table of values, forms of dates.

A path is a small part of JSONPath: ``data.coSo.ten``, ``items[0].ma``, ``[-1]``, ``tieuChuan[*].so``,
``thuocTinh[?ma=LO].giaTri``, ``['ten co.dau cham']``; a ``$.`` in front is allowed. No search, no script.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final

from pos_trace.core.vocabulary.times import VIETNAM, local_day

LONGEST_PATH: Final = 300
STEP: Final = re.compile(
    r"""\.?(?P<name>[^.\[\]'"?*]+)|\[(?P<index>-?\d{1,6})\]|\[(?P<every>\*)\]"""
    r"""|\[\?(?P<where>[^=\[\]]+)=(?P<value>[^\[\]]*)\]|\['(?P<quoted>[^']+)'\]"""
)
MISSING: Final = object()
FALSE_TRUE: Final = {False: "false", True: "true"}
SINCE_1970: Final = {"s": 1, "ms": 1000}


@dataclass(frozen=True, slots=True)
class Every:
    """``[*]``: each item of a list."""


@dataclass(frozen=True, slots=True)
class Where:
    """``[?name=value]``: the items of a list whose member ``name`` is written ``value``."""

    name: str
    value: str


Step = str | int | Every | Where


class Wanting(ValueError):
    """A field that an answer lacks or tells in a form nobody foresaw. ``field``: its name with us."""

    def __init__(self, field: str, path: str, why: str = "thiếu") -> None:
        self.field, self.path = field, path
        super().__init__(f"{why} trường '{field}'" + (f" (tìm ở '{path}')" if path else ""))


@lru_cache(maxsize=1024)
def parse(path: str) -> tuple[Step, ...]:
    """The steps of ``path``; raises ``ValueError`` with the place where it stops being one."""
    text = path.removeprefix("$").removeprefix(".") if path.startswith("$") else path
    if len(path) > LONGEST_PATH:
        raise ValueError("đường dẫn quá dài")
    steps: list[Step] = []
    at = 0
    while at < len(text):
        found = STEP.match(text, at)
        if found is None or (at == 0 and text.startswith(".")) or (at > 0 and _glued(found)):
            raise ValueError(f"đường dẫn '{path}' không đọc được từ '{text[at : at + 20]}'")
        steps.append(_step(found))
        at = found.end()
    return tuple(steps)


def _glued(found: re.Match[str]) -> bool:
    """A name right behind a bracket, without the dot between."""
    return found["name"] is not None and not found[0].startswith(".")


def _step(found: re.Match[str]) -> Step:
    if found["index"] is not None:
        return int(found["index"])
    if found["every"] is not None:
        return Every()
    if found["where"] is not None:
        return Where(found["where"].strip(), found["value"].strip().strip("'\""))
    return str(found["quoted"] or found["name"]).strip()


def every(value: Any, steps: tuple[Step, ...]) -> list[Any]:
    """All that lies at ``steps`` in ``value``, in its order; nothing where the shape is another."""
    here = [value]
    for step in steps:
        here = [there for one in here for there in _down(one, step)]
    return here


def first(value: Any, steps: tuple[Step, ...]) -> Any:
    """The first that lies at ``steps``, or ``MISSING``."""
    found = every(value, steps)
    return found[0] if found else MISSING


def _down(value: Any, step: Step) -> list[Any]:
    if isinstance(step, str):
        return [value[step]] if isinstance(value, Mapping) and step in value else []
    if not isinstance(value, list):
        return []
    if isinstance(step, int):
        return [value[step]] if -len(value) <= step < len(value) else []
    if isinstance(step, Every):
        return list(value)
    return [one for one in value if isinstance(one, Mapping) and written(one.get(step.name)) == step.value]


def written(value: Any) -> str | None:
    """A plain value as text: booleans as JSON writes them; None for null, objects and lists."""
    if isinstance(value, bool):
        return FALSE_TRUE[value]
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, (int, float)) else None


def day(text: str, formats: tuple[str, ...]) -> date:
    """A date, read by the first of ``formats`` that fits; without formats it has to be ISO. A time with its zone is
    the day it falls on in Vietnam.
    """
    made = _read(text, formats)
    return made.date() if made.tzinfo is None else local_day(made)


def moment(text: str, formats: tuple[str, ...]) -> datetime:
    """A time in UTC; one without a zone is Vietnam's clock. ``s`` and ``ms``: seconds, thousandths since 1970."""
    made = _read(text, formats)
    return (made if made.tzinfo is not None else made.replace(tzinfo=VIETNAM)).astimezone(UTC)


def _read(text: str, formats: tuple[str, ...]) -> datetime:
    for form in formats or ("iso",):
        try:
            if form == "iso":
                return datetime.fromisoformat(text)
            if form in SINCE_1970:
                return datetime.fromtimestamp(int(text) / SINCE_1970[form], UTC)
            return datetime.strptime(text, form)  # noqa: DTZ007 - a form without a zone is Vietnam's clock
        except (ValueError, OverflowError, OSError):
            continue
    raise ValueError(f"'{text[:40]}' không theo dạng ngày đã ghi ({', '.join(formats) or 'iso'})")
