"""From checked elements to a ``ScannedCode``: key, dates, weight, origin."""

from datetime import date
from decimal import Decimal
from urllib.parse import quote

from pos_trace.core.codes.companions import association_warnings
from pos_trace.core.codes.digits import gtin14
from pos_trace.core.codes.elements import error_of
from pos_trace.core.codes.lints import date_of
from pos_trace.core.codes.scanned import Pairs, ScannedCode, unreadable
from pos_trace.core.policy import CodeRules


def key_of(elements: Pairs) -> str | None:
    """``01/<gtin14>[/10/<lot>][/21/<serial>]``, ``00/<sscc>``, or None; each part percent-encoded.

    A GTIN with neither lot nor serial is a key of the product: what is known of the product still helps.
    """
    found = dict(elements)
    if "01" in found:
        parts = ["01", gtin14(found["01"])]
        for ai in ("10", "21"):
            parts += [ai, quote(found[ai], safe="")] if ai in found else []
        return "/".join(parts)
    return f"00/{found['00']}" if "00" in found else None


def scheme_key(scheme: str, code: str) -> str:
    """``<scheme>:<code>``, both percent-encoded."""
    return f"{quote(scheme, safe='')}:{quote(code, safe='')}"


def from_elements(
    raw: str,
    kind: str,
    elements: Pairs,
    rules: CodeRules,
    warnings: tuple[str, ...] = (),
    host: str | None = None,
) -> ScannedCode:
    """The code of ``elements``; wrong content makes it unreadable, missing companions only warn."""
    error = error_of(elements, rules.reference_year)
    if error is not None:
        return unreadable(raw, kind, error, warnings, elements=elements, host=host)
    found = dict(elements)
    key = key_of(elements)
    warnings = (*warnings, *association_warnings(elements))
    if key is None and "missing_key" not in warnings:
        warnings = (*warnings, "missing_key")
    if key is None:
        return unreadable(raw, kind, "missing_key", warnings, elements=elements, host=host)
    return ScannedCode(
        raw=raw,
        outcome="ok",
        kind=kind,
        elements=elements,
        key=key,
        gtin=gtin14(found["01"]) if "01" in found else None,
        lot=found.get("10"),
        serial=found.get("21"),
        sscc=found.get("00"),
        expiry=_day(found.get("17") or found.get("7003"), rules),
        production_date=_day(found.get("11"), rules),
        best_before=_day(found.get("15"), rules),
        net_weight_kg=_weight(found),
        origin_country=found.get("422"),
        host=host,
        warnings=warnings,
    )


def _day(text: str | None, rules: CodeRules) -> date | None:
    return None if text is None else date_of(text[:6], rules.reference_year, len(text) == 6)


def _weight(found: dict[str, str]) -> Decimal | None:
    """AI 310n: kilograms with n decimals."""
    ai = next((ai for ai in found if len(ai) == 4 and ai.startswith("310")), None)
    return None if ai is None else Decimal(found[ai]).scaleb(-int(ai[3]))
