"""QRs about money that lie beside goods: VietQR payments (EMVCo) and e-invoices; named, never judged as goods."""

import re
from typing import Final

MOST_DEPTH: Final = 3
VIETQR: Final = "A000000727"
INVOICE_LOOKUP: Final = re.compile(r"^M\d-\d{2}-[0-9A-Z]{5}-\d{11}$")
INVOICE_SYMBOL: Final = re.compile(r"^[CK]\d{2}[TDLMNBGHXF][A-Z0-9]{2}$")
TAX_CODE: Final = re.compile(r"^\d{10}(-?\d{3})?$|^\d{12}$")


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
    """``payment_qr``, ``einvoice_qr``, or None."""
    if INVOICE_LOOKUP.match(text):
        return "einvoice_qr"
    found = fields(text)
    if found is None or not text.startswith("0002"):
        return None
    return "einvoice_qr" if _has_invoice(found) else "payment_qr"


def _has_invoice(found: dict[str, str]) -> bool:
    """A seller's tax code and an invoice symbol inside tag 62 or 99."""
    for tag in ("62", "99"):
        inner = fields(found.get(tag, ""))
        if inner is None:
            continue
        values = list(inner.values())
        if any(INVOICE_SYMBOL.match(value) for value in values) and any(TAX_CODE.match(value) for value in values):
            return True
    return False
