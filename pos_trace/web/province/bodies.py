"""What the province's machine routes take in; a member nobody named is refused."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from pos_trace.core.records import LotStatus
from pos_trace.web.shared.fields import Day, Line, Lines, Moment, Printable, Whole

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), Line]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), Line]
Member = Annotated[str, StringConstraints(max_length=40), Line]
Long = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), Lines]
Node = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,35}$")]
Key = Annotated[str, StringConstraints(min_length=3, max_length=400, pattern=r"^[!-~]+$")]
Sha = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Gln = Annotated[str, StringConstraints(pattern=r"^[0-9]{13}$")]
Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,10}(\.[0-9]{1,3})?$")]


class Strict(BaseModel):
    """A body that refuses unknown members."""

    model_config = ConfigDict(extra="forbid")


class SiteIn(Strict):
    """The place a station serves."""

    id: Node
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Line]
    kind: Literal["market", "supermarket", "shop"] = "market"
    gln: Gln | None = None
    commune: Text | None = None


class StallIn(Strict):
    """A selling place of the station."""

    id: Node
    number: Annotated[str, StringConstraints(min_length=1, max_length=40), Line]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200), Line]
    gln: Gln | None = None
    commune: Annotated[str, StringConstraints(max_length=120), Line] | None = None


class EnrolIn(Strict):
    """A one-time code and the station's public key (base64 of 32 bytes)."""

    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=40), Line]
    public_key: Annotated[str, StringConstraints(min_length=44, max_length=44), Line]
    site: SiteIn
    stalls: Annotated[list[StallIn], Field(max_length=2000)] = []


class StationIn(Strict):
    """An enrolled station's own list: its site, every stall, its public key."""

    public_key: Annotated[str, StringConstraints(min_length=44, max_length=44), Line]
    site: SiteIn
    stalls: Annotated[list[StallIn], Field(max_length=2000)]


class Since(BaseModel):
    """The cursor of a feed."""

    since: Annotated[Whole, Field(ge=0, le=2**62)] = 0
    limit: Annotated[Whole, Field(ge=1, le=2000)] = 500


class KeyQuery(BaseModel):
    """Which lot."""

    key: Key


class CertificateIn(Strict):
    """A facility's certificate."""

    kind: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), Line]
    number: Short | None = None
    issuer: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), Line] | None = None
    issued: Day | None = None
    expires: Day | None = None


class FacilityIn(Strict):
    """A facility line; ``version`` is the province's to give."""

    facility_id: Short
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), Line]
    type: Annotated[str, StringConstraints(max_length=60), Line] = ""
    is_individual: bool = False
    business_code: Annotated[str, StringConstraints(max_length=40), Line] | None = None
    tax_code: Annotated[str, StringConstraints(max_length=40), Line] | None = None
    gln: Gln | None = None
    address: Text | None = None
    commune: Annotated[str, StringConstraints(max_length=120), Line] | None = None
    province: Annotated[str, StringConstraints(max_length=120), Line] | None = None
    trace_system: Annotated[str, StringConstraints(max_length=120), Line] | None = None
    status: Literal["active", "suspended", "closed"] = "active"
    certificates: Annotated[list[CertificateIn], Field(max_length=50)] = []


class LotIn(Strict):
    """A lot line; what follows from the key may be left out, ``version`` and ``updated_at`` are the province's."""

    key: Key
    product_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), Line]
    facility_id: Short
    status: LotStatus = "active"
    gtin: Annotated[str, StringConstraints(max_length=14), Line] | None = None
    lot: Short | None = None
    serial: Short | None = None
    scheme: Annotated[str, StringConstraints(max_length=40), Line] | None = None
    product_group: Annotated[str, StringConstraints(max_length=40), Line] | None = None
    brand: Annotated[str, StringConstraints(max_length=200), Line] | None = None
    image_url: Annotated[str, StringConstraints(max_length=400), Line] | None = None
    origin_country: Annotated[str, StringConstraints(max_length=3), Line] | None = None
    origin_place: Text | None = None
    production_place_gln: Gln | None = None
    planting_area_code: Short | None = None
    production_date: Day | None = None
    harvest_date: Day | None = None
    pack_date: Day | None = None
    best_before: Day | None = None
    expiry_date: Day | None = None
    net_quantity: Amount | Annotated[int, Field(strict=True, ge=0, lt=10**10)] | None = None
    unit: Annotated[str, StringConstraints(max_length=20), Line] | None = None
    standards: Annotated[list[dict[Member, Text]], Field(max_length=30)] = []
    events: Annotated[list[dict[Member, Text]], Field(max_length=100)] = []
    importer: Annotated[dict[Member, Text], Field(max_length=30)] | None = None


class LotsIn(Strict):
    """Lots to register, all or none."""

    lots: Annotated[list[LotIn], Field(min_length=1, max_length=5000)]


class RecallIn(Strict):
    """A recall notice: ``keys``, or ``gtin`` with ``lots``."""

    recall_id: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80), Line] | None = None
    keys: Annotated[list[Key], Field(max_length=5000)] = []
    gtin: Annotated[str, StringConstraints(pattern=r"^[0-9]{8,14}$")] | None = None
    lots: Annotated[list[Short], Field(max_length=5000)] = []
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), Line]
    issuer: Annotated[str, StringConstraints(max_length=200), Line] | None = None
    level: Annotated[str, StringConstraints(max_length=40), Line] = ""
    instructions: Long = ""
    issued_at: Moment | None = None
    collect_at: Annotated[list[Text], Field(max_length=50)] = []


