"""One byte form for what is hashed: events, audit, projections (design: sorted keys, no spaces, NFC, integers only)."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from typing import Any

START = "0" * 64


DEEPEST = 32


def _normal(value: Any, depth: int = 0) -> Any:
    if depth > DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, bool) or value is None or isinstance(value, int):
        return value
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("keys are texts")
        made = {_normal(key): _normal(item, depth + 1) for key, item in value.items()}
        if len(made) != len(value):
            raise ValueError("two keys are the same after NFC")
        return made
    if isinstance(value, (list, tuple)):
        return [_normal(item, depth + 1) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical form; write decimals and times as text")


def canonical(value: Any) -> bytes:
    """UTF-8 JSON of ``value``. Raises ``TypeError`` for floats and other types without one byte form, ``ValueError``
    for what no byte form can hold: half of a surrogate pair, two keys that are one, nesting too deep.
    """
    return json.dumps(_normal(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def chain_hash(previous: str, body: Any) -> str:
    """Hex SHA-256 over the author's previous hash and ``body``; ``START`` begins a chain."""
    return hashlib.sha256(previous.encode("ascii") + b"\n" + canonical(body)).hexdigest()
