"""What the station's routes take in; a member nobody named is refused. Decimals are strings, integers are welcome."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from pos_trace.core.errors import FieldError, Invalid
from pos_trace.core.quantities import exact
from pos_trace.web.shared.fields import Day, Moment, Printable, Whole, no_bool


def _as_text(value: Any) -> Any:
    """A JSON number with a fraction as the text it was written as; binary fractions never reach a quantity."""
    return repr(value) if isinstance(value, float) else no_bool(value)


Amount = Annotated[str | int, BeforeValidator(_as_text)]
Id = Annotated[str, StringConstraints(max_length=36)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]
Unit = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)]
Reason = Annotated[str, StringConstraints(max_length=300)]
Barcode = Annotated[str, StringConstraints(max_length=2000), Printable]
BINARY = {"type": "string", "format": "binary"}
DongIn = Annotated[Whole, Field(ge=0, le=10**12)]


class Part(BaseModel):
    """A part of a body; a member nobody named is refused."""

    model_config = ConfigDict(extra="forbid")


class Body(Part):
    """A whole body; none at all is an empty one."""

    @model_validator(mode="before")
    @classmethod
    def none_is_empty(cls, told: Any) -> Any:
        """So that what needs no words needs no body."""
        return {} if told is None else told


class DeliveryPath(BaseModel):
    """Which delivery."""

    delivery_id: Id


class DeliveriesQuery(BaseModel):
    """``state`` open | closed | cancelled."""

    state: Annotated[str, StringConstraints(max_length=20)] | None = None


class PaperBody(Part):
    """A paper: kind, and what is written on it."""

    kind: Short
    number: Short | None = None
    issued_on: Day | None = None
    issuer: Annotated[str, StringConstraints(max_length=200)] | None = None
    note: Annotated[str, StringConstraints(max_length=500)] | None = None
    stated_kg: Amount | None = None


class PaperIn(PaperBody, Body):
    """A paper for a line, for the whole delivery, or for everything on the truck."""

    line_id: Id | None = None
    truck: bool = False


class LinePath(BaseModel):
    """Which line."""

    line_id: Id


class RefuseIn(Body):
    """How much goes back with the driver, and why."""

    quantity: Amount
    unit: Unit
    reason: Reason = ""


class ReasonIn(Body):
    """Why."""

    reason: Reason = ""


class AdjustIn(Body):
    """A correction after closing: this much more, or ``less``."""

    line_id: Id
    quantity: Amount
    unit: Unit
    reason: Reason
    less: bool = True


class Nothing(Body):
    """No members."""


class LotPath(BaseModel):
    """Which lot of the stall's stock."""

    lot_id: Id


class OpeningIn(Body):
    """What lay on the table before the first day."""

    name: Name
    quantity: Amount
    unit: Unit
    goods_group: Short | None = None
    expiry: Day | None = None
    barcode: Barcode | None = None


class CheckLineIn(Part):
    """A line before payment: barcode, number, name or lot."""

    line_no: Annotated[Whole, Field(ge=1, le=10_000)] = 1
    barcode: Barcode | None = None
    sku: Short | None = None
    name: Name | None = None
    qty: Amount | None = None
    unit: Unit | None = None
    unit_price: DongIn | None = None
    amount: DongIn | None = None
    lot: Annotated[str, StringConstraints(max_length=400)] | None = None
    bundle: Annotated[list[Id], Field(max_length=50)] | None = None
    override: Id | None = None
    product_id: Id | None = None


class CheckIn(Body):
    """Lines before payment; what else a sale carries is welcome and ignored."""

    model_config = ConfigDict(extra="ignore")
    lines: Annotated[list[CheckLineIn], Field(min_length=1, max_length=500)]


class SaleBody(Body):
    """A sale after payment."""

    external_id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), Printable]
    receipt_no: Short | None = None
    time: Moment | None = None
    till: Short | None = None
    cashier: Short | None = None
    lines: Annotated[list[CheckLineIn], Field(max_length=500)]
    total: DongIn | None = None


class SalePath(BaseModel):
    """Which sale."""

    sale_id: Id


class ReturnIn(Body):
    """What a customer brings back."""

    product: Barcode
    quantity: Amount
    unit: Unit
    sale_id: Id | None = None
    key: Annotated[str, StringConstraints(max_length=400)] | None = None
    recall_id: Short | None = None
    without_receipt: bool = False


class SkuPath(BaseModel):
    """Which product, as the till calls it."""

    sku: Annotated[str, StringConstraints(min_length=1, max_length=64), Printable]


class ContentIn(Part):
    """What one unit holds."""

    count: Amount
    unit: Unit


class ProductIn(Body):
    """A product of the stall."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    unit: Unit = "kg"
    barcode: Barcode | None = None
    group: Short | None = None
    unit_price: DongIn | None = None
    content_kg: Amount | None = None
    unit_contents: Annotated[dict[Unit, ContentIn], Field(max_length=20)] | None = None


class ProductPath(BaseModel):
    """Which product, by our id."""

    product_id: Id


class OverrideIn(Body):
    """Who answers for selling a held lot, and why."""

    lot: Id
    login: Short
    pin: Annotated[str, StringConstraints(max_length=80)]
    reason: Reason


class SlipQuery(BaseModel):
    """A slip's QR, short code or number."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=400)]


class CardIn(Body):
    """The owner's switch for the stall's card."""

    on: bool
    show_supplier: bool = False


class PrintPath(BaseModel):
    """Which print job."""

    job_id: Id


class PrintAnswerIn(Body):
    """ "Phiếu đã ra chưa?" """

    printed: bool


PHOTO: dict[str, Any] = {
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"photo": BINARY, "paper_id": {"type": "string"}, "line_id": {"type": "string"}},
                "required": ["photo"],
            }
        }
    }
}


def quantity_or_none(value: str | int | None, pointer: str) -> Decimal | None:
    """A quantity above 0 where one was given; raises ``Invalid`` naming the place."""
    if value is None:
        return None
    found = exact(value)
    if found is None:
        raise Invalid("quantity_invalid", "Số lượng phải lớn hơn 0, tối đa 3 số lẻ.", (FieldError(pointer, "invalid"),))
    return found
