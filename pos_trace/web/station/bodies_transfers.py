"""What the routes about transfers take in."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from pos_trace.services.transfer_answers import LineAnswer
from pos_trace.services.transfer_buyers import BuyerIn as Buyer
from pos_trace.services.transfers import LineIn
from pos_trace.web.shared.fields import Printable, Whole
from pos_trace.web.station.bodies import Amount, Body, Id, Name, Part, Reason, Short, Unit

Place = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40), Printable]


class BuyerIn(Part):
    """Who gets the goods: a stall of this market, of another station (``site``), or a trader's name."""

    name: Annotated[str, StringConstraints(max_length=200), Printable] = ""
    stall_number: Place | None = None
    stall_id: Id | None = None
    gln: Annotated[str, StringConstraints(max_length=13), Printable] | None = None
    site: Place | None = None

    def told(self) -> Buyer:
        """As the verb takes it."""
        return Buyer(self.name, self.stall_number, self.stall_id, self.gln, self.site)


class TransferLineIn(Part):
    """So much of a lot, or of a product by its name or SKU, first expiring first."""

    quantity: Amount
    unit: Unit | None = None
    lot_id: Id | None = None
    product: Name | None = None

    def told(self) -> LineIn:
        """As the verb takes it."""
        return LineIn(self.quantity, self.unit, self.lot_id, self.product)


class TransferIn(Body):
    """``kind`` sale | internal with ``buyer`` and ``lines``; correction with ``to_stall`` and a line or delivery."""

    kind: Short
    buyer: BuyerIn = BuyerIn()
    lines: list[TransferLineIn] = Field(default_factory=list, max_length=100)
    reason: Reason = ""
    delivery_id: Id | None = None
    line_id: Id | None = None
    to_stall: Place | None = None


class AnswerLineIn(Part):
    """What of a line is taken (``accepted``) or sent back (``refused``), and why."""

    position: Annotated[Whole, Field(ge=1, le=1000)]
    accepted: Amount | None = None
    refused: Amount | None = None
    reason: Reason = ""

    def told(self) -> LineAnswer:
        """As the verb takes it."""
        return LineAnswer(self.position, self.accepted, self.refused, self.reason)


class AnswerIn(Body):
    """The lines that are not taken whole."""

    lines: list[AnswerLineIn] = Field(default_factory=list, max_length=100)


class TransferPath(BaseModel):
    """Which slip, as this stall has it."""

    transfer_id: Id


class TransfersQuery(BaseModel):
    """``direction`` in | out."""

    direction: Annotated[str, StringConstraints(max_length=10)] | None = None
