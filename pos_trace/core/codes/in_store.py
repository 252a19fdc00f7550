"""Codes a shop's own scale prints (GS1 prefix 2x): read by that shop's table, never a record's key."""

import re
from decimal import Decimal
from typing import Final

from pos_trace.core.codes.digits import checks
from pos_trace.core.codes.scanned import ScannedCode, unreadable
from pos_trace.core.policy import CodeRules, InStoreRule

LOCAL: Final = re.compile(r"0?2[0-9]{12}")


def is_local(digits: str) -> bool:
    """Whether ``digits`` is a number only its own shop knows; some scanners put a zero before the thirteen."""
    return LOCAL.fullmatch(digits) is not None


def parse(raw: str, digits: str, rules: CodeRules) -> ScannedCode | None:
    """The item and weight of ``digits``, or None when no rule has their prefix and length.

    ``code`` is the item's number on the scale; without a rule for value or price only that is known.
    """
    rule = next((r for r in rules.in_store if digits.startswith(r.prefix) and len(r.pattern) == len(digits)), None)
    if rule is None:
        return None
    if not checks(digits):
        return unreadable(raw, "in_store", "bad_check_digit")
    weight = _part(digits, rule, "W")
    return ScannedCode(
        raw=raw,
        outcome="ok",
        kind="in_store",
        code=_part(digits, rule, "I") or None,
        net_weight_kg=Decimal(weight).scaleb(-rule.decimals) if weight and rule.unit == "kg" else None,
    )


def _part(digits: str, rule: InStoreRule, letter: str) -> str:
    return "".join(digit for digit, place in zip(digits, rule.pattern, strict=True) if place == letter)
