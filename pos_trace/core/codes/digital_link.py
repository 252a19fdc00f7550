"""GS1 Digital Link URIs: the right-most key wins, qualifiers in order, numeric query names are identifiers."""

import re
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import quote, unquote

from pos_trace.core.codes.digits import GTIN_LENGTHS, checks, gtin14, is_digits
from pos_trace.core.codes.rare_lints import BAD_ESCAPE
from pos_trace.core.codes.scanned import Pairs
from pos_trace.core.codes.table import OLD_NAMES, PRIMARY_KEYS, identifier

URI: Final = re.compile(r"(?i)https?://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL)
COMPRESSED: Final = re.compile(r"/[A-Za-z0-9_-]{10,}")
HOST: Final = re.compile(r"([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\])(?::\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Link:
    """A URI's elements with the host they came from; ``error`` None when it is a Digital Link."""

    host: str
    elements: Pairs = ()
    warnings: tuple[str, ...] = ()
    error: str | None = None
    is_link: bool = True


def parse_uri(text: str) -> Link | None:
    """The link in ``text``; None when it is no http(s) URI. ``is_link`` False: a URI without any GS1 key."""
    match = URI.fullmatch(text)
    if match is None:
        return None
    host, path, query = match[1].lower(), match[2], match[3] or ""
    if not _is_host(host) or BAD_ESCAPE.search(path + "?" + query):
        return Link(host, error="bad_content", is_link=False)
    return parse_path(host.replace(".:", ":").rstrip("."), path, query)  # the root's dot is no part of a name


def _is_host(host: str) -> bool:
    """A name or an address, with or without a port; brackets hold a whole IPv6 address."""
    match = HOST.fullmatch(host)
    if match is None or not match[1].startswith("["):
        return match is not None
    with suppress(ValueError):
        return bool(IPv6Address(match[1][1:-1]))
    return False


def parse_path(host: str, path: str, query: str) -> Link:
    """Elements of ``/stem/01/…/10/…?17=…``."""
    warnings: list[str] = []
    parts = path.split("/")
    if parts and parts[-1] == "" and len(parts) > 2:
        parts.pop()
        warnings.append("trailing_slash")
    start = _key_at(parts)
    if start is None:
        return Link(host, is_link=False)
    names = [_name(part, warnings) for part in parts[start::2]]
    values = [unquote(part) for part in parts[start + 1 :: 2]]
    if len(names) != len(values) or not all(values):
        return Link(host, warnings=tuple(warnings), error="bad_content")
    elements = list(zip(names, values, strict=True))
    elements[0] = _primary(elements[0], warnings)
    if not _in_order(names):
        return Link(host, tuple(elements), tuple(warnings), "bad_content")
    error = _add_query(elements, query, warnings)
    return Link(host, tuple(elements), tuple(dict.fromkeys(warnings)), error)


def _key_at(parts: list[str]) -> int | None:
    """Where the right-most primary key stands that is followed by its value and pairs only."""
    for at in range(len(parts) - 2, -1, -1):
        name = OLD_NAMES.get(parts[at].lower(), parts[at])
        if name in PRIMARY_KEYS and (len(parts) - at) % 2 == 0 and _shaped(name, unquote(parts[at + 1])):
            return at
    return None


def _shaped(name: str, value: str) -> bool:
    if name == "01":
        return is_digits(value) and len(value) in GTIN_LENGTHS
    known = identifier(name)
    return known is not None and known.value.fullmatch(value) is not None


def _name(part: str, warnings: list[str]) -> str:
    old = OLD_NAMES.get(part.lower())
    if old is not None:
        warnings.append("old_name")
    return old or part


def _primary(element: tuple[str, str], warnings: list[str]) -> tuple[str, str]:
    name, value = element
    if name == "01" and len(value) < 14 and _shaped(name, value):
        warnings.append("short_gtin")
        return name, gtin14(value)
    return element


def _in_order(names: list[str]) -> bool:
    """Whether the qualifiers follow one of the orders their key allows, each at most once."""
    for order in PRIMARY_KEYS[names[0]] or ((),):
        places = [order.index(name) if name in order else -1 for name in names[1:]]
        if -1 not in places and places == sorted(set(places)):
            return True
    return False


def _belongs_in_path(name: str, in_path: list[str]) -> bool:
    """Whether ``name`` qualifies the key like those already in the path, so it may not come as an attribute."""
    return any(name in order and set(in_path[1:]) <= set(order) for order in PRIMARY_KEYS[in_path[0]])


def _add_query(elements: list[tuple[str, str]], query: str, warnings: list[str]) -> str | None:
    in_path = [name for name, _ in elements]
    present = set(in_path)
    for pair in re.split("[&;]", query):
        raw, _, escaped = pair.partition("=")
        name = unquote(raw)
        if name.lower() in OLD_NAMES and not is_digits(name):
            warnings.append("old_name")
            name = OLD_NAMES[name.lower()]
        if not is_digits(name):
            continue
        value = unquote(escaped.replace("+", " "))
        if name in present:
            return "conflict"
        if identifier(name) is None or not value or " " in value or _belongs_in_path(name, in_path):
            return "bad_content"
        present.add(name)
        elements.append(_primary((name, value), warnings))
    return None


def is_compressed(path: str) -> bool:
    """Whether a URI's path looks like a compressed Digital Link: one opaque segment with capitals and digits."""
    body = path[1:]
    mixed = any(c.isupper() for c in body) and any(c.islower() for c in body) and any(c.isdigit() for c in body)
    return COMPRESSED.fullmatch(path) is not None and mixed


def label_uri(
    base: str, gtin: str, lot: str | None = None, serial: str | None = None, expiry: str | None = None
) -> str:
    """A Digital Link for our labels: lower-case base, GTIN of 14 digits, lot and serial escaped, expiry YYMMDD.

    Raises ``ValueError`` for a wrong GTIN.
    """
    if not is_digits(gtin) or len(gtin) not in GTIN_LENGTHS or not checks(gtin):
        raise ValueError("a label needs a GTIN with a right check digit")
    path = f"/01/{gtin14(gtin)}"
    path += f"/10/{quote(lot, safe='')}" if lot else ""
    path += f"/21/{quote(serial, safe='')}" if serial else ""
    return base.rstrip("/").lower() + path + (f"?17={expiry}" if expiry else "")
