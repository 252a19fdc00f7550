"""What an answer means before anybody reads its record: "error inside HTTP 200" rules, then the status."""

import re
from collections.abc import Iterable
from typing import Literal

from pos_trace.adapters.http import Reply
from pos_trace.adapters.provinces import fields
from pos_trace.adapters.provinces.told import Rule

Meaning = Literal["absent", "unavailable", "auth", "refused"]
KEY_REFUSED = (401, 403)


def meaning(rules: Iterable[Rule], reply: Reply) -> Meaning | None:
    """The first rule that holds for ``reply``; None when none does. An answer that is no JSON fits no rule."""
    if not isinstance(reply.json, (dict, list)):
        return None
    return next((rule.means for rule in rules if _holds(rule, reply)), None)


def read(rules: Iterable[Rule], reply: Reply) -> Meaning | None:
    """What ``reply`` means; None: it holds what was asked for. Without a rule only 2xx with JSON is an answer."""
    told = meaning(rules, reply)
    if told is not None:
        return told
    if reply.status in KEY_REFUSED:
        return "auth"
    return None if 200 <= reply.status < 300 and reply.json is not None else "unavailable"


def _holds(rule: Rule, reply: Reply) -> bool:
    if rule.status is not None and rule.status != reply.status:
        return False
    if not rule.path:
        return True
    found = fields.first(reply.json, fields.parse(rule.path))
    if found is fields.MISSING:
        return False
    if rule.equals:
        wanted = {fields.written(one) for one in rule.equals}
        return fields.written(found) in wanted or (found is None and "null" in wanted)
    if rule.matches:
        return re.search(rule.matches, fields.written(found) or "") is not None
    return found is not None and found is not False and found not in ("", [], {})
