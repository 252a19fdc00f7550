"""What the routes about stock take in: waste by kind, cutting, merging, repacking, counting, shelf."""

from typing import Annotated

from pydantic import Field, StringConstraints

from pos_trace.web.station.bodies import Amount, Body, Id, Name, Part, Reason, Unit

Kind = Annotated[str, StringConstraints(max_length=20)]


class WasteIn(Body):
    """What was spoilt, given away or used, and why. ``kind``: spoilt | gift | own_use."""

    quantity: Amount
    kind: Kind = "spoilt"
    reason: Reason = ""


class CloseIn(Body):
    """ "Hết lô này"; ``kind``: how the rest left, when somebody knows."""

    kind: Kind | None = None


class SplitIn(Body):
    """``quantity`` of the lot becomes ``units`` × ``unit`` of goods called ``name``."""

    quantity: Amount
    name: Name
    unit: Unit
    units: Amount


class RepackIn(Body):
    """``units`` × ``unit`` of ``content`` ``content_unit`` each; ``quantity`` leaves the lot, else what they hold."""

    units: Amount
    unit: Unit
    content: Amount
    content_unit: Unit = "g"
    quantity: Amount | None = None
    name: Name | None = None


class MergePart(Part):
    """So much of a lot; all of it without a quantity."""

    id: Id
    quantity: Amount | None = None


class MergeLotsIn(Body):
    """Parts of lots that become one."""

    lots: Annotated[list[MergePart], Field(max_length=50)]
    name: Name | None = None
    unit: Unit | None = None
    units: Amount | None = None


class CountIn(Body):
    """What was really counted, and why it is written."""

    counted: Amount
    reason: Reason = ""


class OnSaleIn(Body):
    """ "Đang bán lô này", or no longer."""

    on: bool = True
