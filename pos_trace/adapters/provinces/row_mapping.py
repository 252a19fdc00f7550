"""How somebody else's file calls what a line of ours holds: a small TOML, checked when it is read."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, ValidationError

from pos_trace.adapters.provinces import tables
from pos_trace.adapters.provinces.told import FACILITY, LOT, Told, Value, known, one_or_more
from pos_trace.core.errors import Misconfigured

Headers = Annotated[tuple[str, ...], BeforeValidator(one_or_more)]
TABLES: Final = (*tables.COLUMNS, *tables.RECALL)
MEMBERS: Final = tuple(dict.fromkeys(column.field for column in TABLES))


class TableMapping(Told):
    """``columns``: member → their header, or several; ``values``: member → their word → ours; ``constants``: member →
    what it is in every row; ``fields``: of JSON lines, member → where it stands.
    """

    columns: dict[str, Headers] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    fields: dict[str, Value] = Field(default_factory=dict)

    def cells(self, row: Mapping[str, str]) -> Mapping[str, str]:
        """The texts of ``row`` by our members; headers this mapping does not name stay as they are.

        Raises ``ValueError`` for a word ``values`` does not list.
        """
        if not (self.columns or self.values or self.constants):
            return row
        theirs = {header for headers in self.columns.values() for header in headers}
        made = {header: text for header, text in row.items() if header not in theirs}
        for member, headers in self.columns.items():
            made[member] = next((row[header] for header in headers if row.get(header, "").strip()), "")
        made |= self.constants
        for member, words in self.values.items():
            text = made.get(member, "").strip()
            if text and text not in words:
                raise ValueError(f"cột {self.header(member, row)}: từ '{text[:40]}' chưa có trong [values.{member}]")
            made[member] = words.get(text, text)
        return made

    def header(self, column: str, row: Iterable[str]) -> str:
        """What their file, whose headers are ``row``, calls a column of ours (by its title or its member)."""
        member = next((one.field for one in TABLES if column in (one.headers[0], one.field)), column)
        told = self.columns.get(member)
        if told:
            return next((header for header in told if header in row), told[0])
        return next((header for header in row if tables.field_of(header) == member), column)

    def strangers(self, row: Mapping[str, str], unknown: Iterable[str]) -> list[str]:
        """Of the headers nobody reads, those of the file itself."""
        return [name for name in unknown if name in row]


NO_MAPPING: Final = TableMapping()


def load(path: Path) -> TableMapping:
    """The mapping at ``path``; raises ``Misconfigured`` naming what is wrong in it."""
    try:
        made = TableMapping.model_validate(tomllib.loads(path.read_text("utf-8-sig")))
        for name in (*made.columns, *made.values, *made.constants):
            known(name, MEMBERS, "trường")
        for name in made.fields:
            known(name, (*LOT, *FACILITY), "trường")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Misconfigured("bad_mapping", f"{path.name}: {where}: {first['msg']}") from None
    except ValueError as error:
        raise Misconfigured("bad_mapping", f"{path.name}: {error}") from None
    return made
