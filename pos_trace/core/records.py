"""What a province says about lots, facilities and recalls (CONTRACTS: lot, facility and recall lines)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

LotStatus = Literal["active", "suspended", "revoked", "recalled", "expired"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A facility's certificate (ATTP, VietGAP, OCOP …). ``expires`` None = no end stated."""

    kind: str
    number: str | None = None
    issuer: str | None = None
    issued: date | None = None
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Facility:
    """Who made, grew or imported a lot. ``is_individual``: masked in public (Luật 91/2025)."""

    facility_id: str
    name: str
    type: str = ""
    is_individual: bool = False
    business_code: str | None = None
    tax_code: str | None = None
    gln: str | None = None
    address: str | None = None
    commune: str | None = None
    province: str | None = None
    trace_system: str | None = None
    certificates: tuple[Certificate, ...] = ()
    status: str = "active"
    version: int = 0


@dataclass(frozen=True, slots=True)
class LotRecord:
    """One lot as its province published it. ``key`` as in CONTRACTS; ``version`` rises per province."""

    key: str
    product_name: str
    facility_id: str
    status: LotStatus
    version: int
    gtin: str | None = None
    lot: str | None = None
    serial: str | None = None
    scheme: str | None = None
    product_group: str | None = None
    brand: str | None = None
    image_url: str | None = None
    origin_country: str | None = None
    origin_place: str | None = None
    production_place_gln: str | None = None
    planting_area_code: str | None = None
    production_date: date | None = None
    harvest_date: date | None = None
    pack_date: date | None = None
    best_before: date | None = None
    expiry_date: date | None = None
    net_quantity: Decimal | None = None
    unit: str | None = None
    standards: tuple[dict[str, str], ...] = ()
    events: tuple[dict[str, str], ...] = ()
    importer: dict[str, str] | None = None
    recall_id: str | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recall:
    """A recall: lots by ``keys``, or by ``gtin`` with ``lots``. ``status``: active | ended."""

    recall_id: str
    reason: str
    issued_at: datetime
    issuer: str
    keys: tuple[str, ...] = ()
    gtin: str | None = None
    lots: tuple[str, ...] = ()
    level: str = ""
    instructions: str = ""
    collect_at: tuple[str, ...] = ()
    status: str = "active"


@dataclass(frozen=True, slots=True)
class RecordsAge:
    """Which records a judgement rests on: their version and when the province last vouched for them."""

    version: int = 0
    as_of: datetime | None = None

    def age_s(self, now: datetime) -> int | None:
        """Whole seconds since ``as_of``, never negative; None when nothing was ever received."""
        return None if self.as_of is None else max(0, int((now - self.as_of).total_seconds()))


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """Three states, never None for two of them: ``found`` with its record, ``absent``, ``unavailable``.

    ``why`` names an unavailability: offline | province_silent. ``recall`` is the recall in force on the lot. ``asked``:
    how many sources outside this machine were asked for it, no part of what it says.
    """

    state: Literal["found", "absent", "unavailable"]
    record: LotRecord | None = None
    facility: Facility | None = None
    recall: Recall | None = None
    age: RecordsAge = field(default_factory=RecordsAge)
    why: str | None = None
    asked: int = field(default=0, compare=False)
