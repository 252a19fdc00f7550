"""What benches are measured against: the same work by the shortest means. Imports nothing from the product."""

import json
import sqlite3
import zipfile
from collections.abc import Callable

import biip
import orjson
from biip.gs1_digital_link_uris import GS1DigitalLinkURI

COLUMNS = (
    *("key", "product_name", "facility_id", "status", "version", "gtin", "lot", "serial", "scheme", "product_group"),
    *("brand", "image_url", "origin_country", "origin_place", "production_place_gln", "planting_area_code"),
    *("production_date", "harvest_date", "pack_date", "best_before", "expiry_date", "net_quantity", "unit"),
    *("standards", "events", "importer", "recall_id", "updated_at"),
)


def read_link(text: str) -> list[tuple[str, str]]:
    """Elements of a Digital Link, by biip's own parser; raises ``ValueError`` when it refuses."""
    try:
        return [(element.ai.ai, element.value) for element in GS1DigitalLinkURI.parse(text).element_strings]
    except biip.ParseError as error:
        raise ValueError(text) from error


def warm_select(path: str) -> Callable[[str], object]:
    """One prepared select of every column of a lot by its key, on one open connection."""
    held = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    names = [row[1] for row in held.execute("PRAGMA table_info(lot)")]
    text = "SELECT " + ", ".join(f'"{name}"' for name in names) + " FROM lot WHERE key = ?"  # noqa: S608 – our own names
    return lambda key: held.execute(text, (key,)).fetchone()


def load_lines(archive: str, path: str) -> None:
    """Parse every line of a snapshot's lots and insert its values into the same table by plain means; no checks."""
    with zipfile.ZipFile(archive) as packed, packed.open("lots.ndjson") as lines:
        made = sqlite3.connect(path, isolation_level=None)
        made.execute("PRAGMA journal_mode=OFF")
        made.execute("PRAGMA synchronous=OFF")
        made.execute("BEGIN")
        made.execute(f"CREATE TABLE lot ({', '.join(COLUMNS)}, PRIMARY KEY (key)) WITHOUT ROWID")
        made.executemany(f"INSERT INTO lot VALUES ({', '.join('?' * len(COLUMNS))})", map(_values, lines))  # noqa: S608
        made.execute("COMMIT")
        made.close()


def _values(line: bytes) -> list[object]:
    told = orjson.loads(line)
    return [json.dumps(value) if isinstance(value, list) else value for value in map(told.get, COLUMNS)]
