"""The part of a scanned code the rules look at, from a scan or from a line kept earlier."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from pos_trace.core.codes import ScannedCode
from pos_trace.store.models import DeliveryLine, Scan


@dataclass(frozen=True, slots=True)
class CodeView:
    """Key, GTIN, serial, expiry and host of a code that reads well."""

    key: str | None
    gtin: str | None
    serial: str | None
    expiry: date | None
    host: str | None
    outcome: str = "ok"

    @classmethod
    def of_code(cls, code: ScannedCode, expiry: date | None = None) -> "CodeView":
        """Of a fresh scan; ``expiry`` stands on the goods where the code does not carry it."""
        return cls(code.key, code.gtin, code.serial, code.expiry or expiry, code.host, code.outcome)

    @classmethod
    def of_line(cls, session: Session, line: DeliveryLine) -> "CodeView | None":
        """Of a delivery line; None when the goods had no code."""
        if line.key is None:
            return None
        scan = session.get(Scan, (line.site_id, line.scan_id)) if line.scan_id else None
        host = scan.parsed.get("host") if scan is not None else None
        return cls(line.key, line.gtin, scan.serial if scan else None, line.expiry, host)