class RecallPath(BaseModel):
    """Which recall."""

    recall_id: Short


class EndIn(Strict):
    """Why a recall ends."""

    reason: Text = ""


class OriginIn(Strict):
    """What a stall says of goods without a record: places and kinds of paper, never a person."""

    commune: Text | None = None
    facility: Text | None = None
    received_on: Day | None = None
    papers: Annotated[list[Short], Field(max_length=20)] = []


class PublishedLineIn(Strict):
    """One item: no price, no quantity."""

    line_no: Annotated[Whole, Field(ge=1, le=10_000)]
    product_name: Annotated[str, StringConstraints(min_length=1, max_length=300), Line]
    lot_keys: Annotated[list[Key], Field(max_length=50)] = []
    lot_source: Literal["scanned", "pos", "fefo", "unknown"]
    origin: OriginIn | None = None
    origins: Annotated[list[OriginIn], Field(max_length=20)] | None = None
    lots_are: Literal["one_of", "all_of", "of_day"] | None = None


class ReceiptIn(Strict):
    """The projection of a receipt: token, stall, hour, items."""

    token: Annotated[str, StringConstraints(pattern=r"^[0-9BCFGHJKLMNPQRSTVXZ]{20}$")]
    short_code: Annotated[str, StringConstraints(pattern=r"^[0-9BCFGHJKLMNPQRSTVXZ]{10}$")]
    stall_gln: Gln | None = None
    stall_name: Annotated[str, StringConstraints(min_length=1, max_length=200), Line]
    sold_hour: Moment
    lines: Annotated[list[PublishedLineIn], Field(min_length=1, max_length=2000)]

    @model_validator(mode="after")
    def each_line_once(self) -> "ReceiptIn":
        """Two lines of one number could not be told apart."""
        if len({line.line_no for line in self.lines}) != len(self.lines):
            raise ValueError("line_no must differ")
        return self


class CardPath(BaseModel):
    """Whose card."""

    gln: Gln


class CardLineIn(Strict):
    """One open lot of a stall: no price, no quantity."""

    line_no: Annotated[Whole, Field(ge=1, le=10_000)]
    product_name: Annotated[str, StringConstraints(min_length=1, max_length=300), Line]
    lot_keys: Annotated[list[Key], Field(max_length=50)] = []
    received_on: Day
    origins: Annotated[list[OriginIn], Field(max_length=20)] = []
    supplier: Annotated[str, StringConstraints(max_length=200), Line] | None = None


class StallCardIn(Strict):
    """What a stall's card shows now; ``open`` false: nothing."""

    token: Annotated[str, StringConstraints(pattern=r"^[0-9BCFGHJKLMNPQRSTVXZ]{20}$")]
    stall_gln: Gln
    stall_name: Annotated[str, StringConstraints(min_length=1, max_length=200), Line]
    open: bool
    as_of: Moment
    lines: Annotated[list[CardLineIn], Field(max_length=300)]


class FeedbackIn(Strict):
    """What a shopper told at a station's page; no name and no contact."""

    token: Annotated[str, StringConstraints(pattern=r"^[0-9BCFGHJKLMNPQRSTVXZ]{20}$")]
    text: Annotated[str, StringConstraints(min_length=1, max_length=500), Lines]
    told_at: Moment


class TellerIn(Strict):
    """Who reports, as far as they wish to be known; ``consent``: the words they agreed to."""

    name: Annotated[str, StringConstraints(max_length=200), Line] = ""
    contact: Annotated[str, StringConstraints(max_length=200), Line] = ""
    consent: Annotated[str, StringConstraints(min_length=1, max_length=200), Line]


class PrivateReportIn(Strict):
    """A person's own report: the event that opens its case, and apart from it who reports."""

    event: "EventIn"
    teller: TellerIn | None = None


class SightingIn(Strict):
    """Kilograms of one lot received in one day, and when it was first scanned."""

    day: Day
    key: Key
    received_kg: Amount
    first_scan_at: Moment


class SightingsIn(Strict):
    """One or more days and lots."""

    sightings: Annotated[list[SightingIn], Field(min_length=1, max_length=5000)]


class EventIn(Strict):
    """One case event as its author wrote it; its hash covers it, so nothing is repaired here."""

    case_id: Node
    node: Annotated[str, StringConstraints(max_length=20), Printable]
    seq: Annotated[Whole, Field(ge=1, le=100_000)]
    after: Annotated[Whole, Field(ge=0, le=100_000)]
    actor: Annotated[str, StringConstraints(max_length=80), Printable]
    at: Annotated[str, StringConstraints(max_length=40), Printable]
    kind: Annotated[str, StringConstraints(max_length=20), Printable]
    body: dict[str, Any]
    sha256: Sha


class EventsIn(Strict):
    """Events of the caller's own cases, in their order."""

    events: Annotated[list[EventIn], Field(min_length=1, max_length=200)]


class EvidenceIn(Strict):
    """One file of a case, base64, named by its SHA-256."""

    case_id: Node
    sha256: Sha
    media_type: Literal["image/jpeg", "image/png", "image/webp", "application/pdf", "text/plain"]
    caption: Text | None = None
    data: Annotated[str, StringConstraints(max_length=12_000_000)]
