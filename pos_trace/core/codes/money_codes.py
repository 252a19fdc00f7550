"""QRs about money that lie beside goods: VietQR payments (EMVCo) and e-invoices; named, never judged as goods."""

import re
from typing import Final

EMVCO: Final = "000201"
VIETQR: Final = "A000000727"
INVOICE_LOOKUP: Final = re.compile(r"M\d-\d{2}-[0-9A-Z]{5}-\d{11}")
# TT 91/2026/TT-BTC, appendix I: form digit, C or K, year, kind, two free signs.
INVOICE_SYMBOL: Final = re.compile(r"[1-9]?[CK]\d{2}[TDLMNBGHXF][A-Z0-9]{2}")
INVOICE_FORM: Final = re.compile(r"[1-9]")
TAX_CODE: Final = re.compile(r"\d{10}(-?\d{3})?|\d{12}")


def fields(text: str) -> dict[str, str] | None:
    """EMVCo TLV of ``text`` (two-digit tag, two-digit length); None when it is none."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        head = text[at : at + 4]
        if len(head) < 4 or not (head.isascii() and head.isdigit()):
            return None
        end = at + 4 + int(head[2:])
        if end > len(text) or head[:2] in found:
            return None
        found[head[:2]] = text[at + 4 : end]
        at = end
    return found or None


def kind_of(text: str) -> str | None:
    """``payment_qr``, ``einvoice_qr``, or None.

    A VietQR whose lengths do not add up (an accent counted as two signs, the end cut off) still is a payment's.
    """
    if INVOICE_LOOKUP.fullmatch(text):
        return "einvoice_qr"
    if not text.startswith(EMVCO):
        return None
    found = fields(text)
    if found is None:
        return "payment_qr" if VIETQR in text else None
    return "einvoice_qr" if any(_is_invoice(fields(found.get(tag, "")) or {}) for tag in ("62", "99")) else "payment_qr"


def _is_invoice(inner: dict[str, str]) -> bool:
    """An invoice's symbol, beside its form (sub-tags 03 and 02) or beside the seller's tax code."""
    if INVOICE_FORM.fullmatch(inner.get("02", "")) and INVOICE_SYMBOL.fullmatch(inner.get("03", "")):
        return True
    symbol = any(INVOICE_SYMBOL.fullmatch(value) for value in inner.values())
    return symbol and any(TAX_CODE.fullmatch(value) for value in inner.values())
