"""JSON as it goes over the wire: one writer for fresh and for stored answers, so that a repeat has the same bytes."""

from typing import Any

import orjson
from flask.json.provider import JSONProvider


class Wire(JSONProvider):
    """Flask's JSON by orjson: UTF-8, members in the order they were told, no spaces."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """``obj`` as text; decimals are strings before they come here."""
        return orjson.dumps(obj, option=orjson.OPT_NON_STR_KEYS).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """What a client sent; raises ``ValueError`` for what is no JSON (NaN and Infinity too)."""
        return orjson.loads(s)
